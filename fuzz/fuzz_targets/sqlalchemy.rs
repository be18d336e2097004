//! Whatever the text, the reader of SQLAlchemy models neither panics nor hangs, and what it reads it can write again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ormsync_dialect::{MYSQL, POSTGRESQL, SQLITE};
use ormsync_sqlalchemy::{ReadOptions, read_text, write_models};

fuzz_target!(|text: &str| {
    // The dialect is in the text too, so that one input always does the same.
    let dialect = match text.len() % 3 {
        0 => &POSTGRESQL as &'static dyn ormsync_dialect::Dialect,
        1 => &MYSQL,
        _ => &SQLITE,
    };
    let reading = read_text("models.py", text, &ReadOptions { dialect, server: None, default_namespace: None });
    write_models(&reading.schema);
});
