//! Which relation fields a schema needs, and what they are called.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_schema::{DataType, ForeignKey, Index, ReferentialAction, Table};

use super::NameStyle;
use super::model::is_ignored;
use super::plan::{Plan, TableName, free_field};
use super::words::{camel, lower_first, plural, singular, upper_first};
use crate::spelling::{SpelledField, identifier, is_optional};
use crate::syntax::quote;

/// The relation fields of all models, and the foreign keys that Prisma has no words for.
#[derive(Debug, Default)]
pub(super) struct Relations {
    fields: BTreeMap<TableName, Vec<SpelledField>>,
    unsaid: BTreeMap<TableName, Vec<String>>,
}

impl Relations {
    pub(super) fn new(plan: &Plan) -> Self {
        Finder { plan, found: Self::default(), taken: taken_fields(plan), names: BTreeSet::new() }.find()
    }

    /// The relation fields of a model.
    pub(super) fn of(&self, table: &TableName) -> &[SpelledField] {
        self.fields.get(table).map(Vec::as_slice).unwrap_or_default()
    }

    /// The foreign keys of a table that are no relations, each as its columns.
    pub(super) fn unsaid_of(&self, table: &TableName) -> &[String] {
        self.unsaid.get(table).map(Vec::as_slice).unwrap_or_default()
    }
}

/// The names that the columns of each model have.
fn taken_fields(plan: &Plan) -> BTreeMap<TableName, BTreeSet<String>> {
    plan.models()
        .map(|(name, table)| {
            let names = table.columns.values().filter_map(|column| column.client.attribute.clone()).collect();
            (name, names)
        })
        .collect()
}

struct Finder<'p> {
    plan: &'p Plan,
    found: Relations,
    taken: BTreeMap<TableName, BTreeSet<String>>,
    /// The names of relations.
    names: BTreeSet<String>,
}

impl Finder<'_> {
    fn find(mut self) -> Relations {
        let plan = self.plan;
        let mut keys = Vec::new();
        for (name, table) in plan.models() {
            for key in &table.foreign_keys {
                let target = (key.referenced_namespace.clone(), key.referenced_table.clone());
                if is_relation(plan, table, key) {
                    keys.push((name.clone(), table, key, target));
                } else {
                    let text = format!("({}) to {}", key.columns.join(", "), key.referenced_table);
                    self.found.unsaid.entry(name.clone()).or_default().push(text);
                }
            }
        }
        // Fields of more than one relation between two models can only be told apart by the relations' names.
        let mut between: BTreeMap<(TableName, TableName), usize> = BTreeMap::new();
        let mut count = |one: &TableName, other: &TableName| {
            let pair = if one <= other { (one.clone(), other.clone()) } else { (other.clone(), one.clone()) };
            *between.entry(pair).or_default() += 1;
        };
        keys.iter().for_each(|(from, _, _, to)| count(from, to));
        plan.joins.iter().for_each(|join| count(&join.first, &join.second));
        for join in &plan.joins {
            self.many_to_many(join);
        }
        for (from, table, key, to) in keys {
            let pair = if from <= to { (from.clone(), to.clone()) } else { (to.clone(), from.clone()) };
            let needs_name = from == to || between.get(&pair).is_some_and(|count| *count > 1);
            self.foreign_key(&from, table, key, &to, needs_name);
        }
        self.found
    }

    fn foreign_key(&mut self, from: &TableName, table: &Table, key: &ForeignKey, to: &TableName, needs_name: bool) {
        let plan = self.plan;
        let writer = plan.writer(&from.0);
        let Some(arguments) = writer.relation_arguments(&from.1, table, key) else { return };
        let (model, target) = (plan.model_name(from), plan.model_name(to));
        let column = match key.columns.as_slice() {
            [column] => writer.field_name(&from.1, column),
            _ => String::new(),
        };
        let name = self.free(from, self.styled(&identifier::relation(&column, &target)), "Relation");
        let relation = needs_name.then(|| self.relation_name(&format!("{model}{}", upper_first(&name))));
        let is_single = has_unique_on(table, &key.columns);
        let plain = lower_first(&model);
        let back = if is_single { singular(&plain) } else { plural(&plain) };
        let back = if needs_name { format!("{back}As{}", upper_first(&name)) } else { back };
        let back = self.free(to, self.styled(&back), "Relation");
        let named = relation.map(|relation| quote(&relation));
        let is_ignored = |name: &TableName| plan.table(name).is_some_and(|table| is_ignored(plan, name, table));
        let ignored = |own: &TableName, other: &TableName| is_ignored(other) && !is_ignored(own);
        let forward = SpelledField {
            name,
            data_type: format!("{target}{}", if is_optional(table, key) { "?" } else { "" }),
            attributes: attributes(named.iter().cloned().chain(arguments), ignored(from, to)),
        };
        let back = SpelledField {
            name: back,
            data_type: format!("{model}{}", if is_single { "?" } else { "[]" }),
            attributes: attributes(named.into_iter(), ignored(to, from)),
        };
        self.found.fields.entry(from.clone()).or_default().push(forward);
        self.found.fields.entry(to.clone()).or_default().push(back);
    }

    fn many_to_many(&mut self, join: &super::joins::Join) {
        let plan = self.plan;
        let (first, second) = (plan.model_name(&join.first), plan.model_name(&join.second));
        let usual = crate::lower::names::join_table(None, &first, &second, plan.facts);
        let needs_name = join.table.1 != usual || join.first == join.second;
        let name = needs_name.then(|| quote(&join.table.1[1..]));
        self.names.insert(join.table.1[1..].to_owned());
        for (own, other) in [(&join.first, &second), (&join.second, &first)] {
            let field = SpelledField {
                name: self.free(own, self.styled(&plural(&lower_first(other))), "Relation"),
                data_type: format!("{other}[]"),
                attributes: attributes(name.iter().cloned(), false),
            };
            self.found.fields.entry(own.clone()).or_default().push(field);
        }
    }

    fn styled(&self, name: &str) -> String {
        match self.plan.names {
            NameStyle::Source => name.to_owned(),
            NameStyle::Idiomatic => camel(name),
        }
    }

    /// A name that no field of the model has: with the suffix, else with a number.
    fn free(&mut self, model: &TableName, wanted: String, suffix: &str) -> String {
        let taken = self.taken.entry(model.clone()).or_default();
        let wanted = if taken.contains(&wanted) { format!("{wanted}{suffix}") } else { wanted };
        free_field(wanted, taken)
    }

    fn relation_name(&mut self, wanted: &str) -> String {
        free_field(wanted.to_owned(), &mut self.names)
    }
}

