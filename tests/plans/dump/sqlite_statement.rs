//! A statement of SQLite's as a list of its parts: of a table the columns in order, then the constraints, which may be
//! written at a column or behind all of them, sorted; of everything else the words. Words keep their order. What can be said
//! or left unsaid without another meaning is left out, and a constant has one spelling.

use std::collections::BTreeMap;
use std::convert::Infallible;

use sqlite3_parser::ast::fmt::{ToTokens, TokenStream};
use sqlite3_parser::ast::{
    Cmd, ColumnConstraint, ColumnDefinition, CreateTableBody, DeferSubclause, Expr, ForeignKeyClause, IndexedColumn,
    InitDeferredPred, Name, NamedColumnConstraint, NamedTableConstraint, RefAct, RefArg, ResolveType, SortOrder, SortedColumn, Stmt,
    TabFlags, TableConstraint,
};
use sqlite3_parser::dialect::TokenType;
use sqlite3_parser::lexer::sql::Parser;
use sqlite3_parser::{Bump, FallibleIterator as _};

/// The columns of the primary key of each table, in small letters.
pub(super) type Keys = BTreeMap<String, Vec<String>>;

pub(super) fn parts(sql: &str, keys: &Keys) -> Result<Vec<String>, String> {
    let memory = Bump::new();
    let command = Parser::new(&memory, sql.as_bytes()).next().map_err(|error| error.to_string())?;
    match command {
        Some(Cmd::Stmt(Stmt::CreateTable {
            body: CreateTableBody::ColumnsAndConstraints { columns, constraints, flags },
            ..
        })) => {
            let key = table_key(constraints.unwrap_or_default());
            let mut table = Table { keys, flags, key, columns: Vec::new(), constraints: Vec::new() };
            for column in &columns {
                table.read_column(column);
            }
            for constraint in constraints.unwrap_or_default() {
                table.read_constraint(constraint.name.as_ref(), &constraint.constraint, &columns);
            }
            table.constraints.sort();
            table.columns.append(&mut table.constraints);
            Ok(table.columns)
        }
        Some(Cmd::Stmt(statement)) => Ok(vec![without_optional_words(&words(&statement))]),
        _ => Err("no statement".to_owned()),
    }
}

/// Of triggers: BEFORE and FOR EACH ROW go without saying. Of indexes: ASC.
fn without_optional_words(words: &[String]) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut text = format!(" {} ", words.join(" "));
    let is_trigger = words.get(1) == Some(&"TRIGGER");
    if is_trigger && words.get(3) == Some(&"BEFORE") {
        text = text.replacen(" BEFORE ", " ", 1);
    }
    for optional in [" ASC ", " FOR EACH ROW ", " IF NOT EXISTS "] {
        text = text.replace(optional, " ");
    }
    text.trim().to_owned()
}

/// The columns of a primary key that stands behind the columns.
fn table_key(constraints: &[NamedTableConstraint<'_>]) -> Vec<String> {
    let parts = constraints.iter().find_map(|constraint| match &constraint.constraint {
        TableConstraint::PrimaryKey { columns, .. } => Some(columns),
        _ => None,
    });
    parts.into_iter().flat_map(|parts| parts.iter()).filter_map(|part| words(part).into_iter().next()).collect()
}

struct Table<'keys> {
    keys: &'keys Keys,
    flags: TabFlags,
    key: Vec<String>,
    columns: Vec<String>,
    constraints: Vec<String>,
}

