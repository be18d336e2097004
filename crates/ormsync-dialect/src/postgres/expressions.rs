//! What PostgreSQL adds to expressions when it prints them back (`pg_get_expr`), taken away again.
//!
//! The server resolves every constant and argument to a type and prints the casts it put in. A cast
//! is dropped where the same text without it would mean the same: on constants beside a term of that
//! type, on columns of the types that the server treats alike (`varchar` as `text`), and where the
//! server widens a number on its own. A cast that changes a value stays.

use std::borrow::Cow;

use ormsync_schema::DataType;
use sqlparser::ast::Ident;
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::tokenizer::Token;

use super::{defaults, facts, types};
use crate::expression::{Grammar, Scope, Term};

/// How PostgreSQL writes expressions.
pub(super) static GRAMMAR: Grammar = Grammar {
    parser: || Box::new(PostgreSqlDialect {}),
    prepare: |text| Cow::Borrowed(text),
    prepare_tokens: in_known_words,
    fold: fold_identifier,
    quote: facts::quote_if_needed,
    quote_text: facts::quote_text,
    parse_type: types::parse,
    type_text: types::print,
    rewrite,
};

/// Names without quotes are kept in lower case.
fn fold_identifier(name: &Ident) -> String {
    if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() }
}

/// `TRIM(BOTH FROM x)` is how the server prints `trim(x)`; the parser wants something before FROM. And it
/// knows COLLATE behind a term, but not behind a cast: the server casts every `varchar` to text there.
fn in_known_words(mut tokens: Vec<Token>) -> Vec<Token> {
    let is = |token: &Token, words: &[&str]| match token {
        Token::Word(word) => {
            word.quote_style.is_none() && words.iter().any(|other| word.value.eq_ignore_ascii_case(other))
        }
        _ => false,
    };
    let mut position = 1;
    while position < tokens.len() {
        if is(&tokens[position], &["from"]) && is(&tokens[position - 1], &["both", "leading", "trailing"]) {
            tokens.remove(position);
        } else if is(&tokens[position], &["collate"])
            && is(&tokens[position - 1], &["text"])
            && position > 1
            && tokens[position - 2] == Token::DoubleColon
        {
            tokens.drain(position - 2..position);
            position -= 1;
        } else {
            position += 1;
        }
    }
    tokens
}

fn rewrite(term: Term, scope: &Scope<'_>) -> Term {
    match term {
        Term::Cast(inner, data_type) => rewrite_cast(*inner, data_type, scope),
        Term::Binary(left, operator, right) => rewrite_operator(*left, operator, *right, scope),
        Term::Distinct(left, right, distinct) => {
            let (left, right) = unify(*left, *right, scope);
            Term::Distinct(Box::new(left), Box::new(right), distinct)
        }
        Term::Quantified(left, operator, right, all) => rewrite_quantified(*left, operator, *right, all, scope),
        Term::In(part, list, negated) => {
            let (part, list) = unify_all(*part, list, scope);
            Term::In(Box::new(part), list, negated)
        }
        Term::Case(operand, branches, otherwise) => rewrite_case(operand, branches, otherwise, scope),
        Term::Call(name, arguments) => rewrite_call(name, arguments, scope),
        other => other,
    }
}

