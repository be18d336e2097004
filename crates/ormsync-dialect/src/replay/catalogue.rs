//! The tables of a server's catalogue that migrations look things up in, made of a schema.

use std::collections::BTreeMap;

use ormsync_schema::{DataType, IndexKind, Literal, Schema, Table};

use super::questions::AnswerCell;

/// Types whose name in `information_schema.columns` of PostgreSQL is the one that they are written with.
const SAME_NAMES: &[&str] = &[
    "json",
    "jsonb",
    "text",
    "integer",
    "bigint",
    "smallint",
    "uuid",
    "boolean",
    "numeric",
    "date",
    "bytea",
    "real",
    "double precision",
];

/// A row of a catalogue's table, by the names of its columns. A column that is not there is not known.
pub(super) type Record = BTreeMap<&'static str, AnswerCell>;

fn text(text: &str) -> AnswerCell {
    Some(Literal::Text(text.to_owned()))
}

fn flag(flag: bool) -> AnswerCell {
    Some(Literal::Boolean(flag))
}

/// What stands here for the number that PostgreSQL gives a table.
pub(super) fn number_of_table(name: &str) -> String {
    format!("table {name}")
}

/// What stands here for the number that PostgreSQL gives a type.
pub(super) fn number_of_type(name: &str) -> String {
    format!("type {name}")
}

/// The rows of a table of the catalogue; none where it is not known.
pub(super) fn records(schema: &Schema, relation: &str, argument: Option<&str>) -> Option<Vec<Record>> {
    let is_sqlite = schema.dialect == "sqlite";
    Some(match relation {
        "tables" => tables(schema),
        "columns" => columns(schema),
        "table_constraints" => constraints(schema),
        "key_column_usage" => key_columns(schema),
        "statistics" => statistics(schema),
        "referential_constraints" => {
            let mut keys = constraints(schema);
            keys.retain(|record| record["constraint_type"] == text("FOREIGN KEY"));
            keys
        }
        "schemata" => schema.namespaces.keys().map(|name| Record::from([("schema_name", text(name))])).collect(),
        "pg_tables" => of_tables(schema, |namespace, name, _| {
            vec![Record::from([("schemaname", text(namespace)), ("tablename", text(name))])]
        }),
        "pg_indexes" => of_tables(schema, |namespace, name, table| {
            let made = |index: &str| {
                Record::from([("schemaname", text(namespace)), ("tablename", text(name)), ("indexname", text(index))])
            };
            index_names(table).map(made).collect()
        }),
        "pg_class" => classes(schema),
        "pg_namespace" => schema
            .namespaces
            .keys()
            .map(|name| Record::from([("nspname", text(name)), ("oid", text(&format!("schema {name}")))]))
            .collect(),
        "pg_constraint" => pg_constraints(schema),
        "pg_type" => types(schema),
        "pg_enum" => labels(schema),
        "pg_extension" => schema.extensions.keys().map(|name| Record::from([("extname", text(name))])).collect(),
        "pg_trigger" => of_tables(schema, |_, name, table| {
            let made =
                |trigger: &String| Record::from([("tgname", text(trigger)), ("tgrelid", text(&number_of_table(name)))]);
            table.triggers.keys().map(made).collect()
        }),
        "sqlite_master" | "sqlite_schema" if is_sqlite => sqlite_objects(schema),
        "pragma_table_info" if is_sqlite => table_info(schema, argument?),
        "pragma_index_list" if is_sqlite => index_list(schema, argument?),
        _ => return None,
    })
}

/// SQLite's `PRAGMA table_info(t)` and `index_list(t)`, in the order of their columns; none where it is another statement.
pub(super) fn pragma(schema: &Schema, statement: &str) -> Option<Option<Vec<Vec<AnswerCell>>>> {
    let statement = statement.trim().trim_end_matches(';');
    let word = statement.get(..6)?;
    if !word.eq_ignore_ascii_case("pragma") {
        return None;
    }
    let Some((name, argument)) = statement[6..].trim().split_once('(') else { return Some(None) };
    let argument = argument.trim_end().trim_end_matches(')').trim().trim_matches(['"', '\'', '`', '[', ']']);
    let (records, order): (Vec<Record>, &[&str]) = match name.trim().to_ascii_lowercase().as_str() {
        "table_info" | "table_xinfo" => {
            (table_info(schema, argument), &["cid", "name", "type", "notnull", "dflt_value", "pk"])
        }
        "index_list" => (index_list(schema, argument), &["seq", "name", "unique"]),
        _ => return Some(None),
    };
    let row = |record: &Record| order.iter().map(|column| record.get(column).cloned().flatten()).collect();
    Some(Some(records.iter().map(row).collect()))
}

fn of_tables(schema: &Schema, made: impl Fn(&str, &str, &Table) -> Vec<Record>) -> Vec<Record> {
    schema.tables().flat_map(|(namespace, name, table)| made(namespace, name, table)).collect()
}

