//! The tests of ormsync as a whole, in one program.
//!
//! `cargo test --workspace` runs all that needs no server. `scripts/test` provides the servers and
//! the real engines and turns the feature `live` on; then what is missing is a failure, never a skip.
//! `docs/testing.md` says more.

#![allow(clippy::unwrap_used, reason = "a test that can't go on fails")]

/// What a folder under `fixtures/` claims.
mod case;
/// The servers and the real engines.
mod judges;
/// Running the program.
mod program;

/// Prisma's engine and we refuse the same schemas.
#[cfg(feature = "live")]
mod agreement;
/// The audit: numbers, documents, the page in a browser.
mod audit;
/// Each case: the check finds what the case claims, and nothing else.
mod cases;
/// The command line: exit codes, messages, bad input.
mod cli;
/// The documentation.
mod docs;
/// The gate's small cases: rules, equivalences, complaints.
mod gate;
/// Random schemas, for plans and for models.
#[path = "../crates/ormsync-diff/tests/plan/generator.rs"]
mod generator;
/// Histories of migrations.
mod histories;
/// Models that the project's own Python imports.
#[cfg(feature = "live")]
mod imported;
/// What is read of a database that holds every kind of object.
mod introspection;
/// The laws over all cases: what we read equals what the real engines make.
mod laws;
/// The judges themselves, and what only a live server can show.
#[cfg(feature = "live")]
mod live;
/// Models that packages on PyPI ship.
#[cfg(feature = "live")]
mod model_packages;
/// One changed fact is one finding.
mod mutations;
/// Schemas that packages on npm and PyPI ship.
#[cfg(feature = "live")]
mod packages;
/// Plans on real servers, and beside what Prisma's engine writes.
#[cfg(feature = "live")]
mod plans;
/// Models that we write.
#[cfg(feature = "live")]
mod rewritten;
/// The rules of the house.
mod tidy;
/// Random schemas, written as models and read again.
mod written;
