//! What an audit asks of a live database besides its catalogue: sizes and use of indexes, and, where it is told to, rows
//! that refer to nothing. All of it is read-only and has its time; what the server refuses is left out, or told.

use std::time::Duration;

use ormsync_database::{Asked, DatabaseUrl, ReadOptions, ask};
use ormsync_dialect::{
    CatalogueQuery, CatalogueRow, CatalogueScope, Dialect, RelationEnd, Usage, orphan_query, usage_of,
};
use ormsync_report::audit::{Audit, Extras, IndexUse, OrphanCount, Relation, State, TableStorage};
use ormsync_schema::{Diagnostic, Origin, Severity};

use crate::failure::{Failure, Result};
use crate::project::{Location, Project};
use crate::read_sources::Sources;
use crate::terminal::Terminal;

/// How long the server may take to tell sizes and use, altogether.
const USAGE_TIME: Duration = Duration::from_secs(10);

/// How long one look at rows may take.
const LOOK_TIME: Duration = Duration::from_secs(10);

/// Sizes and use of tables and indexes, as far as the server knows them and lets them be known.
pub(crate) fn extras(project: &Project, sources: &mut Sources<'_>) -> Extras {
    let mut extras = Extras::default();
    let Some(url) = live(project) else { return extras };
    let read = sources.read.iter().find(|read| matches!(read.side.location, Location::Database { .. }));
    // What can't be read was told, and need not be tried again.
    let Some(read) = read else { return extras };
    let namespaces = read.schema.namespaces.keys().filter(|name| !name.is_empty()).cloned().collect();
    let scope = CatalogueScope { namespaces };
    let options = ReadOptions { statement_timeout: USAGE_TIME, ..ReadOptions::default() };
    let dialect = project.dialect;
    let answers = block_on(ask(url, &options, USAGE_TIME, |server| dialect.usage_queries(server, &scope)));
    // That the database can't be reached was told when it was read.
    let Ok(Ok(answers)) = answers else { return extras };
    let mut rows: Vec<CatalogueRow> = Vec::new();
    for answer in answers {
        match answer {
            Asked::Rows(found) => rows.extend(found),
            Asked::Refused(why) => {
                let message = format!("sizes or use of indexes are not known: {why}");
                sources.diagnostics.push(Diagnostic::new(Severity::Note, "index-use", message, Origin::nowhere()));
            }
            Asked::NoTime => {}
        }
    }
    for usage in usage_of(rows) {
        let table = full_name(project, &usage);
        match usage.index {
            Some(index) => {
                extras.index_use.push(IndexUse { table, index, bytes: usage.bytes, scans: usage.scans, unique: false })
            }
            None => extras.storage.push(TableStorage { table, rows: usage.rows, bytes: usage.bytes }),
        }
    }
    extras
}

/// The table's name as audits write it: without the usual namespace.
fn full_name(project: &Project, usage: &Usage) -> String {
    let usual = project.dialect.default_namespace();
    if usual.is_empty() || usual == usage.namespace {
        usage.table.clone()
    } else {
        format!("{}.{}", usage.namespace, usage.table)
    }
}

/// The live database of a project.
fn live(project: &Project) -> Option<&DatabaseUrl> {
    project.sides.iter().find_map(|side| match &side.location {
        Location::Database { url, .. } => Some(&**url),
        _ => None,
    })
}

/// Counts the rows that refer to nothing, relation by relation, in the first `most` rows of each table, until the time is
/// up.
///
/// # Errors
/// When there is no live database, or it can't be reached.
pub(crate) fn count_orphans(
    project: &Project,
    audit: &Audit,
    most: u64,
    time: Duration,
    terminal: &Terminal,
) -> Result<Vec<OrphanCount>> {
    let Some(url) = live(project) else {
        return Err(Failure::new("usage", "--with-data: there is no live database to look at")
            .with_help("name one with --database URL"));
    };
    let asked: Vec<(&Relation, Option<String>)> = audit
        .relations
        .iter()
        .filter(|relation| is_live(audit, &relation.from) && is_live(audit, &relation.to))
        .map(|relation| (relation, query(project.dialect, relation, most)))
        .collect();
    terminal.detail(&format!("looking for rows that refer to nothing, for {} s at most", time.as_secs()));
    let options = ReadOptions { statement_timeout: LOOK_TIME.min(time), ..ReadOptions::default() };
    let queries = asked.iter().filter_map(|(_, sql)| sql.clone());
    let queries: Vec<CatalogueQuery> =
        queries.map(|sql| CatalogueQuery::new("rows that refer to nothing", sql)).collect();
    let answers = block_on(ask(url, &options, time, |_| queries))?
        .map_err(|error| Failure::new("database-connect", error.to_string()).with_help(error.help().to_owned()))?;
    let mut answers = answers.into_iter();
    let count = |(relation, sql): (&Relation, Option<String>)| {
        let mut count = OrphanCount {
            from: relation.from.clone(),
            columns: relation.columns.clone(),
            to: relation.to.clone(),
            ..OrphanCount::default()
        };
        match sql.and_then(|_| answers.next()) {
            None => count.problem = Some("it is not known which columns it refers to".to_owned()),
            Some(Asked::Rows(rows)) => {
                let row = rows.first();
                let number = |at: usize| row.and_then(|row| row.get(at)?.as_ref()?.parse().ok());
                (count.looked_at, count.orphans) = (number(0), number(1));
            }
            Some(Asked::Refused(why)) => count.problem = Some(why),
            Some(Asked::NoTime) => count.problem = Some("not looked at: the time was up".to_owned()),
        }
        count
    };
    Ok(asked.into_iter().map(count).collect())
}

/// Whether the live database has a table.
fn is_live(audit: &Audit, name: &str) -> bool {
    let live = audit.sources.iter().filter(|source| source.live);
    let table = audit.tables.iter().find(|table| table.name == name);
    live.map(|source| &source.name).any(|source| {
        table.is_some_and(|table| {
            let is_there = |state: State| !matches!(state, State::Missing | State::Absent);
            table.states.iter().any(|state| state.source == *source && is_there(state.state))
        })
    })
}

fn query(dialect: &dyn Dialect, relation: &Relation, most: u64) -> Option<String> {
    let usual = dialect.default_namespace();
    // Without namespaces a dot is a letter of the name.
    let parted = |name: &str| match name.split_once('.') {
        Some((namespace, table)) if !usual.is_empty() => (namespace.to_owned(), table.to_owned()),
        _ => (usual.to_owned(), name.to_owned()),
    };
    let ((from_namespace, from), (to_namespace, to)) = (parted(&relation.from), parted(&relation.to));
    orphan_query(
        dialect,
        RelationEnd { namespace: &from_namespace, table: &from, columns: &relation.columns },
        RelationEnd { namespace: &to_namespace, table: &to, columns: &relation.to_columns },
        most,
    )
}

fn block_on<Answer>(work: impl Future<Output = Answer>) -> Result<Answer> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime
        .map_err(|error| Failure::new("database-connect", format!("no connection could be started: {error}")))?;
    let answer = runtime.block_on(work);
    // As for the catalogue: a resolver that never answers is not waited for.
    runtime.shutdown_background();
    Ok(answer)
}
