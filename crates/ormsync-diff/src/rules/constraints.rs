//! Rules about primary keys, foreign keys and checks.

use ormsync_schema::Severity;

use crate::Rule;

/// Primary keys differ.
pub(crate) const PRIMARY_KEY: Rule = Rule {
    name: "primary-key",
    severity: Severity::Error,
    summary: "A table's primary key has different columns, or is missing.",
    rationale: "\
The primary key is how an ORM knows one row from another: it loads, updates and deletes by it. With
another key than the database's, one object stands for several rows, or an update hits more than the row it was meant
for. The order of columns matters for which queries the key's index helps.",
    example: include_str!("examples/primary-key.md"),
    remedy: "\
Declare the columns of the database's primary key in every source. Changing it in the database means that
everything that refers to it changes, too: plan it as a migration of its own.",
};

/// A foreign key is missing in some sources.
pub(crate) const FOREIGN_KEY_MISSING: Rule = Rule {
    name: "foreign-key-missing",
    severity: Severity::Error,
    summary: "A foreign key is there in some sources and missing in others.",
    rationale: "\
Without the foreign key the database lets rows in that refer to nothing, and leaves rows behind when what they
refer to is deleted. A side that does not know of it deletes in an order that the database refuses. Where the column or
the table referred to is missing, that is the finding, and the foreign key is not listed again.",
    example: include_str!("examples/foreign-key-missing.md"),
    remedy: "\
Declare the foreign key in every source. Before it is added to a table with rows, look for rows that refer to
nothing; on a big table add it unchecked and check it afterwards, where the server can.",
};

/// A foreign key refers to something else.
pub(crate) const FOREIGN_KEY_TARGET: Rule = Rule {
    name: "foreign-key-target",
    severity: Severity::Error,
    summary: "A foreign key refers to another table or other columns, or is checked at another time.",
    rationale: "\
The sides disagree on what a value in this column means. Joins that one side makes find other rows than those that the
database vouches for. When the check is deferred on one side only, an order of statements that works for the
one fails for the other.",
    example: include_str!("examples/foreign-key-target.md"),
    remedy: "\
Find out what the values in the column refer to, and declare that in every source. Making a constraint
deferrable means dropping it and adding it again.",
};

/// A foreign key acts otherwise.
pub(crate) const FOREIGN_KEY_ACTION: Rule = Rule {
    name: "foreign-key-action",
    severity: Severity::Error,
    summary: "A foreign key does something else on delete or update.",
    rationale: "\
Deleting a parent row deletes its children, sets them to NULL, or is refused: that is the difference
between data that is gone, data that is orphaned, and an error. A side that expects a cascade leaves the children to the
database, which may refuse; a side that does not expect it loses rows it did not mean to delete.",
    example: include_str!("examples/foreign-key-action.md"),
    remedy: "\
Decide what must happen to the children, and state it explicitly in every source: the defaults of the tools
differ. In the database the constraint has to be dropped and added again.",
};

/// A check is missing in some sources.
pub(crate) const CHECK_MISSING: Rule = Rule {
    name: "check-missing",
    severity: Severity::Warning,
    summary: "A check constraint is there in some sources and missing in others.",
    rationale: "\
The database refuses what the check forbids, so a side that does not know of it gets errors it does not
expect; if the database lacks it, values get in that a side believes impossible. A source whose language has no words for
checks is not asked.",
    example: include_str!("examples/check-missing.md"),
    remedy: "\
Declare the check, under its name, in every source that can. Before it is added to a table with rows, look for
rows that break it.",
};

/// A check checks something else.
pub(crate) const CHECK_EXPRESSION: Rule = Rule {
    name: "check-expression",
    severity: Severity::Warning,
    summary: "A check constraint of one name checks different things.",
    rationale: "\
The same name promises the same, but other values are refused. Expressions are compared in a normal form, so that
parentheses, casts that the server adds and `IN` against `= ANY` make no difference; where one of them is not
understood, nothing is reported.",
    example: include_str!("examples/check-expression.md"),
    remedy: "Write the expression that is meant in every source; in the database drop the check and add it again.",
};

/// An exclusion constraint is missing in some sources.
pub(crate) const EXCLUSION_MISSING: Rule = Rule {
    name: "exclusion-missing",
    severity: Severity::Warning,
    summary: "An exclusion constraint is there in some sources and missing in others.",
    rationale: "\
The database refuses rows that overlap (two bookings of one room), so a side that does not know of the constraint gets
errors it does not expect; if the database lacks it, overlaps get in that a side believes impossible. A source whose
language has no words for such constraints is not asked.",
    example: include_str!("examples/exclusion-missing.md"),
    remedy: "\
Declare the constraint, under its name, in every source that can. Before it is added to a table with rows, look
for rows that overlap.",
};

/// An exclusion constraint excludes something else.
pub(crate) const EXCLUSION_DEFINITION: Rule = Rule {
    name: "exclusion-definition",
    severity: Severity::Warning,
    summary: "An exclusion constraint of one name excludes different rows.",
    rationale: "\
The same name promises the same, but other rows are refused. Only what servers have printed in their own spelling
is compared; where one of them was written by hand, nothing is reported.",
    example: include_str!("examples/exclusion-definition.md"),
    remedy: "Write the definition that is meant in every source; in the database drop the constraint and add it again.",
};
