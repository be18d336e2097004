//! What a database keeps of the histories: the rows of each tool's own table. A SQLite file that settings name and that is
//! not there keeps nothing yet: the first migration makes it.

use ormsync_database::{ReadOptions, TableQuery, table_rows};
use ormsync_schema::{Diagnostic, History, Record, Severity};
use ormsync_sqlalchemy::{RECORD_COLUMN, RECORD_TABLE};

use crate::project::{Location, Project};

/// What a database keeps; none: no database was asked, or it could not be read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Records {
    /// Of Prisma's migrations.
    pub(crate) prisma: Option<Vec<Record>>,
    /// Of Alembic's revisions.
    pub(crate) alembic: Option<Vec<Record>>,
    /// Whether there is no database yet to keep anything.
    pub(crate) is_to_come: bool,
}

/// Asks the project's database, where it has one; `is_told`: the command line names it, and then it has to be there.
pub(super) fn read(project: &Project, is_told: bool, alembic: Option<&History>) -> (Records, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let Some((side, url)) = project.sides.iter().find_map(|side| match &side.location {
        Location::Database { url, .. } => Some((side, url)),
        Location::Unusable(problem) => {
            problems.push((**problem).clone());
            None
        }
        _ => None,
    }) else {
        return (Records::default(), problems);
    };
    if let Some(file) = url.file().filter(|file| !is_told && !file.exists()) {
        let message = format!("there is no SQLite file {} yet: only files of migrations are looked at", file.display());
        let told = Diagnostic::new(Severity::Note, "database-to-come", message, side.origin.clone())
            .with_help("the first migration that is applied makes it; --database names another");
        return (Records { is_to_come: true, ..Records::default() }, vec![told]);
    }
    let queries = [
        TableQuery {
            table: ormsync_prisma::OWN_TABLES[0],
            columns: &ormsync_prisma::RECORD_COLUMNS,
            order: ormsync_prisma::RECORD_ORDER,
        },
        TableQuery { table: RECORD_TABLE, columns: &[RECORD_COLUMN], order: RECORD_COLUMN },
    ];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let answer = match runtime {
        Ok(runtime) => {
            let answer = runtime.block_on(table_rows(url, &ReadOptions::default(), &queries));
            runtime.shutdown_background();
            answer.map_err(|error| (error.to_string(), error.help().to_owned()))
        }
        Err(error) => Err((format!("no connection could be started: {error}"), String::new())),
    };
    let tables = match answer {
        Ok(tables) => tables,
        Err((message, help)) => {
            let problem = Diagnostic::error("database-connect", message, side.origin.clone()).with_help(help);
            return (Records::default(), vec![problem]);
        }
    };
    let rows = |at: usize| tables.get(at).cloned().flatten().unwrap_or_default();
    let revisions: Vec<String> = rows(1).into_iter().flatten().flatten().collect();
    let nothing = History::default();
    let records = Records {
        prisma: Some(ormsync_prisma::records(&rows(0))),
        alembic: Some(ormsync_sqlalchemy::records(alembic.unwrap_or(&nothing), &revisions)),
        is_to_come: false,
    };
    (records, problems)
}
