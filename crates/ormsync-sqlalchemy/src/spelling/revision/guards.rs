//! Functions by which a revision looks whether what it makes is there already.

use std::collections::BTreeSet;

use ormsync_dialect::{Condition, Existing};
use ormsync_schema::{Operation, QualifiedName};

use super::super::python::{Argument, Name, Python};
use super::super::writer::keyword;

const FUNCTIONS: &str = include_str!("guards.py.j2");

/// The call that asks whether an object is there.
pub(super) fn question(operation: &Operation, condition: &Condition<'_>, default_namespace: &str) -> Python {
    let is_sequence = matches!(operation, Operation::CreateSequence { .. } | Operation::DropSequence { .. });
    let (function, name, part) = match condition.object {
        Existing::Relation(name) if is_sequence => ("has_sequence", name, None),
        Existing::Relation(name) => ("has_table", name, None),
        Existing::Type(name) => ("has_type", name, None),
        Existing::Column(table, column) => ("has_column", table, Some(column)),
        Existing::Index(table, index) => ("has_index", table, Some(index)),
        Existing::Constraint(table, constraint) => ("has_constraint", table, Some(constraint)),
    };
    let QualifiedName { namespace, name } = name;
    let mut arguments = vec![Argument::Positional(Python::text(name))];
    arguments.extend(part.map(|part| Argument::Positional(Python::text(part))));
    if !namespace.is_empty() && namespace != default_namespace {
        arguments.push(keyword("schema", Python::text(namespace)));
    }
    Python::call(Name::local(function), arguments)
}

/// The functions of these names, as they stand at the end of a revision.
pub(super) fn functions(names: &BTreeSet<String>) -> String {
    if names.is_empty() {
        return String::new();
    }
    let context = minijinja::context! { names => names };
    // The template is ours and every name in it is given.
    minijinja::Environment::new().render_str(FUNCTIONS, context).map(|text| text.trim().to_owned()).unwrap_or_default()
}
