//! A broken side does not hide the rest: what can be read is compared and told, and the exit code is 2.

use super::project::Project;

const SCHEMA: &str = r#"datasource db {
  provider = "mysql"
}

model Good {
  id   Int    @id
  name String @db.VarChar(40)
}

model Broken {
  id   Int     @id
  data String? @db.Json
}
"#;

const MODELS: &str = r#"from sqlalchemy import Integer, String
from sqlalchemy.orm import DeclarativeBase, mapped_column


class Base(DeclarativeBase):
    pass


class Good(Base):
    __tablename__ = "Good"
    id = mapped_column(Integer, primary_key=True, autoincrement=False)
    name = mapped_column(String(20), nullable=False)
"#;

fn project() -> Project {
    let project = Project::empty();
    project.file("schema.prisma", SCHEMA);
    std::fs::create_dir(project.path().join("models")).unwrap();
    project.file("models/__init__.py", "");
    project.file("models/good.py", MODELS);
    project.file("models/broken.py", "class Broken(Base:\n    pass\n");
    project.file("ormsync.toml", "[prisma]\nschema = \"schema.prisma\"\n\n[sqlalchemy]\nmodels = [\"models\"]\n");
    project
}

#[test]
fn errors_on_both_sides_and_still_the_drift_between_them() {
    let answer = project().check(&["--format", "json"]);
    assert_eq!(answer.code, Some(2), "{answer}");
    let report = answer.report();
    assert_eq!(report.verdict, "unanswered", "{answer}");

    let drift = report.findings.iter().find(|finding| finding.at == "Good.name");
    assert!(drift.is_some_and(|finding| finding.rule == "column-type"), "the good table is not compared\n{answer}");

    for (file, line) in [("schema.prisma", 12), ("models/broken.py", 1)] {
        let told = report.diagnostics.iter().any(|complaint| {
            let here = complaint.file.as_deref().is_some_and(|it| it.replace('\\', "/").ends_with(file));
            // Python's parser may tell the error where the line ends, or at the start of the next.
            complaint.severity == "error" && here && complaint.line.is_some_and(|it| it.abs_diff(line) <= 1)
        });
        assert!(told, "no error at {file}:{line}\n{answer}");
    }
}

#[test]
fn nothing_is_missing_because_it_could_not_be_read() {
    let report = project().check(&["--format", "json"]).report();
    let wrong = report.findings.iter().find(|finding| finding.at.starts_with("Broken.data"));
    assert!(wrong.is_none(), "what could not be read is no drift: {wrong:?}");
}

#[test]
fn syntax_errors_in_both_languages() {
    let project = project();
    project.file("schema.prisma", &format!("{SCHEMA}\nmodel Unfinished {{\n  id Int @id(\n}}\n"));
    let answer = project.check(&[]);
    assert_eq!(answer.code, Some(2), "{answer}");
    let said = format!("{}{}", answer.stdout, answer.stderr);
    for word in ["schema.prisma:16", "broken.py", "Good.name"] {
        assert!(said.contains(word), "no word of `{word}`\n{answer}");
    }
}
