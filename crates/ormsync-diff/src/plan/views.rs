//! Views: they make way for the tables they read, and come again behind them.

use std::collections::BTreeSet;

use ormsync_schema::{Operation, QualifiedName, Schema, View};

use super::mentions::mentions;
use super::order::Step;
use super::physical::comparable_table;
use super::warnings::not_planned;
use super::{Planner, qualified};

impl Planner<'_> {
    /// Tables that change in a way that a view over them may not stand.
    pub(super) fn disturbed_tables(&self, target: &Schema) -> BTreeSet<QualifiedName> {
        if !self.alterations.views_hold_tables {
            return BTreeSet::new();
        }
        let is_disturbed = |(namespace, name, table): (&str, &str, &ormsync_schema::Table)| {
            let Some(wanted) = target.table(namespace, name) else { return Some(QualifiedName::new(namespace, name)) };
            let (from, to) = (comparable_table(table, self.dialect), comparable_table(wanted, self.dialect));
            // On a server that makes tables anew, anything may be the reason for it.
            let stands = if self.alterations.rebuilds_tables {
                from == to
            } else {
                from.columns.iter().all(|(name, column)| {
                    to.columns.get(name).is_some_and(|other| {
                        other.data_type == column.data_type
                            && other.collation == column.collation
                            && other.generated == column.generated
                    }) && !self.gets_new_type(&column.data_type, target)
                })
            };
            (!stands).then(|| QualifiedName::new(namespace, name))
        };
        self.state.tables().filter_map(is_disturbed).collect()
    }

    /// Drops views that are not wanted any more, or not so, and those that stand in the way.
    pub(super) fn drop_views(&mut self, target: &Schema, disturbed: &BTreeSet<QualifiedName>) {
        let mut going: BTreeSet<QualifiedName> = BTreeSet::new();
        let state = self.state.clone();
        for (name, view) in qualified(&state, |content| &content.views) {
            let wanted = target.namespaces.get(&name.namespace).and_then(|content| content.views.get(&name.name));
            let stands = wanted.is_some_and(|wanted| self.is_same_view(&name, view, wanted));
            if !stands || disturbed.iter().any(|table| reads(view, &table.name)) {
                going.insert(name);
            }
        }
        // What reads a view that goes, goes too.
        let order = views_in_order(&state);
        for name in &order {
            let Some(view) = state.namespaces[&name.namespace].views.get(&name.name) else { continue };
            if going.iter().any(|gone| gone != name && reads(view, &gone.name)) {
                going.insert(name.clone());
            }
        }
        for name in order.into_iter().rev().filter(|name| going.contains(name)) {
            let view = Box::new(state.namespaces[&name.namespace].views[&name.name].clone());
            if view.definition.is_none() {
                self.warnings.push(not_planned(name.to_string(), "the query of the view is not known"));
                continue;
            }
            self.push(Step::DropView, Operation::DropView { name, view });
        }
    }

    /// Makes the views that are not there, and sets comments.
    pub(super) fn create_views(&mut self, target: &Schema) {
        for name in views_in_order(target) {
            let view = target.namespaces[&name.namespace].views[&name.name].clone();
            let there =
                self.state.namespaces.get(&name.namespace).and_then(|content| content.views.get(&name.name)).cloned();
            match there {
                None if view.definition.is_none() => {
                    self.warnings.push(not_planned(name.to_string(), "the query of the view is not known"));
                }
                None => self.push(Step::CreateView, Operation::CreateView { name, view: Box::new(view) }),
                Some(old) if old.comment != view.comment => {
                    let materialised = view.materialised;
                    let operation = Operation::CommentView { name, materialised, from: old.comment, to: view.comment };
                    self.push(Step::CreateView, operation);
                }
                Some(_) => {}
            }
        }
    }

    /// The same but for columns, which the server makes of the query, and the comment, which can be changed.
    fn is_same_view(&mut self, name: &QualifiedName, left: &View, right: &View) -> bool {
        let bare = |view: &View| View { columns: Default::default(), comment: None, ..view.clone() };
        let (left, right) = (bare(left), bare(right));
        if left == right {
            return true;
        }
        let otherwise_same = View { definition: right.definition.clone(), ..left.clone() } == right;
        // A query is text in each source's own words; servers report it in theirs.
        let unknown = otherwise_same
            && match (&left.definition, &right.definition) {
                (None, _) | (_, None) => true,
                (Some(left), Some(right)) => squeezed(left.sql()) == squeezed(right.sql()),
            };
        if unknown && (left.definition.is_none() || right.definition.is_none()) {
            self.warnings.push(not_planned(name.to_string(), "the query of the view is not known"));
        }
        unknown
    }
}

/// A query without differences of blanks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn reads(view: &View, name: &str) -> bool {
    view.definition.as_ref().is_none_or(|definition| mentions(definition.sql(), name))
}

/// Views, those that others read first.
fn views_in_order(schema: &Schema) -> Vec<QualifiedName> {
    let views = qualified(schema, |content| &content.views);
    let mut order: Vec<QualifiedName> = Vec::new();
    let mut done = BTreeSet::new();
    for (name, _) in &views {
        visit(&views, name, &mut done, &mut order);
    }
    order
}

fn visit(
    views: &[(QualifiedName, &View)],
    name: &QualifiedName,
    done: &mut BTreeSet<QualifiedName>,
    order: &mut Vec<QualifiedName>,
) {
    if !done.insert(name.clone()) {
        return;
    }
    let Some((_, view)) = views.iter().find(|(other, _)| other == name) else { return };
    let Some(definition) = &view.definition else {
        order.push(name.clone());
        return;
    };
    for (other, _) in views.iter().filter(|(other, _)| other != name && mentions(definition.sql(), &other.name)) {
        visit(views, other, done, order);
    }
    order.push(name.clone());
}