fn rewrite_cast(inner: Term, data_type: DataType, scope: &Scope<'_>) -> Term {
    let family = Family::of(&data_type);
    match (inner, family) {
        (Term::Null, _) => Term::Null,
        (array @ Term::Array(_), _) if matches!(data_type, DataType::Array(_)) => array,
        // A length would cut.
        (text @ Term::Text(_), Family::Text) if has_no_arguments(&data_type) => text,
        // `'-1'::integer` is how the server prints -1.
        (Term::Text(text), Family::Number(_)) => match defaults::constant_of_type(Term::Text(text), &data_type) {
            number @ Term::Number(_) if is_integer(&data_type) => number,
            constant => Term::Cast(Box::new(constant), data_type),
        },
        (Term::Number(number), Family::Number(_)) if is_integer(&data_type) && !number.contains('.') => {
            Term::Number(number)
        }
        (Term::Text(text), Family::Boolean) => match defaults::constant_of_type(Term::Text(text), &data_type) {
            boolean @ Term::Boolean(_) => boolean,
            constant => Term::Cast(Box::new(constant), data_type),
        },
        // The names of text-search configurations and of relations.
        (text @ Term::Text(_), _) if matches!(types::kind(&data_type), Some("regconfig" | "regclass")) => text,
        (constant @ Term::Text(_), _) => {
            Term::Cast(Box::new(defaults::constant_of_type(constant, &data_type)), data_type)
        }
        (inner, family) => {
            let own = type_of(&inner, scope);
            let same = own.as_ref().is_some_and(|own| {
                *own == data_type
                    || (has_no_arguments(&data_type)
                        && types::kind(own).is_some()
                        && types::kind(own) == types::kind(&data_type))
                    || (family == Family::Text && has_no_arguments(&data_type) && Family::of(own) == Family::Text)
            });
            if same { inner } else { Term::Cast(Box::new(inner), data_type) }
        }
    }
}

fn rewrite_operator(left: Term, operator: String, right: Term, scope: &Scope<'_>) -> Term {
    match operator.as_str() {
        "=" | "<>" | "<" | ">" | "<=" | ">=" | "+" | "-" | "*" | "/" | "%" | "@>" | "<@" | "&&" | "||" | "<<"
        | ">>" | "<<=" | ">>=" | "&" | "|" => {
            let (left, right) = unify(left, right, scope);
            match (operator.as_str(), &right) {
                // `active = true` holds when `active` does.
                ("=", Term::Boolean(true)) | ("<>", Term::Boolean(false)) if is_boolean(&left, scope) => left,
                ("=", Term::Boolean(false)) | ("<>", Term::Boolean(true)) if is_boolean(&left, scope) => {
                    Term::Not(Box::new(left))
                }
                _ => Term::Binary(Box::new(left), operator, Box::new(right)),
            }
        }
        // The path is an array of text whatever is written.
        "#>" | "#>>" | "#-" | "?|" | "?&" => {
            let right = match right {
                Term::Cast(inner, DataType::Array(_)) if matches!(*inner, Term::Text(_)) => *inner,
                Term::Array(elements) => defaults::array_text(&elements).map_or(Term::Array(elements), Term::Text),
                other => other,
            };
            let right = match right {
                Term::Text(path) => Term::Text(without_spaces_between(path)),
                other => other,
            };
            Term::Binary(Box::new(left), operator, Box::new(right))
        }
        // There is only the power of floating-point numbers and of decimal ones.
        "^" => {
            let bare = |term: Term| match term {
                Term::Cast(inner, target) if types::kind(&target) == Some("double precision") => *inner,
                other => other,
            };
            Term::binary(bare(left), "^", bare(right))
        }
        "LIKE" | "NOT LIKE" | "ILIKE" | "NOT ILIKE" => rewrite_escape(left, operator, right),
        "~" | "!~" => rewrite_similar_to(left, operator, right),
        _ => Term::Binary(Box::new(left), operator, Box::new(right)),
    }
}

/// The text of an array as the server keeps it, where no element is in quotes: spaces around elements are no part
/// of them (documentation, "Array Input and Output Syntax").
fn without_spaces_between(array: String) -> String {
    let inner = array.strip_prefix('{').and_then(|rest| rest.strip_suffix('}'));
    match inner {
        Some(inner) if !inner.contains(['"', '\\', '{', '}']) => {
            format!("{{{}}}", inner.split(',').map(str::trim).collect::<Vec<_>>().join(","))
        }
        _ => array,
    }
}

/// A constant, which the server prints with its type.
fn constant_text(term: &Term) -> Option<&str> {
    match term {
        Term::Text(text) => Some(text),
        Term::Cast(inner, _) => constant_text(inner),
        _ => None,
    }
}

