//! Statements.

use std::rc::Rc;

use ruff_python_ast::{ElifElseClause, Expr, Stmt, StmtFor, StmtIf, StmtTry};
use ruff_text_size::Ranged;

use crate::python::evaluator::{Evaluator, Frame};
use crate::python::value::{Code, Form, Function, Located, Member, Place, Value};

/// Stands for what a class body defines under a name that is not known.
pub(crate) const UNNAMED: &str = "(unknown name)";

/// Whether a value is `locals()` or `vars()`: the names of the code that runs.
fn names_of_frame(value: &Value<'_>) -> bool {
    let call = value.as_symbol().and_then(|symbol| symbol.external_call());
    call.is_some_and(|(path, arguments)| {
        matches!(path, "builtins.locals" | "builtins.vars") && arguments.positional.is_empty()
    })
}

/// Where execution goes on behind a statement.
pub(super) enum Flow<'a> {
    Next,
    Return(Value<'a>),
    Break,
    Continue,
    /// It cannot be known: a condition on something unknown decides.
    Unknown,
}

impl<'a> Evaluator<'a> {
    pub(super) fn execute_all(&mut self, frame: &Frame<'a>, statements: &'a [Stmt]) -> Flow<'a> {
        for statement in statements {
            match self.execute(frame, statement) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }

    pub(super) fn execute(&mut self, frame: &Frame<'a>, statement: &'a Stmt) -> Flow<'a> {
        let place = frame.place(statement.range());
        if !self.step() {
            return Flow::Unknown;
        }
        match statement {
            Stmt::Import(import) => self.execute_import(frame, import),
            Stmt::ImportFrom(import) => self.execute_import_from(frame, import),
            Stmt::Assign(assign) => {
                let value = self.evaluate_located(frame, &assign.value);
                for target in &assign.targets {
                    self.assign(frame, target, value.clone(), place);
                }
            }
            Stmt::AnnAssign(assign) => {
                let value = assign.value.as_ref().map(|value| self.evaluate_located(frame, value));
                if let (Expr::Name(name), Some(members)) = (assign.target.as_ref(), &frame.members) {
                    let mut members = members.borrow_mut();
                    let member = members.entry(name.id.as_str().into()).or_insert(Member {
                        annotation: None,
                        value: None,
                        place,
                    });
                    member.annotation = Some(&assign.annotation);
                    member.place = place;
                }
                if let Some(value) = value {
                    self.assign(frame, &assign.target, value, place);
                }
            }
            Stmt::AugAssign(assign) => {
                let left = self.evaluate(frame, &assign.target);
                let right = self.evaluate(frame, &assign.value);
                let value = self.binary(assign.op, left, right, place);
                self.assign(frame, &assign.target, Located { value, place }, place);
            }
            Stmt::TypeAlias(alias) => self.define_type_alias(frame, alias),
            Stmt::ClassDef(class) => {
                let value = self.define_class(frame, class);
                let value = self.decorated_class(frame, value, place);
                self.bind(frame, class.name.as_str(), value, place);
            }
            Stmt::FunctionDef(function) => {
                let decorators =
                    function.decorator_list.iter().map(|item| self.evaluate(frame, &item.expression)).collect();
                let defined = Rc::new(Function {
                    name: function.name.as_str().into(),
                    code: Code::Definition(function),
                    scope: Rc::clone(&frame.scope),
                    module: frame.module,
                    place: frame.place(function.name.range()),
                    decorators,
                });
                self.note_compilations(&defined);
                self.note_listeners(&defined);
                self.bind(frame, function.name.as_str(), Value::Function(defined), place);
            }
            Stmt::Return(returned) => {
                return Flow::Return(match &returned.value {
                    Some(value) => self.evaluate(frame, value),
                    None => Value::None,
                });
            }
            Stmt::Expr(expression) => {
                self.evaluate(frame, &expression.value);
            }
            Stmt::If(branch) => return self.execute_if(frame, branch),
            Stmt::For(each) => return self.execute_for(frame, each),
            Stmt::While(repeat) => loop {
                match self.evaluate(frame, &repeat.test).truth() {
                    Some(true) if self.step() => match self.execute_all(frame, &repeat.body) {
                        Flow::Next | Flow::Continue => {}
                        Flow::Break => return Flow::Next,
                        other => return other,
                    },
                    Some(false) => return self.execute_all(frame, &repeat.orelse),
                    _ => {
                        self.execute_uncertain(frame, &[&repeat.body], place);
                        return Flow::Unknown.outside_functions(frame);
                    }
                }
            },
            Stmt::With(with) => {
                for item in &with.items {
                    let value = self.evaluate_located(frame, &item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        let value =
                            self.symbol(Form::Attribute { of: value.value, name: "__enter__()".into() }, value.place);
                        self.assign(frame, target, Located { value, place }, place);
                    }
                }
                return self.execute_all(frame, &with.body);
            }
            Stmt::Try(attempt) => return self.execute_try(frame, attempt),
            Stmt::Match(choice) => return self.execute_match(frame, choice, place),
            Stmt::Delete(delete) => {
                for target in &delete.targets {
                    if let Expr::Name(name) = target {
                        frame.scope.names.borrow_mut().shift_remove(name.id.as_str());
                        if let Some(members) = &frame.members {
                            members.borrow_mut().shift_remove(name.id.as_str());
                        }
                    }
                }
            }
            Stmt::Raise(_) => return Flow::Unknown.outside_functions(frame),
            Stmt::Break(_) => return Flow::Break,
            Stmt::Continue(_) => return Flow::Continue,
            Stmt::Global(_) | Stmt::Nonlocal(_) | Stmt::Assert(_) | Stmt::Pass(_) | Stmt::IpyEscapeCommand(_) => {}
        }
        Flow::Next
    }

    /// Binds a name in the scope, and in the class body if this is one.
    pub(super) fn bind(&mut self, frame: &Frame<'a>, name: &str, value: Value<'a>, place: Place) {
        self.bind_located(frame, name, Located { value, place }, place);
    }

    fn bind_located(&mut self, frame: &Frame<'a>, name: &str, value: Located<'a>, statement: Place) {
        if let Some(members) = &frame.members {
            let mut members = members.borrow_mut();
            match members.get_mut(name) {
                Some(member) => member.value = Some(value.clone()),
                None => {
                    let member = Member { annotation: None, value: Some(value.clone()), place: statement };
                    members.insert(name.into(), member);
                }
            }
        }
        frame.scope.set(name, value.value);
    }

    pub(super) fn assign(&mut self, frame: &Frame<'a>, target: &'a Expr, value: Located<'a>, statement: Place) {
        match target {
            Expr::Name(name) => self.bind_located(frame, name.id.as_str(), value, statement),
            Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })
            | Expr::List(ruff_python_ast::ExprList { elts, .. }) => {
                let items = value.value.elements().filter(|items| items.len() == elts.len());
                for (index, element) in elts.iter().enumerate() {
                    let item = match &items {
                        Some(items) => items[index].clone(),
                        None => {
                            let place = frame.place(element.range());
                            Located { value: Value::opaque("it is unpacked from something unknown", place), place }
                        }
                    };
                    self.assign(frame, element, item, statement);
                }
            }
            Expr::Starred(starred) => {
                let value = Value::opaque("it is unpacked from something unknown", statement);
                self.assign(frame, &starred.value, Located { value, place: statement }, statement);
            }
            Expr::Attribute(attribute) => {
                let object = self.evaluate(frame, &attribute.value);
                self.set_attribute(&object, attribute.attr.as_str(), value);
            }
            Expr::Subscript(subscript) => {
                let object = self.evaluate(frame, &subscript.value);
                let index = self.evaluate(frame, &subscript.slice);
                if names_of_frame(&object) {
                    return self.assign_by_name(frame, &index, value, statement);
                }
                if let Value::Dict(entries) = &object {
                    let mut entries = entries.borrow_mut();
                    match entries.iter_mut().find(|(key, _)| key.equals(&index) == Some(true)) {
                        Some((_, entry)) => *entry = value,
                        None => entries.push((index, value)),
                    }
                }
            }
            _ => {}
        }
    }

    /// `locals()[name] = value`, in the scope that runs. Under a name that is not known it may be any name of a class.
    fn assign_by_name(&mut self, frame: &Frame<'a>, name: &Value<'a>, value: Located<'a>, statement: Place) {
        match name.as_text() {
            Some(name) => self.bind_located(frame, &name, value, statement),
            None if frame.members.is_some() => {
                let unknown = Value::opaque("its name could not be worked out", statement);
                self.bind_located(frame, UNNAMED, Located { value: unknown, place: statement }, statement);
            }
            None => {}
        }
    }

    fn execute_if(&mut self, frame: &Frame<'a>, branch: &'a StmtIf) -> Flow<'a> {
        let mut arms: Vec<(Option<&'a Expr>, &'a [Stmt])> = vec![(Some(&branch.test), &branch.body)];
        arms.extend(
            branch
                .elif_else_clauses
                .iter()
                .map(|clause: &'a ElifElseClause| (clause.test.as_ref(), clause.body.as_slice())),
        );
        for (position, (test, body)) in arms.iter().enumerate() {
            let Some(test) = test else { return self.execute_all(frame, body) };
            match self.evaluate(frame, test).truth() {
                Some(true) => return self.execute_all(frame, body),
                Some(false) => {}
                None => {
                    let place = frame.place(test.range());
                    let bodies: Vec<&'a [Stmt]> = arms[position..].iter().map(|(_, body)| *body).collect();
                    self.execute_uncertain(frame, &bodies, place);
                    // What comes behind runs in any case, where no arm leaves.
                    if self.is_replay && !bodies.iter().any(|body| leaves(body)) {
                        return Flow::Next;
                    }
                    return Flow::Unknown.outside_functions(frame);
                }
            }
        }
        Flow::Next
    }

    /// Runs pieces of code of which it is not known whether they run. What they assign is unknown behind
    /// them, and what they declare exists only perhaps.
    pub(super) fn execute_uncertain(&mut self, frame: &Frame<'a>, bodies: &[&'a [Stmt]], place: Place) {
        let before: Vec<(Rc<str>, Value<'a>)> =
            frame.scope.names.borrow().iter().map(|(name, value)| (Rc::clone(name), value.clone())).collect();
        let outer = self.condition.replace(place);
        let mut assigned: Vec<(Rc<str>, Value<'a>)> = Vec::new();
        for body in bodies {
            self.execute_all(frame, body);
            let after: Vec<(Rc<str>, Value<'a>)> =
                frame.scope.names.borrow().iter().map(|(name, value)| (Rc::clone(name), value.clone())).collect();
            for (name, value) in after {
                let was = before.iter().find(|(known, _)| *known == name);
                if was.is_none_or(|(_, was)| !is_same_object(was, &value)) {
                    assigned.push((name, value));
                }
            }
            frame.scope.names.borrow_mut().extend(before.iter().cloned());
        }
        self.condition = outer;
        for (name, value) in assigned {
            // A class that exists only perhaps is still the only thing its name can mean.
            let kept = match value {
                Value::Class(_) | Value::Function(_) | Value::Table(_) => value,
                _ => Value::opaque("it depends on a condition that cannot be known", place),
            };
            self.bind(frame, &name, kept, place);
        }
    }

    fn execute_for(&mut self, frame: &Frame<'a>, each: &'a StmtFor) -> Flow<'a> {
        let place = frame.place(each.iter.range());
        let iterated = self.evaluate(frame, &each.iter);
        let Some(items) = self.iterate(&iterated, place) else {
            self.assign(
                frame,
                &each.target,
                Located { value: Value::opaque("it comes from a loop over something unknown", place), place },
                place,
            );
            self.execute_uncertain(frame, &[&each.body], place);
            return Flow::Unknown.outside_functions(frame);
        };
        for item in items {
            self.assign(frame, &each.target, item, place);
            match self.execute_all(frame, &each.body) {
                Flow::Next | Flow::Continue => {}
                Flow::Break => return Flow::Next,
                other => return other,
            }
        }
        self.execute_all(frame, &each.orelse)
    }

    /// The body is taken to succeed: what is caught is almost always an import that may be missing.
    fn execute_try(&mut self, frame: &Frame<'a>, attempt: &'a StmtTry) -> Flow<'a> {
        for part in [&attempt.body, &attempt.orelse, &attempt.finalbody] {
            match self.execute_all(frame, part) {
                Flow::Next => {}
                other => return other,
            }
        }
        Flow::Next
    }
}

