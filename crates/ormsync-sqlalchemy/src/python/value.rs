//! What the evaluator computes with: constants, classes and functions of the project, and *symbols* for
//! what happens outside it.
//!
//! `Column(String(50), nullable=False)` does not run anything: it becomes a call symbol that holds the
//! callee's dotted name and the evaluated arguments, each with its place. What the call means is decided
//! later, by the code that builds tables. A value that cannot be known is [`Value::Opaque`] and stays so
//! through everything it touches.

use std::cell::{Cell, OnceCell, RefCell};
use std::rc::Rc;

use indexmap::IndexMap;
use ormsync_schema::Span;
use ruff_python_ast::{Expr, StmtFunctionDef};

use crate::mapping::{ColumnId, TableId};
use crate::program::ModuleId;
use crate::python::scope::Scope;

/// A span of a module's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) module: ModuleId,
    pub(crate) span: Span,
}

/// A value and where it was written.
#[derive(Debug, Clone)]
pub(crate) struct Located<'a> {
    pub(crate) value: Value<'a>,
    pub(crate) place: Place,
}

/// Anything an expression can be.
#[derive(Debug, Clone)]
pub(crate) enum Value<'a> {
    None,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Rc<str>),
    Bytes(Rc<[u8]>),
    Tuple(Rc<Vec<Located<'a>>>),
    List(Rc<RefCell<Vec<Located<'a>>>>),
    Dict(Rc<RefCell<Dict<'a>>>),
    /// Something outside the project by its dotted name: `sqlalchemy.Column`, `builtins.int`.
    External(Rc<str>),
    Module(ModuleId),
    Class(Rc<Class<'a>>),
    Function(Rc<Function<'a>>),
    /// A function of the project with its first argument.
    Method(Rc<(Value<'a>, Rc<Function<'a>>)>),
    EnumMember(Rc<EnumMember<'a>>),
    /// What an operation on things outside the project stands for.
    Symbol(Rc<Symbol<'a>>),
    /// A table that was declared.
    Table(TableId),
    /// The columns of a table: `table.c`.
    TableColumns(TableId),
    /// A column of a table that was declared.
    Column(ColumnId),
    /// What cannot be known, and why.
    Opaque(Rc<Unknown>),
}

pub(crate) type Dict<'a> = Vec<(Value<'a>, Located<'a>)>;

/// Why a value is not known.
#[derive(Debug)]
pub(crate) struct Unknown {
    pub(crate) reason: String,
    pub(crate) place: Place,
    /// The keys it may have, where it is a dictionary or None whatever the unknown condition.
    pub(crate) keys: Option<Vec<Rc<str>>>,
    /// Whether it is a number, whichever.
    pub(crate) is_number: bool,
}

/// The residue of an operation that the evaluator does not carry out.
#[derive(Debug)]
pub(crate) struct Symbol<'a> {
    /// Tells two equal calls apart: each makes an object of its own.
    pub(crate) id: u32,
    pub(crate) place: Place,
    pub(crate) form: Form<'a>,
    /// Attributes assigned to it later: `metadata.naming_convention = {...}`, `self.length = length`.
    pub(crate) attributes: RefCell<IndexMap<Rc<str>, Located<'a>>>,
}

#[derive(Debug)]
pub(crate) enum Form<'a> {
    Call {
        callee: Value<'a>,
        arguments: Arguments<'a>,
    },
    Attribute {
        of: Value<'a>,
        name: Rc<str>,
    },
    Subscript {
        of: Value<'a>,
        index: Located<'a>,
    },
    /// `and`, `or`, `not`, `neg`, and the binary operators by their Python spelling.
    Operation {
        operator: &'static str,
        operands: Vec<Value<'a>>,
    },
}

/// The arguments of a call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Arguments<'a> {
    pub(crate) positional: Vec<Located<'a>>,
    pub(crate) keywords: Vec<(Rc<str>, Located<'a>)>,
    /// The place of a `*` or `**` argument that could not be spread: there may be more arguments.
    pub(crate) hidden: Option<Place>,
}

impl<'a> Arguments<'a> {
    pub(crate) fn keyword(&self, name: &str) -> Option<&Located<'a>> {
        self.keywords.iter().rev().find(|(keyword, _)| keyword.as_ref() == name).map(|(_, value)| value)
    }

    /// A parameter that may be given by position or by name.
    pub(crate) fn get(&self, position: usize, name: &str) -> Option<&Located<'a>> {
        self.keyword(name).or_else(|| self.positional.get(position))
    }
}

/// A class of the project.
#[derive(Debug)]
pub(crate) struct Class<'a> {
    pub(crate) id: u32,
    pub(crate) name: Rc<str>,
    pub(crate) place: Place,
    pub(crate) bases: Vec<Located<'a>>,
    /// `table=True` and the like.
    pub(crate) keywords: Vec<(Rc<str>, Located<'a>)>,
    pub(crate) decorators: Vec<Located<'a>>,
    /// What the body defines, in its order.
    pub(crate) members: RefCell<IndexMap<Rc<str>, Member<'a>>>,
    /// Where annotations look names up.
    pub(crate) scope: Rc<Scope<'a>>,
    /// Its ancestors without itself, nearest first; what is outside the project stands in it as a value.
    pub(crate) ancestors: Vec<Value<'a>>,
    /// The table it is mapped to, once it is.
    pub(crate) table: Cell<Option<TableId>>,
    /// Attributes that stand for columns, by name; filled when the class is mapped.
    pub(crate) column_attributes: RefCell<IndexMap<Rc<str>, ColumnId>>,
    /// Enum members in order, made when they are first asked for.
    pub(crate) enum_members: OnceCell<Vec<Rc<EnumMember<'a>>>>,
    /// The condition that decides whether it exists at all, where that could not be known.
    pub(crate) condition: Option<Place>,
}

/// A name that a class body defines.
#[derive(Debug, Clone)]
pub(crate) struct Member<'a> {
    pub(crate) annotation: Option<&'a Expr>,
    pub(crate) value: Option<Located<'a>>,
    /// The whole statement.
    pub(crate) place: Place,
}

/// A function of the project.
#[derive(Debug)]
pub(crate) struct Function<'a> {
    pub(crate) name: Rc<str>,
    pub(crate) code: Code<'a>,
    pub(crate) scope: Rc<Scope<'a>>,
    pub(crate) module: ModuleId,
    pub(crate) place: Place,
    pub(crate) decorators: Vec<Value<'a>>,
}

