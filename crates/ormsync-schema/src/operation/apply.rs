//! Carrying operations out on a schema, without a server.

use std::collections::BTreeMap;
use std::fmt;

use super::{ConstraintKind, Operation, Plan, QualifiedName, TableChange, references};
use crate::{Namespace, Schema, Table};

/// Why an operation can't be carried out: what it needs is not there, or what it makes already is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApplyError {
    /// The operation's place in the plan, from 0.
    pub position: usize,
    /// What it is about.
    pub subject: String,
    /// What is wrong.
    pub problem: String,
}

impl fmt::Display for ApplyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "operation {} ({}): {}", self.position + 1, self.subject, self.problem)
    }
}

impl std::error::Error for ApplyError {}

impl Plan {
    /// The schema that this plan makes of `schema`. Nothing happens that no operation says: what a server does
    /// on its own (drop the indexes of a dropped column) is in the plan as operations of its own.
    ///
    /// # Errors
    ///
    /// Where an operation does not fit the schema.
    pub fn apply(&self, schema: &Schema) -> Result<Schema, ApplyError> {
        let mut schema = schema.clone();
        for (position, operation) in self.operations.iter().enumerate() {
            operation.apply(&mut schema).map_err(|problem| ApplyError {
                position,
                subject: operation.subject(),
                problem: problem.to_owned(),
            })?;
        }
        Ok(schema)
    }
}

/// What is wrong, in a few words.
type Outcome = Result<(), &'static str>;

const MISSING: &str = "it does not exist";
const TAKEN: &str = "something of that name is already there";

impl Operation {
    /// Carries the operation out on a schema.
    ///
    /// # Errors
    ///
    /// What is wrong, where it does not fit the schema.
    pub fn apply(&self, schema: &mut Schema) -> Result<(), &'static str> {
        match self {
            Self::CreateNamespace { name } => insert(&mut schema.namespaces, name, &Namespace::default()),
            Self::DropNamespace { name } => match schema.namespaces.get(name) {
                Some(content) if *content != Namespace::default() => Err("it is not empty"),
                _ => remove(&mut schema.namespaces, name),
            },
            Self::CreateExtension { name, extension } => insert(&mut schema.extensions, name, extension),
            Self::DropExtension { name, .. } => remove(&mut schema.extensions, name),
            Self::AlterExtension { name, to, .. } => replace(&mut schema.extensions, name, to),
            Self::CreateEnum { name, enum_type } => insert(&mut content(schema, name).enums, &name.name, enum_type),
            Self::DropEnum { name, .. } => remove(&mut content(schema, name).enums, &name.name),
            Self::RenameEnum { from, to } => {
                let enum_type = content(schema, from).enums.remove(&from.name).ok_or(MISSING)?;
                insert(&mut content(schema, to).enums, &to.name, &enum_type)?;
                references::rename_enum(schema, from, to);
                Ok(())
            }
            Self::AlterEnum(change) => {
                replace(&mut content(schema, &change.name).enums, &change.name.name, &change.to)?;
                references::rename_labels(schema, &change.name, &change.renamed_labels);
                Ok(())
            }
            Self::CreateDomain { name, domain } => insert(&mut content(schema, name).domains, &name.name, domain),
            Self::DropDomain { name, .. } => remove(&mut content(schema, name).domains, &name.name),
            Self::AlterDomain { name, to, .. } => replace(&mut content(schema, name).domains, &name.name, to),
            Self::CreateCompositeType { name, composite_type } => {
                insert(&mut content(schema, name).composite_types, &name.name, composite_type)
            }
            Self::DropCompositeType { name, .. } => remove(&mut content(schema, name).composite_types, &name.name),
            Self::AlterCompositeType { name, to, .. } => {
                replace(&mut content(schema, name).composite_types, &name.name, to)
            }
            Self::CreateRangeType { name, range_type } => {
                insert(&mut content(schema, name).ranges, &name.name, range_type)
            }
            Self::DropRangeType { name, .. } => remove(&mut content(schema, name).ranges, &name.name),
            Self::CreateSequence { name, sequence } => {
                insert(&mut content(schema, name).sequences, &name.name, sequence)
            }
            Self::DropSequence { name, .. } => remove(&mut content(schema, name).sequences, &name.name),
            Self::AlterSequence { name, to, .. } => replace(&mut content(schema, name).sequences, &name.name, to),
            Self::CreateRoutine { name, routine } => insert(&mut content(schema, name).routines, &name.name, routine),
            Self::DropRoutine { name, .. } => remove(&mut content(schema, name).routines, &name.name),
            Self::CreateTable { name, table } => insert(&mut content(schema, name).tables, &name.name, table),
            Self::DropTable { name, .. } => remove(&mut content(schema, name).tables, &name.name),
            Self::RenameTable { from, to } => {
                let table = content(schema, from).tables.remove(&from.name).ok_or(MISSING)?;
                insert(&mut content(schema, to).tables, &to.name, &table)?;
                references::rename_table(schema, from, to);
                Ok(())
            }
            Self::ChangeTable { table, change: TableChange::RenameColumn { from, to } } => {
                let columns = &table_of(schema, table)?.columns;
                if !columns.contains_key(from) {
                    return Err(MISSING);
                }
                if columns.contains_key(to) {
                    return Err(TAKEN);
                }
                references::rename_column(schema, table, from, to);
                Ok(())
            }
            Self::ChangeTable { table, change } => change.apply(table_of(schema, table)?),
            Self::CreateView { name, view } => insert(&mut content(schema, name).views, &name.name, view),
            Self::DropView { name, .. } => remove(&mut content(schema, name).views, &name.name),
            Self::CommentView { name, to, .. } => {
                let view = content(schema, name).views.get_mut(&name.name).ok_or(MISSING)?;
                view.comment.clone_from(to);
                Ok(())
            }
            Self::RunStatement { .. } => Ok(()),
        }
    }
}

