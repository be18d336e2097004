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
        for fact in [Fact::Index, Fact::Check, Fact::ForeignKey, Fact::PrimaryKey, Fact::Exclusion] {
            self.registry.table_mut(table).hidden.push(HiddenPart { fact, name: None, place });
        }
    }

    /// The text of a `DDL(…)` that runs on this dialect.
    fn statement_of(&self, action: &Value<'a>) -> Option<std::rc::Rc<str>> {
        if let Some((inner, "execute_if", arguments)) = action.as_symbol()?.method_call() {
            let is_meant = match arguments.keyword("dialect").map(|dialect| &dialect.value) {
                None | Some(Value::None) => true,
                Some(one) => match one.elements() {
                    Some(several) => {
                        several.iter().any(|one| one.value.as_text().as_deref() == Some(self.dialect_name))
                    }
                    None => one.as_text().as_deref() == Some(self.dialect_name),
                },
            };
            return if is_meant { self.statement_of(inner) } else { None };
        }
        let (_, _, arguments) = sqlalchemy_call(action).filter(|(name, ..)| *name == "DDL")?;
        arguments.positional.first()?.value.as_text()
    }
}
