//! SQL that a revision runs as it is.

use ormsync_schema::QualifiedName;

use super::ReplayedStep;
use super::answers::with_values;
use super::tables::ALL_FACTS;
use crate::python::{Arguments, Evaluator, Form, Place, Value, last_segment};

/// Statements that change rows or settings, and no tables.
const ROWS: &[&str] = &[
    "select", "insert", "update", "delete", "with", "set", "replace", "values", "show", "pragma", "lock", "analyze",
    "vacuum", "use",
];

/// Methods and functions of SQLAlchemy that make such statements.
const BUILDERS: &[&str] = &["select", "insert", "update", "delete", "union", "union_all", "exists"];

/// How deep a statement is looked into for what it is.
const DEPTH: usize = 60;

/// What a statement is, as far as it can be told.
enum Statement {
    Text(String),
    /// It changes rows.
    Rows,
    Unknown,
}

impl<'a> Evaluator<'a> {
    /// `op.execute(…)` and `connection.execute(…)`.
    pub(super) fn run_statement(&mut self, arguments: &Arguments<'a>, place: Place) {
        let Some(given) = arguments.positional.first().or_else(|| arguments.keyword("sqltext")) else { return };
        let statement = match statement_of(&given.value, 0) {
            // Its beginning may be there all the same: `f"UPDATE accounts SET kind = {row.kind}"`.
            Statement::Unknown if begins_with_rows(&self.source_text(given.place)) => Statement::Rows,
            Statement::Text(text) => match self.replay.as_ref().map(|replay| replay.dialect) {
                Some(dialect) => match with_values(&given.value, arguments, dialect) {
                    Some(text) => Statement::Text(text),
                    None if text.split(';').all(is_about_rows) => Statement::Rows,
                    None => Statement::Text(text),
                },
                None => Statement::Text(text),
            },
            other => other,
        };
        let text = match statement {
            Statement::Rows => {
                if builds_insert(&given.value, 0) {
                    self.note_added(arguments);
                }
                return self.note_unknown(place);
            }
            Statement::Text(text) if text.split(';').all(is_about_rows) => {
                self.note_inserted(&text);
                if self.condition().is_some() {
                    return self.note_unknown(place);
                }
                self.with_replay(|_, replay| {
                    replay.end_step();
                    replay.note_step(ReplayedStep::Statement(text));
                });
                return;
            }
            Statement::Text(text) => text,
            Statement::Unknown => {
                return self.leave_out("the statement is known only when it runs", place);
            }
        };
        if let Some(condition) = self.condition() {
            return self.leave_out("whether it runs depends on a condition that cannot be known", condition);
        }
        let origin = self.origin(place);
        let carried_out = self.with_replay(|_, replay| {
            let statements = replay.statements.clone()?;
            replay.end_step();
            let diagnostics = statements(&mut replay.schema, &text, &origin);
            replay.note_step(ReplayedStep::Statement(text));
            Some(diagnostics)
        });
        match carried_out.flatten() {
            Some(diagnostics) => self.diagnostics.extend(diagnostics),
            None => self.leave_out("SQL is not carried out here", place),
        }
    }

    /// Notes that rows are changed in a way that is known only when it runs.
    pub(super) fn note_unknown(&mut self, place: Place) {
        let text = self.source_text(place);
        self.with_replay(|_, replay| {
            replay.end_step();
            replay.note_step(ReplayedStep::Unknown(text));
        });
    }

    fn leave_out(&mut self, reason: &str, place: Place) {
        let text = self.source_text(place);
        self.report_history(
            format!("this SQL of a revision is left out: {reason}: {text}"),
            "what it changes is not known; compare with a database that the revisions made",
            place,
        );
        self.hide_named(place);
        self.hide_all(place);
    }

