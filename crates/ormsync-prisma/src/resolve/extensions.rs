//! `extensions = […]` of the datasource.

use ormsync_schema::Origin;

use super::attributes::elements;
use super::configuration::setting;
use super::model::{Configuration, ExtensionModel};
use crate::native::ProviderFacts;
use crate::report::Report;
use crate::sources::SourceDocument;
use crate::syntax::{Argument, ConfigurationBlock, Expression, ExpressionKind};

const CODE: &str = "prisma-datasource";

pub(super) fn resolve<'t>(
    source: &'t SourceDocument,
    block: &'t ConfigurationBlock,
    facts: Option<&ProviderFacts>,
    configuration: &mut Configuration<'t>,
    report: &mut Report<'_>,
) {
    let Some(value) = setting(block, "extensions") else { return };
    if let Some(facts) = facts
        && !facts.has_extensions
    {
        report.error(CODE, value.span, format!("`extensions` is not for {}.", facts.display));
        return;
    }
    if !configuration.previews("postgresqlExtensions") {
        report.error_with_help(
            "prisma-preview-feature",
            value.span,
            "`extensions` needs a preview feature.",
            "Add \"postgresqlExtensions\" to `previewFeatures` of the generator.",
        );
    }
    configuration.says_extensions = true;
    for element in elements(value) {
        match extension(element, source.origin(element.span), report) {
            Some(extension) => configuration.extensions.push(extension),
            None => report.error(CODE, element.span, "This is not the name of an extension."),
        }
    }
}

fn extension<'t>(element: &'t Expression, origin: Origin, report: &mut Report<'_>) -> Option<ExtensionModel<'t>> {
    let (name, arguments): (&str, &[Argument]) = match &element.kind {
        ExpressionKind::Constant(name) => (name, &[]),
        ExpressionKind::Function(name, arguments) => (name, arguments),
        _ => return None,
    };
    let mut extension = ExtensionModel { name, version: None, namespace: None, origin };
    let mut met = Vec::new();
    for argument in arguments {
        // The engine passes over a name without a value here.
        let Some(value) = &argument.value else { continue };
        let Some(name) = &argument.name else {
            report.error(CODE, argument.span, "The arguments of an extension have names: `map`, `schema`, `version`.");
            continue;
        };
        if met.contains(&name.text.as_str()) {
            report.error(CODE, argument.span, format!("The argument `{}` is given twice.", name.text));
        }
        met.push(name.text.as_str());
        let text = value.as_text();
        match name.text.as_str() {
            "map" => extension.name = text.unwrap_or(extension.name),
            "schema" => extension.namespace = text,
            "version" => extension.version = text,
            unknown => {
                report.error_with_help(
                    CODE,
                    argument.span,
                    format!("An extension has no argument `{unknown}`."),
                    "Its arguments are `map`, `schema` and `version`.",
                );
                continue;
            }
        }
        if text.is_none() {
            let message = format!("The argument `{}` takes a string, not {}.", name.text, value.form());
            report.error(CODE, value.span, message);
        }
    }
    Some(extension)
}
