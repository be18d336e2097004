//! MySQL and MariaDB.

mod alterations;
mod catalogue;
mod condition;
mod defaults;
mod expressions;
mod facts;
mod generated_names;
mod normal_form;
mod replay;
mod reserved;
mod statements;
mod tokens;
mod types;

use ormsync_schema::{Column, ColumnChange, DataType, DefaultValue, Diagnostic, Plan, Schema, Server, Table};

use crate::expression::{self, Scope};
use crate::{Alterations, Condition, Conversion, Demand, Section};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, Dialect, Equivalence, IdentifierLimit};

pub use facts::MYSQL_TABLE_CHARSET;
pub(crate) use replay::REPLAY;

/// MySQL and MariaDB.
pub static MYSQL: MySql = MySql;

/// MySQL and MariaDB.
#[derive(Debug, Clone, Copy)]
pub struct MySql;

impl Dialect for MySql {
    fn name(&self) -> &'static str {
        "mysql"
    }

    fn default_namespace(&self) -> &'static str {
        ""
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
        reserved::RESERVED.binary_search(&name.to_lowercase().as_str()).is_ok()
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
        normal_form::forget(table);
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

    fn empty_value(&self, data_type: &DataType, is_added: bool) -> Option<String> {
        alterations::empty_value(data_type, is_added)
    }

    fn using(&self, _plan: &Plan, _change: &ColumnChange) -> Option<String> {
        None
    }

    fn statements(&self, plan: &Plan) -> Vec<Section> {
        statements::of(plan)
    }

    fn only_where(&self, condition: &Condition<'_>, statements: &[String]) -> Option<Vec<String>> {
        Some(condition::only_where(condition, statements))
    }

    fn insert_together(&self, _inserts: &[String]) -> Option<String> {
        None
    }

    fn with_given_names(&self, _table: &str, _name: &str, column: &Column, _server: Option<&Server>) -> Column {
        column.clone()
    }

    fn number_from(&self, _table: &str, _column: &str, _next: usize) -> Option<String> {
        None
    }

    fn catalogue_queries(&self, server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
        catalogue::queries(server, scope)
    }

    fn catalogue_connections(&self, server: &Server, rows: &CatalogueRows) -> usize {
        catalogue::connections(server, rows)
    }

    fn further_catalogue_queries(&self, server: &Server, rows: &CatalogueRows) -> Vec<CatalogueQuery> {
        catalogue::further_queries(server, rows)
    }

    fn half_read(&self, rows: &CatalogueRows, schema: &Schema) -> Option<String> {
        catalogue::half_read(rows, schema)
    }

    fn usage_queries(&self, _server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery> {
        catalogue::usage_queries(scope)
    }

    fn assemble(&self, server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
        catalogue::assemble(server, scope, rows)
    }
}
