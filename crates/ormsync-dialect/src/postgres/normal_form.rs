//! The form in which PostgreSQL would report a schema.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;
use ormsync_schema::{
    Column, DataType, DefaultValue, Identity, Index, IndexPart, IndexTarget, NullsOrder, Schema, Server, SortOrder,
    Table,
};

use super::expressions::GRAMMAR;
use super::{constraint_names, defaults, facts, types};
use crate::duplicate_uniques::{self, Heir};
use crate::foreign_keys;
use crate::schema_walk::{Forms, each_table};

const FORMS: Forms = Forms {
    grammar: &GRAMMAR,
    data_type: types::make_canonical,
    default: defaults::normal,
    is_null: defaults::is_null,
    same_name: facts::same_name,
};

/// Brings `schema` into the form that statements are written from.
pub(super) fn settle(schema: &mut Schema, _server: Option<&Server>) {
    name_namespaces(schema);
    cut_names(schema);
    resolve_types(schema);
    each_table(schema, |name, table| {
        number_columns(name, table);
        require_key_columns(table);
    });
    FORMS.apply(schema);
    each_table(schema, |name, table| {
        number_columns(name, table);
        duplicate_uniques::drop_duplicates(table, Heir::TakesTheName);
        for index in &mut table.indexes {
            normalise_index(index, &table.columns);
        }
        for column in table.columns.values_mut() {
            column.collation = column.collation.take().filter(|collation| collation != "default");
        }
    });
    foreign_keys::complete(schema);
    constraint_names::fill_in(schema);
}

/// What is declared without a namespace is in the default one.
fn name_namespaces(schema: &mut Schema) {
    let Some(nameless) = schema.namespaces.remove("") else { return };
    let default = schema.namespaces.entry(facts::DEFAULT_NAMESPACE.to_owned()).or_default();
    default.tables.extend(nameless.tables);
    default.enums.extend(nameless.enums);
    default.domains.extend(nameless.domains);
    default.composite_types.extend(nameless.composite_types);
    default.ranges.extend(nameless.ranges);
    default.views.extend(nameless.views);
    default.sequences.extend(nameless.sequences);
    default.routines.extend(nameless.routines);
}

fn cut(name: &mut String) {
    let end = facts::IDENTIFIER_LIMIT.cut(name).len();
    name.truncate(end);
}

/// Names beyond the limit are cut by the server, with a notice that nobody reads.
fn cut_names(schema: &mut Schema) {
    fn cut_keys<T>(named: &mut std::collections::BTreeMap<String, T>) {
        if named.keys().any(|name| facts::IDENTIFIER_LIMIT.cut(name) != name) {
            let old = std::mem::take(named);
            named.extend(old.into_iter().map(|(mut name, object)| {
                cut(&mut name);
                (name, object)
            }));
        }
    }
    for namespace in schema.namespaces.values_mut() {
        cut_keys(&mut namespace.tables);
        cut_keys(&mut namespace.enums);
        cut_keys(&mut namespace.sequences);
        cut_keys(&mut namespace.views);
        namespace.tables.values_mut().for_each(cut_names_of_table);
    }
}

fn cut_names_of_table(table: &mut Table) {
    if table.columns.keys().any(|name| facts::IDENTIFIER_LIMIT.cut(name) != name) {
        let columns = std::mem::take(&mut table.columns);
        table.columns = columns
            .into_iter()
            .map(|(mut name, column)| {
                cut(&mut name);
                (name, column)
            })
            .collect();
    }
    let mut parts: Vec<&mut IndexPart> = table.indexes.iter_mut().flat_map(|index| &mut index.parts).collect();
    if let Some(key) = &mut table.primary_key {
        key.name.iter_mut().for_each(cut);
        parts.extend(&mut key.parts);
    }
    for part in parts {
        if let IndexTarget::Column(column) = &mut part.target {
            cut(column);
        }
    }
    for index in &mut table.indexes {
        index.name.iter_mut().chain(&mut index.include).for_each(cut);
    }
    for key in &mut table.foreign_keys {
        key.name.iter_mut().chain(&mut key.columns).chain(&mut key.referenced_columns).for_each(cut);
        cut(&mut key.referenced_table);
    }
    table.checks.iter_mut().flat_map(|check| &mut check.name).for_each(cut);
    table.exclusions.iter_mut().flat_map(|exclusion| &mut exclusion.name).for_each(cut);
}

