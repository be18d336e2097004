//! Reading the cells of a catalogue row one after the other, in the order the query selects them.

use std::str::FromStr;

use super::CatalogueRows;
use super::answer::{CatalogueAnswer, NULL};

/// The cells of one row, from left to right.
#[derive(Clone)]
pub(crate) struct Cells<'a> {
    answer: &'a CatalogueAnswer,
    row: usize,
    /// The row's texts, one behind the other, and whatever follows them.
    texts: &'a str,
    /// Where the cells that remain end in it.
    ends: std::slice::Iter<'a, u32>,
    /// Where the next one begins.
    start: usize,
}

impl<'a> Cells<'a> {
    /// The rows of a query, each as its cells; none where the query was not run.
    pub(crate) fn of(rows: &'a CatalogueRows, query: &str) -> impl Iterator<Item = Cells<'a>> + use<'a> {
        rows.get(query).into_iter().flat_map(CatalogueAnswer::rows)
    }

    /// The cells of a row of an answer: its texts, and where each ends.
    pub(super) fn new(answer: &'a CatalogueAnswer, row: usize, texts: &'a str, ends: &'a [u32]) -> Self {
        Self { answer, row, texts, ends: ends.iter(), start: 0 }
    }

    /// How many rows, from this on, have the same in their first cells: so many columns has a table.
    pub(crate) fn rows_alike(&self, first: usize) -> usize {
        let own: Vec<Option<&str>> = self.answer.cells(self.row).take(first).collect();
        let is_alike = |row: &usize| self.answer.cells(*row).take(first).eq(own.iter().copied());
        (self.row..self.answer.len()).take_while(is_alike).count()
    }

    /// The next cell, NULL as nothing.
    pub(crate) fn optional(&mut self) -> Option<&'a str> {
        self.next().flatten()
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

impl<'a> Iterator for Cells<'a> {
    type Item = Option<&'a str>;

    fn next(&mut self) -> Option<Self::Item> {
        let end = *self.ends.next()?;
        if end == NULL {
            return Some(None);
        }
        let end = end as usize;
        let text = self.texts.get(self.start..end);
        self.start = end;
        Some(text)
    }
}
