//! What is read of small models: facts that no server could judge (diagnostics, places, what is opaque).

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use ormsync_dialect::{Dialect, MYSQL, POSTGRESQL, SQLITE};
use ormsync_schema::{DataType, DefaultValue, Fact, IndexKind, Place, Reading, Severity, Table};
use ormsync_sqlalchemy::{ReadOptions, read};

const START: &str = "
import enum
from sqlalchemy import *
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, declared_attr

class Base(DeclarativeBase):
    pass
";

fn read_paths(roots: &[PathBuf], dialect: &'static dyn Dialect) -> Reading {
    read(roots, &ReadOptions { dialect, server: None, default_namespace: None })
}

fn read_files(files: &[(&str, &str)], roots: &[&str], dialect: &'static dyn Dialect) -> Reading {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let roots: Vec<PathBuf> = roots.iter().map(|root| folder.path().join(root)).collect();
    read_paths(&roots, dialect)
}

fn read_text(text: &str) -> Reading {
    read_files(&[("models.py", &format!("{START}{text}"))], &["models.py"], &POSTGRESQL)
}

fn table<'r>(reading: &'r Reading, name: &str) -> &'r Table {
    reading.schema.table("public", name).or_else(|| reading.schema.table("", name)).unwrap()
}

fn messages(reading: &Reading) -> Vec<&str> {
    reading.diagnostics.iter().map(|diagnostic| diagnostic.message.as_str()).collect()
}

/// The text that a fact of a column points at.
fn pointed_at(reading: &Reading, table_name: &str, column: &str, fact: Fact) -> String {
    let origin = table(reading, table_name).columns[column].place_of(fact).clone();
    let Place::File { path, span } = origin.place else { panic!("no place") };
    reading.files.get(&path).unwrap().slice(span).to_owned()
}

#[test]
fn facts_point_at_the_narrowest_source() {
    let reading = read_text(
        "
class Rate(Base):
    __tablename__ = 'rates'
    id = Column(Integer, primary_key=True)
    rate = Column('value', Numeric(10, 2), nullable=False, server_default='0', comment='c', default=0, onupdate=f)
",
    );
    assert_eq!(pointed_at(&reading, "rates", "value", Fact::ColumnType), "Numeric(10, 2)");
    assert_eq!(pointed_at(&reading, "rates", "value", Fact::Nullability), "nullable=False");
    assert_eq!(pointed_at(&reading, "rates", "value", Fact::Default), "server_default='0'");
    assert!(pointed_at(&reading, "rates", "value", Fact::Column).starts_with("Column('value'"));
    let column = &table(&reading, "rates").columns["value"];
    assert_eq!(column.client.attribute.as_deref(), Some("rate"));
    assert_eq!(column.client.default.as_deref(), Some("default=0"));
    assert_eq!(column.client.update.as_deref(), Some("onupdate=f"));
    assert_eq!(table(&reading, "rates").model.as_deref(), Some("Rate"));
}

#[test]
fn what_is_not_said_is_unsaid() {
    let plain = read_text("class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n");
    for fact in
        [Fact::ColumnComment, Fact::TableComment, Fact::TableOptions, Fact::Collation, Fact::Trigger, Fact::View]
    {
        assert!(!plain.schema.says(fact), "{fact:?}");
    }
    assert!(plain.schema.says(Fact::Check) && plain.schema.says(Fact::EnumLabelOrder));
    let commented =
        read_text("class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True, comment='x')\n");
    assert!(commented.schema.says(Fact::ColumnComment) && !commented.schema.says(Fact::TableComment));
}

