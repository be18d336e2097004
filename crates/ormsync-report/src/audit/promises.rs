//! What documents promise, held against what there is.

use std::collections::BTreeMap;

use globset::Glob;
use schemars::JsonSchema;
use serde::Deserialize;

use super::model::{Audit, Counts, Promise, State};

/// What an audit is to look for, and what documents promise of the database.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Expectations {
    /// How many objects of a kind documents promise: `{ tables = 19, indexes = 26, foreign_keys = 11 }`.
    pub expect: ExpectedCounts,
    /// The tables that documents name: exactly these are to be there.
    pub tables: Vec<String>,
    /// More personal data to look for: kinds, each with words of column names (`loyalty = ["loyalty number"]`).
    pub personal: BTreeMap<String, Vec<String>>,
    /// Columns that are no personal data, as globs of `table.column`.
    pub not_personal: Vec<String>,
}

impl Expectations {
    /// What of them can't be understood.
    pub fn problems(&self) -> Vec<String> {
        let wrong =
            |glob: &String| Glob::new(glob).err().map(|error| format!("not_personal: \"{glob}\": {}", error.kind()));
        self.not_personal.iter().filter_map(wrong).collect()
    }
}

/// How many objects of a kind documents promise.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ExpectedCounts {
    /// Tables.
    pub tables: Option<usize>,
    /// Columns.
    pub columns: Option<usize>,
    /// Primary keys.
    pub primary_keys: Option<usize>,
    /// Indexes and unique constraints, without primary keys.
    pub indexes: Option<usize>,
    /// Foreign keys.
    pub foreign_keys: Option<usize>,
    /// Check constraints.
    pub checks: Option<usize>,
    /// Triggers.
    pub triggers: Option<usize>,
    /// Enum types.
    pub enums: Option<usize>,
    /// Views.
    pub views: Option<usize>,
}

impl ExpectedCounts {
    /// Each kind with what is promised and what there is.
    fn beside(&self, counts: &Counts) -> [(&'static str, Option<usize>, usize); 9] {
        [
            ("tables", self.tables, counts.tables),
            ("columns", self.columns, counts.columns),
            ("primary keys", self.primary_keys, counts.primary_keys),
            ("indexes", self.indexes, counts.indexes),
            ("foreign keys", self.foreign_keys, counts.foreign_keys),
            ("checks", self.checks, counts.checks),
            ("triggers", self.triggers, counts.triggers),
            ("enum types", self.enums, counts.enums),
            ("views", self.views, counts.views),
        ]
    }
}

/// Holds all expectations against the live database, else against the first source.
pub(super) fn of(audit: &Audit, expectations: &Expectations) -> Vec<Promise> {
    let Some(at) = audit.sources.iter().position(|source| source.live).or((!audit.sources.is_empty()).then_some(0))
    else {
        return Vec::new();
    };
    let counts = &audit.sources[at].counts;
    let mut promises = Vec::new();
    for (kind, promised, found) in expectations.expect.beside(counts) {
        let Some(promised) = promised else { continue };
        promises.push(Promise {
            what: kind.to_owned(),
            promised: promised.to_string(),
            found: found.to_string(),
            holds: found == promised,
        });
    }
    // A document may promise more tables than it names.
    if let Some(promised) = expectations.expect.tables.filter(|_| !expectations.tables.is_empty()) {
        let named = expectations.tables.len();
        promises.push(Promise {
            what: "tables that are named".to_owned(),
            promised: promised.to_string(),
            found: named.to_string(),
            holds: named == promised,
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

fn is_nothing(state: State) -> bool {
    matches!(state, State::Missing | State::Absent)
}