impl Table<'_> {
    fn read_column(&mut self, column: &ColumnDefinition<'_>) {
        let name = small(&column.col_name);
        let mut said = Vec::new();
        let is_key = self.key.contains(&name)
            || column.constraints.iter().any(|it| matches!(it.constraint, ColumnConstraint::PrimaryKey { .. }));
        for (place, constraint) in column.constraints.iter().enumerate() {
            let called = named(constraint.name.as_ref());
            match &constraint.constraint {
                ColumnConstraint::NotNull { nullable: false, conflict_clause } => {
                    let text = format!("{called}NOT NULL{}", on_conflict(*conflict_clause));
                    // A row id takes no NULL, whether that is said or not, and neither does a key of these tables.
                    let goes_without_saying = is_key
                        && (is_integer(column) || self.flags.intersects(TabFlags::Strict | TabFlags::WithoutRowid));
                    if !(goes_without_saying && text == "NOT NULL") {
                        said.push(text);
                    }
                }
                ColumnConstraint::NotNull { nullable: true, .. } => {}
                ColumnConstraint::Default(value) => {
                    said.extend(default_words(value).map(|value| format!("DEFAULT {value}")));
                }
                ColumnConstraint::Collate { collation_name } => {
                    let collation = small(collation_name);
                    if collation != "binary" {
                        said.push(format!("COLLATE {collation}"));
                    }
                }
                ColumnConstraint::Generated { expr, typ } => {
                    let is_stored = typ.as_ref().is_some_and(|storage| storage.0.eq_ignore_ascii_case("stored"));
                    said.push(format!("AS {} {}", expression(expr), if is_stored { "STORED" } else { "VIRTUAL" }));
                }
                ColumnConstraint::PrimaryKey { order, conflict_clause, auto_increment } => {
                    let order = if *order == Some(SortOrder::Desc) { " DESC" } else { "" };
                    let number = if *auto_increment { " AUTOINCREMENT" } else { "" };
                    let conflict = on_conflict(*conflict_clause);
                    self.constraints.push(format!("{called}PRIMARY KEY ({name}{order}){conflict}{number}"));
                }
                ColumnConstraint::Unique(conflict) => {
                    self.constraints.push(format!("{called}UNIQUE ({name}){}", on_conflict(*conflict)));
                }
                ColumnConstraint::Check(check) => self.constraints.push(format!("{called}CHECK {}", expression(check))),
                ColumnConstraint::ForeignKey { clause, defer_clause } => {
                    let deferred = defer_clause.as_ref().or_else(|| deferral_behind(column.constraints, place));
                    let key = self.foreign_key(std::slice::from_ref(&name), clause, deferred);
                    self.constraints.push(format!("{called}{key}"));
                }
                // Read with the key in front of it.
                ColumnConstraint::Defer(_) => {}
            }
        }
        said.sort();
        self.columns.push(format!("column {name} {} {}", type_words(column), said.join(" ")));
    }

    fn read_constraint(
        &mut self,
        name: Option<&Name<'_>>,
        constraint: &TableConstraint<'_>,
        columns: &[ColumnDefinition<'_>],
    ) {
        let called = named(name);
        let text = match constraint {
            TableConstraint::PrimaryKey { columns: parts, auto_increment, conflict_clause } => {
                let mut parts = sorted_columns(parts, columns);
                // The key of one column of the type INTEGER is the row id, and has no order ("ROWIDs and the INTEGER PRIMARY KEY").
                let is_row_id = |part: &str| {
                    let column = columns.iter().find(|column| part.split(' ').next() == Some(&small(&column.col_name)));
                    !self.flags.contains(TabFlags::WithoutRowid) && column.is_some_and(is_integer)
                };
                if let [only] = parts.as_mut_slice()
                    && is_row_id(only)
                {
                    *only = only.trim_end_matches(" DESC").to_owned();
                }
                let number = if *auto_increment { " AUTOINCREMENT" } else { "" };
                format!("PRIMARY KEY ({}){}{number}", parts.join(", "), on_conflict(*conflict_clause))
            }
            TableConstraint::Unique { columns: parts, conflict_clause } => {
                format!("UNIQUE ({}){}", sorted_columns(parts, columns).join(", "), on_conflict(*conflict_clause))
            }
            TableConstraint::Check(check, _) => format!("CHECK {}", expression(check)),
            TableConstraint::ForeignKey { columns, clause, defer_clause } => {
                self.foreign_key(&indexed_columns(columns), clause, defer_clause.as_ref())
            }
        };
        self.constraints.push(format!("{called}{text}"));
    }

    /// A key that names no columns refers to the primary key of the other table.
    fn foreign_key(
        &self,
        columns: &[String],
        clause: &ForeignKeyClause<'_>,
        deferred: Option<&DeferSubclause>,
    ) -> String {
        let other = small(&clause.tbl_name);
        let named = clause.columns.map(indexed_columns);
        let referred = named.or_else(|| self.keys.get(&other).cloned()).unwrap_or_default();
        let (mut on_delete, mut on_update, mut how) = ("NO ACTION", "NO ACTION", String::new());
        for argument in clause.args {
            match argument {
                RefArg::OnDelete(action) => on_delete = action_words(*action),
                RefArg::OnUpdate(action) => on_update = action_words(*action),
                RefArg::Match(kind) => how = format!(" MATCH {}", small(kind)),
                RefArg::OnInsert(_) => {}
            }
        }
        let deferred = match deferred {
            Some(DeferSubclause { deferrable: true, init_deferred: Some(InitDeferredPred::InitiallyDeferred) }) => {
                " DEFERRABLE INITIALLY DEFERRED"
            }
            Some(DeferSubclause { deferrable: true, .. }) => " DEFERRABLE",
            _ => "",
        };
        format!(
            "FOREIGN KEY ({}) REFERENCES {other} ({}){how} ON DELETE {on_delete} ON UPDATE {on_update}{deferred}",
            columns.join(", "),
            referred.join(", ")
        )
    }
}

