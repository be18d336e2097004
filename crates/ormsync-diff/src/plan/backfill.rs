//! Rows that are there get a value before a column demands one: add, backfill, tighten.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_dialect::Dialect;
use ormsync_schema::{
    Column, ColumnChange, DefaultValue, IndexPart, Operation, Plan, PrimaryKey, QualifiedName, TableChange,
    TableRebuild,
};

use super::{labels, warnings};

/// What the rows that are there get in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backfill {
    /// The table, by its new name.
    pub table: QualifiedName,
    /// The column, by its new name.
    pub column: String,
    /// The value: an expression of the server.
    pub expression: String,
}

/// The plan with statements that fill the columns in: a column that is added without a default takes NULL until its
/// rows have a value, one that is there is filled where it is NULL. That comes before all else that is done to the table in
/// one go: a value may be made of a column that goes, and MySQL numbers no column whose key has gone.
///
/// # Errors
///
/// Where a backfill is for a column that no operation makes required.
pub fn with_backfills(plan: &Plan, backfills: &[Backfill], dialect: &dyn Dialect) -> Result<Plan, String> {
    let mut filled = plan.clone();
    let mut used = BTreeSet::new();
    filled.operations.clear();
    let mut left = plan.operations.as_slice();
    while !left.is_empty() {
        let (run, behind) = left.split_at(run_length(left));
        filled.operations.extend(with_run(run, backfills, &mut used, (plan, dialect)));
        left = behind;
    }
    if let Some((_, unused)) = backfills.iter().enumerate().find(|(place, _)| !used.contains(place)) {
        return Err(format!("{}.{}: nothing makes this column required", unused.table.name, unused.column));
    }
    labels::tell_use_at_once(&mut filled.operations);
    let of_plan = plan.warnings.iter().filter(|warning| !warnings::of(&plan.operations, dialect).contains(warning));
    filled.warnings = warnings::of(&filled.operations, dialect).into_iter().chain(of_plan.cloned()).collect();
    // What is filled can't be refused for want of a value.
    let is_filled =
        |subject: &str| backfills.iter().any(|backfill| format!("{}.{}", backfill.table, backfill.column) == subject);
    filled.warnings.retain(|warning| warning.kind.is_loss() || !is_filled(&warning.subject));
    Ok(filled)
}

/// How many of the first operations are done to one table in one go.
fn run_length(operations: &[Operation]) -> usize {
    match operations.first().and_then(clause_of) {
        Some(table) => operations.iter().take_while(|operation| clause_of(operation) == Some(table)).count(),
        None => 1,
    }
}

/// The table that an operation changes together with others.
fn clause_of(operation: &Operation) -> Option<&QualifiedName> {
    match operation {
        Operation::ChangeTable { table, change } => matches!(
            change,
            TableChange::AddColumn { .. }
                | TableChange::DropColumn { .. }
                | TableChange::AlterColumn(_)
                | TableChange::AddPrimaryKey(_)
                | TableChange::DropPrimaryKey(_)
        )
        .then_some(table),
        _ => None,
    }
}

fn with_run(
    run: &[Operation],
    backfills: &[Backfill],
    used: &mut BTreeSet<usize>,
    (plan, dialect): (&Plan, &dyn Dialect),
) -> Vec<Operation> {
    let (mut first, mut statements, mut rest) = (Vec::new(), BTreeMap::new(), Vec::new());
    for operation in run {
        let mut operation = operation.clone();
        for (place, backfill) in backfills.iter().enumerate() {
            let Operation::ChangeTable { table, change } = &operation else { continue };
            if *table != backfill.table {
                continue;
            }
            let of_table = |change: TableChange| Operation::change(table.clone(), change);
            let now = if let TableChange::Rebuild(rebuild) = change {
                let Some(rebuilt) = rebuilt(rebuild, backfill, dialect) else { continue };
                of_table(TableChange::Rebuild(Box::new(rebuilt)))
            } else {
                let Some((loose, tight)) = parted(change, &backfill.column) else { continue };
                first.extend(loose.map(of_table));
                let statement = update(backfill, plan, dialect);
                statements.insert(place, Operation::RunStatement { statement, reverse: None });
                of_table(tight)
            };
            used.insert(place);
            operation = now;
        }
        rest.push(operation);
    }
    // What is added may have the name of one that goes, with which its key goes.
    let added: BTreeSet<String> = first.iter().filter_map(added_column).collect();
    let is_first = |operation: &Operation| {
        dropped_column(operation).is_some_and(|name| added.contains(name))
            || dropped_key(operation).is_some_and(|key| {
                key.parts.iter().filter_map(IndexPart::as_column).any(|column| added.contains(column))
            })
    };
    let (mut all, rest): (Vec<_>, Vec<_>) = rest.into_iter().partition(is_first);
    all.extend(first);
    all.extend(statements.into_values());
    all.extend(rest);
    all
}

