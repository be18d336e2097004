//! Changes of a schema, as values.
//!
//! An [`Operation`] holds the whole objects it makes, changes or drops, so that it can be turned round
//! ([`Operation::reverse`]) and carried out on a [`Schema`] ([`Plan::apply`]) without looking anything up. A
//! [`Plan`] is a list of them in an order that a server takes. What writes a plan down (as SQL, as an Alembic
//! revision) is a renderer; none of them lives here, and none asks for more than what is in the plan.

mod apply;
mod loss;
mod plan;
mod references;
mod reverse;

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Check, Column, CompositeType, Domain, EnumType, Exclusion, Extension, ForeignKey, Index, Partitioning, Policy,
    PrimaryKey, RangeType, Routine, Sequence, Table, Trigger, View,
};

pub use apply::ApplyError;
pub use plan::{Manner, Plan, Warning, WarningKind};

/// The name of something that lives in a namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub struct QualifiedName {
    /// The namespace; empty where the server has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub namespace: String,
    /// The name in it.
    pub name: String,
}

impl QualifiedName {
    /// A name in a namespace.
    pub fn new(namespace: impl Into<String>, name: impl Into<String>) -> Self {
        Self { namespace: namespace.into(), name: name.into() }
    }
}

impl fmt::Display for QualifiedName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.namespace.is_empty() {
            write!(formatter, "{}.", self.namespace)?;
        }
        formatter.write_str(&self.name)
    }
}

/// One change of a schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Operation {
    /// Makes a namespace.
    CreateNamespace {
        /// Its name.
        name: String,
    },
    /// Drops a namespace, which has to be empty.
    DropNamespace {
        /// Its name.
        name: String,
    },
    /// Installs an extension.
    CreateExtension {
        /// Its name.
        name: String,
        /// The extension.
        extension: Extension,
    },
    /// Removes an extension.
    DropExtension {
        /// Its name.
        name: String,
        /// The extension as it was.
        extension: Extension,
    },
    /// Changes the version or namespace of an extension.
    AlterExtension {
        /// Its name.
        name: String,
        /// As it was.
        from: Extension,
        /// As it will be.
        to: Extension,
    },
    /// Makes an enum type.
    CreateEnum {
        /// Its name.
        name: QualifiedName,
        /// The type.
        enum_type: EnumType,
    },
    /// Drops an enum type, which nothing may use any more.
    DropEnum {
        /// Its name.
        name: QualifiedName,
        /// The type as it was.
        enum_type: EnumType,
    },
    /// Renames an enum type; what uses it follows.
    RenameEnum {
        /// Its old name.
        from: QualifiedName,
        /// Its new name.
        to: QualifiedName,
    },
    /// Changes the labels or comment of an enum type.
    AlterEnum(EnumChange),
    /// Makes a domain.
    CreateDomain {
        /// Its name.
        name: QualifiedName,
        /// The domain.
        domain: Domain,
    },
    /// Drops a domain.
    DropDomain {
        /// Its name.
        name: QualifiedName,
        /// The domain as it was.
        domain: Domain,
    },
    /// Changes what a domain demands. Its type stays.
    AlterDomain {
        /// Its name.
        name: QualifiedName,
        /// As it was.
        from: Domain,
        /// As it will be.
        to: Domain,
    },
    /// Makes a composite type.
    CreateCompositeType {
        /// Its name.
        name: QualifiedName,
        /// The type.
        composite_type: CompositeType,
    },
    /// Drops a composite type.
    DropCompositeType {
        /// Its name.
        name: QualifiedName,
        /// The type as it was.
        composite_type: CompositeType,
    },
    /// Changes the fields of a composite type.
    AlterCompositeType {
        /// Its name.
        name: QualifiedName,
        /// As it was.
        from: CompositeType,
        /// As it will be.
        to: CompositeType,
    },
    /// Makes a range type.
    CreateRangeType {
        /// Its name.
        name: QualifiedName,
        /// The type.
        range_type: RangeType,
    },
    /// Drops a range type.
    DropRangeType {
        /// Its name.
        name: QualifiedName,
        /// The type as it was.
        range_type: RangeType,
    },
    /// Makes a sequence that numbers no column by itself.
    CreateSequence {
        /// Its name.
        name: QualifiedName,
        /// The sequence.
        sequence: Sequence,
    },
    /// Drops a sequence.
    DropSequence {
        /// Its name.
        name: QualifiedName,
        /// The sequence as it was.
        sequence: Sequence,
    },
    /// Changes how a sequence counts.
    AlterSequence {
        /// Its name.
        name: QualifiedName,
        /// As it was.
        from: Sequence,
        /// As it will be.
        to: Sequence,
    },
    /// Makes a function or procedure.
    CreateRoutine {
        /// Its name and signature.
        name: QualifiedName,
        /// The routine.
        routine: Routine,
    },
    /// Drops a function or procedure.
    DropRoutine {
        /// Its name and signature.
        name: QualifiedName,
        /// The routine as it was.
        routine: Routine,
    },
    /// Makes a table with everything that is in it. Foreign keys that have to wait for another table are
    /// not in it: they are added by a later [`TableChange::AddForeignKey`].
    CreateTable {
        /// Its name.
        name: QualifiedName,
        /// The table.
        table: Box<Table>,
    },
    /// Drops a table with its rows.
    DropTable {
        /// Its name.
        name: QualifiedName,
        /// The table as it was.
        table: Box<Table>,
    },
    /// Renames a table; foreign keys and partitions that refer to it follow.
    RenameTable {
        /// Its old name.
        from: QualifiedName,
        /// Its new name.
        to: QualifiedName,
    },
    /// Changes something of a table.
    ChangeTable {
        /// The table.
        table: QualifiedName,
        /// What changes.
        change: TableChange,
    },
    /// Makes a view.
    CreateView {
        /// Its name.
        name: QualifiedName,
        /// The view.
        view: Box<View>,
    },
    /// Drops a view.
    DropView {
        /// Its name.
        name: QualifiedName,
        /// The view as it was.
        view: Box<View>,
    },
    /// Sets a view's comment.
    CommentView {
        /// Its name.
        name: QualifiedName,
        /// Whether it is kept on disk, which the statement has to say.
        materialised: bool,
        /// As it was.
        from: Option<String>,
        /// As it will be.
        to: Option<String>,
    },
    /// Runs a statement that changes rows and not the schema: a backfill, a mapping of labels.
    RunStatement {
        /// The statement, in the plan's dialect, without a semicolon.
        statement: String,
        /// The statement that undoes it; none where nothing does, or nothing has to.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reverse: Option<String>,
    },
}

