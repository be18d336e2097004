//! The schema that a project's revisions make, without a server: each `upgrade()` is evaluated, and what it asks of
//! `op` is carried out on a canonical schema.
//!
//! | file | what |
//! | --- | --- |
//! | `answers.rs` | what a revision learns when it asks the database |
//! | `order.rs` | in which order the revisions run, and what is wrong with their chain |
//! | `calls.rs` | which calls of a revision ask for something: `op.…`, `batch_op.…`, the connection, the inspector |
//! | `inspector.rs` | what SQLAlchemy's inspector says |
//! | `tables.rs` | tables and columns |
//! | `constraints.rs` | indexes and constraints |
//! | `types.rs` | enum types |
//! | `statements.rs` | SQL that is run as it is |
//!
//! What can't be followed is a diagnostic with its place, and an opaque part of the schema, whose absence then proves
//! nothing.

mod answers;
mod calls;
mod constraints;
mod inspector;
pub(super) mod order;
mod statements;
mod tables;
mod types;

pub(crate) use calls::CONNECTION;

use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;

use ormsync_dialect::Dialect;
use ormsync_schema::{
    Diagnostic, Fact, Opaque, Operation, Origin, Plan, QualifiedName, Reading, Schema, Server, SourceFiles, Table,
};

use crate::mapping::Metadata;
use crate::program::{self, ModuleId, Program};
use crate::python::{Arguments, Evaluator, Place, Value};
use crate::release::Release;
use crate::{AlembicSettings, ReadOptions, drop_repeated, lower, on_large_stack};

/// Carries a statement's text out on a schema; what can't be is a diagnostic.
pub type StatementReplay = dyn Fn(&mut Schema, &str, &Origin) -> Vec<Diagnostic> + Send + Sync;

/// How to replay revisions.
#[derive(Clone)]
pub struct ReplayOptions<'a> {
    /// The dialect and server that they run on.
    pub read: ReadOptions<'a>,
    /// What `op.execute` does. Without it every such statement that may change the schema is a diagnostic.
    pub statements: Option<Arc<StatementReplay>>,
    /// Whether to keep what each revision came to ([`ReplayedRevision::steps`]).
    pub steps: bool,
}

/// What one revision does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayedRevision {
    /// Its identifier.
    pub id: String,
    /// What was understood of its `upgrade()`, in order. Statements that were run as they are are not in it.
    pub plan: Plan,
    /// What it did step by step, where that was asked for.
    pub steps: Vec<ReplayedStep>,
    /// The schemas before and behind it, where that was asked for.
    pub schemas: Option<Box<(Schema, Schema)>>,
    /// What its `downgrade()` does from the last revision's schema on, where steps were asked for and all of it is understood.
    pub back: Option<Vec<ReplayedStep>>,
}

/// A part of what a revision does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayedStep {
    /// Operations one behind the other.
    Operations {
        /// The schema before them.
        from: Box<Schema>,
        /// The schema behind them.
        to: Box<Schema>,
        /// What they are.
        operations: Vec<Operation>,
    },
    /// SQL that it runs as it is.
    Statement(String),
    /// What changes rows, and is known only when it runs: its text in the revision.
    Unknown(String),
}

/// What the revisions of a project come to.
#[derive(Debug)]
pub struct Replayed {
    /// The schema behind the last one.
    pub reading: Reading,
    /// The revisions in the order in which they ran.
    pub revisions: Vec<ReplayedRevision>,
}

/// Replays all revisions, up to every head.
pub fn replay(settings: &AlembicSettings, options: &ReplayOptions<'_>) -> Replayed {
    on_large_stack(|| replay_here(settings, options))
}

fn replay_here(settings: &AlembicSettings, options: &ReplayOptions<'_>) -> Replayed {
    let mut diagnostics = Vec::new();
    let mut files = SourceFiles::default();
    let paths = settings.revision_files();
    let environment = settings.script_location.join("env.py");
    let mut roots = paths.clone();
    roots.extend(environment.is_file().then_some(environment));
    let program = program::load(&roots, &mut diagnostics, &mut files);
    let release = Release::of_project(&paths);
    let mut evaluator = Evaluator::new(&program, lower::dialect_name(&options.read), release);
    evaluator.replay = Some(Box::new(Replay::new(options)));
    evaluator.is_replay = true;
    let modules = modules_of(&program, &roots);
    let convention = modules.get(paths.len()).and_then(|module| convention_of(&mut evaluator, *module));
    let found = order::revisions_of(&mut evaluator, &modules[..paths.len().min(modules.len())]);
    // What the models say that a revision or env.py imports is not what is asked.
    evaluator.diagnostics.clear();
    let order = order::in_order(&found, &evaluator, &mut diagnostics);
    let mut revisions = Vec::new();
    let mut ran = Vec::new();
    for revision in order {
        let before = options.steps.then(|| evaluator.replay.as_ref().map(|replay| replay.schema.clone())).flatten();
        let plan = run_way(&mut evaluator, revision, convention.as_ref(), "upgrade");
        let (mut steps, mut schemas) = (Vec::new(), None);
        if let (Some(replay), Some(before)) = (&mut evaluator.replay, before) {
            steps = std::mem::take(&mut replay.steps);
            schemas = Some(Box::new((before, replay.schema.clone())));
        }
        revisions.push(ReplayedRevision { id: revision.id.to_string(), plan, steps, schemas, back: None });
        ran.push(revision);
    }
    let mut schema = evaluator.replay.as_ref().map_or_else(|| Schema::new(""), |replay| replay.schema.clone());
    lower::set_voice(&mut schema);
    diagnostics.append(&mut evaluator.diagnostics);
    if options.steps {
        for (revision, replayed) in ran.iter().zip(&mut revisions).rev() {
            run_way(&mut evaluator, revision, convention.as_ref(), "downgrade");
            let Some(replay) = &mut evaluator.replay else { break };
            let steps = std::mem::take(&mut replay.steps);
            // What is not understood of one leaves the schema before it unknown, too.
            if !evaluator.diagnostics.is_empty() {
                break;
            }
            replayed.back = Some(steps);
        }
    }
    drop_repeated(&mut diagnostics);
    Replayed { reading: Reading { schema, diagnostics, files }, revisions }
}