/// At a column DEFERRABLE is a constraint of its own, behind its key.
fn deferral_behind<'a>(constraints: &'a [NamedColumnConstraint<'a>], place: usize) -> Option<&'a DeferSubclause> {
    match constraints.get(place + 1).map(|it| &it.constraint) {
        Some(ColumnConstraint::Defer(deferral)) => Some(deferral),
        _ => None,
    }
}

fn action_words(action: RefAct) -> &'static str {
    match action {
        RefAct::SetNull => "SET NULL",
        RefAct::SetDefault => "SET DEFAULT",
        RefAct::Cascade => "CASCADE",
        RefAct::Restrict => "RESTRICT",
        RefAct::NoAction => "NO ACTION",
    }
}

fn is_integer(column: &ColumnDefinition<'_>) -> bool {
    type_words(column) == "integer"
}

fn type_words(column: &ColumnDefinition<'_>) -> String {
    // A type of several words may be quoted as a whole.
    column
        .col_type
        .as_ref()
        .map(|data_type| words(data_type).join(" ").replace('"', "").to_lowercase())
        .unwrap_or_default()
}

/// The parts of a key. A collation that is the column's own goes without saying.
fn sorted_columns(parts: &[SortedColumn<'_>], columns: &[ColumnDefinition<'_>]) -> Vec<String> {
    let one = |part: &SortedColumn<'_>| {
        let words = words(part);
        let column = columns.iter().find(|column| words.first() == Some(&small(&column.col_name)));
        let own = format!(" COLLATE {}", column.map(own_collation).unwrap_or_default());
        let text = format!("{} ", words.join(" ")).replacen(&format!("{own} "), " ", 1);
        text.trim_end().trim_end_matches(" ASC").to_owned()
    };
    parts.iter().map(one).collect()
}

/// The collation of a column, which is BINARY without a word.
fn own_collation(column: &ColumnDefinition<'_>) -> String {
    let said = column.constraints.iter().find_map(|it| match &it.constraint {
        ColumnConstraint::Collate { collation_name } => Some(small(collation_name)),
        _ => None,
    });
    said.unwrap_or_else(|| "binary".to_owned())
}

fn indexed_columns(columns: &[IndexedColumn<'_>]) -> Vec<String> {
    columns.iter().map(|column| words(column).join(" ")).collect()
}

fn small(name: &Name<'_>) -> String {
    unquoted(name.0).to_lowercase()
}

fn named(name: Option<&Name<'_>>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", small(name))).unwrap_or_default()
}

fn on_conflict(algorithm: Option<ResolveType>) -> String {
    algorithm.map(|algorithm| format!(" ON CONFLICT {}", words(&algorithm).join(" "))).unwrap_or_default()
}

fn expression(expression: &Expr<'_>) -> String {
    format!("({})", without_outer_parentheses(words(expression)).join(" "))
}

/// A default: of one constant in one spelling, or as an expression; none where it is NULL.
fn default_words(value: &Expr<'_>) -> Option<String> {
    let words = without_outer_parentheses(words(value));
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["NULL"] => None,
        [only] => Some(one_spelling(only)),
        ["-", number] => Some(one_spelling(&format!("-{}", one_spelling(number)))),
        ["+", number] => Some(one_spelling(number)),
        // "Date And Time Functions": CURRENT_TIMESTAMP is this.
        ["datetime", "(", "'now'", ")"] => Some("current_timestamp".to_owned()),
        several => Some(several.join(" ")),
    }
}

fn without_outer_parentheses(mut words: Vec<String>) -> Vec<String> {
    while words.first().is_some_and(|word| word == "(") {
        let mut depth = 0;
        let close = words.iter().position(|word| {
            depth += i32::from(word == "(") - i32::from(word == ")");
            depth == 0
        });
        if close != Some(words.len() - 1) {
            break;
        }
        words = words[1..words.len() - 1].to_vec();
    }
    words
}

