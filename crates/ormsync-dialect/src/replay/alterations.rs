//! `ALTER TABLE`.

use ormsync_schema::{DefaultValue, Index, IndexKind, IndexPart, Operation, QualifiedName, Table, TableChange};
use sqlparser::ast::{
    AlterColumnOperation, AlterTable, AlterTableOperation, ColumnOption, ColumnOptionDef, DataType as SqlType,
    DropBehavior, Ident, MySQLColumnPosition, RenameTableNameKind,
};

use super::columns::{Declared, identity_of};
use super::tables::bring;
use super::{Outcome, Replay};

impl Replay<'_> {
    pub(super) fn alter_table(&mut self, statement: &AlterTable) -> Outcome {
        let mut path = self.path(&statement.name);
        match self.find_table(&path) {
            Some(found) => path = found,
            None if self.schema.namespaces.get(&path.namespace).is_some_and(|it| it.views.contains_key(&path.name)) => {
                return self.alter_view(&path, &statement.operations);
            }
            None if statement.if_exists || self.tolerant => return Ok(()),
            None => return Err(format!("there is no table {path}")),
        }
        for operation in &statement.operations {
            if let AlterTableOperation::RenameTable { table_name } = operation {
                let (RenameTableNameKind::As(name) | RenameTableNameKind::To(name)) = table_name;
                let mut to = self.path(name);
                // PostgreSQL's new name has no namespace: the table stays where it is.
                if name.0.len() == 1 {
                    to.namespace.clone_from(&path.namespace);
                }
                self.rename_table(&path, to.clone())?;
                path = to;
                continue;
            }
            // The table is out of the schema while it is changed, so that both are at hand.
            let content = self.content(&path.namespace);
            let Some(mut table) = content.tables.remove(&path.name) else {
                return Err(format!("there is no table {path}"));
            };
            let outcome = self.alteration(operation, &path, &mut table);
            self.content(&path.namespace).tables.insert(path.name.clone(), table);
            outcome?;
            self.renames(operation, &path)?;
        }
        Ok(())
    }

    /// What concerns other tables, too.
    fn renames(&mut self, operation: &AlterTableOperation, path: &QualifiedName) -> Outcome {
        let (from, to) = match operation {
            AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                (old_column_name, new_column_name)
            }
            AlterTableOperation::ChangeColumn { old_name, new_name, .. } => (old_name, new_name),
            _ => return Ok(()),
        };
        let (from, to) = (self.fold(from), self.fold(to));
        let table = self.table_mut(path)?.clone();
        let from = self.column_name(&table, &from).ok_or_else(|| format!("{path} has no column {from}"))?;
        if from == to {
            return Ok(());
        }
        for table in self.with_partitions(path) {
            self.rename_in_key(&table, &from, &to);
            let change = TableChange::RenameColumn { from: from.clone(), to: to.clone() };
            let operation = Operation::change(table, change);
            operation.apply(self.schema).map_err(|problem| format!("{}: {problem}", operation.subject()))?;
        }
        Ok(())
    }

    fn alteration(&mut self, operation: &AlterTableOperation, path: &QualifiedName, table: &mut Table) -> Outcome {
        match operation {
            AlterTableOperation::AddConstraint { constraint, not_valid } => {
                self.add_constraint(constraint, *not_valid, table)
            }
            AlterTableOperation::AddColumn { if_not_exists, column_def, column_position, .. } => {
                let declared = self.column(column_def);
                if self.column_name(table, &declared.name).is_some() {
                    let is_guarded = *if_not_exists || self.tolerant;
                    return if is_guarded {
                        Ok(())
                    } else {
                        Err(format!("{path} has a column {} already", declared.name))
                    };
                }
                self.place(declared, column_position.as_ref(), table)
            }
            AlterTableOperation::DropColumn { column_names, if_exists, drop_behavior, .. } => {
                let cascade = *drop_behavior == Some(DropBehavior::Cascade);
                column_names.iter().try_for_each(|name| self.drop_column(name, *if_exists, cascade, path, table))
            }
            AlterTableOperation::AlterColumn { column_name, op } => {
                let name = self.existing_column(column_name, path, table)?;
                self.alter_column(&name, op, table)
            }
            AlterTableOperation::ChangeColumn { old_name, data_type, options, column_position, .. } => {
                self.redefine(old_name, data_type, options, column_position.as_ref(), path, table)
            }
            AlterTableOperation::ModifyColumn { col_name, data_type, options, column_position } => {
                self.redefine(col_name, data_type, options, column_position.as_ref(), path, table)
            }
            AlterTableOperation::DropConstraint { if_exists, name, drop_behavior } => {
                let cascade = *drop_behavior == Some(DropBehavior::Cascade);
                self.drop_constraint(name, *if_exists || self.tolerant, cascade, path, table)
            }
            AlterTableOperation::DropPrimaryKey { .. } => {
                table.primary_key.take().map(drop).ok_or_else(|| format!("{path} has no primary key"))
            }
            AlterTableOperation::DropForeignKey { name, .. } => {
                let name = self.fold(name);
                let before = table.foreign_keys.len();
                table.foreign_keys.retain(|key| !self.is_same(key.name.as_deref(), &name));
                if table.foreign_keys.len() == before {
                    Err(format!("{path} has no foreign key {name}"))
                } else {
                    Ok(())
                }
            }
            AlterTableOperation::DropIndex { name } => {
                let name = self.fold(name);
                self.drop_index_of(&name, false, path, table)
            }
            AlterTableOperation::RenameConstraint { old_name, new_name } => {
                let (from, to) = (self.fold(old_name), self.fold(new_name));
                rename_constraint(table, &from, to).ok_or_else(|| format!("{path} has no constraint {from}"))
            }
            AlterTableOperation::ValidateConstraint { name } => {
                let name = self.fold(name);
                let keys = table.foreign_keys.iter_mut().map(|key| (&key.name, &mut key.not_valid));
                let checks = table.checks.iter_mut().map(|check| (&check.name, &mut check.not_valid));
                for (_, not_valid) in keys.chain(checks).filter(|(own, _)| own.as_deref() == Some(name.as_str())) {
                    *not_valid = false;
                }
                Ok(())
            }
            AlterTableOperation::EnableRowLevelSecurity => {
                table.row_security = true;
                Ok(())
            }
            AlterTableOperation::DisableRowLevelSecurity => {
                table.row_security = false;
                Ok(())
            }
            AlterTableOperation::ForceRowLevelSecurity => {
                table.options.insert("force_row_security".to_owned(), "true".to_owned());
                Ok(())
            }
            AlterTableOperation::NoForceRowLevelSecurity => {
                table.options.remove("force_row_security");
                Ok(())
            }
            AlterTableOperation::SetUnlogged => {
                table.options.insert("unlogged".to_owned(), "true".to_owned());
                Ok(())
            }
            AlterTableOperation::SetLogged => {
                table.options.remove("unlogged");
                Ok(())
            }
            // Done by `renames`, or of no concern to a catalogue that tells no owners, locks and counters.
            AlterTableOperation::RenameColumn { .. }
            | AlterTableOperation::RenameTable { .. }
            | AlterTableOperation::OwnerTo { .. }
            | AlterTableOperation::Algorithm { .. }
            | AlterTableOperation::Lock { .. }
            | AlterTableOperation::AutoIncrement { .. }
            | AlterTableOperation::ReplicaIdentity { .. } => Ok(()),
            other => Err(format!("`{other}` is not known")),
        }
    }

    fn existing_column(&self, name: &Ident, path: &QualifiedName, table: &Table) -> Result<String, String> {
        let name = self.fold(name);
        self.column_name(table, &name).ok_or_else(|| format!("{path} has no column {name}"))
    }

    /// Adds a column where the statement wants it.
    fn place(&self, declared: Declared, position: Option<&MySQLColumnPosition>, table: &mut Table) -> Outcome {
        let Declared { name, column, brings } = declared;
        table.columns.insert(name.clone(), column);
        self.move_column(&name, position, table)?;
        bring(brings, table)
    }

    fn move_column(&self, name: &str, position: Option<&MySQLColumnPosition>, table: &mut Table) -> Outcome {
        let Some(position) = position else { return Ok(()) };
        let from = table.columns.get_index_of(name).ok_or("the column is gone")?;
        let to = match position {
            MySQLColumnPosition::First => 0,
            MySQLColumnPosition::After(other) => {
                let other = self.fold(other);
                let other = self.column_name(table, &other).ok_or_else(|| format!("there is no column {other}"))?;
                let behind = table.columns.get_index_of(&other).unwrap_or_default();
                if behind < from { behind + 1 } else { behind }
            }
        };
        table.columns.move_index(from, to);
        Ok(())
    }

    /// MySQL's `MODIFY` and `CHANGE`: all that is not said again is gone, but the keys.
    fn redefine(
        &mut self,
        name: &Ident,
        data_type: &SqlType,
        options: &[ColumnOption],
        position: Option<&MySQLColumnPosition>,
        path: &QualifiedName,
        table: &mut Table,
    ) -> Outcome {
        let name = self.existing_column(name, path, table)?;
        let options: Vec<ColumnOptionDef> =
            options.iter().map(|option| ColumnOptionDef { name: None, option: option.clone() }).collect();
        let declared = self.column_of(name.clone(), data_type, &options);
        let mut column = declared.column;
        let is_key = |part: &IndexPart| part.as_column() == Some(name.as_str());
        if table.primary_key.as_ref().is_some_and(|key| key.parts.iter().any(is_key)) {
            column.nullable = false;
        }
        table.columns[&name] = column;
        self.move_column(&name, position, table)?;
        bring(declared.brings, table)
    }

    fn alter_column(&mut self, name: &str, operation: &AlterColumnOperation, table: &mut Table) -> Outcome {
        let mut column = table.columns[name].clone();
        match operation {
            AlterColumnOperation::SetNotNull => column.nullable = false,
            AlterColumnOperation::DropNotNull => {
                column.nullable = true;
                column.not_null = None;
            }
            AlterColumnOperation::SetDefault { value } => {
                self.set_default(value, &mut column);
                column.identity = None;
            }
            AlterColumnOperation::DropDefault => {
                column.default = None;
                if column.identity.as_ref().is_some_and(|it| it.kind == ormsync_schema::IdentityKind::AutoIncrement) {
                    column.identity = None;
                }
            }
            AlterColumnOperation::SetDataType { data_type, .. } => {
                let data_type = (self.rules.grammar.parse_type)(&data_type.to_string());
                // What the default was for another type is read again for this one.
                if let Some(default) = column.default.take() {
                    let text = self.rules.dialect.default_text(&default);
                    column.default = Some(match default {
                        DefaultValue::Literal(_) => self.rules.dialect.parse_default(&text, &data_type),
                        other => other,
                    });
                }
                column.data_type = data_type;
            }
            AlterColumnOperation::AddGenerated { generated_as, sequence_options } => {
                let kind = generated_as.unwrap_or(sqlparser::ast::GeneratedAs::ByDefault);
                column.identity = Some(identity_of(kind, sequence_options.as_deref().unwrap_or_default()).into());
                column.default = None;
                column.nullable = false;
            }
        }
        table.columns[name] = column;
        Ok(())
    }

    fn drop_column(
        &self,
        name: &Ident,
        if_exists: bool,
        cascade: bool,
        path: &QualifiedName,
        table: &mut Table,
    ) -> Outcome {
        let name = match self.existing_column(name, path, table) {
            Ok(name) => name,
            Err(_) if if_exists || self.tolerant => return Ok(()),
            Err(problem) => return Err(problem),
        };
        table.columns.shift_remove(&name);
        // What stands on it goes with it; MySQL takes the column out of indexes over several.
        let is_it = |part: &IndexPart| part.as_column() == Some(name.as_str());
        if self.rules.indexes_are_objects {
            table.indexes.retain(|index| !index.parts.iter().any(is_it) && !index.include.contains(&name));
        } else {
            table.indexes.iter_mut().for_each(|index| index.parts.retain(|part| !is_it(part)));
            table.indexes.retain(|index| !index.parts.is_empty());
        }
        if table.primary_key.as_ref().is_some_and(|key| key.parts.iter().any(is_it)) {
            table.primary_key = None;
        }
        table.foreign_keys.retain(|key| !key.columns.contains(&name));
        let quoted = (self.rules.grammar.quote)(&name);
        table.checks.retain(|check| {
            !(cascade || check.column.as_deref() == Some(&name)) || !check.expression.text.contains(&quoted)
        });
        Ok(())
    }

    fn drop_constraint(
        &self,
        name: &Ident,
        is_guarded: bool,
        cascade: bool,
        path: &QualifiedName,
        table: &mut Table,
    ) -> Outcome {
        let name = self.fold(name);
        let is_it = |own: &Option<String>| self.is_same(own.as_deref(), &name);
        let _ = cascade;
        let count = |table: &Table| {
            table.foreign_keys.len()
                + table.checks.len()
                + table.indexes.len()
                + table.exclusions.len()
                + usize::from(table.primary_key.is_some())
        };
        let before = count(table);
        if table.primary_key.as_ref().is_some_and(|key| is_it(&key.name)) {
            table.primary_key = None;
        }
        table.foreign_keys.retain(|key| !is_it(&key.name));
        // A unique index is no constraint, whatever it is called.
        let is_constraint = |index: &Index| self.rules.uniques_are_indexes || index.kind == IndexKind::UniqueConstraint;
        table.checks.retain(|check| !is_it(&check.name));
        table.indexes.retain(|index| !(index.kind.is_unique() && is_constraint(index) && is_it(&index.name)));
        table.exclusions.retain(|exclusion| !is_it(&exclusion.name));
        for column in table.columns.values_mut() {
            if column.not_null.as_ref().is_some_and(|not_null| is_it(&not_null.name)) {
                column.not_null = None;
                column.nullable = true;
            }
        }
        if count(table) == before && !is_guarded {
            return Err(format!("{path} has no constraint {name}"));
        }
        Ok(())
    }

    pub(super) fn drop_index_of(
        &self,
        name: &str,
        is_guarded: bool,
        path: &QualifiedName,
        table: &mut Table,
    ) -> Outcome {
        let before = table.indexes.len();
        if !self.rules.indexes_are_objects && name.eq_ignore_ascii_case("primary") {
            table.primary_key = None;
            return Ok(());
        }
        table.indexes.retain(|index| !self.is_same(index.name.as_deref(), name));
        // The index that MySQL makes for a foreign key may be dropped by name, and is none of ours.
        let is_of_key = table.foreign_keys.iter().any(|key| self.is_same(key.name.as_deref(), name));
        if table.indexes.len() == before && !is_guarded && !is_of_key {
            return Err(format!("{path} has no index {name}"));
        }
        Ok(())
    }

    /// PostgreSQL takes `ALTER TABLE` for views, too.
    fn alter_view(&mut self, path: &QualifiedName, operations: &[AlterTableOperation]) -> Outcome {
        for operation in operations {
            match operation {
                AlterTableOperation::RenameTable { table_name } => {
                    let (RenameTableNameKind::As(name) | RenameTableNameKind::To(name)) = table_name;
                    let to = self.path(name).name;
                    let content = self.content(&path.namespace);
                    if let Some(view) = content.views.remove(&path.name) {
                        content.views.insert(to, view);
                    }
                }
                AlterTableOperation::OwnerTo { .. } => {}
                other => return Err(format!("`{other}` of a view is not known")),
            }
        }
        Ok(())
    }
}

fn rename_constraint(table: &mut Table, from: &str, to: String) -> Option<()> {
    let key = table.primary_key.iter_mut().map(|key| &mut key.name);
    let indexes = table.indexes.iter_mut().map(|index| &mut index.name);
    let keys = table.foreign_keys.iter_mut().map(|key| &mut key.name);
    let checks = table.checks.iter_mut().map(|check| &mut check.name);
    let exclusions = table.exclusions.iter_mut().map(|exclusion| &mut exclusion.name);
    let mut all = key.chain(indexes).chain(keys).chain(checks).chain(exclusions);
    *all.find(|name| name.as_deref() == Some(from))? = Some(to);
    Some(())
}
