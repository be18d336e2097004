//! Which tables there are, and who has to have them.

use std::collections::{BTreeSet, HashMap};

use ormsync_schema::{Fact, ObjectKind, ObjectPath, Origin, Severity, Table};

use crate::answer::{Groups, Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, hides};
use crate::headline::{Headline, join_labels};
use crate::names::{NameRow, is_similar, letters, match_names};
use crate::ownership::{Owners, Ownership};
use crate::rules;

/// So many tables that only some sources have are searched for look-alikes; beyond that only those
/// whose letters agree are found, so that the cost stays linear.
const MOST_FUZZY_SEARCHED: usize = 200;

/// One table across the sources.
pub(crate) struct TableRow<'a> {
    /// Its namespace.
    pub(crate) namespace: &'a str,
    /// Its name in the first source that has it.
    pub(crate) name: &'a str,
    /// What each source has.
    pub(crate) slots: Vec<Said<&'a Table>>,
    /// Who writes its DDL.
    pub(crate) ownership: Ownership,
}

impl<'a> TableRow<'a> {
    /// The table in a source.
    pub(crate) fn table(&self, source: usize) -> Option<&'a Table> {
        self.slots.get(source).and_then(|said| said.value().copied())
    }

    /// How many sources have it.
    pub(crate) fn holders(&self) -> usize {
        self.slots.iter().filter(|said| said.value().is_some()).count()
    }

    /// The path of something of this table.
    pub(crate) fn path(&self, comparing: &Comparing<'_>, kind: ObjectKind, name: &str) -> ObjectPath {
        ObjectPath::in_table(kind, comparing.namespace_in_path(self.namespace), self.name, name)
    }

    /// The path of the table itself.
    pub(crate) fn own_path(&self, comparing: &Comparing<'_>) -> ObjectPath {
        ObjectPath::table(comparing.namespace_in_path(self.namespace), self.name)
    }

    /// The heaviest a finding about this table may be.
    pub(crate) fn at_most(&self) -> Severity {
        if self.ownership == Ownership::Observed { Severity::Note } else { Severity::Error }
    }

    /// The source that is right about it, if one is: its owner, or the database where nobody here owns it.
    pub(crate) fn owner(&self, comparing: &Comparing<'_>) -> Option<usize> {
        match &self.ownership {
            Ownership::Source(name) => comparing.source_named(name),
            Ownership::External => (0..comparing.sources.len()).find(|source| comparing.is_live(*source)),
            Ownership::Shared | Ownership::Observed | Ownership::Ignored => None,
        }
    }

    /// Whether a source may not leave out what the others have.
    pub(crate) fn must_declare(&self, comparing: &Comparing<'_>, source: usize) -> bool {
        comparing.is_live(source)
            || match &self.ownership {
                Ownership::Source(owner) => comparing.sources[source].name == owner,
                Ownership::External => false,
                Ownership::Shared | Ownership::Observed | Ownership::Ignored => true,
            }
    }

    /// Whether a source has the table, has words for the fact, and nothing unread that may hide it.
    pub(crate) fn can_say(&self, comparing: &Comparing<'_>, source: usize, fact: Fact, name: &str) -> bool {
        self.table(source).is_some_and(|table| {
            comparing.says(source, fact)
                && !hides(&table.opaque, fact, name)
                && !hides(&comparing.sources[source].schema.opaque, fact, name)
        })
    }

    /// The answer of a source that has no object of that kind and name in its table.
    pub(crate) fn absence<T>(&self, comparing: &Comparing<'_>, source: usize, fact: Fact, name: &str) -> Said<T> {
        if self.can_say(comparing, source, fact, name) && self.must_declare(comparing, source) {
            Said::Nothing
        } else {
            Said::Silent
        }
    }

    /// Whether a source's table has all these columns.
    pub(crate) fn has_columns<'c>(
        &self,
        comparing: &Comparing<'_>,
        source: usize,
        mut columns: impl Iterator<Item = &'c str>,
    ) -> bool {
        self.table(source).is_some_and(|table| {
            columns.all(|name| {
                table.columns.contains_key(name)
                    || table.columns.keys().any(|column| comparing.dialect.same_name(column, name))
            })
        })
    }

    /// Where a source's table is declared.
    pub(crate) fn origin(&self, source: usize) -> Origin {
        self.table(source).map(|table| table.origin.clone()).unwrap_or_default()
    }
}

