//! Indexes and constraints.

use std::rc::Rc;

use ormsync_schema::{QualifiedName, Table, TableChange};

use super::Replay;
use super::calls::Call;
use super::tables::{Outcome, missing, only_table};
use crate::lower;
use crate::python::{Arguments, Evaluator, Located, Value};

/// Arguments that say where, and not what.
const PLACES: &[&str] = &[
    "schema",
    "source_schema",
    "referent_schema",
    "if_not_exists",
    "if_exists",
    "table_name",
    "index_name",
    "constraint_name",
    "columns",
    "condition",
    "source_table",
    "referent_table",
    "local_cols",
    "remote_cols",
    "name",
];

impl<'a> Evaluator<'a> {
    /// Makes an index or constraint as SQLAlchemy's own class of that kind would.
    pub(super) fn create_item(&mut self, replay: &mut Replay<'a>, call: &Call<'_, 'a>) -> Outcome {
        let name = replay.table_of(call).ok_or("its table is not known")?;
        let given_name = call.given(0, first_word(call.name)).cloned();
        if let Some(given) = &given_name
            && given.value.as_text().is_none()
        {
            return Err("its name is not known".to_owned());
        }
        let known = given_name.as_ref().and_then(|given| given.value.as_text());
        if call.is_set("if_not_exists")
            && replay
                .table(&name)
                .is_some_and(|table| table.indexes.iter().any(|it| it.name.as_deref() == known.as_deref()))
        {
            return Ok(());
        }
        let (path, arguments) = self.item(replay, call, given_name)?;
        let mut draft = self.draft_over(replay, &name, call.place)?;
        let item = self.call_symbol(Value::external(path), arguments, call.place);
        let count = self.diagnostics.len();
        self.add_table_item(&mut draft, &Located { value: item, place: call.place });
        let made = lower::lower_draft(self, &replay.options(), draft);
        let (_, table) = only_table(&made).ok_or("it could not be read")?;
        if !table.opaque.is_empty() {
            let reason = self.diagnostics.drain(count..).next().map(|said| said.message);
            return Err(reason.unwrap_or_else(|| "part of it could not be read".to_owned()));
        }
        if let Some(key) = &table.primary_key
            && call.name == "create_primary_key"
        {
            replay.change(&name, TableChange::AddPrimaryKey(key.clone()))?;
        }
        replay.take_items(&name, table)
    }

    /// The class of SQLAlchemy that stands for an operation, and its arguments.
    fn item(
        &mut self,
        replay: &Replay<'a>,
        call: &Call<'_, 'a>,
        name: Option<Located<'a>>,
    ) -> Result<(&'static str, Arguments<'a>), String> {
        let at = |value| Located { value, place: call.place };
        let columns = |position: usize| {
            let given = call.given(call.shift(position), "columns").ok_or("its columns are not known")?;
            given.value.elements().ok_or("its columns are not known")
        };
        let mut arguments = Arguments::default();
        arguments
            .keywords
            .extend(call.arguments.keywords.iter().filter(|(name, _)| !PLACES.contains(&name.as_ref())).cloned());
        let path = match call.name {
            "create_index" => {
                arguments.positional.push(name.clone().unwrap_or_else(|| at(Value::None)));
                arguments.positional.extend(columns(2)?);
                // The fourth parameter of old revisions.
                return Ok(("sqlalchemy.Index", arguments));
            }
            "create_unique_constraint" => {
                arguments.positional.extend(columns(2)?);
                "sqlalchemy.UniqueConstraint"
            }
            "create_primary_key" => {
                arguments.positional.extend(columns(2)?);
                "sqlalchemy.PrimaryKeyConstraint"
            }
            "create_check_constraint" => {
                let condition = call.given(call.shift(2), "condition").ok_or("its condition is not known")?;
                arguments.positional.push(condition.clone());
                "sqlalchemy.CheckConstraint"
            }
            "create_exclude_constraint" => {
                arguments.positional.extend(call.arguments.positional.iter().skip(call.shift(2)).cloned());
                "sqlalchemy.dialects.postgresql.ExcludeConstraint"
            }
            _ => {
                let (local, remote) = self.columns_of_key(replay, call)?;
                arguments.positional = vec![local, at(Value::list(remote))];
                "sqlalchemy.ForeignKeyConstraint"
            }
        };
        if let Some(name) = name {
            arguments.keywords.push(("name".into(), name));
        }
        Ok((path, arguments))
    }

