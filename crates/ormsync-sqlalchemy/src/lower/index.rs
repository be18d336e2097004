//! Indexes.

use std::rc::Rc;

use ormsync_schema::{Expression, Fact, Index, IndexKind, IndexPart, IndexTarget, NullsOrder, SortOrder};

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::lower::name::{Named, Naming};
use crate::mapping::{ColumnId, HiddenPart, TableId, sqlalchemy_call};
use crate::python::{Arguments, Located, Value, last_segment};

impl<'a> Lowering<'_, 'a> {
    /// `index=True` of columns, then `Index(…)`.
    pub(super) fn lower_indexes(&mut self, table: TableId, hidden: &mut Vec<HiddenPart>) -> Vec<Index> {
        let mut indexes = Vec::new();
        for id in self.evaluator.registry.columns_of(table) {
            let draft = self.evaluator.registry.column(id).clone();
            let is_indexed = self.column_flag(draft.index.as_deref(), table, Fact::Index, hidden);
            let is_unique = self.column_flag(draft.unique.as_deref(), table, Fact::Index, hidden);
            let kind = match (is_indexed, is_unique) {
                (true, true) => IndexKind::UniqueIndex,
                (true, false) => IndexKind::Plain,
                (false, true) => IndexKind::UniqueConstraint,
                (false, false) => continue,
            };
            let named = if kind == IndexKind::UniqueConstraint { Named::Unique } else { Named::Index };
            let naming = Naming { kind: named, table, columns: &[id], referred: None };
            let name = self.name(&naming, None);
            let name = self.checked_name(name, &naming, draft.place);
            let place =
                draft.index.filter(|_| is_indexed).or(draft.unique).map_or(draft.place, |located| located.place);
            let origin = self.evaluator.origin(place);
            indexes.push(Index::on_columns(kind, name, [draft.name.to_string()], origin));
        }
        for symbol in self.draft(table).items.clone() {
            let value = Value::Symbol(Rc::clone(&symbol));
            if let Some(("Index", _, arguments)) = sqlalchemy_call(&value) {
                match self.lower_index(table, arguments, symbol.place) {
                    Ok(index) => indexes.push(index),
                    Err(reason) => self.hide(table, Fact::Index, symbol.place, &reason, hidden),
                }
            }
        }
        indexes
    }

    fn column_flag(
        &mut self,
        flag: Option<&Located<'a>>,
        table: TableId,
        fact: Fact,
        hidden: &mut Vec<HiddenPart>,
    ) -> bool {
        let Some(located) = flag else { return false };
        match located.value.truth() {
            Some(truth) => truth,
            None => {
                self.hide(table, fact, located.place, "it is neither True nor False", hidden);
                false
            }
        }
    }

    fn lower_index(
        &mut self,
        table: TableId,
        arguments: &Arguments<'a>,
        place: crate::python::Place,
    ) -> Result<Index, String> {
        if arguments.hidden.is_some() {
            return Err("its arguments are spread from something unknown".to_owned());
        }
        let given_name = arguments.get(0, "name").map(|name| name.value.clone());
        let skipped = usize::from(arguments.keyword("name").is_none());
        let mut parts = Vec::new();
        let mut columns = Vec::new();
        for argument in arguments.positional.iter().skip(skipped) {
            let (part, column) = self.index_part(table, argument)?;
            parts.push(part);
            columns.extend(column);
        }
        let is_unique = match arguments.keyword("unique") {
            None => false,
            Some(flag) => flag.value.truth().ok_or("whether it is unique could not be worked out")?,
        };
        let kind = if is_unique { IndexKind::UniqueIndex } else { IndexKind::Plain };
        let naming = Naming { kind: Named::Index, table, columns: &columns, referred: None };
        let name = self.name(&naming, given_name.as_ref());
        let name = self.checked_name(name, &naming, place);
        let mut index = Index::on_columns(kind, name, [], self.evaluator.origin(place));
        index.parts = parts;
        match self.compiler {
            Compiler::PostgreSql => self.postgresql_options(table, arguments, &mut index)?,
            Compiler::MySql { .. } => self.mysql_options(table, arguments, &mut index)?,
            Compiler::Sqlite => index.predicate = self.predicate(table, arguments.keyword("sqlite_where"))?,
        }
        Ok(index)
    }

    /// One column or expression of an index, with its order; and the column it is of, for its name.
    fn index_part(&mut self, table: TableId, argument: &Located<'a>) -> Result<(IndexPart, Option<ColumnId>), String> {
        let mut order = SortOrder::Ascending;
        let mut nulls = None;
        let mut value = argument.value.clone();
        // `column.desc().nulls_last()`, `desc(column)`: taken off from the outside.
        while let Some((inner, modifier)) = without_modifier(&value) {
            match modifier {
                Modifier::Order(found) => order = found,
                Modifier::Nulls(found) => nulls = Some(found),
                Modifier::Nothing => {}
            }
            value = inner;
        }
        let finish = |target: IndexTarget| {
            let mut part = IndexPart::new(target);
            part.order = order;
            part.nulls = nulls;
            part
        };
        if let Some(column) = self.column_of(table, &value) {
            let name = self.evaluator.registry.column(column).name.to_string();
            return Ok((finish(IndexTarget::Column(name)), Some(column)));
        }
        if let Some(text) = value.as_text() {
            return Err(format!("the table has no column `{text}`"));
        }
        let text = self.sql(table, &value)?;
        let text = text.trim();
        let columns = &self.draft(table).columns;
        let mut part = part_of_text(text, self.compiler, |name| columns.iter().any(|it| it.name.as_ref() == name));
        if !order.is_ascending() {
            part.order = order;
        }
        part.nulls = nulls.or(part.nulls);
        Ok((part, None))
    }

    fn postgresql_options(
        &mut self,
        table: TableId,
        arguments: &Arguments<'a>,
        index: &mut Index,
    ) -> Result<(), String> {
        index.predicate = self.predicate(table, arguments.keyword("postgresql_where"))?;
        index.method = method(arguments.keyword("postgresql_using"))?;
        if let Some(included) = arguments.keyword("postgresql_include") {
            let columns = included.value.elements().ok_or("its INCLUDE columns could not be worked out")?;
            for column in columns {
                let id = self.column_of(table, &column.value).ok_or("an INCLUDE column is not of the table")?;
                index.include.push(self.evaluator.registry.column(id).name.to_string());
            }
        }
        if let Some(classes) = arguments.keyword("postgresql_ops") {
            let entries = classes.value.text_entries().ok_or("its operator classes could not be worked out")?;
            for (key, class) in entries {
                let class = class.value.as_text().ok_or("an operator class could not be worked out")?;
                self.set_operator_class(table, arguments, index, &key, &class);
            }
        }
        index.nulls_not_distinct =
            arguments.keyword("postgresql_nulls_not_distinct").is_some_and(|flag| flag.value.truth() == Some(true));
        Ok(())
    }

    /// Operator classes are given by a column's key or an expression's label.
    fn set_operator_class(&self, table: TableId, arguments: &Arguments<'a>, index: &mut Index, key: &str, class: &str) {
        let skipped = usize::from(arguments.keyword("name").is_none());
        let column = self.evaluator.registry.column_by_key(table, key);
        let name = column.map(|column| self.evaluator.registry.column(column).name.to_string());
        for (position, part) in index.parts.iter_mut().enumerate() {
            let is_column = name.is_some() && part.as_column() == name.as_deref();
            let argument = arguments.positional.get(position + skipped);
            if is_column || argument.is_some_and(|argument| has_label(&argument.value, key)) {
                part.operator_class = Some(class.to_owned());
            }
        }
    }

    fn mysql_options(&mut self, table: TableId, arguments: &Arguments<'a>, index: &mut Index) -> Result<(), String> {
        if let Some(length) = arguments.keyword("mysql_length") {
            if let Some(length) = length.value.as_integer() {
                let length = u32::try_from(length).ok();
                index.parts.iter_mut().for_each(|part| part.prefix_length = length);
            } else {
                let entries = length.value.text_entries().ok_or("its prefix lengths could not be worked out")?;
                for (name, length) in entries {
                    let length = length.value.as_integer().ok_or("a prefix length could not be worked out")?;
                    let column = self.evaluator.registry.column_by_key(table, &name);
                    let name = column
                        .map_or_else(|| name.to_string(), |id| self.evaluator.registry.column(id).name.to_string());
                    for part in index.parts.iter_mut().filter(|part| part.as_column() == Some(&name)) {
                        part.prefix_length = u32::try_from(length).ok();
                    }
                }
            }
        }
        index.method = method(arguments.keyword("mysql_using"))?;
        if let Some(prefix) = arguments.keyword("mysql_prefix") {
            let prefix = prefix.value.as_text().ok_or("its kind could not be worked out")?.to_lowercase();
            if prefix == "unique" {
                index.kind = IndexKind::UniqueIndex;
            } else {
                index.method = Some(prefix);
            }
        }
        Ok(())
    }

    /// The WHERE of a partial index.
    pub(super) fn predicate(
        &mut self,
        table: TableId,
        given: Option<&Located<'a>>,
    ) -> Result<Option<Expression>, String> {
        let Some(given) = given.filter(|given| !matches!(given.value, Value::None)) else { return Ok(None) };
        // A plain string is SQL here, not a constant.
        let text = match given.value.as_text() {
            Some(text) => text.to_string(),
            None => self.sql(table, &given.value).map_err(|reason| format!("its WHERE could not be read: {reason}"))?,
        };
        Ok(Some(Expression::written(text)))
    }
}

