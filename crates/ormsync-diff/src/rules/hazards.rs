//! Rules about hazards: what goes wrong between two writers of one table although each of them is right by itself.

use ormsync_schema::Severity;

use crate::Rule;

/// A source's INSERTs fail.
pub(crate) const INSERT_HAZARD: Rule = Rule {
    name: "insert-hazard",
    severity: Severity::Warning,
    summary: "A source that maps a table leaves out a column without which its INSERTs fail.",
    rationale: "\
A side that another one owns the table for need not map all of it. But a column that takes no NULL and has no default is
needed by every INSERT: this side can read the table and can't write it. Where the side has to map the
table, the missing column is a finding of `column-missing`, which says the same in a note.",
    example: include_str!("examples/insert-hazard.md"),
    remedy: "Map the column there, give it a default in the database, or let that side only read.",
};

/// Two writers fill in different values.
pub(crate) const CLIENT_DEFAULT: Rule = Rule {
    name: "client-default",
    severity: Severity::Warning,
    summary: "One side fills a column in on its own, and another does not, or fills in something else.",
    rationale: "\
What an ORM fills in is unknown to the database and to every other writer: their INSERT fails, writes NULL, or writes
another value, and nobody sees it before the rows are there. Defaults are compared as far as they
are understood: constants, the current time, families of made-up identifiers. What a function of one's own gives is not
guessed at.",
    example: include_str!("examples/client-default.md"),
    remedy: "\
Give the column its default in the database, or the same default on all sides. For identifiers, make sure
that all writers make the same kind.",
};

/// One writer updates a column that the other leaves.
pub(crate) const CLIENT_UPDATE: Rule = Rule {
    name: "client-update",
    severity: Severity::Warning,
    summary: "One side sets a column on every update, and another leaves it as it was.",
    rationale: "\
A time of last change that only some writers keep is worse than none: caches, exports and synchronisation that ask for
rows changed since yesterday miss those that the other side has changed. Where the database sets the column itself,
by its definition or by a trigger before the update, nothing is reported.",
    example: include_str!("examples/client-update.md"),
    remedy: "Set it on all sides, or in the database for everybody.",
};

/// Two clocks for one column.
pub(crate) const TIME_SOURCE: Rule = Rule {
    name: "time-source",
    severity: Severity::Note,
    summary: "A time of creation or change is taken from the database's clock by one side and from the program's by another.",
    rationale: "\
Clocks differ, by milliseconds or by time zones: rows written one after the other can be in the wrong order, and a
program's local time in a column without zone is hours off for everybody else.",
    example: include_str!("examples/time-source.md"),
    remedy: "Leave the default to the database on all sides, or fill it in on all of them, in UTC.",
};

/// Exact decimals that one side reads as floats.
pub(crate) const DECIMAL_AS_FLOAT: Rule = Rule {
    name: "decimal-as-float",
    severity: Severity::Warning,
    summary: "One side reads a column's exact decimals as binary floats, and another as they are.",
    rationale: "\
The column's type is the same on all sides, and yet an amount that one side wrote is another number to the other: a float
has about sixteen digits and no tenths. Sums drift by cents, comparisons of equal amounts fail, and a row that is read and
written back is no longer what it was.",
    example: include_str!("examples/decimal-as-float.md"),
    remedy: "Leave decimals decimals on all sides, and round where they are shown.",
};

/// A foreign key without an index.
pub(crate) const FOREIGN_KEY_INDEX: Rule = Rule {
    name: "foreign-key-index",
    severity: Severity::Note,
    summary: "No source has an index that begins with a foreign key's columns.",
    rationale: "\
Deleting a row, or changing its key, looks for the rows that refer to it: without an index that reads the whole
table, under a lock. Joins from the parent to its children do the same. Some servers make the index on their own; there
nothing is found.",
    example: include_str!("examples/foreign-key-index.md"),
    remedy: "\
Declare an index on the columns in every source, and add it by a migration; or switch the rule off for small
tables.",
};

/// Two names that differ only by letter case.
pub(crate) const NAME_CASE: Rule = Rule {
    name: "name-case",
    severity: Severity::Warning,
    summary: "Two tables, or two columns of a table, differ only by the case of their letters.",
    rationale: "\
Whether they are one or two depends on the server, its settings and quotes: SQL that is written by hand reaches
another one than the ORM does, and a dump can't be loaded where names are folded.",
    example: include_str!("examples/name-case.md"),
    remedy: "Rename one of them.",
};

/// A name that the server cuts.
pub(crate) const IDENTIFIER_LENGTH: Rule = Rule {
    name: "identifier-length",
    severity: Severity::Warning,
    summary: "A table, column, index, constraint or enum type is declared with a longer name than the server keeps.",
    rationale: "\
Some servers cut a name that is too long and say so only in a notice, others refuse it. Two long names that
begin alike become one; and a tool that looks for the whole name in the catalogue does not find it, and makes the table
again and again.",
    example: include_str!("examples/identifier-length.md"),
    remedy: "Give it a shorter name in the database, and keep the long one in the models by a mapping.",
};

/// A name that has to be quoted.
pub(crate) const RESERVED_WORD: Rule = Rule {
    name: "reserved-word",
    severity: Severity::Note,
    summary: "A table or column is called by a word that the server keeps for itself.",
    rationale: "\
Both ORMs quote such names, so that they work; SQL that is written by hand (raw queries, reports, checks, migrations)
fails without quotes, or means something else: the same word may be a function of the server.",
    example: include_str!("examples/reserved-word.md"),
    remedy: "\
Choose another name for what is new. For what is there, quote it in every hand-written statement, or switch the rule
off.",
};

/// Who deletes the rows that refer to a deleted one.
pub(crate) const DELETE_RULE: Rule = Rule {
    name: "delete-rule",
    severity: Severity::Warning,
    summary: "What refers to a deleted row is looked after by one side itself, and by the database or nobody for another.",
    rationale: "\
An ORM that emulates relations deletes or updates the referring rows on its own, and no foreign key stands in the
database: a deletion by the other side leaves rows that refer to nothing. One that deletes the children first goes on where
the database refuses to delete a parent with children: the same deletion by the other side fails. And one that sets the
children's keys to NULL does so before the database can delete them.",
    example: include_str!("examples/delete-rule.md"),
    remedy: "\
Let the database do it for everybody: a foreign key with ON DELETE, declared in all sources, and the ORM's relationship told
to leave it to the database.",
};
