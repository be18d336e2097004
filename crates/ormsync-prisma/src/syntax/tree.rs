//! The syntax tree: what was written, with the place of everything, and nothing that follows from it.

use compact_str::CompactString;
use ormsync_schema::Span;

/// One file.
#[derive(Debug, Default)]
pub(crate) struct Document {
    pub(crate) blocks: Vec<Block>,
    /// What could not be read, in order.
    pub(crate) problems: Vec<SyntaxProblem>,
    /// What only Prisma 8 has, passed over.
    pub(crate) of_prisma_8: Vec<SyntaxProblem>,
    /// Blocks of which only the name is known, as (keyword, name).
    pub(crate) unreadable_blocks: Vec<(String, Name)>,
    /// Whether text outside blocks was not understood, so that blocks may be hidden in it.
    pub(crate) has_bad_chunks: bool,
}

impl Document {
    /// Adds what a later part of the file holds.
    pub(super) fn append(&mut self, mut later: Self) {
        self.blocks.append(&mut later.blocks);
        self.problems.append(&mut later.problems);
        self.unreadable_blocks.append(&mut later.unreadable_blocks);
        self.of_prisma_8.append(&mut later.of_prisma_8);
        self.has_bad_chunks |= later.has_bad_chunks;
    }
}

/// Something in a file that is not Prisma's language.
#[derive(Debug)]
pub(crate) struct SyntaxProblem {
    pub(crate) span: Span,
    pub(crate) message: String,
    pub(crate) help: Option<String>,
}

/// A block of a file.
#[derive(Debug)]
pub(crate) enum Block {
    Configuration(ConfigurationBlock),
    Model(ModelBlock),
    Enum(EnumBlock),
}

/// A name and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: CompactString,
    pub(crate) span: Span,
}

/// `datasource` or `generator`.
#[derive(Debug)]
pub(crate) struct ConfigurationBlock {
    pub(crate) is_datasource: bool,
    pub(crate) name: Name,
    pub(crate) properties: Vec<Property>,
    pub(crate) span: Span,
}

/// `name = value` in a configuration block.
#[derive(Debug)]
pub(crate) struct Property {
    pub(crate) name: Name,
    pub(crate) value: Option<Expression>,
    pub(crate) span: Span,
}

/// What a [`ModelBlock`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ModelKind {
    Model,
    View,
    Composite,
}

impl ModelKind {
    pub(crate) fn keyword(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::View => "view",
            Self::Composite => "type",
        }
    }
}

/// `model`, `view` or `type`.
#[derive(Debug)]
pub(crate) struct ModelBlock {
    pub(crate) kind: ModelKind,
    pub(crate) name: Name,
    /// The `namespace` block that it stands in.
    pub(crate) namespace: Option<Name>,
    pub(crate) fields: Vec<Field>,
    pub(crate) attributes: Vec<Attribute>,
    /// Lines that could not be read.
    pub(crate) bad_members: Vec<Span>,
    /// From the keyword to the end of the name.
    pub(crate) head: Span,
}

/// A field of a model.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: Name,
    /// None where it was left out, which is reported.
    pub(crate) field_type: Option<FieldType>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) span: Span,
}

/// The type of a field with its arity.
#[derive(Debug)]
pub(crate) struct FieldType {
    pub(crate) name: TypeName,
    pub(crate) arity: Arity,
    pub(crate) span: Span,
}

/// What a type is called.
#[derive(Debug)]
pub(crate) enum TypeName {
    /// A scalar, enum, model or composite type.
    Named(CompactString),
    /// `Unsupported("…")`.
    Unsupported(CompactString),
}

/// How many values a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Arity {
    Required,
    Optional,
    List,
}

/// An `enum` block.
#[derive(Debug)]
pub(crate) struct EnumBlock {
    pub(crate) name: Name,
    /// The `namespace` block that it stands in.
    pub(crate) namespace: Option<Name>,
    pub(crate) values: Vec<EnumValue>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) bad_members: Vec<Span>,
    pub(crate) span: Span,
    pub(crate) head: Span,
}

/// One value of an enum.
#[derive(Debug)]
pub(crate) struct EnumValue {
    pub(crate) name: Name,
    pub(crate) attributes: Vec<Attribute>,
}

/// `@name(…)` or `@@name(…)`.
#[derive(Debug)]
pub(crate) struct Attribute {
    /// Without the `@`.
    pub(crate) name: Name,
    pub(crate) arguments: Vec<Argument>,
    /// From the `@` to the closing parenthesis.
    pub(crate) span: Span,
}

/// An argument of an attribute or function.
#[derive(Debug)]
pub(crate) struct Argument {
    pub(crate) name: Option<Name>,
    /// None for `name:` with nothing behind it.
    pub(crate) value: Option<Expression>,
    pub(crate) span: Span,
}

/// A value.
#[derive(Debug)]
pub(crate) struct Expression {
    pub(crate) kind: ExpressionKind,
    pub(crate) span: Span,
}

/// The forms of a value.
#[derive(Debug)]
pub(crate) enum ExpressionKind {
    /// `"…"`, with its escapes resolved.
    Text(CompactString),
    /// As written.
    Number(CompactString),
    /// A bare word or dotted path: `true`, `Desc`, a field, an enum value.
    Constant(CompactString),
    Function(CompactString, Vec<Argument>),
    Array(Vec<Expression>),
    Object(Vec<(Name, Expression)>),
}

impl Expression {
    /// The text of a string.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.kind {
            ExpressionKind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The word of a constant.
    pub(crate) fn as_constant(&self) -> Option<&str> {
        match &self.kind {
            ExpressionKind::Constant(word) => Some(word),
            _ => None,
        }
    }

    /// Name and arguments of a function call.
    pub(crate) fn as_function(&self) -> Option<(&str, &[Argument])> {
        match &self.kind {
            ExpressionKind::Function(name, arguments) => Some((name, arguments)),
            _ => None,
        }
    }

    /// What messages call this form.
    pub(crate) fn form(&self) -> &'static str {
        match &self.kind {
            ExpressionKind::Text(_) => "a string",
            ExpressionKind::Number(_) => "a number",
            ExpressionKind::Constant(_) => "a name",
            ExpressionKind::Function(..) => "a function call",
            ExpressionKind::Array(_) => "a list",
            ExpressionKind::Object(_) => "an object",
        }
    }
}

impl Attribute {
    /// The value of a named argument.
    pub(crate) fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.name.as_ref().is_some_and(|written| written.text == name))
    }
}

impl Field {
    /// The first attribute of that name.
    pub(crate) fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name.text == name)
    }

    /// How many values the field holds; required where the type is missing.
    pub(crate) fn arity(&self) -> Arity {
        self.field_type.as_ref().map_or(Arity::Required, |field_type| field_type.arity)
    }
}
