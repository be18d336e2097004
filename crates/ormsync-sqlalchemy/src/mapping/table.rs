//! Core tables, and indexes and constraints that find their table through a column.

use std::rc::Rc;

use ormsync_schema::Fact;

use crate::mapping::{ColumnId, Existing, HiddenPart, HiddenTable, Metadata, TableDraft, TableId, sqlalchemy_call};
use crate::python::{Arguments, Class, Evaluator, Form, Located, Place, Symbol, Value, last_segment};

/// Calls that attach themselves to the table of the columns they name.
const ATTACHED: &[&str] = &[
    "CheckConstraint",
    "ExcludeConstraint",
    "ForeignKeyConstraint",
    "Index",
    "PrimaryKeyConstraint",
    "UniqueConstraint",
];

/// Table arguments that say nothing about the table in the database.
const SILENT_OPTIONS: &[&str] = &["info", "listeners", "sqlite_autoincrement"];

/// The first part of a table argument for one dialect.
const DIALECTS: &[&str] = &["mariadb", "mssql", "mysql", "oracle", "postgresql", "sqlite"];

impl<'a> Evaluator<'a> {
    /// Calls that SQLAlchemy itself answers.
    pub(crate) fn call_sqlalchemy(&mut self, path: &str, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        match last_segment(path) {
            "Table" => return self.declare_core_table(path, arguments, place),
            "has_inherited_table" => {
                if let Some(Located { value: Value::Class(class), .. }) = arguments.positional.first() {
                    let is_inherited = class.lineage().iter().skip(1).any(|ancestor| ancestor.table.get().is_some());
                    return Value::Bool(is_inherited);
                }
            }
            "listen" if path.ends_with("event.listen") => self.listen(&arguments, place),
            "mapper" => {
                if let [class, table, ..] = arguments.positional.as_slice() {
                    self.map_imperatively(&class.value, &table.value);
                }
            }
            _ => {}
        }
        let value = self.call_symbol(Value::external(path), arguments, place);
        if let ("Sequence" | "Enum" | "ENUM" | "DOMAIN", Value::Symbol(symbol)) = (last_segment(path), &value)
            && symbol.external_call().is_some_and(|(_, arguments)| arguments.keyword("metadata").is_some())
        {
            self.registry.unattached.push(Rc::clone(symbol));
        }
        if ATTACHED.contains(&last_segment(path))
            && let Value::Symbol(symbol) = &value
        {
            match named_table(symbol).or_else(|| self.table_of_expression(&value, 0)) {
                Some(table) => self.attach(table, symbol),
                // Over names alone it is its table's to say what it is of.
                None if names_column(&value, 0) => self.registry.pending.push(Rc::clone(symbol)),
                None => {}
            }
        }
        value
    }

    fn attach(&mut self, table: TableId, symbol: &Rc<Symbol<'a>>) {
        if self.registry.table(table).items.iter().all(|known| known.id != symbol.id) {
            self.registry.table_mut(table).items.push(Rc::clone(symbol));
        }
    }

    /// Attaches what was made over a table's columns before they had a table.
    pub(crate) fn attach_pending(&mut self, table: TableId) {
        let pending = std::mem::take(&mut self.registry.pending);
        for symbol in pending {
            let is_of_table = names_column_of(&Value::Symbol(Rc::clone(&symbol)), self.registry.table(table), 0);
            if is_of_table {
                self.attach(table, &symbol);
            } else {
                self.registry.pending.push(symbol);
            }
        }
    }

    /// The table of the first attached column that an expression names.
    fn table_of_expression(&self, value: &Value<'a>, depth: usize) -> Option<TableId> {
        if depth > 20 {
            return None;
        }
        match value {
            Value::Column(column) => Some(column.table),
            Value::Tuple(items) => items.iter().find_map(|item| self.table_of_expression(&item.value, depth + 1)),
            Value::List(items) => {
                items.borrow().iter().find_map(|item| self.table_of_expression(&item.value, depth + 1))
            }
            Value::Symbol(symbol) => match &symbol.form {
                // Only what an index or constraint is *of*: a foreign key's target is another table's.
                // What a column without a table refers to is not its table.
                Form::Call { callee: Value::External(path), .. }
                    if matches!(last_segment(path), "Column" | "mapped_column" | "ForeignKey") =>
                {
                    None
                }
                Form::Call { callee, arguments } => {
                    let is_key =
                        matches!(callee, Value::External(path) if last_segment(path) == "ForeignKeyConstraint");
                    let limit = if is_key { 1 } else { usize::MAX };
                    self.table_of_expression(callee, depth + 1).or_else(|| {
                        arguments
                            .positional
                            .iter()
                            .take(limit)
                            .find_map(|argument| self.table_of_expression(&argument.value, depth + 1))
                    })
                }
                Form::Attribute { of, .. } | Form::Subscript { of, .. } => self.table_of_expression(of, depth + 1),
                Form::Operation { operands, .. } => {
                    operands.iter().find_map(|operand| self.table_of_expression(operand, depth + 1))
                }
            },
            _ => None,
        }
    }

