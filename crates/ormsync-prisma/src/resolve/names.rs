//! Names: what may be called how, and what is called so.

use std::collections::HashMap;

use crate::native::ScalarType;
use crate::report::Report;
use crate::syntax::Name;

/// What a type name of the schema stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Top {
    Model(usize),
    Enum(usize),
    Composite,
    /// A block of which only the name could be read.
    Unreadable,
}

/// All type names of the schema.
pub(super) type Tops<'t> = HashMap<&'t str, Top>;

/// Refuses the name of one of Prisma's own types; `false` and an error then.
pub(super) fn check_own_type(name: &Name, report: &mut Report<'_>) -> bool {
    let is_free = ScalarType::parse(&name.text).is_none();
    if !is_free {
        report.error("prisma-name", name.span, format!("`{}` is one of Prisma's own types.", name.text));
    }
    is_free
}

/// Enters a name; `false` and an error when it is taken.
pub(super) fn enter<'t>(tops: &mut Tops<'t>, name: &'t Name, keyword: &str, top: Top, report: &mut Report<'_>) -> bool {
    if !check_own_type(name, report) {
        return false;
    }
    if tops.contains_key(name.text.as_str()) {
        report.error_with_help(
            "prisma-name",
            name.span,
            format!("The name `{}` of this {keyword} is taken.", name.text),
            "Models, views, types and enums need names of their own; this one is left out.",
        );
        return false;
    }
    tops.insert(&name.text, top);
    true
}

/// Refuses names that the language does not have.
pub(super) fn check(name: &Name, what: &str, report: &mut Report<'_>) {
    if name.text.starts_with(|first: char| first.is_ascii_digit()) {
        report.error("prisma-name", name.span, format!("The name of {what} must not begin with a digit."));
    } else if name.text.contains('-') {
        report.error("prisma-name", name.span, format!("The name of {what} must not hold a `-`."));
    }
}

/// Refuses names that the generated client could not have.
pub(super) fn check_reserved(name: &Name, keyword: &str, report: &mut Report<'_>) {
    if RESERVED.contains(&name.text.as_str()) {
        report.error_with_help(
            "prisma-name",
            name.span,
            format!("`{}` cannot be the name of a {keyword}: it is a reserved word.", name.text),
            "Choose another name, and keep the table's own with `@@map`.",
        );
    }
}

/// Whether a model or enum can't have a name: a reserved word, or one of Prisma's own types.
pub(crate) fn is_reserved(name: &str) -> bool {
    RESERVED.contains(&name) || ScalarType::parse(name).is_some()
}

/// The reserved words of JavaScript and TypeScript, and the client's own class.
const RESERVED: &[&str] = &[
    "PrismaClient",
    "async",
    "await",
    "break",
    "case",
    "catch",
    "class",
    "const",
    "continue",
    "debugger",
    "default",
    "delete",
    "do",
    "else",
    "enum",
    "export",
    "extends",
    "false",
    "finally",
    "for",
    "function",
    "if",
    "implements",
    "import",
    "in",
    "instanceof",
    "interface",
    "let",
    "new",
    "null",
    "package",
    "private",
    "protected",
    "public",
    "return",
    "super",
    "switch",
    "this",
    "throw",
    "true",
    "try",
    "typeof",
    "using",
    "var",
    "void",
    "while",
    "with",
    "yield",
];
