//! What no table of `information_schema` has, or not as it was written: the statements that SHOW CREATE gives, asked
//! for the few objects that need it, each kind all at once.

use ormsync_schema::{Expression, Table};

use super::{Assembly, facts};
use crate::catalogue::Cells;
use crate::{CatalogueQuery, CatalogueRows};

/// An object with its database.
type Asked<'rows> = (&'rows str, &'rows str);

/// The queries: one for each kind of which there are any.
pub(super) fn queries(rows: &CatalogueRows, is_mariadb: bool) -> Vec<CatalogueQuery> {
    let kinds = [
        ("shown_functions", "FUNCTION", routines(rows, "FUNCTION")),
        ("shown_procedures", "PROCEDURE", routines(rows, "PROCEDURE")),
        ("shown_triggers", "TRIGGER", triggers(rows)),
        ("shown_views", "VIEW", views(rows, is_mariadb)),
        ("shown_tables", "TABLE", tables_with_text_indexes(rows)),
    ];
    let with_any = kinds.into_iter().filter(|(_, _, asked)| !asked.is_empty());
    with_any
        .map(|(name, kind, asked)| {
            let show = |(database, name): &Asked<'_>| {
                format!("SHOW CREATE {kind} {}.{}", facts::quote_identifier(database), facts::quote_identifier(name))
            };
            CatalogueQuery::new(name, asked.iter().map(show).collect::<Vec<_>>().join("; "))
        })
        .collect()
}

/// Those whose body this account may see.
fn routines<'rows>(rows: &'rows CatalogueRows, kind: &str) -> Vec<Asked<'rows>> {
    Cells::of(rows, "routines")
        .filter_map(|mut cells| {
            let (database, name, own_kind) = (cells.text(), cells.text(), cells.text());
            let (_language, is_seen) = (cells.optional(), cells.flag());
            (own_kind == kind && is_seen).then_some((database, name))
        })
        .collect()
}

/// ACTION_STATEMENT has the quotes and backslashes inside of texts once, however often they have to stand there: `'it''s'`
/// is `'it's'` (seen in MySQL 8.0 to 9.7), two backslashes are one (in MariaDB 10.11 too).
fn triggers(rows: &CatalogueRows) -> Vec<Asked<'_>> {
    Cells::of(rows, "triggers")
        .filter_map(|mut cells| {
            let (database, _table, name) = (cells.text(), cells.text(), cells.text());
            let (_timing, _event, action) = (cells.optional(), cells.optional(), cells.text());
            action.contains(['\'', '"', '\\']).then_some((database, name))
        })
        .collect()
}

/// MySQL tells the algorithm of a view nowhere else. Without the privilege SHOW VIEW its query is blank.
fn views(rows: &CatalogueRows, is_mariadb: bool) -> Vec<Asked<'_>> {
    if is_mariadb {
        return Vec::new();
    }
    Cells::of(rows, "views")
        .filter_map(|mut cells| {
            let (database, name, query) = (cells.text(), cells.text(), cells.text());
            (!query.is_empty()).then_some((database, name))
        })
        .collect()
}

/// The parser of a full-text index.
fn tables_with_text_indexes(rows: &CatalogueRows) -> Vec<Asked<'_>> {
    let mut tables: Vec<Asked<'_>> = Cells::of(rows, "indexes")
        .filter_map(|mut cells| {
            let (database, table, _name, _unique) = (cells.text(), cells.text(), cells.text(), cells.text());
            (cells.text() == "FULLTEXT").then_some((database, table))
        })
        .collect();
    tables.dedup();
    tables
}