/// The modules that were asked for, in the order of their paths.
fn modules_of(program: &Program, roots: &[PathBuf]) -> Vec<ModuleId> {
    roots.iter().filter_map(|root| program.root_at(root)).collect()
}

/// The naming convention of the `target_metadata` in env.py, which Alembic's operations follow.
fn convention_of<'a>(evaluator: &mut Evaluator<'a>, environment: ModuleId) -> Option<Value<'a>> {
    let scope = evaluator.run_module(environment);
    let metadata = Metadata::of(&scope.own("target_metadata")?);
    let setting = evaluator.metadata_setting(&metadata, 2, "naming_convention")??;
    Some(setting.value)
}

/// Runs one `upgrade()` or `downgrade()`; what came of it.
fn run_way<'a>(
    evaluator: &mut Evaluator<'a>,
    revision: &order::Found<'a>,
    convention: Option<&Value<'a>>,
    way: &str,
) -> Plan {
    if let Some(replay) = &mut evaluator.replay {
        replay.metadata = None;
        replay.convention = convention.cloned();
    }
    let scope = evaluator.run_module(revision.module);
    match scope.own(way) {
        Some(Value::Function(upgrade)) => {
            let outcome = evaluator.run_function(&upgrade, Arguments::default(), revision.place);
            if let Value::Opaque(unknown) = outcome {
                let place = unknown.place;
                let reason = evaluator.reason(&unknown, revision.place);
                evaluator.report_history(
                    format!("the revision `{}` could not be followed to its end: {reason}", revision.id),
                    "take what depends on the rows or on the environment out of the steps that change tables",
                    place,
                );
                evaluator.hide_all(place);
            }
        }
        // Alembic runs nothing then.
        None => {}
        Some(_) => {
            evaluator.report_history(
                format!("`{way}` of the revision `{}` is no function that can be read", revision.id),
                format!("define it with `def {way}():` in the revision's file"),
                revision.place,
            );
            evaluator.hide_all(revision.place);
        }
    }
    let operations = evaluator.replay.as_mut().map(|replay| {
        replay.end_step();
        replay.since_operation = 0;
        std::mem::take(&mut replay.operations)
    });
    let (dialect, server) = match &evaluator.replay {
        Some(replay) => (replay.dialect.name(), replay.server.clone()),
        None => ("", None),
    };
    Plan { operations: operations.unwrap_or_default(), ..Plan::new(dialect, server) }
}

/// The schema so far, and how to go on.
pub(crate) struct Replay<'a> {
    dialect: &'static dyn Dialect,
    server: Option<Server>,
    default_namespace: String,
    statements: Option<Arc<StatementReplay>>,
    schema: Schema,
    /// What the present revision did.
    operations: Vec<Operation>,
    /// The same step by step, up to the operation `since_operation`, where that is asked for.
    steps: Vec<ReplayedStep>,
    keeps_steps: bool,
    since_operation: usize,
    /// The tables that may have rows by now.
    filled: answers::Filled,
    /// The schema at the end of the last step.
    since: Schema,
    /// The `MetaData` that the tables of the present revision are in, once there is one.
    metadata: Option<Metadata<'a>>,
    convention: Option<Value<'a>>,
}

