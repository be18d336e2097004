//! Random schemas that a server takes, from one seed. The live tests of the root package use this file too, so that
//! what is proved without a server is tried on one.

#![allow(missing_docs, unreachable_pub, dead_code, clippy::unwrap_used)]

use ormsync_schema::{
    Check, Column, DataType, DefaultValue, EnumType, Expression, ForeignKey, Generated, GeneratedStorage, Identity,
    IdentityKind, Index, IndexKind, IndexPart, Literal, Origin, PrimaryKey, ReferentialAction, Schema, Sequence,
    Server, SortOrder, Table, View,
};

/// What is random: a linear congruential generator is random enough, and the same for ever.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        let mut dice = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x5851_F42D_4C95_7F2D);
        for _ in 0..4 {
            dice.throw(2);
        }
        dice
    }

    /// A number below `sides`.
    pub fn throw(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % (sides as u64)).unwrap()
    }

    pub fn once_in(&mut self, times: usize) -> bool {
        self.throw(times) == 0
    }

    fn choose<'a, T>(&mut self, things: &'a [T]) -> &'a T {
        let position = self.throw(things.len());
        &things[position]
    }
}

/// The servers that schemas are made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flavour {
    Postgresql,
    Mysql,
    Mariadb,
    Sqlite,
}

impl Flavour {
    pub fn dialect(self) -> &'static str {
        match self {
            Self::Postgresql => "postgresql",
            Self::Mysql | Self::Mariadb => "mysql",
            Self::Sqlite => "sqlite",
        }
    }

    /// A server of the kind, for tests without one.
    pub fn server(self) -> Server {
        let (product, version) = match self {
            Self::Postgresql => ("PostgreSQL", vec![15, 14]),
            Self::Mysql => ("MySQL", vec![9, 7, 0]),
            Self::Mariadb => ("MariaDB", vec![10, 11, 14]),
            Self::Sqlite => ("SQLite", vec![3, 50, 0]),
        };
        let version_text = version.iter().map(u32::to_string).collect::<Vec<_>>().join(".");
        Server { product: product.to_owned(), version, version_text }
    }

    fn is_mysql(self) -> bool {
        matches!(self, Self::Mysql | Self::Mariadb)
    }

    fn namespace(self) -> &'static str {
        if self == Self::Postgresql { "public" } else { "" }
    }
}

/// Types with defaults that fit, as the flavour's SQL writes them.
fn types(flavour: Flavour) -> &'static [(&'static str, &'static [&'static str])] {
    match flavour {
        Flavour::Postgresql => &[
            ("integer", &["0", "42", "-7"]),
            ("bigint", &["9000000000"]),
            ("text", &["'plain'", "'it''s \\ odd'", "''"]),
            ("varchar(30)", &["'short'"]),
            ("varchar(60)", &["'longer'"]),
            ("numeric(12,2)", &["1.5", "0"]),
            ("boolean", &["true", "false"]),
            ("timestamptz(3)", &["CURRENT_TIMESTAMP"]),
            ("timestamp", &["'2020-02-29 12:00:00'"]),
            ("date", &["CURRENT_DATE"]),
            ("jsonb", &["'{\"a\": [1, 2]}'"]),
            ("uuid", &["gen_random_uuid()"]),
            ("text[]", &["'{a,\"b c\"}'", "'{}'"]),
            ("double precision", &["0.5"]),
            ("bytea", &["'\\xdead'"]),
        ],
        Flavour::Mysql | Flavour::Mariadb => &[
            ("int", &["0", "42", "-7"]),
            ("int unsigned", &["7"]),
            ("bigint", &["9000000000"]),
            ("varchar(30)", &["'short'", "'it''s \\\\ odd'", "''"]),
            ("varchar(60)", &["'longer'"]),
            ("decimal(12,2)", &["1.5", "0"]),
            ("tinyint(1)", &["1", "0"]),
            ("datetime(3)", &["CURRENT_TIMESTAMP(3)"]),
            ("date", &["'2020-02-29'"]),
            ("enum('red','green')", &["'red'"]),
            ("enum('red','green','it''s')", &["'green'"]),
            ("double", &["0.5"]),
            ("char(8)", &["'fixed'"]),
            ("text", &[]),
            ("varbinary(16)", &[]),
        ],
        Flavour::Sqlite => &[
            ("integer", &["0", "42", "-7"]),
            ("text", &["'plain'", "'it''s \\ odd'", "''"]),
            ("varchar(30)", &["'short'"]),
            ("decimal", &["1.5", "0"]),
            ("boolean", &["1", "0"]),
            ("datetime", &["CURRENT_TIMESTAMP"]),
            ("real", &["0.5"]),
            ("blob", &["X'dead'"]),
            ("bigint", &[]),
        ],
    }
}

