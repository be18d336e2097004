//! Indexes and unique constraints: matched by what they cover, not only by name.

use std::fmt::Write as _;

use ormsync_schema::{
    Deferrability, Fact, Index, IndexKind, IndexPart, IndexTarget, NullsOrder, ObjectKind, ObjectPath, Origin,
    Severity, SortOrder,
};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, relate_expressions};
use crate::headline::Headline;
use crate::matching::{Aspect, ObjectRow, Round, compare_aspects, match_in_rounds};
use crate::rules;
use crate::tables::TableRow;

/// Compares the indexes of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let indexes: Vec<&[Index]> = (0..row.slots.len())
        .map(|source| row.table(source).map(|table| table.indexes.as_slice()).unwrap_or_default())
        .collect();
    let mut with_table =
        (0..row.slots.len()).filter(|source| row.table(*source).is_some()).map(|source| indexes[source]);
    let first = with_table.next().unwrap_or_default();
    if with_table.all(|other| other == first) {
        return;
    }
    for found in match_indexes(comparing, &indexes) {
        if is_missing_somewhere(comparing, row, &found) {
            continue;
        }
        let path = row.path(comparing, ObjectKind::Index, &agreed_columns(comparing, row, &found));
        if !differs_in_uniqueness(comparing, row, &found, &path) {
            differs_in_definition(comparing, row, &found, &path);
            differs_in_kind(comparing, row, &found, &path);
        }
        let names: Vec<_> = found
            .iter()
            .map(|index| {
                index.filter(|index| !index.implicit).and_then(|index| Some((index.name.as_deref()?, &index.origin)))
            })
            .collect();
        // A name the server gives of its own accord says nothing.
        if found.iter().flatten().all(|index| !index.implicit) {
            report_names(comparing, row, path, "Index", &names);
        }
    }
}

