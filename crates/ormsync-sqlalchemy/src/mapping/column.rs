//! A column as it was declared: the arguments of `Column(…)` or `mapped_column(…)`, sorted by what they say.

use std::rc::Rc;

use ormsync_schema::Fact;

use crate::mapping::{HiddenPart, sqlalchemy_call};
use crate::python::{Arguments, Evaluator, Form, Located, Place, Symbol, Value, last_segment};

// What is said of a column is in boxes: most say little, and there are tens of thousands.
/// A column as it was declared.
#[derive(Debug, Clone)]
pub(crate) struct ColumnDraft<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) key: Rc<str>,
    /// The class attribute.
    pub(crate) attribute: Option<Rc<str>>,
    /// The call, or the annotation of a column that has none.
    pub(crate) place: Place,
    /// The ids of the `Column(…)` calls it was made of; copies of a mixin's column keep them.
    pub(crate) made_of: Vec<u32>,
    pub(crate) data_type: Option<Box<Located<'a>>>,
    pub(crate) nullable: Option<Box<Located<'a>>>,
    /// What the annotation says of NULL, where there is one.
    pub(crate) annotated_nullable: Option<(bool, Place)>,
    pub(crate) primary_key: Option<Box<Located<'a>>>,
    pub(crate) autoincrement: Option<Box<Located<'a>>>,
    pub(crate) index: Option<Box<Located<'a>>>,
    pub(crate) unique: Option<Box<Located<'a>>>,
    pub(crate) server_default: Option<Box<Located<'a>>>,
    pub(crate) server_onupdate: Option<Box<Located<'a>>>,
    pub(crate) default: Option<Box<Located<'a>>>,
    pub(crate) onupdate: Option<Box<Located<'a>>>,
    pub(crate) comment: Option<Box<Located<'a>>>,
    pub(crate) foreign_keys: Vec<Rc<Symbol<'a>>>,
    pub(crate) checks: Vec<Rc<Symbol<'a>>>,
    pub(crate) identity: Option<Rc<Symbol<'a>>>,
    pub(crate) computed: Option<Rc<Symbol<'a>>>,
    pub(crate) sequence: Option<Rc<Symbol<'a>>>,
    /// Where it stands among the columns: `sort_order`.
    pub(crate) sort_order: i64,
    pub(crate) is_version_counter: bool,
    /// Not rendered in DDL (`system=True`).
    pub(crate) is_system: bool,
    /// Arguments that could not be read.
    pub(crate) hidden: Vec<HiddenPart>,
}

impl<'a> ColumnDraft<'a> {
    /// A column that only an annotation declares.
    pub(crate) fn annotated(attribute: &Rc<str>, place: Place) -> Self {
        Self {
            name: Rc::clone(attribute),
            key: Rc::clone(attribute),
            attribute: Some(Rc::clone(attribute)),
            place,
            made_of: Vec::new(),
            data_type: None,
            nullable: None,
            annotated_nullable: None,
            primary_key: None,
            autoincrement: None,
            index: None,
            unique: None,
            server_default: None,
            server_onupdate: None,
            default: None,
            onupdate: None,
            comment: None,
            foreign_keys: Vec::new(),
            checks: Vec::new(),
            identity: None,
            computed: None,
            sequence: None,
            sort_order: 0,
            is_version_counter: false,
            is_system: false,
            hidden: Vec::new(),
        }
    }

