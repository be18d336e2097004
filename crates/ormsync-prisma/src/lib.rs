//! Reads Prisma schemas: `.prisma` text to syntax tree to canonical schema.
//!
//! The way of a schema through this crate:
//!
//! | step | what |
//! | --- | --- |
//! | `sources` | finding and reading the files |
//! | `syntax` | the grammar (`grammars/prisma.pest`) and the tree, with the place of everything |
//! | `resolve` | names looked up, attributes understood, relations paired |
//! | `validate` | the mistakes that `prisma validate` refuses, in our words |
//! | `lower` | what Prisma's engine would make in a database |
//! | `spelling` | the way back: an object of the canonical schema in Prisma's language |
//! | `write` | the way back for a whole schema |
//! | `config` | `prisma.config.ts`: where the schema and the database are |
//! | `edit` | changes in a text that leave all the rest of it as it was |
//! | `migrations` | the folder of migrations, and Prisma's own table |
//! | `history` | the migrations in a folder as a history, and the rows of that table |
//!
//! `threads` shares the work of large schemas among the cores. `native` holds what differs between Prisma's providers. No step stops at an error: what is not understood
//! is a diagnostic with its place, and opaque in the canonical schema.
//!
//! The judge of everything here is Prisma's own engine: what it accepts is never refused.

// The parser that pest makes without its `std` names it.
extern crate alloc;

mod config;
mod datasource;
mod edit;
mod history;
mod literal;
mod lower;
mod migrations;
mod native;
mod report;
mod resolve;
mod sources;
mod spelling;
mod suppressions;
mod syntax;
mod threads;
mod validate;
mod write;

use std::path::Path;

use ormsync_schema::{Diagnostic, Place, Reading, Schema};

pub use config::{CONFIG_FILES, Named, PrismaConfig, folder_of_config, read_config};
pub use datasource::{Datasource, DatasourceUrl, datasource};
pub use edit::{Edit, EditError, edit};
pub use history::{
    MIRROR_MARK, MigrationFile, Migrations, RECORD_COLUMNS, RECORD_ORDER, checksum, read_migrations, records,
};
pub use migrations::{
    durations_query, lock_file, migration_names, migrations_folder, migrations_table, warnings_comment,
};
pub use spelling::PrismaSpelling;
pub use suppressions::suppressions;
pub use write::{NameStyle, WriteOptions, emulates_relations, write_schema};

/// The tables that Prisma's own tooling makes in a database.
pub const OWN_TABLES: &[&str] = &["_prisma_migrations"];

/// How to read a Prisma schema.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// The namespace of models without `@@schema`, where the database URL names one (`?schema=`).
    pub default_namespace: Option<String>,
}

/// Reads a schema: a `.prisma` file, or a folder of them. A file that is missing or unreadable is an
/// error diagnostic like any other.
pub fn read(path: &Path, options: &ReadOptions) -> Reading {
    read_sources(sources::Sources::load(path), options)
}

/// Reads one text as if it were the file at `path`.
pub fn read_text(path: &str, text: &str, options: &ReadOptions) -> Reading {
    read_sources(sources::Sources::of_text(path, text), options)
}

/// From so many models on, threads save more than they cost.
const LARGE: usize = 64;

fn read_sources(mut sources: sources::Sources, options: &ReadOptions) -> Reading {
    let mut diagnostics = Vec::new();
    let (model, provider) = resolve::resolve(&sources, &mut diagnostics);
    let is_large = model.models.len() >= LARGE;
    let schema = if provider.is_some() {
        let default_namespace = options.default_namespace.as_deref();
        let (refused, schema) = threads::both(
            is_large,
            || validate::validate(&model),
            || lower::lower(&model, &sources, default_namespace),
        );
        diagnostics.extend(refused);
        schema
    } else {
        // Without a provider nothing of the models can be judged or lowered; the errors say why.
        diagnostics.retain(|diagnostic| matches!(diagnostic.code.as_str(), "prisma-provider" | "prisma-datasource"));
        Schema::new("")
    };
    drop(model);
    if is_large {
        threads::let_go(std::mem::take(&mut sources.documents));
    }
    sources.diagnostics.append(&mut diagnostics);
    sources.diagnostics.sort_by(|left, right| place_of(left).cmp(&place_of(right)));
    // A name may clash in two scopes at once; once is enough to be told.
    sources
        .diagnostics
        .dedup_by(|next, earlier| next.message == earlier.message && place_of(next) == place_of(earlier));
    Reading { schema, diagnostics: sources.diagnostics, files: sources.files }
}

/// Where a message belongs in the order of files and lines.
fn place_of(diagnostic: &Diagnostic) -> Option<(&str, usize)> {
    match &diagnostic.origin.place {
        Place::File { path, span } => Some((path, span.start)),
        Place::Catalogue { .. } | Place::Nowhere => None,
    }
}

#[cfg(test)]
mod tests;
