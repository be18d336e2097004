//! The queries of a catalogue by one connection, or by several of the same server.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt as _};
use ormsync_dialect::{CatalogueQuery, CatalogueRows, Turn};
use ormsync_schema::Server;

use crate::failure::Failure;
use crate::session::Session;
use crate::{DatabaseUrl, ReadOptions};

/// How long one connection reads alone. What takes no longer needs no second.
const ALONE: Duration = Duration::from_millis(30);

/// How long the first connection waits for others where they shall begin together. Those that take longer come later.
const TOGETHER: Duration = Duration::from_millis(200);

/// Runs the queries. Where that takes the server long, a second connection takes some of them over, and where the dialect
/// says so, several begin together. Where there can't be as many (too many connections, another server behind the same
/// name) those that there are do all; what is still connecting in the end is not waited for.
///
/// # Errors
/// When a query fails, on any connection.
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
    let wanted = place.0.dialect.catalogue_connections(server, &locked(&work.rows)).min(place.0.most_connections());
    let (others, delay) = if wanted > 1 { (wanted - 1, Duration::ZERO) } else { (1, ALONE) };
    let companion = session.companion();
    let mut joining: FuturesUnordered<_> = companion
        .iter()
        .flat_map(|companion| std::iter::repeat_n(companion, others))
        .map(async |companion| {
            tokio::time::sleep(delay).await;
            Session::join(companion, place, server, &set_up).await
        })
        .collect();
    let mut joined = Vec::new();
    if wanted > 1 {
        let all = async {
            while let Some(session) = joining.next().await {
                joined.extend(session);
            }
        };
        // Who comes later is let in below.
        let _ = tokio::time::timeout(TOGETHER, all).await;
    }
    {
        let mut lanes: FuturesUnordered<Lane<'_>> = FuturesUnordered::new();
        lanes.push(Box::pin(work.take_turns(session)));
        lanes.extend(joined.into_iter().map(|session| work.lane(session)));
        while !lanes.is_empty() {
            tokio::select! {
                Some(outcome) = lanes.next() => outcome?,
                Some(session) = joining.next() => lanes.extend(session.map(|session| work.lane(session))),
            }
        }
    }
    for query in in_turn(Turn::Last) {
        work.answer(session, query).await?;
    }
    Ok(std::mem::take(&mut locked(&work.rows)))
}

/// A connection that takes queries until there are none.
type Lane<'work> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'work>>;

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

    /// A connection beside the first, which is closed in the end.
    fn lane(&self, mut session: Session) -> Lane<'_> {
        Box::pin(async move {
            let outcome = self.take_turns(&mut session).await;
            session.close().await;
            outcome
        })
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