    /// Takes over what `other` says and this does not: the `mapped_column` of an `Annotated` type.
    pub(crate) fn fill_from(&mut self, other: &Self) {
        fn fill<T: Clone>(target: &mut Option<T>, source: &Option<T>) {
            if target.is_none() {
                target.clone_from(source);
            }
        }
        fill(&mut self.data_type, &other.data_type);
        fill(&mut self.nullable, &other.nullable);
        fill(&mut self.primary_key, &other.primary_key);
        fill(&mut self.autoincrement, &other.autoincrement);
        fill(&mut self.index, &other.index);
        fill(&mut self.unique, &other.unique);
        fill(&mut self.server_default, &other.server_default);
        fill(&mut self.server_onupdate, &other.server_onupdate);
        fill(&mut self.default, &other.default);
        fill(&mut self.onupdate, &other.onupdate);
        fill(&mut self.comment, &other.comment);
        fill(&mut self.identity, &other.identity);
        fill(&mut self.computed, &other.computed);
        fill(&mut self.sequence, &other.sequence);
        self.foreign_keys.extend(other.foreign_keys.iter().cloned());
        self.checks.extend(other.checks.iter().cloned());
        self.hidden.extend(other.hidden.iter().cloned());
    }

    /// Whether it is said to be part of the primary key.
    pub(crate) fn is_primary_key(&self) -> bool {
        self.primary_key.as_ref().is_some_and(|value| value.value.truth() == Some(true))
    }
}

impl<'a> Evaluator<'a> {
    /// The `Column(…)` or `mapped_column(…)` call that a value is or wraps.
    pub(crate) fn column_call(&self, value: &Value<'a>) -> Option<Rc<Symbol<'a>>> {
        let (name, symbol, arguments) = sqlalchemy_call(value)?;
        match name {
            "Column" | "mapped_column" | "unmapped_column" => Some(Rc::clone(symbol)),
            "deferred" | "column_property" => {
                let first = arguments.positional.first()?;
                self.column_call(&first.value)
            }
            _ => None,
        }
    }

    /// Sorts the arguments of a column call. `attribute` is the class attribute it is assigned to; a
    /// column with neither that nor a name of its own is none.
    pub(crate) fn column_draft(
        &mut self,
        symbol: &Rc<Symbol<'a>>,
        attribute: Option<&Rc<str>>,
    ) -> Option<ColumnDraft<'a>> {
        let Form::Call { arguments, .. } = &symbol.form else { return None };
        let mut draft = ColumnDraft::annotated(&Rc::from(""), symbol.place);
        draft.attribute = attribute.cloned();
        draft.made_of.push(symbol.id);
        let mut name = arguments.keyword("name").and_then(|name| name.value.as_text());
        draft.data_type = arguments.keyword("type_").cloned().map(Box::new);
        for (position, argument) in arguments.positional.iter().enumerate() {
            if position == 0 && name.is_none() {
                if let Some(text) = argument.value.as_text() {
                    name = Some(text);
                    continue;
                }
                if matches!(argument.value, Value::None) {
                    continue;
                }
            }
            self.sort_argument(&mut draft, argument);
        }
        let explicit_name = name.is_some();
        draft.name = name.or_else(|| attribute.cloned())?;
        let key = arguments.keyword("key").and_then(|key| key.value.as_text());
        draft.key = match (key, explicit_name, attribute) {
            (Some(key), _, _) => key,
            _ => Rc::clone(&draft.name),
        };
        draft.nullable = self.keyword_value(arguments, "nullable");
        draft.primary_key = self.keyword_value(arguments, "primary_key");
        draft.autoincrement = self.keyword_value(arguments, "autoincrement");
        draft.index = self.keyword_value(arguments, "index");
        draft.unique = self.keyword_value(arguments, "unique");
        draft.server_onupdate = self.keyword_value(arguments, "server_onupdate");
        draft.onupdate = self.keyword_value(arguments, "onupdate");
        draft.comment = self.keyword_value(arguments, "comment");
        draft.default = self
            .keyword_value(arguments, "insert_default")
            .or_else(|| self.keyword_value(arguments, "default"))
            .or_else(|| self.keyword_value(arguments, "default_factory"))
            .or(draft.default);
        if let Some(given) = self.keyword_value(arguments, "server_default") {
            // `server_default=Identity()` and `server_default=Computed(…)` are the same as by position.
            match sqlalchemy_call(&given.value) {
                Some(("Identity" | "Computed", ..)) => self.sort_argument(&mut draft, &given),
                _ => draft.server_default = Some(given),
            }
        }
        if let Some(default) = &draft.default
            && let Some(("Sequence", sequence, _)) = sqlalchemy_call(&default.value)
        {
            draft.sequence = Some(Rc::clone(sequence));
        }
        draft.sort_order = arguments.keyword("sort_order").and_then(|order| order.value.as_integer()).unwrap_or(0);
        draft.is_system = arguments.keyword("system").is_some_and(|value| value.value.truth() == Some(true));
        if let Some(place) = arguments.hidden {
            self.hide(&mut draft, place, "its arguments are spread from something unknown");
        }
        Some(draft)
    }

