//! The migrations that one history lacks, written from those of the other, one for one.
//!
//! | file | what |
//! | --- | --- |
//! | `to_alembic.rs` | a Prisma migration as an Alembic revision |
//! | `to_prisma.rs` | an Alembic revision as a Prisma migration |
//! | `environment.rs` | what a side needs that has no history yet |
//! | `baseline.rs` | marking mirrors as applied in databases that have run one side |

mod baseline;
mod environment;
mod to_alembic;
mod to_prisma;

use ormsync_dialect::{Effect as About, ScriptStatement};
use ormsync_diff::{Standing, stand};
use ormsync_schema::{Diagnostic, Operation, Severity};

use super::Histories;
use crate::command_line::{MirrorDirection, MirrorOptions};
use crate::config;
use crate::failure::{Failure, Result};
use crate::migrations::write::NewFile;
use crate::project::Settings;

pub(crate) use baseline::baseline;
pub(crate) use to_prisma::statements_of;

/// What is to be written.
#[derive(Debug, Default)]
pub(crate) struct Mirrors {
    /// The files.
    pub(crate) files: Vec<NewFile>,
    /// What could not be carried over.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// What whoever runs them has to know.
    pub(crate) notes: Vec<String>,
}

/// The mirrors that are missing.
///
/// # Errors
/// Where a history is broken, or nothing says where its mirrors go.
pub(crate) fn mirrors(settings: &Settings, histories: &Histories, options: &MirrorOptions) -> Result<Mirrors> {
    let all = histories.histories();
    let standing = stand(&all);
    refuse_broken(histories, &standing)?;
    let section = settings.config.as_ref().map(|config| &config.file.migrate);
    let tie = options.history.or_else(|| section.and_then(|section| section.history));
    let tie = tie.unwrap_or(config::History::Lockstep);
    let mut mirrors = Mirrors::default();
    let lacking = |name: &str| lacking(&standing, name);
    let wants = |side: MirrorDirection| options.to.is_none_or(|wanted| wanted == side);
    if wants(MirrorDirection::Alembic) {
        to_alembic::write(settings, histories, tie, &lacking("prisma"), &mut mirrors)?;
    }
    if wants(MirrorDirection::Prisma) {
        to_prisma::write(settings, histories, tie, &lacking("alembic"), &mut mirrors)?;
    }
    Ok(mirrors)
}

/// The migrations of a side that no other side has.
fn lacking(standing: &Standing, name: &str) -> Vec<String> {
    let Some(side) = standing.sides.iter().position(|side| side.name == name) else { return Vec::new() };
    let alone = standing.rows.iter().filter_map(|row| {
        let step = row.steps[side].as_ref()?;
        let is_alone = row.steps.iter().filter(|cell| cell.is_some()).count() == 1;
        (is_alone && !step.is_empty && step.state != Some(ormsync_diff::StepState::Lost)).then(|| step.id.clone())
    });
    alone.collect()
}

/// What mirrors are no answer to.
fn refuse_broken(histories: &Histories, standing: &Standing) -> Result<()> {
    const NO_HINDRANCE: &[&str] = &[
        "migration-unmirrored",
        "migration-pending",
        "mirror-half-applied",
        "migration-edited",
        "migration-failed",
        "migration-lost",
        "mirror-differs",
        "mirror-order",
    ];
    let broken: Vec<Diagnostic> = standing
        .findings
        .iter()
        .filter(|it| it.severity == Severity::Error && !NO_HINDRANCE.contains(&it.code.as_str()))
        .cloned()
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    let mut failure = Failure::from_diagnostics(broken, histories.files.clone());
    failure.diagnostics.push(Diagnostic::error(
        "mirror",
        "nothing was written: a history is not in order",
        ormsync_schema::Origin::nowhere(),
    ));
    Err(failure)
}

/// Whether a statement is carried over: transactions are each tool's own.
fn is_carried(statement: &ScriptStatement<'_>) -> bool {
    const TRANSACTIONS: &[&str] = &["BEGIN", "START", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE"];
    let word: String = statement.text.chars().take_while(char::is_ascii_alphabetic).collect();
    statement.effect != About::Session || !TRANSACTIONS.contains(&word.to_ascii_uppercase().as_str())
}

/// A statement as it is.
fn verbatim(text: &str) -> Operation {
    let statement = text.trim().trim_end_matches(';').trim_end().to_owned();
    Operation::RunStatement { statement, reverse: None }
}
