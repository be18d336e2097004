//! Expressions and defaults: what people write and what servers report comes to one normal form.
//! The data is under `fixtures/expressions`, recorded from real servers.
#![allow(clippy::unwrap_used, missing_docs)]

use ormsync_dialect::{Dialect, Equivalence, by_name};
use ormsync_schema::{
    Check, Column, DataType, DefaultValue, Expression, Generated, GeneratedStorage, Literal, Origin, Schema, Server,
    Table,
};
use toml::Value;

struct Recording {
    dialect: &'static dyn Dialect,
    server: Option<Server>,
    content: Value,
}

fn load(name: &str) -> Recording {
    let path = format!("{}/../../fixtures/expressions/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    let content: Value = toml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let server = (name == "mariadb").then(|| Server {
        product: "MariaDB".to_owned(),
        version: vec![10, 11, 0],
        version_text: "10.11.0-MariaDB".to_owned(),
    });
    Recording { dialect: by_name(name).unwrap(), server, content }
}

impl Recording {
    fn entries(&self, name: &str) -> &[Value] {
        self.content[name].as_array().unwrap()
    }

    /// A schema with the recording's table.
    fn schema(&self) -> Schema {
        let mut schema = Schema::new(self.dialect.name());
        let mut table = Table::default();
        for (name, data_type) in self.content["columns"].as_table().unwrap() {
            let data_type = self.dialect.parse_type(data_type.as_str().unwrap());
            table.columns.insert(name.clone(), Column::new(data_type, true, Origin::default()));
        }
        let namespace = schema.namespace_mut(self.dialect.default_namespace());
        if self.dialect.name() == "postgresql" {
            for (name, labels) in [("Status", ["ACTIVE", "done"]), ("level", ["low", "high"])] {
                let labels = labels.map(str::to_owned).to_vec();
                let declared = ormsync_schema::EnumType { labels, comment: None, origin: Origin::default() };
                namespace.enums.insert(name.to_owned(), declared);
            }
        }
        namespace.tables.insert("t".to_owned(), table);
        schema
    }

