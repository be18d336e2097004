//! What the text of a program tells without running it: constants, joined paths, and which variables it reads.

use std::cell::Cell;
use std::path::{Path, PathBuf};

use ormsync_schema::Span;
use oxc_ast::ast::{
    Argument, CallExpression, ExportDefaultDeclarationKind, Expression, ObjectExpression, ObjectPropertyKind,
    Statement, VariableDeclarator,
};
use oxc_span::GetSpan as _;

use crate::DatasourceUrl;

/// How many expressions are looked at before giving up: constants may refer to each other in a circle.
const MOST_STEPS: u32 = 2_000;

/// The program's own folder, which Prisma's command line also runs in: what it says is relative to that.
const OWN_FOLDER: &str = ".";

/// A program whose constants can be looked up.
pub(super) struct Program<'a> {
    body: &'a [Statement<'a>],
    folder: &'a Path,
    /// What is left of [`MOST_STEPS`].
    steps: Cell<u32>,
}

/// What stands at a key of an object.
pub(super) enum Lookup<'a> {
    /// Nothing.
    Missing,
    /// A value.
    Value(&'a Expression<'a>),
    /// Something that may hold the key and is not understood.
    Hidden(Span),
}

pub(super) fn span_of(value: &Expression<'_>) -> Span {
    let span = value.span();
    Span::new(span.start as usize, span.end as usize)
}

impl<'a> Program<'a> {
    pub(super) fn new(program: &'a oxc_ast::ast::Program<'a>, folder: &'a Path) -> Self {
        Self { body: &program.body, folder, steps: Cell::new(MOST_STEPS) }
    }

    /// One step more; none when there were too many.
    fn step(&self) -> Option<()> {
        self.steps.set(self.steps.get().checked_sub(1)?);
        Some(())
    }

