//! The evaluator's state, its limits, and the running of modules.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use indexmap::IndexMap;
use ormsync_schema::{Diagnostic, Origin, Span};
use ruff_text_size::TextRange;

use crate::alembic::Replay;
use crate::mapping::{Registry, Sent};
use crate::program::{ModuleId, Program};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::value::{Arguments, Form, Function, Located, Member, Place, Symbol, Unknown, Value};
use crate::release::Release;

/// How many expressions and statements one top-level statement may cost.
const STEPS: u32 = 300_000;
/// How many expressions and statements the whole of a project may cost, beside those that its size allows: enough for
/// any that is written by hand, and an end to many statements that each come close to their own limit.
const ALL_STEPS: u64 = 10_000_000;
/// How many steps each byte of source allows.
const STEPS_OF_A_BYTE: u64 = 20;
/// How many bytes of computed values the whole of a project may make: they may all stay in memory until the end.
const ALL_BYTES: u64 = 512 * 1024 * 1024;
/// How many bytes of computed values cost as much as a step.
const BYTES_OF_A_STEP: usize = 1024;
/// What an element of a sequence takes, in bytes.
const BYTES_OF_AN_ELEMENT: usize = 48;
/// How deep expressions and calls may nest.
pub(super) const DEPTH: u32 = 250;
/// How many elements or characters a computed value may have.
pub(super) const SIZE: usize = 20_000;

/// Runs modules and collects the tables they declare.
pub(crate) struct Evaluator<'a> {
    pub(crate) program: &'a Program,
    /// What SQLAlchemy calls the dialect that models are read for: `postgresql`, `mysql`, `mariadb`, `sqlite`.
    pub(crate) dialect_name: &'static str,
    /// The SQLAlchemy that the project uses.
    pub(crate) release: Release,
    pub(crate) registry: Registry<'a>,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// The scope of every module that has begun to run.
    modules: Vec<Option<Rc<Scope<'a>>>>,
    /// Attributes assigned to things outside the project: `SQLModel.metadata.naming_convention = {...}`.
    pub(super) external_attributes: HashMap<String, Located<'a>>,
    next_id: u32,
    steps: u32,
    /// Steps that are left for all modules.
    steps_left: u64,
    /// Bytes of computed values that are left for all modules.
    bytes_left: u64,
    pub(super) depth: u32,
    /// The condition that decides whether the present code runs at all, where that could not be known.
    pub(super) condition: Option<Place>,
    /// What `@compiles` registered, in its order.
    pub(crate) compilations: Vec<Compilation<'a>>,
    /// Packages that imports of their modules have entered, whose own `__init__.py` is still to run.
    pub(super) entered: Vec<ModuleId>,
    /// What a listener has sent to the server so far, while one runs.
    pub(crate) sent: Option<Vec<Sent>>,
    /// Whether a statement ran out of steps.
    pub(crate) is_exhausted: bool,
    /// The schema that revisions of Alembic make, where they are what is evaluated.
    pub(crate) replay: Option<Box<Replay<'a>>>,
    /// Whether revisions of Alembic are what is evaluated, also while their schema is at work elsewhere.
    pub(crate) is_replay: bool,
}

/// `@compiles(target, "mysql")` over a function.
#[derive(Debug)]
pub(crate) struct Compilation<'a> {
    /// The class whose SQL the function writes.
    pub(crate) target: Value<'a>,
    /// The dialects it is for; none is all that have none of their own.
    pub(crate) dialects: Vec<Rc<str>>,
    pub(crate) function: Rc<Function<'a>>,
}

/// What a class body collects besides its names.
pub(super) type Members<'a> = Rc<RefCell<IndexMap<Rc<str>, Member<'a>>>>;

/// Where code runs.
#[derive(Clone)]
pub(crate) struct Frame<'a> {
    pub(crate) module: ModuleId,
    pub(crate) scope: Rc<Scope<'a>>,
    /// The members of the class whose body this is.
    pub(super) members: Option<Members<'a>>,
}

