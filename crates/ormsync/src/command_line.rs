//! The commands and their options. What `--help` says is written here.

mod audit;
mod histories;
mod migrate;

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::{Arg, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use ormsync_diff::RULES;
use ormsync_schema::Severity;

use crate::suggestion::nearest;
use audit::{AUDIT_ABOUT, AUDIT_EXAMPLES, ERD_ABOUT, ERD_EXAMPLES};
use histories::{
    MIRROR_ABOUT, MIRROR_EXAMPLES, SEED_ABOUT, SEED_EXAMPLES, STATUS_ABOUT, STATUS_EXAMPLES, VERIFY_ABOUT,
    VERIFY_EXAMPLES,
};
use migrate::{MIGRATE_ABOUT, MIGRATE_EXAMPLES};

pub(crate) use audit::{AuditFormat, AuditOptions, ErdFormat, ErdOptions};
pub(crate) use histories::{
    ApplyWith, HistoryOptions, MirrorDirection, MirrorOptions, SeedOptions, StatusFormat, StatusOptions, VerifyOptions,
};
pub(crate) use migrate::{Algorithm, MigrateOptions};

/// Keeps a Prisma schema, SQLAlchemy models and the live database they share in step.
///
/// ormsync reads all three without running Node or importing Python, and tells where they part, on which
/// line, and which side moved.
#[derive(Debug, Parser)]
#[command(name = "ormsync", version, max_term_width = 100, arg_required_else_help = true, after_help = START_HERE)]
pub(crate) struct CommandLine {
    #[command(flatten)]
    pub(crate) global: GlobalOptions,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const START_HERE: &str = "\
Start here:
  ormsync demo          a small project with real drift, and what to do about it
  ormsync init          find the sides of this project and write ormsync.toml
  ormsync check         are they in step?

Exit codes: 0 in step, 1 drift, 2 the question could not be answered.";

/// Options of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct GlobalOptions {
    /// The configuration file; else ormsync.toml is looked for from here upwards
    #[arg(long, global = true, value_name = "FILE", help_heading = "Everywhere")]
    pub(crate) config: Option<PathBuf>,
    /// When to colour; NO_COLOR is honoured
    #[arg(long, global = true, value_name = "WHEN", default_value = "auto", help_heading = "Everywhere")]
    pub(crate) color: Colour,
    /// Say nothing but what is wrong
    #[arg(short, long, global = true, conflicts_with = "verbose", help_heading = "Everywhere")]
    pub(crate) quiet: bool,
    /// Say what is read, from where, and how long it takes
    #[arg(short, long, global = true, help_heading = "Everywhere")]
    pub(crate) verbose: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Colour {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Compare all configured sources: the gate
    #[command(long_about = CHECK_ABOUT, after_long_help = CHECK_EXAMPLES)]
    Check(CheckOptions),
    /// Compare any two sources
    #[command(long_about = DIFF_ABOUT, after_long_help = DIFF_EXAMPLES)]
    Diff(DiffOptions),
    /// Print a source's schema: canonical, or in an ORM's language
    #[command(long_about = INSPECT_ABOUT, after_long_help = INSPECT_EXAMPLES)]
    Inspect(InspectOptions),
    /// Write one change as a Prisma migration and an Alembic revision, forwards and back
    #[command(long_about = MIGRATE_ABOUT, after_long_help = MIGRATE_EXAMPLES)]
    Migrate(MigrateOptions),
    /// Both histories of migrations side by side, and where a database stands
    #[command(long_about = STATUS_ABOUT, after_long_help = STATUS_EXAMPLES)]
    Status(StatusOptions),
    /// Write the migrations that one of the two histories lacks
    #[command(long_about = MIRROR_ABOUT, after_long_help = MIRROR_EXAMPLES)]
    Mirror(MirrorOptions),
    /// Run both histories on scratch databases, forwards and back
    #[command(long_about = VERIFY_ABOUT, after_long_help = VERIFY_EXAMPLES)]
    Verify(VerifyOptions),
    /// Fill an empty database with made-up rows
    #[command(long_about = SEED_ABOUT, after_long_help = SEED_EXAMPLES)]
    Seed(SeedOptions),
    /// Report on a shared database: what is in it, who maps it, where it drifts, what is risky
    #[command(long_about = AUDIT_ABOUT, after_long_help = AUDIT_EXAMPLES)]
    Audit(AuditOptions),
    /// Draw the tables and their relations
    #[command(long_about = ERD_ABOUT, after_long_help = ERD_EXAMPLES)]
    Erd(ErdOptions),
    /// Find the sides of a project and write ormsync.toml
    #[command(long_about = INIT_ABOUT)]
    Init(InitOptions),
    /// Explain a rule, or list all rules
    #[command(long_about = EXPLAIN_ABOUT)]
    Explain(ExplainOptions),
    /// Print a shell's completion script
    #[command(long_about = COMPLETIONS_ABOUT)]
    Completions(CompletionsOptions),
    /// Write a small project with real drift, and check it
    #[command(long_about = DEMO_ABOUT)]
    Demo(DemoOptions),
}

const CHECK_ABOUT: &str = "\
Compares all configured sources (Prisma schema, SQLAlchemy models, live database) and tells where they \
part: what each of them says, on which line, which one moved, and what to write to bring them together.

The sources come from ormsync.toml; without it they are looked for below the current folder. Options \
here win over both.";

const CHECK_EXAMPLES: &str = "\
Examples:
  ormsync check                                 what ormsync.toml names, or what is found
  ormsync check --no-database                   the two ORMs only; needs no server
  ormsync check --database env:STAGING_URL      against another database
  ormsync check --prisma prisma/schema.prisma --sqlalchemy backend/app/models
  ormsync check --format github --format sarif=ormsync.sarif
  ormsync check --format text --format json=drift.json
  ormsync check --strict --fail-on warning      a stricter gate
  ormsync check --baseline drift.toml           all but what is accepted in drift.toml
  ormsync check --changed-since origin/main     what this branch introduced
  ormsync check --only 'cart_*' --except index-name
  ormsync check --explain User.email            how each source's column is read and compared

Exit codes: 0 in step, 1 drift at or above --fail-on, 2 the question could not be answered.";

const DIFF_ABOUT: &str = "\
Compares any two sources. Each is a path or URL that says what it is:

  schema.prisma, a folder of .prisma files     a Prisma schema
  models.py, a package                         SQLAlchemy models
  postgresql://, mysql://, sqlite:, file:      a live database (env:NAME takes it from a variable)
  a folder of Prisma migrations                what they make, replayed without a server
  alembic.ini, a folder of revisions           what Alembic's revisions make, likewise
  schema.sql                                   what a script makes, likewise
  schema.json                                  a snapshot, as `ormsync inspect` writes it
  prisma, sqlalchemy, database                 the side of that name in ormsync.toml

or has a prefix where that is ambiguous: prisma:PATH, sqlalchemy:PATH, prisma-migrations:PATH, alembic:PATH, sql:PATH, snapshot:PATH.";

const DIFF_EXAMPLES: &str = "\
Examples:
  ormsync diff prisma/schema.prisma backend/app/models --dialect postgresql
  ormsync diff prisma database                  two sides of ormsync.toml
  ormsync diff env:STAGING_URL env:PRODUCTION_URL
  ormsync diff prisma/migrations prisma         what of the schema no migration makes
  ormsync diff snapshot:released.json schema.prisma --format json
  ormsync diff schema.prisma database --format prisma   what to change, in Prisma's language
  ormsync diff database schema.prisma --format sql      the statements that make the database so
  ormsync diff database schema.prisma --format alembic  the same as an Alembic revision, and back

Exit codes: 0 no difference at or above --fail-on, 1 difference, 2 the question could not be answered.";

const INSPECT_ABOUT: &str = "\
Prints the canonical schema that a source stands for, in the dialect's normal form, as JSON. The output \
is a snapshot: every command takes it as a source. With --format prisma or sqlalchemy it is a Prisma schema \
or a module of models instead. What could not be read is told on standard error, \
and the exit code is then 2. SOURCE is written as for `ormsync diff`.

With --cross-check SQLAlchemy models are read twice: from their source text, and by the project's own Python, which imports them. Any difference is told (exit code 1); what only the source text leaves open is told as opaque.";

const INSPECT_EXAMPLES: &str = "\
Examples:
  ormsync inspect database --output production.json
  ormsync inspect backend/app/models --dialect mysql
  ormsync inspect database --format prisma      the database as a Prisma schema
  ormsync inspect schema.prisma --format sqlalchemy --output models.py
  ormsync inspect backend/app/models --cross-check --python backend/.venv/bin/python";

const INIT_ABOUT: &str = "\
Looks for the Prisma schema, the SQLAlchemy models, Alembic's settings and the database URL below the \
current folder, writes ormsync.toml with what it found, and proposes who owns tables that only one side \
has. It never overwrites a file unless told with --force. At the end it prints the settings with which \
Prisma and Alembic leave each other's tables alone.";

const EXPLAIN_ABOUT: &str = "\
Prints what a rule means, why it matters, an example and how to fix it. Without RULE, lists all rules \
with their default severities.";

const COMPLETIONS_ABOUT: &str = "\
Prints a completion script for a shell.

  bash        ormsync completions bash > ~/.local/share/bash-completion/completions/ormsync
  zsh         ormsync completions zsh > \"${fpath[1]}/_ormsync\"
  fish        ormsync completions fish > ~/.config/fish/completions/ormsync.fish
  powershell  ormsync completions powershell >> $PROFILE";

const DEMO_ABOUT: &str = "\
Writes a small project into DIR (a Prisma schema, SQLAlchemy models, a SQLite database, ormsync.toml), \
checks it, and shows the drift that is in it with the next commands to try. Nothing needs to be installed.";

/// Where a run's sources come from.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct SourceOptions {
    /// The Prisma schema: a file, a folder of .prisma files, or snapshot:FILE
    #[arg(long, visible_alias = "schema", value_name = "PATH", help_heading = "Sources")]
    pub(crate) prisma: Option<String>,
    /// The SQLAlchemy models: files and packages, or snapshot:FILE; may be given several times
    #[arg(long, visible_alias = "models", value_name = "PATH", help_heading = "Sources")]
    pub(crate) sqlalchemy: Vec<String>,
    /// The database: a URL, env:NAME, or snapshot:FILE
    #[arg(long, value_name = "URL", conflicts_with = "no_database", help_heading = "Sources")]
    pub(crate) database: Option<String>,
    /// Leave the database out
    #[arg(long, help_heading = "Sources")]
    pub(crate) no_database: bool,
}

/// How sources are understood.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct DialectOption {
    /// The dialect, where the sources do not say
    #[arg(long, value_name = "NAME", value_parser = ["postgresql", "mysql", "mariadb", "sqlite"])]
    pub(crate) dialect: Option<String>,
}

