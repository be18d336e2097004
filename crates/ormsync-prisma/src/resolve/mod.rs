//! From tree to resolved schema, in the order in which things depend on each other: configuration, names,
//! types of fields, attributes of fields and blocks, relations.

mod attributes;
pub(crate) mod configuration;
mod defaults;
mod enums;
mod extensions;
mod fields;
mod generator;
mod keys;
pub(crate) mod model;
mod models;
pub(crate) mod names;
mod relation_fields;
pub(crate) mod relations;
mod shard_keys;

use ormsync_schema::Diagnostic;

use crate::native::{self, ProviderFacts};
use crate::sources::Sources;
use model::DataModel;

/// Resolves a schema. The provider is none where it is missing or not compared, which is an error already.
pub(crate) fn resolve<'t>(
    sources: &'t Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (DataModel<'t>, Option<&'static ProviderFacts>) {
    let (configuration, provider) = configuration::resolve(sources, diagnostics);
    let facts = provider.unwrap_or_else(native::fallback);
    let blocks = models::collect(sources, diagnostics);
    let enums = enums::resolve(&blocks.enums, facts, &configuration, diagnostics);
    let context = fields::Context { configuration: &configuration, facts, tops: &blocks.tops, enums: &enums };
    let mut models = models::resolve(&blocks.models, &context, diagnostics);
    relation_fields::resolve(&mut models, diagnostics);
    let relations = relations::infer(&models);
    (DataModel { configuration, facts, models, enums, relations }, provider)
}