/// A JSON path without what the server adds or leaves out when it prints one (`jsonpath_out`): spaces, quotes around
/// keys, parentheses.
fn bare_path(path: &str) -> String {
    let spoken = path.replace("<>", "!=");
    spoken.chars().filter(|letter| !letter.is_whitespace() && !matches!(letter, '"' | '(' | ')')).collect()
}

/// `x LIKE 'p' ESCAPE 'e'` is kept as `x ~~ like_escape('p', 'e')`.
fn rewrite_escape(left: Term, operator: String, right: Term) -> Term {
    match right {
        Term::Call(name, mut arguments) if name == "like_escape" && arguments.len() == 2 => {
            let escape = Box::new(arguments.remove(1));
            Term::Escaped(Box::new(left), operator, Box::new(arguments.remove(0)), escape)
        }
        right => Term::Binary(Box::new(left), operator, Box::new(right)),
    }
}

/// `x SIMILAR TO 'p'` is kept as `x ~ similar_to_escape('p')`.
fn rewrite_similar_to(left: Term, operator: String, right: Term) -> Term {
    match right {
        Term::Call(name, mut arguments) if name == "similar_to_escape" && arguments.len() == 1 => {
            let words = if operator == "~" { "SIMILAR TO" } else { "NOT SIMILAR TO" };
            Term::binary(left, words, arguments.remove(0))
        }
        right => Term::Binary(Box::new(left), operator, Box::new(right)),
    }
}

fn rewrite_quantified(left: Term, operator: String, right: Term, all: bool, scope: &Scope<'_>) -> Term {
    match right {
        Term::Array(list) => {
            let (left, list) = unify_all(left, list, scope);
            Term::Quantified(Box::new(left), operator, Box::new(Term::Array(list)), all)
        }
        // `= ANY ('{a,b}')`: an array of whatever the left side is.
        Term::Text(text) => match (defaults::array_elements(&text), type_of(&left, scope)) {
            (Some(elements), Some(_)) => {
                let list = elements.into_iter().map(|text| text.map_or(Term::Null, Term::Text)).collect();
                rewrite_quantified(left, operator, Term::Array(list), all, scope)
            }
            _ => Term::Quantified(Box::new(left), operator, Box::new(Term::Text(text)), all),
        },
        // `= ANY ('{a,b}'::text[])`.
        Term::Cast(inner, DataType::Array(element)) => match *inner {
            Term::Text(text) => match defaults::array_elements(&text) {
                Some(elements) => {
                    let constants = elements.into_iter().map(|text| text.map_or(Term::Null, Term::Text));
                    let list = constants.map(|constant| rewrite_cast(constant, (*element).clone(), scope)).collect();
                    rewrite_quantified(left, operator, Term::Array(list), all, scope)
                }
                None => {
                    let array = Term::Cast(Box::new(Term::Text(text)), DataType::Array(element));
                    Term::Quantified(Box::new(left), operator, Box::new(array), all)
                }
            },
            inner => rewrite_quantified(left, operator, inner, all, scope),
        },
        right => Term::Quantified(Box::new(left), operator, Box::new(right), all),
    }
}

fn rewrite_case(
    operand: Option<Box<Term>>,
    branches: Vec<(Term, Term)>,
    otherwise: Option<Box<Term>>,
    scope: &Scope<'_>,
) -> Term {
    let (conditions, mut results): (Vec<Term>, Vec<Term>) = branches.into_iter().unzip();
    let has_otherwise = otherwise.is_some();
    results.extend(otherwise.map(|term| *term));
    let mut results = unify_list(results, scope);
    // The server writes the ELSE that everybody leaves out.
    let otherwise = if has_otherwise { results.pop() } else { None }.filter(|term| *term != Term::Null);
    let (operand, conditions) = match operand {
        Some(operand) => {
            let (operand, conditions) = unify_all(*operand, conditions, scope);
            (Some(Box::new(operand)), conditions)
        }
        None => (None, conditions),
    };
    Term::Case(operand, conditions.into_iter().zip(results).collect(), otherwise.map(Box::new))
}

