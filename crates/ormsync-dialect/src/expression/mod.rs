//! The normal form of SQL expressions: one spelling for what servers and people write differently.
//!
//! `sqlparser` reads the text; `lower` turns its tree into a small one of our own ([`Term`]) that has one
//! form for each meaning; `simplify` takes away what servers add and people vary (casts, parentheses,
//! `BETWEEN`, `= ANY`); [`Term`] prints itself. What any step does not know is left as written, with
//! [`Expression::normal`] false: unknown is never equal and never different.

mod demands;
mod lower;
mod print;
mod simplify;
mod term;

use std::borrow::Cow;

use ormsync_schema::{DataType, Expression};
use sqlparser::ast::Ident;
use sqlparser::dialect::Dialect as SqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

pub use demands::{Comparison, Constant, Demand};

pub(crate) use demands::demands;
pub(crate) use term::Term;

/// More tokens than this are not looked at: nobody compares them by eye either, and trees stay shallow.
const MOST_TOKENS: usize = 1500;

/// How a dialect writes expressions.
pub(crate) struct Grammar {
    /// The parser's idea of the dialect.
    pub(crate) parser: fn() -> Box<dyn SqlDialect>,
    /// What has to be done to the text before it can be parsed.
    pub(crate) prepare: fn(&str) -> Cow<'_, str>,
    /// What has to be done to its tokens (without blanks) where the server's output has words that the
    /// parser doesn't know.
    pub(crate) prepare_tokens: fn(Vec<Token>) -> Vec<Token>,
    /// A name as the catalogue keeps it.
    pub(crate) fold: fn(&Ident) -> String,
    /// A name as SQL writes it, quoted only where it must be.
    pub(crate) quote: fn(&str) -> String,
    /// A string constant as SQL writes it.
    pub(crate) quote_text: fn(&str) -> String,
    /// Reads the type of a cast.
    pub(crate) parse_type: fn(&str) -> DataType,
    /// Writes a type.
    pub(crate) type_text: fn(&DataType) -> String,
    /// What the dialect alone does to a term whose parts are in normal form already.
    pub(crate) rewrite: fn(Term, &Scope<'_>) -> Term,
}

/// A column that an expression names: its name as declared, and its type.
pub(crate) type ColumnLookup<'a> = dyn Fn(&str) -> Option<(String, DataType)> + 'a;

/// What an expression can refer to.
pub(crate) struct Scope<'a> {
    /// How it is written.
    pub(crate) grammar: &'a Grammar,
    /// The table it belongs to; empty where it belongs to none.
    pub(crate) table: &'a str,
    /// The columns of that table.
    pub(crate) columns: &'a ColumnLookup<'a>,
}

impl<'a> Scope<'a> {
    /// A scope without columns.
    pub(crate) fn bare(grammar: &'a Grammar) -> Self {
        Self { grammar, table: "", columns: &|_| None }
    }

    /// The type of a column.
    pub(crate) fn column_type(&self, name: &str) -> Option<DataType> {
        (self.columns)(name).map(|(_, data_type)| data_type)
    }
}

/// The expression in normal form, or as it is where it isn't understood.
pub(crate) fn normalise(expression: &Expression, scope: &Scope<'_>) -> Expression {
    if expression.normal {
        return expression.clone();
    }
    match read(&expression.text, scope) {
        Some(term) => Expression::in_normal_form(term.print(scope.grammar)).made_of(expression.text.trim()),
        None => Expression::written(expression.text.trim()),
    }
}

/// Reads an expression and brings it into normal form; none where it isn't understood.
pub(crate) fn read(text: &str, scope: &Scope<'_>) -> Option<Term> {
    let text = (scope.grammar.prepare)(text);
    let dialect = (scope.grammar.parser)();
    let mut tokens = Tokenizer::new(dialect.as_ref(), &text).tokenize().ok()?;
    if tokens.len() > MOST_TOKENS {
        return None;
    }
    tokens.retain(|token| !matches!(token, Token::Whitespace(_)));
    let mut parser = Parser::new(dialect.as_ref()).with_tokens((scope.grammar.prepare_tokens)(tokens));
    let parsed = parser.parse_expr().ok()?;
    if parser.peek_token().token != Token::EOF {
        return None;
    }
    let term = lower::lower(&parsed, scope)?;
    Some(simplify::simplify(term, scope))
}
