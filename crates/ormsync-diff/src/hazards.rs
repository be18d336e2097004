//! Hazards: every source may be right by itself, and yet two writers of one table do not get on. Where a
//! difference already tells of it, it is not told again.

use std::collections::{BTreeSet, HashMap};

use ormsync_schema::{Column, Fact, ForeignKey, ObjectKind, ObjectPath, Severity, Table, TriggerEvent, TriggerTiming};

use crate::answer::{Groups, Relation, Said, group};
use crate::columns::columns_of;
use crate::comparing::{Comparing, Difference, Saying};
use crate::fill::{Fill, Value};
use crate::headline::{Headline, shorten};
use crate::names::{NameRow, match_names};
use crate::tables::TableRow;
use crate::{Rule, rules};

/// Looks for hazards of a table whose differences are the findings from `told` on.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>, told: usize) {
    let writers = (0..row.slots.len()).filter(|source| !comparing.is_live(*source) && row.table(*source).is_some());
    if writers.count() < 2 {
        return;
    }
    if does_something_itself(row) {
        for names in match_names(&columns_of(row), comparing.dialect) {
            let path = row.path(comparing, ObjectKind::Column, names.name());
            let told_of: Vec<&str> = comparing.findings[told..]
                .iter()
                .filter(|finding| finding.at == path)
                .map(|finding| finding.rule.name)
                .collect();
            let is_told = |rule: &Rule| told_of.contains(&rule.name);
            let differs = is_told(&rules::COLUMN_DEFAULT) || is_told(&rules::COLUMN_AUTO_INCREMENT);
            if !is_told(&rules::COLUMN_TYPE) {
                compare_text_labels(comparing, row, &names, &path);
                compare_decimals(comparing, row, &names, &path);
            }
            if !differs {
                compare_fills(comparing, row, &names, &path);
                compare_updates(comparing, row, &names, &path);
            }
        }
    }
    foreign_keys_without_index(comparing, row, told);
}

/// Two writers that keep an enum as text know different labels: what the one writes the other can't read. The order
/// says nothing there.
fn compare_text_labels(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    names: &NameRow<'_, &Column>,
    path: &ObjectPath,
) {
    let columns = writers(comparing, names, Fact::ColumnType);
    let labels: Vec<Option<&Vec<String>>> =
        columns.iter().map(|column| column.and_then(|column| column.client.text_labels.as_ref())).collect();
    let sets: Vec<Option<BTreeSet<&String>>> =
        labels.iter().map(|labels| labels.map(|labels| labels.iter().collect())).collect();
    let answers: Vec<Said<&BTreeSet<&String>>> =
        sets.iter().map(|set| set.as_ref().map_or(Said::Silent, Said::Value)).collect();
    let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else { return };
    let says = columns
        .iter()
        .zip(&labels)
        .map(|(column, labels)| match (column, labels) {
            (Some(column), Some(labels)) => {
                let text = format!("text out of {}", shorten(&labels.join(", ")));
                Saying::new(text, column.place_of(Fact::ColumnType))
            }
            _ => Saying::default(),
        })
        .collect();
    let note =
        "a label that only one side knows is text to the database, and an error when the other reads it".to_owned();
    report(comparing, row, (&rules::ENUM_LABELS, Severity::Error), path, groups, says, vec![note]);
}

/// Whether any source fills in or updates a column on its own; by far most tables are quick to tell.
fn does_something_itself(row: &TableRow<'_>) -> bool {
    let tables = (0..row.slots.len()).filter_map(|source| row.table(source));
    let mut columns = tables.flat_map(|table| table.columns.values());
    columns.any(|Column { client, .. }| {
        client.default.is_some() || client.update.is_some() || client.text_labels.is_some() || client.decimal_as_float
    })
}

/// The sources that write rows through a declaration of the column, with it.
fn writers<'a>(comparing: &Comparing<'_>, names: &NameRow<'a, &'a Column>, fact: Fact) -> Vec<Option<&'a Column>> {
    (0..names.slots.len())
        .map(|source| names.get(source).filter(|column| comparing.says(source, fact) && !column.client.ignored))
        .collect()
}

