//! `CREATE TABLE`, for what the pragmas do not tell.

use ormsync_schema::{Deferrability, MatchKind, NotNull};

use super::tokens::{Slice, Tokens};

/// What a `CREATE TABLE` says besides what the pragmas tell.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct TableStatement {
    pub(super) columns: Vec<ColumnWords>,
    pub(super) constraints: Vec<ConstraintWords>,
    /// Whether every part of it was understood.
    pub(super) whole: bool,
}

/// What is said at a column.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ColumnWords {
    pub(super) name: String,
    pub(super) collation: Option<String>,
    /// Its NOT NULL, if there is one, with what it was given.
    pub(super) not_null: Option<NotNull>,
    /// The expression of a generated column.
    pub(super) generated: Option<String>,
}

/// A constraint of the table or of a column.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ConstraintWords {
    pub(super) name: Option<String>,
    pub(super) kind: ConstraintKind,
}

/// The kinds of constraint, with what the pragmas leave out.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ConstraintKind {
    PrimaryKey { autoincrement: bool, conflict: Option<String> },
    Unique { columns: Vec<String>, conflict: Option<String> },
    Check { expression: String },
    ForeignKey { columns: Vec<String>, deferrability: Deferrability, match_kind: MatchKind },
}

impl TableStatement {
    /// What is said at a column. SQLite's names do not mind ASCII case.
    pub(super) fn column(&self, name: &str) -> Option<&ColumnWords> {
        self.columns.iter().find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// The foreign keys in the order of declaration.
    pub(super) fn foreign_keys(&self) -> impl Iterator<Item = &ConstraintWords> {
        self.constraints.iter().filter(|constraint| matches!(constraint.kind, ConstraintKind::ForeignKey { .. }))
    }
}

/// Reads the statement that made a table.
pub(super) fn read(text: &str) -> TableStatement {
    let mut statement = TableStatement { whole: true, ..TableStatement::default() };
    let Some(tokens) = Tokens::read(text) else { return TableStatement::default() };
    let mut rest = tokens.all();
    // CREATE TABLE name: SQLite keeps no IF NOT EXISTS, and writes CREATE TABLE … AS as a list of columns.
    let body = loop {
        if rest.is_empty() {
            return TableStatement::default();
        }
        if let Some(body) = rest.take_parentheses() {
            break body;
        }
        rest.skip();
    };
    for definition in body.split_at_commas() {
        read_definition(definition, &mut statement);
    }
    statement
}

fn read_definition(definition: Slice<'_>, statement: &mut TableStatement) {
    let begins_constraint =
        ["CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"].iter().any(|word| definition.is_keyword(word));
    let mut rest = definition;
    if !begins_constraint {
        let Some(name) = rest.take_name() else {
            statement.whole = false;
            return;
        };
        statement.columns.push(ColumnWords { name, ..ColumnWords::default() });
    }
    // SQLite takes the commas between constraints of a table as optional, so one definition may hold several,
    // and those behind a column's may be the column's own.
    let mut name = None;
    while !rest.is_empty() {
        if rest.take_keyword("CONSTRAINT") {
            name = rest.take_name();
        } else if !read_clause(&mut rest, &mut name, begins_constraint, statement) {
            rest.skip();
        }
    }
}

/// Reads one clause of a column or table; false where it is none that matters here.
fn read_clause(
    rest: &mut Slice<'_>,
    name: &mut Option<String>,
    of_table: bool,
    statement: &mut TableStatement,
) -> bool {
    let own_column = || statement.columns.last().map(|column| column.name.clone()).into_iter().collect::<Vec<_>>();
    let kind = if rest.take_keyword("PRIMARY") {
        rest.take_keyword("KEY");
        let _ = rest.take_parentheses();
        let _ = rest.take_keyword("ASC") || rest.take_keyword("DESC");
        let conflict = take_conflict_clause(rest);
        ConstraintKind::PrimaryKey { autoincrement: rest.take_keyword("AUTOINCREMENT"), conflict }
    } else if rest.take_keyword("UNIQUE") {
        let columns = if of_table { rest.take_parentheses().map(names).unwrap_or_default() } else { own_column() };
        ConstraintKind::Unique { columns, conflict: take_conflict_clause(rest) }
    } else if rest.take_keyword("CHECK") {
        let Some(expression) = rest.take_parentheses() else {
            statement.whole = false;
            return true;
        };
        ConstraintKind::Check { expression: expression.text() }
    } else if of_table && rest.take_keyword("FOREIGN") {
        rest.take_keyword("KEY");
        let columns = rest.take_parentheses().map(names).unwrap_or_default();
        rest.take_keyword("REFERENCES");
        read_reference(rest, columns)
    } else if !of_table && rest.take_keyword("REFERENCES") {
        read_reference(rest, own_column())
    } else {
        return read_column_clause(rest, name, of_table, statement);
    };
    statement.constraints.push(ConstraintWords { name: name.take(), kind });
    true
}

/// Clauses that only columns have, and that are no constraints in the model.
fn read_column_clause(
    rest: &mut Slice<'_>,
    name: &mut Option<String>,
    of_table: bool,
    statement: &mut TableStatement,
) -> bool {
    let Some(column) = statement.columns.last_mut().filter(|_| !of_table) else { return false };
    if rest.take_keyword("COLLATE") {
        column.collation = rest.take_name();
    } else if rest.take_keyword("DEFAULT") {
        // A value may be a keyword or a name, so it is skipped before it is taken for a clause.
        rest.skip();
    } else if rest.take_keyword("AS") {
        column.generated = rest.take_parentheses().map(Slice::text);
    } else if rest.take_keyword("NOT") {
        rest.take_keyword("NULL");
        let on_conflict = take_conflict_clause(rest);
        column.not_null = Some(NotNull { name: name.take(), on_conflict, ..NotNull::default() });
    } else {
        return false;
    }
    // DEFAULT and the like may have a name; it is theirs.
    *name = None;
    true
}

/// `ON CONFLICT REPLACE`; what happens without it is ABORT.
fn take_conflict_clause(rest: &mut Slice<'_>) -> Option<String> {
    let mut ahead = *rest;
    if !(ahead.take_keyword("ON") && ahead.take_keyword("CONFLICT")) {
        return None;
    }
    let algorithm = ahead.take_name()?.to_ascii_lowercase();
    *rest = ahead;
    Some(algorithm).filter(|algorithm| algorithm != "abort")
}

/// What follows `REFERENCES`.
fn read_reference(rest: &mut Slice<'_>, columns: Vec<String>) -> ConstraintKind {
    let _table = rest.take_name();
    let _columns = rest.take_parentheses();
    let mut deferrability = Deferrability::NotDeferrable;
    let mut match_kind = MatchKind::Simple;
    loop {
        if rest.take_keyword("ON") {
            // ON DELETE SET NULL, ON UPDATE NO ACTION, ON DELETE CASCADE: the pragma tells them.
            rest.skip();
            let _ = rest.take_keyword("SET") || rest.take_keyword("NO");
            rest.skip();
        } else if rest.take_keyword("MATCH") {
            if rest.take_name().is_some_and(|kind| kind.eq_ignore_ascii_case("FULL")) {
                match_kind = MatchKind::Full;
            }
        } else if !take_deferrability(rest, &mut deferrability) {
            break;
        }
    }
    ConstraintKind::ForeignKey { columns, deferrability, match_kind }
}

/// `[NOT] DEFERRABLE [INITIALLY DEFERRED | IMMEDIATE]`; a `NOT` that begins `NOT NULL` is left where it is.
fn take_deferrability(rest: &mut Slice<'_>, deferrability: &mut Deferrability) -> bool {
    let mut ahead = *rest;
    let negated = ahead.take_keyword("NOT");
    if !ahead.take_keyword("DEFERRABLE") {
        return false;
    }
    let deferred = ahead.take_keyword("INITIALLY") && {
        let deferred = ahead.is_keyword("DEFERRED");
        ahead.skip();
        deferred
    };
    *deferrability = match (negated, deferred) {
        (true, _) => Deferrability::NotDeferrable,
        (false, true) => Deferrability::InitiallyDeferred,
        (false, false) => Deferrability::InitiallyImmediate,
    };
    *rest = ahead;
    true
}

/// The names in a list of columns, without `COLLATE`, `ASC` and `DESC`.
fn names(list: Slice<'_>) -> Vec<String> {
    list.split_at_commas().into_iter().filter_map(|mut part| part.take_name()).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn kinds(text: &str) -> Vec<(Option<String>, ConstraintKind)> {
        read(text).constraints.into_iter().map(|constraint| (constraint.name, constraint.kind)).collect()
    }

    #[test]
    fn what_pragmas_leave_out_is_found() {
        let statement = read(
            "CREATE TABLE \"t(\" (id INTEGER CONSTRAINT nn NOT NULL CONSTRAINT pk PRIMARY KEY AUTOINCREMENT, -- a, (b\n\
             email TEXT COLLATE NOCASE DEFAULT 'CHECK (x)' CHECK (email <> ','), \
             g AS (id * (2)) STORED, [odd name] DECIMAL(10, 2) NOT NULL DEFERRABLE)",
        );
        assert!(statement.whole);
        let names: Vec<_> = statement.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["id", "email", "g", "odd name"]);
        assert_eq!(statement.columns[1].collation.as_deref(), Some("NOCASE"));
        assert_eq!(statement.columns[2].generated.as_deref(), Some("id * (2)"));
        assert_eq!(
            statement.constraints,
            [
                ConstraintWords {
                    name: Some("pk".to_owned()),
                    kind: ConstraintKind::PrimaryKey { autoincrement: true, conflict: None }
                },
                ConstraintWords { name: None, kind: ConstraintKind::Check { expression: "email <> ','".to_owned() } },
            ]
        );
    }

