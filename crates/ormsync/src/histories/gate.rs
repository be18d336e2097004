//! What the gate says of histories, beside how the sources differ: whether each is in order, and leads to where its side
//! is.

use ormsync_diff::plan::{PlanOptions, plan};
use ormsync_diff::{Standing, stand};
use ormsync_schema::{Diagnostic, Origin, Plan, Schema, Severity, SourceFiles};

use super::Histories;
use crate::command_line::{CheckOptions, DialectOption, HistoryOptions, SourceOptions};
use crate::project::{Location, Project, Settings, Side, sides};
use crate::read_sources::read_settled_sources;

/// What the findings of the comparison say already, or a witness of the server.
pub(crate) const TOLD_ELSEWHERE: &[&str] = &["migration-pending", "mirror-half-applied", "migration-lock"];

/// What is wrong with the histories of a project; nothing where it has none.
pub(crate) fn findings(settings: &Settings, options: &CheckOptions) -> (Vec<Diagnostic>, SourceFiles) {
    let nothing = || (Vec::new(), SourceFiles::default());
    let history_options = HistoryOptions {
        database: options.sources.database.clone(),
        no_database: options.sources.no_database,
        dialect: options.dialect.clone(),
        // Another project's migrations are no business of the gate.
        only_named: true,
        ..HistoryOptions::default()
    };
    // What is wrong with settings is told where the sources are chosen.
    let Ok(mut histories) = Histories::find(settings, &history_options) else { return nothing() };
    if histories.histories().iter().all(|history| history.migrations.is_empty()) {
        return nothing();
    }
    // A database that can't be read is told by its own reader.
    histories.read();
    let unmade = unmade(settings, &options.sources, &options.dialect, &histories);
    let findings = findings_of(&histories, &stand(&histories.histories()), &unmade);
    (findings, histories.files)
}

/// What is wrong with histories that stand like that, and whose migrations do not make all that is declared.
pub(crate) fn findings_of(histories: &Histories, standing: &Standing, unmade: &[Unmade]) -> Vec<Diagnostic> {
    let mut findings = standing.findings.clone();
    findings.retain(|finding| !TOLD_ELSEWHERE.contains(&finding.code.as_str()));
    for finding in findings.iter_mut().filter(|finding| finding.code == "migration-unmirrored") {
        // Each tool may have tables of its own: that is for the project to say.
        finding.severity = Severity::Warning;
        finding.help = Some(
            "`ormsync mirror` writes what is missing; tables of one tool alone belong into [ownership] of ormsync.toml"
                .to_owned(),
        );
    }
    findings.extend(histories.broken_promises());
    findings.extend(unmade.iter().filter_map(|unmade| unmade.finding.clone()));
    findings
}

/// What the migrations of one history do not make of what its side declares.
pub(crate) struct Unmade {
    /// The history's name.
    pub(crate) history: String,
    /// The way from the end of the history to what is declared; none where either is not known.
    pub(crate) plan: Option<Plan>,
    /// What is to be told of it.
    finding: Option<Diagnostic>,
}

/// Changes of a schema or of models that no migration makes.
pub(crate) fn unmade(
    settings: &Settings,
    sources: &SourceOptions,
    dialect: &DialectOption,
    histories: &Histories,
) -> Vec<Unmade> {
    let Ok(sides) = sides(settings, sources) else { return Vec::new() };
    let declared = |side: &Side| matches!(side.location, Location::Prisma(_) | Location::SqlAlchemy(_));
    let sides: Vec<Side> = sides.into_iter().filter(declared).collect();
    let Ok(project) = Project::for_sides(settings, sides, dialect) else { return Vec::new() };
    let sources = read_settled_sources(&project);
    let mut found = Vec::new();
    for read in &sources.read {
        let history = if read.side.name == "prisma" { "prisma" } else { "alembic" };
        let Some(end) = histories.effects.ends.get(history) else { continue };
        let has_migrations = histories.histories().iter().any(|it| it.name == history && !it.migrations.is_empty());
        let is_whole = end.opaque.is_empty() && read.schema.opaque.is_empty() && histories.effects.is_whole(history);
        if !has_migrations {
            continue;
        }
        if !is_whole {
            found.push(Unmade { history: history.to_owned(), plan: None, finding: None });
            continue;
        }
        let options = PlanOptions {
            ownership: histories.project.options.ownership.clone(),
            writer: Some(read.side.name.clone()),
            ..PlanOptions::default()
        };
        let plan = plan(end, &read.schema, histories.project.dialect, &options).ok();
        let missing = plan.as_ref().filter(|plan| !plan.is_empty());
        let finding = missing.map(|missing| behind(read.side, missing, &read.schema));
        found.push(Unmade { history: history.to_owned(), plan, finding });
    }
    found
}

fn behind(side: &Side, missing: &Plan, schema: &Schema) -> Diagnostic {
    const SHOWN: usize = 5;
    let mut subjects: Vec<String> = Vec::new();
    for operation in &missing.operations {
        let subject = operation.subject();
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let more = if subjects.len() > SHOWN { format!(" and {} more", subjects.len() - SHOWN) } else { String::new() };
    let shown = subjects.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    let message = format!("no migration makes what {} declares: {shown}{more}", side.label);
    let place = schema.tables().map(|(_, _, table)| table.origin.clone()).next().unwrap_or_else(Origin::nowhere);
    Diagnostic::error("history-behind", message, place)
        .with_help("`ormsync migrate --name NAME` writes the migration, or undo the change")
}