fn index_names(table: &Table) -> impl Iterator<Item = &str> {
    let key = table.primary_key.iter().filter_map(|key| key.name.as_deref());
    key.chain(table.indexes.iter().filter_map(|index| index.name.as_deref()))
}

fn tables(schema: &Schema) -> Vec<Record> {
    let record = |namespace: &str, name: &str, kind: &str| {
        Record::from([("table_schema", text(namespace)), ("table_name", text(name)), ("table_type", text(kind))])
    };
    let mut records = of_tables(schema, |namespace, name, _| vec![record(namespace, name, "BASE TABLE")]);
    for (namespace, content) in &schema.namespaces {
        records.extend(content.views.keys().map(|name| record(namespace, name, "VIEW")));
    }
    records
}

fn columns(schema: &Schema) -> Vec<Record> {
    let type_name = |data_type: &DataType| match data_type {
        DataType::Array(_) => Some("ARRAY".to_owned()),
        DataType::Enum { .. } => Some("USER-DEFINED".to_owned()),
        other => {
            let text = crate::by_name(&schema.dialect)?.type_text(other).to_lowercase();
            let name = text.split('(').next().unwrap_or_default().trim().to_owned();
            // Others have a long name there, and a short one here.
            let is_same = schema.dialect == "mysql" || SAME_NAMES.contains(&name.as_str());
            is_same.then_some(name)
        }
    };
    of_tables(schema, |namespace, name, table| {
        let record = |(column, declared): (&String, &ormsync_schema::Column)| {
            let mut record = Record::from([
                ("table_schema", text(namespace)),
                ("table_name", text(name)),
                ("column_name", text(column)),
                ("is_nullable", text(if declared.nullable { "YES" } else { "NO" })),
            ]);
            if let Some(name) = type_name(&declared.data_type) {
                record.insert("data_type", text(&name));
            }
            record
        };
        table.columns.iter().map(record).collect()
    })
}

/// Name and kind of every constraint.
fn constraints_of(table: &Table) -> Vec<(&str, &'static str, Vec<String>)> {
    let mut found = Vec::new();
    if let Some(key) = &table.primary_key {
        let columns = key.parts.iter().filter_map(|part| part.as_column().map(str::to_owned)).collect();
        found.push((key.name.as_deref().unwrap_or("PRIMARY"), "PRIMARY KEY", columns));
    }
    for index in table.indexes.iter().filter(|index| index.kind == IndexKind::UniqueConstraint) {
        let columns = index.columns().map(str::to_owned).collect();
        found.extend(index.name.as_deref().map(|name| (name, "UNIQUE", columns)));
    }
    for key in &table.foreign_keys {
        found.extend(key.name.as_deref().map(|name| (name, "FOREIGN KEY", key.columns.clone())));
    }
    for check in &table.checks {
        found.extend(check.name.as_deref().map(|name| (name, "CHECK", Vec::new())));
    }
    found
}

fn constraints(schema: &Schema) -> Vec<Record> {
    of_tables(schema, |namespace, name, table| {
        let record = |(constraint, kind, _): (&str, &'static str, Vec<String>)| {
            Record::from([
                ("constraint_schema", text(namespace)),
                ("table_schema", text(namespace)),
                ("table_name", text(name)),
                ("constraint_name", text(constraint)),
                ("constraint_type", text(kind)),
            ])
        };
        constraints_of(table).into_iter().map(record).collect()
    })
}

fn key_columns(schema: &Schema) -> Vec<Record> {
    of_tables(schema, |namespace, name, table| {
        let mut records = Vec::new();
        for (constraint, kind, columns) in constraints_of(table) {
            let key =
                table.foreign_keys.iter().find(|key| kind == "FOREIGN KEY" && key.name.as_deref() == Some(constraint));
            for (at, column) in columns.iter().enumerate() {
                let other = key.map(|key| key.referenced_table.as_str());
                let other_column = key.and_then(|key| key.referenced_columns.get(at)).map(String::as_str);
                records.push(Record::from([
                    ("table_schema", text(namespace)),
                    ("constraint_schema", text(namespace)),
                    ("table_name", text(name)),
                    ("constraint_name", text(constraint)),
                    ("column_name", text(column)),
                    ("referenced_table_name", other.and_then(text)),
                    ("referenced_column_name", other_column.and_then(text)),
                ]));
            }
        }
        records
    })
}

fn statistics(schema: &Schema) -> Vec<Record> {
    of_tables(schema, |namespace, name, table| {
        let mut records = Vec::new();
        for index in &table.indexes {
            let Some(index_name) = &index.name else { continue };
            for column in index.columns() {
                records.push(Record::from([
                    ("table_schema", text(namespace)),
                    ("table_name", text(name)),
                    ("index_name", text(index_name)),
                    ("column_name", text(column)),
                ]));
            }
        }
        records
    })
}

