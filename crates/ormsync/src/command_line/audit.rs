//! The options of `ormsync audit` and `ormsync erd`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::{DialectOption, SourceOptions};

pub(super) const AUDIT_ABOUT: &str = "\
Writes a report on a shared database: the answer of the gate, every table side by side in all sources, a diagram, who \
maps what and who can insert, foreign keys and indexes that are missing or useless, columns that look like personal \
data, and what documents promise ([audit] in ormsync.toml) beside what there is.

The HTML is one file that works from a disk and asks nothing of any network. Markdown and JSON hold the same facts; \
the JSON of one audit is what --compare holds another against. A file that is there is not overwritten without --force.

The database is only read. Rows are looked at with --with-data alone: then the rows that refer to nothing are counted, \
in the first rows of each table (--data-rows) and within a time (--data-seconds). No value of a row is ever shown.";

pub(super) const AUDIT_EXAMPLES: &str = "\
Examples:
  ormsync audit --output audit.html                      all that ormsync.toml names, as one page
  ormsync audit --output audit.html --force              over the last one
  ormsync audit --format markdown --output AUDIT.md      for a wiki or a repository
  ormsync audit --format json --output audit-2026-11.json
  ormsync audit -o audit.html --compare audit-2026-10.json   with what changed since
  ormsync audit -o audit.html --with-data                counts rows that refer to nothing, too
  ormsync audit -o audit.html --database env:STAGING_URL

Exit codes: 0 in step, 1 drift of error severity or a promise that does not hold, 2 part of the question could not be
answered. The report is written in all three, and says so.";

pub(super) const ERD_ABOUT: &str = "\
Draws the tables of all sources and their relations: as SVG that stands alone, in Mermaid's language (which GitHub and \
GitLab draw in Markdown), or in Graphviz's. What drifts, and relations that the database does not enforce, can be told \
from the rest. With SOURCE, which is written as for `ormsync diff`, only its tables are drawn.";

pub(super) const ERD_EXAMPLES: &str = "\
Examples:
  ormsync erd --output tables.svg
  ormsync erd database --output tables.svg               the database alone
  ormsync erd schema.prisma --format mermaid
  ormsync erd --format dot | dot -Tpdf > tables.pdf
  ormsync erd --around bookings --output bookings.svg    a table and its neighbours

Exit codes: 0 drawn, 2 a source could not be read, or nothing was drawn.";

/// `ormsync audit`.
#[derive(Debug, Clone, Args)]
pub(crate) struct AuditOptions {
    #[command(flatten)]
    pub(crate) sources: SourceOptions,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// The form of the report; else what the file's name ends with, else html
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<AuditFormat>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite a file that is there
    #[arg(long, requires = "output", help_heading = "Output")]
    pub(crate) force: bool,
    /// Tell what changed since this older audit, in JSON
    #[arg(long, value_name = "OLD.json", help_heading = "Output")]
    pub(crate) compare: Option<PathBuf>,
    /// Count the rows that refer to nothing, in the first rows of each table
    #[arg(long, help_heading = "Data")]
    pub(crate) with_data: bool,
    /// With --with-data: how many rows of each table are looked at
    #[arg(long, value_name = "NUMBER", default_value = "100000", requires = "with_data", value_parser = clap::value_parser!(u64).range(1..), help_heading = "Data")]
    pub(crate) data_rows: u64,
    /// With --with-data: for how long rows are looked at, altogether
    #[arg(long, value_name = "NUMBER", default_value = "30", requires = "with_data", value_parser = clap::value_parser!(u64).range(1..=86400), help_heading = "Data")]
    pub(crate) data_seconds: u64,
    /// The source that is right: verdicts and fixes lead towards it
    #[arg(long, value_name = "SOURCE", help_heading = "Gate")]
    pub(crate) truth: Option<String>,
    /// End with 0 also where there is drift, or a promise does not hold; what could not be answered still ends with 2
    #[arg(long, help_heading = "Gate")]
    pub(crate) exit_zero: bool,
}

/// The forms of an audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum AuditFormat {
    /// One page that holds all it needs
    Html,
    /// For a wiki or a repository
    Markdown,
    /// For programs, and for --compare
    Json,
}

/// `ormsync erd`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ErdOptions {
    /// Draw only this source
    #[arg(value_name = "SOURCE")]
    pub(crate) source: Option<String>,
    #[command(flatten)]
    pub(crate) sources: SourceOptions,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// The language of the diagram; else what the file's name ends with, else svg
    #[arg(long, value_name = "FORMAT", help_heading = "Output")]
    pub(crate) format: Option<ErdFormat>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// Overwrite a file that is there
    #[arg(long, requires = "output", help_heading = "Output")]
    pub(crate) force: bool,
    /// Only this table, what it refers to and what refers to it
    #[arg(long, value_name = "TABLE", help_heading = "Selection")]
    pub(crate) around: Option<String>,
}

/// The languages of diagrams.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ErdFormat {
    /// A picture
    Svg,
    /// Mermaid's erDiagram
    Mermaid,
    /// Graphviz's language
    Dot,
}
