//! `CREATE TABLE`, and what becomes of a table as a whole.

use std::collections::BTreeMap;

use ormsync_schema::{Operation, QualifiedName, Table};
use sqlparser::ast::{
    CommentDef, CreateTable, CreateTableLikeKind, CreateTableOptions, Expr, ObjectName, SqlOption, TableConstraint,
    Value,
};

use super::{Outcome, Replay};

impl Replay<'_> {
    pub(super) fn create_table(&mut self, statement: &CreateTable) -> Outcome {
        // One that only a session sees is in no catalogue afterwards.
        if statement.temporary {
            return Ok(());
        }
        let path = self.path(&statement.name);
        let is_there = self.find_table(&path).is_some();
        if is_there && (statement.if_not_exists || self.tolerant) {
            return Ok(());
        }
        let content = self.content(&path.namespace);
        if is_there || content.views.contains_key(&path.name) {
            return Err(format!("{path} is there already"));
        }
        let mut table = match &statement.like {
            Some(CreateTableLikeKind::Plain(like) | CreateTableLikeKind::Parenthesized(like)) => {
                self.like(&like.name)?
            }
            None => Table::default(),
        };
        table.origin = self.origin.clone();
        table.row_security = false;
        for definition in &statement.columns {
            let declared = self.column(definition);
            table.columns.insert(declared.name, declared.column);
            bring(declared.brings, &mut table)?;
        }
        self.declared_at_once(&statement.constraints, &mut table)?;
        self.options(&statement.table_options, &mut table);
        if statement.without_rowid {
            table.options.insert("without_rowid".to_owned(), "true".to_owned());
        }
        if statement.unlogged {
            table.options.insert("unlogged".to_owned(), "true".to_owned());
        }
        if let Some(CommentDef::WithEq(comment) | CommentDef::WithoutEq(comment)) = &statement.comment {
            table.comment = Some(self.rules.constant(comment));
        }
        if statement.query.is_some() {
            self.columns_of_query(&path, &mut table, "CREATE TABLE … AS");
        }
        self.content(&path.namespace).tables.insert(path.name, table);
        Ok(())
    }

    /// Constraints may stand before what they are about.
    fn declared_at_once(&mut self, constraints: &[TableConstraint], table: &mut Table) -> Outcome {
        constraints.iter().try_for_each(|constraint| self.add_constraint(constraint, false, table))
    }

    /// A table of the same shape: foreign keys and triggers do not come with it.
    fn like(&mut self, name: &ObjectName) -> Result<Table, String> {
        let path = self.path(name);
        let model = self.table_mut(&path)?;
        Ok(Table { foreign_keys: Vec::new(), triggers: BTreeMap::new(), policies: BTreeMap::new(), ..model.clone() })
    }

    pub(super) fn options(&mut self, options: &CreateTableOptions, table: &mut Table) {
        let (CreateTableOptions::With(options)
        | CreateTableOptions::Options(options)
        | CreateTableOptions::Plain(options)) = options
        else {
            return;
        };
        for option in options {
            match option {
                SqlOption::Comment(CommentDef::WithEq(comment) | CommentDef::WithoutEq(comment)) => {
                    table.comment = Some(self.rules.constant(comment)).filter(|comment| !comment.is_empty());
                }
                SqlOption::KeyValue { key, value } => self.option_of_table(&key.value, value, table),
                SqlOption::Ident(word) => {
                    table.options.insert(word.value.to_lowercase(), "true".to_owned());
                }
                SqlOption::NamedParenthesizedList(list) if list.key.value.eq_ignore_ascii_case("engine") => {
                    let name = list.name.as_ref().map(|name| name.value.clone()).unwrap_or_default();
                    table.options.insert("engine".to_owned(), name);
                }
                other => {
                    let what = format!("the table option `{other}`");
                    self.leave_out(&what);
                }
            }
        }
    }

    fn option_of_table(&mut self, key: &str, value: &Expr, table: &mut Table) {
        let text = match value {
            Expr::Value(value) => match &value.value {
                Value::SingleQuotedString(text) | Value::DoubleQuotedString(text) => self.rules.constant(text),
                other => other.to_string(),
            },
            other => other.to_string(),
        };
        let key = key.to_lowercase();
        match key.trim_start_matches("default ").trim() {
            "engine" => table.options.insert("engine".to_owned(), text),
            "charset" | "character set" => table.options.insert("charset".to_owned(), text),
            "collate" => table.options.insert("collation".to_owned(), text),
            "comment" => {
                table.comment = Some(text).filter(|comment| !comment.is_empty());
                None
            }
            // Where counting goes on is a fact of the rows.
            "auto_increment" => None,
            other => table.options.insert(other.to_owned(), text),
        };
    }

    pub(super) fn rename_table(&mut self, from: &QualifiedName, to: QualifiedName) -> Outcome {
        let from = self.find_table(from).ok_or_else(|| format!("there is no table {from}"))?;
        if from == to {
            return Ok(());
        }
        let operation = Operation::RenameTable { from, to };
        operation.apply(self.schema).map_err(|problem| format!("{}: {problem}", operation.subject()))
    }

    pub(super) fn drop_table(&mut self, path: &QualifiedName, is_guarded: bool, cascade: bool) -> Outcome {
        let Some(path) = self.find_table(path) else {
            return if is_guarded { Ok(()) } else { Err(format!("there is no table {path}")) };
        };
        let refers = |table: &Table| {
            let of_it = |key: &ormsync_schema::ForeignKey| {
                key.referenced_namespace == path.namespace && key.referenced_table == path.name
            };
            table.foreign_keys.iter().any(of_it)
        };
        if cascade {
            for table in self.schema.namespaces.values_mut().flat_map(|content| content.tables.values_mut()) {
                if refers(table) {
                    table
                        .foreign_keys
                        .retain(|key| key.referenced_namespace != path.namespace || key.referenced_table != path.name);
                }
            }
        }
        let content = self.content(&path.namespace);
        content.tables.remove(&path.name);
        content.sequences.retain(|_, sequence| sequence.owner.as_ref().is_none_or(|owner| owner.table != path.name));
        Ok(())
    }
}

/// Adds what stands at a column to its table.
pub(super) fn bring(brought: Table, table: &mut Table) -> Outcome {
    if let Some(key) = brought.primary_key
        && table.primary_key.replace(key).is_some()
    {
        return Err("the table has a primary key already".to_owned());
    }
    table.indexes.extend(brought.indexes);
    table.foreign_keys.extend(brought.foreign_keys);
    table.checks.extend(brought.checks);
    Ok(())
}
