//! How long `ormsync check` takes as a whole process: Prisma schema, SQLAlchemy models and a SQLite file of
//! 12 columns a table, generated, in step. Prints its figures; the limit is one second for 1,000 tables.
//!
//!     cargo bench -p ormsync --bench thousand_tables

#![allow(clippy::print_stdout, missing_docs)]

use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

/// Runs of each measurement, after one that warms the file cache.
const RUNS: usize = 9;

/// Sizes, to see how the cost grows; the one with the limit is among them.
const SIZES: [usize; 3] = [250, 1_000, 4_000];
const LIMITED_SIZE: usize = 1_000;
const LIMIT: Duration = Duration::from_secs(1);

/// Tables in one Python file.
const TABLES_IN_A_FILE: usize = 50;

fn main() {
    println!("{:>7}  {:>24}  {:>24}", "tables", "three-way check", "--no-database");
    println!("{:>7}  {:>24}  {:>24}", "", "median (least – most)", "median (least – most)");
    let mut limited = Duration::ZERO;
    for tables in SIZES {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        generate(folder.path(), tables);
        let whole = measure(folder.path(), &[]);
        let without_database = measure(folder.path(), &["--no-database"]);
        println!("{tables:>7}  {:>24}  {:>24}", show(&whole), show(&without_database));
        if tables == LIMITED_SIZE {
            limited = whole[RUNS / 2];
        }
        println!("{}", details(folder.path()));
    }
    let verdict = if limited < LIMIT { "met" } else { "MISSED" };
    println!("limit for {LIMITED_SIZE} tables: {} ms, {verdict}", LIMIT.as_millis());
    assert!(limited < LIMIT, "{LIMITED_SIZE} tables take {limited:?}");
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_ormsync"))
        .current_dir(folder)
        .args(["check", "--config", "ormsync.toml"])
        .args(arguments)
        .output()
        .expect("the program that was just built can be run")
}

/// The times of all runs, least first.
fn measure(folder: &Path, arguments: &[&str]) -> Vec<Duration> {
    let warm = check(folder, arguments);
    let said = String::from_utf8_lossy(&warm.stdout);
    assert!(
        warm.status.success(),
        "the generated sides are in step:\n{}",
        said.lines().take(40).collect::<Vec<_>>().join("\n")
    );
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            check(folder, arguments);
            start.elapsed()
        })
        .collect();
    times.sort();
    times
}

fn show(times: &[Duration]) -> String {
    let milliseconds = |time: &Duration| time.as_secs_f64() * 1000.0;
    let (least, most) = (milliseconds(&times[0]), milliseconds(&times[RUNS - 1]));
    format!("{:.0} ms ({least:.0} – {most:.0})", milliseconds(&times[RUNS / 2]))
}

/// How the time of one run is spent.
fn details(folder: &Path) -> String {
    let output = check(folder, &["--verbose"]);
    let text = String::from_utf8_lossy(&output.stderr);
    let lines = text.lines().filter(|line| line.contains(" ms"));
    lines.map(|line| format!("{:>9}{line}", "")).collect::<Vec<_>>().join("\n")
}

fn generate(folder: &Path, tables: usize) {
    let write = |path: &str, text: &str| {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("a folder can be made");
        std::fs::write(path, text).expect("a file can be written");
    };
    write(
        "ormsync.toml",
        "dialect = \"sqlite\"\n[prisma]\nschema = \"schema.prisma\"\n[sqlalchemy]\nmodels = [\"models\"]\n[database]\nurl = \
         \"sqlite:tables.db\"\n",
    );
    let mut prisma = String::from("datasource db {\n  provider = \"sqlite\"\n}\n");
    let mut script = String::new();
    for table in 0..tables {
        let parent = parent_of(table);
        prisma.push_str(&prisma_model(table, parent, tables));
        script.push_str(&sql_table(table, parent));
    }
    write("schema.prisma", &prisma);
    write("models/base.py", BASE);
    let mut package = String::new();
    for (file, start) in (0..tables).step_by(TABLES_IN_A_FILE).enumerate() {
        let mut text = String::from(IMPORTS);
        for table in start..(start + TABLES_IN_A_FILE).min(tables) {
            text.push_str(&python_class(table, parent_of(table)));
        }
        write(&format!("models/part_{file}.py"), &text);
        let _ = writeln!(package, "from . import part_{file}");
    }
    write("models/__init__.py", &package);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be made");
    runtime
        .block_on(ormsync_database::create_sqlite(&folder.join("tables.db"), &script))
        .expect("the generated script makes a database");
}

