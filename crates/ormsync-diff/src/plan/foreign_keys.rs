//! Foreign keys: they go before and come behind everything they rest on.

use ormsync_dialect::Conversion;
use ormsync_schema::{Column, ConstraintKind, ForeignKey, Index, IndexPart, QualifiedName, Schema, Table, TableChange};

use super::order::Step;
use super::physical::{bare_column, bare_table};
use super::tables::is_remade;
use super::{Planner, table_names};

impl Planner<'_> {
    /// Drops foreign keys that are not wanted any more, and those that stand in the way of another change.
    pub(super) fn plan_foreign_keys_that_go(&mut self, target: &Schema) {
        if self.alterations.foreign_keys_in_table {
            return;
        }
        for name in table_names(&self.state) {
            let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { continue };
            let wanted = target.table(&name.namespace, &name.name);
            let bare = bare_table(&table, self.dialect);
            let bare_wanted = wanted.map(|wanted| bare_table(wanted, self.dialect));
            for (key, bare_key) in table.foreign_keys.iter().zip(&bare.foreign_keys) {
                let wanted_key = bare_wanted.as_ref().and_then(|wanted| find(&wanted.foreign_keys, bare_key));
                let is_in_the_way = self.is_in_the_way(&name, &table, key, target);
                // A name that is taken, or will be, can't be had by renaming.
                let may_rename = self.alterations.renames_constraints
                    && wanted.is_some_and(|wanted| !wanted.foreign_keys.iter().any(|other| other.name == key.name))
                    && wanted_key.is_some_and(|it| !table.foreign_keys.iter().any(|other| other.name == it.name));
                match wanted_key {
                    Some(wanted_key) if !is_in_the_way && wanted_key.name == key.name => {}
                    Some(wanted_key) if !is_in_the_way && may_rename => {
                        self.rename_foreign_key(&name, key, wanted_key);
                    }
                    _ => self.change(Step::DropForeignKey, &name, TableChange::DropForeignKey(key.clone())),
                }
            }
        }
    }

    fn rename_foreign_key(&mut self, table: &QualifiedName, from: &ForeignKey, to: &ForeignKey) {
        let (Some(from), Some(to)) = (from.name.clone(), to.name.clone()) else { return };
        let change = TableChange::RenameConstraint { kind: ConstraintKind::ForeignKey, from, to };
        self.change(Step::RenameConstraint, table, change);
    }

    /// Adds the foreign keys that are not there.
    pub(super) fn plan_foreign_keys_that_come(&mut self, target: &Schema) {
        if self.alterations.foreign_keys_in_table {
            return;
        }
        for name in table_names(target) {
            let Some(table) = target.table(&name.namespace, &name.name) else { continue };
            let bare = bare_table(table, self.dialect);
            let mut keys: Vec<(&ForeignKey, &ForeignKey)> = table.foreign_keys.iter().zip(&bare.foreign_keys).collect();
            keys.sort_by_key(|(key, _)| super::order::place(&key.origin));
            for (key, bare_key) in keys {
                let there = self.state.table(&name.namespace, &name.name).map(|table| bare_table(table, self.dialect));
                if there.is_some_and(|there| find(&there.foreign_keys, bare_key).is_none()) {
                    self.change(Step::AddForeignKey, &name, TableChange::AddForeignKey(key.clone()));
                }
            }
        }
    }

    /// Whether a change of what a foreign key rests on would be refused while it is there.
    fn is_in_the_way(&self, name: &QualifiedName, table: &Table, key: &ForeignKey, target: &Schema) -> bool {
        let Some(wanted) = target.table(&name.namespace, &name.name) else { return false };
        let referenced = self.state.table(&key.referenced_namespace, &key.referenced_table);
        let referenced_wanted = target.table(&key.referenced_namespace, &key.referenced_table);
        let (Some(referenced), Some(referenced_wanted)) = (referenced, referenced_wanted) else { return false };
        self.loses_uniqueness(referenced, referenced_wanted, &key.referenced_columns)
            || self.columns_move(table, wanted, &key.columns)
            || self.columns_move(referenced, referenced_wanted, &key.referenced_columns)
            || (self.alterations.foreign_keys_hold_columns && self.indexes_move(table, wanted, &key.columns))
            || (self.alterations.foreign_keys_hold_columns
                && self.indexes_move(referenced, referenced_wanted, &key.referenced_columns))
    }

    /// Whether the key or index that makes the referenced columns unique goes or changes.
    fn loses_uniqueness(&self, from: &Table, to: &Table, columns: &[String]) -> bool {
        let (from, to) = (bare_table(from, self.dialect), bare_table(to, self.dialect));
        let key_columns = |parts: &[IndexPart]| {
            let mut names: Vec<String> = parts.iter().filter_map(IndexPart::as_column).map(str::to_owned).collect();
            names.sort();
            names
        };
        let mut wanted = columns.to_vec();
        wanted.sort();
        if let Some(key) = from.primary_key.as_ref().filter(|key| key_columns(&key.parts) == wanted)
            && to.primary_key.as_ref().is_none_or(|other| other.parts != key.parts)
        {
            return true;
        }
        let uniques = from.indexes.iter().filter(|index| index.kind.is_unique() && key_columns(&index.parts) == wanted);
        uniques.into_iter().any(|index| !to.indexes.iter().any(|other| same_but_name(index, other)))
    }

    /// Whether a column of the key changes in a way that its foreign key does not stand.
    fn columns_move(&self, from: &Table, to: &Table, columns: &[String]) -> bool {
        columns.iter().any(|name| match (from.columns.get(name), to.columns.get(name)) {
            (Some(from), Some(to)) if self.alterations.foreign_keys_hold_columns => {
                without_default(from) != without_default(to)
            }
            (Some(from), Some(to)) if is_remade(from, to) => true,
            (Some(from), Some(to)) => {
                from.data_type != to.data_type
                    && self.dialect.conversion(&from.data_type, &to.data_type) != Conversion::Safe
            }
            _ => false,
        })
    }

    /// Whether the indexes that could serve the key are others than before.
    fn indexes_move(&self, from: &Table, to: &Table, columns: &[String]) -> bool {
        let (from, to) = (bare_table(from, self.dialect), bare_table(to, self.dialect));
        let serving = |table: &Table| -> Vec<Index> {
            let mut found: Vec<Index> =
                table.indexes.iter().filter(|index| begins_with(&index.parts, columns)).cloned().collect();
            found.sort_by_key(|index| format!("{index:?}"));
            found
        };
        let in_key = |table: &Table| table.primary_key.as_ref().is_some_and(|key| begins_with(&key.parts, columns));
        serving(&from) != serving(&to) || in_key(&from) != in_key(&to)
    }
}

/// A column without what a foreign key does not care about.
fn without_default(column: &Column) -> Column {
    Column { default: None, on_update: None, comment: None, invisible: false, ..bare_column(column) }
}

fn begins_with(parts: &[IndexPart], columns: &[String]) -> bool {
    parts.len() >= columns.len()
        && parts.iter().zip(columns).all(|(part, column)| part.as_column() == Some(column.as_str()))
}

fn same_but_name(left: &Index, right: &Index) -> bool {
    Index { name: None, comment: None, ..left.clone() } == Index { name: None, comment: None, ..right.clone() }
}

/// The same key, preferably of the same name.
fn find<'a>(keys: &'a [ForeignKey], wanted: &ForeignKey) -> Option<&'a ForeignKey> {
    let nameless = |key: &ForeignKey| ForeignKey { name: None, ..key.clone() };
    keys.iter().find(|key| *key == wanted).or_else(|| keys.iter().find(|key| nameless(key) == nameless(wanted)))
}
