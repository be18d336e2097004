//! What a CHECK says of a row, found out here and not by a server: for rows that are made up. What is not understood is
//! unknown; the server decides then.

use std::cmp::Ordering;
use std::collections::BTreeSet;

use ormsync_schema::{Expression, Literal};

use crate::expression::{self, Scope, Term};

/// A check in a form that rows can be held against.
#[derive(Debug, Clone)]
pub struct Condition {
    term: Term,
    columns: BTreeSet<String>,
    constants: Constants,
}

/// The constants in a condition: values near them are likely to be wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Constants {
    /// Numbers.
    pub numbers: Vec<f64>,
    /// Texts; those of LIKE without its signs.
    pub texts: Vec<String>,
    /// Whether some of the numbers are lengths of texts.
    pub lengths: bool,
}

/// What came of holding a row against a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// True or NULL: a check takes the row.
    Holds,
    /// False.
    Fails,
    /// The condition has a part that is not understood.
    Unknown,
}

/// The value of a column in a row: a constant, or NULL; nothing where it is not known here.
pub type Row<'a> = dyn Fn(&str) -> Option<Option<Literal>> + 'a;

impl Condition {
    pub(crate) fn read(expression: &Expression, scope: &Scope<'_>) -> Option<Self> {
        let term = expression::read(&expression.text, scope)?;
        let (mut columns, mut constants) = (BTreeSet::new(), Constants::default());
        collect(&term, &mut columns, &mut constants);
        Some(Self { term, columns, constants })
    }

    /// The columns that it names.
    pub fn columns(&self) -> &BTreeSet<String> {
        &self.columns
    }

    /// The constants in it.
    pub fn constants(&self) -> &Constants {
        &self.constants
    }

    /// Holds a row against it.
    pub fn holds(&self, row: &Row<'_>) -> Verdict {
        match value(&self.term, row).map(|value| value.truth()) {
            Some(Some(false)) => Verdict::Fails,
            Some(_) => Verdict::Holds,
            None => Verdict::Unknown,
        }
    }
}

fn collect(term: &Term, columns: &mut BTreeSet<String>, constants: &mut Constants) {
    match term {
        Term::Column(path) => columns.extend(path.last().cloned()),
        Term::Number(number) => constants.numbers.extend(number.parse::<f64>().ok()),
        Term::Text(text) => constants.texts.push(text.replace('%', "").replace('_', "a")),
        Term::Call(name, _) if LENGTHS.contains(&name.as_str()) => constants.lengths = true,
        _ => {}
    }
    term.clone().map_parts(|part| {
        collect(&part, columns, constants);
        part
    });
}

const LENGTHS: &[&str] = &["length", "char_length", "character_length", "octet_length"];

/// A value in the making: none of the servers' own types, only what comparing takes.
#[derive(Debug, Clone, PartialEq)]
enum Value {
    Null,
    Boolean(bool),
    Number(f64),
    Text(String),
}

impl Value {
    /// True, false or NULL.
    fn truth(&self) -> Option<bool> {
        match self {
            Self::Null => None,
            Self::Boolean(truth) => Some(*truth),
            Self::Number(number) => Some(*number != 0.0),
            Self::Text(text) => Some(text.parse::<f64>().is_ok_and(|number| number != 0.0)),
        }
    }

    fn number(&self) -> Option<f64> {
        match self {
            Self::Null => None,
            Self::Boolean(truth) => Some(f64::from(u8::from(*truth))),
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(truth) => truth.to_string(),
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text.clone(),
        }
    }
}

fn of_literal(literal: Option<Literal>) -> Value {
    match literal {
        None => Value::Null,
        Some(Literal::Boolean(truth)) => Value::Boolean(truth),
        Some(Literal::Number(number)) => number.parse().map_or(Value::Text(number), Value::Number),
        Some(Literal::Text(text) | Literal::Bytes(text)) => Value::Text(text),
    }
}

fn of_truth(truth: Option<bool>) -> Value {
    truth.map_or(Value::Null, Value::Boolean)
}

