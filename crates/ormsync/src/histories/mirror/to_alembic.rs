//! Prisma's migrations as Alembic's revisions.

use std::path::PathBuf;

use ormsync_dialect::{Dialect, Effect as About, script_statements};
use ormsync_diff::plan::{physical, plan_back};
use ormsync_prisma::MigrationFile;
use ormsync_schema::{Diagnostic, Operation, Origin, Plan, Severity, Warning, WarningKind};
use ormsync_sqlalchemy::{
    AlembicSettings, MIRROR_VARIABLE, RevisionBody, RevisionFrame, revision_body, write_revision,
};

use super::super::effects::way;
use super::super::{Effect, Histories};
use super::{Mirrors, environment, is_carried, verbatim};
use crate::config::{self, RevisionNames};
use crate::failure::{Failure, Result};
use crate::migrations::coupling::Coupling;
use crate::migrations::revisions::{self, Moment};
use crate::migrations::write::NewFile;
use crate::paths;
use crate::project::Settings;

/// Writes a revision for each of the migrations, one behind the other, behind the head.
pub(super) fn write(
    settings: &Settings,
    histories: &Histories,
    tie: config::History,
    lacking: &[String],
    mirrors: &mut Mirrors,
) -> Result<()> {
    let Some(prisma) = &histories.prisma else { return Ok(()) };
    let wanted = prisma.migrations.iter().filter(|migration| lacking.contains(&migration.name));
    let wanted: Vec<&MigrationFile> = wanted.collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let alembic = match &histories.alembic {
        Some((alembic, _)) => alembic.clone(),
        None => environment::of_alembic(settings, mirrors)?,
    };
    let names = settings.config.as_ref().and_then(|config| config.file.migrate.revision);
    let mut place = Place::of(histories, alembic, names);
    for migration in wanted {
        let effect = histories.effects.of("prisma", &migration.name);
        let effect = effect.ok_or_else(|| Failure::new("mirror", format!("{} was not replayed", migration.name)))?;
        let dialect = histories.project.dialect;
        let mut body = body(migration, effect, dialect, &mut mirrors.diagnostics);
        let subject = revisions::slug(subject(&migration.name));
        let moment = Moment::of_stamp(&migration.name).unwrap_or_else(revisions::now);
        let revision = place.next(&subject, &migration.text);
        let down_revision = place.last.clone();
        let coupling = Coupling {
            history: tie,
            dialect,
            migration: &migration.name,
            revision: &revision,
            down_revision: down_revision.as_deref(),
            alone: false,
        };
        let mut functions = coupling.couple(&mut body, &migration.text)?;
        if functions.is_empty() {
            functions = format!(
                "# The same change is Prisma's migration of this name.\n{MIRROR_VARIABLE} = \"{}\"\n",
                migration.name
            );
        }
        let frame = RevisionFrame {
            message: message(&subject, &migration.name),
            revision: revision.clone(),
            down_revisions: down_revision.into_iter().collect(),
            create_date: moment.create_date(),
            template: place.settings.template(),
            functions,
        };
        let text = write_revision(&frame, &body).map_err(|error| {
            let template = place.settings.script_location.join("script.py.mako");
            Failure::new("revision-template", format!("{}: {error}", paths::display(&template)))
        })?;
        mirrors.files.push(NewFile { path: place.path(&revision, &subject, moment)?, text });
        place.take(revision);
    }
    Ok(())
}

/// Where revisions go, and what they are called there.
struct Place {
    settings: AlembicSettings,
    known: Vec<String>,
    last: Option<String>,
    hashes: bool,
}

impl Place {
    fn of(histories: &Histories, settings: AlembicSettings, names: Option<RevisionNames>) -> Self {
        let history = histories.alembic.as_ref().map(|(_, alembic)| &alembic.history);
        let known: Vec<String> =
            history.iter().flat_map(|it| &it.migrations).map(|migration| migration.id.clone()).collect();
        // Several heads were refused.
        let last = history.and_then(|history| history.heads().first().map(|head| head.id.clone()));
        let is_hash = |id: &String| id.len() == 12 && id.chars().all(|letter| letter.is_ascii_hexdigit());
        let hashes = match names {
            Some(names) => names == RevisionNames::Hash,
            None => !known.is_empty() && known.iter().all(is_hash),
        };
        Self { settings, known, last, hashes }
    }

    fn next(&self, subject: &str, text: &str) -> String {
        if self.hashes {
            return revisions::hash(&[subject, text]);
        }
        revisions::sequential(self.known.iter().map(String::as_str), subject)
    }

