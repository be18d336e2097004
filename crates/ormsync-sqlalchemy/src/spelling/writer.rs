//! What every declaration is written with: the schema, its dialect, and the words for both.

use std::collections::BTreeMap;

use ormsync_dialect::Dialect;
use ormsync_schema::{DataType, Domain, Schema, Table};

use super::convention::Convention;
use super::native_types::{self, Spelled};
use super::python::{Argument, Import, Name, Python, sqlalchemy};
use super::words::{self, Words};

/// Writes objects of one schema.
pub(super) struct Writer<'a> {
    /// The schema.
    pub(super) schema: &'a Schema,
    /// Its dialect.
    pub(super) dialect: &'static dyn Dialect,
    /// SQLAlchemy's words for it.
    pub(super) words: &'static Words,
    /// The Python classes of enum types by namespace and name, where there are any.
    pub(super) enums: BTreeMap<(String, String), EnumClass>,
    /// The Python classes of types without other words, by the types' SQL.
    pub(super) own_types: BTreeMap<String, String>,
    /// What explains names that are not written.
    pub(super) convention: Convention,
    /// The variables of sequences by namespace and name.
    pub(super) sequences: BTreeMap<(String, String), String>,
}

/// A Python class for an enum type.
#[derive(Debug, Clone)]
pub(super) struct EnumClass {
    /// Its name.
    pub(super) name: String,
    /// Its members, in the labels' order.
    pub(super) members: Vec<String>,
}

/// A table and where it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place<'a> {
    /// Its namespace.
    pub(super) namespace: &'a str,
    /// Its name.
    pub(super) name: &'a str,
    /// The table.
    pub(super) table: &'a Table,
}

impl Place<'_> {
    /// Whether a column is part of the primary key.
    pub(super) fn has_key_column(&self, name: &str) -> bool {
        self.table.primary_key.iter().any(|key| key.parts.iter().any(|part| part.as_column() == Some(name)))
    }
}

/// Why SQLAlchemy has no words for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Wordless(pub(super) String);

impl<'a> Writer<'a> {
    /// A writer for a schema of a known dialect.
    pub(super) fn new(schema: &'a Schema) -> Option<Self> {
        let dialect = ormsync_dialect::by_name(&schema.dialect)?;
        Some(Self {
            schema,
            dialect,
            words: words::of(dialect.name())?,
            enums: BTreeMap::new(),
            own_types: BTreeMap::new(),
            sequences: BTreeMap::new(),
            convention: Convention::default(),
        })
    }

