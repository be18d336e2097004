//! What this account may not see. `information_schema` leaves it out without a word, so its absence proves
//! nothing.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{Diagnostic, Fact, Opaque, Origin};

use super::Assembly;
use crate::CatalogueRows;
use crate::catalogue::Cells;

/// The privileges of one account.
#[derive(Default)]
struct Privileges<'rows> {
    account: Option<&'rows str>,
    /// Roles that are active: what they allow is not listed.
    role: Option<&'rows str>,
    /// What it may do in the whole server.
    everywhere: BTreeSet<&'rows str>,
    /// What it may do in databases whose names match a pattern.
    in_databases: Vec<(&'rows str, &'rows str)>,
    /// What it may do with tables, by database and name.
    with_tables: BTreeMap<(&'rows str, &'rows str), BTreeSet<&'rows str>>,
}

impl<'rows> Privileges<'rows> {
    fn read(rows: &'rows CatalogueRows) -> Self {
        let mut privileges = Self::default();
        for mut cells in Cells::of(rows, "privileges") {
            let (level, name, privilege) = (cells.text(), cells.text(), cells.text());
            let (account_or_database, role) = (cells.optional(), cells.optional());
            match level {
                "global" => {
                    privileges.account = account_or_database;
                    privileges.role = role.filter(|role| *role != "NONE");
                    privileges.everywhere.insert(privilege);
                }
                "schema" => privileges.in_databases.push((name, privilege)),
                _ => {
                    let table = (account_or_database.unwrap_or_default(), name);
                    privileges.with_tables.entry(table).or_default().insert(privilege);
                }
            }
        }
        privileges
    }

    /// What it may do with every table of a database.
    fn in_database(&self, database: &str) -> BTreeSet<&'rows str> {
        let matching = self.in_databases.iter().filter(|(pattern, _)| is_like(database, pattern));
        self.everywhere.iter().copied().chain(matching.map(|(_, privilege)| *privilege)).collect()
    }
}

/// Privileges that let an account see the tables and columns of a database.
const SEEING: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "REFERENCES", "ALTER", "CREATE", "SHOW VIEW"];

impl Assembly {
    /// Marks what may be hidden.
    pub(super) fn read_privileges(&mut self, rows: &CatalogueRows) {
        let privileges = Privileges::read(rows);
        // Every account has at least the row USAGE; without any the question was not answered.
        let Some(account) = privileges.account else { return };
        for mut cells in Cells::of(rows, "schemata") {
            let database = cells.text();
            let allowed = privileges.in_database(database);
            if !allowed.contains("TRIGGER") {
                self.schema.unsaid.insert(Fact::Trigger);
            }
            if !allowed.contains("SHOW VIEW") {
                self.schema.unsaid.insert(Fact::ViewDefinition);
            }
            let sees_all = SEEING.iter().any(|privilege| allowed.contains(privilege));
            // What a role allows is not known here, but it is granted to be used: no alarm.
            if !sees_all && privileges.role.is_none() {
                self.hide_unseen(database, account, &privileges);
            }
        }
    }

    fn hide_unseen(&mut self, database: &str, account: &str, privileges: &Privileges<'_>) {
        let origin = Origin::catalogue(database);
        self.diagnostics.push(
            Diagnostic::warning(
                "database-no-permission",
                format!("\"{account}\" sees only some tables of the database \"{database}\""),
                origin.clone(),
            )
            .with_help("what it cannot see is not reported as missing; GRANT SELECT, SHOW VIEW, TRIGGER ON the database lets it see all"),
        );
        let hidden = |fact, text: String| Opaque { fact, name: None, text, origin: origin.clone() };
        self.schema.opaque.push(hidden(Fact::Table, format!("tables of {database} that {account} may not see")));
        let namespace = self.namespace(database);
        let Some(content) = self.schema.namespaces.get_mut(namespace) else { return };
        for (name, table) in &mut content.tables {
            // A table that is seen without a privilege on all of it is seen by some of its columns.
            if !privileges.with_tables.contains_key(&(database, name.as_str())) {
                table.opaque.push(hidden(Fact::Column, format!("columns of {name} that {account} may not see")));
            }
        }
    }
}

/// SQL's LIKE, as grants match the names of databases: `%`, `_`, and `\` before either.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            (0..=text.len()).filter(|at| text.is_char_boundary(*at)).any(|at| is_like(&text[at..], letters.as_str()))
        }
        Some('_') => {
            let mut rest = text.chars();
            rest.next().is_some() && is_like(rest.as_str(), letters.as_str())
        }
        Some(letter) => {
            let letter = if letter == '\\' { letters.next().unwrap_or(letter) } else { letter };
            text.strip_prefix(letter).is_some_and(|rest| is_like(rest, letters.as_str()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_like;

    #[test]
    fn patterns_of_grants() {
        assert!(is_like("shop_dev", "shop\\_dev"));
        assert!(is_like("shop_dev", "shop%"));
        assert!(is_like("shopXdev", "shop_dev"));
        assert!(!is_like("shopXdev", "shop\\_dev"));
        assert!(!is_like("shop", "shop_"));
    }
}
