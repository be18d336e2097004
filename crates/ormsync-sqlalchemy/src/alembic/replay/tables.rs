//! Tables and columns.

use std::rc::Rc;

use ormsync_schema::{
    Column, ColumnChange, DataType, DefaultValue, Fact, Operation, QualifiedName, Schema, Table, TableChange,
};

use super::Replay;
use super::calls::Call;
use crate::lower;
use crate::mapping::{ColumnDraft, TableDraft, TableId};
use crate::python::{Evaluator, Located, Place, Value};

/// What a step may change of a table, for a step that was not understood.
pub(super) const ALL_FACTS: &[Fact] =
    &[Fact::Column, Fact::Index, Fact::ForeignKey, Fact::Check, Fact::PrimaryKey, Fact::Exclusion];

/// Why a step can't be carried out.
pub(super) type Outcome = Result<(), String>;

impl<'a> Evaluator<'a> {
    /// Carries out what a call asks for, or says why not.
    pub(super) fn carry_out(&mut self, call: &Call<'_, 'a>) {
        match call.name {
            "bulk_insert" => {
                self.note_added(call.arguments);
                return self.note_unknown(call.place);
            }
            "register_operation" | "implementation_for" | "invoke" => return,
            _ => {}
        }
        if let Some(condition) = self.condition() {
            let reason = "whether it runs depends on a condition that cannot be known";
            return self.refuse(call, reason, condition);
        }
        if call.name == "execute" {
            return self.run_statement(call.arguments, call.place);
        }
        let outcome = self.with_replay(|evaluator, replay| evaluator.change(replay, call));
        if let Some(Err(reason)) = outcome {
            self.refuse(call, &reason, call.place);
        }
    }

    /// Says that a step is left out, and hides what it may have changed.
    pub(super) fn refuse(&mut self, call: &Call<'_, 'a>, reason: &str, place: Place) {
        let text = self.source_text(call.place);
        self.report_history(
            format!("this step of a revision could not be followed: {reason}: {text}"),
            "write names and arguments as constants; what it changes is not compared",
            place,
        );
        let origin = self.origin(call.place);
        self.with_replay(|_, replay| {
            let table = replay.table_of(call);
            replay.hide(table.as_ref(), ALL_FACTS, &text, &origin);
        });
    }

    fn change(&mut self, replay: &mut Replay<'a>, call: &Call<'_, 'a>) -> Outcome {
        if call.arguments.hidden.is_some() {
            return Err("its arguments are spread from something unknown".to_owned());
        }
        match call.name {
            "create_table" => self.create_table(replay, call),
            "drop_table" => replay.drop_table(call),
            "rename_table" => replay.rename_table(call),
            "add_column" => self.add_column(replay, call),
            "drop_column" => replay.drop_column(call),
            "alter_column" => self.alter_column(replay, call),
            "create_table_comment" => replay.comment_table(call, call.text(call.shift(1), "comment")),
            "drop_table_comment" => replay.comment_table(call, None),
            "create_index"
            | "create_unique_constraint"
            | "create_foreign_key"
            | "create_primary_key"
            | "create_check_constraint"
            | "create_exclude_constraint" => self.create_item(replay, call),
            "drop_index" => replay.drop_index(call),
            "drop_constraint" => replay.drop_constraint(call),
            other => Err(format!("`{other}` is no operation of Alembic's own")),
        }
    }

    fn create_table(&mut self, replay: &mut Replay<'a>, call: &Call<'_, 'a>) -> Outcome {
        let (name, items) = call.arguments.positional.split_first().ok_or("it has no name")?;
        let name = name.value.as_text().ok_or("its name is not known")?;
        let metadata = self.metadata_of_revision(replay, call.place);
        let mut draft = TableDraft::new(name, metadata, call.place);
        let options: Vec<_> =
            call.arguments.keywords.iter().filter(|(name, _)| name.as_ref() != "if_not_exists").cloned().collect();
        self.set_options(&mut draft, &options);
        for item in items {
            self.add_table_item(&mut draft, item);
        }
        draft.made_at = self.new_id();
        let made = lower::lower_draft(self, &replay.options(), draft);
        replay.take_table(made, call.is_set("if_not_exists"))
    }

