//! `event.listen(table, "after_create", DDL("…"))`: SQL of the project's own that runs when a table is made.

use ormsync_schema::Fact;

use crate::mapping::{HiddenPart, sqlalchemy_call};
use crate::python::{Arguments, Evaluator, Place, Value};

/// What such SQL may make that the schema would know of. Triggers and functions are not compared.
const TELLING_WORDS: &[&str] = &["INDEX", "CONSTRAINT", "ALTER TABLE"];

impl<'a> Evaluator<'a> {
    /// Notes that a table may have more indexes and constraints than it declares.
    pub(super) fn listen(&mut self, arguments: &Arguments<'a>, place: Place) {
        let [target, event, action, ..] = arguments.positional.as_slice() else { return };
        let Value::Table(table) = target.value else { return };
        if !event.value.as_text().is_some_and(|event| matches!(event.as_ref(), "after_create" | "before_create")) {
            return;
        }
        let Some(statement) = self.statement_of(&action.value) else { return };
        let statement = statement.to_uppercase();
        if !TELLING_WORDS.iter().any(|word| statement.contains(word)) {
            return;
        }
        let name = std::rc::Rc::clone(&self.registry.table(table).name);
        self.report_opaque(
            format!("SQL that runs when the table `{name}` is made may give it indexes and constraints"),
            "declare them with `Index` and SQLAlchemy's constraints where that is possible",
            place,
        );
        for fact in facts_of(&statement) {
            self.registry.table_mut(table).hidden.push(HiddenPart { fact: *fact, name: None, place });
        }
    }

    /// The text of a `DDL(…)` that runs on this dialect.
    fn statement_of(&self, action: &Value<'a>) -> Option<std::rc::Rc<str>> {
        if let Some((inner, "execute_if", arguments)) = action.as_symbol()?.method_call() {
            let is_meant = arguments.get(0, "dialect").is_none_or(|given| runs_on(&given.value, self.dialect_name));
            return if is_meant { self.statement_of(inner) } else { None };
        }
        let (_, _, arguments) = sqlalchemy_call(action).filter(|(name, ..)| *name == "DDL")?;
        arguments.positional.first()?.value.as_text()
    }
}

/// What a statement in capitals may add to a table: only an index, where it is nothing but `CREATE INDEX`.
fn facts_of(statement: &str) -> &'static [Fact] {
    let mut words = statement.split_whitespace();
    let is_index = words.next() == Some("CREATE") && words.find(|word| *word != "UNIQUE") == Some("INDEX");
    if is_index && !statement.trim_end_matches(|letter: char| letter == ';' || letter.is_whitespace()).contains(';') {
        return &[Fact::Index];
    }
    &[Fact::Index, Fact::Check, Fact::ForeignKey, Fact::PrimaryKey, Fact::Exclusion]
}

/// Whether what is said to be for a dialect, or for one of several, is for this one. None is all.
pub(crate) fn runs_on(given: &Value<'_>, dialect: &str) -> bool {
    match given.elements() {
        _ if matches!(given, Value::None) => true,
        Some(several) => several.iter().any(|one| one.value.as_text().as_deref() == Some(dialect)),
        None => given.as_text().as_deref() == Some(dialect),
    }
}
