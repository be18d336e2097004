//! `match` statements over what is known.

use ruff_python_ast::{Pattern, Singleton, StmtMatch};
use ruff_text_size::Ranged;

use crate::python::evaluator::{Evaluator, Frame};
use crate::python::statement::Flow;
use crate::python::value::{Located, Place, Value};

impl<'a> Evaluator<'a> {
    pub(super) fn execute_match(&mut self, frame: &Frame<'a>, choice: &'a StmtMatch, place: Place) -> Flow<'a> {
        let subject = self.evaluate_located(frame, &choice.subject);
        for (position, case) in choice.cases.iter().enumerate() {
            let matched =
                self.matches(frame, &subject, &case.pattern).and_then(|matched| match (&case.guard, matched) {
                    (Some(guard), true) => self.evaluate(frame, guard).truth(),
                    (_, matched) => Some(matched),
                });
            match matched {
                Some(true) => return self.execute_all(frame, &case.body),
                Some(false) => {}
                None => {
                    let bodies: Vec<_> = choice.cases[position..].iter().map(|case| case.body.as_slice()).collect();
                    self.execute_uncertain(frame, &bodies, place);
                    return Flow::Unknown.outside_functions(frame);
                }
            }
        }
        Flow::Next
    }

    /// Whether a value fits a pattern, where that can be known. Names in the pattern are bound.
    fn matches(&mut self, frame: &Frame<'a>, subject: &Located<'a>, pattern: &'a Pattern) -> Option<bool> {
        match pattern {
            Pattern::MatchValue(value) => {
                let wanted = self.evaluate(frame, &value.value);
                subject.value.equals(&wanted)
            }
            Pattern::MatchSingleton(singleton) => {
                let wanted = match singleton.value {
                    Singleton::None => Value::None,
                    Singleton::True => Value::Bool(true),
                    Singleton::False => Value::Bool(false),
                };
                subject.value.equals(&wanted)
            }
            Pattern::MatchOr(several) => {
                let mut is_certain = true;
                for pattern in &several.patterns {
                    match self.matches(frame, subject, pattern) {
                        Some(true) => return Some(true),
                        Some(false) => {}
                        None => is_certain = false,
                    }
                }
                is_certain.then_some(false)
            }
            Pattern::MatchAs(capture) => {
                let matched = match &capture.pattern {
                    Some(inner) => self.matches(frame, subject, inner)?,
                    None => true,
                };
                if let (true, Some(name)) = (matched, &capture.name) {
                    self.bind(frame, name.as_str(), subject.value.clone(), frame.place(capture.range()));
                }
                Some(matched)
            }
            Pattern::MatchSequence(_) | Pattern::MatchMapping(_) | Pattern::MatchClass(_) | Pattern::MatchStar(_) => {
                None
            }
        }
    }
}
