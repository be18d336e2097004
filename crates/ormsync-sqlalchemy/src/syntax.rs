//! What is looked for in a syntax tree before it is evaluated: imports, and strings that are annotations.

use std::collections::HashMap;

use ruff_python_ast::statement_visitor::{StatementVisitor, walk_stmt};
use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_string_annotation;
use ruff_text_size::Ranged;

/// An import: leading dots, dotted name, names imported from it.
type Import = (u32, String, Vec<String>);

/// The imports of a module, wherever they stand in it.
pub(crate) fn imports_of(body: &[Stmt]) -> Vec<Import> {
    let mut finder = ImportFinder::default();
    for statement in body {
        finder.visit_stmt(statement);
    }
    finder.imports
}

#[derive(Default)]
struct ImportFinder {
    imports: Vec<Import>,
}

impl<'a> StatementVisitor<'a> for ImportFinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Import(import) => {
                for alias in &import.names {
                    // `import a.b.c` binds `a`, and each level must be there to be walked.
                    let name = alias.name.as_str();
                    for (at, _) in name.match_indices('.') {
                        self.imports.push((0, name[..at].to_owned(), Vec::new()));
                    }
                    self.imports.push((0, name.to_owned(), Vec::new()));
                }
            }
            Stmt::ImportFrom(import) => {
                let name = import.module.as_ref().map(|module| module.as_str().to_owned()).unwrap_or_default();
                let members = import.names.iter().map(|alias| alias.name.as_str().to_owned()).collect();
                self.imports.push((import.level, name, members));
            }
            other => walk_stmt(self, other),
        }
    }
}

/// Parses the strings that stand in the annotations of a module, and the strings within those.
pub(crate) fn quoted_annotations(body: &[Stmt], text: &str) -> HashMap<usize, Expr> {
    let mut finder = AnnotationFinder::default();
    for statement in body {
        finder.visit_stmt(statement);
    }
    let mut found = HashMap::new();
    // A string in a string in a string is as deep as anybody goes.
    let mut next = finder.strings;
    for _ in 0..3 {
        let mut inner = QuotedFinder::default();
        for literal in next {
            let Ok(parsed) = parse_string_annotation(text, &literal) else { continue };
            let expression = parsed.into_expr();
            inner.visit_expr(&expression);
            found.insert(literal.start().to_usize(), expression);
        }
        next = inner.strings;
    }
    found
}

/// The strings in the annotations of a module.
#[derive(Default)]
struct AnnotationFinder {
    strings: Vec<ruff_python_ast::StringLiteral>,
}

impl<'a> StatementVisitor<'a> for AnnotationFinder {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        let annotation = match statement {
            Stmt::AnnAssign(assign) => Some(&assign.annotation),
            // `def user_id(cls) -> "Mapped[str]"` under `declared_attr`.
            Stmt::FunctionDef(function) => function.returns.as_ref(),
            _ => None,
        };
        if let Some(annotation) = annotation {
            let mut finder = QuotedFinder::default();
            finder.visit_expr(annotation);
            self.strings.extend(finder.strings);
        }
        walk_stmt(self, statement);
    }
}

/// The strings in an expression.
#[derive(Default)]
struct QuotedFinder {
    strings: Vec<ruff_python_ast::StringLiteral>,
}

impl<'a> Visitor<'a> for QuotedFinder {
    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(literal) => {
                if let Some(single) = literal.as_single_part_string() {
                    self.strings.push(single.clone());
                }
            }
            other => walk_expr(self, other),
        }
    }
}