    /// The place's namespace where it has to be written.
    pub(super) fn schema_word<'n>(&self, namespace: &'n str) -> Option<&'n str> {
        (!namespace.is_empty() && namespace != self.dialect.default_namespace()).then_some(namespace)
    }

    /// A type, for a column of a table in `namespace`.
    pub(super) fn data_type(
        &self,
        data_type: &DataType,
        collation: Option<&str>,
        namespace: &str,
    ) -> Result<Spelled, Wordless> {
        let spelled = match data_type {
            DataType::Named(named) => {
                native_types::spell(self.words.types, named, collation).or_else(|| self.own_type(data_type))
            }
            DataType::Array(element) => {
                let element = self.data_type(element, collation, namespace)?;
                Some(Spelled {
                    expression: Python::call(sqlalchemy("ARRAY"), vec![Argument::Positional(element.expression)]),
                    python: format!("list[{}]", element.python),
                })
            }
            DataType::Enum { namespace: home, name } => self.enum_type(home, name, namespace),
            DataType::InlineEnum(labels) => inline_labels(labels, "Enum", "mysql.ENUM", collation),
            DataType::InlineSet(labels) => inline_labels(labels, "mysql.SET", "mysql.SET", collation)
                .map(|spelled| Spelled { python: "set[str]".to_owned(), ..spelled }),
            DataType::UserDefined { namespace, name } => self
                .schema
                .namespaces
                .get(namespace)
                .and_then(|content| content.domains.get(name))
                .and_then(|domain| self.domain(namespace, name, domain)),
            DataType::Unreadable(_) => None,
        };
        spelled.ok_or_else(|| Wordless(format!("SQLAlchemy has no type for {}", self.dialect.type_text(data_type))))
    }

    /// A type by its own class.
    fn own_type(&self, data_type: &DataType) -> Option<Spelled> {
        let expression = self.type_of_its_own(&self.dialect.type_text(data_type))?;
        Some(Spelled { expression, python: "Any".to_owned() })
    }

    /// The class for a type's SQL.
    pub(super) fn type_of_its_own(&self, sql: &str) -> Option<Python> {
        let import = Import::From("sqlalchemy.types", "UserDefinedType".to_owned());
        Some(Python::Name(Name { text: self.own_types.get(sql)?.clone(), import: Some(import) }))
    }

    /// An enum type of the schema: by its class, else with its labels.
    pub(super) fn enum_type(&self, home: &str, name: &str, namespace: &str) -> Option<Spelled> {
        let labels = &self.schema.enum_type(home, name)?.labels;
        let class = self.enums.get(&(home.to_owned(), name.to_owned()));
        let mut arguments = match class {
            Some(class) => vec![Argument::Positional(Python::Name(Name::local(&class.name)))],
            None if labels.is_empty() => return None,
            None => labels.iter().map(|label| Argument::Positional(Python::text(label))).collect(),
        };
        arguments.push(keyword("name", Python::text(name)));
        // From 2.1 on, an enum without a schema is in its table's.
        if let Some(schema) = self.schema_word(home).or((home != namespace && !home.is_empty()).then_some(home)) {
            arguments.push(keyword("schema", Python::text(schema)));
        }
        // Without it, the members' names would be the labels.
        if class.is_some_and(|class| class.members != *labels) {
            let values = Python::Verbatim("lambda labels: [label.value for label in labels]".to_owned());
            arguments.push(keyword("values_callable", values));
        }
        let python = class.map_or_else(|| "str".to_owned(), |class| class.name.clone());
        Some(Spelled { expression: Python::call(sqlalchemy("Enum"), arguments), python })
    }

    /// A domain, with its check where it has no more than one.
    pub(super) fn domain(&self, namespace: &str, name: &str, domain: &Domain) -> Option<Spelled> {
        let base = self.data_type(&domain.data_type, None, namespace).ok()?;
        let mut arguments = vec![Argument::Positional(Python::text(name)), Argument::Positional(base.expression)];
        if let Some(schema) = self.schema_word(namespace) {
            arguments.push(keyword("schema", Python::text(schema)));
        }
        if let Some(default) = &domain.default {
            let sql = self.dialect.default_text(default);
            arguments.push(keyword("default", Python::sql(&sql)));
        }
        arguments.extend(domain.collation.as_ref().map(|collation| keyword("collation", Python::text(collation))));
        if !domain.nullable {
            arguments.push(keyword("not_null", Python::Boolean(true)));
        }
        match domain.checks.as_slice() {
            [] => {}
            [check] => {
                // The server's own name goes without saying.
                let chosen = check.name.as_ref().filter(|chosen| **chosen != format!("{name}_check"));
                arguments.extend(chosen.map(|chosen| keyword("constraint_name", Python::text(chosen))));
                arguments.push(keyword("check", Python::sql(&check.expression.text)));
            }
            _ => return None,
        }
        let expression = Python::call(native_types::class("postgresql.DOMAIN"), arguments);
        Some(Spelled { expression, python: base.python })
    }

    /// A column's name in SQL, quoted where it has to be.
    pub(super) fn quoted(&self, name: &str) -> String {
        let is_plain = name.starts_with(|letter: char| letter.is_ascii_lowercase() || letter == '_')
            && name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
            && !ormsync_dialect::is_reserved_anywhere(name);
        if is_plain { name.to_owned() } else { self.dialect.quote_identifier(name) }
    }
}

/// A keyword argument.
pub(super) fn keyword(name: &str, value: Python) -> Argument {
    Argument::Keyword(name.to_owned(), value)
}

/// Labels written in place; the dialect's own class takes a collation.
fn inline_labels(
    labels: &[String],
    generic: &'static str,
    own: &'static str,
    collation: Option<&str>,
) -> Option<Spelled> {
    if labels.is_empty() {
        return None;
    }
    let mut arguments: Vec<Argument> = labels.iter().map(|label| Argument::Positional(Python::text(label))).collect();
    let name = match collation {
        Some(collation) => {
            arguments.push(keyword("collation", Python::text(collation)));
            own
        }
        None => generic,
    };
    // An empty member can't be told from no members unless the set is fetched as a number.
    if own.ends_with("SET") && labels.iter().any(String::is_empty) {
        arguments.push(keyword("retrieve_as_bitwise", Python::Boolean(true)));
    }
    Some(Spelled { expression: Python::call(native_types::class(name), arguments), python: "str".to_owned() })
}
