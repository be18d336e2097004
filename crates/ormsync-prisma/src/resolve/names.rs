//! Names: what may be called how, and what is called so.

use std::collections::{BTreeMap, HashMap};

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
#[derive(Default)]
pub(super) struct Tops<'t> {
    plain: HashMap<&'t str, Top>,
    /// Those of `namespace` blocks, by namespace and name: one name may stand in several.
    in_namespaces: BTreeMap<(&'t str, &'t str), Top>,
}

impl<'t> Tops<'t> {
    /// Enters a name unless it is taken; whether it was free.
    pub(super) fn insert(&mut self, namespace: Option<&'t str>, name: &'t str, top: Top) -> bool {
        match namespace {
            None => {
                let is_free = !self.plain.contains_key(name);
                self.plain.entry(name).or_insert(top);
                is_free
            }
            Some(namespace) => {
                let is_free = !self.in_namespaces.contains_key(&(namespace, name));
                self.in_namespaces.entry((namespace, name)).or_insert(top);
                is_free
            }
        }
    }

    /// What a name stands for in a block of that namespace: the one beside it, the one outside all namespaces, or the
    /// one of the namespace that it names itself (`auth.User`).
    pub(super) fn find(&self, namespace: Option<&str>, name: &str) -> Option<Top> {
        if self.in_namespaces.is_empty() {
            return self.plain.get(name).copied();
        }
        let beside = namespace.and_then(|namespace| self.in_namespaces.get(&(namespace, name)));
        let named = || self.in_namespaces.get(&name.split_once('.')?);
        beside.or_else(|| self.plain.get(name)).or_else(named).copied()
    }

    /// Whether a name can be that of another contract (`supabase:auth.User`), which only Prisma 8 has.
    pub(super) fn may_be_elsewhere(&self, name: &str) -> bool {
        !self.in_namespaces.is_empty() && name.contains(':')
    }

    /// All names.
    pub(super) fn names(&self) -> impl Iterator<Item = &'t str> {
        self.plain.keys().copied().chain(self.in_namespaces.keys().map(|(_, name)| *name))
    }
}

/// Refuses the name of one of Prisma's own types; `false` and an error then.
pub(super) fn check_own_type(name: &Name, report: &mut Report<'_>) -> bool {
    let is_free = ScalarType::parse(&name.text).is_none();
    if !is_free {
        report.error("prisma-name", name.span, format!("`{}` is one of Prisma's own types.", name.text));
    }
    is_free
}

/// Enters a name; `false` and an error when it is taken.
pub(super) fn enter<'t>(
    tops: &mut Tops<'t>,
    (namespace, name): (Option<&'t Name>, &'t Name),
    keyword: &str,
    top: Top,
    report: &mut Report<'_>,
) -> bool {
    if !check_own_type(name, report) {
        return false;
    }
    if !tops.insert(namespace.map(|namespace| namespace.text.as_str()), &name.text, top) {
        report.error_with_help(
            "prisma-name",
            name.span,
            format!("The name `{}` of this {keyword} is taken.", name.text),
            "Models, views, types and enums need names of their own; this one is left out.",
        );
        return false;
    }
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