    fn path(&self, revision: &str, subject: &str, moment: Moment) -> Result<PathBuf> {
        let file = self.settings.file_name(revision, subject, &moment.parts());
        let file = file.map_err(|error| Failure::new("alembic-settings", error.to_string()))?;
        let usual = if self.hashes { format!("{revision}_{subject}") } else { revision.to_owned() };
        let folder = self.settings.version_locations.first().cloned().unwrap_or_default();
        Ok(folder.join(format!("{}.py", file.unwrap_or(usual))))
    }

    fn take(&mut self, revision: String) {
        self.known.push(revision.clone());
        self.last = Some(revision);
    }
}

/// What a migration is about: its name without the moment.
fn subject(name: &str) -> &str {
    match name.split_once('_') {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) && !rest.is_empty() => rest,
        _ => name,
    }
}

fn message(subject: &str, name: &str) -> String {
    if subject.is_empty() { name.to_owned() } else { subject.replace('_', " ") }
}

/// What a migration does, in Alembic's words where they say all of it, else as its own statements.
fn body(
    migration: &MigrationFile,
    effect: &Effect,
    dialect: &'static dyn Dialect,
    told: &mut Vec<Diagnostic>,
) -> RevisionBody {
    let statements = script_statements(dialect.name(), &migration.text);
    let nothing = Plan::new(dialect.name(), None);
    let whole = way(&effect.before, &effect.after, dialect);
    let is_understood = effect.problems.iter().all(|problem| problem.severity < Severity::Error);
    let there = whole.clone().filter(|_| is_understood && !statements.iter().any(|statement| statement.renames));
    let there = there.and_then(|whole| in_operations(migration, effect, whole, dialect));
    let back = match (&migration.down, &whole) {
        (Some(down), _) => Some(as_it_is(down, dialect)),
        (None, Some(whole)) => Some(plan_back(whole, dialect)),
        (None, None) => None,
    };
    if !is_understood && migration.down.is_none() {
        let message =
            format!("not all of {} was understood: its mirror's downgrade() may not undo all of it", migration.name);
        let place = effect.problems.first().map(|problem| problem.origin.clone()).unwrap_or_default();
        let help = "the statements are carried over as they are; look at downgrade(), and write what is missing there";
        told.push(Diagnostic::warning("mirror-downgrade", message, place).with_help(help));
    }
    let back = back.unwrap_or_else(|| nothing.clone());
    match there {
        Some(there) => revision_body(&effect.before, &there, &back),
        None => {
            let verbatim = as_it_is(&migration.text, dialect);
            let up = revision_body(&effect.before, &verbatim, &nothing);
            // Written from the schema that it starts at.
            up.with_way_back(revision_body(&effect.after, &back, &nothing))
        }
    }
}

/// All statements of a script, as they are.
fn as_it_is(text: &str, dialect: &dyn Dialect) -> Plan {
    let statements = script_statements(dialect.name(), text);
    let operations = statements.iter().filter(|it| is_carried(it)).map(|it| verbatim(it.text)).collect();
    Plan { operations, ..Plan::new(dialect.name(), None) }
}

/// The operations of a migration, with the statements about rows where they stand; none where operations do not come to
/// the same.
fn in_operations(
    migration: &MigrationFile,
    effect: &Effect,
    whole: Plan,
    dialect: &'static dyn Dialect,
) -> Option<Plan> {
    let is_unplanned = |warning: &Warning| warning.kind == WarningKind::NotPlanned;
    let end = whole.apply(&effect.before).ok()?;
    if physical(&end, dialect) != physical(&effect.after, dialect) || whole.warnings.iter().any(is_unplanned) {
        return None;
    }
    let statements = script_statements(dialect.name(), &migration.text);
    if !statements.iter().any(|statement| statement.effect != About::Schema && is_carried(statement)) {
        return Some(whole);
    }
    let mut operations: Vec<Operation> = Vec::new();
    let (mut state, mut from) = (effect.before.clone(), effect.before.clone());
    for statement in statements.iter().filter(|statement| is_carried(statement)) {
        if statement.effect == About::Schema {
            let problems = ormsync_dialect::replay(&mut state, statement.text, &Origin::nowhere());
            if problems.iter().any(|problem| problem.severity == Severity::Error) {
                return None;
            }
            continue;
        }
        let mut to = state.clone();
        dialect.settle(&mut to, whole.server.as_ref());
        operations.extend(way(&from, &to, dialect)?.operations);
        operations.push(verbatim(statement.text));
        from = to;
    }
    operations.extend(way(&from, &effect.after, dialect)?.operations);
    Some(Plan { operations, ..whole })
}