    /// `table.create(bind)` and `table.drop(bind)` of a table that the revision or the models declare.
    pub(super) fn change_declared_table(&mut self, table: TableId, is_made: bool, place: Place) {
        let outcome = self.with_replay(|evaluator, replay| {
            let made = lower::lower_declared(evaluator, &replay.options(), table);
            match is_made {
                true => replay.take_table(made, true),
                false => {
                    let name = only_table(&made).map(|(name, _)| name).ok_or("its name is not known")?;
                    replay.remove_table(&name, true)
                }
            }
        });
        if let Some(Err(reason)) = outcome {
            self.report_history(
                format!("this step of a revision could not be followed: {reason}"),
                "use `op.create_table` and `op.drop_table`",
                place,
            );
            self.hide_all(place);
        }
    }

    fn add_column(&mut self, replay: &mut Replay<'a>, call: &Call<'_, 'a>) -> Outcome {
        let name = replay.table_of(call).ok_or("its table is not known")?;
        let located = call.given(call.shift(1), "column").ok_or("the column is not known")?;
        let column = self.column_call(&located.value).ok_or("the column is not known")?;
        let draft = self.column_draft(&column, None).ok_or("the name of the column is not known")?;
        let column_name = draft.name.to_string();
        let known = replay.table(&name).ok_or_else(|| missing(&name))?;
        if known.columns.contains_key(&column_name) {
            return match call.is_set("if_not_exists") {
                true => Ok(()),
                false => Err(format!("the table has a column `{column_name}` already")),
            };
        }
        let mut over = self.draft_over(replay, &name, call.place)?;
        over.add_column(draft);
        let made = lower::lower_draft(self, &replay.options(), over);
        replay.take_types(&made);
        let (_, mut table) = only_table(&made).ok_or("it could not be read")?;
        let column = table.columns.shift_remove(&column_name).ok_or("it could not be read")?;
        replay.change(&name, TableChange::AddColumn { name: column_name, column: Box::new(column) })?;
        replay.take_items(&name, table)
    }