#[test]
fn an_unknown_type_is_unreadable_and_named() {
    let reading = read_text(
        "
from elsewhere import Strange
class A(Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
    odd = Column(Strange(4), nullable=False)
",
    );
    let column = &table(&reading, "a").columns["odd"];
    assert_eq!(column.data_type, DataType::Unreadable("Strange(4)".to_owned()));
    assert!(!column.nullable);
    let [diagnostic] = reading.diagnostics.as_slice() else { panic!("{:?}", messages(&reading)) };
    assert_eq!((diagnostic.severity, diagnostic.code.as_str()), (Severity::Warning, "sqlalchemy-opaque"));
    assert!(diagnostic.help.is_some());
}

#[test]
fn what_a_dialect_refuses_is_said() {
    let text = format!(
        "{START}class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n    s = Column(String)\n"
    );
    let reading = read_files(&[("models.py", &text)], &["models.py"], &MYSQL);
    assert!(table(&reading, "a").columns["s"].data_type.is_unreadable());
    assert!(messages(&reading)[0].contains("needs a length on MySQL"), "{:?}", messages(&reading));
}

#[test]
fn a_column_from_outside_the_models_is_hidden_not_missing() {
    let reading = read_text(
        "
from elsewhere import make_column, UnknownMixin
class A(UnknownMixin, Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
    made = make_column()
    __table_args__ = (*unknown_args, UniqueConstraint('id'))
",
    );
    let a = table(&reading, "a");
    let hides =
        |fact: Fact, name: Option<&str>| a.opaque.iter().any(|part| part.fact == fact && part.name.as_deref() == name);
    assert!(hides(Fact::Column, Some("made")));
    assert!(hides(Fact::Column, None));
    assert!(hides(Fact::Index, None));
    assert_eq!(a.indexes.len(), 1, "what is known is still read");
    assert_eq!(reading.diagnostics.len(), 3, "{:?}", messages(&reading));
}

#[test]
fn a_condition_that_cannot_be_known_hides_what_depends_on_it() {
    let reading = read_text(
        "
import os
if os.environ.get('EXTRA'):
    class A(Base):
        __tablename__ = 'a'
        id = Column(Integer, primary_key=True)
class B(Base):
    __tablename__ = 'b'
    id = Column(Integer, primary_key=True)
    size = Column(String(os.getpid()), nullable=bool(os.environ.get('X')))
",
    );
    assert!(reading.schema.table("public", "a").is_none());
    assert!(reading.schema.opaque.iter().any(|part| part.fact == Fact::Table && part.name.as_deref() == Some("a")));
    assert!(table(&reading, "b").columns.contains_key("size"));
}

#[test]
fn an_unknown_table_name_hides_a_table() {
    let reading = read_text(
        "
from settings import prefix
class A(Base):
    __tablename__ = prefix + 'a'
    id = Column(Integer, primary_key=True)
t = Table(prefix + 't', Base.metadata, Column('id', Integer))
",
    );
    assert_eq!(reading.schema.tables().count(), 0);
    assert_eq!(reading.schema.opaque.len(), 2);
}

#[test]
fn a_broken_file_does_not_hide_the_rest() {
    let good = format!("{START}class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n");
    let broken = "from .good import *\nclass B(Base):\n    __tablename__ = 'b'\n    id = Column(Integer, primary_key=True)\n\nclass C(Base:\n    x = (\n";
    let files = [("models/__init__.py", ""), ("models/good.py", good.as_str()), ("models/broken.py", broken)];
    let reading = read_files(&files, &["models"], &POSTGRESQL);
    assert!(reading.has_errors());
    let error = reading.diagnostics.iter().find(|diagnostic| diagnostic.severity == Severity::Error).unwrap();
    assert_eq!(error.code, "python-syntax");
    assert!(matches!(&error.origin.place, Place::File { path, .. } if path.ends_with("models/broken.py")));
    assert!(reading.schema.table("public", "a").is_some() && reading.schema.table("public", "b").is_some());
    assert!(reading.schema.opaque.iter().any(|part| part.fact == Fact::Table && part.name.is_none()));
}

#[test]
fn a_missing_root_is_an_error() {
    let reading = read_paths(&[Path::new("there/is/no/such/models.py").to_owned()], &SQLITE);
    assert_eq!(reading.diagnostics[0].code, "sqlalchemy-missing");
    assert!(reading.has_errors());
}

#[test]
fn folders_of_migrations_and_environments_are_not_read() {
    let model = format!("{START}class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n");
    let other = model.replace("'a'", "'other'");
    let files = [
        ("app/models.py", model.as_str()),
        ("app/migrations/old.py", other.as_str()),
        ("app/.hidden/x.py", other.as_str()),
        ("app/venv/pyvenv.cfg", ""),
        ("app/venv/y.py", other.as_str()),
        ("app/alembic/env.py", ""),
        ("app/alembic/versions/z.py", other.as_str()),
    ];
    let reading = read_files(&files, &["app"], &POSTGRESQL);
    assert_eq!(reading.schema.tables().map(|(_, name, _)| name).collect::<Vec<_>>(), ["a"]);
}

#[test]
fn the_release_that_a_project_pins_decides() {
    let model = format!(
        "{START}class A(Base):\n    __tablename__ = 'a'\n    id: Mapped[int] = mapped_column(primary_key=True)\n    score: Mapped[float]\n"
    );
    let name_of = |pin: &str| {
        let files = [("models.py", model.as_str()), ("requirements.txt", pin)];
        let reading = read_files(&files, &["models.py"], &MYSQL);
        table(&reading, "a").columns["score"].data_type.as_named().unwrap().name.clone()
    };
    assert_eq!(name_of("sqlalchemy==2.0.40\n"), "float");
    assert_eq!(name_of("sqlalchemy==2.1.3\n"), "double");
}

#[test]
fn flask_tables_have_names_of_their_own() {
    let reading = read_files(
        &[(
            "models.py",
            "
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
tags = db.Table('tags', db.Column('id', db.Integer, primary_key=True))
class HTTPRequest(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.String(10), unique=True, index=True)
class Explicit(db.Model):
    __tablename__ = 'x'
    id = db.Column(db.Integer, primary_key=True)
    tag_id = db.Column(db.ForeignKey('tags.id'))
",
        )],
        &["models.py"],
        &POSTGRESQL,
    );
    assert_eq!(messages(&reading), [""; 0]);
    assert_eq!(reading.schema.tables().map(|(_, name, _)| name).collect::<Vec<_>>(), ["http_request", "tags", "x"]);
    let index = &table(&reading, "http_request").indexes[0];
    assert_eq!((index.name.as_deref(), index.kind), (Some("ix_http_request_name"), IndexKind::UniqueIndex));
}

#[test]
fn a_default_that_only_the_database_knows_is_unreadable() {
    let reading = read_text(
        "class A(Base):\n    __tablename__ = 'a'\n    id = Column(Integer, primary_key=True)\n    n = Column(Integer, server_default=FetchedValue())\n",
    );
    assert!(matches!(table(&reading, "a").columns["n"].default, Some(DefaultValue::Unreadable(_))));
    assert_eq!(messages(&reading), [""; 0]);
}

#[test]
fn endless_work_ends() {
    let reading = read_text(
        "
def loop(n): return loop(n + 1) + loop(n + 1)
x = loop(0)
while True:
    pass
names = ['x' * 1000000000 for a in range(100000) for b in range(100000)]
class Recursive(Base):
    __tablename__ = loop(1)
    id = Column(Integer, primary_key=True)
class A(Base):
    __tablename__ = 'a'
    id = Column(Integer, primary_key=True)
",
    );
    assert!(reading.schema.table("public", "a").is_some());
}

#[test]
fn deep_nesting_does_not_overflow() {
    for text in [
        format!("x = {}1{}\n", "(".repeat(20_000), ")".repeat(20_000)),
        format!("x = {}1\n", "not ".repeat(20_000)),
        format!("x = 1{}\n", " + 1".repeat(20_000)),
        format!("x = {}1{}\n", "[".repeat(20_000), "]".repeat(20_000)),
    ] {
        let reading = read_text(&text);
        assert_eq!(reading.schema.tables().count(), 0);
    }
}

#[test]
fn every_beginning_of_a_model_is_read_without_a_panic() {
    let text = std::fs::read_to_string(fixture("constants").join("models.py")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("models.py");
    for end in (0..text.len()).step_by(7).filter(|end| text.is_char_boundary(*end)) {
        std::fs::write(&path, &text[..end]).unwrap();
        read_paths(std::slice::from_ref(&path), &SQLITE);
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/sqlalchemy").join(name)
}

/// Every case is read without a diagnostic, but those in its diagnostics.txt or diagnostics.DIALECT.txt, on every dialect it is for.
#[test]
fn cases_are_read_whole() {
    let mut count = 0;
    for entry in std::fs::read_dir(fixture("")).unwrap().flatten() {
        let case = std::fs::read_to_string(entry.path().join("case.toml")).unwrap();
        let root = ["models.py", "models", "app/models", "app/models.py"]
            .iter()
            .map(|name| entry.path().join(name))
            .find(|path| path.exists());
        for dialect in
            ormsync_dialect::all().into_iter().filter(|dialect| case.contains(&format!("\"{}\"", dialect.name())))
        {
            let reading = read_paths(&[root.clone().unwrap()], dialect);
            let of_dialect = format!("diagnostics.{}.txt", dialect.name());
            let expected = [of_dialect.as_str(), "diagnostics.txt"]
                .iter()
                .find_map(|name| std::fs::read_to_string(entry.path().join(name)).ok())
                .unwrap_or_default();
            assert_eq!(messages(&reading), expected.lines().collect::<Vec<_>>(), "{}", entry.path().display());
            assert!(reading.schema.tables().count() > 0, "{}", entry.path().display());
            let opaque: usize = reading.schema.tables().map(|(_, _, table)| table.opaque.len()).sum();
            let is_whole = opaque + reading.schema.opaque.len() == 0;
            assert_eq!(is_whole, expected.is_empty(), "{}", entry.path().display());
            count += 1;
        }
    }
    assert!(count > 240, "{count}");
}