/// What fails, and where the answer goes.
#[derive(Debug, Clone, Args)]
pub(crate) struct GateOptions {
    /// text, json, sarif, junit, github, gitlab or markdown; for diff also sql, alembic, prisma or sqlalchemy; with
    /// =FILE into a file; may be given several times
    #[arg(long, value_name = "FORMAT[=FILE]", default_value = "text", value_parser = FormatChoice::parse, help_heading = "Output")]
    pub(crate) format: Vec<FormatChoice>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: Option<PathBuf>,
    /// The least severity that fails (exit code 1)
    #[arg(long, value_name = "SEVERITY", default_value = "error", help_heading = "Gate")]
    pub(crate) fail_on: FailOn,
    /// Fail (exit code 2) on anything that was not understood
    #[arg(long, help_heading = "Gate")]
    pub(crate) strict: bool,
    /// The source that is right: verdicts and fixes lead towards it
    #[arg(long, value_name = "SOURCE", help_heading = "Gate")]
    pub(crate) truth: Option<String>,
    /// Tell drift, but end with 0 all the same; what could not be answered still ends with 2
    #[arg(long, help_heading = "Gate")]
    pub(crate) exit_zero: bool,
    /// Only these: a rule's name, or a glob of a table's name or of table.column; may be given several times
    #[arg(long, value_name = "RULE|TABLE", help_heading = "Selection")]
    pub(crate) only: Vec<String>,
    /// All but these, written likewise
    #[arg(long, value_name = "RULE|TABLE", help_heading = "Selection")]
    pub(crate) except: Vec<String>,
}