    /// A draft that has the columns of a table by name, for what is built on them.
    pub(super) fn draft_over(
        &mut self,
        replay: &mut Replay<'a>,
        name: &QualifiedName,
        place: Place,
    ) -> Result<TableDraft<'a>, String> {
        let metadata = self.metadata_of_revision(replay, place);
        let table = replay.table(name).ok_or_else(|| missing(name))?;
        let mut draft = TableDraft::new(name.name.as_str().into(), metadata, place);
        let at = |value| Located { value, place };
        if name.namespace != replay.default_namespace {
            draft.schema = Some(at(Value::text(&name.namespace)));
        }
        for column in table.columns.keys() {
            let mut column = ColumnDraft::annotated(&Rc::from(column.as_str()), place);
            // What is built on a column does not ask for its type.
            column.data_type = Some(at(Value::external("sqlalchemy.Integer")).into());
            draft.add_column(column);
        }
        draft.made_at = self.new_id();
        Ok(draft)
    }

    fn alter_column(&mut self, replay: &mut Replay<'a>, call: &Call<'_, 'a>) -> Outcome {
        let name = replay.table_of(call).ok_or("its table is not known")?;
        let column = call.text(call.shift(1), "column_name").ok_or("the column's name is not known")?;
        let table = replay.table(&name).ok_or_else(|| missing(&name))?;
        let from = table.columns.get(&*column).cloned();
        let from = from.ok_or_else(|| format!("the table {name} has no column `{column}`"))?;
        let to = self.altered(replay, call, &from)?;
        if to != from {
            let change = ColumnChange::new(&*column, from, to);
            replay.change(&name, TableChange::AlterColumn(Box::new(change)))?;
        }
        if let Some(renamed) = call.arguments.keyword("new_column_name").or_else(|| call.arguments.keyword("name")) {
            let renamed = renamed.value.as_text().ok_or("the column's new name is not known")?;
            if renamed != column {
                replay
                    .change(&name, TableChange::RenameColumn { from: column.to_string(), to: renamed.to_string() })?;
            }
        }
        Ok(())
    }

    /// A column as `alter_column` leaves it. MySQL is given the whole column anew: what is not said of it is lost
    /// (`alembic/ddl/mysql.py`, `MySQLImpl.alter_column`).
    fn altered(&mut self, replay: &Replay<'a>, call: &Call<'_, 'a>, from: &Column) -> Result<Column, String> {
        let keyword = |name: &str| call.arguments.keyword(name);
        let mut to = from.clone();
        let is_new = |name: &str| keyword(name).is_some_and(|given| !matches!(given.value, Value::Bool(false)));
        let is_renamed = keyword("new_column_name").or_else(|| keyword("name")).is_some();
        let redefines = replay.dialect.name() == "mysql"
            && (is_renamed
                || keyword("nullable").is_some()
                || is_new("type_")
                || keyword("autoincrement").is_some()
                || is_new("comment"));
        if is_new("type_") {
            let made = self.lowered_column(replay, call, "type_")?;
            (to.data_type, to.collation) = (made.data_type, made.collation);
        }
        match keyword("nullable").filter(|given| !matches!(given.value, Value::None)) {
            Some(given) => to.nullable = given.value.truth().ok_or("whether it takes NULL is not known")?,
            None if redefines => {
                to.nullable = keyword("existing_nullable").and_then(|given| given.value.truth()).unwrap_or(true);
            }
            None => {}
        }
        let default = if is_new("server_default") {
            Some("server_default")
        } else if redefines {
            Some("existing_server_default")
        } else {
            None
        };
        if let Some(which) = default {
            let set = keyword(which).filter(|given| !matches!(given.value, Value::None | Value::Bool(false)));
            let made = match set {
                Some(_) => Some(self.lowered_default(replay, call, which, &to.data_type)?),
                None => None,
            };
            (to.default, to.on_update) = made.unwrap_or_default();
        }
        if redefines && keyword("autoincrement").is_none() && keyword("existing_autoincrement").is_none() {
            to.identity = None;
        }
        if let Some(flag) = keyword("autoincrement").or_else(|| keyword("existing_autoincrement")) {
            match flag.value.truth() {
                Some(true) => to.identity = Some(ormsync_schema::Identity::auto_increment().into()),
                Some(false) => to.identity = None,
                None => {}
            }
        }
        if is_new("comment") {
            to.comment = keyword("comment").and_then(|given| given.value.as_text()).map(|text| text.to_string());
        } else if redefines {
            to.comment =
                keyword("existing_comment").and_then(|given| given.value.as_text()).map(|text| text.to_string());
        }
        to.origin = self.origin(call.place);
        Ok(to)
    }

    /// A column of the type that a keyword gives.
    fn lowered_column(&mut self, replay: &Replay<'a>, call: &Call<'_, 'a>, which: &str) -> Result<Column, String> {
        let given = call.arguments.keyword(which).cloned();
        self.column_alone(replay, call.place, given, None)
    }

    /// The default that a keyword gives a column of this type, and the value on update that may be in it.
    fn lowered_default(
        &mut self,
        replay: &Replay<'a>,
        call: &Call<'_, 'a>,
        which: &str,
        data_type: &DataType,
    ) -> Result<(Option<DefaultValue>, Option<Box<DefaultValue>>), String> {
        let given = call.arguments.keyword(which).cloned();
        if let Some(text) = given.as_ref().and_then(|given| given.value.as_text()) {
            let (sql, compiler) = (replay.dialect.quote_text(&text), lower::Compiler::of(&replay.options()));
            let made = lower::default_of_text(replay.dialect, compiler, &sql, data_type);
            return Ok((made.default, made.on_update));
        }
        let of_type = |name: &str| call.arguments.keyword(name).filter(|given| !matches!(given.value, Value::None));
        let column_type = of_type("type_").or_else(|| of_type("existing_type")).cloned();
        let made = self.column_alone(replay, call.place, column_type, given)?;
        Ok((made.default, made.on_update))
    }

    fn column_alone(
        &mut self,
        replay: &Replay<'a>,
        place: Place,
        data_type: Option<Located<'a>>,
        default: Option<Located<'a>>,
    ) -> Result<Column, String> {
        const NAME: &str = "column";
        let metadata = match &replay.metadata {
            Some(metadata) => metadata.clone(),
            None => crate::mapping::Metadata::Unknown,
        };
        let mut draft = TableDraft::new("table".into(), metadata, place);
        let mut column = ColumnDraft::annotated(&Rc::from(NAME), place);
        let text = || Located { value: Value::external("sqlalchemy.Text"), place };
        column.data_type = Some(data_type.unwrap_or_else(text).into());
        column.server_default = default.map(Box::new);
        draft.add_column(column);
        let made = lower::lower_draft(self, &replay.options(), draft);
        let (_, mut table) = only_table(&made).ok_or("it could not be read")?;
        table.columns.shift_remove(NAME).ok_or_else(|| "it could not be read".to_owned())
    }
}

