//! Statements in sections, and what all servers have in common when a plan is written as SQL.

use ormsync_schema::{ConstraintKind, Operation, Plan, QualifiedName, TableChange, TableRebuild};

use crate::{Condition, Dialect};

/// Statements that belong together, under one heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What they do, in one word: `CreateTable`.
    pub heading: &'static str,
    /// The statements, without semicolons. One that begins with `--` is a comment for the reader.
    pub statements: Vec<String>,
}

impl Section {
    pub(crate) fn new(heading: &'static str, statements: Vec<String>) -> Self {
        Self { heading, statements }
    }
}

/// The script that sections make: each under its heading as a comment, blank lines between them.
pub fn script(sections: &[Section]) -> String {
    if sections.is_empty() {
        return "-- This is an empty migration.\n".to_owned();
    }
    let mut text = String::new();
    for section in sections {
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str("-- ");
        text.push_str(section.heading);
        text.push('\n');
        for statement in &section.statements {
            text.push_str(statement);
            text.push_str(if statement.starts_with("--") { "\n" } else { ";\n" });
        }
    }
    text
}

/// What becomes one section.
#[derive(Debug)]
pub(crate) enum Piece<'a> {
    /// One operation.
    One(&'a Operation),
    /// Changes of one table's columns and primary key, which are one statement where the server takes that.
    Alter(&'a QualifiedName, Vec<&'a TableChange>),
    /// Tables made anew.
    Rebuilds(Vec<(&'a QualifiedName, &'a TableRebuild)>),
}

impl Piece<'_> {
    fn condition(&self) -> Option<Condition<'_>> {
        match self {
            Piece::One(operation) => Condition::of(operation),
            Piece::Alter(table, changes) => match changes.as_slice() {
                [only] => Condition::of_change(table, only),
                _ => None,
            },
            Piece::Rebuilds(_) => None,
        }
    }
}

/// The statements of a piece as the plan wants them run: always, or only where they have something left to do.
pub(crate) fn as_asked(dialect: &dyn Dialect, plan: &Plan, piece: &Piece<'_>, section: Section) -> Section {
    let Some(condition) = piece.condition().filter(|_| plan.manner.guarded && !plan.manner.concurrently) else {
        return section;
    };
    let (comments, statements): (Vec<String>, Vec<String>) =
        section.statements.iter().cloned().partition(|statement| statement.starts_with("--"));
    if statements.is_empty() {
        return section;
    }
    match dialect.only_where(&condition, &statements) {
        Some(conditional) => Section::new(section.heading, comments.into_iter().chain(conditional).collect()),
        None => section,
    }
}

/// The pieces of a plan, in order.
pub(crate) fn pieces(plan: &Plan) -> Vec<Piece<'_>> {
    let mut pieces: Vec<Piece<'_>> = Vec::new();
    for operation in &plan.operations {
        match (operation, pieces.last_mut()) {
            (Operation::ChangeTable { table, change: TableChange::Rebuild(rebuild) }, last) => match last {
                Some(Piece::Rebuilds(rebuilds)) => rebuilds.push((table, rebuild)),
                _ => pieces.push(Piece::Rebuilds(vec![(table, rebuild)])),
            },
            (Operation::ChangeTable { table, change }, last) if is_clause(change) => match last {
                Some(Piece::Alter(same, changes))
                    if *same == table
                        && !(plan.manner.guarded
                            && changes.iter().chain([&change]).any(|it| Condition::of_change(table, it).is_some())) =>
                {
                    changes.push(change);
                }
                _ => pieces.push(Piece::Alter(table, vec![change])),
            },
            _ => pieces.push(Piece::One(operation)),
        }
    }
    pieces
}

/// Whether a change is a clause of ALTER TABLE that may stand beside others.
fn is_clause(change: &TableChange) -> bool {
    matches!(
        change,
        TableChange::AddColumn { .. }
            | TableChange::DropColumn { .. }
            | TableChange::AlterColumn(_)
            | TableChange::AddPrimaryKey(_)
            | TableChange::DropPrimaryKey(_)
    )
}

