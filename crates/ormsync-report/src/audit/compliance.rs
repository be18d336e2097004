//! Personal data, trails of changes, money and names: what is guessed from names and types, and told as a guess.

use std::collections::BTreeMap;

use globset::{Glob, GlobSet, GlobSetBuilder};
use ormsync_diff::MatchedTable;
use ormsync_schema::{Column, DataType, Table};

use super::Expectations;
use super::gather::{AuditInput, full_name, is_live, real};
use super::model::{Compliance, NamingStyle, PersonalColumn, Trail};

/// Names of columns that hold personal data: the words in them, and what they are.
const PERSONAL: &[(&str, &[&[&str]])] = &[
    ("contact", &[&["email"], &["e", "mail"], &["phone"], &["mobile"], &["telephone"], &["fax"]]),
    (
        "name",
        &[
            &["first", "name"],
            &["last", "name"],
            &["full", "name"],
            &["surname"],
            &["given", "name"],
            &["family", "name"],
            &["maiden", "name"],
            &["display", "name"],
            &["username"],
            &["user", "name"],
            &["nickname"],
        ],
    ),
    ("network", &[&["ip"], &["user", "agent"], &["device", "id"]]),
    (
        "address",
        &[&["street"], &["postcode"], &["zip"], &["postal", "code"], &["address"], &["latitude"], &["longitude"]],
    ),
    ("birth", &[&["birth"], &["birthday"], &["birthdate"], &["dob"], &["gender"], &["nationality"]]),
    ("identity document", &[&["ssn"], &["passport"], &["national", "id"], &["tax", "id"], &["license", "number"]]),
    (
        "payment",
        &[&["iban"], &["bic"], &["card", "number"], &["last4"], &["last", "4"], &["cvv"], &["bank", "account"]],
    ),
    (
        "secret",
        &[
            &["password"],
            &["password", "hash"],
            &["secret"],
            &["api", "key"],
            &["access", "token"],
            &["refresh", "token"],
            &["session", "token"],
            &["id", "token"],
            &["auth", "token"],
            &["private", "key"],
        ],
    ),
    ("health", &[&["diagnosis"], &["blood", "type"], &["medical"]]),
];

/// Words of tables whose rows are people: what is called `name` there is somebody's.
const PEOPLE: [&str; 20] = [
    "user",
    "users",
    "customer",
    "customers",
    "person",
    "people",
    "member",
    "members",
    "employee",
    "employees",
    "guest",
    "guests",
    "passenger",
    "passengers",
    "traveller",
    "travellers",
    "patient",
    "patients",
    "contact",
    "contacts",
];

/// Words of columns with amounts of money.
const MONEY: [&str; 12] =
    ["price", "amount", "total", "subtotal", "balance", "cost", "fee", "tax", "salary", "discount", "revenue", "fare"];

const CREATED: [&str; 4] = ["created at", "created", "created on", "inserted at"];
const UPDATED: [&str; 5] = ["updated at", "updated", "modified at", "updated on", "changed at"];
const DELETED: [&str; 6] = ["deleted at", "expires at", "expired at", "retain until", "purge at", "archived at"];

/// The inventory of the tables as they are.
pub(super) fn of(input: &AuditInput<'_>, tables: &[MatchedTable<'_>]) -> Compliance {
    let mut compliance = Compliance::default();
    let mut naming = Naming::default();
    let personal = PersonalData::new(input.expectations);
    for matched in tables {
        let Some((_, table)) = real(input, matched) else { continue };
        let name = full_name(matched);
        let of_table = words(matched.name);
        naming.add("tables", matched.name);
        for (column, content) in &table.columns {
            naming.add("columns", column);
            let words = words(column);
            if let Some(category) =
                personal.category(&of_table, &words, content).filter(|_| !personal.is_none(&name, column))
            {
                compliance.personal.push(PersonalColumn { table: name.clone(), column: column.clone(), category });
            }
            if is_float(input, content) && words.iter().any(|word| MONEY.contains(&word.as_str())) {
                compliance.money_as_float.push(format!("{name}.{column}"));
            }
        }
        compliance.trails.push(trail(input, matched, table, name));
    }
    compliance.naming = naming.styles();
    compliance
}

