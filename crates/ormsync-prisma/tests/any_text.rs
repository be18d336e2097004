//! What the fuzz target does (`fuzz/fuzz_targets/prisma.rs`), on a stable compiler: whatever the text, reading it neither
//! panics nor hangs, and what is read of a schema with a provider can be written and read again.
//! `PROPTEST_CASES=100000` looks longer.

#![allow(clippy::unwrap_used)]

use std::time::{Duration, Instant};

use ormsync_prisma::{ReadOptions, WriteOptions, read_text, write_schema};
use proptest::prelude::*;

/// Words and signs of the language, whole and broken.
const PIECES: &[&str] = &[
    "\n",
    "\n",
    "\n",
    " ",
    "\t",
    "\r\n",
    "{",
    "}",
    "{\n",
    "\n}\n",
    "(",
    ")",
    "[",
    "]",
    ",",
    ":",
    ".",
    "@",
    "@@",
    "?",
    "!",
    "=",
    "\"",
    "\"a\"",
    "\"\\u0041\"",
    "\"\\",
    "//",
    "///",
    "/*",
    "*/",
    "-",
    "1",
    "-7",
    "1.5",
    "1e9",
    "99999999999999999999",
    "model ",
    "model A {\n",
    "model B {\n",
    "view V {\n",
    "type T {\n",
    "enum E {\n",
    "datasource db {\n",
    "generator g {\n",
    "namespace n {\n",
    "types {\n",
    "policy_select p {\n",
    "model",
    "enum",
    "A",
    "B",
    "E",
    "V",
    "n.A",
    "x:n.A",
    "id",
    "a",
    "b",
    "id Int @id\n",
    "id String @id @default(cuid())\n",
    "a A @relation(fields: [b], references: [id])\n",
    "a A[]\n",
    "b Int\n",
    "b Int?\n",
    "e E @default(X)\n",
    "X\n",
    "Y @map(\"y z\")\n",
    "Int",
    "String",
    "Int?",
    "String[]",
    "Json",
    "Bytes",
    "DateTime",
    "Decimal",
    "Float",
    "BigInt",
    "Boolean",
    "Unsupported(\"",
    "Unsupported(\"point\")",
    "@id",
    "@unique",
    "@default(",
    "@default(now())",
    "@default(dbgenerated(\"x\"))",
    "@db.VarChar(",
    "@db.VarChar(40)",
    "@db.Decimal(9, 2)",
    "@db.",
    "@map(\"m\")",
    "@relation(",
    "@relation(\"r\", ",
    "fields: [",
    "references: [",
    "onDelete: Cascade",
    "@updatedAt",
    "@ignore",
    "@@ignore",
    "@@id([a, b])",
    "@@unique([a], map: \"u\")",
    "@@index([a(sort: Desc, length: 3), b])",
    "@@index([a], type: Gin, ops: raw(\"o\"))",
    "@@map(\"t\")",
    "@@schema(\"s\")",
    "@@unique([a], where: { b: { not: 1 } })",
    "provider = \"postgresql\"\n",
    "provider = \"mysql\"\n",
    "relationMode = \"prisma\"\n",
    "schemas = [\"s\"]\n",
    "extensions = [x(map: \"y\")]\n",
    "previewFeatures = [\"views\", \"partialIndexes\"]\n",
    "url = env(\"U\")\n",
    "ä",
    "\u{feff}",
    "𝒳",
    "\u{2028}",
    "\0",
];

const PROVIDERS: &[&str] = &["postgresql", "mysql", "sqlite"];

fn any_text() -> impl Strategy<Value = String> {
    let pieces = prop::collection::vec(prop::sample::select(PIECES), 0..120).prop_map(|pieces| pieces.concat());
    let schema = (prop::sample::select(PROVIDERS), prop::collection::vec(prop::sample::select(PIECES), 0..120))
        .prop_map(|(provider, pieces)| {
            format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{}", pieces.concat())
        });
    prop_oneof![1 => any::<String>(), 3 => pieces, 6 => schema]
}

proptest! {
    #[test]
    fn any_text_is_read(text in any_text()) {
        let start = Instant::now();
        let reading = read_text("schema.prisma", &text, &ReadOptions::default());
        if !reading.schema.dialect.is_empty() {
            let written = write_schema(&reading.schema, &WriteOptions::default());
            read_text("written.prisma", &written, &ReadOptions::default());
        }
        prop_assert!(start.elapsed() < Duration::from_secs(10), "it took {:?}", start.elapsed());
    }
}
