//! Prisma's engine and we give the same verdict on a schema: a valid one is never refused, and what
//! `prisma validate` refuses is refused.
//!
//! First every schema under `fixtures/`, then schemas made of the valid ones by small mistakes, the
//! same ones at every run. A disagreement that is mended is pinned as a file under
//! `fixtures/prisma/valid` or `fixtures/prisma/invalid`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use ormsync_prisma::ReadOptions;
use ormsync_schema::Severity;

use crate::case::{Case, fixtures, names};
use crate::judges::{Judge, prisma};

/// Mistakes made in each valid schema; `ORMSYNC_TEST_MISTAKES` asks for more when hunting, and
/// `ORMSYNC_TEST_SEED` (a number) for others.
const MISTAKES: usize = 8;

/// A refusal's reason, or none.
type Verdict = Result<(), String>;

fn ours(schema: &Path) -> Verdict {
    let reading = ormsync_prisma::read(schema, &ReadOptions::default());
    let errors = reading.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Error);
    let messages: Vec<_> = errors.map(|diagnostic| diagnostic.message.as_str()).collect();
    if messages.is_empty() { Ok(()) } else { Err(messages.join("\n")) }
}

/// What is told when the two verdicts differ.
fn disagreement(schema: &Path) -> Option<String> {
    match (prisma::validate(schema), ours(schema)) {
        // The engine takes a schema without a datasource; nobody can say what its tables would be.
        (Ok(()), Err(message)) if message.starts_with("There is no datasource") => None,
        (Ok(()), Err(message)) => Some(format!("refused by us alone: {message}")),
        // The engine at hand is of Prisma 7.
        (Err(_), Ok(())) if uses_prisma_8(schema) => None,
        (Err(message), Ok(())) if !of_another_release(&message) => Some(format!("refused by Prisma alone: {message}")),
        _ => None,
    }
}

/// Whether all that the engine says is that it does not know a preview feature: it refuses those of other
/// releases than its own, where we only warn.
fn of_another_release(message: &str) -> bool {
    let mut errors = message.lines().filter(|line| line.starts_with("error: ")).peekable();
    errors.peek().is_some() && errors.all(|line| line.starts_with("error: The preview feature "))
}

fn uses_prisma_8(schema: &Path) -> bool {
    let reading = ormsync_prisma::read(schema, &ReadOptions::default());
    reading.diagnostics.iter().any(|diagnostic| diagnostic.code == "prisma-8")
}

/// The schemas in a folder of single files.
fn files_in(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join(folder)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "prisma"));
    paths.sort();
    paths
}

#[test]
fn prisma_and_we_judge_every_fixture_alike() {
    if Judge::Prisma.waived() {
        return;
    }
    let mut schemas = [files_in("prisma/valid"), files_in("prisma/invalid")].concat();
    schemas.extend(names().iter().filter_map(|name| Case::read(name).ok()?.prisma_schema()));
    assert!(schemas.len() > 500, "only {} schemas", schemas.len());
    let mut found = String::new();
    for schema in &schemas {
        if let Some(text) = disagreement(schema) {
            let _ = writeln!(found, "{}: {text}\n", schema.display());
        }
    }
    assert!(found.is_empty(), "{found}");
}

#[test]
fn prisma_and_we_judge_mistakes_alike() {
    if Judge::Prisma.waived() {
        return;
    }
    let number_of = |name| std::env::var(name).ok().and_then(|text| text.parse::<usize>().ok());
    let mistakes = number_of("ORMSYNC_TEST_MISTAKES").unwrap_or(MISTAKES);
    let seed = number_of("ORMSYNC_TEST_SEED").unwrap_or(0);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("schema.prisma");
    let mut found = String::new();
    let mut count = 0_usize;
    let paths = ["prisma/valid", "prisma/ddl/postgresql", "prisma/ddl/sqlite"].map(files_in).concat();
    let schemas: Vec<String> = paths.iter().map(|path| fs::read_to_string(path).unwrap()).collect();
    for (number, text) in schemas.iter().enumerate() {
        let mut chance = Chance::seeded(number + seed * 1_000_003);
        // A word from another schema is a mistake too.
        let other = &schemas[chance.below(schemas.len())];
        for _ in 0..mistakes {
            let mut mistaken = mistake(text, other, &mut chance);
            if chance.below(4) == 0 {
                mistaken = mistake(&mistaken, other, &mut chance);
            }
            fs::write(&path, &mistaken).unwrap();
            if let Some(text) = disagreement(&path) {
                let _ = writeln!(found, "==== {text}\n{mistaken}\n");
            }
            count += 1;
        }
    }
    assert!(found.is_empty(), "of {count} schemas these are judged differently:\n{found}");
}

/// Numbers that look random and are the same at every run (xorshift).
struct Chance(u64);

