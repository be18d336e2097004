//! The datasource of a schema: where the database is.

use std::path::Path;

use ormsync_schema::Origin;

use crate::resolve::configuration::{blocks, setting};
use crate::sources::Sources;
use crate::syntax::{Argument, ConfigurationBlock, Expression, ExpressionKind};

/// The datasource block of a schema.
#[derive(Debug, Clone)]
pub struct Datasource {
    /// `provider`, as written.
    pub provider: String,
    /// `url`, if it is there.
    pub url: Option<DatasourceUrl>,
    /// `directUrl`, if it is there: the one to introspect through.
    pub direct_url: Option<DatasourceUrl>,
    /// `shadowDatabaseUrl`, if it is there.
    pub shadow_database_url: Option<DatasourceUrl>,
    /// `relationMode`, if it is there.
    pub relation_mode: Option<String>,
    /// `schemas`, empty if it is not there.
    pub schemas: Vec<String>,
    /// The block.
    pub origin: Origin,
}

/// A URL of a datasource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DatasourceUrl {
    /// Written out.
    Literal(String),
    /// `env("NAME")`.
    Environment(String),
}

/// The datasource of a schema (file or folder), if it can be found; syntax errors elsewhere do not matter.
pub fn datasource(path: &Path) -> Option<Datasource> {
    of_sources(&Sources::load_datasources(path))
}

fn of_sources(sources: &Sources) -> Option<Datasource> {
    let (source, block) = blocks(sources, true).next()?;
    let texts = |name: &str| match setting(block, name).map(|value| &value.kind) {
        Some(ExpressionKind::Array(elements)) => {
            elements.iter().filter_map(Expression::as_text).map(str::to_owned).collect()
        }
        _ => Vec::new(),
    };
    Some(Datasource {
        provider: setting(block, "provider")?.as_text()?.to_owned(),
        url: url(block, "url"),
        direct_url: url(block, "directUrl"),
        shadow_database_url: url(block, "shadowDatabaseUrl"),
        relation_mode: setting(block, "relationMode").and_then(Expression::as_text).map(str::to_owned),
        schemas: texts("schemas"),
        origin: source.origin(block.span),
    })
}

fn url(block: &ConfigurationBlock, name: &str) -> Option<DatasourceUrl> {
    let value = setting(block, name)?;
    match &value.kind {
        ExpressionKind::Text(text) => Some(DatasourceUrl::Literal(text.to_string())),
        ExpressionKind::Function(function, arguments) if function == "env" => {
            let variable = arguments.first().and_then(argument_text)?;
            Some(DatasourceUrl::Environment(variable.to_owned()))
        }
        _ => None,
    }
}

fn argument_text(argument: &Argument) -> Option<&str> {
    argument.value.as_ref()?.as_text()
}
