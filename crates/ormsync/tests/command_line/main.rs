//! The `ormsync` program from outside: exit codes, standard output, standard error, files.

#![allow(clippy::unwrap_used)]

mod configuration;
mod demo;
mod discovery;
mod init;
mod migrate;
mod prisma;
mod project;
mod sources;
mod usage;