/// The value of a term; none where it is not understood.
fn value(term: &Term, row: &Row<'_>) -> Option<Value> {
    Some(match term {
        Term::Null => Value::Null,
        Term::Boolean(truth) => Value::Boolean(*truth),
        Term::Number(number) => Value::Number(number.parse().ok()?),
        Term::Text(text) => Value::Text(text.clone()),
        Term::Column(path) => of_literal(row(path.last()?)?),
        Term::And(parts) => of_truth(chain(parts, false, row)?),
        Term::Or(parts) => of_truth(chain(parts, true, row)?),
        Term::Not(part) => of_truth(value(part, row)?.truth().map(|truth| !truth)),
        Term::Prefix(operator, part) if operator == "-" => match value(part, row)? {
            Value::Null => Value::Null,
            other => Value::Number(-other.number()?),
        },
        Term::Binary(left, operator, right) => binary(&value(left, row)?, operator, &value(right, row)?)?,
        Term::Is(part, what, negated) => {
            let part = value(part, row)?;
            let is_so = match *what {
                "TRUE" => part.truth() == Some(true),
                "FALSE" => part.truth() == Some(false),
                _ => part == Value::Null,
            };
            Value::Boolean(is_so != *negated)
        }
        Term::Distinct(left, right, distinct) => {
            let (left, right) = (value(left, row)?, value(right, row)?);
            let same = match (&left, &right) {
                (Value::Null, Value::Null) => true,
                (Value::Null, _) | (_, Value::Null) => false,
                (left, right) => order(left, right)? == Ordering::Equal,
            };
            Value::Boolean(same != *distinct)
        }
        Term::In(part, list, negated) => {
            let part = value(part, row)?;
            let list = list.iter().map(|item| value(item, row)).collect::<Option<Vec<_>>>()?;
            of_truth(is_in(&part, &list)?.map(|found| found != *negated))
        }
        Term::Call(name, arguments) => {
            let arguments = arguments.iter().map(|argument| value(argument, row)).collect::<Option<Vec<_>>>()?;
            call(name, &arguments)?
        }
        Term::Cast(part, data_type) => cast(value(part, row)?, data_type)?,
        Term::Case(operand, branches, otherwise) => {
            let operand = match operand {
                Some(operand) => Some(value(operand, row)?),
                None => None,
            };
            for (condition, result) in branches {
                let condition = value(condition, row)?;
                let is_met = match &operand {
                    Some(operand) => binary(operand, "=", &condition)?.truth(),
                    None => condition.truth(),
                };
                if is_met == Some(true) {
                    return value(result, row);
                }
            }
            return otherwise.as_ref().map_or(Some(Value::Null), |otherwise| value(otherwise, row));
        }
        Term::Collate(part, _) => value(part, row)?,
        _ => return None,
    })
}

/// AND (which `false` decides) or OR (which `true` decides), in three-valued logic, as far as it is understood.
fn chain(parts: &[Term], decides: bool, row: &Row<'_>) -> Option<Option<bool>> {
    let truths: Vec<_> = parts.iter().map(|part| value(part, row).map(|value| value.truth())).collect();
    if truths.contains(&Some(Some(decides))) {
        return Some(Some(decides));
    }
    let truths = truths.into_iter().collect::<Option<Vec<_>>>()?;
    Some(if truths.contains(&None) { None } else { Some(!decides) })
}

fn binary(left: &Value, operator: &str, right: &Value) -> Option<Value> {
    if *left == Value::Null || *right == Value::Null {
        return Some(Value::Null);
    }
    let truth = |is_so: bool| Some(Value::Boolean(is_so));
    let number = |number: f64| Some(Value::Number(number));
    match operator {
        "=" => truth(order(left, right)? == Ordering::Equal),
        "<>" => truth(order(left, right)? != Ordering::Equal),
        "<" => truth(order(left, right)?.is_lt()),
        "<=" => truth(order(left, right)?.is_le()),
        ">" => truth(order(left, right)?.is_gt()),
        ">=" => truth(order(left, right)?.is_ge()),
        "+" => number(left.number()? + right.number()?),
        "-" => number(left.number()? - right.number()?),
        "*" => number(left.number()? * right.number()?),
        "%" => number(left.number()? % Some(right.number()?).filter(|it| *it != 0.0)?),
        "||" => Some(Value::Text(left.text() + &right.text())),
        "LIKE" => truth(is_like(&left.text(), &right.text())),
        "NOT LIKE" => truth(!is_like(&left.text(), &right.text())),
        "ILIKE" => truth(is_like(&left.text().to_lowercase(), &right.text().to_lowercase())),
        "NOT ILIKE" => truth(!is_like(&left.text().to_lowercase(), &right.text().to_lowercase())),
        "XOR" => truth(left.truth()? != right.truth()?),
        _ => None,
    }
}

/// Numbers by their value, everything else by its text: dates in ISO form come in their own order so.
fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
        _ => left.number()?.partial_cmp(&right.number()?),
    }
}

fn is_in(part: &Value, list: &[Value]) -> Option<Option<bool>> {
    if *part == Value::Null {
        return Some(None);
    }
    let mut has_null = false;
    for item in list {
        match binary(part, "=", item)?.truth() {
            Some(true) => return Some(Some(true)),
            Some(false) => {}
            None => has_null = true,
        }
    }
    Some(if has_null { None } else { Some(false) })
}

fn call(name: &str, arguments: &[Value]) -> Option<Value> {
    if name == "coalesce" || name == "ifnull" {
        return Some(arguments.iter().find(|it| **it != Value::Null).cloned().unwrap_or(Value::Null));
    }
    if arguments.contains(&Value::Null) {
        return Some(Value::Null);
    }
    let text = |change: fn(&str) -> String| Some(Value::Text(change(&arguments.first()?.text())));
    match (name, arguments) {
        ("length" | "octet_length", [text]) => Some(Value::Number(text.text().len() as f64)),
        ("char_length" | "character_length", [text]) => Some(Value::Number(text.text().chars().count() as f64)),
        ("lower", [_]) => text(str::to_lowercase),
        ("upper", [_]) => text(str::to_uppercase),
        ("trim" | "btrim", [_]) => text(|text| text.trim().to_owned()),
        ("ltrim", [_]) => text(|text| text.trim_start().to_owned()),
        ("rtrim", [_]) => text(|text| text.trim_end().to_owned()),
        ("abs", [number]) => Some(Value::Number(number.number()?.abs())),
        _ => None,
    }
}

