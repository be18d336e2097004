//! The names that the engine gives to constraints and indexes. Pinned to Prisma's engine 7.10 and, for MySQL,
//! to the SQL of an engine with its MySQL connector (`fixtures/prisma-mysql`).

use std::iter;

use crate::native::ProviderFacts;
use crate::resolve::model::{Key, KeyKind, Model};

/// The table and the columns, cut so that they fit with `suffix` behind them, all in bytes. The engine cuts whole
/// characters.
fn cut<'c>(table: &str, columns: impl Iterator<Item = &'c str> + Clone, suffix: &str, facts: &ProviderFacts) -> String {
    let length = table.len() + columns.clone().map(|column| column.len() + 1).sum::<usize>();
    let mut name = String::with_capacity(length + suffix.len());
    name.push_str(table);
    for column in columns {
        name.push('_');
        name.push_str(column);
    }
    name.truncate(name.floor_char_boundary(facts.longest_name - suffix.len()));
    name.push_str(suffix);
    name
}

/// The name of a primary key that has none of its own.
pub(crate) fn primary_key(table: &str, facts: &ProviderFacts) -> String {
    cut(table, iter::empty(), "_pkey", facts)
}

/// The name of a unique or index that has none of its own.
pub(crate) fn index(table: &str, columns: &[&str], is_unique: bool, facts: &ProviderFacts) -> String {
    cut(table, columns.iter().copied(), suffix_of(is_unique), facts)
}

fn suffix_of(is_unique: bool) -> &'static str {
    if is_unique { "_key" } else { "_idx" }
}

/// The name of a foreign key that has none of its own.
pub(crate) fn foreign_key(table: &str, columns: &[&str], facts: &ProviderFacts) -> String {
    cut(table, columns.iter().copied(), "_fkey", facts)
}

/// The name of a key of a model; none where the provider gives it none.
pub(crate) fn of_key(model: &Model<'_>, key: &Key<'_>, facts: &ProviderFacts) -> Option<String> {
    if let Some(map) = key.map {
        return Some(map.to_owned());
    }
    if key.kind == KeyKind::Id {
        return facts.has_named_primary_keys.then(|| primary_key(model.table, facts));
    }
    let columns = key.parts.iter().map(|part| model.fields[part.field].column);
    Some(cut(model.table, columns, suffix_of(key.kind == KeyKind::Unique), facts))
}

/// The table of an implicit many-to-many relation, from the relation's name or the models' names in order.
pub(crate) fn join_table(relation: Option<&str>, first: &str, second: &str, facts: &ProviderFacts) -> String {
    let name = match relation {
        Some(name) => format!("_{name}"),
        None => format!("_{first}To{second}"),
    };
    // The engine counts characters here, and bytes elsewhere.
    name.chars().take(facts.longest_name).collect()
}

/// A name on a join table: its own rule, so that columns A and B never clash.
pub(crate) fn on_join_table(table: &str, suffix: &str, facts: &ProviderFacts) -> String {
    let kept: String = table.chars().take(facts.longest_name - suffix.len()).collect();
    format!("{kept}{suffix}")
}
