//! Attributes of classes, classes, and imports: whole statements.

use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};

use super::EditError;
use super::arguments::offsets;
use super::find::{last_name, sets, value_of};
use super::source::{Source, Splice, Splices};

impl<'a> Source<'a> {
    pub(super) fn set_annotation(&self, class: &str, attribute: &str, to: &str) -> Splices {
        let (_, statement) = self.attribute(class, attribute)?;
        let Stmt::AnnAssign(assignment) = statement else {
            let Stmt::Assign(assignment) = statement else { return Ok(Vec::new()) };
            let end = assignment.targets.first().map_or(assignment.range(), Expr::range).end().to_usize();
            return Ok(vec![Splice::insert(end, format!(": {to}"))]);
        };
        let (start, end) = offsets(assignment.annotation.range());
        Ok(vec![Splice::replace(start, end, to)])
    }

    pub(super) fn set_value(&self, class: &str, attribute: &str, to: &str) -> Splices {
        let (_, statement) = self.attribute(class, attribute)?;
        let to = self.indented(to, self.indentation(statement.start().to_usize()));
        match value_of(statement) {
            Some(value) => {
                let range = self.with_parentheses(value.range(), statement.range());
                Ok(vec![Splice::replace(range.start().to_usize(), range.end().to_usize(), to)])
            }
            None => Ok(vec![Splice::insert(statement.end().to_usize(), format!(" = {to}"))]),
        }
    }

    pub(super) fn add_attribute(&self, class: &str, after: Option<&str>, text: &str) -> Splices {
        let definition = self.class(class)?;
        let before = match after {
            Some(after) => Some(self.attribute(class, after)?.1),
            None => definition.body.iter().rev().find(|statement| is_column(statement)).or_else(|| {
                // No columns yet: behind the table's name, else behind the docstring.
                definition.body.iter().rev().find(|statement| {
                    sets(statement, "__tablename__") || sets(statement, "__table_args__") || is_text(statement)
                })
            }),
        };
        self.add_statement(definition, before, text)
    }

    /// A statement behind another one of a class; none: before all others.
    pub(super) fn add_statement(&self, class: &StmtClassDef, before: Option<&Stmt>, text: &str) -> Splices {
        let Some(first) = class.body.first() else {
            return Err(EditError::Unclear(format!("the class `{}` has no body", class.name)));
        };
        let first_start = first.start().to_usize();
        if !self.is_first_on_line(first_start) {
            return self.open_up(class, text);
        }
        let indentation = self.indentation(first_start);
        let text = self.indented(text, indentation);
        if let [only] = class.body.as_slice()
            && is_filler(only)
        {
            let (start, end) = offsets(only.range());
            return Ok(vec![Splice::replace(start, end, text)]);
        }
        match before {
            Some(before) => {
                let stop = self.line_stop(before.end().to_usize());
                Ok(vec![Splice::insert(stop, format!("{}{indentation}{text}", self.line_end))])
            }
            None => {
                let line = self.line_start(first_start);
                Ok(vec![Splice::insert(line, format!("{indentation}{text}{}", self.line_end))])
            }
        }
    }

    /// `class A(Base): pass` gets lines of its own.
    fn open_up(&self, class: &StmtClassDef, text: &str) -> Splices {
        let [only] = class.body.as_slice() else {
            return Err(EditError::Unclear(format!("the body of the class `{}` stands on one line", class.name)));
        };
        if !is_filler(only) {
            return Err(EditError::Unclear(format!("the body of the class `{}` stands on one line", class.name)));
        }
        let (start, end) = offsets(only.range());
        let indentation = format!("{}    ", self.indentation(class.start().to_usize()));
        let text = self.indented(text, &indentation);
        let gap = start - self.text[..start].trim_end_matches([' ', '\t']).len();
        Ok(vec![Splice::replace(start - gap, end, format!("{}{indentation}{text}", self.line_end))])
    }

    pub(super) fn remove_attribute(&self, class: &str, attribute: &str) -> Splices {
        let (definition, statement) = self.attribute(class, attribute)?;
        self.remove_statement(&definition.body, statement)
    }

    /// A statement with its lines; the last of a body leaves `pass`.
    pub(super) fn remove_statement(&self, body: &[Stmt], statement: &Stmt) -> Splices {
        let (start, end) = offsets(statement.range());
        if body.len() == 1 {
            return Ok(vec![Splice::replace(start, end, "pass")]);
        }
        let rest = self.text[end..self.line_stop(end)].trim_start();
        if !self.is_first_on_line(start) || !(rest.is_empty() || rest.starts_with('#')) {
            return Err(EditError::Unclear("it shares its line with another statement".to_owned()));
        }
        let behind = self.next_line(end);
        let mut first = self.line_start(start);
        // A text without a line end at its end keeps that manner.
        if behind == self.line_stop(end) {
            let bare = &self.text[..first];
            first = bare.strip_suffix('\n').map_or(bare, |bare| bare.strip_suffix('\r').unwrap_or(bare)).len();
        }
        Ok(vec![Splice::remove(first, behind)])
    }

