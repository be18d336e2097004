//! Foreign keys, and the columns they refer to.

use std::rc::Rc;

use ormsync_schema::{Deferrability, Fact, ForeignKey, MatchKind, ReferentialAction};

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::lower::name::{Name, Named, Naming};
use crate::mapping::{ColumnId, HiddenPart, TableId, sqlalchemy_call};
use crate::python::{Arguments, Form, Located, Place, Symbol, Value};

/// What a foreign key points at.
struct Target {
    namespace: String,
    table: String,
    /// The column's name; none where only the key of the table is meant.
    column: String,
    /// The table as SQLAlchemy has it, if it is among the models.
    id: Option<TableId>,
    /// Whether it is in the same schema as SQLAlchemy sees it.
    schema: Option<Rc<str>>,
}

/// The parameters of `ForeignKey` in their order (`sqlalchemy/sql/schema.py`, the same from 1.4 to 2.1).
const KEY_ARGUMENTS: [&str; 10] = [
    "column",
    "_constraint",
    "use_alter",
    "name",
    "onupdate",
    "ondelete",
    "deferrable",
    "initially",
    "link_to_name",
    "match",
];
/// The parameters of `ForeignKeyConstraint` in their order.
const CONSTRAINT_ARGUMENTS: [&str; 10] = [
    "columns",
    "refcolumns",
    "name",
    "onupdate",
    "ondelete",
    "deferrable",
    "initially",
    "use_alter",
    "link_to_name",
    "match",
];

