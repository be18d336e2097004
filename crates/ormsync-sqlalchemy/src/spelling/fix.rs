//! The declaration of one object, as the `= fix:` line of a finding shows it.

use std::collections::BTreeSet;

use ormsync_dialect::Dialect;
use ormsync_schema::{
    Column, DefaultValue, Fact, ForeignKey, Index, IndexTarget, ObjectKind, ObjectPath, Schema, SortOrder, Spelling,
    Table,
};
use ruff_python_parser::parse_expression;

use super::column::Inline;
use super::constraint::plain_columns;
use super::names;
use super::python::{Python, sqlalchemy};
use super::words::NamedConstraint;
use super::writer::{Place, Writer};

/// Writes objects as SQLAlchemy declarations, for suggested fixes.
///
/// A column that the models have is written as `Column(…)`, one that they lack with its attribute
/// (`gate = Column(String(8))`), a table as a class with `Mapped` attributes. Facts that the wanted
/// schema's source has no words for (comments, CHECKs …), and what only an ORM can say (`default=`), stay as
/// the models have them.
#[derive(Debug, Clone, Copy, Default)]
pub struct SqlAlchemySpelling;

impl Spelling for SqlAlchemySpelling {
    fn spell(&self, wanted: &Schema, own: &Schema, path: &ObjectPath) -> Option<String> {
        let writer = Writer::new(wanted)?;
        if matches!(path.kind, ObjectKind::EnumType | ObjectKind::UserType) {
            return writer.type_of_schema(path);
        }
        let place = find_table(wanted, writer.dialect, path)?;
        let own_place = find_table(own, writer.dialect, path);
        let name = path.name.as_deref().unwrap_or_default();
        let expression = match path.kind {
            ObjectKind::Table => return writer.table(place, own_place),
            ObjectKind::Column => return writer.one_column(place, own_place, own, name),
            ObjectKind::PrimaryKey => writer.primary_key(place, place.table.primary_key.as_ref()?).ok()?,
            ObjectKind::Index => writer.index(place, find_index(place, own_place, name)?),
            ObjectKind::ForeignKey => {
                let key = find_foreign_key(place, name)?;
                let is_lone = key.columns.len() == 1;
                if is_lone { writer.foreign_key(place, key) } else { writer.foreign_key_constraint(place, key) }.ok()?
            }
            ObjectKind::Check => writer
                .check(
                    place,
                    place.table.checks.iter().find(|check| {
                        check.name.as_deref() == Some(name) || parenthesised_like(&check.expression.text, name)
                    })?,
                )
                .ok()?,
            _ => return None,
        };
        Some(expression.write(0, 0, 0))
    }
}

