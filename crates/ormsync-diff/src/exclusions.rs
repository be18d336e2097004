//! Exclusion constraints: by name, else by what they exclude.

use ormsync_schema::{Exclusion, Fact, ObjectKind};

use crate::answer::{Relation, Said, group};
use crate::comparing::{Comparing, Difference, Saying, relate_expressions};
use crate::headline::Headline;
use crate::indexes::report_names;
use crate::matching::{Round, match_in_rounds};
use crate::rules;
use crate::tables::TableRow;

/// Compares the exclusion constraints of a table.
pub(crate) fn compare(comparing: &mut Comparing<'_>, row: &TableRow<'_>) {
    let exclusions: Vec<&[Exclusion]> = (0..row.slots.len())
        .map(|source| row.table(source).map(|table| table.exclusions.as_slice()).unwrap_or_default())
        .collect();
    let name = |exclusion: &Exclusion| exclusion.name.as_ref().map(|name| name.to_lowercase());
    let definition = |exclusion: &Exclusion| Some(exclusion.definition.text.clone());
    let any = |_: &Exclusion| Some(String::new());
    let always = |_: &Exclusion, _: &Exclusion| true;
    // One that was not understood could be any other.
    let maybe_same = |left: &Exclusion, right: &Exclusion| {
        relate_expressions(&left.definition, &right.definition) == Relation::Unknown
    };
    let found = match_in_rounds(
        &exclusions,
        &[
            Round { key: &name, may: &always },
            Round { key: &definition, may: &always },
            Round { key: &any, may: &maybe_same },
        ],
    );
    for exclusion in found {
        compare_one(comparing, row, &exclusion);
    }
}

fn compare_one(comparing: &mut Comparing<'_>, row: &TableRow<'_>, found: &[Option<&Exclusion>]) {
    let names: Vec<Option<String>> =
        found.iter().map(|exclusion| exclusion.and_then(|exclusion| exclusion.name.clone())).collect();
    let agreed = comparing.agreed_name(&names, row.owner(comparing));
    let path = row.path(comparing, ObjectKind::Exclusion, if agreed.is_empty() { "(exclusion)" } else { &agreed });
    let answers: Vec<Said<&Exclusion>> = (0..found.len())
        .map(|source| match found[source] {
            Some(exclusion) => Said::Value(exclusion),
            None => row.absence(comparing, source, Fact::Exclusion, &agreed),
        })
        .collect();
    let says: Vec<Saying> = (0..found.len())
        .map(|source| match found[source] {
            Some(exclusion) => Saying::new(text(exclusion), &exclusion.origin),
            None => Saying::new("missing", &row.origin(source)),
        })
        .collect();
    let mut report = |rule, groups, headline, says| {
        comparing.report(Difference {
            rule,
            headline,
            at: path.clone(),
            owner: row.owner(comparing),
            groups,
            says,
            mapping: false,
            notes: Vec::new(),
            at_most: row.at_most(),
        });
    };
    if let Some(groups) = group(&answers, |_, _| Relation::Same) {
        let headline = Headline::Missing { subject: format!("Exclusion {path}") };
        report(&rules::EXCLUSION_MISSING, groups, headline, says.clone());
    }
    let holders: Vec<Said<&Exclusion>> =
        found.iter().map(|exclusion| exclusion.map_or(Said::Silent, Said::Value)).collect();
    if let Some(groups) = group(&holders, |left, right| relate_expressions(&left.definition, &right.definition)) {
        let headline = Headline::kind_says("Exclusion", &path, "is");
        report(&rules::EXCLUSION_DEFINITION, groups, headline, says);
    }
    let names: Vec<_> = found
        .iter()
        .map(|exclusion| exclusion.and_then(|exclusion| Some((exclusion.name.as_deref()?, &exclusion.origin))))
        .collect();
    report_names(comparing, row, path, "Exclusion", &names);
}

/// What is excluded, without the word that says so.
fn text(exclusion: &Exclusion) -> &str {
    let text = exclusion.definition.text.as_str();
    text.strip_prefix("EXCLUDE ").unwrap_or(text)
}
