//! What a server knows of the sizes and the use of its tables and indexes, and how many rows refer to nothing.

use std::collections::BTreeMap;

use crate::{CatalogueRow, Dialect};

/// What a server knows of a table or index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usage {
    /// The namespace, or database, that it is in.
    pub namespace: String,
    /// The table.
    pub table: String,
    /// The index, where it is about one.
    pub index: Option<String>,
    /// Bytes on disk: of a table with its indexes.
    pub bytes: Option<u64>,
    /// The server's estimate of a table's rows.
    pub rows: Option<u64>,
    /// How often an index was read since the server began to count.
    pub scans: Option<u64>,
}

/// Makes one list of the rows that the queries of [`Dialect::usage_queries`] gave: kind, namespace, table, index, bytes,
/// rows, scans. What several of them say of one thing is put together.
pub fn usage_of(rows: impl IntoIterator<Item = CatalogueRow>) -> Vec<Usage> {
    let mut found: BTreeMap<(String, String, Option<String>), Usage> = BTreeMap::new();
    for row in rows {
        let mut cells = row.into_iter();
        let mut next = || cells.next().flatten();
        let (Some(_), Some(namespace), Some(table)) = (next(), next(), next()) else { continue };
        let index = next();
        let mut number = || next().and_then(|text| text.parse().ok());
        let (bytes, rows, scans) = (number(), number(), number());
        let key = (namespace.clone(), table.clone(), index.clone());
        let usage = found.entry(key).or_insert_with(|| Usage { namespace, table, index, ..Usage::default() });
        usage.bytes = usage.bytes.or(bytes);
        usage.rows = usage.rows.or(rows);
        usage.scans = usage.scans.or(scans);
    }
    found.into_values().collect()
}

/// One end of a relation: a table and its columns.
#[derive(Debug, Clone, Copy)]
pub struct RelationEnd<'a> {
    /// The namespace; empty for the usual one.
    pub namespace: &'a str,
    /// The table.
    pub table: &'a str,
    /// The columns.
    pub columns: &'a [String],
}

/// The query for rows that refer to nothing: how many of the first `most` rows that refer to something were looked at,
/// and how many of these refer to nothing. None where the two ends don't fit.
pub fn orphan_query(dialect: &dyn Dialect, from: RelationEnd<'_>, to: RelationEnd<'_>, most: u64) -> Option<String> {
    if from.columns.is_empty() || from.columns.len() != to.columns.len() {
        return None;
    }
    let quoted = |name: &String| dialect.quote_identifier(name);
    let table = |end: RelationEnd<'_>| {
        let table = dialect.quote_identifier(end.table);
        if end.namespace.is_empty() { table } else { format!("{}.{table}", dialect.quote_identifier(end.namespace)) }
    };
    let columns: Vec<String> = from.columns.iter().map(quoted).collect();
    let refers: Vec<String> = columns.iter().map(|column| format!("{column} IS NOT NULL")).collect();
    let pairs = columns.iter().zip(to.columns);
    let same: Vec<String> = pairs.map(|(from, to)| format!("parent.{} = child.{from}", quoted(to))).collect();
    Some(format!(
        "SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM {to} parent WHERE {same}) THEN 0 ELSE 1 END), 0) \
         FROM (SELECT {columns} FROM {from} WHERE {refers} LIMIT {most}) child",
        to = table(to),
        same = same.join(" AND "),
        columns = columns.join(", "),
        from = table(from),
        refers = refers.join(" AND "),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MYSQL, POSTGRESQL};

    fn row(cells: [&str; 7]) -> CatalogueRow {
        cells.iter().map(|cell| (!cell.is_empty()).then(|| (*cell).to_owned())).collect()
    }

    #[test]
    fn what_two_queries_say_of_one_index_is_put_together() {
        let usage = usage_of([
            row(["table", "shop", "carts", "", "16384", "12", ""]),
            row(["index", "shop", "carts", "by_user", "8192", "", ""]),
            row(["index", "shop", "carts", "by_user", "", "", "3"]),
        ]);
        assert_eq!(usage.len(), 2);
        assert_eq!((usage[0].bytes, usage[0].rows), (Some(16384), Some(12)));
        assert_eq!((usage[1].bytes, usage[1].scans), (Some(8192), Some(3)));
    }

    #[test]
    fn rows_that_refer_to_nothing_are_asked_for() {
        let [a, b] = ["a".to_owned(), "b".to_owned()];
        let (from, to) = ([a.clone()], [b]);
        let end = |namespace, table, columns| RelationEnd { namespace, table, columns };
        let query =
            orphan_query(&POSTGRESQL, end("", "child", &from), end("x", "pa rent", &to), 10).unwrap_or_default();
        assert_eq!(
            query,
            "SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (SELECT 1 FROM \"x\".\"pa rent\" parent WHERE parent.\"b\" = \
             child.\"a\") THEN 0 ELSE 1 END), 0) FROM (SELECT \"a\" FROM \"child\" WHERE \"a\" IS NOT NULL LIMIT 10) child"
        );
        assert_eq!(orphan_query(&MYSQL, end("", "child", &from), end("", "parent", &[]), 10), None);
    }
}
