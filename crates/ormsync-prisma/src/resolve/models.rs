//! Models and views: finding them, their own attributes, and their fields.

use std::collections::HashSet;
use std::sync::Arc;

use ormsync_schema::Diagnostic;

use super::attributes::{Arguments, Attributes};
use super::fields::{self, Context};
use super::model::{FieldModel, Model};
use super::names::{self, Top, Tops};
use super::{enums, keys, shard_keys};
use crate::report::Report;
use crate::sources::Sources;
use crate::syntax::{Block, EnumBlock, ModelBlock, ModelKind};
use crate::{LARGE, threads};

/// The blocks of a schema by kind, and what each name stands for.
pub(super) struct Blocks<'t> {
    pub(super) models: Vec<(&'t Arc<str>, &'t ModelBlock)>,
    pub(super) enums: Vec<(&'t Arc<str>, &'t EnumBlock)>,
    pub(super) tops: Tops<'t>,
}

/// Finds all blocks and enters their names.
pub(super) fn collect<'t>(sources: &'t Sources, diagnostics: &mut Vec<Diagnostic>) -> Blocks<'t> {
    let mut blocks = Blocks { models: Vec::new(), enums: Vec::new(), tops: Tops::default() };
    for source in &sources.documents {
        let report = &mut Report::new(&source.path, diagnostics);
        for block in &source.document.blocks {
            match block {
                Block::Model(block) => collect_model(block, &source.path, &mut blocks, report),
                Block::Enum(block) => {
                    names::check(&block.name, "an enum", report);
                    names::check_reserved(&block.name, "enum", report);
                    let top = Top::Enum(blocks.enums.len());
                    if names::enter(&mut blocks.tops, (block.namespace.as_ref(), &block.name), "enum", top, report) {
                        blocks.enums.push((&source.path, block));
                    }
                }
                Block::Configuration(_) => {}
            }
        }
        for (_, name) in &source.document.unreadable_blocks {
            blocks.tops.insert(None, &name.text, Top::Unreadable);
        }
    }
    blocks
}

fn collect_model<'t>(block: &'t ModelBlock, path: &'t Arc<str>, blocks: &mut Blocks<'t>, report: &mut Report<'_>) {
    let keyword = block.kind.keyword();
    let name = (block.namespace.as_ref(), &block.name);
    names::check(&block.name, &format!("a {keyword}"), report);
    if block.kind == ModelKind::Composite {
        report.error_with_help(
            "prisma-type",
            block.head,
            "Composite types are for MongoDB only.",
            "Use a `Json` field, or a model of its own.",
        );
        names::enter(&mut blocks.tops, name, keyword, Top::Composite, report);
        return;
    }
    names::check_reserved(&block.name, keyword, report);
    let top = Top::Model(blocks.models.len());
    if names::enter(&mut blocks.tops, name, keyword, top, report) {
        blocks.models.push((path, block));
    }
}

/// Resolves all models.
pub(super) fn resolve<'t>(
    blocks: &[(&'t Arc<str>, &'t ModelBlock)],
    context: &Context<'_, 't>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Model<'t>> {
    let (models, found) = threads::each_in_parts(blocks, LARGE, |(path, block)| {
        let mut diagnostics = Vec::new();
        (resolve_one(path, block, context, &mut Report::new(path, &mut diagnostics)), diagnostics)
    });
    diagnostics.extend(found.into_iter().flatten());
    models
}

fn resolve_one<'t>(
    path: &'t Arc<str>,
    block: &'t ModelBlock,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> Model<'t> {
    let mut model = Model {
        path,
        block,
        table: &block.name.text,
        namespace: None,
        ignored: false,
        fields: resolve_fields(block, context, report),
        primary_key: None,
        keys: Vec::new(),
        opaque: Vec::new(),
    };
    keys::of_fields(&mut model, report);
    let mut attributes = Attributes::new("@@", &block.attributes);
    if let Some(attribute) = attributes.single("map", report)
        && let Some(name) = enums::map_name(attribute, report)
    {
        model.table = name;
    }
    let schema = attributes.single("schema", report);
    model.namespace =
        schema.and_then(|attribute| enums::namespace(attribute, context.facts, context.configuration, report));
    let around = block.namespace.as_ref().filter(|_| context.facts.has_namespaces);
    model.namespace = model.namespace.or(around.map(|name| name.text.as_str()));
    if schema.is_none() && around.is_none() && context.configuration.schemas.is_some() {
        report.error(
            "prisma-schema",
            block.head,
            format!("The datasource lists schemas, so this {} needs an `@@schema`.", block.kind.keyword()),
        );
    }
    if let Some(attribute) = attributes.single("ignore", report) {
        model.ignored = true;
        Arguments::new(attribute, report).finish(report);
        refuse_ignored_fields(&model, report);
    }
    keys::of_block(&mut model, &mut attributes, context, report);
    shard_keys::check(&model, &mut attributes, context, report);
    attributes.finish(report);
    model
}

/// So many fields are few.
const FEW: usize = 32;

fn resolve_fields<'t>(
    block: &'t ModelBlock,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> Vec<FieldModel<'t>> {
    let namespace = block.namespace.as_ref().map(|name| name.text.as_str());
    let mut names = HashSet::new();
    let mut fields: Vec<FieldModel<'t>> = Vec::with_capacity(block.fields.len());
    for field in &block.fields {
        names::check(&field.name, "a field", report);
        // Few names are looked through faster than they are hashed.
        let is_new = match block.fields.len() {
            ..=FEW => !fields.iter().any(|earlier| earlier.field.name.text == field.name.text),
            _ => names.insert(&field.name.text),
        };
        if is_new {
            fields.push(fields::resolve(field, namespace, context, report));
        } else {
            report.error_with_help(
                "prisma-name",
                field.name.span,
                format!("The field `{}` is already defined in `{}`.", field.name.text, block.name.text),
                "Only the first of them is read.",
            );
        }
    }
    fields
}

fn refuse_ignored_fields(model: &Model<'_>, report: &mut Report<'_>) {
    for field in model.fields.iter().filter(|field| field.ignored && field.is_column()) {
        report.error(
            "prisma-attribute",
            field.field.span,
            "The whole model is ignored already, so its fields take no `@ignore`.",
        );
    }
}
