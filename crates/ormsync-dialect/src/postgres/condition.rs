//! Statements that are run only where something is there, or is not.

use ormsync_schema::QualifiedName;

use super::facts;
use crate::{Condition, Existing};

/// A block that runs the statements where the condition holds. Some drivers split a script at every semicolon, so there is
/// none in it.
pub(super) fn only_where(condition: &Condition<'_>, statements: &[String]) -> Vec<String> {
    let not = if condition.is_there { "" } else { "NOT " };
    let body: String = statements.iter().map(|statement| format!("{statement}; ")).collect();
    let block = format!("BEGIN IF {not}({}) THEN {body}END IF; END", is_there(condition.object));
    let escaped = block.replace('\\', "\\\\").replace('\'', "\\'").replace(';', "\\x3B");
    vec![format!("DO LANGUAGE plpgsql E'{escaped}'")]
}

fn is_there(object: Existing<'_>) -> String {
    let text = facts::quote_text;
    match object {
        Existing::Relation(name) => format!("to_regclass({}) IS NOT NULL", text(&path(name))),
        Existing::Type(name) => format!("to_regtype({}) IS NOT NULL", text(&path(name))),
        Existing::Index(table, name) => {
            let index = QualifiedName::new(&table.namespace, name);
            format!("to_regclass({}) IS NOT NULL", text(&path(&index)))
        }
        Existing::Column(table, name) => format!(
            "EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = to_regclass({}) AND attname = {} AND NOT attisdropped)",
            text(&path(table)),
            text(name)
        ),
        Existing::Constraint(table, name) => format!(
            "EXISTS (SELECT 1 FROM pg_constraint WHERE conrelid = to_regclass({}) AND conname = {})",
            text(&path(table)),
            text(name)
        ),
    }
}

/// A name as the server looks it up: without a namespace where statements have none either, so that both find the same.
fn path(name: &QualifiedName) -> String {
    if name.namespace.is_empty() || name.namespace == facts::DEFAULT_NAMESPACE {
        return facts::quote_identifier(&name.name);
    }
    format!("{}.{}", facts::quote_identifier(&name.namespace), facts::quote_identifier(&name.name))
}
