//! `op.batch_alter_table`: a table made anew by Alembic, from what it reads of the old one.

use ormsync_schema::{Column, ColumnChange, Deferrability, Index, IndexKind, QualifiedName, Table, TableRebuild};

use super::super::constraint::plain_columns;
use super::super::python::{Argument, Name, Python};
use super::super::writer::{Place, Wordless, Writer, keyword};
use super::body::Line;
use super::objects::{says_whole_foreign_key, says_whole_index};
use super::tables::{says_whole_column, wordless};
use super::words::in_revision;

impl Writer<'_> {
    /// The rebuild in Alembic's words, where Alembic reads all of the old table and has words for all that changes.
    pub(super) fn batch(&self, name: &QualifiedName, rebuild: &TableRebuild) -> Result<Line, Wordless> {
        let TableRebuild { from, to, values, .. } = rebuild;
        if !values.is_empty() || !self.is_read_by_alembic(from) || !self.is_read_by_alembic(to) {
            return Err(wordless("Alembic would not carry over all of the table"));
        }
        let place = Place { namespace: &name.namespace, name: &name.name, table: to };
        let mut calls = Vec::new();
        self.batch_of_what_goes(from, to, &mut calls)?;
        self.batch_of_columns(place, from, &mut calls)?;
        self.batch_of_what_comes(place, from, &mut calls)?;
        if calls.is_empty() {
            return Err(wordless("nothing changes that Alembic has words for"));
        }
        let mut arguments = vec![Argument::Positional(Python::text(&name.name))];
        let is_unique_number = |column: &Column| column.identity.as_ref().is_some_and(|identity| identity.never_again);
        if to.columns.values().any(is_unique_number) {
            let switch = Python::Dictionary(vec![("sqlite_autoincrement".to_owned(), Python::Boolean(true))]);
            arguments.push(keyword("table_kwargs", switch));
        }
        if self.has_dangling_references() {
            // Else Alembic looks for tables that the revision has dropped before.
            let alone = Python::Dictionary(vec![("resolve_fks".to_owned(), Python::Boolean(false))]);
            arguments.push(keyword("reflect_kwargs", alone));
        }
        let open = Python::call(Name::local("op.batch_alter_table"), arguments);
        Ok(Line::With(open, Some("batch_op"), calls.into_iter().map(in_revision).map(Line::Call).collect()))
    }

    /// Whether a foreign key refers to a table that is not there.
    fn has_dangling_references(&self) -> bool {
        self.schema.tables().any(|(_, _, table)| {
            let mut keys = table.foreign_keys.iter();
            keys.any(|key| self.schema.table(&key.referenced_namespace, &key.referenced_table).is_none())
        })
    }

    /// Whether Alembic copies the values as they are: between SQLAlchemy's families of types it writes a CAST
    /// (`cast_for_batch_migrate` in `alembic/ddl/sqlite.py`), which makes 0 of what is no number, and a year of a date.
    fn copies_values(&self, old: &Column, new: &Column) -> bool {
        let python = |column: &Column| self.plain_type(&column.data_type, None, "").map(|spelled| spelled.python).ok();
        let (old, new) = (python(old), python(new));
        old == new || (new.as_deref() == Some("str") && old.as_deref() != Some("bytes"))
    }

    /// What SQLAlchemy's reflection of SQLite tells whole: no checks, no collations, no generated columns, no expressions in
    /// indexes, and no types that it has no class for.
    fn is_read_by_alembic(&self, table: &Table) -> bool {
        let column = |column: &Column| {
            says_whole_column(column)
                && column.collation.is_none()
                && column.generated.is_none()
                && column.on_update.is_none()
                && column.data_type.as_named().is_some()
                && self
                    .plain_type(&column.data_type, None, "")
                    .is_ok_and(|spelled| spelled.python != "Any" || is_json(column))
        };
        let index = |index: &Index| {
            index.name.is_some()
                && says_whole_index(index)
                && plain_columns(&index.parts).is_some()
                && index.predicate.is_none()
                && index.deferrability.is_not_deferrable()
        };
        let rest = Table {
            model: None,
            columns: Default::default(),
            primary_key: None,
            indexes: Vec::new(),
            foreign_keys: Vec::new(),
            client_deletes: Vec::new(),
            emulated_keys: Vec::new(),
            opaque: Vec::new(),
            origin: Default::default(),
            ..table.clone()
        };
        rest == Table::default()
            && table.columns.values().all(column)
            && table.indexes.iter().all(index)
            && table.foreign_keys.iter().all(|key| {
                says_whole_foreign_key(key) && key.deferrability == Deferrability::NotDeferrable && key.name.is_some()
            })
            && table.primary_key.as_ref().is_some_and(|key| {
                super::objects::primary_key_is_plain(key) && key.name.is_none() && plain_columns(&key.parts).is_some()
            })
    }

    fn batch_of_what_goes(&self, from: &Table, to: &Table, calls: &mut Vec<Python>) -> Result<(), Wordless> {
        let key = |table: &Table| table.primary_key.as_ref().map(|key| key.parts.clone());
        if key(from) != key(to) {
            return Err(wordless("the primary key changes"));
        }
        for key in from.foreign_keys.iter().filter(|key| !to.foreign_keys.contains(key)) {
            calls.push(drop("drop_constraint", key.name.as_deref(), Some("foreignkey")));
        }
        for index in from.indexes.iter().filter(|index| !to.indexes.contains(index)) {
            let is_constraint = index.kind == IndexKind::UniqueConstraint;
            let (operation, kind) =
                if is_constraint { ("drop_constraint", Some("unique")) } else { ("drop_index", None) };
            calls.push(drop(operation, index.name.as_deref(), kind));
        }
        Ok(())
    }

    fn batch_of_columns(&self, place: Place<'_>, from: &Table, calls: &mut Vec<Python>) -> Result<(), Wordless> {
        let to = place.table;
        for name in from.columns.keys().filter(|name| !to.columns.contains_key(*name)) {
            calls.push(batch_call("drop_column", vec![Argument::Positional(Python::text(name))]));
        }
        for (name, column) in &to.columns {
            let Some(old) = from.columns.get(name) else {
                let column = self.revision_column(place, name, column)?;
                calls.push(batch_call("add_column", vec![Argument::Positional(column)]));
                continue;
            };
            let bare = |column: &Column| Column {
                client: Default::default(),
                places: Default::default(),
                origin: Default::default(),
                default_wording: Default::default(),
                ..column.clone()
            };
            if bare(old) == bare(column) {
                continue;
            }
            let change = ColumnChange::new(name, old.clone(), column.clone());
            if old.nullable && !column.nullable && column.default.is_some() {
                return Err(wordless("Alembic copies NULL where the default is wanted"));
            }
            if !self.copies_values(old, column) {
                return Err(wordless("Alembic would cast the values"));
            }
            // One statement makes the table anew, so that nothing stands in the way of anything.
            let Some(Python::Call { arguments, .. }) = self.alter_column(place, &change, None)?.pop() else {
                return Err(wordless("the column does not change"));
            };
            calls.push(batch_call("alter_column", arguments.into_iter().skip(1).collect()));
        }
        Ok(())
    }

    fn batch_of_what_comes(&self, place: Place<'_>, from: &Table, calls: &mut Vec<Python>) -> Result<(), Wordless> {
        let to = place.table;
        for index in to.indexes.iter().filter(|index| !from.indexes.contains(index)) {
            let call = if index.kind == IndexKind::UniqueConstraint {
                self.create_unique("", place.name, index)?
            } else {
                self.create_index("", place.name, index)?
            };
            calls.push(without_table(call)?);
        }
        for key in to.foreign_keys.iter().filter(|key| !from.foreign_keys.contains(key)) {
            calls.push(without_table(self.create_foreign_key(place, key)?)?);
        }
        Ok(())
    }
}