/// Constants have several spellings: `TRUE`, `0x10`, `1.50`, `'5'`, `{"b": 1, "a": 2}`, and as a default a bare word is a text.
fn one_spelling(word: &str) -> String {
    let bare = word.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).unwrap_or(word);
    let (sign, digits) = bare.strip_prefix('-').map_or(("", bare), |digits| ("-", digits));
    if let Some(number) = digits.strip_prefix("0x").and_then(|digits| i64::from_str_radix(digits, 16).ok()) {
        return format!("{sign}{number}");
    }
    if let Ok(members) = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(bare) {
        return serde_json::to_string(&members).unwrap();
    }
    match bare {
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        other => match other.parse::<f64>() {
            Ok(number) if number.abs() < 1e15 => number.to_string(),
            _ => bare.to_owned(),
        },
    }
}

/// Keywords in capitals, names in small letters without quotes, texts as they are.
fn words(node: &impl ToTokens) -> Vec<String> {
    let mut words = Words(Vec::new());
    let Ok(()) = node.to_tokens(&mut words);
    words.0
}

struct Words(Vec<String>);

impl TokenStream for Words {
    type Error = Infallible;

    fn append(&mut self, kind: TokenType, value: Option<&str>) -> Result<(), Infallible> {
        let word = match (kind, value) {
            (TokenType::TK_STRING, Some(text)) => text.to_owned(),
            (TokenType::TK_BLOB, Some(digits)) => format!("X'{}'", digits.to_uppercase()),
            (TokenType::TK_FLOAT | TokenType::TK_INTEGER, Some(number)) => one_spelling(&number.to_lowercase()),
            (_, Some(name)) if name.trim().is_empty() => return Ok(()),
            (_, Some(name)) => unquoted(name).to_lowercase(),
            (keyword, None) => keyword.as_str().unwrap_or_default().to_owned(),
        };
        self.0.push(word);
        Ok(())
    }
}

fn unquoted(name: &str) -> String {
    for (open, close) in [('"', '"'), ('`', '`'), ('[', ']'), ('\'', '\'')] {
        if let Some(inner) = name.strip_prefix(open).and_then(|rest| rest.strip_suffix(close)) {
            return inner.replace(&format!("{close}{close}"), &close.to_string());
        }
    }
    name.to_owned()
}

#[test]
fn words_keep_their_order_and_their_place() {
    let keys = Keys::from([("p".to_owned(), vec!["id".to_owned()])]);
    let parts = |sql: &str| parts(sql, &keys).unwrap();
    for (left, right) in [
        (
            "CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE CHECK (b > 0) REFERENCES p)",
            "CREATE TABLE \"t\" (\"A\" int NULL, [b] INT, FOREIGN KEY (b) REFERENCES p (id), CHECK (b > 0), UNIQUE (b), PRIMARY KEY (a ASC))",
        ),
        ("CREATE TABLE t (a INT DEFAULT -0x10)", "CREATE TABLE t (a INT DEFAULT (-16))"),
        (
            "CREATE TRIGGER x DELETE ON t BEGIN SELECT 1; END",
            "CREATE TRIGGER x BEFORE DELETE ON t FOR EACH ROW BEGIN SELECT 1; END",
        ),
    ] {
        assert_eq!(parts(left), parts(right));
    }
    for (left, right) in [
        ("CREATE TABLE t (a INT, b INT, CHECK (a > b))", "CREATE TABLE t (a INT, b INT, CHECK (b > a))"),
        ("CREATE TABLE t (a INT NOT NULL, b INT)", "CREATE TABLE t (a INT, b INT NOT NULL)"),
        ("CREATE TABLE t (a INT DEFAULT 1, b INT DEFAULT 2)", "CREATE TABLE t (a INT DEFAULT 2, b INT DEFAULT 1)"),
        ("CREATE TABLE t (a TEXT COLLATE NOCASE, b TEXT)", "CREATE TABLE t (a TEXT, b TEXT COLLATE NOCASE)"),
        (
            "CREATE TABLE t (a INT REFERENCES p ON DELETE CASCADE)",
            "CREATE TABLE t (a INT REFERENCES p ON UPDATE CASCADE)",
        ),
        ("CREATE TABLE t (a INT, PRIMARY KEY (a DESC))", "CREATE TABLE t (a INT, PRIMARY KEY (a))"),
        ("CREATE INDEX i ON t (a, b DESC)", "CREATE INDEX i ON t (a DESC, b)"),
    ] {
        assert_ne!(parts(left), parts(right));
    }
}
