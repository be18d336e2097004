//! Indexes and unique constraints of a table that stays.

use ormsync_schema::{ConstraintKind, ForeignKey, Index, IndexKind, QualifiedName, Table, TableChange};

use super::order::Step;
use super::physical::bare_table;
use super::{Planner, indexes_in_order};

impl Planner<'_> {
    pub(super) fn plan_indexes(&mut self, name: &QualifiedName, target: &Table) {
        let Some(table) = self.state.table(&name.namespace, &name.name).cloned() else { return };
        let (mut bare, bare_target) = (bare_table(&table, self.dialect), bare_table(target, self.dialect));
        // What the server made for a foreign key it takes away for anything that comes and serves as well, so one that is wanted
        // for itself is made anew.
        for (old, bare_old) in table.indexes.iter().zip(&mut bare.indexes) {
            bare_old.implicit = old.implicit && is_wanted(old, target) && is_replaced(old, &table, target);
        }
        // A name that is taken, or will be, can't be had by renaming.
        let names = |table: &Table| table.indexes.iter().map(|index| index.name.clone()).collect::<Vec<_>>();
        let (names_there, names_wanted) = (names(&table), names(target));
        let may_rename = |old: &Index, new: &Index| {
            same_but_name(old, new) && !names_there.contains(&new.name) && !names_wanted.contains(&old.name)
        };
        let mut going: Vec<(Index, Index)> = table.indexes.into_iter().zip(bare.indexes).collect();
        let mut coming: Vec<(Index, Index)> = target.indexes.iter().cloned().zip(bare_target.indexes).collect();
        pair_off(&mut going, &mut coming, |left, right| left == right);
        for (old, new) in pair_off(&mut going, &mut coming, same_but_comment) {
            self.change(Step::Describe, name, TableChange::CommentIndex { index: Box::new(old), to: new.comment });
        }
        if self.alterations.renames_indexes {
            for (old, new) in pair_off(&mut going, &mut coming, may_rename) {
                // One that the server made for a foreign key comes and goes with that.
                if old.implicit || new.implicit {
                    self.change(Step::DropIndex, name, TableChange::DropIndex(Box::new(old)));
                    self.change(Step::CreateIndex, name, TableChange::AddIndex(Box::new(new)));
                    continue;
                }
                self.rename_index(name, old, new);
            }
        }
        for (old, _) in going {
            self.change(Step::DropIndex, name, TableChange::DropIndex(Box::new(old)));
        }
        for new in indexes_in_order(coming.into_iter().map(|(new, _)| new).collect()) {
            self.change(Step::CreateIndex, name, TableChange::AddIndex(Box::new(new)));
        }
    }

    fn rename_index(&mut self, table: &QualifiedName, old: Index, new: Index) {
        let (Some(from), Some(to)) = (old.name, new.name) else { return };
        let kind = match old.kind {
            IndexKind::UniqueConstraint => ConstraintKind::UniqueConstraint,
            IndexKind::Plain | IndexKind::UniqueIndex => ConstraintKind::Index,
        };
        self.change(Step::RenameConstraint, table, TableChange::RenameConstraint { kind, from, to });
    }
}

/// Whether an index of that name is to stand by itself.
fn is_wanted(old: &Index, target: &Table) -> bool {
    target.indexes.iter().any(|new| new.name == old.name && !new.implicit)
}

/// Whether an index or foreign key comes whose columns begin with those of an index.
fn is_replaced(old: &Index, table: &Table, target: &Table) -> bool {
    let begins = |columns: &mut dyn Iterator<Item = &str>| old.columns().all(|column| columns.next() == Some(column));
    let comes = |index: &&Index| !table.indexes.iter().any(|there| there.name == index.name);
    let key_comes = |key: &&ForeignKey| !table.foreign_keys.iter().any(|there| there.name == key.name);
    target.indexes.iter().filter(comes).any(|index| begins(&mut index.columns()))
        || target.foreign_keys.iter().filter(key_comes).any(|key| begins(&mut key.columns.iter().map(String::as_str)))
}

/// Takes out the pairs for which `are_pair` holds.
fn pair_off(
    going: &mut Vec<(Index, Index)>,
    coming: &mut Vec<(Index, Index)>,
    are_pair: impl Fn(&Index, &Index) -> bool,
) -> Vec<(Index, Index)> {
    let mut pairs = Vec::new();
    going.retain(|(old, bare_old)| {
        let Some(position) = coming.iter().position(|(_, bare_new)| are_pair(bare_old, bare_new)) else { return true };
        pairs.push((old.clone(), coming.remove(position).0));
        false
    });
    pairs
}

fn same_but_comment(left: &Index, right: &Index) -> bool {
    Index { comment: None, ..left.clone() } == Index { comment: None, ..right.clone() }
}

/// Both have a name, and nothing else parts them. An index that the server makes on its own is not renamed: it comes
/// and goes with its foreign key.
fn same_but_name(left: &Index, right: &Index) -> bool {
    left.name.is_some()
        && right.name.is_some()
        && Index { name: None, ..left.clone() } == Index { name: None, ..right.clone() }
}