    fn table<'a>(&self, schema: &'a mut Schema) -> &'a mut Table {
        schema.namespace_mut(self.dialect.default_namespace()).tables.get_mut("t").unwrap()
    }

    fn normal_expression(&self, entry: &Value, text: &str) -> Expression {
        let mut schema = self.schema();
        let written = Expression::written(text);
        if entry.get("kind").is_none() {
            let check = Check {
                name: None,
                expression: written,
                not_enforced: false,
                not_valid: false,
                origin: Origin::default(),
                ..Check::default()
            };
            self.table(&mut schema).checks.push(check);
            self.dialect.normalise(&mut schema, self.server.as_ref());
            return self.table(&mut schema).checks.remove(0).expression;
        }
        let mut column = Column::new(DataType::named("text"), true, Origin::default());
        column.generated = Some(Generated { expression: written, storage: GeneratedStorage::Stored }.into());
        self.table(&mut schema).columns.insert("made".to_owned(), column);
        self.dialect.normalise(&mut schema, self.server.as_ref());
        self.table(&mut schema).columns["made"].generated.clone().unwrap().expression
    }

    /// The default in normal form; `read` gives it as a reader would.
    fn normal_default(
        &self,
        entry: &Value,
        read: impl FnOnce(&'static dyn Dialect, &DataType) -> DefaultValue,
    ) -> Option<DefaultValue> {
        let data_type = self.dialect.parse_type(entry["type"].as_str().unwrap());
        let mut schema = self.schema();
        let mut column = Column::new(data_type.clone(), true, Origin::default());
        column.default = Some(read(self.dialect, &data_type));
        self.table(&mut schema).columns.insert("made".to_owned(), column);
        self.dialect.normalise(&mut schema, self.server.as_ref());
        self.table(&mut schema).columns["made"].default.clone()
    }

    /// What is wrong with an entry, if anything is.
    fn complaint(&self, entry: &Value) -> Option<String> {
        let (written, reported) = (entry["written"].as_str().unwrap(), entry["reported"].as_str().unwrap());
        if entry.get("kind").and_then(Value::as_str) == Some("default") {
            let parse = |text: &str| {
                let text = text.to_owned();
                move |dialect: &'static dyn Dialect, data_type: &DataType| dialect.parse_default(&text, data_type)
            };
            let parsed = self.normal_default(entry, parse(written));
            let raw = self.normal_default(entry, |_, _| DefaultValue::Expression(Expression::written(written)));
            let server = if entry.get("bare").is_some() {
                self.normal_default(entry, |_, _| DefaultValue::Literal(Literal::Text(reported.to_owned())))
            } else {
                self.normal_default(entry, parse(reported))
            };
            let text = |default: &Option<DefaultValue>| format!("{default:?}");
            let unknown = |default: &Option<DefaultValue>| match default {
                Some(DefaultValue::Unreadable(_)) => true,
                Some(DefaultValue::Expression(expression)) => !expression.normal,
                _ => false,
            };
            let fine = parsed == server && raw == server && !unknown(&server);
            return (!fine).then(|| {
                format!(
                    "{} default {written} -> {reported}\n    {}\n    {}\n    {}",
                    entry["type"],
                    text(&parsed),
                    text(&raw),
                    text(&server)
                )
            });
        }
        let (left, right) = (self.normal_expression(entry, written), self.normal_expression(entry, reported));
        let fine = left.normal && left == right;
        (!fine).then(|| format!("{written} -> {reported}\n    {left:?}\n    {right:?}"))
    }

    fn check(&self) {
        let complaints: Vec<String> =
            self.entries("expression").iter().filter_map(|entry| self.complaint(entry)).collect();
        assert!(
            complaints.is_empty(),
            "{} of {}:\n{}",
            complaints.len(),
            self.entries("expression").len(),
            complaints.join("\n")
        );
        for pair in self.entries("different") {
            let (left, right) = (pair["left"].as_str().unwrap(), pair["right"].as_str().unwrap());
            if pair.get("kind").is_some() {
                let [left, right] = [left, right]
                    .map(|text| self.normal_default(pair, |dialect, data_type| dialect.parse_default(text, data_type)));
                assert_ne!(left, right, "{pair}");
                if let (Some(left), Some(right)) = (left, right) {
                    assert_eq!(self.dialect.compare_defaults(&left, &right), Equivalence::Different, "{pair}");
                }
            } else {
                let [left, right] = [left, right].map(|text| self.normal_expression(pair, text));
                assert!(left.normal && right.normal, "{pair}: understood");
                assert_ne!(left, right, "{pair}");
            }
        }
    }
}

#[test]
fn postgresql() {
    load("postgresql").check();
}

#[test]
fn mysql() {
    load("mysql").check();
}

#[test]
fn mariadb() {
    load("mariadb").check();
}

#[test]
fn sqlite() {
    load("sqlite").check();
}

/// The text of a normal form, read as if somebody had written it, comes to itself.
#[test]
fn normal_forms_are_fixed_points() {
    for name in ["postgresql", "mysql", "mariadb", "sqlite"] {
        let recording = load(name);
        for entry in recording.entries("expression") {
            let written = entry["written"].as_str().unwrap();
            if entry.get("kind").and_then(Value::as_str) == Some("default") {
                continue;
            }
            let once = recording.normal_expression(entry, written);
            let twice = recording.normal_expression(entry, &once.text);
            assert_eq!(once, twice, "{name}: {written}");
        }
    }
}

#[test]
fn what_is_not_understood_stays_as_written() {
    let recording = load("postgresql");
    let entry = Value::Table(toml::Table::new());
    for text in ["x IS OF (text)", "qty >", "EXISTS (SELECT 1)", "((((", "count(*) FILTER (WHERE x)"] {
        let normal = recording.normal_expression(&entry, text);
        assert_eq!(normal, Expression::written(text));
    }
    let long = vec!["qty > 1"; 5000].join(" AND ");
    assert!(!recording.normal_expression(&entry, &long).normal);
    let deep = format!("{}qty{}", "(".repeat(3000), ")".repeat(3000));
    assert!(!recording.normal_expression(&entry, &deep).normal);
}