fn added_column(operation: &Operation) -> Option<String> {
    match operation {
        Operation::ChangeTable { change: TableChange::AddColumn { name, .. }, .. } => Some(name.clone()),
        _ => None,
    }
}

fn dropped_key(operation: &Operation) -> Option<&PrimaryKey> {
    match operation {
        Operation::ChangeTable { change: TableChange::DropPrimaryKey(key), .. } => Some(key),
        _ => None,
    }
}

fn dropped_column(operation: &Operation) -> Option<&String> {
    match operation {
        Operation::ChangeTable { change: TableChange::DropColumn { name, .. }, .. } => Some(name),
        _ => None,
    }
}

/// A change that makes a column required: all of it but that, where there is more, and that.
fn parted(change: &TableChange, name: &str) -> Option<(Option<TableChange>, TableChange)> {
    let loosened = |column: &Column| Column { nullable: true, ..column.clone() };
    let tight =
        |column: &Column| TableChange::AlterColumn(Box::new(ColumnChange::new(name, loosened(column), column.clone())));
    match change {
        TableChange::AddColumn { name: added, column } if added == name && !column.nullable => {
            let add = TableChange::AddColumn { name: name.to_owned(), column: Box::new(loosened(column)) };
            Some((Some(add), tight(column)))
        }
        TableChange::AlterColumn(change) if change.name == *name && change.from.nullable && !change.to.nullable => {
            let is_all = ColumnChange { to: loosened(&change.to), ..(**change).clone() };
            let is_more = is_all.from != is_all.to;
            Some((is_more.then(|| TableChange::AlterColumn(Box::new(is_all))), tight(&change.to)))
        }
        _ => None,
    }
}

