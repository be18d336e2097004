//! What `ormsync verify` says: for people, and for machines.

use ormsync_database::Locks;
use ormsync_diff::Finding;
use ormsync_schema::{Diagnostic, Severity};
use schemars::JsonSchema;
use serde::Serialize;

use crate::command_line::ApplyWith;
use crate::histories::verify::{Ran, RanStep, Target, locks_of};

/// Whether everything ran and makes what it should.
pub(super) fn is_right(all: &[Ran]) -> bool {
    all.iter().all(|ran| {
        ran.differences.is_empty()
            && ran.target.as_ref().is_none_or(Target::is_reached)
            && ran.left.as_ref().is_none_or(Vec::is_empty)
            && ran.problems.iter().all(|problem| problem.severity < Severity::Error)
    })
}

/// One history, for people.
pub(super) fn text(ran: &Ran) -> String {
    let by = if ran.applied_by == ApplyWith::Ormsync { "" } else { ", applied by its own command" };
    let mut text = format!("{}{by}\n", ran.label);
    let width = ran.steps.iter().map(|step| step.id.chars().count()).max().unwrap_or_default();
    ran.steps.iter().for_each(|step| text.push_str(&step_text(step, width)));
    if let Some((before, after)) = ran.bytes.filter(|_| ran.steps.iter().any(|step| step.bytes.is_none())) {
        text.push_str(&format!("  all of it: {} kB to {} kB\n", before / 1024, after / 1024));
    }
    if let Some(why) = unknown_locks(ran) {
        text.push_str(&format!("  where no locks are told they are not known: {why}\n"));
    }
    if ran.rows > 0 {
        text.push_str(&format!("  with {} made-up rows\n", ran.rows));
    }
    match ran.differences.as_slice() {
        // What was not run to its end makes nothing.
        [] if has_failed(ran) => {}
        [] => text.push_str("  the server makes of it what the replay without a server does\n"),
        several => {
            text.push_str("  the server makes something else of it than the replay without a server:\n");
            text.extend(several.iter().map(|difference| format!("    {difference}\n")));
        }
    }
    if let Some(target) = &ran.target {
        text.push_str(&target_text(target));
    }
    match ran.left.as_deref() {
        Some([]) => text.push_str("  the way back leaves nothing\n"),
        Some(left) => text.push_str(&format!("  the way back leaves {}\n", left.join(", "))),
        None => {}
    }
    text.push('\n');
    text
}

fn has_failed(ran: &Ran) -> bool {
    ran.bytes.is_none()
}

fn step_text(step: &RanStep, width: usize) -> String {
    let back = step.back_milliseconds.map(|back| format!(", back {back} ms")).unwrap_or_default();
    let mut text = format!("  {:width$}  {} ms{back}", step.id, step.milliseconds);
    if let Some((before, after)) = step.bytes {
        text.push_str(&format!(", {} kB to {} kB", before / 1024, after / 1024));
    }
    match locks_of(step) {
        Some([]) => text.push_str(", no locks\n"),
        Some(locks) => text.push_str(&format!("; {}\n", locks.join(", "))),
        None => text.push('\n'),
    }
    text
}

/// Why it is not known what some migration locks, once.
fn unknown_locks(ran: &Ran) -> Option<&str> {
    ran.steps.iter().find_map(|step| match &step.locks {
        Some(Locks::Unknown(why)) => Some(why.as_str()),
        Some(Locks::Held(_)) => None,
        None => Some("the project's own command is asked for none"),
    })
}

fn target_text(target: &Target) -> String {
    let errors: Vec<&Finding> = target.findings.iter().filter(|finding| finding.severity == Severity::Error).collect();
    let milder = target.findings.len() - errors.len();
    let more = match milder {
        0 => String::new(),
        1 => " (1 warning or note: `ormsync check` tells it)".to_owned(),
        several => format!(" ({several} warnings and notes: `ormsync check` tells them)"),
    };
    let unread: String = target
        .diagnostics
        .iter()
        .map(|problem| format!("  {} could not be read whole: {}\n", target.place, problem.message))
        .collect();
    if errors.is_empty() {
        let as_declared = format!("  that is what {} declares{more}\n", target.place);
        return if unread.is_empty() { as_declared } else { unread };
    }
    let mut text = format!("  that is not what {} declares{more}:\n", target.place);
    text.extend(
        errors.iter().map(|finding| format!("    [{}] {}: {}\n", finding.rule.name, finding.at, finding.headline)),
    );
    text + &unread
}

/// All of it, for machines, as `schemas/verify.schema.json` describes it.
pub(super) fn json(all: &[Ran]) -> String {
    let document = Document { version: 1, verified: is_right(all), sides: all.iter().map(SideEntry::of).collect() };
    let text = serde_json::to_string_pretty(&document).expect("the document has only strings, numbers and lists");
    text + "\n"
}

