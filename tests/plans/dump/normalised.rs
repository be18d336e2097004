//! What is the same said in another way, each with the reason why it is no difference.

use crate::case::Dialect;

/// Pieces of lines that are taken out or written otherwise: the text, what takes its place, and why.
type Respelling = (&'static str, &'static str, &'static str);

const POSTGRESQL: &[Respelling] = &[
    ("DEFAULT now()", "DEFAULT CURRENT_TIMESTAMP", "one function under two names"),
    ("DEFAULT CURRENT_TIMESTAMP(3)", "DEFAULT CURRENT_TIMESTAMP", "the column has the precision"),
    ("without time zone DEFAULT LOCALTIMESTAMP", "without time zone DEFAULT CURRENT_TIMESTAMP", "cast to the same"),
    ("date DEFAULT CURRENT_DATE", "date DEFAULT CURRENT_TIMESTAMP", "cast to the same"),
    ("timestamp(6) with", "timestamp with", "a precision that is there without a word"),
    ("timestamp(6) without", "timestamp without", "a precision that is there without a word"),
    ("DEFAULT 0.50", "DEFAULT 0.5", "numbers are written in their shortest form"),
    ("DEFAULT '1000'::numeric", "DEFAULT 1000", "numbers are written in their shortest form"),
    ("DEFAULT '{}'::text[]", "DEFAULT ARRAY[]::text[]", "one array in two spellings"),
    ("DEFAULT '{1,2}'::integer[]", "DEFAULT ARRAY[1, 2]", "one array in two spellings"),
];

const MYSQL: &[Respelling] = &[
    (" USING BTREE", "", "what an index is without a word about it; the engine MEMORY has a case of its own"),
    (" KEY_BLOCK_SIZE=1024", "", "of a single index: InnoDB forgets it, and only this statement would tell it"),
    ("DEFAULT (_utf8mb4'x')", "DEFAULT (0x78)", "bytes are written in hexadecimal"),
    ("DEFAULT 'blob'", "DEFAULT X'626c6f62'", "bytes are written in hexadecimal"),
    (
        "longtext DEFAULT NULL CHECK (json_valid(`d`))",
        "longtext CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL CHECK (json_valid(`d`))",
        "to MariaDB JSON is just this",
    ),
];

/// Lines sorted, since columns and indexes may come in another order, without comments and blank lines.
pub(super) fn in_one_order(text: &str, dialect: Dialect) -> String {
    let is_noise = |line: &str| line.trim().is_empty() || line.starts_with("--") || line.starts_with('\\');
    let mut lines: Vec<String> =
        text.lines().filter(|line| !is_noise(line)).map(|line| normalised(line, dialect)).collect();
    if dialect != Dialect::Sqlite {
        lines.sort();
    }
    lines.join("\n")
}

fn normalised(line: &str, dialect: Dialect) -> String {
    let mut line = line.trim().trim_end_matches(',').split_whitespace().collect::<Vec<_>>().join(" ");
    let respellings = match dialect {
        Dialect::Postgresql | Dialect::PostgresqlNewest => POSTGRESQL,
        Dialect::Mysql | Dialect::Mariadb => MYSQL,
        Dialect::Sqlite => &[],
    };
    if dialect == Dialect::Mariadb && line.starts_with("TRIGGER ") {
        // It keeps the quotes around names, or their absence, as they were sent.
        line.retain(|letter| letter != '`');
    }
    for (theirs, ours, _why) in respellings {
        line = line.replace(theirs, ours);
    }
    in_order_of_options(&without_counter(&line))
}

/// Up to which number rows have come is no part of a schema.
fn without_counter(line: &str) -> String {
    match line.split_once(" AUTO_INCREMENT=") {
        Some((before, behind)) => format!("{before}{}", behind.trim_start_matches(|it: char| it.is_ascii_digit())),
        None => line.to_owned(),
    }
}

/// Storage options are a set: `WITH (a=1, b=2)` is `WITH (b=2, a=1)`.
fn in_order_of_options(line: &str) -> String {
    let Some((before, rest)) = line.split_once("WITH (") else { return line.to_owned() };
    let Some((options, behind)) = rest.split_once(')') else { return line.to_owned() };
    let mut options: Vec<&str> = options.split(", ").collect();
    options.sort_unstable();
    format!("{before}WITH ({}){behind}", options.join(", "))
}
