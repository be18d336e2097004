//! The generator and the datasource.

use ormsync_schema::{Extension, Fact};

use super::WriteOptions;
use super::plan::Plan;
use crate::spelling::identifier;
use crate::syntax::quote;

/// Extensions that every PostgreSQL database has.
const USUAL_EXTENSIONS: &[&str] = &["plpgsql"];

/// Both blocks.
pub(super) fn blocks(plan: &Plan, options: &WriteOptions) -> String {
    let mut generator = vec![("provider", quote("prisma-client-js"))];
    let previews = previews(plan);
    if !previews.is_empty() {
        generator.push(("previewFeatures", list(previews.iter().map(|feature| quote(feature)))));
    }
    let mut datasource = vec![("provider", quote(plan.facts.dialect.name()))];
    if let Some(variable) = &options.url_variable {
        datasource.push(("url", format!("env({})", quote(variable))));
    }
    if plan.emulates {
        datasource.push(("relationMode", quote("prisma")));
    }
    if !plan.namespaces.is_empty() {
        datasource.push(("schemas", list(plan.namespaces.iter().map(|name| quote(name)))));
    }
    let extensions: Vec<String> = extensions(plan).map(|(name, extension)| spelled(plan, name, extension)).collect();
    if !extensions.is_empty() {
        datasource.push(("extensions", list(extensions.into_iter())));
    }
    format!("{}\n{}", block("generator client", &generator), block("datasource db", &datasource))
}

/// The preview features that the rest of the schema needs.
fn previews(plan: &Plan) -> Vec<&'static str> {
    let has_predicates = plan.facts.has_partial_indexes
        && plan.models().any(|(_, table)| table.indexes.iter().any(|index| index.predicate.is_some()));
    [
        ("partialIndexes", has_predicates),
        ("postgresqlExtensions", extensions(plan).next().is_some()),
        ("views", !plan.views.is_empty()),
    ]
    .into_iter()
    .filter_map(|(name, is_needed)| is_needed.then_some(name))
    .collect()
}

fn extensions(plan: &Plan) -> impl Iterator<Item = (&str, &Extension)> {
    let says = plan.facts.has_extensions && plan.schema.says(Fact::Extension);
    let all = plan.schema.extensions.iter().map(|(name, extension)| (name.as_str(), extension));
    all.filter(move |(name, _)| says && !USUAL_EXTENSIONS.contains(name))
}

/// An extension with what differs from its usual name and place. A server's version is what happened to be
/// installed there, so it is not asked for.
fn spelled(plan: &Plan, name: &str, extension: &Extension) -> String {
    let plain = identifier::of(name);
    let usual = plan.facts.dialect.default_namespace();
    let namespace = extension.namespace.as_ref().filter(|namespace| *namespace != usual);
    let version = extension.version.as_ref().filter(|_| plan.schema.server.is_none());
    let map = (plain != name).then_some(name);
    let arguments: Vec<String> =
        [("map", map), ("schema", namespace.map(String::as_str)), ("version", version.map(String::as_str))]
            .into_iter()
            .filter_map(|(name, value)| Some(format!("{name}: {}", quote(value?))))
            .collect();
    if arguments.is_empty() { plain } else { format!("{plain}({})", arguments.join(", ")) }
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

fn block(head: &str, settings: &[(&str, String)]) -> String {
    let width = settings.iter().map(|(name, _)| name.len()).max().unwrap_or_default();
    let lines: String = settings.iter().map(|(name, value)| format!("  {name:width$} = {value}\n")).collect();
    format!("{head} {{\n{lines}}}\n")
}
