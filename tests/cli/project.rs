//! A project of a few files in a folder of its own.

use std::fs;
use std::path::Path;

use assert_cmd::Command;
use tempfile::TempDir;

use crate::program::{Run, ormsync};

/// The password that no output may hold.
pub(super) const PASSWORD: &str = "hunter2";

/// Models with one table, whose column `name` has this type.
pub(super) fn models(name_type: &str) -> String {
    format!(
        "from sqlalchemy import Integer, String\n\
         from sqlalchemy.orm import DeclarativeBase, mapped_column\n\n\n\
         class Base(DeclarativeBase):\n    pass\n\n\n\
         class Account(Base):\n    __tablename__ = \"Account\"\n\
         \x20   id = mapped_column(Integer, primary_key=True, autoincrement=False)\n\
         \x20   name = mapped_column({name_type}, nullable=False)\n"
    )
}

/// The same in Prisma.
pub(super) const SCHEMA: &str = "datasource db {\n  provider = \"postgresql\"\n}\n\n\
    model Account {\n  id   Int    @id\n  name String @db.VarChar(40)\n}\n";

/// A folder with a project.
pub(super) struct Project {
    folder: TempDir,
}

impl Project {
    /// An empty one.
    pub(super) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A Prisma schema and models that agree, and a configuration that names both.
    pub(super) fn in_step() -> Self {
        let project = Self::empty();
        project.file("schema.prisma", SCHEMA);
        project.file("models.py", &models("String(40)"));
        project
            .file("ormsync.toml", "[prisma]\nschema = \"schema.prisma\"\n\n[sqlalchemy]\nmodels = [\"models.py\"]\n");
        project
    }

    /// The same with a database.
    pub(super) fn with_database(url: &str) -> Self {
        let project = Self::in_step();
        project.append("ormsync.toml", &format!("\n[database]\nurl = \"{url}\"\n"));
        project
    }

    /// Writes a file, and makes its folder.
    pub(super) fn file(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Adds to a file.
    pub(super) fn append(&self, name: &str, text: &str) {
        let before = fs::read_to_string(self.path().join(name)).unwrap();
        self.file(name, &(before + text));
    }

    /// Its folder.
    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// The program in this folder.
    pub(super) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = ormsync();
        command.current_dir(self.path()).args(arguments);
        command
    }

    /// Runs the program here.
    pub(super) fn run(&self, arguments: &[&str]) -> Run {
        Run::of(&mut self.command(arguments))
    }

    /// `ormsync check`.
    pub(super) fn check(&self, arguments: &[&str]) -> Run {
        self.run(&[&["check"], arguments].concat())
    }
}

/// The question could not be answered, the message has all these words, and no password is told.
pub(super) fn expect_refusal(answer: &Run, words: &[&str]) {
    assert_eq!(answer.code, Some(2), "{answer}");
    let said = format!("{}{}", answer.stdout, answer.stderr);
    for word in words {
        assert!(said.to_lowercase().contains(&word.to_lowercase()), "no word of `{word}`\n{answer}");
    }
    expect_no_password(answer);
}

/// Neither as it is nor as a URL writes it.
pub(super) fn expect_no_password(answer: &Run) {
    let said = format!("{}{}", answer.stdout, answer.stderr);
    assert!(!said.contains(PASSWORD) && !said.contains("h%75nter2"), "a password is printed\n{answer}");
}
