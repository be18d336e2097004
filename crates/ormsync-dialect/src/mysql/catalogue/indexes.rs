//! Indexes and primary keys.

use std::collections::BTreeMap;

use ormsync_schema::{ForeignKey, Index, IndexKind, IndexPart, IndexTarget, PrimaryKey, SortOrder};

use super::{Assembly, origin};
use crate::CatalogueRows;
use crate::catalogue::Cells;

impl Assembly {
    /// Indexes of tables. Read after the foreign keys, which tell which ones the server made for itself.
    ///
    /// There is no difference between a unique constraint and a unique index on these servers.
    pub(super) fn read_indexes(&mut self, rows: &CatalogueRows) {
        let mut indexes: BTreeMap<(&str, &str, &str), Index> = BTreeMap::new();
        for mut cells in Cells::of(rows, "indexes") {
            let key = (cells.text(), cells.text(), cells.text());
            let index = read_index(&mut cells, key);
            let is_spatial = index.method.as_deref() == Some("spatial");
            let mut part = self.read_part(&mut cells);
            if is_spatial {
                // The 32 bytes of every spatial index are no choice of anyone's.
                part.prefix_length = None;
            }
            indexes.entry(key).or_insert(index).parts.push(part);
        }
        for ((database, table_name, name), mut index) in indexes {
            let Some(table) = self.table_mut(database, table_name) else { continue };
            if name == "PRIMARY" {
                table.primary_key = Some(PrimaryKey {
                    parts: index.parts,
                    comment: index.comment,
                    origin: index.origin,
                    ..PrimaryKey::default()
                });
                continue;
            }
            index.implicit = table.foreign_keys.iter().any(|foreign_key| is_made_for(&index, foreign_key));
            table.indexes.push(index);
        }
    }

    fn read_part(&self, cells: &mut Cells<'_>) -> IndexPart {
        let target = match (cells.optional(), cells.optional()) {
            (Some(column), _) => IndexTarget::Column(column.to_owned()),
            (None, expression) => IndexTarget::Expression(self.expression(expression.unwrap_or_default())),
        };
        let mut part = IndexPart::new(target);
        part.order = if cells.text() == "D" { SortOrder::Descending } else { SortOrder::Ascending };
        part.prefix_length = cells.number();
        part
    }
}

/// What every row of an index repeats.
fn read_index(cells: &mut Cells<'_>, (database, table, name): (&str, &str, &str)) -> Index {
    let is_unique = cells.text() == "0";
    let kind = if is_unique { IndexKind::UniqueIndex } else { IndexKind::Plain };
    let mut index = Index::on_columns(kind, Some(name.to_owned()), [], origin(&[database, table, name]));
    index.method = cells.filled().map(|method| method.to_lowercase()).filter(|method| method != "btree");
    index.comment = cells.filled();
    index.invisible = !cells.flag();
    index
}

/// A foreign key needs an index; where none is declared the server makes one, named after the constraint, or
/// after its first column where the server has named the constraint too (`orders_ibfk_1`).
fn is_made_for(index: &Index, foreign_key: &ForeignKey) -> bool {
    let is_plain = index.kind == IndexKind::Plain
        && index.method.is_none()
        && index.comment.is_none()
        && index.parts.iter().all(|part| part.order.is_ascending() && part.prefix_length.is_none());
    let is_named_after = index.name == foreign_key.name
        || (foreign_key.name.as_deref().is_some_and(|name| name.contains("_ibfk_"))
            && index.name.as_ref() == foreign_key.columns.first());
    is_plain && is_named_after && index.columns().eq(foreign_key.columns.iter().map(String::as_str))
}
