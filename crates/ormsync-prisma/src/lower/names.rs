//! The names that the engine gives to constraints and indexes. Pinned to Prisma's engine 7.10 and, for MySQL,
//! to the SQL of an engine with its MySQL connector (`fixtures/prisma-mysql`).

use crate::native::ProviderFacts;
use crate::resolve::model::{Key, KeyKind, Model};

/// `base` cut so that it fits with `suffix` behind it, both in bytes. The engine cuts whole characters.
fn cut(base: &str, suffix: &str, facts: &ProviderFacts) -> String {
    let kept = base.floor_char_boundary(facts.longest_name - suffix.len());
    format!("{}{suffix}", &base[..kept])
}

/// The name of a primary key that has none of its own.
pub(crate) fn primary_key(table: &str, facts: &ProviderFacts) -> String {
    cut(table, "_pkey", facts)
}

/// The name of a unique or index that has none of its own.
pub(crate) fn index(table: &str, columns: &[&str], is_unique: bool, facts: &ProviderFacts) -> String {
    cut(&format!("{table}_{}", columns.join("_")), if is_unique { "_key" } else { "_idx" }, facts)
}

/// The name of a foreign key that has none of its own.
pub(crate) fn foreign_key(table: &str, columns: &[&str], facts: &ProviderFacts) -> String {
    cut(&format!("{table}_{}", columns.join("_")), "_fkey", facts)
}

/// The name of a key of a model; none where the provider gives it none.
pub(crate) fn of_key(model: &Model<'_>, key: &Key<'_>, facts: &ProviderFacts) -> Option<String> {
    if let Some(map) = key.map {
        return Some(map.to_owned());
    }
    if key.kind == KeyKind::Id {
        return facts.has_named_primary_keys.then(|| primary_key(model.table, facts));
    }
    let fields: Vec<usize> = key.parts.iter().map(|part| part.field).collect();
    Some(index(model.table, &model.columns_of(&fields), key.kind == KeyKind::Unique, facts))
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
