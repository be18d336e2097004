//! The laws over all cases.
//!
//! 1. What we read of a Prisma schema equals the database that Prisma's own engine makes of it.
//! 2. What we read of SQLAlchemy models equals the database that `metadata.create_all` makes.
//! 3. A source never differs from itself.
//! 4. What we read of a Prisma schema and write again is the same schema to Prisma's own engine, which finds
//!    nothing to format in it.
//! 5. What Python has when it has imported the models equals that database, and what we read of their source text.
//! 6. What we read and write as models, SQLAlchemy makes the same database of (`rewritten.rs`).
//!
//! No difference at all, of any severity. `build.rs` writes the tests, which call these functions.
//! A case without a `database.sql` is only here; what it claims as drift is where the engine's own
//! SQL does not make what its schema says.

#![allow(dead_code, reason = "called by what build.rs writes, when there is a case")]

use std::ffi::OsString;
use std::path::Path;

use crate::case::{Case, Dialect, Verdict};
use crate::program::{Run, list, ormsync};

include!(concat!(env!("OUT_DIR"), "/laws.rs"));

pub(crate) fn case(name: &str) -> Case {
    Case::read(name).unwrap_or_else(|message| panic!("{message}"))
}

/// `prisma:PATH`.
pub(crate) fn source(kind: &str, path: &Path) -> OsString {
    let mut source = OsString::from(kind);
    source.push(":");
    source.push(path);
    source
}

/// `ormsync diff FROM TO`, where any difference fails.
fn diff(case: &Case, from: OsString, to: OsString, dialect: Option<Dialect>) -> Run {
    let mut command = ormsync();
    command.current_dir(&case.folder).arg("diff").arg(from).arg(to);
    command.args(["--format", "json", "--fail-on", "note"]);
    if let Some(dialect) = dialect {
        command.args(["--dialect", dialect.name()]);
    }
    Run::of(&mut command)
}

/// In a case that claims `unanswered` one of the sides can't be read whole; the others must be silent.
pub(crate) fn expect_no_difference(case: &Case, run: &Run) {
    let report = run.report();
    assert!(
        report.findings.is_empty(),
        "{}: differences ({}):\n{}\n\n{run}",
        case.name,
        report.findings.len(),
        list(&report.findings)
    );
    let in_step = run.code == Some(0) || (case.file.verdict == Verdict::Unanswered && run.code == Some(2));
    assert!(
        in_step,
        "{}: no difference, and yet not in step; diagnostics:\n{}\n\n{run}",
        case.name,
        list(&report.diagnostics)
    );
}

/// Law 3 for a Prisma schema.
fn prisma_is_itself(name: &str) {
    let case = case(name);
    let schema = case.prisma_schema().expect("only cases with a Prisma schema get this test");
    let run = diff(&case, source("prisma", &schema), source("prisma", &schema), None);
    expect_no_difference(&case, &run);
}

/// Law 3 for models, which say nothing about the dialect.
fn models_are_themselves(name: &str, dialect: Dialect) {
    let case = case(name);
    let models = case.models().expect("only cases with models get this test");
    let from = source("sqlalchemy", &models);
    let run = diff(&case, from.clone(), from, Some(dialect));
    expect_no_difference(&case, &run);
}

#[cfg(feature = "live")]
pub(crate) mod engines {
    use std::path::Path;
    use std::{fs, io};

    use tempfile::TempDir;

    use super::{case, diff, expect_no_difference, source};
    use crate::case::{Case, Dialect, Verdict};
    use crate::cases::expect_findings;
    use crate::imported;
    use crate::judges::scratch::Scratch;
    use crate::judges::{Judge, prisma, sqlalchemy};
    use crate::program::{Run, ormsync};

    /// Law 1.
    pub(super) fn prisma_engine(name: &str, dialect: Dialect) {
        let case = case(name);
        let schema = case.prisma_schema().expect("only cases with a Prisma schema get this test");
        let statements = match (dialect, case.recorded()) {
            (Dialect::Mysql | Dialect::Mariadb, Some(recorded)) => fs::read_to_string(recorded).unwrap(),
            _ if Judge::Prisma.waived() => return,
            _ => match prisma::script(&schema) {
                Ok(statements) => statements,
                // What can't be read by us can't be read by the engine either.
                Err(_) if case.file.verdict == Verdict::Unanswered => return,
                Err(message) => panic!("the engine refuses {name}: {message}"),
            },
        };
        let Some(database) = Scratch::new(dialect) else {
            return;
        };
        let loaded = database.execute(&statements);
        if case.file.refused_by.contains(&dialect) {
            assert!(loaded.is_err(), "case.toml says that {} refuses this, and it does not", dialect.name());
            return;
        }
        loaded.unwrap_or_else(|message| panic!("{message}"));
        let run = diff(&case, source("prisma", &schema), database.url().into(), None);
        expect_the_law(&case, &run);
    }

    /// Law 4. Without the engine's diff, which it has not for MySQL, our own comparison stands alone.
    pub(super) fn prisma_rewritten(name: &str, engine_has_diff: bool) {
        let case = case(name);
        let schema = case.prisma_schema().expect("only cases with a Prisma schema get this test");
        if case.file.verdict == Verdict::Unanswered || Judge::Prisma.waived() {
            return;
        }
        stays_the_same(&schema, engine_has_diff);
    }

