//! What the models declare, still in SQLAlchemy's terms: tables with their columns and arguments as the
//! evaluator left them. `crate::lower` makes the physical schema of it.

mod annotation;
mod bases;
mod bind;
mod column;
mod composite;
mod declarative;
mod event;
mod metadata;
mod relationship;
mod sqlmodel;
mod table;

use std::rc::Rc;

use ormsync_schema::Fact;

use crate::python::{Class, Evaluator, Located, Place, Symbol, Value, last_segment};

pub(crate) use annotation::OF_ANNOTATION;
pub(crate) use column::ColumnDraft;
pub(crate) use event::{Sent, runs_on};
pub(crate) use metadata::{Metadata, metadata_source};
pub(crate) use relationship::{RelationshipDraft, TablesByModel};

/// A table by its position in [`Registry::tables`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct TableId(pub(crate) u32);

/// A column by its table and position.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ColumnId {
    pub(crate) table: TableId,
    pub(crate) index: u32,
}

/// Everything the models declare.
#[derive(Debug, Default)]
pub(crate) struct Registry<'a> {
    pub(crate) tables: Vec<TableDraft<'a>>,
    /// Tables of which not even the name or existence is certain.
    pub(crate) hidden: Vec<HiddenTable>,
    /// Sequences and types that are given a `MetaData` of their own, and so are made without a column.
    pub(crate) unattached: Vec<Rc<Symbol<'a>>>,
    /// Indexes and constraints over columns that had no table yet when they were made.
    pending: Vec<Rc<Symbol<'a>>>,
    /// What hears of the making of tables.
    listeners: Vec<event::Listener<'a>>,
}

/// A table whose existence or name could not be known.
#[derive(Debug)]
pub(crate) struct HiddenTable {
    pub(crate) name: Option<Rc<str>>,
    pub(crate) place: Place,
}

/// A table as it was declared.
#[derive(Debug)]
pub(crate) struct TableDraft<'a> {
    pub(crate) name: Rc<str>,
    /// The `schema` argument.
    pub(crate) schema: Option<Located<'a>>,
    pub(crate) metadata: Metadata<'a>,
    /// What becomes of a table of that name that is there already.
    pub(crate) existing: Existing,
    /// The class mapped to it.
    pub(crate) model: Option<Rc<str>>,
    pub(crate) columns: Vec<ColumnDraft<'a>>,
    /// Constraints and indexes, as they were written.
    pub(crate) items: Vec<Rc<Symbol<'a>>>,
    /// Keyword arguments: `comment`, `mysql_engine` …
    pub(crate) options: Vec<(Rc<str>, Located<'a>)>,
    pub(crate) place: Place,
    /// Tells which of the items were made before the table, and so come before its columns' own.
    pub(crate) made_at: u32,
    /// The project's own class under `Table` that it was made of.
    pub(crate) made_of: Option<Rc<Class<'a>>>,
    /// What its class's relationships do on a deletion.
    pub(crate) relationships: Vec<RelationshipDraft<'a>>,
    /// What could not be read of it.
    pub(crate) hidden: Vec<HiddenPart>,
    /// The condition that decides whether it exists, where that could not be known.
    pub(crate) condition: Option<Place>,
}

/// What a declaration does to a table of its name that its `MetaData` has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// SQLAlchemy refuses to declare it again.
    Refuse,
    /// `extend_existing=True`: columns and constraints are added to it.
    Extend,
    /// `keep_existing=True`: it stays as it is.
    Keep,
}

/// Part of a table that could not be read.
#[derive(Debug, Clone)]
pub(crate) struct HiddenPart {
    pub(crate) fact: Fact,
    pub(crate) name: Option<Rc<str>>,
    pub(crate) place: Place,
}