impl Chance {
    fn seeded(number: usize) -> Self {
        Self((number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }

    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }
}

/// Words that no schema is made of, or few.
const ODD_WORDS: &[&str] = &[
    "null",
    "true",
    "-1",
    "0",
    "1.5",
    "99999999999",
    "99999999999999999999",
    "\"\"",
    "\"x\"",
    "\"a b\"",
    "[]",
    "[1]",
    "{}",
    "{ a: 1 }",
    "()",
    "f()",
    "env(\"X\")",
    "raw(\"x\")",
    "raw()",
    "?",
    "[]?",
    "!",
    ":",
    ",",
    ".",
    "-",
    "_",
    "@",
    "@@",
    "//",
    "///",
    "/* */",
    "@id",
    "@unique",
    "@ignore",
    "@updatedAt",
    "@default(1)",
    "@default(now())",
    "@default(\"\")",
    "@default([])",
    "@map(\"x\")",
    "@map(\"\")",
    "@db.Text",
    "@db.VarChar(5)",
    "@db.",
    "Unsupported(\"x\")",
    "Unsupported(\"\")",
    "Json",
    "Bytes",
    "Decimal",
    "BigInt",
    "Float",
    "Boolean",
    "DateTime",
    "String",
    "Int",
    "map: \"x\"",
    "name: \"x\"",
    "sort: Desc",
    "length: 5",
    "type: Hash",
    "ops: raw(\"x\")",
    "clustered: true",
    "onDelete: SetNull",
    "onUpdate: Cascade",
    "fields: [id]",
    "references: [id]",
    "where: raw(\"x\")",
    "where: { id: 1 }",
    "(sort: Desc)",
    "dbgenerated()",
    "dbgenerated(\"x\")",
    "dbgenerated(\"\")",
    "autoincrement()",
    "auto()",
    "sequence()",
    "cuid(2)",
    "uuid(7)",
    "nanoid(12)",
    "ulid()",
    "model",
    "enum",
    "type",
    "view",
    "datasource",
    "generator",
    "Größe",
    "a-b",
    "1a",
    "_a",
];

/// Lines that may be put anywhere.
const ODD_LINES: &[&str] = &[
    "  @@ignore",
    "  @@map(\"x\")",
    "  @@map(\"\")",
    "  @@id([id])",
    "  @@unique([id])",
    "  @@index([id])",
    "  @@fulltext([id])",
    "  @@schema(\"x\")",
    "  @@foo",
    "  x String",
    "  x Int?",
    "  x Int[]",
    "  x",
    "  X",
    "  @@index([id], map: \"x\")",
    "  @@unique([id], name: \"x\")",
    "model X {",
    "enum X {",
    "view X {",
    "type X {",
    "}",
    "// x",
    "/// x",
    "",
    "/*",
    "*/",
    "x = 1",
    "  url = env(\"X\")",
    "  relationMode = \"prisma\"",
    "  provider = \"sqlite\"",
    "  provider = \"mysql\"",
    "  provider = \"postgresql\"",
    "  schemas = [\"x\"]",
    "  extensions = [x]",
];

/// The schema with one small mistake, or a small change that is none.
fn mistake(text: &str, other: &str, chance: &mut Chance) -> String {
    let mut words = words(text);
    let meant: Vec<usize> = (0..words.len()).filter(|&at| !words[at].trim().is_empty()).collect();
    if chance.below(4) == 0 {
        return mistaken_line(text, other, chance);
    }
    let at = meant[chance.below(meant.len())];
    let second = meant[chance.below(meant.len())];
    match chance.below(7) {
        0 => words[at] = "",
        1 => words.insert(at, words[at]),
        2 => words[at] = words[second],
        3 => words.swap(at, second),
        4 => words[at] = ODD_WORDS[chance.below(ODD_WORDS.len())],
        5 => words.insert(at, ODD_WORDS[chance.below(ODD_WORDS.len())]),
        _ => {
            let others = self::words(other);
            let others: Vec<_> = others.into_iter().filter(|word| !word.trim().is_empty()).collect();
            words[at] = others[chance.below(others.len())];
        }
    }
    words.concat()
}

fn mistaken_line(text: &str, other: &str, chance: &mut Chance) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let others: Vec<&str> = other.lines().collect();
    let at = chance.below(lines.len());
    let second = chance.below(lines.len());
    match chance.below(5) {
        0 => drop(lines.remove(at)),
        1 => lines.insert(second, lines[at]),
        2 => lines.insert(at, ODD_LINES[chance.below(ODD_LINES.len())]),
        3 => lines.insert(at, others[chance.below(others.len())]),
        _ => lines.swap(at, second),
    }
    lines.join("\n") + "\n"
}

/// The text as names, strings, runs of spaces and single signs.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => rest[1..].find(['"', '\n']).map_or(rest.len(), |end| end + 2),
            '@' | '/' => first_other(rest, |letter| letter == first),
            ' ' => first_other(rest, |letter| letter == ' '),
            _ if is_name(first) => first_other(rest, is_name),
            _ => first.len_utf8(),
        };
        let (word, behind) = rest.split_at(length);
        words.push(word);
        rest = behind;
    }
    words
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

fn first_other(text: &str, same: impl Fn(char) -> bool) -> usize {
    text.find(|letter| !same(letter)).unwrap_or(text.len())
}