/// Every table but the first refers to an earlier one.
fn parent_of(table: usize) -> Option<usize> {
    table.checked_sub(1).map(|before| before / 2)
}

fn prisma_model(table: usize, parent: Option<usize>, tables: usize) -> String {
    let mut text = format!(
        "
model Table{table} {{
  id        Int      @id @default(autoincrement())
  parentId  Int{optional}
  code      String   @unique
  name      String
  note      String?
  quantity  Int      @default(0)
  total     BigInt
  amount    Decimal
  ratio     Float    @default(1)
  active    Boolean  @default(true)
  createdAt DateTime @default(now())
  payload   Bytes?
",
        optional = if parent.is_some() { "" } else { "?" },
    );
    if let Some(parent) = parent {
        let _ = writeln!(
            text,
            "  parent    Table{parent} @relation(\"Parent{table}\", fields: [parentId], references: [id], onDelete: Cascade)"
        );
    }
    for child in [2 * table + 1, 2 * table + 2] {
        if child < tables {
            let _ = writeln!(text, "  children{child} Table{child}[] @relation(\"Parent{child}\")");
        }
    }
    text.push_str("\n  @@index([name, createdAt])\n}\n");
    text
}

const BASE: &str = "\
from decimal import Decimal

from sqlalchemy import DECIMAL, REAL, Text
from sqlalchemy.orm import DeclarativeBase


class Base(DeclarativeBase):
    type_annotation_map = {str: Text, float: REAL, Decimal: DECIMAL}
";

const IMPORTS: &str = "\
from datetime import datetime
from decimal import Decimal
from typing import Optional

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, func, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Base
";

fn python_class(table: usize, parent: Option<usize>) -> String {
    let parent = match parent {
        Some(parent) => format!(
            "parentId: Mapped[int] = mapped_column(ForeignKey(\"Table{parent}.id\", ondelete=\"CASCADE\", onupdate=\"CASCADE\"))"
        ),
        None => "parentId: Mapped[Optional[int]]".to_owned(),
    };
    format!(
        "

class Table{table}(Base):
    __tablename__ = \"Table{table}\"
    __table_args__ = (
        Index(\"Table{table}_code_key\", \"code\", unique=True),
        Index(\"Table{table}_name_createdAt_idx\", \"name\", \"createdAt\"),
        {{\"sqlite_autoincrement\": True}},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    {parent}
    code: Mapped[str]
    name: Mapped[str]
    note: Mapped[Optional[str]]
    quantity: Mapped[int] = mapped_column(server_default=text(\"0\"))
    total: Mapped[int] = mapped_column(BigInteger)
    amount: Mapped[Decimal]
    ratio: Mapped[float] = mapped_column(server_default=text(\"1\"))
    active: Mapped[bool] = mapped_column(server_default=text(\"true\"))
    createdAt: Mapped[datetime] = mapped_column(server_default=func.now())
    payload: Mapped[Optional[bytes]] = mapped_column(LargeBinary)
"
    )
}

fn sql_table(table: usize, parent: Option<usize>) -> String {
    let null = if parent.is_some() { " NOT NULL" } else { "" };
    let reference = parent.map_or(String::new(), |parent| {
        format!(
            ",\n    CONSTRAINT \"Table{table}_parentId_fkey\" FOREIGN KEY (\"parentId\") REFERENCES \"Table{parent}\" (\"id\") ON DELETE \
             CASCADE ON UPDATE CASCADE"
        )
    });
    format!(
        "
CREATE TABLE \"Table{table}\" (
    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    \"parentId\" INTEGER{null},
    \"code\" TEXT NOT NULL,
    \"name\" TEXT NOT NULL,
    \"note\" TEXT,
    \"quantity\" INTEGER NOT NULL DEFAULT 0,
    \"total\" BIGINT NOT NULL,
    \"amount\" DECIMAL NOT NULL,
    \"ratio\" REAL NOT NULL DEFAULT 1,
    \"active\" BOOLEAN NOT NULL DEFAULT true,
    \"createdAt\" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP,
    \"payload\" BLOB{reference}
);
CREATE UNIQUE INDEX \"Table{table}_code_key\" ON \"Table{table}\"(\"code\");
CREATE INDEX \"Table{table}_name_createdAt_idx\" ON \"Table{table}\"(\"name\", \"createdAt\");
"
    )
}