const TABLES: &[&str] = &["users", "Order", "line_item", "tag", "audit log"];
const COLUMNS: &[&str] = &["name", "total", "createdAt", "note", "state", "select", "ref code"];

/// A schema out of nothing but a seed, settled for a server.
pub fn schema(dice: &mut Dice, flavour: Flavour, server: Option<&Server>) -> Schema {
    let mut schema = Schema::new(flavour.dialect());
    let namespace = schema.namespace_mut(flavour.namespace());
    if flavour == Flavour::Postgresql {
        for name in ["mood", "Level"] {
            if dice.once_in(2) {
                let labels = ["low", "mid", "high", "it's"];
                let count = 2 + dice.throw(3);
                let enum_type = EnumType {
                    labels: labels[..count].iter().map(|it| (*it).to_owned()).collect(),
                    ..EnumType::default()
                };
                namespace.enums.insert(name.to_owned(), enum_type);
            }
        }
        if dice.once_in(3) {
            let sequence =
                Sequence { start: Some(1), increment: Some(dice.throw(2) as i64 + 1), ..complete_sequence() };
            namespace.sequences.insert("ticket".to_owned(), sequence);
        }
    }
    let enums: Vec<(String, EnumType)> = namespace.enums.iter().map(|(name, it)| (name.clone(), it.clone())).collect();
    let mut tables: Vec<(&str, Table)> = Vec::new();
    for name in TABLES {
        if !dice.once_in(3) {
            tables.push((*name, table(dice, flavour, name, &enums)));
        }
    }
    let ids: Vec<(&str, DataType)> =
        tables.iter().map(|(name, table)| (*name, table.columns["id"].data_type.clone())).collect();
    for (name, table) in &mut tables {
        add_foreign_keys(dice, flavour, name, table, &ids);
    }
    if dice.once_in(3)
        && let Some((name, _)) = tables.first()
    {
        let quoted = quote(flavour, name);
        let view = View { definition: Some(Expression::written(view_text(flavour, &quoted))), ..View::default() };
        namespace.views.insert("all_ids".to_owned(), view);
    }
    namespace.tables.extend(tables.into_iter().map(|(name, table)| (name.to_owned(), table)));
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    dialect.settle(&mut schema, server);
    schema
}

/// As a catalogue tells every sequence.
fn complete_sequence() -> Sequence {
    Sequence { minimum: Some(1), maximum: Some(i64::MAX), ..Sequence::default() }
}

/// A schema that another one may become in one migration: most of it stays.
pub fn changed(dice: &mut Dice, flavour: Flavour, server: Option<&Server>, from: &Schema) -> Schema {
    let other = schema(dice, flavour, server);
    let mut changed = from.clone();
    let namespace = flavour.namespace();
    let other_namespace = other.namespaces.get(namespace).cloned().unwrap_or_default();
    let content = changed.namespace_mut(namespace);
    content.views = if dice.once_in(2) { content.views.clone() } else { other_namespace.views };
    // Tables that take over columns of others must find the types of those.
    content.enums = other_namespace.enums.clone();
    content.sequences = other_namespace.sequences;
    let known: Vec<String> = content.enums.keys().cloned().collect();
    let lost = |column: &Column| matches!(&column.data_type, DataType::Enum { name, .. } if !known.contains(name));
    for (name, table) in &mut content.tables {
        let replacement = other_namespace.tables.get(name);
        let stays = dice.once_in(2) && !table.columns.values().any(lost);
        match replacement {
            Some(replacement) if !stays => *table = replacement.clone(),
            _ => {
                let labels = |column: &Column| match (&column.data_type, &column.default) {
                    (DataType::Enum { name, .. }, Some(DefaultValue::Literal(Literal::Text(label)))) => {
                        content.enums.get(name).is_some_and(|it| it.labels.contains(label))
                    }
                    _ => true,
                };
                for column in table.columns.values_mut() {
                    if lost(column) {
                        column.data_type = DataType::named("text");
                        column.default = None;
                    } else if !labels(column) {
                        column.default = None;
                    }
                }
                table.checks.retain(|_| !dice.0.is_multiple_of(5));
            }
        }
    }
    for (name, table) in other_namespace.tables {
        if dice.once_in(2) {
            content.tables.entry(name).or_insert(table);
        }
    }
    let gone: Vec<String> = content.tables.keys().filter(|_| dice.once_in(8)).cloned().collect();
    for name in gone {
        content.tables.remove(&name);
    }
    let there: Vec<String> = content.tables.keys().cloned().collect();
    let types: std::collections::BTreeMap<String, DataType> =
        content.tables.iter().map(|(name, table)| (name.clone(), table.columns["id"].data_type.clone())).collect();
    for table in content.tables.values_mut() {
        let columns = table.columns.clone();
        table.foreign_keys.retain(|key| {
            there.contains(&key.referenced_table)
                && key.columns.iter().all(|name| columns[name].data_type == types[&key.referenced_table])
        });
        // Those that the server made for a key that is gone.
        table.indexes.retain(|index| !index.implicit);
    }
    content.views.retain(|_, view| {
        let text = view.definition.as_ref().map(|it| it.sql().to_owned()).unwrap_or_default();
        there
            .iter()
            .any(|name| text.ends_with(&format!(" {}", quote(flavour, name))) || text.ends_with(&format!(" {name}")))
    });
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    dialect.settle(&mut changed, server);
    changed
}