impl<'a> Lowering<'_, 'a> {
    /// The column a `ForeignKey(…)` refers to, if it is among the models.
    pub(super) fn referenced_column(&self, table: TableId, symbol: &Rc<Symbol<'a>>) -> Option<ColumnId> {
        let Form::Call { arguments, .. } = &symbol.form else { return None };
        let target = &arguments.get(0, "column")?.value;
        match self.column_value(target) {
            Some(column) => Some(column),
            None => {
                let target = self.textual_target(table, &target.as_text()?)?;
                let id = target.id?;
                self.evaluator
                    .registry
                    .columns_of(id)
                    .into_iter()
                    .find(|column| self.evaluator.registry.column(*column).name.as_ref() == target.column)
            }
        }
    }

    /// The column that a foreign key over several columns has this one refer to.
    pub(super) fn composite_reference(&self, id: ColumnId) -> Option<ColumnId> {
        let items = self.draft(id.table).items.clone();
        for symbol in items {
            let value = Value::Symbol(Rc::clone(&symbol));
            let Some(("ForeignKeyConstraint", _, arguments)) = sqlalchemy_call(&value) else { continue };
            let locals = arguments.get(0, "columns")?.value.elements()?;
            let targets = arguments.get(1, "refcolumns")?.value.elements()?;
            let position = locals.iter().position(|local| self.column_of(id.table, &local.value) == Some(id));
            let Some(target) = position.and_then(|position| targets.get(position)) else { continue };
            let target = match self.column_value(&target.value) {
                Some(column) => Some(column),
                None => {
                    let target = self.textual_target(id.table, &target.value.as_text()?)?;
                    let table = target.id?;
                    self.evaluator
                        .registry
                        .columns_of(table)
                        .into_iter()
                        .find(|column| self.evaluator.registry.column(*column).name.as_ref() == target.column)
                }
            };
            if target != Some(id) {
                return target;
            }
        }
        None
    }

    /// An attached column, or the `Column(…)` object that became one.
    pub(super) fn column_value(&self, value: &Value<'a>) -> Option<ColumnId> {
        match value {
            Value::Column(id) => Some(*id),
            Value::Symbol(symbol) => self.by_symbol.get(&symbol.id).copied(),
            _ => None,
        }
    }

    /// `"table.column"` or `"schema.table.column"`, as SQLAlchemy resolves it: without a schema it is the
    /// schema of the metadata, not of the table.
    fn textual_target(&self, table: TableId, text: &str) -> Option<Target> {
        let mut parts: Vec<&str> = text.split('.').collect();
        let column = parts.pop()?;
        let name = parts.pop()?;
        let schema: Option<Rc<str>> =
            if parts.is_empty() { self.metadata_schema(table) } else { Some(parts.join(".").into()) };
        let namespace = schema.as_ref().map_or_else(|| self.default_namespace.clone(), ToString::to_string);
        let id = self.by_name.get(&(namespace.clone(), Rc::from(name))).copied();
        // The text names the column's key, which may differ from its name.
        let column = id
            .and_then(|id| self.evaluator.registry.column_by_key(id, column))
            .map_or_else(|| column.to_owned(), |column| self.evaluator.registry.column(column).name.to_string());
        Some(Target { namespace, table: name.to_owned(), column, id, schema })
    }

    fn target(&self, table: TableId, value: &Value<'a>) -> Result<Target, String> {
        if let Some(column) = self.column_value(value) {
            return Ok(Target {
                namespace: self.namespace_of(column.table),
                table: self.draft(column.table).name.to_string(),
                column: self.evaluator.registry.column(column).name.to_string(),
                id: Some(column.table),
                schema: self.schema_of(column.table),
            });
        }
        match value {
            Value::Opaque(unknown) => Err(unknown.reason.clone()),
            _ => match value.as_text() {
                Some(text) => self
                    .textual_target(table, &text)
                    .ok_or_else(|| format!("`{text}` does not name a table and a column")),
                None => Err("what it refers to is not a column that is known".to_owned()),
            },
        }
    }

    pub(super) fn lower_foreign_keys(&mut self, table: TableId, hidden: &mut Vec<HiddenPart>) -> Vec<ForeignKey> {
        let mut keys = Vec::new();
        let (early, late) = self.draft(table).ordered_items();
        self.lower_key_constraints(table, early, hidden, &mut keys);
        for id in self.evaluator.registry.columns_of(table) {
            for symbol in self.evaluator.registry.column(id).foreign_keys.clone() {
                let Form::Call { arguments, .. } = &symbol.form else { continue };
                let targets = arguments.get(0, "column").cloned().into_iter().collect();
                let options = with_names(arguments, &KEY_ARGUMENTS);
                self.lower_foreign_key(table, &[id], targets, &options, symbol.place, hidden, &mut keys);
            }
        }
        self.lower_key_constraints(table, late, hidden, &mut keys);
        keys
    }

    fn lower_key_constraints(
        &mut self,
        table: TableId,
        items: Vec<Rc<Symbol<'a>>>,
        hidden: &mut Vec<HiddenPart>,
        keys: &mut Vec<ForeignKey>,
    ) {
        for symbol in items {
            let value = Value::Symbol(Rc::clone(&symbol));
            let Some(("ForeignKeyConstraint", _, arguments)) = sqlalchemy_call(&value) else { continue };
            let locals = arguments.get(0, "columns").and_then(|columns| columns.value.elements());
            let targets = arguments.get(1, "refcolumns").and_then(|columns| columns.value.elements());
            let columns: Option<Vec<ColumnId>> =
                locals.and_then(|locals| locals.iter().map(|local| self.column_of(table, &local.value)).collect());
            match (columns, targets) {
                (Some(columns), Some(targets)) if columns.len() == targets.len() => {
                    let options = with_names(arguments, &CONSTRAINT_ARGUMENTS);
                    self.lower_foreign_key(table, &columns, targets, &options, symbol.place, hidden, keys);
                }
                _ => self.hide(table, Fact::ForeignKey, symbol.place, "its columns could not be worked out", hidden),
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "the two ways to write a foreign key meet here")]
    fn lower_foreign_key(
        &mut self,
        table: TableId,
        columns: &[ColumnId],
        targets: Vec<Located<'a>>,
        arguments: &Arguments<'a>,
        place: Place,
        hidden: &mut Vec<HiddenPart>,
        keys: &mut Vec<ForeignKey>,
    ) {
        let resolved: Result<Vec<Target>, String> =
            targets.iter().map(|target| self.target(table, &target.value)).collect();
        let targets = match resolved {
            Ok(targets) if !targets.is_empty() => targets,
            Ok(_) => return self.hide(table, Fact::ForeignKey, place, "it refers to nothing", hidden),
            Err(reason) => return self.hide(table, Fact::ForeignKey, place, &reason, hidden),
        };
        let first = &targets[0];
        // SQLite's foreign keys stay within one database file.
        if self.compiler == Compiler::Sqlite && first.schema != self.schema_of(table) {
            return;
        }
        let referenced: Vec<String> = targets.iter().map(|target| target.column.clone()).collect();
        let naming = Naming { kind: Named::ForeignKey, table, columns, referred: Some((&first.table, &referenced)) };
        let name = self.name(&naming, arguments.keyword("name").map(|name| &name.value));
        let name = self.checked_name(name, &naming, place);
        let actions = (self.action(arguments, "ondelete"), self.action(arguments, "onupdate"));
        let (Ok(on_delete), Ok(on_update)) = actions else {
            return self.hide(table, Fact::ForeignKey, place, "its actions could not be worked out", hidden);
        };
        let is_full = arguments.keyword("match").and_then(|kind| kind.value.as_text());
        keys.push(ForeignKey {
            name,
            columns: columns.iter().map(|id| self.evaluator.registry.column(*id).name.to_string()).collect(),
            referenced_namespace: first.namespace.clone(),
            referenced_table: first.table.clone(),
            referenced_columns: referenced,
            on_delete,
            on_update,
            match_kind: if is_full.is_some_and(|kind| kind.eq_ignore_ascii_case("full")) {
                MatchKind::Full
            } else {
                MatchKind::Simple
            },
            deferrability: self.deferrability(arguments),
            not_valid: arguments.keyword("postgresql_not_valid").is_some_and(|flag| flag.value.truth() == Some(true)),
            origin: self.evaluator.origin(place),
            ..ForeignKey::default()
        });
    }

    fn action(&self, arguments: &Arguments<'a>, name: &str) -> Result<ReferentialAction, ()> {
        let Some(given) = arguments.keyword(name).filter(|given| !matches!(given.value, Value::None)) else {
            return Ok(ReferentialAction::NoAction);
        };
        action_of_text(&given.value.as_text().ok_or(())?).ok_or(())
    }

    /// `deferrable=` and `initially=`, where the dialect has them.
    pub(super) fn deferrability(&self, arguments: &Arguments<'a>) -> Deferrability {
        if self.compiler.is_mysql() {
            return Deferrability::NotDeferrable;
        }
        let initially = arguments.keyword("initially").and_then(|initially| initially.value.as_text());
        let is_deferrable = arguments.keyword("deferrable").and_then(|flag| flag.value.truth());
        deferrability_of(is_deferrable, initially.as_deref())
    }

    /// A name to be put into the schema; that it could not be followed is said.
    pub(super) fn checked_name(&mut self, name: Name, naming: &Naming<'_>, place: Place) -> Option<String> {
        if let Name::Unknown(reason) = &name {
            let (what, table) = (naming.kind.words(), Rc::clone(&self.draft(naming.table).name));
            self.warn(
                format!("the name of {what} of the table `{table}` could not be worked out: {reason}"),
                "give it a `name`, or write the naming convention as plain strings",
                place,
            );
        }
        name.known()
    }

    /// Notes part of a table as not read.
    pub(super) fn hide(
        &mut self,
        table: TableId,
        fact: Fact,
        place: Place,
        reason: &str,
        hidden: &mut Vec<HiddenPart>,
    ) {
        let text = self.evaluator.source_text(place);
        let name = Rc::clone(&self.draft(table).name);
        self.warn(
            format!("part of the table `{name}` could not be read: {reason}: {text}"),
            "write the columns and names as strings or columns of the table",
            place,
        );
        hidden.push(HiddenPart { fact, name: None, place });
    }
}

