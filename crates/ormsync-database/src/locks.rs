//! Statements run, and which locks on tables they took: nobody else waits for them, so that the server has to be asked.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ormsync_dialect::CatalogueRow;

use crate::scratch::{LONGEST, query};
use crate::session::{Session, first_cell};
use crate::url::{Address, ServerKind};
use crate::{DatabaseUrl, Failure, ReadOptions, RunError};

/// Which locks statements took.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Locks {
    /// Of each table the strongest one, in the server's own word: `AccessExclusiveLock on users`.
    Held(Vec<String>),
    /// Why that is not known.
    Unknown(String),
}

/// How statements went.
#[derive(Debug, Clone)]
pub struct RanWithLocks {
    /// How long they took.
    pub took: Duration,
    /// What they locked.
    pub locks: Locks,
}

/// PostgreSQL's locks that keep others from writing, from the weakest to the strongest.
/// <https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-TABLES>
const POSTGRES: &[&str] = &[
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
];

/// The same of MySQL's metadata locks (`sql/mdl.h`), which MariaDB has, too.
const MYSQL: &[&str] = &[
    "SHARED_WRITE_LOW_PRIO",
    "SHARED_WRITE",
    "SHARED_UPGRADABLE",
    "SHARED_READ_ONLY",
    "SHARED_NO_WRITE",
    "SHARED_NO_READ_WRITE",
    "EXCLUSIVE",
];

/// How long MySQL is asked without a break, and the breaks behind that: what is over in a moment is to be seen, and what takes
/// an hour is not to be slowed.
const CLOSELY: Duration = Duration::from_secs(1);
const BREAK: Duration = Duration::from_millis(5);

/// Runs a script on a scratch database and tells which locks it took on tables. On PostgreSQL they are those at its end, where
/// it is a transaction; on MySQL and MariaDB those that were seen while it ran; a SQLite file is locked as a whole.
///
/// # Errors
/// What the server said.
pub async fn run_with_locks(url: &DatabaseUrl, script: &str) -> Result<RanWithLocks, RunError> {
    match &url.address {
        Address::File(_) => {
            let start = Instant::now();
            query(url, script).await?;
            let locks = Locks::Held(vec!["EXCLUSIVE on the whole file".to_owned()]);
            Ok(RanWithLocks { took: start.elapsed(), locks })
        }
        Address::Server(server) if server.kind == ServerKind::Postgres => on_postgres(url, script).await,
        Address::Server(_) => on_mysql(url, script).await,
    }
}

async fn on_postgres(url: &DatabaseUrl, script: &str) -> Result<RanWithLocks, RunError> {
    let in_transaction = format!(
        "BEGIN;\nSELECT 'begun', txid_current()::text;\n{script}\n;\nSELECT 'begun', txid_current()::text;\n\
         SELECT 'lock', mode, relation::regclass::text FROM pg_locks \
         WHERE pid = pg_backend_pid() AND locktype = 'relation' AND relation >= 16384 \
         AND relation IN (SELECT oid FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm')) ORDER BY 3, 2;\nCOMMIT;"
    );
    let start = Instant::now();
    let Ok(rows) = query(url, &in_transaction).await else {
        // What can't be in a transaction is run without one; what fails in any case says why then.
        let start = Instant::now();
        query(url, script).await?;
        let why = "it can't run in a transaction, at whose end locks are looked at";
        return Ok(RanWithLocks { took: start.elapsed(), locks: Locks::Unknown(why.to_owned()) });
    };
    let took = start.elapsed();
    let begun: Vec<&CatalogueRow> =
        rows.iter().filter(|row| row.first().is_some_and(|word| word.as_deref() == Some("begun"))).collect();
    let is_one = begun.first() == begun.last();
    let locks = if is_one {
        let held = rows.iter().filter_map(|row| match row.as_slice() {
            [Some(word), Some(mode), Some(table)] if word == "lock" => Some((mode.as_str(), table.as_str())),
            _ => None,
        });
        Locks::Held(strongest(held, POSTGRES))
    } else {
        Locks::Unknown("it ends transactions of its own, and locks with them".to_owned())
    };
    Ok(RanWithLocks { took, locks })
}

/// Of each table the strongest lock: it stands for the others.
fn strongest<'r>(held: impl Iterator<Item = (&'r str, &'r str)>, order: &[&str]) -> Vec<String> {
    let mut strongest: BTreeMap<&str, usize> = BTreeMap::new();
    for (mode, table) in held {
        if let Some(strength) = order.iter().position(|lock| *lock == mode) {
            let known = strongest.entry(table).or_insert(strength);
            *known = strength.max(*known);
        }
    }
    strongest.into_iter().map(|(table, strength)| format!("{} on {table}", order[strength])).collect()
}

