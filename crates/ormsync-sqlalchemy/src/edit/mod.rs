//! Changing Python models in place: what is not edited keeps every byte, with its comments, its blank lines, its
//! indentation and its line ends.
//!
//! | file | what |
//! | --- | --- |
//! | `find.rs` | the class, attribute or call that an edit names |
//! | `arguments.rs` | arguments of calls, and elements of tuples and dictionaries |
//! | `body.rs` | attributes of classes, and classes |
//! | `table_arguments.rs` | `__table_args__` in all its forms |
//! | `source.rs` | the text with its tokens, lines and line ends; putting texts in the place of spans |
//!
//! An [`Edit`] names what it changes by its names in Python. All edits of a call are found in the same text, then
//! made together; two that touch the same place are refused, and so is a result that is no longer Python.

mod arguments;
mod body;
mod find;
mod source;
mod table_arguments;
#[cfg(test)]
mod tests;

use std::fmt;

use source::Source;

/// A call that an edit is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    /// What an attribute of a class is set to: its `Column(…)` or `mapped_column(…)`, also inside of `deferred(…)`
    /// and the like.
    Attribute {
        /// The class; nested ones with dots.
        class: String,
        /// The attribute.
        attribute: String,
    },
    /// The `Table(…)` that a variable of the module is set to.
    Table {
        /// The variable.
        variable: String,
    },
    /// A `Column("…")` in such a `Table(…)`.
    TableColumn {
        /// The variable.
        variable: String,
        /// The column's name.
        column: String,
    },
}

/// An argument of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Which {
    /// The keyword argument of that name.
    Keyword(String),
    /// The positional argument at that place, counted from 0.
    Position(usize),
}

/// A change of a module's text. Texts that go in are Python as it is to be written; lines behind the first are
/// indented as the place needs it, so they hold no strings of several lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Sets an argument. A keyword that is not there goes behind the others; a position must be there.
    SetArgument {
        /// The call.
        call: Call,
        /// The argument.
        argument: Which,
        /// Its value.
        value: String,
    },
    /// Adds a positional argument behind those that are there.
    AddArgument {
        /// The call.
        call: Call,
        /// The argument.
        value: String,
    },
    /// Removes an argument.
    RemoveArgument {
        /// The call.
        call: Call,
        /// The argument.
        argument: Which,
    },
    /// Gives an attribute another annotation: `Mapped[str | None]`.
    SetAnnotation {
        /// The class.
        class: String,
        /// The attribute.
        attribute: String,
        /// The annotation.
        to: String,
    },
    /// Sets what an attribute is set to; one that is only annotated gets a value.
    SetValue {
        /// The class.
        class: String,
        /// The attribute.
        attribute: String,
        /// The value.
        to: String,
    },
    /// Adds an attribute (or any other statement) to a class on lines of its own.
    AddAttribute {
        /// The class.
        class: String,
        /// The attribute before it; none: behind the last statement that sets one.
        after: Option<String>,
        /// The statement: `name: Mapped[str]`.
        text: String,
    },
    /// Removes an attribute with its lines.
    RemoveAttribute {
        /// The class.
        class: String,
        /// The attribute.
        attribute: String,
    },
    /// Adds a constraint or index to `__table_args__`, whatever form it has; a class without gets one.
    AddTableArgument {
        /// The class.
        class: String,
        /// The constraint.
        value: String,
    },
    /// Removes a constraint or index from `__table_args__`.
    RemoveTableArgument {
        /// The class.
        class: String,
        /// All of it as written, spaces and line ends apart.
        value: String,
    },
    /// Sets an entry of the dictionary in `__table_args__`: `comment`, `schema`, `mysql_engine`.
    SetTableOption {
        /// The class.
        class: String,
        /// The key.
        option: String,
        /// Its value.
        value: String,
    },
    /// Adds a class (or any other statements) at the end of the module, two lines below the rest.
    AddClass {
        /// All of it.
        text: String,
    },
    /// Removes a class with its decorators and its lines.
    RemoveClass {
        /// The class.
        class: String,
    },
    /// Makes a name known: `from module import name`. Nothing happens where it is.
    AddImport {
        /// The module.
        module: String,
        /// The name.
        name: String,
    },
}

/// Why edits were not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditError {
    /// What an edit names is not in the text.
    Missing(String),
    /// It is there, but written in a way that cannot be changed in place: what is in the way.
    Unclear(String),
    /// Two edits touch the same bytes, which begin here.
    Overlap(usize),
    /// The result would not be Python: what is wrong with it.
    Broken(String),
}

impl fmt::Display for EditError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(formatter, "{what} is not in this module"),
            Self::Unclear(what) => write!(formatter, "{what}, so it has to be changed by hand"),
            Self::Overlap(at) => write!(formatter, "two edits change the same text at byte {at}"),
            Self::Broken(message) => write!(formatter, "the result would not be Python: {message}"),
        }
    }
}

impl std::error::Error for EditError {}

/// Makes edits in the text of one module.
///
/// # Errors
/// When an edit names what is not there or is written in a way that cannot be changed in place, two edits touch the
/// same place, or the result would not be Python. Then nothing is changed.
pub fn edit_models(text: &str, edits: &[Edit]) -> Result<String, EditError> {
    let parsed = source::parse(text);
    let source = Source::new(text, &parsed);
    let mut splices = Vec::new();
    for edit in edits {
        splices.extend(source.splices(edit)?);
    }
    let edited = source::apply(text, splices)?;
    let after = source::parse(&edited);
    match after.errors().first() {
        Some(error) if after.errors().len() > parsed.errors().len() => Err(EditError::Broken(error.error.to_string())),
        _ => Ok(edited),
    }
}
