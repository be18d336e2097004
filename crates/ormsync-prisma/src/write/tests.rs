//! What is written is what was read: over generated schemas of all dialects.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use indexmap::IndexMap;
use ormsync_schema::{
    Column, DataType, DefaultValue, Deferrability, EnumType, ForeignKey, Identity, Index, IndexKind, IndexPart,
    Literal, MatchKind, Origin, PrimaryKey, ReferentialAction, Schema, SortOrder, Table,
};
use proptest::prelude::*;

use super::{NameStyle, WriteOptions, write_schema};
use crate::lower::names;
use crate::native::{self, EnumStorage, ProviderFacts, ScalarType};
use crate::sources::Sources;
use crate::{ReadOptions, read_sources};

/// Choices that a test case makes, one after the other; when they are used up, the first of everything.
struct Choices {
    numbers: std::vec::IntoIter<u16>,
}

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.numbers.next().unwrap_or(0)) % bound.max(1)
    }

    fn chance(&mut self, one_in: usize) -> bool {
        self.below(one_in) == one_in - 1
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

const TABLES: &[&str] = &["User", "users", "order", "class", "blog post", "String", "_hidden", "Ünit", "2fa", "a-b"];
const COLUMNS: &[&str] =
    &["name", "user_id", "userId", "user", "users", "type", "first name", "_x", "größe", "9lives", "model", "a.b"];
const LABELS: &[&str] = &["OPEN", "open", "in progress", "in-progress", "", "1st", "null"];

struct Generator {
    choices: Choices,
    facts: &'static ProviderFacts,
}

impl Generator {
    fn schema(mut self) -> Schema {
        let mut schema = Schema::new(self.facts.dialect.name());
        let namespace = self.facts.dialect.default_namespace();
        let mut tables = IndexMap::new();
        for name in &TABLES[..1 + self.choices.below(TABLES.len())] {
            // A server keeps the names of keys and indexes apart over all tables.
            let number = tables.len();
            tables.insert((*name).to_owned(), self.table(number));
        }
        self.foreign_keys(&mut tables, namespace);
        // Not every server names an index that has no name.
        for (name, table) in &mut tables {
            for index in &mut table.indexes {
                let columns: Vec<&str> = index.parts.iter().filter_map(IndexPart::as_column).collect();
                let usual = names::index(name, &columns, index.kind.is_unique(), self.facts);
                index.name.get_or_insert(usual);
            }
        }
        let content = schema.namespace_mut(namespace);
        content.tables.extend(tables);
        if self.facts.enums == EnumStorage::NamedType {
            let labels = LABELS.iter().map(|label| (*label).to_owned()).collect();
            let definition = EnumType { labels, comment: None, origin: Origin::nowhere() };
            content.enums.insert("order status".to_owned(), definition);
        }
        self.facts.dialect.normalise(&mut schema, None);
        schema
    }

    fn table(&mut self, table_number: usize) -> Table {
        let mut table = Table::default();
        let id = self.facts.dialect.parse_type((self.facts.default_type)(ScalarType::Int));
        let mut id = Column::new(id, false, Origin::nowhere());
        if self.choices.chance(2) || self.facts.integer_id_numbers_itself {
            id.identity = Some(Identity::auto_increment().into());
        }
        table.columns.insert("id".to_owned(), id);
        for name in &COLUMNS[..self.choices.below(COLUMNS.len())] {
            let column = self.column();
            table.columns.insert((*name).to_owned(), column);
        }
        let name = self.choices.chance(4).then(|| format!("key {table_number}"));
        let name = name.filter(|_| self.facts.has_named_primary_keys);
        let parts = vec![IndexPart::column("id")];
        table.primary_key = Some(PrimaryKey { name, parts, origin: Origin::nowhere(), ..PrimaryKey::default() });
        self.indexes(&mut table, table_number);
        table
    }

    fn column(&mut self) -> Column {
        let data_type = self.data_type();
        let nullable = self.choices.chance(3) || matches!(data_type, DataType::Array(_));
        let mut column = Column::new(data_type, nullable, Origin::nowhere());
        column.default = self.default(&column.data_type);
        column
    }

    fn data_type(&mut self) -> DataType {
        if self.choices.chance(6) && self.facts.enums != EnumStorage::Text {
            return match self.facts.enums {
                EnumStorage::NamedType => DataType::Enum {
                    namespace: self.facts.dialect.default_namespace().to_owned(),
                    name: "order status".to_owned(),
                },
                _ => DataType::InlineEnum(
                    LABELS[..1 + self.choices.below(4)].iter().map(|it| (*it).to_owned()).collect(),
                ),
            };
        }
        let sql = match self.choices.chance(2) && !self.facts.natives.is_empty() {
            false => (self.facts.default_type)(*self.choices.of(&ScalarType::ALL)).to_owned(),
            true => {
                let native = self.choices.of(self.facts.natives);
                match native.arguments.bounds().1 {
                    0 => native.sql.to_owned(),
                    1 => format!("{}({})", native.sql, 1 + self.choices.below(6)),
                    _ => format!("{}({},2)", native.sql, 3 + self.choices.below(6)),
                }
            }
        };
        let element = self.facts.dialect.parse_type(&sql);
        if self.facts.has_lists && self.choices.chance(6) { DataType::Array(Box::new(element)) } else { element }
    }

    /// A default that the type takes.
    fn default(&mut self, data_type: &DataType) -> Option<DefaultValue> {
        let number = self.choices.below(100).to_string();
        if !self.choices.chance(3) {
            return None;
        }
        let literal = |literal| Some(DefaultValue::Literal(literal));
        match data_type {
            DataType::Enum { .. } => literal(Literal::Text((*self.choices.of(LABELS)).to_owned())),
            DataType::InlineEnum(labels) => literal(Literal::Text(self.choices.of(labels).clone())),
            DataType::Array(element) if element.as_named().is_some_and(|named| named.name == "text") => {
                literal(Literal::Text((*self.choices.of(&["{}", "{a,\"b c\"}", "{\"x\\\"y\"}"])).to_owned()))
            }
            DataType::Named(named) => match named.name.as_str() {
                "text" | "varchar" if self.facts.enums != EnumStorage::InColumn || named.name == "varchar" => {
                    literal(Literal::Text((*self.choices.of(&["", "it's", "a\"b\\c", "x"])).to_owned()))
                }
                "integer" | "int" | "bigint" | "smallint" => literal(Literal::Number(number)),
                "boolean" => literal(Literal::Boolean(number.len() == 1)),
                _ => None,
            },
            _ => None,
        }
    }

    fn indexes(&mut self, table: &mut Table, table_number: usize) {
        // What every server takes in an index.
        let plain: Vec<String> = table
            .columns
            .iter()
            .filter(|(_, column)| {
                let names = ["integer", "int", "bigint", "smallint"];
                column.data_type.as_named().is_some_and(|named| names.contains(&named.name.as_str()))
            })
            .map(|(name, _)| name.clone())
            .collect();
        let mut seen = BTreeSet::new();
        for number in 0..self.choices.below(4) {
            let length = 1 + self.choices.below(plain.len().min(3));
            let columns: Vec<String> = plain.iter().take(length).cloned().collect();
            if !seen.insert(columns.clone()) {
                continue;
            }
            let kind = if self.choices.chance(2) { IndexKind::UniqueIndex } else { IndexKind::Plain };
            let name = self.choices.chance(2).then(|| format!("an index {table_number} {number}"));
            let mut index = Index::on_columns(kind, name, columns, Origin::nowhere());
            if self.choices.chance(3) {
                index.parts[0].order = SortOrder::Descending;
            }
            table.indexes.push(index);
        }
    }

    fn foreign_keys(&mut self, tables: &mut IndexMap<String, Table>, namespace: &str) {
        let names: Vec<String> = tables.keys().cloned().collect();
        for number in 0..self.choices.below(2 * names.len() + 1) {
            let (from, to) = (self.choices.of(&names).clone(), self.choices.of(&names).clone());
            let id = tables[&to].columns["id"].data_type.clone();
            let nullable = self.choices.chance(2);
            let column = if self.choices.chance(2) { format!("owner{number}_id") } else { format!("ref{number}") };
            let actions = [ReferentialAction::Cascade, ReferentialAction::Restrict, ReferentialAction::NoAction];
            let on_delete = *self.choices.of(&actions);
            let on_update = *self.choices.of(&actions);
            let table = &mut tables[&from];
            table.columns.insert(column.clone(), Column::new(id, nullable, Origin::nowhere()));
            if self.choices.chance(4) {
                let unique = Index::on_columns(IndexKind::UniqueIndex, None, [column.clone()], Origin::nowhere());
                table.indexes.push(unique);
            }
            table.foreign_keys.push(ForeignKey {
                name: self
                    .choices
                    .chance(3)
                    .then(|| format!("a key {number}"))
                    .filter(|_| self.facts.has_named_foreign_keys),
                columns: vec![column],
                referenced_namespace: namespace.to_owned(),
                referenced_table: to,
                referenced_columns: vec!["id".to_owned()],
                on_delete,
                on_update,
                match_kind: MatchKind::Simple,
                deferrability: Deferrability::NotDeferrable,
                not_valid: false,
                origin: Origin::nowhere(),
                ..ForeignKey::default()
            });
        }
    }
}

/// A schema with its physical facts only, in an order that does not depend on who wrote it.
fn physical(mut schema: Schema) -> Schema {
    schema.unsaid.clear();
    for content in schema.namespaces.values_mut() {
        for table in content.tables.values_mut() {
            table.model = None;
            table.indexes.sort_by_key(|index| (index.name.clone(), format!("{:?}", index.parts)));
            table.foreign_keys.sort_by_key(|key| key.columns.clone());
            for column in table.columns.values_mut() {
                column.client = Default::default();
                column.places.clear();
            }
        }
    }
    schema
}

fn comes_back(dialect: &str, numbers: Vec<u16>, names: NameStyle) -> Result<(), TestCaseError> {
    let facts = native::of_dialect(dialect).unwrap();
    let schema = Generator { choices: Choices { numbers: numbers.into_iter() }, facts }.schema();
    let text = write_schema(&schema, &WriteOptions { names, ..WriteOptions::default() });
    let reading = read_sources(Sources::of_text("schema.prisma", &text), &ReadOptions::default());
    prop_assert!(!reading.has_errors(), "{:#?}\n{text}", reading.diagnostics);
    let mut again = reading.schema;
    facts.dialect.normalise(&mut again, None);
    let (schema, again) = (physical(schema), physical(again));
    for (namespace, name, table) in schema.tables() {
        prop_assert_eq!(Some(table), again.table(namespace, name), "{}\n{}", name, &text);
    }
    prop_assert_eq!(&schema, &again, "{}", text);
    Ok(())
}

/// A schema as it is read, and written again.
fn rewritten(provider: &str, text: &str) -> String {
    let text = format!("datasource db {{\n  provider = \"{provider}\"\n}}\n\n{text}");
    let reading = read_sources(Sources::of_text("schema.prisma", &text), &ReadOptions::default());
    assert!(!reading.has_errors(), "{:#?}", reading.diagnostics);
    let written = write_schema(&reading.schema, &WriteOptions::default());
    let again = read_sources(Sources::of_text("schema.prisma", &written), &ReadOptions::default());
    assert!(!again.has_errors(), "{:#?}\n{written}", again.diagnostics);
    let models = written.find("\nmodel ").unwrap_or_default();
    written[models + 1..].to_owned()
}

/// What Prisma's language says at best in one way comes back as it was.
#[test]
fn relations_come_back() {
    let text = "model Category {\n  id    Int    @id\n  posts Post[]\n}\n\nmodel Employee {\n  id                 Int        @id\n  managerId          Int?\n  manager            Employee?  @relation(\"EmployeeManager\", fields: [managerId], references: [id])\n  employeesAsManager Employee[] @relation(\"EmployeeManager\")\n}\n\nmodel Post {\n  id            Int        @id\n  author_id     Int\n  reviewerId    Int?\n  categories    Category[]\n  author        User       @relation(\"PostAuthor\", fields: [author_id], references: [id], onDelete: Cascade)\n  reviewer      User?      @relation(\"PostReviewer\", fields: [reviewerId], references: [id])\n}\n\nmodel Profile {\n  id     Int  @id\n  userId Int  @unique\n  user   User @relation(fields: [userId], references: [id])\n}\n\nmodel User {\n  id              Int      @id\n  postsAsAuthor   Post[]   @relation(\"PostAuthor\")\n  postsAsReviewer Post[]   @relation(\"PostReviewer\")\n  profile         Profile?\n  friends         User[]   @relation(\"friends\")\n  friendOf        User[]   @relation(\"friends\")\n}\n";
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    // The names of many-to-many fields are nowhere in a database, nor is the order of fields that are no columns.
    let written = words(&rewritten("postgresql", text));
    for line in text.lines().filter(|line| !line.contains("friend")) {
        assert!(written.contains(&words(line)), "{line}\n{written}");
    }
    assert!(written.contains("users User[] @relation(\"friends\")"), "{written}");
    assert!(!written.contains("_CategoryToPost"), "{written}");
}

#[test]
fn what_the_client_leaves_out_comes_back() {
    let text = "model A {\n  id Int  @id\n  bs B[]  @ignore\n  x  Int? @ignore\n}\n\nmodel B {\n  id  Int  @id\n  aId Int?\n  a   A?   @relation(fields: [aId], references: [id])\n\n  @@ignore\n}\n";
    let written = rewritten("sqlite", text);
    assert!(written.contains("@@ignore") && written.contains("Int? @ignore"), "{written}");
    assert!(written.contains("B[]  @ignore"), "{written}");
}

/// MySQL has no names for enums, and one action in two words.
#[test]
fn mysql_keeps_prismas_words() {
    let text = "datasource db {\n  provider = \"mysql\"\n}\n\nenum Kind {\n  CAR\n  VAN @map(\"van\")\n}\n\nmodel Lot {\n  id   Int   @id\n  kind Kind?\n  cars Car[]\n}\n\nmodel Car {\n  id    Int  @id\n  kind  Kind @default(VAN)\n  lotId Int\n  lot   Lot  @relation(fields: [lotId], references: [id])\n}\n";
    let mut schema = read_sources(Sources::of_text("schema.prisma", text), &ReadOptions::default()).schema;
    native::of_dialect("mysql").unwrap().dialect.normalise(&mut schema, None);
    let written = write_schema(&schema, &WriteOptions::default());
    for line in [
        "enum Kind {\n  CAR\n  VAN @map(\"van\")\n}",
        "@relation(fields: [lotId], references: [id])\n",
        "@default(VAN)",
    ] {
        assert!(written.contains(line), "{line}\n{written}");
    }
    assert_eq!(written.matches("enum ").count(), 1, "{written}");
}

fn numbers() -> impl Strategy<Value = Vec<u16>> {
    prop::collection::vec(any::<u16>(), 0..300)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn postgresql_comes_back(numbers in numbers()) {
        comes_back("postgresql", numbers, NameStyle::Source)?;
    }

    #[test]
    fn mysql_comes_back(numbers in numbers()) {
        comes_back("mysql", numbers, NameStyle::Source)?;
    }

    #[test]
    fn sqlite_comes_back(numbers in numbers()) {
        comes_back("sqlite", numbers, NameStyle::Source)?;
    }

    #[test]
    fn idiomatic_names_change_nothing_else(numbers in numbers()) {
        comes_back("postgresql", numbers, NameStyle::Idiomatic)?;
    }
}
