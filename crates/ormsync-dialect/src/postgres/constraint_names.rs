//! Names that PostgreSQL gives to constraints, indexes and sequences that have none.

use std::collections::BTreeSet;

use ormsync_schema::{Index, IndexKind, IndexTarget, Schema, Table};

use super::expressions::GRAMMAR;
use super::facts;
use crate::expression::{self, Scope, Term};

/// How many bytes a name has room for.
const NAME_LENGTH: usize = 63;

/// The name the server makes of up to two names and a label: `makeObjectName` of
/// `src/backend/commands/indexcmds.c`. The longer of the two names is cut byte by byte until all fits.
pub(super) fn object_name(first: &str, second: &str, label: &str) -> String {
    let mut overhead = 0;
    if !second.is_empty() {
        overhead += 1;
    }
    if !label.is_empty() {
        overhead += label.len() + 1;
    }
    let room = NAME_LENGTH.saturating_sub(overhead);
    let (mut first_length, mut second_length) = (first.len(), second.len());
    while first_length + second_length > room {
        if first_length > second_length {
            first_length -= 1;
        } else {
            second_length -= 1;
        }
    }
    let mut name = first[..first.floor_char_boundary(first_length)].to_owned();
    for part in [&second[..second.floor_char_boundary(second_length)], label] {
        // A label, or a second name, that is there but was cut to nothing keeps its underscore.
        if !part.is_empty() {
            name.push('_');
            name.push_str(part);
        }
    }
    name
}

/// The names in use in one namespace: of relations (tables, indexes, sequences) and of constraints.
#[derive(Default)]
struct Taken {
    relations: BTreeSet<String>,
    constraints: BTreeSet<String>,
}

impl Taken {
    /// A free name, numbered behind the label where the plain one is taken.
    fn choose(&mut self, first: &str, second: &str, label: &str, is_relation: bool, is_constraint: bool) -> String {
        let mut number = 0;
        loop {
            let numbered = if number == 0 { label.to_owned() } else { format!("{label}{number}") };
            let name = object_name(first, second, &numbered);
            let taken =
                (is_relation && self.relations.contains(&name)) || (is_constraint && self.constraints.contains(&name));
            if !taken {
                if is_relation {
                    self.relations.insert(name.clone());
                }
                if is_constraint {
                    self.constraints.insert(name.clone());
                }
                return name;
            }
            number += 1;
        }
    }
}

/// Fills in the names that the server would give, in the order in which it gives them: checks, the
/// primary key, unique constraints and indexes, foreign keys.
pub(super) fn fill_in(schema: &mut Schema) {
    for namespace in schema.namespaces.values_mut() {
        if namespace.tables.values().all(is_named) {
            continue;
        }
        let mut taken = Taken::default();
        taken.relations.extend(namespace.tables.keys().cloned());
        taken.relations.extend(namespace.views.keys().cloned());
        taken.relations.extend(namespace.sequences.keys().cloned());
        for table in namespace.tables.values() {
            collect_names(table, &mut taken);
        }
        for (name, table) in &mut namespace.tables {
            name_constraints(name, table, &mut taken);
        }
    }
}

/// Whether all that has a name has been given one.
fn is_named(table: &Table) -> bool {
    table.primary_key.iter().all(|key| key.name.is_some())
        && table.indexes.iter().all(|index| index.name.is_some())
        && table.foreign_keys.iter().all(|key| key.name.is_some())
        && table.checks.iter().all(|check| check.name.is_some())
}

fn collect_names(table: &Table, taken: &mut Taken) {
    for key_name in table.primary_key.iter().filter_map(|key| key.name.as_ref()) {
        taken.relations.insert(key_name.clone());
        taken.constraints.insert(key_name.clone());
    }
    for index in &table.indexes {
        let Some(name) = &index.name else { continue };
        taken.relations.insert(name.clone());
        if index.kind == IndexKind::UniqueConstraint {
            taken.constraints.insert(name.clone());
        }
    }
    taken.constraints.extend(table.foreign_keys.iter().filter_map(|key| key.name.clone()));
    taken.constraints.extend(table.checks.iter().filter_map(|check| check.name.clone()));
    taken.constraints.extend(table.exclusions.iter().filter_map(|exclusion| exclusion.name.clone()));
}

