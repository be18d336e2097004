//! SQLModel: columns from the fields of a Pydantic model (`sqlmodel/main.py`, `get_column_from_field`).

use std::rc::Rc;

use crate::mapping::annotation::Annotation;
use crate::mapping::{ColumnDraft, sqlalchemy_call};
use crate::python::{Arguments, Evaluator, Form, Located, Member, Place, Value, last_segment};

/// What a class attribute of a SQLModel table is.
pub(crate) enum Field<'a> {
    Column(Box<ColumnDraft<'a>>),
    /// A relationship, a class variable, a private attribute.
    Nothing,
}

impl<'a> Evaluator<'a> {
    /// The column that a field of a SQLModel table makes.
    pub(crate) fn sqlmodel_field(
        &mut self,
        name: &Rc<str>,
        member: &Member<'a>,
        annotation: Option<Annotation<'a>>,
    ) -> Field<'a> {
        let call = member.value.as_ref().and_then(|value| {
            let (name, symbol, arguments) = sqlalchemy_call(&value.value)?;
            Some((name.to_owned(), symbol.place, arguments.clone()))
        });
        let (place, mut arguments) = match call {
            Some((called, place, arguments)) => match called.as_str() {
                "Field" => (place, arguments),
                "Column" | "mapped_column" => {
                    let symbol = member.value.as_ref().and_then(|value| value.value.as_symbol()).cloned();
                    let draft = symbol.and_then(|symbol| self.column_draft(&symbol, Some(name)));
                    return draft.map_or(Field::Nothing, |draft| Field::Column(Box::new(draft)));
                }
                _ => return Field::Nothing,
            },
            None => (member.place, Arguments::default()),
        };
        let Some(annotation) = annotation else { return Field::Nothing };
        if let Some(annotated) = &annotation.field {
            fill_arguments(&mut arguments, annotated);
        }
        if is_class_variable(&annotation) || name.starts_with('_') {
            return Field::Nothing;
        }
        if let Some(column) = arguments.keyword("sa_column")
            && let Some(symbol) = self.column_call(&column.value)
        {
            let draft = self.column_draft(&symbol, Some(name));
            return draft.map_or(Field::Nothing, |draft| Field::Column(Box::new(draft)));
        }
        Field::Column(Box::new(self.field_column(name, &arguments, &annotation, member, place)))
    }

    fn field_column(
        &mut self,
        name: &Rc<str>,
        arguments: &Arguments<'a>,
        annotation: &Annotation<'a>,
        member: &Member<'a>,
        place: Place,
    ) -> ColumnDraft<'a> {
        // The arguments of the `Column(…)` that SQLModel makes.
        let mut made = Arguments { hidden: arguments.hidden, ..Arguments::default() };
        let at = |value: Value<'a>| Located { value, place };
        let data_type = match arguments.keyword("sa_type") {
            Some(given) => given.clone(),
            None => at(self.field_type(annotation, arguments, place)),
        };
        made.keywords.push(("type_".into(), data_type));
        if let Some(target) = arguments.keyword("foreign_key").filter(|target| !matches!(target.value, Value::None)) {
            let mut key = Arguments { positional: vec![target.clone()], ..Arguments::default() };
            key.keywords.extend(arguments.keyword("ondelete").map(|action| ("ondelete".into(), action.clone())));
            let key = self.call_symbol(Value::external("sqlalchemy.ForeignKey"), key, place);
            made.positional.push(at(key));
        }
        for keyword in ["primary_key", "index", "unique"] {
            made.keywords.extend(arguments.keyword(keyword).map(|given| (keyword.into(), given.clone())));
        }
        let is_key = arguments.keyword("primary_key").is_some_and(|key| key.value.truth() == Some(true));
        let nullable =
            arguments.keyword("nullable").cloned().unwrap_or_else(|| at(Value::Bool(annotation.nullable && !is_key)));
        made.keywords.push(("nullable".into(), nullable));
        if let Some(default) = self.field_default(arguments, member) {
            made.keywords.push(("default".into(), default));
        }
        if let Some(more) = arguments.keyword("sa_column_args") {
            match more.value.elements() {
                Some(more) => made.positional.extend(more),
                None => made.hidden = Some(more.place),
            }
        }
        if let Some(more) = arguments.keyword("sa_column_kwargs") {
            match more.value.text_entries() {
                Some(more) => {
                    for (name, value) in more {
                        made.keywords.retain(|(known, _)| *known != name);
                        made.keywords.push((name, value));
                    }
                }
                None => made.hidden = Some(more.place),
            }
        }
        let symbol = self.call_symbol(Value::external("sqlalchemy.Column"), made, place);
        let draft = symbol.as_symbol().cloned().and_then(|symbol| self.column_draft(&symbol, Some(name)));
        draft.unwrap_or_else(|| ColumnDraft::annotated(name, place))
    }

    /// What SQLModel fills in itself: `default_factory`, the first argument of `Field`, or the plain value.
    fn field_default(&self, arguments: &Arguments<'a>, member: &Member<'a>) -> Option<Located<'a>> {
        if let Some(factory) = arguments.keyword("default_factory") {
            return Some(factory.clone());
        }
        let default = match &member.value {
            Some(value) if sqlalchemy_call(&value.value).is_none() => Some(value.clone()),
            _ => arguments.get(0, "default").cloned(),
        };
        // `Field(...)` is Pydantic's way to say that a field is required.
        default.filter(|default| {
            !matches!(&default.value, Value::None)
                && !matches!(&default.value, Value::External(path) if last_segment(path) == "Ellipsis")
        })
    }

    fn field_type(&mut self, annotation: &Annotation<'a>, arguments: &Arguments<'a>, place: Place) -> Value<'a> {
        let Some(wanted) = annotation.types.last().cloned() else {
            return Value::opaque("the field has no type", place);
        };
        let call = |evaluator: &mut Self, class: &str, keywords: &[(&str, &str)]| {
            let keywords = keywords
                .iter()
                .filter_map(|(theirs, ours)| Some((Rc::from(*ours), arguments.keyword(theirs)?.clone())))
                .collect();
            let arguments = Arguments { keywords, ..Arguments::default() };
            evaluator.call_symbol(Value::external(&format!("sqlalchemy.{class}")), arguments, place)
        };
        match &wanted {
            Value::Opaque(_) => wanted,
            Value::Class(class) if self.enum_members(class).is_some() => {
                let positional = vec![Located { value: wanted.clone(), place }];
                let arguments = Arguments { positional, ..Arguments::default() };
                self.call_symbol(Value::external("sqlalchemy.Enum"), arguments, place)
            }
            Value::External(path) => match path.as_ref() {
                "builtins.float" => Value::external("sqlalchemy.Float"),
                "builtins.bool" => Value::external("sqlalchemy.Boolean"),
                "builtins.int" => Value::external("sqlalchemy.Integer"),
                "builtins.bytes" => Value::external("sqlalchemy.LargeBinary"),
                "decimal.Decimal" => call(self, "Numeric", &[("max_digits", "precision"), ("decimal_places", "scale")]),
                "uuid.UUID" => Value::external("sqlalchemy.Uuid"),
                "datetime.date" => Value::external("sqlalchemy.Date"),
                "datetime.time" => Value::external("sqlalchemy.Time"),
                "datetime.timedelta" => Value::external("sqlalchemy.Interval"),
                "datetime.datetime" => {
                    let zone = Located { value: Value::Bool(self.release.has_aware_sqlmodel), place };
                    let arguments = Arguments { keywords: vec![("timezone".into(), zone)], ..Arguments::default() };
                    self.call_symbol(Value::external("sqlalchemy.DateTime"), arguments, place)
                }
                "pydantic.NaiveDatetime" => Value::external("sqlalchemy.DateTime"),
                "pydantic.AwareDatetime" => {
                    let zone = Located { value: Value::Bool(true), place };
                    let arguments = Arguments { keywords: vec![("timezone".into(), zone)], ..Arguments::default() };
                    self.call_symbol(Value::external("sqlalchemy.DateTime"), arguments, place)
                }
                "builtins.str"
                | "pydantic.EmailStr"
                | "pathlib.Path"
                | "ipaddress.IPv4Address"
                | "ipaddress.IPv4Network"
                | "ipaddress.IPv6Address"
                | "ipaddress.IPv6Network" => call(self, "AutoString", &[("max_length", "length")]),
                other => match constrained(other) {
                    Some("AutoString") => call(self, "AutoString", &[("max_length", "length")]),
                    Some(name) => Value::external(&format!("sqlalchemy.{name}")),
                    None => Value::opaque(format!("SQLModel has no type for `{other}` that is known"), place),
                },
            },
            Value::Symbol(symbol) => {
                let Some((path, given)) = symbol.external_call() else {
                    return Value::opaque("SQLModel has no type for this annotation that is known", place);
                };
                match constrained(path) {
                    Some("AutoString") => call(self, "AutoString", &[("max_length", "length")]),
                    // The digits are looked for in the field, and in its annotation where that is nothing else.
                    Some("Numeric") => {
                        let mut all = arguments.clone();
                        if !annotation.nullable {
                            fill_arguments(&mut all, given);
                        }
                        let names = [("max_digits", "precision"), ("decimal_places", "scale")];
                        let keywords = names
                            .iter()
                            .filter_map(|(theirs, ours)| Some((Rc::from(*ours), all.keyword(theirs)?.clone())))
                            .collect();
                        let arguments = Arguments { keywords, ..Arguments::default() };
                        self.call_symbol(Value::external("sqlalchemy.Numeric"), arguments, place)
                    }
                    Some(name) => Value::external(&format!("sqlalchemy.{name}")),
                    None => Value::opaque(format!("SQLModel has no type for `{path}` that is known"), place),
                }
            }
            _ => Value::opaque("SQLModel has no type for this annotation that is known", place),
        }
    }
}

