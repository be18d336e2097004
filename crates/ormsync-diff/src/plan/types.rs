//! Namespaces, extensions, types and sequences.

use std::collections::BTreeSet;

use ormsync_schema::{
    Column, ColumnChange, DataType, DefaultValue, Domain, EnumChange, EnumType, EnumUser, Literal, Operation,
    QualifiedName, Schema, Sequence, TableChange,
};

use super::mentions::mentions;
use super::order::Step;
use super::warnings::not_planned;
use super::{Planner, labels, qualified};

impl Planner<'_> {
    pub(super) fn plan_namespaces_and_extensions(&mut self, target: &Schema) {
        for name in target.namespaces.keys() {
            if !self.state.namespaces.contains_key(name) && !name.is_empty() {
                self.push(Step::CreateNamespace, Operation::CreateNamespace { name: name.clone() });
            }
        }
        let installed = self.state.extensions.clone();
        for (name, extension) in &target.extensions {
            let (name, extension) = (name.clone(), extension.clone());
            match installed.get(&name) {
                None => self.push(Step::AlterExtension, Operation::CreateExtension { name, extension }),
                // A version or namespace that is not said is left to the server.
                Some(from)
                    if extension.version.as_ref().is_some_and(|version| from.version.as_ref() != Some(version))
                        || extension.namespace.as_ref().is_some_and(|space| from.namespace.as_ref() != Some(space)) =>
                {
                    let from = from.clone();
                    self.push(Step::AlterExtension, Operation::AlterExtension { name, from, to: extension });
                }
                Some(_) => {}
            }
        }
        for (name, extension) in installed.into_iter().filter(|(name, _)| !target.extensions.contains_key(name)) {
            self.push(Step::DropExtension, Operation::DropExtension { name, extension });
        }
        let gone: Vec<String> =
            self.state.namespaces.keys().filter(|name| !target.namespaces.contains_key(*name)).cloned().collect();
        for name in gone.into_iter().filter(|name| *name != self.dialect.default_namespace()) {
            // It is empty once all else is done, which the state only knows then.
            self.operations.push((Step::DropNamespace, Operation::DropNamespace { name }));
        }
    }

    /// New and changed types and sequences; what goes waits for the columns that use it.
    pub(super) fn plan_types(&mut self, target: &Schema) {
        for (name, sequence) in qualified(target, |content| &content.sequences) {
            match self.state.namespaces.get(&name.namespace).and_then(|content| content.sequences.get(&name.name)) {
                // The column that owns it may not be there yet.
                None => {
                    let sequence = Sequence { owner: None, ..sequence.clone() };
                    self.push(Step::CreateSequence, Operation::CreateSequence { name, sequence });
                }
                Some(from) => {
                    let to = Sequence { owner: from.owner.clone(), ..sequence.clone() };
                    if *from != to {
                        let from = from.clone();
                        self.push(Step::CreateSequence, Operation::AlterSequence { name, from, to });
                    }
                }
            }
        }
        self.plan_enums(target);
        self.plan_user_types(target);
    }

    /// Ties sequences to their columns, once these are there.
    pub(super) fn own_sequences(&mut self, target: &Schema) {
        for (name, to) in qualified(target, |content| &content.sequences) {
            let Some(from) =
                self.state.namespaces.get(&name.namespace).and_then(|content| content.sequences.get(&name.name))
            else {
                continue;
            };
            if from.owner != to.owner {
                let (from, to) = (from.clone(), to.clone());
                self.push(Step::OwnSequence, Operation::AlterSequence { name, from, to });
            }
        }
    }

    fn plan_enums(&mut self, target: &Schema) {
        let mut enums = qualified(target, |content| &content.enums);
        enums.sort_by_key(|(_, enum_type)| super::order::place(&enum_type.origin));
        for (name, to) in enums {
            match self.state.enum_type(&name.namespace, &name.name) {
                None => {
                    self.push(Step::CreateType, Operation::CreateEnum { name, enum_type: to.clone() });
                }
                Some(from) if from != to => {
                    let (from, to) = (from.clone(), to.clone());
                    self.free_defaults(&name, &from, &to);
                    let change = self.enum_change(&name, from, to, target);
                    self.free_enum(&change);
                    self.push(Step::AlterType, Operation::AlterEnum(change));
                }
                Some(_) => {}
            }
        }
    }

    fn enum_change(&self, name: &QualifiedName, from: EnumType, to: EnumType, target: &Schema) -> EnumChange {
        let users = self
            .state
            .tables()
            .flat_map(|(namespace, table, content)| {
                content.columns.iter().filter(|(_, column)| is_of(&column.data_type, name)).map(
                    move |(name, column)| {
                        let table = QualifiedName::new(namespace, table);
                        EnumUser { table, name: name.clone(), column: column.clone() }
                    },
                )
            })
            .collect();
        let mut change =
            EnumChange { name: name.clone(), from, to, renamed_labels: Default::default(), users, used_at_once: false };
        let added: BTreeSet<&str> = change.added_labels().collect();
        change.used_at_once = labels::used_in(target, name, &added);
        change
    }

    /// Drops the defaults that are labels which go: neither on the way there nor on the way back may one be missing while
    /// a column has it for a default. What is wanted in their place is set later.
    fn free_defaults(&mut self, name: &QualifiedName, from: &EnumType, to: &EnumType) {
        let gone: Vec<&String> = from.labels.iter().filter(|label| !to.labels.contains(label)).collect();
        let is_gone = |column: &Column| match &column.default {
            Some(DefaultValue::Literal(Literal::Text(text))) => gone.iter().any(|label| mentions(text, label)),
            Some(DefaultValue::Expression(expression)) => gone.iter().any(|label| mentions(&expression.text, label)),
            _ => false,
        };
        let mut changes = Vec::new();
        for (namespace, table, content) in self.state.tables() {
            for (column_name, column) in
                content.columns.iter().filter(|(_, it)| is_of(&it.data_type, name) && is_gone(it))
            {
                let undefaulted = Column { default: None, ..column.clone() };
                let change = ColumnChange::new(column_name, column.clone(), undefaulted);
                changes.push((QualifiedName::new(namespace, table), TableChange::AlterColumn(Box::new(change))));
            }
        }
        for (table, change) in changes {
            self.change(Step::FreeColumns, &table, change);
        }
    }

    /// Drops what compares a column of the type with one of its labels, where the type is made anew: the server would
    /// compare the new type with the old one.
    fn free_enum(&mut self, change: &EnumChange) {
        if !change.needs_new_type() {
            return;
        }
        for user in &change.users {
            let moving = BTreeSet::from([user.name.clone()]);
            self.free_columns(&user.table, &moving);
        }
    }

    /// Whether a column's type is an enum that will be made anew.
    pub(super) fn gets_new_type(&self, data_type: &DataType, target: &Schema) -> bool {
        let (DataType::Enum { namespace, name }, false) = (data_type, self.alterations.rebuilds_tables) else {
            return false;
        };
        let (from, to) = (self.state.enum_type(namespace, name), target.enum_type(namespace, name));
        matches!((from, to), (Some(from), Some(to)) if from.labels != to.labels)
    }

    fn plan_user_types(&mut self, target: &Schema) {
        for (name, range_type) in qualified(target, |content| &content.ranges) {
            let there = self.state.namespaces.get(&name.namespace).and_then(|content| content.ranges.get(&name.name));
            match there {
                None => {
                    let range_type = range_type.clone();
                    self.push(Step::CreateType, Operation::CreateRangeType { name, range_type });
                }
                Some(from) if from != range_type => {
                    self.warnings.push(not_planned(name.to_string(), "a range type can't be changed while it is used"));
                }
                Some(_) => {}
            }
        }
        for name in user_types_in_order(target) {
            let content = &target.namespaces[&name.namespace];
            if let Some(domain) = content.domains.get(&name.name) {
                self.plan_domain(name, domain);
            } else if let Some(to) = content.composite_types.get(&name.name) {
                let there = self
                    .state
                    .namespaces
                    .get(&name.namespace)
                    .and_then(|content| content.composite_types.get(&name.name));
                match there.cloned() {
                    None => {
                        let composite_type = to.clone();
                        self.push(Step::CreateType, Operation::CreateCompositeType { name, composite_type });
                    }
                    Some(from) if from != *to => {
                        self.push(Step::AlterType, Operation::AlterCompositeType { name, from, to: to.clone() });
                    }
                    Some(_) => {}
                }
            }
        }
    }

    fn plan_domain(&mut self, name: QualifiedName, to: &Domain) {
        let there = self.state.namespaces.get(&name.namespace).and_then(|content| content.domains.get(&name.name));
        match there.cloned() {
            None => self.push(Step::CreateType, Operation::CreateDomain { name, domain: to.clone() }),
            Some(from) if from == *to => {}
            Some(from) if from.data_type != to.data_type || from.collation != to.collation => {
                self.warnings.push(not_planned(name.to_string(), "the type of a domain can't be changed"));
            }
            Some(from) => self.push(Step::AlterType, Operation::AlterDomain { name, from, to: to.clone() }),
        }
    }

    /// Types and sequences that nothing uses any more.
    pub(super) fn drop_types(&mut self, target: &Schema) {
        let content = |name: &QualifiedName| target.namespaces.get(&name.namespace);
        let state = self.state.clone();
        for name in user_types_in_order(&state).into_iter().rev() {
            let of_state = &state.namespaces[&name.namespace];
            let wanted = content(&name);
            if let Some(domain) = of_state.domains.get(&name.name).cloned() {
                if wanted.is_none_or(|wanted| !wanted.domains.contains_key(&name.name)) {
                    self.push(Step::DropType, Operation::DropDomain { name, domain });
                }
            } else if let Some(composite_type) = of_state.composite_types.get(&name.name).cloned()
                && wanted.is_none_or(|wanted| !wanted.composite_types.contains_key(&name.name))
            {
                self.push(Step::DropType, Operation::DropCompositeType { name, composite_type });
            }
        }
        for (name, range_type) in qualified(&state, |content| &content.ranges) {
            if content(&name).is_none_or(|wanted| !wanted.ranges.contains_key(&name.name)) {
                self.push(Step::DropType, Operation::DropRangeType { name, range_type: range_type.clone() });
            }
        }
        for (name, enum_type) in qualified(&state, |content| &content.enums) {
            if content(&name).is_none_or(|wanted| !wanted.enums.contains_key(&name.name)) {
                self.push(Step::DropType, Operation::DropEnum { name, enum_type: enum_type.clone() });
            }
        }
        for (name, sequence) in qualified(&state, |content| &content.sequences) {
            if content(&name).is_none_or(|wanted| !wanted.sequences.contains_key(&name.name)) {
                self.push(Step::DropSequence, Operation::DropSequence { name, sequence: sequence.clone() });
            }
        }
    }
}

