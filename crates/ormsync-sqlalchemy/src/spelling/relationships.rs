//! Relationships between the classes of a module: what foreign keys and association tables say, in both directions.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{ForeignKey, Table};

use super::class::Draft;
use super::constraint::plain_columns;
use super::names;
use super::python::{Argument, Name, Python};
use super::writer::keyword;

/// A relationship as an attribute of a class.
#[derive(Debug, Clone)]
pub(super) struct Relationship {
    pub(super) attribute: String,
    /// What `Mapped[…]` holds: `"User | None"`, `list["Pet"]`.
    pub(super) annotation: String,
    pub(super) arguments: Vec<Argument>,
}

impl Relationship {
    pub(super) fn call(&self) -> Python {
        Python::call(Name::of("sqlalchemy.orm", "relationship"), self.arguments.clone())
    }
}

/// Gives the drafts their relationships; `classes` are their names in Python.
pub(super) fn plan(drafts: &mut [Draft<'_>], classes: &[String]) {
    let mut planner = Planner::new(drafts, classes);
    for child in 0..planner.tables.len() {
        if planner.tables[child].is_class {
            for key in planner.clear_keys(child) {
                planner.tie(child, key);
            }
        } else {
            planner.tie_by_association(child);
        }
    }
    for (draft, found) in drafts.iter_mut().zip(planner.found) {
        draft.relationships = found;
    }
}

/// What is known of a table.
struct Known<'a> {
    name: &'a str,
    table: &'a Table,
    is_class: bool,
    /// The attributes of its columns, by the columns' names.
    attributes: BTreeMap<&'a str, String>,
    /// Names that no relationship can have.
    taken: BTreeSet<String>,
}

struct Planner<'a> {
    classes: &'a [String],
    tables: Vec<Known<'a>>,
    by_name: BTreeMap<(&'a str, &'a str), usize>,
    /// How many foreign keys lie between two tables, in either direction.
    paths: BTreeMap<(usize, usize), usize>,
    found: Vec<Vec<Relationship>>,
}

impl<'a> Planner<'a> {
    fn new(drafts: &[Draft<'a>], classes: &'a [String]) -> Self {
        let tables: Vec<Known<'a>> = drafts.iter().map(known).collect();
        let by_name: BTreeMap<(&str, &str), usize> = drafts
            .iter()
            .enumerate()
            .map(|(index, draft)| ((draft.place.namespace, draft.place.name), index))
            .collect();
        let found = vec![Vec::new(); drafts.len()];
        let mut planner = Self { classes, tables, by_name, paths: BTreeMap::new(), found };
        for child in 0..planner.tables.len() {
            for key in &planner.tables[child].table.foreign_keys {
                if let Some(parent) = planner.parent(key) {
                    *planner.paths.entry((child.min(parent), child.max(parent))).or_default() += 1;
                }
            }
        }
        planner
    }

    fn parent(&self, key: &ForeignKey) -> Option<usize> {
        self.by_name.get(&(key.referenced_namespace.as_str(), key.referenced_table.as_str())).copied()
    }

    /// The keys whose columns are written and are in no other key: two relationships that set one column are at odds.
    fn clear_keys(&self, child: usize) -> Vec<&'a ForeignKey> {
        let known = &self.tables[child];
        let keys = &known.table.foreign_keys;
        let is_clear = |key: &&ForeignKey| {
            let is_written = key.columns.iter().all(|column| known.attributes.contains_key(column.as_str()));
            let overlaps = keys.iter().filter(|other| key.columns.iter().any(|column| other.columns.contains(column)));
            is_written && overlaps.count() == 1
        };
        keys.iter().filter(is_clear).collect()
    }

