//! A change of a database that holds rows: by our migration, which Prisma's engine applies, and by our revision, which
//! Alembic runs. Both lead to the same schema as making it from nothing, to us and to the engines, both lead back, and
//! no row is lost that need not be.

use std::fmt;
use std::fs;
use std::path::Path;

use ormsync_diff::plan::{PlanOptions, Renames, plan, plan_back, with_backfills};
use ormsync_schema::{Operation, Plan, Schema, TableChange, WarningKind};

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, alembic as alembic_engine, prisma};
use crate::plans::contents::{Contents, contents, kept, renamed, renamed_schema};
use crate::plans::rows::{Filling, MOST, demanded};
use crate::plans::{alembic, between, dialect_of, facts, first_difference, migrate, script, send};

/// The migration's name.
const NAME: &str = "20260101000000_change";

/// A change to be tried.
pub(super) struct Change<'a> {
    pub(super) dialect: Dialect,
    pub(super) from: &'a Schema,
    pub(super) to: &'a Schema,
    /// What is called something else in `to`.
    pub(super) renames: Renames,
    /// Makes a database that holds `from`, without rows.
    pub(super) load: &'a dyn Fn() -> Option<Scratch>,
    /// Where the revision is written.
    pub(super) folder: &'a Path,
    /// The SQLAlchemy that runs it.
    pub(super) version: &'a str,
}

/// What came of a change that did as it should.
#[derive(Debug)]
pub(super) enum Outcome {
    /// There is nothing to do, or a judge is waived.
    Nothing,
    /// There and back.
    Held(Held),
    /// The server takes it not even without rows.
    Refused(String),
    /// The server takes what it leads to not even where it is made from nothing: why.
    Impossible(String),
}

/// How a change was done there and back.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// So many rows were there in all.
    rows: usize,
    /// At most so many in a table.
    most: usize,
}

/// What came of many changes that did as they should.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Changes by the most rows in a table: none, one, three.
    by_most: [usize; 3],
    rows: usize,
}

impl Figures {
    /// Counts one more.
    pub(super) fn add(&mut self, held: Held) {
        self.by_most[held.most.min(2)] += 1;
        self.rows += held.rows;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [none, one, three] = self.by_most;
        write!(
            f,
            "{} held ({three} with three rows a table, {one} with one, {none} without; {} rows)",
            none + one + three,
            self.rows
        )
    }
}

enum Failure {
    /// The server refused to do it.
    Refused(String),
    /// It was done, and is wrong.
    Wrong(String),
    Waived,
}

impl From<String> for Failure {
    fn from(message: String) -> Self {
        Self::Wrong(message)
    }
}

/// What a way leads from: the schema and its rows.
struct Start<'a> {
    schema: &'a Schema,
    contents: &'a Contents,
}

