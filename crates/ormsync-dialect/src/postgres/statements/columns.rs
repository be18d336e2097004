//! Columns: in CREATE TABLE, added, and changed.

use ormsync_schema::{
    Column, ColumnChange, DataType, DefaultValue, GeneratedStorage, Identity, IdentityKind, Literal, NotNull,
    QualifiedName, TableChange,
};

use super::{Writer, column_list, comment, quote};
use crate::postgres::{alterations, constraint_names, defaults, facts, types};

impl Writer<'_> {
    /// A type as statements write it: the server's own in capitals.
    pub(super) fn type_text(&self, data_type: &DataType) -> String {
        match data_type {
            DataType::Array(element) => format!("{}[]", self.type_text(element)),
            DataType::Enum { namespace, name } | DataType::UserDefined { namespace, name } => {
                self.path(&QualifiedName::new(namespace, name))
            }
            DataType::Named(named) => {
                let text = types::print(data_type);
                if named.name == "numeric" {
                    return text.replacen("numeric", "DECIMAL", 1);
                }
                if is_known(&named.name) { text.to_uppercase() } else { text }
            }
            other => types::print(other),
        }
    }

    /// `"name" TYPE …`.
    pub(super) fn column(&self, name: &str, column: &Column) -> String {
        let mut text = format!("{} {}", quote(name), self.column_type(column));
        if let Some(collation) = &column.collation {
            text.push_str(&format!(" COLLATE {}", collation_path(collation)));
        }
        text.push_str(&self.column_constraints(column));
        text
    }

    /// `"name" WITH OPTIONS …`: what a typed table adds to a column of its type, if it does.
    pub(super) fn column_options(&self, name: &str, column: &Column) -> Option<String> {
        let constraints = self.column_constraints(column);
        (!constraints.is_empty()).then(|| format!("{} WITH OPTIONS{constraints}", quote(name)))
    }

    fn column_constraints(&self, column: &Column) -> String {
        let mut text = String::new();
        if !column.nullable && !column.not_null.as_ref().is_some_and(|not_null| not_null.not_valid) {
            text.push_str(&not_null(column.not_null.as_deref()));
        }
        if let Some(generated) = &column.generated {
            let storage = match generated.storage {
                GeneratedStorage::Stored => "STORED",
                GeneratedStorage::Virtual => "VIRTUAL",
            };
            text.push_str(&format!(" GENERATED ALWAYS AS ({}) {storage}", generated.expression.sql()));
        } else if let Some(default) = &column.default {
            text.push_str(&format!(" DEFAULT {}", self.default(default, &column.data_type)));
        }
        if let Some(identity) = column.identity.as_ref().filter(|identity| identity.kind != IdentityKind::AutoIncrement)
        {
            text.push_str(&format!(" {}", identity_clause(identity)));
        }
        text
    }

    /// A column numbered the ordinary way has a type of its own for that.
    fn column_type(&self, column: &Column) -> String {
        let serial = match (column.identity.as_deref(), types::kind(&column.data_type)) {
            (Some(Identity { kind: IdentityKind::AutoIncrement, .. }), Some(kind)) => match kind {
                "smallint" => Some("SMALLSERIAL"),
                "integer" => Some("SERIAL"),
                "bigint" => Some("BIGSERIAL"),
                _ => None,
            },
            _ => None,
        };
        serial.map_or_else(|| self.type_text(&column.data_type), str::to_owned)
    }

    /// A default. Arrays of constants are written as such, since not every reader takes them as text.
    pub(super) fn default(&self, default: &DefaultValue, data_type: &DataType) -> String {
        if let (DefaultValue::Literal(Literal::Text(text)), DataType::Array(element)) = (default, data_type)
            && let Some(elements) = defaults::array_elements(text)
            && let Some(elements) = elements.into_iter().collect::<Option<Vec<String>>>()
        {
            let is_bare = matches!(
                types::kind(element),
                Some("smallint" | "integer" | "bigint" | "real" | "double precision" | "numeric")
            );
            let elements: Vec<String> = elements
                .iter()
                .map(|element| match element.as_str() {
                    number if is_bare => number.to_owned(),
                    "t" if types::kind(data_type_of(data_type)) == Some("boolean") => "true".to_owned(),
                    "f" if types::kind(data_type_of(data_type)) == Some("boolean") => "false".to_owned(),
                    text => facts::quote_text(text),
                })
                .collect();
            return format!("ARRAY[{}]::{}", elements.join(", "), self.type_text(data_type));
        }
        match default {
            DefaultValue::Expression(expression) => expression.sql().to_owned(),
            DefaultValue::NextValue { namespace, sequence } => {
                let path = self.path(&QualifiedName::new(namespace, sequence));
                format!("nextval({})", facts::quote_text(&path))
            }
            other => defaults::print(other),
        }
    }

    /// What follows the statement that makes a column: what its type's short form has no room for, and the comment.
    pub(super) fn behind_column(&self, table: &QualifiedName, name: &str, column: &Column) -> Vec<String> {
        let mut statements = Vec::new();
        if let Some(own) = column.numbered_by.as_ref().filter(|_| column.identity.is_some() && !column.inherited) {
            let usual = self.beside(table, &constraint_names::object_name(&table.name, name, "seq"));
            statements.push(format!("ALTER SEQUENCE {usual} RENAME TO {}", quote(own)));
        }
        if let Some(identity) = column.identity.as_ref().filter(|identity| identity.kind == IdentityKind::AutoIncrement)
        {
            let options = sequence_options(identity);
            if !options.is_empty() {
                let sequence = self.own_sequence(table, name, column);
                // It stands at 1, which may be out of its limits now.
                statements.push(format!("ALTER SEQUENCE {sequence} {} RESTART", options.join(" ")));
            }
        }
        if let Some(constraint) = column.not_null.as_ref().filter(|constraint| constraint.not_valid) {
            let (path, named) = (self.path(table), super::tables::named(constraint.name.as_deref()));
            let inherit = if constraint.no_inherit { " NO INHERIT" } else { "" };
            statements.push(format!("ALTER TABLE {path} ADD {named}NOT NULL {}{inherit} NOT VALID", quote(name)));
        }
        if let Some(text) = &column.comment {
            statements.push(comment("COLUMN", &format!("{}.{}", self.path(table), quote(name)), Some(text)));
        }
        statements
    }

    /// The sequence that `SERIAL` makes, under the name that it has now.
    fn own_sequence(&self, table: &QualifiedName, name: &str, column: &Column) -> String {
        let usual = || constraint_names::object_name(&table.name, name, "seq");
        self.beside(table, &column.numbered_by.clone().unwrap_or_else(usual))
    }

    /// One ALTER TABLE with all changes of columns and of the primary key, and what has to stand around it.
    pub(super) fn alter_table(&self, table: &QualifiedName, changes: &[&TableChange]) -> Vec<String> {
        let mut parts = Parts::default();
        for change in changes {
            match change {
                TableChange::DropPrimaryKey(key) if !key.inherited => {
                    let name = key.name.as_deref().unwrap_or_default();
                    parts.clauses.push(format!("DROP CONSTRAINT {}", quote(name)));
                }
                TableChange::AddPrimaryKey(key) if !key.inherited => {
                    parts.clauses.push(format!("ADD {}", super::tables::primary_key(key, ", ")));
                    parts.after.extend(self.comment_on_key(table, key));
                }
                TableChange::DropColumn { name, column } if !column.inherited => {
                    parts.clauses.push(format!("DROP COLUMN {}", quote(name)));
                }
                TableChange::AddColumn { name, column } if !column.inherited => {
                    parts.clauses.push(format!("ADD COLUMN     {}", self.column(name, column)));
                    parts.after.extend(self.behind_column(table, name, column));
                }
                TableChange::AlterColumn(change) => self.alter_column(table, change, &mut parts),
                _ => {}
            }
        }
        let mut statements = parts.before;
        if !parts.clauses.is_empty() {
            statements.push(format!("ALTER TABLE {} {}", self.path(table), parts.clauses.join(",\n")));
        }
        statements.extend(parts.after);
        statements
    }

    fn alter_column(&self, table: &QualifiedName, change: &ColumnChange, parts: &mut Parts) {
        let ColumnChange { name, from, to, .. } = change;
        let column = format!("ALTER COLUMN {}", quote(name));
        let retyped = from.data_type != to.data_type || from.collation != to.collation;
        let loses_number = from.identity.is_some() && from.identity != to.identity;
        if loses_number {
            self.drop_identity(table, change, &column, parts);
        }
        match (from.nullable, to.nullable) {
            (false, false) if from.not_null != to.not_null => self.alter_not_null(table, change, parts),
            (true, false) if to.not_null.as_ref().is_some_and(|constraint| constraint.name.is_some()) => {
                let named = super::tables::named(to.not_null.as_ref().and_then(|it| it.name.as_deref()));
                parts.clauses.push(format!("ADD {named}NOT NULL {}", quote(name)));
            }
            (true, false) => parts.clauses.push(format!("{column} SET NOT NULL")),
            (false, true) => parts.clauses.push(format!("{column} DROP NOT NULL")),
            _ => {}
        }
        // The server can't always make the old default one of the new type.
        let default_changes = from.default != to.default;
        let reset = retyped && from.default.is_some() && !default_changes;
        match &to.default {
            None if from.default.is_some() => parts.clauses.push(format!("{column} DROP DEFAULT")),
            Some(default) if default_changes || reset => {
                if retyped && from.default.is_some() && needs_using(&from.data_type, &to.data_type) {
                    parts.clauses.push(format!("{column} DROP DEFAULT"));
                }
                parts.clauses.push(format!("{column} SET DEFAULT {}", self.default(default, &to.data_type)));
            }
            _ => {}
        }
        if retyped {
            let mut clause = format!("{column} SET DATA TYPE {}", self.type_text(&to.data_type));
            if let Some(collation) = &to.collation {
                clause.push_str(&format!(" COLLATE {}", collation_path(collation)));
            }
            if let Some(using) = self.using(change) {
                clause.push_str(&format!(" USING {using}"));
            }
            parts.clauses.push(clause);
        }
        if to.identity.is_some() && from.identity != to.identity {
            self.add_identity(table, change, &column, parts);
        }
        if from.identity.is_some() && from.identity == to.identity {
            let (old, new) = (self.own_sequence(table, name, from), self.own_sequence(table, name, to));
            if old != new {
                let usual = || constraint_names::object_name(&table.name, name, "seq");
                let new_name = quote(&to.numbered_by.clone().unwrap_or_else(usual));
                parts.after.push(format!("ALTER SEQUENCE {old} RENAME TO {new_name}"));
            }
        }
        if from.comment != to.comment {
            let path = format!("{}.{}", self.path(table), quote(name));
            parts.after.push(comment("COLUMN", &path, to.comment.as_deref()));
        }
    }

    /// A constraint that stays, but is called something else, or has to hold for all rows.
    fn alter_not_null(&self, table: &QualifiedName, change: &ColumnChange, parts: &mut Parts) {
        let usual = constraint_names::object_name(&table.name, &change.name, "not_null");
        let of = |column: &ormsync_schema::Column| column.not_null.clone().unwrap_or_default();
        let (from, to) = (of(&change.from), of(&change.to));
        let path = self.path(table);
        let new_name = quote(to.name.as_deref().unwrap_or(&usual));
        let old_name = quote(from.name.as_deref().unwrap_or(&usual));
        if old_name != new_name {
            parts.before.push(format!("ALTER TABLE {path} RENAME CONSTRAINT {old_name} TO {new_name}"));
        }
        if from.not_valid && !to.not_valid {
            parts.after.push(format!("ALTER TABLE {path} VALIDATE CONSTRAINT {new_name}"));
        }
    }

    /// How old values become new ones, where the server has to be told.
    pub(super) fn using(&self, change: &ColumnChange) -> Option<String> {
        let ColumnChange { name, from, to, using, .. } = change;
        if let Some(using) = using {
            return Some(format!("({using})"));
        }
        needs_using(&from.data_type, &to.data_type).then(|| self.cast(name, &from.data_type, &to.data_type))
    }

    /// A cast that reads the value as text where there is no other way.
    fn cast(&self, name: &str, from: &DataType, to: &DataType) -> String {
        let is_direct = matches!(
            (types::kind(from), types::kind(to)),
            (Some("integer"), Some("boolean")) | (Some("boolean"), Some("integer"))
        );
        let via = if types::kind(from) == Some("text") || is_direct { "" } else { "::text" };
        format!("({}{via}::{})", quote(name), self.type_text(to))
    }

    fn drop_identity(&self, table: &QualifiedName, change: &ColumnChange, column: &str, parts: &mut Parts) {
        match (change.from.identity.as_deref(), change.to.identity.as_deref()) {
            (Some(Identity { kind: IdentityKind::AutoIncrement, .. }), other)
                if other.as_ref().is_none_or(|other| other.kind != IdentityKind::AutoIncrement) =>
            {
                let sequence = self.own_sequence(table, &change.name, &change.from);
                if other.is_some() {
                    // An identity column can't have a default at any time.
                    parts.before.push(format!("ALTER TABLE {} {column} DROP DEFAULT", self.path(table)));
                    parts.before.push(format!("DROP SEQUENCE {sequence}"));
                } else {
                    parts.clauses.push(format!("{column} DROP DEFAULT"));
                    parts.after.push(format!("DROP SEQUENCE {sequence}"));
                }
            }
            (Some(from), other) if from.kind != IdentityKind::AutoIncrement => {
                let ends = other.as_ref().is_none_or(|other| other.kind == IdentityKind::AutoIncrement);
                if ends {
                    parts.clauses.push(format!("{column} DROP IDENTITY"));
                }
            }
            _ => {}
        }
    }

    fn add_identity(&self, table: &QualifiedName, change: &ColumnChange, column: &str, parts: &mut Parts) {
        let Some(to) = &change.to.identity else { return };
        let from = change.from.identity.as_ref();
        if to.kind == IdentityKind::AutoIncrement {
            let sequence = self.own_sequence(table, &change.name, &change.to);
            if from.is_some_and(|from| from.kind == IdentityKind::AutoIncrement) {
                let options = all_sequence_options(to);
                parts.after.push(format!("ALTER SEQUENCE {sequence} {}", options.join(" ")));
                return;
            }
            let mut create = format!("CREATE SEQUENCE {sequence}");
            if let Some(kind) = types::kind(&change.to.data_type).filter(|kind| *kind != "bigint") {
                create.push_str(&format!(" AS {kind}"));
            }
            for option in sequence_options(to) {
                create.push_str(&format!(" {option}"));
            }
            // DROP IDENTITY drops a sequence of the very name.
            if from.is_some() {
                parts.before.push(format!("ALTER TABLE {} {column} DROP IDENTITY", self.path(table)));
                parts.clauses.retain(|clause| *clause != format!("{column} DROP IDENTITY"));
            }
            parts.before.push(create);
            parts.clauses.push(format!("{column} SET DEFAULT nextval({})", facts::quote_text(&sequence)));
            let owner = format!("{}.{}", self.path(table), quote(&change.name));
            parts.after.push(format!("ALTER SEQUENCE {sequence} OWNED BY {owner}"));
            return;
        }
        match from.filter(|from| from.kind != IdentityKind::AutoIncrement) {
            None => parts.clauses.push(format!("{column} ADD {}", identity_clause(to))),
            Some(_) => {
                let mut clause = format!("{column} SET GENERATED {}", identity_word(to));
                for option in all_sequence_options(to) {
                    clause.push_str(&format!(" SET {option}"));
                }
                parts.clauses.push(clause);
            }
        }
    }

    fn comment_on_key(&self, table: &QualifiedName, key: &ormsync_schema::PrimaryKey) -> Option<String> {
        let text = key.comment.as_deref()?;
        let name = key.name.as_deref()?;
        Some(comment("INDEX", &self.beside(table, name), Some(text)))
    }
}