/// Adds the arguments that are given there and not here.
fn fill_arguments<'a>(arguments: &mut Arguments<'a>, more: &Arguments<'a>) {
    if arguments.positional.is_empty() && arguments.keyword("default").is_none() {
        arguments.positional.clone_from(&more.positional);
    }
    for (name, value) in &more.keywords {
        if arguments.keyword(name).is_none() {
            arguments.keywords.push((Rc::clone(name), value.clone()));
        }
    }
    arguments.hidden = arguments.hidden.or(more.hidden);
}

/// What SQLModel makes of Pydantic's types and of those that its functions make (`constr(…)`), which are Python's own
/// with conditions.
fn constrained(path: &str) -> Option<&'static str> {
    if !path.starts_with("pydantic.") {
        return None;
    }
    Some(match last_segment(path) {
        "constr" | "StrictStr" | "FilePath" | "DirectoryPath" | "NewPath" => "AutoString",
        "conint" | "PositiveInt" | "NonNegativeInt" | "NegativeInt" | "NonPositiveInt" | "StrictInt" => "Integer",
        "confloat" | "PositiveFloat" | "NonNegativeFloat" | "NegativeFloat" | "NonPositiveFloat" | "StrictFloat"
        | "FiniteFloat" => "Float",
        "condecimal" => "Numeric",
        "conbytes" | "StrictBytes" => "LargeBinary",
        "condate" => "Date",
        "StrictBool" => "Boolean",
        "UUID1" | "UUID3" | "UUID4" | "UUID5" | "UUID6" | "UUID7" | "UUID8" => "Uuid",
        _ => return None,
    })
}

/// `ClassVar[…]`.
fn is_class_variable(annotation: &Annotation<'_>) -> bool {
    annotation.types.iter().any(|found| match found {
        Value::External(path) => last_segment(path) == "ClassVar",
        Value::Symbol(symbol) => {
            matches!(&symbol.form, Form::Subscript { of: Value::External(path), .. } if last_segment(path) == "ClassVar")
        }
        _ => false,
    })
}