impl Assembly {
    /// What the statements add to what is read already.
    pub(super) fn read_shown(&mut self, rows: &CatalogueRows) {
        for (query, kind) in [("shown_functions", "FUNCTION"), ("shown_procedures", "PROCEDURE")] {
            for ((database, name), statement) in answers(rows, query, routines(rows, kind), 2) {
                self.read_routine(database, name, kind, statement);
            }
        }
        for ((database, name), statement) in answers(rows, "shown_triggers", triggers(rows), 2) {
            let Some(action) = action(statement) else { continue };
            let namespace = self.namespace(database).to_owned();
            let tables = self.schema.namespace_mut(&namespace).tables.values_mut();
            if let Some(trigger) = tables.into_iter().find_map(|table| table.triggers.get_mut(name)) {
                action.clone_into(&mut trigger.action);
            }
        }
        for ((database, name), statement) in answers(rows, "shown_views", views(rows, self.is_mariadb), 1) {
            let algorithm = behind(statement, &["ALGORITHM"])
                .and_then(|rest| rest.trim_start_matches(['=', ' ']).split_whitespace().next())
                .filter(|algorithm| *algorithm != "UNDEFINED");
            let namespace = self.namespace(database).to_owned();
            let Some(view) = self.schema.namespace_mut(&namespace).views.get_mut(name) else { continue };
            let options = [
                ("algorithm", algorithm.map(str::to_lowercase)),
                ("columns", columns_of_view(statement).map(str::to_owned)),
            ];
            view.options.extend(options.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))));
        }
        for ((database, name), statement) in answers(rows, "shown_tables", tables_with_text_indexes(rows), 1) {
            if let Some(table) = self.table_mut(database, name) {
                read_parsers(table, statement);
            }
        }
    }

    fn read_routine(&mut self, database: &str, name: &str, kind: &str, statement: &str) {
        // Who made it is no part of the schema.
        let Some(rest) = behind(statement, &[kind]) else { return };
        let aggregate = if behind(statement, &["AGGREGATE", kind]) == Some(rest) { "AGGREGATE " } else { "" };
        // A client that sends several statements at once leaves the semicolon there.
        let definition = format!("CREATE {aggregate}{kind}{}", rest.trim_end_matches([';', ' ', '\n']));
        let word = if kind == "PROCEDURE" { "procedure " } else { "" };
        let prefix = format!("{word}{name}(");
        let namespace = self.namespace(database).to_owned();
        let mut routines = self.schema.namespace_mut(&namespace).routines.iter_mut();
        if let Some((_, routine)) = routines.find(|(signature, _)| signature.starts_with(&prefix)) {
            routine.definition = Some(Expression::printed_by_server(definition));
        }
    }
}

/// The statement that stands in that column of each answer, with what was asked. Where the server gave fewer answers
/// than it was asked for, nothing is known.
fn answers<'rows>(
    rows: &'rows CatalogueRows,
    query: &str,
    asked: Vec<Asked<'rows>>,
    column: usize,
) -> Vec<(Asked<'rows>, &'rows str)> {
    let statements: Vec<&str> =
        Cells::of(rows, query).map(|mut cells| cells.nth(column).flatten().unwrap_or_default()).collect();
    if statements.len() != asked.len() {
        return Vec::new();
    }
    asked.into_iter().zip(statements).filter(|(_, statement)| !statement.is_empty()).collect()
}

/// The columns that a view was given names for, between the parentheses behind its own name.
fn columns_of_view(statement: &str) -> Option<&str> {
    let mut rest = behind(statement, &["VIEW"])?.trim_start();
    // Its name may have that of its database in front.
    while rest.starts_with('`') {
        rest = &rest[super::text::quoted_end(rest, '`')..];
        rest = rest.strip_prefix('.').unwrap_or(rest);
    }
    let columns = rest.trim_start().strip_prefix('(')?;
    let mut at = 0;
    loop {
        match columns[at..].chars().next()? {
            ')' => return Some(&columns[..at]),
            '`' => at += super::text::quoted_end(&columns[at..], '`'),
            other => at += other.len_utf8(),
        }
    }
}