/// Matches the indexes of all sources.
fn match_indexes<'a>(comparing: &Comparing<'_>, indexes: &[&'a [Index]]) -> Vec<ObjectRow<'a, Index>> {
    let definition = |index: &Index| Some(signature(comparing, index));
    let definition_and_name = |index: &Index| Some(format!("{} {}", lower_name(index)?, signature(comparing, index)));
    let columns_and_name = |index: &Index| Some(format!("{} {}", lower_name(index)?, columns_text(&index.parts)));
    let columns_and_uniqueness =
        |index: &Index| Some(format!("{} {}", index.kind.is_unique(), columns_text(&index.parts)));
    let columns = |index: &Index| Some(columns_text(&index.parts));
    // Expressions that were not understood could be anything: let them stand for one another.
    let not_understood = |index: &Index| {
        let expressions = expressions(index).count();
        (expressions > 0).then(|| format!("{} {} {expressions}", index.kind.is_unique(), index.parts.len()))
    };
    let always = |_: &Index, _: &Index| true;
    let maybe_same = |left: &Index, right: &Index| relate_targets(comparing, left, right) == Relation::Unknown;
    match_in_rounds(
        indexes,
        &[
            Round { key: &definition_and_name, may: &always },
            Round { key: &definition, may: &always },
            Round { key: &columns_and_name, may: &always },
            Round { key: &columns_and_uniqueness, may: &always },
            Round { key: &lower_name, may: &always },
            Round { key: &columns, may: &always },
            Round { key: &not_understood, may: &maybe_same },
        ],
    )
}

fn lower_name(index: &Index) -> Option<String> {
    index.name.as_ref().map(|name| name.to_lowercase())
}

/// The definition as far as all sources have words for it.
fn signature(comparing: &Comparing<'_>, index: &Index) -> String {
    let mut text = format!("{}", index.kind.is_unique());
    for part in &index.parts {
        text.push(',');
        text.push_str(target_text(part));
        if comparing.all_say(Fact::IndexOrder) {
            _ = write!(text, " {:?}", part.order);
        }
        if comparing.all_say(Fact::IndexPrefix) {
            _ = write!(text, " {:?}", part.prefix_length);
        }
        if comparing.all_say(Fact::OperatorClass) {
            _ = write!(text, " {:?}", part.operator_class);
        }
    }
    if comparing.all_say(Fact::IndexMethod) {
        _ = write!(text, " {:?}", index.method);
    }
    if comparing.all_say(Fact::IndexPredicate) {
        _ = write!(text, " {:?}", index.predicate.as_ref().map(|predicate| &predicate.text));
    }
    text
}

/// Reports an index that some sources lack; says whether it did.
fn is_missing_somewhere(comparing: &mut Comparing<'_>, row: &TableRow<'_>, found: &[Option<&Index>]) -> bool {
    let answers: Vec<Said<&Index>> = (0..found.len()).map(|source| existence(comparing, row, source, found)).collect();
    let Some(groups) = group(&answers, |_, _| Relation::Same) else {
        return false;
    };
    let holders: Vec<&Index> = answers.iter().filter_map(Said::value).copied().collect();
    let unique = holders.iter().any(|index| index.kind.is_unique());
    let path = row.path(comparing, ObjectKind::Index, &columns_text(&holders[0].parts));
    let says = (0..found.len())
        .map(|source| match found[source] {
            Some(index) => Saying::new(description(index), &index.origin),
            None => Saying::new("missing", &row.origin(source)),
        })
        .collect();
    let duplicate =
        found.iter().enumerate().any(|(source, index)| index.is_some_and(|it| is_duplicate(row, source, it)));
    // What another index already does is missed by nobody.
    let unique = unique && !duplicate;
    let (rule, kind) = if unique { (&rules::UNIQUE_MISSING, "Unique") } else { (&rules::INDEX_MISSING, "Index") };
    let mut notes = named_note(&holders);
    if duplicate {
        notes.push("it does nothing that another index of the table does not do".to_owned());
    }
    comparing.report(Difference {
        rule,
        headline: Headline::Missing { subject: format!("{kind} {path}") },
        at: path,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes,
        at_most: if duplicate { row.at_most().min(Severity::Note) } else { row.at_most() },
    });
    true
}

/// Whether the table has another index that is this one in all but its name.
fn is_duplicate(row: &TableRow<'_>, source: usize, index: &Index) -> bool {
    let is_twin = |other: &Index| {
        !std::ptr::eq(other, index)
            && other.parts == index.parts
            && other.predicate == index.predicate
            && other.method == index.method
            && other.kind.is_unique() == index.kind.is_unique()
    };
    row.table(source).is_some_and(|table| table.indexes.iter().any(is_twin))
}

fn named_note(holders: &[&Index]) -> Vec<String> {
    holders
        .iter()
        .find_map(|index| index.name.as_ref())
        .map(|name| format!("it is named `{name}`"))
        .into_iter()
        .collect()
}

/// Whether a source has the index, lacks it, or may do without.
fn existence<'a>(
    comparing: &Comparing<'_>,
    row: &TableRow<'_>,
    source: usize,
    found: &[Option<&'a Index>],
) -> Said<&'a Index> {
    let holders = || found.iter().flatten().copied();
    if let Some(index) = found[source] {
        return if index.implicit || is_covered_by_primary_key(comparing, row, source, index) {
            Said::Silent
        } else {
            Said::Value(index)
        };
    }
    let has_no_words = |index: &Index| {
        (index.predicate.is_some() && !comparing.says(source, Fact::IndexPredicate))
            || (expressions(index).next().is_some() && !comparing.says(source, Fact::IndexExpression))
    };
    let may_do_without = holders().any(|index| {
        index.implicit
            || has_no_words(index)
            || is_covered_by_primary_key(comparing, row, source, index)
            || !row.has_columns(comparing, source, index.columns())
    });
    if may_do_without {
        return Said::Silent;
    }
    let name = holders().find_map(|index| index.name.as_deref()).unwrap_or_default();
    row.absence(comparing, source, Fact::Index, name)
}

/// Whether the source's primary key already does what the index would.
fn is_covered_by_primary_key(comparing: &Comparing<'_>, row: &TableRow<'_>, source: usize, index: &Index) -> bool {
    let key = row.table(source).and_then(|table| table.primary_key.as_ref());
    key.is_some_and(|key| {
        index.predicate.is_none()
            && key.parts.len() == index.parts.len()
            && key.parts.iter().zip(&index.parts).all(|(left, right)| match (left.as_column(), right.as_column()) {
                (Some(left), Some(right)) => left == right || comparing.dialect.same_name(left, right),
                _ => false,
            })
    })
}

fn agreed_columns(comparing: &Comparing<'_>, row: &TableRow<'_>, found: &[Option<&Index>]) -> String {
    let names: Vec<Option<String>> = found.iter().map(|index| index.map(|index| columns_text(&index.parts))).collect();
    comparing.agreed_name(&names, row.owner(comparing))
}

fn differs_in_uniqueness(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&Index>],
    path: &ObjectPath,
) -> bool {
    let unique = Aspect {
        fact: Fact::Index,
        relate: &|left: &Index, right: &Index| Relation::of_equality(left.kind.is_unique() == right.kind.is_unique()),
        text: &|index: &Index| String::from(if index.kind.is_unique() { "unique" } else { "not unique" }),
    };
    report_aspects(comparing, row, found, path, &rules::UNIQUE_MISSING, ("Index", "is"), &[unique])
}

