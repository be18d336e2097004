//! What documents promise, held against what there is.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::model::{Audit, Promise};

/// What documents promise of the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Expectations {
    /// How many objects of a kind there are to be: `{ tables = 19, indexes = 26, foreign_keys = 11 }`.
    pub expect: BTreeMap<String, usize>,
    /// The tables that there are to be.
    pub tables: Vec<String>,
}

/// The kinds that can be counted on.
pub const EXPECTED_KINDS: [&str; 9] =
    ["tables", "columns", "indexes", "foreign_keys", "checks", "triggers", "enums", "views", "primary_keys"];

/// Holds all expectations against the live database, else against the first source.
pub(super) fn of(audit: &Audit, expectations: &Expectations) -> Vec<Promise> {
    let Some(at) = audit.sources.iter().position(|source| source.live).or((!audit.sources.is_empty()).then_some(0))
    else {
        return Vec::new();
    };
    let counts = &audit.sources[at].counts;
    let mut promises = Vec::new();
    for (kind, promised) in &expectations.expect {
        let found = match kind.as_str() {
            "tables" => counts.tables,
            "columns" => counts.columns,
            "indexes" => counts.indexes,
            "foreign_keys" => counts.foreign_keys,
            "checks" => counts.checks,
            "triggers" => counts.triggers,
            "enums" => counts.enums,
            "views" => counts.views,
            "primary_keys" => counts.primary_keys,
            // Refused when the configuration is read.
            _ => continue,
        };
        promises.push(Promise {
            what: kind.replace('_', " "),
            promised: promised.to_string(),
            found: found.to_string(),
            holds: found == *promised,
        });
    }
    let name = &audit.sources[at].name;
    let is_there = |table: &String| {
        audit.tables.iter().any(|own| {
            own.name == *table && own.states.iter().any(|state| state.source == *name && !is_nothing(state.state))
        })
    };
    for table in &expectations.tables {
        let holds = is_there(table);
        let found = if holds { "there" } else { "missing" }.to_owned();
        promises.push(Promise { what: format!("table {table}"), promised: "there".to_owned(), found, holds });
    }
    if !expectations.tables.is_empty() {
        let unnamed =
            audit.tables.iter().filter(|table| is_there(&table.name) && !expectations.tables.contains(&table.name));
        for table in unnamed {
            promises.push(Promise {
                what: format!("table {}", table.name),
                promised: "not named".to_owned(),
                found: "there".to_owned(),
                holds: false,
            });
        }
    }
    promises
}

fn is_nothing(state: super::model::State) -> bool {
    matches!(state, super::model::State::Missing | super::model::State::Absent)
}
