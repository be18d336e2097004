//! Mutations of indexes and unique constraints.

use ormsync_dialect::Dialect;
use ormsync_schema::{Deferrability, Expression, Fact, Index, IndexKind, IndexPart, NullsOrder, SortOrder, Table};

use super::mutation::{Mutation, Shape, TablePlace};

/// All mutations of the indexes of a table.
pub(crate) fn of_table(place: &TablePlace, table: &Table, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = additions(place, table);
    // Two over the same columns stand for one another: what one loses the other still has.
    let alone = |index: &Index| table.indexes.iter().filter(|other| other.parts == index.parts).count() == 1;
    // MySQL keeps an index for each foreign key, and makes one itself where none is given.
    let serves = |index: &Index| {
        let mut columns = table.foreign_keys.iter().filter_map(|key| key.columns.first());
        dialect.name() == "mysql" && columns.any(|column| index.columns().next() == Some(column))
    };
    for index in table.indexes.iter().filter(|index| !index.implicit && alone(index) && !serves(index)) {
        all.extend(existence(place, index, dialect));
        all.extend(parts(place, table, index, dialect));
        all.extend(definition(place, table, index, dialect));
    }
    all
}

/// An index on a column that leads none yet.
fn additions(place: &TablePlace, table: &Table) -> Vec<Mutation> {
    let is_free = |name: &String| {
        let indexed = table.indexes.iter().any(|index| index.columns().any(|column| column == name));
        let keyed = table.primary_key.iter().flat_map(|key| &key.parts).any(|part| part.as_column() == Some(name));
        let refers = table.foreign_keys.iter().any(|key| key.columns.contains(name));
        !indexed && !keyed && !refers
    };
    let Some(name) = table.columns.keys().find(|name| is_free(name)).cloned() else {
        return Vec::new();
    };
    [
        ("index added", "index-missing", IndexKind::Plain),
        ("unique constraint added", "unique-missing", IndexKind::UniqueConstraint),
        ("unique index added", "unique-missing", IndexKind::UniqueIndex),
    ]
    .into_iter()
    .map(|(kind, rule, promise)| {
        let at = (format!("{}({name})", place.path), vec![name.clone()]);
        let column = name.clone();
        place.addition((kind, rule), &[Fact::Index], at, move |table| {
            let origin = table.origin.clone();
            table.indexes.push(Index::on_columns(promise, Some("quokka".into()), [column.clone()], origin));
        })
    })
    .collect()
}

fn existence(place: &TablePlace, index: &Index, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut facts = vec![Fact::Index];
    if index.predicate.is_some() {
        facts.push(Fact::IndexPredicate);
    }
    if index.columns().count() < index.parts.len() {
        facts.push(Fact::IndexExpression);
    }
    let unique = index.kind.is_unique();
    let dropped = if unique { ("unique dropped", "unique-missing") } else { ("index dropped", "index-missing") };
    let uniqueness = if unique { "no longer unique" } else { "unique instead of plain" };
    let mut all = vec![
        place.on_index(index, (dropped.0, dropped.1, Shape::Removed), &facts, |indexes, at| _ = indexes.remove(at)),
        place.on_index(index, (uniqueness, "unique-missing", Shape::Changed), &facts, |indexes, at| {
            let unique = indexes[at].kind.is_unique();
            indexes[at].kind = if unique { IndexKind::Plain } else { IndexKind::UniqueIndex };
            indexes[at].deferrability = Deferrability::NotDeferrable;
        }),
    ];
    facts.push(Fact::ConstraintName);
    if index.name.is_some() {
        all.push(place.on_index(index, ("index renamed", "index-name", Shape::Changed), &facts, |indexes, at| {
            indexes[at].name = Some("quokka".into());
        }));
    }
    if unique && index.predicate.is_none() && dialect.name() == "postgresql" {
        let facts = [Fact::Index, Fact::UniqueKind];
        let kind = ("constraint for an index, or back", "unique-kind", Shape::Changed);
        all.push(place.on_index(index, kind, &facts, |indexes, at| {
            indexes[at].deferrability = Deferrability::NotDeferrable;
            indexes[at].kind = match indexes[at].kind {
                IndexKind::UniqueIndex => IndexKind::UniqueConstraint,
                _ => IndexKind::UniqueIndex,
            };
        }));
    }
    all
}

const DEFINITION: &str = "index-definition";

