//! A small tree with one form for each meaning.

use ormsync_schema::DataType;

/// An expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Term {
    /// NULL.
    Null,
    /// TRUE or FALSE.
    Boolean(bool),
    /// A number in shortest form.
    Number(String),
    /// A string constant.
    Text(String),
    /// A byte string in lower-case hexadecimal.
    Bytes(String),
    /// A word of the grammar as an argument: the `year` of `extract(year FROM x)`.
    Keyword(String),
    /// A column or variable, with whatever stands before its dot.
    Column(Vec<String>),
    /// All of them.
    And(Vec<Term>),
    /// Any of them.
    Or(Vec<Term>),
    /// Not.
    Not(Box<Term>),
    /// A prefix operator.
    Prefix(String, Box<Term>),
    /// An operator between two terms; words in upper case.
    Binary(Box<Term>, String, Box<Term>),
    /// `LIKE … ESCAPE …` and its kin, with their operator.
    Escaped(Box<Term>, String, Box<Term>, Box<Term>),
    /// `IS [NOT] NULL`, `TRUE`, `FALSE`, `UNKNOWN`: the words behind IS, and whether they are negated.
    Is(Box<Term>, &'static str, bool),
    /// `IS [NOT] DISTINCT FROM`; true: distinct.
    Distinct(Box<Term>, Box<Term>, bool),
    /// `[NOT] IN (…)`; true: negated.
    In(Box<Term>, Vec<Term>, bool),
    /// An operator with `ANY` (false) or `ALL` (true) of an array.
    Quantified(Box<Term>, String, Box<Term>, bool),
    /// A function by its lower-case name.
    Call(String, Vec<Term>),
    /// A cast.
    Cast(Box<Term>, DataType),
    /// CASE: operand, conditions with results, ELSE.
    Case(Option<Box<Term>>, Vec<(Term, Term)>, Option<Box<Term>>),
    /// `ARRAY[…]`.
    Array(Vec<Term>),
    /// `(a, b)`.
    Row(Vec<Term>),
    /// `a[1]`.
    Subscript(Box<Term>, Box<Term>),
    /// COLLATE.
    Collate(Box<Term>, String),
    /// AT TIME ZONE.
    AtTimeZone(Box<Term>, Box<Term>),
    /// MySQL's `INTERVAL 1 DAY`.
    Interval(Box<Term>, String),
}

impl Term {
    /// An operator between two terms.
    pub(crate) fn binary(left: Self, operator: &str, right: Self) -> Self {
        Self::Binary(Box::new(left), operator.to_owned(), Box::new(right))
    }

    /// Whether it is a constant.
    pub(crate) fn is_constant(&self) -> bool {
        match self {
            Self::Null | Self::Boolean(_) | Self::Number(_) | Self::Text(_) | Self::Bytes(_) => true,
            Self::Cast(inner, _) => inner.is_constant(),
            _ => false,
        }
    }

    /// The same term with each of its direct parts replaced.
    pub(crate) fn map_parts(self, mut change: impl FnMut(Self) -> Self) -> Self {
        let mut boxed = |part: Box<Self>| Box::new(change(*part));
        match self {
            Self::Not(part) => Self::Not(boxed(part)),
            Self::Prefix(operator, part) => Self::Prefix(operator, boxed(part)),
            Self::Binary(left, operator, right) => Self::Binary(boxed(left), operator, boxed(right)),
            Self::Escaped(left, operator, right, escape) => {
                Self::Escaped(boxed(left), operator, boxed(right), boxed(escape))
            }
            Self::Is(part, what, negated) => Self::Is(boxed(part), what, negated),
            Self::Distinct(left, right, distinct) => Self::Distinct(boxed(left), boxed(right), distinct),
            Self::Quantified(left, operator, right, all) => Self::Quantified(boxed(left), operator, boxed(right), all),
            Self::Cast(part, data_type) => Self::Cast(boxed(part), data_type),
            Self::Subscript(part, index) => Self::Subscript(boxed(part), boxed(index)),
            Self::Collate(part, collation) => Self::Collate(boxed(part), collation),
            Self::AtTimeZone(part, zone) => Self::AtTimeZone(boxed(part), boxed(zone)),
            Self::Interval(part, unit) => Self::Interval(boxed(part), unit),
            Self::And(parts) => Self::And(parts.into_iter().map(change).collect()),
            Self::Or(parts) => Self::Or(parts.into_iter().map(change).collect()),
            Self::Call(name, parts) => Self::Call(name, parts.into_iter().map(change).collect()),
            Self::Array(parts) => Self::Array(parts.into_iter().map(change).collect()),
            Self::Row(parts) => Self::Row(parts.into_iter().map(change).collect()),
            Self::In(part, list, negated) => {
                let part = boxed(part);
                Self::In(part, list.into_iter().map(change).collect(), negated)
            }
            Self::Case(operand, branches, otherwise) => {
                let operand = operand.map(&mut boxed);
                let branches = branches
                    .into_iter()
                    .map(|(condition, result)| (*boxed(Box::new(condition)), *boxed(Box::new(result))))
                    .collect();
                Self::Case(operand, branches, otherwise.map(boxed))
            }
            leaf @ (Self::Null
            | Self::Boolean(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Bytes(_)
            | Self::Keyword(_)
            | Self::Column(_)) => leaf,
        }
    }
}
