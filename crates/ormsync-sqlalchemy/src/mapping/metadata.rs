//! `MetaData`, `registry` and the bases that carry them.

use std::rc::Rc;

use crate::mapping::sqlalchemy_call;
use crate::python::{
    Arguments, Class, Evaluator, Form, Located, Place, SUPER_ARGUMENTS, Symbol, Value, is_flask_extension, last_segment,
};

/// The `MetaData` a table belongs to.
#[derive(Debug, Clone)]
pub(crate) enum Metadata<'a> {
    /// One that was made by a call that was seen, or by SQLAlchemy itself.
    Known(Rc<Symbol<'a>>),
    /// One outside the project, by its dotted name (`sqlmodel.SQLModel.metadata`).
    External(Rc<str>),
    /// One that could not be found: its naming convention and schema are not known.
    Unknown,
}

impl<'a> Metadata<'a> {
    /// What a value that stands where a `MetaData` belongs is.
    pub(crate) fn of(value: &Value<'a>) -> Self {
        match value {
            Value::Symbol(symbol) if sqlalchemy_call(value).is_some_and(|(name, ..)| name == "MetaData") => {
                Self::Known(Rc::clone(symbol))
            }
            Value::External(path) => Self::External(Rc::clone(path)),
            _ => Self::Unknown,
        }
    }

    /// Whether it is known which one it is.
    pub(crate) fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }

    /// Whether two tables are in the same `MetaData`; where that is not known, they are taken to be.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Known(left), Self::Known(right)) => left.id == right.id,
            (Self::External(left), Self::External(right)) => left == right,
            (Self::Unknown, _) | (_, Self::Unknown) => true,
            _ => false,
        }
    }
}