impl TableChange {
    fn apply(&self, table: &mut Table) -> Outcome {
        match self {
            Self::AddColumn { name, column } => match table.columns.insert(name.clone(), (**column).clone()) {
                Some(_) => Err(TAKEN),
                None => Ok(()),
            },
            Self::DropColumn { name, .. } => table.columns.shift_remove(name).map(drop).ok_or(MISSING),
            // It concerns other tables too, and is done above.
            Self::RenameColumn { .. } => Ok(()),
            Self::AlterColumn(change) => {
                *table.columns.get_mut(&change.name).ok_or(MISSING)? = change.to.clone();
                Ok(())
            }
            Self::AddPrimaryKey(key) => match table.primary_key.replace(key.clone()) {
                Some(_) => Err("the table has a primary key"),
                None => Ok(()),
            },
            Self::DropPrimaryKey(_) => table.primary_key.take().map(drop).ok_or("the table has no primary key"),
            Self::AddIndex(index) => {
                table.indexes.push((**index).clone());
                Ok(())
            }
            Self::DropIndex(index) => take_out(&mut table.indexes, |other| other == &**index),
            Self::CommentIndex { index, to } => {
                let found = table.indexes.iter_mut().find(|other| other.name == index.name).ok_or(MISSING)?;
                found.comment.clone_from(to);
                Ok(())
            }
            Self::AddForeignKey(key) => {
                table.foreign_keys.push(key.clone());
                Ok(())
            }
            Self::DropForeignKey(key) => take_out(&mut table.foreign_keys, |other| other == key),
            Self::AddCheck(check) => {
                table.checks.push(check.clone());
                Ok(())
            }
            Self::DropCheck(check) => take_out(&mut table.checks, |other| other == check),
            Self::AddExclusion(exclusion) => {
                table.exclusions.push(exclusion.clone());
                Ok(())
            }
            Self::DropExclusion(exclusion) => take_out(&mut table.exclusions, |other| other == exclusion),
            Self::RenameConstraint { kind, from, to } => rename_constraint(table, *kind, from, to),
            Self::CreateTrigger { name, trigger } => insert(&mut table.triggers, name, trigger),
            Self::DropTrigger { name, .. } => remove(&mut table.triggers, name),
            Self::CreatePolicy { name, policy } => insert(&mut table.policies, name, policy),
            Self::DropPolicy { name, .. } => remove(&mut table.policies, name),
            Self::SetRowSecurity { enabled } => {
                table.row_security = *enabled;
                Ok(())
            }
            Self::SetComment { to, .. } => {
                table.comment.clone_from(to);
                Ok(())
            }
            Self::SetOptions { to, .. } => {
                table.options.clone_from(to);
                Ok(())
            }
            Self::SetPartitioning { to, .. } => {
                table.partitioning.clone_from(to);
                Ok(())
            }
            Self::Rebuild(rebuild) => {
                *table = rebuild.to.clone();
                Ok(())
            }
        }
    }
}

fn rename_constraint(table: &mut Table, kind: ConstraintKind, from: &str, to: &str) -> Outcome {
    let is_it = |name: &&mut Option<String>| name.as_deref() == Some(from);
    let found = match kind {
        ConstraintKind::PrimaryKey => table.primary_key.as_mut().map(|key| &mut key.name).filter(is_it),
        ConstraintKind::Index | ConstraintKind::UniqueConstraint => {
            table.indexes.iter_mut().map(|index| &mut index.name).find(is_it)
        }
        ConstraintKind::ForeignKey => table.foreign_keys.iter_mut().map(|key| &mut key.name).find(is_it),
        ConstraintKind::Check => table.checks.iter_mut().map(|check| &mut check.name).find(is_it),
        ConstraintKind::Exclusion => table.exclusions.iter_mut().map(|exclusion| &mut exclusion.name).find(is_it),
    };
    *found.ok_or(MISSING)? = Some(to.to_owned());
    Ok(())
}

fn content<'a>(schema: &'a mut Schema, name: &QualifiedName) -> &'a mut Namespace {
    schema.namespace_mut(&name.namespace)
}

fn table_of<'a>(schema: &'a mut Schema, name: &QualifiedName) -> Result<&'a mut Table, &'static str> {
    content(schema, name).tables.get_mut(&name.name).ok_or("the table does not exist")
}

fn insert<T: Clone>(objects: &mut BTreeMap<String, T>, name: &str, object: &T) -> Outcome {
    match objects.insert(name.to_owned(), object.clone()) {
        Some(_) => Err(TAKEN),
        None => Ok(()),
    }
}

fn replace<T: Clone>(objects: &mut BTreeMap<String, T>, name: &str, object: &T) -> Outcome {
    *objects.get_mut(name).ok_or(MISSING)? = object.clone();
    Ok(())
}

fn remove<T>(objects: &mut BTreeMap<String, T>, name: &str) -> Outcome {
    objects.remove(name).map(drop).ok_or(MISSING)
}

fn take_out<T>(objects: &mut Vec<T>, is_it: impl Fn(&T) -> bool) -> Outcome {
    let position = objects.iter().position(is_it).ok_or(MISSING)?;
    objects.remove(position);
    Ok(())
}
