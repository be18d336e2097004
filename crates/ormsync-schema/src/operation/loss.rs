//! What an operation takes away for good. The words are those that people know from migrations.

use super::{EnumChange, Operation, TableChange, Warning, WarningKind};

impl Operation {
    /// What rows lose by this operation, as far as its structure tells. Whether a change of a column's type loses
    /// something is for the dialect to say.
    pub fn loss(&self) -> Option<Warning> {
        let (kind, text) = match self {
            Self::DropTable { name, .. } => (
                WarningKind::TableDropped,
                format!(
                    "You are about to drop the `{}` table. If the table is not empty, all the data it contains will \
                     be lost.",
                    name.name
                ),
            ),
            Self::ChangeTable { table, change: TableChange::DropColumn { name, column } } => {
                // What is generated can be generated again.
                if column.generated.is_some() {
                    return None;
                }
                (WarningKind::ColumnDropped, dropped_column(name, &table.name))
            }
            Self::ChangeTable { table, change: TableChange::Rebuild(rebuild) } => {
                let gone = rebuild
                    .from
                    .columns
                    .iter()
                    .filter(|(name, column)| !rebuild.to.columns.contains_key(*name) && column.generated.is_none());
                let gone: Vec<_> = gone.map(|(name, _)| dropped_column(name, &table.name)).collect();
                if gone.is_empty() {
                    return None;
                }
                (WarningKind::ColumnDropped, gone.join("\n"))
            }
            Self::AlterEnum(change) => {
                let dropped: Vec<_> = change.dropped_labels().collect();
                if dropped.is_empty() {
                    return None;
                }
                (WarningKind::LabelDropped, dropped_labels(&dropped, change))
            }
            _ => return None,
        };
        Some(Warning { kind, subject: self.subject(), text })
    }
}

fn dropped_column(name: &str, table: &str) -> String {
    format!(
        "You are about to drop the column `{name}` on the `{table}` table. All the data in the column will be lost."
    )
}

fn dropped_labels(labels: &[&str], change: &EnumChange) -> String {
    format!(
        "The values [{}] on the enum `{}` will be removed. If these variants are still used in the database, this will \
         fail.",
        labels.join(","),
        change.name.name
    )
}
