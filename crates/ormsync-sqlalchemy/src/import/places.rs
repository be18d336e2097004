//! Where things are declared: Python tells the file and the name of a class or variable, and the place is found
//! in the syntax tree of that file.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ormsync_schema::{Origin, SourceFiles, Span};
use ruff_python_ast::{Expr, Stmt, StmtClassDef};
use ruff_text_size::{Ranged, TextRange};

use crate::import::answer::{Named, Table};
use crate::program::{ModuleId, Program};

/// The declarations of a program's files.
pub(super) struct Places<'a> {
    program: &'a Program,
    files: &'a SourceFiles,
    /// Modules by the absolute path of their file.
    modules: HashMap<PathBuf, ModuleId>,
    /// Classes by module and dotted name.
    classes: HashMap<(ModuleId, String), &'a StmtClassDef>,
    /// What variables of a module are set to.
    variables: HashMap<(ModuleId, &'a str), &'a Stmt>,
}

impl<'a> Places<'a> {
    pub(super) fn of(program: &'a Program, files: &'a SourceFiles) -> Self {
        let here = std::env::current_dir().unwrap_or_default();
        let mut places =
            Self { program, files, modules: HashMap::new(), classes: HashMap::new(), variables: HashMap::new() };
        for (index, module) in program.modules.iter().enumerate() {
            let id = ModuleId(u32::try_from(index).unwrap_or(u32::MAX));
            let path = here.join(Path::new(module.path.as_ref()));
            places.modules.insert(path.canonicalize().unwrap_or(path), id);
            places.index(id, "", &module.body);
        }
        places
    }

    fn index(&mut self, module: ModuleId, prefix: &str, body: &'a [Stmt]) {
        for statement in body {
            match statement {
                Stmt::ClassDef(class) => {
                    let name = format!("{prefix}{}", class.name);
                    self.index(module, &format!("{name}."), &class.body);
                    self.classes.insert((module, name), class);
                }
                Stmt::If(branches) => {
                    self.index(module, prefix, &branches.body);
                    for clause in &branches.elif_else_clauses {
                        self.index(module, prefix, &clause.body);
                    }
                }
                Stmt::Try(attempt) => {
                    self.index(module, prefix, &attempt.body);
                    self.index(module, prefix, &attempt.orelse);
                }
                _ if prefix.is_empty() => {
                    for name in targets(statement) {
                        self.variables.insert((module, name), statement);
                    }
                }
                _ => {}
            }
        }
    }

    /// The name in a class definition.
    pub(super) fn class(&self, named: &Named) -> Option<Origin> {
        let (module, class) = self.definition(named)?;
        Some(self.origin(module, class.name.range()))
    }

    fn definition(&self, named: &Named) -> Option<(ModuleId, &'a StmtClassDef)> {
        let module = self.module(named)?;
        // A class made in a function is `function.<locals>.Class`; the name alone may still tell.
        self.classes.get(&(module, named.name.clone())).map(|class| (module, *class))
    }

    fn module(&self, named: &Named) -> Option<ModuleId> {
        self.modules.get(Path::new(named.file.as_ref()?)).copied()
    }

    /// The class, the assignment of the `Table(…)`, or the file at least.
    pub(super) fn table(&self, table: &Table) -> Origin {
        let of_class = table.class.as_ref().and_then(|class| self.class(class));
        let of_variable = || {
            let variable = table.variable.as_ref()?;
            let module = self.module(variable)?;
            let statement = self.variables.get(&(module, variable.name.as_str()))?;
            Some(self.origin(module, statement.range()))
        };
        let of_file = || {
            let named = table.class.as_ref().or(table.variable.as_ref())?;
            Some(self.origin(self.module(named)?, TextRange::default()))
        };
        of_class.or_else(of_variable).or_else(of_file).unwrap_or_default()
    }

    /// The attribute of the class or of one of its ancestors, or the `Column("…")` in the `Table(…)`.
    pub(super) fn column(&self, table: &Table, attribute: Option<&str>, name: &str) -> Option<Origin> {
        let attribute = attribute.unwrap_or(name);
        for named in table.class.iter().chain(&table.bases) {
            let Some((module, class)) = self.definition(named) else { continue };
            let found = class.body.iter().find(|statement| {
                matches!(statement, Stmt::FunctionDef(function) if function.name.as_str() == attribute)
                    || targets(statement).any(|target| target == attribute)
            });
            if let Some(statement) = found {
                return Some(self.origin(module, statement.range()));
            }
        }
        let variable = table.variable.as_ref()?;
        let module = self.module(variable)?;
        let statement = self.variables.get(&(module, variable.name.as_str()))?;
        let Stmt::Assign(assignment) = statement else { return None };
        let Expr::Call(call) = assignment.value.as_ref() else { return None };
        let is_meant = |argument: &&Expr| {
            let Expr::Call(column) = argument else { return false };
            matches!(column.arguments.args.first(), Some(Expr::StringLiteral(text)) if text.value.to_str() == name)
        };
        let column = call.arguments.args.iter().find(is_meant)?;
        Some(self.origin(module, column.range()))
    }

    /// A line of a file, counted from 1.
    pub(super) fn line(&self, file: &str, line: usize) -> Option<Origin> {
        let module = self.modules.get(Path::new(file))?;
        let module = self.program.module(*module);
        let text = self.files.get(&module.path)?.text();
        let mut start = 0;
        for (number, content) in text.split_inclusive('\n').enumerate() {
            if number + 1 == line {
                let bare = content.trim_end();
                let indent = bare.len() - bare.trim_start().len();
                return Some(Origin::file(&module.path, Span::new(start + indent, start + bare.len())));
            }
            start += content.len();
        }
        Some(Origin::file(&module.path, Span::new(0, 0)))
    }

    fn origin(&self, module: ModuleId, range: TextRange) -> Origin {
        self.program.origin(module, Span::new(range.start().to_usize(), range.end().to_usize()))
    }
}

/// The names that a statement sets.
fn targets(statement: &Stmt) -> impl Iterator<Item = &str> {
    let expressions: &[Expr] = match statement {
        Stmt::Assign(assignment) => &assignment.targets,
        Stmt::AnnAssign(assignment) => std::slice::from_ref(&assignment.target),
        _ => &[],
    };
    expressions.iter().filter_map(|target| target.as_name_expr().map(|name| name.id.as_str()))
}
