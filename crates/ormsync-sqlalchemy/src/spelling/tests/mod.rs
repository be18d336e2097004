//! Tests of the spelling as a whole.
#![allow(clippy::unwrap_used)]

mod fixes;
mod models;
mod revisions;
mod types;

use ormsync_dialect::by_name;
use ormsync_schema::{
    Check, Column, DataType, EnumType, Expression, ForeignKey, Index, IndexKind, IndexPart, IndexTarget, Origin,
    PrimaryKey, Schema, SortOrder, Table,
};
use ruff_python_parser::parse_module;

/// Fails unless the text is Python.
fn assert_python(text: &str) {
    if let Err(error) = parse_module(text) {
        panic!("{error}\n{text}");
    }
}

/// A type, default or expression as the dialect reads it.
fn column(dialect: &str, data_type: &str, nullable: bool) -> Column {
    Column::new(by_name(dialect).unwrap().parse_type(data_type), nullable, Origin::default())
}

fn with_default(dialect: &str, mut column: Column, default: &str) -> Column {
    column.default = Some(by_name(dialect).unwrap().parse_default(default, &column.data_type));
    column
}

fn enum_column(namespace: &str, name: &str, nullable: bool) -> Column {
    let data_type = DataType::Enum { namespace: namespace.to_owned(), name: name.to_owned() };
    Column::new(data_type, nullable, Origin::default())
}

fn enum_type(labels: &[&str]) -> EnumType {
    EnumType { labels: texts(labels), comment: None, origin: Origin::default() }
}

fn table(columns: Vec<(&str, Column)>, key: &[&str]) -> Table {
    let primary_key = (!key.is_empty()).then(|| PrimaryKey {
        name: None,
        parts: key.iter().map(|column| IndexPart::column(*column)).collect(),
        origin: Origin::default(),
        ..PrimaryKey::default()
    });
    let columns = columns.into_iter().map(|(name, column)| (name.to_owned(), column)).collect();
    Table { columns, primary_key, ..Table::default() }
}

fn index(kind: IndexKind, name: Option<&str>, columns: &[&str]) -> Index {
    Index::on_columns(kind, name.map(str::to_owned), texts(columns), Origin::default())
}

fn foreign_key(columns: &[&str], namespace: &str, table: &str, referenced: &[&str]) -> ForeignKey {
    ForeignKey {
        name: None,
        columns: texts(columns),
        referenced_namespace: namespace.to_owned(),
        referenced_table: table.to_owned(),
        referenced_columns: texts(referenced),
        on_delete: Default::default(),
        on_update: Default::default(),
        match_kind: Default::default(),
        deferrability: Default::default(),
        not_valid: false,
        origin: Origin::default(),
        ..ForeignKey::default()
    }
}

fn check(name: Option<&str>, sql: &str) -> Check {
    Check {
        name: name.map(str::to_owned),
        expression: Expression::written(sql),
        not_enforced: false,
        not_valid: false,
        origin: Origin::default(),
        ..Check::default()
    }
}

fn descending(column: &str) -> IndexPart {
    IndexPart { order: SortOrder::Descending, ..IndexPart::column(column) }
}

fn expression(sql: &str) -> IndexPart {
    IndexPart::new(IndexTarget::Expression(Expression::written(sql)))
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A schema in normal form of tables in the dialect's default namespace.
fn schema(dialect: &str, tables: Vec<(&str, Table)>) -> Schema {
    let mut schema = Schema::new(dialect);
    let namespace = by_name(dialect).unwrap().default_namespace();
    schema.namespace_mut(namespace).tables = tables.into_iter().map(|(name, table)| (name.to_owned(), table)).collect();
    schema
}

/// Brings a schema into normal form.
fn normal(mut schema: Schema) -> Schema {
    by_name(&schema.dialect).unwrap().normalise(&mut schema, None);
    schema
}
