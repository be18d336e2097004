//! Declarative classes: which are mapped, to which table, with which columns.
//!
//! Follows `sqlalchemy/orm/decl_base.py`: the class and its ancestors are walked nearest first; columns
//! of mixins and abstract bases are copied unless a nearer class has the name; columns of a mapped
//! ancestor stay in its table.

use std::collections::HashSet;
use std::rc::Rc;

use ormsync_schema::Fact;
use ruff_python_ast::Expr;

use crate::mapping::annotation::{Annotation, AnnotationKind};
use crate::mapping::bases::{is_concrete_base, is_declarative_base, is_empty_base};
use crate::mapping::column::is_not_a_column;
use crate::mapping::metadata::{is_as_declarative, metadata_source, registry_of_decorator};
use crate::mapping::sqlmodel::Field;
use crate::mapping::table::hide_everything;
use crate::mapping::{ColumnDraft, ColumnId, HiddenPart, RelationshipDraft, TableDraft, TableId, sqlalchemy_call};
use crate::python::{
    Class, Code, Evaluator, Form, Function, Located, Member, Place, UNNAMED, Value, is_declared_attribute, last_segment,
};

/// Whether a column is made by `Column(…)` rather than `mapped_column(…)`.
fn is_core_column(call: &crate::python::Symbol<'_>) -> bool {
    call.external_call().is_some_and(|(path, _)| last_segment(path) == "Column")
}

/// What makes a class declarative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Plain,
    /// Flask-SQLAlchemy: table names are made of class names.
    Flask,
    /// SQLModel: only classes with `table=True` are mapped.
    SqlModel,
    /// A base from outside the project, of which only the table name tells what it is.
    Assumed(Place),
}

/// What a scan of a class and its ancestors found.
pub(super) struct Scan<'a> {
    columns: Vec<ColumnDraft<'a>>,
    relationships: Vec<RelationshipDraft<'a>>,
    hidden: Vec<HiddenPart>,
}

impl<'a> Evaluator<'a> {
    /// Looks at a class that was just defined, and maps it if it is to be.
    pub(crate) fn class_defined(&mut self, class: &Rc<Class<'a>>) {
        let Some(style) = self.declarative_style(class) else { return };
        let is_abstract = class.own("__abstract__").is_some_and(|value| value.value.truth() == Some(true));
        let is_base = class.bases.iter().any(|base| is_declarative_base(&base.value))
            || class.decorators.iter().any(|decorator| is_as_declarative(&decorator.value));
        if is_abstract || is_base {
            return;
        }
        if style == Style::SqlModel
            && !class.keywords.iter().any(|(name, value)| name.as_ref() == "table" && value.value.truth() == Some(true))
        {
            return;
        }
        self.map_class(class, style);
    }

    fn declarative_style(&mut self, class: &Rc<Class<'a>>) -> Option<Style> {
        if class
            .lineage()
            .iter()
            .flat_map(|class| class.decorators.clone())
            .any(|decorator| registry_of_decorator(&decorator.value).is_some() || is_as_declarative(&decorator.value))
        {
            return Some(Style::Plain);
        }
        let mut unknown = None;
        for ancestor in &class.ancestors {
            match ancestor {
                Value::External(path) => match last_segment(path) {
                    "DeclarativeBase" | "DeclarativeBaseNoMeta" if path.starts_with("sqlalchemy") => {
                        return Some(Style::Plain);
                    }
                    "SQLModel" => return Some(Style::SqlModel),
                    _ if !is_empty_base(path) => unknown = Some(class.place),
                    _ => {}
                },
                Value::Symbol(symbol) => match (metadata_source(symbol), &symbol.form) {
                    (Some(_), Form::Attribute { .. }) => return Some(Style::Flask),
                    (Some(_), _) => return Some(Style::Plain),
                    (None, _) => unknown = Some(class.place),
                },
                Value::Opaque(_) => unknown = Some(class.place),
                _ => {}
            }
        }
        let names_table = class.find("__tablename__").is_some() || class.own("__table__").is_some();
        unknown.filter(|_| names_table).map(Style::Assumed)
    }

