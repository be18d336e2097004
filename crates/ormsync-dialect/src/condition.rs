//! Whether an object is there, as the condition of a statement.

use ormsync_schema::{Operation, QualifiedName, TableChange};

/// An object that a database has or has not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing<'a> {
    /// A table, view or sequence.
    Relation(&'a QualifiedName),
    /// A column of a table.
    Column(&'a QualifiedName, &'a str),
    /// An index or unique constraint of a table.
    Index(&'a QualifiedName, &'a str),
    /// A key or check of a table.
    Constraint(&'a QualifiedName, &'a str),
    /// An enum type, or any other that is made by a statement.
    Type(&'a QualifiedName),
}

/// What has to hold for a statement to be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition<'a> {
    /// The object.
    pub object: Existing<'a>,
    /// Whether it has to be there, or must not be.
    pub is_there: bool,
}

impl<'a> Condition<'a> {
    /// The condition for an operation to have anything left to do: what it makes is not there, what it drops or renames is.
    /// None for what makes and drops nothing that has a name, and for a column that numbers itself, which may need its key in
    /// the same statement.
    pub fn of(operation: &'a Operation) -> Option<Self> {
        let absent = |object| Some(Self { object, is_there: false });
        let present = |object| Some(Self { object, is_there: true });
        match operation {
            Operation::CreateTable { name, .. }
            | Operation::CreateView { name, .. }
            | Operation::CreateSequence { name, .. } => absent(Existing::Relation(name)),
            Operation::DropTable { name, .. }
            | Operation::DropView { name, .. }
            | Operation::DropSequence { name, .. }
            | Operation::RenameTable { from: name, .. } => present(Existing::Relation(name)),
            Operation::CreateEnum { name, .. }
            | Operation::CreateDomain { name, .. }
            | Operation::CreateCompositeType { name, .. }
            | Operation::CreateRangeType { name, .. } => absent(Existing::Type(name)),
            Operation::DropEnum { name, .. }
            | Operation::DropDomain { name, .. }
            | Operation::DropCompositeType { name, .. }
            | Operation::DropRangeType { name, .. }
            | Operation::RenameEnum { from: name, .. } => present(Existing::Type(name)),
            Operation::ChangeTable { table, change } => Self::of_change(table, change),
            _ => None,
        }
    }

    /// The same for a change of a table.
    pub(crate) fn of_change(table: &'a QualifiedName, change: &'a TableChange) -> Option<Self> {
        let (object, is_there) = match change {
            TableChange::AddColumn { column, .. } | TableChange::DropColumn { column, .. }
                if column.identity.is_some() =>
            {
                return None;
            }
            TableChange::AddColumn { name, .. } => (Existing::Column(table, name), false),
            TableChange::DropColumn { name, .. } | TableChange::RenameColumn { from: name, .. } => {
                (Existing::Column(table, name), true)
            }
            TableChange::AddIndex(index) => (Existing::Index(table, index.name.as_deref()?), false),
            TableChange::DropIndex(index) => (Existing::Index(table, index.name.as_deref()?), true),
            TableChange::AddForeignKey(key) => (Existing::Constraint(table, key.name.as_deref()?), false),
            TableChange::DropForeignKey(key) => (Existing::Constraint(table, key.name.as_deref()?), true),
            TableChange::AddCheck(check) => (Existing::Constraint(table, check.name.as_deref()?), false),
            TableChange::DropCheck(check) => (Existing::Constraint(table, check.name.as_deref()?), true),
            _ => return None,
        };
        Some(Self { object, is_there })
    }
}
