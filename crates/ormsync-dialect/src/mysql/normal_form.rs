//! The form in which MySQL or MariaDB would report a schema.

use ormsync_schema::{
    Check, Column, DataType, DefaultValue, ForeignKey, Identity, IndexKind, Literal, NamedType, ReferentialAction,
    Schema, Server, SortOrder, Table,
};

use super::expressions::GRAMMAR;
use super::{defaults, facts, generated_names, types};
use crate::foreign_keys;
use crate::schema_walk::Forms;

const FORMS: Forms = Forms {
    grammar: &GRAMMAR,
    data_type: types::make_canonical,
    default: defaults::normal,
    is_null: defaults::is_null,
    same_name: facts::same_name,
};

/// Brings `schema` into the form that statements are written from.
pub(super) fn settle(schema: &mut Schema, server: Option<&Server>) {
    for table in schema.namespaces.values_mut().flat_map(|namespace| namespace.tables.values_mut()) {
        normalise_options(table);
        for (name, column) in &mut table.columns {
            types::make_canonical(&mut column.data_type);
            expand_serial(column);
            move_collation(column, &table.options);
            if facts::is_mariadb(server) {
                json_of_longtext(name, column, &mut table.checks);
            }
        }
        if facts::is_mariadb_before(server, 10, 10) {
            fill_in_timestamps(table);
        }
    }
    FORMS.apply(schema);
    foreign_keys::complete(schema);
    for (name, table) in schema.namespaces.values_mut().flat_map(|namespace| &mut namespace.tables) {
        require_key_columns(table);
        normalise_indexes(table, server);
        generated_names::fill_in(name, table, facts::is_mariadb(server));
    }
}

/// Takes out what the server makes nothing of.
pub(super) fn forget(table: &mut Table) {
    table.foreign_keys.iter_mut().for_each(forget_restrict);
}

/// Options by lower-case names; the engine's name as the server writes it.
fn normalise_options(table: &mut Table) {
    table.options = std::mem::take(&mut table.options)
        .into_iter()
        .map(|(name, value)| {
            let name = name.to_lowercase();
            let value = match name.as_str() {
                "engine" if value.eq_ignore_ascii_case("innodb") => "InnoDB".to_owned(),
                "charset" | "collation" => facts::character_set(&value),
                _ => value,
            };
            (name, value)
        })
        .collect();
    // A collation's name begins with its character set's.
    if !table.options.contains_key("charset")
        && let Some((charset, _)) = table.options.get("collation").and_then(|collation| collation.split_once('_'))
    {
        let charset = charset.to_owned();
        table.options.insert("charset".to_owned(), charset);
    }
}

/// `SERIAL` is `BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE`; the index is the reader's to see.
fn expand_serial(column: &mut Column) {
    if column.data_type.as_named().is_some_and(|named| named.name == "serial") {
        column.data_type = types::parse("bigint unsigned");
        column.nullable = false;
        column.identity.get_or_insert_with(|| Identity::auto_increment().into());
    }
    if column.identity.is_some() {
        // Where counting starts is a fact of the table's data, not of the column.
        column.identity = Some(Identity::auto_increment().into());
        column.nullable = false;
        column.default = None;
    }
}

/// Collations written behind a type belong to the column; the table's own says nothing.
fn move_collation(column: &mut Column, options: &std::collections::BTreeMap<String, String>) {
    if let DataType::Named(named) = &mut column.data_type {
        let written = named.modifiers.iter().find_map(|modifier| modifier.strip_prefix("collate ")).map(str::to_owned);
        if let Some(written) = written {
            named
                .modifiers
                .retain(|modifier| !modifier.starts_with("collate ") && !modifier.starts_with("character set "));
            column.collation.get_or_insert(written);
        }
    }
    column.collation = column
        .collation
        .take()
        .map(|collation| facts::character_set(&collation))
        .filter(|collation| options.get("collation") != Some(collation));
}