    fn map_class(&mut self, class: &Rc<Class<'a>>, style: Style) {
        let parent = class.lineage().iter().skip(1).find_map(|ancestor| ancestor.table.get());
        let scan = self.scan_columns(class, style);
        if let Some(table) = class.own("__table__") {
            return self.map_given_table(class, &table);
        }
        let metadata = self.metadata_of_class(class, class.place);
        let name = match self.table_name(class, style, &scan, parent) {
            TableName::Known(name) => name,
            TableName::Unknown(place, reason) => {
                return self.hide_table(
                    None,
                    place,
                    &format!("the table name of the class `{}` could not be worked out: {reason}", class.name),
                );
            }
            TableName::None => {
                return match parent {
                    Some(parent) => self.inherit_table(class, parent, scan),
                    // SQLAlchemy refuses such a class too, if it is ever mapped.
                    None if scan.columns.is_empty() || is_concrete_base(class) => {}
                    None => self.report_opaque(
                        format!("the class `{}` has columns but no table name", class.name),
                        "add `__tablename__`, or `__abstract__ = True` if other classes build on it",
                        class.place,
                    ),
                };
            }
        };
        let mut draft = TableDraft::new(name, metadata, class.place);
        draft.model = Some(Rc::clone(&class.name));
        draft.condition = class.condition;
        draft.hidden = scan.hidden;
        draft.relationships = scan.relationships;
        draft.columns.reserve_exact(scan.columns.len());
        for column in scan.columns {
            draft.add_column(column);
        }
        self.note_unknown_bases(class, style, &mut draft);
        self.apply_table_args(class, &mut draft);
        self.mark_version_counter(class, &mut draft);
        draft.made_at = self.new_id();
        let id = self.registry.add_table(draft);
        self.bind_columns(class, id);
        self.attach_pending(id);
    }

    fn bind_columns(&mut self, class: &Rc<Class<'a>>, table: TableId) {
        if !is_concrete_base(class) {
            class.table.set(Some(table));
        }
        let mut attributes = class.column_attributes.borrow_mut();
        for (index, column) in self.registry.table(table).columns.iter().enumerate() {
            let id = ColumnId { table, index: u32::try_from(index).unwrap_or(u32::MAX) };
            attributes.insert(Rc::clone(column.attribute.as_ref().unwrap_or(&column.key)), id);
        }
    }

    /// `__table__ = Table(…)`.
    fn map_given_table(&mut self, class: &Rc<Class<'a>>, table: &Located<'a>) {
        let value = match &table.value {
            Value::Function(function) => self.call_with_class(function, class, table.place),
            other => other.clone(),
        };
        match value {
            Value::Table(table) => {
                self.map_to_table(class, table);
                // `id = user_table.c.id` in the body names the attribute.
                for (name, member) in class.members.borrow().iter() {
                    if let Some(Located { value: Value::Column(column), .. }) = &member.value {
                        class.column_attributes.borrow_mut().insert(Rc::clone(name), *column);
                    }
                }
            }
            _ => self.hide_table(
                None,
                table.place,
                &format!("the table of the class `{}` could not be worked out", class.name),
            ),
        }
    }

    /// Single-table inheritance: what the class adds goes into its parent's table.
    fn inherit_table(&mut self, class: &Rc<Class<'a>>, parent: TableId, scan: Scan<'a>) {
        class.table.set(Some(parent));
        for column in scan.columns {
            let attribute = column.attribute.clone().unwrap_or_else(|| Rc::clone(&column.key));
            let draft = self.registry.table_mut(parent);
            // `use_existing_column=True`, or the same column declared by two children.
            let index = match draft.columns.iter().position(|known| known.key == column.key) {
                Some(at) => at,
                None => draft.add_column(column),
            };
            let id = ColumnId { table: parent, index: u32::try_from(index).unwrap_or(u32::MAX) };
            class.column_attributes.borrow_mut().insert(attribute, id);
        }
        let table = self.registry.table_mut(parent);
        table.relationships.extend(scan.relationships);
        table.hidden.extend(scan.hidden);
        self.attach_pending(parent);
    }

    fn note_unknown_bases(&mut self, class: &Rc<Class<'a>>, style: Style, draft: &mut TableDraft<'a>) {
        if class.descends_from(|path| last_segment(path) == "DeferredReflection") {
            self.hide_reflected(draft, class.place);
        }
        let unknown = class.lineage().iter().flat_map(|class| class.bases.clone()).find(|base| match &base.value {
            Value::External(path) => !is_empty_base(path) && last_segment(path) != "SQLModel",
            Value::Opaque(_) => true,
            Value::Symbol(symbol) => metadata_source(symbol).is_none(),
            _ => false,
        });
        let Some(base) = unknown else { return };
        let text = self.source_text(base.place);
        let known = match style {
            Style::Assumed(_) => "is taken to be mapped, but",
            _ => "is mapped, but",
        };
        self.report_opaque(
            format!(
                "the class `{}` {known} its base `{text}` is outside the models that are read, so it may bring more columns",
                class.name
            ),
            "add the package that defines the base to `models`",
            base.place,
        );
        draft.hidden.push(HiddenPart { fact: Fact::Column, name: None, place: base.place });
        for fact in [Fact::Index, Fact::ForeignKey, Fact::Check, Fact::PrimaryKey] {
            draft.hidden.push(HiddenPart { fact, name: None, place: base.place });
        }
    }