    /// What is written again of a schema, the engine takes, leaves as it is, and finds the same.
    pub(crate) fn stays_the_same(schema: &Path, engine_has_diff: bool) {
        let folder = tempfile::tempdir().unwrap();
        let rewritten = folder.path().join("schema.prisma");
        let mut command = ormsync();
        command.current_dir(folder.path()).arg("inspect").arg(source("prisma", schema));
        let run = Run::of(command.args(["--format", "prisma", "--output"]).arg(&rewritten));
        assert_eq!(run.code, Some(0), "{run}");
        let text = fs::read_to_string(&rewritten).unwrap();
        prisma::validate(&rewritten).unwrap_or_else(|message| panic!("the engine refuses it: {message}\n\n{text}"));
        assert_eq!(prisma::format(&rewritten).unwrap(), text, "`prisma format` changes what is written");
        if engine_has_diff {
            for (from, to) in [(schema, rewritten.as_path()), (rewritten.as_path(), schema)] {
                let steps = prisma::between(from, to).unwrap();
                assert!(is_empty(&steps), "the engine finds a difference:\n{steps}\n\n{text}");
            }
        }
        let mut command = ormsync();
        command.current_dir(folder.path()).arg("diff").args([source("prisma", schema), source("prisma", &rewritten)]);
        let run = Run::of(command.args(["--format", "json", "--fail-on", "note"]));
        assert_eq!(run.code, Some(0), "{run}");
    }

    /// Law 4 for models: what Prisma's engine makes of them is for `prisma_rewritten`; here it takes them.
    pub(super) fn models_in_prisma(name: &str, dialect: Dialect) {
        let case = case(name);
        let models = case.models().expect("only cases with models get this test");
        if case.file.verdict == Verdict::Unanswered || Judge::Prisma.waived() {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let written = folder.path().join("schema.prisma");
        let mut command = ormsync();
        command.current_dir(&case.folder).arg("inspect").arg(source("sqlalchemy", &models));
        command.args(["--dialect", dialect.name(), "--format", "prisma", "--output"]).arg(&written);
        let run = Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{run}");
        let text = fs::read_to_string(&written).unwrap();
        prisma::validate(&written).unwrap_or_else(|message| panic!("the engine refuses it: {message}\n\n{text}"));
        assert_eq!(prisma::format(&written).unwrap(), text, "`prisma format` changes what is written");
    }

    /// Whether a script does nothing.
    fn is_empty(steps: &str) -> bool {
        steps.lines().all(|line| line.trim().is_empty() || line.starts_with("--"))
    }

    /// Law 2.
    pub(super) fn create_all(name: &str, dialect: Dialect, version: &str) {
        let case = case(name);
        if Judge::Sqlalchemy.waived() {
            return;
        }
        let Some(database) = Scratch::new(dialect) else {
            return;
        };
        // The project pins the release, as a real one does: some facts of the DDL differ between them.
        let (case, _folder) = with_pin(&case, version);
        let models = case.models().expect("only cases with models get this test");
        let judged = case.judged_models().expect("there are models");
        match sqlalchemy::create_all(version, &case.folder, &judged, database.url()) {
            Ok(()) => {}
            Err(_) if case.file.verdict == Verdict::Unanswered => return,
            Err(message) => panic!("SQLAlchemy {version} refuses {name}: {message}"),
        }
        let run = diff(&case, source("sqlalchemy", &models), database.url().into(), None);
        expect_the_law(&case, &run);
        imported::expect_the_database(&case, &database, version);
    }

    /// The case in a folder of its own, which goes with the guard, with a requirements.txt.
    pub(crate) fn with_pin(case: &Case, version: &str) -> (Case, TempDir) {
        let copy = tempfile::tempdir().expect("the temporary folder can be written to");
        copy_folder(&case.folder, copy.path()).expect("a case's files can be copied");
        fs::write(copy.path().join("requirements.txt"), format!("sqlalchemy=={version}.0\npsycopg>=3\n"))
            .expect("the temporary folder can be written to");
        let mut pinned = case.clone();
        pinned.folder = copy.path().to_owned();
        (pinned, copy)
    }

    fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
        for entry in fs::read_dir(from)? {
            let from = entry?.path();
            let to = to.join(from.file_name().unwrap_or_default());
            if from.is_dir() {
                fs::create_dir(&to)?;
                copy_folder(&from, &to)?;
            } else {
                fs::copy(&from, &to)?;
            }
        }
        Ok(())
    }

    /// In a case with a database of its own the drift is between that one and the ORMs.
    pub(crate) fn expect_the_law(case: &Case, run: &Run) {
        if case.database().is_some() || case.file.drift.is_empty() {
            expect_no_difference(case, run);
        } else {
            expect_findings(&case.file.drift, &run.report().findings, run);
        }
    }
}
#[cfg(feature = "live")]
use crate::imported::cross_check;
#[cfg(feature = "live")]
use crate::rewritten::{models_rewritten, prisma_in_models};
#[cfg(feature = "live")]
pub(crate) use engines::stays_the_same;
#[cfg(feature = "live")]
use engines::{create_all, models_in_prisma, prisma_engine, prisma_rewritten};
