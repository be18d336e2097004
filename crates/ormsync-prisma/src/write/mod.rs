//! Writing a whole canonical schema in Prisma's language, as a Prisma user would have written it and as
//! `prisma format` leaves it.
//!
//! First everything gets its name (`plan`), then the relations are found (`relations`), then the blocks are
//! written (`model`, `enums`, `configuration`); the lines themselves are those of [`crate::spelling`].
//! What Prisma has no words for is told in a comment above the block it belongs to.

mod configuration;
mod enums;
mod joins;
mod model;
mod plan;
mod relations;
mod words;

use ormsync_schema::Schema;

use crate::native;
use plan::Plan;
use relations::Relations;

/// How to write a schema.
#[derive(Debug, Clone, Default)]
pub struct WriteOptions {
    /// What models and fields are called.
    pub names: NameStyle,
    /// The variable that holds the database's URL, for Prisma up to 6. Prisma 7 refuses a URL in the schema.
    pub url_variable: Option<String>,
    /// Whether foreign keys that only Prisma keeps are written as relations, with `relationMode = "prisma"`. They are
    /// only where the database itself has none, since a schema has one mode for all its relations.
    pub emulated_relations: bool,
}

/// Whether the foreign keys of a schema are all kept by an ORM, in the database's place.
pub fn emulates_relations(schema: &Schema) -> bool {
    let mut tables = schema.tables().map(|(_, _, table)| table);
    schema.tables().any(|(_, _, table)| !table.emulated_keys.is_empty())
        && tables.all(|table| table.foreign_keys.is_empty())
}

/// What models and fields are called.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum NameStyle {
    /// As the source calls them: the model or class of an ORM; else the table and column, as `prisma db pull` does.
    #[default]
    Source,
    /// As Prisma's documentation does: singular `PascalCase` models and `camelCase` fields, with `@@map` and `@map`.
    Idiomatic,
}

/// Writes a schema in its dialect's normal form as a Prisma schema; `prisma format` finds nothing to change in
/// it. A schema of an unknown dialect gives an empty text.
///
/// What is made up is made up in Prisma's style: relations on both sides, implicit many-to-many relations where
/// the database has their join tables, names with `@map` only where they differ.
pub fn write_schema(schema: &Schema, options: &WriteOptions) -> String {
    let Some(facts) = native::of_dialect(&schema.dialect) else { return String::new() };
    let plan = Plan::new(schema, options, facts);
    let relations = Relations::new(&plan);
    let mut blocks = vec![configuration::blocks(&plan, options)];
    blocks.extend(model::blocks(&plan, &relations));
    blocks.extend(enums::blocks(&plan));
    blocks.join("\n")
}

#[cfg(test)]
mod tests;