impl std::fmt::Debug for Replay<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Replay").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl<'a> Replay<'a> {
    fn new(options: &ReplayOptions<'_>) -> Self {
        let read = &options.read;
        let mut schema = Schema::new(read.dialect.name());
        schema.server = read.server.cloned();
        let default_namespace =
            read.default_namespace.clone().unwrap_or_else(|| read.dialect.default_namespace().to_owned());
        Self {
            dialect: read.dialect,
            server: read.server.cloned(),
            default_namespace,
            statements: options.statements.clone(),
            since: schema.clone(),
            schema,
            operations: Vec::new(),
            steps: Vec::new(),
            keeps_steps: options.steps,
            since_operation: 0,
            filled: answers::Filled::default(),
            metadata: None,
            convention: None,
        }
    }

    fn options(&self) -> ReadOptions<'_> {
        ReadOptions {
            dialect: self.dialect,
            server: self.server.as_ref(),
            default_namespace: Some(self.default_namespace.clone()),
        }
    }

    fn name(&self, namespace: Option<&str>, name: &str) -> QualifiedName {
        QualifiedName::new(namespace.unwrap_or(&self.default_namespace), name)
    }

    fn table(&self, name: &QualifiedName) -> Option<&Table> {
        self.schema.table(&name.namespace, &name.name)
    }

    /// Carries an operation out.
    fn apply(&mut self, operation: Operation) -> Result<(), &'static str> {
        operation.apply(&mut self.schema)?;
        self.operations.push(operation);
        Ok(())
    }

    /// Ends a step: the operations since the last one.
    fn end_step(&mut self) {
        if !self.keeps_steps || self.operations.len() == self.since_operation {
            return;
        }
        let from = std::mem::replace(&mut self.since, self.schema.clone());
        self.steps.push(ReplayedStep::Operations {
            from: Box::new(from),
            to: Box::new(self.schema.clone()),
            operations: self.operations[self.since_operation..].to_vec(),
        });
        self.since_operation = self.operations.len();
    }

    /// Notes a step that is no operation, carried out behind those so far.
    fn note_step(&mut self, step: ReplayedStep) {
        if self.keeps_steps {
            self.steps.push(step);
            self.since.clone_from(&self.schema);
        }
    }

    /// Gives what has no name in a table the one that the server gives it now: it keeps it when the table is renamed.
    fn settle(&mut self, name: &QualifiedName) {
        let Some(table) = self.table(name).cloned() else { return };
        let mut alone = Schema::new(self.dialect.name());
        alone.server.clone_from(&self.server);
        for (namespace, content) in &self.schema.namespaces {
            let own = alone.namespace_mut(namespace);
            own.enums.clone_from(&content.enums);
            own.domains.clone_from(&content.domains);
        }
        alone.namespace_mut(&name.namespace).tables.insert(name.name.clone(), table);
        self.dialect.settle(&mut alone, self.server.as_ref());
        let settled = alone.namespace_mut(&name.namespace).tables.remove(&name.name);
        if let Some(table) = settled {
            self.schema.namespace_mut(&name.namespace).tables.insert(name.name.clone(), table);
        }
    }

    /// Notes that part of a table is not known any more, or where there is no such table, that there may be one.
    fn hide(&mut self, table: Option<&QualifiedName>, facts: &[Fact], text: &str, origin: &Origin) {
        let opaque =
            |fact: Fact, name: Option<String>| Opaque { fact, name, text: text.to_owned(), origin: origin.clone() };
        let Some(name) = table else { return self.schema.opaque.push(opaque(Fact::Table, None)) };
        match self.schema.namespaces.get_mut(&name.namespace).and_then(|content| content.tables.get_mut(&name.name)) {
            Some(table) => table.opaque.extend(facts.iter().map(|fact| opaque(*fact, None))),
            None => self.schema.opaque.push(opaque(Fact::Table, Some(name.name.clone()))),
        }
    }
}

impl<'a> Evaluator<'a> {
    /// Says that a step of a revision was not understood.
    fn report_history(&mut self, message: impl Into<String>, help: impl Into<String>, place: Place) {
        let origin = self.origin(place);
        self.diagnostics.push(Diagnostic::warning("alembic-opaque", message, origin).with_help(help));
    }

    /// Notes that any table may be there, or not.
    fn hide_all(&mut self, place: Place) {
        let (text, origin) = (self.source_text(place), self.origin(place));
        if let Some(replay) = &mut self.replay {
            replay.hide(None, &[], &text, &origin);
        }
    }

    /// Works on the schema so far.
    fn with_replay<T>(&mut self, work: impl FnOnce(&mut Self, &mut Replay<'a>) -> T) -> Option<T> {
        let mut replay = self.replay.take()?;
        let outcome = work(self, &mut replay);
        self.replay = Some(replay);
        Some(outcome)
    }

    /// The `MetaData` of the tables in the present revision, with the naming convention of the project's own.
    fn metadata_of_revision(&mut self, replay: &mut Replay<'a>, place: Place) -> Metadata<'a> {
        if let Some(metadata) = &replay.metadata {
            return metadata.clone();
        }
        let mut arguments = crate::python::Arguments::default();
        if let Some(convention) = &replay.convention {
            let value = crate::python::Located { value: convention.clone(), place };
            arguments.keywords.push((Rc::from("naming_convention"), value));
        }
        let made = self.call_symbol(Value::external("sqlalchemy.MetaData"), arguments, place);
        let metadata = Metadata::of(&made);
        replay.metadata = Some(metadata.clone());
        metadata
    }
}
