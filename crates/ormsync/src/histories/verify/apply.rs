//! One migration on a scratch database, by its statements: how long it takes, how much there is behind it, and what it locks.

use std::time::Instant;

use ormsync_database::{DatabaseUrl, Locks, RunError, query, run_with_locks, size_query};

use super::{RanStep, Step};

/// Runs the statements of a migration.
///
/// # Errors
/// What the server said.
pub(super) async fn apply(url: &DatabaseUrl, step: &Step) -> Result<RanStep, RunError> {
    let there = step.there.as_str();
    let before = size(url).await?;
    let ran = run_with_locks(url, there).await?;
    let bytes = Some((before, size(url).await?));
    Ok(RanStep {
        id: step.id.clone(),
        milliseconds: ran.took.as_millis(),
        back_milliseconds: None,
        bytes,
        locks: Some(ran.locks),
    })
}

/// Runs the statements of a way back; how many milliseconds it took.
///
/// # Errors
/// What the server said.
pub(super) async fn back(url: &DatabaseUrl, statements: &str) -> Result<u128, RunError> {
    let start = Instant::now();
    query(url, statements).await?;
    Ok(start.elapsed().as_millis())
}

/// How many bytes a database takes.
///
/// # Errors
/// What the server said.
pub(super) async fn size(url: &DatabaseUrl) -> Result<u64, RunError> {
    let rows = query(url, size_query(url)).await?;
    let text = rows.into_iter().flatten().flatten().next().unwrap_or_default();
    // MySQL gives a decimal.
    Ok(text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default())
}

/// The locks in words; none where they are not known.
pub(crate) fn locks_of(step: &RanStep) -> Option<&[String]> {
    match &step.locks {
        Some(Locks::Held(locks)) => Some(locks),
        Some(Locks::Unknown(_)) | None => None,
    }
}
