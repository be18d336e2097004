//! Rules about tables as a whole and the server.

use ormsync_schema::Severity;

use crate::Rule;

/// The sources are written for different servers.
pub(crate) const PROVIDER_MISMATCH: Rule = Rule {
    name: "provider-mismatch",
    severity: Severity::Error,
    summary: "The sources are written for different kinds of database server.",
    rationale: "\
Types, defaults and quoting mean different things on different servers: the same declaration becomes
another column. As long as one source says one server and another source a second one, none of the other
answers can be trusted, and a migration made from either may not run at all. Usually a configuration file
was left behind when the project moved from one server to another.",
    example: include_str!("examples/provider-mismatch.md"),
    remedy: "\
Find out which server is used in production, and change the source that names another one. Where `dialect`
in ormsync.toml is what is wrong, change it there.",
};

/// A table is missing in some sources.
pub(crate) const TABLE_MISSING: Rule = Rule {
    name: "table-missing",
    severity: Severity::Error,
    summary: "A table is there in some sources and missing in others.",
    rationale: "\
A table that the models declare and the database lacks fails on the first query. A table that one side
does not map is invisible to it: the tool of that side may even propose to drop it, because it takes
everything it does not know for a leftover.

A table is one finding, whatever is in it: its columns, indexes and foreign keys are not listed again.
Where a source has a table with a similar name, a note says so, since a different spelling is the commonest
reason.

What a source could not read, and tables that `[ownership]` gives to another side, are not missing.",
    example: include_str!("examples/table-missing.md"),
    remedy: "\
If the database is behind, apply the pending migration. If one side merely has not mapped the table yet,
map it there, or say in `[ownership]` in ormsync.toml whose it is: owned by one side, `external`, `observed`
or to be left out (`ignore`). If the table is there under another name, map that name.",
};

/// Comments of a table differ.
pub(crate) const TABLE_COMMENT: Rule = Rule {
    name: "table-comment",
    severity: Severity::Note,
    summary: "A table's comment differs.",
    rationale: "\
A comment changes nothing for a program, but it is documentation that people read in their database
tools, and it is easily lost when a table is made anew. Only sources that state comments at all are compared.",
    example: include_str!("examples/table-comment.md"),
    remedy: "Write the same comment in all sources that state it, or switch the rule off.",
};

/// Storage options of a table differ.
pub(crate) const TABLE_OPTIONS: Rule = Rule {
    name: "table-options",
    severity: Severity::Note,
    summary: "A storage option of a table differs: engine, character set and the like.",
    rationale: "\
The storage engine decides whether foreign keys and transactions work at all; the character set decides
which letters can be stored and how long an index key may be. An option that a source does not give is
left to the server, and is not compared.",
    example: include_str!("examples/table-options.md"),
    remedy: "\
Give the same option everywhere, or give it nowhere. Changing it on a table with rows rewrites the table:
plan for the time and the lock.",
};
