//! Finding what an edit names.

use ruff_python_ast::{Expr, ExprCall, Stmt, StmtClassDef};

use super::source::Source;
use super::{Call, EditError};

impl<'a> Source<'a> {
    /// The call that is meant.
    pub(super) fn call(&self, call: &Call) -> Result<&'a ExprCall, EditError> {
        match call {
            Call::Attribute { class, attribute } => {
                let (_, statement) = self.attribute(class, attribute)?;
                let value = value_of(statement).and_then(|value| self.column_call(value));
                value.ok_or_else(|| {
                    EditError::Unclear(format!("`{class}.{attribute}` is not set to a call of a column"))
                })
            }
            Call::Table { variable } => self.table(variable),
            Call::TableColumn { variable, column } => {
                let is_meant = |call: &&ExprCall| match call.arguments.find_argument_value("name", 0) {
                    Some(Expr::StringLiteral(text)) => text.value.to_str() == column,
                    _ => false,
                };
                let mut columns =
                    self.table(variable)?.arguments.args.iter().filter_map(|it| self.column_call(it)).filter(is_meant);
                columns.next().ok_or_else(|| EditError::Missing(format!("the column {column} of `{variable}`")))
            }
        }
    }

    fn table(&self, variable: &str) -> Result<&'a ExprCall, EditError> {
        let mut found = Vec::new();
        walk(self.body, "", &mut |prefix, statement| {
            if prefix.is_empty() && sets(statement, variable) {
                found.push(statement);
            }
        });
        match found.as_slice() {
            [] => Err(EditError::Missing(format!("`{variable}`"))),
            [statement] => match value_of(statement) {
                Some(Expr::Call(call)) if last_name(&call.func) == Some("Table") => Ok(call),
                _ => Err(EditError::Unclear(format!("`{variable}` is not set to a `Table(…)`"))),
            },
            _ => Err(EditError::Unclear(format!("`{variable}` is set several times"))),
        }
    }

    /// A class by its name, nested ones with dots.
    pub(super) fn class(&self, name: &str) -> Result<&'a StmtClassDef, EditError> {
        let mut found = Vec::new();
        walk(self.body, "", &mut |prefix, statement| {
            if let Stmt::ClassDef(class) = statement
                && name.strip_prefix(prefix) == Some(class.name.as_str())
            {
                found.push(class);
            }
        });
        match found.as_slice() {
            [] => Err(EditError::Missing(format!("the class `{name}`"))),
            [class] => Ok(class),
            _ => Err(EditError::Unclear(format!("the class `{name}` is written several times"))),
        }
    }

    /// The statement that sets an attribute, and its class.
    pub(super) fn attribute(&self, class: &str, attribute: &str) -> Result<(&'a StmtClassDef, &'a Stmt), EditError> {
        let definition = self.class(class)?;
        let mut found = definition.body.iter().filter(|statement| sets(statement, attribute));
        match (found.next(), found.next()) {
            (None, _) => Err(EditError::Missing(format!("`{class}.{attribute}`"))),
            (Some(statement), None) => Ok((definition, statement)),
            (Some(_), Some(_)) => Err(EditError::Unclear(format!("`{class}.{attribute}` is set several times"))),
        }
    }
}

/// What makes a column: SQLAlchemy's and SQLModel's. A function of the project takes other arguments.
const COLUMNS: &[&str] = &["Column", "Field", "mapped_column"];

impl Source<'_> {
    /// The call that makes a column: itself, or the first argument of `deferred(…)` and `column_property(…)`.
    fn column_call<'e>(&self, value: &'e Expr) -> Option<&'e ExprCall> {
        let Expr::Call(call) = value else { return None };
        let name = last_name(&call.func)?;
        match name {
            "deferred" | "column_property" => self.column_call(call.arguments.args.first()?),
            _ if COLUMNS.contains(&name) || self.is_renamed_column(name) => Some(call),
            _ => None,
        }
    }

    /// `from sqlalchemy import Column as C`.
    fn is_renamed_column(&self, name: &str) -> bool {
        let imports = self.body.iter().filter_map(|statement| statement.as_import_from_stmt());
        let mut names = imports.flat_map(|import| &import.names);
        names.any(|alias| {
            COLUMNS.contains(&alias.name.as_str()) && alias.asname.as_ref().is_some_and(|own| own.as_str() == name)
        })
    }
}

/// Visits the statements of a module and of its classes, with the dotted name of the class they are in; also those
/// under `if` and `try`.
pub(super) fn walk<'a>(body: &'a [Stmt], prefix: &str, visit: &mut dyn FnMut(&str, &'a Stmt)) {
    for statement in body {
        visit(prefix, statement);
        match statement {
            Stmt::ClassDef(class) => walk(&class.body, &format!("{prefix}{}.", class.name), visit),
            Stmt::If(branches) => {
                walk(&branches.body, prefix, visit);
                for clause in &branches.elif_else_clauses {
                    walk(&clause.body, prefix, visit);
                }
            }
            Stmt::Try(attempt) => {
                walk(&attempt.body, prefix, visit);
                walk(&attempt.orelse, prefix, visit);
            }
            _ => {}
        }
    }
}

/// Whether a statement sets this name alone.
pub(super) fn sets(statement: &Stmt, name: &str) -> bool {
    let target = match statement {
        Stmt::Assign(assignment) => match assignment.targets.as_slice() {
            [target] => target,
            _ => return false,
        },
        Stmt::AnnAssign(assignment) => assignment.target.as_ref(),
        _ => return false,
    };
    matches!(target, Expr::Name(target) if target.id.as_str() == name)
}

/// What a statement sets its name to.
pub(super) fn value_of(statement: &Stmt) -> Option<&Expr> {
    match statement {
        Stmt::Assign(assignment) => Some(&assignment.value),
        Stmt::AnnAssign(assignment) => assignment.value.as_deref(),
        _ => None,
    }
}

/// `Column` of `sa.Column`.
pub(super) fn last_name(function: &Expr) -> Option<&str> {
    match function {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
