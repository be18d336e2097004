//! What an audit says of the histories: their migrations side by side, and what they make of each table.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use ormsync_diff::{Row, Standing, Step, StepState, stand};
use ormsync_report::audit::{Extras, History, Migration, MigrationState, TableHistory, TableHistoryState};
use ormsync_schema::{
    Diagnostic, History as OwnHistory, Operation, Origin, Place, QualifiedName, Schema, Severity, SourceFiles,
};

use super::full_name;
use crate::command_line::{DialectOption, HistoryOptions, SourceOptions};
use crate::histories::Histories;
use crate::histories::gate::{TOLD_ELSEWHERE, Unmade, findings_of, unmade};
use crate::project::{Project, Settings};
use crate::read_sources::Sources;

/// Reads the histories of a project, where it has any, as the gate does.
pub(crate) fn add_histories(
    settings: &Settings,
    project: &Project,
    (options, dialect): (&SourceOptions, &DialectOption),
    sources: &mut Sources<'_>,
    extras: &mut Extras,
) {
    let history_options = HistoryOptions {
        database: options.database.clone(),
        no_database: options.no_database,
        dialect: dialect.clone(),
        // Another project's migrations are no business of the gate.
        only_named: true,
        ..HistoryOptions::default()
    };
    // That there is none is no news; what is wrong with settings is told where the sources are chosen.
    let Ok(mut histories) = Histories::find(settings, &history_options) else { return };
    let is_empty = |history: &OwnHistory| history.migrations.is_empty() && history.records.iter().all(Vec::is_empty);
    if histories.histories().iter().all(is_empty) {
        return;
    }
    histories.read();
    let own = histories.histories();
    let standing = stand(&own);
    let unmade = unmade(settings, options, dialect, &histories);
    sources.files.extend(histories.files.clone());
    extras.histories = own.iter().enumerate().map(|(side, of)| history(&histories, &standing, side, of)).collect();
    extras.history_findings = told(&histories, &standing, &unmade);
    extras.table_histories = of_tables(project, &histories, &own, &unmade);
}

/// All that is wrong with the histories. What the gate tells as something else fails nothing by itself.
fn told(histories: &Histories, standing: &Standing, unmade: &[Unmade]) -> Vec<Diagnostic> {
    let mut told = findings_of(histories, standing, unmade);
    let elsewhere = standing.findings.iter().filter(|finding| TOLD_ELSEWHERE.contains(&finding.code.as_str()));
    told.extend(elsewhere.cloned().map(|mut finding| {
        finding.severity = finding.severity.min(Severity::Warning);
        finding
    }));
    told
}

fn history(histories: &Histories, standing: &Standing, side: usize, own: &OwnHistory) -> History {
    let migrations: Vec<Migration> = standing
        .rows
        .iter()
        .enumerate()
        .filter_map(|(change, row)| {
            let step = row.steps[side].as_ref()?;
            Some(Migration {
                name: step.id.clone(),
                subject: own.migration(&step.id).map(|it| it.subject.clone()).unwrap_or_default(),
                state: state(step.state),
                at: moment(&step.id).or_else(|| minute(step.written_at.as_deref()?)),
                change,
                mirrors: others(row, side).map(|other| other.id.clone()).collect(),
                unmirrored: is_unmirrored(row, side, step),
                place: place(&histories.files, &step.origin),
            })
        })
        .collect();
    let applied: BTreeSet<&str> =
        migrations.iter().filter(|it| it.state.is_applied()).map(|it| it.name.as_str()).collect();
    let is_passed = |id: &str| {
        own.migrations.iter().any(|it| applied.contains(it.id.as_str()) && it.behind.iter().any(|of| of == id))
    };
    History {
        source: own.name.clone(),
        label: own.label.clone(),
        place: histories.place_of(&own.name).unwrap_or_default(),
        asked: own.records.is_some(),
        heads: own.heads().iter().map(|head| head.id.clone()).collect(),
        stands_at: applied.iter().filter(|id| !is_passed(id)).map(|id| (*id).to_owned()).collect(),
        migrations,
    }
}

fn others(row: &Row, side: usize) -> impl Iterator<Item = &Step> {
    row.steps.iter().enumerate().filter(move |(other, _)| *other != side).filter_map(|(_, step)| step.as_ref())
}

/// As `status` tells it: what changes nothing, and what has no file, needs no mirror.
fn is_unmirrored(row: &Row, side: usize, step: &Step) -> bool {
    let lacks = row.steps.iter().enumerate().any(|(other, step)| other != side && step.is_none());
    lacks && !step.is_empty && step.state != Some(StepState::Lost)
}

fn state(state: Option<StepState>) -> MigrationState {
    match state {
        None => MigrationState::Unknown,
        Some(StepState::Applied) => MigrationState::Applied,
        Some(StepState::Edited) => MigrationState::Edited,
        Some(StepState::Pending) => MigrationState::Pending,
        Some(StepState::Failed) => MigrationState::Failed,
        Some(StepState::RolledBack) => MigrationState::RolledBack,
        Some(StepState::Lost) => MigrationState::Lost,
    }
}

