//! Which migrations of several sides make the same change, and in which order they are told.

use ormsync_schema::{History, Migration, RecordState};

use super::{Row, Step, StepState, state};

/// By side: the place of a migration in its history.
type Group = Vec<Option<usize>>;

/// The rows of all histories: every migration once, those of one change together, in an order that every history
/// agrees with where there is one. What is only in the database comes last.
pub(super) fn rows(histories: &[History]) -> Vec<Row> {
    let mut rows: Vec<Row> = in_order(histories, groups(histories)).iter().map(|group| row(histories, group)).collect();
    for (side, history) in histories.iter().enumerate() {
        for record in history.records.iter().flatten() {
            if record.state == RecordState::Applied && history.migration(&record.id).is_none() {
                let lost = Step {
                    id: record.id.clone(),
                    state: Some(StepState::Lost),
                    is_empty: false,
                    written_at: None,
                    origin: ormsync_schema::Origin::nowhere(),
                };
                let steps = (0..histories.len()).map(|other| (other == side).then(|| lost.clone())).collect();
                rows.push(Row { steps });
            }
        }
    }
    rows
}

fn row(histories: &[History], group: &Group) -> Row {
    let step = |(history, place): (&History, &Option<usize>)| {
        let migration = &history.migrations[(*place)?];
        Some(Step {
            id: migration.id.clone(),
            state: state(history, migration),
            is_empty: migration.is_empty,
            written_at: migration.written_at.clone(),
            origin: migration.origin.clone(),
        })
    };
    Row { steps: histories.iter().zip(group).map(step).collect() }
}

/// What one migration says it mirrors decides; else the same effect, else the same subject, where no other has it.
fn groups(histories: &[History]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (side, history) in histories.iter().enumerate() {
        let mut added: Vec<Group> = Vec::new();
        for (place, migration) in history.migrations.iter().enumerate() {
            match partner(histories, &groups, side, migration) {
                Some(group) => groups[group][side] = Some(place),
                None => {
                    let mut group = vec![None; histories.len()];
                    group[side] = Some(place);
                    added.push(group);
                }
            }
        }
        groups.append(&mut added);
    }
    groups
}

/// The group that a migration belongs to, among those of the sides before its own.
fn partner(histories: &[History], groups: &[Group], side: usize, migration: &Migration) -> Option<usize> {
    let free = |group: &&usize| groups[**group][side].is_none();
    let members = |group: usize| {
        groups[group].iter().zip(histories).filter_map(|(place, history)| Some(&history.migrations[(*place)?]))
    };
    let all: Vec<usize> = (0..groups.len()).collect();
    let marked = |group: &&usize| {
        members(**group).any(|other| {
            migration.mirror_of.as_ref() == Some(&other.id) || other.mirror_of.as_ref() == Some(&migration.id)
        })
    };
    if let Some(group) = all.iter().filter(free).find(marked) {
        return Some(*group);
    }
    if migration.is_empty || migration.mirror_of.is_some() {
        return None;
    }
    let same = |of: fn(&Migration) -> Option<&str>| {
        let own = of(migration)?;
        // Where a history has it twice, nothing says which is meant.
        let is_only_one =
            |history: &History| history.migrations.iter().filter(|other| of(other) == Some(own)).count() <= 1;
        if !histories.iter().all(is_only_one) {
            return None;
        }
        let is_alike =
            |group: &&usize| members(**group).any(|other| of(other) == Some(own) && other.mirror_of.is_none());
        all.iter().filter(free).find(is_alike).copied()
    };
    same(|migration| migration.effect.as_deref()).or_else(|| same(subject))
}

fn subject(migration: &Migration) -> Option<&str> {
    Some(migration.subject.as_str()).filter(|subject| !subject.is_empty())
}

/// Takes, again and again, a group whose members all come first in what is left of their histories. Where two histories
/// have a pair the other way round there is none, and the first side's order counts.
fn in_order(histories: &[History], mut groups: Vec<Group>) -> Vec<Group> {
    let mut ordered = Vec::with_capacity(groups.len());
    let mut fronts = vec![0; histories.len()];
    let mut done: Vec<Vec<bool>> = histories.iter().map(|history| vec![false; history.migrations.len()]).collect();
    while !groups.is_empty() {
        let is_front =
            |group: &Group| group.iter().zip(&fronts).all(|(place, front)| place.is_none_or(|place| place == *front));
        let next = groups.iter().position(is_front).unwrap_or(0);
        let group = groups.remove(next);
        for (side, place) in group.iter().enumerate() {
            if let Some(place) = place {
                done[side][*place] = true;
            }
            while done[side].get(fronts[side]) == Some(&true) {
                fronts[side] += 1;
            }
        }
        ordered.push(group);
    }
    ordered
}