/// The same arguments, those that were given by their position under their names too.
fn with_names<'a>(arguments: &Arguments<'a>, names: &[&str]) -> Arguments<'a> {
    let mut named = arguments.clone();
    for (name, given) in names.iter().zip(&arguments.positional) {
        if named.keyword(name).is_none() {
            named.keywords.push(((*name).into(), given.clone()));
        }
    }
    named
}

/// `ON DELETE` and `ON UPDATE` as they are written; nothing for words that no server has.
pub(crate) fn action_of_text(text: &str) -> Option<ReferentialAction> {
    let words: Vec<&str> = text.split_whitespace().collect();
    Some(match words.join(" ").to_uppercase().as_str() {
        "NO ACTION" => ReferentialAction::NoAction,
        "RESTRICT" => ReferentialAction::Restrict,
        "CASCADE" => ReferentialAction::Cascade,
        "SET NULL" => ReferentialAction::SetNull,
        "SET DEFAULT" => ReferentialAction::SetDefault,
        _ => return None,
    })
}

/// What `deferrable=` and `initially=` come to.
pub(crate) fn deferrability_of(is_deferrable: Option<bool>, initially: Option<&str>) -> Deferrability {
    let is_deferred = initially.is_some_and(|text| text.eq_ignore_ascii_case("deferred"));
    match (is_deferrable, is_deferred) {
        (Some(false), _) => Deferrability::NotDeferrable,
        // `INITIALLY DEFERRED` alone makes a constraint deferrable.
        (_, true) => Deferrability::InitiallyDeferred,
        (Some(true), false) => Deferrability::InitiallyImmediate,
        (None, false) => Deferrability::NotDeferrable,
    }
}
