//! Names that a server cuts, or keeps for itself.

use ormsync_dialect::{Dialect, IdentifierLimit};
use ormsync_schema::{ObjectKind, ObjectPath, Origin, Schema, Table};

use crate::comparing::{Comparing, Saying};
use crate::rules;
use crate::tables::TableRow;

/// A declared name that is longer than the server keeps it.
#[derive(Debug, Clone)]
pub struct LongName {
    /// The source, by its name.
    pub source: String,
    /// What is called so, under the name that is left of it.
    pub at: ObjectPath,
    /// The name as it is declared.
    pub name: String,
    /// Where.
    pub origin: Origin,
}

/// The declared names of tables, columns, indexes, constraints and enum types that this server cuts or refuses. The
/// schema must not be in normal form: there they are cut.
pub fn long_names(source: &str, schema: &Schema, dialect: &dyn Dialect) -> Vec<LongName> {
    let limit = dialect.identifier_limit();
    let mut found = Vec::new();
    if limit == IdentifierLimit::Unlimited {
        return found;
    }
    // Nearly no name is too long: only for those that are is said where they are.
    let mut look = |name: &str, origin: &Origin, at: &dyn Fn(&str) -> ObjectPath| {
        let cut = limit.cut(name);
        // What is cut off is the end.
        if cut.len() != name.len() {
            let (source, name) = (source.to_owned(), name.to_owned());
            found.push(LongName { source, at: at(cut), name, origin: origin.clone() });
        }
    };
    for (namespace, name, table) in schema.tables() {
        let namespace = if namespace == dialect.default_namespace() { "" } else { namespace };
        look(name, &table.origin, &|cut| ObjectPath::table(namespace, cut));
        let table_name = limit.cut(name);
        for (column, content) in &table.columns {
            let at = |cut: &str| ObjectPath::in_table(ObjectKind::Column, namespace, table_name, cut);
            look(column, &content.origin, &at);
        }
        for (kind, named, origin) in named_parts(table) {
            look(named, origin, &|cut| ObjectPath::in_table(kind, namespace, table_name, cut));
        }
    }
    for (namespace, content) in &schema.namespaces {
        let namespace = if namespace == dialect.default_namespace() { "" } else { namespace.as_str() };
        for (name, labels) in &content.enums {
            look(name, &labels.origin, &|cut| ObjectPath::named(ObjectKind::EnumType, namespace, cut));
        }
    }
    found
}

/// The indexes and constraints of a table that have names.
fn named_parts(table: &Table) -> impl Iterator<Item = (ObjectKind, &str, &Origin)> {
    let key = table.primary_key.iter().map(|key| (ObjectKind::PrimaryKey, &key.name, &key.origin));
    let written = table.indexes.iter().filter(|index| !index.implicit);
    let indexes = written.map(|index| (ObjectKind::Index, &index.name, &index.origin));
    let keys = table.foreign_keys.iter().map(|key| (ObjectKind::ForeignKey, &key.name, &key.origin));
    let checks = table.checks.iter().map(|check| (ObjectKind::Check, &check.name, &check.origin));
    let exclusions = table.exclusions.iter().map(|each| (ObjectKind::Exclusion, &each.name, &each.origin));
    let all = key.chain(indexes).chain(keys).chain(checks).chain(exclusions);
    all.filter_map(|(kind, name, origin)| Some((kind, name.as_deref()?, origin)))
}

/// Tells names that are too long, each once.
pub(crate) fn long(comparing: &mut Comparing<'_>, names: &[LongName]) {
    let mut told: Vec<&ObjectPath> = Vec::new();
    for name in names.iter() {
        let Some(source) = comparing.source_named(&name.source).filter(|_| !told.contains(&&name.at)) else { continue };
        told.push(&name.at);
        let limit = match comparing.dialect.identifier_limit() {
            IdentifierLimit::Bytes(most) => format!("{most} bytes"),
            IdentifierLimit::Characters(most) => format!("{most} characters"),
            IdentifierLimit::Unlimited => continue,
        };
        let headline = format!("The name {} is longer than the {limit} that this server takes", name.name);
        let saying = Saying::new(format!("called {}", name.name), &name.origin);
        let at_most = ormsync_schema::Severity::Error;
        comparing.report_hazard(&rules::IDENTIFIER_LENGTH, name.at.clone(), headline, (source, saying), at_most);
    }
}

/// Tells a table and columns that are called by a word the server keeps for itself, each once. Names with capital letters
/// are not told: they are an ORM's own (`Order`), and who writes SQL for them by hand is used to quoting.
pub(crate) fn reserved(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let holder = (0..row.slots.len()).find(|source| row.table(*source).is_some());
    let Some((source, table)) = holder.and_then(|source| Some((source, row.table(source)?))) else { return };
    if is_told(comparing, row.name) {
        let saying = Saying::new(format!("called {}", row.name), &table.origin);
        tell(comparing, row.own_path(comparing), row, (source, saying));
    }
    for (name, column) in &table.columns {
        if is_told(comparing, name) {
            let saying = Saying::new(format!("called {name}"), &column.origin);
            let path = row.path(comparing, ObjectKind::Column, name);
            tell(comparing, path, row, (source, saying));
        }
    }
}

fn is_told(comparing: &Comparing<'_>, name: &str) -> bool {
    !name.contains(char::is_uppercase) && comparing.dialect.is_reserved(name)
}

fn tell(comparing: &mut Comparing<'_>, at: ObjectPath, row: &TableRow<'_>, said: (usize, Saying)) {
    let headline = format!("{at} is called by a word that this server keeps for itself");
    comparing.report_hazard(&rules::RESERVED_WORD, at, headline, said, row.at_most());
}