/// ` NOT NULL`, with what it was given as a constraint.
fn not_null(constraint: Option<&NotNull>) -> String {
    let Some(constraint) = constraint else { return " NOT NULL".to_owned() };
    let inherit = if constraint.no_inherit { " NO INHERIT" } else { "" };
    format!(" {}NOT NULL{inherit}", super::tables::named(constraint.name.as_deref()))
}

/// What an ALTER TABLE is made of.
#[derive(Default)]
pub(super) struct Parts {
    before: Vec<String>,
    clauses: Vec<String>,
    after: Vec<String>,
}

fn data_type_of(data_type: &DataType) -> &DataType {
    match data_type {
        DataType::Array(element) => element,
        other => other,
    }
}

/// Whether the server has to be told how old values become new ones.
fn needs_using(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Array(from), DataType::Array(to)) => needs_using(from, to),
        _ if from == to => false,
        _ => match (types::kind(from), types::kind(to)) {
            (Some(from), Some(to)) => !alterations::is_assignable(from, to),
            // Any enum or domain becomes text.
            (None, Some("text" | "varchar" | "char")) => false,
            _ => true,
        },
    }
}

fn identity_word(identity: &Identity) -> &'static str {
    if identity.kind == IdentityKind::Always { "ALWAYS" } else { "BY DEFAULT" }
}

