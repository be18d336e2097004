//! Rows that are there get a value before a column demands one: add, backfill, tighten.

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, ColumnChange, Operation, Plan, QualifiedName, TableChange, TableRebuild};

use super::warnings;

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
/// rows have a value, one that is there is filled where it is NULL.
///
/// # Errors
///
/// Where a backfill is for a column that no operation makes required.
pub fn with_backfills(plan: &Plan, backfills: &[Backfill], dialect: &dyn Dialect) -> Result<Plan, String> {
    let mut filled = plan.clone();
    for backfill in backfills {
        let mut operations = Vec::new();
        let mut is_used = false;
        for operation in filled.operations {
            match with_backfill(&operation, backfill, plan, dialect) {
                Some(several) => {
                    is_used = true;
                    operations.extend(several);
                }
                None => operations.push(operation),
            }
        }
        if !is_used {
            let Backfill { table, column, .. } = backfill;
            return Err(format!("{}.{column}: nothing makes this column required", table.name));
        }
        filled.operations = operations;
    }
    let of_plan = plan.warnings.iter().filter(|warning| !warnings::of(&plan.operations, dialect).contains(warning));
    filled.warnings = warnings::of(&filled.operations, dialect).into_iter().chain(of_plan.cloned()).collect();
    // What is filled can't be refused for want of a value.
    let is_filled =
        |subject: &str| backfills.iter().any(|backfill| format!("{}.{}", backfill.table, backfill.column) == subject);
    filled.warnings.retain(|warning| warning.kind.is_loss() || !is_filled(&warning.subject));
    Ok(filled)
}

fn with_backfill(
    operation: &Operation,
    backfill: &Backfill,
    plan: &Plan,
    dialect: &dyn Dialect,
) -> Option<Vec<Operation>> {
    let Operation::ChangeTable { table, change } = operation else { return None };
    if *table != backfill.table {
        return None;
    }
    let operations = |changes: [TableChange; 2]| {
        let [first, last] = changes.map(|change| Operation::change(table.clone(), change));
        vec![first, Operation::RunStatement { statement: update(backfill, plan, dialect), reverse: None }, last]
    };
    let name = &backfill.column;
    match change {
        TableChange::AddColumn { name: added, column } if added == name && !column.nullable => {
            let loose = Column { nullable: true, ..(**column).clone() };
            let tighten = ColumnChange::new(name, loose.clone(), (**column).clone());
            let add = TableChange::AddColumn { name: name.clone(), column: Box::new(loose) };
            Some(operations([add, TableChange::AlterColumn(Box::new(tighten))]))
        }
        TableChange::AlterColumn(change) if change.name == *name && change.from.nullable && !change.to.nullable => {
            let loose = Column { nullable: true, ..change.to.clone() };
            let tighten = ColumnChange::new(name, loose.clone(), change.to.clone());
            let statement = Operation::RunStatement { statement: update(backfill, plan, dialect), reverse: None };
            let tighten = Operation::change(table.clone(), TableChange::AlterColumn(Box::new(tighten)));
            let is_all = ColumnChange { to: loose.clone(), ..(**change).clone() };
            let mut several = Vec::new();
            if is_all.from != is_all.to {
                several.push(Operation::change(table.clone(), TableChange::AlterColumn(Box::new(is_all))));
            }
            several.extend([statement, tighten]);
            Some(several)
        }
        TableChange::Rebuild(rebuild) => rebuilt(rebuild, backfill, dialect)
            .map(|rebuild| vec![Operation::change(table.clone(), TableChange::Rebuild(Box::new(rebuild)))]),
        _ => None,
    }
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

/// The change of a column that was the last thing done to its table before, but for changes of other columns.
fn earlier_change(kept: &[Operation], table: &QualifiedName, name: &str) -> Option<usize> {
    let of_table =
        |operation: &Operation| matches!(operation, Operation::ChangeTable { table: other, .. } if other == table);
    for (at, operation) in kept.iter().enumerate().rev() {
        match operation {
            Operation::ChangeTable { change: TableChange::AlterColumn(change), .. } if of_table(operation) => {
                if change.name == name && change.using.is_none() {
                    return Some(at);
                }
            }
            _ => return None,
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
