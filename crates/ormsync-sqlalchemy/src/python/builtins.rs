//! The functions and methods of Python itself that decide names, labels and lists in real models.

use std::rc::Rc;

use crate::python::evaluator::{Evaluator, Frame, SIZE};
use crate::python::value::{Arguments, Dict, Located, Place, Value};

/// Names that every module sees without importing them.
const BUILTINS: &[&str] = &[
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "Ellipsis",
    "Exception",
    "ImportError",
    "IndexError",
    "KeyError",
    "LookupError",
    "ModuleNotFoundError",
    "NotImplemented",
    "NotImplementedError",
    "RuntimeError",
    "StopIteration",
    "TypeError",
    "ValueError",
    "__build_class__",
    "__import__",
    "abs",
    "all",
    "any",
    "bool",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "complex",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

pub(super) fn is_builtin(name: &str) -> bool {
    BUILTINS.contains(&name)
}

impl<'a> Evaluator<'a> {
    /// Calls a builtin function; none where its answer cannot be known, so that the call stays a symbol.
    pub(super) fn call_builtin(
        &mut self,
        frame: &Frame<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first().map(|argument| argument.value.clone());
        match name {
            "len" => {
                let first = first?;
                let length = match &first {
                    Value::Text(text) => text.chars().count(),
                    other => self.iterate(other, place)?.len(),
                };
                Some(Value::Int(i64::try_from(length).ok()?))
            }
            "str" => Some(Value::text(&self.printed(&first.unwrap_or(Value::text("")))?)),
            "int" => match first? {
                Value::Text(text) => Some(Value::Int(text.trim().parse().ok()?)),
                other => Some(Value::Int(other.as_integer()?)),
            },
            "bool" => Some(Value::Bool(first?.truth()?)),
            "list" | "set" | "frozenset" | "tuple" | "reversed" | "sorted" | "iter" => {
                let mut items = match first {
                    None => Vec::new(),
                    Some(first) => self.iterate(&first, place)?,
                };
                if name == "reversed" {
                    items.reverse();
                }
                if name == "sorted" {
                    if !arguments.keywords.is_empty() {
                        return None;
                    }
                    sort(&mut items)?;
                }
                Some(if name == "tuple" { Value::tuple(items) } else { Value::list(items) })
            }
            "dict" => self.make_dict(first, arguments),
            "type" if arguments.positional.len() == 3 => self.make_class(frame, arguments, place),
            "super" if arguments.positional.is_empty() => {
                let arguments = self.parent_of_method(frame, place)?;
                Some(self.call_symbol(Value::external("builtins.super"), arguments, place))
            }
            "range" | "enumerate" | "zip" | "map" | "max" | "min" | "sum" | "any" | "all" => {
                self.call_loop_builtin(frame, name, arguments, place)
            }
            _ => self.call_object_builtin(name, arguments, place),
        }
    }

    /// Builtins that run over something.
    fn call_loop_builtin(
        &mut self,
        frame: &Frame<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first().map(|argument| argument.value.clone());
        let second = arguments.positional.get(1).map(|argument| argument.value.clone());
        match name {
            "range" => {
                let numbers: Option<Vec<i64>> =
                    arguments.positional.iter().map(|argument| argument.value.as_integer()).collect();
                let (start, end, step) = match numbers?.as_slice() {
                    [end] => (0, *end, 1),
                    [start, end] => (*start, *end, 1),
                    [start, end, step] if *step > 0 => (*start, *end, *step),
                    _ => return None,
                };
                let count = usize::try_from(end.saturating_sub(start)).unwrap_or(0);
                if count > SIZE {
                    return None;
                }
                let step = usize::try_from(step).ok()?;
                Some(Value::list(
                    (start..end).step_by(step).map(|number| Located { value: Value::Int(number), place }).collect(),
                ))
            }
            "enumerate" => {
                let items = self.iterate(&first?, place)?;
                let start = arguments.get(1, "start").map_or(Some(0), |start| start.value.as_integer())?;
                Some(Value::list(
                    (start..)
                        .zip(items)
                        .map(|(index, item)| {
                            let index = Located { value: Value::Int(index), place };
                            Located { value: Value::tuple(vec![index, item]), place }
                        })
                        .collect(),
                ))
            }
            "zip" => {
                let mut columns = Vec::new();
                for argument in &arguments.positional {
                    columns.push(self.iterate(&argument.value, place)?.into_iter());
                }
                let mut rows = Vec::new();
                if columns.is_empty() {
                    return Some(Value::list(rows));
                }
                loop {
                    let row: Option<Vec<_>> = columns.iter_mut().map(Iterator::next).collect();
                    match row {
                        Some(row) => rows.push(Located { value: Value::tuple(row), place }),
                        None => return Some(Value::list(rows)),
                    }
                }
            }
            "map" => {
                let function = first?;
                let items = self.iterate(&second?, place)?;
                let mut results = Vec::new();
                for item in items {
                    let at = item.place;
                    let arguments = Arguments { positional: vec![item], ..Arguments::default() };
                    let value = self.call(frame, function.clone(), arguments, at);
                    results.push(Located { value, place: at });
                }
                Some(Value::list(results))
            }
            "max" | "min" => {
                let items = match arguments.positional.len() {
                    1 => self.iterate(&first?, place)?,
                    _ => arguments.positional.clone(),
                };
                let numbers: Option<Vec<i64>> = items.iter().map(|item| item.value.as_integer()).collect();
                let numbers = numbers?;
                if !arguments.keywords.is_empty() {
                    return None;
                }
                Some(Value::Int(if name == "max" { numbers.into_iter().max()? } else { numbers.into_iter().min()? }))
            }
            "sum" => {
                let items = self.iterate(&first?, place)?;
                items.iter().try_fold(0_i64, |sum, item| sum.checked_add(item.value.as_integer()?)).map(Value::Int)
            }
            "any" | "all" => {
                let items = self.iterate(&first?, place)?;
                let truths: Option<Vec<bool>> = items.iter().map(|item| item.value.truth()).collect();
                let truths = truths?;
                Some(Value::Bool(if name == "any" { truths.contains(&true) } else { !truths.contains(&false) }))
            }
            _ => None,
        }
    }

    /// Builtins that look at or change an object's attributes and class.
    fn call_object_builtin(&mut self, name: &str, arguments: &Arguments<'a>, place: Place) -> Option<Value<'a>> {
        let first = arguments.positional.first().map(|argument| argument.value.clone());
        let second = arguments.positional.get(1).map(|argument| argument.value.clone());
        match name {
            "getattr" => {
                let name = second?.as_text()?;
                let first = first?;
                match arguments.positional.get(2) {
                    Some(fallback) => match self.has_attribute(&first, &name)? {
                        true => Some(self.attribute(first, &name, place)),
                        false => Some(fallback.value.clone()),
                    },
                    None => Some(self.attribute(first, &name, place)),
                }
            }
            "hasattr" => {
                let name = second?.as_text()?;
                Some(Value::Bool(self.has_attribute(&first?, &name)?))
            }
            "setattr" => {
                let name = second?.as_text()?;
                let value = arguments.positional.get(2)?.clone();
                self.set_attribute(&first?, &name, value);
                Some(Value::None)
            }
            "issubclass" => match (first?, second?) {
                (Value::Class(class), Value::Class(other)) => Some(Value::Bool(class.is_or_descends_from(&other))),
                (Value::Class(class), Value::External(path)) => {
                    Some(Value::Bool(class.descends_from(|name| name == path.as_ref())))
                }
                _ => None,
            },
            "isinstance" => match (first?, second?) {
                (Value::Text(_), Value::External(path)) => Some(Value::Bool(path.as_ref() == "builtins.str")),
                (Value::Int(_), Value::External(path)) => Some(Value::Bool(path.as_ref() == "builtins.int")),
                (Value::EnumMember(member), Value::Class(class)) => Some(Value::Bool(member.class_id == class.id)),
                _ => None,
            },
            _ => None,
        }
    }

    fn make_dict(&mut self, first: Option<Value<'a>>, arguments: &Arguments<'a>) -> Option<Value<'a>> {
        let mut entries: Dict<'a> = match first {
            None => Vec::new(),
            Some(Value::Dict(entries)) => entries.borrow().clone(),
            Some(other) => {
                let mut entries = Vec::new();
                for pair in other.elements()? {
                    match pair.value.elements()?.as_slice() {
                        [key, value] => entries.push((key.value.clone(), value.clone())),
                        _ => return None,
                    }
                }
                entries
            }
        };
        if arguments.hidden.is_some() {
            return None;
        }
        for (name, value) in &arguments.keywords {
            let key = Value::Text(Rc::clone(name));
            entries.retain(|(known, _)| known.equals(&key) != Some(true));
            entries.push((key, value.clone()));
        }
        Some(Value::dict(entries))
    }

    /// Calls a method of a string, list or dictionary; none where its answer cannot be known.
    pub(super) fn call_method(
        &mut self,
        object: &Value<'a>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        match object {
            Value::Text(text) => self.call_text_method(text, name, arguments, place),
            Value::EnumMember(member) if member.is_text => {
                self.call_text_method(&member.value.as_text()?, name, arguments, place)
            }
            Value::List(items) => match name {
                "append" | "add" => {
                    let item = first?.clone();
                    if items.borrow().len() < SIZE {
                        items.borrow_mut().push(item);
                    } else {
                        self.note_too_large();
                    }
                    Some(Value::None)
                }
                "extend" | "update" => {
                    let more = self.iterate(&first?.value, place).unwrap_or_else(|| {
                        vec![Located { value: Value::opaque("it comes from something unknown", place), place }]
                    });
                    self.count_elements(more.len());
                    if items.borrow().len() + more.len() <= SIZE {
                        items.borrow_mut().extend(more);
                    } else {
                        self.note_too_large();
                    }
                    Some(Value::None)
                }
                "copy" => Some(Value::list(items.borrow().clone())),
                _ => None,
            },
            Value::Dict(entries) => self.call_dict_method(entries, name, arguments, place),
            _ => None,
        }
    }

    fn call_dict_method(
        &mut self,
        entries: &Rc<std::cell::RefCell<Dict<'a>>>,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let first = arguments.positional.first();
        match name {
            "get" | "pop" | "setdefault" => {
                let wanted = &first?.value;
                let mut is_certain = true;
                let found = entries.borrow().iter().position(|(key, _)| match key.equals(wanted) {
                    Some(same) => same,
                    None => {
                        is_certain = false;
                        false
                    }
                });
                match found {
                    Some(at) if name == "pop" => Some(entries.borrow_mut().remove(at).1.value),
                    Some(at) => Some(entries.borrow()[at].1.value.clone()),
                    None if is_certain => {
                        if name == "setdefault" {
                            let value = arguments.positional.get(1).cloned();
                            let value = value.unwrap_or(Located { value: Value::None, place });
                            entries.borrow_mut().push((wanted.clone(), value));
                        }
                        Some(arguments.positional.get(1).map_or(Value::None, |fallback| fallback.value.clone()))
                    }
                    None => None,
                }
            }
            "keys" => Some(Value::list(
                entries.borrow().iter().map(|(key, at)| Located { value: key.clone(), place: at.place }).collect(),
            )),
            "values" => Some(Value::list(entries.borrow().iter().map(|(_, value)| value.clone()).collect())),
            "items" => Some(Value::list(
                entries
                    .borrow()
                    .iter()
                    .map(|(key, value)| {
                        let key = Located { value: key.clone(), place: value.place };
                        Located { value: Value::tuple(vec![key, value.clone()]), place: value.place }
                    })
                    .collect(),
            )),
            "copy" => Some(Value::dict(entries.borrow().clone())),
            "update" => {
                let added = self.make_dict(first.map(|first| first.value.clone()), arguments)?;
                if let Value::Dict(added) = added {
                    let added = added.borrow().clone();
                    let mut entries = entries.borrow_mut();
                    for (key, value) in added {
                        entries.retain(|(known, _)| known.equals(&key) != Some(true));
                        entries.push((key, value));
                    }
                }
                let _ = place;
                Some(Value::None)
            }
            _ => None,
        }
    }

    fn call_text_method(
        &mut self,
        text: &str,
        name: &str,
        arguments: &Arguments<'a>,
        place: Place,
    ) -> Option<Value<'a>> {
        let argument = |position: usize| arguments.positional.get(position).and_then(|item| item.value.as_text());
        let result = match name {
            "lower" | "casefold" => text.to_lowercase(),
            "upper" => text.to_uppercase(),
            "capitalize" => {
                let mut letters = text.chars();
                letters.next().map_or_else(String::new, |first| {
                    first.to_uppercase().chain(letters.as_str().to_lowercase().chars()).collect()
                })
            }
            "title" => title_case(text),
            "strip" | "lstrip" | "rstrip" => {
                let letters: Option<Vec<char>> = match arguments.positional.first() {
                    None => None,
                    Some(_) => Some(argument(0)?.chars().collect()),
                };
                let is_cut = |letter: char| match &letters {
                    Some(letters) => letters.contains(&letter),
                    None => letter.is_whitespace(),
                };
                match name {
                    "strip" => text.trim_matches(is_cut).to_owned(),
                    "lstrip" => text.trim_start_matches(is_cut).to_owned(),
                    _ => text.trim_end_matches(is_cut).to_owned(),
                }
            }
            "replace" => {
                let (from, to) = (argument(0)?, argument(1)?);
                if arguments.positional.len() > 2 || text.len().saturating_mul(to.len().max(1)) > SIZE {
                    return None;
                }
                text.replace(from.as_ref(), to.as_ref())
            }
            "removeprefix" => text.strip_prefix(argument(0)?.as_ref()).unwrap_or(text).to_owned(),
            "removesuffix" => text.strip_suffix(argument(0)?.as_ref()).unwrap_or(text).to_owned(),
            "startswith" | "endswith" => {
                let wanted = &arguments.positional.first()?.value;
                let wanted = match wanted.as_text() {
                    Some(text) => vec![text],
                    None => wanted.elements()?.iter().map(|item| item.value.as_text()).collect::<Option<Vec<_>>>()?,
                };
                let fits = |part: &Rc<str>| match name {
                    "startswith" => text.starts_with(part.as_ref()),
                    _ => text.ends_with(part.as_ref()),
                };
                return Some(Value::Bool(wanted.iter().any(fits)));
            }
            "isupper" => {
                let has_letters = text.chars().any(char::is_alphabetic);
                return Some(Value::Bool(has_letters && !text.chars().any(char::is_lowercase)));
            }
            "islower" => {
                let has_letters = text.chars().any(char::is_alphabetic);
                return Some(Value::Bool(has_letters && !text.chars().any(char::is_uppercase)));
            }
            "split" | "rsplit" => {
                if arguments.positional.len() > 1 || !arguments.keywords.is_empty() {
                    return None;
                }
                let parts: Vec<&str> = match argument(0) {
                    Some(separator) if !separator.is_empty() => text.split(separator.as_ref()).collect(),
                    Some(_) => return None,
                    None => text.split_whitespace().collect(),
                };
                return Some(Value::list(
                    parts.into_iter().map(|part| Located { value: Value::text(part), place }).collect(),
                ));
            }
            "join" => {
                let items = self.iterate(&arguments.positional.first()?.value.clone(), place)?;
                let parts: Option<Vec<Rc<str>>> = items.iter().map(|item| item.value.as_text()).collect();
                parts?.join(text)
            }
            "format" => self.brace_format(text, arguments)?,
            "encode" => return Some(Value::Bytes(text.as_bytes().into())),
            _ => return None,
        };
        (result.len() <= SIZE).then(|| Value::text(&result))
    }

    /// `"{}_{name}".format(…)`, with plain fields only.
    fn brace_format(&self, format: &str, arguments: &Arguments<'a>) -> Option<String> {
        let mut text = String::new();
        let mut rest = format;
        let mut next = 0;
        while let Some(at) = rest.find(['{', '}']) {
            text.push_str(&rest[..at]);
            let tail = &rest[at..];
            if let Some(tail) = tail.strip_prefix("{{").or_else(|| tail.strip_prefix("}}")) {
                text.push(rest.as_bytes()[at] as char);
                rest = tail;
                continue;
            }
            let (field, behind) = tail.strip_prefix('{')?.split_once('}')?;
            let value = if field.is_empty() {
                next += 1;
                arguments.positional.get(next - 1)?
            } else if let Ok(position) = field.parse::<usize>() {
                arguments.positional.get(position)?
            } else {
                arguments.keyword(field)?
            };
            text.push_str(&self.printed(&value.value)?);
            rest = behind;
        }
        text.push_str(rest);
        Some(text)
    }
}

fn title_case(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    let mut is_inside_word = false;
    for letter in text.chars() {
        if is_inside_word {
            result.extend(letter.to_lowercase());
        } else {
            result.extend(letter.to_uppercase());
        }
        is_inside_word = letter.is_alphabetic();
    }
    result
}

fn sort(items: &mut [Located<'_>]) -> Option<()> {
    if items.iter().all(|item| item.value.as_text().is_some()) {
        items.sort_by_key(|item| item.value.as_text());
        return Some(());
    }
    if items.iter().all(|item| item.value.as_integer().is_some()) {
        items.sort_by_key(|item| item.value.as_integer());
        return Some(());
    }
    None
}
