//! What a server would answer to a question about its catalogue, or about rows that no table has yet.
//!
//! Migrations ask before they act: whether a column is there, which constraints a table has, whether there are rows to
//! carry over. A replay is that of an empty database, so that rows of the schema's own tables are none, as long as
//! nothing has put any there.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use ormsync_schema::{Literal, Schema};
use sqlparser::ast::{
    BinaryOperator, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, GroupByExpr, JoinConstraint,
    JoinOperator, ObjectName, Query, Select, SelectItem, SelectItemQualifiedWildcardKind, SetExpr, Statement,
    TableFactor, UnaryOperator, Value, visit_relations,
};
use sqlparser::parser::{Parser, ParserOptions};

use super::catalogue::{self, Record};
use super::{Rules, rules};

/// A cell of an answer; none is NULL.
pub type AnswerCell = Option<Literal>;

/// A question to a database whose schema is known.
pub struct Question<'q> {
    /// The statement.
    pub text: &'q str,
    /// What `:name` in it stands for.
    pub parameters: &'q BTreeMap<String, String>,
    /// Whether a table, by its last name, may have rows.
    pub has_rows: &'q dyn Fn(&str) -> bool,
}

/// The rows that a server with this schema would answer, as far as that can be told.
pub fn answer(schema: &Schema, question: &Question<'_>) -> Option<Vec<Vec<AnswerCell>>> {
    let rules = rules::of(&schema.dialect)?;
    // A table that nobody understood may be what is asked for.
    if !schema.opaque.is_empty() {
        return None;
    }
    if let Some(rows) = catalogue::pragma(schema, question.text) {
        return rows;
    }
    let dialect = (rules.grammar.parser)();
    let options = ParserOptions::new().with_unescape(false);
    let mut parser = Parser::new(dialect.as_ref()).with_options(options).try_with_sql(question.text).ok()?;
    let Statement::Query(query) = parser.parse_statement().ok()? else { return None };
    Asked { schema, rules, question }.query(&query)
}

struct Asked<'q> {
    schema: &'q Schema,
    rules: &'static Rules,
    question: &'q Question<'q>,
}

/// What a row has under the name that a query gives its table.
type Row = Vec<(String, Record)>;