fn parts(place: &TablePlace, table: &Table, index: &Index, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |kind, facts: &[Fact], apply: fn(&mut Index)| {
        let kind = (kind, DEFINITION, Shape::Changed);
        all.push(place.on_index(index, kind, facts, move |indexes, at| apply(&mut indexes[at])));
    };
    if index.kind != IndexKind::UniqueConstraint && index.method.is_none() {
        add("index: the other order", &[Fact::Index, Fact::IndexOrder], |index| {
            let last = index.parts.len() - 1;
            index.parts[last].order = match index.parts[last].order {
                SortOrder::Ascending => SortOrder::Descending,
                SortOrder::Descending => SortOrder::Ascending,
            };
        });
    }
    if index.kind != IndexKind::UniqueConstraint && index.method.is_none() && dialect.name() == "postgresql" {
        add("index: NULLs elsewhere", &[Fact::Index, Fact::IndexNulls], |index| {
            let part = &mut index.parts[0];
            part.nulls = Some(match part.order {
                SortOrder::Ascending => NullsOrder::First,
                SortOrder::Descending => NullsOrder::Last,
            });
        });
    }
    let mut columns = index.columns().map(str::to_owned).collect::<Vec<_>>();
    let reversed: Vec<IndexPart> = index.parts.iter().rev().cloned().collect();
    let taken = table
        .indexes
        .iter()
        .any(|other| other.parts.iter().map(|part| &part.target).eq(reversed.iter().map(|part| &part.target)));
    if index.parts.len() > 1 && !taken {
        let kind = ("index: columns in another order", DEFINITION, Shape::Changed);
        let mut mutation = place.on_index(index, kind, &[Fact::Index], move |indexes, at| indexes[at].parts.reverse());
        columns.reverse();
        mutation.at.push(format!("{}({})", place.path, columns.join(", ")));
        all.push(mutation);
    }
    all
}

fn definition(place: &TablePlace, table: &Table, index: &Index, dialect: &'static dyn Dialect) -> Vec<Mutation> {
    let mut all = Vec::new();
    let mut add = |kind, facts: &[Fact], apply: Box<dyn Fn(&mut Index)>| {
        let kind = (kind, DEFINITION, Shape::Changed);
        all.push(place.on_index(index, kind, facts, move |indexes, at| apply(&mut indexes[at])));
    };
    let is_plain = index.kind == IndexKind::Plain && index.method.is_none();
    let first = index.parts[0].as_column().and_then(|name| table.columns.get(name));
    let is_text = first
        .and_then(|column| column.data_type.as_named())
        .is_some_and(|named| matches!(named.name.as_str(), "varchar" | "text" | "char"));
    match dialect.name() {
        "postgresql" => {
            if is_plain {
                add(
                    "index: another method",
                    &[Fact::Index, Fact::IndexMethod],
                    Box::new(|index| {
                        index.method = Some("brin".into());
                    }),
                );
            }
            if is_plain && is_text {
                let facts = [Fact::Index, Fact::OperatorClass];
                add(
                    "index: operator class",
                    &facts,
                    Box::new(|index| {
                        index.parts[0].operator_class = Some("text_pattern_ops".into());
                    }),
                );
            }
            add(
                "index: more columns included",
                &[Fact::Index, Fact::IndexInclude],
                Box::new(|index| {
                    index.include.push("quokka".into());
                }),
            );
            if index.kind.is_unique() {
                add(
                    "index: NULLs not distinct",
                    &[Fact::Index, Fact::IndexNulls],
                    Box::new(|index| {
                        index.nulls_not_distinct = true;
                    }),
                );
            }
            if index.kind == IndexKind::UniqueConstraint {
                add(
                    "unique constraint deferred",
                    &[Fact::Index, Fact::Deferrability],
                    Box::new(|index| {
                        index.deferrability = Deferrability::InitiallyDeferred;
                    }),
                );
            }
        }
        "mysql" if is_text && index.method.is_none() => {
            add(
                "index: only the beginning",
                &[Fact::Index, Fact::IndexPrefix],
                Box::new(|index| {
                    index.parts[0].prefix_length = Some(7);
                }),
            );
        }
        _ => {}
    }
    if dialect.name() != "mysql" && index.kind != IndexKind::UniqueConstraint {
        let kind = if index.predicate.is_some() { "index: other rows" } else { "index: only some rows" };
        add(
            kind,
            &[Fact::Index, Fact::IndexPredicate],
            Box::new(|index| {
                index.predicate = Some(Expression::in_normal_form("(4711 > 0)"));
            }),
        );
    }
    all
}
