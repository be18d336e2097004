//! Expressions of SQLite, which keeps them as they were written.

use std::borrow::Cow;

use sqlparser::ast::Ident;
use sqlparser::dialect::SQLiteDialect;
use sqlparser::tokenizer::{Location, Token, TokenWithSpan, Tokenizer};

use super::{defaults, facts, types};
use crate::expression::{Grammar, Scope, Term};

/// How SQLite writes expressions.
pub(super) static GRAMMAR: Grammar = Grammar {
    parser: || Box::new(SQLiteDialect {}),
    prepare: hexadecimal_numbers_in_decimal,
    prepare_tokens: |tokens| tokens,
    fold: |name: &Ident| name.value.clone(),
    quote: facts::quote_if_needed,
    quote_text: facts::quote_text,
    parse_type: types::parse,
    type_text: types::print,
    rewrite,
};

/// `0x10` is the number 16, and a 64-bit one in two's complement (documentation, "Hexadecimal integers"); the parser
/// takes it for `x'10'`, which is a string of bytes.
fn hexadecimal_numbers_in_decimal(text: &str) -> Cow<'_, str> {
    if !text.contains("0x") && !text.contains("0X") {
        return Cow::Borrowed(text);
    }
    let tokens = Tokenizer::new(&SQLiteDialect {}, text).with_unescape(false).tokenize_with_location();
    let Ok(tokens) = tokens else { return Cow::Borrowed(text) };
    let begins_with_zero = |at: Location| {
        let line = usize::try_from(at.line).ok().and_then(|line| text.split('\n').nth(line.checked_sub(1)?));
        let column = usize::try_from(at.column).ok().and_then(|column| column.checked_sub(1));
        line.zip(column).and_then(|(line, column)| line.chars().nth(column)) == Some('0')
    };
    let mut plain = String::with_capacity(text.len());
    for TokenWithSpan { token, span } in tokens {
        match &token {
            Token::HexStringLiteral(digits) if begins_with_zero(span.start) => {
                match u64::from_str_radix(digits, 16).map(u64::cast_signed) {
                    Ok(number) if number < 0 => plain.push_str(&format!("({number})")),
                    Ok(number) => plain.push_str(&number.to_string()),
                    Err(_) => return Cow::Borrowed(text),
                }
            }
            other => plain.push_str(&other.to_string()),
        }
    }
    Cow::Owned(plain)
}

fn rewrite(term: Term, scope: &Scope<'_>) -> Term {
    match term {
        // `true` and `false` are names of 1 and 0.
        Term::Boolean(boolean) => Term::Number(if boolean { "1" } else { "0" }.to_owned()),
        Term::Binary(left, operator, right) if operator == "==" => Term::Binary(left, "=".to_owned(), right),
        Term::Binary(left, operator, right) if matches!(operator.as_str(), "=" | "<>" | "<" | ">" | "<=" | ">=") => {
            let right = beside(*right, &left, scope);
            let left = beside(*left, &right, scope);
            Term::Binary(Box::new(left), operator, Box::new(right))
        }
        // IN compares by the affinity of its left side.
        Term::In(part, list, negated) => {
            let list = list.into_iter().map(|term| beside(term, &part, scope)).collect();
            Term::In(part, list, negated)
        }
        Term::Call(name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("substr", _) => Term::Call("substring".to_owned(), arguments),
            ("datetime", [Term::Text(now)]) if now.eq_ignore_ascii_case("now") => {
                Term::Call("current_timestamp".to_owned(), Vec::new())
            }
            ("date", [Term::Text(now)]) if now.eq_ignore_ascii_case("now") => {
                Term::Call("current_date".to_owned(), Vec::new())
            }
            ("time", [Term::Text(now)]) if now.eq_ignore_ascii_case("now") => {
                Term::Call("current_time".to_owned(), Vec::new())
            }
            _ => Term::Call(name, arguments),
        },
        Term::Case(operand, branches, otherwise) => {
            Term::Case(operand, branches, otherwise.filter(|term| **term != Term::Null))
        }
        other => other,
    }
}

/// A constant beside a column, in the form that the column's affinity gives it.
fn beside(term: Term, other: &Term, scope: &Scope<'_>) -> Term {
    match (&term, other) {
        (Term::Text(_) | Term::Number(_), Term::Column(path)) => match path.as_slice() {
            [name] => match scope.column_type(name) {
                Some(data_type) => defaults::constant_of_type(term, &data_type),
                None => term,
            },
            _ => term,
        },
        _ => term,
    }
}
