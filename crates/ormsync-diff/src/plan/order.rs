//! The order of operations. Each step stands where it does for a reason, and this is the one place that says it.

use std::collections::BTreeSet;
use std::sync::Arc;

use ormsync_schema::{Operation, Origin, Partitioning, Place, QualifiedName, Schema};

/// The steps of a plan, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    /// Everything else may live in it.
    CreateNamespace,
    /// Types, operator classes and functions of an extension may be used by everything else.
    AlterExtension,
    /// What holds on to a name that is about to change.
    FreeNames,
    /// Before everything that speaks of the new names, which all that follows does.
    Rename,
    /// A view holds on to the columns it reads, so no table that it reads can change under it.
    DropView,
    /// Triggers and policies hold on to columns, too.
    DropTrigger,
    /// See [`Step::DropTrigger`].
    DropPolicy,
    /// A foreign key holds on to the index it rests on, the key it refers to and the types of both sides.
    DropForeignKey,
    /// A check or exclusion holds on to its columns, and on some servers to their names.
    DropConstraint,
    /// Before a column that is indexed changes or goes, and before another index takes the name. Behind the foreign
    /// keys that rest on it.
    DropIndex,
    /// Generated columns hold on to those they are made from, defaults to the labels they are. Behind the indexes over
    /// them.
    FreeColumns,
    /// A column's type or default may need it.
    CreateSequence,
    /// A column's type may be it.
    CreateType,
    /// Behind the types of its parameters. Defaults, checks and triggers may call it.
    CreateRoutine,
    /// New labels are there before a default or row uses them; columns still are what they were.
    AlterType,
    /// Behind what held on to the columns, before what will.
    AlterTable,
    /// Behind the foreign keys that point to it. Before indexes and tables are made that take over names of its own.
    DropTable,
    /// Behind the tables and columns that used it, before tables are made: one may take over its name.
    DropType,
    /// Behind the columns that took numbers from it.
    DropSequence,
    /// Behind the types its columns have.
    CreateTable,
    /// The column it goes with has to be there.
    OwnSequence,
    /// A parameter may be a row of a table.
    CreateRoutineOfTables,
    /// A partition or child needs its parent.
    AttachTable,
    /// Tables that are made anew take all that hangs on them along, so all that does has to be there.
    RebuildTable,
    /// Behind the columns it is over. Before foreign keys, which may need its uniqueness.
    CreateIndex,
    /// Behind the columns, and for those that call functions behind the extension.
    AddConstraint,
    /// Behind all tables and indexes.
    AddForeignKey,
    /// Behind all that is dropped, so that the name is free.
    RenameConstraint,
    /// Comments, options and switches: nothing waits for them.
    Describe,
    /// Behind the tables and columns it reads.
    CreateView,
    /// Behind the tables, views and columns it speaks of.
    CreateTrigger,
    /// See [`Step::CreateTrigger`].
    CreatePolicy,
    /// When nothing lives in it any more.
    DropExtension,
    /// When nothing lives in it any more.
    DropNamespace,
}

/// Puts operations in order. Within a step they stay in the order in which they were planned, but all changes of
/// one table stand together.
pub(super) fn sort(operations: &mut [(Step, Operation)]) {
    operations.sort_by_key(|(step, _)| *step);
}

/// Where an object is declared, for keeping the author's order; nothing where there is no author.
pub(super) fn place(origin: &Origin) -> Option<(Arc<str>, usize)> {
    match &origin.place {
        Place::File { path, span } => Some((Arc::clone(path), span.start)),
        Place::Catalogue { .. } | Place::Nowhere => None,
    }
}

/// Tables in the order in which they can be made: as declared, parents before their partitions and children.
pub(super) fn creation_order(schema: &Schema) -> Vec<QualifiedName> {
    let mut order = Vec::new();
    let mut done = BTreeSet::new();
    for name in super::table_names(schema) {
        visit(schema, &name, &mut done, &mut order);
    }
    order
}

fn visit(schema: &Schema, name: &QualifiedName, done: &mut BTreeSet<QualifiedName>, order: &mut Vec<QualifiedName>) {
    let Some(table) = schema.table(&name.namespace, &name.name) else { return };
    if !done.insert(name.clone()) {
        return;
    }
    let parents = match &table.partitioning {
        Some(Partitioning::PartitionOf { parent, .. }) => std::slice::from_ref(parent),
        Some(Partitioning::Inherits(parents)) => parents.as_slice(),
        _ => &[],
    };
    for parent in parents {
        visit(schema, &parent_name(name, parent), done, order);
    }
    order.push(name.clone());
}

/// A parent is named alone where it is in the namespace of its child, else with its own.
fn parent_name(child: &QualifiedName, parent: &str) -> QualifiedName {
    match parent.split_once('.') {
        Some((namespace, name)) => QualifiedName::new(namespace, name),
        None => QualifiedName::new(&child.namespace, parent),
    }
}
