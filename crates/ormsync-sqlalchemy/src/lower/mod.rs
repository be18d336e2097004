//! From what the models declare to the physical schema that SQLAlchemy's DDL compiler would make of it.

mod bind;
mod column;
mod compilation;
mod compiler;
mod condition;
mod constraint;
mod default;
mod expression;
mod foreign_key;
mod index;
mod made;
mod name;
mod operand;
mod relationship;
mod single;
mod table;
mod types;

use std::collections::HashMap;
use std::rc::Rc;

use ormsync_dialect::Dialect;
use ormsync_schema::{Fact, Opaque, Schema};

use crate::ReadOptions;
use crate::mapping::{ColumnId, TableDraft, TableId, TablesByModel};
use crate::python::{Evaluator, Located, Place, Value};
use crate::release::Release;
pub(crate) use bind::in_another_database;
pub(crate) use compiler::{Compiler, usual_collation};
pub(crate) use default::default_of_text;
pub(crate) use foreign_key::{action_of_text, deferrability_of};
pub(crate) use index::part_of_text;
pub(crate) use single::{lower_declared, lower_draft};
pub(crate) use table::{OptionValue, set_table_option};

/// Makes the schema of everything the evaluator has collected.
pub(crate) fn lower(evaluator: &mut Evaluator<'_>, options: &ReadOptions<'_>, release: Release) -> Schema {
    let compiler = Compiler::of(options);
    let default_namespace =
        options.default_namespace.clone().unwrap_or_else(|| options.dialect.default_namespace().to_owned());
    let mut schema = Schema::new(options.dialect.name());
    schema.server = options.server.cloned();
    let mut lowering = Lowering {
        evaluator,
        dialect: options.dialect,
        compiler,
        release,
        default_namespace,
        schema,
        by_name: HashMap::new(),
        by_symbol: HashMap::new(),
    };
    lowering.run();
    lowering.schema
}

