//! The histories of migrations as documents show them: change by change, side by side.

use serde::Serialize;

use super::model::{Audit, AuditTable, History, Migration, MigrationState, TableHistoryState};

/// A history in numbers.
#[derive(Debug, Serialize)]
pub(super) struct HistoryView<'a> {
    label: &'a str,
    place: &'a str,
    asked: bool,
    heads: &'a [String],
    stands_at: &'a [String],
    migrations: usize,
    applied: usize,
    pending: usize,
    wrong: usize,
    unmirrored: usize,
}

/// One change: the migration of each history that makes it.
#[derive(Debug, Serialize)]
pub(super) struct TimelineRow<'a> {
    at: Option<&'a str>,
    subject: &'a str,
    /// Whether a history lacks it.
    is_unmirrored: bool,
    cells: Vec<Option<StepView<'a>>>,
}

#[derive(Debug, Serialize)]
struct StepView<'a> {
    name: &'a str,
    state: &'static str,
    class: &'static str,
    symbol: &'static str,
}

/// What a history makes of a table.
#[derive(Debug, Serialize)]
pub(super) struct TableHistoryView<'a> {
    label: &'a str,
    state: &'static str,
    class: &'static str,
    symbol: &'static str,
}

/// All histories in numbers.
pub(super) fn histories(audit: &Audit) -> Vec<HistoryView<'_>> {
    audit.histories.iter().map(history).collect()
}

fn history(history: &History) -> HistoryView<'_> {
    let count = |wanted: &dyn Fn(&Migration) -> bool| history.migrations.iter().filter(|it| wanted(it)).count();
    HistoryView {
        label: &history.label,
        place: &history.place,
        asked: history.asked,
        heads: &history.heads,
        stands_at: &history.stands_at,
        // What has no file is none of the history's migrations, and told as wrong.
        migrations: count(&|it| it.state != MigrationState::Lost),
        applied: count(&|it| it.state.is_applied() && it.state != MigrationState::Lost),
        pending: count(&|it| it.state.is_pending()),
        wrong: count(&|it| matches!(it.state, MigrationState::Edited | MigrationState::Failed | MigrationState::Lost)),
        unmirrored: count(&|it| it.unmirrored),
    }
}

/// Every change with the migrations that make it, in order.
pub(super) fn timeline(audit: &Audit) -> Vec<TimelineRow<'_>> {
    let migrations = || audit.histories.iter().flat_map(|history| &history.migrations);
    let Some(last) = migrations().map(|migration| migration.change).max() else { return Vec::new() };
    let mut rows: Vec<TimelineRow<'_>> = (0..=last)
        .map(|_| TimelineRow {
            at: None,
            subject: "",
            is_unmirrored: false,
            cells: audit.histories.iter().map(|_| None).collect(),
        })
        .collect();
    for (side, history) in audit.histories.iter().enumerate() {
        for migration in &history.migrations {
            let row = &mut rows[migration.change];
            row.at = row.at.or(migration.at.as_deref());
            if row.subject.is_empty() {
                row.subject = &migration.subject;
            }
            row.is_unmirrored |= migration.unmirrored;
            row.cells[side] = Some(step(migration));
        }
    }
    rows.retain(|row| row.cells.iter().any(Option::is_some));
    rows
}

fn step(migration: &Migration) -> StepView<'_> {
    StepView {
        name: &migration.name,
        state: migration.state.as_str(),
        class: match migration.state {
            MigrationState::Unknown => "absent",
            MigrationState::Applied => "in-step",
            MigrationState::Pending | MigrationState::RolledBack => "conflict",
            MigrationState::Edited | MigrationState::Failed | MigrationState::Lost => "drifted",
        },
        symbol: migration.state.symbol(),
    }
}

/// What each history makes of a table, in the order of the histories.
pub(super) fn table_histories<'a>(audit: &'a Audit, table: &'a AuditTable) -> Vec<TableHistoryView<'a>> {
    let of = |history: &'a History| {
        let own = table.histories.iter().find(|own| own.source == history.source);
        let state = own.map_or(TableHistoryState::Absent, |own| own.state);
        TableHistoryView {
            label: &history.label,
            state: state.as_str(),
            class: match state {
                TableHistoryState::InStep => "in-step",
                TableHistoryState::Absent => "absent",
                TableHistoryState::Unknown => "conflict",
                TableHistoryState::Behind => "drifted",
                TableHistoryState::Missing => "missing",
            },
            symbol: state.symbol(),
        }
    };
    audit.histories.iter().map(of).collect()
}
