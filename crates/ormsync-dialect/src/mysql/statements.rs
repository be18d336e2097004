//! A plan as MySQL's or MariaDB's SQL.

mod columns;
mod objects;
mod tables;

use ormsync_schema::{ConstraintKind, Manner, Operation, Plan, QualifiedName, TableChange};

use super::facts;
use crate::MYSQL;
use crate::statements::{Piece, Section, as_asked, heading, pieces};

/// The statements of a plan.
pub(super) fn of(plan: &Plan) -> Vec<Section> {
    let writer = Writer { is_mariadb: facts::is_mariadb(plan.server.as_ref()), manner: &plan.manner };
    pieces(plan)
        .iter()
        .filter_map(|piece| Some(as_asked(&MYSQL, plan, piece, writer.section(piece)?)))
        .filter(|section| !section.statements.is_empty())
        .collect()
}

/// Writes statements in one of the two flavours.
struct Writer<'a> {
    is_mariadb: bool,
    manner: &'a Manner,
}

fn quote(name: &str) -> String {
    facts::quote_identifier(name)
}

/// Names in parentheses.
fn column_list(columns: &[String]) -> String {
    columns.iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

/// A name; with its database where it is said.
fn path(name: &QualifiedName) -> String {
    if name.namespace.is_empty() {
        quote(&name.name)
    } else {
        format!("{}.{}", quote(&name.namespace), quote(&name.name))
    }
}

impl Writer<'_> {
    /// `, ALGORITHM = INPLACE, LOCK = NONE` behind what is done to a table, where that is asked for; behind CREATE INDEX there
    /// are no commas.
    fn hints(&self, comma: &str) -> String {
        let hint = |word: &str, value: &Option<String>| {
            value.as_ref().map(|value| format!("{comma} {word} = {value}")).unwrap_or_default()
        };
        hint("ALGORITHM", &self.manner.algorithm) + &hint("LOCK", &self.manner.lock)
    }

    fn section(&self, piece: &Piece<'_>) -> Option<Section> {
        match piece {
            Piece::One(operation) => Some(Section::new(heading(operation), self.operation(operation))),
            Piece::Alter(table, changes) => Some(Section::new("AlterTable", self.alter_table(table, changes))),
            // No plan for this server has any.
            Piece::Rebuilds(_) => None,
        }
    }

    fn operation(&self, operation: &Operation) -> Vec<String> {
        match operation {
            Operation::CreateNamespace { name } => vec![format!("CREATE DATABASE IF NOT EXISTS {}", quote(name))],
            Operation::DropNamespace { name } => vec![format!("DROP DATABASE {}", quote(name))],
            Operation::CreateSequence { name, sequence } => vec![objects::create_sequence(&path(name), sequence)],
            Operation::DropSequence { name, .. } => vec![format!("DROP SEQUENCE {}", path(name))],
            Operation::AlterSequence { name, from, to } => objects::alter_sequence(&path(name), from, to),
            Operation::CreateTable { name, table } => self.create_table(name, table),
            Operation::DropTable { name, .. } => vec![format!("DROP TABLE {}", path(name))],
            Operation::RenameTable { from, to } => vec![format!("ALTER TABLE {} RENAME TO {}", path(from), path(to))],
            Operation::ChangeTable { table, change } => self.change(table, change),
            Operation::CreateView { name, view } => objects::create_view(&path(name), view),
            Operation::DropView { name, .. } => vec![format!("DROP VIEW {}", path(name))],
            Operation::CreateRoutine { name, routine } => match &routine.definition {
                Some(definition) => vec![definition.sql().to_owned()],
                None => vec![format!("-- {name}: its statement is not known")],
            },
            Operation::DropRoutine { name, routine } => vec![objects::drop_routine(name, routine)],
            Operation::RunStatement { statement, .. } => vec![statement.clone()],
            // The server has no such things: enums are types of columns, views have no comments.
            Operation::CreateExtension { .. }
            | Operation::DropExtension { .. }
            | Operation::AlterExtension { .. }
            | Operation::CreateEnum { .. }
            | Operation::DropEnum { .. }
            | Operation::RenameEnum { .. }
            | Operation::AlterEnum(_)
            | Operation::CreateDomain { .. }
            | Operation::DropDomain { .. }
            | Operation::AlterDomain { .. }
            | Operation::CreateCompositeType { .. }
            | Operation::DropCompositeType { .. }
            | Operation::AlterCompositeType { .. }
            | Operation::CreateRangeType { .. }
            | Operation::DropRangeType { .. }
            | Operation::CommentView { .. } => Vec::new(),
        }
    }

    fn change(&self, table: &QualifiedName, change: &TableChange) -> Vec<String> {
        let table_path = path(table);
        let alter = |clause: String| vec![format!("ALTER TABLE {table_path} {clause}{}", self.hints(","))];
        // Both servers can only copy the table for these ("ALGORITHM=INPLACE is not supported"), so nothing is asked.
        let copy = |clause: String| vec![format!("ALTER TABLE {table_path} {clause}")];
        match change {
            TableChange::RenameColumn { from, to } => alter(format!("RENAME COLUMN {} TO {}", quote(from), quote(to))),
            // It comes with its foreign key.
            TableChange::AddIndex(index) if index.implicit => Vec::new(),
            TableChange::AddIndex(index) => vec![self.index_statement(&table_path, index)],
            TableChange::DropIndex(index) if self.manner.algorithm.is_some() || self.manner.lock.is_some() => {
                // MariaDB takes no such words behind DROP INDEX.
                alter(format!("DROP INDEX {}", quote(index.name.as_deref().unwrap_or_default())))
            }
            TableChange::DropIndex(index) => {
                vec![format!("DROP INDEX {} ON {table_path}", quote(index.name.as_deref().unwrap_or_default()))]
            }
            TableChange::CommentIndex { index, to } => {
                // Nothing but making it anew sets the comment, which is one statement so that foreign keys stand.
                let name = quote(index.name.as_deref().unwrap_or_default());
                let index = ormsync_schema::Index { comment: to.clone(), ..(**index).clone() };
                alter(format!("DROP INDEX {name}, ADD {}", self.index_clause(&index)))
            }
            TableChange::AddForeignKey(key) => copy(format!("ADD {}", tables::foreign_key(key))),
            TableChange::DropForeignKey(key) => {
                alter(format!("DROP FOREIGN KEY {}", quote(key.name.as_deref().unwrap_or_default())))
            }
            TableChange::AddCheck(check) => copy(format!("ADD {}", tables::check(check))),
            TableChange::DropCheck(check) => match &check.name {
                Some(name) => alter(format!("DROP CONSTRAINT {}", quote(name))),
                None => Vec::new(),
            },
            TableChange::RenameConstraint {
                kind: ConstraintKind::Index | ConstraintKind::UniqueConstraint,
                from,
                to,
            } => alter(format!("RENAME INDEX {} TO {}", quote(from), quote(to))),
            TableChange::CreateTrigger { name, trigger } => vec![objects::create_trigger(&table_path, name, trigger)],
            TableChange::DropTrigger { name, .. } => {
                vec![format!("DROP TRIGGER {}", path(&QualifiedName::new(&table.namespace, name)))]
            }
            TableChange::SetComment { to, .. } => {
                alter(format!("COMMENT = {}", facts::quote_text(to.as_deref().unwrap_or_default())))
            }
            TableChange::SetOptions { from, to } => tables::set_options(&table_path, from, to),
            TableChange::SetPartitioning { from, to } => {
                tables::set_partitioning(&table_path, from.as_ref(), to.as_ref())
            }
            // Not on this server, or written with others of the same table.
            TableChange::RenameConstraint { .. }
            | TableChange::AddExclusion(_)
            | TableChange::DropExclusion(_)
            | TableChange::CreatePolicy { .. }
            | TableChange::DropPolicy { .. }
            | TableChange::SetRowSecurity { .. }
            | TableChange::AddColumn { .. }
            | TableChange::DropColumn { .. }
            | TableChange::AlterColumn(_)
            | TableChange::AddPrimaryKey(_)
            | TableChange::DropPrimaryKey(_)
            | TableChange::Rebuild(_) => Vec::new(),
        }
    }
}
