//! The revisions of a project as one history, from their files' text alone: nothing is evaluated, and a file that can't be
//! read stands beside the others.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ormsync_schema::{Diagnostic, History, HistoryCommands, Migration, Origin, Record, RecordState, SourceFiles, Span};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;
use ruff_text_size::Ranged as _;

use super::AlembicSettings;
use super::replay::order::{circle_among, sorted};

/// The variable with which a revision says which migration of another tool makes the same change.
pub const MIRROR_VARIABLE: &str = "PRISMA_MIGRATION";
/// The table in which Alembic keeps how far a database is.
pub const RECORD_TABLE: &str = "alembic_version";
/// Its only column.
pub const RECORD_COLUMN: &str = "version_num";

/// The revisions of a project.
#[derive(Debug, Clone, Default)]
pub struct AlembicHistory {
    /// The history, without what a database keeps of it.
    pub history: History,
    /// The revisions' files, in the order of the history.
    pub revisions: Vec<RevisionFile>,
    /// The files that were read.
    pub files: SourceFiles,
}

/// A revision's file.
#[derive(Debug, Clone)]
pub struct RevisionFile {
    /// The revision.
    pub id: String,
    /// The labels of its branch.
    pub labels: Vec<String>,
    /// The first line of its docstring.
    pub message: String,
    /// All of its docstring.
    pub docstring: String,
    /// The file.
    pub path: PathBuf,
}

/// What a file says.
#[derive(Debug, Default)]
struct Found {
    id: String,
    down: Vec<String>,
    depends_on: Vec<String>,
    labels: Vec<String>,
    mirror_of: Option<String>,
    message: String,
    docstring: String,
    does_nothing: bool,
    path: PathBuf,
    origin: Origin,
    /// Where it says what it comes behind.
    down_origin: Origin,
}

/// Reads the revisions of all version locations. What is wrong with one, or with their chain, is a diagnostic.
pub fn alembic_history(settings: &AlembicSettings) -> AlembicHistory {
    let mut reader = Reader::default();
    for path in settings.revision_files() {
        reader.read(&path);
    }
    reader.finish()
}

/// What a database says of revisions, from the rows of [`RECORD_TABLE`]: each stands for all that come before it.
pub fn records(history: &History, rows: &[String]) -> Vec<Record> {
    let mut applied: BTreeSet<&str> = BTreeSet::new();
    let mut waiting: Vec<&str> = rows.iter().map(String::as_str).collect();
    while let Some(id) = waiting.pop() {
        if applied.insert(id)
            && let Some(migration) = history.migration(id)
        {
            waiting.extend(migration.behind.iter().chain(&migration.needs).map(String::as_str));
        }
    }
    // A revision that a file only names, and that is not there, is told as a gap.
    let is_told = |id: &&&str| rows.iter().any(|row| row == **id) || history.migration(id).is_some();
    let record = |id: &&str| Record { id: (*id).to_owned(), state: RecordState::Applied, checksum: None };
    applied.iter().filter(is_told).map(record).collect()
}

#[derive(Default)]
struct Reader {
    found: Vec<Found>,
    files: SourceFiles,
    diagnostics: Vec<Diagnostic>,
}

impl Reader {
    fn complain(&mut self, code: &str, message: String, help: &str, origin: Origin) {
        self.diagnostics.push(Diagnostic::error(code, message, origin).with_help(help));
    }

