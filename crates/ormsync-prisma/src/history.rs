//! Prisma's history: the migrations in a folder as one list, with all that Prisma would refuse, and the rows of its table.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ormsync_schema::{Diagnostic, History, HistoryCommands, Migration, Origin, Record, RecordState, SourceFiles, Span};
use sha2::{Digest as _, Sha256};

/// What stands before the other side's migration in a mirror's first lines, behind `--`.
pub const MIRROR_MARK: &str = "ormsync: mirror of";

/// The columns of `_prisma_migrations` that [`records`] is made of, in the order in which rows have them.
pub const RECORD_COLUMNS: [&str; 4] = ["migration_name", "checksum", "finished_at", "rolled_back_at"];
/// The column that says in which order the rows came.
pub const RECORD_ORDER: &str = "started_at";

/// The migrations of a folder.
#[derive(Debug, Clone, Default)]
pub struct Migrations {
    /// The folder.
    pub folder: PathBuf,
    /// The migrations, in the order in which they are applied.
    pub migrations: Vec<MigrationFile>,
    /// The provider that `migration_lock.toml` names, and where.
    pub provider: Option<(String, Origin)>,
    /// What Prisma would refuse, or stumble over.
    pub diagnostics: Vec<Diagnostic>,
    /// The files that were read.
    pub files: SourceFiles,
}

/// One migration.
#[derive(Debug, Clone)]
pub struct MigrationFile {
    /// The name of its folder.
    pub name: String,
    /// The text of `migration.sql`.
    pub text: Arc<str>,
    /// The whole of that file.
    pub origin: Origin,
    /// The text of `down.sql` beside it, where there is one.
    pub down: Option<String>,
}

/// Reads a folder of migrations. What can't be read is a diagnostic.
pub fn read_migrations(folder: &Path) -> Migrations {
    let mut found = Migrations { folder: folder.to_owned(), ..Migrations::default() };
    found.read_lock();
    let mut names = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            let folders = entries.flatten().filter(|entry| entry.path().is_dir());
            names.extend(folders.map(|entry| entry.file_name().to_string_lossy().into_owned()));
        }
        Err(error) => {
            let message = format!("{} can't be read: {error}", folder.display());
            found.diagnostics.push(Diagnostic::error("migrations-folder", message, Origin::nowhere()));
        }
    }
    names.retain(|name| !name.starts_with('.'));
    names.sort();
    for name in names {
        found.read_migration(name);
    }
    found.tell_names();
    found
}

impl Migrations {
    fn read_lock(&mut self) {
        let path = self.folder.join("migration_lock.toml");
        let Ok(text) = std::fs::read_to_string(&path) else { return };
        let length = text.len();
        let shared = self.files.insert(shown(&path), text.as_str());
        let origin = Origin::file(&shared, Span::new(0, length));
        match text.parse::<toml::Table>() {
            Ok(table) => {
                if let Some(provider) = table.get("provider").and_then(toml::Value::as_str) {
                    let at = text.find("provider").map_or(origin.clone(), |at| {
                        let line = text[at..].lines().next().unwrap_or_default();
                        Origin::file(&shared, Span::new(at, at + line.len()))
                    });
                    self.provider = Some((provider.to_owned(), at));
                }
            }
            Err(error) => {
                let message = format!("migration_lock.toml is no TOML: {}", error.message());
                self.diagnostics.push(
                    Diagnostic::error("migration-lock", message, origin)
                        .with_help("a conflict of a merge? It holds one line: provider = \"postgresql\""),
                );
            }
        }
    }