fn name_constraints(table_name: &str, table: &mut Table, taken: &mut Taken) {
    for check in table.checks.iter_mut().filter(|check| check.name.is_none()) {
        let columns = referenced_columns(&check.expression.text, &table.columns.keys().collect::<Vec<_>>());
        // The column's name is part of it only where there is one.
        let column = match columns.as_slice() {
            [only] => only.as_str(),
            _ => "",
        };
        check.name = Some(taken.choose(table_name, column, "check", false, true));
    }
    if let Some(key) = table.primary_key.as_mut().filter(|key| key.name.is_none()) {
        key.name = Some(taken.choose(table_name, "", "pkey", true, true));
    }
    for index in table.indexes.iter_mut().filter(|index| index.name.is_none()) {
        let is_constraint = index.kind == IndexKind::UniqueConstraint;
        let columns = name_addition(&index_column_names(index));
        let label = if is_constraint { "key" } else { "idx" };
        index.name = Some(taken.choose(table_name, &columns, label, true, is_constraint));
    }
    for key in table.foreign_keys.iter_mut().filter(|key| key.name.is_none()) {
        let columns = name_addition(&key.columns);
        key.name = Some(taken.choose(table_name, &columns, "fkey", false, true));
    }
}

/// Column names joined for a name, no longer than any name can be: `ChooseIndexNameAddition`.
fn name_addition(columns: &[String]) -> String {
    let mut addition = String::new();
    for column in columns {
        if !addition.is_empty() {
            addition.push('_');
        }
        addition.push_str(column);
        if addition.len() > NAME_LENGTH {
            break;
        }
    }
    addition.truncate(facts::IDENTIFIER_LIMIT.cut(&addition).len());
    addition
}

/// The names of an index's columns: an expression is called `expr`, a function by its name, and a
/// name that is there already gets a number: `ChooseIndexColumnNames`.
fn index_column_names(index: &Index) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for part in &index.parts {
        let original = match &part.target {
            IndexTarget::Column(name) => name.clone(),
            IndexTarget::Expression(expression) => expression::read(&expression.text, &Scope::bare(&GRAMMAR))
                .and_then(|term| figure_name(&term))
                .unwrap_or_else(|| "expr".to_owned()),
        };
        let mut name = original.clone();
        let mut number = 1;
        while names.contains(&name) {
            name = format!("{original}{number}");
            number += 1;
        }
        names.push(name);
    }
    names
}

/// What the server calls an expression in a name: `FigureIndexColname`.
fn figure_name(term: &Term) -> Option<String> {
    Some(match term {
        Term::Column(path) => path.last()?.clone(),
        Term::Call(name, _) if name == "trim" => "btrim".to_owned(),
        Term::Call(name, _) => name.rsplit('.').next()?.to_owned(),
        Term::Case(..) => "case".to_owned(),
        Term::Array(_) => "array".to_owned(),
        Term::Row(_) => "row".to_owned(),
        Term::AtTimeZone(..) => "timezone".to_owned(),
        Term::Cast(inner, _) | Term::Collate(inner, _) | Term::Subscript(inner, _) => figure_name(inner)?,
        _ => return None,
    })
}

/// The columns of the table that an expression names; none where it isn't understood.
fn referenced_columns(text: &str, columns: &[&String]) -> Vec<String> {
    let scope = Scope::bare(&GRAMMAR);
    let mut found = BTreeSet::new();
    if let Some(term) = expression::read(text, &scope) {
        collect_columns(term, columns, &mut found);
    }
    found.into_iter().collect()
}

fn collect_columns(term: Term, columns: &[&String], found: &mut BTreeSet<String>) {
    if let Term::Column(path) = &term
        && let Some(name) = path.last().filter(|name| columns.contains(name))
    {
        found.insert(name.clone());
    }
    term.map_parts(|part| {
        collect_columns(part, columns, found);
        Term::Null
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_name_is_cut_first() {
        assert_eq!(object_name("users", "", "pkey"), "users_pkey");
        assert_eq!(object_name("users", "email", "key"), "users_email_key");
        let long = "a".repeat(60);
        assert_eq!(object_name(&long, "id", "seq").len(), 63);
        assert!(object_name(&long, "id", "seq").ends_with("_id_seq"));
        assert_eq!(object_name(&long, &long, "fkey"), format!("{}_{}_fkey", "a".repeat(29), "a".repeat(28)));
    }

    #[test]
    fn names_in_use_are_numbered() {
        let mut taken = Taken::default();
        assert_eq!(taken.choose("t", "a", "check", false, true), "t_a_check");
        assert_eq!(taken.choose("t", "a", "check", false, true), "t_a_check1");
    }
}