/// Known findings that are accepted.
#[derive(Debug, Clone, Default, Args)]
pub(crate) struct BaselineOptions {
    /// Accept the findings that this file lists
    #[arg(long, value_name = "FILE", help_heading = "Baseline")]
    pub(crate) baseline: Option<PathBuf>,
    /// Write all findings of this run into the baseline, and end with 0
    #[arg(long, requires = "baseline", help_heading = "Baseline")]
    pub(crate) write_baseline: bool,
    /// Why what is new in the baseline is accepted
    #[arg(long, requires = "write_baseline", value_name = "TEXT", help_heading = "Baseline")]
    pub(crate) reason: Option<String>,
    /// Who looks after it
    #[arg(long, requires = "write_baseline", value_name = "NAME", help_heading = "Baseline")]
    pub(crate) owner: Option<String>,
    /// The first day on which it is no longer accepted
    #[arg(long, requires = "write_baseline", value_name = "YYYY-MM-DD", value_parser = day, help_heading = "Baseline")]
    pub(crate) expires: Option<toml::value::Date>,
}

/// A day as TOML and people write it.
fn day(text: &str) -> Result<toml::value::Date, String> {
    let parsed = text.parse::<toml::value::Datetime>().ok();
    let only_date = parsed.filter(|parsed| parsed.time.is_none()).and_then(|parsed| parsed.date);
    only_date.ok_or_else(|| "write a day as 2027-01-31".to_owned())
}

