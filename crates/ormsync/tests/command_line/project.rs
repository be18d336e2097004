//! A folder to run the program in.

use std::path::{Path, PathBuf};

use assert_cmd::Command;
use tempfile::TempDir;

/// A temporary folder with files.
pub(crate) struct Project {
    folder: TempDir,
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Project {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let project = Self { folder: tempfile::tempdir().unwrap() };
        for (path, text) in files {
            project.write(path, text);
        }
        project
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.path(path)).unwrap()
    }

    /// Makes a SQLite file.
    pub(crate) fn sqlite(&self, path: &str, script: &str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(ormsync_database::create_sqlite(&self.path(path), script)).unwrap();
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        self.run_in(Path::new(""), arguments, &[])
    }

    /// Runs the program in a folder of the project, with variables, and without those of this process that matter
    /// to it.
    pub(crate) fn run_in(&self, folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Run {
        let mut command = Command::cargo_bin("ormsync").unwrap();
        command.current_dir(self.folder.path().join(folder)).args(arguments);
        for name in ["DATABASE_URL", "DIRECT_URL", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS"] {
            command.env_remove(name);
        }
        let output = command.envs(variables.iter().copied()).output().unwrap();
        let run = Run {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        assert!(!run.stderr.contains("panicked"), "{}", run.stderr);
        run
    }
}

/// A Prisma schema, models and a script that agree.
pub(crate) const SCHEMA: &str = "\
datasource db {
  provider = \"sqlite\"
}

model Note {
  id   Int    @id @default(autoincrement())
  text String
}
";

pub(crate) const MODELS: &str = "\
from sqlalchemy import Text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = \"Note\"
    __table_args__ = {\"sqlite_autoincrement\": True}

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(Text)
";

pub(crate) const SCRIPT: &str = "\
CREATE TABLE \"Note\" (
    \"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    \"text\" TEXT NOT NULL
);
";

pub(crate) const CONFIG: &str = "\
[prisma]
schema = \"schema.prisma\"

[sqlalchemy]
models = [\"models.py\"]

[database]
url = \"sqlite:notes.db\"
";

/// A project whose three sides agree.
pub(crate) fn in_step() -> Project {
    let project = Project::new(&[("schema.prisma", SCHEMA), ("models.py", MODELS), ("ormsync.toml", CONFIG)]);
    project.sqlite("notes.db", SCRIPT);
    project
}
