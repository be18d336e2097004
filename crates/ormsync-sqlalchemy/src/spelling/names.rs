//! Names for Python: attributes, classes, variables.

use std::collections::BTreeSet;

use ruff_python_ast::Expr;
use ruff_python_parser::parse_expression;

/// Attributes that SQLAlchemy's declarative classes keep for themselves.
const RESERVED: [&str; 2] = ["metadata", "registry"];

/// The attributes for the columns of a class, each another one.
pub(super) fn attributes(columns: &[&str], taken: &BTreeSet<String>) -> Vec<String> {
    // Columns that keep their names come first, wherever they stand.
    let mut taken = taken.clone();
    let kept: BTreeSet<&str> = columns.iter().copied().filter(|column| attribute(column, &taken) == *column).collect();
    taken.extend(kept.iter().map(|column| (*column).to_owned()));
    columns
        .iter()
        .map(|column| {
            if kept.contains(column) {
                return (*column).to_owned();
            }
            let name = attribute(column, &taken);
            taken.insert(name.clone());
            name
        })
        .collect()
}

/// The attribute for a column: its own name where Python, SQLAlchemy and `taken` (names that the class
/// body needs for something else) allow it.
pub(super) fn attribute(column: &str, taken: &BTreeSet<String>) -> String {
    let is_free = |name: &str| !RESERVED.contains(&name) && !taken.contains(name);
    // Names with two leading underscores are changed inside a class.
    if is_identifier(column) && !column.starts_with("__") && is_free(column) {
        return column.to_owned();
    }
    let mut name = if is_identifier(column) { column.trim_start_matches('_').to_owned() } else { snake_case(column) };
    if !name.trim_matches('_').is_empty() && !is_identifier(&name) && is_identifier(&format!("{name}_")) {
        name.push('_');
    }
    if !is_identifier(&name) {
        name = format!("column_{name}");
    }
    if !is_identifier(&name) {
        "column".clone_into(&mut name);
    }
    while !is_free(&name) {
        name.push('_');
    }
    name
}

/// The class for a table: the model's name where the schema has one, else the table's name in the
/// singular, as classes are written.
pub(super) fn class(table: &str, model: Option<&str>, taken: &BTreeSet<String>) -> String {
    let mut name = match model.filter(|model| is_identifier(model)) {
        Some(model) => model.to_owned(),
        None => camel_case(&singular(table)),
    };
    if !is_identifier(&name) {
        name = format!("Table{name}");
    }
    if !is_identifier(&name) {
        "Table_".clone_into(&mut name);
    }
    if taken.contains(&name) {
        name.push_str("Model");
    }
    while taken.contains(&name) {
        name.push('_');
    }
    name
}

/// The class for an enum type.
pub(super) fn enum_class(type_name: &str, taken: &BTreeSet<String>) -> String {
    let mut name = camel_case(type_name);
    if !is_identifier(&name) {
        name = format!("Enum{name}");
    }
    while !is_identifier(&name) || taken.contains(&name) {
        name.push('_');
        if !name.is_ascii() {
            "Labels".clone_into(&mut name);
        }
    }
    name
}

/// The members of an enum class, in the labels' order.
pub(super) fn enum_members(labels: &[String]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    labels
        .iter()
        .map(|label| {
            let mut name = if is_identifier(label) { label.clone() } else { snake_case(label) };
            // Names between underscores are the enum machinery's own; `mro` is every class's.
            if !is_identifier(&name) || name.starts_with('_') || name == "mro" || name == "name" || name == "value" {
                name = format!("label_{}", name.trim_matches('_'));
            }
            if !is_identifier(&name) {
                "label".clone_into(&mut name);
            }
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            name
        })
        .collect()
}

/// The variable for a table that is no class.
pub(super) fn variable(table: &str, taken: &BTreeSet<String>) -> String {
    let mut name = snake_case(table).trim_matches('_').to_owned();
    if !is_identifier(&name) {
        name = format!("table_{name}");
    }
    while !is_identifier(&name) || taken.contains(&name) {
        if !name.is_ascii() {
            "table".clone_into(&mut name);
        }
        name.push('_');
    }
    name
}

/// Whether Python takes it for a name, and leaves its letters as they are (it normalises some).
pub(super) fn is_identifier(text: &str) -> bool {
    let looks_so = text.chars().all(|letter| letter.is_alphanumeric() || letter == '_');
    looks_so
        && parse_expression(text)
            .is_ok_and(|parsed| matches!(parsed.expr(), Expr::Name(name) if name.id.as_str() == text))
}

/// `createdAt`, `Created-At` and `HTTPStatus` as `created_at` and `http_status`.
pub(super) fn snake_case(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let mut name = String::new();
    for (at, letter) in letters.iter().enumerate() {
        if !letter.is_alphanumeric() {
            if !name.ends_with('_') {
                name.push('_');
            }
            continue;
        }
        let before = at.checked_sub(1).map(|before| letters[before]);
        let starts_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || (before.is_uppercase() && letters.get(at + 1).is_some_and(|next| next.is_lowercase()))
            });
        if starts_word && !name.ends_with('_') {
            name.push('_');
        }
        name.extend(letter.to_lowercase());
    }
    if text.starts_with('_') { name } else { name.trim_matches('_').to_owned() }
}

