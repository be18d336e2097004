//! What MySQL and MariaDB make of expressions when they print them back, and what people write.

use std::borrow::Cow;

use ormsync_schema::DataType;
use sqlparser::ast::Ident;
use sqlparser::dialect::MySqlDialect;

use super::{defaults, facts, tokens, types};
use crate::expression::{Grammar, Scope, Term};
use crate::type_text::unescaped;

/// How MySQL and MariaDB write expressions.
pub(super) static GRAMMAR: Grammar = Grammar {
    parser: || Box::new(MySqlDialect {}),
    prepare: without_outer_escapes,
    prepare_tokens: tokens::in_standard_words,
    fold: |name: &Ident| name.value.clone(),
    quote: facts::quote_if_needed,
    quote_text: facts::quote_text,
    parse_type: cast_type,
    type_text: types::print,
    rewrite,
};

/// `information_schema` of MySQL 8 and 9 escapes the quotes of the expressions it shows:
/// `(_utf8mb4\'a\')`. Such a text is escaped as a whole, once; a backslash that stands outside of
/// strings can mean nothing else.
fn without_outer_escapes(text: &str) -> Cow<'_, str> {
    let mut quote: Option<char> = None;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (None, '\\') => return Cow::Owned(unescape(text)),
            (Some('\'' | '"'), '\\') => {
                characters.next();
            }
            (None, '\'' | '"' | '`') => quote = Some(character),
            (Some(open), character) if open == character => quote = None,
            _ => {}
        }
    }
    Cow::Borrowed(text)
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(escaped)) => {
                plain.push(unescaped(escaped));
                characters.next();
            }
            _ => plain.push(character),
        }
    }
    plain
}

/// `CAST(x AS char)` has no length, other than a column of the type `char`.
fn cast_type(text: &str) -> DataType {
    match text.to_lowercase().as_str() {
        plain @ ("char" | "binary") => DataType::named(plain),
        _ => types::parse(text),
    }
}

fn rewrite(term: Term, scope: &Scope<'_>) -> Term {
    match term {
        Term::Binary(left, operator, right) if operator == "XOR" => {
            Term::Binary(Box::new(truth(*left)), operator, Box::new(truth(*right)))
        }
        Term::And(parts) => Term::And(parts.into_iter().map(truth).collect()),
        Term::Or(parts) => Term::Or(parts.into_iter().map(truth).collect()),
        Term::Is(part, what, negated) if what != "NULL" => Term::Is(Box::new(truth(*part)), what, negated),
        Term::Binary(left, operator, right) => rewrite_operator(*left, operator, *right, scope),
        // `true` and `false` are names of 1 and 0.
        Term::Boolean(boolean) => Term::Number(if boolean { "1" } else { "0" }.to_owned()),
        Term::Not(part) => match *part {
            Term::Number(number) => Term::Number(if number == "0" { "1" } else { "0" }.to_owned()),
            part => Term::Not(Box::new(truth(part))),
        },
        Term::In(part, list, negated) => {
            let list = list.into_iter().map(|term| beside(term, &part, scope)).collect();
            Term::In(part, list, negated)
        }
        Term::Call(name, arguments) => rewrite_call(&name, arguments),
        Term::Case(operand, mut branches, otherwise) => {
            if operand.is_none() {
                branches = branches.into_iter().map(|(condition, result)| (truth(condition), result)).collect();
            }
            Term::Case(operand, branches, otherwise.filter(|term| **term != Term::Null))
        }
        other => other,
    }
}

