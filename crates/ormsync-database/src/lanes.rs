//! The queries of a catalogue by one connection, or by two that see the same.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ormsync_dialect::{CatalogueQuery, CatalogueRows};
use ormsync_schema::Server;

use crate::failure::Failure;
use crate::session::Session;
use crate::{DatabaseUrl, ReadOptions};

/// How long one connection reads alone. What takes no longer needs no second.
const ALONE: Duration = Duration::from_millis(60);

/// Runs the queries. Where that takes the server long, a second connection takes some of them over; it is never waited
/// for while it connects, and where there can't be one (too many connections, another server behind the same name) the
/// first does all.
///
/// # Errors
/// When a query fails, on either connection.
pub(crate) async fn read(
    session: &mut Session,
    queries: Vec<CatalogueQuery>,
    place: (&DatabaseUrl, &ReadOptions),
    server: &Server,
) -> Result<CatalogueRows, Failure> {
    let (set_up, queries): (Vec<_>, Vec<_>) = queries.into_iter().partition(|query| query.sets_up);
    let work = Work { queries: Mutex::new(queries.into()), rows: Mutex::new(CatalogueRows::new()) };
    for query in &set_up {
        let rows = session.answer(query.clone()).await?;
        locked(&work.rows).insert(query.name, rows);
    }
    let snapshot = session.snapshot();
    let helps = AtomicBool::new(false);
    let mut first = pin!(work.take_turns(session));
    let mut second = pin!(async {
        let Some(snapshot) = snapshot else { return Ok(()) };
        tokio::time::sleep(ALONE).await;
        let Some(mut second) = Session::join(&snapshot, place, server, &set_up).await else { return Ok(()) };
        helps.store(true, Ordering::Relaxed);
        let outcome = work.take_turns(&mut second).await;
        second.close().await;
        outcome
    });
    tokio::select! {
        outcome = &mut first => {
            outcome?;
            // One that is still connecting has nothing left to do.
            if helps.load(Ordering::Relaxed) {
                second.await?;
            }
        }
        outcome = &mut second => {
            outcome?;
            first.await?;
        }
    }
    Ok(std::mem::take(&mut locked(&work.rows)))
}

struct Work {
    queries: Mutex<VecDeque<CatalogueQuery>>,
    rows: Mutex<CatalogueRows>,
}

impl Work {
    /// Runs the next query until there is none.
    async fn take_turns(&self, session: &mut Session) -> Result<(), Failure> {
        loop {
            let Some(query) = locked(&self.queries).pop_front() else { return Ok(()) };
            let name = query.name;
            let rows = session.answer(query).await?;
            locked(&self.rows).insert(name, rows);
        }
    }
}

/// What a mutex guards. Nothing that holds one of these can panic.
fn locked<Value>(mutex: &Mutex<Value>) -> MutexGuard<'_, Value> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