/// The one table of a schema that was made of a draft.
pub(super) fn only_table(made: &Schema) -> Option<(QualifiedName, Table)> {
    let (namespace, name, table) = made.tables().next()?;
    Some((QualifiedName::new(namespace, name), table.clone()))
}

pub(super) fn missing(name: &QualifiedName) -> String {
    format!("no step before it makes the table {name}")
}

impl<'a> Call<'_, 'a> {
    /// In a batch the table is not among the arguments.
    pub(super) fn shift(&self, position: usize) -> usize {
        if self.batch.is_some() { position.saturating_sub(1) } else { position }
    }
}

impl<'a> Replay<'a> {
    /// The table that a call is about.
    pub(super) fn table_of(&self, call: &Call<'_, 'a>) -> Option<QualifiedName> {
        if let Some(batch) = &call.batch {
            return Some(batch.clone());
        }
        let (position, word) = match call.name {
            "create_table"
            | "drop_table"
            | "add_column"
            | "drop_column"
            | "alter_column"
            | "create_table_comment"
            | "drop_table_comment" => (0, "table_name"),
            "rename_table" => (0, "old_table_name"),
            "create_foreign_key" => (1, "source_table"),
            "execute" => return None,
            _ => (1, "table_name"),
        };
        let name = call.text(position, word)?;
        let schema = call.arguments.keyword("schema").or_else(|| call.arguments.keyword("source_schema"));
        let schema = schema.and_then(|schema| schema.value.as_text());
        Some(self.name(schema.as_deref(), &name))
    }

    pub(super) fn change(&mut self, table: &QualifiedName, change: TableChange) -> Outcome {
        self.apply(Operation::change(table.clone(), change)).map_err(str::to_owned)
    }

    /// Makes the table of a schema, with the types that it needs.
    fn take_table(&mut self, made: Schema, is_optional: bool) -> Outcome {
        self.take_types(&made);
        let (name, table) = only_table(&made).ok_or("it could not be read")?;
        if self.table(&name).is_some() {
            return if is_optional { Ok(()) } else { Err(format!("the table {name} is there already")) };
        }
        self.apply(Operation::CreateTable { name: name.clone(), table: Box::new(table) }).map_err(str::to_owned)?;
        self.settle(&name);
        Ok(())
    }

    /// Makes the types and sequences of a schema that are not there yet.
    pub(super) fn take_types(&mut self, made: &Schema) {
        for (namespace, content) in &made.namespaces {
            for (name, enum_type) in &content.enums {
                let name = QualifiedName::new(namespace, name);
                let _ =
                    self.create_once(&name, Operation::CreateEnum { name: name.clone(), enum_type: enum_type.clone() });
            }
            for (name, domain) in &content.domains {
                let name = QualifiedName::new(namespace, name);
                let _ = self.create_once(&name, Operation::CreateDomain { name: name.clone(), domain: domain.clone() });
            }
            for (name, sequence) in &content.sequences {
                let name = QualifiedName::new(namespace, name);
                let sequence = sequence.clone();
                let _ = self.create_once(&name, Operation::CreateSequence { name: name.clone(), sequence });
            }
        }
    }