    fn apply_table_args(&mut self, class: &Rc<Class<'a>>, draft: &mut TableDraft<'a>) {
        let Some(located) = self.inheritable(class, "__table_args__") else { return };
        if self.hide_options(draft, &located) {
            return;
        }
        let mut items = match &located.value {
            Value::None => return,
            Value::Dict(_) => vec![located.clone()],
            other => match other.elements() {
                Some(items) => items,
                None => {
                    let reason = match other {
                        Value::Opaque(unknown) => self.reason(unknown, located.place),
                        other => format!("it is {}", other.kind()),
                    };
                    self.report_opaque(
                        format!("`__table_args__` of `{}` could not be read: {reason}", draft.name),
                        "write it as a tuple of constraints and indexes, or as a dictionary of options",
                        located.place,
                    );
                    let columns_known = draft.hidden.len();
                    hide_everything(draft, located.place);
                    // Table arguments add no columns.
                    draft.hidden.retain({
                        let mut position = 0;
                        move |part| {
                            position += 1;
                            position <= columns_known || part.fact != Fact::Column
                        }
                    });
                    return;
                }
            },
        };
        if let Some(last) = items.last()
            && let Some(options) = last.value.text_entries()
        {
            items.pop();
            self.set_options(draft, &options);
        } else if let Some(last) = items.last().cloned()
            && self.hide_options(draft, &last)
        {
            items.pop();
        }
        for item in &items {
            self.add_table_item(draft, item);
        }
    }

