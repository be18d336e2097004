//! Two histories over one database: how each side's migration tells the other's that its change is made.

use minijinja::{Environment, context};
use ormsync_dialect::{Condition, Dialect, Existing};
use ormsync_schema::QualifiedName;
use ormsync_sqlalchemy::RevisionBody;

use super::revisions;
use crate::config::History;
use crate::failure::{Failure, Result};

/// A pair of migrations that make the same change.
#[derive(Debug)]
pub(crate) struct Coupling<'a> {
    /// How they are tied.
    pub(crate) history: History,
    /// The server.
    pub(crate) dialect: &'a dyn Dialect,
    /// The name of Prisma's migration.
    pub(crate) migration: &'a str,
    /// The revision.
    pub(crate) revision: &'a str,
    /// The revision before it.
    pub(crate) down_revision: Option<&'a str>,
    /// Whether Prisma's migration is one statement that nothing may stand beside.
    pub(crate) alone: bool,
}

const FUNCTIONS: &str = include_str!("../../templates/coupling.py.j2");

impl Coupling<'_> {
    /// What stands at the end of `migration.sql`: Alembic's table, where there is one, moves on.
    pub(crate) fn behind_migration(&self) -> String {
        if self.history != History::Lockstep {
            return String::new();
        }
        let change = ormsync_sqlalchemy::move_version(self.dialect, self.down_revision, Some(self.revision));
        let change = change.filter(|_| !self.alone);
        let statements = change.and_then(|change| only_where_table(self.dialect, "alembic_version", &change));
        let about = format!("Alembic's revision {} makes the same change", self.revision);
        match statements {
            Some(statements) => commented(&about, &statements),
            // Where no statement can do something only if a table is there, the revision itself looks.
            None => format!("\n-- {about}: it looks whether this migration has run\n"),
        }
    }

    /// What stands at the end of `down.sql`: both histories go back.
    pub(crate) fn behind_way_back(&self) -> String {
        let mut text = String::new();
        let migration = self.dialect.quote_text(self.migration);
        let delete = format!("DELETE FROM _prisma_migrations WHERE migration_name = {migration}");
        let about = "Prisma's history goes back, too";
        match only_where_table(self.dialect, "_prisma_migrations", &delete) {
            Some(statements) => text.push_str(&commented(about, &statements)),
            // Whichever tool made the change has made the table, too.
            None if self.history == History::Lockstep => text.push_str(&commented(about, &[delete])),
            None => text.push_str(&format!("\n-- {about}, where it has the migration:\n-- {delete};\n")),
        }
        if self.history == History::Lockstep
            && let Some(change) =
                ormsync_sqlalchemy::move_version(self.dialect, Some(self.revision), self.down_revision)
        {
            match only_where_table(self.dialect, "alembic_version", &change) {
                Some(statements) => text.push_str(&commented("and Alembic's", &statements)),
                None => text.push_str(&format!("\n-- and Alembic's, where it has the revision:\n-- {change};\n")),
            }
        }
        text
    }

    /// Adds to a revision that it looks for the migration's record, and keeps it; gives the functions that do.
    ///
    /// # Errors
    /// For a server whose `_prisma_migrations` is not known.
    pub(crate) fn couple(&self, body: &mut RevisionBody, migration_sql: &str) -> Result<String> {
        if self.history == History::Independent {
            return Ok(String::new());
        }
        let records = self.history == History::Lockstep;
        let looks = "    if is_applied_by_prisma():\n        return\n";
        let record = if records { "    record_for_prisma()\n" } else { "" };
        body.upgrade = format!("{looks}{}{record}", body.upgrade);
        body.downgrade = format!("{}    forget_for_prisma()\n", body.downgrade);
        let table = ormsync_prisma::migrations_table(self.dialect.name())
            .ok_or_else(|| Failure::new("migrate", "Prisma's history is not known for this server"))?;
        let checksum = ormsync_prisma::checksum(migration_sql);
        let context = context! {
            migration => python_text(self.migration),
            identifier => python_text(&revisions::identifier(self.migration, &checksum)),
            checksum => python_text(&checksum),
            table => table,
            records => records,
        };
        let text = Environment::new().render_str(FUNCTIONS, context);
        text.map_err(|error| Failure::new("internal", error.to_string()))
    }
}

/// Names of migrations are letters, digits and underscores.
fn python_text(text: &str) -> String {
    format!("\"{text}\"")
}

fn commented(about: &str, statements: &[String]) -> String {
    let statements: String = statements.iter().map(|statement| format!("{statement};\n")).collect();
    format!("\n-- {about}\n{statements}")
}

/// Statements that make a change only where a table is there; none where the server has no words for that.
fn only_where_table(dialect: &dyn Dialect, table: &str, change: &str) -> Option<Vec<String>> {
    let table = QualifiedName::new("", table);
    let condition = Condition { object: Existing::Relation(&table), is_there: true };
    dialect.only_where(&condition, &[change.to_owned()])
}
