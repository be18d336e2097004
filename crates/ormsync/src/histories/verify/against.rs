//! What a history made of a scratch database, beside what it should have: what a replay without a server makes, and the
//! target, which is what the side declares today.

use std::time::Instant;

use ormsync_database::DatabaseUrl;
use ormsync_diff::{Finding, Ownership, Selection};
use ormsync_schema::{Diagnostic, Origin, Severity, SourceFiles};

use super::Wanted;
use crate::command_line::{DialectOption, SourceOptions};
use crate::failure::Result;
use crate::gate::{self, Compared};
use crate::histories::Histories;
use crate::project::{Location, Project, Settings, Side, sides};
use crate::read_sources::ReadSide;
use crate::terminal::Terminal;

/// How a scratch database differs from what its side declares.
pub(crate) struct Target {
    /// Where that is declared, as people write it.
    pub(crate) place: String,
    /// What the gate would say of that database; errors fail.
    pub(crate) findings: Vec<Finding>,
    /// What could not be read of the declaration.
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The files that those point into.
    pub(crate) files: SourceFiles,
}

impl Target {
    /// Whether the database is what is declared, as far as the gate is concerned.
    pub(crate) fn is_reached(&self) -> bool {
        let is_read = self.diagnostics.iter().all(|diagnostic| diagnostic.severity < Severity::Error);
        is_read && self.findings.iter().all(|finding| finding.severity < Severity::Error)
    }
}

/// How the scratch database differs from a replay without a server, a line for each difference.
pub(super) fn replay(
    settings: &Settings,
    histories: &Histories,
    history: &str,
    url: &DatabaseUrl,
    terminal: &Terminal,
) -> Result<Vec<String>> {
    let replayed = match (history, &histories.prisma, &histories.alembic) {
        ("prisma", Some(prisma), _) => Location::PrismaMigrations(prisma.folder.clone()),
        (_, _, Some((alembic, _))) => Location::Alembic(alembic.script_location.clone()),
        _ => return Ok(Vec::new()),
    };
    let database = Location::Database { url: Box::new(url.clone()), namespaces: Vec::new() };
    let sides = [replayed, database].map(|location| Side::new(location, Origin::nowhere()));
    let mut project = Project::for_sides(settings, sides.into(), &DialectOption::default())?;
    project.options.differences_only = true;
    let compared = gate::compared(&project, Selection::default(), terminal, Instant::now());
    Ok(compared.comparison.findings.iter().map(|finding| finding.headline.clone()).collect())
}

/// Compares the scratch database with what the history's side declares, as `check` would compare a database: with the
/// project's ownership, rules, and comments that allow something. None where nothing is declared.
///
/// # Errors
/// Where settings are wrong.
pub(super) fn target(
    settings: &Settings,
    history: &str,
    url: &DatabaseUrl,
    wanted: &Wanted<'_>,
    terminal: &Terminal,
) -> Result<Option<Target>> {
    let name = if history == "prisma" { "prisma" } else { "sqlalchemy" };
    let declared = |side: &Side| side.name == name && !matches!(side.location, Location::Unusable(_));
    // What is ambiguous is told by `check`; a project of migrations alone declares nothing.
    let found = sides(settings, &SourceOptions { no_database: true, ..SourceOptions::default() }).unwrap_or_default();
    let Some(side) = found.into_iter().find(declared) else { return Ok(None) };
    let place = side.location.describe();
    let namespaces = settings.config.as_ref().and_then(|config| config.file.database.as_ref());
    let namespaces = namespaces.map(|section| section.schemas.clone()).unwrap_or_default();
    let database = Side::database(Location::Database { url: Box::new(url.clone()), namespaces }, Origin::nowhere());
    let dialect = DialectOption { dialect: wanted.dialect.clone() };
    let mut project = Project::for_sides(settings, vec![side, database], &dialect)?;
    let others = {
        let compared = gate::compared(&project, Selection::default(), terminal, Instant::now());
        let others = of_others(&project, &compared, name);
        if others.is_empty() {
            return Ok(Some(told(place, compared)));
        }
        others
    };
    // What somebody else's migrations make is not there, nor what only that needs.
    project.options.ownership.ignore.extend(others);
    let compared = gate::compared(&project, Selection::default(), terminal, Instant::now());
    Ok(Some(told(place, compared)))
}

fn told(place: String, compared: Compared<'_>) -> Target {
    let Compared { sources, comparison, .. } = compared;
    let mut diagnostics = sources.diagnostics;
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    Target { place, findings: comparison.findings, diagnostics, files: sources.files }
}

/// The declared tables that the scratch database lacks and whose DDL another side, or nobody here, writes: as patterns.
fn of_others(project: &Project, compared: &Compared<'_>, own: &str) -> Vec<String> {
    let schema_of = |is_live: bool| {
        let is_it = |side: &&ReadSide<'_>| matches!(side.side.location, Location::Database { .. }) == is_live;
        compared.sources.read.iter().find(is_it).map(|side| &side.schema)
    };
    let (Some(declared), Some(live)) = (schema_of(false), schema_of(true)) else { return Vec::new() };
    let missing: Vec<(&str, &str)> = declared
        .tables()
        .map(|(namespace, name, _)| (namespace, name))
        .filter(|(namespace, name)| live.table(namespace, name).is_none())
        .collect();
    let owners = project.options.ownership.owners(missing.iter().copied());
    let is_others = |owner: &Ownership| match owner {
        Ownership::Source(source) => source != own,
        Ownership::External => true,
        Ownership::Shared | Ownership::Observed | Ownership::Ignored => false,
    };
    let others = missing.iter().zip(&owners).filter(|(_, owner)| is_others(owner));
    others.map(|((namespace, name), _)| exactly(namespace, name)).collect()
}

/// The pattern that matches one name only.
fn exactly(namespace: &str, name: &str) -> String {
    let escaped = |text: &str| {
        let is_special = |letter: char| "*?[]{}!\\".contains(letter);
        let letters =
            text.chars().map(|letter| if is_special(letter) { format!("[{letter}]") } else { letter.to_string() });
        letters.collect::<String>()
    };
    if namespace.is_empty() { escaped(name) } else { format!("{}.{}", escaped(namespace), escaped(name)) }
}
