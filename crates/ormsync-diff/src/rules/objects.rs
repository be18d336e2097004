//! Rules about enum types, views, sequences, extensions and triggers.

use ormsync_schema::Severity;

use crate::Rule;

/// An enum type is missing in some sources.
pub(crate) const ENUM_MISSING: Rule = Rule {
    name: "enum-missing",
    severity: Severity::Error,
    summary: "An enum type is there in some sources and missing in others.",
    rationale: "\
A column of an enum type can't be made without the type. Types that a rollback left behind make the next
migration fail, because they exist already. Where the columns that use the type are missing or of another
type, that is the finding, and the type is not listed again; a type that no column uses is a note.",
    example: include_str!("examples/enum-missing.md"),
    remedy: "Declare the type where it is missing, or drop it by a migration when nothing uses it.",
};

/// Labels of an enum differ.
pub(crate) const ENUM_LABELS: Rule = Rule {
    name: "enum-labels",
    severity: Severity::Error,
    summary: "An enum has different labels.",
    rationale: "\
Writing a label that the database does not have is refused; reading one that a side does not know throws an
error in the middle of a query, for all rows of it. A common reason is that one side stores the names of its
constants where the other has their values.",
    example: include_str!("examples/enum-labels.md"),
    remedy: "\
Add the missing labels everywhere, first in the database, then in the sources. Taking a label away needs a
look at the rows that have it, and on some servers a new type.",
};

/// Labels of an enum are in another order.
pub(crate) const ENUM_LABEL_ORDER: Rule = Rule {
    name: "enum-label-order",
    severity: Severity::Note,
    summary: "An enum has the same labels in another order.",
    rationale: "\
Labels sort and compare in the order in which they were declared, so `ORDER BY` gives another order than a
reader of the declaration expects. Nothing is refused or lost. Sources whose tools pay no heed to the order are not asked.",
    example: include_str!("examples/enum-label-order.md"),
    remedy: "List the labels in the database's order, or switch the rule off.",
};

/// A view is missing in some sources.
pub(crate) const VIEW_MISSING: Rule = Rule {
    name: "view-missing",
    severity: Severity::Warning,
    summary: "A view is there in some sources and missing in others.",
    rationale: "\
A view that a side reads and the database lacks fails on the first query. A view that depends on a table keeps
that table from being changed, which a side that does not know of the view finds out in the middle of a migration.
A source that maps the view like a table has it.",
    example: include_str!("examples/view-missing.md"),
    remedy: "Declare the view where it is missing, or leave it out under `ignore` in `[ownership]`.",
};

/// A sequence is missing in some sources.
pub(crate) const SEQUENCE_MISSING: Rule = Rule {
    name: "sequence-missing",
    severity: Severity::Warning,
    summary: "A sequence that no column owns is there in some sources and missing in others.",
    rationale: "\
Whoever draws numbers from a sequence fails when it is not there. Sequences that belong to a numbered column come and
go with it, and are not compared.",
    example: include_str!("examples/sequence-missing.md"),
    remedy: "Declare the sequence where it is missing, or drop it by a migration when nothing draws from it.",
};

/// An extension is missing in some sources.
pub(crate) const EXTENSION_MISSING: Rule = Rule {
    name: "extension-missing",
    severity: Severity::Warning,
    summary: "An extension of the server is there in some sources and missing in others.",
    rationale: "\
Types, operator classes and functions of an extension are unknown without it: a migration that works on one
database fails on the next, which lacks the extension or the right to add it.",
    example: include_str!("examples/extension-missing.md"),
    remedy: "Declare the extension in the sources that can, and make sure that every database has it before migrations run.",
};

/// A trigger is missing in some sources.
pub(crate) const TRIGGER_MISSING: Rule = Rule {
    name: "trigger-missing",
    severity: Severity::Note,
    summary: "A trigger is there in some sources and missing in others.",
    rationale: "\
A trigger changes or refuses rows behind the back of whoever writes them. It is lost when a table is made anew
from a source that does not know it. Most sources have no words for triggers, and are not asked.",
    example: include_str!("examples/trigger-missing.md"),
    remedy: "Keep the trigger's statement in a migration, so that every database has it.",
};

/// A view is another query.
pub(crate) const VIEW_DEFINITION: Rule = Rule {
    name: "view-definition",
    severity: Severity::Warning,
    summary: "A view of one name is another query, or kept in one place and made on reading in another.",
    rationale: "\
Whoever reads the view gets other rows or other columns than expected, without any error. Only queries that a
server has printed in its own spelling are compared; one that was written by hand differs from it in spelling only, as
often as not, and is never reported.",
    example: include_str!("examples/view-definition.md"),
    remedy: "Decide which query is meant, and replace the view by a migration that every database runs.",
};

/// A sequence counts otherwise.
pub(crate) const SEQUENCE_DEFINITION: Rule = Rule {
    name: "sequence-definition",
    severity: Severity::Note,
    summary: "A sequence that no column owns starts elsewhere, or counts otherwise.",
    rationale: "\
Numbers come in other steps or end earlier than expected; two databases that share out numbers by odd and even give the
same one twice. What a source leaves to the server is not compared.",
    example: include_str!("examples/sequence-definition.md"),
    remedy: "Write the same numbers in every source that gives them; ALTER SEQUENCE changes them in the database.",
};

/// A trigger does something else.
pub(crate) const TRIGGER_DEFINITION: Rule = Rule {
    name: "trigger-definition",
    severity: Severity::Warning,
    summary: "A trigger of one name fires at another time, for something else, or does something else.",
    rationale: "\
The same name promises the same work behind the back of whoever writes rows. A trigger that is switched off, or that
fires after instead of before, looks as if it were there and is not.",
    example: include_str!("examples/trigger-definition.md"),
    remedy: "Decide which one is meant, and make it anew by a migration that every database runs.",
};
