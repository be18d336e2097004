//! `extract = "import"` and `inspect --cross-check`, with the judge's Python.

use super::project::Project;
use crate::judges::{Judge, sqlalchemy};
use crate::program::{Run, run};

const MODELS: &str = r#"import os
from sqlalchemy import MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

print("this must not get into the answer")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(40))


class Other(DeclarativeBase):
    metadata = MetaData()


class Audit(Other):
    __tablename__ = "audits"
    id: Mapped[int] = mapped_column(primary_key=True)
"#;

fn python() -> String {
    sqlalchemy::python("2.1").display().to_string()
}

fn inspect(project: &Project, more: &[&str]) -> Run {
    let python = python();
    let mut arguments = vec!["inspect", "sqlalchemy:models.py", "--dialect", "postgresql", "--python", &python];
    arguments.extend(more);
    run(project.path(), arguments)
}

fn with_models(models: &str) -> Project {
    let project = Project::empty();
    project.file("models.py", models);
    project.file("ormsync.toml", "[sqlalchemy]\nmodels = [\"models.py\"]\nextract = \"import\"\n");
    project
}

#[test]
fn every_metadata_is_read_and_nothing_is_left_behind() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let project = with_models(MODELS);
    let answer = inspect(&project, &[]);
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.stdout.contains("\"users\"") && answer.stdout.contains("\"audits\""), "{answer}");
    assert!(!answer.stdout.contains("must not get"), "{answer}");
    let mut left: Vec<String> =
        std::fs::read_dir(project.path()).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    left.sort();
    assert_eq!(left, ["models.py", "ormsync.toml"]);
    assert_eq!(inspect(&project, &["--cross-check"]).code, Some(0));
}

/// A file that is asked for is imported once, even where installed packages are.
#[test]
fn models_of_an_installed_package_are_imported_once() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let project = Project::empty();
    project.file("env/site-packages/shop/__init__.py", "");
    project.file("env/site-packages/shop/models.py", MODELS);
    let file = "sqlalchemy:env/site-packages/shop/models.py";
    let answer =
        run(project.path(), ["inspect", file, "--dialect", "postgresql", "--python", &python(), "--cross-check"]);
    assert_eq!(answer.code, Some(0), "{answer}");
    assert!(answer.stdout.contains("2 tables compared"), "{answer}");
}

/// What only one of the two ways sees is a difference, and what the source text leaves open is none.
#[test]
fn a_cross_check_tells_differences_and_what_is_opaque() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let hidden = "\n\nfor name in os.environ.get('EXTRA', 'extra').split():\n    type(name, (Base,), {'__tablename__': name, \
                  'id': mapped_column(primary_key=True, type_=String(9))})\n";
    let answer = inspect(&with_models(&format!("{MODELS}{hidden}")), &["--cross-check"]);
    assert!(answer.stdout.contains("opaque"), "{answer}");
    assert_ne!(answer.code, Some(2), "{answer}");

    let patched = "\n\nexec(\"User.__table__.c.name.type = String(41)\")\n";
    let answer = inspect(&with_models(&format!("{MODELS}{patched}")), &["--cross-check"]);
    assert_eq!(answer.code, Some(1), "{answer}");
    assert!(answer.stdout.contains("column-type"), "{answer}");

    let answer = inspect(&with_models(MODELS), &["--cross-check", "--format", "prisma"]);
    assert_eq!(answer.code, Some(2), "{answer}");
}

#[test]
fn a_file_that_cannot_be_imported_is_2_with_its_line_and_without_secrets() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    for (failure, told) in [
        ("import not_installed_anywhere", "install `not_installed_anywhere`"),
        ("raise RuntimeError('no postgresql://me:geheim@host/db')", "RuntimeError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("def broken(:", "SyntaxError"),
    ] {
        let project = with_models(&format!("{MODELS}\n\n{failure}\n"));
        let answer = inspect(&project, &[]);
        assert_eq!(answer.code, Some(2), "{answer}");
        assert!(answer.stderr.contains(told) && answer.stderr.contains("models.py:27"), "{answer}");
        assert!(!answer.stderr.contains("geheim"), "{answer}");
    }
}

const PARENTS: &str = r#"from __future__ import annotations

from sqlalchemy import ForeignKey, Index, Numeric
from sqlalchemy.orm import DeclarativeBase, Mapped, backref, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Thing(Base):
    __tablename__ = "thing"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    v: Mapped[int] = mapped_column(ForeignKey("owner.id", ondelete="RESTRICT", onupdate="CASCADE", name="thing_v_fkey"))
    price: Mapped[float] = mapped_column(Numeric(9, 2, asdecimal=False))
    owner: Mapped[Owner] = relationship(backref=backref("things", cascade="all, delete-orphan"))
    __table_args__ = (Index("thing_v_idx", "v"),)


class Owner(Base):
    __tablename__ = "owner"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
"#;

const PARENTS_IN_PRISMA: &str = r#"datasource db {
  provider = "postgresql"
}

