//! Base classes outside the project, and what they make of a class.

use crate::python::{Class, Value, last_segment};

/// Classes outside the project that bring no columns.
const EMPTY_BASES: &[&str] = &[
    "ABC",
    "AllowPartialPickle",
    "AnonymousUserMixin",
    "AsyncAttrs",
    "BaseModel",
    "DeclarativeBase",
    "DeclarativeBaseNoMeta",
    "DeferredReflection",
    "Generic",
    "Hashable",
    "MappedAsDataclass",
    "Protocol",
    "RoleMixin",
    "Serializable",
    "TypedDict",
    "UserMixin",
    "object",
];

/// Whether a base class is what a declarative base is made of.
pub(super) fn is_declarative_base(base: &Value<'_>) -> bool {
    match base {
        Value::External(path) => {
            matches!(last_segment(path), "DeclarativeBase" | "DeclarativeBaseNoMeta") && path.starts_with("sqlalchemy")
        }
        _ => false,
    }
}

/// Whether a class is mapped only when those that derive from it are, which take its columns as from a mixin
/// (`_is_supercls_for_inherits` in `sqlalchemy/orm/decl_base.py`).
pub(super) fn is_concrete_base(class: &Class<'_>) -> bool {
    class.bases.iter().any(|base| {
        matches!(&base.value, Value::External(path)
            if path.starts_with("sqlalchemy") && last_segment(path) == "AbstractConcreteBase")
    })
}

pub(super) fn is_empty_base(path: &str) -> bool {
    EMPTY_BASES.contains(&last_segment(path))
        || ["sqlalchemy.", "flask_sqlalchemy.", "builtins.", "typing.", "abc.", "enum.", "collections."]
            .iter()
            .any(|start| path.starts_with(start))
}
