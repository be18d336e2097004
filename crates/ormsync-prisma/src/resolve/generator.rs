//! The generators: which features they turn on, and what the engine refuses of them.

use super::attributes::elements;
use super::configuration::{refuse_bad_settings, setting};
use super::model::Configuration;
use super::names;
use crate::report::Report;
use crate::syntax::{Argument, ConfigurationBlock, Expression, ExpressionKind};

const CODE: &str = "prisma-generator";

pub(super) fn resolve<'t>(
    block: &'t ConfigurationBlock,
    configuration: &mut Configuration<'t>,
    report: &mut Report<'_>,
) {
    names::check_own_type(&block.name, report);
    refuse_bad_settings(block, report);
    for property in &block.properties {
        if let Some(value) = &property.value {
            check_environment(value, report);
            check_form(&property.name.text, value, report);
        }
    }
    if !block.properties.iter().any(|property| property.name.text == "provider") {
        report.error(CODE, block.name.span, "This generator has no `provider`.");
    }
    if let Some(features) = setting(block, "previewFeatures") {
        preview_features(features, configuration, report);
    }
}

/// The settings that the engine knows take strings; those that others invented take anything.
fn check_form(name: &str, value: &Expression, report: &mut Report<'_>) {
    let (values, takes_variables) = match name {
        "provider" | "output" => (std::slice::from_ref(value), true),
        "engineType" => (std::slice::from_ref(value), false),
        "binaryTargets" => (elements(value), true),
        "previewFeatures" => (elements(value), false),
        _ => return,
    };
    for value in values {
        let is_variable = takes_variables && value.as_function().is_some_and(|(function, _)| function == "env");
        if value.as_text().is_none() && !is_variable {
            report.error(CODE, value.span, format!("The generator's `{name}` takes strings, not {}.", value.form()));
        }
    }
}

/// `env("NAME")` has one string, wherever it stands.
fn check_environment(value: &Expression, report: &mut Report<'_>) {
    match &value.kind {
        ExpressionKind::Array(elements) => {
            for element in elements {
                check_environment(element, report);
            }
        }
        ExpressionKind::Function(name, arguments) if name == "env" => {
            let is_one_text = matches!(arguments.as_slice(), [argument] if argument_is_text(argument));
            if !is_one_text {
                report.error(CODE, value.span, "`env` takes the name of one environment variable, as a string.");
            }
        }
        _ => {}
    }
}

fn argument_is_text(argument: &Argument) -> bool {
    argument.value.as_ref().is_some_and(|value| value.as_text().is_some())
}

/// The names that preview features have or had, Prisma 2 to 7. Most no longer do anything.
const PREVIEW_FEATURES: &[&str] = &[
    "aggregateApi",
    "atomicNumberOperations",
    "clientExtensions",
    "cockroachdb",
    "connectOrCreate",
    "createMany",
    "dataProxy",
    "deno",
    "distinct",
    "driverAdapters",
    "extendedIndexes",
    "extendedWhereUnique",
    "fieldReference",
    "filterJson",
    "filteredRelationCount",
    "fullTextIndex",
    "fullTextSearch",
    "fullTextSearchPostgres",
    "groupBy",
    "improvedQueryRaw",
    "insensitiveFilters",
    "interactiveTransactions",
    "jsonProtocol",
    "metrics",
    "microsoftSqlServer",
    "middlewares",
    "mongoDb",
    "multiSchema",
    "nApi",
    "namedConstraints",
    "nativeDistinct",
    "nativeTypes",
    "omitApi",
    "orderByAggregateGroup",
    "orderByNulls",
    "orderByRelation",
    "partialIndexes",
    "postgresqlExtensions",
    "prismaSchemaFolder",
    "queryCompiler",
    "reactNative",
    "referentialActions",
    "referentialIntegrity",
    "relationJoins",
    "schemaEngineDriverAdapters",
    "selectRelationCount",
    "shardKeys",
    "strictUndefinedChecks",
    "tracing",
    "transactionApi",
    "typedSql",
    "uncheckedScalarInputs",
    "views",
];

fn preview_features<'t>(value: &'t Expression, configuration: &mut Configuration<'t>, report: &mut Report<'_>) {
    for element in elements(value) {
        let Some(name) = element.as_text() else { continue };
        configuration.preview_features.push(name);
        if !PREVIEW_FEATURES.iter().any(|known| known.eq_ignore_ascii_case(name)) {
            // No error: a newer Prisma may have it, and no feature changes what the rest of a schema says.
            report.warning(
                "prisma-preview-feature",
                element.span,
                format!("`{name}` is not a preview feature of Prisma 7 or earlier."),
            );
        }
    }
}