fn quote(flavour: Flavour, name: &str) -> String {
    ormsync_dialect::by_name(flavour.dialect()).unwrap().quote_identifier(name)
}

/// A query in the words in which the server tells it.
fn view_text(flavour: Flavour, table: &str) -> String {
    let is_plain = |name: &str| name.chars().all(|it| it.is_ascii_lowercase() || it == '_');
    let bare = table.trim_matches('"');
    match flavour {
        Flavour::Postgresql if is_plain(bare) => format!("SELECT {bare}.id\n   FROM {bare}"),
        Flavour::Postgresql => format!("SELECT {table}.id\n   FROM {table}"),
        Flavour::Sqlite => format!("SELECT id FROM {table}"),
        Flavour::Mysql | Flavour::Mariadb => format!("select {table}.`id` AS `id` from {table}"),
    }
}

fn table(dice: &mut Dice, flavour: Flavour, name: &str, enums: &[(String, EnumType)]) -> Table {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let mut table = Table::default();
    let big = flavour != Flavour::Sqlite && dice.once_in(4);
    let id_type = match (flavour, big) {
        (_, true) => "bigint",
        (Flavour::Mysql | Flavour::Mariadb, false) => "int",
        _ => "integer",
    };
    let mut id = Column::new(dialect.parse_type(id_type), false, Origin::default());
    if dice.once_in(2) {
        let kind = match (flavour, dice.throw(3)) {
            (Flavour::Postgresql, 1) => IdentityKind::ByDefault,
            (Flavour::Postgresql, 2) => IdentityKind::Always,
            _ => IdentityKind::AutoIncrement,
        };
        id.identity = Some(Identity { kind, ..Identity::default() }.into());
    }
    let numbered = id.identity.is_some();
    table.columns.insert("id".to_owned(), id);
    for column_name in COLUMNS {
        if !dice.once_in(3) {
            let column = column(dice, flavour, enums);
            table.columns.insert((*column_name).to_owned(), column);
        }
    }
    let plain: Vec<String> = indexable(flavour, &table);
    let mut key = vec![IndexPart::column("id")];
    if !numbered
        && dice.once_in(4)
        && flavour != Flavour::Sqlite
        && let Some(second) = plain.first()
    {
        key.push(IndexPart::column(second));
    }
    table.primary_key = Some(PrimaryKey { parts: key, ..PrimaryKey::default() });
    if table.primary_key.as_ref().is_some_and(|key| key.parts.len() > 1) {
        // Others refer to the id alone.
        let unique = format!("{name}_id_key").replace(' ', "_");
        table.indexes.push(Index::on_columns(
            IndexKind::UniqueIndex,
            Some(unique),
            ["id".to_owned()],
            Origin::default(),
        ));
    }
    add_indexes(dice, flavour, name, &mut table, &plain);
    add_check(dice, flavour, name, &mut table);
    if dice.once_in(4) {
        add_generated(dice, flavour, &mut table);
    }
    if flavour != Flavour::Sqlite && dice.once_in(3) {
        table.comment = Some("it's a table".to_owned());
    }
    if flavour.is_mysql() {
        table.options.insert("charset".to_owned(), "utf8mb4".to_owned());
        table.options.insert("collation".to_owned(), "utf8mb4_unicode_ci".to_owned());
        table.options.insert("engine".to_owned(), "InnoDB".to_owned());
    }
    table
}

fn column(dice: &mut Dice, flavour: Flavour, enums: &[(String, EnumType)]) -> Column {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let mut column = if !enums.is_empty() && dice.once_in(4) {
        let (name, enum_type) = dice.choose(enums).clone();
        let data_type = DataType::Enum { namespace: "public".to_owned(), name };
        let mut column = Column::new(data_type, true, Origin::default());
        if dice.once_in(2) {
            column.default = Some(DefaultValue::Literal(Literal::Text(dice.choose(&enum_type.labels).clone())));
        }
        column
    } else {
        let (type_text, defaults) = *dice.choose(types(flavour));
        let data_type = dialect.parse_type(type_text);
        let default = (!defaults.is_empty() && dice.once_in(2)).then(|| *dice.choose(defaults));
        let default = default.map(|text| dialect.parse_default(text, &data_type));
        let mut column = Column::new(data_type, true, Origin::default());
        column.default = default;
        column
    };
    column.nullable = dice.once_in(2);
    if flavour != Flavour::Sqlite && dice.once_in(6) {
        column.comment = Some("says; \"something\" it's".to_owned());
    }
    column
}