/// What a trigger does: all behind FOR EACH ROW, but for its place among others.
fn action(statement: &str) -> Option<&str> {
    let rest = behind(statement, &["FOR", "EACH", "ROW"])?.trim_start();
    for word in ["FOLLOWS", "PRECEDES"] {
        if let Some(behind_word) = rest.get(..word.len()).filter(|first| first.eq_ignore_ascii_case(word)) {
            let other = rest[behind_word.len()..].trim_start();
            let end = match other.starts_with('`') {
                true => super::text::quoted_end(other, '`'),
                false => other.find(char::is_whitespace).unwrap_or(other.len()),
            };
            return Some(other[end..].trim_start());
        }
    }
    Some(rest.trim_end_matches([';', ' ', '\n']))
}

/// ``FULLTEXT KEY `name` (…) /*!50100 WITH PARSER `ngram` */``.
fn read_parsers(table: &mut Table, statement: &str) {
    for line in statement.lines() {
        let Some(rest) = line.trim_start().strip_prefix("FULLTEXT KEY ") else { continue };
        let end = super::text::quoted_end(rest, '`');
        let name = rest[..end].trim_matches('`').replace("``", "`");
        let parser = behind(&rest[end..], &["WITH", "PARSER"]).map(|rest| rest.trim_start());
        let Some(parser) = parser else { continue };
        let parser = parser[..super::text::quoted_end(parser, '`')].trim_matches('`');
        let index = table.indexes.iter_mut().find(|index| index.name.as_deref() == Some(name.as_str()));
        if let Some(index) = index {
            index.options.insert("parser".to_owned(), parser.to_owned());
        }
    }
}

/// What follows these words, which stand one behind the other outside of quotes, in any case.
fn behind<'text>(text: &'text str, words: &[&str]) -> Option<&'text str> {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | '$');
    let mut rest = text;
    let mut before = ' ';
    while let Some(letter) = rest.chars().next() {
        if !is_part(before)
            && let Some(found) = words_at_front(rest, words)
            && !found.chars().next().is_some_and(is_part)
        {
            return Some(found);
        }
        let end = match letter {
            '\'' | '"' | '`' => super::text::quoted_end(rest, letter),
            _ => letter.len_utf8(),
        };
        before = letter;
        rest = &rest[end..];
    }
    None
}

fn words_at_front<'text>(text: &'text str, words: &[&str]) -> Option<&'text str> {
    let mut rest = text;
    for (place, word) in words.iter().enumerate() {
        if place > 0 {
            let trimmed = rest.trim_start();
            if trimmed.len() == rest.len() {
                return None;
            }
            rest = trimmed;
        }
        rest.get(..word.len()).filter(|start| start.eq_ignore_ascii_case(word))?;
        rest = &rest[word.len()..];
    }
    Some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_action_of_a_trigger_stands_behind_its_place() {
        let text = "CREATE DEFINER=`for each row`@`%` TRIGGER `t` BEFORE INSERT ON `x` for each\n row PRECEDES `a b` SET NEW.a = 'it''s'";
        assert_eq!(action(text), Some("SET NEW.a = 'it''s'"));
        assert_eq!(action("CREATE TRIGGER t AFTER DELETE ON x FOR EACH ROW DELETE FROM y;"), Some("DELETE FROM y"));
    }

    #[test]
    fn a_view_may_name_its_columns() {
        let text = "CREATE ALGORITHM=UNDEFINED VIEW `db`.`v``w` (`x`,`y)`) AS select (1) AS `a`";
        assert_eq!(columns_of_view(text), Some("`x`,`y)`"));
        assert_eq!(columns_of_view("CREATE VIEW `v` AS select (1) AS `a`"), None);
    }

    #[test]
    fn words_in_quotes_are_not_found() {
        assert_eq!(behind("a 'FUNCTION' `FUNCTION` myFUNCTION FUNCTION x", &["function"]), Some(" x"));
        assert_eq!(behind("a", &["function"]), None);
    }
}