/// The JSON Schema of that.
#[cfg(test)]
pub(crate) fn json_schema() -> schemars::Schema {
    schemars::schema_for!(Document<'_>)
}

/// What `ormsync verify` found.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Verification")]
struct Document<'a> {
    /// Version of this document's shape: 1.
    version: u32,
    /// Whether everything ran and makes what it should.
    verified: bool,
    /// The histories.
    sides: Vec<SideEntry<'a>>,
}

/// How one history went on its scratch database.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Side")]
struct SideEntry<'a> {
    /// Whose it is: `prisma` or `alembic`.
    name: &'a str,
    /// What it is called in sentences.
    label: &'a str,
    /// What has applied it: `ormsync` by the statements of the migrations, or the project's own `prisma` or `alembic`.
    #[schemars(extend("enum" = ["ormsync", "prisma", "alembic"]))]
    applied_by: &'a str,
    /// Its migrations, as far as they were run.
    migrations: Vec<StepEntry<'a>>,
    /// The size of the database in bytes before the first; null where not all was run.
    bytes_before: Option<u64>,
    /// The same behind the last.
    bytes_after: Option<u64>,
    /// How many rows were made up.
    rows: usize,
    /// How what the server makes differs from what the replay without a server makes.
    differences: &'a [String],
    /// How it differs from what is declared today; null where nothing is, or it was not compared.
    target: Option<TargetEntry<'a>>,
    /// What is left behind the whole way back; null where it was not taken to its end.
    left: Option<&'a [String]>,
    /// Why it is not known which locks some migration takes; null where it is known of all.
    locks_unknown: Option<&'a str>,
    /// What went wrong.
    problems: Vec<ProblemEntry<'a>>,
}

/// One migration.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Step")]
struct StepEntry<'a> {
    /// Its identifier.
    id: &'a str,
    /// How long it took; of Alembic's own command, the whole command.
    milliseconds: u64,
    /// How long its way back took; null where it was not taken.
    back_milliseconds: Option<u64>,
    /// The size of the database in bytes before it; null where one command has applied several.
    bytes_before: Option<u64>,
    /// The same behind it.
    bytes_after: Option<u64>,
    /// Of each table the strongest lock that it took; null where that is not known.
    locks: Option<&'a [String]>,
}

/// What is declared, and how the database differs from it.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Target")]
struct TargetEntry<'a> {
    /// The schema or the models.
    place: &'a str,
    /// Whether nothing of error severity differs.
    reached: bool,
    /// What differs.
    findings: Vec<FindingEntry<'a>>,
    /// What could not be read of it.
    problems: Vec<ProblemEntry<'a>>,
}

/// One difference.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Finding")]
struct FindingEntry<'a> {
    /// The rule's name.
    rule: &'a str,
    /// How much it weighs.
    severity: Severity,
    /// What it is about.
    at: String,
    /// The line that stands alone.
    headline: &'a str,
}

/// What went wrong.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Problem")]
struct ProblemEntry<'a> {
    /// How much it weighs.
    severity: Severity,
    /// Its stable name.
    code: &'a str,
    /// What is wrong; behind the first line the end of what a command said.
    message: &'a str,
    /// What to do next.
    help: Option<&'a str>,
}

impl<'a> SideEntry<'a> {
    fn of(ran: &'a Ran) -> Self {
        Self {
            name: ran.history,
            label: ran.label,
            applied_by: ran.applied_by.as_str(),
            migrations: ran.steps.iter().map(StepEntry::of).collect(),
            bytes_before: ran.bytes.map(|bytes| bytes.0),
            bytes_after: ran.bytes.map(|bytes| bytes.1),
            rows: ran.rows,
            differences: &ran.differences,
            target: ran.target.as_ref().map(TargetEntry::of),
            left: ran.left.as_deref(),
            locks_unknown: unknown_locks(ran),
            problems: ran.problems.iter().map(ProblemEntry::of).collect(),
        }
    }
}

impl<'a> StepEntry<'a> {
    fn of(step: &'a RanStep) -> Self {
        let whole = |milliseconds: u128| u64::try_from(milliseconds).unwrap_or(u64::MAX);
        Self {
            id: &step.id,
            milliseconds: whole(step.milliseconds),
            back_milliseconds: step.back_milliseconds.map(whole),
            bytes_before: step.bytes.map(|bytes| bytes.0),
            bytes_after: step.bytes.map(|bytes| bytes.1),
            locks: locks_of(step),
        }
    }
}

impl<'a> TargetEntry<'a> {
    fn of(target: &'a Target) -> Self {
        let finding = |finding: &'a Finding| FindingEntry {
            rule: finding.rule.name,
            severity: finding.severity,
            at: finding.at.to_string(),
            headline: &finding.headline,
        };
        Self {
            place: &target.place,
            reached: target.is_reached(),
            findings: target.findings.iter().map(finding).collect(),
            problems: target.diagnostics.iter().map(ProblemEntry::of).collect(),
        }
    }
}

impl<'a> ProblemEntry<'a> {
    fn of(problem: &'a Diagnostic) -> Self {
        Self {
            severity: problem.severity,
            code: &problem.code,
            message: &problem.message,
            help: problem.help.as_deref(),
        }
    }
}
