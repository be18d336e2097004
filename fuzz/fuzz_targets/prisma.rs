//! Whatever the text, the reader of Prisma schemas neither panics nor hangs, and what it reads of a schema with a
//! provider it can write again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ormsync_prisma::{ReadOptions, WriteOptions, read_text, write_schema};

fuzz_target!(|text: &str| {
    let reading = read_text("schema.prisma", text, &ReadOptions::default());
    if !reading.schema.dialect.is_empty() {
        write_schema(&reading.schema, &WriteOptions::default());
    }
});
