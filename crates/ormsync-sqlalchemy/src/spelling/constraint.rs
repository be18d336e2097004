//! Keys, indexes and checks.

use ormsync_schema::{
    Check, Deferrability, Exclusion, ForeignKey, Index, IndexKind, IndexPart, IndexTarget, MatchKind, NullsOrder,
    PrimaryKey, ReferentialAction, SortOrder,
};

use super::class::inline_foreign_key;
use super::convention::Kind;
use super::python::{Argument, Name, Python, sqlalchemy};
use super::words::NamedConstraint;
use super::writer::{Place, Wordless, Writer, keyword};

impl Writer<'_> {
    /// `PrimaryKeyConstraint("a", "b")`.
    pub(super) fn primary_key(&self, place: Place<'_>, key: &PrimaryKey) -> Result<Python, Wordless> {
        let columns = plain_columns(&key.parts)
            .ok_or_else(|| Wordless("SQLAlchemy has no words for the order or length of key columns".to_owned()))?;
        let name = self.chosen_name(NamedConstraint::PrimaryKey, place, key.name.as_deref(), &columns);
        let mut arguments = texts(&columns);
        arguments.extend(name.map(|name| keyword("name", Python::text(name))));
        Ok(Python::call(sqlalchemy("PrimaryKeyConstraint"), arguments))
    }

    /// Whether a column is in a primary key that SQLAlchemy has words for, which takes no NULL.
    pub(super) fn is_in_written_key(&self, place: Place<'_>, column: &str) -> bool {
        let key = place.table.primary_key.as_ref().filter(|_| place.has_key_column(column));
        key.is_some_and(|key| plain_columns(&key.parts).is_some())
    }

    /// `UniqueConstraint("a", "b", name="…")` or `Index("…", "a", text("b DESC"), unique=True)`.
    pub(super) fn index(&self, place: Place<'_>, index: &Index) -> Python {
        match plain_columns(&index.parts) {
            Some(columns) if self.is_constraint(index) => self.unique_constraint(place, index, &columns),
            _ => self.index_proper(place, index),
        }
    }

    /// Whether the index is, or may as well be called, a unique constraint.
    pub(super) fn is_constraint(&self, index: &Index) -> bool {
        let has_index_words = index.method.is_some() || index.predicate.is_some();
        match index.kind {
            IndexKind::UniqueConstraint => !has_index_words,
            IndexKind::UniqueIndex => self.words.unique_indexes_are_constraints && !has_index_words,
            IndexKind::Plain => false,
        }
    }

    fn unique_constraint(&self, place: Place<'_>, index: &Index, columns: &[&str]) -> Python {
        let mut arguments = texts(columns);
        let name = self.chosen_name(NamedConstraint::Unique, place, index.name.as_deref(), columns);
        arguments.extend(name.map(|name| keyword("name", Python::text(name))));
        arguments.extend(deferrability(index.deferrability));
        arguments.extend(self.index_options(index));
        Python::call(sqlalchemy("UniqueConstraint"), arguments)
    }

    fn index_proper(&self, place: Place<'_>, index: &Index) -> Python {
        let mut arguments = vec![if self.convention.names(Kind::Index) && self.has_usual_name(place, index) {
            Argument::Verbatim("None".to_owned())
        } else {
            Argument::Positional(Python::text(index.name.clone().unwrap_or_else(|| {
                // As SQLAlchemy's own `index=True` names it.
                let columns: Vec<&str> = index.columns().collect();
                format!("ix_{}_{}", place.name, columns.join("_"))
            })))
        }];
        arguments.extend(index.parts.iter().map(|part| Argument::Positional(self.index_part(part))));
        if index.kind.is_unique() {
            arguments.push(keyword("unique", Python::Boolean(true)));
        }
        arguments.extend(self.index_words(index));
        Python::call(sqlalchemy("Index"), arguments)
    }

    /// What only indexes can say beside columns and uniqueness, and what unique constraints can say, too.
    pub(super) fn index_words(&self, index: &Index) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if let Some(method) = &index.method {
            arguments.push(if self.words.method_prefixes.contains(&method.as_str()) {
                self.dialect_keyword("prefix", Python::text(method.to_uppercase()))
            } else {
                self.dialect_keyword("using", Python::text(method))
            });
        }
        let by_column = |value: fn(&IndexPart) -> Option<Python>| -> Vec<(String, Python)> {
            let plain = index.parts.iter().filter(|part| is_plain_sql(part));
            plain.filter_map(|part| Some((part.as_column()?.to_owned(), value(part)?))).collect()
        };
        let classes = by_column(|part| part.operator_class.as_deref().map(Python::text));
        if !classes.is_empty() {
            arguments.push(self.dialect_keyword("ops", Python::Dictionary(classes)));
        }
        let lengths = by_column(|part| part.prefix_length.map(|length| Python::Number(length.into())));
        if !lengths.is_empty() {
            arguments.push(self.dialect_keyword("length", Python::Dictionary(lengths)));
        }
        if let Some(predicate) = &index.predicate {
            arguments.push(self.dialect_keyword("where", Python::sql(&predicate.text)));
        }
        arguments.extend(self.index_options(index));
        arguments
    }

    /// What both indexes and unique constraints can say.
    pub(super) fn index_options(&self, index: &Index) -> Vec<Argument> {
        let mut arguments = Vec::new();
        if !index.include.is_empty() {
            arguments.push(self.dialect_keyword("include", Python::texts(&index.include)));
        }
        if index.nulls_not_distinct {
            arguments.push(self.dialect_keyword("nulls_not_distinct", Python::Boolean(true)));
        }
        arguments
    }

    /// A column by name; anything more as SQL.
    pub(super) fn index_part(&self, part: &IndexPart) -> Python {
        if let IndexTarget::Column(name) = &part.target
            && is_plain_sql(part)
        {
            return Python::text(name);
        }
        let mut sql = match &part.target {
            IndexTarget::Column(name) => self.quoted(name),
            // A call stands for itself where the server takes it so; any other expression is in parentheses.
            IndexTarget::Expression(expression) if self.words.has_bare_calls && is_call(&expression.text) => {
                expression.text.clone()
            }
            IndexTarget::Expression(expression) => format!("({})", without_parentheses(&expression.text)),
        };
        if let Some(length) = part.prefix_length {
            sql.push_str(&format!("({length})"));
        }
        if let Some(collation) = &part.collation {
            sql.push_str(&format!(" COLLATE {}", self.dialect.quote_identifier(collation)));
        }
        if let Some(class) = &part.operator_class {
            sql.push_str(&format!(" {class}"));
        }
        if part.order == SortOrder::Descending {
            sql.push_str(" DESC");
        }
        match part.nulls {
            Some(NullsOrder::First) => sql.push_str(" NULLS FIRST"),
            Some(NullsOrder::Last) => sql.push_str(" NULLS LAST"),
            None => {}
        }
        Python::sql(&sql)
    }

    /// `ForeignKey("users.id", ondelete="CASCADE")`, to stand in its column.
    pub(super) fn foreign_key(&self, place: Place<'_>, key: &ForeignKey) -> Result<Python, Wordless> {
        let mut arguments: Vec<Argument> =
            self.targets(key)?.into_iter().map(|target| Argument::Positional(Python::Text(target))).collect();
        arguments.extend(self.foreign_key_options(place, key));
        Ok(Python::call(sqlalchemy("ForeignKey"), arguments))
    }

    /// `ForeignKeyConstraint(["a", "b"], ["t.a", "t.b"])`.
    pub(super) fn foreign_key_constraint(&self, place: Place<'_>, key: &ForeignKey) -> Result<Python, Wordless> {
        let mut arguments = vec![
            Argument::Positional(Python::texts(&key.columns)),
            Argument::Positional(Python::texts(&self.targets(key)?)),
        ];
        arguments.extend(self.foreign_key_options(place, key));
        Ok(Python::call(sqlalchemy("ForeignKeyConstraint"), arguments))
    }

    /// `table.column` for each column referred to.
    fn targets(&self, key: &ForeignKey) -> Result<Vec<String>, Wordless> {
        let table = match self.schema_word(&key.referenced_namespace) {
            Some(namespace) => format!("{namespace}.{}", key.referenced_table),
            None => key.referenced_table.clone(),
        };
        let columns = if key.referenced_columns.is_empty() {
            let primary = self
                .schema
                .table(&key.referenced_namespace, &key.referenced_table)
                .and_then(|table| table.primary_key.as_ref());
            primary.map(|primary| primary.parts.iter().filter_map(|part| part.as_column().map(str::to_owned)).collect())
        } else {
            Some(key.referenced_columns.clone())
        };
        match columns {
            Some(columns) if columns.len() == key.columns.len() => {
                Ok(columns.iter().map(|column| format!("{table}.{column}")).collect())
            }
            _ => Err(Wordless(format!("the columns referred to in {table} are not known"))),
        }
    }

    fn foreign_key_options(&self, place: Place<'_>, key: &ForeignKey) -> Vec<Argument> {
        let mut arguments = Vec::new();
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        let name = key.name.as_deref();
        let written = self
            .name_to_write(NamedConstraint::ForeignKey, place, name, &columns, &key.referenced_table)
            .or_else(|| {
                let is_counted = self.words.numbers_foreign_keys && !self.convention.names(Kind::ForeignKey);
                name.filter(|_| is_counted && !are_numbered_in_order(place))
            });
        arguments.extend(written.map(|name| keyword("name", Python::text(name))));
        for (word, action) in [("ondelete", key.on_delete), ("onupdate", key.on_update)] {
            if action != ReferentialAction::NoAction {
                arguments.push(keyword(word, Python::text(action.as_sql())));
            }
        }
        arguments.extend(deferrability(key.deferrability));
        if key.match_kind == MatchKind::Full {
            arguments.push(keyword("match", Python::text("FULL")));
        }
        if key.not_valid {
            arguments.push(self.dialect_keyword("not_valid", Python::Boolean(true)));
        }
        arguments
    }

    /// `CheckConstraint("…", name="…")`.
    pub(super) fn check(&self, place: Place<'_>, check: &Check) -> Result<Python, Wordless> {
        if check.not_enforced {
            return Err(Wordless("SQLAlchemy has no words for a check that is not enforced".to_owned()));
        }
        let sql = super::python::without_parameters(&check.expression.text);
        let mut arguments = vec![Argument::Positional(Python::Text(sql))];
        arguments.extend(check.name.as_ref().map(|name| keyword("name", Python::text(self.check_name(place, name)))));
        if check.not_valid {
            arguments.push(self.dialect_keyword("not_valid", Python::Boolean(true)));
        }
        Ok(Python::call(sqlalchemy("CheckConstraint"), arguments))
    }

    /// A name that somebody chose: not the one that the server or the convention gives.
    pub(super) fn chosen_name<'n>(
        &self,
        constraint: NamedConstraint,
        place: Place<'_>,
        name: Option<&'n str>,
        columns: &[&str],
    ) -> Option<&'n str> {
        self.name_to_write(constraint, place, name, columns, "")
    }

    fn dialect_keyword(&self, word: &str, value: Python) -> Argument {
        Argument::Keyword(format!("{}_{word}", self.words.dialect), value)
    }
}

