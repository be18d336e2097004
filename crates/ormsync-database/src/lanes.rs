//! The queries of a catalogue by one connection, or by two of the same server.

use std::collections::VecDeque;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ormsync_dialect::{CatalogueQuery, CatalogueRows, Turn};
use ormsync_schema::Server;

use crate::failure::Failure;
use crate::session::Session;
use crate::{DatabaseUrl, ReadOptions};

/// How long one connection reads alone. What takes no longer needs no second.
const ALONE: Duration = Duration::from_millis(30);

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
    let in_turn = |turn: Turn| queries.iter().filter(move |query| query.turn == turn).cloned();
    let set_up: Vec<CatalogueQuery> = in_turn(Turn::SetsUp).collect();
    let work = Work { queries: Mutex::new(in_turn(Turn::Any).collect()), rows: Mutex::new(CatalogueRows::new()) };
    for query in set_up.iter().cloned().chain(in_turn(Turn::First)) {
        work.answer(session, query).await?;
    }
    let companion = session.companion();
    let helps = AtomicBool::new(false);
    {
        let mut first = pin!(work.take_turns(session));
        let mut second = pin!(async {
            let Some(companion) = companion else { return Ok(()) };
            tokio::time::sleep(ALONE).await;
            let Some(mut second) = Session::join(&companion, place, server, &set_up).await else { return Ok(()) };
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
    }
    for query in in_turn(Turn::Last) {
        work.answer(session, query).await?;
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
            self.answer(session, query).await?;
        }
    }

    async fn answer(&self, session: &mut Session, query: CatalogueQuery) -> Result<(), Failure> {
        let name = query.name;
        let rows = session.answer(query).await?;
        locked(&self.rows).insert(name, rows);
        Ok(())
    }
}

/// What a mutex guards. Nothing that holds one of these can panic.
fn locked<Value>(mutex: &Mutex<Value>) -> MutexGuard<'_, Value> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