#[derive(Debug, Clone, Copy)]
pub(crate) enum Code<'a> {
    Definition(&'a StmtFunctionDef),
    Lambda(&'a ruff_python_ast::ExprLambda),
}

/// A member of a Python enum.
#[derive(Debug)]
pub(crate) struct EnumMember<'a> {
    pub(crate) class_id: u32,
    pub(crate) name: Rc<str>,
    pub(crate) value: Value<'a>,
    /// Whether the class is also a `str`, so that the member is its value wherever text is wanted.
    pub(crate) is_text: bool,
    pub(crate) is_integer: bool,
    /// Whether `str()` gives the value (`StrEnum`) rather than `Class.member`.
    pub(crate) prints_value: bool,
}

impl<'a> Value<'a> {
    pub(crate) fn text(text: &str) -> Self {
        Self::Text(text.into())
    }

    pub(crate) fn external(path: &str) -> Self {
        Self::External(path.into())
    }

    pub(crate) fn opaque(reason: impl Into<String>, place: Place) -> Self {
        Self::Opaque(Rc::new(Unknown { reason: reason.into(), place, keys: None, is_number: false }))
    }

    /// A number that is not known.
    pub(crate) fn opaque_number(place: Place) -> Self {
        let reason = "the number cannot be worked out".to_owned();
        Self::Opaque(Rc::new(Unknown { reason, place, keys: None, is_number: true }))
    }

    /// Something unknown that is a dictionary with some of these keys, or None.
    pub(crate) fn opaque_dictionary(reason: impl Into<String>, place: Place, keys: Vec<Rc<str>>) -> Self {
        Self::Opaque(Rc::new(Unknown { reason: reason.into(), place, keys: Some(keys), is_number: false }))
    }

    pub(crate) fn tuple(items: Vec<Located<'a>>) -> Self {
        Self::Tuple(Rc::new(items))
    }

    pub(crate) fn list(items: Vec<Located<'a>>) -> Self {
        Self::List(Rc::new(RefCell::new(items)))
    }