    #[test]
    fn foreign_keys_have_names_and_deferrability() {
        let found = kinds(
            "CREATE TABLE t (a INT REFERENCES u (x) ON DELETE SET NULL NOT NULL UNIQUE, b INT, \
             CONSTRAINT \"f\"\"k\" FOREIGN KEY (a, \"b\") REFERENCES u ON UPDATE CASCADE MATCH FULL \
             DEFERRABLE INITIALLY DEFERRED CONSTRAINT c2 UNIQUE (b, a DESC))",
        );
        let foreign_key = |columns: &[&str], deferrability, match_kind| ConstraintKind::ForeignKey {
            columns: columns.iter().map(|name| (*name).to_owned()).collect(),
            deferrability,
            match_kind,
        };
        assert_eq!(
            found,
            [
                (None, foreign_key(&["a"], Deferrability::NotDeferrable, MatchKind::Simple)),
                (None, ConstraintKind::Unique { columns: vec!["a".to_owned()], conflict: None }),
                (Some("f\"k".to_owned()), foreign_key(&["a", "b"], Deferrability::InitiallyDeferred, MatchKind::Full)),
                (
                    Some("c2".to_owned()),
                    ConstraintKind::Unique { columns: vec!["b".to_owned(), "a".to_owned()], conflict: None }
                ),
            ]
        );
    }

    #[test]
    fn what_is_no_statement_is_not_whole() {
        for text in ["", "CREATE TABLE t", "CREATE TABLE t (", "CREATE TABLE t (a, )", "CREATE TABLE t ('a"] {
            assert!(!read(text).whole, "{text}");
        }
    }
}
