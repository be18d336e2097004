//! The files of a change: Prisma's migration, its way back, and Alembic's revision.

use ormsync_schema::{Plan, Schema};
use ormsync_sqlalchemy::{RevisionFrame, revision_body, write_revision};

use super::coupling::Coupling;
use super::place::{AlembicPlace, PrismaPlace};
use super::revisions::Moment;
use super::write::NewFile;
use crate::command_line::{MigrateOptions, SourceOptions};
use crate::config::History;
use crate::failure::{Failure, Result};
use crate::paths;
use crate::project::{Project, Settings, sides};

/// What is changed by one pair.
#[derive(Debug)]
pub(crate) struct Change {
    /// What it is called behind the name of the whole; empty where it is all of it.
    pub(crate) ending: String,
    /// The schema before.
    pub(crate) from: Schema,
    /// The way there.
    pub(crate) there: Plan,
    /// The way back.
    pub(crate) back: Plan,
}

/// The pairs of one run.
pub(crate) struct Pairs<'a> {
    /// What is configured and found.
    pub(crate) settings: &'a Settings,
    /// The sides.
    pub(crate) project: &'a Project,
    /// What was asked for.
    pub(crate) options: &'a MigrateOptions,
    /// Now.
    pub(crate) moment: Moment,
    /// The change's name as part of a file's.
    pub(crate) slug: &'a str,
}

impl Pairs<'_> {
    /// The files of all changes, each pair behind the one before it.
    ///
    /// # Errors
    /// Where nothing says where a pair goes, or the project's own template can't be used.
    pub(crate) fn files(&self, changes: &[Change]) -> Result<Vec<NewFile>> {
        let mut files = Vec::new();
        let (mut migrations, mut revisions) = (Vec::new(), Vec::new());
        for change in changes {
            self.add_pair(change, &mut migrations, &mut revisions, &mut files)?;
        }
        Ok(files)
    }

    fn history(&self) -> History {
        let section = self.settings.config.as_ref().map(|config| &config.file.migrate);
        let is_pair = !self.options.prisma_only && !self.options.alembic_only;
        let told = self.options.history.or_else(|| section.and_then(|section| section.history));
        if is_pair { told.unwrap_or(History::Lockstep) } else { History::Independent }
    }

    fn add_pair(
        &self,
        change: &Change,
        migrations: &mut Vec<String>,
        revisions: &mut Vec<String>,
        files: &mut Vec<NewFile>,
    ) -> Result<()> {
        let slug =
            if change.ending.is_empty() { self.slug.to_owned() } else { format!("{}_{}", self.slug, change.ending) };
        let mut sql = self.script(&change.there);
        let mut down = self.script(&change.back);
        if change.there.manner.concurrently {
            down = format!(
                "-- To be sent one by one, as psql does: no transaction may surround the first statement.\n\n{down}"
            );
        }
        let mut body = revision_body(&change.from, &change.there, &change.back);
        let prisma = (!self.options.alembic_only)
            .then(|| self.prisma_place(&slug, migrations.last().map(String::as_str)))
            .transpose()?;
        let alembic =
            (!self.options.prisma_only).then(|| self.alembic_place((&slug, &body.upgrade), revisions)).transpose()?;
        let mut functions = String::new();
        if let Some(place) = &prisma {
            let coupling = Coupling {
                history: self.history(),
                dialect: self.project.dialect,
                migration: &place.name,
                revision: alembic.as_ref().map_or("", |alembic| &alembic.revision),
                down_revision: alembic.as_ref().and_then(|alembic| alembic.down_revision.as_deref()),
                alone: change.there.manner.concurrently,
            };
            sql.push_str(&coupling.behind_migration());
            down.push_str(&coupling.behind_way_back());
            if alembic.is_some() {
                functions = coupling.couple(&mut body, &sql)?;
            }
            let lock = place.folder.join("migration_lock.toml");
            if migrations.is_empty() && !paths::openable(&lock).exists() {
                files.push(NewFile { path: lock, text: ormsync_prisma::lock_file(self.project.dialect.name()) });
            }
            files.push(NewFile { path: place.migration().join("migration.sql"), text: sql });
            files.push(NewFile { path: place.migration().join("down.sql"), text: down });
            migrations.push(place.name.clone());
        }
        if let Some(place) = alembic {
            let ending = if change.ending.is_empty() { String::new() } else { format!(" ({})", change.ending) };
            let frame = RevisionFrame {
                message: format!("{}{ending}", self.options.name),
                revision: place.revision.clone(),
                down_revisions: place.down_revision.into_iter().collect(),
                create_date: self.moment.create_date(),
                template: place.template.as_ref().map(|(_, text)| text.clone()),
                functions,
            };
            let text = write_revision(&frame, &body).map_err(|error| {
                let path = place.template.map(|(path, _)| paths::display(&path)).unwrap_or_default();
                Failure::new("revision-template", format!("{path}: {error}"))
                    .with_help("--prisma-only leaves the revision out")
            })?;
            revisions.push(place.revision);
            files.push(NewFile { path: place.path, text });
        }
        Ok(())
    }

    fn prisma_place(&self, slug: &str, earlier: Option<&str>) -> Result<PrismaPlace> {
        let sides = sides(self.settings, &SourceOptions::default())?;
        PrismaPlace::find(self.settings, &sides, (self.moment, slug), earlier)
    }

    fn alembic_place(&self, (slug, content): (&str, &str), earlier: &[String]) -> Result<AlembicPlace> {
        let names = self.settings.config.as_ref().and_then(|config| config.file.migrate.revision);
        let head = self.options.head.as_deref();
        AlembicPlace::find(self.settings, head, names, (self.moment, slug, content), earlier)
    }

    fn script(&self, plan: &Plan) -> String {
        let statements = ormsync_dialect::script(&self.project.dialect.statements(plan));
        ormsync_prisma::warnings_comment(&plan.warnings) + &statements
    }
}