/// What SQLAlchemy calls the dialect that the models are read for.
pub(crate) fn dialect_name(options: &ReadOptions<'_>) -> &'static str {
    Compiler::of(options).name()
}

/// The state of lowering.
struct Lowering<'e, 'a> {
    evaluator: &'e mut Evaluator<'a>,
    dialect: &'static dyn Dialect,
    compiler: Compiler,
    release: Release,
    default_namespace: String,
    schema: Schema,
    /// Tables by namespace and name.
    by_name: HashMap<(String, Rc<str>), TableId>,
    /// The first column that each `Column(…)` object became, by the object's id.
    by_symbol: HashMap<u32, ColumnId>,
}

impl<'a> Lowering<'_, 'a> {
    fn run(&mut self) {
        let count = u32::try_from(self.evaluator.registry.tables.len()).unwrap_or(u32::MAX);
        let ids: Vec<TableId> = (0..count).map(TableId).collect();
        ids.iter().for_each(|id| self.enter(*id));
        for id in &ids {
            self.lower_table(*id);
        }
        let by_model = TablesByModel::of(&self.evaluator.registry);
        ids.iter().for_each(|id| self.lower_relationships(*id, &by_model));
        self.lower_unattached();
        for hidden in std::mem::take(&mut self.evaluator.registry.hidden) {
            let opaque = self.opaque(Fact::Table, hidden.name.as_deref(), hidden.place);
            self.schema.opaque.push(opaque);
        }
        set_voice(&mut self.schema);
    }

    /// Makes a table and its columns known to those that refer to them.
    fn enter(&mut self, id: TableId) {
        if self.is_elsewhere(id) {
            return;
        }
        let key = (self.namespace_of(id), Rc::clone(&self.draft(id).name));
        self.by_name.entry(key).or_insert(id);
        for column in self.evaluator.registry.columns_of(id) {
            for symbol in &self.evaluator.registry.column(column).made_of {
                self.by_symbol.entry(*symbol).or_insert(column);
            }
        }
    }

    /// Sequences and enum types that are given a `MetaData` are made, whether a column has them or not.
    fn lower_unattached(&mut self) {
        for symbol in std::mem::take(&mut self.evaluator.registry.unattached) {
            let value = Value::Symbol(Rc::clone(&symbol));
            match crate::mapping::sqlalchemy_call(&value) {
                Some(("Sequence", ..)) => _ = self.declare_sequence(&symbol),
                // What cannot be read of it is said where a column has it.
                Some(("Enum" | "ENUM" | "DOMAIN", ..)) if !self.evaluator.registry.tables.is_empty() => {
                    self.lower_type(TableId(0), &Located { value: value.clone(), place: symbol.place });
                }
                _ => {}
            }
        }
    }

    fn draft(&self, id: TableId) -> &TableDraft<'a> {
        self.evaluator.registry.table(id)
    }

    /// The namespace a table is in: its own `schema`, its metadata's, or the default one.
    fn namespace_of(&self, id: TableId) -> String {
        self.schema_of(id).map_or_else(|| self.default_namespace.clone(), |schema| schema.to_string())
    }

    /// The schema that SQLAlchemy has for a table, if any.
    fn schema_of(&self, id: TableId) -> Option<Rc<str>> {
        let draft = self.draft(id);
        if let Some(schema) = &draft.schema {
            return schema.value.as_text().filter(|schema| !schema.is_empty());
        }
        self.metadata_schema(id)
    }

    /// The schema of the metadata that a table is in.
    fn metadata_schema(&self, id: TableId) -> Option<Rc<str>> {
        let metadata = &self.draft(id).metadata;
        self.evaluator.metadata_setting(metadata, 0, "schema")??.value.as_text()
    }

    /// The column that a value stands for in a table: attached, or the `Column(…)` it was made of.
    fn column_of(&self, table: TableId, value: &Value<'a>) -> Option<ColumnId> {
        match value {
            Value::Column(id) => Some(*id),
            Value::Symbol(symbol) => {
                let draft = self.draft(table);
                let index = draft.columns.iter().position(|column| column.made_of.contains(&symbol.id))?;
                Some(ColumnId { table, index: u32::try_from(index).ok()? })
            }
            other => self.evaluator.registry.column_by_key(table, &other.as_text()?),
        }
    }

    fn opaque(&self, fact: Fact, name: Option<&str>, place: Place) -> Opaque {
        Opaque {
            fact,
            name: name.map(str::to_owned),
            text: self.evaluator.source_text(place),
            origin: self.evaluator.origin(place),
        }
    }

    fn warn(&mut self, message: impl Into<String>, help: impl Into<String>, place: Place) {
        self.evaluator.report_opaque(message, help, place);
    }
}

/// What SQLAlchemy models have no words for, or leave unsaid in this project.
pub(crate) fn set_voice(schema: &mut Schema) {
    schema.unsaid.extend([
        Fact::Trigger,
        Fact::View,
        Fact::ViewDefinition,
        Fact::Extension,
        Fact::Routine,
        Fact::Policy,
        Fact::Partitioning,
    ]);
    let says = |is_said: &dyn Fn(&ormsync_schema::Table) -> bool| schema.tables().any(|(_, _, table)| is_said(table));
    let mut unsaid = Vec::new();
    if !says(&|table| table.columns.values().any(|column| column.comment.is_some())) {
        unsaid.push(Fact::ColumnComment);
    }
    if !says(&|table| table.comment.is_some()) {
        unsaid.push(Fact::TableComment);
    }
    if !says(&|table| !table.options.is_empty()) {
        unsaid.push(Fact::TableOptions);
    }
    if !says(&|table| table.columns.values().any(|column| column.collation.is_some())) {
        unsaid.push(Fact::Collation);
    }
    let namespaces = &schema.namespaces;
    if namespaces.values().all(|content| content.sequences.is_empty()) {
        unsaid.push(Fact::Sequence);
    }
    if namespaces.values().all(|content| content.domains.is_empty()) {
        unsaid.push(Fact::UserType);
    }
    schema.unsaid.extend(unsaid);
}