/// A change of an enum type's labels or comment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumChange {
    /// The type's name.
    pub name: QualifiedName,
    /// As it was.
    pub from: EnumType,
    /// As it will be.
    pub to: EnumType,
    /// Labels that stay but change their name: old to new. What is in `from` and neither here nor in `to` is
    /// dropped; rows that hold it make the change fail.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub renamed_labels: BTreeMap<String, String>,
    /// The columns of this type, as they are while the change is made: where the server can't change the type
    /// in place, they are moved to a new one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<EnumUser>,
    /// Whether a new label is used by a later operation, so that a server which needs a commit between adding a
    /// label and using it has to make the type anew.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub used_at_once: bool,
}

/// A column whose type is an enum, or an array of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EnumUser {
    /// Its table.
    pub table: QualifiedName,
    /// Its name.
    pub name: String,
    /// The column.
    pub column: Column,
}

/// A change of one table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TableChange {
    /// Adds a column behind the others.
    AddColumn {
        /// Its name.
        name: String,
        /// The column.
        column: Box<Column>,
    },
    /// Drops a column with its values. What is built on it has been dropped before.
    DropColumn {
        /// Its name.
        name: String,
        /// The column as it was.
        column: Box<Column>,
    },
    /// Renames a column; keys and indexes follow.
    RenameColumn {
        /// Its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Changes anything of a column: type, nullability, default, value on update, identity, generation, collation,
    /// comment, visibility.
    AlterColumn(Box<ColumnChange>),
    /// Adds the primary key.
    AddPrimaryKey(PrimaryKey),
    /// Drops the primary key.
    DropPrimaryKey(PrimaryKey),
    /// Adds an index or unique constraint.
    AddIndex(Box<Index>),
    /// Drops an index or unique constraint.
    DropIndex(Box<Index>),
    /// Sets an index's comment.
    CommentIndex {
        /// The index as it is, with the old comment.
        index: Box<Index>,
        /// The comment as it will be.
        to: Option<String>,
    },
    /// Adds a foreign key.
    AddForeignKey(ForeignKey),
    /// Drops a foreign key.
    DropForeignKey(ForeignKey),
    /// Adds a check constraint.
    AddCheck(Check),
    /// Drops a check constraint.
    DropCheck(Check),
    /// Adds an exclusion constraint.
    AddExclusion(Exclusion),
    /// Drops an exclusion constraint.
    DropExclusion(Exclusion),
    /// Renames an index or constraint.
    RenameConstraint {
        /// What it is.
        kind: ConstraintKind,
        /// Its old name.
        from: String,
        /// Its new name.
        to: String,
    },
    /// Makes a trigger.
    CreateTrigger {
        /// Its name.
        name: String,
        /// The trigger.
        trigger: Trigger,
    },
    /// Drops a trigger.
    DropTrigger {
        /// Its name.
        name: String,
        /// The trigger as it was.
        trigger: Trigger,
    },
    /// Makes a row-level security policy.
    CreatePolicy {
        /// Its name.
        name: String,
        /// The policy.
        policy: Policy,
    },
    /// Drops a row-level security policy.
    DropPolicy {
        /// Its name.
        name: String,
        /// The policy as it was.
        policy: Policy,
    },
    /// Switches row-level security on or off.
    SetRowSecurity {
        /// Whether it will be on.
        enabled: bool,
    },
    /// Sets the table's comment.
    SetComment {
        /// As it was.
        from: Option<String>,
        /// As it will be.
        to: Option<String>,
    },
    /// Sets storage options.
    SetOptions {
        /// All of them, as they were.
        from: BTreeMap<String, String>,
        /// All of them, as they will be.
        to: BTreeMap<String, String>,
    },
    /// Attaches a table to, or detaches it from, the table it is a partition of or inherits from.
    SetPartitioning {
        /// As it was.
        from: Option<Partitioning>,
        /// As it will be.
        to: Option<Partitioning>,
    },
    /// Makes the table anew and moves its rows: for servers that can't change a table in place.
    Rebuild(Box<TableRebuild>),
}