impl<'a> Frame<'a> {
    pub(crate) fn place(&self, range: TextRange) -> Place {
        Place { module: self.module, span: Span::new(range.start().to_usize(), range.end().to_usize()) }
    }
}

impl<'a> Evaluator<'a> {
    pub(crate) fn new(program: &'a Program, dialect_name: &'static str, release: Release) -> Self {
        Self {
            program,
            dialect_name,
            release,
            registry: Registry::default(),
            diagnostics: Vec::new(),
            modules: vec![None; program.modules.len()],
            external_attributes: HashMap::new(),
            next_id: 0,
            steps: 0,
            steps_left: ALL_STEPS
                + program.modules.iter().map(|module| module.text.len() as u64 * STEPS_OF_A_BYTE).sum::<u64>(),
            bytes_left: ALL_BYTES,
            depth: 0,
            condition: None,
            compilations: Vec::new(),
            entered: Vec::new(),
            sent: None,
            is_exhausted: false,
            replay: None,
            is_replay: false,
        }
    }

    /// Runs every root module, and with them what they import.
    pub(crate) fn run(&mut self) {
        for index in 0..self.program.modules.len() {
            if self.program.modules[index].is_root {
                self.run_module(ModuleId(u32::try_from(index).unwrap_or(u32::MAX)));
            }
        }
        // Python runs a package before its modules. Behind them it declares the same, and no circle of imports matters.
        while let Some(package) = self.entered.pop() {
            self.run_module(package);
        }
        self.finish_pending();
    }

