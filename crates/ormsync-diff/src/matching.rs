//! Finding the same unnamed or differently named object in several sources, and comparing it piece by piece.

use std::collections::HashMap;

use ormsync_schema::Fact;

use crate::answer::{Groups, Relation, Said, group};

/// One object across the sources: what each of them has.
pub(crate) type ObjectRow<'a, T> = Vec<Option<&'a T>>;

/// One round of matching: objects with the same key are the same, if they may be.
pub(crate) struct Round<'r, T> {
    /// What must be equal; none where the object can't be matched this way.
    pub(crate) key: &'r dyn Fn(&T) -> Option<String>,
    /// What else must hold.
    pub(crate) may: &'r dyn Fn(&T, &T) -> bool,
}

/// Matches objects of all sources in rounds, from the strictest to the loosest. Every object ends up in
/// exactly one row, and no row has two objects of one source. All sources take part in a round before
/// the next one starts, so that a loose match never takes away a strict one.
pub(crate) fn match_in_rounds<'a, T>(sources: &[&'a [T]], rounds: &[Round<'_, T>]) -> Vec<ObjectRow<'a, T>> {
    let mut rows: Vec<ObjectRow<'a, T>> = Vec::new();
    for (source, objects) in sources.iter().enumerate() {
        for object in *objects {
            let mut row = vec![None; sources.len()];
            row[source] = Some(object);
            rows.push(row);
        }
    }
    for round in rounds {
        rows = merge(rows, round);
    }
    rows
}

fn merge<'a, T>(rows: Vec<ObjectRow<'a, T>>, round: &Round<'_, T>) -> Vec<ObjectRow<'a, T>> {
    let mut kept: Vec<ObjectRow<'a, T>> = Vec::with_capacity(rows.len());
    let mut by_key: HashMap<String, Vec<usize>> = HashMap::new();
    for row in rows {
        let first = row.iter().flatten().next().copied();
        let Some((first, key)) = first.and_then(|first| Some((first, (round.key)(first)?))) else {
            kept.push(row);
            continue;
        };
        let alike = by_key.entry(key).or_default();
        let partner = alike.iter().copied().find(|at| {
            let other = &kept[*at];
            let disjoint = row.iter().zip(other).all(|(left, right)| left.is_none() || right.is_none());
            disjoint && other.iter().flatten().next().is_some_and(|other| (round.may)(other, first))
        });
        match partner {
            Some(at) => {
                for (slot, taken) in kept[at].iter_mut().zip(row) {
                    *slot = slot.or(taken);
                }
            }
            None => {
                alike.push(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}

/// One side of an object's definition.
pub(crate) struct Aspect<'r, T> {
    /// The fact a source must have words for to be asked.
    pub(crate) fact: Fact,
    /// Whether two objects agree in it.
    pub(crate) relate: &'r dyn Fn(&T, &T) -> Relation,
    /// The aspect in words.
    pub(crate) text: &'r dyn Fn(&T) -> String,
}

/// Compares an object aspect by aspect. Gives the groups, and the differing aspects in words by source;
/// sources that have no say in one of these are in no group.
pub(crate) fn compare_aspects<T>(
    row: &[Option<&T>],
    says: impl Fn(usize, Fact) -> bool,
    aspects: &[Aspect<'_, T>],
) -> Option<(Groups, Vec<String>)> {
    let ask = |aspects: &[&Aspect<'_, T>]| -> Vec<Said<usize>> {
        row.iter()
            .enumerate()
            .map(|(source, object)| match object {
                Some(_) if aspects.iter().all(|aspect| says(source, aspect.fact)) => Said::Value(source),
                _ => Said::Silent,
            })
            .collect()
    };
    let relate = |aspect: &Aspect<'_, T>, left: usize, right: usize| match (row[left], row[right]) {
        (Some(left), Some(right)) => (aspect.relate)(left, right),
        _ => Relation::Unknown,
    };
    let group_by = |aspects: &[&Aspect<'_, T>]| {
        group(&ask(aspects), |left, right| {
            let relations = aspects.iter().map(|aspect| relate(aspect, *left, *right));
            relations.fold(Relation::Same, Relation::and)
        })
    };
    let differing: Vec<&Aspect<'_, T>> = aspects.iter().filter(|aspect| group_by(&[*aspect]).is_some()).collect();
    let first = differing.first()?;
    // Together, unless so many sources are silent on one or the other that nothing would be left.
    let (groups, told) = match group_by(&differing) {
        Some(groups) => (groups, differing.as_slice()),
        None => (group_by(&[*first])?, &differing[..1]),
    };
    let texts = row
        .iter()
        .map(|object| match object {
            Some(object) => {
                let mut texts: Vec<String> = told.iter().map(|aspect| (aspect.text)(object)).collect();
                texts.dedup();
                texts.join(", ")
            }
            None => String::new(),
        })
        .collect();
    Some((groups, texts))
}