impl<'a> Registry<'a> {
    pub(crate) fn table(&self, id: TableId) -> &TableDraft<'a> {
        &self.tables[id.0 as usize]
    }

    pub(crate) fn table_mut(&mut self, id: TableId) -> &mut TableDraft<'a> {
        &mut self.tables[id.0 as usize]
    }

    pub(crate) fn column(&self, id: ColumnId) -> &ColumnDraft<'a> {
        &self.table(id.table).columns[id.index as usize]
    }

    pub(crate) fn columns_of(&self, table: TableId) -> Vec<ColumnId> {
        (0..self.table(table).columns.len())
            .map(|index| ColumnId { table, index: u32::try_from(index).unwrap_or(u32::MAX) })
            .collect()
    }

    pub(crate) fn column_by_key(&self, table: TableId, key: &str) -> Option<ColumnId> {
        let index = self.table(table).columns.iter().position(|column| column.key.as_ref() == key)?;
        Some(ColumnId { table, index: u32::try_from(index).ok()? })
    }

    /// Adds a table, or what it says to the one that is there already, if it asks for that.
    pub(crate) fn add_table(&mut self, table: TableDraft<'a>) -> TableId {
        let known = match table.existing {
            Existing::Refuse => None,
            Existing::Extend | Existing::Keep => self.tables.iter().position(|known| {
                known.name == table.name && known.metadata.is_same(&table.metadata) && known.is_of_same_schema(&table)
            }),
        };
        if let Some(known) = known {
            if table.existing == Existing::Extend {
                self.tables[known].extend(table);
            }
            return TableId(u32::try_from(known).unwrap_or(u32::MAX));
        }
        self.tables.push(table);
        TableId(u32::try_from(self.tables.len() - 1).unwrap_or(u32::MAX))
    }
}

impl<'a> TableDraft<'a> {
    pub(crate) fn new(name: Rc<str>, metadata: Metadata<'a>, place: Place) -> Self {
        Self {
            name,
            schema: None,
            metadata,
            existing: Existing::Refuse,
            model: None,
            columns: Vec::new(),
            items: Vec::new(),
            options: Vec::new(),
            relationships: Vec::new(),
            made_at: 0,
            made_of: None,
            place,
            hidden: Vec::new(),
            condition: None,
        }
    }

    fn is_of_same_schema(&self, other: &Self) -> bool {
        let text = |table: &Self| table.schema.as_ref().and_then(|schema| schema.value.as_text());
        text(self) == text(other)
    }

    /// Takes over what a second declaration says (`Table._init_existing`).
    fn extend(&mut self, other: Self) {
        for column in other.columns {
            self.add_column(column);
        }
        self.items.extend(other.items);
        for (name, value) in other.options {
            self.options.retain(|(known, _)| *known != name);
            self.options.push((name, value));
        }
        self.hidden.extend(other.hidden);
        self.model = self.model.take().or(other.model);
        self.condition = self.condition.or(other.condition);
    }

    /// Adds a column; one of the same key takes the older one's place, as in SQLAlchemy.
    pub(crate) fn add_column(&mut self, column: ColumnDraft<'a>) -> usize {
        match self.columns.iter().position(|known| known.key == column.key) {
            Some(at) => {
                self.columns[at] = column;
                at
            }
            None => {
                self.columns.push(column);
                self.columns.len() - 1
            }
        }
    }

    /// The constraints and indexes in the order they were made, which is the order of the DDL: those that
    /// were made before the table, whose columns then add their own, and those added later.
    pub(crate) fn ordered_items(&self) -> (Vec<Rc<Symbol<'a>>>, Vec<Rc<Symbol<'a>>>) {
        let mut items = self.items.clone();
        items.sort_by_key(|symbol| symbol.id);
        items.into_iter().partition(|symbol| symbol.id < self.made_at)
    }

    /// The column that an unattached `Column(…)` object became here.
    pub(crate) fn column_of_symbol(&self, symbol: u32) -> Option<&ColumnDraft<'a>> {
        self.columns.iter().find(|column| column.made_of.contains(&symbol))
    }
}

/// The name of a SQLAlchemy callable that was called, and its arguments: `Column`, `Index` …
pub(crate) fn sqlalchemy_call<'v, 'a>(
    value: &'v Value<'a>,
) -> Option<(&'v str, &'v Rc<Symbol<'a>>, &'v crate::python::Arguments<'a>)> {
    let symbol = value.as_symbol()?;
    let (path, arguments) = symbol.external_call()?;
    is_sqlalchemy(path).then(|| (last_segment(path), symbol, arguments))
}

/// Whether a dotted name is SQLAlchemy's own or one that a framework hands on unchanged.
pub(crate) fn is_sqlalchemy(path: &str) -> bool {
    path.starts_with("sqlalchemy.") || path.starts_with("sqlmodel.") || path.starts_with("flask_sqlalchemy.")
}

impl<'a> Evaluator<'a> {
    /// What is left to do when all modules have run.
    pub(crate) fn finish_pending(&mut self) {
        self.registry.pending.clear();
        self.ask_listeners();
        if self.is_exhausted {
            self.diagnostics.push(
                ormsync_schema::Diagnostic::warning(
                    "sqlalchemy-limit",
                    "some module does too much work on import to be followed, so tables may be missing here",
                    ormsync_schema::Origin::nowhere(),
                )
                .with_help("declare tables with plain classes rather than in long loops"),
            );
        }
    }
}
