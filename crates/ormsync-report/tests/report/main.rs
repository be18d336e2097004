//! Tests of what reports look like. Outputs are kept in the top-level `snapshots/report`.
#![allow(clippy::unwrap_used)]

mod scene;

mod json;
mod machines;
mod schemas;
mod text;
