//! Rules about columns.

use ormsync_schema::Severity;

use crate::Rule;

/// A column is missing in some sources.
pub(crate) const COLUMN_MISSING: Rule = Rule {
    name: "column-missing",
    severity: Severity::Error,
    summary: "A column is there in some sources and missing in others.",
    rationale: "\
A column that a model declares and the database lacks breaks every query of that model, because the tools
name all columns they know. A column that one side does not map is not seen by it, and if the column is NOT NULL
without a default, every INSERT of that side fails.

A column is one finding: the indexes and foreign keys on it are not listed again. Where a source has a
column with a similar name (`paperId`, `paper_id`), a note says so.

A column that a side which does not own the table leaves out is fine as long as it can do without it; else
it is a note.",
    example: include_str!("examples/column-missing.md"),
    remedy: "\
If the database is behind, apply the pending migration. If a side has not mapped the column, add it there. If the
names differ only in spelling, map the database's name. If the column is a leftover, drop it by a migration
that all sides know of.",
};

/// A column's type differs.
pub(crate) const COLUMN_TYPE: Rule = Rule {
    name: "column-type",
    severity: Severity::Error,
    summary: "A column has different types.",
    rationale: "\
Values that one side can write do not fit, are cut, are rounded, or come back as something else on the other
side: digits behind the point are lost, long texts are refused, times move by a time zone. Types are
compared as the server stores them, not as they are written: two spellings of one type are the same.",
    example: include_str!("examples/column-type.md"),
    remedy: "\
Decide which type is right: usually the one that loses nothing. Change the source that stands alone. When the
database has to change, mind that narrowing a column can fail on rows that are already there.",
};

/// A column's types differ in name only.
pub(crate) const COLUMN_TYPE_COMPATIBLE: Rule = Rule {
    name: "column-type-compatible",
    severity: Severity::Note,
    summary: "A column has types of different names that store the same values.",
    rationale: "\
On this server both types store and refuse the same values, so nothing breaks. It is worth knowing all the same:
a tool that compares names may offer to change the column again and again.",
    example: include_str!("examples/column-type-compatible.md"),
    remedy: "Write the same type everywhere when the declaration is touched next, or switch the rule off.",
};

/// Whether a column takes NULL differs.
pub(crate) const COLUMN_NULLABLE: Rule = Rule {
    name: "column-nullable",
    severity: Severity::Error,
    summary: "A column takes NULL in some sources and not in others.",
    rationale: "\
If the database takes NULL and a side believes it does not, that side fails when it reads the first row
with a NULL that the other side wrote. If the database refuses NULL and a side believes otherwise, its INSERT
fails. This is the commonest mismatch of all where two sides map one table by hand, because the defaults of
the tools are opposite: one makes columns NOT NULL unless told otherwise, the other nullable.",
    example: include_str!("examples/column-nullable.md"),
    remedy: "\
State it explicitly on both sides. To make a column NOT NULL that has rows with NULL, fill these first, in
the same migration.",
};

/// A column's default differs.
pub(crate) const COLUMN_DEFAULT: Rule = Rule {
    name: "column-default",
    severity: Severity::Warning,
    summary: "A column's default in the database, or what the database sets on update, differs.",
    rationale: "\
A side that relies on a default leaves the column out of its INSERT. If the database has another default,
the row gets another value; if it has none, it gets NULL or the INSERT fails. A default that an ORM fills in on its
own is no default in the database: the other side and plain SQL never see it.

Only defaults in the database are compared, by their meaning: `0` and `'0'` on a number, `now()` and
`CURRENT_TIMESTAMP` are the same.",
    example: include_str!("examples/column-default.md"),
    remedy: "\
Declare the default as one of the database in every source, or take it out of the database and let every writer
give the value.",
};

/// Whether and how the database numbers a column differs.
pub(crate) const COLUMN_AUTO_INCREMENT: Rule = Rule {
    name: "column-auto-increment",
    severity: Severity::Error,
    summary: "The database numbers a column in some sources and not in others, or in another way.",
    rationale: "\
A side that expects the database to number rows leaves the column out of its INSERT, which fails if the
database does not. With an identity that is generated *always*, a side that gives its own numbers fails. Two
ways of numbering that both let an INSERT give a number of its own are a note.",
    example: include_str!("examples/column-auto-increment.md"),
    remedy: "\
Declare the same way of numbering everywhere. When a column of a table with rows becomes numbered, start
behind the biggest number there is.",
};

/// What a column is generated from differs.
pub(crate) const COLUMN_GENERATED: Rule = Rule {
    name: "column-generated",
    severity: Severity::Warning,
    summary: "A column is generated in some sources and not in others, or from something else.",
    rationale: "\
The server refuses to write to a generated column: a side that takes it for an ordinary one fails on INSERT
and UPDATE. Generated from another expression, it holds other values than a side expects. A source whose
language has no words for generated columns is not asked.",
    example: include_str!("examples/column-generated.md"),
    remedy: "\
Declare the column as generated, with the same expression, in every source that can; in the others make sure that
nothing writes to it.",
};

/// A column's collation differs.
pub(crate) const COLUMN_COLLATION: Rule = Rule {
    name: "column-collation",
    severity: Severity::Note,
    summary: "A column's collation differs.",
    rationale: "\
The collation decides how texts compare and sort, and so what a unique index takes for the same: with one
`Anna` and `anna` are two users, with another they are one. Joins between columns of different collations
fail or do without indexes on some servers.",
    example: include_str!("examples/column-collation.md"),
    remedy: "State the same collation everywhere, or leave it to the database everywhere.",
};

/// A column's comment differs.
pub(crate) const COLUMN_COMMENT: Rule = Rule {
    name: "column-comment",
    severity: Severity::Note,
    summary: "A column's comment differs.",
    rationale: "\
A comment changes nothing for a program, but it is easily lost, and on some servers a migration that
changes it must repeat the whole column. Only sources that state comments at all are compared.",
    example: include_str!("examples/column-comment.md"),
    remedy: "Write the same comment in all sources that state it, or switch the rule off.",
};