    fn read(&mut self, path: &Path) {
        let shown = path.to_string_lossy().into_owned();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                let origin = Origin::file(&Arc::from(shown.as_str()), Span::new(0, 0));
                let message = format!("{shown} can't be read: {error}");
                return self.complain("revision-file", message, "Alembic reads every .py file there", origin);
            }
        };
        let shared = self.files.insert(shown, text.as_str());
        let place = |range: ruff_text_size::TextRange| {
            Origin::file(&shared, Span::new(range.start().to_usize(), range.end().to_usize()))
        };
        let parsed = match parse_module(&text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let message = format!("this revision is no Python: {}", error.error);
                let help = "Alembic imports it, and fails: correct it, or bring it back from version control";
                return self.complain("revision-syntax", message, help, place(error.location));
            }
        };
        let body = &parsed.syntax().body;
        let values = assigned(body);
        let Some(id) = values.get("revision").copied() else { return };
        let start = Origin::file(&shared, Span::new(0, 0));
        let mut found = Found { path: path.to_owned(), origin: place(id.range()), ..Found::default() };
        match texts(id).as_deref() {
            Some([only]) => found.id.clone_from(only),
            _ => {
                let help = "write it as a constant, as Alembic does";
                return self.complain("revision-name", "`revision` is no string".to_owned(), help, place(id.range()));
            }
        }
        let down = values.get("down_revision").copied();
        found.down_origin = down.map_or(start, |down| place(down.range()));
        let mut several = |name: &str| {
            let value = values.get(name).copied()?;
            let told = texts(value);
            if told.is_none() {
                let message = format!("`{name}` is neither a string, nor None, nor a tuple of strings");
                self.complain(
                    "revision-name",
                    message,
                    "write it as a constant, as Alembic does",
                    place(value.range()),
                );
            }
            told
        };
        found.down = several("down_revision").unwrap_or_default();
        found.depends_on = several("depends_on").unwrap_or_default();
        found.labels = several("branch_labels").unwrap_or_default();
        found.mirror_of = several(MIRROR_VARIABLE).and_then(|names| names.first().cloned());
        found.docstring = docstring(body).unwrap_or_default().to_owned();
        found.message = found.docstring.trim().lines().next().unwrap_or_default().to_owned();
        found.does_nothing = does_nothing(body);
        self.found.push(found);
    }

    fn finish(mut self) -> AlembicHistory {
        let by_name = self.by_name();
        let mut needs: Vec<Vec<usize>> = vec![Vec::new(); self.found.len()];
        // What is named and not there is a gap of the history, and told as one.
        for (at, found) in self.found.iter().enumerate() {
            needs[at].extend(found.down.iter().filter_map(|name| by_name.get(name.as_str())));
            let known = |name: &String| by_name.get(name.as_str()).copied().or_else(|| self.beginning(name));
            needs[at].extend(found.depends_on.iter().filter_map(known));
        }
        let mut order = sorted(&needs);
        let ran = order.iter().copied().collect();
        let circle = circle_among(&needs, &ran);
        if let Some(first) = circle.first() {
            let names: Vec<&str> = circle.iter().map(|index| self.found[*index].id.as_str()).collect();
            let message = format!("the revisions {} come behind one another in a circle", names.join(", "));
            let help = "give one of them the `down_revision` that it was written behind";
            let origin = self.found[*first].down_origin.clone();
            self.complain("revision-circle", message, help, origin);
        }
        order.extend((0..self.found.len()).filter(|index| !ran.contains(index)));
        let diagnostics = std::mem::take(&mut self.diagnostics);
        let named = |name: &String| {
            let at = by_name.get(name.as_str()).copied().or_else(|| self.beginning(name));
            at.map_or_else(|| name.clone(), |at| self.found[at].id.clone())
        };
        let migration = |index: &usize| {
            let found = &self.found[*index];
            Migration {
                id: found.id.clone(),
                subject: subject_of(found),
                behind: found.down.clone(),
                needs: found.depends_on.iter().map(named).collect(),
                mirror_of: found.mirror_of.clone(),
                is_empty: found.does_nothing,
                written_at: written_at(&found.docstring),
                origin: found.origin.clone(),
                ..Migration::default()
            }
        };
        let file = |index: &usize| {
            let found = &self.found[*index];
            RevisionFile {
                id: found.id.clone(),
                labels: found.labels.clone(),
                message: found.message.clone(),
                docstring: found.docstring.clone(),
                path: found.path.clone(),
            }
        };
        let history = History {
            name: "alembic".to_owned(),
            label: "Alembic".to_owned(),
            migrations: order.iter().map(migration).collect(),
            diagnostics,
            records: None,
            commands: HistoryCommands {
                apply: "alembic upgrade head",
                join_heads: "`alembic merge heads` joins them; where they are meant, go by label with `alembic upgrade heads`",
                settle_failed: "",
            },
        };
        AlembicHistory { history, revisions: order.iter().map(file).collect(), files: self.files }
    }

    /// By identifier and label; what is there twice is said.
    fn by_name(&mut self) -> BTreeMap<String, usize> {
        let mut by_name: BTreeMap<String, usize> = BTreeMap::new();
        let mut twice = Vec::new();
        for (at, found) in self.found.iter().enumerate() {
            match by_name.get(&found.id) {
                Some(other) => twice.push((at, *other)),
                None => _ = by_name.insert(found.id.clone(), at),
            }
        }
        for (at, other) in twice {
            let (found, other) = (&self.found[at], &self.found[other]);
            let message = format!("the revision {} is there twice: also in {}", found.id, other.path.display());
            let origin = found.origin.clone();
            self.complain("revision-twice", message, "give one of them another `revision`", origin);
        }
        for (at, found) in self.found.iter().enumerate() {
            for label in &found.labels {
                by_name.entry(label.clone()).or_insert(at);
            }
        }
        by_name
    }

    /// A dependency may be written as the beginning of an identifier.
    fn beginning(&self, name: &str) -> Option<usize> {
        let fits = |found: &Found| name.len() >= 4 && found.id.starts_with(name);
        self.found.iter().position(fits)
    }
}

