//! Statements that are run only where something is there, or is not.

use ormsync_schema::QualifiedName;

use super::facts;
use crate::{Condition, Existing};

/// There are no blocks outside of routines, but statements can be made of text: the statement itself or one that does
/// nothing. The condition is looked at once, before the first of them.
pub(super) fn only_where(condition: &Condition<'_>, statements: &[String]) -> Vec<String> {
    let comparison = if condition.is_there { "> 0" } else { "= 0" };
    let mut all = vec![format!("SET @ormsync_runs = ({}) {comparison}", count_of(condition.object))];
    for statement in statements {
        all.extend([
            format!("SET @ormsync = IF(@ormsync_runs, {}, 'DO 0')", facts::quote_text(statement)),
            "PREPARE ormsync FROM @ormsync".to_owned(),
            "EXECUTE ormsync".to_owned(),
            "DEALLOCATE PREPARE ormsync".to_owned(),
        ]);
    }
    all
}

fn count_of(object: Existing<'_>) -> String {
    let count = |view: &str, table: &QualifiedName, further: String| {
        let schema =
            if table.namespace.is_empty() { "DATABASE()".to_owned() } else { facts::quote_text(&table.namespace) };
        let name = facts::quote_text(&table.name);
        format!(
            "SELECT COUNT(*) FROM information_schema.{view} WHERE table_schema = {schema} AND table_name = {name}{further}"
        )
    };
    let named = |column: &str, name: &str| format!(" AND {column} = {}", facts::quote_text(name));
    match object {
        Existing::Relation(name) => count("tables", name, String::new()),
        Existing::Column(table, name) => count("columns", table, named("column_name", name)),
        Existing::Index(table, name) => count("statistics", table, named("index_name", name)),
        Existing::Constraint(table, name) => count("table_constraints", table, named("constraint_name", name)),
        // Types belong to columns here, and a table of that name is none.
        Existing::Type(_) => "SELECT 0".to_owned(),
    }
}
