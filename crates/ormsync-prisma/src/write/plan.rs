//! The names of everything, chosen before anything is written.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{Column, DataType, DefaultValue, Schema, Table};

use super::joins::{self, Join};
use super::words::{camel, pascal, singular};
use super::{NameStyle, WriteOptions, emulates_relations};
use crate::native::{ProviderFacts, ScalarType};
use crate::resolve::names::is_reserved;
use crate::spelling::{EnumName, EnumNames, EnumValues, Writer, identifier};
use crate::syntax;

/// A table by namespace and name.
pub(super) type TableName = (String, String);

/// A schema with the names that it gets in Prisma.
pub(super) struct Plan {
    /// The schema, with the models' names at its tables and the fields' at their columns, and nothing of the
    /// client but what Prisma's client can do. Views that have columns are among the tables.
    pub(super) schema: Schema,
    pub(super) facts: &'static ProviderFacts,
    pub(super) names: NameStyle,
    pub(super) enums: EnumNames,
    pub(super) views: BTreeSet<TableName>,
    pub(super) joins: Vec<Join>,
    /// The models whose source says that the client leaves them out.
    pub(super) ignored: BTreeSet<TableName>,
    /// The namespaces to name; empty where all is in the usual one.
    pub(super) namespaces: Vec<String>,
    /// Whether Prisma keeps the foreign keys, which are then among the tables' own.
    pub(super) emulates: bool,
}

impl Plan {
    pub(super) fn new(schema: &Schema, options: &WriteOptions, facts: &'static ProviderFacts) -> Self {
        let mut plan = Self {
            schema: schema.clone(),
            facts,
            names: options.names,
            enums: EnumNames::default(),
            views: BTreeSet::new(),
            joins: Vec::new(),
            ignored: BTreeSet::new(),
            namespaces: named_namespaces(schema, facts),
            emulates: options.emulated_relations && emulates_relations(schema),
        };
        if plan.emulates {
            let tables = plan.schema.namespaces.values_mut().flat_map(|content| content.tables.values_mut());
            tables.for_each(|table| table.foreign_keys = std::mem::take(&mut table.emulated_keys));
        }
        plan.move_views();
        let tables: Vec<TableName> =
            plan.schema.tables().map(|(namespace, name, _)| (namespace.to_owned(), name.to_owned())).collect();
        let shaped = plan
            .schema
            .tables()
            .filter_map(|(namespace, name, table)| joins::of_table(&plan.schema, namespace, name, table));
        let mut joins: Vec<Join> = shaped.collect();
        // A table that others refer to is a model.
        joins.retain(|join| !plan.is_referred_to(&join.table));
        let mut taken = BTreeSet::new();
        for table in tables.iter().filter(|table| joins.iter().all(|join| join.table != **table)) {
            plan.name_model(table, &mut taken);
        }
        for join in joins {
            // Column A leads to the model whose name comes first; where it does not, no relation has this table.
            if plan.model_name(&join.first) <= plan.model_name(&join.second) {
                plan.joins.push(join);
            } else {
                plan.name_model(&join.table, &mut taken);
            }
        }
        plan.name_enums(&mut taken);
        for table in &tables {
            plan.name_fields(table);
        }
        plan
    }

    /// A writer of the lines of one namespace.
    pub(super) fn writer<'p>(&'p self, namespace: &'p str) -> Writer<'p> {
        Writer { wanted: &self.schema, own: &self.schema, namespace, facts: self.facts, enums: Some(&self.enums) }
    }

    pub(super) fn table(&self, name: &TableName) -> Option<&Table> {
        self.schema.table(&name.0, &name.1)
    }

    /// The name of a table's model.
    pub(super) fn model_name(&self, name: &TableName) -> String {
        self.writer(&name.0).model_name(&name.0, &name.1)
    }

    /// The tables that become models, and the views, in order.
    pub(super) fn models(&self) -> impl Iterator<Item = (TableName, &Table)> {
        self.schema
            .tables()
            .map(|(namespace, name, table)| ((namespace.to_owned(), name.to_owned()), table))
            .filter(|(name, _)| self.joins.iter().all(|join| join.table != *name))
    }

    fn move_views(&mut self) {
        for (namespace, content) in &mut self.schema.namespaces {
            for (name, view) in &content.views {
                if view.columns.is_empty() || content.tables.contains_key(name) {
                    continue;
                }
                let table = Table { columns: view.columns.clone(), comment: view.comment.clone(), ..Table::default() };
                content.tables.insert(name.clone(), table);
                self.views.insert((namespace.clone(), name.clone()));
            }
        }
    }

