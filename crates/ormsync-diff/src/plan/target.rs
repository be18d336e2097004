//! The schema that a plan leads to: what the target says, and for everything it does not say, or could not be read
//! there, what is there already.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_dialect::Dialect;
use ormsync_schema::{Column, Fact, Index, Namespace, Schema, Table};

use super::physical::bare_table;

/// Completes `target` with what it leaves unsaid, and what `from` does: neither is ever a reason to change anything.
/// With `keep_undeclared` nothing that is there goes.
pub(super) fn complete(from: &Schema, target: &mut Schema, keep_undeclared: bool, dialect: &dyn Dialect) {
    let silence = Silence {
        of_target: target.unsaid.iter().copied().collect(),
        of_source: from.unsaid.iter().copied().collect(),
        hidden: target.opaque.iter().map(|opaque| opaque.fact).collect(),
        keep_undeclared,
        dialect,
    };
    if silence.about(Fact::Extension) {
        target.extensions.clone_from(&from.extensions);
    } else if silence.keeps(Fact::Extension) {
        keep(&from.extensions, &mut target.extensions);
    }
    for (name, old) in &from.namespaces {
        if keep_undeclared || target.namespaces.contains_key(name) || holds_what_is_kept(old, &silence) {
            complete_namespace(old, target.namespaces.entry(name.clone()).or_default(), &silence);
        }
    }
    target.namespaces.retain(|name, content| from.namespaces.contains_key(name) || *content != Namespace::default());
}

/// What the two sides do not talk about.
struct Silence<'a> {
    of_target: Vec<Fact>,
    of_source: Vec<Fact>,
    hidden: Vec<Fact>,
    keep_undeclared: bool,
    dialect: &'a dyn Dialect,
}

impl Silence<'_> {
    /// Whether one of them has no words for a fact, so that a difference says nothing.
    fn about(&self, fact: Fact) -> bool {
        self.of_target.contains(&fact) || self.of_source.contains(&fact)
    }

    /// Whether what the target does not declare stays.
    fn keeps(&self, fact: Fact) -> bool {
        self.keep_undeclared || self.of_target.contains(&fact) || self.hidden.contains(&fact)
    }

    /// The same inside a table, parts of which may not have been read.
    fn keeps_in(&self, table: &Table, fact: Fact) -> bool {
        self.keeps(fact) || table.opaque.iter().any(|opaque| opaque.fact == fact)
    }
}

fn holds_what_is_kept(content: &Namespace, silence: &Silence<'_>) -> bool {
    (silence.keeps(Fact::View) && !content.views.is_empty())
        || (silence.keeps(Fact::Sequence) && !content.sequences.is_empty())
        || (silence.keeps(Fact::UserType) && !(content.domains.is_empty() && content.composite_types.is_empty()))
        || (silence.keeps(Fact::Table) && !content.tables.is_empty())
}

fn complete_namespace(old: &Namespace, new: &mut Namespace, silence: &Silence<'_>) {
    // Only names and signatures are compared, so what is there is never changed or dropped.
    new.routines.extend(old.routines.iter().map(|(name, routine)| (name.clone(), routine.clone())));
    if silence.keeps(Fact::Table) {
        keep(&old.tables, &mut new.tables);
    }
    if silence.keeps(Fact::EnumType) {
        keep(&old.enums, &mut new.enums);
    }
    if silence.keeps(Fact::UserType) {
        keep(&old.domains, &mut new.domains);
        keep(&old.composite_types, &mut new.composite_types);
        keep(&old.ranges, &mut new.ranges);
    }
    if silence.keeps(Fact::View) {
        keep(&old.views, &mut new.views);
    }
    if silence.keeps(Fact::Sequence) {
        keep(&old.sequences, &mut new.sequences);
    }
    for (name, view) in &mut new.views {
        let Some(old) = old.views.get(name) else { continue };
        if silence.about(Fact::ViewDefinition) || view.definition.is_none() {
            view.clone_from(old);
        }
    }
    for (name, enum_type) in &mut new.enums {
        let Some(old) = old.enums.get(name) else { continue };
        if silence.about(Fact::EnumLabelOrder) {
            keep_label_order(&old.labels, &mut enum_type.labels);
        }
        if enum_type.comment.is_none() && silence.about(Fact::TableComment) {
            enum_type.comment.clone_from(&old.comment);
        }
    }
    for (name, table) in &mut new.tables {
        if let Some(old) = old.tables.get(name) {
            complete_table(old, table, silence);
        }
    }
}