    pub(crate) fn dict(items: Dict<'a>) -> Self {
        Self::Dict(Rc::new(RefCell::new(items)))
    }

    /// The text, where it is one or an enum member that is one.
    pub(crate) fn as_text(&self) -> Option<Rc<str>> {
        match self {
            Self::Text(text) => Some(Rc::clone(text)),
            Self::EnumMember(member) if member.is_text => member.value.as_text(),
            // `quoted_name("x", True)` and `conv("x")` are texts with a remark.
            Self::Symbol(symbol) => {
                let (name, arguments) = symbol.external_call()?;
                (matches!(last_segment(name), "quoted_name" | "conv"))
                    .then(|| arguments.positional.first()?.value.as_text())
                    .flatten()
            }
            _ => None,
        }
    }

    pub(crate) fn as_integer(&self) -> Option<i64> {
        match self {
            Self::Int(number) => Some(*number),
            Self::Bool(flag) => Some(i64::from(*flag)),
            Self::EnumMember(member) if member.is_integer => member.value.as_integer(),
            _ => None,
        }
    }

    pub(crate) fn as_symbol(&self) -> Option<&Rc<Symbol<'a>>> {
        match self {
            Self::Symbol(symbol) => Some(symbol),
            _ => None,
        }
    }

    /// The elements of a tuple or list, in order.
    pub(crate) fn elements(&self) -> Option<Vec<Located<'a>>> {
        match self {
            Self::Tuple(items) => Some(items.as_ref().clone()),
            Self::List(items) => Some(items.borrow().clone()),
            _ => None,
        }
    }

    /// The entries of a dictionary whose keys are texts.
    pub(crate) fn text_entries(&self) -> Option<Vec<(Rc<str>, Located<'a>)>> {
        match self {
            Self::Dict(entries) => {
                entries.borrow().iter().map(|(key, value)| Some((key.as_text()?, value.clone()))).collect()
            }
            Self::Symbol(symbol) => {
                let (name, arguments) = symbol.external_call()?;
                (last_segment(name) == "immutabledict")
                    .then(|| arguments.positional.first()?.value.text_entries())
                    .flatten()
            }
            _ => None,
        }
    }

    /// Whether Python takes it for true, where that can be known.
    pub(crate) fn truth(&self) -> Option<bool> {
        Some(match self {
            Self::None => false,
            Self::Bool(flag) => *flag,
            Self::Int(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) => !text.is_empty(),
            Self::Bytes(bytes) => !bytes.is_empty(),
            Self::Tuple(items) => !items.is_empty(),
            Self::List(items) => !items.borrow().is_empty(),
            Self::Dict(items) => !items.borrow().is_empty(),
            Self::Class(_) | Self::Function(_) | Self::Method(_) | Self::Module(_) | Self::Table(_) => true,
            Self::EnumMember(member) => {
                return if member.is_text || member.is_integer { member.value.truth() } else { Some(true) };
            }
            Self::External(_) | Self::Symbol(_) | Self::Column(_) | Self::TableColumns(_) | Self::Opaque(_) => {
                return None;
            }
        })
    }

    /// Whether two values are equal, where that can be known.
    pub(crate) fn equals(&self, other: &Self) -> Option<bool> {
        self.equals_within(other, 0, &mut 0)
    }

    /// A list may hold itself: it is looked into so deep, and at so many elements, and no further.
    fn equals_within(&self, other: &Self, depth: usize, looked_at: &mut usize) -> Option<bool> {
        const DEPTH: usize = 100;
        const ELEMENTS: usize = 100_000;
        *looked_at += 1;
        if depth > DEPTH || *looked_at > ELEMENTS {
            return None;
        }
        Some(match (self, other) {
            (Self::Opaque(_), _) | (_, Self::Opaque(_)) => return None,
            (Self::None, Self::None) => true,
            (Self::Float(left), Self::Float(right)) => left == right,
            (Self::Bytes(left), Self::Bytes(right)) => left == right,
            (Self::External(left), Self::External(right)) => left == right,
            (Self::Module(left), Self::Module(right)) => left == right,
            (Self::Table(left), Self::Table(right)) => left == right,
            (Self::Class(left), Self::Class(right)) => left.id == right.id,
            (Self::EnumMember(left), Self::EnumMember(right)) => {
                left.class_id == right.class_id && left.name == right.name
            }
            (Self::Symbol(_) | Self::Column(_), _) | (_, Self::Symbol(_) | Self::Column(_)) => return None,
            (Self::Tuple(_), Self::Tuple(_)) | (Self::List(_), Self::List(_)) => {
                let (left, right) = (self.elements()?, other.elements()?);
                if left.len() != right.len() {
                    return Some(false);
                }
                let mut all = true;
                for (left, right) in left.iter().zip(&right) {
                    all &= left.value.equals_within(&right.value, depth + 1, looked_at)?;
                }
                all
            }
            (Self::Dict(_), Self::Dict(_)) => return None,
            _ => match (self.as_text(), other.as_text(), self.as_integer(), other.as_integer()) {
                (Some(left), Some(right), _, _) => left == right,
                (_, _, Some(left), Some(right)) => left == right,
                _ => false,
            },
        })
    }

    /// What it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::None => "None",
            Self::Bool(_) => "a truth value",
            Self::Int(_) | Self::Float(_) => "a number",
            Self::Text(_) => "a string",
            Self::Bytes(_) => "bytes",
            Self::Tuple(_) => "a tuple",
            Self::List(_) => "a list",
            Self::Dict(_) => "a dictionary",
            Self::External(_) => "something outside the project",
            Self::Module(_) => "a module",
            Self::Class(_) => "a class",
            Self::Function(_) | Self::Method(_) => "a function",
            Self::EnumMember(_) => "an enum member",
            Self::Symbol(_) => "an expression",
            Self::Table(_) | Self::TableColumns(_) => "a table",
            Self::Column(_) => "a column",
            Self::Opaque(_) => "unknown",
        }
    }
}