impl Change<'_> {
    /// Tries the change with as many rows as it takes.
    ///
    /// # Errors
    ///
    /// What came out otherwise than it should.
    pub(super) fn judge(&self) -> Result<Outcome, String> {
        let (there, back) = self.plans()?;
        if there.is_empty() {
            return Ok(Outcome::Nothing);
        }
        let mut in_the_way = String::new();
        for most in [MOST, 1, 0] {
            match self.attempt(&there, &back, most) {
                Ok(_) if !in_the_way.is_empty() && !depends_on_rows(&there) && !depends_on_rows(&back) => {
                    return Err(format!("rows are in its way, and nothing of the plan says so: {in_the_way}"));
                }
                Ok(rows) => return Ok(Outcome::Held(Held { rows, most })),
                Err(Failure::Refused(message)) if most == 0 => {
                    return Ok(match Wanted::new(self) {
                        Err(Failure::Wrong(why)) => Outcome::Impossible(why),
                        _ => Outcome::Refused(message),
                    });
                }
                Err(Failure::Refused(message)) => in_the_way = message,
                Err(Failure::Wrong(message)) => return Err(message),
                Err(Failure::Waived) => break,
            }
        }
        Ok(Outcome::Nothing)
    }

    fn plans(&self) -> Result<(Plan, Plan), String> {
        let server = self.from.server.clone().or_else(|| self.to.server.clone());
        let options = PlanOptions { server, renames: self.renames.clone(), ..PlanOptions::default() };
        let dialect = dialect_of(self.dialect);
        let there = plan(self.from, self.to, dialect, &options)?;
        let there = with_backfills(&there, &demanded(&there, self.to), dialect)?;
        let back = plan_back(&there, dialect);
        Ok((there, back))
    }

    /// Tries the change with so many rows a table; gives how many there are in all.
    fn attempt(&self, there: &Plan, back: &Plan, most: usize) -> Result<usize, Failure> {
        let filled = || -> Result<(Scratch, usize), Failure> {
            let database = (self.load)().ok_or(Failure::Waived)?;
            let filling = Filling { dialect: self.dialect, from: self.from, to: self.to };
            let rows = filling.fill(&database, most)?;
            Ok((database, rows))
        };
        let (by_prisma, rows) = filled()?;
        let before = contents(&by_prisma, self.dialect, self.from)?;
        let start = Start { schema: self.from, contents: &before };
        let sql = ormsync_prisma::warnings_comment(&there.warnings) + &script(there, self.dialect);
        if let Err(message) = migrate::apply_as_prisma(&by_prisma, self.dialect, NAME, &sql) {
            self.all_before_a_commit_is_done(&by_prisma, there, &start, most)?;
            return Err(Failure::Refused(format!("{message}\n\n{sql}")));
        }
        let wanted = Wanted::new(self)?;
        let (by_alembic, _) = filled()?;
        let before_alembic = contents(&by_alembic, self.dialect, self.from)?;
        let start_alembic = Start { schema: self.from, contents: &before_alembic };

        let told = |way: &str, text: &str, message: String| Failure::Wrong(format!("{way}: {message}\n\n{text}"));
        let arrived = self.arrives(&by_prisma, there, &start, self.to, &wanted.facts);
        let arrived = arrived.and_then(|contents| wanted.engines_agree(self, &by_prisma).map(|()| contents));
        let arrived = arrived.map_err(|message| told("migration.sql", &sql, message))?;
        let sql = script(back, self.dialect);
        let start = Start { schema: self.to, contents: &arrived };
        send(&by_prisma, self.dialect, &sql).map_err(|message| {
            // A check or key of before may not take what the rows have now, whoever goes back.
            let in_the_way = rows > 0 && depends_on_rows(back);
            let told = told("down.sql", &sql, message.clone());
            if in_the_way { Failure::Refused(format!("the way back: {message}")) } else { told }
        })?;
        self.arrives(&by_prisma, back, &start, self.from, &facts(self.from, self.dialect))
            .map_err(|message| told("down.sql", &sql, message))?;

        let text = alembic::revision_of(self.from, there, back);
        fs::create_dir_all(self.folder.join("versions")).map_err(|error| error.to_string())?;
        fs::write(self.folder.join("versions/001_there.py"), &text).map_err(|error| error.to_string())?;
        let run = |way, revision| alembic_engine::run(self.version, way, by_alembic.url(), self.folder, revision);
        let arrived = run("upgrade", "head")
            .and_then(|()| self.arrives(&by_alembic, there, &start_alembic, self.to, &wanted.facts))
            .and_then(|contents| wanted.engines_agree(self, &by_alembic).map(|()| contents))
            .map_err(|message| told("upgrade", &text, message))?;
        let start = Start { schema: self.to, contents: &arrived };
        run("downgrade", "base")
            .and_then(|()| self.arrives(&by_alembic, back, &start, self.from, &facts(self.from, self.dialect)))
            .map_err(|message| told("downgrade", &text, message))?;
        Ok(rows)
    }

    /// A migration that the server refuses leaves nothing behind where the server takes back all of a transaction. Where an enum
    /// type is made anew the migration commits, as Prisma's own does: there that is done, and what stands before it.
    fn all_before_a_commit_is_done(
        &self,
        database: &Scratch,
        there: &Plan,
        start: &Start<'_>,
        most: usize,
    ) -> Result<(), Failure> {
        if !matches!(self.dialect, Dialect::Postgresql | Dialect::PostgresqlNewest) || most == 0 {
            return Ok(());
        }
        let is_commit = |operation: &Operation| matches!(operation, Operation::AlterEnum(it) if it.needs_new_type());
        // Whether the first one or the last was still done is the server's to say.
        let ends = there.operations.iter().enumerate().filter(|(_, it)| is_commit(it)).map(|(at, _)| at + 1);
        let mut outcome = Ok(());
        for end in ends.chain([0]).collect::<Vec<_>>().into_iter().rev() {
            let operations = there.operations[..end].to_vec();
            let done = Plan { operations, warnings: Vec::new(), ..there.clone() };
            let schema = done.apply(self.from).map_err(|error| error.to_string())?;
            outcome = self.arrives(database, &done, start, &schema, &facts(&schema, self.dialect)).map(drop);
            if outcome.is_ok() {
                break;
            }
        }
        outcome.map_err(|message| Failure::Wrong(format!("refused, and yet not as before: {message}")))
    }

    /// Whether a database is what it should be behind a plan, and has all its rows; gives them.
    fn arrives(
        &self,
        database: &Scratch,
        plan: &Plan,
        start: &Start<'_>,
        schema: &Schema,
        wanted: &str,
    ) -> Result<Contents, String> {
        let arrived = alembic::introspect_ours(database, self.dialect);
        if let Some(difference) = first_difference(&facts(&arrived, self.dialect), wanted) {
            return Err(difference);
        }
        let now = contents(database, self.dialect, &arrived)?;
        let before = renamed_schema(start.schema, plan);
        kept((&before, &renamed(start.contents, plan)), (schema, &now))?;
        Ok(now)
    }
}