    /// A special attribute such as `__table_args__`: the class's own, a mixin's, or what a
    /// `declared_attr` makes of it; not the plain value of a mapped ancestor, which is for its table only.
    fn inheritable(&mut self, class: &Rc<Class<'a>>, name: &str) -> Option<Located<'a>> {
        for ancestor in class.lineage() {
            let Some(found) = ancestor.own(name) else { continue };
            let is_of_mapped_ancestor = ancestor.id != class.id && ancestor.table.get().is_some();
            let value = match &found.value {
                Value::Function(function) => self.call_with_class(function, class, found.place),
                Value::Symbol(symbol) => match declared_function(&found.value) {
                    Some(function) => self.call_with_class(&function, class, symbol.place),
                    None if is_of_mapped_ancestor => continue,
                    None => found.value.clone(),
                },
                _ if is_of_mapped_ancestor => continue,
                other => other.clone(),
            };
            return Some(Located { value, place: found.place });
        }
        None
    }

    fn table_name(
        &mut self,
        class: &Rc<Class<'a>>,
        style: Style,
        scan: &Scan<'a>,
        parent: Option<TableId>,
    ) -> TableName {
        if let Some(located) = self.inheritable(class, "__tablename__") {
            return match &located.value {
                Value::None => TableName::None,
                value => match value.as_text() {
                    Some(name) => TableName::Known(name),
                    None => {
                        let reason = match value {
                            Value::Opaque(unknown) => self.reason(unknown, located.place),
                            other => format!("it is {}", other.kind()),
                        };
                        TableName::Unknown(located.place, reason)
                    }
                },
            };
        }
        match style {
            Style::SqlModel => TableName::Known(class.name.to_lowercase().into()),
            Style::Flask => {
                let has_key = scan.columns.iter().any(ColumnDraft::is_primary_key);
                if has_key || (parent.is_none() && !scan.columns.is_empty()) {
                    TableName::Known(snake_case(&class.name).into())
                } else {
                    TableName::None
                }
            }
            Style::Plain | Style::Assumed(_) => TableName::None,
        }
    }

    fn scan_columns(&mut self, class: &Rc<Class<'a>>, style: Style) -> Scan<'a> {
        let mut scan = Scan { columns: Vec::new(), relationships: Vec::new(), hidden: Vec::new() };
        let mut seen: HashSet<Rc<str>> = HashSet::new();
        // What a mixin has every class make anew, also below one that is mapped.
        let mut cascading: HashSet<Rc<str>> = HashSet::new();
        for ancestor in class.lineage() {
            let is_mapped_ancestor = ancestor.id != class.id && ancestor.table.get().is_some();
            if is_mapped_ancestor {
                seen.extend(ancestor.column_attributes.borrow().keys().cloned());
                seen.extend(ancestor.members.borrow().keys().cloned());
                continue;
            }
            let mut members: Vec<_> = ancestor.members.borrow().clone().into_iter().collect();
            if ancestor.id != class.id {
                // Columns of a mixin are copied before its bare annotations and functions are looked at.
                members.sort_by_key(|(_, member)| {
                    member.value.as_ref().is_none_or(|value| self.column_call(&value.value).is_none())
                });
            }
            for (name, member) in members {
                let cascades = ancestor.id != class.id && class.own(&name).is_none() && is_cascading(&member);
                if name.starts_with("__") || (seen.contains(&name) && !(cascades && cascading.insert(Rc::clone(&name))))
                {
                    continue;
                }
                if style == Style::SqlModel && !matches!(&member.value, Some(Located { value: Value::Function(_), .. }))
                {
                    let annotation =
                        member.annotation.map(|annotation| self.read_field_annotation(&ancestor, annotation));
                    if let Field::Column(draft) = self.sqlmodel_field(&name, &member, annotation) {
                        scan.columns.push(*draft);
                    }
                    seen.insert(name);
                    continue;
                }
                // An annotation that maps nothing does not hide what an ancestor defines.
                if self.scan_member(class, &ancestor, &name, &member, &mut scan) {
                    seen.insert(name);
                }
            }
        }
        scan.columns.sort_by_key(|column| column.sort_order);
        scan
    }

    /// Looks at one name of a class body. False where it says nothing about the attribute.
    fn scan_member(
        &mut self,
        class: &Rc<Class<'a>>,
        owner: &Rc<Class<'a>>,
        name: &Rc<str>,
        member: &Member<'a>,
        scan: &mut Scan<'a>,
    ) -> bool {
        let annotation = member.annotation.or_else(|| declared_annotation(member));
        let annotation = annotation.map(|annotation| self.read_annotation(owner, annotation));
        let annotation = match annotation {
            Some(AnnotationKind::Mapped(annotation)) => Some(annotation),
            Some(AnnotationKind::Other) if member.value.is_none() => return false,
            _ => None,
        };
        let Some(located) = &member.value else {
            if let Some(annotation) = annotation {
                let place = member.place;
                let draft = ColumnDraft::annotated(name, place);
                self.finish_column(class, draft, Some(annotation), scan);
            }
            return true;
        };
        let value = match &located.value {
            Value::Function(function) if is_declared_attribute(function) => {
                self.call_with_class(function, class, function.place)
            }
            value => match declared_function(value) {
                Some(function) => self.call_with_class(&function, class, located.place),
                None => value.clone(),
            },
        };
        self.scan_value(class, name, &Located { value, place: located.place }, annotation, scan);
        true
    }

    fn scan_value(
        &mut self,
        class: &Rc<Class<'a>>,
        name: &Rc<str>,
        located: &Located<'a>,
        annotation: Option<Annotation<'a>>,
        scan: &mut Scan<'a>,
    ) {
        if let Some(call) = self.column_call(&located.value) {
            if let Some(draft) = self.column_draft(&call, Some(name)) {
                // Annotations are for `mapped_column`: SQLAlchemy takes a `Column` as it is.
                let annotation = annotation.filter(|_| !is_core_column(&call));
                self.finish_column(class, draft, annotation, scan);
            }
            return;
        }
        if let Some(("composite", _, arguments)) = sqlalchemy_call(&located.value) {
            let arguments = arguments.clone();
            return self.scan_composite(class, located, &arguments, annotation.as_ref(), scan);
        }
        if let Some(("relationship" | "relation" | "dynamic_loader", _, arguments)) = sqlalchemy_call(&located.value) {
            let text_of = |place| self.source_text(place);
            let read = RelationshipDraft::read(arguments, annotation.as_ref(), &text_of, located.place);
            scan.relationships.extend(read);
        }
        let reason = match &located.value {
            Value::Opaque(unknown) if unknown.is_number => return,
            Value::Opaque(unknown) => self.reason(unknown, located.place),
            other if !is_not_a_column(other) => "the function that makes it is outside the models".to_owned(),
            _ => return,
        };
        let text = self.source_text(located.place);
        self.report_opaque(
            format!("`{}.{name}` could be a column, but cannot be read: {reason}: {text}", class.name),
            "write the column out, or define the function that makes it inside the models",
            located.place,
        );
        let name = (name.as_ref() != UNNAMED).then(|| Rc::clone(name));
        scan.hidden.push(HiddenPart { fact: Fact::Column, name, place: located.place });
    }

    pub(super) fn finish_column(
        &mut self,
        class: &Rc<Class<'a>>,
        mut draft: ColumnDraft<'a>,
        annotation: Option<Annotation<'a>>,
        scan: &mut Scan<'a>,
    ) {
        if let Some(annotation) = annotation {
            if let Some(call) = &annotation.column
                && let Some(template) = self.column_draft(call, draft.attribute.clone().as_ref())
            {
                draft.fill_from(&template);
            }
            draft.annotated_nullable = Some((annotation.nullable, draft.place));
            if draft.data_type.is_none() && draft.foreign_keys.is_empty() {
                let place = draft.place;
                let value = match self.type_of_annotation(class, &annotation, place) {
                    Ok(value) => self.marked_type(value),
                    Err(reason) => Value::opaque(reason, place),
                };
                draft.data_type = Some(Located { value, place }.into());
            }
        }
        scan.columns.push(draft);
    }

    /// `__mapper_args__ = {"version_id_col": version}`.
    fn mark_version_counter(&mut self, class: &Rc<Class<'a>>, draft: &mut TableDraft<'a>) {
        let Some(located) = self.inheritable(class, "__mapper_args__") else { return };
        let Some(entries) = located.value.text_entries() else { return };
        let Some((_, counter)) = entries.iter().find(|(name, _)| name.as_ref() == "version_id_col") else { return };
        let Some(symbol) = counter.value.as_symbol() else { return };
        if let Some(column) = draft.columns.iter_mut().find(|column| column.made_of.contains(&symbol.id)) {
            column.is_version_counter = true;
        }
    }

    /// `User.email = Column(…)` behind the class. False if the value is no column.
    pub(crate) fn add_attribute_column(&mut self, class: &Rc<Class<'a>>, name: &str, value: &Located<'a>) -> bool {
        let (Some(table), Some(call)) = (class.table.get(), self.column_call(&value.value)) else { return false };
        let Some(draft) = self.column_draft(&call, Some(&name.into())) else { return false };
        let index = self.registry.table_mut(table).add_column(draft);
        let id = ColumnId { table, index: u32::try_from(index).unwrap_or(u32::MAX) };
        class.column_attributes.borrow_mut().insert(name.into(), id);
        true
    }
}

enum TableName {
    Known(Rc<str>),
    Unknown(Place, String),
    None,
}

/// What a `declared_attr` function says that it returns.
fn declared_annotation<'a>(member: &Member<'a>) -> Option<&'a Expr> {
    let Some(Located { value: Value::Function(function), .. }) = &member.value else { return None };
    match function.code {
        Code::Definition(definition) if is_declared_attribute(function) => definition.returns.as_deref(),
        _ => None,
    }
}

/// Whether a member is a function under `declared_attr.cascading`.
fn is_cascading(member: &Member<'_>) -> bool {
    let Some(Located { value: Value::Function(function), .. }) = &member.value else { return false };
    is_declared_attribute(function)
        && function
            .decorators
            .iter()
            .any(|decorator| matches!(decorator, Value::External(path) if last_segment(path) == "cascading"))
}

/// `declared_attr(lambda cls: …)`: the function inside.
fn declared_function<'a>(value: &Value<'a>) -> Option<Rc<Function<'a>>> {
    let (path, arguments) = value.as_symbol()?.external_call()?;
    if !path.split('.').any(|segment| segment == "declared_attr") {
        return None;
    }
    match &arguments.positional.first()?.value {
        Value::Function(function) => Some(Rc::clone(function)),
        _ => None,
    }
}

/// Flask-SQLAlchemy's table name of a class: `HTTPRequest` is `http_request`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let follows_lower = at > 0 && (letters[at - 1].is_ascii_lowercase() || letters[at - 1].is_ascii_digit());
        let precedes_lower = at > 0 && letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        if letter.is_ascii_uppercase() && (follows_lower || precedes_lower) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake.trim_start_matches('_').to_owned()
}
