//! What a server answered to one query, in little memory: the catalogue of 1,000 tables has half a million cells.

use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use super::{CatalogueRow, Cells};

/// The rows of one query. All their texts lie one behind the other. It is written as an array of rows, each an array of
/// texts and nulls.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogueAnswer {
    texts: String,
    /// For each cell the end of its text, from the beginning of its row; [`NULL`] where there is none.
    ends: Vec<u32>,
    rows: Vec<RowStart>,
}

/// Where a row begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct RowStart {
    text: usize,
    cell: usize,
}

/// A cell without a value.
pub(super) const NULL: u32 = u32::MAX;

impl CatalogueAnswer {
    /// The rows, as their cells.
    pub(crate) fn rows(&self) -> impl Iterator<Item = Cells<'_>> {
        (0..self.len()).map(|row| self.cells(row))
    }

    /// The cells of one row.
    pub(super) fn cells(&self, row: usize) -> Cells<'_> {
        let RowStart { text, cell } = self.rows[row];
        let end = self.rows.get(row + 1).map_or(self.ends.len(), |next| next.cell);
        Cells::new(self, row, &self.texts[text..], &self.ends[cell..end])
    }

    /// How many rows there are.
    pub(super) fn len(&self) -> usize {
        self.rows.len()
    }

    /// The rows, each by itself.
    pub fn iter(&self) -> impl Iterator<Item = CatalogueRow> {
        self.rows().map(|cells| cells.map(|cell| cell.map(str::to_owned)).collect())
    }

    /// Adds a row. Where one of its cells can't be had, the answer has the ones before it.
    ///
    /// # Errors
    /// The first that a cell gives.
    pub fn push_row<'cell, Error>(
        &mut self,
        cells: impl IntoIterator<Item = Result<Option<&'cell str>, Error>>,
    ) -> Result<(), Error> {
        self.begin_row();
        cells.into_iter().try_for_each(|cell| cell.map(|cell| self.push_cell(cell)))
    }

    /// Adds the rows of a JSON text: an array of arrays of texts and nulls.
    ///
    /// # Errors
    /// When it is something else.
    pub fn push_json(&mut self, rows: &str) -> Result<(), serde_json::Error> {
        let mut deserializer = serde_json::Deserializer::from_str(rows);
        Rows(self).deserialize(&mut deserializer)?;
        deserializer.end()
    }

    fn begin_row(&mut self) {
        self.rows.push(RowStart { text: self.texts.len(), cell: self.ends.len() });
    }

    /// Adds a cell to the last row.
    fn push_cell(&mut self, cell: Option<&str>) {
        let row = self.rows.last().map_or(0, |row| row.text);
        self.texts.push_str(cell.unwrap_or_default());
        // No server's row has 4 GB: PostgreSQL ends at 1 GB, MySQL at a packet of 1 GB, SQLite at 2 GB.
        let end = u32::try_from(self.texts.len() - row).unwrap_or(NULL);
        self.ends.push(if cell.is_some() { end } else { NULL });
    }
}

impl FromIterator<CatalogueRow> for CatalogueAnswer {
    fn from_iter<Rows: IntoIterator<Item = CatalogueRow>>(rows: Rows) -> Self {
        let mut answer = Self::default();
        for row in rows {
            answer.begin_row();
            row.iter().for_each(|cell| answer.push_cell(cell.as_deref()));
        }
        answer
    }
}

impl Serialize for CatalogueAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de> Deserialize<'de> for CatalogueAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut answer = Self::default();
        Rows(&mut answer).deserialize(deserializer)?;
        Ok(answer)
    }
}

/// Takes rows in, each as it comes.
struct Rows<'answer>(&'answer mut CatalogueAnswer);

/// Takes in the cells of one row.
struct Row<'answer>(&'answer mut CatalogueAnswer);

/// Takes in one cell.
struct Cell<'answer>(&'answer mut CatalogueAnswer);

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("an array of rows")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut rows: A) -> Result<(), A::Error> {
        while rows.next_element_seed(Row(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Row<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        self.0.begin_row();
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for Row<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a row: an array of texts and nulls")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut cells: A) -> Result<(), A::Error> {
        while cells.next_element_seed(Cell(self.0))?.is_some() {}
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Cell<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Visitor<'_> for Cell<'_> {
    type Value = ();

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("a text or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.0.push_cell(None);
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.0.push_cell(Some(text));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn rows_come_out_as_they_went_in() {
        let text = r#"[["a",null,""],[],["ä\n","b"],[null]]"#;
        let mut answer: CatalogueAnswer = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&answer).unwrap(), text);
        assert_eq!(answer.iter().collect::<CatalogueAnswer>(), answer);
        answer.push_json(r#"[["c"]]"#).unwrap();
        assert!(answer.push_json("[[1]]").is_err());
        assert!(answer.push_json("[] []").is_err());
        let rows: Vec<CatalogueRow> = answer.iter().collect();
        assert_eq!(rows[4], [Some("c".to_owned())]);
    }

    #[test]
    fn cells_are_read_from_left_to_right() {
        let mut answer = CatalogueAnswer::default();
        answer.push_row([Ok::<_, ()>(Some("one")), Ok(None), Ok(Some("2")), Ok(Some("t"))]).unwrap();
        assert_eq!(answer.push_row([Ok(Some("kept")), Err("lost")]), Err("lost"));
        let mut rows = answer.rows();
        let mut cells = rows.next().unwrap();
        assert_eq!((cells.text(), cells.optional(), cells.number(), cells.flag()), ("one", None, Some(2), true));
        // A server that gives fewer cells than were asked for does no harm.
        assert_eq!((cells.text(), cells.optional(), cells.filled()), ("", None, None));
    }

    #[test]
    fn rows_of_one_table_are_counted() {
        let text = r#"[["s","a","1"],["s","b","1"],["s","b","2"],["s","b"],["t","b"]]"#;
        let answer: CatalogueAnswer = serde_json::from_str(text).unwrap();
        assert_eq!(answer.rows().map(|row| row.rows_alike(2)).collect::<Vec<_>>(), [1, 3, 2, 1, 1]);
    }
}