    /// Hides everything of the tables that a statement names, and of all where it names none that is known.
    fn hide_named(&mut self, place: Place) {
        let source = self.program.slice(place.module, place.span).to_owned();
        let (text, origin) = (self.source_text(place), self.origin(place));
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words: Vec<&str> = source.split(|letter| !is_part(letter)).collect();
        let Some(replay) = &mut self.replay else { return };
        let all: Vec<QualifiedName> =
            replay.schema.tables().map(|(namespace, name, _)| QualifiedName::new(namespace, name)).collect();
        let named: Vec<&QualifiedName> = all.iter().filter(|table| words.contains(&table.name.as_str())).collect();
        let hidden = if named.is_empty() { all.iter().collect() } else { named };
        for table in hidden {
            replay.hide(Some(table), ALL_FACTS, &text, &origin);
        }
    }
}

fn statement_of(value: &Value<'_>, depth: usize) -> Statement {
    if depth > DEPTH {
        return Statement::Unknown;
    }
    if let Some(text) = value.as_text() {
        return Statement::Text(text.to_string());
    }
    let Value::Symbol(symbol) = value else { return Statement::Unknown };
    if let Some((path, arguments)) = symbol.external_call() {
        return match last_segment(path) {
            "text" | "DDL" => match arguments.positional.first() {
                Some(text) => statement_of(&text.value, depth + 1),
                None => Statement::Unknown,
            },
            name if BUILDERS.contains(&name) => Statement::Rows,
            _ => Statement::Unknown,
        };
    }
    match &symbol.form {
        // `table.update().where(…)`, `text(…).bindparams(…)`.
        Form::Call { callee: Value::Symbol(callee), .. } => match &callee.form {
            Form::Attribute { name, .. } if BUILDERS.contains(&name.as_ref()) => Statement::Rows,
            Form::Attribute { of, .. } => statement_of(of, depth + 1),
            _ => Statement::Unknown,
        },
        _ => Statement::Unknown,
    }
}

/// Whether a statement that SQLAlchemy builds puts rows into a table.
fn builds_insert(value: &Value<'_>, depth: usize) -> bool {
    let Value::Symbol(symbol) = value else { return depth == 0 };
    if depth > DEPTH {
        return true;
    }
    match &symbol.form {
        Form::Call { callee: Value::External(path), .. } => last_segment(path) == "insert",
        Form::Call { callee: Value::Symbol(callee), .. } => match &callee.form {
            Form::Attribute { of, name } => name.as_ref() == "insert" || builds_insert(of, depth + 1),
            _ => true,
        },
        _ => false,
    }
}

/// Whether a statement's first word is one that changes no tables. Nothing at all is none.
fn is_about_rows(statement: &str) -> bool {
    let mut rest = statement.trim_start();
    // Comments come first where somebody explains.
    while let Some(comment) = rest.strip_prefix("--") {
        rest = comment.split_once('\n').map_or("", |(_, behind)| behind).trim_start();
    }
    let word: String = rest.chars().take_while(char::is_ascii_alphabetic).collect();
    rest.is_empty() || ROWS.contains(&word.to_lowercase().as_str())
}

/// The same of the text of an expression: its first string begins with such a word.
fn begins_with_rows(source: &str) -> bool {
    let Some(at) = source.find(['"', '\'']) else { return false };
    let statement = source[at..].trim_start_matches(['"', '\'']);
    !statement.trim().is_empty() && is_about_rows(statement)
}

#[cfg(test)]
mod tests {
    use super::{begins_with_rows, is_about_rows};

    #[test]
    fn statements_about_rows_are_told_from_others() {
        for text in ["UPDATE a SET b = 1", " -- why\n  insert into a values (1)", "", "select 1"] {
            assert!(is_about_rows(text), "{text}");
        }
        for text in ["ALTER TABLE a ADD b int", "create index x on y (z)", "DO $$ BEGIN END $$", "-- x\nDROP TABLE a"] {
            assert!(!is_about_rows(text), "{text}");
        }
        assert!(begins_with_rows("sa.text(f\"\"\" UPDATE x SET y = {z}\"\"\")"));
        assert!(!begins_with_rows("f'ALTER TABLE {name}'") && !begins_with_rows("statement"));
    }
}