    /// Statements behind all others, two empty lines below.
    pub(super) fn at_end(&self, text: &str) -> Splice {
        let text = self.indented(text.trim_end(), "");
        let end = self.line_end;
        let bare = self.text.trim_end_matches([' ', '\t', '\r', '\n', '\u{c}']);
        if bare.is_empty() {
            return Splice::insert(self.text.len(), format!("{text}{end}"));
        }
        let behind = &self.text[bare.len()..];
        let lines = behind.matches('\n').count().max(behind.matches('\r').count());
        let missing = end.repeat(3_usize.saturating_sub(lines));
        // A text without a line end at its end keeps that manner.
        let last = if lines == 0 { "" } else { end };
        Splice::insert(self.text.len(), format!("{missing}{text}{last}"))
    }

    pub(super) fn remove_class(&self, name: &str) -> Splices {
        let class = self.class(name)?;
        let statement = TextRange::new(
            class.decorator_list.first().map_or(class.start(), |decorator| decorator.start().min(class.start())),
            class.end(),
        );
        if let Some(body) = self.body_of(class.range())
            && body.len() == 1
        {
            let (start, end) = offsets(statement);
            return Ok(vec![Splice::replace(start, end, "pass")]);
        }
        let (start, end) = offsets(statement);
        let mut start = self.line_start(start);
        let mut behind = self.next_line(end);
        // The empty lines behind it go with it, at the end of the text those before it.
        while behind < self.text.len() && self.text[behind..self.line_stop(behind)].trim().is_empty() {
            behind = self.next_line(behind);
        }
        if behind >= self.text.len() {
            start = self.text[..start].trim_end().len();
            start = self.next_line(start);
        }
        Ok(vec![Splice::remove(start, behind)])
    }

    /// The block that a statement is in, unless it is the module's.
    fn body_of(&self, statement: TextRange) -> Option<&'a [Stmt]> {
        let mut found = None;
        super::find::walk(self.body, "", &mut |_, holder| {
            let bodies: Vec<&'a [Stmt]> = match holder {
                Stmt::ClassDef(class) => vec![&class.body],
                Stmt::If(branches) => std::iter::once(branches.body.as_slice())
                    .chain(branches.elif_else_clauses.iter().map(|clause| clause.body.as_slice()))
                    .collect(),
                Stmt::Try(attempt) => vec![&attempt.body, &attempt.orelse],
                _ => Vec::new(),
            };
            if let Some(body) = bodies.into_iter().find(|body| body.iter().any(|inner| inner.range() == statement)) {
                found = Some(body);
            }
        });
        found
    }

    pub(super) fn add_import(&self, module: &str, name: &str) -> Splices {
        let imports = self.body.iter().filter_map(|statement| match statement {
            Stmt::ImportFrom(import) if import.level == 0 => Some(import),
            _ => None,
        });
        let of_module: Vec<_> =
            imports.filter(|import| import.module.as_ref().is_some_and(|it| it.as_str() == module)).collect();
        let is_known = |alias: &ruff_python_ast::Alias| alias.name.as_str() == name && alias.asname.is_none();
        if of_module.iter().any(|import| import.names.iter().any(is_known)) {
            return Ok(Vec::new());
        }
        let is_star = |alias: &ruff_python_ast::Alias| alias.name.as_str() == "*";
        if let Some(import) = of_module.iter().find(|import| !import.names.iter().any(is_star)) {
            let names: Vec<TextRange> = import.names.iter().map(Ranged::range).collect();
            return Ok(self.insertion(import.range(), &names, None, name));
        }
        let line = format!("from {module} import {name}");
        let last = self.body.iter().rev().find(|statement| matches!(statement, Stmt::Import(_) | Stmt::ImportFrom(_)));
        // Behind the other imports; else behind the docstring; else first of all.
        let before = last.or_else(|| self.body.first().filter(|statement| is_text(statement)));
        Ok(vec![match before {
            Some(before) => {
                let stop = self.line_stop(before.end().to_usize());
                Splice::insert(stop, format!("{}{line}", self.line_end))
            }
            None => {
                let at = self.body.first().map_or(self.text.len(), |first| self.line_start(first.start().to_usize()));
                Splice::insert(at, format!("{line}{}", self.line_end))
            }
        }])
    }
}

/// `pass` or `...`.
fn is_filler(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(expression) => expression.value.is_ellipsis_literal_expr(),
        _ => false,
    }
}

fn is_text(statement: &Stmt) -> bool {
    matches!(statement, Stmt::Expr(expression) if expression.value.is_string_literal_expr())
}

/// Whether a statement declares a column, as far as its form tells.
fn is_column(statement: &Stmt) -> bool {
    let is_call = value_of(statement).is_some_and(|value| {
        matches!(value, Expr::Call(call) if matches!(
            last_name(&call.func),
            Some("Column" | "mapped_column" | "Field" | "deferred" | "column_property")
        ))
    });
    is_call || matches!(statement, Stmt::AnnAssign(assignment) if assignment.value.is_none())
}