    /// `db.Table(name, …)` of Flask-SQLAlchemy, which brings its own metadata.
    pub(crate) fn declare_flask_table(
        &mut self,
        extension: &Rc<Symbol<'a>>,
        mut arguments: Arguments<'a>,
        place: Place,
    ) -> Value<'a> {
        let second = arguments.positional.get(1).map(|second| Metadata::of(&second.value));
        let is_given = arguments.keyword("metadata").is_some() || second.is_some_and(|given| given.is_known());
        if !is_given {
            let key = arguments.keyword("bind_key").filter(|key| !matches!(key.value, Value::None)).cloned();
            arguments.keywords.retain(|(name, _)| name.as_ref() != "bind_key");
            let value = match key {
                Some(key) => self.metadata_of_key(extension, &key, place),
                None => self.metadata_of_symbol(extension, place),
            };
            arguments.keywords.push(("metadata".into(), Located { value, place }));
        }
        self.declare_core_table("sqlalchemy.Table", arguments, place)
    }

    fn declare_core_table(&mut self, path: &str, arguments: Arguments<'a>, place: Place) -> Value<'a> {
        let mut positional = arguments.positional.iter();
        let name = arguments.keyword("name").or_else(|| positional.next());
        let Some(name_text) = name.and_then(|name| name.value.as_text()) else {
            let at = name.map_or(place, |name| name.place);
            self.hide_table(None, at, "the name of this table could not be worked out");
            return self.call_symbol(Value::external(path), arguments, place);
        };
        let metadata = arguments
            .keyword("metadata")
            .or_else(|| positional.next())
            .map_or(Metadata::Unknown, |metadata| Metadata::of(&metadata.value));
        let items: Vec<Located<'a>> = positional.cloned().collect();
        if items.is_empty()
            && let Some(known) = self.table_named(&name_text)
        {
            return Value::Table(known);
        }
        let mut draft = TableDraft::new(name_text, metadata, place);
        draft.columns.reserve_exact(arguments.positional.len().saturating_sub(2));
        draft.condition = self.condition();
        self.set_options(&mut draft, &arguments.keywords);
        if let Some(hidden) = arguments.hidden {
            self.report_opaque(
                format!(
                    "arguments of the table `{}` are spread from something unknown, so it may have more columns and \
                     constraints",
                    draft.name
                ),
                "write the columns out in the call",
                hidden,
            );
            hide_everything(&mut draft, hidden);
        }
        for item in &items {
            self.add_table_item(&mut draft, item);
        }
        draft.made_at = self.new_id();
        let id = self.registry.add_table(draft);
        self.attach_pending(id);
        Value::Table(id)
    }

    /// A table of a class of the project under `Table`.
    pub(crate) fn declare_table_of_class(
        &mut self,
        class: &Rc<Class<'a>>,
        arguments: Arguments<'a>,
        place: Place,
    ) -> Value<'a> {
        // `Table` makes itself in `__new__`, and `_init` is what its classes may do otherwise (sqlalchemy/sql/schema.py).
        if ["__new__", "__init__", "_init"].iter().any(|name| class.find(name).is_some()) {
            let name = arguments.get(0, "name").and_then(|name| name.value.as_text());
            self.hide_table(name, place, "the class of this table makes it in a way of its own");
            return self.call_symbol(Value::Class(Rc::clone(class)), arguments, place);
        }
        let table = self.declare_core_table("sqlalchemy.Table", arguments, place);
        if let Value::Table(id) = table {
            self.registry.table_mut(id).made_of.get_or_insert_with(|| Rc::clone(class));
        }
        table
    }

    fn table_named(&self, name: &str) -> Option<TableId> {
        let index = self.registry.tables.iter().position(|table| table.name.as_ref() == name)?;
        Some(TableId(u32::try_from(index).ok()?))
    }

    /// Notes a table of which not enough is known to put it into the schema.
    pub(crate) fn hide_table(&mut self, name: Option<Rc<str>>, place: Place, message: &str) {
        self.report_opaque(
            message.to_owned(),
            "write the name as a string, or compute it from constants; what cannot be known is not compared",
            place,
        );
        self.registry.hidden.push(HiddenTable { name, place });
    }

    /// Notes that a table's columns are read from the database: those that are written out are not all.
    pub(super) fn hide_reflected(&mut self, draft: &mut TableDraft<'a>, place: Place) {
        self.report_opaque(
            format!("the columns of `{}` are read from the database when it runs", draft.name),
            "declare the columns, or leave the table to the database's side with `[ownership]`",
            place,
        );
        hide_everything(draft, place);
    }

    /// Keyword arguments of a table.
    pub(crate) fn set_options(&mut self, draft: &mut TableDraft<'a>, keywords: &[(Rc<str>, Located<'a>)]) {
        for (name, value) in keywords {
            match name.as_ref() {
                "name" | "metadata" => {}
                "schema" => {
                    if !matches!(value.value, Value::None) {
                        draft.schema = Some(value.clone());
                    }
                }
                "extend_existing" if value.value.truth() != Some(false) => draft.existing = Existing::Extend,
                "keep_existing" if value.value.truth() != Some(false) => draft.existing = Existing::Keep,
                "extend_existing" | "keep_existing" => {}
                "autoload" | "autoload_with" | "autoload_replace" => {
                    self.hide_reflected(draft, value.place);
                }
                other if SILENT_OPTIONS.contains(&other) => {
                    if other == "sqlite_autoincrement" {
                        draft.options.push((Rc::clone(name), value.clone()));
                    }
                }
                _ => draft.options.push((Rc::clone(name), value.clone())),
            }
        }
    }

    /// Whether a table argument, though unknown, can only be options: those of this dialect are then unknown.
    pub(crate) fn hide_options(&mut self, draft: &mut TableDraft<'a>, located: &Located<'a>) -> bool {
        let Value::Opaque(unknown) = &located.value else { return false };
        let Some(keys) = &unknown.keys else { return false };
        let is_of_dialect = |key: &str| key.split_once('_').is_some_and(|(dialect, _)| DIALECTS.contains(&dialect));
        if !keys.iter().all(|key| is_of_dialect(key) || SILENT_OPTIONS.contains(&key.as_ref())) {
            return false;
        }
        let own: &[&str] = match self.dialect_name {
            "mysql" | "mariadb" => &["mysql_", "mariadb_"],
            "postgresql" => &["postgresql_"],
            _ => &["sqlite_"],
        };
        if keys.iter().any(|key| own.iter().any(|start| key.starts_with(start))) {
            let reason = self.reason(unknown, located.place);
            self.report_opaque(
                format!("the options of the table `{}` are not known: {reason}", draft.name),
                "write them as a dictionary of constants",
                located.place,
            );
            draft.hidden.push(HiddenPart { fact: Fact::TableOptions, name: None, place: located.place });
        }
        true
    }

    /// A positional argument of `Table(…)` or an element of `__table_args__`.
    pub(crate) fn add_table_item(&mut self, draft: &mut TableDraft<'a>, item: &Located<'a>) {
        if let Some(column) = self.column_call(&item.value) {
            match self.column_draft(&column, None) {
                Some(column) => {
                    draft.add_column(column);
                }
                None => {
                    self.report_opaque(
                        format!("the name of this column of `{}` could not be worked out", draft.name),
                        "write the column's name as a string",
                        item.place,
                    );
                    draft.hidden.push(HiddenPart { fact: Fact::Column, name: None, place: item.place });
                }
            }
            return;
        }
        match sqlalchemy_call(&item.value) {
            Some((name, symbol, _)) if ATTACHED.contains(&name) => draft.items.push(Rc::clone(symbol)),
            // Triggers of the ORM and plain DDL are not part of the table.
            Some(("DDL" | "event", ..)) => {}
            _ if matches!(item.value, Value::None) => {}
            _ => {
                let text = self.source_text(item.place);
                let reason = match &item.value {
                    Value::Opaque(unknown) => self.reason(unknown, item.place),
                    other => format!("it is {}", other.kind()),
                };
                self.report_opaque(
                    format!("part of the table `{}` could not be read: {reason}: {text}", draft.name),
                    "write the constraint or index out where the table is declared",
                    item.place,
                );
                for fact in [Fact::Index, Fact::ForeignKey, Fact::Check, Fact::PrimaryKey, Fact::Exclusion] {
                    draft.hidden.push(HiddenPart { fact, name: None, place: item.place });
                }
            }
        }
    }

    /// `table.append_column(…)`, `table.append_constraint(…)`.
    pub(crate) fn append_to_table(&mut self, table: TableId, item: &Located<'a>) {
        if let Some(column) = self.column_call(&item.value)
            && let Some(column) = self.column_draft(&column, None)
        {
            self.registry.table_mut(table).add_column(column);
        } else if let Some((name, symbol, _)) = sqlalchemy_call(&item.value)
            && ATTACHED.contains(&name)
        {
            let symbol = Rc::clone(symbol);
            self.attach(table, &symbol);
        }
    }

    /// `mapper_registry.map_imperatively(User, user_table)`.
    pub(crate) fn map_imperatively(&mut self, class: &Value<'a>, table: &Value<'a>) {
        if let (Value::Class(class), Value::Table(table)) = (class, table) {
            self.map_to_table(class, *table);
        }
    }

    /// Maps a class to a table that exists: its columns become attributes under their keys.
    pub(crate) fn map_to_table(&mut self, class: &Rc<Class<'a>>, table: TableId) {
        class.table.set(Some(table));
        let draft = self.registry.table_mut(table);
        draft.model.get_or_insert_with(|| Rc::clone(&class.name));
        let mut attributes = class.column_attributes.borrow_mut();
        for (index, column) in draft.columns.iter().enumerate() {
            let id = ColumnId { table, index: u32::try_from(index).unwrap_or(u32::MAX) };
            attributes.entry(Rc::clone(&column.key)).or_insert(id);
        }
    }
}

