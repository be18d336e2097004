//! `relationship(…)`: what SQLAlchemy does with the other table's rows when it deletes one of this.

use std::collections::HashMap;
use std::rc::Rc;

use ormsync_schema::ReferentialAction;

use super::annotation::Annotation;
use super::{Registry, TableId};
use crate::python::{Arguments, Class, Form, Located, Place, Value};

/// A relationship of a mapped class, as far as it matters for deletions.
#[derive(Debug, Clone)]
pub(crate) struct RelationshipDraft<'a> {
    /// The class that it leads to: itself, or by name.
    pub(crate) target: Target<'a>,
    /// What is done with the target's rows.
    pub(crate) action: ReferentialAction,
    /// As it is written.
    pub(crate) written: String,
    pub(crate) place: Place,
}

/// A class, or its name where it is not defined yet.
#[derive(Debug, Clone)]
pub(crate) enum Target<'a> {
    Class(Rc<Class<'a>>),
    Name(Rc<str>),
}

impl<'a> RelationshipDraft<'a> {
    /// Reads the call. None where its target is not clear, or where it does nothing on a deletion. `text_of` gives the
    /// source's text at a place: an annotation may name a class that is defined further down, or imported for type
    /// checkers alone (`from __future__ import annotations`), which SQLAlchemy looks up among all classes.
    pub(crate) fn read(
        arguments: &Arguments<'a>,
        annotation: Option<&Annotation<'a>>,
        text_of: &dyn Fn(Place) -> String,
        place: Place,
    ) -> Option<Self> {
        let does_nothing =
            |name: &str| arguments.keyword(name).is_some_and(|given| !matches!(given.value, Value::Bool(false)));
        if arguments.hidden.is_some() || does_nothing("secondary") || does_nothing("viewonly") {
            return None;
        }
        let given = arguments.get(0, "argument").and_then(|given| target(&given.value, 0));
        let annotated =
            || annotation?.types.iter().find_map(|kind| target(kind, 0).or_else(|| named(kind, text_of, 0)));
        let target = given.or_else(annotated)?;
        let text = |name: &str| arguments.keyword(name).map(|given| given.value.as_text());
        let cascade = match text("cascade") {
            Some(written) => Some(written?),
            None => None,
        };
        let passive = match arguments.keyword("passive_deletes").map(|given| &given.value) {
            None | Some(Value::Bool(false)) => None,
            Some(Value::Bool(true)) => Some("passive_deletes=True"),
            Some(Value::Text(_)) => Some("passive_deletes=\"all\""),
            Some(_) => return None,
        };
        let deletes = cascade
            .as_ref()
            .is_some_and(|cascade| cascade.split(',').any(|word| matches!(word.trim(), "all" | "delete")));
        let (action, written) = match (passive, cascade.filter(|_| deletes)) {
            (Some(passive), _) => (ReferentialAction::NoAction, passive.to_owned()),
            (None, Some(cascade)) => (ReferentialAction::Cascade, format!("cascade=\"{cascade}\"")),
            (None, None) => (ReferentialAction::SetNull, "relationship() without passive_deletes".to_owned()),
        };
        Some(Self { target, action, written, place })
    }

    /// The table of the class that it leads to.
    pub(crate) fn table(&self, by_model: &TablesByModel) -> Option<TableId> {
        match &self.target {
            Target::Class(class) => class.table.get(),
            Target::Name(name) => *by_model.tables.get(name.rsplit('.').next()?)?,
        }
    }
}

/// Tables by the names of the classes that are mapped to them; none where several have the name.
#[derive(Debug)]
pub(crate) struct TablesByModel {
    tables: HashMap<Rc<str>, Option<TableId>>,
}

impl TablesByModel {
    pub(crate) fn of(registry: &Registry<'_>) -> Self {
        let mut tables = HashMap::new();
        for (table, id) in registry.tables.iter().zip((0..).map(TableId)) {
            let Some(model) = &table.model else { continue };
            tables.entry(Rc::clone(model)).and_modify(|known| *known = None).or_insert(Some(id));
        }
        Self { tables }
    }
}

/// `User`, `"User"`, `list["User"]`, `Optional[User]`, `lambda: User` is not followed.
fn target<'a>(value: &Value<'a>, depth: usize) -> Option<Target<'a>> {
    if depth > 5 {
        return None;
    }
    match value {
        Value::Class(class) => Some(Target::Class(Rc::clone(class))),
        Value::Text(name) => Some(Target::Name(name.as_ref().into())),
        Value::Symbol(symbol) => match &symbol.form {
            Form::Subscript { index, .. } => of_index(index, depth),
            _ => None,
        },
        _ => None,
    }
}

/// The name in an annotation that was not known where it stands.
fn named<'a>(value: &Value<'a>, text_of: &dyn Fn(Place) -> String, depth: usize) -> Option<Target<'a>> {
    match value {
        Value::Opaque(unknown) => {
            let text = text_of(unknown.place);
            let is_name = text.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '.'));
            (is_name && !text.is_empty()).then(|| Target::Name(text.into()))
        }
        Value::Symbol(symbol) if depth <= 5 => match &symbol.form {
            Form::Subscript { index, .. } => named(&index.value, text_of, depth + 1),
            _ => None,
        },
        _ => None,
    }
}

fn of_index<'a>(index: &Located<'a>, depth: usize) -> Option<Target<'a>> {
    target(&index.value, depth + 1)
}