fn is_json(column: &Column) -> bool {
    column.data_type.as_named().is_some_and(|named| named.name == "json")
}

fn batch_call(name: &str, arguments: Vec<Argument>) -> Python {
    Python::call(Name::local(format!("batch_op.{name}")), arguments)
}

fn drop(operation: &str, name: Option<&str>, kind: Option<&str>) -> Python {
    let name = in_batch(Python::text(name.unwrap_or_default()));
    let mut arguments = vec![Argument::Positional(name)];
    arguments.extend(kind.map(|kind| keyword("type_", Python::text(kind))));
    batch_call(operation, arguments)
}

/// `batch_op.f("name")`.
fn in_batch(name: Python) -> Python {
    batch_call("f", vec![Argument::Positional(name)])
}

/// `op.create_index(op.f("name"), "table", …)` as the batch has it, which knows the table.
fn without_table(call: Python) -> Result<Python, Wordless> {
    let Python::Call { function, arguments } = call else { return Err(wordless("it is no call")) };
    let mut arguments = arguments.into_iter();
    let name = match arguments.next() {
        Some(Argument::Positional(Python::Call { arguments: name, .. })) => batch_call("f", name),
        _ => return Err(wordless("it has no name")),
    };
    let rest = arguments.skip(1);
    let operation = function.text.strip_prefix("op.").unwrap_or(&function.text).to_owned();
    Ok(batch_call(&operation, std::iter::once(Argument::Positional(name)).chain(rest).collect()))
}
