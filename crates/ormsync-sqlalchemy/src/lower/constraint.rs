//! Primary keys, unique constraints, checks and exclusion constraints.

use std::rc::Rc;

use ormsync_schema::{Check, Deferrability, Exclusion, Expression, Fact, Index, IndexKind, IndexPart, PrimaryKey};

use crate::lower::Lowering;
use crate::lower::column::KeyFacts;
use crate::lower::compiler::Compiler;
use crate::lower::name::{Named, Naming};
use crate::lower::types::{Affinity, LoweredType};
use crate::mapping::{ColumnDraft, ColumnId, HiddenPart, TableId, sqlalchemy_call};
use crate::python::{Arguments, Place, Symbol, Value};

impl<'a> Lowering<'_, 'a> {
    /// The columns of the primary key in order, and the `PrimaryKeyConstraint(…)` if there is one.
    pub(super) fn key_columns(
        &mut self,
        table: TableId,
        hidden: &mut Vec<HiddenPart>,
    ) -> (Vec<ColumnId>, Option<Rc<Symbol<'a>>>) {
        let flagged: Vec<ColumnId> = self
            .evaluator
            .registry
            .columns_of(table)
            .into_iter()
            .filter(|id| self.evaluator.registry.column(*id).is_primary_key())
            .collect();
        for id in self.evaluator.registry.columns_of(table) {
            let draft = self.evaluator.registry.column(id);
            if let Some(located) = &draft.primary_key
                && located.value.truth().is_none()
            {
                let place = located.place;
                self.hide(table, Fact::PrimaryKey, place, "it is neither True nor False", hidden);
            }
        }
        let explicit = self.draft(table).items.iter().find(|symbol| {
            let value = Value::Symbol(Rc::clone(symbol));
            sqlalchemy_call(&value).is_some_and(|(name, ..)| name == "PrimaryKeyConstraint")
        });
        let Some(symbol) = explicit.cloned() else { return (flagged, None) };
        let value = Value::Symbol(Rc::clone(&symbol));
        let Some((_, _, arguments)) = sqlalchemy_call(&value) else { return (flagged, None) };
        let named: Option<Vec<ColumnId>> =
            arguments.positional.iter().map(|column| self.column_of(table, &column.value)).collect();
        match named {
            // `PrimaryKeyConstraint(name="…")` only names the key of the flagged columns.
            Some(named) if named.is_empty() => (flagged, Some(symbol)),
            Some(named) => (named, Some(symbol)),
            None => {
                self.hide(table, Fact::PrimaryKey, symbol.place, "its columns could not be worked out", hidden);
                (flagged, None)
            }
        }
    }

    /// What SQLAlchemy has the database number: `PrimaryKeyConstraint._autoincrement_column`.
    pub(super) fn key_facts(&self, key: &[ColumnId], types: &[(ColumnId, LoweredType)]) -> KeyFacts {
        let draft = |id: &ColumnId| self.evaluator.registry.column(*id);
        let is_integer =
            |id: &ColumnId| types.iter().any(|(column, lowered)| column == id && lowered.affinity == Affinity::Integer);
        let numbered = match key {
            [only] => {
                let column = draft(only);
                let setting = column.autoincrement.as_ref().map(|located| &located.value);
                let is_forced = setting.is_some_and(|value| matches!(value, Value::Bool(true)));
                let ignores_keys = setting.and_then(Value::as_text).is_some_and(|text| text.as_ref() == "ignore_fk");
                let is_automatic = setting.is_none()
                    || setting
                        .and_then(Value::as_text)
                        .is_some_and(|text| matches!(text.as_ref(), "auto" | "ignore_fk"));
                let has_default = column.default.is_some() && column.sequence.is_none();
                let has_server_default = column.server_default.is_some() || column.computed.is_some();
                let refers = !column.foreign_keys.is_empty() || self.is_in_composite_key(*only);
                let is_eligible = is_integer(only) && !has_default && !has_server_default && (!refers || ignores_keys);
                (is_forced || (is_automatic && is_eligible)).then_some(only)
            }
            several => several.iter().find(|id| {
                draft(id).autoincrement.as_ref().is_some_and(|located| matches!(located.value, Value::Bool(true)))
            }),
        };
        KeyFacts {
            columns: key.iter().map(|id| Rc::clone(&draft(id).name)).collect(),
            numbered: numbered.map(|id| Rc::clone(&draft(id).name)),
        }
    }

    /// Whether a foreign key over several columns (or one written at the table) uses the column.
    fn is_in_composite_key(&self, id: ColumnId) -> bool {
        self.draft(id.table).items.iter().any(|symbol| {
            let value = Value::Symbol(Rc::clone(symbol));
            let Some(("ForeignKeyConstraint", _, arguments)) = sqlalchemy_call(&value) else { return false };
            let locals = arguments.get(0, "columns").and_then(|columns| columns.value.elements()).unwrap_or_default();
            locals.iter().any(|local| self.column_of(id.table, &local.value) == Some(id))
        })
    }

    pub(super) fn lower_primary_key(
        &mut self,
        table: TableId,
        key: &[ColumnId],
        facts: &KeyFacts,
        symbol: Option<&Rc<Symbol<'a>>>,
    ) -> Option<PrimaryKey> {
        if key.is_empty() {
            return None;
        }
        let value = symbol.map(|symbol| Value::Symbol(Rc::clone(symbol)));
        let given = value.as_ref().and_then(|value| {
            let (_, _, arguments) = sqlalchemy_call(value)?;
            arguments.keyword("name").map(|name| name.value.clone())
        });
        let naming = Naming { kind: Named::PrimaryKey, table, columns: key, referred: None };
        let place = symbol.map_or_else(|| self.evaluator.registry.column(key[0]).place, |symbol| symbol.place);
        let name = self.name(&naming, given.as_ref());
        let name = self.checked_name(name, &naming, place);
        let mut columns = facts.columns.clone();
        // A key made of flags starts with the column the database numbers.
        if symbol.is_none()
            && let Some(numbered) = &facts.numbered
        {
            columns.sort_by_key(|column| column != numbered);
        }
        Some(PrimaryKey {
            name,
            parts: columns.iter().map(|column| IndexPart::column(column.as_ref())).collect(),
            origin: self.evaluator.origin(place),
            ..PrimaryKey::default()
        })
    }

    pub(super) fn lower_unique_constraints(
        &mut self,
        table: TableId,
        items: &[Rc<Symbol<'a>>],
        hidden: &mut Vec<HiddenPart>,
    ) -> Vec<Index> {
        let mut constraints = Vec::new();
        for symbol in items.iter().cloned() {
            let value = Value::Symbol(Rc::clone(&symbol));
            let Some(("UniqueConstraint", _, arguments)) = sqlalchemy_call(&value) else { continue };
            let columns: Option<Vec<ColumnId>> =
                arguments.positional.iter().map(|column| self.column_of(table, &column.value)).collect();
            let Some(columns) = columns.filter(|_| arguments.hidden.is_none()) else {
                self.hide(table, Fact::Index, symbol.place, "its columns could not be worked out", hidden);
                continue;
            };
            if columns.is_empty() {
                continue;
            }
            let naming = Naming { kind: Named::Unique, table, columns: &columns, referred: None };
            let name = self.name(&naming, arguments.keyword("name").map(|name| &name.value));
            let name = self.checked_name(name, &naming, symbol.place);
            let names: Vec<String> =
                columns.iter().map(|id| self.evaluator.registry.column(*id).name.to_string()).collect();
            let origin = self.evaluator.origin(symbol.place);
            let mut index = Index::on_columns(IndexKind::UniqueConstraint, name, names, origin);
            index.deferrability = self.deferrability(arguments);
            if self.compiler == Compiler::PostgreSql {
                index.nulls_not_distinct = arguments
                    .keyword("postgresql_nulls_not_distinct")
                    .is_some_and(|flag| flag.value.truth() == Some(true));
                let included = arguments.keyword("postgresql_include").and_then(|given| given.value.elements());
                for column in included.unwrap_or_default() {
                    if let Some(id) = self.column_of(table, &column.value) {
                        index.include.push(self.evaluator.registry.column(id).name.to_string());
                    }
                }
            }
            constraints.push(index);
        }
        constraints
    }

    pub(super) fn lower_checks(
        &mut self,
        table: TableId,
        types: &[(ColumnId, LoweredType)],
        hidden: &mut Vec<HiddenPart>,
    ) -> Vec<Check> {
        let mut symbols: Vec<Rc<Symbol<'a>>> = Vec::new();
        for id in self.evaluator.registry.columns_of(table) {
            symbols.extend(self.evaluator.registry.column(id).checks.iter().cloned());
        }
        let (early, late) = self.draft(table).ordered_items();
        symbols.extend(early);
        symbols.extend(late);
        let mut checks = Vec::new();
        for symbol in symbols {
            let value = Value::Symbol(Rc::clone(&symbol));
            let Some(("CheckConstraint", _, arguments)) = sqlalchemy_call(&value) else { continue };
            match self.check_text(table, arguments) {
                Ok(text) => {
                    let given = arguments.get(1, "name").map(|name| name.value.clone());
                    checks.push(self.check(table, text, given.as_ref(), symbol.place));
                }
                Err(reason) => self.hide(table, Fact::Check, symbol.place, &reason, hidden),
            }
        }
        for (id, lowered) in types {
            let Some(check) = &lowered.check else { continue };
            let draft: &ColumnDraft<'a> = self.evaluator.registry.column(*id);
            let place = draft.data_type.as_ref().map_or(draft.place, |located| located.place);
            let text = format!("{} IN ({})", self.identifier(&draft.name), check.values.join(", "));
            let given = check.name.as_ref().map(|name| Value::text(name));
            checks.push(self.check(table, text, given.as_ref(), place));
        }
        checks
    }

    fn check(&mut self, table: TableId, text: String, given: Option<&Value<'a>>, place: Place) -> Check {
        let naming = Naming { kind: Named::Check, table, columns: &[], referred: None };
        let name = self.name(&naming, given);
        Check {
            name: self.checked_name(name, &naming, place),
            expression: Expression::written(text),
            not_enforced: false,
            not_valid: false,
            origin: self.evaluator.origin(place),
            ..Check::default()
        }
    }

    fn check_text(&mut self, table: TableId, arguments: &Arguments<'a>) -> Result<String, String> {
        let given = arguments.get(0, "sqltext").ok_or("it has no condition")?.value.clone();
        match given.as_text() {
            Some(text) => Ok(text.replace("\\:", ":")),
            None => self.sql(table, &given),
        }
    }

    /// `ExcludeConstraint((column, "="), (range, "&&"), using="gist")`.
    pub(super) fn lower_exclusions(&mut self, table: TableId, hidden: &mut Vec<HiddenPart>) -> Vec<Exclusion> {
        let mut exclusions = Vec::new();
        if self.compiler != Compiler::PostgreSql {
            return exclusions;
        }
        for symbol in self.draft(table).items.clone() {
            let value = Value::Symbol(Rc::clone(&symbol));
            let Some(("ExcludeConstraint", _, arguments)) = sqlalchemy_call(&value) else { continue };
            match self.exclusion_text(table, arguments) {
                Ok(definition) => {
                    let name = arguments.keyword("name").and_then(|name| name.value.as_text());
                    exclusions.push(Exclusion {
                        name: name.map(|name| name.to_string()),
                        definition: Expression::written(definition),
                        origin: self.evaluator.origin(symbol.place),
                    });
                }
                Err(reason) => self.hide(table, Fact::Exclusion, symbol.place, &reason, hidden),
            }
        }
        exclusions
    }

    fn exclusion_text(&mut self, table: TableId, arguments: &Arguments<'a>) -> Result<String, String> {
        let using = match arguments.keyword("using") {
            Some(using) => using.value.as_text().ok_or("its access method could not be worked out")?.to_lowercase(),
            None => "gist".to_owned(),
        };
        let mut elements = Vec::new();
        for pair in &arguments.positional {
            let pair = pair.value.elements().ok_or("an element is not a pair")?;
            let [expression, operator] = pair.as_slice() else { return Err("an element is not a pair".to_owned()) };
            let operator = operator.value.as_text().ok_or("an operator could not be worked out")?;
            let text = match self.column_of(table, &expression.value) {
                Some(id) => {
                    let name = Rc::clone(&self.evaluator.registry.column(id).name);
                    self.identifier(&name)
                }
                None => match expression.value.as_text() {
                    Some(text) => text.to_string(),
                    None => self.sql(table, &expression.value)?,
                },
            };
            elements.push(format!("{text} WITH {operator}"));
        }
        let mut text = format!("EXCLUDE USING {using} ({})", elements.join(", "));
        if let Some(predicate) = self.predicate(table, arguments.keyword("where"))? {
            text.push_str(&format!(" WHERE ({})", predicate.text));
        }
        // As the server prints it.
        text.push_str(match self.deferrability(arguments) {
            Deferrability::NotDeferrable => "",
            Deferrability::InitiallyImmediate => " DEFERRABLE",
            Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        });
        Ok(text)
    }
}
