//! A breaking change in two phases. The first adds what is new and takes nothing away, so that programs which know only the
//! old shape go on; the second takes the old away, when none of them is left.

use std::collections::BTreeMap;

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, EnumType, Operation, Plan, QualifiedName, Schema, Table, TableChange, WarningKind};

use super::mentions::mentions;
use super::{Backfill, PlanOptions, Renames, backfill, plan, with_backfills};

/// The two phases of a change. The second one begins where the first ends.
#[derive(Debug, Clone)]
pub struct Phases {
    /// New columns beside the old ones, none of them demanded; filled from the old ones.
    pub expand: Plan,
    /// The schema between the two.
    pub between: Schema,
    /// New columns demanded where they should be, old ones dropped.
    pub contract: Plan,
}

/// A column that is called something else.
struct Renamed<'a> {
    table: &'a QualifiedName,
    from: &'a str,
    to: &'a str,
}

/// Plans a change in two phases.
///
/// # Errors
///
/// A rename or backfill that does not fit the schemas, and a rename that can't be done in phases: a whole table or a column
/// of a primary key can't have two names.
pub fn in_phases(
    from: &Schema,
    to: &Schema,
    backfills: &[Backfill],
    dialect: &dyn Dialect,
    options: &PlanOptions,
) -> Result<Phases, String> {
    let renamed = renamed_columns(from, &options.renames)?;
    let end = plan(from, to, dialect, options)?.apply(from).map_err(|error| error.to_string())?;
    let between = between(from, &end, &renamed, &options.renames);
    // The schemas are whole now: what is not in them is to go.
    let types_only = Renames { columns: Vec::new(), tables: Vec::new(), ..options.renames.clone() };
    let whole = PlanOptions { keep_undeclared: false, ..options.clone() };
    let first = PlanOptions { renames: types_only, ..whole.clone() };
    let second = PlanOptions { renames: Renames::default(), ..whole };
    let mut expand = plan(from, &between, dialect, &first)?;
    let mut contract = plan(&between, &end, dialect, &second)?;
    let is_of = |backfill: &&Backfill, one: &Renamed<'_>| backfill.table == *one.table && backfill.column == one.to;
    let (copied, demanded): (Vec<&Backfill>, Vec<&Backfill>) =
        backfills.iter().partition(|backfill| renamed.iter().any(|one| is_of(backfill, one)));
    for backfill in &demanded {
        let statement = backfill::update(backfill, &expand, dialect);
        expand.operations.push(Operation::RunStatement { statement, reverse: None });
    }
    let demanded: Vec<Backfill> = demanded.into_iter().cloned().collect();
    contract = with_backfills(&contract, &demanded, dialect)?;
    let copies: Vec<Operation> = renamed
        .iter()
        .map(|one| {
            let special = copied.iter().find(|backfill| is_of(backfill, one)).map(|it| it.expression.clone());
            copy(one, special, &expand, dialect)
        })
        .collect();
    expand.operations.extend(copies.iter().cloned());
    // Rows that were written by the old name since.
    contract.operations.splice(0..0, copies);
    let is_copied = |subject: &str| {
        renamed.iter().any(|one| [one.from, one.to].iter().any(|column| format!("{}.{column}", one.table) == subject))
    };
    contract.warnings.retain(|warning| !is_copied(&warning.subject));
    without_copied(&mut contract, &renamed);
    Ok(Phases { expand, between, contract })
}

/// A table made anew tells all columns that go in one warning: those that have been copied are not to be among them.
fn without_copied(contract: &mut Plan, renamed: &[Renamed<'_>]) {
    let mut told = Vec::new();
    for operation in &contract.operations {
        let Operation::ChangeTable { table, change: TableChange::Rebuild(rebuild) } = operation else { continue };
        let mut rest = rebuild.clone();
        for one in renamed.iter().filter(|one| one.table == table) {
            rest.from.columns.shift_remove(one.from);
        }
        let loss = Operation::change(table.clone(), TableChange::Rebuild(rest)).loss();
        told.push((operation.subject(), loss));
    }
    for (subject, loss) in told {
        contract.warnings.retain(|warning| warning.subject != subject || warning.kind != WarningKind::ColumnDropped);
        contract.warnings.extend(loss);
    }
}

fn renamed_columns<'a>(from: &Schema, renames: &'a Renames) -> Result<Vec<Renamed<'a>>, String> {
    if let Some((table, _)) = renames.tables.first() {
        return Err(format!("the table {table} can't have two names at once, so its rename has no phases"));
    }
    let one = |(table, old, new): &'a (QualifiedName, String, String)| {
        let content = from.table(&table.namespace, &table.name);
        let key = content.and_then(|content| content.primary_key.as_ref());
        if key.is_some_and(|key| key.parts.iter().any(|part| part.as_column() == Some(old))) {
            return Err(format!("{table}.{old} is part of the primary key, so its rename has no phases"));
        }
        Ok(Renamed { table, from: old, to: new })
    };
    renames.columns.iter().map(one).collect()
}

