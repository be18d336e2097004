//! The `ormsync` command.
fn main() {}