fn identity_clause(identity: &Identity) -> String {
    let options = sequence_options(identity);
    let options = if options.is_empty() { String::new() } else { format!(" ({})", options.join(" ")) };
    format!("GENERATED {} AS IDENTITY{options}", identity_word(identity))
}

/// What is not as the server does it by itself.
fn sequence_options(identity: &Identity) -> Vec<String> {
    let mut options = Vec::new();
    let numbers = [
        ("INCREMENT BY", identity.increment),
        ("MINVALUE", identity.minimum),
        ("MAXVALUE", identity.maximum),
        ("START WITH", identity.start),
        ("CACHE", identity.cache),
    ];
    options.extend(numbers.iter().filter_map(|(words, number)| number.map(|number| format!("{words} {number}"))));
    if identity.cycle {
        options.push("CYCLE".to_owned());
    }
    options
}

/// Every option, also those that become what the server does by itself.
fn all_sequence_options(identity: &Identity) -> Vec<String> {
    let or_none = |words: &str, number: Option<i64>| match number {
        Some(number) => format!("{words} {number}"),
        None => format!("NO {words}"),
    };
    vec![
        format!("INCREMENT BY {}", identity.increment.unwrap_or(1)),
        or_none("MINVALUE", identity.minimum),
        or_none("MAXVALUE", identity.maximum),
        format!("START WITH {}", identity.start.unwrap_or(1)),
        format!("CACHE {}", identity.cache.unwrap_or(1)),
        if identity.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned(),
    ]
}

/// A collation's name, which may have its namespace in front.
pub(super) fn collation_path(collation: &str) -> String {
    collation.split('.').map(quote).collect::<Vec<_>>().join(".")
}

/// Types whose names mean the same in capitals: the server's own.
fn is_known(name: &str) -> bool {
    matches!(
        name.split(' ').next().unwrap_or_default(),
        "smallint"
            | "integer"
            | "bigint"
            | "real"
            | "double"
            | "numeric"
            | "money"
            | "text"
            | "varchar"
            | "char"
            | "bytea"
            | "timestamp"
            | "timestamptz"
            | "date"
            | "time"
            | "timetz"
            | "interval"
            | "boolean"
            | "uuid"
            | "json"
            | "jsonb"
            | "xml"
            | "inet"
            | "cidr"
            | "macaddr"
            | "bit"
            | "varbit"
            | "oid"
            | "citext"
    )
}

/// Columns of a key in parentheses.
pub(super) fn key_columns(key: &ormsync_schema::PrimaryKey, separator: &str) -> String {
    key.parts.iter().filter_map(|part| part.as_column()).map(quote).collect::<Vec<_>>().join(separator)
}

/// `INCLUDE (…)`.
pub(super) fn include(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", column_list(columns)) }
}