/// MariaDB has no JSON type: `json` is `longtext` with a check of the column that it is valid. The
/// check is then no fact of its own.
fn json_of_longtext(name: &str, column: &mut Column, checks: &mut Vec<Check>) {
    let kind = column.data_type.as_named().map(|named| named.name.as_str());
    if !matches!(kind, Some("longtext" | "json")) {
        return;
    }
    let before = checks.len();
    checks.retain(|check| !is_validity_check(check, name));
    if checks.len() < before {
        column.data_type = DataType::named("json");
        // JSON is stored in this collation (MariaDB documentation, "JSON Data Type").
        column.collation = column.collation.take().filter(|collation| collation != "utf8mb4_bin");
    }
}

fn is_validity_check(check: &Check, column: &str) -> bool {
    let text: String = check.expression.text.chars().filter(|character| !"`() ".contains(*character)).collect();
    text.strip_prefix("json_valid").is_some_and(|argument| facts::same_name(argument, column))
}

/// Before 10.10 `explicit_defaults_for_timestamp` was off: the first `timestamp NOT NULL` without a default
/// follows the clock, the others begin at zero (MariaDB documentation, "TIMESTAMP").
fn fill_in_timestamps(table: &mut Table) {
    let mut is_first = true;
    for column in table.columns.values_mut() {
        if column.data_type.as_named().is_none_or(|named| named.name != "timestamp") {
            continue;
        }
        if !column.nullable && column.default.is_none() && column.on_update.is_none() {
            column.default = Some(if is_first {
                column.on_update = Some(DefaultValue::Now { precision: None }.into());
                DefaultValue::Now { precision: None }
            } else {
                DefaultValue::Literal(Literal::Text("0000-00-00 00:00:00".to_owned()))
            });
        }
        is_first = false;
    }
}

/// Columns of a primary key take no NULL; the key's name is always PRIMARY, which is no name.
fn require_key_columns(table: &mut Table) {
    let Some(key) = &mut table.primary_key else { return };
    key.name = None;
    for part in &key.parts {
        if let Some(column) = part.as_column().and_then(|name| table.columns.get_mut(name)) {
            column.nullable = false;
        }
    }
}

/// A unique constraint is a unique index; B-trees need no naming; what the server ignores is left out.
fn normalise_indexes(table: &mut Table, server: Option<&Server>) {
    let ignores_order = facts::is_mariadb_before(server, 10, 8);
    let key_parts = table.primary_key.iter_mut().flat_map(|key| &mut key.parts);
    let index_parts = table.indexes.iter_mut().flat_map(|index| &mut index.parts);
    for part in key_parts.chain(index_parts) {
        if ignores_order {
            part.order = SortOrder::Ascending;
        }
        part.nulls = None;
        let column = part.as_column().and_then(|name| table.columns.get(name));
        if let Some(named) = column.and_then(|column| column.data_type.as_named()) {
            part.prefix_length = part.prefix_length.filter(|prefix| is_prefix_of(named, *prefix));
        }
    }
    for index in &mut table.indexes {
        if index.kind == IndexKind::UniqueConstraint {
            index.kind = IndexKind::UniqueIndex;
        }
        index.method = index.method.take().map(|method| method.to_lowercase()).filter(|method| method != "btree");
    }
}

/// Whether so many characters are a part of such a column, rather than all of it. On a number or date the
/// server takes only a prefix of its whole size, and forgets it.
fn is_prefix_of(named: &NamedType, prefix: u32) -> bool {
    match named.name.as_str() {
        "char" | "varchar" | "binary" | "varbinary" => named.number(0) != Some(i64::from(prefix)),
        name => name.ends_with("text") || name.ends_with("blob") || named.name.contains("geom"),
    }
}

/// InnoDB checks at once whatever is written: RESTRICT, NO ACTION and nothing are the same (reference
/// manual, "FOREIGN KEY Constraints"). MySQL reports nothing as NO ACTION, MariaDB as RESTRICT.
fn forget_restrict(key: &mut ForeignKey) {
    for action in [&mut key.on_delete, &mut key.on_update] {
        if *action == ReferentialAction::Restrict {
            *action = ReferentialAction::NoAction;
        }
    }
}
