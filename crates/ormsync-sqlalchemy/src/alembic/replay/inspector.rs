//! What SQLAlchemy's inspector says of the schema so far (`sqlalchemy/engine/interfaces.py`, `Reflected…`).

use ormsync_schema::{IndexKind, Table};

use crate::python::{Arguments, Evaluator, Located, Place, Value};

/// What an entry of an inspector's dictionary holds.
enum Entry {
    Text(Option<String>),
    Texts(Vec<String>),
    Flag(bool),
}

/// A dictionary of an inspector's.
type Entries = Vec<(&'static str, Entry)>;

fn text(text: &str) -> Entry {
    Entry::Text(Some(text.to_owned()))
}

fn texts<'t>(texts: impl IntoIterator<Item = &'t str>) -> Entry {
    Entry::Texts(texts.into_iter().map(str::to_owned).collect())
}

impl<'a> Evaluator<'a> {
    /// A method of the inspector; none where nothing is known of it.
    pub(super) fn inspect(&mut self, method: &str, arguments: &Arguments<'a>, place: Place) -> Option<Value<'a>> {
        let dialect = self.replay.as_ref()?.dialect.name();
        let made: fn(&Table, &str) -> Vec<Entries> = match method {
            "get_columns" => columns,
            "get_indexes" => indexes,
            "get_foreign_keys" => foreign_keys,
            "get_unique_constraints" => uniques,
            "get_check_constraints" => checks,
            "get_pk_constraint" => primary_key,
            "has_index" => return self.has_index(arguments, place),
            "get_view_names" => return self.view_names(arguments, place),
            "get_schema_names" => return None,
            _ => return None,
        };
        let table = match self.inspected_table(arguments, place) {
            Ok(table) => table,
            Err(unknown) => return Some(unknown),
        };
        let mut dictionaries: Vec<Value<'a>> =
            made(&table, dialect).into_iter().map(|entries| dictionary(entries, place)).collect();
        if method == "get_pk_constraint" {
            return dictionaries.pop();
        }
        Some(Value::list(dictionaries.into_iter().map(|value| Located { value, place }).collect()))
    }

    /// The table that a method is asked about.
    fn inspected_table(&self, arguments: &Arguments<'a>, place: Place) -> Result<Table, Value<'a>> {
        let unknown = || Value::opaque("what the table has is not known", place);
        let name = arguments.get(0, "table_name").and_then(|name| name.value.as_text()).ok_or_else(unknown)?;
        let namespace = arguments.get(1, "schema").and_then(|schema| schema.value.as_text());
        let replay = self.replay.as_ref().ok_or_else(unknown)?;
        let table = replay.table(&replay.name(namespace.as_deref(), &name)).ok_or_else(unknown)?;
        if table.opaque.is_empty() { Ok(table.clone()) } else { Err(unknown()) }
    }

    fn has_index(&mut self, arguments: &Arguments<'a>, place: Place) -> Option<Value<'a>> {
        let wanted = arguments.get(1, "index_name")?.value.as_text()?;
        Some(match self.inspected_table(arguments, place) {
            Ok(table) => Value::Bool(table.indexes.iter().any(|index| index.name.as_deref() == Some(&*wanted))),
            Err(unknown) => unknown,
        })
    }

    fn view_names(&mut self, arguments: &Arguments<'a>, place: Place) -> Option<Value<'a>> {
        let namespace = arguments.get(0, "schema").and_then(|schema| schema.value.as_text());
        let replay = self.replay.as_ref()?;
        if !replay.schema.opaque.is_empty() {
            return None;
        }
        let namespace = replay.name(namespace.as_deref(), "").namespace;
        let names = replay.schema.namespaces.get(&namespace).map(|content| content.views.keys());
        let names = names.into_iter().flatten().map(|name| Located { value: Value::text(name), place });
        Some(Value::list(names.collect()))
    }
}

fn dictionary<'a>(entries: Entries, place: Place) -> Value<'a> {
    let at = |value| Located { value, place };
    let value = |entry: Entry| match entry {
        Entry::Text(text) => text.map_or(Value::None, |text| Value::text(&text)),
        Entry::Texts(texts) => Value::list(texts.iter().map(|text| at(Value::text(text))).collect()),
        Entry::Flag(flag) => Value::Bool(flag),
    };
    Value::dict(entries.into_iter().map(|(name, entry)| (Value::text(name), at(value(entry)))).collect())
}

fn columns(table: &Table, _: &str) -> Vec<Entries> {
    let entry = |(name, column): (&String, &ormsync_schema::Column)| {
        vec![
            ("name", text(name)),
            ("nullable", Entry::Flag(column.nullable)),
            ("comment", Entry::Text(column.comment.clone())),
        ]
    };
    table.columns.iter().map(entry).collect()
}

/// PostgreSQL tells the indexes of unique constraints, too, and MySQL has no others.
fn indexes(table: &Table, dialect: &str) -> Vec<Entries> {
    let is_told = |index: &&ormsync_schema::Index| dialect != "sqlite" || index.kind != IndexKind::UniqueConstraint;
    let entry = |index: &ormsync_schema::Index| {
        vec![
            ("name", Entry::Text(index.name.clone())),
            ("column_names", texts(index.columns())),
            ("unique", Entry::Flag(index.kind.is_unique())),
        ]
    };
    table.indexes.iter().filter(is_told).map(entry).collect()
}

fn uniques(table: &Table, dialect: &str) -> Vec<Entries> {
    let is_told = |index: &&ormsync_schema::Index| {
        index.kind == IndexKind::UniqueConstraint || (dialect == "mysql" && index.kind.is_unique())
    };
    let entry = |index: &ormsync_schema::Index| {
        vec![("name", Entry::Text(index.name.clone())), ("column_names", texts(index.columns()))]
    };
    table.indexes.iter().filter(is_told).map(entry).collect()
}

fn foreign_keys(table: &Table, _: &str) -> Vec<Entries> {
    let entry = |key: &ormsync_schema::ForeignKey| {
        vec![
            ("name", Entry::Text(key.name.clone())),
            ("constrained_columns", texts(key.columns.iter().map(String::as_str))),
            ("referred_table", text(&key.referenced_table)),
            ("referred_columns", texts(key.referenced_columns.iter().map(String::as_str))),
        ]
    };
    table.foreign_keys.iter().map(entry).collect()
}

fn checks(table: &Table, _: &str) -> Vec<Entries> {
    let entry = |check: &ormsync_schema::Check| {
        vec![("name", Entry::Text(check.name.clone())), ("sqltext", text(&check.expression.text))]
    };
    table.checks.iter().map(entry).collect()
}

fn primary_key(table: &Table, _: &str) -> Vec<Entries> {
    let key = table.primary_key.as_ref();
    let columns = key.iter().flat_map(|key| &key.parts).filter_map(|part| part.as_column());
    vec![vec![("name", Entry::Text(key.and_then(|key| key.name.clone()))), ("constrained_columns", texts(columns))]]
}
