//! Our SQL beside what Prisma's own engine writes: for PostgreSQL and SQLite the engine is asked, for MySQL its answers
//! are recorded in `fixtures/prisma-mysql` (from nothing) and `fixtures/prisma-mysql-changes` (there and back).

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use ormsync_schema::Schema;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, prisma};
use crate::plans::changes::{Known, changes, judge, read, told};
use crate::plans::{between, facts, first_difference, introspect, script, send};

/// Each change both ways: the end is what the engine's own SQL makes, also where a server refuses that.
fn changes_arrive(dialect: Dialect) {
    let mut failures = Vec::new();
    for (name, folder) in changes() {
        for (from, to, recorded) in [("from", "to", "forward.sql"), ("to", "from", "back.sql")] {
            if let Err(message) = change_arrives(&folder, from, to, recorded, dialect) {
                failures.push(format!("{name}, {recorded}: {message}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), failures.join("\n\n"));
}

fn change_arrives(folder: &Path, from: &str, to: &str, recorded: &str, dialect: Dialect) -> Result<(), String> {
    let (Some(ours), Some(theirs), Some(whole)) = (Scratch::new(dialect), Scratch::new(dialect), Scratch::new(dialect))
    else {
        return Ok(());
    };
    let empty = introspect(&ours, dialect);
    let from = read(&folder.join(format!("{from}.prisma")), &empty, dialect);
    let to = read(&folder.join(format!("{to}.prisma")), &empty, dialect);
    for database in [&ours, &theirs] {
        send(database, dialect, &script(&between(&empty, &from, dialect), dialect))?;
    }
    send(&whole, dialect, &script(&between(&empty, &to, dialect), dialect))?;
    let statements = script(&between(&from, &to, dialect), dialect);
    send(&ours, dialect, &statements).map_err(|message| format!("{message}\n\n{statements}"))?;
    let arrived = facts(&introspect(&ours, dialect), dialect);
    let wanted = facts(&introspect(&whole, dialect), dialect);
    if let Some(difference) = first_difference(&arrived, &wanted) {
        return Err(format!("{difference}\n\n{statements}"));
    }
    let recorded = fs::read_to_string(folder.join(recorded)).map_err(|error| error.to_string())?;
    if send(&theirs, dialect, &recorded).is_ok() && !leaves_an_index(folder) {
        let theirs = facts(&introspect(&theirs, dialect), dialect);
        if let Some(difference) = first_difference(&arrived, &theirs) {
            return Err(format!("the engine's own SQL arrives elsewhere: {difference}\n\n{statements}"));
        }
    }
    Ok(())
}

/// Where the engine leaves behind the index that the server made for a foreign key, which its own SQL from nothing
/// does not make.
fn leaves_an_index(folder: &Path) -> bool {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    matches!(&*name, "fk-add" | "fk-drop" | "fk-rename" | "fk-with-index-drop")
}

#[test]
fn changes_arrive_on_mysql() {
    changes_arrive(Dialect::Mysql);
}

#[test]
fn changes_arrive_on_mariadb() {
    changes_arrive(Dialect::Mariadb);
}

/// The statements of a script, each on one line, sorted: tables may come in another order.
fn statements(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let mut statements: Vec<String> = lines
        .join("\n")
        .split(";\n")
        .map(|statement| statement.split_whitespace().collect::<Vec<_>>().join(" ").trim_end_matches(';').to_owned())
        .filter(|statement| !statement.is_empty())
        .collect();
    statements.sort();
    statements
}

/// Compares our script with the engine's and gives what parts them.
fn compare(name: &str, ours: &str, theirs: &str, failures: &mut Vec<String>, known: &Known, met: &mut Vec<String>) {
    let (mine, engine) = (statements(ours), statements(theirs));
    if mine == engine {
        return;
    }
    if known.contains_key(name) {
        met.push(name.to_owned());
        return;
    }
    let only = |left: &[String], right: &[String], mark: &str| {
        left.iter().filter(|line| !right.contains(line)).map(|line| format!("  {mark} {line}")).collect::<Vec<_>>()
    };
    let mut lines = only(&engine, &mine, "engine");
    lines.extend(only(&mine, &engine, "ours  "));
    failures.push(format!("{name}:\n{}", lines.join("\n")));
}

/// From nothing and each change, on MySQL.
#[test]
fn mysql_reads_like_the_engines() {
    let known = known_on_mysql();
    let (mut failures, mut met) = (Vec::new(), Vec::new());
    let empty = Schema::new("mysql");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/prisma-mysql");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let (schema, recorded) = (path.join("schema.prisma"), path.join("create.sql"));
        if let Ok(theirs) = fs::read_to_string(recorded) {
            let ours = script(&between(&empty, &read(&schema, &empty, Dialect::Mysql), Dialect::Mysql), Dialect::Mysql);
            compare(&name, &ours, &theirs, &mut failures, &known, &mut met);
        }
    }
    for (name, folder) in changes() {
        for (from, to, recorded) in [("from", "to", "forward"), ("to", "from", "back")] {
            let schema = |name: &str| read(&folder.join(format!("{name}.prisma")), &empty, Dialect::Mysql);
            let ours = script(&between(&schema(from), &schema(to), Dialect::Mysql), Dialect::Mysql);
            let theirs = fs::read_to_string(folder.join(format!("{recorded}.sql"))).unwrap();
            compare(&format!("{name} {recorded}"), &ours, &theirs, &mut failures, &known, &mut met);
        }
    }
    judge(&failures, &known, &met);
}

/// Every Prisma schema of the laws from nothing, and the changes of MySQL told to the other two.
fn reads_like_the_engines(dialect: Dialect, known: &Known) {
    if Judge::Prisma.waived() {
        return;
    }
    let (mut failures, mut met) = (Vec::new(), Vec::new());
    let empty = Schema::new(dialect.name());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/laws");
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let schema = path.join("schema.prisma");
        let text = fs::read_to_string(&schema).unwrap_or_default();
        if !text.contains(&format!("provider = \"{}\"", dialect.name())) {
            continue;
        }
        let ours = script(&between(&empty, &read(&schema, &empty, dialect), dialect), dialect);
        compare(&name, &ours, &prisma::script(&schema).unwrap(), &mut failures, known, &mut met);
    }
    let folder = tempfile::tempdir().unwrap();
    for (name, changes) in changes() {
        let told = |side: &str| told(&changes, side, dialect, &folder.path().join(format!("{name}-{side}.prisma")));
        let (Some(from), Some(to)) = (told("from"), told("to")) else { continue };
        for (from, to, way) in [(&from, &to, "forward"), (&to, &from, "back")] {
            let plan = between(&read(from, &empty, dialect), &read(to, &empty, dialect), dialect);
            let theirs = prisma::between(from, to).unwrap();
            compare(&format!("{name} {way}"), &script(&plan, dialect), &theirs, &mut failures, known, &mut met);
        }
    }
    judge(&failures, known, &met);
}

#[test]
fn postgresql_reads_like_the_engines() {
    reads_like_the_engines(Dialect::Postgresql, &known_on_postgresql());
}

#[test]
fn sqlite_reads_like_the_engines() {
    reads_like_the_engines(Dialect::Sqlite, &known_on_sqlite());
}

/// Why ours is another.
const LITERAL: &str = "literals are written in normal form (1.5 for 1.50, a time without +00:00), and what the engine drops \
                       (defaults of Json and Bytes) or writes without escaping (a backslash) is written right";
const WORDS: &str = "types and defaults are written in normal form: TIMESTAMP for TIMESTAMP(6), CHAR(1) for CHAR";
const OWN_INDEX: &str = "the index that the server keeps for a foreign key comes and goes with it, and is renamed rather than \
                         made twice, which the server refuses";
const CONVERTED: &str = "values are converted, not dropped with their column";
const KEY_STAYS: &str = "a key need not be made anew for its column to change its type";
const SEQUENCE: &str =
    "the sequence has the name and type that SERIAL gives it, and is dropped by that name and not as \"\"";

fn known_on_mysql() -> Known {
    BTreeMap::from([
        ("defaults-time", LITERAL),
        ("defaults-dbgenerated", LITERAL),
        ("defaults-literals", LITERAL),
        ("native-time", WORDS),
        ("unsupported", WORDS),
        ("type-datetime-precision forward", WORDS),
        ("fk-add back", OWN_INDEX),
        ("fk-drop forward", OWN_INDEX),
        ("fk-rename forward", OWN_INDEX),
        ("fk-rename back", OWN_INDEX),
        ("fk-with-index-drop forward", OWN_INDEX),
        ("fk-with-index-drop back", OWN_INDEX),
        ("relation-mode-to-prisma forward", OWN_INDEX),
        ("pk-column-type forward", KEY_STAYS),
        ("pk-column-type back", KEY_STAYS),
    ])
}

fn known_on_postgresql() -> Known {
    BTreeMap::from([
        ("prisma-native-types-postgres", WORDS),
        ("prisma-dbgenerated-postgres", WORDS),
        ("prisma-dbgenerated-words-postgres", WORDS),
        ("prisma-ignored-postgres", WORDS),
        ("prisma-defaults-postgres", LITERAL),
        ("prisma-lists-postgres", LITERAL),
        ("autoincrement-add forward", SEQUENCE),
        ("autoincrement-add back", SEQUENCE),
        ("autoincrement-drop forward", SEQUENCE),
        ("autoincrement-drop back", SEQUENCE),
        ("enum-to-string forward", CONVERTED),
        ("enum-to-string back", CONVERTED),
        ("string-to-enum forward", CONVERTED),
        ("string-to-enum back", CONVERTED),
        ("type-string-int forward", CONVERTED),
        ("pk-column-type forward", KEY_STAYS),
        ("pk-column-type back", KEY_STAYS),
    ])
}

fn known_on_sqlite() -> Known {
    BTreeMap::from([("prisma-defaults-sqlite", LITERAL)])
}
