//! What whoever runs a plan should know before.

use std::collections::BTreeSet;

use ormsync_dialect::{Conversion, Dialect};
use ormsync_schema::{ColumnChange, DataType, Operation, QualifiedName, TableChange, Warning, WarningKind};

use super::Backfill;

/// The warnings about operations. A table that is made by them has no rows that could stand in the way.
pub(super) fn of(operations: &[Operation], dialect: &dyn Dialect) -> Vec<Warning> {
    let made: BTreeSet<&QualifiedName> = operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::CreateTable { name, .. } => Some(name),
            _ => None,
        })
        .collect();
    let is_of_new =
        |operation: &Operation| matches!(operation, Operation::ChangeTable { table, .. } if made.contains(table));
    let mut found = Vec::new();
    for operation in operations {
        found.extend(operation.loss());
        if !is_of_new(operation) && !drops_renamed_labels(operation, operations) {
            found.extend(risks(operation, dialect));
        }
    }
    found
}

/// Whether a column loses no labels but those that it has under other names by now: each was added, and the rows went over,
/// which can go back.
fn drops_renamed_labels(operation: &Operation, operations: &[Operation]) -> bool {
    let Some((table, column, from, to)) = own_labels(operation) else { return false };
    let gone = from.iter().filter(|label| !to.contains(label)).count();
    let renamed = operations.windows(2).filter(|pair| {
        let is_moved = matches!(pair[1], Operation::RunStatement { reverse: Some(_), .. });
        let widened = own_labels(&pair[0]);
        let is_it = |(place, other, old, new): (&QualifiedName, &str, &[String], &[String])| {
            place == table && other == column && new.len() == old.len() + 1
        };
        is_moved && widened.is_some_and(is_it)
    });
    gone > 0 && gone == renamed.count()
}

/// A change of the labels that belong to a column: its table and name, the old ones and the new ones.
fn own_labels(operation: &Operation) -> Option<(&QualifiedName, &str, &[String], &[String])> {
    let Operation::ChangeTable { table, change: TableChange::AlterColumn(change) } = operation else { return None };
    match (&change.from.data_type, &change.to.data_type) {
        (DataType::InlineEnum(from), DataType::InlineEnum(to)) => Some((table, &change.name, from, to)),
        _ => None,
    }
}

/// A difference that no operation makes.
pub(super) fn not_planned(subject: String, problem: &str) -> Warning {
    Warning { kind: WarningKind::NotPlanned, text: format!("Not planned for {subject}: {problem}."), subject }
}

/// A column that was dropped and is demanded again.
pub(super) fn comes_back_empty(backfill: &Backfill) -> Warning {
    let Backfill { table, column, expression } = backfill;
    let text = format!(
        "The required column `{column}` comes back to the `{}` table without what it held: rows get {expression}.",
        table.name
    );
    Warning { kind: WarningKind::MayFail, subject: format!("{table}.{column}"), text }
}

fn risks(operation: &Operation, dialect: &dyn Dialect) -> Vec<Warning> {
    let Operation::ChangeTable { table, change } = operation else { return Vec::new() };
    let warn = |kind, text| vec![Warning { kind, subject: operation.subject(), text }];
    match change {
        TableChange::AlterColumn(change) => of_column(table, change, dialect),
        TableChange::AddColumn { name, column } => {
            let is_filled =
                column.nullable || column.default.is_some() || column.identity.is_some() || column.generated.is_some();
            if is_filled { Vec::new() } else { warn(WarningKind::MayFail, required_column(name, table)) }
        }
        TableChange::Rebuild(rebuild) => {
            let mut found = Vec::new();
            for (name, to) in &rebuild.to.columns {
                match rebuild.from.columns.get(name) {
                    Some(from) => {
                        let change = ColumnChange::new(name, from.clone(), to.clone());
                        found.extend(of_column(table, &change, dialect));
                    }
                    None if to.nullable || to.default.is_some() || to.generated.is_some() => {}
                    None => found.extend(warn(WarningKind::MayFail, required_column(name, table))),
                }
            }
            found
        }
        TableChange::AddIndex(index) if index.kind.is_unique() && !index.inherited => {
            let columns: Vec<&str> = index.columns().collect();
            let text = format!(
                "A unique constraint covering the columns `[{}]` on the table `{}` will be added. If there are existing \
                 duplicate values, this will fail.",
                columns.join(","),
                table.name
            );
            warn(WarningKind::MayFail, text)
        }
        TableChange::DropPrimaryKey(_) => warn(
            WarningKind::MayFail,
            format!(
                "The primary key for the `{}` table will be changed. If it partially fails, the table could be left \
                 without primary key constraint.",
                table.name
            ),
        ),
        _ => Vec::new(),
    }
}

fn required_column(name: &str, table: &QualifiedName) -> String {
    format!(
        "Added the required column `{name}` to the `{}` table without a default value. This is not possible if the \
         table is not empty.",
        table.name
    )
}

fn of_column(table: &QualifiedName, change: &ColumnChange, dialect: &dyn Dialect) -> Vec<Warning> {
    let subject = format!("{table}.{}", change.name);
    let mut found = Vec::new();
    if change.from.nullable && !change.to.nullable && change.to.default.is_none() && change.to.identity.is_none() {
        let text = format!(
            "Made the column `{}` on table `{}` required, but there are 0 or more existing NULL values in that column. \
             They make this fail.",
            change.name, table.name
        );
        found.push(Warning { kind: WarningKind::MayFail, subject: subject.clone(), text });
    }
    if change.from.data_type != change.to.data_type {
        let (from, to) = (dialect.type_text(&change.from.data_type), dialect.type_text(&change.to.data_type));
        let conversion = dialect.conversion(&change.from.data_type, &change.to.data_type);
        let (kind, end) = match conversion {
            Conversion::Safe => return found,
            Conversion::Narrowing => (WarningKind::TypeNarrowed, "Values may be cut, rounded or refused."),
            Conversion::Reading => (WarningKind::TypeNarrowed, "Values that do not read as the new type are refused."),
        };
        let text = format!(
            "The column `{}` on table `{}` changes its type from `{from}` to `{to}`. {end}",
            change.name, table.name
        );
        found.push(Warning { kind, subject, text });
    }
    found
}
