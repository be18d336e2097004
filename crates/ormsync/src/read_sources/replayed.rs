//! Schemas that are made by replaying statements or revisions, without a server.

use std::path::Path;
use std::sync::Arc;

use ormsync_dialect::Dialect;
use ormsync_schema::{Diagnostic, Origin, Reading, Schema, Server, Severity, SourceFiles, Span};
use ormsync_sqlalchemy::{AlembicSettings, Replayed};

use super::failed;
use crate::project::{Project, Side};

/// What Alembic's revisions make.
pub(super) fn alembic(project: &Project, side: &Side, path: &Path, server: Option<&Server>) -> Reading {
    let settings = match alembic_settings(path) {
        Ok(settings) => settings,
        Err(problem) => {
            let message = format!("{}: {problem}", crate::paths::display(path));
            let help = "name an alembic.ini, a pyproject.toml with [tool.alembic], or the folder with env.py";
            let diagnostic = Diagnostic::error("alembic-settings", message, side.origin.clone()).with_help(help);
            return failed(project, diagnostic);
        }
    };
    let mut reading = replay_alembic(project, &settings, server, false).reading;
    leave_out_own_tables(&mut reading.schema);
    reading
}

/// Replays Alembic's revisions, the SQL that they run among them; with what each of them came to, where `steps` says so.
pub(crate) fn replay_alembic(
    project: &Project,
    settings: &AlembicSettings,
    server: Option<&Server>,
    steps: bool,
) -> Replayed {
    let default_namespace = project.default_namespace.clone();
    let read = ormsync_sqlalchemy::ReadOptions { dialect: project.dialect, server, default_namespace };
    // A mirror makes Prisma's table where it is missing, and asks in the next revision whether it is there.
    let statements = |schema: &mut Schema, text: &str, origin: &Origin| {
        let diagnostics = ormsync_dialect::replay(schema, text, origin);
        leave_out_own_tables(schema);
        diagnostics
    };
    let options = ormsync_sqlalchemy::ReplayOptions { read, statements: Some(Arc::new(statements)), steps };
    ormsync_sqlalchemy::replay(settings, &options)
}

/// The settings of a source: a file of them, or the folder of scripts.
///
/// # Errors
/// Where they can't be read, or there are none.
pub(crate) fn alembic_settings(path: &Path) -> Result<AlembicSettings, String> {
    if path.is_file() {
        return AlembicSettings::read(path);
    }
    let inside = ["alembic.ini", "pyproject.toml"].map(|name| path.join(name));
    if path.join("versions").is_dir() {
        return Ok(AlembicSettings::of_scripts(path));
    }
    // The versions folder itself.
    if path.ends_with("versions")
        && let Some(scripts) = path.parent()
    {
        return Ok(AlembicSettings::of_scripts(scripts));
    }
    match inside.iter().find(|file| file.is_file()) {
        Some(file) => AlembicSettings::read(file),
        None => Err("there are neither settings of Alembic nor a folder `versions` in it".to_owned()),
    }
}

/// What Prisma's migrations make.
pub(super) fn prisma_migrations(project: &Project, path: &Path, server: Option<&Server>) -> Reading {
    let found = ormsync_prisma::read_migrations(path);
    let mut schema = empty(project.dialect, server);
    // How migrations are called says nothing of what they make: `status` tells it.
    let mut diagnostics = found.diagnostics;
    diagnostics.retain(|diagnostic| diagnostic.severity == Severity::Error);
    for migration in &found.migrations {
        diagnostics.extend(ormsync_dialect::replay(&mut schema, &migration.text, &migration.origin));
    }
    leave_out_own_tables(&mut schema);
    Reading { schema, diagnostics, files: found.files }
}

/// What the statements of a file make.
pub(super) fn sql(project: &Project, side: &Side, path: &Path, server: Option<&Server>) -> Reading {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("{} can't be read: {error}", crate::paths::display(path));
            return failed(project, Diagnostic::error("sql-file", message, side.origin.clone()));
        }
    };
    let mut files = SourceFiles::default();
    let shared = files.insert(crate::paths::display(path), text.as_str());
    let mut schema = empty(project.dialect, server);
    let diagnostics = ormsync_dialect::replay(&mut schema, &text, &Origin::file(&shared, Span::new(0, text.len())));
    leave_out_own_tables(&mut schema);
    Reading { schema, diagnostics, files }
}

fn empty(dialect: &dyn Dialect, server: Option<&Server>) -> Schema {
    let mut schema = Schema::new(dialect.name());
    schema.server = server.cloned();
    schema
}

/// The tools' own tables are nobody's schema.
pub(crate) fn leave_out_own_tables(schema: &mut Schema) {
    for content in schema.namespaces.values_mut() {
        for name in ormsync_prisma::OWN_TABLES.iter().chain(ormsync_sqlalchemy::OWN_TABLES) {
            content.tables.remove(*name);
        }
    }
}