/// Two writers that leave the column out get different values.
fn compare_fills(comparing: &mut Comparing<'_>, row: &TableRow<'_>, names: &NameRow<'_, &Column>, path: &ObjectPath) {
    let columns = writers(comparing, names, Fact::ClientDefault);
    if columns.iter().flatten().count() < 2 {
        return;
    }
    let fills: Vec<Option<Fill>> = columns.iter().map(|column| column.and_then(Fill::of)).collect();
    let has_own = |column: &Option<&Column>| column.is_some_and(|column| column.client.default.is_some());
    if !columns.iter().any(has_own) {
        return;
    }
    let answers: Vec<Said<&Fill>> = fills.iter().map(|fill| fill.as_ref().map_or(Said::Silent, Said::Value)).collect();
    let Some(groups) = group(&answers, |left, right| relate(left, right)) else { return };
    let two_clocks =
        fills.iter().flatten().all(|fill| matches!(fill, Fill::Client(Value::Time) | Fill::Database(Value::Time)));
    // Who is refused knows at once; who writes something else never does.
    let is_loud =
        columns.iter().zip(&fills).all(|(column, fill)| matches!(fill, None | Some(Fill::Nothing)) || has_own(column))
            && !fills.iter().flatten().any(|fill| fills.iter().flatten().any(|other| differ_silently(fill, other)));
    let at_most = if is_loud { Severity::Note } else { Severity::Error };
    let rule = if two_clocks { &rules::TIME_SOURCE } else { &rules::CLIENT_DEFAULT };
    let mut notes = Vec::new();
    for (source, fill) in fills.iter().enumerate() {
        let label = comparing.sources[source].label;
        match fill {
            Some(Fill::Nothing) => notes.push(format!("an INSERT by {label} that leaves it out fails")),
            Some(Fill::Null) => notes.push(format!("an INSERT by {label} that leaves it out writes NULL")),
            _ => {}
        }
    }
    let says =
        columns.iter().map(|column| column.map(|column| saying(comparing, column)).unwrap_or_default()).collect();
    report(comparing, row, (rule, at_most), path, groups, says, notes);
}

/// Whether two writers fill in different values without either being refused.
fn differ_silently(left: &Fill, right: &Fill) -> bool {
    match (left, right) {
        (Fill::Client(left), Fill::Client(right)) => left.differs(right),
        _ => false,
    }
}

/// What two writers' fills are to each other.
fn relate(left: &Fill, right: &Fill) -> Relation {
    match (left, right) {
        (Fill::Client(Value::Time), Fill::Database(Value::Time))
        | (Fill::Database(Value::Time), Fill::Client(Value::Time)) => Relation::Different,
        (Fill::Client(left) | Fill::Database(left), Fill::Client(right) | Fill::Database(right)) => {
            Relation::of_equality(!left.differs(right))
        }
        (left, right) => Relation::of_equality(left == right),
    }
}

fn saying(comparing: &Comparing<'_>, column: &Column) -> Saying {
    match (&column.client.default, &column.default) {
        (Some(written), _) => Saying::new(format!("filled in by `{written}`"), column.place_of(Fact::ClientDefault)),
        (None, Some(default)) => {
            let text = crate::defaults::text(comparing.dialect, default);
            Saying::new(format!("filled in by the database with {text}"), column.place_of(Fact::Default))
        }
        (None, None) if column.identity.is_some() || column.generated.is_some() => {
            Saying::new("filled in by the database", &column.origin)
        }
        (None, None) if column.nullable => Saying::new("left NULL", &column.origin),
        (None, None) => Saying::new("left to the caller", &column.origin),
    }
}

/// One writer sets the column on every update, and the others leave it as it was.
fn compare_updates(comparing: &mut Comparing<'_>, row: &TableRow<'_>, names: &NameRow<'_, &Column>, path: &ObjectPath) {
    let columns = writers(comparing, names, Fact::ClientUpdate);
    let of_database = names.slots.iter().flatten().any(|(_, column)| column.on_update.is_some());
    if of_database || has_trigger_before_update(row) {
        return;
    }
    let answers: Vec<Said<()>> = columns
        .iter()
        .map(|column| match column {
            Some(column) => Said::from_option(column.client.update.as_ref().map(|_| ())),
            None => Said::Silent,
        })
        .collect();
    let Some(groups) = group(&answers, |(), ()| Relation::Same) else {
        return compare_clocks(comparing, row, &columns, path);
    };
    let notes = columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.is_some_and(|column| Fill::of(column) == Some(Fill::Nothing)))
        .map(|(source, _)| format!("an INSERT by {} that leaves it out fails", comparing.sources[source].label))
        .collect();
    let says = columns.iter().map(update_saying).collect();
    report(comparing, row, (&rules::CLIENT_UPDATE, Severity::Error), path, groups, says, notes);
}

