//! What `Mapped[…]` says: a Python type, whether it takes NULL, and the `mapped_column` of an `Annotated`.

use std::rc::Rc;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use crate::mapping::sqlalchemy_call;
use crate::python::{Arguments, Class, Evaluator, Form, Frame, Located, Place, Symbol, TypeAlias, Value, last_segment};

/// Marks an enum type that no column was given: SQLAlchemy 2.1 does not give it the schema of the `MetaData`.
pub(crate) const OF_ANNOTATION: &str = "of an annotation";

/// What an annotation says of a column.
#[derive(Debug, Default)]
pub(crate) struct Annotation<'a> {
    pub(crate) nullable: bool,
    /// The types to look for in the type map, the most telling first.
    pub(crate) types: Vec<Value<'a>>,
    /// The `mapped_column(…)` inside an `Annotated`.
    pub(crate) column: Option<Rc<Symbol<'a>>>,
    /// The arguments of SQLModel's `Field(…)` inside an `Annotated`.
    pub(crate) field: Option<Arguments<'a>>,
}

/// What kind of annotation an attribute has.
pub(crate) enum AnnotationKind<'a> {
    /// `Mapped[T]`.
    Mapped(Annotation<'a>),
    /// Anything else: it declares nothing by itself.
    Other,
}

impl<'a> Evaluator<'a> {
    /// Reads the annotation of a class attribute.
    pub(crate) fn read_annotation(&mut self, owner: &Rc<Class<'a>>, annotation: &'a Expr) -> AnnotationKind<'a> {
        let frame = self.annotation_frame(owner);
        let place = frame.place(annotation.range());
        let value = self.evaluate(&frame, annotation);
        let value = self.unquote(&frame, Located { value, place });
        let Value::Symbol(symbol) = &value else { return AnnotationKind::Other };
        let Form::Subscript { of, index } = &symbol.form else { return AnnotationKind::Other };
        let Value::External(path) = of else { return AnnotationKind::Other };
        if last_segment(path) != "Mapped" {
            return AnnotationKind::Other;
        }
        let mut annotation = Annotation::default();
        self.read_type(&frame, index.clone(), &mut annotation, 0);
        AnnotationKind::Mapped(annotation)
    }

    /// Reads the annotation of a field, which is the type itself.
    pub(crate) fn read_field_annotation(&mut self, owner: &Rc<Class<'a>>, expression: &'a Expr) -> Annotation<'a> {
        let frame = self.annotation_frame(owner);
        let place = frame.place(expression.range());
        let value = self.evaluate(&frame, expression);
        let mut annotation = Annotation::default();
        self.read_type(&frame, Located { value, place }, &mut annotation, 0);
        annotation
    }

    /// The value that a quoted annotation stands for; any other value as it is.
    fn unquote(&mut self, frame: &Frame<'a>, located: Located<'a>) -> Value<'a> {
        let Value::Text(_) = &located.value else { return located.value };
        let program = self.program;
        match program.quoted_annotation(located.place.module, located.place.span.start) {
            Some(expression) => {
                let place = frame.place(expression.range());
                let value = self.evaluate(frame, expression);
                // A string within the string has been parsed too.
                match value {
                    Value::Text(_) if place != located.place => self.unquote(frame, Located { value, place }),
                    other => other,
                }
            }
            None => located.value,
        }
    }

    /// Takes a type apart into its alternatives; `None` among them means NULL.
    fn read_type(&mut self, frame: &Frame<'a>, located: Located<'a>, annotation: &mut Annotation<'a>, depth: usize) {
        let place = located.place;
        let value = self.unquote(frame, located);
        if depth > 20 {
            return;
        }
        if let Some(alias) = TypeAlias::of(&value) {
            annotation.types.push(value);
            return self.read_type(frame, alias.value, annotation, depth + 1);
        }
        let Value::Symbol(symbol) = &value else {
            match value {
                Value::None => annotation.nullable = true,
                other => annotation.types.push(other),
            }
            return;
        };
        match &symbol.form {
            Form::Operation { operator: "|", operands } => {
                for operand in operands.clone() {
                    self.read_type(frame, Located { value: operand, place }, annotation, depth + 1);
                }
            }
            Form::Subscript { of: Value::External(path), index } => match last_segment(path) {
                "Optional" => {
                    annotation.nullable = true;
                    self.read_type(frame, index.clone(), annotation, depth + 1);
                }
                "Union" => {
                    let parts = index.value.elements().unwrap_or_else(|| vec![index.clone()]);
                    for part in parts {
                        self.read_type(frame, part, annotation, depth + 1);
                    }
                }
                "Annotated" => {
                    annotation.types.push(value.clone());
                    let parts = index.value.elements().unwrap_or_default();
                    if let Some((first, rest)) = parts.split_first() {
                        annotation.column = rest.iter().find_map(|item| self.column_call(&item.value));
                        annotation.field = rest.iter().find_map(|item| match sqlalchemy_call(&item.value)? {
                            ("Field", _, arguments) => Some(arguments.clone()),
                            _ => None,
                        });
                        self.read_type(frame, first.clone(), annotation, depth + 1);
                    }
                }
                "Final" | "ReadOnly" => self.read_type(frame, index.clone(), annotation, depth + 1),
                _ => annotation.types.push(value.clone()),
            },
            _ => annotation.types.push(value.clone()),
        }
    }

    /// The SQLAlchemy type of a Python type: what the class's `type_annotation_map` says, else what
    /// SQLAlchemy's own map says. The error says what is in the way.
    pub(crate) fn type_of_annotation(
        &mut self,
        class: &Rc<Class<'a>>,
        annotation: &Annotation<'a>,
        place: Place,
    ) -> Result<Value<'a>, String> {
        let map = self.type_annotation_map(class);
        for wanted in &annotation.types {
            if let Some(found) = self.look_up_type(&map, wanted, place) {
                return Ok(found);
            }
        }
        Err(match annotation.types.last() {
            Some(Value::Opaque(unknown)) => unknown.reason.clone(),
            Some(Value::Class(class)) => format!("`{}` is in no type map that was found", class.name),
            Some(Value::External(path)) => format!("`{path}` is in no type map that was found"),
            _ => "its Python type is in no type map that was found".to_owned(),
        })
    }

    fn look_up_type(
        &mut self,
        map: &[(Value<'a>, Located<'a>)],
        wanted: &Value<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let mapped =
            |wanted: &Value<'a>| map.iter().find(|(key, _)| is_same_type(key, wanted)).map(|(_, at)| at.value.clone());
        if let Some(found) = mapped(wanted) {
            return Some(self.specialise(found, wanted, place));
        }
        match wanted {
            Value::External(path) if path.as_ref() == "builtins.float" => {
                Some(Value::external(self.release.annotated_float()))
            }
            Value::External(path) => builtin_type(path).map(Value::external),
            Value::Class(class) => {
                // An enum is known by `enum.Enum` among its ancestors; other classes only by themselves.
                self.enum_members(class)?;
                let general = class.ancestors.iter().find_map(|ancestor| match ancestor {
                    Value::External(path) if last_segment(path) == "Enum" => mapped(ancestor),
                    _ => None,
                });
                let general = general.or_else(|| mapped(&Value::external("enum.Enum")));
                Some(match general {
                    Some(general) => self.specialise(general, wanted, place),
                    None => self.enum_type(wanted.clone(), Vec::new(), place),
                })
            }
            Value::Symbol(symbol) => match &symbol.form {
                Form::Subscript { of: Value::External(path), index } if last_segment(path) == "Literal" => {
                    let labels = index.value.elements().unwrap_or_else(|| vec![index.clone()]);
                    let arguments = Arguments {
                        positional: labels,
                        keywords: vec![("native_enum".into(), Located { value: Value::Bool(false), place })],
                        hidden: None,
                    };
                    Some(self.call_symbol(Value::external("sqlalchemy.Enum"), arguments, place))
                }
                // SQLAlchemy 2.0 takes the type that a `NewType` is made of; 2.1 wants it in the map, and refuses it else.
                Form::Call { callee: Value::External(path), arguments } if last_segment(path) == "NewType" => {
                    self.look_up_type(map, &arguments.get(1, "tp")?.value.clone(), place)
                }
                // `list[str]` is looked up as itself, then as `list`.
                Form::Subscript { of, .. } => mapped(of),
                _ => None,
            },
            _ => None,
        }
    }

    /// `Enum(enum.Enum, …)` in a type map stands for the enum at hand, with its other arguments.
    fn specialise(&mut self, found: Value<'a>, wanted: &Value<'a>, place: Place) -> Value<'a> {
        let is_generic_enum = |arguments: &Arguments<'a>| {
            matches!(arguments.positional.as_slice(), [only]
                if matches!(&only.value, Value::External(path) if matches!(last_segment(path), "Enum" | "StrEnum" | "IntEnum" | "Literal")))
        };
        let Value::Symbol(symbol) = &found else { return found };
        let Some((path, arguments)) = symbol.external_call() else { return found };
        if last_segment(path) == "Enum" && is_generic_enum(arguments) && matches!(wanted, Value::Class(_)) {
            return self.enum_type(wanted.clone(), arguments.keywords.clone(), place);
        }
        found
    }

    /// The type, marked as one that came from an annotation where that tells it from others.
    pub(super) fn marked_type(&mut self, value: Value<'a>) -> Value<'a> {
        let Some(("Enum" | "ENUM", symbol, arguments)) = sqlalchemy_call(&value) else { return value };
        let (Some((path, _)), place) = (symbol.external_call(), symbol.place) else { return value };
        let (callee, mut arguments) = (Value::external(path), arguments.clone());
        arguments.keywords.push((OF_ANNOTATION.into(), Located { value: Value::Bool(true), place }));
        self.call_symbol(callee, arguments, place)
    }

    fn enum_type(&mut self, class: Value<'a>, keywords: Vec<(Rc<str>, Located<'a>)>, place: Place) -> Value<'a> {
        let arguments = Arguments { positional: vec![Located { value: class, place }], keywords, hidden: None };
        self.call_symbol(Value::external("sqlalchemy.Enum"), arguments, place)
    }
}