    fn is_referred_to(&self, (namespace, name): &TableName) -> bool {
        self.schema.tables().any(|(_, _, table)| {
            table.foreign_keys.iter().any(|key| key.referenced_namespace == *namespace && key.referenced_table == *name)
        })
    }

    fn name_model(&mut self, name: &TableName, taken: &mut BTreeSet<String>) {
        let (style, is_qualified) = (self.names, self.namespaces.len() > 1);
        let namespaces = &mut self.schema.namespaces;
        let Some(table) = namespaces.get_mut(&name.0).and_then(|content| content.tables.get_mut(&name.1)) else {
            return;
        };
        let wanted = match (&table.model, style) {
            (Some(model), NameStyle::Source) => identifier::of(model),
            (Some(model), NameStyle::Idiomatic) => pascal(&singular(model)),
            (None, NameStyle::Source) => identifier::of(&name.1),
            (None, NameStyle::Idiomatic) => pascal(&singular(&name.1)),
        };
        let other = is_qualified.then(|| format!("{}_{wanted}", identifier::of(&name.0)));
        table.model = Some(free(wanted, other, taken));
    }

    fn name_fields(&mut self, name: &TableName) {
        let facts = self.facts;
        let style = self.names;
        let Some(table) = self.schema.namespaces.get_mut(&name.0).and_then(|content| content.tables.get_mut(&name.1))
        else {
            return;
        };
        // A model is ignored as a whole, or field by field.
        let all_ignored = table.columns.values().all(|column| column.client.ignored);
        if all_ignored {
            self.ignored.insert(name.clone());
        }
        let mut taken = BTreeSet::new();
        for (column_name, column) in &mut table.columns {
            let source = column.client.attribute.as_deref().unwrap_or(column_name);
            let wanted = match style {
                NameStyle::Source => identifier::of(source),
                NameStyle::Idiomatic => camel(source),
            };
            column.client.attribute = Some(free_field(wanted, &mut taken));
            column.client.ignored &= !all_ignored;
            column.client.default = client_default(column, facts);
            column.client.update = client_update(column, facts);
        }
    }

    fn name_enums(&mut self, taken: &mut BTreeSet<String>) {
        let style = self.names;
        let name_of = |text: &str| match style {
            NameStyle::Source => identifier::of(text),
            NameStyle::Idiomatic => pascal(text),
        };
        let mut client_names = BTreeMap::new();
        for (_, _, table) in self.schema.tables() {
            for column in table.columns.values() {
                if let (Some((owner, name)), Some(names)) = (enum_of(&column.data_type), &column.client.enum_labels) {
                    client_names.entry((owner.to_owned(), name.to_owned())).or_insert_with(|| names.clone());
                }
            }
        }
        for (namespace, content) in &self.schema.namespaces {
            for (name, definition) in &content.enums {
                let client = client_names.get(&(namespace.clone(), name.clone()));
                let other = format!("{}_{}", identifier::of(namespace), name_of(name));
                let chosen = EnumName {
                    name: free(name_of(name), (self.namespaces.len() > 1).then_some(other), taken),
                    values: values(&definition.labels, client),
                };
                self.enums.insert(namespace, name, chosen);
            }
            // Columns that have the same enum in the source have it again.
            let mut shared: BTreeMap<(&str, EnumValues), String> = BTreeMap::new();
            for (table_name, table) in &content.tables {
                for (column_name, column) in &table.columns {
                    let DataType::InlineEnum(labels) = &column.data_type else { continue };
                    let values = values(labels, column.client.enum_labels.as_ref());
                    let name = match column.client.enum_name.text() {
                        Some(own) => shared
                            .entry((own, values.clone()))
                            .or_insert_with(|| free(name_of(own), None, taken))
                            .clone(),
                        None => {
                            let model = table.model.clone().unwrap_or_else(|| identifier::of(table_name));
                            free(name_of(&format!("{model}_{column_name}")), None, taken)
                        }
                    };
                    self.enums.insert(namespace, &format!("{table_name}.{column_name}"), EnumName { name, values });
                }
            }
        }
    }
}

fn enum_of(data_type: &DataType) -> Option<(&str, &str)> {
    match data_type {
        DataType::Enum { namespace, name } => Some((namespace, name)),
        DataType::Array(element) => enum_of(element),
        _ => None,
    }
}

