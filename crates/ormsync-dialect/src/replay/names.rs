//! Names as a statement writes them, and finding what they mean.

use ormsync_schema::{Namespace, QualifiedName, Table};
use sqlparser::ast::{Expr, Ident, ObjectName, ObjectNamePart};

use super::Replay;

impl Replay<'_> {
    /// A name as the catalogue keeps it.
    pub(super) fn fold(&self, name: &Ident) -> String {
        (self.rules.grammar.fold)(name)
    }

    pub(super) fn fold_all(&self, names: &[Ident]) -> Vec<String> {
        names.iter().map(|name| self.fold(name)).collect()
    }

    /// The object that a name means: in the default namespace unless it says another.
    pub(super) fn path(&self, name: &ObjectName) -> QualifiedName {
        let mut parts: Vec<String> =
            name.0.iter().filter_map(ObjectNamePart::as_ident).map(|part| self.fold(part)).collect();
        let object = parts.pop().unwrap_or_default();
        let namespace = parts.pop().unwrap_or_default();
        self.qualified(&namespace, object)
    }

    /// The same of parts that are folded already.
    pub(super) fn qualified(&self, namespace: &str, name: String) -> QualifiedName {
        let default = self.rules.dialect.default_namespace();
        // A server without namespaces has its database's name in their place.
        let is_default =
            namespace.is_empty() || default.is_empty() || self.rules.default_qualifiers.contains(&namespace);
        let name = self.rules.dialect.identifier_limit().cut(&name).to_owned();
        QualifiedName::new(if is_default { default } else { namespace }, name)
    }

    pub(super) fn content(&mut self, namespace: &str) -> &mut Namespace {
        self.schema.namespace_mut(namespace)
    }

    /// The table of that name, as it is declared.
    pub(super) fn find_table(&self, path: &QualifiedName) -> Option<QualifiedName> {
        let content = self.schema.namespaces.get(&path.namespace)?;
        if content.tables.contains_key(&path.name) {
            return Some(path.clone());
        }
        let same = |name: &&String| self.rules.dialect.same_name(name, &path.name);
        let found = content.tables.keys().find(same)?;
        Some(QualifiedName::new(&path.namespace, found))
    }

    /// The table of that name.
    ///
    /// # Errors
    /// When there is none.
    pub(super) fn table_mut(&mut self, path: &QualifiedName) -> Result<&mut Table, String> {
        let found = self.find_table(path).ok_or_else(|| format!("there is no table {path}"))?;
        self.content(&found.namespace).tables.get_mut(&found.name).ok_or_else(|| format!("there is no table {path}"))
    }

    /// The column of a table as it is declared.
    pub(super) fn column_name(&self, table: &Table, name: &str) -> Option<String> {
        if table.columns.contains_key(name) {
            return Some(name.to_owned());
        }
        table.columns.keys().find(|other| self.rules.dialect.same_name(other, name)).cloned()
    }

    pub(super) fn is_same(&self, left: Option<&str>, right: &str) -> bool {
        left.is_some_and(|left| self.rules.dialect.same_name(left, right))
    }
}

/// The name that an expression is, if it is nothing but one.
pub(super) fn plain_name(expression: &Expr) -> Option<&Ident> {
    match expression {
        Expr::Identifier(name) => Some(name),
        Expr::Nested(inner) => plain_name(inner),
        _ => None,
    }
}