/// What the names at a module's top are set to.
pub(super) fn assigned(body: &[Stmt]) -> BTreeMap<&str, &Expr> {
    let mut values = BTreeMap::new();
    for statement in body {
        let (target, value) = match statement {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [only] => (only, &*assign.value),
                _ => continue,
            },
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (&*assign.target, &**value),
                None => continue,
            },
            _ => continue,
        };
        if let Expr::Name(name) = target {
            values.insert(name.id.as_str(), value);
        }
    }
    values
}

/// A string, `None`, or several strings.
pub(super) fn texts(value: &Expr) -> Option<Vec<String>> {
    let all = |items: &[Expr]| items.iter().map(texts).collect::<Option<Vec<_>>>().map(|found| found.concat());
    match value {
        Expr::StringLiteral(text) => Some(vec![text.value.to_str().to_owned()]),
        Expr::NoneLiteral(_) => Some(Vec::new()),
        Expr::Tuple(tuple) => all(&tuple.elts),
        Expr::List(list) => all(&list.elts),
        Expr::Set(set) => all(&set.elts),
        _ => None,
    }
}

fn docstring(body: &[Stmt]) -> Option<&str> {
    match body.first()? {
        Stmt::Expr(statement) => match &*statement.value {
            Expr::StringLiteral(text) => Some(text.value.to_str()),
            _ => None,
        },
        _ => None,
    }
}

/// The moment of `Create Date: 2026-01-02 03:04:05.678901`, which Alembic's template writes into the docstring: what Python's
/// `datetime` prints, with an offset where `timezone` is set in alembic.ini. What is no such moment says nothing.
fn written_at(docstring: &str) -> Option<String> {
    let line = docstring.lines().find_map(|line| line.trim().strip_prefix("Create Date:"))?;
    let moment = line.trim();
    let (day, time) = moment.split_at_checked(10)?;
    let digits = |text: &str, parts: &[usize], mark: char| {
        let found: Vec<&str> = text.split(mark).collect();
        found.len() == parts.len()
            && found
                .iter()
                .zip(parts)
                .all(|(part, length)| part.len() == *length && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let hours = time.strip_prefix([' ', 'T'])?.get(..5)?;
    (digits(day, &[4, 2, 2], '-') && digits(hours, &[2, 2], ':')).then(|| moment.to_owned())
}

/// Whether `upgrade()` has no statement but `pass` and strings.
fn does_nothing(body: &[Stmt]) -> bool {
    let upgrade = body.iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == "upgrade" => Some(function),
        _ => None,
    });
    let is_nothing = |statement: &Stmt| match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(statement) => matches!(&*statement.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
        _ => false,
    };
    upgrade.is_none_or(|function| function.body.iter().all(is_nothing))
}