    fn read_migration(&mut self, name: String) {
        let path = self.folder.join(&name).join("migration.sql");
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) => {
                let is_missing = error.kind() == std::io::ErrorKind::NotFound;
                let why =
                    if is_missing { "has no migration.sql".to_owned() } else { format!("can't be read: {error}") };
                let message = format!("the migration {name} {why}");
                let help = "bring the file back from version control, or delete the folder: Prisma stops at it (P3015)";
                let origin = Origin::file(&shown(&path).into(), Span::new(0, 0));
                self.diagnostics.push(Diagnostic::error("migration-file", message, origin).with_help(help));
                return;
            }
        };
        let text = match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.utf8_error().valid_up_to();
                let message = format!("the migration {name} is not UTF-8 text (byte {at})");
                let origin = Origin::file(&shown(&path).into(), Span::new(0, 0));
                self.diagnostics.push(
                    Diagnostic::error("migration-file", message, origin).with_help("save it as UTF-8, without a mark"),
                );
                return;
            }
        };
        let shared = self.files.insert(shown(&path), text.as_str());
        let origin = Origin::file(&shared, Span::new(0, text.len()));
        let down = std::fs::read_to_string(self.folder.join(&name).join("down.sql")).ok();
        self.migrations.push(MigrationFile { name, text: text.into(), origin, down });
    }

    /// Names that break the convention, or share their moment.
    fn tell_names(&mut self) {
        let mut told = Vec::new();
        for (at, migration) in self.migrations.iter().enumerate() {
            let start = start_of(&migration.origin);
            let Some(moment) = moment_of(&migration.name) else {
                // `0_init` is what Prisma's own documentation calls a baseline.
                let is_baseline = migration.name.starts_with("0_") || migration.name.starts_with("0000");
                if !is_baseline {
                    let message =
                        format!("the migration {} is not called YYYYMMDDHHMMSS_descriptive_name", migration.name);
                    let help = "Prisma applies migrations in the order of their names: it may come before or behind \
                                others than you think";
                    told.push(Diagnostic::warning("migration-name", message, start).with_help(help));
                }
                continue;
            };
            if !is_moment(moment) {
                let message = format!("{moment} in the migration {} is no moment", migration.name);
                let help = "a date and a time: YYYYMMDDHHMMSS. Don't change it where it was applied";
                told.push(Diagnostic::warning("migration-name", message, start.clone()).with_help(help));
            }
            if migration.name.len() <= moment.len() + 1 {
                let message = format!("the migration {} does not say what it is about", migration.name);
                let help = "call new ones YYYYMMDDHHMMSS_descriptive_name";
                told.push(Diagnostic::warning("migration-name", message, start.clone()).with_help(help));
            }
            let before = at.checked_sub(1).and_then(|before| self.migrations.get(before));
            if let Some(before) = before.filter(|before| moment_of(&before.name) == Some(moment)) {
                let message = format!("the migrations {} and {} have the same moment", before.name, migration.name);
                let help = "which comes first is decided by the rest of their names: give the later one its own moment";
                told.push(Diagnostic::warning("migration-moment", message, start).with_help(help));
            }
        }
        self.diagnostics.extend(told);
    }

    /// The migrations as a history, without what a database keeps of it.
    pub fn history(&self) -> History {
        let mut migrations = Vec::new();
        let mut before: Option<&MigrationFile> = None;
        for file in &self.migrations {
            migrations.push(Migration {
                id: file.name.clone(),
                subject: subject_of(&file.name).to_owned(),
                behind: before.map(|before| before.name.clone()).into_iter().collect(),
                mirror_of: mirror_mark(&file.text),
                checksums: checksums(&file.text),
                origin: start_of(&file.origin),
                ..Migration::default()
            });
            before = Some(file);
        }
        History {
            name: "prisma".to_owned(),
            label: "Prisma".to_owned(),
            migrations,
            diagnostics: self.diagnostics.clone(),
            records: None,
            commands: HistoryCommands {
                apply: "npx prisma migrate deploy",
                join_heads: "give the later ones names behind the others",
                settle_failed: "see what of it was done, and tell Prisma with `npx prisma migrate resolve --rolled-back \
                                NAME` (or --applied NAME)",
            },
        }
    }
}

/// What a database says of migrations, from rows of [`RECORD_COLUMNS`]. Rows of other shapes say nothing.
pub fn records(rows: &[Vec<Option<String>>]) -> Vec<Record> {
    let record = |row: &Vec<Option<String>>| {
        let [Some(name), checksum, finished, rolled_back] = row.as_slice() else { return None };
        let state = match (finished, rolled_back) {
            (_, Some(_)) => RecordState::RolledBack,
            (Some(_), None) => RecordState::Applied,
            (None, None) => RecordState::Failed,
        };
        Some(Record { id: name.clone(), state, checksum: checksum.clone() })
    };
    rows.iter().filter_map(record).collect()
}