/// Columns that every server can index whole.
fn indexable(flavour: Flavour, table: &Table) -> Vec<String> {
    let can = |column: &Column| match column.data_type.as_named().map(|named| named.name.as_str()) {
        Some("jsonb" | "bytea" | "varbinary" | "blob") => false,
        Some("text") => !flavour.is_mysql(),
        _ => true,
    };
    table.columns.iter().filter(|(name, column)| *name != "id" && can(column)).map(|(name, _)| name.clone()).collect()
}

fn add_indexes(dice: &mut Dice, flavour: Flavour, name: &str, table: &mut Table, plain: &[String]) {
    let prefix = name.replace(' ', "_");
    for (position, column) in plain.iter().enumerate() {
        if !dice.once_in(3) {
            continue;
        }
        let kind = match dice.throw(4) {
            0 => IndexKind::UniqueIndex,
            1 if !flavour.is_mysql() => IndexKind::UniqueConstraint,
            _ => IndexKind::Plain,
        };
        let mut index =
            Index::on_columns(kind, Some(format!("{prefix}_{position}_idx")), [column.clone()], Origin::default());
        if kind == IndexKind::Plain && dice.once_in(2) {
            index.parts.push(IndexPart::column("id"));
            if flavour != Flavour::Mariadb && dice.once_in(2) {
                index.parts[0].order = SortOrder::Descending;
            }
        }
        if kind != IndexKind::UniqueConstraint && !flavour.is_mysql() && dice.once_in(4) {
            index.predicate = Some(Expression::written("id > 10"));
        }
        table.indexes.push(index);
    }
}

fn add_check(dice: &mut Dice, flavour: Flavour, name: &str, table: &mut Table) {
    let is_number = |column: &Column| {
        column
            .data_type
            .as_named()
            .is_some_and(|named| matches!(named.name.as_str(), "integer" | "int" | "decimal" | "numeric"))
    };
    if !dice.once_in(3) {
        return;
    }
    let Some((column, _)) = table.columns.iter().find(|(name, column)| *name != "id" && is_number(column)) else {
        return;
    };
    let limit = dice.throw(3);
    let check = Check {
        name: Some(format!("{}_positive", name.replace(' ', "_"))),
        expression: Expression::written(format!("{} >= {limit}", quote(flavour, column))),
        ..Check::default()
    };
    table.checks.push(check);
}

fn add_generated(dice: &mut Dice, flavour: Flavour, table: &mut Table) {
    let dialect = ormsync_dialect::by_name(flavour.dialect()).unwrap();
    let type_text = if flavour.is_mysql() { "bigint" } else { "integer" };
    // An AUTO_INCREMENT column can be in no expression; a row id only in a virtual column.
    if table.columns["id"].identity.is_some() && flavour != Flavour::Postgresql {
        return;
    }
    let factor = 2 + dice.throw(2);
    let mut column = Column::new(dialect.parse_type(type_text), true, Origin::default());
    let type_text = if table.columns["id"].data_type == dialect.parse_type("bigint") { "bigint" } else { type_text };
    column.data_type = dialect.parse_type(type_text);
    column.generated = Some(
        Generated {
            expression: Expression::written(format!("{} * {factor}", quote(flavour, "id"))),
            storage: if flavour == Flavour::Sqlite { GeneratedStorage::Virtual } else { GeneratedStorage::Stored },
        }
        .into(),
    );
    table.columns.insert("twice".to_owned(), column);
}

fn add_foreign_keys(dice: &mut Dice, flavour: Flavour, name: &str, table: &mut Table, ids: &[(&str, DataType)]) {
    for (target, id_type) in ids {
        if !dice.once_in(4) {
            continue;
        }
        let column = format!("{}_id", target.replace(' ', "_").to_lowercase());
        if table.columns.contains_key(&column) {
            continue;
        }
        table.columns.insert(column.clone(), Column::new(id_type.clone(), true, Origin::default()));
        let on_delete =
            *dice.choose(&[ReferentialAction::Cascade, ReferentialAction::NoAction, ReferentialAction::SetNull]);
        table.foreign_keys.push(ForeignKey {
            name: Some(format!("{}_{column}_fkey", name.replace(' ', "_"))),
            columns: vec![column],
            referenced_namespace: flavour.namespace().to_owned(),
            referenced_table: (*target).to_owned(),
            referenced_columns: vec!["id".to_owned()],
            on_delete,
            on_update: *dice.choose(&[ReferentialAction::Cascade, ReferentialAction::NoAction]),
            ..ForeignKey::default()
        });
    }
}
