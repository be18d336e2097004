//! From a type expression to what the column stores.

use std::rc::Rc;

use ormsync_schema::{DataType, Domain, EnumType, Fact, TypeArgument};

use crate::lower::Lowering;
use crate::lower::compiler::{Compiler, TypeCall};
use crate::lower::made::Made;
use crate::mapping::{OF_ANNOTATION, TableId};
use crate::python::{Arguments, Class, DIALECT_OBJECT, Form, Located, Place, SUPER_ARGUMENTS, Value, last_segment};

/// A type as a column has it.
#[derive(Debug, Clone)]
pub(super) struct LoweredType {
    pub(super) data_type: DataType,
    pub(super) collation: Option<String>,
    pub(super) affinity: Affinity,
    /// The check that comes with a non-native enum or boolean: its name if it has one, and the values.
    pub(super) check: Option<TypeCheck>,
    /// The labels of an enum that is kept as text.
    pub(super) text_labels: Option<Vec<String>>,
    /// Whether its exact decimals become floats in Python.
    pub(super) decimal_as_float: bool,
    /// What it brings to the column and its table.
    pub(super) made: Option<Made>,
}

/// A check constraint that a type makes.
#[derive(Debug, Clone)]
pub(super) struct TypeCheck {
    pub(super) name: Option<Rc<str>>,
    /// As SQL constants.
    pub(super) values: Vec<String>,
}

/// What SQLAlchemy takes a type for when it decides on auto-increment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Affinity {
    Integer,
    Other,
}

/// Why a type could not be lowered.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The reader does not know it.
    Unknown(String),
    /// SQLAlchemy itself refuses it on this dialect.
    Refused(String),
}

impl LoweredType {
    pub(super) fn plain(data_type: DataType) -> Self {
        Self {
            data_type,
            collation: None,
            affinity: Affinity::Other,
            check: None,
            text_labels: None,
            decimal_as_float: false,
            made: None,
        }
    }
}

/// How deep types may be nested in each other.
const DEPTH: usize = 12;

