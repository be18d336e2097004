//! Who looks after the rows that refer to a deleted one: the database for everybody, or an ORM for itself.

use ormsync_schema::{ClientDelete, ForeignKey, ObjectKind, ReferentialAction, Severity, Table};

use crate::answer::Groups;
use crate::comparing::{Comparing, Difference, Saying};
use crate::headline::Headline;
use crate::rules;
use crate::tables::TableRow;

/// What goes wrong between two writers.
struct Trouble {
    /// In a sentence.
    note: &'static str,
    at_most: Severity,
}

/// Looks for deletions that one ORM follows up itself, and another writer does not, in a table whose differences are the
/// findings from `told` on: where the sources differ on the foreign key or its columns, that is told already.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>, told: usize) {
    let declared: Vec<usize> = (0..row.slots.len()).filter(|source| !comparing.is_live(*source)).collect();
    for source in declared {
        let Some(table) = row.table(source) else { continue };
        for delete in &table.client_deletes {
            let others: Vec<usize> = (0..row.slots.len())
                .filter(|other| *other != source && !comparing.is_live(*other))
                .filter(|other| row.table(*other).is_some_and(|table| !has_own(table, delete)))
                .collect();
            let columns = || delete.columns.iter().map(String::as_str);
            let everywhere = (0..row.slots.len())
                .all(|other| row.table(other).is_none() || row.has_columns(comparing, other, columns()));
            let path = row.path(comparing, ObjectKind::ForeignKey, &format!("({})", delete.columns.join(", ")));
            if !everywhere || comparing.findings[told..].iter().any(|finding| finding.at == path) {
                continue;
            }
            let key = key_of(comparing, row, source, delete);
            if let (false, Some(trouble)) = (others.is_empty(), trouble(table, delete, key)) {
                report(comparing, row, (source, delete, key), &others, &trouble);
            }
        }
    }
}

/// Whether a table's ORM does the same on its own.
fn has_own(table: &Table, delete: &ClientDelete) -> bool {
    table.client_deletes.iter().any(|own| same_columns(&own.columns, &delete.columns) && own.action == delete.action)
}

/// The foreign key that the database has, or else that any source declares.
fn key_of<'a>(
    comparing: &Comparing<'_>,
    row: &TableRow<'a>,
    source: usize,
    delete: &ClientDelete,
) -> Option<&'a ForeignKey> {
    let of =
        |source: usize| row.table(source)?.foreign_keys.iter().find(|key| same_columns(&key.columns, &delete.columns));
    let live = (0..row.slots.len()).find(|source| comparing.is_live(*source) && row.table(*source).is_some());
    match live {
        Some(live) => of(live),
        None => of(source).or_else(|| (0..row.slots.len()).find_map(of)),
    }
}

fn trouble(table: &Table, delete: &ClientDelete, key: Option<&ForeignKey>) -> Option<Trouble> {
    use ReferentialAction::{Cascade, NoAction, Restrict, SetNull};

    let refuses = |key: &ForeignKey| matches!(key.on_delete, Restrict | NoAction);
    let takes_null = delete.columns.iter().all(|name| table.columns.get(name).is_some_and(|column| column.nullable));
    match (delete.action, key) {
        (NoAction, _) => None,
        (_, None) => Some(Trouble {
            note: "no foreign key stands in the database: a deletion by the others leaves rows that refer to nothing",
            at_most: Severity::Error,
        }),
        (Cascade, Some(key)) if refuses(key) => Some(Trouble {
            note: "the database refuses to delete a row with others that refer to it: a deletion by the others fails",
            at_most: Severity::Note,
        }),
        (SetNull, Some(key)) if key.on_delete == Cascade && takes_null => Some(Trouble {
            note: "the rows stay, without their parent, when this side deletes it; the database deletes them with it \
                   when another does",
            at_most: Severity::Error,
        }),
        (SetNull, Some(key)) if key.on_delete == Cascade => Some(Trouble {
            note: "this side sets the column to NULL first, which it does not take: its deletion fails, and the \
                   database would have deleted the rows",
            at_most: Severity::Note,
        }),
        _ => None,
    }
}

fn same_columns(left: &[String], right: &[String]) -> bool {
    left.len() == right.len() && left.iter().all(|column| right.contains(column))
}

fn report(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    (source, delete, key): (usize, &ClientDelete, Option<&ForeignKey>),
    others: &[usize],
    trouble: &Trouble,
) {
    let path = row.path(comparing, ObjectKind::ForeignKey, &format!("({})", delete.columns.join(", ")));
    let members = vec![others.to_vec(), vec![source]];
    let groups = Groups { members, nothing: None, unknown: Vec::new() };
    let left = match key {
        Some(key) => format!("left to the database ({})", action_text(key.on_delete)),
        None => "left to nobody".to_owned(),
    };
    let says = (0..row.slots.len())
        .map(|other| match row.table(other) {
            Some(_) if other == source => Saying::new(format!("looked after by `{}`", delete.written), &delete.origin),
            Some(table) => Saying::new(left.clone(), &table.origin),
            None => Saying::default(),
        })
        .collect();
    comparing.report(Difference {
        rule: &rules::DELETE_RULE,
        headline: Headline::says(&path, "is"),
        at: path,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: vec![trouble.note.to_owned()],
        at_most: trouble.at_most.min(row.at_most()),
    });
}

fn action_text(action: ReferentialAction) -> &'static str {
    match action {
        ReferentialAction::NoAction => "NO ACTION",
        ReferentialAction::Restrict => "RESTRICT",
        ReferentialAction::Cascade => "CASCADE",
        ReferentialAction::SetNull => "SET NULL",
        ReferentialAction::SetDefault => "SET DEFAULT",
    }
}