    /// A foreign key as an attribute of each class.
    fn tie(&mut self, child: usize, key: &ForeignKey) {
        let Some(parent) = self.parent(key).filter(|parent| self.tables[*parent].is_class) else { return };
        let referenced = self.attributes_of(parent, &key.referenced_columns);
        let (Some(local), Some(referenced)) = (self.attributes_of(child, &key.columns), referenced) else { return };
        let is_only = self.paths.get(&(child.min(parent), child.max(parent))) == Some(&1);
        let upwards = self.free(child, &upward_name(key, self.tables[parent].name));
        let is_single = is_unique(self.tables[child].table, &key.columns);
        let mut downwards = downward_name(self.tables[child].name, is_single);
        if !is_only || child == parent {
            downwards = format!("{downwards}_by_{upwards}");
        }
        let downwards = self.free(parent, &downwards);
        let may_be_null = key
            .columns
            .iter()
            .any(|column| self.tables[child].table.columns.get(column).is_some_and(|column| column.nullable));
        let own = &self.classes[child];
        let mut shared = Vec::new();
        if !is_only {
            let listed: Vec<String> = local.iter().map(|attribute| format!("{own}.{attribute}")).collect();
            shared.push(keyword("foreign_keys", Python::text(format!("[{}]", listed.join(", ")))));
        }
        let mut upward = shared.clone();
        if child == parent {
            let listed: Vec<String> = referenced.iter().map(|attribute| format!("{own}.{attribute}")).collect();
            upward.push(keyword("remote_side", Python::text(format!("[{}]", listed.join(", ")))));
        }
        let optional = if may_be_null { " | None" } else { "" };
        let annotation = format!("\"{}{optional}\"", self.classes[parent]);
        self.add(child, &upwards, annotation, upward, &downwards);
        let annotation = if is_single { format!("\"{own} | None\"") } else { format!("list[\"{own}\"]") };
        self.add(parent, &downwards, annotation, shared, &upwards);
    }

    /// A table that only ties two classes together is the `secondary` of both.
    fn tie_by_association(&mut self, table: usize) {
        let keys = self.clear_keys(table);
        let [left, right] = keys.as_slice() else { return };
        let known = self.tables[table].table;
        let (Some(left), Some(right)) = (self.parent(left), self.parent(right)) else { return };
        let ties_all = known.columns.len() == keys.iter().map(|key| key.columns.len()).sum::<usize>();
        let are_classes = self.tables[left].is_class && self.tables[right].is_class;
        if known.foreign_keys.len() != 2 || !ties_all || !are_classes || left == right {
            return;
        }
        let to_right = self.free(left, &downward_name(self.tables[right].name, false));
        let to_left = self.free(right, &downward_name(self.tables[left].name, false));
        let secondary = || vec![keyword("secondary", Python::Verbatim(format!("lambda: {}", self.classes[table])))];
        let (first, second) = (secondary(), secondary());
        self.add(left, &to_right, format!("list[\"{}\"]", self.classes[right]), first, &to_left);
        self.add(right, &to_left, format!("list[\"{}\"]", self.classes[left]), second, &to_right);
    }

    fn attributes_of(&self, table: usize, columns: &[String]) -> Option<Vec<String>> {
        columns.iter().map(|column| self.tables[table].attributes.get(column.as_str()).cloned()).collect()
    }

    /// A name that nothing else in the class has.
    fn free(&mut self, table: usize, wanted: &str) -> String {
        let name = names::attribute(wanted, &self.tables[table].taken);
        self.tables[table].taken.insert(name.clone());
        name
    }

    fn add(&mut self, table: usize, name: &str, annotation: String, mut arguments: Vec<Argument>, other: &str) {
        arguments.push(keyword("back_populates", Python::text(other)));
        self.found[table].push(Relationship { attribute: name.to_owned(), annotation, arguments });
    }
}

fn known<'a>(draft: &Draft<'a>) -> Known<'a> {
    let attributes: BTreeMap<&str, String> = draft.attributes().into_iter().collect();
    let mut taken = draft.taken_names();
    taken.extend(attributes.values().cloned());
    // A relationship that hides a column's name would be taken for it.
    taken.extend(draft.place.table.columns.keys().cloned());
    Known { name: draft.place.name, table: draft.place.table, is_class: draft.is_class, attributes, taken }
}

/// `owner` for `owner_id`; the table's name where the column has no such ending.
fn upward_name(key: &ForeignKey, parent: &str) -> String {
    if let [column] = key.columns.as_slice() {
        for ending in ["_id", "_ID", "Id", "ID"] {
            if let Some(name) = column.strip_suffix(ending).filter(|name| !name.is_empty()) {
                return names::snake_case(name);
            }
        }
    }
    names::snake_case(&names::singular(parent))
}

/// The table's name, in the singular where there can be only one, else in the plural.
fn downward_name(child: &str, is_single: bool) -> String {
    names::snake_case(&if is_single { names::singular(child) } else { names::plural(child) })
}

/// Whether no two rows can have the same values there.
fn is_unique(table: &Table, columns: &[String]) -> bool {
    let is_same =
        |found: Vec<&str>| found.len() == columns.len() && found.iter().all(|it| columns.iter().any(|c| c == it));
    let by_key = table.primary_key.as_ref().and_then(|key| plain_columns(&key.parts)).is_some_and(is_same);
    by_key
        || table.indexes.iter().any(|index| {
            index.kind.is_unique() && index.predicate.is_none() && plain_columns(&index.parts).is_some_and(is_same)
        })
}