/// The least severity that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum FailOn {
    /// Only what can break or corrupt something
    Error,
    /// What is probably wrong, too
    Warning,
    /// Any difference
    Note,
}

impl FailOn {
    /// The severity it stands for.
    pub(crate) fn severity(self) -> Severity {
        match self {
            Self::Error => Severity::Error,
            Self::Warning => Severity::Warning,
            Self::Note => Severity::Note,
        }
    }
}

/// An output format and where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FormatChoice {
    pub(crate) format: Format,
    pub(crate) file: Option<PathBuf>,
}

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people at a terminal.
    Text,
    /// A report for people or for machines, which looks the same wherever it goes.
    Document(DocumentFormat),
    /// `diff` only: the statements that lead from one to the other.
    Sql,
    /// `diff` only: the Alembic revision that leads from one to the other, and back.
    Alembic,
    /// `diff` only: what changes in the schema, in an ORM's language.
    Written(WrittenFormat),
}

/// The formats of a report that are the same on a terminal and in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DocumentFormat {
    Json,
    Sarif,
    Junit,
    Github,
    Gitlab,
    Markdown,
}

/// The languages that a whole schema is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WrittenFormat {
    Prisma,
    Sqlalchemy,
}

/// What `inspect` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum InspectFormat {
    /// The canonical schema: a snapshot
    Json,
    /// A Prisma schema
    Prisma,
    /// SQLAlchemy models
    Sqlalchemy,
    /// The statements that make it from nothing
    Sql,
    /// How many tables, columns and so on were read, and how many things not
    Summary,
}

impl FormatChoice {
    fn parse(text: &str) -> Result<Self, String> {
        let (name, file) = match text.split_once('=') {
            Some((_, "")) => return Err("there is no file name behind `=`".to_owned()),
            Some((name, file)) => (name, Some(PathBuf::from(file))),
            None => (text, None),
        };
        let format = match name {
            "text" => Format::Text,
            "sql" => Format::Sql,
            "alembic" => Format::Alembic,
            "prisma" => Format::Written(WrittenFormat::Prisma),
            "sqlalchemy" => Format::Written(WrittenFormat::Sqlalchemy),
            other => match DocumentFormat::from_str(other, false) {
                Ok(format) => Format::Document(format),
                Err(_) => return Err(unknown_format(other)),
            },
        };
        Ok(Self { format, file })
    }
}

fn unknown_format(name: &str) -> String {
    let documents = DocumentFormat::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let mut names: Vec<String> = documents.map(|value| value.get_name().to_owned()).collect();
    names.insert(0, "text".to_owned());
    match nearest(name, names.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => format!("the formats are {}", names.join(", ")),
    }
}

/// `ormsync check`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CheckOptions {
    #[command(flatten)]
    pub(crate) sources: SourceOptions,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    #[command(flatten)]
    pub(crate) gate: GateOptions,
    #[command(flatten)]
    pub(crate) baseline: BaselineOptions,
    /// Only findings that are new since this revision of git: the project as it was then is checked, too
    #[arg(long, value_name = "GIT_REV", help_heading = "Selection")]
    pub(crate) changed_since: Option<String>,
    /// Leave the histories of migrations out: compare the sources only
    #[arg(long, help_heading = "Selection")]
    pub(crate) no_histories: bool,
    /// Check again whenever a file changes, until it is interrupted
    #[arg(long, conflicts_with_all = ["write_baseline", "changed_since"], help_heading = "Gate")]
    pub(crate) watch: bool,
    /// Tell how a column is read in each source, and what makes it equal or different, instead of checking
    #[arg(long, value_name = "TABLE.COLUMN", conflicts_with_all = ["write_baseline", "changed_since", "watch"])]
    pub(crate) explain: Option<String>,
}

