//! Who writes a table's DDL, and what that means for findings about it.

/// The globs of `[ownership]`, by owner. Patterns match a table's name, or `namespace.table` when they hold a dot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnershipPatterns {
    /// Tables owned by one source, by the source's name.
    pub by_source: Vec<(String, Vec<String>)>,
    /// Nobody here writes their DDL; declared shapes are still verified.
    pub external: Vec<String>,
    /// Notes only.
    pub observed: Vec<String>,
    /// Left out. The tools' own tables belong here; whoever wires the sources adds them.
    pub ignore: Vec<String>,
}

/// Who owns a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ownership {
    /// All sources must map it.
    Shared,
    /// This source writes its DDL; the others may map it, and are then verified.
    Source(String),
    /// Nobody here writes its DDL; declared shapes are verified.
    External,
    /// Everything about it is a note.
    Observed,
    /// Left out.
    Ignored,
}
