//! Indexes, views, sequences, extensions, routines, triggers and policies.

use ormsync_schema::{
    Expression, Extension, Index, IndexKind, Operation, Policy, Routine, Sequence, SequenceOwner, Trigger,
    TriggerEvent, TriggerTiming, View,
};
use sqlparser::ast::{
    CreateExtension, CreateFunction, CreateIndex, CreatePolicy, CreatePolicyType, CreateTrigger, CreateView,
    DataType as SqlType, DropFunction, DropTrigger, ObjectName, SequenceOptions, TriggerEvent as SqlEvent,
    TriggerObject, TriggerObjectKind, TriggerPeriod,
};

use super::columns::number;
use super::statement::gone;
use super::{Outcome, Replay};

impl Replay<'_> {
    pub(super) fn create_index(&mut self, statement: &CreateIndex) -> Outcome {
        let path = self.path(&statement.table_name);
        let name = statement.name.as_ref().map(|name| self.path(name).name);
        let kind = if statement.unique { IndexKind::UniqueIndex } else { IndexKind::Plain };
        let mut index = Index::on_columns(kind, name, [], self.origin.clone());
        index.parts = self.parts(&statement.columns);
        index.include = self.fold_all(&statement.include);
        index.nulls_not_distinct = statement.nulls_distinct == Some(false);
        index.predicate = statement.predicate.as_ref().map(|it| Expression::written(it.to_string()));
        self.index_options(&mut index, statement.using.as_ref(), &statement.index_options);
        for option in &statement.with {
            if let Some((name, value)) = option.to_string().split_once('=') {
                index.options.insert(name.trim().to_lowercase(), value.trim().to_owned());
            }
        }
        let is_taken = |other: &Index| match (&other.name, &index.name) {
            (Some(other), Some(own)) => self.rules.dialect.same_name(other, own),
            _ => false,
        };
        let content = self.schema.namespaces.get(&path.namespace);
        let of_tables = content.into_iter().flat_map(|content| content.tables.iter());
        let is_there = of_tables
            .filter(|(table, _)| self.rules.indexes_are_objects || **table == path.name)
            .any(|(_, table)| table.indexes.iter().any(is_taken));
        if is_there {
            let is_guarded = statement.if_not_exists || self.tolerant;
            return if is_guarded { Ok(()) } else { Err("an index of that name is there already".to_owned()) };
        }
        if let Some(view) = self.content(&path.namespace).views.get_mut(&path.name) {
            view.indexes.push(index);
            return Ok(());
        }
        self.table_mut(&path)?.indexes.push(index);
        Ok(())
    }

    pub(super) fn create_view(&mut self, statement: &CreateView) -> Outcome {
        if statement.temporary {
            return Ok(());
        }
        let path = self.path(&statement.name);
        let mut view = View {
            definition: Some(Expression::written(statement.query.to_string())),
            materialised: statement.materialized,
            origin: self.origin.clone(),
            ..View::default()
        };
        if !statement.columns.is_empty() {
            let columns: Vec<String> = statement.columns.iter().map(|column| column.name.to_string()).collect();
            view.options.insert("columns".to_owned(), columns.join(", "));
        }
        let is_guarded = statement.or_replace || statement.if_not_exists || self.tolerant;
        let content = self.content(&path.namespace);
        if content.tables.contains_key(&path.name) || (content.views.contains_key(&path.name) && !is_guarded) {
            return Err(format!("{path} is there already"));
        }
        if statement.if_not_exists && content.views.contains_key(&path.name) {
            return Ok(());
        }
        content.views.insert(path.name, view);
        Ok(())
    }

    pub(super) fn create_sequence(
        &mut self,
        name: &ObjectName,
        if_not_exists: bool,
        data_type: Option<&SqlType>,
        options: &[SequenceOptions],
        owner: Option<&ObjectName>,
    ) -> Outcome {
        let name = self.path(name);
        if self.content(&name.namespace).sequences.contains_key(&name.name) && (if_not_exists || self.tolerant) {
            return Ok(());
        }
        let mut sequence = Sequence {
            data_type: data_type.map(|data_type| (self.rules.grammar.parse_type)(&data_type.to_string())),
            origin: self.origin.clone(),
            ..Sequence::default()
        };
        for option in options {
            match option {
                SequenceOptions::StartWith(value, _) => sequence.start = number(value),
                SequenceOptions::IncrementBy(value, _) => sequence.increment = number(value),
                SequenceOptions::MinValue(value) => sequence.minimum = value.as_ref().and_then(number),
                SequenceOptions::MaxValue(value) => sequence.maximum = value.as_ref().and_then(number),
                SequenceOptions::Cache(value) => sequence.cache = number(value).filter(|cache| *cache != 1),
                SequenceOptions::Cycle(no) => sequence.cycle = !no,
            }
        }
        sequence.owner = owner.and_then(|owner| {
            let mut parts: Vec<String> =
                owner.0.iter().filter_map(|part| part.as_ident()).map(|it| self.fold(it)).collect();
            let column = parts.pop()?;
            Some(SequenceOwner { table: parts.pop()?, column })
        });
        self.apply(&Operation::CreateSequence { name, sequence })
    }

    pub(super) fn create_extension(&mut self, statement: &CreateExtension) -> Outcome {
        let name = self.fold(&statement.name);
        if self.schema.extensions.contains_key(&name) && (statement.if_not_exists || self.tolerant) {
            return Ok(());
        }
        let extension = Extension {
            version: statement.version.as_ref().map(|version| version.value.clone()),
            namespace: statement.schema.as_ref().map(|schema| self.fold(schema)),
            origin: self.origin.clone(),
        };
        self.apply(&Operation::CreateExtension { name, extension })
    }

    pub(super) fn create_function(&mut self, statement: &CreateFunction) -> Outcome {
        if statement.temporary {
            return Ok(());
        }
        let path = self.path(&statement.name);
        let arguments: Vec<String> =
            statement.args.iter().flatten().map(|argument| argument.to_string().to_lowercase()).collect();
        let signature = format!("{}({})", path.name, arguments.join(", "));
        let routine = Routine {
            returns: statement.return_type.as_ref().map(|returns| returns.to_string().to_lowercase()),
            language: statement.language.as_ref().map(|language| self.fold(language)),
            definition: Some(Expression::written(self.text)),
            origin: self.origin.clone(),
            ..Routine::default()
        };
        let is_replaced = statement.or_replace || statement.if_not_exists || self.tolerant;
        let routines = &mut self.content(&path.namespace).routines;
        if routines.insert(signature, routine).is_some() && !is_replaced {
            return Err(format!("the function {path} is there already"));
        }
        Ok(())
    }

    pub(super) fn drop_functions(&mut self, statement: &DropFunction) -> Outcome {
        for function in &statement.func_desc {
            let path = self.path(&function.name);
            let beginning = format!("{}(", path.name);
            let routines = &mut self.content(&path.namespace).routines;
            let before = routines.len();
            routines.retain(|signature, _| !signature.starts_with(&beginning));
            let is_gone = routines.len() < before;
            gone(is_gone, statement.if_exists || self.tolerant, "function", &path)?;
        }
        Ok(())
    }

    pub(super) fn create_trigger(&mut self, statement: &CreateTrigger) -> Outcome {
        let name = self.path(&statement.name).name;
        let path = self.path(&statement.table_name);
        let timing = match statement.period {
            Some(TriggerPeriod::After) => TriggerTiming::After,
            Some(TriggerPeriod::InsteadOf) => TriggerTiming::InsteadOf,
            _ => TriggerTiming::Before,
        };
        let mut columns = Vec::new();
        let events = statement.events.iter().map(|event| match event {
            SqlEvent::Insert => TriggerEvent::Insert,
            SqlEvent::Update(of) => {
                columns = self.fold_all(of);
                TriggerEvent::Update
            }
            SqlEvent::Delete => TriggerEvent::Delete,
            SqlEvent::Truncate => TriggerEvent::Truncate,
        });
        let mut events: Vec<TriggerEvent> = events.collect();
        events.sort_unstable();
        let condition = statement.condition.as_ref().map(|it| format!("WHEN ({it}) ")).unwrap_or_default();
        let body = match (&statement.exec_body, &statement.statements) {
            // The catalogue calls it so, whichever of the two words was written.
            (Some(body), _) => format!("EXECUTE FUNCTION {}", body.func_desc),
            (None, Some(statements)) => statements.to_string(),
            (None, None) => String::new(),
        };
        let columns = if columns.is_empty() { String::new() } else { format!("OF {} ", columns.join(", ")) };
        let trigger = Trigger {
            timing,
            events,
            action: format!("{columns}{condition}{body}").trim().to_owned(),
            for_each_row: matches!(
                statement.trigger_object,
                Some(TriggerObjectKind::For(TriggerObject::Row) | TriggerObjectKind::ForEach(TriggerObject::Row))
            ),
            constraint: statement.is_constraint,
            deferrability: super::constraints::deferrability(statement.characteristics.as_ref()),
            other_table: statement.referenced_table_name.as_ref().map(|name| self.path(name).to_string()),
            origin: self.origin.clone(),
            ..Trigger::default()
        };
        let is_replaced = statement.or_replace || self.tolerant;
        let content = self.content(&path.namespace);
        let triggers = match content.views.get_mut(&path.name) {
            Some(view) => &mut view.triggers,
            None => &mut self.table_mut(&path)?.triggers,
        };
        if triggers.insert(name.clone(), trigger).is_some() && !is_replaced {
            return Err(format!("{path} has a trigger {name} already"));
        }
        Ok(())
    }

    pub(super) fn drop_trigger(&mut self, statement: &DropTrigger) -> Outcome {
        let path = self.path(&statement.trigger_name);
        let mut is_gone = false;
        // Without a table the name alone tells.
        let of = statement.table_name.as_ref().map(|name| self.path(name));
        let dialect = self.rules.dialect;
        let content = self.content(&path.namespace);
        for (name, table) in &mut content.tables {
            if of.as_ref().is_none_or(|of| dialect.same_name(name, &of.name)) {
                is_gone |= table.triggers.remove(&path.name).is_some();
            }
        }
        for view in content.views.values_mut() {
            is_gone |= view.triggers.remove(&path.name).is_some();
        }
        gone(is_gone, statement.if_exists || self.tolerant, "trigger", &path)
    }

    pub(super) fn create_policy(&mut self, statement: &CreatePolicy) -> Outcome {
        let name = self.fold(&statement.name);
        let path = self.path(&statement.table_name);
        let policy = Policy {
            command: statement.command.as_ref().map_or("all".to_owned(), |command| command.to_string().to_lowercase()),
            restrictive: matches!(statement.policy_type, Some(CreatePolicyType::Restrictive)),
            roles: statement.to.iter().flatten().map(|role| role.to_string().to_lowercase()).collect(),
            using: statement.using.as_ref().map(|it| Expression::written(it.to_string())),
            with_check: statement.with_check.as_ref().map(|it| Expression::written(it.to_string())),
            origin: self.origin.clone(),
        };
        if self.table_mut(&path)?.policies.insert(name.clone(), policy).is_some() {
            return Err(format!("{path} has a policy {name} already"));
        }
        Ok(())
    }
}