fn rewrite_call(name: String, mut arguments: Vec<Term>, scope: &Scope<'_>) -> Term {
    if name.starts_with("jsonb_path_")
        && let Some(path) = arguments.get_mut(1)
        && let Some(text) = constant_text(path)
    {
        *path = Term::Text(bare_path(text));
    }
    match (name.as_str(), arguments.as_slice()) {
        ("coalesce" | "greatest" | "least" | "nullif", _) => {
            let arguments = unify_list(arguments, scope);
            return Term::Call(name, arguments);
        }
        ("current_timestamp" | "transaction_timestamp", []) => return Term::Call("now".to_owned(), arguments),
        ("btrim", _) => return Term::Call("trim".to_owned(), arguments),
        // Until version 13 the server kept EXTRACT as this function.
        ("date_part", [Term::Text(field), part]) => {
            let arguments = vec![Term::Keyword(field.to_lowercase()), part.clone()];
            return Term::Call("extract".to_owned(), arguments);
        }
        ("timezone", [zone, moment]) => {
            return Term::AtTimeZone(Box::new(moment.clone()), Box::new(zone.clone()));
        }
        _ => {}
    }
    // Arguments are widened to what the function takes.
    let arguments = arguments
        .into_iter()
        .map(|argument| match argument {
            Term::Cast(inner, target) if widens(&inner, &target, scope) => *inner,
            other => other,
        })
        .collect();
    Term::Call(name, arguments)
}

/// Whether the server would put this cast in by itself for an argument.
fn widens(inner: &Term, target: &DataType, scope: &Scope<'_>) -> bool {
    if matches!(inner, Term::Number(_)) {
        return has_no_arguments(target) && matches!(Family::of(target), Family::Number(_));
    }
    let Some(own) = type_of(inner, scope) else { return false };
    has_no_arguments(target)
        && match (Family::of(&own), Family::of(target)) {
            (Family::Number(own), Family::Number(target)) => own < target,
            (Family::FixedText, Family::Text) | (Family::Text, Family::FixedText) => true,
            (Family::Date, Family::Timestamp | Family::Moment) | (Family::Timestamp, Family::Moment) => true,
            _ => false,
        }
}

/// Both sides of an operator, without what the server put in to make their types meet.
fn unify(left: Term, right: Term, scope: &Scope<'_>) -> (Term, Term) {
    let left_type = own_type(&left, scope);
    let right_type = own_type(&right, scope);
    let left = adapt(left, right_type.as_ref(), right.is_constant(), scope);
    let right = adapt(right, left_type.as_ref(), left.is_constant(), scope);
    (left, right)
}

fn unify_all(part: Term, list: Vec<Term>, scope: &Scope<'_>) -> (Term, Vec<Term>) {
    let types = list.iter().filter_map(|term| own_type(term, scope));
    let list_type = types.max_by_key(|data_type| match Family::of(data_type) {
        Family::Number(rank) => rank,
        _ => 0,
    });
    let constants = list.iter().all(Term::is_constant);
    let part_type = own_type(&part, scope);
    let part = adapt(part, list_type.as_ref(), constants, scope);
    let list = list.into_iter().map(|term| adapt(term, part_type.as_ref(), false, scope)).collect();
    (part, list)
}

/// The type that a term brings along: a number's own, not that of the cast around it.
fn own_type(term: &Term, scope: &Scope<'_>) -> Option<DataType> {
    match term {
        Term::Cast(inner, _) if matches!(**inner, Term::Number(_)) => type_of(inner, scope),
        other => type_of(other, scope),
    }
}

/// Terms that have to have one type, without the casts that made it so.
fn unify_list(list: Vec<Term>, scope: &Scope<'_>) -> Vec<Term> {
    let common = list.iter().filter(|term| !term.is_constant()).find_map(|term| type_of(term, scope));
    list.into_iter().map(|term| adapt(term, common.as_ref(), false, scope)).collect()
}

