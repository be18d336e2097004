//! A plan as SQLite's SQL.

mod tables;

use ormsync_schema::{Operation, Plan, QualifiedName, TableChange, TableRebuild, Trigger, TriggerEvent, TriggerTiming};

use super::facts;
use crate::statements::{Piece, Section, heading, pieces};

/// The statements of a plan.
pub(super) fn of(plan: &Plan) -> Vec<Section> {
    pieces(plan)
        .iter()
        .map(|piece| section(piece, plan.manner.guarded))
        .filter(|section| !section.statements.is_empty())
        .collect()
}

fn quote(name: &str) -> String {
    facts::quote_identifier(name)
}

/// Names in parentheses.
fn column_list(columns: &[String]) -> String {
    columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

fn section(piece: &Piece<'_>, guarded: bool) -> Section {
    match piece {
        Piece::One(operation) => Section::new(heading(operation), self::operation(operation, guarded)),
        Piece::Alter(table, changes) => {
            let statements = changes.iter().filter_map(|change| match change {
                TableChange::AddColumn { name, column } => {
                    let column = tables::column(name, column, None);
                    Some(format!("ALTER TABLE {} ADD COLUMN {column}", quote(&table.name)))
                }
                TableChange::DropColumn { name, .. } => {
                    Some(format!("ALTER TABLE {} DROP COLUMN {}", quote(&table.name), quote(name)))
                }
                // Nothing else is done in place.
                _ => None,
            });
            Section::new("AlterTable", statements.collect())
        }
        Piece::Rebuilds(rebuilds) => Section::new("RedefineTables", redefine(rebuilds)),
    }
}

fn operation(operation: &Operation, guarded: bool) -> Vec<String> {
    let absent = if guarded { "IF NOT EXISTS " } else { "" };
    let present = if guarded { "IF EXISTS " } else { "" };
    match operation {
        Operation::CreateTable { name, table } => tables::create_table(&name.name, table, absent),
        // Foreign keys of other tables may point here, and go in the same script.
        Operation::DropTable { name, .. } => vec![
            "PRAGMA foreign_keys=off".to_owned(),
            format!("DROP TABLE {present}{}", quote(&name.name)),
            "PRAGMA foreign_keys=on".to_owned(),
        ],
        Operation::RenameTable { from, to } => {
            vec![format!("ALTER TABLE {} RENAME TO {}", quote(&from.name), quote(&to.name))]
        }
        Operation::ChangeTable { table, change } => self::change(table, change, (absent, present)),
        Operation::CreateView { name, view } => {
            let Some(definition) = &view.definition else { return Vec::new() };
            let query = definition.sql().trim_end_matches(';');
            let columns = view.options.get("columns").map(|columns| format!(" ({columns})")).unwrap_or_default();
            let mut statements = vec![format!("CREATE VIEW {absent}{}{columns} AS {query}", quote(&name.name))];
            for (trigger_name, trigger) in &view.triggers {
                statements.push(create_trigger(&name.name, trigger_name, trigger));
            }
            statements
        }
        Operation::DropView { name, .. } => vec![format!("DROP VIEW {present}{}", quote(&name.name))],
        Operation::RunStatement { statement, .. } => vec![statement.clone()],
        // The server has nothing of the kind.
        _ => Vec::new(),
    }
}

fn change(table: &QualifiedName, change: &TableChange, (absent, present): (&str, &str)) -> Vec<String> {
    let path = quote(&table.name);
    match change {
        TableChange::RenameColumn { from, to } => {
            vec![format!("ALTER TABLE {path} RENAME COLUMN {} TO {}", quote(from), quote(to))]
        }
        TableChange::AddIndex(index) => vec![tables::create_index(&table.name, index, absent)],
        TableChange::DropIndex(index) => {
            vec![format!("DROP INDEX {present}{}", quote(index.name.as_deref().unwrap_or_default()))]
        }
        TableChange::CreateTrigger { name, trigger } => vec![create_trigger(&table.name, name, trigger)],
        TableChange::DropTrigger { name, .. } => vec![format!("DROP TRIGGER {}", quote(name))],
        // Everything else is a table made anew.
        _ => Vec::new(),
    }
}

fn create_trigger(table: &str, name: &str, trigger: &Trigger) -> String {
    let timing = match trigger.timing {
        TriggerTiming::Before => "BEFORE",
        TriggerTiming::After => "AFTER",
        TriggerTiming::InsteadOf => "INSTEAD OF",
    };
    // The columns of `UPDATE OF` stand in front of what the trigger does.
    let (columns, action) = match trigger.action.strip_prefix("OF ") {
        Some(rest) => {
            let end =
                [" WHEN ", " BEGIN "].iter().filter_map(|words| find_word(rest, words)).min().unwrap_or(rest.len());
            (format!(" OF {}", &rest[..end]), rest[end..].trim_start())
        }
        None => (String::new(), trigger.action.as_str()),
    };
    let event = match trigger.events.first() {
        Some(TriggerEvent::Update) => "UPDATE",
        Some(TriggerEvent::Delete) => "DELETE",
        _ => "INSERT",
    };
    let level = if trigger.for_each_row { " FOR EACH ROW" } else { "" };
    format!("CREATE TRIGGER {} {timing} {event}{columns} ON {}{level} {action}", quote(name), quote(table))
}

fn find_word(text: &str, word: &str) -> Option<usize> {
    text.to_ascii_uppercase().replace(['\n', '\t', '\r'], " ").find(word)
}

/// Documentation, "Making Other Kinds Of Table Schema Changes": a new table beside the old one, the rows copied, the
/// old one dropped, the new one renamed.
fn redefine(rebuilds: &[(&QualifiedName, &TableRebuild)]) -> Vec<String> {
    let mut statements = vec!["PRAGMA defer_foreign_keys=ON".to_owned(), "PRAGMA foreign_keys=OFF".to_owned()];
    for (name, rebuild) in rebuilds {
        let new_name = format!("new_{}", name.name);
        statements.push(tables::table_statement(&new_name, &rebuild.to, ""));
        statements.extend(tables::copy_rows(&name.name, &new_name, rebuild));
        statements.push(format!("DROP TABLE {}", quote(&name.name)));
        statements.push(format!("ALTER TABLE {} RENAME TO {}", quote(&new_name), quote(&name.name)));
        statements.extend(tables::indexes(&name.name, &rebuild.to, ""));
        for (trigger_name, trigger) in &rebuild.to.triggers {
            statements.push(create_trigger(&name.name, trigger_name, trigger));
        }
    }
    statements.extend(["PRAGMA foreign_keys=ON".to_owned(), "PRAGMA defer_foreign_keys=OFF".to_owned()]);
    statements
}