/// What a revision is about: the end of its identifier behind a number, else its message as a word.
fn subject_of(found: &Found) -> String {
    if let Some((number, rest)) = found.id.split_once(['_', '-'])
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        return rest.to_lowercase();
    }
    let words = found.message.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read(files: &[(&str, &str)]) -> AlembicHistory {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("versions")).unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join("versions").join(name), text).unwrap();
        }
        alembic_history(&AlembicSettings::of_scripts(folder.path()))
    }

    fn codes(history: &AlembicHistory) -> Vec<&str> {
        history.history.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
    }

    #[test]
    fn branches_labels_and_marks() {
        let history = read(&[
            (
                "z.py",
                "\"\"\"Init ledger\n\"\"\"\nrevision = 'aaaa1111'\ndown_revision = None\ndef upgrade():\n    op.x()\n",
            ),
            (
                "b.py",
                "revision = 'bbbb2222'\ndown_revision = 'aaaa1111'\nbranch_labels = ('blue',)\nPRISMA_MIGRATION = '20260101000000_b'\n",
            ),
            ("c.py", "revision = '003_c'\ndown_revision = 'aaaa1111'\ndepends_on = ['blue']\n"),
            ("d.py", "revision = 'd'\ndown_revision = ('bbbb2222', '003_c')\ndef upgrade():\n    pass\n"),
            ("other.py", "x = 1\n"),
        ]);
        assert_eq!(codes(&history), [""; 0]);
        let told: Vec<_> = history.history.migrations.iter().map(|it| (it.id.as_str(), it.subject.as_str())).collect();
        assert_eq!(told, [("aaaa1111", "init_ledger"), ("bbbb2222", ""), ("003_c", "c"), ("d", "")]);
        assert_eq!(history.history.migrations[1].mirror_of.as_deref(), Some("20260101000000_b"));
        assert_eq!(history.history.migrations[2].needs, ["bbbb2222"]);
        assert!(history.history.migrations[3].is_empty && !history.history.migrations[0].is_empty);
        let heads: Vec<&str> = history.history.heads().iter().map(|head| head.id.as_str()).collect();
        assert_eq!(heads, ["d"]);
        let applied: Vec<String> = records(&history.history, &["003_c".to_owned(), "gone".to_owned()])
            .into_iter()
            .map(|record| record.id)
            .collect();
        assert_eq!(applied, ["003_c", "aaaa1111", "bbbb2222", "gone"]);
    }

    #[test]
    fn moments_of_docstrings() {
        let said = |moment: &str| written_at(&format!("Add x\n\nRevision ID: a\nCreate Date: {moment}\n"));
        assert_eq!(said("2026-01-02 03:04:05.678901").as_deref(), Some("2026-01-02 03:04:05.678901"));
        assert_eq!(said("2026-01-02T03:04:05+02:00").as_deref(), Some("2026-01-02T03:04:05+02:00"));
        assert_eq!((said("yesterday"), said("2026-01-02"), said("2026/01/02 03:04")), (None, None, None));
        assert_eq!(written_at("Add x"), None);
    }

    #[test]
    fn what_is_wrong_stands_beside_the_rest() {
        let history = read(&[
            ("a.py", "revision = 'a'\ndown_revision = 'gone'\n"),
            ("b.py", "revision = 'b'\ndown_revision = 'c'\n"),
            ("c.py", "revision = 'c'\ndown_revision = 'b'\n"),
            ("d.py", "revision = (\n"),
            ("e.py", "revision = 'a'\ndown_revision = name()\n"),
        ]);
        assert_eq!(codes(&history), ["revision-syntax", "revision-name", "revision-twice", "revision-circle"]);
        assert_eq!(history.history.migrations.len(), 4);
    }
}
