//! A partial evaluator of Python: it runs what a module does when it is imported, as far as that is known
//! without running anything else.
//!
//! Constants, classes and functions of the project are evaluated; what lies outside becomes symbols
//! ([`value`]). Work is bounded: every top-level statement has a budget of steps, calls nest only so deep,
//! and values grow only so large. What goes beyond is opaque, never a hang.

mod attribute;
mod builtins;
mod call;
mod class;
mod dynamic_class;
mod evaluator;
mod expression;
mod format;
mod functional_enum;
mod imports;
mod operators;
mod pattern;
mod scope;
mod sequence;
mod star_import;
mod statement;
mod type_alias;
mod value;

pub(crate) use attribute::{COMPILER_OBJECT, DDL_CONDITION, DIALECT_OBJECT, is_flask_extension};
pub(crate) use call::{SUPER_ARGUMENTS, is_declared_attribute};
pub(crate) use evaluator::{Compilation, Evaluator, Frame};
pub(crate) use statement::UNNAMED;
pub(crate) use type_alias::TypeAlias;
pub(crate) use value::{Arguments, Class, Code, Form, Function, Located, Member, Place, Symbol, Value, last_segment};
