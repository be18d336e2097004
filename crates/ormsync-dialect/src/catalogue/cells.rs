//! Reading the cells of a catalogue row one after the other, in the order the query selects them.

use std::str::FromStr;

use super::{CatalogueRow, CatalogueRows};

/// The cells of one row, from left to right.
pub(crate) struct Cells<'a> {
    remaining: std::slice::Iter<'a, Option<String>>,
}

impl<'a> Cells<'a> {
    /// The rows of a query, each as its cells; none where the query was not run.
    pub(crate) fn of(rows: &'a CatalogueRows, query: &str) -> impl Iterator<Item = Cells<'a>> + use<'a> {
        rows.get(query).map(Vec::as_slice).unwrap_or_default().iter().map(Cells::new)
    }

    /// The cells of a row.
    pub(crate) fn new(row: &'a CatalogueRow) -> Self {
        Self { remaining: row.iter() }
    }

    /// The next cell, NULL as nothing.
    pub(crate) fn optional(&mut self) -> Option<&'a str> {
        self.remaining.next().and_then(Option::as_deref)
    }

    /// The next cell where the catalogue never has NULL; an empty text should it have one after all.
    pub(crate) fn text(&mut self) -> &'a str {
        self.optional().unwrap_or_default()
    }

    /// The next cell as an owned text, NULL and the empty text as nothing.
    pub(crate) fn filled(&mut self) -> Option<String> {
        self.optional().filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The next cell as a yes or no.
    pub(crate) fn flag(&mut self) -> bool {
        matches!(self.text(), "true" | "t" | "1" | "YES" | "Y")
    }

    /// The next cell as a number, if it is one.
    pub(crate) fn number<N: FromStr>(&mut self) -> Option<N> {
        self.optional().and_then(|text| text.parse().ok())
    }

    /// The next cell as the texts of a JSON array, in order.
    pub(crate) fn list(&mut self) -> Vec<String> {
        self.optional().and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
    }
}
