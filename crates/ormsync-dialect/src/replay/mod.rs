//! Statements carried out on a schema without a server: what is left of a script, or of a whole history of migrations.
//!
//! `sqlparser` reads a statement; here is what each kind of it does. Data is passed over: only what a catalogue would
//! tell afterwards counts. What was not understood is a diagnostic with its place, and an [`Opaque`](ormsync_schema::Opaque)
//! where it may hide something.
//!
//! | file | what |
//! | --- | --- |
//! | `script.rs` | the statements of a text |
//! | `effect.rs` | what a statement is about: the schema, rows, or the session |
//! | `blocks.rs` | `DO` blocks of PostgreSQL, and what guards the statements in them |
//! | `rules.rs` | what differs between the servers, which each fills in (`replay.rs` in its folder) |
//! | `names.rs` | names as a statement writes them, and finding what they mean |
//! | `statement.rs` | which kind of statement does what |
//! | `tables.rs`, `columns.rs`, `constraints.rs` | `CREATE TABLE`, and the parts that `ALTER TABLE` adds |
//! | `alterations.rs` | `ALTER TABLE` |
//! | `objects.rs`, `types.rs`, `comments.rs` | everything else that a schema holds |
//! | `questions.rs`, `catalogue.rs` | what a server would answer to a question about what is there |
//! | `partitions.rs` | tables that are split |
//! | `words.rs` | statements that `sqlparser` has no tree for |

mod alterations;
mod blocks;
mod catalogue;
mod columns;
mod comments;
mod constraints;
mod effect;
mod names;
mod objects;
mod partitions;
mod questions;
mod rules;
mod script;
mod statement;
mod tables;
mod types;
mod words;

use ormsync_schema::{Diagnostic, Fact, Opaque, Origin, Place, Schema, Span};

pub use effect::{Effect, ScriptStatement, script_statements};
pub use questions::{AnswerCell, Question, answer};
pub(crate) use rules::Rules;

/// The code of what could not be replayed.
const CODE: &str = "replay";

/// Carries out the statements of a text on a schema, whose dialect says how they are read.
///
/// `origin` is where the text stands; where it is a span of a file as long as the text, objects and diagnostics get
/// the places of their own statements. The schema is left as the statements say it: bring it into normal form
/// ([`Dialect::normalise`](crate::Dialect::normalise)) before it is compared. Nothing is ever lost in silence: a
/// statement that was not understood, or that a server would have refused, is an error.
pub fn replay(schema: &mut Schema, text: &str, origin: &Origin) -> Vec<Diagnostic> {
    let Some(rules) = rules::of(&schema.dialect) else {
        let message = format!("nothing is known of the dialect {}", schema.dialect);
        return vec![Diagnostic::error(CODE, message, origin.clone())];
    };
    let mut diagnostics = Vec::new();
    for statement in script::statements(text, rules) {
        let mut replay = Replay {
            schema: &mut *schema,
            rules,
            origin: place_in(origin, text, statement.start, statement.start + statement.text.len()),
            text: statement.text,
            diagnostics: &mut diagnostics,
            tolerant: false,
        };
        replay.run();
    }
    diagnostics
}

/// A part of a text in the place that the text has.
fn place_in(origin: &Origin, text: &str, start: usize, end: usize) -> Origin {
    match &origin.place {
        Place::File { path, span } if span.end - span.start == text.len() => {
            Origin::file(path, Span::new(span.start + start, span.start + end))
        }
        _ => origin.clone(),
    }
}

/// One statement on its way into a schema.
struct Replay<'r> {
    schema: &'r mut Schema,
    rules: &'static Rules,
    /// Where the statement stands.
    origin: Origin,
    text: &'r str,
    diagnostics: &'r mut Vec<Diagnostic>,
    /// Whether the statement is guarded against what is there already, or no longer.
    tolerant: bool,
}

/// Why a statement could not be carried out.
type Outcome = Result<(), String>;

impl Replay<'_> {
    fn run(&mut self) {
        if let Err(problem) = self.statement() {
            self.refuse(&problem);
        }
        if self.rules.partitions_are_tables {
            partitions::derive(self.schema);
        }
        (self.rules.name_constraints)(self.schema);
    }

    /// Tells that a statement was not carried out, and that what it would have made may be missing.
    fn refuse(&mut self, problem: &str) {
        let text = shortened(self.text);
        let message = format!("this statement cannot be replayed: {problem}");
        self.diagnostics.push(
            Diagnostic::error(CODE, message, self.origin.clone())
                .with_help("compare with a database that the statements were run on instead"),
        );
        self.hide_what_it_names(&text);
        self.schema.opaque.push(Opaque { fact: Fact::Table, name: None, text, origin: self.origin.clone() });
    }

    /// What a statement that was not carried out may have changed: everything of the tables that it names.
    fn hide_what_it_names(&mut self, text: &str) {
        const FACTS: &[Fact] = &[
            Fact::Column,
            Fact::PrimaryKey,
            Fact::Index,
            Fact::ForeignKey,
            Fact::Check,
            Fact::Exclusion,
            Fact::Trigger,
        ];
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
        let words: Vec<&str> = self.text.split(|letter| !is_part(letter)).collect();
        let says = |wanted: &str| words.iter().any(|word| word.eq_ignore_ascii_case(wanted));
        if says("policy") || says("security") {
            self.schema.unsaid.insert(Fact::Policy);
        }
        for content in self.schema.namespaces.values_mut() {
            for (_, table) in content.tables.iter_mut().filter(|(name, _)| words.contains(&name.as_str())) {
                let opaque = |fact: &Fact| Opaque {
                    fact: *fact,
                    name: None,
                    text: text.to_owned(),
                    origin: self.origin.clone(),
                };
                table.opaque.extend(FACTS.iter().map(opaque));
            }
        }
    }

    /// Something of a statement that is left out, while the rest is carried out.
    fn leave_out(&mut self, what: &str) {
        self.diagnostics.push(Diagnostic::warning(CODE, format!("{what} is not replayed"), self.origin.clone()));
    }
}

/// The beginning of a statement, for messages.
fn shortened(text: &str) -> String {
    const LONGEST: usize = 80;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return line;
    }
    let beginning: String = line.chars().take(LONGEST).collect();
    format!("{beginning}…")
}

#[cfg(test)]
mod tests;
