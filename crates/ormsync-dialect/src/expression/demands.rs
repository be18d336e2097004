//! What a check demands of the values of columns, where that is simple: for whoever makes up rows that are to pass.

use super::{Scope, Term, read};

/// A demand on one column, or on two of a row.
#[derive(Debug, Clone, PartialEq)]
pub enum Demand {
    /// `column IN (…)`, and `column = …`: the values as constants of SQL.
    Among {
        /// The column.
        column: String,
        /// The values.
        values: Vec<Constant>,
    },
    /// `column < 5` and its kin.
    Compared {
        /// The column.
        column: String,
        /// How.
        operator: Comparison,
        /// With what.
        value: f64,
    },
    /// `length(column) <= 5` and its kin: in letters, or in bytes where the server counts those.
    Length {
        /// The column.
        column: String,
        /// How.
        operator: Comparison,
        /// With what.
        letters: f64,
    },
    /// `left < right`, two columns of a row.
    Ordered {
        /// The one column.
        left: String,
        /// How.
        operator: Comparison,
        /// The other column.
        right: String,
    },
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Constant {
    /// A number as it is written.
    Number(String),
    /// A text without its quotes.
    Text(String),
    /// TRUE or FALSE.
    Boolean(bool),
}

/// How two values are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `=`
    Equal,
    /// `<>`
    Different,
    /// `>=`
    GreaterOrEqual,
    /// `>`
    Greater,
}

impl Comparison {
    fn of(operator: &str) -> Option<Self> {
        Some(match operator {
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            "=" => Self::Equal,
            "<>" | "!=" => Self::Different,
            ">=" => Self::GreaterOrEqual,
            ">" => Self::Greater,
            _ => return None,
        })
    }

    /// The same with both sides exchanged.
    #[must_use]
    pub fn turned(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::GreaterOrEqual => Self::LessOrEqual,
            Self::Greater => Self::Less,
            same @ (Self::Equal | Self::Different) => same,
        }
    }
}

/// Functions that count letters, or bytes: the same for letters of ASCII.
const LENGTHS: &[&str] = &["length", "char_length", "character_length", "octet_length"];

/// The demands of a check. What is not simple adds none, and of alternatives the first that is simple counts: rows that meet
/// these demands may still be refused.
pub(crate) fn demands(text: &str, scope: &Scope<'_>) -> Vec<Demand> {
    let mut found = Vec::new();
    if let Some(term) = read(text, scope) {
        collect(&term, &mut found);
    }
    found
}

fn collect(term: &Term, found: &mut Vec<Demand>) {
    match term {
        Term::And(parts) => parts.iter().for_each(|part| collect(part, found)),
        Term::Or(parts) => {
            let simple = parts.iter().find_map(|part| {
                let mut own = Vec::new();
                collect(part, &mut own);
                (!own.is_empty()).then_some(own)
            });
            found.extend(simple.into_iter().flatten());
        }
        Term::In(part, list, false) => {
            let values: Option<Vec<Constant>> = list.iter().map(constant).collect();
            if let (Some(column), Some(values)) = (column(part), values) {
                found.push(Demand::Among { column, values });
            }
        }
        Term::Binary(left, operator, right) => {
            if let Some(operator) = Comparison::of(operator) {
                found.extend(compared(left, operator, right).or_else(|| compared(right, operator.turned(), left)));
            }
        }
        _ => {}
    }
}

fn compared(left: &Term, operator: Comparison, right: &Term) -> Option<Demand> {
    if let Some(left) = column(left) {
        if let Some(right) = column(right) {
            return Some(Demand::Ordered { left, operator, right });
        }
        return match (operator, constant(right)?) {
            (Comparison::Equal, value) => Some(Demand::Among { column: left, values: vec![value] }),
            (_, Constant::Number(value)) => {
                Some(Demand::Compared { column: left, operator, value: value.parse().ok()? })
            }
            _ => None,
        };
    }
    let Term::Call(function, arguments) = without_casts(left) else { return None };
    match (arguments.as_slice(), constant(right)?) {
        ([only], Constant::Number(letters)) if LENGTHS.contains(&function.as_str()) => {
            Some(Demand::Length { column: column(only)?, operator, letters: letters.parse().ok()? })
        }
        _ => None,
    }
}

fn without_casts(term: &Term) -> &Term {
    match term {
        Term::Cast(inner, _) | Term::Collate(inner, _) => without_casts(inner),
        other => other,
    }
}

fn column(term: &Term) -> Option<String> {
    match without_casts(term) {
        Term::Column(names) => names.last().cloned(),
        // Blanks at the ends are none in what is made up.
        Term::Call(function, arguments) if ["trim", "btrim"].contains(&function.as_str()) => match arguments.as_slice()
        {
            [only] => column(only),
            _ => None,
        },
        _ => None,
    }
}

fn constant(term: &Term) -> Option<Constant> {
    Some(match without_casts(term) {
        Term::Number(number) => Constant::Number(number.clone()),
        Term::Text(text) => Constant::Text(text.clone()),
        Term::Boolean(value) => Constant::Boolean(*value),
        Term::Prefix(sign, inner) if sign == "-" => match constant(inner)? {
            Constant::Number(number) => Constant::Number(format!("-{number}")),
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Constant, Demand};
    use crate::all;

    #[test]
    fn what_checks_demand_is_the_same_everywhere() {
        let compared = |column: &str, operator, value| Demand::Compared { column: column.to_owned(), operator, value };
        for dialect in all() {
            let of = |text: &str| dialect.demands(text);
            assert_eq!(
                of("a >= 0 AND a <= 99.5"),
                [compared("a", Comparison::GreaterOrEqual, 0.0), compared("a", Comparison::LessOrEqual, 99.5)],
                "{}",
                dialect.name()
            );
            assert_eq!(of("a BETWEEN -1 AND 5").len(), 2);
            assert_eq!(of("0 < a"), [compared("a", Comparison::Greater, 0.0)]);
            assert_eq!(of("a IS NULL OR a > 3"), [compared("a", Comparison::Greater, 3.0)]);
            let length = Demand::Length { column: "b".to_owned(), operator: Comparison::LessOrEqual, letters: 5.0 };
            assert_eq!(of("length(b) <= 5"), [length]);
            let ordered = Demand::Ordered { left: "c".to_owned(), operator: Comparison::Less, right: "d".to_owned() };
            assert_eq!(of("c < d"), [ordered]);
            let values = vec![Constant::Text("x".to_owned()), Constant::Text("y".to_owned())];
            assert_eq!(of("e IN ('x', 'y')"), [Demand::Among { column: "e".to_owned(), values }]);
            assert_eq!(of("f(a) > 3 AND b LIKE 'x%'"), []);
        }
    }
}