impl Asked<'_> {
    fn query(&self, query: &Query) -> Option<Vec<Vec<AnswerCell>>> {
        if let Some(rows) = self.of_no_rows(query) {
            return Some(rows);
        }
        if query.with.is_some() || query.fetch.is_some() {
            return None;
        }
        match query.body.as_ref() {
            SetExpr::Select(select) => {
                let mut rows = self.select(select)?;
                if let Some(sqlparser::ast::LimitClause::LimitOffset { limit: Some(Expr::Value(limit)), .. }) =
                    &query.limit_clause
                {
                    rows.truncate(limit.value.to_string().parse().ok()?);
                }
                Some(rows)
            }
            _ => None,
        }
    }

    /// A question about tables of the schema's own that have no rows: there is nothing, but where it is counted.
    fn of_no_rows(&self, query: &Query) -> Option<Vec<Vec<AnswerCell>>> {
        let mut named = 0_usize;
        let with: Vec<String> =
            query.with.iter().flat_map(|with| &with.cte_tables).map(|it| self.fold(&it.alias.name)).collect();
        let outcome = visit_relations(query, |name: &ObjectName| {
            named += 1;
            let last = name.0.last().and_then(|part| part.as_ident()).map(|part| self.fold(part)).unwrap_or_default();
            let is_known = with.contains(&last) || self.is_table(&last);
            match is_known && !(self.question.has_rows)(&last) {
                true => ControlFlow::Continue(()),
                false => ControlFlow::Break(()),
            }
        });
        let SetExpr::Select(select) = query.body.as_ref() else { return None };
        if outcome.is_break() || named == 0 || select.from.is_empty() {
            return None;
        }
        let is_grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
        let counts: Vec<Option<AnswerCell>> = select.projection.iter().map(of_nothing).collect();
        if is_grouped || counts.iter().all(Option::is_none) {
            return Some(Vec::new());
        }
        counts.into_iter().collect::<Option<Vec<_>>>().map(|row| vec![row])
    }

    fn is_table(&self, name: &str) -> bool {
        let of = |content: &ormsync_schema::Namespace| {
            content.tables.keys().chain(content.views.keys()).any(|other| self.rules.dialect.same_name(other, name))
        };
        self.schema.namespaces.values().any(of)
    }

    fn fold(&self, name: &sqlparser::ast::Ident) -> String {
        (self.rules.grammar.fold)(name)
    }

    fn select(&self, select: &Select) -> Option<Vec<Vec<AnswerCell>>> {
        if select.having.is_some() || !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty()) {
            return None;
        }
        let mut rows: Vec<Row> = vec![Row::new()];
        for from in &select.from {
            rows = self.joined(rows, &from.relation, None)?;
            for join in &from.joins {
                let on = match &join.join_operator {
                    JoinOperator::Join(on) | JoinOperator::Inner(on) => on,
                    _ => return None,
                };
                let JoinConstraint::On(condition) = on else { return None };
                rows = self.joined(rows, &join.relation, Some(condition))?;
            }
        }
        if let Some(condition) = &select.selection {
            rows = self.kept(rows, condition)?;
        }
        if select.projection.iter().any(|item| of_nothing(item).is_some()) {
            return match select.projection.as_slice() {
                [only] if is_count(only) => Some(vec![vec![Some(Literal::Number(rows.len().to_string()))]]),
                _ => None,
            };
        }
        rows.iter().map(|row| self.projected(row, &select.projection)).collect()
    }

    fn joined(&self, rows: Vec<Row>, relation: &TableFactor, on: Option<&Expr>) -> Option<Vec<Row>> {
        let TableFactor::Table { name, alias, args, .. } = relation else { return None };
        let parts: Vec<String> = name.0.iter().filter_map(|part| part.as_ident()).map(|it| self.fold(it)).collect();
        let last = parts.last()?.to_lowercase();
        let called = alias.as_ref().map_or_else(|| last.clone(), |alias| self.fold(&alias.name).to_lowercase());
        let argument = args.as_ref().and_then(|args| args.args.first()).and_then(|argument| match argument {
            FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => match self.value(expression, &Row::new())? {
                Some(Literal::Text(text)) => Some(text),
                _ => None,
            },
            _ => None,
        });
        let records = catalogue::records(self.schema, &last, argument.as_deref())?;
        let mut joined = Vec::new();
        for row in &rows {
            for record in &records {
                let mut row = row.clone();
                row.push((called.clone(), record.clone()));
                joined.push(row);
            }
        }
        match on {
            Some(condition) => self.kept(joined, condition),
            None => Some(joined),
        }
    }

    fn kept(&self, rows: Vec<Row>, condition: &Expr) -> Option<Vec<Row>> {
        let mut kept = Vec::new();
        for row in rows {
            if self.holds(condition, &row)? {
                kept.push(row);
            }
        }
        Some(kept)
    }

    fn projected(&self, row: &Row, items: &[SelectItem]) -> Option<Vec<AnswerCell>> {
        let mut cells = Vec::new();
        for item in items {
            match item {
                SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. } => {
                    cells.push(self.value(expression, row)?);
                }
                // Nobody counts the columns of a catalogue's table: only whether there is a row can be meant.
                SelectItem::Wildcard(_)
                | SelectItem::QualifiedWildcard(SelectItemQualifiedWildcardKind::ObjectName(_), _) => {
                    cells.push(Some(Literal::Number("1".to_owned())));
                }
                _ => return None,
            }
        }
        Some(cells)
    }

    /// Whether a condition holds; none where it is not known, and false where it is NULL.
    fn holds(&self, condition: &Expr, row: &Row) -> Option<bool> {
        match condition {
            Expr::Nested(inner) => self.holds(inner, row),
            Expr::UnaryOp { op: UnaryOperator::Not, expr } => Some(!self.holds(expr, row)?),
            Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
                match (self.holds(left, row), self.holds(right, row)) {
                    (Some(false), _) | (_, Some(false)) => Some(false),
                    (left, right) => Some(left? && right?),
                }
            }
            Expr::BinaryOp { left, op: BinaryOperator::Or, right } => {
                match (self.holds(left, row), self.holds(right, row)) {
                    (Some(true), _) | (_, Some(true)) => Some(true),
                    (left, right) => Some(left? || right?),
                }
            }
            Expr::BinaryOp { left, op, right } => {
                let (left, right) = (self.value(left, row)?, self.value(right, row)?);
                let is_equal = left.is_some() && same(left.as_ref(), right.as_ref());
                match op {
                    BinaryOperator::Eq => Some(is_equal),
                    BinaryOperator::NotEq => Some(left.is_some() && right.is_some() && !is_equal),
                    BinaryOperator::Gt => Some(number(left.as_ref())? > number(right.as_ref())?),
                    BinaryOperator::Lt => Some(number(left.as_ref())? < number(right.as_ref())?),
                    _ => None,
                }
            }
            Expr::InList { expr, list, negated } => {
                let value = self.value(expr, row)?;
                let mut is_in = false;
                for one in list {
                    is_in |= same(value.as_ref(), self.value(one, row)?.as_ref());
                }
                Some(is_in != *negated)
            }
            Expr::Like { negated, expr, pattern, .. } | Expr::ILike { negated, expr, pattern, .. } => {
                let (Some(Literal::Text(value)), Some(Literal::Text(pattern))) =
                    (self.value(expr, row)?, self.value(pattern, row)?)
                else {
                    return None;
                };
                Some(is_like(&value.to_lowercase(), &pattern.to_lowercase())? != *negated)
            }
            Expr::IsNull(inner) => Some(self.value(inner, row)?.is_none()),
            Expr::IsNotNull(inner) => Some(self.value(inner, row)?.is_some()),
            Expr::Exists { subquery, negated } => Some(self.query(subquery)?.is_empty() == *negated),
            other => match self.value(other, row)? {
                Some(Literal::Boolean(flag)) => Some(flag),
                Some(Literal::Number(number)) => Some(number != "0"),
                _ => None,
            },
        }
    }

    /// The value of an expression; none where it is not known, and some none where it is NULL.
    fn value(&self, expression: &Expr, row: &Row) -> Option<AnswerCell> {
        match expression {
            Expr::Nested(inner) => self.value(inner, row),
            Expr::Value(value) => match &value.value {
                Value::Null => Some(None),
                Value::Boolean(flag) => Some(Some(Literal::Boolean(*flag))),
                Value::Number(number, _) => Some(Some(Literal::Number(number.clone()))),
                Value::Placeholder(name) => {
                    let given = self.question.parameters.get(name.trim_start_matches([':', '$', '@']))?;
                    Some(Some(Literal::Text(given.clone())))
                }
                Value::SingleQuotedString(text) => Some(Some(Literal::Text(self.rules.constant(text)))),
                Value::DoubleQuotedString(text) => Some(Some(Literal::Text(text.clone()))),
                _ => None,
            },
            Expr::Identifier(name) => self.cell(None, &self.fold(name), row),
            Expr::CompoundIdentifier(parts) => {
                let [.., table, name] = parts.as_slice() else { return None };
                self.cell(Some(&self.fold(table).to_lowercase()), &self.fold(name), row)
            }
            // `'orders'::regclass` is what the catalogue's numbers stand for here.
            Expr::Cast { expr, data_type, .. } => {
                let value = self.value(expr, row)?;
                match (data_type.to_string().to_lowercase().as_str(), value) {
                    ("regclass", Some(Literal::Text(name))) => {
                        let name = name.rsplit('.').next().unwrap_or_default().trim_matches('"').to_owned();
                        Some(Some(Literal::Text(catalogue::number_of_table(&name))))
                    }
                    ("regtype", Some(Literal::Text(name))) => {
                        Some(Some(Literal::Text(catalogue::number_of_type(name.trim_matches('"')))))
                    }
                    (_, value) => Some(value),
                }
            }
            Expr::Function(function) => self.call(function, row),
            Expr::Exists { .. }
            | Expr::BinaryOp { .. }
            | Expr::InList { .. }
            | Expr::IsNull(_)
            | Expr::IsNotNull(_)
            | Expr::UnaryOp { op: UnaryOperator::Not, .. } => {
                self.holds(expression, row).map(|flag| Some(Literal::Boolean(flag)))
            }
            Expr::Subquery(query) => match self.query(query)?.into_iter().next() {
                Some(row) => row.into_iter().next(),
                None => Some(None),
            },
            _ => None,
        }
    }

    fn call(&self, function: &Function, row: &Row) -> Option<AnswerCell> {
        let name = function.name.to_string().to_lowercase();
        let arguments: Vec<&Expr> = match &function.args {
            FunctionArguments::None => Vec::new(),
            FunctionArguments::List(list) => list
                .args
                .iter()
                .map(|argument| match argument {
                    FunctionArg::Unnamed(FunctionArgExpr::Expr(expression)) => Some(expression),
                    _ => None,
                })
                .collect::<Option<_>>()?,
            FunctionArguments::Subquery(_) => return None,
        };
        match (name.as_str(), arguments.as_slice()) {
            ("database" | "schema" | "current_schema" | "current_database", []) => {
                Some(Some(Literal::Text(self.rules.dialect.default_namespace().to_owned())))
            }
            ("lower", [only]) => match self.value(only, row)? {
                Some(Literal::Text(text)) => Some(Some(Literal::Text(text.to_lowercase()))),
                other => Some(other),
            },
            ("to_regclass", [only]) => match self.value(only, row)? {
                Some(Literal::Text(name)) => {
                    let name = name.rsplit('.').next().unwrap_or_default().trim_matches('"').to_owned();
                    Some(self.is_table(&name).then(|| Literal::Text(catalogue::number_of_table(&name))))
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A cell of the row, by the name of its table where that is said.
    fn cell(&self, table: Option<&str>, name: &str, row: &Row) -> Option<AnswerCell> {
        let wanted = name.to_lowercase();
        // MySQL has these two as words without parentheses, too.
        if row.is_empty() && matches!(wanted.as_str(), "current_schema" | "current_database") {
            return Some(Some(Literal::Text(self.rules.dialect.default_namespace().to_owned())));
        }
        let mut records = row.iter().filter(|(called, _)| table.is_none_or(|table| called == table));
        records.find_map(|(_, record)| record.get(wanted.as_str()).cloned())
    }
}

/// What an item of a query comes to where there are no rows; none where it is no aggregate.
fn of_nothing(item: &SelectItem) -> Option<AnswerCell> {
    let (SelectItem::UnnamedExpr(expression) | SelectItem::ExprWithAlias { expr: expression, .. }) = item else {
        return None;
    };
    let Expr::Function(function) = expression else { return None };
    match function.name.to_string().to_lowercase().as_str() {
        "count" => Some(Some(Literal::Number("0".to_owned()))),
        "max" | "min" | "sum" | "avg" | "string_agg" | "array_agg" | "group_concat" => Some(None),
        _ => None,
    }
}

fn is_count(item: &SelectItem) -> bool {
    matches!(of_nothing(item), Some(Some(_)))
}

fn same(left: Option<&Literal>, right: Option<&Literal>) -> bool {
    let text = |literal: Option<&Literal>| match literal {
        Some(Literal::Text(text) | Literal::Number(text) | Literal::Bytes(text)) => Some(text.clone()),
        Some(Literal::Boolean(flag)) => Some(flag.to_string()),
        None => None,
    };
    match (text(left), text(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

fn number(literal: Option<&Literal>) -> Option<i64> {
    match literal {
        Some(Literal::Number(text)) => text.parse().ok(),
        _ => None,
    }
}

/// `LIKE`, as far as its pattern has no more than `%` at its ends.
fn is_like(value: &str, pattern: &str) -> Option<bool> {
    let inner = pattern.trim_matches('%');
    if inner.contains(['%', '\\']) {
        return None;
    }
    Some(match (pattern.starts_with('%'), pattern.ends_with('%')) {
        (true, true) => value.contains(inner),
        (true, false) => value.ends_with(inner),
        (false, true) => value.starts_with(inner),
        (false, false) => value == inner,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ormsync_schema::Origin;

    use super::*;

    fn asked(dialect: &str, text: &str) -> Option<usize> {
        let mut schema = Schema::new(dialect);
        let made = "CREATE TABLE a (id INT PRIMARY KEY, b VARCHAR(20), CONSTRAINT a_b UNIQUE (b)); CREATE INDEX a_i ON a (id, b);";
        assert_eq!(super::super::replay(&mut schema, made, &Origin::nowhere()), []);
        let parameters = BTreeMap::from([("name".to_owned(), "b".to_owned())]);
        let question = Question { text, parameters: &parameters, has_rows: &|table| table == "full" };
        answer(&schema, &question).map(|rows| rows.len())
    }

    #[test]
    fn the_catalogue_is_known() {
        let columns = "SELECT 1 FROM information_schema.columns WHERE table_name = 'a' AND column_name = :name";
        assert_eq!((asked("postgresql", columns), asked("mysql", columns)), (Some(1), Some(1)));
        assert_eq!(asked("postgresql", "SELECT 1 FROM pg_indexes WHERE indexname = 'a_i'"), Some(1));
        assert_eq!(asked("postgresql", "SELECT 1 FROM pg_type WHERE typname = 'kind'"), Some(0));
        let key = "SELECT conname FROM pg_constraint WHERE conrelid = 'a'::regclass AND contype = 'u'";
        assert_eq!(asked("postgresql", key), Some(1));
        assert_eq!(asked("sqlite", "SELECT name FROM sqlite_master WHERE type = 'index' AND name = 'a_i'"), Some(1));
        assert_eq!(asked("sqlite", "PRAGMA table_info(a)"), Some(2));
    }

    #[test]
    fn there_are_no_rows_where_none_were_put() {
        assert_eq!(asked("postgresql", "SELECT id FROM a WHERE b IS NULL ORDER BY id"), Some(0));
        assert_eq!(asked("postgresql", "SELECT count(*) FROM a"), Some(1));
        assert_eq!(asked("postgresql", "WITH x AS (SELECT id FROM a) SELECT * FROM x JOIN a ON a.id = x.id"), Some(0));
        assert_eq!(asked("postgresql", "SELECT id FROM nobody_knows"), None);
        assert_eq!(asked("postgresql", "SELECT nextval('x')"), None);
    }
}