/// Whether the numbers that the server gives to foreign keys without a name are those that they have: it counts in the
/// order in which they are written, those of columns first.
fn are_numbered_in_order(place: Place<'_>) -> bool {
    let keys = &place.table.foreign_keys;
    let inline = place.table.columns.keys().filter_map(|column| inline_foreign_key(place, column));
    let is_inline = |key: &ForeignKey| {
        key.columns.len() == 1
            && inline_foreign_key(place, &key.columns[0]).is_some_and(|inline| std::ptr::eq(inline, key))
    };
    let written = inline.chain(keys.iter().filter(|key| !is_inline(key)));
    let number = |key: &ForeignKey| -> Option<u32> {
        key.name.as_ref()?.strip_prefix(place.name)?.strip_prefix("_ibfk_")?.parse().ok()
    };
    written.filter_map(number).eq(1..=u32::try_from(keys.iter().filter_map(number).count()).unwrap_or(u32::MAX))
}

/// Whether nothing but a column's name, or what has a keyword of its own, is said.
fn is_plain_sql(part: &IndexPart) -> bool {
    part.as_column().is_some() && part.order == SortOrder::Ascending && part.nulls.is_none() && part.collation.is_none()
}

impl Writer<'_> {
    /// `ExcludeConstraint((text("room"), "="), using="gist")`, of a definition as both the server and SQLAlchemy
    /// write it.
    pub(super) fn exclusion(&self, exclusion: &Exclusion) -> Option<Python> {
        let definition = exclusion.definition.text.trim();
        let rest = definition.strip_prefix("EXCLUDE USING ")?;
        let (method, rest) = rest.split_once('(')?;
        let inside = &rest[..closing(rest)?];
        let behind = rest[inside.len() + 1..].trim();
        let mut arguments = Vec::new();
        for element in split_at_commas(inside) {
            let (expression, operator) = element.rsplit_once(" WITH ")?;
            let pair = vec![Python::sql(expression.trim()), Python::text(operator.trim())];
            arguments.push(Argument::Positional(Python::Tuple(pair)));
        }
        arguments.extend(exclusion.name.as_ref().map(|name| keyword("name", Python::text(name))));
        arguments.push(keyword("using", Python::text(method.trim())));
        let (condition, deferrable) = match behind.find("DEFERRABLE") {
            Some(at) if !behind[at..].contains(')') => (behind[..at].trim(), &behind[at..]),
            _ => (behind, ""),
        };
        if !condition.is_empty() {
            let condition = condition.strip_prefix("WHERE ").filter(|condition| closes_at_end(condition))?;
            arguments.push(keyword("where", Python::sql(without_parentheses(condition))));
        }
        // Anything more is left to a person.
        arguments.extend(deferrability(match deferrable {
            "" => Deferrability::NotDeferrable,
            "DEFERRABLE" | "DEFERRABLE INITIALLY IMMEDIATE" => Deferrability::InitiallyImmediate,
            "DEFERRABLE INITIALLY DEFERRED" => Deferrability::InitiallyDeferred,
            _ => return None,
        }));
        let name = Name::of("sqlalchemy.dialects.postgresql", "ExcludeConstraint");
        Some(Python::call(name, arguments))
    }
}