impl<'a> Symbol<'a> {
    /// The dotted name and arguments, if it is a call of something outside the project.
    pub(crate) fn external_call(&self) -> Option<(&str, &Arguments<'a>)> {
        match &self.form {
            Form::Call { callee: Value::External(path), arguments } => Some((path, arguments)),
            _ => None,
        }
    }

    /// The object, method name and arguments, if it is a call of a method of another symbol.
    pub(crate) fn method_call(&self) -> Option<(&Value<'a>, &str, &Arguments<'a>)> {
        let Form::Call { callee, arguments } = &self.form else { return None };
        match &callee.as_symbol()?.form {
            Form::Attribute { of, name } => Some((of, name, arguments)),
            _ => None,
        }
    }
}

impl<'a> Class<'a> {
    /// The class and those of its ancestors that are classes of the project, nearest first.
    pub(crate) fn lineage(self: &Rc<Self>) -> Vec<Rc<Class<'a>>> {
        let mut lineage = vec![Rc::clone(self)];
        lineage.extend(self.ancestors.iter().filter_map(|ancestor| match ancestor {
            Value::Class(class) => Some(Rc::clone(class)),
            _ => None,
        }));
        lineage
    }

    /// Whether something outside the project is among its ancestors.
    pub(crate) fn descends_from(&self, mut is_wanted: impl FnMut(&str) -> bool) -> bool {
        self.ancestors.iter().any(|ancestor| matches!(ancestor, Value::External(path) if is_wanted(path)))
    }

    /// The value of a name in its own body.
    pub(crate) fn own(&self, name: &str) -> Option<Located<'a>> {
        self.members.borrow().get(name)?.value.clone()
    }

    /// The value of a name in the nearest of the lineage that has it, and who has it.
    pub(crate) fn find(self: &Rc<Self>, name: &str) -> Option<(Rc<Class<'a>>, Located<'a>)> {
        self.lineage().into_iter().find_map(|class| {
            let value = class.own(name)?;
            Some((class, value))
        })
    }

    /// Whether `other` is this class or one of its ancestors.
    pub(crate) fn is_or_descends_from(&self, other: &Class<'a>) -> bool {
        self.id == other.id
            || self.ancestors.iter().any(|ancestor| matches!(ancestor, Value::Class(class) if class.id == other.id))
    }
}

/// The part of a dotted name behind its last dot.
pub(crate) fn last_segment(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
