//! The diagram in the words of Mermaid and Graphviz.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::super::model::{Audit, AuditTable, Relation};
use super::{clusters, colour, columns, key_of, referring, worst};

/// Mermaid's `erDiagram`.
pub(super) fn mermaid(audit: &Audit) -> String {
    let mut text = String::from("erDiagram\n");
    let referring = referring(audit);
    let nothing = BTreeSet::new();
    for table in &audit.tables {
        _ = writeln!(text, "  \"{}\" {{", quoted_name(&table.name));
        let key = key_of(table);
        let refers = referring.get(table.name.as_str()).unwrap_or(&nothing);
        for (name, kind) in columns(table) {
            let mark = match (key.contains(&name), refers.contains(name)) {
                (true, true) => " PK, FK",
                (true, false) => " PK",
                (false, true) => " FK",
                (false, false) => "",
            };
            _ = writeln!(text, "    {} {}{mark}", type_word(kind), word(name));
        }
        text.push_str("  }\n");
    }
    for relation in &audit.relations {
        let line = if relation.enforced == Some(false) { ".." } else { "--" };
        let end = if is_optional(audit, relation) { "o|" } else { "||" };
        let (from, to) = (quoted_name(&relation.from), quoted_name(&relation.to));
        let columns = quoted_name(&relation.columns.join(", "));
        _ = writeln!(text, "  \"{from}\" }}o{line}{end} \"{to}\" : \"{columns}\"");
    }
    text
}

/// Quotes can't be written in Mermaid's names.
fn quoted_name(name: &str) -> String {
    name.replace('"', "'")
}

/// Mermaid's words have letters, digits and a few signs, and begin with a letter.
fn word(name: &str) -> String {
    let word: String =
        name.chars().map(|letter| if letter.is_alphanumeric() || letter == '-' { letter } else { '_' }).collect();
    if word.starts_with(|letter: char| letter.is_alphabetic() || letter == '_') { word } else { format!("_{word}") }
}

/// A type as one of its words, in which parentheses and brackets may stand: `varchar(32)`, `numeric(12_2)`, `text[]`.
fn type_word(kind: &str) -> String {
    let unquoted = kind.trim_matches('"');
    let word: String = unquoted
        .chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || "()[]".contains(letter) { letter } else { '_' })
        .collect();
    if word.starts_with(|letter: char| letter.is_ascii_alphabetic()) { word } else { format!("type_{word}") }
}

/// Whether a row may refer to nothing, as far as any source says.
fn is_optional(audit: &Audit, relation: &Relation) -> bool {
    let table = audit.tables.iter().find(|table| table.name == relation.from);
    let rows = table.iter().flat_map(|table| &table.columns);
    let mut cells = rows.filter(|row| relation.columns.contains(&row.name)).flat_map(|row| &row.cells);
    cells.any(|cell| cell.text.contains(", nullable"))
}

/// Graphviz's language.
pub(super) fn dot(audit: &Audit) -> String {
    let mut text = String::from(
        "digraph schema {\n  rankdir=LR;\n  fontname=\"sans-serif\";\n  node [shape=record, fontname=\"sans-serif\", fontsize=10];\n  \
         edge [fontname=\"sans-serif\", fontsize=9, color=\"#6b7482\"];\n",
    );
    for (at, cluster) in clusters(audit).iter().enumerate() {
        let is_framed = !cluster.name.is_empty();
        if is_framed {
            _ = writeln!(text, "  subgraph cluster_{at} {{\n  label={}; style=dashed;", quoted(&cluster.name));
        }
        for table in cluster.members.iter().filter_map(|member| audit.tables.get(*member)) {
            node(table, &mut text);
        }
        if is_framed {
            text.push_str("  }\n");
        }
    }
    for relation in &audit.relations {
        let style = if relation.enforced == Some(false) { ", style=dashed" } else { "" };
        let columns = quoted(&relation.columns.join(", "));
        _ = writeln!(text, "  {} -> {} [label={columns}{style}];", quoted(&relation.from), quoted(&relation.to));
    }
    text.push_str("}\n");
    text
}

fn node(table: &AuditTable, text: &mut String) {
    let key = key_of(table);
    let row = |(name, kind): (&str, &str)| {
        let mark = if key.contains(&name) { "◆\\ " } else { "" };
        format!("{mark}{}: {}\\l", label(name), label(kind.trim_matches('"')))
    };
    let rows: String = columns(table).map(row).collect();
    let (colour, symbol) = colour(worst(table));
    let name = label(&table.name);
    _ = writeln!(text, "  {} [label=\"{symbol}\\ {name}|{rows}\", color=\"{colour}\"];", quoted(&table.name));
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// In the label of a record some signs stand for its form.
fn label(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        if matches!(letter, '\\' | '"' | '{' | '}' | '<' | '>' | '|' | ' ') {
            escaped.push('\\');
        }
        escaped.push(letter);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_words() {
        assert_eq!(type_word("varchar(32)"), "varchar(32)");
        assert_eq!(type_word("numeric(12,2)"), "numeric(12_2)");
        assert_eq!(type_word("double precision[]"), "double_precision[]");
        assert_eq!(type_word("\"OrderStatus\""), "OrderStatus");
        assert_eq!(type_word(""), "type_");
    }

    #[test]
    fn names_are_words() {
        assert_eq!(word("user id"), "user_id");
        assert_eq!(word("2fa"), "_2fa");
        assert_eq!(word("größe"), "größe");
    }
}