/// The heading of an operation's section.
pub(crate) fn heading(operation: &Operation) -> &'static str {
    match operation {
        Operation::CreateNamespace { .. } => "CreateSchema",
        Operation::DropNamespace { .. } => "DropSchema",
        Operation::CreateExtension { .. } => "CreateExtension",
        Operation::DropExtension { .. } => "DropExtension",
        Operation::AlterExtension { .. } => "AlterExtension",
        Operation::CreateEnum { .. } => "CreateEnum",
        Operation::DropEnum { .. } => "DropEnum",
        Operation::RenameEnum { .. } => "RenameEnum",
        Operation::AlterEnum(_) => "AlterEnum",
        Operation::CreateDomain { .. } => "CreateDomain",
        Operation::DropDomain { .. } => "DropDomain",
        Operation::AlterDomain { .. } => "AlterDomain",
        Operation::CreateCompositeType { .. } | Operation::CreateRangeType { .. } => "CreateType",
        Operation::DropCompositeType { .. } | Operation::DropRangeType { .. } => "DropType",
        Operation::AlterCompositeType { .. } => "AlterType",
        Operation::CreateSequence { .. } => "CreateSequence",
        Operation::DropSequence { .. } => "DropSequence",
        Operation::AlterSequence { .. } => "AlterSequence",
        Operation::CreateRoutine { .. } => "CreateRoutine",
        Operation::DropRoutine { .. } => "DropRoutine",
        Operation::CreateTable { .. } => "CreateTable",
        Operation::DropTable { .. } => "DropTable",
        Operation::RenameTable { .. } => "RenameTable",
        Operation::ChangeTable { change, .. } => heading_of_change(change),
        Operation::CreateView { .. } => "CreateView",
        Operation::DropView { .. } => "DropView",
        Operation::CommentView { .. } => "Comment",
        Operation::RunStatement { .. } => "RunStatement",
    }
}

fn heading_of_change(change: &TableChange) -> &'static str {
    match change {
        TableChange::AddColumn { .. }
        | TableChange::DropColumn { .. }
        | TableChange::AlterColumn(_)
        | TableChange::AddPrimaryKey(_)
        | TableChange::DropPrimaryKey(_)
        | TableChange::SetOptions { .. }
        | TableChange::SetPartitioning { .. }
        | TableChange::SetRowSecurity { .. } => "AlterTable",
        TableChange::RenameColumn { .. } => "RenameColumn",
        TableChange::AddIndex(_) => "CreateIndex",
        TableChange::DropIndex(_) => "DropIndex",
        TableChange::CommentIndex { .. } | TableChange::SetComment { .. } => "Comment",
        TableChange::AddForeignKey(_) => "AddForeignKey",
        TableChange::DropForeignKey(_) => "DropForeignKey",
        TableChange::AddCheck(_) => "AddCheck",
        TableChange::DropCheck(_) => "DropCheck",
        TableChange::AddExclusion(_) => "AddExclusion",
        TableChange::DropExclusion(_) => "DropExclusion",
        TableChange::RenameConstraint { kind, .. } => match kind {
            ConstraintKind::Index => "RenameIndex",
            ConstraintKind::ForeignKey => "RenameForeignKey",
            // A constraint is renamed by ALTER TABLE.
            ConstraintKind::PrimaryKey => "AlterTable",
            ConstraintKind::UniqueConstraint | ConstraintKind::Check | ConstraintKind::Exclusion => "RenameConstraint",
        },
        TableChange::CreateTrigger { .. } => "CreateTrigger",
        TableChange::DropTrigger { .. } => "DropTrigger",
        TableChange::CreatePolicy { .. } => "CreatePolicy",
        TableChange::DropPolicy { .. } => "DropPolicy",
        TableChange::Rebuild(_) => "RedefineTables",
    }
}
