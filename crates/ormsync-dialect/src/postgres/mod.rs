//! PostgreSQL.

mod alterations;
mod catalogue;
mod condition;
mod constraint_names;
mod defaults;
mod expressions;
mod facts;
mod normal_form;
mod replay;
mod reserved;
mod statements;
mod types;

use ormsync_schema::{Column, ColumnChange, DataType, DefaultValue, Diagnostic, Plan, Schema, Server, Table};

use crate::expression::{self, Scope};
use crate::{Alterations, Condition, Conversion, Demand, Section};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, Dialect, Equivalence, IdentifierLimit};

pub(crate) use replay::REPLAY;

/// PostgreSQL.
pub static POSTGRESQL: PostgreSql = PostgreSql;

/// PostgreSQL.
#[derive(Debug, Clone, Copy)]
pub struct PostgreSql;

impl Dialect for PostgreSql {
    fn name(&self) -> &'static str {
        "postgresql"
    }

    fn default_namespace(&self) -> &'static str {
        "public"
    }

    fn identifier_limit(&self) -> IdentifierLimit {
        facts::IDENTIFIER_LIMIT
    }

    fn quote_identifier(&self, name: &str) -> String {
        facts::quote_identifier(name)
    }

    fn quote_text(&self, text: &str) -> String {
        facts::quote_text(text)
    }

    fn is_reserved(&self, name: &str) -> bool {
        // A name with capital letters has to be quoted anyway, and then is no such word.
        reserved::RESERVED.binary_search(&name).is_ok()
    }

    fn same_name(&self, left: &str, right: &str) -> bool {
        facts::same_name(left, right)
    }

    fn parse_type(&self, text: &str) -> DataType {
        types::parse(text)
    }

    fn type_text(&self, data_type: &DataType) -> String {
        types::print(data_type)
    }

    fn parse_default(&self, text: &str, data_type: &DataType) -> DefaultValue {
        defaults::parse(text, data_type)
    }

    fn default_text(&self, default: &DefaultValue) -> String {
        defaults::print(default)
    }

    fn normalise(&self, schema: &mut Schema, server: Option<&Server>) {
        self.settle(schema, server);
        schema
            .namespaces
            .values_mut()
            .flat_map(|content| content.tables.values_mut())
            .for_each(|table| self.forget(table));
    }

    fn settle(&self, schema: &mut Schema, server: Option<&Server>) {
        normal_form::settle(schema, server);
    }

    fn forget(&self, table: &mut Table) {
        // The catalogue tells all that is said.
        let _ = table;
    }

    fn compare_types(&self, left: &DataType, right: &DataType) -> Equivalence {
        types::compare(left, right)
    }

    fn compare_defaults(&self, left: &DefaultValue, right: &DefaultValue) -> Equivalence {
        defaults::compare(left, right)
    }

    fn alterations(&self, server: Option<&Server>) -> Alterations {
        alterations::of(server)
    }

    fn adds_in_place(&self, column: &Column) -> bool {
        alterations::adds_in_place(column)
    }

    fn conversion(&self, from: &DataType, to: &DataType) -> Conversion {
        alterations::conversion(from, to)
    }

    fn demands(&self, check: &str) -> Vec<Demand> {
        expression::demands(check, &Scope::bare(&expressions::GRAMMAR))
    }

    fn empty_value(&self, data_type: &DataType, _is_added: bool) -> Option<String> {
        alterations::empty_value(data_type)
    }

    fn using(&self, plan: &Plan, change: &ColumnChange) -> Option<String> {
        statements::using(plan, change)
    }

    fn statements(&self, plan: &Plan) -> Vec<Section> {
        statements::of(plan)
    }

    fn only_where(&self, condition: &Condition<'_>, statements: &[String]) -> Option<Vec<String>> {
        Some(condition::only_where(condition, statements))
    }

    fn insert_together(&self, inserts: &[String]) -> Option<String> {
        // The triggers that look at references fire behind the whole of a statement
        // (https://www.postgresql.org/docs/current/queries-with.html#QUERIES-WITH-MODIFYING).
        let parts: Vec<String> =
            inserts.iter().enumerate().map(|(at, insert)| format!("part_{at} AS ({insert})")).collect();
        Some(format!("WITH {} SELECT 1", parts.join(", ")))
    }

    fn with_given_names(&self, table: &str, name: &str, column: &Column, server: Option<&Server>) -> Column {
        let mut said = column.clone();
        if column.identity.is_some() && column.numbered_by.is_none() {
            said.numbered_by = Some(constraint_names::object_name(table, name, "seq"));
        }
        // Since 18 it is a constraint like others.
        let has_constraint = server.and_then(|server| server.version.first()).is_some_and(|major| *major >= 18);
        if has_constraint && !column.nullable && column.not_null.as_ref().is_none_or(|it| it.name.is_none()) {
            let constraint = said.not_null.get_or_insert_default();
            constraint.name = Some(constraint_names::object_name(table, name, "not_null"));
        }
        said
    }

    fn number_from(&self, table: &str, column: &str, next: usize) -> Option<String> {
        let (table, column) = (self.quote_text(table), self.quote_text(column));
        Some(format!(
            "SELECT setval(owned::regclass, {next}) FROM (SELECT pg_get_serial_sequence({table}, {column}) AS owned) \
             AS sequences WHERE owned IS NOT NULL"
        ))
    }

    fn catalogue_queries(&self, server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
        catalogue::queries(server, scope)
    }

    fn further_catalogue_queries(&self, _server: &Server, _rows: &CatalogueRows) -> Vec<CatalogueQuery> {
        Vec::new()
    }

    fn usage_queries(&self, _server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
        catalogue::usage_queries(scope)
    }

    fn assemble(&self, server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
        catalogue::assemble(server, scope, rows)
    }
}
