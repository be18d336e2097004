//! Enums and their values.

use std::collections::HashSet;
use std::sync::Arc;

use ormsync_schema::Diagnostic;

use super::attributes::{Arguments, Attributes, expect_text};
use super::model::{Configuration, EnumModel};
use super::names;
use crate::native::ProviderFacts;
use crate::report::Report;
use crate::syntax::{Attribute, EnumBlock};

pub(super) fn resolve<'t>(
    blocks: &[(&'t Arc<str>, &'t EnumBlock)],
    facts: &ProviderFacts,
    configuration: &Configuration<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<EnumModel<'t>> {
    blocks
        .iter()
        .map(|(path, block)| {
            let report = &mut Report::new(path, diagnostics);
            let values = values(block, report);
            let mut attributes = Attributes::new("@@", &block.attributes);
            let map = attributes.single("map", report).and_then(|attribute| map_name(attribute, report));
            let schema = attributes.single("schema", report);
            let namespace = schema.and_then(|attribute| namespace(attribute, facts, configuration, report));
            let around = block.namespace.as_ref().filter(|_| facts.has_namespaces);
            let namespace = namespace.or(around.map(|name| name.text.as_str()));
            if schema.is_none() && around.is_none() {
                expect_schema(block, configuration, report);
            }
            attributes.finish(report);
            EnumModel {
                path,
                block,
                type_name: map.unwrap_or(&block.name.text),
                namespace,
                values,
                incomplete: !block.bad_members.is_empty(),
            }
        })
        .collect()
}

fn expect_schema(block: &EnumBlock, configuration: &Configuration<'_>, report: &mut Report<'_>) {
    if configuration.schemas.is_some() {
        report.error("prisma-schema", block.head, "The datasource lists schemas, so this enum needs an `@@schema`.");
    }
}

fn values<'t>(block: &'t EnumBlock, report: &mut Report<'_>) -> Vec<(&'t str, &'t str)> {
    if block.values.is_empty() && block.bad_members.is_empty() {
        report.error("prisma-enum", block.head, "An enum needs at least one value.");
    }
    let mut names = HashSet::new();
    let mut values = Vec::new();
    for value in &block.values {
        names::check(&value.name, "an enum value", report);
        let mut attributes = Attributes::new("@", &value.attributes);
        let label = attributes.single("map", report).and_then(|attribute| map_name(attribute, report));
        attributes.finish(report);
        if names.insert(&value.name.text) {
            values.push((value.name.text.as_str(), label.unwrap_or(&value.name.text)));
        } else {
            report.error(
                "prisma-enum",
                value.name.span,
                format!("The enum `{}` has the value `{}` twice.", block.name.text, value.name.text),
            );
        }
    }
    values
}

/// The argument of `@map` or `@@map`.
pub(super) fn map_name<'t>(attribute: &'t Attribute, report: &mut Report<'_>) -> Option<&'t str> {
    let mut arguments = Arguments::new(attribute, report);
    let value = arguments.required("name", report);
    arguments.finish(report);
    expect_text(value?, "name", report)
}

/// The argument of `@@schema`.
pub(super) fn namespace<'t>(
    attribute: &'t Attribute,
    facts: &ProviderFacts,
    configuration: &Configuration<'_>,
    report: &mut Report<'_>,
) -> Option<&'t str> {
    let name = map_name(attribute, report)?;
    if !facts.has_namespaces {
        report.error("prisma-schema", attribute.span, format!("`@@schema` is not for {}.", facts.display));
        return None;
    }
    let is_listed = configuration.schemas.as_ref().is_some_and(|schemas| schemas.contains(&name));
    if !is_listed {
        report.error_with_help(
            "prisma-schema",
            attribute.span,
            format!("The datasource does not list the schema `{name}`."),
            "Add it to `schemas` of the datasource.",
        );
    }
    Some(name)
}