/// The checksum that Prisma keeps of a migration: SHA-256 of `migration.sql`.
pub fn checksum(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The checksums that Prisma takes for that of a text: as it stands, and with the ends of lines of Unix and of Windows
/// (`script_matches_checksum` of schema-engine's `checksum.rs`).
fn checksums(text: &str) -> Vec<String> {
    let unix = text.replace("\r\n", "\n");
    let windows = unix.replace('\n', "\r\n");
    let mut sums = vec![checksum(text)];
    for other in [unix, windows] {
        let sum = checksum(&other);
        if !sums.contains(&sum) {
            sums.push(sum);
        }
    }
    sums
}

/// The migration of another side that the first lines of a script say it is the mirror of.
fn mirror_mark(text: &str) -> Option<String> {
    let comments = text.lines().map(str::trim).take_while(|line| line.is_empty() || line.starts_with("--"));
    let mut marks = comments.filter_map(|line| line.trim_start_matches('-').trim().strip_prefix(MIRROR_MARK));
    marks.next()?.split_whitespace().last().map(str::to_owned)
}

/// The digits before the first underscore, where there are fourteen.
fn moment_of(name: &str) -> Option<&str> {
    let digits = name.split('_').next()?;
    (digits.len() == 14 && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(digits)
}

fn is_moment(digits: &str) -> bool {
    let part = |from: usize, to: usize| digits[from..to].parse::<u32>().unwrap_or_default();
    let (month, day) = (part(4, 6), part(6, 8));
    (1..=12).contains(&month) && (1..=31).contains(&day) && part(8, 10) < 24 && part(10, 12) < 60 && part(12, 14) < 60
}

fn subject_of(name: &str) -> &str {
    match name.split_once('_') {
        Some((number, rest)) if number.bytes().all(|byte| byte.is_ascii_digit()) => rest,
        _ => name,
    }
}

/// The first byte of a file: what is said of it as a whole needs no excerpt of all of it.
fn start_of(origin: &Origin) -> Origin {
    match &origin.place {
        ormsync_schema::Place::File { path, .. } => Origin::file(path, Span::new(0, 0)),
        _ => origin.clone(),
    }
}

fn shown(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        folder
    }

    #[test]
    fn a_folder_is_a_history() {
        let folder = folder(&[
            ("migration_lock.toml", "# x\nprovider = \"mysql\"\n"),
            ("20260102000000_more/migration.sql", "-- ormsync: mirror of Alembic revision 002_more\n\nSELECT 1;\r\n"),
            ("20260101000000_init/migration.sql", "SELECT 1;"),
            ("20260101000000_init/down.sql", "SELECT 2;"),
        ]);
        let found = read_migrations(folder.path());
        assert_eq!(found.diagnostics, []);
        assert_eq!(found.provider.as_ref().unwrap().0, "mysql");
        assert_eq!(found.migrations[0].down.as_deref(), Some("SELECT 2;"));
        let history = found.history();
        let ids: Vec<&str> = history.migrations.iter().map(|migration| migration.id.as_str()).collect();
        assert_eq!(ids, ["20260101000000_init", "20260102000000_more"]);
        let last = &history.migrations[1];
        assert_eq!((last.subject.as_str(), last.mirror_of.as_deref()), ("more", Some("002_more")));
        assert_eq!(last.checksums.len(), 3);
        // `printf 'SELECT 1;' | sha256sum`
        assert_eq!(
            history.migrations[0].checksums,
            ["17db4fd369edb9244b9f91d9aeed145c3d04ad8ba6e95d06247f07a63527d11a"]
        );
    }

    #[test]
    fn what_prisma_stumbles_over_is_told() {
        let folder = folder(&[
            ("migration_lock.toml", "<<<<<<< HEAD\n"),
            ("20260101000000_a/migration.sql", ""),
            ("20260101000000_b/migration.sql", ""),
            ("20261301000000_c/migration.sql", ""),
            ("later/migration.sql", ""),
            ("20260105000000_gone/readme.md", ""),
        ]);
        let codes: Vec<String> = read_migrations(folder.path()).diagnostics.into_iter().map(|it| it.code).collect();
        assert_eq!(codes, ["migration-lock", "migration-file", "migration-moment", "migration-name", "migration-name"]);
    }

    #[test]
    fn rows_are_records() {
        let row = |name: &str, finished: bool, back: bool| {
            let moment = |is: bool| is.then(|| "2026-01-01".to_owned());
            vec![Some(name.to_owned()), Some("sum".to_owned()), moment(finished), moment(back)]
        };
        let states: Vec<RecordState> = records(&[row("a", true, false), row("b", false, false), row("c", false, true)])
            .iter()
            .map(|record| record.state)
            .collect();
        assert_eq!(states, [RecordState::Applied, RecordState::Failed, RecordState::RolledBack]);
    }
}
