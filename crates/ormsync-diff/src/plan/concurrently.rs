//! Indexes that are made and dropped while others write: each in a plan of its own, since no transaction may surround it.

use ormsync_dialect::Dialect;
use ormsync_schema::{Index, IndexKind, Operation, Partitioning, Plan, Schema, TableChange};

use super::warnings;

/// The plan without its indexes of tables that are there, and a plan for each of those, in the order in which they have to
/// run. An index that something else in the plan waits for, or that the server can't make so, stays where it is.
pub fn apart(plan: &Plan, from: &Schema, dialect: &dyn Dialect) -> Vec<Plan> {
    let mut first = plan.clone();
    let (apart, kept): (Vec<Operation>, Vec<Operation>) =
        plan.operations.iter().cloned().partition(|operation| is_apart(operation, plan, from));
    first.operations = kept;
    let mut plans = Vec::new();
    let mut comments = Vec::new();
    for mut operation in apart {
        // A comment is a second statement.
        if let Operation::ChangeTable { table, change: TableChange::AddIndex(index) } = &mut operation
            && let Some(comment) = index.comment.take()
        {
            let change = TableChange::CommentIndex { index: index.clone(), to: Some(comment) };
            comments.push(Operation::change(table.clone(), change));
        }
        let mut one = with_operations(plan, vec![operation], dialect);
        one.manner.concurrently = true;
        plans.push(one);
    }
    if !comments.is_empty() {
        plans.push(with_operations(plan, comments, dialect));
    }
    if !first.operations.is_empty() || plans.is_empty() {
        let of_others: Vec<_> = plans.iter().flat_map(|plan| &plan.warnings).cloned().collect();
        first.warnings.retain(|warning| !of_others.contains(warning));
        plans.insert(0, first);
    }
    plans
}

fn with_operations(plan: &Plan, operations: Vec<Operation>, dialect: &dyn Dialect) -> Plan {
    Plan { warnings: warnings::of(&operations, dialect), operations, ..plan.clone() }
}

fn is_apart(operation: &Operation, plan: &Plan, from: &Schema) -> bool {
    let Operation::ChangeTable { table, change } = operation else { return false };
    let (TableChange::AddIndex(index) | TableChange::DropIndex(index)) = change else { return false };
    // Constraints are no indexes to the server, though they have one.
    if index.kind == IndexKind::UniqueConstraint || index.inherited || index.implicit || index.name.is_none() {
        return false;
    }
    // What names mean in an expression is told to the session, which would be a second statement.
    if !plan.name_scope.is_empty() && has_expressions(index) {
        return false;
    }
    // A table that others are part of has no index of its own, and a new one nobody writes to.
    let Some(old) = from.table(&table.namespace, &table.name) else { return false };
    if matches!(old.partitioning, Some(Partitioning::PartitionedBy(_))) {
        return false;
    }
    let is_drop = matches!(change, TableChange::DropIndex(_));
    !plan.operations.iter().any(|other| match other {
        Operation::RenameTable { to, .. } => to == table,
        // A reference rests on the uniqueness, both when it comes and when it goes.
        Operation::ChangeTable {
            change: TableChange::AddForeignKey(key) | TableChange::DropForeignKey(key), ..
        } => index.kind.is_unique() && key.referenced_table == table.name,
        // What is built on a column makes way for what is done to it, and may take the name again.
        Operation::ChangeTable { table: same, change } if same == table && is_drop => holds_up(change, index),
        Operation::ChangeTable { change: TableChange::RenameConstraint { from, to, .. }, .. } => {
            [from, to].iter().any(|name| index.name.as_ref() == Some(name))
        }
        _ => false,
    })
}

fn has_expressions(index: &Index) -> bool {
    index.predicate.is_some() || index.parts.iter().any(|part| part.as_column().is_none())
}

/// Whether a change of its table can't wait for an index to be dropped.
fn holds_up(change: &TableChange, index: &Index) -> bool {
    match change {
        TableChange::DropColumn { .. } | TableChange::AlterColumn(_) | TableChange::RenameColumn { .. } => true,
        TableChange::AddIndex(other) => other.kind == IndexKind::UniqueConstraint && other.name == index.name,
        _ => false,
    }
}
