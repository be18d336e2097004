//! What is the same on every server: negations, one-element lists, the side a constant stands on.

use super::{Scope, Term};

/// Brings a term into normal form, from its parts upwards.
pub(super) fn simplify(term: Term, scope: &Scope<'_>) -> Term {
    let term = term.map_parts(|part| simplify(part, scope));
    let term = (scope.grammar.rewrite)(every_server(term), scope);
    every_server(term)
}

fn every_server(term: Term) -> Term {
    match term {
        Term::Not(part) => negate(*part),
        Term::Quantified(left, operator, right, all) => list_of_quantified(left, operator, *right, all),
        Term::In(part, list, negated) => short_list(part, list, negated),
        Term::Binary(left, operator, right) if left.is_constant() && !right.is_constant() => match turned(&operator) {
            Some(operator) => Term::Binary(right, operator.to_owned(), left),
            None => Term::Binary(left, operator, right),
        },
        // `(a, b) = (1, 2)` compares part by part.
        Term::Binary(left, operator, right) if is_comparison_of_rows(&left, &operator, &right) => {
            let (Term::Row(left), Term::Row(right)) = (*left, *right) else { return Term::Null };
            let parts =
                left.into_iter().zip(right).map(|(left, right)| every_server(Term::binary(left, &operator, right)));
            if operator == "=" { Term::And(parts.collect()) } else { Term::Or(parts.collect()) }
        }
        Term::And(parts) => Term::And(flattened(parts, |part| match part {
            Term::And(inner) => Ok(inner),
            other => Err(other),
        })),
        Term::Or(parts) => Term::Or(flattened(parts, |part| match part {
            Term::Or(inner) => Ok(inner),
            other => Err(other),
        })),
        other => other,
    }
}

fn is_comparison_of_rows(left: &Term, operator: &str, right: &Term) -> bool {
    match (left, right) {
        (Term::Row(left), Term::Row(right)) => {
            matches!(operator, "=" | "<>") && left.len() == right.len() && left.len() > 1
        }
        _ => false,
    }
}

/// The operator that says the same with its sides changed.
fn turned(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "=" => "=",
        "<>" => "<>",
        "<" => ">",
        ">" => "<",
        "<=" => ">=",
        ">=" => "<=",
        _ => return None,
    })
}

/// The operator that is true where the other is false, and unknown where it is unknown.
fn opposite(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "=" => "<>",
        "<>" => "=",
        "<" => ">=",
        ">" => "<=",
        "<=" => ">",
        ">=" => "<",
        "LIKE" => "NOT LIKE",
        "NOT LIKE" => "LIKE",
        "ILIKE" => "NOT ILIKE",
        "NOT ILIKE" => "ILIKE",
        "SIMILAR TO" => "NOT SIMILAR TO",
        "NOT SIMILAR TO" => "SIMILAR TO",
        "~" => "!~",
        "!~" => "~",
        "~*" => "!~*",
        "!~*" => "~*",
        _ => return None,
    })
}

fn negate(part: Term) -> Term {
    match part {
        Term::Boolean(boolean) => Term::Boolean(!boolean),
        // De Morgan holds with NULLs too; some servers print one form, some the other.
        Term::And(parts) => Term::Or(parts.into_iter().map(negate).collect()),
        Term::Or(parts) => Term::And(parts.into_iter().map(negate).collect()),
        Term::Not(inner) => *inner,
        Term::Is(part, what, negated) => Term::Is(part, what, !negated),
        Term::In(part, list, negated) => Term::In(part, list, !negated),
        Term::Distinct(left, right, distinct) => Term::Distinct(left, right, !distinct),
        Term::Binary(left, operator, right) => match opposite(&operator) {
            Some(operator) => Term::Binary(left, operator.to_owned(), right),
            None => Term::Not(Box::new(Term::Binary(left, operator, right))),
        },
        other => Term::Not(Box::new(other)),
    }
}

/// `= ANY (ARRAY[…])` is IN, `<> ALL (ARRAY[…])` is NOT IN.
fn list_of_quantified(left: Box<Term>, operator: String, right: Term, all: bool) -> Term {
    match (operator.as_str(), all, right) {
        ("=", false, Term::Array(list)) => short_list(left, list, false),
        ("<>", true, Term::Array(list)) => short_list(left, list, true),
        (_, _, right) => Term::Quantified(left, operator, Box::new(right), all),
    }
}

/// One element is a comparison; the order of constants and their number don't matter.
fn short_list(part: Box<Term>, mut list: Vec<Term>, negated: bool) -> Term {
    if list.iter().all(Term::is_constant) {
        list.sort_by_cached_key(|constant| format!("{constant:?}"));
        list.dedup();
    }
    let is_plain = |term: &Term| term.is_constant() || matches!(term, Term::Row(_));
    let operator = if negated { "<>" } else { "=" };
    if list.len() == 1 && !matches!(list[0], Term::Row(_)) {
        return Term::Binary(part, operator.to_owned(), Box::new(list.remove(0)));
    }
    if list.iter().all(is_plain) {
        return Term::In(part, list, negated);
    }
    // PostgreSQL makes comparisons of a list that is not all constants.
    let parts = list.into_iter().map(|term| every_server(Term::binary((*part).clone(), operator, term))).collect();
    if negated { Term::And(parts) } else { Term::Or(parts) }
}

fn flattened(parts: Vec<Term>, inner: impl Fn(Term) -> Result<Vec<Term>, Term>) -> Vec<Term> {
    let mut flat = Vec::with_capacity(parts.len());
    for part in parts {
        match inner(part) {
            Ok(parts) => flat.extend(parts),
            Err(other) => flat.push(other),
        }
    }
    flat
}