    fn sort_argument(&mut self, draft: &mut ColumnDraft<'a>, argument: &Located<'a>) {
        if let Some((name, symbol, _)) = sqlalchemy_call(&argument.value) {
            match name {
                "ForeignKey" => return draft.foreign_keys.push(Rc::clone(symbol)),
                "CheckConstraint" => return draft.checks.push(Rc::clone(symbol)),
                "Identity" => return draft.identity = Some(Rc::clone(symbol)),
                "Computed" => return draft.computed = Some(Rc::clone(symbol)),
                "Sequence" => {
                    draft.sequence = Some(Rc::clone(symbol));
                    draft.default = Some(Box::new(argument.clone()));
                    return;
                }
                "DefaultClause" | "FetchedValue" => return draft.server_default = Some(Box::new(argument.clone())),
                "ColumnDefault" => return draft.default = Some(Box::new(argument.clone())),
                _ => {}
            }
        }
        match &argument.value {
            Value::Opaque(unknown) if draft.data_type.is_some() => {
                let reason = unknown.reason.clone();
                self.hide(draft, argument.place, &reason);
            }
            Value::None => {}
            _ if draft.data_type.is_none() => draft.data_type = Some(Box::new(argument.clone())),
            _ => self.hide(draft, argument.place, "it is neither a type nor anything else a column takes"),
        }
    }

    fn hide(&mut self, draft: &mut ColumnDraft<'a>, place: Place, reason: &str) {
        let text = self.source_text(place);
        let of =
            draft.attribute.as_ref().map_or_else(|| "this column".to_owned(), |name| format!("the column `{name}`"));
        self.report_opaque(
            format!("an argument of {of} could not be read: {reason}: {text}"),
            "write the argument out in the call",
            place,
        );
        for fact in [Fact::Default, Fact::Nullability, Fact::ForeignKey, Fact::Index] {
            draft.hidden.push(HiddenPart { fact, name: None, place });
        }
    }

    fn keyword_value(&self, arguments: &Arguments<'a>, name: &str) -> Option<Box<Located<'a>>> {
        let given = arguments.keyword(name)?;
        // `default=None` says the same as nothing at all, for all of them.
        (!matches!(given.value, Value::None)).then(|| Box::new(given.clone()))
    }
}

/// Whether a call makes something that is no column: relationships, proxies, properties.
pub(crate) fn is_not_a_column(value: &Value<'_>) -> bool {
    let Value::Symbol(symbol) = value else { return !matches!(value, Value::Opaque(_)) };
    match &symbol.form {
        Form::Call { callee: Value::External(path), .. } => {
            let name = last_segment(path);
            path.starts_with("sqlalchemy") || path.starts_with("builtins.") || !looks_like_column_factory(name)
        }
        Form::Call { callee: Value::Class(_), .. } => true,
        _ => true,
    }
}

/// A function outside the project whose name says that it makes columns.
fn looks_like_column_factory(name: &str) -> bool {
    let name = name.to_lowercase();
    ["column", "col", "field", "pk", "primary_key", "timestamp"].iter().any(|part| name.contains(part))
        && !name.contains("property")
}