async fn on_mysql(url: &DatabaseUrl, script: &str) -> Result<RanWithLocks, RunError> {
    let outcome = async {
        let options = ReadOptions { statement_timeout: LONGEST, ..ReadOptions::default() };
        let mut session = Session::open_for_writing(url, &options).await?;
        let rows = session.rows("the connection", "SELECT CAST(CONNECTION_ID() AS CHAR)".to_owned()).await?;
        let connection = first_cell(rows).unwrap_or_default();
        // The server may let this user have one connection only.
        let watching = match Session::open(url, &options).await {
            Ok(mut watcher) => match question(&mut watcher, &connection).await {
                Ok(question) => Ok((watcher, question)),
                Err(why) => {
                    watcher.leave().await;
                    Err(why)
                }
            },
            Err(failure) => Err(failure.describe(url).to_string()),
        };
        let start = Instant::now();
        let running = session.rows("the script", script.to_owned());
        let (outcome, locks) = match watching {
            Err(why) => (running.await, Locks::Unknown(why)),
            Ok((mut watcher, question)) => {
                let (outcome, seen) = watch(running, &mut watcher, &question).await;
                watcher.leave().await;
                let held = seen.iter().map(|(mode, table)| (mode.as_str(), table.as_str()));
                (outcome, Locks::Held(strongest(held, MYSQL)))
            }
        };
        let took = start.elapsed();
        outcome?;
        session.leave().await;
        Ok(RanWithLocks { took, locks })
    };
    outcome.await.map_err(|failure: Failure| RunError(failure.describe(url).to_string()))
}

/// Asks over and over which locks a connection holds, for as long as it works.
async fn watch<Value>(
    running: impl Future<Output = Value>,
    watcher: &mut Session,
    question: &str,
) -> (Value, Vec<(String, String)>) {
    let is_done = Cell::new(false);
    let working = async {
        let outcome = running.await;
        is_done.set(true);
        outcome
    };
    let asking = async {
        let mut seen: Vec<(String, String)> = Vec::new();
        let start = Instant::now();
        while !is_done.get() {
            // An answer that does not come says nothing.
            let rows = watcher.rows("the locks", question.to_owned()).await.unwrap_or_default();
            for row in rows {
                if let [Some(mode), Some(table)] = row.as_slice() {
                    let lock = (mode.trim_start_matches("MDL_").to_owned(), table.clone());
                    if !seen.contains(&lock) {
                        seen.push(lock);
                    }
                }
            }
            if start.elapsed() > CLOSELY {
                tokio::time::sleep(BREAK).await;
            }
        }
        seen
    };
    tokio::join!(working, asking)
}

/// The query for the locks of a connection on tables: its rows are mode and table.
///
/// # Errors
/// Why there is none on this server.
async fn question(watcher: &mut Session, connection: &str) -> Result<String, String> {
    let connection: u64 = connection.parse().map_err(|_| "the server does not number connections".to_owned())?;
    // An instrument that is switched off leaves its table empty.
    let instrument =
        "SELECT ENABLED FROM performance_schema.setup_instruments WHERE NAME = 'wait/lock/metadata/sql/mdl'";
    let is_enabled = watcher
        .rows("the locks", instrument.to_owned())
        .await
        .is_ok_and(|rows| first_cell(rows).is_some_and(|cell| cell == "YES"));
    if is_enabled {
        return Ok(format!(
            "SELECT CAST(LOCK_TYPE AS CHAR), CAST(OBJECT_NAME AS CHAR) FROM performance_schema.metadata_locks \
             WHERE OBJECT_TYPE = 'TABLE' AND LOCK_STATUS = 'GRANTED' AND OBJECT_SCHEMA = DATABASE() \
             AND OBJECT_NAME NOT LIKE '#%' AND OWNER_THREAD_ID = \
             (SELECT THREAD_ID FROM performance_schema.threads WHERE PROCESSLIST_ID = {connection})"
        ));
    }
    let plugin = format!(
        "SELECT CAST(LOCK_MODE AS CHAR), CAST(TABLE_NAME AS CHAR) FROM information_schema.METADATA_LOCK_INFO \
         WHERE LOCK_TYPE = 'Table metadata lock' AND TABLE_SCHEMA = DATABASE() AND TABLE_NAME NOT LIKE '#%' \
         AND THREAD_ID = {connection}"
    );
    match watcher.rows("the locks", plugin.clone()).await {
        Ok(_) => Ok(plugin),
        Err(_) => Err("the server does not tell: neither performance_schema's instrument wait/lock/metadata/sql/mdl nor MariaDB's \
                       plugin metadata_lock_info is on"
            .to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::{MYSQL, POSTGRES, strongest};

    #[test]
    fn the_strongest_lock_stands_for_the_others() {
        let held =
            [("RowExclusiveLock", "a"), ("AccessExclusiveLock", "a"), ("ShareLock", "b"), ("AccessShareLock", "c")];
        assert_eq!(strongest(held.into_iter(), POSTGRES), ["AccessExclusiveLock on a", "ShareLock on b"]);
        assert_eq!(strongest([("SHARED_READ", "a"), ("EXCLUSIVE", "b")].into_iter(), MYSQL), ["EXCLUSIVE on b"]);
    }
}