/// SQLAlchemy's own map from Python types (`sqlalchemy/sql/sqltypes.py`, `_type_map`).
fn builtin_type(path: &str) -> Option<&'static str> {
    Some(match path {
        "builtins.int" => "sqlalchemy.Integer",
        "builtins.bool" => "sqlalchemy.Boolean",
        "builtins.str" => "sqlalchemy.String",
        "builtins.bytes" => "sqlalchemy.LargeBinary",
        "uuid.UUID" => "sqlalchemy.Uuid",
        "decimal.Decimal" => "sqlalchemy.Numeric",
        "datetime.date" => "sqlalchemy.Date",
        "datetime.datetime" => "sqlalchemy.DateTime",
        "datetime.time" => "sqlalchemy.Time",
        "datetime.timedelta" => "sqlalchemy.Interval",
        _ => return None,
    })
}

/// Whether two type expressions are the same: the same object, or written the same.
fn is_same_type(left: &Value<'_>, right: &Value<'_>) -> bool {
    match (left, right) {
        (Value::External(left), Value::External(right)) => plain_name(left) == plain_name(right),
        (Value::Class(left), Value::Class(right)) => left.id == right.id,
        (Value::None, Value::None) => true,
        (Value::Symbol(left), Value::Symbol(right)) if left.id == right.id => true,
        (Value::Symbol(left), Value::Symbol(right)) => match (&left.form, &right.form) {
            (Form::Subscript { of: left_of, index: left }, Form::Subscript { of: right_of, index: right }) => {
                is_same_type(left_of, right_of) && is_same_type(&left.value, &right.value)
            }
            (Form::Operation { operator: "|", operands: left }, Form::Operation { operator: "|", operands: right }) => {
                left.len() == right.len() && left.iter().zip(right).all(|(left, right)| is_same_type(left, right))
            }
            _ => false,
        },
        (Value::Tuple(left), Value::Tuple(right)) => {
            left.len() == right.len()
                && left.iter().zip(right.iter()).all(|(left, right)| is_same_type(&left.value, &right.value))
        }
        (left, right) => left.as_text().is_some() && left.as_text() == right.as_text(),
    }
}

/// `typing.Dict` and `dict` are the same type.
fn plain_name(path: &str) -> &str {
    match path {
        "typing.Dict" => "builtins.dict",
        "typing.List" => "builtins.list",
        "typing.Tuple" => "builtins.tuple",
        "typing.Set" => "builtins.set",
        other => other,
    }
}
