//! Names and indexes that MySQL and MariaDB make on their own.

use ormsync_schema::{ForeignKey, Index, IndexKind, IndexPart, IndexTarget, Place, Table};

use super::facts;

/// Names keys, foreign keys and checks that have no name, and adds the indexes of foreign keys.
pub(super) fn fill_in(table_name: &str, table: &mut Table, is_mariadb: bool) {
    name_foreign_keys(table_name, &mut table.foreign_keys);
    name_keys(&mut table.indexes);
    add_foreign_key_indexes(table);
    name_checks(table_name, table, is_mariadb);
}

/// Does what the server does at the end of a statement. [`index_of`] gave every new foreign key an index.
///
/// Such an index keeps a mark, which no catalogue shows, for as long as it has the name that the server gave it, even when
/// its key has gone: it is then the server's to take away.
pub(super) fn carry_out(table_name: &str, table: &mut Table, is_mariadb: bool) {
    name_foreign_keys(table_name, &mut table.foreign_keys);
    drop_superseded_indexes(table);
    name_keys(&mut table.indexes);
    name_checks(table_name, table, is_mariadb);
}

/// The index that the server makes when a foreign key is declared, until it sees that another one will do.
pub(super) fn index_of(key: &ForeignKey) -> Index {
    let name = Some(index_name(key));
    let mut index = Index::on_columns(IndexKind::Plain, name, key.columns.iter().cloned(), key.origin.clone());
    index.implicit = true;
    index
}

/// One that the server made goes for any other that begins with its columns; of two that it made, for the later or longer.
/// (Seen on MySQL 9.7 and MariaDB 10.11; `mysql_prepare_create_table` in their sources.)
fn drop_superseded_indexes(table: &mut Table) {
    let all = table.indexes.clone();
    let is_superseded = |position: usize, index: &Index| {
        let columns: Vec<String> = index.columns().map(str::to_owned).collect();
        let in_key =
            table.primary_key.as_ref().is_some_and(|primary| begins_with(whole_columns(&primary.parts), &columns));
        let mut others = all.iter().enumerate().filter(|(other, _)| *other != position);
        in_key
            || others.any(|(other_position, other)| {
                let is_better = !other.implicit || other.parts.len() > columns.len() || other_position > position;
                is_better && serves(other, &columns)
            })
    };
    let mut position = 0;
    table.indexes.retain(|index| {
        position += 1;
        !(index.implicit && is_superseded(position - 1, index))
    });
    for position in 0..table.indexes.len() {
        if !table.indexes[position].implicit {
            continue;
        }
        if let Some(name) = table.indexes[position].name.take() {
            table.indexes[position].name = Some(free_name(&name, &table.indexes));
        }
    }
}

/// `t_ibfk_1`: numbered among those without names, as CREATE TABLE does.
fn name_foreign_keys(table_name: &str, keys: &mut [ForeignKey]) {
    let mut number = 0;
    for position in 0..keys.len() {
        if keys[position].name.is_some() {
            continue;
        }
        loop {
            number += 1;
            let name = format!("{table_name}_ibfk_{number}");
            if !keys.iter().filter_map(|key| key.name.as_deref()).any(|other| facts::same_name(other, &name)) {
                keys[position].name = Some(name);
                break;
            }
        }
    }
}

/// A key is called by its first column, then with `_2`, `_3` …
fn name_keys(indexes: &mut [Index]) {
    for position in 0..indexes.len() {
        if indexes[position].name.is_some() {
            continue;
        }
        let base = match indexes[position].parts.first().map(|part| &part.target) {
            Some(IndexTarget::Column(column)) => column.clone(),
            _ => "functional_index".to_owned(),
        };
        indexes[position].name = Some(free_name(&base, indexes));
    }
}