/// The types that the schema itself defines: by name, the namespaces that have one.
struct OwnTypes {
    enums: BTreeMap<String, BTreeSet<String>>,
    others: BTreeMap<String, BTreeSet<String>>,
}

impl OwnTypes {
    fn of(schema: &Schema) -> Self {
        let mut own = Self { enums: BTreeMap::new(), others: BTreeMap::new() };
        for (namespace, content) in &schema.namespaces {
            for name in content.enums.keys() {
                own.enums.entry(name.clone()).or_default().insert(namespace.clone());
            }
            let multiranges = content.ranges.values().filter_map(|range| range.multirange.as_ref());
            let others = content.domains.keys().chain(content.composite_types.keys()).chain(content.ranges.keys());
            for name in others.chain(multiranges) {
                own.others.entry(name.clone()).or_default().insert(namespace.clone());
            }
        }
        own
    }

    /// Where a type of that name is found from a table of `namespace`: where it is said to be, in the
    /// default namespace, beside the table, or in the only place there is.
    fn find(types: &BTreeMap<String, BTreeSet<String>>, said: &str, name: &str, namespace: &str) -> Option<String> {
        let places = types.get(name)?;
        if !said.is_empty() {
            return places.get(said).cloned();
        }
        if let Some(found) = [facts::DEFAULT_NAMESPACE, namespace].into_iter().find_map(|near| places.get(near)) {
            return Some(found.clone());
        }
        let mut anywhere = places.iter();
        let only = anywhere.next()?;
        anywhere.next().is_none().then(|| only.clone())
    }

    fn resolve(&self, data_type: &mut DataType, namespace: &str) {
        if let DataType::Array(element) = data_type {
            return self.resolve(element, namespace);
        }
        let (said, name) = match &*data_type {
            DataType::Named(named) if named.arguments.is_empty() => ("", named.name.as_str()),
            DataType::Enum { namespace, name } | DataType::UserDefined { namespace, name } => {
                (namespace.as_str(), name.as_str())
            }
            _ => return,
        };
        let name = facts::IDENTIFIER_LIMIT.cut(name);
        let owned = || name.to_owned();
        let own = |namespace: String| DataType::UserDefined { namespace, name: owned() };
        let found = if let Some(namespace) = Self::find(&self.enums, said, name, namespace) {
            DataType::Enum { namespace, name: owned() }
        } else if let Some(namespace) = Self::find(&self.others, said, name, namespace) {
            own(namespace)
        } else {
            match &*data_type {
                // An enum that the reader knows but the schema does not hold.
                DataType::Enum { .. } if said.is_empty() => {
                    DataType::Enum { namespace: facts::DEFAULT_NAMESPACE.to_owned(), name: owned() }
                }
                // A type of an extension in the default namespace needs no namespace.
                DataType::UserDefined { .. } if said == facts::DEFAULT_NAMESPACE && facts::is_plain_name(name) => {
                    DataType::named(name)
                }
                DataType::UserDefined { .. } if said.is_empty() => own(facts::DEFAULT_NAMESPACE.to_owned()),
                _ => return,
            }
        };
        *data_type = found;
    }
}

/// Tells the schema's own types from the server's and its extensions'.
pub(super) fn resolve_types(schema: &mut Schema) {
    let own = OwnTypes::of(schema);
    for (namespace, content) in &mut schema.namespaces {
        let columns = content.tables.values_mut().flat_map(|table| table.columns.values_mut());
        let view_columns = content.views.values_mut().flat_map(|view| view.columns.values_mut());
        for column in columns.chain(view_columns) {
            types::make_canonical(&mut column.data_type);
            own.resolve(&mut column.data_type, namespace);
        }
        for domain in content.domains.values_mut() {
            types::make_canonical(&mut domain.data_type);
            own.resolve(&mut domain.data_type, namespace);
        }
        for field in content.composite_types.values_mut().flat_map(|composite| composite.fields.values_mut()) {
            types::make_canonical(field);
            own.resolve(field, namespace);
        }
    }
}