impl<'a> Evaluator<'a> {
    /// An argument or later assigned attribute of a `MetaData`. The outer option is none where the
    /// metadata itself is not known.
    pub(crate) fn metadata_setting(
        &self,
        metadata: &Metadata<'a>,
        position: usize,
        name: &str,
    ) -> Option<Option<Located<'a>>> {
        match metadata {
            Metadata::Unknown => None,
            Metadata::External(path) => Some(self.external_attribute(&format!("{path}.{name}"))),
            Metadata::Known(symbol) => {
                if let Some(assigned) = symbol.attributes.borrow().get(name) {
                    return Some(Some(assigned.clone()));
                }
                let Form::Call { arguments, .. } = &symbol.form else { return None };
                if arguments.hidden.is_some() {
                    return None;
                }
                let given = match position {
                    usize::MAX => arguments.keyword(name),
                    position => arguments.get(position, name),
                };
                Some(given.cloned())
            }
        }
    }

    /// `metadata` or `registry` of a declarative class that does not define it in its own body.
    pub(crate) fn declarative_attribute(
        &mut self,
        class: &Rc<Class<'a>>,
        name: &str,
        place: Place,
    ) -> Option<Value<'a>> {
        if name == "metadata" {
            return match self.metadata_of_class(class, place) {
                Metadata::Known(symbol) => Some(Value::Symbol(symbol)),
                Metadata::External(path) => Some(Value::External(path)),
                Metadata::Unknown => None,
            };
        }
        None
    }

    /// The `MetaData` that tables of a declarative class go to.
    pub(crate) fn metadata_of_class(&mut self, class: &Rc<Class<'a>>, place: Place) -> Metadata<'a> {
        if let Some(of_bind) = self.metadata_of_bind(class, place) {
            return of_bind;
        }
        // As Python looks an attribute up: the nearest of the class and its ancestors that has one.
        let mut registry = None;
        for ancestor in std::iter::once(Value::Class(Rc::clone(class))).chain(class.ancestors.iter().cloned()) {
            match &ancestor {
                Value::Class(ancestor) => {
                    // Without one SQLAlchemy asks the registry, which `metadata = None` does not change.
                    if let Some(found) = ancestor.own("metadata")
                        && !matches!(found.value, Value::None)
                    {
                        return Metadata::of(&found.value);
                    }
                    registry = registry.or_else(|| ancestor.own("registry"));
                }
                Value::Symbol(symbol) => {
                    if let Some(source) = metadata_source(symbol) {
                        return Metadata::of(&self.metadata_of_symbol(&source, place));
                    }
                }
                Value::External(path) if last_segment(path) == "SQLModel" => {
                    return Metadata::External("sqlmodel.SQLModel.metadata".into());
                }
                _ => {}
            }
        }
        for decorator in class.lineage().iter().flat_map(|class| class.decorators.clone()) {
            if let Some(registry) = registry_of_decorator(&decorator.value) {
                return Metadata::of(&self.metadata_of_symbol(&registry, place));
            }
        }
        if let Some(found) = registry {
            return match &found.value {
                Value::Symbol(symbol) => Metadata::of(&self.metadata_of_symbol(symbol, place)),
                _ => Metadata::Unknown,
            };
        }
        // `DeclarativeBase` makes one for the class that derives from it directly.
        let root = class.lineage().into_iter().find(|ancestor| {
            ancestor.bases.iter().any(|base| {
                matches!(&base.value, Value::External(path) if last_segment(path).starts_with("DeclarativeBase"))
            }) || ancestor.decorators.iter().any(|decorator| is_as_declarative(&decorator.value))
        });
        let Some(root) = root else { return Metadata::Unknown };
        let made = self.call_symbol(Value::external("sqlalchemy.MetaData"), Arguments::default(), place);
        let member =
            crate::python::Member { annotation: None, value: Some(Located { value: made.clone(), place }), place };
        root.members.borrow_mut().insert("metadata".into(), member);
        Metadata::of(&made)
    }

    /// The `MetaData` of a `declarative_base(…)`, `registry(…)` or Flask's `SQLAlchemy(…)` object.
    pub(crate) fn metadata_of_symbol(&mut self, symbol: &Rc<Symbol<'a>>, place: Place) -> Value<'a> {
        if let Some(known) = symbol.attributes.borrow().get("metadata") {
            return known.value.clone();
        }
        let Form::Call { arguments, .. } = &symbol.form else {
            return Value::opaque("its metadata is not known", place);
        };
        if arguments.hidden.is_some() {
            return Value::opaque("its arguments are not known", place);
        }
        // A class of the project that derives from Flask-SQLAlchemy's may hand on its own.
        let handed_on =
            symbol.attributes.borrow().get(SUPER_ARGUMENTS).and_then(|given| match &given.value.as_symbol()?.form {
                Form::Call { arguments, .. } => arguments.keyword("metadata").cloned(),
                _ => None,
            });
        let mut given = handed_on.or_else(|| arguments.keyword("metadata").cloned());
        if given.is_none() && is_flask_extension(symbol) {
            // `SQLAlchemy(model_class=Base)` takes the metadata of that base.
            if let Some(Located { value: Value::Class(base), .. }) = arguments.keyword("model_class") {
                let base = Rc::clone(base);
                match self.metadata_of_class(&base, place) {
                    Metadata::Known(symbol) => return Value::Symbol(symbol),
                    // A class that maps nothing yet has none to take: the extension makes one.
                    Metadata::Unknown if base.ancestors.iter().all(is_no_declarative_base) => {}
                    _ => return Value::opaque("its metadata is not known", place),
                }
            }
        }
        if let Some(registry) = arguments.keyword("registry")
            && let Value::Symbol(registry) = &registry.value
        {
            let value = self.metadata_of_symbol(registry, place);
            given = Some(Located { value, place });
        }
        let value = match given {
            Some(given) if !matches!(given.value, Value::None) => given.value,
            _ => self.call_symbol(Value::external("sqlalchemy.MetaData"), Arguments::default(), place),
        };
        symbol.attributes.borrow_mut().insert("metadata".into(), Located { value: value.clone(), place });
        value
    }

    /// The `type_annotation_map` entries that hold for a class.
    pub(crate) fn type_annotation_map(&self, class: &Rc<Class<'a>>) -> Vec<(Value<'a>, Located<'a>)> {
        let entries = |value: &Value<'a>| match value {
            Value::Dict(entries) => entries.borrow().clone(),
            _ => Vec::new(),
        };
        if let Some((_, found)) = class.find("type_annotation_map") {
            return entries(&found.value);
        }
        let argument = |symbol: &Rc<Symbol<'a>>| match &symbol.form {
            Form::Call { arguments, .. } => arguments.keyword("type_annotation_map").map(|map| entries(&map.value)),
            _ => None,
        };
        if let Some((_, Located { value: Value::Symbol(registry), .. })) = class.find("registry")
            && let Some(found) = argument(&registry)
        {
            return found;
        }
        class
            .ancestors
            .iter()
            .filter_map(|ancestor| metadata_source(ancestor.as_symbol()?))
            .chain(
                class
                    .lineage()
                    .iter()
                    .flat_map(|class| class.decorators.clone())
                    .filter_map(|decorator| registry_of_decorator(&decorator.value)),
            )
            .find_map(|symbol| argument(&symbol))
            .unwrap_or_default()
    }
}