fn trail(input: &AuditInput<'_>, matched: &MatchedTable<'_>, table: &Table, name: String) -> Trail {
    let called =
        |names: &[&str]| table.columns.keys().find(|column| names.contains(&words(column).join(" ").as_str())).cloned();
    let live = matched.tables.iter().enumerate().filter(|(source, _)| is_live(input, *source));
    Trail {
        table: name,
        created: called(&CREATED),
        updated: called(&UPDATED),
        deleted: called(&DELETED),
        triggers: live.filter_map(|(_, table)| *table).map(|table| table.triggers.len()).sum(),
    }
}

/// The words of a name, in small letters: `createdAt`, `created_at` and `CREATED_AT` are the same.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = '_';
    for letter in name.chars() {
        if letter.is_alphanumeric() {
            let begins = !before.is_alphanumeric() || (letter.is_uppercase() && !before.is_uppercase());
            if begins {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(letter.to_lowercase());
            }
        }
        before = letter;
    }
    words
}

/// What is taken for personal data.
struct PersonalData {
    /// The configuration's own kinds, each with the words of its names.
    own: Vec<(String, Vec<Vec<String>>)>,
    not: GlobSet,
}

impl PersonalData {
    fn new(expectations: &Expectations) -> Self {
        let of_kind = |(kind, names): (&String, &Vec<String>)| {
            (kind.clone(), names.iter().map(|name| words(&name.replace(' ', "_"))).collect())
        };
        let mut not = GlobSetBuilder::new();
        // What is no glob is among `Expectations::problems`.
        expectations.not_personal.iter().filter_map(|glob| Glob::new(glob).ok()).for_each(|glob| _ = not.add(glob));
        Self {
            own: expectations.personal.iter().map(of_kind).collect(),
            not: not.build().unwrap_or_else(|_| GlobSet::empty()),
        }
    }

    fn is_none(&self, table: &str, column: &str) -> bool {
        self.not.is_match(format!("{table}.{column}"))
    }

    /// What kind of personal data a column seems to hold, by its name, then by its type.
    fn category(&self, table: &[String], words: &[String], column: &Column) -> Option<String> {
        let has = |name: &Vec<String>| !name.is_empty() && words.windows(name.len()).any(|own| own == name);
        let own = self.own.iter().find(|(_, names)| names.iter().any(has)).map(|(kind, _)| kind.clone());
        // Whoever names words in the configuration means them, whatever the type.
        own.or_else(|| {
            let by_name = category(table, words).filter(|_| may_be_personal(column));
            by_name.or_else(|| category_of_type(column)).map(str::to_owned)
        })
    }
}

/// The category of the words of a column's name, in a table of these words.
fn category(table: &[String], words: &[String]) -> Option<&'static str> {
    match words {
        [only] if only == "token" => return Some("secret"),
        // The last word says what a row is: those of `user_preferences` are no people.
        [only] if only == "name" => {
            return table.last().filter(|word| PEOPLE.contains(&word.as_str())).map(|_| "name");
        }
        _ => {}
    }
    let has =
        |wanted: &[&str]| words.windows(wanted.len()).any(|own| own.iter().zip(wanted).all(|(own, it)| own == it));
    // `address_id` says where an address is, and is none.
    let is_reference = words.last().is_some_and(|last| last == "id");
    let of_kind =
        |names: &[&[&str]]| names.iter().any(|name| has(name) && (!is_reference || name.last() == Some(&"id")));
    PERSONAL.iter().find(|(_, names)| of_kind(names)).map(|(category, _)| *category)
}

/// Types that hold nothing else.
fn category_of_type(column: &Column) -> Option<&'static str> {
    let name = column.data_type.as_named().map(|named| named.name.as_str())?;
    matches!(name, "inet" | "cidr" | "macaddr" | "macaddr8" | "inet6" | "inet4").then_some("network")
}

