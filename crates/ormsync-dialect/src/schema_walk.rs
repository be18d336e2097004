//! Bringing every type, default and expression of a schema into normal form, in the one order that
//! works: types first (they direct the rest), then defaults, then expressions over the columns.

use indexmap::IndexMap;
use ormsync_schema::{Check, Column, DataType, DefaultValue, Expression, Index, IndexTarget, Schema, Table, View};

use rayon::prelude::*;

use crate::expression::{self, Grammar, Scope};

/// What a dialect does to the single facts.
pub(crate) struct Forms {
    /// How it writes expressions.
    pub(crate) grammar: &'static Grammar,
    /// Brings a type into its one spelling.
    pub(crate) data_type: fn(&mut DataType),
    /// A default in normal form, for a column of a type in normal form.
    pub(crate) default: fn(DefaultValue, &DataType) -> DefaultValue,
    /// Whether a default is no default.
    pub(crate) is_null: fn(&DefaultValue) -> bool,
    /// Whether two names mean the same column.
    pub(crate) same_name: fn(&str, &str) -> bool,
}

impl Forms {
    /// Every type, default and expression of the schema. Where types are named, `prepare` has been there.
    pub(crate) fn apply(&self, schema: &mut Schema) {
        each_table(schema, |name, table| self.apply_to_table(name, table));
        for namespace in schema.namespaces.values_mut() {
            for domain in namespace.domains.values_mut() {
                (self.data_type)(&mut domain.data_type);
                let value_type = domain.data_type.clone();
                let scope = Scope {
                    grammar: self.grammar,
                    table: "",
                    columns: &|name: &str| {
                        name.eq_ignore_ascii_case("value").then(|| ("value".to_owned(), value_type.clone()))
                    },
                };
                for Check { expression, .. } in &mut domain.checks {
                    *expression = expression::normalise(expression, &scope);
                }
                domain.default = domain
                    .default
                    .take()
                    .map(|default| (self.default)(default, &domain.data_type))
                    .filter(|default| !(self.is_null)(default));
            }
            for composite in namespace.composite_types.values_mut() {
                for field in composite.fields.values_mut() {
                    (self.data_type)(field);
                }
            }
            for range in namespace.ranges.values_mut() {
                (self.data_type)(&mut range.subtype);
            }
            for (name, view) in &mut namespace.views {
                self.apply_to_view(name, view);
            }
        }
    }

    fn apply_to_table(&self, name: &str, table: &mut Table) {
        for column in table.columns.values_mut() {
            self.apply_to_column(column);
        }
        if !has_expressions(table) {
            return;
        }
        let types = types_of(&table.columns);
        let lookup = |name: &str| self.find_column(&types, name);
        let scope = Scope { grammar: self.grammar, table: name, columns: &lookup };
        for column in table.columns.values_mut() {
            if let Some(generated) = &mut column.generated {
                generated.expression = expression::normalise(&generated.expression, &scope);
            }
        }
        for Check { expression, .. } in &mut table.checks {
            *expression = expression::normalise(expression, &scope);
        }
        for index in &mut table.indexes {
            apply_to_index(index, &scope);
        }
        for policy in table.policies.values_mut() {
            for expression in policy.using.iter_mut().chain(&mut policy.with_check) {
                *expression = expression::normalise(expression, &scope);
            }
        }
    }

    fn apply_to_view(&self, name: &str, view: &mut View) {
        for column in view.columns.values_mut() {
            (self.data_type)(&mut column.data_type);
        }
        if view.indexes.is_empty() {
            return;
        }
        let types = types_of(&view.columns);
        let lookup = |name: &str| self.find_column(&types, name);
        let scope = Scope { grammar: self.grammar, table: name, columns: &lookup };
        for index in &mut view.indexes {
            apply_to_index(index, &scope);
        }
    }

    /// The column that a name in an expression means, by its declared name.
    fn find_column(&self, types: &IndexMap<String, DataType>, name: &str) -> Option<(String, DataType)> {
        let exact = types.get_key_value(name);
        let found = exact.or_else(|| types.iter().find(|(declared, _)| (self.same_name)(declared, name)));
        found.map(|(declared, data_type)| (declared.clone(), data_type.clone()))
    }

    fn apply_to_column(&self, column: &mut Column) {
        (self.data_type)(&mut column.data_type);
        let form =
            |default| Some((self.default)(default, &column.data_type)).filter(|default| !(self.is_null)(default));
        column.default = column.default.take().and_then(form);
        column.on_update = column.on_update.take().and_then(|default| form(*default)).map(Box::new);
    }
}

/// From so many tables on, threads save more than they cost.
const LARGE: usize = 64;

/// Does something to every table, by its name: on all cores, where there are many.
pub(crate) fn each_table(schema: &mut Schema, work: impl Fn(&str, &mut Table) + Sync + Send) {
    let mut tables: Vec<_> = schema.namespaces.values_mut().flat_map(|namespace| &mut namespace.tables).collect();
    if tables.len() < LARGE {
        tables.into_iter().for_each(|(name, table)| work(name, table));
    } else {
        tables.par_iter_mut().with_min_len(LARGE / 4).for_each(|(name, table)| work(name, table));
    }
}

/// Whether anything of a table but its defaults is an expression: few tables have any.
fn has_expressions(table: &Table) -> bool {
    let in_index = |index: &Index| {
        index.predicate.is_some() || index.parts.iter().any(|part| matches!(part.target, IndexTarget::Expression(_)))
    };
    !table.checks.is_empty()
        || !table.policies.is_empty()
        || table.columns.values().any(|column| column.generated.is_some())
        || table.indexes.iter().any(in_index)
}

fn types_of(columns: &IndexMap<String, Column>) -> IndexMap<String, DataType> {
    columns.iter().map(|(name, column)| (name.clone(), column.data_type.clone())).collect()
}

fn apply_to_index(index: &mut Index, scope: &Scope<'_>) {
    if let Some(predicate) = &mut index.predicate {
        *predicate = expression::normalise(predicate, scope);
    }
    for part in &mut index.parts {
        let IndexTarget::Expression(written) = &part.target else { continue };
        part.target = match column_of(written, scope) {
            Some(column) => IndexTarget::Column(column),
            None => IndexTarget::Expression(expression::normalise(written, scope)),
        };
    }
}

/// The column that an expression consists of.
fn column_of(expression: &Expression, scope: &Scope<'_>) -> Option<String> {
    match expression::read(&expression.text, scope)? {
        expression::Term::Column(path) => match path.as_slice() {
            [name] => (scope.columns)(name).map(|(declared, _)| declared),
            _ => None,
        },
        _ => None,
    }
}
