//! What is not as it should be with histories, and what to do about it.

use ormsync_schema::{Diagnostic, History, Migration, Origin, RecordState, Severity};

use super::{Row, Step, StepState, state};

/// What is wrong with one history.
pub(super) fn of_one(history: &History) -> Vec<Diagnostic> {
    let mut findings = several_heads(history);
    findings.extend(gaps(history));
    findings.extend(in_database(history));
    findings.extend(out_of_order(history));
    findings
}

fn several_heads(history: &History) -> Vec<Diagnostic> {
    let heads = history.heads();
    let [_, second, ..] = heads.as_slice() else { return Vec::new() };
    let names: Vec<&str> = heads.iter().map(|head| head.id.as_str()).collect();
    let message = format!("{} has {} heads: {}", history.label, heads.len(), names.join(", "));
    let finding = Diagnostic::error("history-heads", message, second.origin.clone());
    vec![finding.with_help(history.commands.join_heads)]
}

/// A migration behind one that is not there.
fn gaps(history: &History) -> Vec<Diagnostic> {
    let mut gaps = Vec::new();
    for migration in &history.migrations {
        let named = migration.behind.iter().map(|id| ("comes behind", id));
        for (how, missing) in named.chain(migration.needs.iter().map(|id| ("depends on", id))) {
            if history.migration(missing).is_none() {
                let message = format!("{}: {} {how} {missing}, which is not there", history.label, migration.id);
                gaps.push(
                    Diagnostic::error("history-gap", message, migration.origin.clone())
                        .with_help("bring the missing file back from version control, or correct what it comes behind"),
                );
            }
        }
    }
    gaps
}

/// What the database says of each migration.
fn in_database(history: &History) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for migration in &history.migrations {
        match state(history, migration) {
            Some(StepState::Edited) => findings.push(
                Diagnostic::error(
                    "migration-edited",
                    format!("{}: {} was changed after it was applied", history.label, migration.id),
                    migration.origin.clone(),
                )
                .with_help("bring back the file as it was applied, and write what is new as another migration"),
            ),
            Some(StepState::Failed) => findings.push(
                Diagnostic::error(
                    "migration-failed",
                    format!("{}: {} was begun in this database and did not end", history.label, migration.id),
                    migration.origin.clone(),
                )
                .with_help(history.commands.settle_failed),
            ),
            Some(StepState::RolledBack) => findings.push(
                Diagnostic::new(
                    Severity::Note,
                    "migration-rolled-back",
                    format!(
                        "{}: {} failed in this database once, and was marked as rolled back",
                        history.label, migration.id
                    ),
                    migration.origin.clone(),
                )
                .with_help("it is applied again with the others that are pending"),
            ),
            _ => {}
        }
    }
    let lost = history
        .records
        .iter()
        .flatten()
        .filter(|record| record.state != RecordState::RolledBack && history.migration(&record.id).is_none());
    findings.extend(lost.map(|record| {
        Diagnostic::error(
            "migration-lost",
            format!("{}: the database has applied {}, which has no file", history.label, record.id),
            Origin::nowhere(),
        )
        .with_help("bring the file back from version control, or check that this is the database you mean")
    }));
    findings.extend(pending(history));
    findings
}

fn pending(history: &History) -> Option<Diagnostic> {
    let is_pending =
        |migration: &&Migration| matches!(state(history, migration), Some(StepState::Pending | StepState::RolledBack));
    let pending: Vec<&Migration> = history.migrations.iter().filter(is_pending).collect();
    let first = pending.first()?;
    let names: Vec<&str> = pending.iter().map(|migration| migration.id.as_str()).collect();
    let message = format!("{}: {} not applied to this database: {}", history.label, are(names.len()), names.join(", "));
    let finding = Diagnostic::error("migration-pending", message, first.origin.clone());
    Some(finding.with_help(format!("run `{}`", history.commands.apply)))
}

/// Applied behind one that is not: the database was changed in another order than an empty one would be.
fn out_of_order(history: &History) -> Option<Diagnostic> {
    let states: Vec<Option<StepState>> = history.migrations.iter().map(|migration| state(history, migration)).collect();
    let first_pending = states.iter().position(|state| *state == Some(StepState::Pending))?;
    let later = states[first_pending..].iter().position(|state| state.is_some_and(StepState::is_applied))?;
    let (early, late) = (&history.migrations[first_pending], &history.migrations[first_pending + later]);
    let message = format!("{}: {} is applied, {} before it is not", history.label, late.id, early.id);
    Some(
        Diagnostic::warning("migration-order", message, early.origin.clone())
            .with_help("it will be applied behind the other: see that both orders end the same, or name it anew"),
    )
}

/// What is wrong between histories.
pub(super) fn of_all(histories: &[History], rows: &[Row]) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for (side, history) in histories.iter().enumerate() {
        for (other, behind) in histories.iter().enumerate().filter(|(other, _)| *other != side) {
            findings.extend(ahead(history, behind, rows.iter().map(|row| (&row.steps[side], &row.steps[other]))));
            if side < other {
                findings.extend(crossed(histories, rows, side, other));
                findings.extend(half_applied(histories, rows, side, other));
                findings.extend(unequal(histories, rows, side, other));
            }
        }
    }
    findings
}

