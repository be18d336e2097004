//! How long a first migration takes, forwards and back, by Prisma's engine and by Alembic. The bounds are far away: what
//! comes near them hangs.

#![expect(clippy::print_stdout, reason = "figures, shown by --no-capture")]

use std::fmt::Write as _;
use std::fs;
use std::time::{Duration, Instant};

use ormsync_diff::plan::plan_back;
use ormsync_schema::Schema;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, alembic as engine, prisma};
use crate::plans::changes::read;
use crate::plans::{alembic, between, dialect_of, facts, introspect, migrate, script, send};

/// A project of so many tables, and how long its first migration and the way back may take.
struct Size {
    tables: usize,
    indexes: usize,
    there: Duration,
    back: Duration,
}

const SMALL: Size = Size { tables: 4, indexes: 0, there: Duration::from_secs(5), back: Duration::from_secs(10) };
const LARGE: Size = Size { tables: 20, indexes: 3, there: Duration::from_secs(30), back: Duration::from_secs(10) };

/// Ten columns a table, each table refers to the one before.
fn models(size: &Size, dialect: Dialect) -> String {
    let provider = if dialect == Dialect::Mariadb { "mysql" } else { dialect.name() };
    let mut text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n");
    for table in 0..size.tables {
        let _ = write!(text, "\nmodel Table{table} {{\n  id Int @id @default(autoincrement())\n");
        for column in 0..8 {
            let kind = ["String", "Int", "DateTime", "Boolean"][column % 4];
            let _ = writeln!(text, "  column{column} {kind}{}", if column % 2 == 0 { "" } else { "?" });
        }
        if let Some(before) = table.checked_sub(1) {
            let _ = writeln!(
                text,
                "  before Table{before} @relation(fields: [beforeId], references: [id])\n  beforeId Int"
            );
        }
        if table + 1 < size.tables {
            let _ = writeln!(text, "  behind Table{}[]", table + 1);
        }
        for index in 0..size.indexes {
            let _ = writeln!(text, "  @@index([column{index}, column{}])", index + 1);
        }
        text.push_str("}\n");
    }
    text
}

fn is_quick(dialect: Dialect, size: &Size) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let (Some(by_prisma), Some(by_alembic)) = (Scratch::new(dialect), Scratch::new(dialect)) else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("schema.prisma");
    fs::write(&file, models(size, dialect)).unwrap();
    // The tools are started before the clock is.
    if !Judge::Prisma.waived() {
        prisma::validate(&file).unwrap();
    }
    engine::operations("pass").unwrap();
    let empty = introspect(&by_prisma, dialect);
    let to = read(&file, &empty, dialect);
    assert_eq!(to.tables().count(), size.tables);
    let there = between(&empty, &to, dialect);
    let back = plan_back(&there, dialect_of(dialect));
    fs::create_dir(folder.path().join("versions")).unwrap();
    fs::write(folder.path().join("versions/001_there.py"), alembic::revision_of(&empty, &there, &back)).unwrap();

    let timed = |what: &str, bound: Duration, run: &dyn Fn() -> Result<(), String>| {
        let start = Instant::now();
        run().unwrap();
        let taken = start.elapsed();
        println!("{} {} tables, {what}: {} ms", dialect.server(), size.tables, taken.as_millis());
        assert!(taken < bound, "{what} took {taken:?}, and may take {bound:?}");
    };
    let is_empty = |database: &Scratch| {
        let left = Schema { server: None, ..alembic::introspect_ours(database, dialect) };
        assert_eq!(facts(&left, dialect), facts(&empty, dialect));
    };
    let (sql, down) = (script(&there, dialect), script(&back, dialect));
    let name = "20260101000000_first";
    timed("migration.sql", size.there, &|| migrate::apply_as_prisma(&by_prisma, dialect, name, &sql));
    timed("down.sql", size.back, &|| send(&by_prisma, dialect, &down));
    is_empty(&by_prisma);
    let run = |way, revision| engine::run("2.1", way, by_alembic.url(), folder.path(), revision);
    timed("upgrade", size.there, &|| run("upgrade", "head"));
    timed("downgrade", size.back, &|| run("downgrade", "base"));
    is_empty(&by_alembic);
}

#[test]
fn on_postgresql() {
    is_quick(Dialect::Postgresql, &SMALL);
    is_quick(Dialect::Postgresql, &LARGE);
}

#[test]
fn on_the_newest_postgresql() {
    is_quick(Dialect::PostgresqlNewest, &SMALL);
    is_quick(Dialect::PostgresqlNewest, &LARGE);
}

#[test]
fn on_mysql() {
    is_quick(Dialect::Mysql, &SMALL);
    is_quick(Dialect::Mysql, &LARGE);
}

#[test]
fn on_mariadb() {
    is_quick(Dialect::Mariadb, &SMALL);
    is_quick(Dialect::Mariadb, &LARGE);
}

#[test]
fn on_sqlite() {
    is_quick(Dialect::Sqlite, &SMALL);
    is_quick(Dialect::Sqlite, &LARGE);
}