    /// The columns of `create_foreign_key`, the others as texts.
    fn columns_of_key(
        &mut self,
        replay: &Replay<'a>,
        call: &Call<'_, 'a>,
    ) -> Result<(Located<'a>, Vec<Located<'a>>), String> {
        let referent = call.text(call.shift(2), "referent_table").ok_or("the table it refers to is not known")?;
        let local = call.given(call.shift(3), "local_cols").ok_or("its columns are not known")?.clone();
        let remote = call.given(call.shift(4), "remote_cols").ok_or("the columns it refers to are not known")?;
        let schema = call.arguments.keyword("referent_schema").and_then(|schema| schema.value.as_text());
        let schema = schema.filter(|schema| **schema != replay.default_namespace);
        let remote = remote.value.elements().ok_or("the columns it refers to are not known")?;
        let texts: Option<Vec<Located<'a>>> = remote
            .iter()
            .map(|column| {
                let column_name = column.value.as_text()?;
                let text = match &schema {
                    Some(schema) => format!("{schema}.{referent}.{column_name}"),
                    None => format!("{referent}.{column_name}"),
                };
                Some(Located { value: Value::text(&text), place: column.place })
            })
            .collect();
        Ok((local, texts.ok_or("the columns it refers to are not known")?))
    }
}

fn first_word(operation: &str) -> &'static str {
    if operation == "create_index" { "index_name" } else { "constraint_name" }
}

impl<'a> Replay<'a> {
    /// Adds the indexes and constraints of a table that was made for them.
    pub(super) fn take_items(&mut self, name: &QualifiedName, made: Table) -> Outcome {
        for index in made.indexes {
            self.change(name, TableChange::AddIndex(Box::new(index)))?;
        }
        for key in made.foreign_keys {
            self.change(name, TableChange::AddForeignKey(key))?;
        }
        for check in made.checks {
            self.change(name, TableChange::AddCheck(check))?;
        }
        for exclusion in made.exclusions {
            self.change(name, TableChange::AddExclusion(exclusion))?;
        }
        self.settle(name);
        Ok(())
    }

    pub(super) fn drop_index(&mut self, call: &Call<'_, 'a>) -> Outcome {
        let index = call.text(0, "index_name").ok_or("its name is not known")?;
        let is_it = |table: &Table| table.indexes.iter().find(|it| it.name.as_deref() == Some(&*index)).cloned();
        let named = self.table_of(call);
        let found = match &named {
            Some(name) => self.table(name).and_then(is_it).map(|index| (name.clone(), index)),
            // Where indexes have names of their own, the table may be left out.
            None => self
                .schema
                .tables()
                .find_map(|(namespace, name, table)| Some((QualifiedName::new(namespace, name), is_it(table)?))),
        };
        match found {
            Some((table, index)) => self.change(&table, TableChange::DropIndex(Box::new(index))),
            None if call.is_set("if_exists") => Ok(()),
            None => Err(match named.filter(|name| self.table(name).is_none()) {
                Some(name) => missing(&name),
                None => format!("no step before it makes the index `{index}`"),
            }),
        }
    }

