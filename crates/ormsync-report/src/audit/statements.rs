//! The statements that make a table, in two sources, as one text with what differs.

use ormsync_diff::MatchedTable;
use ormsync_diff::plan::{PlanOptions, plan};
use ormsync_schema::{Check, Fact, Index, Origin, Schema, Table};
use similar::{ChangeTag, TextDiff};

use super::gather::{AuditInput, parts_name, real};
use super::model::StatementDiff;

/// The statements that make the table as it is beside those of each source that makes it otherwise.
pub(super) fn of(input: &AuditInput<'_>, matched: &MatchedTable<'_>) -> Vec<StatementDiff> {
    let Some((base, table)) = real(input, matched) else { return Vec::new() };
    let old = statements_of(input, base, matched, beside(input, base, table, table));
    let of_source = |source: usize| {
        let own = matched.tables[source].filter(|_| source != base)?;
        let new = statements_of(input, source, matched, beside(input, source, own, table));
        (new != old).then(|| StatementDiff {
            from: input.sources[base].name.to_owned(),
            to: input.sources[source].name.to_owned(),
            text: lines_of_both(&old, &new),
        })
    };
    (0..matched.tables.len()).filter_map(of_source).collect()
}

/// A source's table as it is to stand beside another one: what the source has no words for is as it is there, and columns
/// and parts are in its order, since in which order they are declared is no difference.
fn beside(input: &AuditInput<'_>, source: usize, table: &Table, other: &Table) -> Table {
    let mut table = table.clone();
    let says = |fact: Fact| input.sources[source].schema.says(fact);
    if !says(Fact::Check) {
        table.checks.clone_from(&other.checks);
    }
    if !says(Fact::Trigger) {
        table.triggers.clone_from(&other.triggers);
    }
    if !says(Fact::TableOptions) {
        table.options.clone_from(&other.options);
    }
    if !says(Fact::TableComment) {
        table.comment.clone_from(&other.comment);
    }
    for check in &mut table.checks {
        let same = other.checks.iter().find(|it| it.name == check.name && bare(it) == bare(check));
        if let Some(same) = same {
            *check = same.clone();
        }
    }
    // What differs in case alone is matched on some servers, and stands at the same place then.
    let place = |name: &str| other.columns.keys().position(|own| own.eq_ignore_ascii_case(name)).unwrap_or(usize::MAX);
    let mut columns: Vec<(usize, String)> = table.columns.keys().map(|name| (place(name), name.clone())).collect();
    columns.sort_by_key(|(place, _)| *place);
    let mut rest = std::mem::take(&mut table.columns);
    for (_, name) in columns {
        if let Some(column) = rest.shift_remove(&name) {
            table.columns.insert(name, column);
        }
    }
    table.indexes.sort_by_key(|own| {
        let name = parts_name(&own.parts);
        let same = |it: &Index| parts_name(&it.parts) == name && it.kind.is_unique() == own.kind.is_unique();
        other.indexes.iter().position(same).unwrap_or(usize::MAX)
    });
    table
        .foreign_keys
        .sort_by_key(|own| other.foreign_keys.iter().position(|it| it.columns == own.columns).unwrap_or(usize::MAX));
    table.checks.sort_by_key(|own| other.checks.iter().position(|it| it.name == own.name).unwrap_or(usize::MAX));
    // The plan would put them back into the order of their places.
    table.indexes.iter_mut().for_each(|index| index.origin = Origin::nowhere());
    table.foreign_keys.iter_mut().for_each(|key| key.origin = Origin::nowhere());
    table
}

/// A condition without the signs that a server adds when it prints it.
fn bare(check: &Check) -> String {
    check.expression.text.chars().filter(|letter| !matches!(letter, '(' | ')' | ' ')).collect()
}

/// Both texts as one: every line with ` `, `-` or `+` before it.
fn lines_of_both(old: &str, new: &str) -> String {
    let difference = TextDiff::from_lines(old, new);
    let mut text = String::new();
    for change in difference.iter_all_changes() {
        text.push(match change.tag() {
            ChangeTag::Equal => ' ',
            ChangeTag::Delete => '-',
            ChangeTag::Insert => '+',
        });
        text.push_str(change.value().trim_end_matches('\n'));
        text.push('\n');
    }
    text
}

/// What makes one table of a source, without the types that it uses.
fn statements_of(input: &AuditInput<'_>, source: usize, matched: &MatchedTable<'_>, table: Table) -> String {
    let whole = input.sources[source].schema;
    let mut schema = Schema::new(whole.dialect.as_str());
    schema.server.clone_from(&whole.server);
    let namespace =
        if matched.namespace.is_empty() { input.dialect.default_namespace() } else { matched.namespace.as_str() };
    schema.namespace_mut(namespace).tables.insert(matched.name.to_owned(), table);
    let mut nothing = Schema::new(whole.dialect.as_str());
    nothing.namespace_mut(namespace);
    match plan(&nothing, &schema, input.dialect, &PlanOptions::default()) {
        Ok(plan) => ormsync_dialect::script(&input.dialect.statements(&plan)),
        Err(problem) => format!("-- {problem}\n"),
    }
}