    /// The folder that paths are relative to.
    pub(super) fn folder(&self) -> &'a Path {
        self.folder
    }

    /// The object that the file exports: of `export default`, of `module.exports =`, given to `defineConfig` or not.
    pub(super) fn settings(&self) -> Option<&'a Expression<'a>> {
        self.body.iter().find_map(|statement| match statement {
            Statement::ExportDefaultDeclaration(export) => match &export.declaration {
                ExportDefaultDeclarationKind::FunctionDeclaration(_)
                | ExportDefaultDeclarationKind::ClassDeclaration(_)
                | ExportDefaultDeclarationKind::TSInterfaceDeclaration(_) => None,
                value => value.as_expression(),
            },
            Statement::ExpressionStatement(statement) => match &statement.expression {
                Expression::AssignmentExpression(assignment) => {
                    let target = assignment.left.as_member_expression()?;
                    let is_exports = target.static_property_name() == Some("exports");
                    is_exports.then_some(&assignment.right)
                }
                _ => None,
            },
            _ => None,
        })
    }

    /// The value at a path of keys.
    pub(super) fn lookup(&self, value: &'a Expression<'a>, keys: &[&str]) -> Lookup<'a> {
        // Each question has its own steps: one that leads round in circles must not spoil the next.
        self.steps.set(MOST_STEPS);
        self.find(value, keys)
    }

    fn find(&self, value: &'a Expression<'a>, keys: &[&str]) -> Lookup<'a> {
        let Some((key, rest)) = keys.split_first() else { return Lookup::Value(value) };
        let Some(object) = self.object(value) else { return Lookup::Hidden(span_of(value)) };
        match self.property(object, key) {
            Lookup::Value(value) => self.find(value, rest),
            other => other,
        }
    }

    fn property(&self, object: &'a ObjectExpression<'a>, key: &str) -> Lookup<'a> {
        // The last one counts.
        for property in object.properties.iter().rev() {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    if property.computed {
                        return Lookup::Hidden(span_of(&property.value));
                    }
                    if property.key.static_name().is_some_and(|name| name == key) {
                        return Lookup::Value(&property.value);
                    }
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    // `...(condition && { … })`
                    let spread_value = match plain(&spread.argument) {
                        Expression::LogicalExpression(logical) if logical.operator.is_and() => &logical.right,
                        other => other,
                    };
                    let inner = self.object(spread_value).map(|object| self.property(object, key));
                    if !matches!(inner, Some(Lookup::Missing)) {
                        return Lookup::Hidden(span_of(&spread.argument));
                    }
                }
            }
        }
        Lookup::Missing
    }

    fn object(&self, value: &'a Expression<'a>) -> Option<&'a ObjectExpression<'a>> {
        self.step()?;
        match self.constant(value)? {
            Expression::ObjectExpression(object) => Some(object),
            Expression::CallExpression(call) if called(call) == Some("defineConfig") => {
                self.object(call.arguments.first()?.as_expression()?)
            }
            _ => None,
        }
    }

    /// The value behind the names of constants, and without what only TypeScript adds.
    fn constant(&self, value: &'a Expression<'a>) -> Option<&'a Expression<'a>> {
        let mut value = plain(value);
        while let Expression::Identifier(identifier) = value {
            self.step()?;
            value = plain(self.declared(identifier.name.as_str())?);
        }
        Some(value)
    }

    /// What a constant of the file's own level is.
    fn declared(&self, name: &str) -> Option<&'a Expression<'a>> {
        let declarations = self.body.iter().filter_map(|statement| match statement {
            Statement::VariableDeclaration(declaration) if declaration.kind.is_const() => {
                Some(declaration.declarations.iter())
            }
            _ => None,
        });
        let mut named = declarations.flatten().filter(|declarator| is_named(declarator, name));
        named.next()?.init.as_ref()
    }

    /// A text; paths among it are joined as Node.js would join them.
    pub(super) fn text(&self, value: &'a Expression<'a>) -> Option<String> {
        self.step()?;
        if matches!(plain(value), Expression::Identifier(identifier) if identifier.name == "__dirname") {
            return Some(OWN_FOLDER.to_owned());
        }
        match self.constant(value)? {
            Expression::StringLiteral(literal) => Some(literal.value.to_string()),
            Expression::TemplateLiteral(template) => {
                let mut text = String::new();
                for (position, part) in template.quasis.iter().enumerate() {
                    text.push_str(part.value.cooked.as_ref()?.as_str());
                    if let Some(inner) = template.expressions.get(position) {
                        text.push_str(&self.text(inner)?);
                    }
                }
                Some(text)
            }
            Expression::BinaryExpression(sum) if sum.operator == oxc_ast::ast::BinaryOperator::Addition => {
                Some(self.text(&sum.left)? + &self.text(&sum.right)?)
            }
            Expression::StaticMemberExpression(member) => {
                let is_own_folder =
                    matches!(member.object, Expression::ImportMeta(_)) && member.property.name == "dirname";
                is_own_folder.then(|| OWN_FOLDER.to_owned())
            }
            Expression::CallExpression(call) => self.called_text(call),
            _ => None,
        }
    }

    fn called_text(&self, call: &'a CallExpression<'a>) -> Option<String> {
        match called(call)? {
            "join" | "resolve" => {
                let mut path = PathBuf::new();
                for argument in &call.arguments {
                    path.push(self.text(argument.as_expression()?)?);
                }
                Some(path.to_string_lossy().into_owned())
            }
            "cwd" => Some(OWN_FOLDER.to_owned()),
            // `path.dirname(fileURLToPath(import.meta.url))`
            "dirname" => match call.arguments.first()?.as_expression()? {
                Expression::CallExpression(inner) if called(inner) == Some("fileURLToPath") => {
                    let is_own = matches!(inner.arguments.first(), Some(Argument::StaticMemberExpression(member))
                        if matches!(member.object, Expression::ImportMeta(_)) && member.property.name == "url");
                    is_own.then(|| OWN_FOLDER.to_owned())
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// The URLs that an expression may stand for, the first that is set being meant.
    pub(super) fn urls(&self, value: &'a Expression<'a>) -> Option<Vec<DatasourceUrl>> {
        self.step()?;
        if let Some(text) = self.text(value) {
            // `process.env.URL ?? ""` says no more than the variable alone.
            return Some(if text.is_empty() { Vec::new() } else { vec![DatasourceUrl::Literal(text)] });
        }
        let value = self.constant(value)?;
        if let Some(name) = variable(value) {
            return Some(vec![DatasourceUrl::Environment(name.to_owned())]);
        }
        match value {
            Expression::LogicalExpression(either) if either.operator.is_or() || either.operator.is_coalesce() => {
                let mut urls = self.urls(&either.left)?;
                urls.extend(self.urls(&either.right)?);
                Some(urls)
            }
            _ => None,
        }
    }

    /// The `.env` files that the program reads: `import "dotenv/config"`, `dotenv.config({ path })`,
    /// `process.loadEnvFile(path)`.
    pub(super) fn environment_files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        self.collect_environment_files(self.body, &mut files);
        files
    }

    fn collect_environment_files(&self, body: &'a [Statement<'a>], files: &mut Vec<PathBuf>) {
        for statement in body {
            match statement {
                Statement::ImportDeclaration(import) if import.source.value == "dotenv/config" => {
                    files.push(self.folder.join(".env"));
                }
                Statement::ExpressionStatement(statement) => {
                    if let Expression::CallExpression(call) = plain(&statement.expression) {
                        files.extend(self.environment_file(call));
                    }
                }
                Statement::TryStatement(attempt) => self.collect_environment_files(&attempt.block.body, files),
                _ => {}
            }
        }
    }

    fn environment_file(&self, call: &'a CallExpression<'a>) -> Option<PathBuf> {
        let first = call.arguments.first().and_then(Argument::as_expression);
        let path = match (called(call)?, first) {
            ("config" | "loadEnvFile", None) => ".env".to_owned(),
            ("loadEnvFile", Some(path)) => self.text(path)?,
            ("config", Some(options)) => match self.find(options, &["path"]) {
                Lookup::Missing => ".env".to_owned(),
                Lookup::Value(path) => self.text(path)?,
                Lookup::Hidden(_) => return None,
            },
            _ => return None,
        };
        Some(self.folder.join(path))
    }
}

/// The value without parentheses and without what only TypeScript adds.
fn plain<'a>(mut value: &'a Expression<'a>) -> &'a Expression<'a> {
    loop {
        value = match value {
            Expression::ParenthesizedExpression(inner) => &inner.expression,
            Expression::TSAsExpression(inner) => &inner.expression,
            Expression::TSSatisfiesExpression(inner) => &inner.expression,
            Expression::TSNonNullExpression(inner) => &inner.expression,
            _ => return value,
        };
    }
}

fn is_named(declarator: &VariableDeclarator<'_>, name: &str) -> bool {
    declarator.id.get_identifier_name().is_some_and(|declared| declared == name)
}

/// The last name of what is called: `join` of `path.join(…)` and of `join(…)`.
fn called<'a>(call: &'a CallExpression<'a>) -> Option<&'a str> {
    match &call.callee {
        Expression::Identifier(identifier) => Some(identifier.name.as_str()),
        callee => callee.as_member_expression()?.static_property_name().map(Into::into),
    }
}

/// The variable of `process.env.NAME`, `process.env["NAME"]` and `env("NAME")`.
fn variable<'a>(value: &'a Expression<'a>) -> Option<&'a str> {
    if let Expression::CallExpression(call) = value {
        let Some(Argument::StringLiteral(name)) = call.arguments.first() else { return None };
        return (called(call) == Some("env")).then(|| name.value.as_str());
    }
    let member = value.as_member_expression()?;
    let environment = member.object().as_member_expression()?;
    let is_process = matches!(environment.object(), Expression::Identifier(object) if object.name == "process");
    let is_environment = environment.static_property_name().is_some_and(|name| name == "env");
    (is_process && is_environment).then(|| member.static_property_name().map(Into::into)).flatten()
}