    /// The names of a module, which runs now if it has not yet. In a circle of imports they are those
    /// that the module has so far, as in Python.
    pub(crate) fn run_module(&mut self, id: ModuleId) -> Rc<Scope<'a>> {
        let index = id.0 as usize;
        if let Some(scope) = &self.modules[index] {
            return Rc::clone(scope);
        }
        let scope = Scope::new(ScopeKind::Module, None);
        self.modules[index] = Some(Rc::clone(&scope));
        if self.depth >= DEPTH {
            return scope;
        }
        let program = self.program;
        let module = program.module(id);
        scope.set("__name__", Value::text(&module.name));
        let frame = Frame { module: id, scope: Rc::clone(&scope), members: None };
        // A module's own run is not bound by the condition or budget of the statement that imports it.
        let condition = self.condition.take();
        self.depth += 1;
        for statement in &module.body {
            let steps = std::mem::take(&mut self.steps);
            self.execute(&frame, statement);
            self.steps = steps;
        }
        self.depth -= 1;
        self.condition = condition;
        scope
    }

    /// Calls a function with a budget of its own.
    pub(crate) fn run_function(
        &mut self,
        function: &Rc<Function<'a>>,
        arguments: Arguments<'a>,
        place: Place,
    ) -> Value<'a> {
        let steps = std::mem::take(&mut self.steps);
        let outcome = self.invoke(function, arguments, place);
        self.steps = steps;
        outcome
    }

    /// Notes the `@compiles(…)` among a function's decorators (`sqlalchemy/ext/compiler.py`).
    pub(super) fn note_compilations(&mut self, function: &Rc<Function<'a>>) {
        for decorator in &function.decorators {
            let call = decorator.as_symbol().and_then(|symbol| symbol.external_call());
            let Some((_, arguments)) = call.filter(|(path, _)| path.ends_with("ext.compiler.compiles")) else {
                continue;
            };
            let [target, dialects @ ..] = arguments.positional.as_slice() else { continue };
            self.compilations.push(Compilation {
                target: target.value.clone(),
                dialects: dialects.iter().filter_map(|dialect| dialect.value.as_text()).collect(),
                function: Rc::clone(function),
            });
        }
    }

    /// Counts a step. False once the present top-level statement has used up its budget.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_add(1);
        self.steps_left = self.steps_left.saturating_sub(1);
        if self.steps > STEPS || self.steps_left == 0 || self.bytes_left == 0 {
            self.is_exhausted = true;
            return false;
        }
        true
    }

    /// Counts a value that was just made, by the memory that it takes.
    pub(super) fn count_made(&mut self, value: &Value<'a>) {
        let bytes = match value {
            Value::Text(text) => text.len(),
            Value::Tuple(elements) => elements.len() * BYTES_OF_AN_ELEMENT,
            Value::List(elements) => elements.borrow().len() * BYTES_OF_AN_ELEMENT,
            Value::Dict(entries) => entries.borrow().len() * 2 * BYTES_OF_AN_ELEMENT,
            _ => return,
        };
        self.count_bytes(bytes);
    }

    /// Counts elements that went into a sequence which is there.
    pub(super) fn count_elements(&mut self, count: usize) {
        self.count_bytes(count * BYTES_OF_AN_ELEMENT);
    }

    fn count_bytes(&mut self, bytes: usize) {
        let steps = u32::try_from(bytes / BYTES_OF_A_STEP).unwrap_or(u32::MAX);
        self.steps = self.steps.saturating_add(steps);
        self.bytes_left = self.bytes_left.saturating_sub(bytes as u64);
    }

    /// Notes that something was left out because it would grow too large.
    pub(super) fn note_too_large(&mut self) {
        self.is_exhausted = true;
    }

    /// The condition that decides whether the present code runs at all, where that could not be known.
    pub(crate) fn condition(&self) -> Option<Place> {
        self.condition
    }

    /// What was assigned to an attribute of something outside the project.
    pub(crate) fn external_attribute(&self, path: &str) -> Option<Located<'a>> {
        self.external_attributes.get(path).cloned()
    }

    pub(crate) fn new_id(&mut self) -> u32 {
        self.next_id += 1;
        self.next_id
    }

    pub(crate) fn symbol(&mut self, form: Form<'a>, place: Place) -> Value<'a> {
        let id = self.new_id();
        Value::Symbol(Rc::new(Symbol { id, place, form, attributes: RefCell::default() }))
    }

    pub(crate) fn call_symbol(&mut self, callee: Value<'a>, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        self.symbol(Form::Call { callee, arguments }, place)
    }

    pub(crate) fn origin(&self, place: Place) -> Origin {
        self.program.origin(place.module, place.span)
    }

    /// The source text at a place, on one line and not too long.
    pub(crate) fn source_text(&self, place: Place) -> String {
        shorten(self.program.slice(place.module, place.span))
    }

    /// Says that something was not understood, and what to write instead; what can't be, Python itself can say.
    pub(crate) fn report_opaque(&mut self, message: impl Into<String>, help: impl Into<String>, place: Place) {
        let origin = self.origin(place);
        let help = format!("{}; or have Python import the models: `extract = \"import\"` in [sqlalchemy]", help.into());
        self.diagnostics.push(Diagnostic::warning("sqlalchemy-opaque", message, origin).with_help(help));
    }

    /// Says that SQLAlchemy itself refuses something.
    pub(crate) fn report_refused(&mut self, message: impl Into<String>, help: impl Into<String>, place: Place) {
        let origin = self.origin(place);
        self.diagnostics.push(Diagnostic::warning("sqlalchemy-opaque", message, origin).with_help(help));
    }

    /// Why a value met at `place` is not known, with the place of the cause where that is elsewhere.
    pub(crate) fn reason(&self, unknown: &Unknown, place: Place) -> String {
        let cause = unknown.place;
        let is_here =
            cause.module == place.module && cause.span.start >= place.span.start && cause.span.end <= place.span.end;
        if is_here {
            return unknown.reason.clone();
        }
        let module = self.program.module(cause.module);
        let line = module.text.get(..cause.span.start).map_or(1, |before| before.matches('\n').count() + 1);
        format!("{} ({}:{line})", unknown.reason, module.path)
    }
}

/// Source text on one line, cut where it gets long.
pub(crate) fn shorten(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
