//! In which order tables are filled, and which of them only together.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{ForeignKey, Schema, Table};

/// A table by its namespace and name.
pub(super) type Name = (String, String);

/// Whether a row can't be without what the key refers to.
pub(super) fn is_required(table: &Table, key: &ForeignKey) -> bool {
    key.columns.iter().all(|name| table.columns.get(name).is_some_and(|column| !column.nullable))
}

/// The table that a key refers to.
pub(super) fn target_of(key: &ForeignKey) -> Name {
    (key.referenced_namespace.clone(), key.referenced_table.clone())
}

/// The tables that can be filled, each behind those that it refers to; those that can't be without each other together. Where
/// a circle has a reference that may be NULL, it is opened there.
pub(super) fn groups(schema: &Schema) -> Vec<Vec<Name>> {
    let mut tables: BTreeMap<Name, &Table> = BTreeMap::new();
    for (namespace, name, table) in schema.tables() {
        if !table.options.contains_key("virtual") && table.partitioning.is_none() {
            tables.insert((namespace.to_owned(), name.to_owned()), table);
        }
    }
    let referred = |name: &Name, only_required: bool| -> BTreeSet<Name> {
        let table = tables[name];
        let keys = table.foreign_keys.iter().filter(|key| !only_required || is_required(table, key));
        keys.map(target_of).filter(|other| other != name && tables.contains_key(other)).collect()
    };
    let needs: BTreeMap<Name, BTreeSet<Name>> =
        tables.keys().map(|name| (name.clone(), referred(name, true))).collect();
    let mut waiting = circles(&needs);
    let mut done: BTreeSet<Name> = BTreeSet::new();
    let mut order = Vec::new();
    while !waiting.is_empty() {
        let unmet = |group: &[Name], only_required: bool| {
            let all: BTreeSet<Name> = group.iter().flat_map(|name| referred(name, only_required)).collect();
            all.into_iter().filter(|other| !done.contains(other) && !group.contains(other)).count()
        };
        // One whose needs are met there always is: circles are groups. Of several the one that leaves the fewest references out.
        let ready = waiting.iter().enumerate().filter(|(_, group)| unmet(group, true) == 0);
        let next = ready.min_by_key(|(at, group)| (unmet(group, false), *at)).map_or(0, |(at, _)| at);
        let group = waiting.remove(next);
        done.extend(group.iter().cloned());
        order.push(group);
    }
    order
}

/// The tables in groups: those that need each other, directly or by way of others, are in one.
fn circles(needs: &BTreeMap<Name, BTreeSet<Name>>) -> Vec<Vec<Name>> {
    let reached: BTreeMap<&Name, BTreeSet<&Name>> =
        needs.keys().map(|name| (name, reached_from(name, needs))).collect();
    let mut grouped: BTreeSet<&Name> = BTreeSet::new();
    let mut groups = Vec::new();
    for name in needs.keys() {
        if grouped.contains(name) {
            continue;
        }
        let is_together =
            |other: &&Name| *other == name || reached[name].contains(other) && reached[other].contains(name);
        let group: Vec<Name> = needs.keys().filter(is_together).cloned().collect();
        grouped.extend(needs.keys().filter(|other| group.contains(other)));
        groups.push(group);
    }
    groups
}

fn reached_from<'n>(start: &'n Name, needs: &'n BTreeMap<Name, BTreeSet<Name>>) -> BTreeSet<&'n Name> {
    let mut reached = BTreeSet::new();
    let mut next = vec![start];
    while let Some(name) = next.pop() {
        next.extend(needs.get(name).into_iter().flatten().filter(|other| reached.insert(*other)));
    }
    reached
}
