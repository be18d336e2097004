//! The file around a revision's operations: Alembic's own template, or what the project has in its place.

use std::fmt;

use super::super::python::string_literal;
use super::RevisionBody;

/// What a revision says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevisionFrame {
    /// What it does, in words.
    pub message: String,
    /// Its identifier.
    pub revision: String,
    /// The identifiers of those it comes behind; none for the first, several for a merge.
    pub down_revisions: Vec<String>,
    /// When it was written, as Alembic writes it: `2026-11-21 09:30:00.000000`.
    pub create_date: String,
    /// The text of the project's `script.py.mako`, where it has one.
    pub template: Option<String>,
    /// Functions that the operations call, to stand at the end; empty where they call none.
    pub functions: String,
}

/// Why a project's own template can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError {
    /// The line, from 1.
    pub line: usize,
    /// What is there.
    pub problem: String,
}

impl fmt::Display for TemplateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "line {}: {}", self.line, self.problem)
    }
}

impl std::error::Error for TemplateError {}

const TEMPLATE: &str = include_str!("revision.py.j2");

/// The whole file.
///
/// # Errors
///
/// Where the project's template has more in it than the expressions that Alembic's own have.
pub fn write_revision(frame: &RevisionFrame, body: &RevisionBody) -> Result<String, TemplateError> {
    let text = match &frame.template {
        Some(template) => from_project(template, frame, body)?,
        None => from_ours(frame, body),
    };
    let functions = [body.functions.trim(), frame.functions.trim()];
    let functions = functions.into_iter().filter(|functions| !functions.is_empty());
    Ok(functions.fold(text, |text, functions| format!("{text}\n\n{functions}\n")))
}

fn from_ours(frame: &RevisionFrame, body: &RevisionBody) -> String {
    let environment = minijinja::Environment::new();
    let context = minijinja::context! {
        message => in_docstring(&frame.message),
        revision => in_docstring(&frame.revision),
        revises => frame.down_revisions.iter().map(|one| format!(" {}", in_docstring(one))).collect::<Vec<_>>().join(","),
        create_date => frame.create_date.clone(),
        imports => body.imports.iter().map(|line| format!("{line}\n")).collect::<String>(),
        classes => match body.classes.trim_end() {
            "" => String::new(),
            classes => format!("\n\n{classes}\n\n"),
        },
        uses_operations => has_statement(&body.upgrade) || has_statement(&body.downgrade),
        uses_sqlalchemy => body.uses_sqlalchemy || !frame.functions.is_empty(),
        revision_literal => string_literal(&frame.revision),
        down_revision => down_revision(&frame.down_revisions, string_literal),
        upgrade => behind_docstring(&body.upgrade),
        downgrade => behind_docstring(&body.downgrade),
    };
    // The template is ours and every name in it is given.
    environment.render_str(TEMPLATE, context).map(|text| text + "\n").unwrap_or_default()
}

/// A docstring alone is a body.
fn behind_docstring(lines: &str) -> String {
    if has_statement(lines) { format!("\n{}", lines.trim_end()) } else { String::new() }
}

fn function_body(lines: &str) -> String {
    if has_statement(lines) { lines.trim_end().to_owned() } else { format!("{lines}    pass") }
}

/// A comment alone is no body.
fn has_statement(lines: &str) -> bool {
    lines.lines().any(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
}

/// Text inside `"""…"""`.
fn in_docstring(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "'");
    escaped.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn down_revision(revisions: &[String], literal: impl Fn(&str) -> String) -> String {
    match revisions {
        [] => "None".to_owned(),
        [only] => literal(only),
        several => format!("({})", several.iter().map(|one| literal(one)).collect::<Vec<_>>().join(", ")),
    }
}

/// A Mako template of which only `${…}` with what Alembic gives it is understood.
fn from_project(template: &str, frame: &RevisionFrame, body: &RevisionBody) -> Result<String, TemplateError> {
    let mut text = String::new();
    let mut rest = template;
    let line_of = |rest: &str| template[..template.len() - rest.len()].lines().count().max(1);
    for (number, line) in template.lines().enumerate() {
        let start = line.trim_start();
        let is_control = start.starts_with('%') || start.starts_with("##") || line.contains("<%");
        if is_control {
            let problem = "only ${…} is understood of Mako's language".to_owned();
            return Err(TemplateError { line: number + 1, problem });
        }
    }
    while let Some((before, behind)) = rest.split_once("${") {
        text.push_str(before);
        let error = |problem: String| TemplateError { line: line_of(rest) + before.matches('\n').count(), problem };
        let (expression, after) = behind.split_once('}').ok_or_else(|| error("${ is not closed".to_owned()))?;
        let value = value_of(expression.trim(), frame, body)
            .ok_or_else(|| error(format!("${{{expression}}} is nothing that Alembic's own templates have")))?;
        text.push_str(&value);
        rest = after;
    }
    text.push_str(rest);
    // Blanks elsewhere may stand in a statement's strings.
    Ok(text.trim_end().to_owned() + "\n")
}

fn value_of(expression: &str, frame: &RevisionFrame, body: &RevisionBody) -> Option<String> {
    // As Python's `repr` has it.
    let repr = |text: &str| format!("'{}'", text.replace('\\', "\\\\").replace('\'', "\\'"));
    let words: String = expression.chars().filter(|letter| !letter.is_whitespace()).collect();
    // `context.get_context().…` and the like are not known here.
    Some(match words.as_str() {
        "message" | "messageifmessageelse\"\"" => in_docstring(&frame.message),
        "up_revision" => frame.revision.clone(),
        "down_revision|comma,n" => frame.down_revisions.join(", "),
        "create_date" => frame.create_date.clone(),
        "repr(up_revision)" => repr(&frame.revision),
        "repr(down_revision)" => down_revision(&frame.down_revisions, repr),
        "repr(branch_labels)" | "repr(depends_on)" => "None".to_owned(),
        "importsifimportselse\"\"" | "importsifimportselse''" => {
            let mut lines = body.imports.clone();
            if !body.classes.is_empty() {
                lines.push(format!("\n\n{}\n", body.classes.trim_end()));
            }
            lines.join("\n")
        }
        "upgradesifupgradeselse\"pass\"" | "upgradesifupgradeselse'pass'" => {
            function_body(&body.upgrade).trim_start().to_owned()
        }
        "downgradesifdowngradeselse\"pass\"" | "downgradesifdowngradeselse'pass'" => {
            function_body(&body.downgrade).trim_start().to_owned()
        }
        _ => return None,
    })
}
