//! The configuration blocks, and all of the datasource but its extensions.

use ormsync_schema::{Diagnostic, Span};

use super::attributes::elements;
use super::model::Configuration;
use super::{extensions, generator, names};
use crate::native::{self, Provider, ProviderFacts};
use crate::report::Report;
use crate::sources::{SourceDocument, Sources};
use crate::syntax::{Block, ConfigurationBlock, Expression};

const PROVIDERS: &str = "The providers that are compared are postgresql, mysql and sqlite.";

/// The settings of a datasource that Prisma has or had.
const DATASOURCE_SETTINGS: &[&str] = &[
    "provider",
    "url",
    "directUrl",
    "shadowDatabaseUrl",
    "relationMode",
    "referentialIntegrity",
    "schemas",
    "extensions",
];

/// Reads all configuration blocks. Without a provider that can be compared there is an error, and the rest
/// is read as if it were for [`native::fallback`].
pub(super) fn resolve<'t>(
    sources: &'t Sources,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Configuration<'t>, Option<&'static ProviderFacts>) {
    let mut configuration = Configuration::default();
    let datasources: Vec<_> = blocks(sources, true).collect();
    let mut facts = None;
    for (source, block) in blocks(sources, false) {
        generator::resolve(block, &mut configuration, &mut Report::new(&source.path, diagnostics));
    }
    for (position, (source, block)) in datasources.iter().enumerate() {
        let report = &mut Report::new(&source.path, diagnostics);
        if position == 0 {
            facts = datasource(source, block, &mut configuration, report);
        } else {
            report.error_with_help(
                "prisma-datasource",
                block.name.span,
                "A schema has one datasource; this is another.",
                "Leave one of them; files that are not part of this schema belong in another folder.",
            );
        }
    }
    if datasources.is_empty()
        && let Some(source) = sources.documents.first()
    {
        Report::new(&source.path, diagnostics).error_with_help(
            "prisma-datasource",
            Span::default(),
            "There is no datasource in this schema, so its provider is not known.",
            "Name the folder that holds all files of the schema, or add a `datasource` block.",
        );
    }
    (configuration, facts)
}

/// The datasource or generator blocks of all files.
pub(crate) fn blocks(
    sources: &Sources,
    is_datasource: bool,
) -> impl Iterator<Item = (&SourceDocument, &ConfigurationBlock)> {
    sources.documents.iter().flat_map(move |source| {
        source.document.blocks.iter().filter_map(move |block| match block {
            Block::Configuration(block) if block.is_datasource == is_datasource => Some((source, block)),
            _ => None,
        })
    })
}

/// The value of a setting.
pub(crate) fn setting<'t>(block: &'t ConfigurationBlock, name: &str) -> Option<&'t Expression> {
    block.properties.iter().find(|property| property.name.text == name)?.value.as_ref()
}

pub(super) fn refuse_bad_settings(block: &ConfigurationBlock, report: &mut Report<'_>) {
    for (position, property) in block.properties.iter().enumerate() {
        let name = &property.name;
        if property.value.is_none() {
            report.error("prisma-datasource", property.span, format!("`{}` has no value.", name.text));
        }
        if block.properties[..position].iter().any(|earlier| earlier.name.text == name.text) {
            report.error("prisma-datasource", name.span, format!("`{}` is set twice.", name.text));
        }
    }
}

fn datasource<'t>(
    source: &'t SourceDocument,
    block: &'t ConfigurationBlock,
    configuration: &mut Configuration<'t>,
    report: &mut Report<'_>,
) -> Option<&'static ProviderFacts> {
    configuration.datasource_name = Some(&block.name.text);
    names::check_own_type(&block.name, report);
    refuse_bad_settings(block, report);
    for property in &block.properties {
        if property.name.text == "previewFeatures" {
            report.error_with_help(
                "prisma-datasource",
                property.span,
                "Preview features are not a setting of the datasource.",
                "Move `previewFeatures` to the generator.",
            );
        } else if !DATASOURCE_SETTINGS.contains(&property.name.text.as_str()) {
            report.error(
                "prisma-datasource",
                property.span,
                format!("A datasource has no setting `{}`.", property.name.text),
            );
        }
    }
    let facts = provider(block, report);
    relation_mode(block, configuration, report);
    schemas(block, facts, configuration, report);
    extensions::resolve(source, block, facts, configuration, report);
    facts
}

fn provider(block: &ConfigurationBlock, report: &mut Report<'_>) -> Option<&'static ProviderFacts> {
    let Some(value) = setting(block, "provider") else {
        report.error_with_help("prisma-provider", block.name.span, "This datasource has no `provider`.", PROVIDERS);
        return None;
    };
    let Some(name) = value.as_text() else {
        report.error_with_help(
            "prisma-provider",
            value.span,
            format!("The provider must be written out as a string, not as {}.", value.form()),
            PROVIDERS,
        );
        return None;
    };
    match native::provider(name) {
        Provider::Known(facts) => Some(facts),
        Provider::NotCompared => {
            report.error_with_help(
                "prisma-provider",
                value.span,
                format!("The provider {name} is not compared."),
                PROVIDERS,
            );
            None
        }
        Provider::Unknown => {
            report.error_with_help(
                "prisma-provider",
                value.span,
                format!("Prisma has no provider `{name}`."),
                if name == "mariadb" { "For MariaDB it is mysql." } else { PROVIDERS },
            );
            None
        }
    }
}

fn relation_mode(block: &ConfigurationBlock, configuration: &mut Configuration<'_>, report: &mut Report<'_>) {
    let (current, former) = (setting(block, "relationMode"), setting(block, "referentialIntegrity"));
    if let (Some(_), Some(former)) = (current, former) {
        report.error(
            "prisma-datasource",
            former.span,
            "`referentialIntegrity` is the former name of `relationMode`; only one of them may be set.",
        );
    }
    let Some(value) = current.or(former) else { return };
    match value.as_text() {
        Some("prisma") => configuration.emulates_relations = true,
        Some("foreignKeys") => {}
        _ => report.error_with_help(
            "prisma-datasource",
            value.span,
            "This is not a relation mode.",
            "Write \"foreignKeys\" or \"prisma\".",
        ),
    }
}

fn schemas<'t>(
    block: &'t ConfigurationBlock,
    facts: Option<&ProviderFacts>,
    configuration: &mut Configuration<'t>,
    report: &mut Report<'_>,
) {
    let Some(value) = setting(block, "schemas") else { return };
    if let Some(facts) = facts
        && !facts.has_namespaces
    {
        report.error("prisma-schema", value.span, format!("`schemas` is not for {}.", facts.display));
        return;
    }
    let mut names: Vec<&str> = Vec::new();
    for element in elements(value) {
        match element.as_text() {
            Some(name) if names.contains(&name) => {
                report.error("prisma-schema", element.span, format!("The schema `{name}` is listed twice."));
            }
            Some(name) => names.push(name),
            None => report.error("prisma-schema", element.span, "A schema's name is a string."),
        }
    }
    if elements(value).is_empty() {
        report.error("prisma-schema", value.span, "This list of schemas is empty.");
        return;
    }
    configuration.schemas = Some(names);
}