fn update_saying(column: &Option<&Column>) -> Saying {
    match column.map(|column| (column, column.client.update.as_deref())) {
        Some((column, Some(written))) => {
            Saying::new(format!("set on every update by `{written}`"), column.place_of(Fact::ClientUpdate))
        }
        Some((column, None)) => Saying::new("left as it was on update", &column.origin),
        None => Saying::default(),
    }
}

/// Two writers set the time of the last change, one by its own clock and one by the database's. Where that is told of
/// the INSERT already, it is not told again.
fn compare_clocks(comparing: &mut Comparing<'_>, row: &TableRow<'_>, columns: &[Option<&Column>], path: &ObjectPath) {
    let is_told = |finding: &crate::Finding| finding.rule.name == rules::TIME_SOURCE.name && finding.at == *path;
    if comparing.findings.iter().rev().take_while(|finding| finding.at == *path).any(is_told) {
        return;
    }
    let clocks: Vec<Option<Fill>> = columns
        .iter()
        .map(|column| Some(Fill::of_writer(column.as_ref()?.client.update.as_deref()?)))
        .map(|fill| fill.filter(|fill| matches!(fill, Fill::Client(Value::Time) | Fill::Database(Value::Time))))
        .collect();
    let answers: Vec<Said<&Fill>> =
        clocks.iter().map(|clock| clock.as_ref().map_or(Said::Silent, Said::Value)).collect();
    let Some(groups) = group(&answers, |left, right| relate(left, right)) else { return };
    let says = columns.iter().map(update_saying).collect();
    report(comparing, row, (&rules::TIME_SOURCE, Severity::Error), path, groups, says, Vec::new());
}

/// One writer reads exact decimals as binary floats, and others as they are.
fn compare_decimals(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    names: &NameRow<'_, &Column>,
    path: &ObjectPath,
) {
    let columns = writers(comparing, names, Fact::ClientDefault);
    let floats: Vec<Option<bool>> =
        columns.iter().map(|column| column.map(|column| column.client.decimal_as_float)).collect();
    if !floats.contains(&Some(true)) {
        return;
    }
    let answers: Vec<Said<&bool>> =
        floats.iter().map(|float| float.as_ref().map_or(Said::Silent, Said::Value)).collect();
    let Some(groups) = group(&answers, |left, right| Relation::of_equality(left == right)) else { return };
    let says = columns
        .iter()
        .map(|column| match column {
            Some(column) => {
                let how =
                    if column.client.decimal_as_float { "read as a binary float" } else { "read as an exact decimal" };
                Saying::new(how, column.place_of(Fact::ColumnType))
            }
            None => Saying::default(),
        })
        .collect();
    let note = "what is read, reckoned with and written back is not always the number that was there".to_owned();
    report(comparing, row, (&rules::DECIMAL_AS_FLOAT, Severity::Error), path, groups, says, vec![note]);
}

/// Such a trigger may well set the column for everybody.
fn has_trigger_before_update(row: &TableRow<'_>) -> bool {
    (0..row.slots.len())
        .filter_map(|source| row.table(source))
        .flat_map(|table| table.triggers.values())
        .any(|trigger| trigger.timing == TriggerTiming::Before && trigger.events.contains(&TriggerEvent::Update))
}