/// `Prisma is 2 ahead of Alembic`.
fn ahead<'a>(
    history: &History,
    behind: &History,
    cells: impl Iterator<Item = (&'a Option<Step>, &'a Option<Step>)>,
) -> Option<Diagnostic> {
    let alone: Vec<&Step> = cells
        .filter_map(|cell| match cell {
            (Some(step), None) if !step.is_empty && step.state != Some(StepState::Lost) => Some(step),
            _ => None,
        })
        .collect();
    let first = alone.first()?;
    let names: Vec<&str> = alone.iter().map(|step| step.id.as_str()).collect();
    let (mirror, them) = if alone.len() == 1 { ("mirror", "it") } else { ("mirrors", "them") };
    let message = format!(
        "{} is {} ahead of {}, which has no {mirror} of {them}: {}",
        history.label,
        alone.len(),
        behind.label,
        names.join(", ")
    );
    Some(Diagnostic::error("migration-unmirrored", message, first.origin.clone()))
}

/// Two pairs that the sides have in different order.
fn crossed(histories: &[History], rows: &[Row], side: usize, other: usize) -> Option<Diagnostic> {
    let place = |side: usize, step: &Step| histories[side].migrations.iter().position(|it| it.id == step.id);
    let pairs: Vec<(usize, usize, &Step)> = rows
        .iter()
        .filter_map(|row| {
            let (left, right) = (row.steps[side].as_ref()?, row.steps[other].as_ref()?);
            Some((place(side, left)?, place(other, right)?, right))
        })
        .collect();
    let crossing = pairs.windows(2).find(|pair| (pair[0].0 < pair[1].0) != (pair[0].1 < pair[1].1))?;
    let message = format!(
        "{} and {} make the same changes in another order: {} comes earlier in {}",
        histories[side].label, histories[other].label, crossing[1].2.id, histories[other].label
    );
    Some(
        Diagnostic::error("mirror-order", message, crossing[1].2.origin.clone())
            .with_help("an empty database takes another way on each side: give both the same order"),
    )
}

/// A change that one side believes made and the other not.
fn half_applied(histories: &[History], rows: &[Row], side: usize, other: usize) -> Vec<Diagnostic> {
    let halves = rows.iter().filter_map(|row| {
        let (left, right) = (row.steps[side].as_ref()?, row.steps[other].as_ref()?);
        let (is, is_not) = match (left.state?.is_applied(), right.state?.is_applied()) {
            (true, false) => ((side, left), (other, right)),
            (false, true) => ((other, right), (side, left)),
            _ => return None,
        };
        let message = format!(
            "{} has applied {}, {} has not applied its mirror {}",
            histories[is.0].label, is.1.id, histories[is_not.0].label, is_not.1.id
        );
        let help = format!(
            "run `{}`: a mirror written by ormsync sees that the change is made already",
            histories[is_not.0].commands.apply
        );
        Some(Diagnostic::error("mirror-half-applied", message, is_not.1.origin.clone()).with_help(help))
    });
    halves.collect()
}

/// Pairs of which one no longer does what the other does.
fn unequal(histories: &[History], rows: &[Row], side: usize, other: usize) -> Vec<Diagnostic> {
    let pairs = rows.iter().filter_map(|row| {
        let (left, right) = (row.steps[side].as_ref()?, row.steps[other].as_ref()?);
        let left = histories[side].migration(&left.id)?;
        let right = histories[other].migration(&right.id)?;
        let is_unequal = left.effect.as_ref()? != right.effect.as_ref()?;
        is_unequal.then(|| {
            let message = format!(
                "{} {} and {} {} are a pair, and do not change the schema alike",
                histories[side].label, left.id, histories[other].label, right.id
            );
            let help =
                "compare what each leads to: `ormsync diff` of the two histories; write what is missing as a new pair";
            Diagnostic::error("mirror-differs", message, right.origin.clone()).with_help(help)
        })
    });
    pairs.collect()
}

/// The command to run next, by what is worst.
pub(super) fn next(histories: &[History], findings: &[Diagnostic]) -> Option<String> {
    let found = |code: &str| findings.iter().any(|finding| finding.code == code);
    let has_way = ["migration-pending", "mirror-half-applied", "migration-unmirrored"];
    let is_broken =
        findings.iter().any(|finding| finding.severity == Severity::Error && !has_way.contains(&finding.code.as_str()));
    // What is wrong with files or records is for a person to decide.
    if is_broken {
        return None;
    }
    if found("migration-unmirrored") {
        return Some("ormsync mirror".to_owned());
    }
    let has_pending = |history: &&History| pending(history).is_some();
    histories.iter().find(has_pending).map(|history| history.commands.apply.to_owned())
}

fn are(number: usize) -> String {
    if number == 1 { "1 migration is".to_owned() } else { format!("{number} migrations are") }
}
