//! The way back. Every operation holds what it takes, so each has one; what was lost on the way there
//! ([`Operation::loss`]) does not come back with it.

use super::{ColumnChange, EnumChange, Operation, TableChange, TableRebuild};
use crate::{EnumType, Index};

impl Operation {
    /// The operation that undoes this one on a schema. Rows, values and labels that this one loses stay lost.
    #[must_use]
    pub fn reverse(&self) -> Self {
        match self.clone() {
            Self::CreateNamespace { name } => Self::DropNamespace { name },
            Self::DropNamespace { name } => Self::CreateNamespace { name },
            Self::CreateExtension { name, extension } => Self::DropExtension { name, extension },
            Self::DropExtension { name, extension } => Self::CreateExtension { name, extension },
            Self::AlterExtension { name, from, to } => Self::AlterExtension { name, from: to, to: from },
            Self::CreateEnum { name, enum_type } => Self::DropEnum { name, enum_type },
            Self::DropEnum { name, enum_type } => Self::CreateEnum { name, enum_type },
            Self::RenameEnum { from, to } => Self::RenameEnum { from: to, to: from },
            Self::AlterEnum(change) => Self::AlterEnum(change.reverse()),
            Self::CreateDomain { name, domain } => Self::DropDomain { name, domain },
            Self::DropDomain { name, domain } => Self::CreateDomain { name, domain },
            Self::AlterDomain { name, from, to } => Self::AlterDomain { name, from: to, to: from },
            Self::CreateCompositeType { name, composite_type } => Self::DropCompositeType { name, composite_type },
            Self::DropCompositeType { name, composite_type } => Self::CreateCompositeType { name, composite_type },
            Self::AlterCompositeType { name, from, to } => Self::AlterCompositeType { name, from: to, to: from },
            Self::CreateRangeType { name, range_type } => Self::DropRangeType { name, range_type },
            Self::DropRangeType { name, range_type } => Self::CreateRangeType { name, range_type },
            Self::CreateSequence { name, sequence } => Self::DropSequence { name, sequence },
            Self::DropSequence { name, sequence } => Self::CreateSequence { name, sequence },
            Self::AlterSequence { name, from, to } => Self::AlterSequence { name, from: to, to: from },
            Self::CreateRoutine { name, routine } => Self::DropRoutine { name, routine },
            Self::DropRoutine { name, routine } => Self::CreateRoutine { name, routine },
            Self::CreateTable { name, table } => Self::DropTable { name, table },
            Self::DropTable { name, table } => Self::CreateTable { name, table },
            Self::RenameTable { from, to } => Self::RenameTable { from: to, to: from },
            Self::ChangeTable { table, change } => Self::ChangeTable { table, change: change.reverse() },
            Self::CreateView { name, view } => Self::DropView { name, view },
            Self::DropView { name, view } => Self::CreateView { name, view },
            Self::CommentView { name, materialised, from, to } => {
                Self::CommentView { name, materialised, from: to, to: from }
            }
            // Rows need no undoing where nobody said how.
            Self::RunStatement { statement, reverse } => {
                Self::RunStatement { statement: reverse.unwrap_or_default(), reverse: Some(statement) }
            }
        }
    }
}

impl EnumChange {
    fn reverse(self) -> Self {
        let renamed_labels = self.renamed_labels.into_iter().map(|(old, new)| (new, old)).collect();
        let users = self.users;
        Self { name: self.name, from: self.to, to: self.from, renamed_labels, users, used_at_once: false }
    }

    /// The labels that are added.
    pub fn added_labels(&self) -> impl Iterator<Item = &str> {
        let is_new = |label: &&String| {
            !self.from.labels.contains(label) && !self.renamed_labels.values().any(|new| new == *label)
        };
        self.to.labels.iter().filter(is_new).map(String::as_str)
    }

    /// Whether the labels that stay keep their order and none is dropped, so that a server which can only add labels
    /// to a type can make the change in place. [`EnumChange::used_at_once`] may stand against it.
    pub fn only_adds_labels(&self) -> bool {
        let renamed = |label: &String| self.renamed_labels.get(label).unwrap_or(label).clone();
        let kept: Vec<String> = self.from.labels.iter().map(renamed).collect();
        let added: Vec<&str> = self.added_labels().collect();
        let rest: Vec<&String> = self.to.labels.iter().filter(|label| !added.contains(&label.as_str())).collect();
        kept.iter().eq(rest)
    }

    /// Whether the type has to be made anew and its columns moved, on a server that can only add and rename labels.
    pub fn needs_new_type(&self) -> bool {
        !self.only_adds_labels() || (self.used_at_once && self.added_labels().next().is_some())
    }

    /// The labels that are dropped.
    pub fn dropped_labels(&self) -> impl Iterator<Item = &str> {
        let EnumType { labels, .. } = &self.to;
        let stays = |label: &&String| labels.contains(label) || self.renamed_labels.contains_key(*label);
        self.from.labels.iter().filter(move |label| !stays(label)).map(String::as_str)
    }
}

impl TableChange {
    /// The change that undoes this one.
    #[must_use]
    pub fn reverse(self) -> Self {
        match self {
            Self::AddColumn { name, column } => Self::DropColumn { name, column },
            Self::DropColumn { name, column } => Self::AddColumn { name, column },
            Self::RenameColumn { from, to } => Self::RenameColumn { from: to, to: from },
            Self::AlterColumn(change) => Self::AlterColumn(Box::new(change.reverse())),
            Self::AddPrimaryKey(key) => Self::DropPrimaryKey(key),
            Self::DropPrimaryKey(key) => Self::AddPrimaryKey(key),
            Self::AddIndex(index) => Self::DropIndex(index),
            Self::DropIndex(index) => Self::AddIndex(index),
            Self::CommentIndex { index, to } => {
                let from = index.comment.clone();
                Self::CommentIndex { index: Box::new(Index { comment: to, ..*index }), to: from }
            }
            Self::AddForeignKey(key) => Self::DropForeignKey(key),
            Self::DropForeignKey(key) => Self::AddForeignKey(key),
            Self::AddCheck(check) => Self::DropCheck(check),
            Self::DropCheck(check) => Self::AddCheck(check),
            Self::AddExclusion(exclusion) => Self::DropExclusion(exclusion),
            Self::DropExclusion(exclusion) => Self::AddExclusion(exclusion),
            Self::RenameConstraint { kind, from, to } => Self::RenameConstraint { kind, from: to, to: from },
            Self::CreateTrigger { name, trigger } => Self::DropTrigger { name, trigger },
            Self::DropTrigger { name, trigger } => Self::CreateTrigger { name, trigger },
            Self::CreatePolicy { name, policy } => Self::DropPolicy { name, policy },
            Self::DropPolicy { name, policy } => Self::CreatePolicy { name, policy },
            Self::SetRowSecurity { enabled } => Self::SetRowSecurity { enabled: !enabled },
            Self::SetComment { from, to } => Self::SetComment { from: to, to: from },
            Self::SetOptions { from, to } => Self::SetOptions { from: to, to: from },
            Self::SetPartitioning { from, to } => Self::SetPartitioning { from: to, to: from },
            Self::Rebuild(rebuild) => Self::Rebuild(Box::new(rebuild.reverse())),
        }
    }
}

impl ColumnChange {
    fn reverse(self) -> Self {
        Self { name: self.name, from: self.to, to: self.from, using: self.using_back, using_back: self.using }
    }
}

impl TableRebuild {
    fn reverse(self) -> Self {
        Self { from: self.to, to: self.from, values: self.values_back, values_back: self.values }
    }
}