fn free_name(base: &str, indexes: &[Index]) -> String {
    let is_taken = |name: &str| {
        name.eq_ignore_ascii_case("primary")
            || indexes.iter().filter_map(|index| index.name.as_deref()).any(|other| facts::same_name(other, name))
    };
    let mut name = base.to_owned();
    let mut number = 1;
    while is_taken(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

/// InnoDB needs an index that begins with the columns of a foreign key and makes one where there is none,
/// with the constraint's name or, where the server named that, with the first column's. One that is made
/// for more columns serves a key over the first of them too, and the last of several keys of the same columns names it.
fn add_foreign_key_indexes(table: &mut Table) {
    drop_superfluous_indexes(table);
    for position in 0..table.foreign_keys.len() {
        let key = &table.foreign_keys[position];
        let wanted = index_name(key);
        let own = table.indexes.iter_mut().find(|index| {
            index.kind == IndexKind::Plain
                && index.name.as_deref().is_some_and(|name| facts::same_name(name, &wanted))
                && index.parts.len() == key.columns.len()
                && serves(index, &key.columns)
        });
        if let Some(own) = own {
            // Nobody can tell it from one that was declared so.
            own.implicit = true;
            continue;
        }
        let is_better = |other_position: usize, other: &ForeignKey| {
            let is_longer = other.columns.len() > key.columns.len();
            let is_later = other.columns.len() == key.columns.len() && other_position > position;
            (is_longer || is_later) && begins_with(other.columns.iter().map(|name| Some(name.as_str())), &key.columns)
        };
        let better = table.foreign_keys.iter().enumerate().any(|(position, other)| is_better(position, other));
        let in_key =
            table.primary_key.as_ref().is_some_and(|primary| begins_with(whole_columns(&primary.parts), &key.columns));
        if better || in_key || table.indexes.iter().any(|index| serves(index, &key.columns)) {
            continue;
        }
        let index = Index { name: Some(free_name(&wanted, &table.indexes)), ..index_of(key) };
        table.indexes.push(index);
    }
}

/// An index that the server made for a foreign key stays when the key goes, and no catalogue tells it from any other then; it
/// goes when another index is made that serves the key.
/// <https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>
fn drop_superfluous_indexes(table: &mut Table) {
    let keys = table.foreign_keys.clone();
    let is_made_for = |index: &Index, key: &ForeignKey| {
        index.parts.len() == key.columns.len()
            && serves(index, &key.columns)
            && index.name.as_deref().is_some_and(|name| is_named_for(name, &index_name(key)))
    };
    for index in table.indexes.iter_mut().filter(|index| index.implicit) {
        index.implicit = keys.iter().any(|key| is_made_for(index, key));
    }
    // One that is declared has a place of its own, where there are places.
    let has_key = |index: &Index| {
        let own = keys.iter().find(|key| is_made_for(index, key));
        own.filter(|key| matches!(key.origin.place, Place::File { .. }) && key.origin == index.origin)
    };
    let all = table.indexes.clone();
    table.indexes.retain(|index| {
        let key = if index.implicit { has_key(index) } else { None };
        !key.is_some_and(|key| all.iter().any(|other| !other.implicit && serves(other, &key.columns)))
    });
}

/// Whether a name is the wanted one, or the wanted one with a number since another index had it.
fn is_named_for(name: &str, wanted: &str) -> bool {
    let is_number = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
    facts::same_name(name, wanted)
        || name.rsplit_once('_').is_some_and(|(base, rest)| facts::same_name(base, wanted) && is_number(rest))
}

/// The name of the index that is made for a foreign key.
fn index_name(key: &ForeignKey) -> String {
    match &key.name {
        Some(name) if !is_generated(name) => name.clone(),
        _ => key.columns.first().cloned().unwrap_or_default(),
    }
}

/// Whether a constraint's name has the form that the server gives.
fn is_generated(name: &str) -> bool {
    name.rsplit_once("_ibfk_").is_some_and(|(_, number)| number.parse::<u32>().is_ok())
}

/// Whether an index can serve a foreign key: a B-tree whose first columns are the key's, whole.
fn serves(index: &Index, columns: &[String]) -> bool {
    index.method.is_none() && begins_with(whole_columns(&index.parts), columns)
}

/// The columns of parts; none for expressions and prefixes.
fn whole_columns(parts: &[IndexPart]) -> impl Iterator<Item = Option<&str>> {
    parts.iter().map(|part| part.as_column().filter(|_| part.prefix_length.is_none()))
}

fn begins_with<'a>(mut parts: impl Iterator<Item = Option<&'a str>>, columns: &[String]) -> bool {
    columns.iter().all(|column| parts.next().flatten().is_some_and(|part| facts::same_name(part, column)))
}

/// MySQL: `t_chk_1`, numbered among those without names. MariaDB names only those of the table (`CONSTRAINT_1`), and
/// readers do not tell which those are: a check without a name keeps none.
fn name_checks(table_name: &str, table: &mut Table, is_mariadb: bool) {
    if is_mariadb {
        return;
    }
    let prefix = format!("{table_name}_chk_");
    let mut number = 0;
    for position in 0..table.checks.len() {
        if table.checks[position].name.is_some() {
            continue;
        }
        loop {
            number += 1;
            let name = format!("{prefix}{number}");
            let is_taken = table
                .checks
                .iter()
                .filter_map(|check| check.name.as_deref())
                .any(|other| facts::same_name(other, &name));
            if !is_taken {
                table.checks[position].name = Some(name);
                break;
            }
        }
    }
}