/// The call that a base symbol has its metadata from: `declarative_base(…)` itself, the registry of
/// `registry().generate_base()`, the `SQLAlchemy(…)` of `db.Model`.
pub(crate) fn metadata_source<'a>(symbol: &Rc<Symbol<'a>>) -> Option<Rc<Symbol<'a>>> {
    match &symbol.form {
        _ if is_flask_extension(symbol) => Some(Rc::clone(symbol)),
        Form::Call { callee: Value::External(path), .. } => {
            matches!(last_segment(path), "declarative_base" | "automap_base" | "registry").then(|| Rc::clone(symbol))
        }
        Form::Call { callee: Value::Symbol(callee), .. } => match &callee.form {
            Form::Attribute { of: Value::Symbol(of), name } if name.as_ref() == "generate_base" => Some(Rc::clone(of)),
            _ => None,
        },
        Form::Attribute { of: Value::Symbol(of), name } if name.as_ref() == "Model" => metadata_source(of),
        _ => None,
    }
}

/// The registry of `@registry.mapped`, `@registry.mapped_as_dataclass(…)`, `@registry.as_declarative_base()`.
pub(crate) fn registry_of_decorator<'a>(decorator: &Value<'a>) -> Option<Rc<Symbol<'a>>> {
    let symbol = decorator.as_symbol()?;
    match &symbol.form {
        Form::Attribute { of: Value::Symbol(of), name }
            if matches!(name.as_ref(), "mapped" | "mapped_as_dataclass" | "as_declarative_base") =>
        {
            Some(Rc::clone(of))
        }
        Form::Call { callee, arguments } => match callee {
            Value::External(path) if last_segment(path) == "mapped_as_dataclass" => {
                arguments.positional.first()?.value.as_symbol().cloned()
            }
            Value::Symbol(_) => registry_of_decorator(callee),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a decorator makes a class a declarative base.
pub(crate) fn is_as_declarative(decorator: &Value<'_>) -> bool {
    let Some(symbol) = decorator.as_symbol() else { return false };
    match &symbol.form {
        Form::Call { callee: Value::External(path), .. } => last_segment(path) == "as_declarative",
        Form::Call { callee: Value::Symbol(callee), .. } => {
            matches!(&callee.form, Form::Attribute { name, .. } if name.as_ref() == "as_declarative_base")
        }
        _ => false,
    }
}

/// Whether this ancestor of a class is known to bring no metadata: a class of the project, whose members were looked at,
/// or Flask-SQLAlchemy's `Model` as it is before an extension builds on it.
fn is_no_declarative_base(ancestor: &Value<'_>) -> bool {
    match ancestor {
        Value::Class(_) => true,
        Value::External(path) => path.starts_with("flask_sqlalchemy.") && last_segment(path) == "Model",
        _ => false,
    }
}
