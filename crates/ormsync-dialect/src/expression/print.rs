//! Writing terms, with parentheses only where the reader would otherwise group them otherwise.

use super::{Grammar, Term};

/// How tightly a term holds together, loosest first. Arithmetic apart, operators that follow each
/// other always get parentheses: servers do not agree on their precedence.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tightness {
    Or,
    And,
    Not,
    Comparison,
    Operator,
    Sum,
    Product,
    Prefix,
    Postfix,
    Atom,
}

impl Term {
    /// The term as SQL.
    pub(crate) fn print(&self, grammar: &Grammar) -> String {
        let quote_text = grammar.quote_text;
        match self {
            Self::Null => "NULL".to_owned(),
            Self::Boolean(true) => "true".to_owned(),
            Self::Boolean(false) => "false".to_owned(),
            Self::Number(number) => number.clone(),
            Self::Text(text) => quote_text(text),
            Self::Bytes(bytes) => format!("X'{bytes}'"),
            Self::Keyword(word) => word.clone(),
            Self::Column(path) => path.iter().map(|name| (grammar.quote)(name)).collect::<Vec<_>>().join("."),
            Self::And(parts) => self.join(parts, " AND ", grammar),
            Self::Or(parts) => self.join(parts, " OR ", grammar),
            Self::Not(part) => format!("NOT {}", part.print_within(Tightness::Not, grammar)),
            Self::Prefix(operator, part) => format!("{operator} {}", part.print_within(Tightness::Prefix, grammar)),
            Self::Binary(left, operator, right) => self.print_binary(left, operator, right, grammar),
            Self::Escaped(left, operator, right, escape) => {
                let [left, right, escape] =
                    [left, right, escape].map(|part| part.print_within(Tightness::Operator, grammar));
                format!("{left} {operator} {right} ESCAPE {escape}")
            }
            Self::Is(part, what, negated) => {
                let not = if *negated { "NOT " } else { "" };
                format!("{} IS {not}{what}", part.print_within(Tightness::Operator, grammar))
            }
            Self::Distinct(left, right, distinct) => {
                let [left, right] = [left, right].map(|part| part.print_within(Tightness::Operator, grammar));
                format!("{left} IS {}DISTINCT FROM {right}", if *distinct { "" } else { "NOT " })
            }
            Self::In(part, list, negated) => {
                let not = if *negated { "NOT " } else { "" };
                format!("{} {not}IN ({})", part.print_within(Tightness::Operator, grammar), print_list(list, grammar))
            }
            Self::Quantified(left, operator, right, all) => {
                let left = left.print_within(Tightness::Operator, grammar);
                format!("{left} {operator} {} ({})", if *all { "ALL" } else { "ANY" }, right.print(grammar))
            }
            Self::Call(name, arguments) => print_call(name, arguments, grammar),
            Self::Cast(part, data_type) => {
                format!("CAST({} AS {})", part.print(grammar), (grammar.type_text)(data_type))
            }
            Self::Case(operand, branches, otherwise) => {
                let mut text = String::from("CASE");
                if let Some(operand) = operand {
                    text += &format!(" {}", operand.print(grammar));
                }
                for (condition, result) in branches {
                    text += &format!(" WHEN {} THEN {}", condition.print(grammar), result.print(grammar));
                }
                if let Some(otherwise) = otherwise {
                    text += &format!(" ELSE {}", otherwise.print(grammar));
                }
                text + " END"
            }
            Self::Array(parts) => format!("ARRAY[{}]", print_list(parts, grammar)),
            Self::Row(parts) => format!("({})", print_list(parts, grammar)),
            Self::Subscript(part, index) => {
                format!("{}[{}]", part.print_within(Tightness::Atom, grammar), index.print(grammar))
            }
            Self::Collate(part, collation) => {
                format!("{} COLLATE {}", part.print_within(Tightness::Postfix, grammar), (grammar.quote)(collation))
            }
            Self::AtTimeZone(part, zone) => {
                let [part, zone] = [part, zone].map(|part| part.print_within(Tightness::Atom, grammar));
                format!("{part} AT TIME ZONE {zone}")
            }
            Self::Interval(amount, unit) => {
                format!("INTERVAL {} {unit}", amount.print_within(Tightness::Atom, grammar))
            }
        }
    }

    fn tightness(&self) -> Tightness {
        match self {
            Self::Or(_) => Tightness::Or,
            Self::And(_) => Tightness::And,
            Self::Not(_) => Tightness::Not,
            Self::Is(..) | Self::Distinct(..) | Self::In(..) | Self::Quantified(..) | Self::Escaped(..) => {
                Tightness::Comparison
            }
            Self::Binary(_, operator, _) => operator_tightness(operator),
            Self::Prefix(..) => Tightness::Prefix,
            Self::Number(number) if number.starts_with('-') => Tightness::Prefix,
            Self::Collate(..) | Self::AtTimeZone(..) => Tightness::Postfix,
            _ => Tightness::Atom,
        }
    }

    /// The term as a part of one that holds `outer` tight: in parentheses unless it holds tighter.
    fn print_within(&self, outer: Tightness, grammar: &Grammar) -> String {
        let text = self.print(grammar);
        if self.tightness() > outer || self.tightness() == Tightness::Atom { text } else { format!("({text})") }
    }

    fn join(&self, parts: &[Self], word: &str, grammar: &Grammar) -> String {
        parts.iter().map(|part| part.print_within(self.tightness(), grammar)).collect::<Vec<_>>().join(word)
    }

    fn print_binary(&self, left: &Self, operator: &str, right: &Self, grammar: &Grammar) -> String {
        let own = self.tightness();
        // Sums, products and concatenations of several parts are read from the left.
        let groups_left = matches!(own, Tightness::Sum | Tightness::Product)
            || matches!(left, Self::Binary(_, inner, _) if inner == operator && operator == "||");
        // The parser reads XOR rightly only between parentheses.
        let own = if operator == "XOR" { Tightness::Postfix } else { own };
        let left =
            if groups_left && left.tightness() == own { left.print(grammar) } else { left.print_within(own, grammar) };
        format!("{left} {operator} {}", right.print_within(own, grammar))
    }
}

fn operator_tightness(operator: &str) -> Tightness {
    match operator {
        "=" | "<>" | "<" | ">" | "<=" | ">=" => Tightness::Comparison,
        "+" | "-" => Tightness::Sum,
        "*" | "/" | "%" | "DIV" => Tightness::Product,
        "XOR" => Tightness::Or,
        _ => Tightness::Operator,
    }
}

fn print_list(parts: &[Term], grammar: &Grammar) -> String {
    parts.iter().map(|part| part.print(grammar)).collect::<Vec<_>>().join(", ")
}

fn print_call(name: &str, arguments: &[Term], grammar: &Grammar) -> String {
    match (name, arguments) {
        ("extract", [Term::Keyword(field), from]) => format!("extract({field} FROM {})", from.print(grammar)),
        ("position", [needle, hay]) => {
            format!("position({} IN {})", needle.print_within(Tightness::Comparison, grammar), hay.print(grammar))
        }
        ("current_date" | "current_time" | "current_timestamp" | "current_user", []) => name.to_uppercase(),
        ("trim", [part, what]) => format!("trim({} FROM {})", what.print(grammar), part.print(grammar)),
        _ => format!("{name}({})", print_list(arguments, grammar)),
    }
}