/// A part that is given as SQL: `created_at DESC NULLS LAST` is a column with an order, `name(20) DESC` on MySQL one
/// with a prefix length.
pub(crate) fn part_of_text(text: &str, compiler: Compiler, is_column: impl Fn(&str) -> bool) -> IndexPart {
    let (mut bare, mut order, mut nulls) = (text.trim(), SortOrder::Ascending, None);
    let words = [
        (" NULLS FIRST", None, Some(NullsOrder::First)),
        (" NULLS LAST", None, Some(NullsOrder::Last)),
        (" DESC", Some(SortOrder::Descending), None),
        (" ASC", Some(SortOrder::Ascending), None),
    ];
    for (word, told_order, told_nulls) in words {
        let at = bare.len().saturating_sub(word.len());
        if bare.get(at..).is_some_and(|end| end.eq_ignore_ascii_case(word)) {
            bare = bare[..at].trim_end();
            order = told_order.unwrap_or(order);
            nulls = told_nulls.or(nulls);
        }
    }
    let unquoted = |name: &str| name.trim_matches(['"', '`']).to_owned();
    let operator_class = operator_class_of(bare, &is_column).filter(|_| compiler == Compiler::PostgreSql);
    if let Some(class) = operator_class {
        bare = bare[..bare.len() - class.len()].trim_end();
    }
    let prefixed = bare.strip_suffix(')').and_then(|bare| bare.split_once('(')).filter(|_| compiler.is_mysql());
    let prefix = prefixed.and_then(|(name, length)| Some((unquoted(name), length.trim().parse().ok()?)));
    let mut part = match prefix {
        Some((name, length)) if is_column(&name) => {
            IndexPart { prefix_length: Some(length), ..IndexPart::column(name) }
        }
        _ if is_column(&unquoted(bare)) => IndexPart::column(unquoted(bare)),
        _ => IndexPart::new(IndexTarget::Expression(Expression::written(bare))),
    };
    part.order = order;
    part.nulls = nulls;
    part.operator_class = operator_class.map(str::to_owned);
    part
}