model thing {
  id    Int     @id
  v     Int
  price Decimal @db.Decimal(9, 2)
  owner owner   @relation(fields: [v], references: [id], onDelete: Restrict)

  @@index([v])
}

model owner {
  id     Int     @id
  things thing[]
}
"#;

/// What SQLAlchemy does by itself is found in imported models as in those that are read.
#[test]
fn hazards_of_imported_models() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let project = with_models(PARENTS);
    project.file("schema.prisma", PARENTS_IN_PRISMA);
    project.file(
        "ormsync.toml",
        &format!(
            "[prisma]\nschema = \"schema.prisma\"\n[sqlalchemy]\nmodels = [\"models.py\"]\nextract = \"import\"\npython = {:?}\n",
            python()
        ),
    );
    let check = project.check(&["--format", "json"]);
    let mut found: Vec<String> =
        check.report().findings.iter().map(|finding| format!("{} {}", finding.rule, finding.at)).collect();
    found.sort();
    assert_eq!(found, ["decimal-as-float thing.price", "delete-rule thing(v)"], "{check}");
    // The attribute that the other class's backref gives has no place of its own; its class has.
    assert!(check.stdout.contains("\"file\": \"models.py\""), "{check}");
}

/// The older tree has the older modules, and no environment: the project's is asked.
#[test]
fn changed_since_imports_the_older_modules() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let project = Project::in_step();
    std::fs::create_dir_all(project.path().join("app")).unwrap();
    project.file("app/__init__.py", "");
    project.file(
        "app/base.py",
        "from sqlalchemy.orm import DeclarativeBase\n\n\nclass Base(DeclarativeBase):\n    pass\n",
    );
    let models = |length: u32| {
        format!(
            "from sqlalchemy import Integer, String\nfrom sqlalchemy.orm import mapped_column\n\nfrom app.base import Base\n\n\n\
             class Account(Base):\n    __tablename__ = \"Account\"\n    \
             id = mapped_column(Integer, primary_key=True, autoincrement=False)\n    \
             name = mapped_column(String({length}), nullable=False)\n"
        )
    };
    project.file("app/models.py", &models(20));
    std::fs::remove_file(project.path().join("models.py")).unwrap();
    let environment = project.path().join(".venv/bin");
    std::fs::create_dir_all(&environment).unwrap();
    let script = format!("#!/bin/sh\nexec {} \"$@\"\n", python());
    project.file(".venv/bin/python", &script);
    let make_executable =
        std::process::Command::new("chmod").arg("+x").arg(environment.join("python")).status().unwrap();
    assert!(make_executable.success());
    project.file(".gitignore", ".venv\n");
    for setting in ["", "python = \".venv/bin/python\"\n"] {
        project.file(
            "ormsync.toml",
            &format!(
                "[prisma]\nschema = \"schema.prisma\"\n[sqlalchemy]\nmodels = [\"app\"]\nextract = \"import\"\n{setting}"
            ),
        );
        project.file("app/models.py", &models(20));
        super::gate::commit(&project);
        let check = project.check(&["--changed-since", "HEAD", "--format", "json"]);
        assert_eq!(check.code, Some(0), "the drift was there before\n{check}");
        project.file("app/models.py", &models(10));
        let check = project.check(&["--changed-since", "HEAD", "--format", "json"]);
        assert_eq!(check.code, Some(1), "another drift than the one that was there\n{check}");
    }
}

#[test]
fn a_python_without_sqlalchemy_is_2() {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let project = with_models(MODELS);
    let answer = run(
        project.path(),
        ["inspect", "models.py", "--dialect", "sqlite", "--cross-check", "--python", "no-such-python-anywhere"],
    );
    assert_eq!(answer.code, Some(2), "{answer}");
    assert!(answer.stdout.contains("no-such-python-anywhere does not start"), "{answer}");
}