fn differs_in_kind(comparing: &mut Comparing<'_>, row: &TableRow<'_>, found: &[Option<&Index>], path: &ObjectPath) {
    let kind = Aspect {
        fact: Fact::UniqueKind,
        relate: &|left: &Index, right: &Index| Relation::of_equality(left.kind == right.kind),
        text: &|index: &Index| String::from(kind_text(index.kind)),
    };
    report_aspects(comparing, row, found, path, &rules::UNIQUE_KIND, ("Uniqueness of", "is a"), &[kind]);
}

fn differs_in_definition(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&Index>],
    path: &ObjectPath,
) {
    let dialect = comparing.dialect;
    let targets =
        |left: &Index, right: &Index| relate_targets_by(&|left, right| dialect.same_name(left, right), left, right);
    let on = |index: &Index| format!("on {}", parts_text(&index.parts));
    let part = |same: fn(&IndexPart, &IndexPart) -> bool| {
        move |left: &Index, right: &Index| {
            Relation::of_equality(left.parts.iter().zip(&right.parts).all(|(left, right)| same(left, right)))
        }
    };
    let order = part(|left, right| left.order == right.order);
    let nulls = part(|left, right| left.nulls == right.nulls);
    let prefix = part(|left, right| left.prefix_length == right.prefix_length);
    let class = part(|left, right| left.operator_class == right.operator_class);
    let collation = part(|left, right| left.collation == right.collation);
    let predicate = |left: &Index, right: &Index| match (&left.predicate, &right.predicate) {
        (Some(left), Some(right)) => relate_expressions(left, right),
        (left, right) => Relation::of_equality(left.is_none() && right.is_none()),
    };
    let aspects = [
        Aspect { fact: Fact::Index, relate: &targets, text: &on },
        Aspect { fact: Fact::IndexOrder, relate: &order, text: &on },
        Aspect { fact: Fact::IndexNulls, relate: &nulls, text: &on },
        Aspect { fact: Fact::IndexPrefix, relate: &prefix, text: &on },
        Aspect { fact: Fact::OperatorClass, relate: &class, text: &on },
        Aspect { fact: Fact::Collation, relate: &collation, text: &on },
        Aspect {
            fact: Fact::IndexMethod,
            relate: &|left, right| of_eq(&left.method, &right.method),
            text: &method_text,
        },
        Aspect { fact: Fact::IndexPredicate, relate: &predicate, text: &predicate_text },
        Aspect {
            fact: Fact::IndexInclude,
            relate: &|left, right| of_eq(&left.include, &right.include),
            text: &include_text,
        },
        Aspect {
            fact: Fact::IndexNulls,
            relate: &|left, right| of_eq(&left.nulls_not_distinct, &right.nulls_not_distinct),
            text: &|index| String::from(if index.nulls_not_distinct { "nulls not distinct" } else { "nulls distinct" }),
        },
        Aspect {
            fact: Fact::Deferrability,
            relate: &|left, right| of_eq(&left.deferrability, &right.deferrability),
            text: &|index| deferrability_text(index.deferrability).to_owned(),
        },
    ];
    report_aspects(comparing, row, found, path, &rules::INDEX_DEFINITION, ("Index", "is"), &aspects);
}

fn of_eq<T: PartialEq>(left: &T, right: &T) -> Relation {
    Relation::of_equality(left == right)
}