impl<'a> Lowering<'_, 'a> {
    /// The type of a column of `table`. What is not understood is unreadable, and said.
    pub(super) fn lower_type(&mut self, table: TableId, located: &Located<'a>) -> LoweredType {
        match self.type_of(table, &located.value, located.place, 0) {
            Ok(lowered) => lowered,
            Err(refusal) => {
                let text = self.evaluator.source_text(located.place);
                match refusal {
                    Refusal::Unknown(reason) => self.warn(
                        format!("the type `{text}` could not be read: {reason}"),
                        "use one of SQLAlchemy's types, a TypeDecorator with a plain `impl`, or add the module that \
                         defines the type to `models`",
                        located.place,
                    ),
                    Refusal::Refused(reason) => self.evaluator.report_refused(
                        format!("the type `{text}` cannot be created here: {reason}"),
                        format!(
                            "give the type a variant for this database with `.with_variant(…, \"{}\")`",
                            self.compiler.name()
                        ),
                        located.place,
                    ),
                }
                LoweredType::plain(DataType::Unreadable(text))
            }
        }
    }

    pub(super) fn type_of(
        &mut self,
        table: TableId,
        value: &Value<'a>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        if depth > DEPTH {
            return Err(Refusal::Unknown("types are nested too deep".to_owned()));
        }
        match value {
            Value::Opaque(unknown) => Err(Refusal::Unknown(self.evaluator.reason(unknown, place))),
            Value::External(path) => self.external_type(table, path, Arguments::default(), place, depth),
            Value::Class(class) => {
                let object = self.evaluator.instantiate(Rc::clone(class), Arguments::default(), place);
                self.type_of(table, &object, place, depth + 1)
            }
            Value::Symbol(symbol) => {
                if let Some((path, arguments)) = symbol.external_call() {
                    if last_segment(path) == "as_mutable" {
                        let inner = arguments.positional.first().map(|inner| inner.value.clone());
                        let inner = inner.ok_or_else(|| Refusal::Unknown("`as_mutable` has no argument".to_owned()))?;
                        return self.type_of(table, &inner, place, depth + 1);
                    }
                    return self.external_type(table, path, arguments.clone(), place, depth);
                }
                if let Some((object, name, arguments)) = symbol.method_call() {
                    return self.type_method(table, object, name, arguments, place, depth);
                }
                match &symbol.form {
                    Form::Call { callee: Value::Class(class), arguments } => {
                        self.project_type(table, value, class, arguments, place, depth)
                    }
                    _ => Err(Refusal::Unknown("it is not a type that is known".to_owned())),
                }
            }
            other => Err(Refusal::Unknown(format!("it is {}", other.kind()))),
        }
    }

    fn type_method(
        &mut self,
        table: TableId,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        match name {
            "with_variant" => {
                let dialects: Option<Vec<Rc<str>>> = arguments
                    .positional
                    .iter()
                    .skip(1)
                    .chain(arguments.keyword("dialect_name"))
                    .map(|dialect| dialect.value.as_text())
                    .collect();
                let Some(dialects) = dialects else {
                    return Err(Refusal::Unknown("the dialects of a variant are not known".to_owned()));
                };
                let is_meant = dialects.iter().any(|dialect| dialect.as_ref() == self.compiler.name());
                match arguments.positional.first() {
                    Some(variant) if is_meant => self.type_of(table, &variant.value, place, depth + 1),
                    _ => self.type_of(table, object, place, depth + 1),
                }
            }
            "as_mutable" => match arguments.positional.first() {
                Some(inner) => self.type_of(table, &inner.value, place, depth + 1),
                None => Err(Refusal::Unknown("`as_mutable` has no argument".to_owned())),
            },
            "copy" | "evaluates_none" => self.type_of(table, object, place, depth + 1),
            _ => Err(Refusal::Unknown(format!("`.{name}()` is not a known method of a type"))),
        }
    }

    /// A type class of the project: a decorator around another type, a type with its own SQL, or a
    /// subclass of one of SQLAlchemy's.
    fn project_type(
        &mut self,
        table: TableId,
        object: &Value<'a>,
        class: &Rc<Class<'a>>,
        arguments: &Arguments<'a>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        let arguments = self.constructor_arguments(object, class, arguments)?;
        let general = class.ancestors.iter().find_map(|ancestor| match ancestor {
            Value::External(path) if path.starts_with("sqlalchemy") && last_segment(path) != "UserDefinedType" => {
                Some(Rc::clone(path))
            }
            _ => None,
        });
        if let Some(compiled) = self.compiled_class(class, object, place) {
            return self.compiled_type(table, compiled, general.as_deref(), place, depth);
        }
        if class.descends_from(|path| last_segment(path) == "TypeDecorator") {
            return self.decorated_type(table, object, class, arguments, place, depth);
        }
        if class.find("get_col_spec").is_some() {
            let method = self.evaluator.attribute(object.clone(), "get_col_spec", place);
            let Value::Method(method) = method else {
                return Err(Refusal::Unknown("its `get_col_spec` is not a plain method".to_owned()));
            };
            let given =
                Arguments { positional: vec![Located { value: method.0.clone(), place }], ..Arguments::default() };
            let mut lowered = match self.evaluator.invoke(&method.1, given, place) {
                Value::Text(text) => LoweredType::plain(self.dialect.parse_type(&text)),
                Value::Opaque(unknown) => return Err(Refusal::Unknown(unknown.reason.clone())),
                _ => return Err(Refusal::Unknown("its `get_col_spec` does not return a string".to_owned())),
            };
            lowered.made = self.made_by(object, class, place);
            return Ok(lowered);
        }
        match general {
            Some(path) => self.external_type(table, &path, arguments, place, depth + 1),
            None => Err(Refusal::Unknown(format!("the class `{}` is not a SQLAlchemy type", class.name))),
        }
    }

    /// What reaches SQLAlchemy's own constructor: what was given, or what the class's `__init__` hands on.
    fn constructor_arguments(
        &self,
        object: &Value<'a>,
        class: &Rc<Class<'a>>,
        arguments: &Arguments<'a>,
    ) -> Result<Arguments<'a>, Refusal> {
        if class.find("__init__").is_none() {
            return Ok(arguments.clone());
        }
        let handed_on = object.as_symbol().and_then(|symbol| {
            let attributes = symbol.attributes.borrow();
            match &attributes.get(SUPER_ARGUMENTS)?.value.as_symbol()?.form {
                Form::Call { arguments, .. } => Some(arguments.clone()),
                _ => None,
            }
        });
        Ok(handed_on.unwrap_or_default())
    }

    fn decorated_type(
        &mut self,
        table: TableId,
        object: &Value<'a>,
        class: &Rc<Class<'a>>,
        arguments: Arguments<'a>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        let symbol = object.as_symbol().cloned();
        let assigned = symbol.as_ref().and_then(|symbol| symbol.attributes.borrow().get("impl").cloned());
        let found = assigned.or_else(|| class.find("impl").map(|(_, found)| found));
        let implementation = match found {
            Some(found) => match &found.value {
                // A class is constructed with the decorator's own arguments; an object is taken as it is.
                Value::External(path) => self.evaluator.call_symbol(Value::External(Rc::clone(path)), arguments, place),
                Value::Class(class) => self.evaluator.instantiate(Rc::clone(class), arguments, place),
                other => other.clone(),
            },
            None => Value::opaque("the TypeDecorator has no `impl`", place),
        };
        if let Some(symbol) = &symbol {
            let located = Located { value: implementation.clone(), place };
            symbol.attributes.borrow_mut().insert("impl".into(), located);
        }
        if let Some((_, Located { value: Value::Function(function), .. })) = class.find("load_dialect_impl") {
            let given = Arguments {
                positional: vec![
                    Located { value: object.clone(), place },
                    Located { value: Value::external(DIALECT_OBJECT), place },
                ],
                ..Arguments::default()
            };
            let chosen = self.evaluator.invoke(&function, given, place);
            return self.type_of(table, &chosen, place, depth + 1);
        }
        self.type_of(table, &implementation, place, depth + 1)
    }

    fn external_type(
        &mut self,
        table: TableId,
        path: &str,
        arguments: Arguments<'a>,
        place: Place,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        if !self.evaluator.compilations.is_empty() {
            let object = self.evaluator.call_symbol(Value::external(path), arguments.clone(), place);
            // Where there are no intervals, `Interval` is a decorator around `DateTime`.
            let is_moment = last_segment(path) == "Interval" && self.compiler != Compiler::PostgreSql;
            let written = if is_moment { "sqlalchemy.DateTime" } else { path };
            if let Some(compiled) = self.compiled_external(written, &object, place) {
                return self.compiled_type(table, compiled, Some(written), place, depth);
            }
        }
        self.standard_type(table, path, arguments, depth)
    }

    /// What SQLAlchemy itself makes of one of its types.
    pub(super) fn standard_type(
        &mut self,
        table: TableId,
        path: &str,
        arguments: Arguments<'a>,
        depth: usize,
    ) -> Result<LoweredType, Refusal> {
        let class = last_segment(path);
        let call = TypeCall { class: class.into(), family: family_of(path), arguments };
        if call.family == "other" {
            return Err(Refusal::Refused(format!("`{path}` belongs to another database")));
        }
        match class {
            "Enum" | "ENUM" => return self.enum_type(table, &call),
            "SET" if call.family == "mysql" => {
                let labels = self.labels_of(&call)?;
                let labels = labels.iter().map(ToString::to_string).collect();
                let collation = self.labels_collation(&call);
                return Ok(LoweredType { collation, ..LoweredType::plain(DataType::InlineSet(labels)) });
            }
            "ARRAY" if self.compiler == Compiler::PostgreSql => {
                let Some(element) = call.arguments.get(0, "item_type") else {
                    return Err(Refusal::Unknown("the array has no element type".to_owned()));
                };
                let element = self.type_of(table, &element.value.clone(), element.place, depth + 1)?;
                return Ok(LoweredType {
                    data_type: DataType::Array(Box::new(element.data_type)),
                    affinity: Affinity::Other,
                    made: None,
                    ..element
                });
            }
            "DOMAIN" if self.compiler == Compiler::PostgreSql => return self.domain_type(table, &call, depth),
            "PickleType" | "Interval" if call.arguments.keyword("impl").is_some() => {
                if let Some(implementation) = call.arguments.keyword("impl").cloned() {
                    return self.type_of(table, &implementation.value, implementation.place, depth + 1);
                }
            }
            _ => {}
        }
        if let Some(reason) = call.unknown_argument() {
            return Err(Refusal::Unknown(reason));
        }
        if !path.starts_with("sqlalchemy") && !path.starts_with("sqlmodel") {
            return Err(Refusal::Unknown(format!("`{path}` is not a type that is known")));
        }
        let text = self.compiler.type_text(&call, self.release).map_err(|reason| {
            if is_known_class(class) { Refusal::Refused(reason) } else { Refusal::Unknown(reason) }
        })?;
        let collation = call.arguments.keyword("collation").and_then(|collation| collation.value.as_text());
        Ok(LoweredType {
            data_type: self.dialect.parse_type(&text),
            collation: collation
                .map(|collation| collation.to_string())
                .or_else(|| self.compiler.charset_collation(&call)),
            affinity: affinity_of(class),
            check: self.boolean_check(class, &call),
            text_labels: None,
            decimal_as_float: matches!(class, "Numeric" | "NUMERIC" | "DECIMAL")
                && call.flag("asdecimal") == Some(false),
            made: None,
        })
    }

    /// `Boolean(create_constraint=True)` where the dialect has no booleans.
    fn boolean_check(&self, class: &str, call: &TypeCall<'a>) -> Option<TypeCheck> {
        let is_wanted = matches!(class, "Boolean" | "BOOLEAN")
            && call.arguments.get(0, "create_constraint").is_some_and(|wanted| wanted.value.truth() == Some(true))
            && self.compiler != Compiler::PostgreSql;
        is_wanted.then(|| TypeCheck { name: call.text(1, "name"), values: vec!["0".to_owned(), "1".to_owned()] })
    }

    /// The labels of an enum: a Python enum's names, what `values_callable` makes of it, or the strings.
    fn labels_of(&mut self, call: &TypeCall<'a>) -> Result<Vec<Rc<str>>, Refusal> {
        let unknown = |reason: &str| Refusal::Unknown(reason.to_owned());
        if call.arguments.hidden.is_some() {
            return Err(unknown("its labels are spread from something unknown"));
        }
        let class = match call.arguments.positional.as_slice() {
            [Located { value: Value::Class(class), .. }] => Some(Rc::clone(class)),
            _ => None,
        };
        let Some(class) = class else {
            let labels: Option<Vec<Rc<str>>> =
                call.arguments.positional.iter().map(|label| label.value.as_text()).collect();
            // A revision may make an enum without labels: nothing of a model says them then.
            let is_replay = self.evaluator.is_replay;
            return labels.filter(|labels| is_replay || !labels.is_empty()).ok_or_else(|| {
                let reason = call.unknown_argument();
                Refusal::Unknown(reason.unwrap_or_else(|| "its labels are not all strings".to_owned()))
            });
        };
        let Some(members) = self.evaluator.enum_members(&class) else {
            return Err(Refusal::Unknown(format!("`{}` is not a Python enum", class.name)));
        };
        let callable = call.arguments.keyword("values_callable").filter(|given| !matches!(given.value, Value::None));
        let Some(callable) = callable else {
            return Ok(members.iter().map(|member| Rc::clone(&member.name)).collect());
        };
        let Value::Function(function) = &callable.value else {
            return Err(unknown("its `values_callable` is not a function that is known"));
        };
        let function = Rc::clone(function);
        let place = callable.place;
        let values = self.evaluator.call_with_class(&function, &class, place);
        let labels: Option<Vec<Rc<str>>> =
            values.elements().and_then(|values| values.iter().map(|value| value.value.as_text()).collect());
        labels.ok_or_else(|| match &values {
            Value::Opaque(unknown) => Refusal::Unknown(unknown.reason.clone()),
            _ => unknown("its `values_callable` does not give strings that are known"),
        })
    }

    /// The collation of MySQL's enums and sets: the one that is named, or that of the character set.
    fn labels_collation(&self, call: &TypeCall<'a>) -> Option<String> {
        let named = call.arguments.keyword("collation").and_then(|given| given.value.as_text());
        named.map(|collation| collation.to_string()).or_else(|| self.compiler.charset_collation(call))
    }

    fn enum_type(&mut self, table: TableId, call: &TypeCall<'a>) -> Result<LoweredType, Refusal> {
        let labels = self.labels_of(call)?;
        let is_native = call.flag("native_enum") != Some(false);
        let texts: Vec<String> = labels.iter().map(ToString::to_string).collect();
        if is_native {
            match self.compiler {
                Compiler::PostgreSql => return self.named_enum(table, call, texts),
                Compiler::MySql { .. } => {
                    let collation = self.labels_collation(call);
                    return Ok(LoweredType { collation, ..LoweredType::plain(DataType::InlineEnum(texts)) });
                }
                Compiler::Sqlite => {}
            }
        }
        let longest = labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
        let length = match call.arguments.keyword("length").map(|length| &length.value) {
            // Said to have none.
            Some(Value::None) => 0,
            Some(length) => {
                length.as_integer().ok_or_else(|| Refusal::Unknown("its length is not known".to_owned()))?
            }
            None => i64::try_from(longest).unwrap_or(i64::MAX),
        };
        let check = (call.flag("create_constraint") == Some(true)).then(|| TypeCheck {
            name: call.text(usize::MAX, "name"),
            values: texts.iter().map(|label| self.dialect.quote_text(label)).collect(),
        });
        let text = if length == 0 { "VARCHAR".to_owned() } else { format!("VARCHAR({length})") };
        Ok(LoweredType { check, text_labels: Some(texts), ..LoweredType::plain(self.dialect.parse_type(&text)) })
    }

    /// A named enum type, entered into the schema. Its name is the class's in lower case where none is given.
    fn named_enum(&mut self, table: TableId, call: &TypeCall<'a>, labels: Vec<String>) -> Result<LoweredType, Refusal> {
        let class = match call.arguments.positional.first() {
            Some(Located { value: Value::Class(class), .. }) => Some(Rc::clone(class)),
            _ => None,
        };
        let name = match call.arguments.keyword("name") {
            Some(given) => given
                .value
                .as_text()
                .ok_or_else(|| Refusal::Unknown("the name of the enum type is not known".to_owned()))?
                .to_string(),
            None => match &class {
                Some(class) => class.name.to_lowercase(),
                None => return Err(Refusal::Refused("an enum of strings needs a `name` on PostgreSQL".to_owned())),
            },
        };
        let namespace = self.enum_namespace(table, call)?;
        let place = match (&class, call.arguments.positional.first()) {
            (Some(class), _) => Some(class.place),
            (None, Some(label)) => Some(label.place),
            (None, None) => None,
        };
        let origin = place.map(|place| self.evaluator.origin(place)).unwrap_or_default();
        let enums = &mut self.schema.namespace_mut(&namespace).enums;
        match enums.get(&name) {
            Some(known) if known.labels != labels => {
                // The first one that `create_all` meets makes the type; which that is depends on the order.
                let message = format!("the enum type `{name}` is declared with different labels in different places");
                if let Some(place) = place {
                    self.warn(message, "give each enum a `name` of its own, or the same labels", place);
                    let opaque = self.opaque(Fact::EnumType, Some(&name), place);
                    self.schema.opaque.push(opaque);
                }
            }
            Some(_) => {}
            None => {
                enums.insert(name.clone(), EnumType { labels, comment: None, origin });
            }
        }
        Ok(LoweredType::plain(DataType::Enum { namespace, name }))
    }

    fn enum_namespace(&self, table: TableId, call: &TypeCall<'a>) -> Result<String, Refusal> {
        if let Some(schema) = call.arguments.keyword("schema")
            && !matches!(schema.value, Value::None)
        {
            return match schema.value.as_text() {
                Some(schema) => Ok(schema.to_string()),
                None => Err(Refusal::Unknown("the schema of the enum type is not known".to_owned())),
            };
        }
        if call.flag("inherit_schema") == Some(true) {
            return Ok(self.namespace_of(table));
        }
        let of_metadata = match call.arguments.keyword("metadata") {
            Some(metadata) => {
                let metadata = crate::mapping::Metadata::of(&metadata.value);
                self.evaluator
                    .metadata_setting(&metadata, 0, "schema")
                    .flatten()
                    .and_then(|schema| schema.value.as_text())
            }
            None if self.release.is_sqlalchemy_21 && call.flag(OF_ANNOTATION) != Some(true) => {
                self.metadata_schema(table)
            }
            None => None,
        };
        Ok(of_metadata.map_or_else(|| self.default_namespace.clone(), |schema| schema.to_string()))
    }

    fn domain_type(&mut self, table: TableId, call: &TypeCall<'a>, depth: usize) -> Result<LoweredType, Refusal> {
        let (Some(name), Some(inner)) = (call.text(0, "name"), call.arguments.get(1, "data_type").cloned()) else {
            return Err(Refusal::Unknown("the domain's name or type is not known".to_owned()));
        };
        let of_metadata = if self.release.is_sqlalchemy_21 { self.metadata_schema(table) } else { None };
        let namespace = call.text(usize::MAX, "schema").or(of_metadata);
        let namespace = namespace.map_or_else(|| self.default_namespace.clone(), |text| text.to_string());
        let inner = self.type_of(table, &inner.value, inner.place, depth + 1)?;
        let check = match call.arguments.keyword("check").map(|check| check.value.clone()) {
            None | Some(Value::None) => None,
            Some(check) => Some(match check.as_text() {
                Some(text) => text.to_string(),
                None => self.sql(table, &check).map_err(|reason| {
                    Refusal::Unknown(format!("the check of domain {name} could not be read: {reason}"))
                })?,
            }),
        };
        let check = check.map(|text| ormsync_schema::Check {
            name: call.text(usize::MAX, "constraint_name").map(|name| name.to_string()),
            expression: ormsync_schema::Expression::written(text),
            ..Default::default()
        });
        let default =
            call.arguments.keyword("default").filter(|default| !matches!(default.value, Value::None)).cloned();
        let default = default.and_then(|default| self.lower_default(table, &default, &inner.data_type).default);
        let domain = Domain {
            data_type: inner.data_type,
            nullable: call.flag("not_null") != Some(true),
            not_null: None,
            default,
            collation: call.text(usize::MAX, "collation").map(|name| name.to_string()),
            checks: check.into_iter().collect(),
            comment: None,
            origin: ormsync_schema::Origin::nowhere(),
        };
        self.schema.namespace_mut(&namespace).domains.insert(name.to_string(), domain);
        Ok(LoweredType::plain(DataType::UserDefined { namespace, name: name.to_string() }))
    }
}

/// The dialect module that a dotted name comes from.
pub(super) fn family_of(path: &str) -> &'static str {
    let Some((_, behind)) = path.split_once(".dialects.") else { return "" };
    match behind.split('.').next() {
        Some("postgresql") => "postgresql",
        Some("mysql" | "mariadb") => "mysql",
        Some("sqlite") => "sqlite",
        _ => "other",
    }
}

/// Classes that SQLAlchemy has on some dialect, so that a missing text means it refuses them here.
fn is_known_class(class: &str) -> bool {
    class.chars().all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit() || letter == '_')
        || matches!(class, "String" | "Unicode")
}

pub(super) fn affinity_of(class: &str) -> Affinity {
    match class {
        "Integer" | "INTEGER" | "INT" | "SmallInteger" | "SMALLINT" | "BigInteger" | "BIGINT" | "TINYINT"
        | "MEDIUMINT" => Affinity::Integer,
        _ => Affinity::Other,
    }
}

/// The number in a type's argument list, for callers that look at lowered types.
pub(super) fn is_exactly(data_type: &DataType, name: &str) -> bool {
    data_type.as_named().is_some_and(|named| {
        named.name == name && !named.arguments.iter().any(|argument| matches!(argument, TypeArgument::Number(_)))
    })
}