fn classes(schema: &Schema) -> Vec<Record> {
    let record = |namespace: &str, name: &str, kind: &str| {
        Record::from([
            ("relname", text(name)),
            ("relkind", text(kind)),
            ("relnamespace", text(&format!("schema {namespace}"))),
            ("oid", text(&number_of_table(name))),
        ])
    };
    let mut records = of_tables(schema, |namespace, name, table| {
        let indexes = index_names(table).map(|index| record(namespace, index, "i"));
        indexes.chain([record(namespace, name, "r")]).collect()
    });
    for (namespace, content) in &schema.namespaces {
        records.extend(
            content.views.iter().map(|(name, view)| record(namespace, name, if view.materialised { "m" } else { "v" })),
        );
        records.extend(content.sequences.keys().map(|name| record(namespace, name, "S")));
    }
    records
}

fn pg_constraints(schema: &Schema) -> Vec<Record> {
    of_tables(schema, |namespace, name, table| {
        let record = |(constraint, kind, _): (&str, &'static str, Vec<String>)| {
            let letter = match kind {
                "PRIMARY KEY" => "p",
                "UNIQUE" => "u",
                "FOREIGN KEY" => "f",
                _ => "c",
            };
            Record::from([
                ("conname", text(constraint)),
                ("contype", text(letter)),
                ("conrelid", text(&number_of_table(name))),
                ("connamespace", text(&format!("schema {namespace}"))),
            ])
        };
        constraints_of(table).into_iter().map(record).collect()
    })
}

fn types(schema: &Schema) -> Vec<Record> {
    let mut records = Vec::new();
    for (namespace, content) in &schema.namespaces {
        let record = |name: &String, kind: &str| {
            Record::from([
                ("typname", text(name)),
                ("typtype", text(kind)),
                ("typnamespace", text(&format!("schema {namespace}"))),
                ("oid", text(&number_of_type(name))),
            ])
        };
        records.extend(content.enums.keys().map(|name| record(name, "e")));
        records.extend(content.domains.keys().map(|name| record(name, "d")));
        records.extend(content.composite_types.keys().map(|name| record(name, "c")));
        records.extend(content.ranges.keys().map(|name| record(name, "r")));
    }
    records
}

fn labels(schema: &Schema) -> Vec<Record> {
    let enums = schema.namespaces.values().flat_map(|content| &content.enums);
    let all = enums.flat_map(|(name, declared)| declared.labels.iter().map(move |label| (name, label)));
    all.map(|(name, label)| Record::from([("enumlabel", text(label)), ("enumtypid", text(&number_of_type(name)))]))
        .collect()
}

fn sqlite_objects(schema: &Schema) -> Vec<Record> {
    let record = |kind: &str, name: &str, of: &str| {
        Record::from([("type", text(kind)), ("name", text(name)), ("tbl_name", text(of))])
    };
    let mut records = of_tables(schema, |_, name, table| {
        let indexes = table.indexes.iter().filter(|index| index.kind != IndexKind::UniqueConstraint);
        let indexes = indexes.filter_map(|index| Some(record("index", index.name.as_deref()?, name)));
        let triggers = table.triggers.keys().map(|trigger| record("trigger", trigger, name));
        indexes.chain(triggers).chain([record("table", name, name)]).collect()
    });
    for content in schema.namespaces.values() {
        records.extend(content.views.keys().map(|name| record("view", name, name)));
    }
    records
}

fn table_info(schema: &Schema, name: &str) -> Vec<Record> {
    let number = |number: usize| Some(Literal::Number(number.to_string()));
    let found = schema.tables().find(|(_, other, _)| other.eq_ignore_ascii_case(name));
    let Some((_, _, table)) = found else { return Vec::new() };
    let key = |column: &str| {
        let parts = table.primary_key.iter().flat_map(|key| &key.parts);
        parts.filter_map(|part| part.as_column()).position(|part| part == column).map_or(0, |at| at + 1)
    };
    let record = |(at, (column, declared)): (usize, (&String, &ormsync_schema::Column))| {
        Record::from([
            ("cid", number(at)),
            ("name", text(column)),
            ("notnull", number(usize::from(!declared.nullable))),
            ("pk", number(key(column))),
        ])
    };
    table.columns.iter().enumerate().map(record).collect()
}

fn index_list(schema: &Schema, name: &str) -> Vec<Record> {
    let found = schema.tables().find(|(_, other, _)| other.eq_ignore_ascii_case(name));
    let Some((_, _, table)) = found else { return Vec::new() };
    let record = |(at, index): (usize, &ormsync_schema::Index)| {
        Record::from([
            ("seq", Some(Literal::Number(at.to_string()))),
            ("name", index.name.as_deref().and_then(text)),
            ("unique", flag(index.kind.is_unique())),
        ])
    };
    table.indexes.iter().enumerate().map(record).collect()
}