/// What the change leads to, made from nothing.
struct Wanted {
    database: Scratch,
    /// What made it.
    script: String,
    facts: String,
}

impl Wanted {
    fn new(change: &Change<'_>) -> Result<Self, Failure> {
        let dialect = change.dialect;
        let database = Scratch::new(dialect).ok_or(Failure::Waived)?;
        let empty = alembic::introspect_ours(&database, dialect);
        let script = script(&between(&empty, change.to, dialect), dialect);
        send(&database, dialect, &script).map_err(|message| format!("from nothing: {message}\n\n{script}"))?;
        let facts = facts(&alembic::introspect_ours(&database, dialect), dialect);
        Ok(Self { database, script, facts })
    }

    /// Prisma's engine sees no difference to it, and Alembic's none or the same that it sees in itself.
    fn engines_agree(&self, change: &Change<'_>, database: &Scratch) -> Result<(), String> {
        let is_postgresql = matches!(change.dialect, Dialect::Postgresql | Dialect::PostgresqlNewest);
        if (is_postgresql || change.dialect == Dialect::Sqlite) && !Judge::Prisma.waived() {
            let external = if is_postgresql { "public.alembic_version" } else { "alembic_version" };
            let namespaces: Vec<&str> =
                if is_postgresql { change.to.namespaces.keys().map(String::as_str).collect() } else { Vec::new() };
            let apart = prisma::apart(database.url(), &self.script, &namespaces, &[external])?;
            if !apart.contains("This is an empty migration") {
                return Err(format!("Prisma's engine: {apart}"));
            }
        }
        let found = alembic_engine::differences(database.url(), self.database.url())?;
        if !found.is_empty() {
            let own = alembic_engine::differences(self.database.url(), self.database.url())?;
            if found != own {
                // What nothing of the change touches may be spelled otherwise than we would have written it.
                let untouched = spelled_otherwise(change)?;
                let left: Vec<&str> = found
                    .lines()
                    .filter(|line| !own.lines().chain(untouched.lines()).any(|known| known == *line))
                    .collect();
                if !left.is_empty() {
                    return Err(format!("alembic check: {}", left.join("\n")));
                }
            }
        }
        Ok(())
    }
}

/// What Alembic tells apart between the database that the change begins with and what we would have made of its schema.
fn spelled_otherwise(change: &Change<'_>) -> Result<String, String> {
    let (Some(original), Some(ours)) = ((change.load)(), Scratch::new(change.dialect)) else {
        return Ok(String::new());
    };
    let empty = alembic::introspect_ours(&ours, change.dialect);
    send(&ours, change.dialect, &script(&between(&empty, change.from, change.dialect), change.dialect))?;
    alembic_engine::differences(original.url(), ours.url())
}

/// Whether rows can stand in a plan's way, as its warnings or what it adds say.
fn depends_on_rows(plan: &Plan) -> bool {
    let is_told = plan.warnings.iter().any(|warning| {
        matches!(
            warning.kind,
            WarningKind::MayFail | WarningKind::TypeNarrowed | WarningKind::LabelDropped | WarningKind::ColumnDropped
        )
    });
    let demands = |operation: &Operation| {
        matches!(
            operation,
            Operation::AlterDomain { .. }
                | Operation::ChangeTable {
                    change: TableChange::AddForeignKey(_)
                        | TableChange::AddCheck(_)
                        | TableChange::AddExclusion(_)
                        | TableChange::AddPrimaryKey(_)
                        | TableChange::Rebuild(_),
                    ..
                }
        )
    };
    is_told || plan.operations.iter().any(demands)
}
