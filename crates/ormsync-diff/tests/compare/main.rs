//! Tests of the comparison over schemas built by hand.
#![allow(clippy::unwrap_used)]

mod builder;
mod dialect;

mod hazards;
mod laws;
mod mutations;
mod ownership;
mod rules;
mod silence;
mod spelling;
mod verdicts;