fn report_aspects(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    found: &[Option<&Index>],
    path: &ObjectPath,
    rule: &'static crate::Rule,
    (kind, verb): (&str, &'static str),
    aspects: &[Aspect<'_, Index>],
) -> bool {
    let says = |source: usize, fact: Fact| comparing.says(source, fact);
    let Some((groups, texts)) = compare_aspects(found, says, aspects) else {
        return false;
    };
    let says = texts
        .into_iter()
        .enumerate()
        .map(|(source, text)| Saying {
            text,
            detail: found[source].map(description),
            origin: found[source].map(|index| index.origin.clone()).unwrap_or_default(),
        })
        .collect();
    comparing.report(Difference {
        rule,
        headline: Headline::kind_says(kind, path, verb),
        at: path.clone(),
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
    true
}

/// Reports different names of the same index or constraint.
pub(crate) fn report_names(
    comparing: &mut Comparing<'_>,
    row: &TableRow<'_>,
    path: ObjectPath,
    kind: &str,
    names: &[Option<(&str, &Origin)>],
) {
    let dialect = comparing.dialect;
    let answers: Vec<Said<&str>> = names
        .iter()
        .enumerate()
        .map(|(source, name)| match name {
            Some((name, _)) if comparing.says(source, Fact::ConstraintName) => Said::Value(*name),
            _ => Said::Silent,
        })
        .collect();
    let same = |left: &&str, right: &&str| Relation::of_equality(left == right || dialect.same_name(left, right));
    let Some(groups) = group(&answers, same) else {
        return;
    };
    let says =
        names.iter().map(|name| name.map(|(name, origin)| Saying::new(name, origin)).unwrap_or_default()).collect();
    comparing.report(Difference {
        rule: &rules::INDEX_NAME,
        headline: Headline::kind_says(kind, &path, "is named"),
        at: path,
        owner: row.owner(comparing),
        groups,
        says,
        mapping: false,
        notes: Vec::new(),
        at_most: row.at_most(),
    });
}

fn relate_targets(comparing: &Comparing<'_>, left: &Index, right: &Index) -> Relation {
    relate_targets_by(&|left, right| comparing.dialect.same_name(left, right), left, right)
}

fn relate_targets_by(same_name: &dyn Fn(&str, &str) -> bool, left: &Index, right: &Index) -> Relation {
    if left.parts.len() != right.parts.len() {
        return Relation::Different;
    }
    let mut worst = Relation::Same;
    for (left, right) in left.parts.iter().zip(&right.parts) {
        match (&left.target, &right.target) {
            (IndexTarget::Column(left), IndexTarget::Column(right)) if left == right || same_name(left, right) => {}
            (IndexTarget::Expression(left), IndexTarget::Expression(right)) => match relate_expressions(left, right) {
                Relation::Same => {}
                Relation::Different => return Relation::Different,
                Relation::Unknown => worst = Relation::Unknown,
            },
            _ => return Relation::Different,
        }
    }
    worst
}

fn expressions(index: &Index) -> impl Iterator<Item = &IndexPart> {
    index.parts.iter().filter(|part| part.as_column().is_none())
}

fn target_text(part: &IndexPart) -> &str {
    match &part.target {
        IndexTarget::Column(name) => name,
        IndexTarget::Expression(expression) => &expression.text,
    }
}

/// `(a, b)`: what is indexed, without order and other detail.
pub(crate) fn columns_text(parts: &[IndexPart]) -> String {
    let columns: Vec<&str> = parts.iter().map(target_text).collect();
    format!("({})", columns.join(", "))
}

/// `(a, b DESC)`: what is indexed, in detail.
fn parts_text(parts: &[IndexPart]) -> String {
    let parts: Vec<String> = parts
        .iter()
        .map(|part| {
            let mut text = target_text(part).to_owned();
            if let Some(length) = part.prefix_length {
                _ = write!(text, "({length})");
            }
            if let Some(collation) = &part.collation {
                _ = write!(text, " COLLATE {collation}");
            }
            if let Some(class) = &part.operator_class {
                _ = write!(text, " {class}");
            }
            if part.order == SortOrder::Descending {
                text.push_str(" DESC");
            }
            match part.nulls {
                Some(NullsOrder::First) => text.push_str(" NULLS FIRST"),
                Some(NullsOrder::Last) => text.push_str(" NULLS LAST"),
                None => {}
            }
            text
        })
        .collect();
    format!("({})", parts.join(", "))
}

fn method_text(index: &Index) -> String {
    index.method.as_ref().map_or_else(|| "using the usual method".to_owned(), |method| format!("using {method}"))
}

fn predicate_text(index: &Index) -> String {
    match &index.predicate {
        Some(predicate) => format!("where {}", predicate.text),
        None => "over all rows".to_owned(),
    }
}

fn include_text(index: &Index) -> String {
    if index.include.is_empty() {
        "including no columns".to_owned()
    } else {
        format!("including ({})", index.include.join(", "))
    }
}

/// When a constraint is checked, in words.
pub(crate) fn deferrability_text(deferrability: Deferrability) -> &'static str {
    match deferrability {
        Deferrability::NotDeferrable => "not deferrable",
        Deferrability::InitiallyImmediate => "deferrable, initially immediate",
        Deferrability::InitiallyDeferred => "deferrable, initially deferred",
    }
}

fn kind_text(kind: IndexKind) -> &'static str {
    match kind {
        IndexKind::Plain => "index",
        IndexKind::UniqueIndex => "unique index",
        IndexKind::UniqueConstraint => "unique constraint",
    }
}

/// The whole index in words: `unique index (a, b DESC) where …`.
pub(crate) fn description(index: &Index) -> String {
    let mut text = format!("{} {}", kind_text(index.kind), parts_text(&index.parts));
    if let Some(method) = &index.method {
        _ = write!(text, " using {method}");
    }
    if !index.include.is_empty() {
        _ = write!(text, " including ({})", index.include.join(", "));
    }
    if let Some(predicate) = &index.predicate {
        _ = write!(text, " where {}", predicate.text);
    }
    text
}