/// Matches the tables of all sources and leaves out those that are to be ignored.
pub(crate) fn rows<'a>(comparing: &Comparing<'a>, owners: &Owners) -> (Vec<TableRow<'a>>, Vec<usize>) {
    let mut ignored = vec![0; comparing.sources.len()];
    let mut rows = Vec::new();
    let namespaces: BTreeSet<&str> =
        comparing.sources.iter().flat_map(|source| source.schema.namespaces.keys().map(String::as_str)).collect();
    for namespace in namespaces {
        let tables: Vec<Vec<(&str, &Table)>> = comparing
            .sources
            .iter()
            .map(|source| match source.schema.namespaces.get(namespace) {
                Some(content) => content.tables.iter().map(|(name, table)| (name.as_str(), table)).collect(),
                None => Vec::new(),
            })
            .collect();
        for found in match_names(&tables, comparing.dialect) {
            let ownership = owners.of(namespace, found.name());
            if ownership == Ownership::Ignored {
                for (source, slot) in found.slots.iter().enumerate() {
                    ignored[source] += usize::from(slot.is_some());
                }
            } else {
                rows.push(row(comparing, namespace, &found, ownership));
            }
        }
    }
    (rows, ignored)
}

fn row<'a>(
    comparing: &Comparing<'a>,
    namespace: &'a str,
    found: &NameRow<'a, &'a Table>,
    ownership: Ownership,
) -> TableRow<'a> {
    let name = found.name();
    let mut row = TableRow { namespace, name, slots: Vec::new(), ownership };
    row.slots = (0..comparing.sources.len())
        .map(|source| match found.get(source) {
            Some(table) => Said::Value(table),
            None if !row.must_declare(comparing, source) || has_view(comparing, source, namespace, name) => {
                Said::Silent
            }
            None => comparing.absence(source, Fact::Table, name),
        })
        .collect();
    row
}

/// Whether a source has a view of that name: mapping a view like a table is common and no drift.
fn has_view(comparing: &Comparing<'_>, source: usize, namespace: &str, name: &str) -> bool {
    let content = comparing.sources[source].schema.namespaces.get(namespace);
    content.is_some_and(|content| content.views.contains_key(name))
}

/// Tells the tables that some sources lack.
pub(crate) fn compare(comparing: &mut Comparing<'_>, rows: &[TableRow<'_>]) {
    let missing: Vec<(usize, Groups)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, group(&row.slots, |_, _| Relation::Same)?))).collect();
    let incomplete: Vec<usize> = missing.iter().map(|(at, _)| *at).collect();
    let similar = SimilarTables::new(rows, &incomplete);
    let second_names = similar.second_names(comparing);
    for (at, groups) in missing {
        let row = &rows[at];
        if let Some((_, first)) = second_names.iter().find(|(second, _)| *second == at) {
            comparing.renamed.insert(row.namespace, rows[*first].name, row.name);
            continue;
        }
        let path = row.own_path(comparing);
        let says = row.slots.iter().map(saying_of).collect();
        let notes = similar.notes(comparing, at, &groups);
        comparing.report(Difference {
            rule: &rules::TABLE_MISSING,
            headline: Headline::Missing { subject: format!("Table {path}") },
            at: path,
            owner: row.owner(comparing),
            groups,
            says,
            mapping: true,
            notes,
            at_most: row.at_most(),
        });
    }
}

fn saying_of(said: &Said<&Table>) -> Saying {
    match said {
        Said::Value(table) => {
            let count = table.columns.len();
            Saying::new(format!("{count} column{}", if count == 1 { "" } else { "s" }), &table.origin)
        }
        Said::Nothing | Said::Silent => Saying::new("missing", &Origin::nowhere()),
    }
}