impl<'a> Flow<'a> {
    /// In a function, what follows an unknown condition is unknown; in a module or class body it is run
    /// all the same.
    pub(super) fn outside_functions(self, frame: &Frame<'a>) -> Self {
        match frame.scope.kind {
            crate::python::scope::ScopeKind::Function => self,
            _ => Flow::Next,
        }
    }
}

/// Whether statements may end what they stand in: by `return`, `raise`, `break` or `continue`.
fn leaves(statements: &[Stmt]) -> bool {
    statements.iter().any(|statement| match statement {
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => true,
        Stmt::If(branch) => leaves(&branch.body) || branch.elif_else_clauses.iter().any(|clause| leaves(&clause.body)),
        Stmt::For(each) => leaves(&each.body) || leaves(&each.orelse),
        Stmt::While(repeat) => leaves(&repeat.body) || leaves(&repeat.orelse),
        Stmt::With(with) => leaves(&with.body),
        Stmt::Try(attempt) => {
            leaves(&attempt.body)
                || leaves(&attempt.orelse)
                || leaves(&attempt.finalbody)
                || !attempt.handlers.is_empty()
        }
        Stmt::Match(_) => true,
        _ => false,
    })
}

/// Whether a name still means what it meant. Values that cannot be told apart count as changed.
fn is_same_object<'a>(left: &Value<'a>, right: &Value<'a>) -> bool {
    match (left, right) {
        (Value::Symbol(left), Value::Symbol(right)) => Rc::ptr_eq(left, right),
        (Value::Function(left), Value::Function(right)) => Rc::ptr_eq(left, right),
        (Value::Opaque(left), Value::Opaque(right)) => Rc::ptr_eq(left, right),
        (Value::Column(left), Value::Column(right)) => left == right,
        (Value::List(left), Value::List(right)) => Rc::ptr_eq(left, right),
        (Value::Tuple(left), Value::Tuple(right)) if Rc::ptr_eq(left, right) => true,
        (Value::Method(left), Value::Method(right)) => Rc::ptr_eq(left, right),
        (Value::Dict(left), Value::Dict(right)) => Rc::ptr_eq(left, right),
        _ => left.equals(right) == Some(true),
    }
}
