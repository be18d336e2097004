//! From the parser's tree to terms. What has no term is not understood.

use sqlparser::ast::{
    AccessExpr, BinaryOperator, CaseWhen, Expr, Function, FunctionArg, FunctionArgExpr, FunctionArguments, Ident,
    Interval, ObjectName, Subscript, UnaryOperator, Value,
};

use super::{Scope, Term};
use crate::literal::canonical_number;

/// The term that an expression stands for; none where it has a part that no term stands for.
pub(super) fn lower(expression: &Expr, scope: &Scope<'_>) -> Option<Term> {
    let boxed = |part: &Expr| lower(part, scope).map(Box::new);
    let list = |parts: &[Expr]| parts.iter().map(|part| lower(part, scope)).collect::<Option<Vec<_>>>();
    let is = |part: &Expr, what, negated| Some(Term::Is(boxed(part)?, what, negated));
    Some(match expression {
        Expr::Nested(inner) => lower(inner, scope)?,
        // `B'101'`, on servers that have bit strings.
        Expr::Value(value) if matches!(value.value, Value::SingleQuotedByteStringLiteral(_)) => {
            let bits = Term::Text(value.value.clone().into_string()?);
            Term::Cast(Box::new(bits), (scope.grammar.parse_type)("bit"))
        }
        Expr::Value(value) => lower_value(&value.value)?,
        Expr::Identifier(name) => lower_name(std::slice::from_ref(name), scope),
        Expr::CompoundIdentifier(path) => lower_name(path, scope),
        // A character set in front of a MySQL string constant; it says what the server had to assume.
        Expr::Prefixed { prefix, value } if !prefix.value.eq_ignore_ascii_case("_binary") => lower(value, scope)?,
        Expr::IsNull(part) => is(part, "NULL", false)?,
        Expr::IsNotNull(part) => is(part, "NULL", true)?,
        Expr::IsTrue(part) => is(part, "TRUE", false)?,
        Expr::IsNotTrue(part) => is(part, "TRUE", true)?,
        Expr::IsFalse(part) => is(part, "FALSE", false)?,
        Expr::IsNotFalse(part) => is(part, "FALSE", true)?,
        Expr::IsUnknown(part) => is(part, "UNKNOWN", false)?,
        Expr::IsNotUnknown(part) => is(part, "UNKNOWN", true)?,
        Expr::IsDistinctFrom(left, right) => Term::Distinct(boxed(left)?, boxed(right)?, true),
        Expr::IsNotDistinctFrom(left, right) => Term::Distinct(boxed(left)?, boxed(right)?, false),
        Expr::InList { expr, list: items, negated } => Term::In(boxed(expr)?, list(items)?, *negated),
        Expr::Between { expr, negated, low, high } => {
            let (part, low, high) = (lower(expr, scope)?, lower(low, scope)?, lower(high, scope)?);
            if *negated {
                Term::Or(vec![Term::binary(part.clone(), "<", low), Term::binary(part, ">", high)])
            } else {
                Term::And(vec![Term::binary(part.clone(), ">=", low), Term::binary(part, "<=", high)])
            }
        }
        Expr::BinaryOp { left, op, right } => lower_operator(left, op, right, scope)?,
        Expr::Like { negated, any: false, expr, pattern, escape_char } => {
            lower_like(expr, "LIKE", *negated, pattern, escape_char.as_deref(), scope)?
        }
        Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
            lower_like(expr, "ILIKE", *negated, pattern, escape_char.as_deref(), scope)?
        }
        Expr::SimilarTo { negated, expr, pattern, escape_char } => {
            lower_like(expr, "SIMILAR TO", *negated, pattern, escape_char.as_deref(), scope)?
        }
        Expr::RLike { negated, expr, pattern, .. } => {
            let call = Term::Call("regexp_like".to_owned(), vec![lower(expr, scope)?, lower(pattern, scope)?]);
            if *negated { Term::Not(Box::new(call)) } else { call }
        }
        Expr::AnyOp { left, compare_op, right, .. } => {
            Term::Quantified(boxed(left)?, operator_text(compare_op)?, boxed(right)?, false)
        }
        Expr::AllOp { left, compare_op, right } => {
            Term::Quantified(boxed(left)?, operator_text(compare_op)?, boxed(right)?, true)
        }
        Expr::UnaryOp { op, expr } => lower_prefix(*op, lower(expr, scope)?),
        Expr::Cast { expr, data_type, format: None, .. } => {
            Term::Cast(boxed(expr)?, (scope.grammar.parse_type)(&data_type.to_string()))
        }
        Expr::Convert { expr, data_type: Some(data_type), charset: None, styles, is_try: false, .. }
            if styles.is_empty() =>
        {
            Term::Cast(boxed(expr)?, (scope.grammar.parse_type)(&data_type.to_string()))
        }
        Expr::TypedString(typed) => {
            let text = lower_value(&typed.value.value)?;
            Term::Cast(Box::new(text), (scope.grammar.parse_type)(&typed.data_type.to_string()))
        }
        Expr::Interval(interval) => lower_interval(interval, scope)?,
        Expr::AtTimeZone { timestamp, time_zone } => Term::AtTimeZone(boxed(timestamp)?, boxed(time_zone)?),
        Expr::Extract { field, expr, .. } => {
            let field = Term::Keyword(field.to_string().to_lowercase());
            Term::Call("extract".to_owned(), vec![field, lower(expr, scope)?])
        }
        Expr::Ceil { expr, .. } => Term::Call("ceil".to_owned(), vec![lower(expr, scope)?]),
        Expr::Floor { expr, .. } => Term::Call("floor".to_owned(), vec![lower(expr, scope)?]),
        Expr::Position { expr, r#in } => {
            Term::Call("position".to_owned(), vec![lower(expr, scope)?, lower(r#in, scope)?])
        }
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            let mut arguments = vec![lower(expr, scope)?];
            match (substring_from, substring_for) {
                (Some(from), None) => arguments.push(lower(from, scope)?),
                (Some(from), Some(length)) => arguments.extend([lower(from, scope)?, lower(length, scope)?]),
                (None, Some(length)) => arguments.extend([Term::Number("1".to_owned()), lower(length, scope)?]),
                (None, None) => {}
            }
            Term::Call("substring".to_owned(), arguments)
        }
        Expr::Trim { trim_where, trim_what, expr, trim_characters: None } => {
            let name = trim_where.map_or("trim", |side| match side {
                sqlparser::ast::TrimWhereField::Both => "trim",
                sqlparser::ast::TrimWhereField::Leading => "ltrim",
                sqlparser::ast::TrimWhereField::Trailing => "rtrim",
            });
            let mut arguments = vec![lower(expr, scope)?];
            if let Some(what) = trim_what {
                arguments.push(lower(what, scope)?);
            }
            Term::Call(name.to_owned(), arguments)
        }
        Expr::Collate { expr, collation } => Term::Collate(boxed(expr)?, object_name(collation, scope)?),
        Expr::Function(function) => lower_call(function, scope)?,
        Expr::Case { operand, conditions, else_result, .. } => {
            let branch = |when: &CaseWhen| Some((lower(&when.condition, scope)?, lower(&when.result, scope)?));
            let operand = match operand {
                Some(operand) => Some(boxed(operand)?),
                None => None,
            };
            let otherwise = match else_result {
                Some(otherwise) => Some(boxed(otherwise)?),
                None => None,
            };
            Term::Case(operand, conditions.iter().map(branch).collect::<Option<_>>()?, otherwise)
        }
        Expr::Tuple(parts) => Term::Row(list(parts)?),
        Expr::Array(array) => Term::Array(list(&array.elem)?),
        Expr::CompoundFieldAccess { root, access_chain } => {
            let mut term = lower(root, scope)?;
            for access in access_chain {
                let AccessExpr::Subscript(Subscript::Index { index }) = access else { return None };
                term = Term::Subscript(Box::new(term), boxed(index)?);
            }
            term
        }
        _ => return None,
    })
}

fn lower_value(value: &Value) -> Option<Term> {
    Some(match value {
        Value::Number(number, _) => Term::Number(lower_number(number)),
        Value::SingleQuotedString(text)
        | Value::DoubleQuotedString(text)
        | Value::EscapedStringLiteral(text)
        | Value::UnicodeStringLiteral(text)
        | Value::NationalStringLiteral(text) => Term::Text(text.clone()),
        Value::DollarQuotedString(text) => Term::Text(text.value.clone()),
        Value::HexStringLiteral(bytes) => Term::Bytes(bytes.to_lowercase()),
        Value::Boolean(boolean) => Term::Boolean(*boolean),
        Value::Null => Term::Null,
        _ => return None,
    })
}

/// A number in shortest form, but with a point where it has one: `1 / 2` is not `1 / 2.0`.
fn lower_number(number: &str) -> String {
    match canonical_number(number) {
        Some(shortest) if number.contains(['.', 'e', 'E']) && !shortest.contains('.') => format!("{shortest}.0"),
        Some(shortest) => shortest,
        None => number.to_owned(),
    }
}

/// A name: of a column of the table at hand where it is one, as declared and without the table's name.
fn lower_name(path: &[Ident], scope: &Scope<'_>) -> Term {
    let mut names: Vec<String> = path.iter().map(scope.grammar.fold).collect();
    if let [table, column] = names.as_slice()
        && table == scope.table
        && (scope.columns)(column).is_some()
    {
        names.remove(0);
    }
    if let [name] = names.as_mut_slice()
        && let Some((declared, _)) = (scope.columns)(name)
    {
        *name = declared;
    }
    Term::Column(names)
}

fn object_name(name: &ObjectName, scope: &Scope<'_>) -> Option<String> {
    let last = name.0.last()?.as_ident()?;
    Some((scope.grammar.fold)(last))
}

fn lower_prefix(operator: UnaryOperator, part: Term) -> Term {
    match (operator, part) {
        (UnaryOperator::Plus, part) => part,
        (UnaryOperator::Minus, Term::Number(number)) => Term::Number(match number.strip_prefix('-') {
            Some(positive) => positive.to_owned(),
            None if number == "0" => number,
            None => format!("-{number}"),
        }),
        (UnaryOperator::Not | UnaryOperator::BangNot, part) => Term::Not(Box::new(part)),
        (operator, part) => Term::Prefix(operator.to_string(), Box::new(part)),
    }
}

fn lower_operator(left: &Expr, operator: &BinaryOperator, right: &Expr, scope: &Scope<'_>) -> Option<Term> {
    if matches!(operator, BinaryOperator::And | BinaryOperator::Or) {
        return lower_chain(left, operator, right, scope);
    }
    // The parser gives XOR too high a precedence: only what stands in parentheses is sure.
    let grouped = |side: &Expr| matches!(side, Expr::Nested(_) | Expr::Identifier(_));
    if *operator == BinaryOperator::Xor && !(grouped(left) && grouped(right)) {
        return None;
    }
    let (left, right) = (lower(left, scope)?, lower(right, scope)?);
    Some(match operator {
        BinaryOperator::Spaceship => Term::Distinct(Box::new(left), Box::new(right), false),
        BinaryOperator::Regexp => Term::Call("regexp_like".to_owned(), vec![left, right]),
        _ => Term::Binary(Box::new(left), operator_text(operator)?, Box::new(right)),
    })
}

/// `a AND b AND c` is one term with three parts; the parser nests it to the left.
fn lower_chain(left: &Expr, operator: &BinaryOperator, right: &Expr, scope: &Scope<'_>) -> Option<Term> {
    let mut parts = vec![lower(right, scope)?];
    let mut rest = left;
    while let Expr::BinaryOp { left, op, right } = rest
        && op == operator
    {
        parts.push(lower(right, scope)?);
        rest = left;
    }
    parts.push(lower(rest, scope)?);
    parts.reverse();
    Some(if *operator == BinaryOperator::And { Term::And(parts) } else { Term::Or(parts) })
}

fn operator_text(operator: &BinaryOperator) -> Option<String> {
    Some(match operator {
        BinaryOperator::PGLikeMatch => "LIKE".to_owned(),
        BinaryOperator::PGNotLikeMatch => "NOT LIKE".to_owned(),
        BinaryOperator::PGILikeMatch => "ILIKE".to_owned(),
        BinaryOperator::PGNotILikeMatch => "NOT ILIKE".to_owned(),
        BinaryOperator::MyIntegerDivide => "DIV".to_owned(),
        // `OPERATOR(pg_catalog.=)`.
        BinaryOperator::PGCustomBinaryOperator(path) => match path.as_slice() {
            [namespace, operator] if namespace == "pg_catalog" => operator.clone(),
            [operator] => operator.clone(),
            _ => return None,
        },
        other => other.to_string(),
    })
}

fn lower_like(
    part: &Expr,
    operator: &str,
    negated: bool,
    pattern: &Expr,
    escape: Option<&Expr>,
    scope: &Scope<'_>,
) -> Option<Term> {
    let operator = if negated { format!("NOT {operator}") } else { operator.to_owned() };
    let (part, pattern) = (Box::new(lower(part, scope)?), Box::new(lower(pattern, scope)?));
    Some(match escape {
        None => Term::Binary(part, operator, pattern),
        Some(escape) => Term::Escaped(part, operator, pattern, Box::new(lower(escape, scope)?)),
    })
}

fn lower_interval(interval: &Interval, scope: &Scope<'_>) -> Option<Term> {
    let amount = lower(&interval.value, scope)?;
    match (&interval.leading_field, interval.leading_precision, &interval.last_field) {
        // PostgreSQL: the unit is in the text.
        (None, None, None) => Some(Term::Cast(Box::new(amount), (scope.grammar.parse_type)("interval"))),
        (Some(unit), None, None) => Some(Term::Interval(Box::new(amount), unit.to_string().to_uppercase())),
        _ => None,
    }
}

fn lower_call(function: &Function, scope: &Scope<'_>) -> Option<Term> {
    let plain = function.filter.is_none()
        && function.over.is_none()
        && function.null_treatment.is_none()
        && function.within_group.is_empty()
        && matches!(function.parameters, FunctionArguments::None);
    if !plain {
        return None;
    }
    let mut names: Vec<String> = Vec::new();
    for part in &function.name.0 {
        names.push((scope.grammar.fold)(part.as_ident()?).to_lowercase());
    }
    if names.len() > 1 && names.first().is_some_and(|namespace| namespace == "pg_catalog") {
        names.remove(0);
    }
    let arguments = match &function.args {
        FunctionArguments::None => Vec::new(),
        FunctionArguments::Subquery(_) => return None,
        FunctionArguments::List(list) => {
            if list.duplicate_treatment.is_some() || !list.clauses.is_empty() {
                return None;
            }
            let argument = |argument: &FunctionArg| match argument {
                FunctionArg::Unnamed(FunctionArgExpr::Expr(part)) => lower(part, scope),
                _ => None,
            };
            list.args.iter().map(argument).collect::<Option<_>>()?
        }
    };
    Some(Term::Call(names.join("."), arguments))
}
