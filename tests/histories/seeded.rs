//! `ormsync seed` on each server: rows that checks, references and circles of them allow.

use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::program::{Run, ormsync};

/// Kinds of checks, each on a column or two, in words that all servers have. `LENGTH` counts letters or bytes.
const CHECKS: &str = "
    CREATE TABLE checked (
        id INTEGER NOT NULL PRIMARY KEY,
        percent INTEGER NOT NULL CHECK (percent >= 0 AND percent <= 100),
        above INTEGER NOT NULL CHECK (above > 0),
        below INTEGER NOT NULL CHECK (below < -5),
        among INTEGER NOT NULL CHECK (among IN (2, 3, 5)),
        one VARCHAR(10) NOT NULL CHECK (one = 'only'),
        rate DECIMAL(5, 2) NOT NULL CHECK (rate BETWEEN 1 AND 5.5),
        share DECIMAL(5, 4) NOT NULL CHECK (share > 0 AND share < 1),
        code VARCHAR(20) NOT NULL UNIQUE CHECK (LENGTH(code) >= 12 AND LENGTH(code) <= 14),
        exact VARCHAR(20) NOT NULL CHECK (LENGTH(exact) = 4),
        filled VARCHAR(20) NOT NULL CHECK (filled <> '' AND LENGTH(filled) > 0),
        optional INTEGER CHECK (optional IS NULL OR optional >= 10),
        least INTEGER NOT NULL,
        most INTEGER NOT NULL,
        begun DATE NOT NULL,
        ended DATE NOT NULL,
        CHECK (least < most),
        CHECK (least >= 0),
        CHECK (most <= 1000),
        CHECK (ended > begun)
    );
    CREATE TABLE refers (
        id INTEGER NOT NULL PRIMARY KEY,
        code VARCHAR(20) NOT NULL,
        FOREIGN KEY (code) REFERENCES checked (code)
    );";

/// A circle that is opened where a reference may be NULL, whatever the order of the names.
const OPEN: &str = "
    CREATE TABLE a_member (id INTEGER NOT NULL PRIMARY KEY, team INTEGER NOT NULL);
    CREATE TABLE b_team (id INTEGER NOT NULL PRIMARY KEY, lead_by INTEGER, FOREIGN KEY (lead_by) REFERENCES a_member (id));
    CREATE TABLE c_visit (id INTEGER NOT NULL PRIMARY KEY, team INTEGER NOT NULL, FOREIGN KEY (team) REFERENCES b_team (id));";

/// Circles in which none may: of two and of three, and a table that refers to one of them.
const CLOSED: &str = "
    CREATE TABLE x (id INTEGER NOT NULL PRIMARY KEY, y_id INTEGER NOT NULL);
    CREATE TABLE y (id INTEGER NOT NULL PRIMARY KEY, z_id INTEGER NOT NULL);
    CREATE TABLE z (id INTEGER NOT NULL PRIMARY KEY, x_id INTEGER NOT NULL, FOREIGN KEY (x_id) REFERENCES x (id));
    CREATE TABLE of_x (id INTEGER NOT NULL PRIMARY KEY, x_id INTEGER NOT NULL, FOREIGN KEY (x_id) REFERENCES x (id));";

fn seed(dialect: Dialect, script: &str, rows: &str) -> Option<(Scratch, Run)> {
    let database = Scratch::new(dialect)?;
    database.execute(script).unwrap();
    let folder = TempDir::new().unwrap();
    let arguments = ["seed", "--database", database.url(), "--rows", rows];
    let run = Run::of(ormsync().current_dir(folder.path()).args(arguments));
    assert_eq!(run.code, Some(0), "{run}");
    // Nothing draws a bar where nobody looks.
    assert!(!run.stderr.contains('\u{1b}') && !run.stderr.contains('\r'), "{run}");
    Some((database, run))
}