/// The table of `CheckConstraint(…, table=Model.__table__)` or `Index(…, _table=…)`.
fn named_table(symbol: &Symbol<'_>) -> Option<TableId> {
    let (_, arguments) = symbol.external_call()?;
    match arguments.keyword("table").or_else(|| arguments.keyword("_table"))?.value {
        Value::Table(table) => Some(table),
        _ => None,
    }
}

/// Whether an expression names a `Column(…)` object that has no table yet.
fn names_column(value: &Value<'_>, depth: usize) -> bool {
    if depth > 20 {
        return false;
    }
    match value {
        Value::Tuple(items) => items.iter().any(|item| names_column(&item.value, depth + 1)),
        Value::List(items) => items.borrow().iter().any(|item| names_column(&item.value, depth + 1)),
        Value::Symbol(symbol) => match &symbol.form {
            Form::Call { callee, arguments } => {
                matches!(callee, Value::External(path) if matches!(last_segment(path), "Column" | "mapped_column"))
                    || names_column(callee, depth + 1)
                    || arguments.positional.iter().any(|item| names_column(&item.value, depth + 1))
            }
            Form::Attribute { of, .. } | Form::Subscript { of, .. } => names_column(of, depth + 1),
            Form::Operation { operands, .. } => operands.iter().any(|operand| names_column(operand, depth + 1)),
        },
        _ => false,
    }
}