    pub(super) fn drop_constraint(&mut self, call: &Call<'_, 'a>) -> Outcome {
        let table_name = self.table_of(call).ok_or("its table is not known")?;
        let name: Rc<str> = call.text(0, "constraint_name").ok_or("its name is not known")?;
        let kind = call.text(call.shift(2), "type_");
        let table = self.table(&table_name).ok_or_else(|| missing(&table_name))?;
        let is_it = |other: &Option<String>| other.as_deref() == Some(&*name);
        let is_wanted = |word: &str| kind.as_deref().is_none_or(|kind| kind == word);
        let change =
            if let Some(key) = table.foreign_keys.iter().find(|key| is_it(&key.name) && is_wanted("foreignkey")) {
                TableChange::DropForeignKey(key.clone())
            } else if let Some(check) = table.checks.iter().find(|check| is_it(&check.name) && is_wanted("check")) {
                TableChange::DropCheck(check.clone())
            } else if let Some(index) = table.indexes.iter().find(|index| is_it(&index.name) && is_wanted("unique")) {
                TableChange::DropIndex(Box::new(index.clone()))
            } else if let Some(key) = table.primary_key.as_ref().filter(|key| {
                // MySQL has one name for all of them.
                is_it(&key.name) && is_wanted("primary") || kind.as_deref() == Some("primary")
            }) {
                TableChange::DropPrimaryKey(key.clone())
            } else if let Some(exclusion) = table.exclusions.iter().find(|exclusion| is_it(&exclusion.name)) {
                TableChange::DropExclusion(exclusion.clone())
            } else if let Some(change) =
                call.convention.as_ref().and_then(|it| by_convention(it, &name, &table_name, table))
            {
                change
            } else if let Some(check) = self.check_by_convention(&name, &table_name, table) {
                TableChange::DropCheck(check)
            } else if call.is_set("if_exists") {
                return Ok(());
            } else {
                return Err(format!("no step before it makes the constraint `{name}` of {table_name}"));
            };
        self.change(&table_name, change)
    }
}

impl<'a> Replay<'a> {
    /// The check that the convention of `target_metadata` calls something with this name in it: Alembic drops it by the
    /// same convention.
    fn check_by_convention(&self, name: &str, path: &QualifiedName, table: &Table) -> Option<ormsync_schema::Check> {
        let entries = self.convention.as_ref()?.text_entries()?;
        let template = entries.iter().find(|(key, _)| key.as_ref() == "ck")?.1.value.as_text()?;
        let made = follow(&template, &path.name, name, &[], "");
        table.checks.iter().find(|check| check.name.as_deref() == Some(made.as_str())).cloned()
    }
}

/// The constraint without a name that a convention gives this one: a batch finds it so
/// (`alembic/operations/batch.py`, `ApplyBatchImpl._grab_table_elements`).
fn by_convention(convention: &Value<'_>, name: &str, path: &QualifiedName, table: &Table) -> Option<TableChange> {
    let entries = convention.text_entries()?;
    let template = |kind: &str| entries.iter().find(|(key, _)| key.as_ref() == kind)?.1.value.as_text();
    let is_called = |kind: &str, columns: &[&str], referred: &str| {
        template(kind).is_some_and(|template| follow(&template, &path.name, "", columns, referred) == name)
    };
    for key in table.foreign_keys.iter().filter(|key| key.name.is_none()) {
        let columns: Vec<&str> = key.columns.iter().map(String::as_str).collect();
        if is_called("fk", &columns, &key.referenced_table) {
            return Some(TableChange::DropForeignKey(key.clone()));
        }
    }
    for index in table.indexes.iter().filter(|index| index.name.is_none()) {
        if is_called("uq", &index.columns().collect::<Vec<_>>(), "") {
            return Some(TableChange::DropIndex(Box::new(index.clone())));
        }
    }
    let key = table.primary_key.as_ref().filter(|key| key.name.is_none() && is_called("pk", &[], ""))?;
    Some(TableChange::DropPrimaryKey(key.clone()))
}

/// A template of a naming convention, filled in (`sqlalchemy/sql/naming.py`).
fn follow(template: &str, table: &str, constraint: &str, columns: &[&str], referred: &str) -> String {
    let mut made = String::new();
    for (at, part) in template.split("%(").enumerate() {
        let Some((word, rest)) = part.split_once(")s").filter(|_| at > 0) else {
            made.push_str(part);
            continue;
        };
        match word {
            "table_name" => made.push_str(table),
            "column_0_name" | "column_0_key" => made.push_str(columns.first().copied().unwrap_or_default()),
            "column_0_N_name" => made.push_str(&columns.join("_")),
            "column_0N_name" => made.push_str(&columns.concat()),
            "referred_table_name" => made.push_str(referred),
            "constraint_name" => made.push_str(constraint),
            _ => {}
        }
        made.push_str(rest);
    }
    made
}
