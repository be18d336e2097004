//! Functions and procedures that are not there yet.

use std::collections::BTreeSet;

use ormsync_schema::{Expression, Operation, QualifiedName, Routine, Schema};

use super::mentions::mentions;
use super::order::Step;
use super::warnings::not_planned;
use super::{Planner, qualified};

impl Planner<'_> {
    /// Makes the routines that are not there, those that others call first. What is there stays as it is.
    pub(super) fn create_routines(&mut self, target: &Schema) {
        let is_there = |name: &QualifiedName, state: &Schema| {
            state.namespaces.get(&name.namespace).is_some_and(|content| content.routines.contains_key(&name.name))
        };
        let mut missing: Vec<(QualifiedName, Routine)> = qualified(target, |content| &content.routines)
            .into_iter()
            .filter(|(name, _)| !is_there(name, &self.state))
            .map(|(name, routine)| (name, routine.clone()))
            .collect();
        in_order(&mut missing);
        for (name, routine) in missing {
            if routine.definition.is_none() {
                self.warnings.push(not_planned(name.to_string(), "the statement of the routine is not known"));
                continue;
            }
            let step = if speaks_of_tables(&routine, &name, target) {
                Step::CreateRoutineOfTables
            } else {
                Step::CreateRoutine
            };
            self.push(step, Operation::CreateRoutine { name, routine });
        }
    }
}

/// The name without the signature.
fn bare(name: &QualifiedName) -> &str {
    let name = name.name.strip_prefix("procedure ").unwrap_or(&name.name);
    name.split('(').next().unwrap_or_default()
}

/// Puts routines behind those that their statements speak of. Two that call each other stay as they are: bodies are
/// looked into when they are run.
fn in_order(routines: &mut Vec<(QualifiedName, Routine)>) {
    let mut ordered: Vec<(QualifiedName, Routine)> = Vec::with_capacity(routines.len());
    let mut done = BTreeSet::new();
    for index in 0..routines.len() {
        visit(routines, index, &mut done, &mut ordered);
    }
    *routines = ordered;
}

fn visit(
    routines: &[(QualifiedName, Routine)],
    index: usize,
    done: &mut BTreeSet<usize>,
    ordered: &mut Vec<(QualifiedName, Routine)>,
) {
    if !done.insert(index) {
        return;
    }
    let text = routines[index].1.definition.as_ref().map(Expression::sql).unwrap_or_default();
    for other in 0..routines.len() {
        if other != index && mentions(text, bare(&routines[other].0)) {
            visit(routines, other, done, ordered);
        }
    }
    ordered.push(routines[index].clone());
}

/// Whether the signature or result names a table or view, whose rows are a type.
fn speaks_of_tables(routine: &Routine, name: &QualifiedName, target: &Schema) -> bool {
    let signature = name.name.split_once('(').map_or("", |(_, arguments)| arguments);
    let returns = routine.returns.as_deref().unwrap_or_default();
    let content = target.namespaces.values();
    content
        .flat_map(|content| content.tables.keys().chain(content.views.keys()))
        .any(|table| mentions(signature, table) || mentions(returns, table))
}