/// A term beside another of type `other`, without the cast that the server would put in itself.
fn adapt(term: Term, other: Option<&DataType>, other_is_constant: bool, scope: &Scope<'_>) -> Term {
    match (term, other) {
        (Term::Cast(inner, target), Some(other)) if inner.is_constant() => {
            if same_kind(&target, other) || both_numbers(&inner, &target, other) {
                defaults::constant_of_type(*inner, other)
            } else {
                Term::Cast(inner, target)
            }
        }
        (constant @ Term::Number(_), Some(other)) if matches!(Family::of(other), Family::Number(3..)) => {
            defaults::constant_of_type(constant, &DataType::named(types::kind(other).unwrap_or_default()))
        }
        (constant @ Term::Text(_), Some(other)) if !other_is_constant => defaults::constant_of_type(constant, other),
        (Term::Cast(inner, target), Some(other)) => {
            if same_kind(&target, other) && widens(&inner, &target, scope) {
                *inner
            } else {
                Term::Cast(inner, target)
            }
        }
        (other, _) => other,
    }
}

/// `price > (0)::numeric` beside an integer still computes as the wider type: only constants that
/// don't change by it are taken bare.
fn both_numbers(constant: &Term, target: &DataType, other: &DataType) -> bool {
    let (Family::Number(target), Family::Number(other)) = (Family::of(target), Family::of(other)) else { return false };
    // There are operators between `real` and `double precision`.
    matches!(constant, Term::Number(_)) && (target <= other || (other, target) == (4, 5))
}

fn same_kind(left: &DataType, right: &DataType) -> bool {
    match (left, right) {
        (
            DataType::Enum { name: left, .. } | DataType::UserDefined { name: left, .. },
            DataType::Enum { name: right, .. } | DataType::UserDefined { name: right, .. },
        ) => left == right,
        (DataType::Named(named), DataType::Enum { name, .. } | DataType::UserDefined { name, .. })
        | (DataType::Enum { name, .. } | DataType::UserDefined { name, .. }, DataType::Named(named)) => {
            named.name == *name
        }
        (DataType::Array(left), DataType::Array(right)) => same_kind(left, right),
        _ => match (Family::of(left), Family::of(right)) {
            (Family::Text | Family::FixedText, Family::Text | Family::FixedText) => true,
            _ => types::kind(left).is_some() && types::kind(left) == types::kind(right),
        },
    }
}

/// Types that the server converts between on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// A number, with its place in the order of widening.
    Number(u8),
    /// `text` and `varchar`.
    Text,
    /// `char(n)`, whose trailing blanks don't count.
    FixedText,
    Boolean,
    Date,
    Timestamp,
    Moment,
    Other,
}

impl Family {
    /// The family of a type.
    pub(super) fn of(data_type: &DataType) -> Self {
        match types::kind(data_type) {
            Some("smallint") => Self::Number(0),
            Some("integer") => Self::Number(1),
            Some("bigint") => Self::Number(2),
            Some("numeric") => Self::Number(3),
            Some("real") => Self::Number(4),
            Some("double precision") => Self::Number(5),
            Some("text" | "varchar" | "citext") => Self::Text,
            Some("char" | "bpchar") => Self::FixedText,
            Some("boolean") => Self::Boolean,
            Some("date") => Self::Date,
            Some("timestamp") => Self::Timestamp,
            Some("timestamptz") => Self::Moment,
            _ => Self::Other,
        }
    }
}

fn is_integer(data_type: &DataType) -> bool {
    matches!(Family::of(data_type), Family::Number(0..=2))
}

fn has_no_arguments(data_type: &DataType) -> bool {
    data_type.as_named().is_none_or(|named| named.arguments.is_empty())
        // `::bpchar` is how the server prints the type of a constant beside `char(n)`.
        || types::kind(data_type) == Some("bpchar")
}

fn is_boolean(term: &Term, scope: &Scope<'_>) -> bool {
    type_of(term, scope).is_some_and(|data_type| Family::of(&data_type) == Family::Boolean)
}