fn checks_are_met(dialect: Dialect) {
    let Some((database, run)) = seed(dialect, CHECKS, "700") else { return };
    assert_eq!(run.stdout, "checked: 700 rows\nrefers: 700 rows\n", "{run}");
    let count = |condition: &str| {
        database.query(&format!("SELECT COUNT(*) FROM checked WHERE {condition}")).unwrap().trim().to_owned()
    };
    assert_eq!((count("least < most AND ended > begun"), count("optional IS NOT NULL")), ("700".into(), "700".into()));
}

/// Adds keys to tables that were made before what they refer to.
fn later(dialect: Dialect, tables: &str, keys: &[(&str, &str, &str)]) -> String {
    if dialect == Dialect::Sqlite {
        // There a table can refer to one that is not there yet.
        return keys.iter().fold(tables.to_owned(), |script, (table, column, target)| {
            let plain = format!("{column} INTEGER NOT NULL");
            let at = script.find(&format!("CREATE TABLE {table} ")).unwrap();
            let (before, behind) = script.split_at(at);
            format!("{before}{}", behind.replacen(&plain, &format!("{plain} REFERENCES {target} (id)"), 1))
        });
    }
    let keys = keys.iter().map(|(table, column, target)| {
        format!(
            "ALTER TABLE {table} ADD CONSTRAINT {table}_{column}_key FOREIGN KEY ({column}) REFERENCES {target} (id);\n"
        )
    });
    tables.to_owned() + &keys.collect::<String>()
}

fn circles(dialect: Dialect, can_be_closed: bool) {
    let script = later(dialect, OPEN, &[("a_member", "team", "b_team")]);
    let Some((_, run)) = seed(dialect, &script, "600") else { return };
    assert_eq!(run.stdout, "b_team: 600 rows\na_member: 600 rows\nc_visit: 600 rows\n", "{run}");

    let script = later(dialect, CLOSED, &[("x", "y_id", "y"), ("y", "z_id", "z")]);
    let Some((database, run)) = seed(dialect, &script, "1300") else { return };
    if can_be_closed {
        assert_eq!(run.stdout, "x: 1300 rows\ny: 1300 rows\nz: 1300 rows\nof_x: 1300 rows\n", "{run}");
        let joined = "SELECT COUNT(*) FROM x JOIN y ON y.id = x.y_id JOIN z ON z.id = y.z_id AND z.x_id = x.id";
        assert_eq!(database.query(joined).unwrap().trim(), "1300");
    } else {
        let circle = "x.y_id to y; y.z_id to z; z.x_id to x";
        assert!(run.stdout.contains("x: 0 rows") && run.stdout.contains(circle), "{run}");
        assert!(run.stdout.contains("of_x: 0 rows (x that it refers to has no rows)"), "{run}");
    }
}

#[test]
fn checks_are_met_on_sqlite() {
    checks_are_met(Dialect::Sqlite);
}

#[test]
fn circles_on_sqlite() {
    circles(Dialect::Sqlite, true);
}

#[cfg(feature = "live")]
#[test]
fn checks_are_met_on_postgresql() {
    checks_are_met(Dialect::Postgresql);
}

#[cfg(feature = "live")]
#[test]
fn checks_are_met_on_mysql() {
    checks_are_met(Dialect::Mysql);
}

#[cfg(feature = "live")]
#[test]
fn checks_are_met_on_mariadb() {
    checks_are_met(Dialect::Mariadb);
}

#[cfg(feature = "live")]
#[test]
fn circles_on_postgresql() {
    circles(Dialect::Postgresql, true);
}

#[cfg(feature = "live")]
#[test]
fn circles_on_mysql() {
    circles(Dialect::Mysql, false);
}

#[cfg(feature = "live")]
#[test]
fn circles_on_mariadb() {
    circles(Dialect::Mariadb, false);
}

/// The numbers that PostgreSQL gives next come behind those that were made up.
#[cfg(feature = "live")]
#[test]
fn sequences_go_on() {
    let script = "CREATE TABLE a (id SERIAL PRIMARY KEY, b TEXT); CREATE TABLE c (id INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY, d TEXT);";
    let Some((database, _)) = seed(Dialect::Postgresql, script, "30") else { return };
    database.execute("INSERT INTO a (b) VALUES ('x'); INSERT INTO c (d) VALUES ('x');").unwrap();
}