/// `ormsync diff`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DiffOptions {
    /// The source to compare from
    #[arg(value_name = "FROM")]
    pub(crate) from: String,
    /// The source to compare to
    #[arg(value_name = "TO")]
    pub(crate) to: String,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    #[command(flatten)]
    pub(crate) gate: GateOptions,
    /// With --format sql: the way back, from TO to FROM, as the reverse of the way there
    #[arg(long, help_heading = "Statements")]
    pub(crate) back: bool,
    /// With --format sql or alembic: also drop what a database has and TO does not declare. Without it that stays, as somebody
    /// else's
    #[arg(long, help_heading = "Statements")]
    pub(crate) drop_undeclared: bool,
    /// With --format sql or alembic: what is called something else now: a table as old:new, a column as table.old:new (by the
    /// table's new name); may be given several times
    #[arg(long, value_name = "OLD:NEW", help_heading = "Statements")]
    pub(crate) rename: Vec<String>,
}

/// `ormsync inspect`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InspectOptions {
    /// The source to read
    #[arg(value_name = "SOURCE")]
    pub(crate) source: String,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// json (the default), the schema as an ORM's user would write it, SQL, or a summary; of a cross-check: json, else text
    #[arg(long, value_name = "FORMAT")]
    pub(crate) format: Option<InspectFormat>,
    /// Write to this file instead of standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Read models both ways, from their source text and by importing them, and tell any difference
    #[arg(long)]
    pub(crate) cross_check: bool,
    /// The Python that imports the models; else as ormsync.toml says, or the nearest virtual environment's
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
}

/// `ormsync init`.
#[derive(Debug, Clone, Args)]
pub(crate) struct InitOptions {
    #[command(flatten)]
    pub(crate) sources: SourceOptions,
    #[command(flatten)]
    pub(crate) dialect: DialectOption,
    /// Overwrite an ormsync.toml that is there
    #[arg(long)]
    pub(crate) force: bool,
    /// Print what would be written, and write nothing
    #[arg(long, conflicts_with = "force")]
    pub(crate) dry_run: bool,
    /// Print only the settings with which Prisma and Alembic leave each other's tables alone, and write nothing
    #[arg(long, conflicts_with_all = ["force", "dry_run"])]
    pub(crate) print_ignores: bool,
}

/// `ormsync explain`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ExplainOptions {
    /// The rule, as findings name it
    #[arg(value_name = "RULE", hide_possible_values = true, value_parser = RuleNames)]
    pub(crate) rule: Option<String>,
}

/// The rules' names: completed by shells, with a suggestion instead of all of them for one that is unknown.
#[derive(Debug, Clone)]
struct RuleNames;

impl TypedValueParser for RuleNames {
    type Value = String;

    fn parse_ref(&self, command: &clap::Command, _: Option<&Arg>, value: &OsStr) -> Result<String, clap::Error> {
        let value = value.to_string_lossy();
        if RULES.iter().any(|rule| rule.name == value) {
            return Ok(value.into_owned());
        }
        let help = match nearest(&value, RULES.iter().map(|rule| rule.name)) {
            Some(nearest) => format!("did you mean `{nearest}`? "),
            None => String::new(),
        };
        let message = format!("there is no rule `{value}`\n\n  {help}`ormsync explain` lists the rules\n");
        Err(clap::Error::raw(ErrorKind::InvalidValue, message).with_cmd(command))
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(RULES.iter().map(|rule| PossibleValue::new(rule.name).help(rule.summary))))
    }
}

/// `ormsync completions`.
#[derive(Debug, Clone, Args)]
pub(crate) struct CompletionsOptions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: Shell,
}

/// `ormsync demo`.
#[derive(Debug, Clone, Args)]
pub(crate) struct DemoOptions {
    /// The folder to write into
    #[arg(value_name = "DIR", default_value = "ormsync-demo")]
    pub(crate) folder: PathBuf,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }

    #[test]
    fn formats_take_files() {
        let choice = FormatChoice::parse("json=out/drift.json").unwrap();
        assert_eq!(
            choice,
            FormatChoice { format: Format::Document(DocumentFormat::Json), file: Some("out/drift.json".into()) }
        );
        assert!(FormatChoice::parse("json=").is_err());
        assert!(FormatChoice::parse("sarf").unwrap_err().contains("`sarif`"));
        assert!(FormatChoice::parse("something").unwrap_err().contains("markdown"));
    }
}