fn report(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    (rule, at_most): (&'static Rule, Severity),
    path: &ObjectPath,
    groups: Groups,
    says: Vec<Saying>,
    notes: Vec<String>,
) {
    comparing.report(Difference {
        rule,
        headline: Headline::says(path, "is"),
        at: path.clone(),
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes,
        at_most: at_most.min(row.at_most()),
    });
}

/// Foreign keys that no index of any source serves. All agree, so nobody has to follow another.
fn foreign_keys_without_index(comparing: &mut Comparing<'_>, row: &TableRow<'_>, told: usize) {
    let tables: Vec<&Table> = (0..row.slots.len()).filter_map(|source| row.table(source)).collect();
    let hidden = (0..row.slots.len())
        .any(|source| row.table(source).is_some() && !row.can_say(comparing, source, Fact::Index, ""));
    if hidden {
        return;
    }
    let mut found: Vec<(ObjectPath, usize, &ForeignKey)> = Vec::new();
    for source in 0..row.slots.len() {
        let keys = row.table(source).map(|table| table.foreign_keys.as_slice()).unwrap_or_default();
        for key in keys.iter().filter(|key| !tables.iter().any(|table| serves(table, key))) {
            let path = row.path(comparing, ObjectKind::ForeignKey, &format!("({})", key.columns.join(", ")));
            let is_told = comparing.findings[told..].iter().any(|finding| finding.at == path)
                || found.iter().any(|(known, ..)| *known == path);
            if !is_told {
                found.push((path, source, key));
            }
        }
    }
    for (path, source, key) in found {
        let headline = format!("Foreign key {path} has no index");
        let saying = Saying::new(format!("refers to {}, without index", key.referenced_table), &key.origin);
        comparing.report_hazard(&rules::FOREIGN_KEY_INDEX, path, headline, (source, saying), row.at_most());
    }
}

/// Whether the table has an index that begins with the foreign key's columns, in whatever order.
pub(crate) fn serves(table: &Table, key: &ForeignKey) -> bool {
    let primary = table.primary_key.iter().map(|key| &key.parts);
    let others = table.indexes.iter().filter(|index| index.predicate.is_none()).map(|index| &index.parts);
    primary.chain(others).any(|parts| {
        let leading: BTreeSet<&str> =
            parts.iter().take(key.columns.len()).filter_map(|part| part.as_column()).collect();
        key.columns.iter().all(|column| leading.contains(column.as_str()))
    })
}

/// Tables that one source has twice, by names that differ in nothing but letter case.
pub(crate) fn tables_differing_by_case(comparing: &mut Comparing<'_>, rows: &[TableRow<'_>]) {
    let mut by_letters: HashMap<(String, String), Vec<&TableRow<'_>>> = HashMap::new();
    for row in rows {
        by_letters.entry((row.namespace.to_owned(), row.name.to_lowercase())).or_default().push(row);
    }
    let alike = by_letters.into_values().filter(|rows| rows.len() > 1);
    for rows in alike {
        for pair in rows.windows(2) {
            let [first, second] = pair else { continue };
            let both =
                (0..first.slots.len()).find(|source| first.table(*source).is_some() && second.table(*source).is_some());
            let Some(source) = both else { continue };
            let path = second.own_path(comparing);
            let headline = format!("Tables {} and {} differ only by letter case", first.name, second.name);
            let saying = Saying::new(format!("beside {}", first.name), &second.origin(source));
            comparing.report_hazard(&rules::NAME_CASE, path, headline, (source, saying), second.at_most());
        }
    }
}

/// Columns that one source has twice, by names that differ in nothing but letter case.
pub(crate) fn columns_differing_by_case(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for source in 0..row.slots.len() {
        let mut seen: HashMap<String, &str> = HashMap::new();
        let columns = || row.table(source).into_iter().flat_map(|table| table.columns.keys());
        // Two of a kind can't both be all lower case, which nearly all names are.
        if columns().all(|name| name.bytes().all(|byte| byte.is_ascii() && !byte.is_ascii_uppercase())) {
            continue;
        }
        for name in columns() {
            match seen.insert(name.to_lowercase(), name) {
                Some(first) if !found.iter().any(|(_, _, second)| second == name) => {
                    found.push((source, first.to_owned(), name.clone()));
                }
                _ => {}
            }
        }
    }
    for (source, first, second) in found {
        let path = row.path(comparing, ObjectKind::Column, &second);
        let headline = format!("Columns {first} and {second} of {} differ only by letter case", row.name);
        let origin = row.table(source).and_then(|table| table.columns.get(&second)).map(|column| column.origin.clone());
        let saying = Saying::new(format!("beside {first}"), &origin.unwrap_or_default());
        comparing.report_hazard(&rules::NAME_CASE, path, headline, (source, saying), row.at_most());
    }
}