/// Notes that any part of a table may be missing.
pub(crate) fn hide_everything(draft: &mut TableDraft<'_>, place: Place) {
    for fact in [
        Fact::Column,
        Fact::Index,
        Fact::ForeignKey,
        Fact::Check,
        Fact::PrimaryKey,
        Fact::Exclusion,
        Fact::TableComment,
        Fact::TableOptions,
    ] {
        draft.hidden.push(HiddenPart { fact, name: None, place });
    }
}

/// Whether an expression names a `Column(…)` object that became a column of the table.
fn names_column_of(value: &Value<'_>, table: &TableDraft<'_>, depth: usize) -> bool {
    if depth > 20 {
        return false;
    }
    match value {
        Value::Tuple(items) => items.iter().any(|item| names_column_of(&item.value, table, depth + 1)),
        Value::List(items) => items.borrow().iter().any(|item| names_column_of(&item.value, table, depth + 1)),
        Value::Symbol(symbol) => {
            table.column_of_symbol(symbol.id).is_some()
                || match &symbol.form {
                    Form::Call { callee, arguments } => {
                        names_column_of(callee, table, depth + 1)
                            || arguments.positional.iter().any(|item| names_column_of(&item.value, table, depth + 1))
                    }
                    Form::Attribute { of, .. } | Form::Subscript { of, .. } => names_column_of(of, table, depth + 1),
                    Form::Operation { operands, .. } => {
                        operands.iter().any(|operand| names_column_of(operand, table, depth + 1))
                    }
                }
        }
        _ => false,
    }
}