/// The last word of an index's part, where it stands behind a column, a call or an expression in parentheses.
fn operator_class_of(text: &str, is_column: impl Fn(&str) -> bool) -> Option<&str> {
    let (before, class) = text.rsplit_once(char::is_whitespace)?;
    let before = before.trim_end();
    let is_word = |text: &str| text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    let starts_well = class.starts_with(|letter: char| letter.is_ascii_lowercase());
    (starts_well && is_word(class) && (before.ends_with(')') || is_column(before.trim_matches('"')))).then_some(class)
}

enum Modifier {
    Order(SortOrder),
    Nulls(NullsOrder),
    Nothing,
}

/// Takes `.desc()`, `desc(…)` and the like off an expression.
fn without_modifier<'a>(value: &Value<'a>) -> Option<(Value<'a>, Modifier)> {
    let symbol = value.as_symbol()?;
    let (inner, name) = if let Some((object, name, _)) = symbol.method_call() {
        (object.clone(), name)
    } else {
        let (path, arguments) = symbol.external_call()?;
        if !path.starts_with("sqlalchemy") || path.contains(".func.") {
            return None;
        }
        (arguments.positional.first()?.value.clone(), last_segment(path))
    };
    let modifier = match name {
        "desc" => Modifier::Order(SortOrder::Descending),
        "asc" => Modifier::Order(SortOrder::Ascending),
        "nulls_first" | "nullsfirst" => Modifier::Nulls(NullsOrder::First),
        "nulls_last" | "nullslast" => Modifier::Nulls(NullsOrder::Last),
        "label" => Modifier::Nothing,
        _ => return None,
    };
    Some((inner, modifier))
}

/// Whether an expression carries `.label("…")`.
fn has_label(value: &Value<'_>, label: &str) -> bool {
    let mut current = value.clone();
    loop {
        let Some(symbol) = current.as_symbol().cloned() else { return false };
        let Some((object, name, arguments)) = symbol.method_call() else { return false };
        if name == "label" {
            return arguments.positional.first().and_then(|label| label.value.as_text()).as_deref() == Some(label);
        }
        current = object.clone();
    }
}

/// The access method; none where it is the usual one.
fn method(given: Option<&Located<'_>>) -> Result<Option<String>, String> {
    let Some(given) = given.filter(|given| !matches!(given.value, Value::None)) else { return Ok(None) };
    let method = given.value.as_text().ok_or("its access method could not be worked out")?.to_lowercase();
    Ok((method != "btree").then_some(method))
}