/// Tables that only some sources have, to find those that may be meant for one another.
struct SimilarTables<'r, 'a> {
    rows: &'r [TableRow<'a>],
    incomplete: &'r [usize],
    by_letters: HashMap<String, Vec<usize>>,
}

impl<'r, 'a> SimilarTables<'r, 'a> {
    fn new(rows: &'r [TableRow<'a>], incomplete: &'r [usize]) -> Self {
        let mut by_letters: HashMap<String, Vec<usize>> = HashMap::new();
        for at in incomplete {
            by_letters.entry(letters(rows[*at].name)).or_default().push(*at);
        }
        Self { rows, incomplete, by_letters }
    }

    /// What to say about look-alikes of a table in the sources that lack it.
    fn notes(&self, comparing: &Comparing<'_>, at: usize, groups: &Groups) -> Vec<String> {
        let Some(lacking) = groups.nothing.map(|group| &groups.members[group]) else {
            return Vec::new();
        };
        self.look_alikes(at)
            .into_iter()
            .filter_map(|other| {
                let other = &self.rows[other];
                let there: Vec<usize> =
                    lacking.iter().copied().filter(|source| other.table(*source).is_some()).collect();
                (!there.is_empty()).then(|| {
                    let has = if there.len() == 1 { "has" } else { "have" };
                    let labels = join_labels(comparing.sources, &there);
                    format!("{labels} {has} `{}`: the same table under another name?", other.name)
                })
            })
            .collect()
    }

    /// Tables with a similar name or the same letters that no source has besides this one.
    fn look_alikes(&self, at: usize) -> BTreeSet<usize> {
        let row = &self.rows[at];
        let spelled_alike = self.by_letters.get(&letters(row.name)).into_iter().flatten().copied();
        let few = self.incomplete.len() <= MOST_FUZZY_SEARCHED;
        let near = self.incomplete.iter().copied().filter(|other| {
            few && is_similar(self.rows[*other].name, row.name) && share_columns(row, &self.rows[*other])
        });
        let apart = |other: &usize| {
            let other = &self.rows[*other];
            (0..row.slots.len()).all(|source| row.table(source).is_none() || other.table(source).is_none())
        };
        spelled_alike.chain(near).filter(|other| *other != at).filter(apart).collect()
    }

    /// Tables that are, as it seems, others under a second name, each with the first: every source that has a say has the
    /// one or the other, they share their columns, and neither looks like a third one. That is one fact, told at
    /// the name that most have.
    fn second_names(&self, comparing: &Comparing<'_>) -> Vec<(usize, usize)> {
        let only = |at: usize| {
            let others = self.look_alikes(at);
            others.first().copied().filter(|_| others.len() == 1)
        };
        let mut second = Vec::new();
        for at in self.incomplete.iter().copied() {
            let Some(other) = only(at).filter(|other| at < *other && only(*other) == Some(at)) else { continue };
            let (left, right) = (&self.rows[at], &self.rows[other]);
            let table_of = |source: usize| [left, right].into_iter().find(|row| row.table(source).is_some());
            let everywhere = (0..left.slots.len()).all(|source| {
                table_of(source).is_some() || !(left.slots[source].has_say() || right.slots[source].has_say())
            });
            if everywhere && left.namespace == right.namespace && share_columns(left, right) {
                let names: Vec<Option<String>> =
                    (0..left.slots.len()).map(|source| table_of(source).map(|row| row.name.to_owned())).collect();
                let agreed = comparing.agreed_name(&names, left.owner(comparing));
                second.push(if left.name == agreed { (other, at) } else { (at, other) });
            }
        }
        second
    }
}

/// Whether at least half of the columns of the smaller table are in the other one, too.
fn share_columns(left: &TableRow<'_>, right: &TableRow<'_>) -> bool {
    let columns = |row: &TableRow<'_>| -> BTreeSet<String> {
        let table = (0..row.slots.len()).find_map(|source| row.table(source));
        table.into_iter().flat_map(|table| table.columns.keys().map(|name| letters(name))).collect()
    };
    let (left, right) = (columns(left), columns(right));
    let shared = left.intersection(&right).count();
    shared > 0 && shared * 2 >= left.len().min(right.len())
}