/// The moment that a name begins with, as `20260102093000_add_users` does: `2026-01-02 09:30`.
fn moment(name: &str) -> Option<String> {
    let digits: String = name.chars().take_while(char::is_ascii_digit).collect();
    let moment =
        jiff::civil::DateTime::strptime("%Y%m%d%H%M%S", digits.get(..14).filter(|it| it.len() == digits.len())?);
    Some(moment.ok()?.strftime("%Y-%m-%d %H:%M").to_string())
}

/// A moment in ISO 8601 in the same words: `2026-01-02T03:04:05.678901` is `2026-01-02 03:04`.
fn minute(moment: &str) -> Option<String> {
    moment.get(..16).map(|minute| minute.replacen('T', " ", 1))
}

fn place(files: &SourceFiles, origin: &Origin) -> String {
    match &origin.place {
        Place::File { path, span } => match files.get(path) {
            Some(file) => format!("{path}:{}", file.position(span.start).line),
            None => path.to_string(),
        },
        Place::Catalogue { object } => object.clone(),
        Place::Nowhere => String::new(),
    }
}

/// What each history makes of each table, by the table's name.
fn of_tables(
    project: &Project,
    histories: &Histories,
    own: &[OwnHistory],
    unmade: &[Unmade],
) -> HashMap<String, Vec<TableHistory>> {
    let mut found: HashMap<String, Vec<TableHistory>> = HashMap::new();
    for history in own {
        let touching = touching(project, histories, history);
        let Some(end) = histories.effects.ends.get(&history.name) else { continue };
        let made: BTreeSet<String> =
            end.tables().map(|(namespace, name, _)| full_name(project, namespace, name)).collect();
        let own = unmade.iter().find(|unmade| unmade.history == history.name);
        let lacks =
            own.and_then(|own| own.plan.as_ref()).map(|plan| lacks(project, &plan.operations)).unwrap_or_default();
        let is_known = histories.effects.is_whole(&history.name) && own.is_none_or(|own| own.plan.is_some());
        let names: BTreeSet<&String> = made.iter().chain(touching.keys()).chain(lacks.keys()).collect();
        for name in names {
            let missing = lacks.get(name).cloned().unwrap_or_default();
            let state = match (made.contains(name), missing.is_empty()) {
                _ if !is_known => TableHistoryState::Unknown,
                (true, true) => TableHistoryState::InStep,
                (true, false) => TableHistoryState::Behind,
                (false, true) => TableHistoryState::Absent,
                (false, false) => TableHistoryState::Missing,
            };
            found.entry(name.clone()).or_default().push(TableHistory {
                source: history.name.clone(),
                state,
                migrations: touching.get(name).cloned().unwrap_or_default(),
                lacks: missing,
            });
        }
    }
    found
}

/// The migrations that make or change each table.
fn touching(project: &Project, histories: &Histories, history: &OwnHistory) -> BTreeMap<String, Vec<String>> {
    let mut touching: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for migration in &history.migrations {
        let Some(effect) = histories.effects.of(&history.name, &migration.id) else { continue };
        for name in changed(&effect.before, &effect.after) {
            touching.entry(full_name(project, &name.namespace, &name.name)).or_default().push(migration.id.clone());
        }
    }
    touching
}

/// The tables that are not the same in two schemas.
fn changed(before: &Schema, after: &Schema) -> Vec<QualifiedName> {
    let gone = before.tables().filter(|(namespace, name, _)| after.table(namespace, name).is_none());
    let new = after.tables().filter(|(namespace, name, table)| before.table(namespace, name) != Some(*table));
    gone.chain(new).map(|(namespace, name, _)| QualifiedName::new(namespace, name)).collect()
}

/// What operations would change of each table.
fn lacks(project: &Project, operations: &[Operation]) -> BTreeMap<String, Vec<String>> {
    let mut lacks: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for operation in operations {
        let (table, what) = match operation {
            Operation::CreateTable { name, .. } | Operation::DropTable { name, .. } => (name, "the table".to_owned()),
            Operation::ChangeTable { table, change } => {
                (table, change.name().map_or_else(|| "its options".to_owned(), str::to_owned))
            }
            _ => continue,
        };
        let own = lacks.entry(full_name(project, &table.namespace, &table.name)).or_default();
        if !own.contains(&what) {
            own.push(what);
        }
    }
    lacks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_of_names() {
        assert_eq!(moment("20260102093000_add_users").as_deref(), Some("2026-01-02 09:30"));
        assert_eq!(moment("20269902093000_add_users"), None);
        assert_eq!(moment("001_init"), None);
        assert_eq!(moment("1975ea83b712"), None);
    }
}