/// A value for each column that takes no NULL any more: its default, else an empty one; and whether the column is added. What is
/// added with a default, or refers to another table, has none.
pub(super) fn empty(plan: &Plan, dialect: &dyn Dialect) -> Vec<(Backfill, bool)> {
    let mut found = Vec::new();
    let mut add = |table: &QualifiedName, name: &String, from: Option<&Column>, to: &Column| {
        let is_tightened = !to.nullable && from.is_none_or(|from| from.nullable);
        if !is_tightened || to.identity.is_some() || to.generated.is_some() {
            return;
        }
        let expression = match &to.default {
            Some(_) if from.is_none() => None,
            Some(default @ (DefaultValue::Literal(_) | DefaultValue::Now { .. })) => {
                Some(dialect.default_text(default))
            }
            _ => dialect.empty_value(&to.data_type, from.is_none()),
        };
        let backfill = |expression| Backfill { table: table.clone(), column: name.clone(), expression };
        found.extend(expression.map(|expression| (backfill(expression), from.is_none())));
    };
    let refers = |table: &QualifiedName, name: &String| {
        plan.operations.iter().any(|operation| match operation {
            Operation::ChangeTable { table: other, change: TableChange::AddForeignKey(key) } => {
                other == table && key.columns.contains(name)
            }
            _ => false,
        })
    };
    for operation in &plan.operations {
        let Operation::ChangeTable { table, change } = operation else { continue };
        match change {
            TableChange::AddColumn { name, column } if !refers(table, name) => add(table, name, None, column),
            TableChange::AlterColumn(change) => add(table, &change.name, Some(&change.from), &change.to),
            TableChange::Rebuild(rebuild) => {
                for (name, column) in rebuild.to.columns.iter().filter(|(name, _)| !rebuild.values.contains_key(*name))
                {
                    let refers = rebuild.to.foreign_keys.iter().any(|key| key.columns.contains(name));
                    // Where there is a default it takes the place of NULL anyway.
                    if !refers && column.default.is_none() {
                        add(table, name, rebuild.from.columns.get(name), column);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A table made anew is filled while its rows are copied.
fn rebuilt(rebuild: &TableRebuild, backfill: &Backfill, dialect: &dyn Dialect) -> Option<TableRebuild> {
    let to = rebuild.to.columns.get(&backfill.column).filter(|column| !column.nullable)?;
    let value = match rebuild.from.columns.get(&backfill.column) {
        None => backfill.expression.clone(),
        Some(from) if from.nullable && !to.nullable => {
            format!("coalesce({}, {})", dialect.quote_identifier(&backfill.column), backfill.expression)
        }
        Some(_) => return None,
    };
    let mut rebuilt = rebuild.clone();
    rebuilt.values.insert(backfill.column.clone(), value);
    Some(rebuilt)
}

/// Column changes of one table that stand together, each column changed once: where a backfill parted two changes of a
/// column, the way back, which has no rows to fill, makes them one, and drops a column as it was first.
pub(super) fn without_detours(operations: Vec<Operation>) -> Vec<Operation> {
    let mut kept: Vec<Operation> = Vec::new();
    for mut operation in operations {
        if let Some((table, name)) = changed_column(&operation)
            && let Some(at) = earlier_change(&kept, &table, &name)
            && let Operation::ChangeTable { change: TableChange::AlterColumn(earlier), .. } = kept.remove(at)
        {
            match &mut operation {
                Operation::ChangeTable { change: TableChange::AlterColumn(change), .. } => {
                    change.from = earlier.from;
                    if change.from == change.to {
                        continue;
                    }
                }
                Operation::ChangeTable { change: TableChange::DropColumn { column, .. }, .. } => {
                    **column = earlier.from
                }
                _ => {}
            }
        }
        kept.push(operation);
    }
    kept
}

/// The column that an operation changes or drops.
fn changed_column(operation: &Operation) -> Option<(QualifiedName, String)> {
    let Operation::ChangeTable { table, change } = operation else { return None };
    match change {
        TableChange::AlterColumn(change) if change.using.is_none() => Some((table.clone(), change.name.clone())),
        TableChange::DropColumn { name, .. } => Some((table.clone(), name.clone())),
        _ => None,
    }
}

/// The change of a column among the last things that were done to its table in one go. It may as well be the last of them:
/// a key of the way back has no column that was made required on the way there.
fn earlier_change(kept: &[Operation], table: &QualifiedName, name: &str) -> Option<usize> {
    for (at, operation) in kept.iter().enumerate().rev() {
        if clause_of(operation) != Some(table) {
            return None;
        }
        match operation {
            Operation::ChangeTable { change: TableChange::AlterColumn(change), .. } if change.name == name => {
                return change.using.is_none().then_some(at);
            }
            _ => {}
        }
    }
    None
}

/// The statement that fills a column in where it is NULL.
pub(super) fn update(backfill: &Backfill, plan: &Plan, dialect: &dyn Dialect) -> String {
    let column = dialect.quote_identifier(&backfill.column);
    let path = table_path(&backfill.table, plan.qualified_names, dialect);
    format!("UPDATE {path} SET {column} = {} WHERE {column} IS NULL", backfill.expression)
}

/// A table in a statement.
pub(super) fn table_path(table: &QualifiedName, qualified_names: bool, dialect: &dyn Dialect) -> String {
    let QualifiedName { namespace, name } = table;
    let table = dialect.quote_identifier(name);
    let is_default = namespace.is_empty() || (!qualified_names && namespace == dialect.default_namespace());
    if is_default { table } else { format!("{}.{table}", dialect.quote_identifier(namespace)) }
}
