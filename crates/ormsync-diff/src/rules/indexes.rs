//! Rules about indexes and unique constraints.

use ormsync_schema::Severity;

use crate::Rule;

/// A uniqueness is missing in some sources.
pub(crate) const UNIQUE_MISSING: Rule = Rule {
    name: "unique-missing",
    severity: Severity::Error,
    summary: "A unique constraint or unique index is there in some sources and missing in others.",
    rationale: "\
Uniqueness is a promise that programs build on: looking up a user by e-mail expects one row, an upsert
needs the constraint to work at all. If the database lacks it, duplicates get in unseen; if a side does not
know of it, its INSERTs fail with errors that it does not expect.

An index on the same columns that is not unique falls under this rule, too. Where a primary key covers the
same columns, nothing is missing.",
    example: include_str!("examples/unique-missing.md"),
    remedy: "\
Declare it everywhere. Before it is added to a table with rows, look for duplicates: the migration fails
on the first.",
};

/// A uniqueness is a constraint here and an index there.
pub(crate) const UNIQUE_KIND: Rule = Rule {
    name: "unique-kind",
    severity: Severity::Note,
    summary: "The same uniqueness is a constraint in some sources and an index in others.",
    rationale: "\
Both refuse the same rows. They differ in how they are dropped, in whether they can be deferred, and in
what some statements may refer to by name; so a migration that drops the one fails on the other.",
    example: include_str!("examples/unique-kind.md"),
    remedy: "\
Nothing has to be done. To end it, declare the kind that the database has, or replace it by a migration.",
};

/// An index is missing in some sources.
pub(crate) const INDEX_MISSING: Rule = Rule {
    name: "index-missing",
    severity: Severity::Warning,
    summary: "An index is there in some sources and missing in others.",
    rationale: "\
Nothing breaks, but queries that relied on the index get slow as the table grows. An index that is only in the
database, made by hand one night, is dropped by the next migration that a tool generates. Indexes are matched by what
they cover, not by name. Those that the server makes on its own, for foreign keys, and those that the primary key
covers are never missing.",
    example: include_str!("examples/index-missing.md"),
    remedy: "\
Declare the index in every source that can. On a big table in use, make it by a statement that does not lock
writers, where the server has one.",
};

/// An index covers the same columns in another way.
pub(crate) const INDEX_DEFINITION: Rule = Rule {
    name: "index-definition",
    severity: Severity::Warning,
    summary: "An index differs in its order, method, condition, prefix, operator class or included columns.",
    rationale: "\
The index is there, but it does not help the same queries: sorted the other way round, only for some rows, only
for the beginning of a text, by another method. A unique index with another condition also refuses other rows. What
a source has no words for is not compared.",
    example: include_str!("examples/index-definition.md"),
    remedy: "\
Decide which definition the queries need, and declare that one everywhere. An index can't be changed: the
migration makes the new one and drops the old one, best in this order.",
};

/// The same index or constraint has different names.
pub(crate) const INDEX_NAME: Rule = Rule {
    name: "index-name",
    severity: Severity::Note,
    summary: "The same index or constraint has different names.",
    rationale: "\
The name changes nothing for queries. But a migration that drops or changes the index or constraint names it, and
fails where the name is another; and tools that match by name offer to drop the one and make the other.",
    example: include_str!("examples/index-name.md"),
    remedy: "\
Give the name explicitly on both sides, as the database has it; renaming in the database is cheap, too. Or
switch the rule off.",
};
