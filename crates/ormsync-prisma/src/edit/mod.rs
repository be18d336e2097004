//! Changing a Prisma schema in place: what is not edited keeps every byte, with its comments, its blank lines and
//! the way it is aligned.
//!
//! An [`Edit`] names what it changes by its names in Prisma. All edits of a call are found in the same text, then
//! made together; two that touch the same place are refused, and so is a result that is no longer Prisma's language.

mod find;
mod splice;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::syntax;
use find::Source;

/// A change of a schema's text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Gives a field another type, arity included: `String?`.
    SetType {
        /// The model.
        block: String,
        /// The field.
        field: String,
        /// The new type.
        to: String,
    },
    /// Puts an attribute behind the others of a field.
    AddFieldAttribute {
        /// The model or enum.
        block: String,
        /// The field or value.
        field: String,
        /// The attribute: `@unique`.
        attribute: String,
    },
    /// Puts an attribute in the place of another one.
    ReplaceAttribute {
        /// The model or enum.
        block: String,
        /// The field or value; none for an attribute of the block.
        field: Option<String>,
        /// The old one: its name (`default`, `db.VarChar`), or all of it as written, where several have the name.
        from: String,
        /// The new one.
        to: String,
    },
    /// Removes an attribute; one of a block with its line.
    RemoveAttribute {
        /// The model or enum.
        block: String,
        /// The field or value; none for an attribute of the block.
        field: Option<String>,
        /// Its name, or all of it as written, where several have the name.
        attribute: String,
    },
    /// Sets a named argument of an attribute, which may have it or not.
    SetArgument {
        /// The model or enum.
        block: String,
        /// The field or value; none for an attribute of the block.
        field: Option<String>,
        /// The attribute's name, or all of it as written, where several have the name.
        attribute: String,
        /// The argument: `map`.
        argument: String,
        /// Its value: `"users_pkey"` with the quotes.
        value: String,
    },
    /// Removes a named argument of an attribute.
    RemoveArgument {
        /// The model or enum.
        block: String,
        /// The field or value; none for an attribute of the block.
        field: Option<String>,
        /// The attribute's name, or all of it as written, where several have the name.
        attribute: String,
        /// The argument.
        argument: String,
    },
    /// Adds a field to a model on a line of its own, aligned with the one before it.
    AddField {
        /// The model.
        block: String,
        /// The field before it; none: behind the last.
        after: Option<String>,
        /// Its name.
        name: String,
        /// Its type with arity.
        field_type: String,
        /// Its attributes.
        attributes: Vec<String>,
    },
    /// Adds a value to an enum on a line of its own.
    AddValue {
        /// The enum.
        block: String,
        /// The value before it; none: behind the last.
        after: Option<String>,
        /// The value with its attributes.
        value: String,
    },
    /// Removes a field or value with its line and the `///` lines above it.
    RemoveField {
        /// The model or enum.
        block: String,
        /// The field or value.
        field: String,
    },
    /// Adds an attribute to a block on a line of its own.
    AddBlockAttribute {
        /// The model or enum.
        block: String,
        /// The attribute: `@@index([a])`.
        attribute: String,
    },
    /// Adds a block at the end of the text.
    AddBlock {
        /// The whole block.
        text: String,
    },
}

/// Why edits were not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// What an edit names is not in the text.
    Missing(String),
    /// Several things have the name that an edit gives.
    Ambiguous(String),
    /// Two edits touch the same bytes, which begin here.
    Overlap(usize),
    /// The result would not be Prisma's language: what is wrong with it.
    Broken(String),
}

impl fmt::Display for EditError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(formatter, "{what} is not in this schema"),
            Self::Ambiguous(what) => write!(formatter, "several of {what}; write the whole of the one that is meant"),
            Self::Overlap(at) => write!(formatter, "two edits change the same text at byte {at}"),
            Self::Broken(message) => write!(formatter, "the result would not be a Prisma schema: {message}"),
        }
    }
}

impl std::error::Error for EditError {}

/// Makes edits in the text of one file.
///
/// # Errors
/// When an edit names what is not there, two edits touch the same place, or the result would not be Prisma's
/// language. Then nothing is changed.
pub fn edit(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let document = syntax::parse(text);
    let source = Source { text, document: &document };
    let mut splices = Vec::new();
    for edit in edits {
        splices.extend(source.splices(edit)?);
    }
    let edited = splice::apply(text, splices)?;
    let after = syntax::parse(&edited);
    match after.problems.first() {
        Some(problem) if after.problems.len() > document.problems.len() => {
            Err(EditError::Broken(problem.message.clone()))
        }
        _ => Ok(edited),
    }
}