fn rewrite_operator(left: Term, operator: String, right: Term, scope: &Scope<'_>) -> Term {
    let (left, right) = match operator.as_str() {
        "=" | "<>" | "<" | ">" | "<=" | ">=" => {
            let right = beside(right, &left, scope);
            (beside(left, &right, scope), right)
        }
        // `a -> '$.x'` is JSON_EXTRACT, `a ->> '$.x'` JSON_UNQUOTE of it.
        "->" => return Term::Call("json_extract".to_owned(), vec![left, right]),
        "->>" => {
            let extract = Term::Call("json_extract".to_owned(), vec![left, right]);
            return Term::Call("json_unquote".to_owned(), vec![extract]);
        }
        _ => (left, right),
    };
    match (operator.as_str(), left, right) {
        // `0 = x` is how MySQL 8 prints NOT x, where x is a truth value already.
        ("=", Term::Number(zero), truth) | ("=", truth, Term::Number(zero)) if zero == "0" && is_truth(&truth) => {
            Term::Not(Box::new(truth))
        }
        ("<>", Term::Number(zero), truth) | ("<>", truth, Term::Number(zero)) if zero == "0" && is_truth(&truth) => {
            truth
        }
        (_, left, right) => Term::Binary(Box::new(left), operator, Box::new(right)),
    }
}

/// A term where a truth value is wanted: MySQL 8 prints `active` as `(0 <> active)` there.
fn truth(term: Term) -> Term {
    if is_truth(&term) || term.is_constant() { term } else { Term::binary(term, "<>", Term::Number("0".to_owned())) }
}

fn is_truth(term: &Term) -> bool {
    match term {
        Term::And(_) | Term::Or(_) | Term::Not(_) | Term::Is(..) | Term::In(..) | Term::Distinct(..) => true,
        Term::Binary(_, operator, _) => {
            matches!(operator.as_str(), "=" | "<>" | "<" | ">" | "<=" | ">=" | "LIKE" | "NOT LIKE")
        }
        Term::Call(name, _) => matches!(name.as_str(), "regexp_like" | "json_valid" | "isnull"),
        _ => false,
    }
}

/// A constant beside a column, in the form that the column keeps it in.
fn beside(term: Term, other: &Term, scope: &Scope<'_>) -> Term {
    match (&term, other) {
        (Term::Text(_) | Term::Number(_), Term::Column(path)) => match path.as_slice() {
            [name] => match scope.column_type(name) {
                // Numbers beside text compare as numbers: not the same as text.
                Some(data_type) if !(matches!(term, Term::Number(_)) && defaults::is_text(&data_type)) => {
                    defaults::constant_of_type(term, &data_type)
                }
                _ => term,
            },
            _ => term,
        },
        _ => term,
    }
}

/// Functions with several names, by the one that is kept here.
fn rewrite_call(name: &str, mut arguments: Vec<Term>) -> Term {
    let name = match (name, arguments.len()) {
        ("current_timestamp" | "localtime" | "localtimestamp", _) => "now",
        ("curdate", 0) => "current_date",
        ("curtime", _) => "current_time",
        ("lcase", 1) => "lower",
        ("ucase", 1) => "upper",
        ("substr" | "mid", _) => "substring",
        ("character_length", 1) => "char_length",
        ("octet_length", 1) => "length",
        ("ceiling", 1) => "ceil",
        ("pow", 2) => "power",
        ("day", 1) => "dayofmonth",
        ("if", 3) => {
            let condition = truth(arguments.remove(0));
            arguments.insert(0, condition);
            "if"
        }
        ("position", 2) => "locate",
        ("instr", 2) => {
            arguments.swap(0, 1);
            "locate"
        }
        ("date", 1) => return Term::Cast(Box::new(arguments.remove(0)), DataType::named("date")),
        ("date_add" | "adddate", 2) if matches!(arguments[1], Term::Interval(..)) => {
            let right = arguments.remove(1);
            return Term::binary(arguments.remove(0), "+", right);
        }
        ("date_sub" | "subdate", 2) if matches!(arguments[1], Term::Interval(..)) => {
            let right = arguments.remove(1);
            return Term::binary(arguments.remove(0), "-", right);
        }
        ("datediff", 2) => {
            let days = |part: Term| Term::Call("to_days".to_owned(), vec![part]);
            let right = days(arguments.remove(1));
            return Term::binary(days(arguments.remove(0)), "-", right);
        }
        ("isnull", 1) => return Term::Is(Box::new(arguments.remove(0)), "NULL", false),
        ("mod", 2) => {
            let right = arguments.remove(1);
            return Term::binary(arguments.remove(0), "%", right);
        }
        (name, _) => name,
    };
    Term::Call(name.to_owned(), arguments)
}
