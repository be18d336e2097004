//! Enum types, domains, composite and range types, sequences.

use ormsync_schema::{
    Check, CompositeType, DefaultValue, Domain, EnumChange, EnumType, Operation, QualifiedName, RangeType, Sequence,
};

use super::columns::collation_path;
use super::{Writer, comment, quote};
use crate::postgres::facts;

impl Writer<'_> {
    /// An operation on a type or sequence.
    pub(super) fn type_operation(&self, operation: &Operation) -> Vec<String> {
        match operation {
            Operation::CreateEnum { name, enum_type } => {
                let path = self.path(name);
                let mut statements = vec![create_enum(&path, enum_type)];
                statements.extend(enum_type.comment.as_ref().map(|text| comment("TYPE", &path, Some(text))));
                statements
            }
            Operation::DropEnum { name, .. }
            | Operation::DropCompositeType { name, .. }
            | Operation::DropRangeType { name, .. } => vec![format!("DROP TYPE {}", self.path(name))],
            Operation::RenameEnum { from, to } => self.rename_type(from, to),
            Operation::AlterEnum(change) => self.alter_enum(change),
            Operation::CreateDomain { name, domain } => self.create_domain(name, domain),
            Operation::DropDomain { name, .. } => vec![format!("DROP DOMAIN {}", self.path(name))],
            Operation::AlterDomain { name, from, to } => self.alter_domain(name, from, to),
            Operation::CreateCompositeType { name, composite_type } => self.create_composite(name, composite_type),
            Operation::AlterCompositeType { name, from, to } => self.alter_composite(name, from, to),
            Operation::CreateRangeType { name, range_type } => self.create_range(name, range_type),
            Operation::CreateSequence { name, sequence } => self.create_sequence(name, sequence),
            Operation::DropSequence { name, .. } => vec![format!("DROP SEQUENCE {}", self.path(name))],
            Operation::AlterSequence { name, from, to } => self.alter_sequence(name, from, to),
            _ => Vec::new(),
        }
    }

    fn rename_type(&self, from: &QualifiedName, to: &QualifiedName) -> Vec<String> {
        let mut statements = Vec::new();
        if from.namespace != to.namespace {
            statements.push(format!("ALTER TYPE {} SET SCHEMA {}", self.path(from), quote(&to.namespace)));
        }
        if from.name != to.name {
            let moved = QualifiedName::new(&to.namespace, &from.name);
            statements.push(format!("ALTER TYPE {} RENAME TO {}", self.path(&moved), quote(&to.name)));
        }
        statements
    }

    fn alter_enum(&self, change: &EnumChange) -> Vec<String> {
        let path = self.path(&change.name);
        let mut statements = Vec::new();
        for (old, new) in &change.renamed_labels {
            let (old, new) = (facts::quote_text(old), facts::quote_text(new));
            statements.push(format!("ALTER TYPE {path} RENAME VALUE {old} TO {new}"));
        }
        if change.needs_new_type() {
            statements.extend(self.new_type(change));
        } else {
            statements.extend(added_labels(&path, change, self.manner.guarded));
        }
        if change.from.comment != change.to.comment {
            statements.push(comment("TYPE", &path, change.to.comment.as_deref()));
        }
        statements
    }

    /// A new type beside the old one, to which all columns move: the server can't drop a label, and can't use a new
    /// one in the transaction that added it.
    fn new_type(&self, change: &EnumChange) -> Vec<String> {
        let beside = |ending: &str| QualifiedName::new(&change.name.namespace, format!("{}{ending}", change.name.name));
        let (new, old) = (self.path(&beside("_new")), self.path(&beside("_old")));
        let mut statements = vec!["BEGIN".to_owned(), create_enum(&new, &change.to)];
        for user in change.users.iter().filter(|user| user.column.default.is_some()) {
            let (table, column) = (self.path(&user.table), quote(&user.name));
            statements.push(format!("ALTER TABLE {table} ALTER COLUMN {column} DROP DEFAULT"));
        }
        for user in &change.users {
            let (table, column) = (self.path(&user.table), quote(&user.name));
            let is_array = matches!(user.column.data_type, ormsync_schema::DataType::Array(_));
            let (array, text) = if is_array { ("[]", "text[]") } else { ("", "text") };
            statements.push(format!(
                "ALTER TABLE {table} ALTER COLUMN {column} TYPE {new}{array} USING ({column}::{text}::{new}{array})"
            ));
        }
        let path = self.path(&change.name);
        statements.push(format!("ALTER TYPE {path} RENAME TO {}", quote(&beside("_old").name)));
        statements.push(format!("ALTER TYPE {new} RENAME TO {}", quote(&change.name.name)));
        statements.push(format!("DROP TYPE {old}"));
        for user in &change.users {
            // A default that is a dropped label can't come back; whoever planned this sets another.
            let Some(default) = user.column.default.as_ref().filter(|default| is_possible(default, change)) else {
                continue;
            };
            let (table, column) = (self.path(&user.table), quote(&user.name));
            let default = self.default(default, &user.column.data_type);
            statements.push(format!("ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT {default}"));
        }
        statements.push("COMMIT".to_owned());
        statements
    }

    fn create_domain(&self, name: &QualifiedName, domain: &Domain) -> Vec<String> {
        let path = self.path(name);
        let mut text = format!("CREATE DOMAIN {path} AS {}", self.type_text(&domain.data_type));
        if let Some(collation) = &domain.collation {
            text.push_str(&format!(" COLLATE {}", collation_path(collation)));
        }
        if let Some(default) = &domain.default {
            text.push_str(&format!(" DEFAULT {}", self.default(default, &domain.data_type)));
        }
        if !domain.nullable {
            let name = domain.not_null.as_ref().and_then(|constraint| constraint.name.as_deref());
            text.push_str(&format!(" {}NOT NULL", super::tables::named(name)));
        }
        for check in domain.checks.iter().filter(|check| !check.not_valid) {
            text.push_str(&format!(" {}", super::tables::check(check)));
        }
        let mut statements = vec![text];
        for check in domain.checks.iter().filter(|check| check.not_valid) {
            statements.push(format!("ALTER DOMAIN {path} ADD {}", super::tables::check(check)));
        }
        statements.extend(domain.comment.as_ref().map(|text| comment("DOMAIN", &path, Some(text))));
        statements
    }

    fn alter_domain(&self, name: &QualifiedName, from: &Domain, to: &Domain) -> Vec<String> {
        let path = self.path(name);
        let mut clauses = Vec::new();
        if from.default != to.default {
            clauses.push(match &to.default {
                Some(default) => format!("SET DEFAULT {}", self.default(default, &to.data_type)),
                None => "DROP DEFAULT".to_owned(),
            });
        }
        if from.nullable != to.nullable {
            clauses.push(if to.nullable { "DROP NOT NULL" } else { "SET NOT NULL" }.to_owned());
        }
        let gone = |check: &&Check| !to.checks.contains(check);
        for check in from.checks.iter().filter(gone) {
            clauses.push(format!("DROP CONSTRAINT {}", quote(check.name.as_deref().unwrap_or_default())));
        }
        for check in to.checks.iter().filter(|check| !from.checks.contains(check)) {
            clauses.push(format!("ADD {}", super::tables::check(check)));
        }
        let mut statements: Vec<String> =
            clauses.into_iter().map(|clause| format!("ALTER DOMAIN {path} {clause}")).collect();
        if from.comment != to.comment {
            statements.push(comment("DOMAIN", &path, to.comment.as_deref()));
        }
        statements
    }

    fn create_composite(&self, name: &QualifiedName, composite: &CompositeType) -> Vec<String> {
        let path = self.path(name);
        let fields: Vec<String> = composite
            .fields
            .iter()
            .map(|(name, data_type)| format!("{} {}", quote(name), self.type_text(data_type)))
            .collect();
        let mut statements = vec![format!("CREATE TYPE {path} AS ({})", fields.join(", "))];
        statements.extend(composite.comment.as_ref().map(|text| comment("TYPE", &path, Some(text))));
        statements
    }

    fn alter_composite(&self, name: &QualifiedName, from: &CompositeType, to: &CompositeType) -> Vec<String> {
        let path = self.path(name);
        let mut clauses = Vec::new();
        for field in from.fields.keys().filter(|field| !to.fields.contains_key(*field)) {
            clauses.push(format!("DROP ATTRIBUTE {}", quote(field)));
        }
        for (field, data_type) in &to.fields {
            match from.fields.get(field) {
                None => clauses.push(format!("ADD ATTRIBUTE {} {}", quote(field), self.type_text(data_type))),
                Some(old) if old != data_type => {
                    clauses.push(format!("ALTER ATTRIBUTE {} TYPE {}", quote(field), self.type_text(data_type)));
                }
                Some(_) => {}
            }
        }
        let mut statements = Vec::new();
        if !clauses.is_empty() {
            statements.push(format!("ALTER TYPE {path} {}", clauses.join(", ")));
        }
        if from.comment != to.comment {
            statements.push(comment("TYPE", &path, to.comment.as_deref()));
        }
        statements
    }

    fn create_range(&self, name: &QualifiedName, range: &RangeType) -> Vec<String> {
        let path = self.path(name);
        let mut options = vec![format!("SUBTYPE = {}", self.type_text(&range.subtype))];
        options.extend(range.operator_class.as_ref().map(|class| format!("SUBTYPE_OPCLASS = {class}")));
        options.extend(range.collation.as_ref().map(|collation| format!("COLLATION = {}", collation_path(collation))));
        options.extend(range.difference.as_ref().map(|function| format!("SUBTYPE_DIFF = {function}")));
        let multirange = range.multirange.as_ref().map(|name| quote(name));
        options.extend(multirange.map(|name| format!("MULTIRANGE_TYPE_NAME = {name}")));
        let mut statements = vec![format!("CREATE TYPE {path} AS RANGE ({})", options.join(", "))];
        statements.extend(range.comment.as_ref().map(|text| comment("TYPE", &path, Some(text))));
        statements
    }

    fn create_sequence(&self, name: &QualifiedName, sequence: &Sequence) -> Vec<String> {
        let path = self.path(name);
        let mut text = format!("CREATE SEQUENCE {path}");
        if let Some(data_type) = &sequence.data_type {
            text.push_str(&format!(" AS {}", self.type_text(data_type)));
        }
        let numbers = [
            ("INCREMENT BY", sequence.increment),
            ("MINVALUE", sequence.minimum),
            ("MAXVALUE", sequence.maximum),
            ("START WITH", sequence.start),
            ("CACHE", sequence.cache),
        ];
        for (words, number) in numbers {
            if let Some(number) = number {
                text.push_str(&format!(" {words} {number}"));
            }
        }
        if sequence.cycle {
            text.push_str(" CYCLE");
        }
        let mut statements = vec![text];
        if sequence.owner.is_some() {
            statements.extend(self.own(name, sequence));
        }
        statements.extend(sequence.comment.as_ref().map(|text| comment("SEQUENCE", &path, Some(text))));
        statements
    }

    fn alter_sequence(&self, name: &QualifiedName, from: &Sequence, to: &Sequence) -> Vec<String> {
        let path = self.path(name);
        let mut clauses = Vec::new();
        if from.data_type != to.data_type {
            let data_type = to.data_type.as_ref().map_or_else(|| "BIGINT".to_owned(), |it| self.type_text(it));
            clauses.push(format!("AS {data_type}"));
        }
        if from.increment != to.increment {
            clauses.push(format!("INCREMENT BY {}", to.increment.unwrap_or(1)));
        }
        for (words, old, new) in [("MINVALUE", from.minimum, to.minimum), ("MAXVALUE", from.maximum, to.maximum)] {
            if old != new {
                clauses.push(new.map_or_else(|| format!("NO {words}"), |number| format!("{words} {number}")));
            }
        }
        if from.start != to.start {
            clauses.push(format!("START WITH {}", to.start.unwrap_or(1)));
        }
        if from.cache != to.cache {
            clauses.push(format!("CACHE {}", to.cache.unwrap_or(1)));
        }
        if from.cycle != to.cycle {
            clauses.push(if to.cycle { "CYCLE" } else { "NO CYCLE" }.to_owned());
        }
        let mut statements = Vec::new();
        if !clauses.is_empty() {
            statements.push(format!("ALTER SEQUENCE {path} {}", clauses.join(" ")));
        }
        if from.owner != to.owner {
            statements.extend(self.own(name, to));
        }
        if from.comment != to.comment {
            statements.push(comment("SEQUENCE", &path, to.comment.as_deref()));
        }
        statements
    }

    fn own(&self, name: &QualifiedName, sequence: &Sequence) -> Option<String> {
        let path = self.path(name);
        Some(match &sequence.owner {
            Some(owner) => {
                let table = self.path(&QualifiedName::new(&name.namespace, &owner.table));
                format!("ALTER SEQUENCE {path} OWNED BY {table}.{}", quote(&owner.column))
            }
            None => format!("ALTER SEQUENCE {path} OWNED BY NONE"),
        })
    }
}

