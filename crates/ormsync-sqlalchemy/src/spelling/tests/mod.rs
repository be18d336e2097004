//! Tests of the spelling as a whole.
#![allow(clippy::unwrap_used)]

mod types;

use ruff_python_parser::parse_module;

/// Fails unless the text is Python.
fn assert_python(text: &str) {
    if let Err(error) = parse_module(text) {
        panic!("{error}\n{text}");
    }
}