impl Writer<'_> {
    /// A class; of a table that the models have, only what is not columns or constraints.
    fn table(&self, place: Place<'_>, own: Option<Place<'_>>) -> Option<String> {
        if let Some(own) = own {
            let options = self.table_options(place);
            let last = (!options.is_empty()).then_some(Python::Dictionary(options))?;
            let table = own.table;
            let is_bare = table.indexes.is_empty() && table.foreign_keys.is_empty() && table.checks.is_empty();
            let arguments = if is_bare { last } else { Python::Tuple(vec![Python::Ellipsis, last]) };
            let start = "__table_args__ = ";
            return Some(format!("{start}{}", arguments.write(0, start.len(), 0)));
        }
        let draft = self.draft(place);
        let name = if draft.is_class {
            names::class(place.name, place.table.model.as_deref(), &draft.taken_names())
        } else {
            names::variable(place.name, &draft.taken_names())
        };
        Some(draft.write(&name).trim_end().to_owned())
    }

    fn one_column(&self, place: Place<'_>, own_place: Option<Place<'_>>, own: &Schema, name: &str) -> Option<String> {
        let (name, wanted) = find_column(place.table, self.dialect, name)?;
        let own_column = own_place.and_then(|own| find_column(own.table, self.dialect, name));
        let attribute = match own_column {
            Some((own_name, column)) => column.client.attribute.clone().unwrap_or_else(|| own_name.to_owned()),
            None => names::attribute(name, &attributes_of(own_place)),
        };
        let column = match own_column {
            Some((_, own_column)) => informed(wanted, self.schema, own_column, own),
            None => wanted.clone(),
        };
        let (unique, index) = match own_column {
            Some((own_name, _)) => self.own_unique(own_place?, own_name),
            None => self.new_unique(place.table, name),
        };
        let keys = if self.schema.says(Fact::ForeignKey) { place.table } else { own_place.unwrap_or(place).table };
        let inline = Inline {
            name: (attribute != name).then_some(name),
            is_key: place.has_key_column(name),
            foreign_key: keys.foreign_keys.iter().find(|key| key.columns == [name]),
            unique,
            index,
            is_annotated: false,
            client: own_column.map(|(_, column)| client_arguments(column)).unwrap_or_default(),
        };
        let spelled = self.column(place, name, &column, &inline).ok()?;
        let start = if own_column.is_some() { String::new() } else { format!("{attribute} = ") };
        let call = Python::call(sqlalchemy("Column"), spelled.arguments);
        Some(format!("{start}{}", call.write(0, start.chars().count(), 0)))
    }

    /// `unique=True` and `index=True` of a column of the models, as far as names tell that it is the column
    /// that says so, and no line of its own.
    fn own_unique(&self, own: Place<'_>, name: &str) -> (bool, bool) {
        let usual = format!("ix_{}_{name}", own.name);
        let (mut unique, mut indexed) = (false, false);
        for index in own.table.indexes.iter().filter(|index| is_over(index, name)) {
            // Schemas of tables are part of the usual name too.
            let is_usual = index.name.as_ref().is_some_and(|name| name.ends_with(&usual));
            let is_unnamed = self.chosen_name(NamedConstraint::Unique, own, index.name.as_deref(), &[name]).is_none();
            unique |= (self.is_constraint(index) && is_unnamed) || (index.kind.is_unique() && is_usual);
            indexed |= is_usual;
        }
        (unique, indexed)
    }

    /// Uniqueness that a new column can say by itself.
    fn new_unique(&self, table: &Table, name: &str) -> (bool, bool) {
        let mut unique = table.indexes.iter().filter(|index| index.kind.is_unique() && is_over(index, name));
        match unique.next() {
            Some(index) => (true, !self.is_constraint(index)),
            None => (false, false),
        }
    }

    fn type_of_schema(&self, path: &ObjectPath) -> Option<String> {
        let name = path.name.as_deref()?;
        let namespace = if path.namespace.is_empty() { self.dialect.default_namespace() } else { &path.namespace };
        let spelled = match path.kind {
            ObjectKind::EnumType => self.enum_type(namespace, name, namespace)?,
            _ => {
                let domain = self.schema.namespaces.get(namespace)?.domains.get(name)?;
                self.domain(namespace, name, domain)?
            }
        };
        Some(spelled.expression.write(0, 0, 0))
    }
}

/// The attributes that a class has.
fn attributes_of(own: Option<Place<'_>>) -> BTreeSet<String> {
    let columns = own.into_iter().flat_map(|own| &own.table.columns);
    columns.map(|(name, column)| column.client.attribute.as_ref().unwrap_or(name).clone()).collect()
}

/// Whether an index is over one column and nothing else.
fn is_over(index: &Index, name: &str) -> bool {
    index.predicate.is_none() && plain_columns(&index.parts).as_deref() == Some(&[name])
}

/// The wanted column, with what its source cannot say or could not be read as the models have it.
fn informed(wanted: &Column, wanted_schema: &Schema, own: &Column, own_schema: &Schema) -> Column {
    let mut column = wanted.clone();
    let is_unread = |default: &Option<DefaultValue>| matches!(default, Some(DefaultValue::Unreadable(_)));
    let leaves = |fact: Fact| !wanted_schema.says(fact) && own_schema.says(fact);
    if column.data_type.is_unreadable() {
        column.data_type = own.data_type.clone();
    }
    if leaves(Fact::Default) || is_unread(&column.default) {
        column.default = own.default.clone();
    }
    if leaves(Fact::OnUpdate) {
        column.on_update = own.on_update.clone();
    }
    if leaves(Fact::Identity) {
        column.identity = own.identity.clone();
    }
    if leaves(Fact::Generated) && own.generated.is_some() {
        column.generated = own.generated.clone();
        column.default = None;
    }
    if leaves(Fact::Collation) && own.data_type == column.data_type {
        column.collation = own.collation.clone();
    }
    if leaves(Fact::ColumnComment) {
        column.comment = own.comment.clone();
    }
    column
}