/// Whether a type is an enum type, or an array of it.
pub(super) fn is_of(data_type: &DataType, enum_name: &QualifiedName) -> bool {
    match data_type {
        DataType::Array(element) => is_of(element, enum_name),
        DataType::Enum { namespace, name } => *namespace == enum_name.namespace && *name == enum_name.name,
        _ => false,
    }
}

/// Domains and composite types, those that others are made of first.
fn user_types_in_order(schema: &Schema) -> Vec<QualifiedName> {
    let mut order = Vec::new();
    let mut done = BTreeSet::new();
    for (namespace, content) in &schema.namespaces {
        for name in content.domains.keys().chain(content.composite_types.keys()) {
            visit(schema, &QualifiedName::new(namespace, name), &mut done, &mut order);
        }
    }
    order
}

fn visit(schema: &Schema, name: &QualifiedName, done: &mut BTreeSet<QualifiedName>, order: &mut Vec<QualifiedName>) {
    let Some(content) = schema.namespaces.get(&name.namespace) else { return };
    let domain = content.domains.get(&name.name);
    let composite = content.composite_types.get(&name.name);
    if (domain.is_none() && composite.is_none()) || !done.insert(name.clone()) {
        return;
    }
    let parts = domain.map(|domain| &domain.data_type).into_iter();
    for part in parts.chain(composite.into_iter().flat_map(|composite| composite.fields.values())) {
        let mut part = part;
        while let DataType::Array(element) = part {
            part = element;
        }
        if let DataType::UserDefined { namespace, name } = part {
            visit(schema, &QualifiedName::new(namespace, name), done, order);
        }
    }
    order.push(name.clone());
}