fn create_enum(path: &str, enum_type: &EnumType) -> String {
    let labels: Vec<String> = enum_type.labels.iter().map(|label| facts::quote_text(label)).collect();
    format!("CREATE TYPE {path} AS ENUM ({})", labels.join(", "))
}

/// One statement for each new label, at its place.
fn added_labels(path: &str, change: &EnumChange, guarded: bool) -> Vec<String> {
    let guard = if guarded { "IF NOT EXISTS " } else { "" };
    let added: Vec<&str> = change.added_labels().collect();
    let mut statements = Vec::new();
    for (position, label) in change.to.labels.iter().enumerate().filter(|(_, label)| added.contains(&label.as_str())) {
        let is_behind_all = change.to.labels[position..].iter().all(|later| added.contains(&later.as_str()));
        let place = if is_behind_all {
            String::new()
        } else if let Some(before) = position.checked_sub(1) {
            format!(" AFTER {}", facts::quote_text(&change.to.labels[before]))
        } else {
            // The first that stays: those between are added later, each behind the one before it.
            let first = change.to.labels.iter().find(|label| !added.contains(&label.as_str()));
            first.map(|first| format!(" BEFORE {}", facts::quote_text(first))).unwrap_or_default()
        };
        statements.push(format!("ALTER TYPE {path} ADD VALUE {guard}{}{place}", facts::quote_text(label)));
    }
    statements
}

/// Whether a default still is a value of the new type.
fn is_possible(default: &DefaultValue, change: &EnumChange) -> bool {
    match default {
        DefaultValue::Literal(ormsync_schema::Literal::Text(label)) if !label.starts_with('{') => {
            change.to.labels.contains(label)
        }
        DefaultValue::Literal(ormsync_schema::Literal::Text(labels)) => {
            change.dropped_labels().all(|dropped| !labels.contains(dropped))
        }
        _ => true,
    }
}
