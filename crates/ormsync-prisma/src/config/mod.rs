//! `prisma.config.ts`: where Prisma's command line finds the schema, the migrations and, since Prisma 7, the
//! database.
//!
//! The file is a program. What its text alone tells is read (`evaluate`); what would take running it is a
//! diagnostic with its place, and nothing is guessed.

mod evaluate;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use ormsync_schema::{Diagnostic, Origin, SourceFiles, Span};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

use crate::DatasourceUrl;
use evaluate::{Lookup, Program};

const CODE: &str = "prisma-config";

/// The names that Prisma gives its configuration, in a project's folder (documentation, "Prisma Config").
pub const CONFIG_FILES: &[&str] = &[
    "prisma.config.ts",
    "prisma.config.mts",
    "prisma.config.cts",
    "prisma.config.js",
    "prisma.config.mjs",
    "prisma.config.cjs",
    ".config/prisma.ts",
    ".config/prisma.mts",
    ".config/prisma.cts",
    ".config/prisma.js",
    ".config/prisma.mjs",
    ".config/prisma.cjs",
];

/// Bytes that a configuration may have, and bytes of stack for reading one: the parser calls itself for each bracket
/// and each sign, and a file of nothing else must not end the program.
const LONGEST: usize = 32 * 1024;
const STACK: usize = 256 * 1024 * 1024;

/// What a `prisma.config.ts` says.
#[derive(Debug, Clone, Default)]
pub struct PrismaConfig {
    /// `schema`: a file or folder.
    pub schema: Named<PathBuf>,
    /// `migrations.path`.
    pub migrations: Named<PathBuf>,
    /// `datasource.url`: the first of these that is set counts.
    pub urls: Named<Vec<DatasourceUrl>>,
    /// `datasource.directUrl`, which some releases of Prisma 6 had.
    pub direct_urls: Named<Vec<DatasourceUrl>>,
    /// The `.env` files that the program reads. Prisma itself reads none beside such a program.
    pub environment_files: Vec<PathBuf>,
    /// What was not understood.
    pub diagnostics: Vec<Diagnostic>,
    /// The text, for excerpts.
    pub files: SourceFiles,
}

/// A setting of the configuration.
#[derive(Debug, Clone, Default)]
pub enum Named<T> {
    /// It is not there.
    #[default]
    Unsaid,
    /// It is there, and what it says is known.
    Said(T, Origin),
    /// It is there, and only running the program would tell.
    Unreadable,
}

impl<T> Named<T> {
    /// What is said, where it is known.
    pub fn said(&self) -> Option<&T> {
        match self {
            Self::Said(value, _) => Some(value),
            Self::Unsaid | Self::Unreadable => None,
        }
    }

    /// Where it is said.
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::Said(_, origin) => Some(origin),
            Self::Unsaid | Self::Unreadable => None,
        }
    }
}

/// Reads the configuration at `path`. Paths in it are taken as relative to its folder, the one above where the
/// folder is `.config`.
pub fn read_config(path: &Path) -> PrismaConfig {
    let problem = match fs::read_to_string(path) {
        Ok(text) if text.len() > LONGEST => format!("it is longer than {LONGEST} bytes"),
        Ok(text) => match on_own_stack(path, &text) {
            Some(config) => return config,
            None => "there is no memory left for reading it".to_owned(),
        },
        Err(error) => error.to_string(),
    };
    let shown = path.to_string_lossy();
    let origin = Origin::file(&shown.as_ref().into(), Span::default());
    let message = format!("{shown}: this file cannot be read: {problem}.");
    PrismaConfig { diagnostics: vec![Diagnostic::warning(CODE, message, origin)], ..PrismaConfig::default() }
}

fn on_own_stack(path: &Path, text: &str) -> Option<PrismaConfig> {
    thread::scope(|scope| {
        let reading = thread::Builder::new().stack_size(STACK).spawn_scoped(scope, || {
            let mut config = PrismaConfig::default();
            config.read(path, text);
            config
        });
        reading.ok()?.join().ok()
    })
}

/// The folder that a configuration's paths are relative to.
pub fn folder_of_config(path: &Path) -> &Path {
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.file_name().is_some_and(|name| name == ".config") {
        return folder.parent().unwrap_or(Path::new(""));
    }
    folder
}

impl PrismaConfig {
    fn read(&mut self, path: &Path, text: &str) {
        let file = self.files.insert(path.to_string_lossy().as_ref(), text);
        let allocator = Allocator::default();
        let source_type = SourceType::from_path(path).unwrap_or_else(|_| SourceType::ts());
        let parsed = Parser::new(&allocator, text, source_type).parse();
        if parsed.panicked {
            let message = "This file is no TypeScript that can be read; what it says of the schema and the database \
                           is not known.";
            self.warn(&file, Span::default(), message);
            return;
        }
        let folder = folder_of_config(path);
        let program = Program::new(&parsed.program, folder);
        self.environment_files = program.environment_files();
        let Some(settings) = program.settings() else {
            let message = "There is no `export default defineConfig({ … })` in this file; what it says of the schema \
                           and the database is not known.";
            self.warn(&file, Span::default(), message);
            return;
        };
        let schema = program.lookup(settings, &["schema"]);
        self.schema = self.path(&program, schema, "schema", &file);
        let migrations = program.lookup(settings, &["migrations", "path"]);
        self.migrations = self.path(&program, migrations, "migrations.path", &file);
        let url = program.lookup(settings, &["datasource", "url"]);
        self.urls = self.url(&program, url, "datasource.url", &file);
        let direct = program.lookup(settings, &["datasource", "directUrl"]);
        self.direct_urls = self.url(&program, direct, "datasource.directUrl", &file);
    }

    fn path(&mut self, program: &Program<'_>, found: Lookup<'_>, name: &str, file: &Arc<str>) -> Named<PathBuf> {
        self.named(found, name, file, |value| program.text(value).map(|text| program.folder().join(text)))
    }

    fn url(
        &mut self,
        program: &Program<'_>,
        found: Lookup<'_>,
        name: &str,
        file: &Arc<str>,
    ) -> Named<Vec<DatasourceUrl>> {
        self.named(found, name, file, |value| program.urls(value))
    }

    fn named<'a, T>(
        &mut self,
        found: Lookup<'a>,
        name: &str,
        file: &Arc<str>,
        read: impl FnOnce(&'a oxc_ast::ast::Expression<'a>) -> Option<T>,
    ) -> Named<T> {
        let (value, span) = match found {
            Lookup::Missing => return Named::Unsaid,
            Lookup::Value(value) => (read(value), evaluate::span_of(value)),
            Lookup::Hidden(span) => (None, span),
        };
        match value {
            Some(value) => Named::Said(value, Origin::file(file, span)),
            None => {
                let message =
                    format!("What this says of `{name}` only running the program would tell: it is not read.");
                self.warn(file, span, &message);
                Named::Unreadable
            }
        }
    }

    fn warn(&mut self, file: &Arc<str>, span: Span, message: &str) {
        let help = "Understood are texts, templates of them, `path.join`, `env(\"NAME\")`, `process.env.NAME` and \
                    `??` or `||` between them. Else name the schema and the database to ormsync, by option or in \
                    ormsync.toml.";
        self.diagnostics.push(Diagnostic::warning(CODE, message, Origin::file(file, span)).with_help(help));
    }
}