/// The labels that stay stand as they did; new ones come behind.
fn keep_label_order(old: &[String], new: &mut Vec<String>) {
    let mut labels: Vec<String> = old.iter().filter(|label| new.contains(label)).cloned().collect();
    labels.extend(new.iter().filter(|label| !old.contains(label)).cloned());
    *new = labels;
}

fn complete_table(old: &Table, new: &mut Table, silence: &Silence<'_>) {
    complete_columns(old, new, silence);
    complete_indexes(old, new, silence);
    let is_new = |name: &Option<String>, names: &[Option<String>]| !names.contains(name);
    if silence.about(Fact::Check) {
        new.checks.clone_from(&old.checks);
    } else if silence.keeps_in(new, Fact::Check) {
        let names: Vec<_> = new.checks.iter().map(|check| check.name.clone()).collect();
        new.checks.extend(old.checks.iter().filter(|check| is_new(&check.name, &names)).cloned());
    }
    if silence.about(Fact::Exclusion) {
        new.exclusions.clone_from(&old.exclusions);
    } else if silence.keeps_in(new, Fact::Exclusion) {
        let names: Vec<_> = new.exclusions.iter().map(|exclusion| exclusion.name.clone()).collect();
        new.exclusions.extend(old.exclusions.iter().filter(|it| is_new(&it.name, &names)).cloned());
    }
    complete_foreign_keys(old, new, silence);
    if silence.about(Fact::PrimaryKey) || (new.primary_key.is_none() && silence.keeps_in(new, Fact::PrimaryKey)) {
        new.primary_key.clone_from(&old.primary_key);
    }
    if silence.about(Fact::Trigger) {
        new.triggers.clone_from(&old.triggers);
    } else if silence.keeps_in(new, Fact::Trigger) {
        keep(&old.triggers, &mut new.triggers);
    }
    if silence.about(Fact::Policy) {
        new.policies.clone_from(&old.policies);
        new.row_security = old.row_security;
    } else if silence.keeps_in(new, Fact::Policy) {
        keep(&old.policies, &mut new.policies);
        new.row_security |= old.row_security;
    }
    if silence.about(Fact::Partitioning) {
        new.partitioning.clone_from(&old.partitioning);
        new.partitions.clone_from(&old.partitions);
    }
    if silence.about(Fact::TableComment) {
        new.comment.clone_from(&old.comment);
    }
    if silence.about(Fact::TableOptions) {
        new.options.clone_from(&old.options);
    } else {
        // An option that is not given is left to the server, but a switch that is not given is off.
        let given = old.options.iter().filter(|(_, value)| *value != "true");
        for (name, value) in given {
            new.options.entry(name.clone()).or_insert_with(|| value.clone());
        }
    }
}

fn complete_columns(old: &Table, new: &mut Table, silence: &Silence<'_>) {
    if silence.keeps_in(new, Fact::Column) {
        for (name, column) in &old.columns {
            new.columns.entry(name.clone()).or_insert_with(|| column.clone());
        }
    }
    for (name, column) in &mut new.columns {
        if let Some(old) = old.columns.get(name) {
            complete_column(old, column, silence);
        }
    }
}

fn complete_column(old: &Column, new: &mut Column, silence: &Silence<'_>) {
    if silence.about(Fact::Collation) {
        new.collation.clone_from(&old.collation);
    }
    if silence.about(Fact::ColumnComment) {
        new.comment.clone_from(&old.comment);
    }
    // No ORM has words for these.
    if old.identity == new.identity && new.numbered_by.is_none() {
        new.numbered_by.clone_from(&old.numbered_by);
    }
    if !new.nullable && !old.nullable && new.not_null.is_none() {
        new.not_null.clone_from(&old.not_null);
    }
    if silence.about(Fact::Generated) {
        new.generated.clone_from(&old.generated);
    }
    if silence.about(Fact::OnUpdate) {
        new.on_update.clone_from(&old.on_update);
    }
    if silence.about(Fact::Default) {
        new.default.clone_from(&old.default);
    }
    if silence.about(Fact::Identity) {
        new.identity.clone_from(&old.identity);
    } else if let (Some(old), Some(new)) = (&old.identity, &mut new.identity)
        && !new.never_again
        && silence.about(Fact::TableOptions)
    {
        new.never_again = old.never_again;
    }
}