fn attributes(arguments: impl Iterator<Item = String>, is_ignored: bool) -> Vec<String> {
    let arguments: Vec<String> = arguments.collect();
    let mut attributes = Vec::new();
    if !arguments.is_empty() {
        attributes.push(format!("@relation({})", arguments.join(", ")));
    }
    if is_ignored {
        attributes.push("@ignore".to_owned());
    }
    attributes
}

/// Whether a foreign key can be a relation: it leads to what is unique in a model, with fields of the same types.
fn is_relation(plan: &Plan, table: &Table, key: &ForeignKey) -> bool {
    let target_name = (key.referenced_namespace.clone(), key.referenced_table.clone());
    let Some(target) = plan.table(&target_name) else { return false };
    let is_model = !plan.views.contains(&target_name) && plan.joins.iter().all(|join| join.table != target_name);
    let references = referenced_columns(target, key);
    let writes_null = key.on_delete == ReferentialAction::SetNull || key.on_update == ReferentialAction::SetNull;
    let any_required = key.columns.iter().any(|column| table.columns.get(column).is_some_and(|it| !it.nullable));
    is_model
        && !references.is_empty()
        && references.len() == key.columns.len()
        && has_key_on(target, &references)
        && (plan.facts.takes_set_null_on_required || !(writes_null && any_required))
        && key
            .columns
            .iter()
            .zip(&references)
            .all(|(column, reference)| has_same_type(plan, table, column, target, reference))
}

fn referenced_columns(target: &Table, key: &ForeignKey) -> Vec<String> {
    if !key.referenced_columns.is_empty() {
        return key.referenced_columns.clone();
    }
    let parts = target.primary_key.iter().flat_map(|key| &key.parts);
    parts.filter_map(|part| part.as_column().map(str::to_owned)).collect()
}

/// Whether two columns have the same of Prisma's types.
fn has_same_type(plan: &Plan, table: &Table, column: &str, target: &Table, reference: &str) -> bool {
    let (Some(left), Some(right)) = (table.columns.get(column), target.columns.get(reference)) else { return false };
    if matches!(left.data_type, DataType::InlineEnum(_)) {
        return false;
    }
    let writer = plan.writer("");
    let name = |data_type: &DataType| {
        let spelled = writer.data_type("", "", data_type)?;
        (!spelled.is_list).then_some(spelled.name)
    };
    name(&left.data_type).is_some_and(|left| name(&right.data_type).is_some_and(|right| left == right))
}

/// Whether a table has a primary key or unique on exactly these columns, in any order.
fn has_key_on(table: &Table, columns: &[String]) -> bool {
    let mut wanted: Vec<&str> = columns.iter().map(String::as_str).collect();
    wanted.sort_unstable();
    unique_keys(table).any(|mut key| {
        key.sort_unstable();
        key == wanted
    })
}

/// Whether at most one row can refer to each row.
fn has_unique_on(table: &Table, columns: &[String]) -> bool {
    unique_keys(table).any(|key| key == columns.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The columns of the primary key, and of all uniques that hold for every row.
fn unique_keys(table: &Table) -> impl Iterator<Item = Vec<&str>> {
    let whole = |index: &&Index| {
        index.kind.is_unique() && index.predicate.is_none() && index.columns().count() == index.parts.len()
    };
    let key = table.primary_key.iter().map(|key| key.parts.iter().filter_map(|part| part.as_column()).collect());
    key.chain(table.indexes.iter().filter(whole).map(|index| index.columns().collect()))
}