/// The names of labels: the client's own where it has as many, else the labels as far as the language has them.
fn values(labels: &[String], client: Option<&Vec<String>>) -> EnumValues {
    let client = client.filter(|names| names.len() == labels.len());
    let mut taken = BTreeSet::new();
    labels
        .iter()
        .enumerate()
        .map(|(position, label)| {
            let wanted = client.map_or(label, |names| &names[position]);
            // `db pull` calls the empty label so.
            let wanted = if wanted.is_empty() { "EMPTY_ENUM_VALUE".to_owned() } else { identifier::of(wanted) };
            (free_field(wanted, &mut taken), label.clone())
        })
        .collect()
}

/// A name for a block that no other block has: the wanted one, else the other, else a numbered one.
fn free(wanted: String, other: Option<String>, taken: &mut BTreeSet<String>) -> String {
    let wanted = if is_reserved(&wanted) { format!("{wanted}_") } else { wanted };
    let is_free = |name: &str| !taken.contains(name) && !is_reserved(name);
    let found = if is_free(&wanted) { Some(wanted.clone()) } else { other.filter(|name| is_free(name)) };
    let found = found.unwrap_or_else(|| numbered(&wanted, taken));
    taken.insert(found.clone());
    found
}

/// A name for a field or value that no other one of the block has.
pub(super) fn free_field(wanted: String, taken: &mut BTreeSet<String>) -> String {
    let found = if taken.contains(&wanted) { numbered(&wanted, taken) } else { wanted };
    taken.insert(found.clone());
    found
}

fn numbered(wanted: &str, taken: &BTreeSet<String>) -> String {
    // There are fewer names taken than numbers.
    (2..).map(|number| format!("{wanted}{number}")).find(|name| !taken.contains(name)).unwrap_or_default()
}

/// The namespaces that the schema has to list: all with content, where one of them is not the usual one.
fn named_namespaces(schema: &Schema, facts: &ProviderFacts) -> Vec<String> {
    let has_content = |name: &&String| {
        let content = &schema.namespaces[*name];
        !content.tables.is_empty() || !content.enums.is_empty() || !content.views.is_empty()
    };
    let names: Vec<String> = schema.namespaces.keys().filter(has_content).cloned().collect();
    let usual = facts.dialect.default_namespace();
    if facts.has_namespaces && names.iter().any(|name| name != usual) { names } else { Vec::new() }
}

/// What Prisma's client fills in: its own functions as they are, another ORM's as far as Prisma has the like.
fn client_default(column: &Column, facts: &ProviderFacts) -> Option<String> {
    let written = column.client.default.as_deref()?;
    let is = |scalar: ScalarType| is_scalar(&column.data_type, scalar, facts);
    let is_text = is(ScalarType::String) || is_text_type(&column.data_type, facts);
    let function = ["cuid(", "uuid(", "ulid(", "nanoid("].iter().any(|name| written.starts_with(name));
    if function && is_text && syntax::is_expression(written) {
        return Some(written.to_owned());
    }
    if is_text && written.contains("uuid4") {
        return Some("uuid()".to_owned());
    }
    let is_dropped = facts.literal_defaults_dropped.iter().any(|scalar| is(*scalar));
    let is_literal = written.starts_with('"') && syntax::is_expression(written);
    (is_dropped && is_literal).then(|| written.to_owned())
}

/// `@updatedAt`, for times that an ORM sets to the present on every update.
fn client_update(column: &Column, facts: &ProviderFacts) -> Option<String> {
    let written = column.client.update.as_deref()?;
    let is_time = is_scalar(&column.data_type, ScalarType::DateTime, facts)
        || column
            .data_type
            .as_named()
            .is_some_and(|named| named.name.starts_with("timestamp") || named.name == "datetime");
    let is_present = written == "@updatedAt" || ["now", "CURRENT_TIMESTAMP"].iter().any(|word| written.contains(word));
    // The database's own `ON UPDATE` or default needs no client.
    let is_literal = matches!(column.default, Some(DefaultValue::Literal(_)));
    (is_time && is_present && !is_literal).then(|| "@updatedAt".to_owned())
}

fn is_scalar(data_type: &DataType, scalar: ScalarType, facts: &ProviderFacts) -> bool {
    facts.dialect.parse_type((facts.default_type)(scalar)) == *data_type
}

fn is_text_type(data_type: &DataType, facts: &ProviderFacts) -> bool {
    let Some(named) = data_type.as_named() else { return false };
    match named.name.as_str() {
        "text" | "varchar" | "char" | "citext" => true,
        // MariaDB's is no type of Prisma's.
        name @ "uuid" => facts.natives.iter().any(|native| native.name.eq_ignore_ascii_case(name)),
        _ => false,
    }
}
