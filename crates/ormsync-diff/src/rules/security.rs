//! Rules about what only some servers have: policies, partitions, types and routines of one's own.

use ormsync_schema::Severity;

use crate::Rule;

/// A domain or composite type is missing in some sources.
pub(crate) const TYPE_MISSING: Rule = Rule {
    name: "type-missing",
    severity: Severity::Error,
    summary: "A domain or composite type is there in some sources and missing in others.",
    rationale: "\
A column of the type can't be made without it, so the migration that makes the column fails on a database that
lacks the type. A domain is also where a check lives that no column repeats: without it, values get in that all
others refuse.",
    example: include_str!("examples/type-missing.md"),
    remedy: "Make the type by a migration wherever it is missing, before the columns that use it.",
};

/// A domain or composite type is another one.
pub(crate) const TYPE_DEFINITION: Rule = Rule {
    name: "type-definition",
    severity: Severity::Error,
    summary: "A domain or composite type of one name is defined differently.",
    rationale: "\
The name promises the same values, but one side takes what the other refuses: another type underneath, NULL or no NULL,
another check, other fields. Every column of the type is affected, and none of them shows it.",
    example: include_str!("examples/type-definition.md"),
    remedy: "Decide which definition is meant. ALTER DOMAIN changes a check; look for rows that break it first.",
};

/// A routine is missing in some sources.
pub(crate) const ROUTINE_MISSING: Rule = Rule {
    name: "routine-missing",
    severity: Severity::Note,
    summary: "A function or procedure is there in some sources and missing in others.",
    rationale: "\
Triggers, defaults, generated columns and policies call functions; whoever calls one that is not there fails. Functions
are compared by name and signature, never by their text. Sources whose language has no words for them are not asked.",
    example: include_str!("examples/routine-missing.md"),
    remedy: "Keep the function's statement in a migration, so that every database has it.",
};

/// A policy is missing in some sources.
pub(crate) const POLICY_MISSING: Rule = Rule {
    name: "policy-missing",
    severity: Severity::Error,
    summary: "A row-level security policy is there in some sources and missing in others.",
    rationale: "\
A policy decides who sees and writes which rows. A database that lacks one shows rows to those who must not see them, or,
where it was the only one that lets somebody in, shows nothing. Neither is an error that a program would notice.",
    example: include_str!("examples/policy-missing.md"),
    remedy: "Keep policies in migrations; bring the missing one to the database that lacks it, and find out why it did.",
};

/// A policy says something else.
pub(crate) const POLICY_DEFINITION: Rule = Rule {
    name: "policy-definition",
    severity: Severity::Error,
    summary: "A row-level security policy of one name lets other rows through.",
    rationale: "\
The same name promises the same protection, but the condition or the command differs, so that one database shows or takes
rows that the other does not. What a server prints is compared; where a condition was not understood,
nothing is reported.",
    example: include_str!("examples/policy-definition.md"),
    remedy: "Decide which condition is meant, and ALTER POLICY by a migration that every database runs.",
};

/// Row-level security is on here and off there.
pub(crate) const ROW_SECURITY: Rule = Rule {
    name: "row-security",
    severity: Severity::Error,
    summary: "Row-level security of a table is on in some sources and off in others.",
    rationale: "\
While it is off, all policies of the table are without effect, however carefully they are written: everybody with the
right to read the table reads all of it. It is easily lost when a table is made anew from a source that has no words
for it.",
    example: include_str!("examples/row-security.md"),
    remedy: "ALTER TABLE … ENABLE ROW LEVEL SECURITY by a migration, on every database.",
};

/// A table is split or derived differently.
pub(crate) const TABLE_PARTITIONING: Rule = Rule {
    name: "table-partitioning",
    severity: Severity::Warning,
    summary: "A table is partitioned or derived in some sources, and not so in others.",
    rationale: "\
Partitions decide how fast old rows go and which queries are fast at all; a unique constraint of a partitioned table
has to hold its key. A table can't be turned into a partitioned one: it has to be made anew and filled.",
    example: include_str!("examples/table-partitioning.md"),
    remedy: "Write the same partitioning in every source that has words for it; sources without words are not asked.",
};