/// `order_items` as `OrderItems`; capitals inside a word stay.
fn camel_case(text: &str) -> String {
    text.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

/// A guess at the English singular of a table name's last word; as it is where a guess would be bold.
pub(super) fn singular(table: &str) -> String {
    let lower = table.to_lowercase();
    let cut = |count: usize| table[..table.len() - count].to_owned();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    if !table.is_ascii() || ends(&["ss", "us", "is", "news", "series", "settings", "analytics"]) {
        table.to_owned()
    } else if ends(&["ies"]) && lower.len() > 4 {
        format!("{}y", cut(3))
    } else if ends(&["sses", "shes", "ches", "xes", "zes", "statuses"]) {
        cut(2)
    } else if ends(&["s"]) && lower.len() > 2 {
        cut(1)
    } else {
        table.to_owned()
    }
}

/// A guess at the English plural of a table name's last word; as it is where it is one already, or a guess would be
/// bold.
pub(super) fn plural(table: &str) -> String {
    let lower = table.to_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let is_plural = singular(table) != table;
    if is_plural || !lower.ends_with(|letter: char| letter.is_ascii_lowercase()) {
        table.to_owned()
    } else if ends(&["news", "series", "settings", "analytics", "data", "info", "media", "people", "children"]) {
        table.to_owned()
    } else if ends(&["y"]) && !ends(&["ay", "ey", "iy", "oy", "uy"]) {
        format!("{}ies", &table[..table.len() - 1])
    } else if ends(&["ss", "us", "x", "z", "ch", "sh"]) {
        format!("{table}es")
    } else if ends(&["is"]) {
        format!("{}es", &table[..table.len() - 2])
    } else {
        format!("{table}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute_of(column: &str) -> String {
        attribute(column, &BTreeSet::from(["uuid".to_owned()]))
    }

    #[test]
    fn attributes_are_the_columns_names_where_they_can_be() {
        assert_eq!(attribute_of("createdAt"), "createdAt");
        assert_eq!(attribute_of("class"), "class_");
        assert_eq!(attribute_of("metadata"), "metadata_");
        assert_eq!(attribute_of("uuid"), "uuid_");
        assert_eq!(attribute_of("Unit Price"), "unit_price");
        assert_eq!(attribute_of("2fa"), "column_2fa");
        assert_eq!(attribute_of("__secret"), "secret");
        assert_eq!(attribute_of("größe"), "größe");
        assert_eq!(attribute_of("?"), "column_");
        assert_eq!(attribute_of("None"), "none");
        assert_eq!(attribute_of(""), "column_");
    }

    #[test]
    fn attributes_of_a_class_differ() {
        let columns = ["Seat No.", "seat-no", "seat_no", "class", "class_", "seat_no_"];
        assert_eq!(
            attributes(&columns, &BTreeSet::new()),
            ["seat_no__", "seat_no___", "seat_no", "class__", "class_", "seat_no_"],
        );
    }

    #[test]
    fn classes_are_singular() {
        let none = BTreeSet::new();
        assert_eq!(class("order_items", None, &none), "OrderItem");
        assert_eq!(class("categories", None, &none), "Category");
        assert_eq!(class("addresses", None, &none), "Address");
        assert_eq!(class("news", None, &none), "News");
        assert_eq!(plural("FlightAncillary"), "FlightAncillaries");
        assert_eq!(plural("order_items"), "order_items");
        assert_eq!(plural("status"), "statuses");
        assert_eq!(plural("analysis"), "analyses");
        assert_eq!(plural("box"), "boxes");
        assert_eq!(plural("users_roles_day"), "users_roles_days");
        assert_eq!(plural("stock_2024"), "stock_2024");
        assert_eq!(class("ExchangeRate", None, &none), "ExchangeRate");
        assert_eq!(class("users", Some("Account"), &none), "Account");
        assert_eq!(class("2024-log", None, &none), "Table2024Log");
        assert_eq!(class("indexes", None, &BTreeSet::from(["Index".to_owned()])), "IndexModel");
    }

    #[test]
    fn variables_and_enum_members_are_names() {
        let none = BTreeSet::new();
        assert_eq!(variable("_CategoryToPost", &none), "category_to_post");
        assert_eq!(variable("HTTPLog", &none), "http_log");
        assert_eq!(variable("лог", &none), "лог");
        assert_eq!(variable("--", &none), "table_");
        let labels = ["open", "in progress", "None", "1st", "in-progress", "mro", "", "_private_"];
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        assert_eq!(
            enum_members(&labels),
            ["open", "in_progress", "none", "label_1st", "in_progress_", "label_mro", "label_", "label_private"],
        );
        assert_eq!(enum_class("order_status", &none), "OrderStatus");
        assert_eq!(enum_class("2fa", &none), "Enum2fa");
    }
}
