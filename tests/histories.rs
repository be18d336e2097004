//! Histories of migrations: replayed without a server, side by side, and the mirrors that one lacks.

/// The project's own tools apply its histories.
#[cfg(feature = "live")]
mod applied;
/// Mirrors that the real tools run.
#[cfg(feature = "live")]
mod mirrored;
/// Histories that packages on PyPI ship.
#[cfg(feature = "live")]
mod packages;
/// What a replay makes is what the real tools make.
#[cfg(feature = "live")]
mod replayed;
/// `ormsync seed` on each server.
mod seeded;
/// `ormsync status`, and what tampering with histories looks like.
mod told;
/// `ormsync verify`: the target, and locks.
mod verified;