/// A change of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ColumnChange {
    /// Its name.
    pub name: String,
    /// As it was.
    pub from: Column,
    /// As it will be.
    pub to: Column,
    /// How old values become new ones, where the server's own conversion is not what is wanted: an expression in
    /// the plan's dialect.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using: Option<String>,
    /// The same for the way back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub using_back: Option<String>,
}

impl ColumnChange {
    /// A change that leaves the conversion of values to the server.
    pub fn new(name: impl Into<String>, from: Column, to: Column) -> Self {
        Self { name: name.into(), from, to, using: None, using_back: None }
    }
}

/// What has a name and can be renamed without being made anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConstraintKind {
    /// The primary key.
    PrimaryKey,
    /// An index.
    Index,
    /// A unique constraint.
    UniqueConstraint,
    /// A foreign key.
    ForeignKey,
    /// A check constraint.
    Check,
    /// An exclusion constraint.
    Exclusion,
}

/// A table made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TableRebuild {
    /// As it was.
    pub from: Table,
    /// As it will be. Columns keep their values by name: one that is renamed has been before.
    pub to: Table,
    /// What to fill columns with: an expression in the plan's dialect for each column of `to` whose values are
    /// not simply copied.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, String>,
    /// The same for the way back.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values_back: BTreeMap<String, String>,
}

impl Operation {
    /// A change of a table.
    pub fn change(table: QualifiedName, change: TableChange) -> Self {
        Self::ChangeTable { table, change }
    }

    /// What the operation is about, for messages: `public.users`, `public.users.email`.
    pub fn subject(&self) -> String {
        match self {
            Self::CreateNamespace { name } | Self::DropNamespace { name } => name.clone(),
            Self::CreateExtension { name, .. }
            | Self::DropExtension { name, .. }
            | Self::AlterExtension { name, .. } => name.clone(),
            Self::CreateEnum { name, .. }
            | Self::DropEnum { name, .. }
            | Self::RenameEnum { from: name, .. }
            | Self::AlterEnum(EnumChange { name, .. })
            | Self::CreateDomain { name, .. }
            | Self::DropDomain { name, .. }
            | Self::AlterDomain { name, .. }
            | Self::CreateCompositeType { name, .. }
            | Self::DropCompositeType { name, .. }
            | Self::AlterCompositeType { name, .. }
            | Self::CreateRangeType { name, .. }
            | Self::DropRangeType { name, .. }
            | Self::CreateSequence { name, .. }
            | Self::DropSequence { name, .. }
            | Self::AlterSequence { name, .. }
            | Self::CreateRoutine { name, .. }
            | Self::DropRoutine { name, .. }
            | Self::CreateTable { name, .. }
            | Self::DropTable { name, .. }
            | Self::RenameTable { from: name, .. }
            | Self::CreateView { name, .. }
            | Self::DropView { name, .. }
            | Self::CommentView { name, .. } => name.to_string(),
            Self::ChangeTable { table, change } => match change.name() {
                Some(name) => format!("{table}.{name}"),
                None => table.to_string(),
            },
            Self::RunStatement { statement, .. } => statement.clone(),
        }
    }
}

impl TableChange {
    /// The name of what changes in the table, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::AddColumn { name, .. }
            | Self::DropColumn { name, .. }
            | Self::RenameColumn { from: name, .. }
            | Self::RenameConstraint { from: name, .. }
            | Self::CreateTrigger { name, .. }
            | Self::DropTrigger { name, .. }
            | Self::CreatePolicy { name, .. }
            | Self::DropPolicy { name, .. } => Some(name),
            Self::AlterColumn(change) => Some(&change.name),
            Self::AddPrimaryKey(key) | Self::DropPrimaryKey(key) => key.name.as_deref(),
            Self::AddIndex(index) | Self::DropIndex(index) | Self::CommentIndex { index, .. } => index.name.as_deref(),
            Self::AddForeignKey(key) | Self::DropForeignKey(key) => key.name.as_deref(),
            Self::AddCheck(check) | Self::DropCheck(check) => check.name.as_deref(),
            Self::AddExclusion(exclusion) | Self::DropExclusion(exclusion) => exclusion.name.as_deref(),
            Self::SetRowSecurity { .. }
            | Self::SetComment { .. }
            | Self::SetOptions { .. }
            | Self::SetPartitioning { .. }
            | Self::Rebuild(_) => None,
        }
    }
}
