//! Which server a script was written for, by what only one server takes.

use ormsync_dialect::scripts::tokens_of_one_server;

/// The dialect that a script's tokens speak, with the byte of the first that tells; none where they tell nothing, or
/// contradict each other.
pub(super) fn dialect_of(text: &str) -> Option<(usize, &'static str)> {
    let found = tokens_of_one_server(text);
    let (at, dialect) = *found.first()?;
    found.iter().all(|(_, other)| *other == dialect).then_some((at, dialect))
}