/// Where the parenthesis is closed that was opened before the text.
fn closing(text: &str) -> Option<usize> {
    let opened = format!("({text}");
    (0..text.len()).filter(|at| text.as_bytes()[*at] == b')').find(|at| closes_at_end(&opened[..at + 2]))
}

/// The parts between commas that stand in no parentheses.
fn split_at_commas(text: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut depth) = (0, 0_usize);
    for (at, letter) in text.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

/// The columns of parts that say nothing else.
pub(super) fn plain_columns(parts: &[IndexPart]) -> Option<Vec<&str>> {
    let is_plain =
        |part: &IndexPart| is_plain_sql(part) && part.prefix_length.is_none() && part.operator_class.is_none();
    parts.iter().map(|part| part.as_column().filter(|_| is_plain(part))).collect()
}

pub(super) fn deferrability(deferrability: Deferrability) -> Vec<Argument> {
    let initially = match deferrability {
        Deferrability::NotDeferrable => return Vec::new(),
        Deferrability::InitiallyImmediate => None,
        Deferrability::InitiallyDeferred => Some(keyword("initially", Python::text("DEFERRED"))),
    };
    [keyword("deferrable", Python::Boolean(true))].into_iter().chain(initially).collect()
}

fn texts(columns: &[&str]) -> Vec<Argument> {
    columns.iter().map(|column| Argument::Positional(Python::text(*column))).collect()
}

/// Whether the whole text is `name(…)`.
pub(super) fn is_call(sql: &str) -> bool {
    let name = sql.chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').count();
    name > 0 && closes_at_end(&sql[name..])
}

/// The text without parentheses around the whole of it.
fn without_parentheses(sql: &str) -> &str {
    let mut sql = sql.trim();
    while closes_at_end(sql) {
        sql = sql[1..sql.len() - 1].trim();
    }
    sql
}

/// Whether the text begins with a parenthesis that its last character closes.
pub(super) fn closes_at_end(sql: &str) -> bool {
    let mut depth = 0_usize;
    let mut quote = None;
    for (at, letter) in sql.char_indices() {
        match (quote, letter) {
            (Some(open), _) if letter == open => quote = None,
            (Some(_), _) => {}
            (None, '\'' | '"' | '`') if at > 0 => quote = Some(letter),
            (None, '(') => depth += 1,
            (None, ')') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at + 1 == sql.len();
                }
            }
            (None, _) if at == 0 => return false,
            (None, _) => {}
        }
    }
    false
}