/// Flags and times about personal data (`email_verified`) are none.
fn may_be_personal(column: &Column) -> bool {
    let name = column.data_type.as_named().map(|named| named.name.as_str()).unwrap_or_default();
    !matches!(name, "boolean" | "bool" | "timestamp" | "timestamptz" | "datetime")
        && !matches!(column.data_type, DataType::Enum { .. } | DataType::InlineEnum(_))
        && name != "tinyint"
}

fn is_float(input: &AuditInput<'_>, column: &Column) -> bool {
    let text = input.dialect.type_text(&column.data_type).to_lowercase();
    ["real", "double", "float"].iter().any(|name| text.starts_with(name)) || column.client.decimal_as_float
}

/// Counts of styles.
#[derive(Default)]
struct Naming {
    styles: BTreeMap<(&'static str, &'static str), (usize, Vec<String>)>,
}

impl Naming {
    fn add(&mut self, of: &'static str, name: &str) {
        let (count, examples) = self.styles.entry((of, style(name))).or_default();
        *count += 1;
        if examples.len() < 3 && !examples.iter().any(|known| known == name) {
            examples.push(name.to_owned());
        }
    }

    fn styles(self) -> Vec<NamingStyle> {
        let of = |((of, style), (count, examples)): ((&str, &str), (usize, Vec<String>))| NamingStyle {
            of: of.to_owned(),
            style: style.to_owned(),
            count,
            examples,
        };
        let mut styles: Vec<NamingStyle> = self.styles.into_iter().map(of).collect();
        styles.sort_by(|left, right| right.of.cmp(&left.of).then(right.count.cmp(&left.count)));
        styles
    }
}

/// How a name is written. One word in small letters is in the style of snakes as of camels.
fn style(name: &str) -> &'static str {
    let has_upper = name.contains(char::is_uppercase);
    let has_lower = name.contains(char::is_lowercase);
    match (name.contains('_'), has_upper, name.starts_with(char::is_uppercase)) {
        (false, false, _) => "lowercase",
        (true, false, _) => "snake_case",
        (false, true, true) if has_lower => "PascalCase",
        (false, true, false) => "camelCase",
        (_, true, _) if !has_lower => "UPPER_CASE",
        _ => "mixed",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_all_styles() {
        for name in ["createdAt", "created_at", "CREATED_AT", "CreatedAt"] {
            assert_eq!(words(name), ["created", "at"], "{name}");
        }
        assert_eq!(words("ip"), ["ip"]);
        assert_eq!(words("_x9"), ["x9"]);
    }

    #[test]
    fn names_of_personal_data() {
        let of = |name: &str| category(&words("orders"), &words(name));
        assert_eq!(of("email"), Some("contact"));
        assert_eq!(of("contactEmail"), Some("contact"));
        assert_eq!(of("first_name"), Some("name"));
        assert_eq!(of("ip_address"), Some("network"));
        assert_eq!(of("description"), None);
        assert_eq!(of("shipping"), None, "words, not letters");
        assert_eq!(of("name"), None, "anything has a name");
        assert_eq!(category(&words("AppUser"), &words("name")), Some("name"), "people have one");
        assert_eq!(category(&words("user_preferences"), &words("name")), None);
        assert_eq!(of("token"), Some("secret"));
        assert_eq!(of("tokens_used"), None);
        assert_eq!(of("address_id"), None, "a reference");
        assert_eq!(of("tax_id"), Some("identity document"));
        assert_eq!(of("token_type"), None);
    }

    #[test]
    fn styles_of_names() {
        assert_eq!(style("user"), "lowercase");
        assert_eq!(style("user_id"), "snake_case");
        assert_eq!(style("userId"), "camelCase");
        assert_eq!(style("User"), "PascalCase");
        assert_eq!(style("USER_ID"), "UPPER_CASE");
        assert_eq!(style("_AToB"), "mixed");
    }
}
