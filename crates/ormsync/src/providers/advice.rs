//! Whether each tool is told to leave the other's tables alone. Without that Prisma wants to reset a database in which it
//! finds `alembic_version`, and Alembic's autogenerate drops what only Prisma has.

use std::path::Path;
use std::sync::Arc;

use ormsync_schema::{Diagnostic, Origin, Severity, Span};

use super::quoted::{Comments, has_word, texts};
use super::{Places, text_of};
use crate::paths;

/// What is missing in the settings of a project that is migrated by both tools.
pub(crate) fn missing(places: &Places) -> Vec<Diagnostic> {
    let mut advice = Vec::new();
    let (Some(migrations), Some(environment)) = (&places.migrations, &places.environment) else { return advice };
    if !migrations.is_dir() || !environment.is_file() {
        return advice;
    }
    let configuration = places.prisma_configuration();
    let text = configuration.as_deref().and_then(text_of);
    let names_it = |text: &String| {
        texts(text, Comments::Slashes)
            .iter()
            .any(|(_, name)| ormsync_sqlalchemy::OWN_TABLES.iter().any(|table| name.rsplit('.').next() == Some(*table)))
    };
    if !text.as_ref().is_some_and(names_it) {
        let message =
            "nothing tells Prisma to leave Alembic's table alone: `migrate dev` would want to reset the database";
        let place = configuration.as_deref().map_or_else(Origin::nowhere, whole);
        let help = "`ormsync init --print-ignores` prints `tables.external` for prisma.config.ts (Prisma 6.13 and later; \
                    older versions have no such setting)";
        advice.push(Diagnostic::new(Severity::Note, "prisma-external-tables", message, place).with_help(help));
    }
    let code = text_of(environment);
    let filters = |code: &String| ["include_object", "include_name"].iter().any(|word| has_word(code, word));
    if !code.as_ref().is_some_and(filters) {
        let message = "nothing tells Alembic to leave Prisma's tables alone: autogenerate would propose to drop them";
        let help = "`ormsync init --print-ignores` prints an `include_object` for env.py";
        advice.push(
            Diagnostic::new(Severity::Note, "alembic-include-object", message, whole(environment)).with_help(help),
        );
    }
    advice
}

/// A file as such.
fn whole(path: &Path) -> Origin {
    Origin::file(&Arc::from(paths::display(path)), Span::default())
}