/// `default=…` and `onupdate=…` as the models have them, where they read as arguments.
fn client_arguments(column: &Column) -> Vec<String> {
    let arguments = [("default", &column.client.default), ("onupdate", &column.client.update)];
    arguments
        .into_iter()
        .filter_map(|(word, written)| {
            let written = written.as_ref()?;
            let argument = if is_keyword_argument(written) { written.clone() } else { format!("{word}={written}") };
            parse_expression(&format!("Column({argument})")).is_ok().then_some(argument)
        })
        .collect()
}

/// Whether the text begins with `name=`.
fn is_keyword_argument(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| names::is_identifier(name.trim()) && !value.starts_with('='))
}

/// The table of a path; an empty namespace is the dialect's default one.
fn find_table<'a>(schema: &'a Schema, dialect: &dyn Dialect, path: &ObjectPath) -> Option<Place<'a>> {
    let wanted = path.table.as_deref()?;
    let namespace = if path.namespace.is_empty() { dialect.default_namespace() } else { &path.namespace };
    let (namespace, content) = schema.namespaces.get_key_value(namespace)?;
    let (name, table) = content
        .tables
        .get_key_value(wanted)
        .or_else(|| content.tables.iter().find(|(name, _)| dialect.same_name(name, wanted)))?;
    Some(Place { namespace, name, table })
}

fn find_column<'a>(table: &'a Table, dialect: &dyn Dialect, wanted: &str) -> Option<(&'a str, &'a Column)> {
    let exact = table.columns.get_key_value(wanted);
    let (name, column) = exact.or_else(|| table.columns.iter().find(|(name, _)| dialect.same_name(name, wanted)))?;
    Some((name, column))
}

/// The index of a path: by its columns, else by its name. Of several over the same columns the one that
/// the models lack.
fn find_index<'a>(place: Place<'a>, own: Option<Place<'_>>, name: &str) -> Option<&'a Index> {
    let declared = || place.table.indexes.iter().filter(|index| !index.implicit);
    let mut alike =
        declared().filter(|index| targets(index, false) == squeezed(name) || targets(index, true) == squeezed(name));
    let first = alike.next();
    let own_has = |index: &Index| {
        own.is_some_and(|own| {
            own.table
                .indexes
                .iter()
                .any(|other| other.kind == index.kind && targets(other, true) == targets(index, true))
        })
    };
    let missing = first.into_iter().chain(alike).find(|index| !own_has(index));
    missing.or(first).or_else(|| declared().find(|index| index.name.as_deref() == Some(name)))
}

fn find_foreign_key<'a>(place: Place<'a>, name: &str) -> Option<&'a ForeignKey> {
    let keys = &place.table.foreign_keys;
    keys.iter()
        .find(|key| squeezed(&format!("({})", key.columns.join(","))) == squeezed(name))
        .or_else(|| keys.iter().find(|key| key.name.as_deref() == Some(name)))
}

/// The columns of an index as paths name it: `(a, lower(b))`, or `(a DESC)` with its order.
fn targets(index: &Index, with_order: bool) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let target = match &part.target {
                IndexTarget::Column(name) => name,
                IndexTarget::Expression(expression) => &expression.text,
            };
            let order = if with_order && part.order == SortOrder::Descending { " DESC" } else { "" };
            format!("{target}{order}")
        })
        .collect();
    squeezed(&format!("({})", parts.join(",")))
}

/// Without blanks, which paths may place differently.
fn squeezed(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_whitespace()).collect()
}

fn parenthesised_like(expression: &str, name: &str) -> bool {
    name == expression || squeezed(&format!("({expression})")) == squeezed(name)
}