fn cast(value: Value, data_type: &ormsync_schema::DataType) -> Option<Value> {
    let name = data_type.as_named().map(|named| named.name.as_str()).unwrap_or_default();
    Some(match name {
        _ if value == Value::Null => Value::Null,
        "text" | "varchar" | "char" | "bpchar" | "citext" => Value::Text(value.text()),
        "integer" | "bigint" | "smallint" | "int" => Value::Number(value.number()?.round()),
        "numeric" | "decimal" | "real" | "double precision" | "double" | "float" => Value::Number(value.number()?),
        // A date, an enum's label …: they are compared as their text.
        _ if matches!(value, Value::Text(_)) => value,
        _ => return None,
    })
}

/// `%` is any text, `_` any letter.
fn is_like(text: &str, pattern: &str) -> bool {
    let mut letters = pattern.chars();
    match letters.next() {
        None => text.is_empty(),
        Some('%') => {
            let rest = letters.as_str();
            text.char_indices().map(|(at, _)| at).chain([text.len()]).any(|at| is_like(&text[at..], rest))
        }
        Some('\\') => {
            let escaped = letters.next();
            let mut text_letters = text.chars();
            text_letters.next() == escaped && is_like(text_letters.as_str(), letters.as_str())
        }
        Some(letter) => {
            let mut text_letters = text.chars();
            text_letters.next().is_some_and(|found| letter == '_' || found == letter)
                && is_like(text_letters.as_str(), letters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ormsync_schema::DataType;

    use super::*;
    use crate::POSTGRESQL;
    use crate::dialect::Dialect as _;

    fn verdict(check: &str, a: Option<Literal>) -> Verdict {
        let columns = |name: &str| (name == "a").then(|| ("a".to_owned(), DataType::named("text")));
        let condition = POSTGRESQL.condition(&Expression::written(check), &columns).unwrap();
        condition.holds(&|name| (name == "a").then(|| a.clone()))
    }

    fn number(number: &str) -> Option<Literal> {
        Some(Literal::Number(number.to_owned()))
    }

    fn text(text: &str) -> Option<Literal> {
        Some(Literal::Text(text.to_owned()))
    }

    #[test]
    fn checks_are_held_against_rows() {
        use Verdict::{Fails, Holds, Unknown};
        for (check, a, expected) in [
            ("a > 0", number("1"), Holds),
            ("a > 0", number("0"), Fails),
            ("a > 0", None, Holds),
            ("a > 0 AND a IS NOT NULL", None, Fails),
            ("a BETWEEN 1 AND 10", number("10"), Holds),
            ("a BETWEEN 1 AND 10", number("10.5"), Fails),
            ("a IN ('x', 'y')", text("y"), Holds),
            ("a IN ('x', 'y')", text("z"), Fails),
            ("a NOT IN ('x', 'y')", text("z"), Holds),
            ("length(a) > 3 OR a = 'x'", text("abc"), Fails),
            ("length(a) > 3 OR a = 'x'", text("x"), Holds),
            ("a LIKE 'a%b_'", text("a123bc"), Holds),
            ("a LIKE 'a%b_'", text("a123b"), Fails),
            ("lower(a) = a", text("Abc"), Fails),
            ("a ~ '^[a-z]+$'", text("x"), Unknown),
            ("a ~ '^[a-z]+$' OR a = 'x'", text("x"), Holds),
            ("a ~ '^[a-z]+$' AND a <> 'x'", text("x"), Fails),
            ("a::date > '2020-01-01'::date", text("2019-12-31"), Fails),
            ("CASE WHEN a = 'x' THEN a <> 'x' ELSE true END", text("x"), Fails),
            ("a IS DISTINCT FROM 'x'", None, Holds),
            ("coalesce(a, 'x') <> 'x'", None, Fails),
            ("(a)::numeric % 2 = 0", number("3"), Fails),
        ] {
            assert_eq!(verdict(check, a.clone()), expected, "{check} with {a:?}");
        }
    }

    #[test]
    fn columns_and_constants_are_found() {
        let columns = |name: &str| Some((name.to_owned(), DataType::named("text")));
        let check = Expression::written("length(a) >= 3 AND b LIKE 'x%' AND c IN ('y', 'z')");
        let condition = POSTGRESQL.condition(&check, &columns).unwrap();
        assert_eq!(condition.columns().iter().collect::<Vec<_>>(), ["a", "b", "c"]);
        let constants = condition.constants();
        assert_eq!((constants.numbers.as_slice(), constants.lengths), ([3.0].as_slice(), true));
        assert_eq!(constants.texts, ["x", "y", "z"]);
    }
}