/// The statement that fills the new column from the old one, and the one for the way back.
fn copy(one: &Renamed<'_>, special: Option<String>, plan: &Plan, dialect: &dyn Dialect) -> Operation {
    let fill = |column: &str, expression: String| {
        let backfill = Backfill { table: one.table.clone(), column: column.to_owned(), expression };
        backfill::update(&backfill, plan, dialect)
    };
    let there = fill(one.to, special.unwrap_or_else(|| dialect.quote_identifier(one.from)));
    Operation::RunStatement { statement: there, reverse: Some(fill(one.from, dialect.quote_identifier(one.to))) }
}

/// The schema that programs of both shapes can read from and write to.
fn between(from: &Schema, end: &Schema, renamed: &[Renamed<'_>], renames: &Renames) -> Schema {
    let mut between = end.clone();
    for (namespace, content) in &from.namespaces {
        let wanted = between.namespace_mut(namespace);
        let is_renamed =
            |name: &str| renames.enums.iter().any(|(old, _)| old.namespace == *namespace && old.name == name);
        for (name, enum_type) in content.enums.iter().filter(|(name, _)| !is_renamed(name)) {
            keep_labels(wanted.enums.entry(name.clone()).or_insert_with(|| enum_type.clone()), enum_type);
        }
        keep(&mut wanted.domains, &content.domains);
        keep(&mut wanted.composite_types, &content.composite_types);
        keep(&mut wanted.ranges, &content.ranges);
        keep(&mut wanted.sequences, &content.sequences);
        keep(&mut wanted.routines, &content.routines);
        keep(&mut wanted.views, &content.views);
        for (name, table) in &content.tables {
            let new_names: Vec<&str> = renamed
                .iter()
                .filter(|one| one.table.namespace == *namespace && one.table.name == *name)
                .map(|one| one.to)
                .collect();
            match wanted.tables.get_mut(name) {
                Some(wanted) => keep_shape(wanted, table, &new_names),
                None => drop(wanted.tables.insert(name.clone(), table.clone())),
            }
        }
    }
    keep(&mut between.extensions, &from.extensions);
    between
}

fn keep<T: Clone>(wanted: &mut BTreeMap<String, T>, there: &BTreeMap<String, T>) {
    for (name, object) in there {
        wanted.entry(name.clone()).or_insert_with(|| object.clone());
    }
}

/// Labels that rows may still hold.
fn keep_labels(wanted: &mut EnumType, there: &EnumType) {
    if there.labels.iter().all(|label| wanted.labels.contains(label)) {
        return;
    }
    let new: Vec<String> = wanted.labels.iter().filter(|label| !there.labels.contains(label)).cloned().collect();
    wanted.labels = there.labels.iter().cloned().chain(new).collect();
}

/// The new shape of a table with all of the old one in it, and nothing demanded that only one of them has.
fn keep_shape(wanted: &mut Table, there: &Table, new_names: &[&str]) {
    let key: Vec<String> = wanted
        .primary_key
        .iter()
        .flat_map(|key| &key.parts)
        .filter_map(|part| part.as_column())
        .map(str::to_owned)
        .collect();
    for (name, column) in &mut wanted.columns {
        let was_demanded = there.columns.get(name).is_some_and(|old| !old.nullable);
        if !was_demanded && !key.contains(name) && (!is_filled(column) || new_names.contains(&name.as_str())) {
            column.nullable = true;
            if new_names.contains(&name.as_str()) {
                // A row that only the old name is written to would have it in place of the value to be copied.
                column.default = None;
            }
        }
    }
    let gone: Vec<&String> = there.columns.keys().filter(|name| !wanted.columns.contains_key(*name)).collect();
    for name in &gone {
        let column = &there.columns[*name];
        // Whoever does not know it any more leaves it out.
        let nullable = column.nullable || !is_filled(column);
        wanted.columns.insert((*name).clone(), Column { nullable, ..column.clone() });
    }
    let is_gone = |column: &str| gone.iter().any(|name| *name == column);
    for index in there.indexes.iter().filter(|index| index.columns().any(is_gone)) {
        if !wanted.indexes.iter().any(|other| other.name == index.name) {
            wanted.indexes.push(index.clone());
        }
    }
    for key in there.foreign_keys.iter().filter(|key| key.columns.iter().any(|column| is_gone(column))) {
        if !wanted.foreign_keys.iter().any(|other| other.name == key.name) {
            wanted.foreign_keys.push(key.clone());
        }
    }
    for check in &there.checks {
        let speaks = gone.iter().any(|name| mentions(&check.expression.text, name));
        if speaks && !wanted.checks.iter().any(|other| other.name == check.name) {
            wanted.checks.push(check.clone());
        }
    }
}

/// Whether a row that says nothing of the column gets a value.
fn is_filled(column: &Column) -> bool {
    column.default.is_some() || column.identity.is_some() || column.generated.is_some()
}
