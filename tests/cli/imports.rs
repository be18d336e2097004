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
        assert!(answer.stderr.contains(told) && answer.stderr.contains("models.py:29"), "{answer}");
        assert!(!answer.stderr.contains("geheim"), "{answer}");
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
