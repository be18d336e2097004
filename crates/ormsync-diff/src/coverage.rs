//! How much of each source was looked at.

use ormsync_schema::{DefaultValue, Schema};
use serde::Serialize;

use crate::Source;

/// How much of a source was read and compared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Coverage {
    /// The source's name.
    pub source: String,
    /// The source's kind.
    pub kind: String,
    /// The source's name in sentences.
    pub label: String,
    /// Tables read.
    pub tables: usize,
    /// Columns read.
    pub columns: usize,
    /// Indexes and unique constraints read.
    pub indexes: usize,
    /// Foreign keys read.
    pub foreign_keys: usize,
    /// Enum types read.
    pub enums: usize,
    /// Things met but not understood.
    pub opaque: usize,
    /// Tables left out of the comparison by configuration.
    pub ignored: usize,
}

/// Counts what a source has; `ignored` is how many of its tables are left out of a comparison.
pub fn count(source: &Source<'_>, ignored: usize) -> Coverage {
    let schema = source.schema;
    let mut coverage = Coverage {
        source: source.name.to_owned(),
        kind: source.kind.to_owned(),
        label: source.label.to_owned(),
        opaque: schema.opaque.len(),
        ignored,
        enums: schema.namespaces.values().map(|namespace| namespace.enums.len()).sum(),
        ..Coverage::default()
    };
    for (_, _, table) in schema.tables() {
        coverage.tables += 1;
        coverage.columns += table.columns.len();
        coverage.indexes += table.indexes.iter().filter(|index| !index.implicit).count();
        coverage.foreign_keys += table.foreign_keys.len();
        coverage.opaque += table.opaque.len();
    }
    coverage.opaque += unreadable(schema);
    coverage
}

/// Types and defaults that were met but not understood.
fn unreadable(schema: &Schema) -> usize {
    let columns = schema.tables().flat_map(|(_, _, table)| table.columns.values());
    columns
        .map(|column| {
            let of_default = |default: Option<&DefaultValue>| matches!(default, Some(DefaultValue::Unreadable(_)));
            usize::from(column.data_type.is_unreadable())
                + usize::from(of_default(column.default.as_ref()))
                + usize::from(of_default(column.on_update.as_deref()))
        })
        .sum()
}