/// `serial` is a sequence of the column's own, and so is a default that takes the next value of the
/// sequence that `serial` would have made.
fn number_columns(table_name: &str, table: &mut Table) {
    for (name, column) in &mut table.columns {
        let plain = match types::kind(&column.data_type) {
            Some("serial") => Some("integer"),
            Some("bigserial") => Some("bigint"),
            Some("smallserial") => Some("smallint"),
            _ => None,
        };
        if let Some(plain) = plain {
            column.data_type = DataType::named(plain);
            column.identity.get_or_insert_with(|| Identity::auto_increment().into());
        }
        if let Some(DefaultValue::NextValue { sequence, .. }) = &column.default
            && *sequence == constraint_names::object_name(table_name, name, "seq")
        {
            column.default = None;
            column.identity.get_or_insert_with(|| Identity::auto_increment().into());
        }
        if let Some(identity) = &mut column.identity {
            identity.start = identity.start.filter(|start| *start != 1);
            identity.increment = identity.increment.filter(|increment| *increment != 1);
            column.nullable = false;
        }
    }
}

/// Columns of a primary key take no NULL, whatever they say.
fn require_key_columns(table: &mut Table) {
    for part in table.primary_key.iter().flat_map(|key| &key.parts) {
        if let Some(column) = part.as_column().and_then(|name| table.columns.get_mut(name)) {
            column.nullable = false;
        }
    }
}

/// Drops what an index has by default.
fn normalise_index(index: &mut Index, columns: &IndexMap<String, Column>) {
    index.method = index.method.take().map(|method| method.to_lowercase()).filter(|method| method != "btree");
    for part in &mut index.parts {
        let default = match part.order {
            SortOrder::Ascending => NullsOrder::Last,
            SortOrder::Descending => NullsOrder::First,
        };
        part.nulls = part.nulls.filter(|nulls| *nulls != default);
        part.collation = part.collation.take().filter(|collation| collation != "default");
        let data_type = part.as_column().and_then(|name| columns.get(name)).map(|column| &column.data_type);
        let method = index.method.as_deref().unwrap_or("btree");
        part.operator_class = part
            .operator_class
            .take()
            .map(|class| class.rsplit('.').next().unwrap_or_default().to_lowercase())
            .filter(|class| !is_default_operator_class(class, method, data_type));
    }
}

/// Whether an operator class is the type's own for the method (`pg_opclass.opcdefault`, version 15).
fn is_default_operator_class(class: &str, method: &str, data_type: Option<&DataType>) -> bool {
    let Some(data_type) = data_type else { return false };
    let kind = match data_type {
        DataType::Array(_) => "array",
        DataType::Enum { .. } => "enum",
        other => types::kind(other).unwrap_or_default(),
    };
    match (method, kind) {
        ("gin" | "btree" | "hash", "array") => class == "array_ops",
        ("gin" | "btree" | "hash", "jsonb") => class == "jsonb_ops",
        ("gin" | "gist", "tsvector") => class == "tsvector_ops",
        ("btree" | "hash", "enum") => class == "enum_ops",
        ("btree" | "hash", _) => {
            let own = match kind {
                "integer" => "int4_ops",
                "bigint" => "int8_ops",
                "smallint" => "int2_ops",
                "real" => "float4_ops",
                "double precision" => "float8_ops",
                "boolean" => "bool_ops",
                "char" => "bpchar_ops",
                // `varchar_ops` is another name of `text_ops`.
                "varchar" | "text" => return matches!(class, "text_ops" | "varchar_ops"),
                "varbit" => "varbit_ops",
                "inet" | "cidr" => return matches!(class, "inet_ops" | "cidr_ops"),
                other => return class.strip_suffix("_ops") == Some(other),
            };
            class == own
        }
        ("brin", _) => class == format!("{}_minmax_ops", brin_name(kind)),
        ("gist", "inet" | "cidr") => false,
        ("gist", _) => class == format!("{kind}_ops") || (kind.ends_with("range") && class == "range_ops"),
        _ => false,
    }
}

fn brin_name(kind: &str) -> &str {
    match kind {
        "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "real" => "float4",
        "double precision" => "float8",
        "varchar" => "text",
        "char" => "bpchar",
        other => other,
    }
}