/// The type of a term, as far as it can be told.
fn type_of(term: &Term, scope: &Scope<'_>) -> Option<DataType> {
    let named = |name: &str| Some(DataType::named(name));
    match term {
        Term::Column(path) => match path.as_slice() {
            [name] => scope.column_type(name),
            _ => None,
        },
        Term::Cast(_, data_type) => Some(data_type.clone()),
        Term::Boolean(_)
        | Term::And(_)
        | Term::Or(_)
        | Term::Not(_)
        | Term::Is(..)
        | Term::Distinct(..)
        | Term::In(..)
        | Term::Quantified(..)
        | Term::Escaped(..) => named("boolean"),
        Term::Number(number) if number.contains('.') => named("numeric"),
        Term::Number(number) if number.parse::<i32>().is_ok() => named("integer"),
        Term::Number(number) if number.parse::<i64>().is_ok() => named("bigint"),
        Term::Number(_) => named("numeric"),
        Term::Binary(left, operator, right) => match operator.as_str() {
            "+" | "-" | "*" | "/" | "%" => wider(type_of(left, scope)?, type_of(right, scope)?),
            "^" => named("double precision"),
            "->" | "#>" => type_of(left, scope),
            "->>" | "#>>" => named("text"),
            "||" => match type_of(left, scope).or_else(|| type_of(right, scope))? {
                array @ DataType::Array(_) => Some(array),
                other if matches!(types::kind(&other), Some("jsonb" | "tsvector" | "bytea")) => Some(other),
                _ => named("text"),
            },
            "=" | "<>" | "<" | ">" | "<=" | ">=" | "@>" | "<@" | "&&" | "~" | "!~" | "~*" | "!~*" | "LIKE"
            | "NOT LIKE" | "ILIKE" | "NOT ILIKE" => named("boolean"),
            _ => None,
        },
        Term::Prefix(operator, part) if operator == "-" => type_of(part, scope),
        Term::Call(name, arguments) => type_of_call(name, arguments, scope),
        Term::Case(_, branches, otherwise) => branches
            .iter()
            .map(|(_, result)| result)
            .chain(otherwise.as_deref())
            .find_map(|result| type_of(result, scope)),
        Term::Collate(part, _) => type_of(part, scope),
        Term::Subscript(part, _) => match type_of(part, scope)? {
            DataType::Array(element) => Some(*element),
            _ => None,
        },
        _ => None,
    }
}

fn wider(left: DataType, right: DataType) -> Option<DataType> {
    match (Family::of(&left), Family::of(&right)) {
        (Family::Number(own), Family::Number(other)) => {
            let wider = if own >= other { left } else { right };
            types::kind(&wider).map(DataType::named)
        }
        _ => None,
    }
}

fn type_of_call(name: &str, arguments: &[Term], scope: &Scope<'_>) -> Option<DataType> {
    match name {
        "length" | "char_length" | "character_length" | "octet_length" | "cardinality" | "array_length"
        | "position" | "strpos" | "jsonb_array_length" | "json_array_length" | "num_nonnulls" | "num_nulls"
        | "ascii" => Some(DataType::named("integer")),
        "lower" | "upper" | "trim" | "ltrim" | "rtrim" | "concat" | "concat_ws" | "substring" | "substr"
        | "replace" | "left" | "right" | "to_char" | "initcap" | "md5" | "jsonb_typeof" | "json_typeof"
        | "split_part" | "lpad" | "rpad" | "regexp_replace" => Some(DataType::named("text")),
        "now" | "clock_timestamp" | "statement_timestamp" => Some(DataType::named("timestamptz")),
        // Numeric since version 14; constants beside it are numbers either way.
        "extract" | "sqrt" | "power" | "exp" | "ln" | "random" => Some(DataType::named("double precision")),
        "coalesce" | "greatest" | "least" | "nullif" | "abs" | "round" | "ceil" | "floor" => {
            arguments.iter().find_map(|argument| type_of(argument, scope))
        }
        "date_trunc" => arguments.get(1).and_then(|argument| type_of(argument, scope)),
        _ => None,
    }
}
