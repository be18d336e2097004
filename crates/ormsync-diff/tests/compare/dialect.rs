//! A dialect with nothing special, so that these tests are about the comparison only.

use ormsync_dialect::{
    Alterations, CatalogueQuery, CatalogueRows, CatalogueScope, Condition, Conversion, Demand, Dialect, Equivalence,
    IdentifierLimit, Section,
};
use ormsync_schema::{
    Column, ColumnChange, DataType, DefaultValue, Diagnostic, Literal, Plan, Schema, Server, Table, TypeArgument,
};

/// Names are as they are written.
pub(crate) static PLAIN: Plain = Plain { folds: false };

/// Letter case means nothing in names.
pub(crate) static FOLDING: Plain = Plain { folds: true };

/// The dialect.
#[derive(Debug)]
pub(crate) struct Plain {
    folds: bool,
}

impl Dialect for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn default_namespace(&self) -> &'static str {
        "public"
    }

    fn identifier_limit(&self) -> IdentifierLimit {
        IdentifierLimit::Unlimited
    }

    fn quote_identifier(&self, name: &str) -> String {
        format!("\"{name}\"")
    }

    fn quote_text(&self, text: &str) -> String {
        format!("'{text}'")
    }

    fn is_reserved(&self, _: &str) -> bool {
        false
    }

    fn same_name(&self, left: &str, right: &str) -> bool {
        left == right || (self.folds && left.eq_ignore_ascii_case(right))
    }

    fn parse_type(&self, text: &str) -> DataType {
        DataType::named(text)
    }

    fn type_text(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::Named(named) if named.arguments.is_empty() => named.name.clone(),
            DataType::Named(named) => {
                let arguments: Vec<String> = named
                    .arguments
                    .iter()
                    .map(|argument| match argument {
                        TypeArgument::Number(number) => number.to_string(),
                        TypeArgument::Word(word) => word.clone(),
                    })
                    .collect();
                format!("{}({})", named.name, arguments.join(","))
            }
            DataType::Enum { name, .. } | DataType::UserDefined { name, .. } => name.clone(),
            DataType::InlineEnum(labels) => format!("enum({})", labels.join(",")),
            DataType::InlineSet(labels) => format!("set({})", labels.join(",")),
            DataType::Array(element) => format!("{}[]", self.type_text(element)),
            DataType::Unreadable(text) => text.clone(),
        }
    }

    fn parse_default(&self, text: &str, _: &DataType) -> DefaultValue {
        DefaultValue::Unreadable(text.to_owned())
    }

    fn default_text(&self, default: &DefaultValue) -> String {
        match default {
            DefaultValue::Literal(Literal::Number(number)) => number.clone(),
            DefaultValue::Now { .. } => "now()".to_owned(),
            other => format!("{other:?}"),
        }
    }

    fn alterations(&self, _server: Option<&Server>) -> Alterations {
        Alterations {
            rebuilds_tables: false,
            indexes_in_table: false,
            foreign_keys_in_table: false,
            foreign_keys_hold_columns: false,
            expressions_hold_names: false,
            views_hold_tables: false,
            renames_constraints: true,
            renames_indexes: true,
            splits_tables: false,
            concurrent_indexes: false,
            takes_algorithm: false,
        }
    }

    fn adds_in_place(&self, _column: &Column) -> bool {
        true
    }

    fn demands(&self, _check: &str) -> Vec<Demand> {
        Vec::new()
    }

    fn conversion(&self, _from: &DataType, _to: &DataType) -> Conversion {
        Conversion::Narrowing
    }

    fn empty_value(&self, _: &DataType, _: bool) -> Option<String> {
        None
    }

    fn using(&self, _plan: &Plan, _change: &ColumnChange) -> Option<String> {
        None
    }

    fn statements(&self, _plan: &Plan) -> Vec<Section> {
        Vec::new()
    }

    fn settle(&self, _schema: &mut Schema, _server: Option<&Server>) {}

    fn forget(&self, _table: &mut Table) {}

    fn normalise(&self, _: &mut Schema, _: Option<&Server>) {}

    fn compare_types(&self, left: &DataType, right: &DataType) -> Equivalence {
        let is_text =
            |data_type: &DataType| *data_type == DataType::named("text") || *data_type == DataType::named("varchar");
        if left.is_unreadable() || right.is_unreadable() {
            Equivalence::Unknown
        } else if left == right {
            Equivalence::Identical
        } else if is_text(left) && is_text(right) {
            Equivalence::Compatible("both take any text".to_owned())
        } else {
            Equivalence::Different
        }
    }

    fn compare_defaults(&self, left: &DefaultValue, right: &DefaultValue) -> Equivalence {
        if left == right { Equivalence::Identical } else { Equivalence::Different }
    }

    fn only_where(&self, _condition: &Condition<'_>, _statements: &[String]) -> Option<Vec<String>> {
        None
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

    fn catalogue_queries(&self, _: &Server, _: &CatalogueScope) -> Vec<CatalogueQuery> {
        Vec::new()
    }

    fn further_catalogue_queries(&self, _: &Server, _: &CatalogueRows) -> Vec<CatalogueQuery> {
        Vec::new()
    }

    fn usage_queries(&self, _: &Server, _: &CatalogueScope) -> Vec<CatalogueQuery> {
        Vec::new()
    }

    fn assemble(&self, _: &Server, _: &CatalogueScope, _: &CatalogueRows) -> (Schema, Vec<Diagnostic>) {
        (Schema::new("plain"), Vec::new())
    }
}