    /// Makes a type or sequence, unless there is one.
    pub(super) fn create_once(&mut self, name: &QualifiedName, operation: Operation) -> Outcome {
        let content = self.schema.namespace_mut(&name.namespace);
        let is_there = content.enums.contains_key(&name.name)
            || content.domains.contains_key(&name.name)
            || content.sequences.contains_key(&name.name);
        if is_there { Ok(()) } else { self.apply(operation).map_err(str::to_owned) }
    }

    fn drop_table(&mut self, call: &Call<'_, 'a>) -> Outcome {
        let name = self.table_of(call).ok_or("its name is not known")?;
        self.remove_table(&name, call.is_set("if_exists"))
    }

    fn remove_table(&mut self, name: &QualifiedName, is_optional: bool) -> Outcome {
        match self.table(name).cloned() {
            Some(table) => {
                let operation = Operation::DropTable { name: name.clone(), table: Box::new(table) };
                self.apply(operation).map_err(str::to_owned)
            }
            None if is_optional => Ok(()),
            None => {
                // What was hidden under that name is gone.
                let before = self.schema.opaque.len();
                self.schema.opaque.retain(|opaque| opaque.name.as_deref() != Some(&name.name));
                if self.schema.opaque.len() < before { Ok(()) } else { Err(missing(name)) }
            }
        }
    }

    fn rename_table(&mut self, call: &Call<'_, 'a>) -> Outcome {
        let from = self.table_of(call).ok_or("its name is not known")?;
        let to = call.text(1, "new_table_name").ok_or("its new name is not known")?;
        let to = QualifiedName::new(&from.namespace, &*to);
        self.apply(Operation::RenameTable { from, to }).map_err(str::to_owned)
    }

    fn comment_table(&mut self, call: &Call<'_, 'a>, comment: Option<Rc<str>>) -> Outcome {
        let name = self.table_of(call).ok_or("its table is not known")?;
        let from = self.table(&name).ok_or_else(|| missing(&name))?.comment.clone();
        let keeps = self.dialect.name() != "sqlite";
        let to = comment.map(|text| text.to_string()).filter(|_| keeps);
        self.change(&name, TableChange::SetComment { from, to })
    }

    /// Drops a column and, as the servers do, what is built on it.
    fn drop_column(&mut self, call: &Call<'_, 'a>) -> Outcome {
        let name = self.table_of(call).ok_or("its table is not known")?;
        let column = call.text(call.shift(1), "column_name").ok_or("the column's name is not known")?;
        let table = self.table(&name).ok_or_else(|| missing(&name))?.clone();
        let Some(known) = table.columns.get(&*column) else {
            return match call.is_set("if_exists") {
                true => Ok(()),
                false => Err(format!("the table {name} has no column `{column}`")),
            };
        };
        let keeps_rest = self.dialect.name() == "mysql";
        for index in
            table.indexes.iter().filter(|index| index.parts.iter().any(|part| part.as_column() == Some(&column)))
        {
            self.change(&name, TableChange::DropIndex(Box::new(index.clone())))?;
            // MySQL takes the column out of the index, and drops what has none left.
            let mut rest = index.clone();
            rest.parts.retain(|part| part.as_column() != Some(&column));
            if keeps_rest && !rest.parts.is_empty() {
                self.change(&name, TableChange::AddIndex(Box::new(rest)))?;
            }
        }
        for key in table.foreign_keys.iter().filter(|key| key.columns.iter().any(|own| own.as_str() == &*column)) {
            self.change(&name, TableChange::DropForeignKey(key.clone()))?;
        }
        if let Some(key) = &table.primary_key
            && key.parts.iter().any(|part| part.as_column() == Some(&column))
        {
            self.change(&name, TableChange::DropPrimaryKey(key.clone()))?;
        }
        for check in table.checks.iter().filter(|check| names_column(&check.expression.text, &column)) {
            self.change(&name, TableChange::DropCheck(check.clone()))?;
        }
        let dropped = TableChange::DropColumn { name: column.to_string(), column: Box::new(known.clone()) };
        self.change(&name, dropped)
    }
}

/// Whether an expression has a word that is the column's name.
fn names_column(text: &str, column: &str) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.split(|letter| !is_part(letter)).any(|word| word == column)
}
