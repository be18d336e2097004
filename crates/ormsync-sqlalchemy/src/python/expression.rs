//! Expressions.

use std::rc::Rc;

use ruff_python_ast::{
    BoolOp, Comprehension, Expr, ExprBoolOp, ExprCall, ExprCompare, ExprDict, ExprDictComp, FStringPart,
    InterpolatedStringElement, Number, UnaryOp,
};
use ruff_text_size::Ranged;

use crate::python::builtins::is_builtin;
use crate::python::evaluator::{DEPTH, Evaluator, Frame, SIZE};
use crate::python::scope::{Scope, ScopeKind};
use crate::python::star_import;
use crate::python::value::{Arguments, Code, Dict, Form, Function, Located, Place, Value};

impl<'a> Evaluator<'a> {
    pub(crate) fn evaluate_located(&mut self, frame: &Frame<'a>, expression: &'a Expr) -> Located<'a> {
        let place = frame.place(expression.range());
        Located { value: self.evaluate(frame, expression), place }
    }

    pub(crate) fn evaluate(&mut self, frame: &Frame<'a>, expression: &'a Expr) -> Value<'a> {
        let place = frame.place(expression.range());
        if !self.step() {
            return Value::opaque("working it out takes too long", place);
        }
        if self.depth >= DEPTH {
            return Value::opaque("it is nested too deep", place);
        }
        self.depth += 1;
        let value = self.evaluate_form(frame, expression, place);
        self.depth -= 1;
        // Names and attributes give what is there already.
        if !matches!(expression, Expr::Name(_) | Expr::Attribute(_)) {
            self.count_made(&value);
        }
        value
    }

    fn evaluate_form(&mut self, frame: &Frame<'a>, expression: &'a Expr, place: Place) -> Value<'a> {
        match expression {
            Expr::StringLiteral(literal) => Value::text(literal.value.to_str()),
            Expr::BytesLiteral(literal) => {
                Value::Bytes(literal.value.iter().flat_map(|part| part.as_slice().iter().copied()).collect())
            }
            Expr::NumberLiteral(literal) => match &literal.value {
                Number::Int(number) => match number.as_i64() {
                    Some(number) => Value::Int(number),
                    None => Value::opaque("the number is too large", place),
                },
                Number::Float(number) => Value::Float(*number),
                Number::Complex { .. } => Value::opaque("complex numbers are not evaluated", place),
            },
            Expr::BooleanLiteral(literal) => Value::Bool(literal.value),
            Expr::NoneLiteral(_) => Value::None,
            Expr::EllipsisLiteral(_) => Value::external("builtins.Ellipsis"),
            Expr::FString(string) => self.evaluate_f_string(frame, string, place),
            Expr::Name(name) => self.evaluate_name(frame, name.id.as_str(), place),
            Expr::Attribute(attribute) => {
                let object = self.evaluate(frame, &attribute.value);
                self.attribute(object, attribute.attr.as_str(), place)
            }
            Expr::Subscript(subscript) => {
                let object = self.evaluate(frame, &subscript.value);
                if let Expr::Slice(slice) = subscript.slice.as_ref() {
                    return self.slice(frame, object, slice, place);
                }
                let index = self.evaluate_located(frame, &subscript.slice);
                self.subscript(object, index, place)
            }
            Expr::Call(call) => self.evaluate_call(frame, call, place),
            Expr::Tuple(tuple) => self.evaluate_items(frame, &tuple.elts, place, Value::tuple),
            Expr::List(list) => self.evaluate_items(frame, &list.elts, place, Value::list),
            Expr::Set(set) => self.evaluate_items(frame, &set.elts, place, Value::list),
            Expr::Dict(dict) => self.evaluate_dict(frame, dict, place),
            Expr::BoolOp(operation) => self.evaluate_bool_op(frame, operation, place),
            Expr::UnaryOp(operation) => {
                let operand = self.evaluate(frame, &operation.operand);
                match operation.op {
                    UnaryOp::Not => match operand.truth() {
                        Some(truth) => Value::Bool(!truth),
                        None => Value::opaque("it depends on a condition that cannot be known", place),
                    },
                    other => self.unary(other, operand, place),
                }
            }
            Expr::BinOp(operation) => {
                let left = self.evaluate(frame, &operation.left);
                let right = self.evaluate(frame, &operation.right);
                self.binary(operation.op, left, right, place)
            }
            Expr::Compare(comparison) => self.evaluate_comparison(frame, comparison, place),
            Expr::If(choice) => match self.evaluate(frame, &choice.test).truth() {
                Some(true) => self.evaluate(frame, &choice.body),
                Some(false) => self.evaluate(frame, &choice.orelse),
                None => {
                    Value::opaque("it depends on a condition that cannot be known", frame.place(choice.test.range()))
                }
            },
            Expr::Lambda(lambda) => Value::Function(Rc::new(Function {
                name: "<lambda>".into(),
                code: Code::Lambda(lambda),
                scope: Rc::clone(&frame.scope),
                module: frame.module,
                place,
                decorators: Vec::new(),
            })),
            Expr::ListComp(comprehension) => {
                let items = self.comprehend(frame, &comprehension.generators, &[&comprehension.elt], place);
                items.map_or_else(|unknown| unknown, |items| Value::list(items.into_iter().flatten().collect()))
            }
            Expr::SetComp(comprehension) => {
                let items = self.comprehend(frame, &comprehension.generators, &[&comprehension.elt], place);
                items.map_or_else(|unknown| unknown, |items| Value::list(items.into_iter().flatten().collect()))
            }
            Expr::Generator(comprehension) => {
                let items = self.comprehend(frame, &comprehension.generators, &[&comprehension.elt], place);
                items.map_or_else(|unknown| unknown, |items| Value::tuple(items.into_iter().flatten().collect()))
            }
            Expr::DictComp(comprehension) => self.evaluate_dict_comprehension(frame, comprehension, place),
            Expr::Named(named) => {
                let value = self.evaluate_located(frame, &named.value);
                self.assign(frame, &named.target, value.clone(), place);
                value.value
            }
            Expr::Starred(starred) => {
                // In annotations only; calls and displays spread it themselves.
                self.evaluate(frame, &starred.value)
            }
            Expr::Slice(_) | Expr::TString(_) | Expr::Await(_) | Expr::Yield(_) | Expr::YieldFrom(_) => {
                Value::opaque("this kind of expression is not evaluated", place)
            }
            Expr::IpyEscapeCommand(_) => Value::opaque("this is not Python", place),
        }
    }

    fn evaluate_dict(&mut self, frame: &Frame<'a>, dict: &'a ExprDict, place: Place) -> Value<'a> {
        let mut entries: Dict<'a> = Vec::new();
        for item in &dict.items {
            let value = self.evaluate_located(frame, &item.value);
            match &item.key {
                Some(key) => {
                    let key = self.evaluate(frame, key);
                    entries.retain(|(known, _)| known.equals(&key) != Some(true));
                    entries.push((key, value));
                }
                None => match &value.value {
                    Value::Dict(spread) => entries.extend(spread.borrow().iter().cloned()),
                    _ => return Value::opaque("`**` spreads something unknown into a dictionary", place),
                },
            }
        }
        Value::dict(entries)
    }

    fn evaluate_bool_op(&mut self, frame: &Frame<'a>, operation: &'a ExprBoolOp, place: Place) -> Value<'a> {
        let mut operands = Vec::new();
        for operand in &operation.values {
            let value = self.evaluate(frame, operand);
            match (operation.op, value.truth()) {
                (BoolOp::And, Some(false)) | (BoolOp::Or, Some(true)) if operands.is_empty() => return value,
                (BoolOp::And, Some(true)) | (BoolOp::Or, Some(false)) if operands.is_empty() => {
                    if std::ptr::eq(operand, &operation.values[operation.values.len() - 1]) {
                        return value;
                    }
                }
                _ => operands.push(value),
            }
        }
        match operands.len() {
            1 => operands.remove(0),
            _ => Value::opaque("it depends on a condition that cannot be known", place),
        }
    }

    fn evaluate_comparison(&mut self, frame: &Frame<'a>, comparison: &'a ExprCompare, place: Place) -> Value<'a> {
        let mut left = self.evaluate(frame, &comparison.left);
        let mut result = Value::Bool(true);
        for (operator, right) in comparison.ops.iter().zip(&comparison.comparators) {
            let right = self.evaluate(frame, right);
            result = self.compare(*operator, &left, &right, place);
            if result.truth() == Some(false) {
                return result;
            }
            if comparison.ops.len() > 1 && result.truth().is_none() {
                return Value::opaque("it depends on a condition that cannot be known", place);
            }
            left = right;
        }
        result
    }

    fn evaluate_dict_comprehension(
        &mut self,
        frame: &Frame<'a>,
        comprehension: &'a ExprDictComp,
        place: Place,
    ) -> Value<'a> {
        let Some(key) = &comprehension.key else {
            return Value::opaque("`**` in a comprehension is not evaluated", place);
        };
        let pairs = self.comprehend(frame, &comprehension.generators, &[key, &comprehension.value], place);
        match pairs {
            Err(unknown) => unknown,
            Ok(pairs) => Value::dict(
                pairs
                    .into_iter()
                    .filter_map(|pair| {
                        let mut pair = pair.into_iter();
                        Some((pair.next()?.value, pair.next()?))
                    })
                    .collect(),
            ),
        }
    }

    pub(super) fn evaluate_name(&mut self, frame: &Frame<'a>, name: &str, place: Place) -> Value<'a> {
        if let Some(value) = frame.scope.look_up(name) {
            return value;
        }
        if is_builtin(name) {
            return Value::external(&format!("builtins.{name}"));
        }
        let outside = frame.scope.visible_star_imports();
        match star_import::module_of(&outside, name) {
            Some(module) => Value::external(&format!("{module}.{name}")),
            None => Value::opaque(format!("`{name}` is not defined here"), place),
        }
    }

    fn evaluate_items(
        &mut self,
        frame: &Frame<'a>,
        elements: &'a [Expr],
        place: Place,
        build: fn(Vec<Located<'a>>) -> Value<'a>,
    ) -> Value<'a> {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            if let Expr::Starred(starred) = element {
                let spread = self.evaluate(frame, &starred.value);
                match self.iterate(&spread, place) {
                    Some(spread) => items.extend(spread),
                    // The rest is still known; what is spread stands as one unknown item.
                    None => items.push(Located {
                        value: Value::opaque("`*` spreads something unknown", place),
                        place: frame.place(starred.range()),
                    }),
                }
            } else {
                items.push(self.evaluate_located(frame, element));
            }
        }
        build(items)
    }

    fn evaluate_call(&mut self, frame: &Frame<'a>, call: &'a ExprCall, place: Place) -> Value<'a> {
        let callee = self.evaluate(frame, &call.func);
        let mut arguments = Arguments::default();
        for argument in &call.arguments.args {
            if let Expr::Starred(starred) = argument {
                let spread = self.evaluate(frame, &starred.value);
                match self.iterate(&spread, place) {
                    Some(items) => arguments.positional.extend(items),
                    None => arguments.hidden = Some(frame.place(starred.range())),
                }
            } else {
                let value = self.evaluate_located(frame, argument);
                arguments.positional.push(value);
            }
        }
        for keyword in &call.arguments.keywords {
            let value = self.evaluate_located(frame, &keyword.value);
            // The whole `name=value`, since that is what a finding points at.
            let place = frame.place(keyword.range());
            match &keyword.arg {
                Some(name) => {
                    arguments.keywords.push((name.as_str().into(), Located { value: value.value, place }));
                }
                None => match value.value.text_entries() {
                    Some(entries) => arguments.keywords.extend(entries),
                    None => arguments.hidden = Some(place),
                },
            }
        }
        self.call(frame, callee, arguments, place)
    }

    fn evaluate_f_string(
        &mut self,
        frame: &Frame<'a>,
        string: &'a ruff_python_ast::ExprFString,
        place: Place,
    ) -> Value<'a> {
        let mut text = String::new();
        for part in string.value.iter() {
            let elements = match part {
                FStringPart::Literal(literal) => {
                    text.push_str(&literal.value);
                    continue;
                }
                FStringPart::FString(string) => &string.elements,
            };
            for element in elements.iter() {
                match element {
                    InterpolatedStringElement::Literal(literal) => text.push_str(&literal.value),
                    InterpolatedStringElement::Interpolation(interpolation) => {
                        let value = self.evaluate(frame, &interpolation.expression);
                        match self.formatted(&value, interpolation) {
                            Some(printed) => text.push_str(&printed),
                            None => return Value::opaque("part of the string cannot be known", place),
                        }
                    }
                }
                if text.len() > SIZE {
                    return Value::opaque("the string grows too long", place);
                }
            }
        }
        Value::text(&text)
    }

    /// Runs a comprehension: the values of `wanted` for every round.
    fn comprehend(
        &mut self,
        frame: &Frame<'a>,
        generators: &'a [Comprehension],
        wanted: &[&'a Expr],
        place: Place,
    ) -> Result<Vec<Vec<Located<'a>>>, Value<'a>> {
        let scope = Scope::new(ScopeKind::Function, Some(Rc::clone(&frame.scope)));
        // A class body's names are not seen inside a comprehension, but its first iterable is evaluated
        // in the body itself; seeing them everywhere does no harm.
        if frame.scope.kind == ScopeKind::Class {
            scope
                .names
                .borrow_mut()
                .extend(frame.scope.names.borrow().iter().map(|(name, value)| (Rc::clone(name), value.clone())));
        }
        let inner = Frame { module: frame.module, scope, members: None };
        let mut rounds = Vec::new();
        self.comprehend_level(&inner, generators, wanted, place, &mut rounds)?;
        Ok(rounds)
    }

    fn comprehend_level(
        &mut self,
        frame: &Frame<'a>,
        generators: &'a [Comprehension],
        wanted: &[&'a Expr],
        place: Place,
        rounds: &mut Vec<Vec<Located<'a>>>,
    ) -> Result<(), Value<'a>> {
        let Some((generator, rest)) = generators.split_first() else {
            if rounds.len() >= SIZE {
                return Err(Value::opaque("the comprehension makes too many elements", place));
            }
            let round = wanted.iter().map(|expression| self.evaluate_located(frame, expression)).collect();
            rounds.push(round);
            return Ok(());
        };
        let iterated = self.evaluate(frame, &generator.iter);
        let Some(items) = self.iterate(&iterated, place) else {
            return Err(match iterated {
                Value::Opaque(unknown) => Value::Opaque(unknown),
                _ => {
                    Value::opaque("the comprehension runs over something unknown", frame.place(generator.iter.range()))
                }
            });
        };
        'items: for item in items {
            self.assign(frame, &generator.target, item, place);
            for condition in &generator.ifs {
                match self.evaluate(frame, condition).truth() {
                    Some(true) => {}
                    Some(false) => continue 'items,
                    None => {
                        return Err(Value::opaque(
                            "it depends on a condition that cannot be known",
                            frame.place(condition.range()),
                        ));
                    }
                }
            }
            self.comprehend_level(frame, rest, wanted, place, rounds)?;
        }
        Ok(())
    }

    /// The elements that a loop over a value sees, where they can be known.
    pub(super) fn iterate(&mut self, value: &Value<'a>, place: Place) -> Option<Vec<Located<'a>>> {
        match value {
            Value::Dict(entries) => {
                Some(entries.borrow().iter().map(|(key, at)| Located { value: key.clone(), place: at.place }).collect())
            }
            Value::Text(text) if text.len() <= SIZE => {
                Some(text.chars().map(|letter| Located { value: Value::text(&letter.to_string()), place }).collect())
            }
            Value::Class(class) => {
                let members = self.enum_members(class)?;
                Some(members.into_iter().map(|member| Located { value: Value::EnumMember(member), place }).collect())
            }
            Value::TableColumns(table) => {
                let columns = self.registry.columns_of(*table);
                Some(columns.into_iter().map(|id| Located { value: Value::Column(id), place }).collect())
            }
            other => other.elements().or_else(|| self.rows_of_query(other)),
        }
    }

    pub(super) fn attribute_symbol(&mut self, of: Value<'a>, name: &str, place: Place) -> Value<'a> {
        self.symbol(Form::Attribute { of, name: name.into() }, place)
    }
}