fn complete_foreign_keys(old: &Table, new: &mut Table, silence: &Silence<'_>) {
    if silence.about(Fact::ForeignKey) {
        new.foreign_keys.clone_from(&old.foreign_keys);
        return;
    }
    for key in &mut new.foreign_keys {
        let Some(old) = old.foreign_keys.iter().find(|old| old.columns == key.columns) else { continue };
        if silence.about(Fact::Deferrability) {
            key.deferrability = old.deferrability;
        }
        if silence.about(Fact::ConstraintName) {
            key.name.clone_from(&old.name);
        }
        if silence.about(Fact::ReferentialAction) {
            (key.on_delete, key.on_update) = (old.on_delete, old.on_update);
        }
        key.match_kind = if silence.about(Fact::Deferrability) { old.match_kind } else { key.match_kind };
    }
    if silence.keeps_in(new, Fact::ForeignKey) {
        let missing =
            old.foreign_keys.iter().filter(|key| !new.foreign_keys.iter().any(|it| it.columns == key.columns));
        let missing: Vec<_> = missing.cloned().collect();
        new.foreign_keys.extend(missing);
    }
}

/// An index of the target that is one that is there, but for what is not said, is that one. An index with a part
/// that the target has no words for stays.
fn complete_indexes(old: &Table, new: &mut Table, silence: &Silence<'_>) {
    if silence.about(Fact::Index) {
        new.indexes.clone_from(&old.indexes);
        return;
    }
    let (bare_old, bare_new) = (bare_table(old, silence.dialect), bare_table(new, silence.dialect));
    let has_name = |table: &Table, name: &Option<String>| table.indexes.iter().any(|index| index.name == *name);
    let mut kept = Vec::new();
    let mut renamed = BTreeSet::new();
    for (index, bare) in old.indexes.iter().zip(&bare_old.indexes) {
        if bare_new.indexes.contains(bare) {
            continue;
        }
        let (audible, is_whole) = audible(bare, silence);
        let twin = bare_new
            .indexes
            .iter()
            .position(|other| self::audible(other, silence).0 == audible && !bare_old.indexes.contains(other));
        if let Some(position) = twin {
            new.indexes[position] = index.clone();
        } else if !is_whole || silence.keeps_in(new, Fact::Index) {
            // What the target only calls otherwise does not stay beside it. (The server names those that it makes itself.)
            let nameless = Index { name: None, ..audible };
            let is_it = |other: &Index| Index { name: None, ..self::audible(other, silence).0 } == nameless;
            let other_name = bare_new.indexes.iter().enumerate().position(|(position, other)| {
                is_it(other) && !has_name(old, &other.name) && !renamed.contains(&position)
            });
            match other_name.filter(|_| !index.implicit && !has_name(new, &index.name)) {
                Some(position) => {
                    renamed.insert(position);
                    new.indexes[position] = Index { name: bare_new.indexes[position].name.clone(), ..index.clone() };
                }
                None => kept.push(index.clone()),
            }
        }
    }
    // One of the same name but another shape is what the target makes of it.
    kept.retain(|index| index.name.is_none() || !new.indexes.iter().any(|other| other.name == index.name));
    new.indexes.extend(kept);
}

/// An index without what is not talked about, and whether that is all of it.
fn audible(index: &Index, silence: &Silence<'_>) -> (Index, bool) {
    let mut audible = index.clone();
    if silence.about(Fact::ConstraintName) {
        audible.name = None;
    }
    if silence.about(Fact::UniqueKind) && audible.kind.is_unique() {
        audible.kind = ormsync_schema::IndexKind::UniqueIndex;
    }
    let named = audible.clone();
    if silence.about(Fact::IndexPredicate) {
        audible.predicate = None;
    }
    if silence.about(Fact::IndexInclude) {
        audible.include.clear();
    }
    if silence.about(Fact::IndexMethod) {
        audible.method = None;
    }
    if silence.about(Fact::Deferrability) {
        audible.deferrability = Default::default();
    }
    if silence.about(Fact::TableOptions) {
        audible.options.clear();
    }
    if silence.about(Fact::TableComment) {
        audible.comment = None;
    }
    for part in &mut audible.parts {
        if silence.about(Fact::IndexOrder) {
            part.order = Default::default();
        }
        if silence.about(Fact::IndexNulls) {
            part.nulls = None;
        }
        if silence.about(Fact::IndexPrefix) {
            part.prefix_length = None;
        }
        if silence.about(Fact::OperatorClass) {
            part.operator_class = None;
        }
        if silence.about(Fact::Collation) {
            part.collation = None;
        }
    }
    let has_expression = audible.parts.iter().any(|part| part.as_column().is_none());
    let is_whole = audible == named && !(has_expression && silence.about(Fact::IndexExpression));
    (audible, is_whole)
}

fn keep<T: Clone>(old: &BTreeMap<String, T>, new: &mut BTreeMap<String, T>) {
    for (name, object) in old {
        new.entry(name.clone()).or_insert_with(|| object.clone());
    }
}
