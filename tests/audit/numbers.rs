//! Every number of an audit is what a query of the server says: counts of the live database as a whole and table by table,
//! sizes, uses, foreign keys without an index, and rows that refer to nothing.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Audited;
use crate::case::Dialect;

/// The tools' own tables, which audits leave out.
const OWN: &str = "('_prisma_migrations', 'alembic_version')";

/// Queries of one server, by the name of the number: {namespaces} is a list of quoted names.
type Queries = &'static [(&'static str, &'static str)];

const POSTGRES: Queries = &[
    (
        "tables",
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "columns",
        "SELECT count(*) FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) WHERE table_type = 'BASE TABLE' AND table_schema IN {namespaces} AND table_name NOT IN {own}",
    ),
    (
        "primary_keys",
        "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE contype = 'p' AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "indexes",
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT indisprimary AND NOT indisexclusion AND relkind IN ('r', 'p') AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "unique",
        "SELECT count(*) FROM pg_index i JOIN pg_class c ON c.oid = indrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE indisunique AND NOT indisprimary AND relkind IN ('r', 'p') AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "foreign_keys",
        "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE contype = 'f' AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "checks",
        "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE contype = 'c' AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "triggers",
        "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid JOIN pg_namespace n ON n.oid = relnamespace WHERE NOT tgisinternal AND nspname IN {namespaces} AND relname NOT IN {own}",
    ),
    (
        "enums",
        "SELECT count(*) FROM pg_type t JOIN pg_namespace n ON n.oid = typnamespace WHERE typtype = 'e' AND nspname IN {namespaces}",
    ),
    (
        "views",
        "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('v', 'm') AND nspname IN {namespaces}",
    ),
    (
        "sequences",
        "SELECT count(*) FROM pg_class s JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind = 'S' AND nspname IN {namespaces} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = s.oid AND deptype IN ('a', 'i') AND refobjsubid > 0)",
    ),
    // What every database has is nobody's choice.
    ("extensions", "SELECT count(*) FROM pg_extension WHERE extname <> 'plpgsql'"),
    (
        "routines",
        "SELECT count(*) FROM pg_proc p JOIN pg_namespace n ON n.oid = pronamespace WHERE nspname IN {namespaces} AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND deptype = 'e')",
    ),
];

const MYSQL: Queries = &[
    (
        "tables",
        "SELECT count(*) FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = database() AND table_name NOT IN {own}",
    ),
    (
        "columns",
        "SELECT count(*) FROM information_schema.columns c JOIN information_schema.tables t USING (table_schema, table_name) WHERE t.table_type = 'BASE TABLE' AND table_schema = database() AND table_name NOT IN {own}",
    ),
    (
        "primary_keys",
        "SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'PRIMARY KEY' AND table_schema = database() AND table_name NOT IN {own}",
    ),
    // What the server makes for a foreign key has the key's name.
    (
        "indexes",
        "SELECT count(DISTINCT s.table_name, s.index_name) FROM information_schema.statistics s WHERE s.index_name <> 'PRIMARY' AND s.table_schema = database() AND s.table_name NOT IN {own} AND NOT EXISTS (SELECT 1 FROM information_schema.referential_constraints r WHERE r.constraint_schema = s.table_schema AND r.table_name = s.table_name AND r.constraint_name = s.index_name)",
    ),
    (
        "unique",
        "SELECT count(DISTINCT table_name, index_name) FROM information_schema.statistics WHERE non_unique = 0 AND index_name <> 'PRIMARY' AND table_schema = database() AND table_name NOT IN {own}",
    ),
    (
        "foreign_keys",
        "SELECT count(*) FROM information_schema.referential_constraints WHERE constraint_schema = database() AND table_name NOT IN {own}",
    ),
    (
        "checks",
        "SELECT count(*) FROM information_schema.table_constraints WHERE constraint_type = 'CHECK' AND table_schema = database() AND table_name NOT IN {own}",
    ),
    ("triggers", "SELECT count(*) FROM information_schema.triggers WHERE trigger_schema = database()"),
    ("views", "SELECT count(*) FROM information_schema.views WHERE table_schema = database()"),
    ("routines", "SELECT count(*) FROM information_schema.routines WHERE routine_schema = database()"),
];

/// A JSON column of MariaDB is text with a check that the server makes by itself, and no check of anybody's.
const MARIADB_CHECKS: &str = "SELECT count(*) FROM information_schema.check_constraints WHERE constraint_schema = database() AND table_name NOT IN {own} AND check_clause <> concat('json_valid(`', constraint_name, '`)')";

const SQLITE: Queries = &[
    (
        "tables",
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT IN {own}",
    ),
    (
        "columns",
        "SELECT count(*) FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN {own}",
    ),
    (
        "primary_keys",
        "SELECT count(DISTINCT t.name) FROM sqlite_schema t JOIN pragma_table_xinfo(t.name) c WHERE t.type = 'table' AND c.pk > 0 AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN {own}",
    ),
    (
        "indexes",
        "SELECT count(*) FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin <> 'pk' AND t.name NOT IN {own}",
    ),
    (
        "unique",
        "SELECT count(*) FROM sqlite_schema t JOIN pragma_index_list(t.name) i WHERE t.type = 'table' AND i.origin <> 'pk' AND i.\"unique\" AND t.name NOT IN {own}",
    ),
    (
        "foreign_keys",
        "SELECT count(DISTINCT t.name || '/' || k.id) FROM sqlite_schema t JOIN pragma_foreign_key_list(t.name) k WHERE t.type = 'table' AND t.name NOT IN {own}",
    ),
    // SQLite has no catalogue of checks: their words, in the statements of tables that write them no other way.
    (
        "checks",
        "SELECT coalesce(sum((length(sql) - length(replace(sql, ' CHECK (', ''))) / length(' CHECK (')), 0) FROM sqlite_schema WHERE type = 'table'",
    ),
    ("triggers", "SELECT count(*) FROM sqlite_schema WHERE type = 'trigger'"),
    ("views", "SELECT count(*) FROM sqlite_schema WHERE type = 'view'"),
];

/// Table by table: name, columns, indexes, foreign keys.
const POSTGRES_TABLES: &str = "SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END, \
     (SELECT count(*) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped), \
     (SELECT count(*) FROM pg_index WHERE indrelid = c.oid AND NOT indisprimary AND NOT indisexclusion), \
     (SELECT count(*) FROM pg_constraint WHERE conrelid = c.oid AND contype = 'f') \
     FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
     WHERE relkind IN ('r', 'p') AND nspname IN {namespaces} AND relname NOT IN {own}";

const MYSQL_TABLES: &str = "SELECT t.table_name, \
     (SELECT count(*) FROM information_schema.columns c WHERE c.table_schema = t.table_schema AND c.table_name = t.table_name), \
     (SELECT count(DISTINCT s.index_name) FROM information_schema.statistics s WHERE s.index_name <> 'PRIMARY' AND \
        s.table_schema = t.table_schema AND s.table_name = t.table_name AND NOT EXISTS (SELECT 1 FROM \
        information_schema.referential_constraints r WHERE r.constraint_schema = s.table_schema AND r.table_name = s.table_name \
        AND r.constraint_name = s.index_name)), \
     (SELECT count(*) FROM information_schema.referential_constraints r WHERE r.constraint_schema = t.table_schema AND r.table_name = t.table_name) \
     FROM information_schema.tables t WHERE t.table_type = 'BASE TABLE' AND t.table_schema = database() AND t.table_name NOT IN {own}";

const SQLITE_TABLES: &str = "SELECT t.name, (SELECT count(*) FROM pragma_table_xinfo(t.name)), \
     (SELECT count(*) FROM pragma_index_list(t.name) WHERE origin <> 'pk'), \
     (SELECT count(DISTINCT id) FROM pragma_foreign_key_list(t.name)) \
     FROM sqlite_schema t WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND t.name NOT IN {own}";

/// Foreign keys that no index begins with: the columns as they stand.
const POSTGRES_UNINDEXED: &str = "SELECT count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN pg_namespace n ON n.oid = relnamespace \
     WHERE contype = 'f' AND nspname IN {namespaces} AND NOT EXISTS (SELECT FROM pg_index i WHERE indrelid = conrelid AND indpred IS NULL \
     AND conkey @> (indkey::int2[])[0:cardinality(conkey) - 1] AND cardinality(conkey) <= indnkeyatts)";

fn filled(query: &str, namespaces: &[&str]) -> String {
    let list: Vec<String> = namespaces.iter().map(|name| format!("'{name}'")).collect();
    query.replace("{own}", OWN).replace("{namespaces}", &format!("({})", list.join(", ")))
}

fn live(audit: &Value) -> &Value {
    audit["sources"].as_array().unwrap().iter().find(|source| source["live"] == true).unwrap()
}

/// Columns, indexes and foreign keys of each table that the database has.
fn by_table(audit: &Value) -> BTreeMap<String, [u64; 3]> {
    let mut found = BTreeMap::new();
    for table in audit["tables"].as_array().unwrap() {
        let states = table["states"].as_array().unwrap();
        let own = states.iter().find(|state| state["source"] == "database").unwrap();
        if own["state"] != "missing" && own["state"] != "absent" {
            let numbers = ["columns", "indexes", "foreign_keys"].map(|name| own[name].as_u64().unwrap());
            found.insert(table["name"].as_str().unwrap().to_owned(), numbers);
        }
    }
    found
}

fn check(project: &str, dialect: Dialect, namespaces: &[&str]) {
    let Some(audited) = Audited::new(project, dialect) else { return };
    let audit = audited.json(&[]);
    let is_postgres = matches!(dialect, Dialect::Postgresql | Dialect::PostgresqlNewest);
    let (queries, tables) = match dialect {
        Dialect::Sqlite => (SQLITE, SQLITE_TABLES),
        _ if is_postgres => (POSTGRES, POSTGRES_TABLES),
        _ => (MYSQL, MYSQL_TABLES),
    };
    let ask =
        |query: &str| audited.database.query(&filled(query, namespaces)).unwrap_or_else(|why| panic!("{query}: {why}"));
    let number = |query: &str| -> u64 { ask(query).trim().parse().unwrap() };
    let counts = &live(&audit)["counts"];
    for (name, query) in queries {
        let query = if (*name, dialect) == ("checks", Dialect::Mariadb) { MARIADB_CHECKS } else { query };
        assert_eq!(counts[name].as_u64().unwrap(), number(query), "{project}: {name}");
    }
    let told = ask(tables);
    let expected: BTreeMap<String, [u64; 3]> = told
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            (cells[0].to_owned(), [1, 2, 3].map(|at| cells[at].parse().unwrap()))
        })
        .collect();
    assert_eq!(by_table(&audit), expected, "{project}");
    // A relation that is enforced is a foreign key, one for one.
    let enforced = audit["relations"].as_array().unwrap().iter().filter(|it| it["enforced"] == true).count();
    assert_eq!(Some(enforced as u64), counts["foreign_keys"].as_u64(), "{project}");
    if is_postgres {
        let unindexed = audit["relations"].as_array().unwrap().iter();
        let unindexed = unindexed.filter(|it| it["indexed"] == false && it["enforced"] == true).count();
        assert_eq!(unindexed as u64, number(POSTGRES_UNINDEXED), "{project}");
        let sizes = "SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace \
             WHERE relkind IN ('r', 'p') AND nspname IN {namespaces} AND relname NOT IN {own}";
        let told: u64 = audit["storage"].as_array().unwrap().iter().map(|it| it["bytes"].as_u64().unwrap()).sum();
        assert_eq!(told, number(sizes), "{project}");
    }
}

#[test]
fn of_travel_on_postgresql() {
    check("travel-postgres", Dialect::Postgresql, &["public"]);
}

#[test]
fn of_travel_on_the_newest_postgresql() {
    check("travel-postgres", Dialect::PostgresqlNewest, &["public"]);
}

#[test]
fn of_the_marketplace_with_two_schemas() {
    check("marketplace-postgres", Dialect::Postgresql, &["public", "billing"]);
}

#[test]
fn of_payments_with_triggers() {
    check("payments-postgres", Dialect::Postgresql, &["public"]);
}

#[test]
fn of_travel_on_mysql() {
    check("travel-mysql", Dialect::Mysql, &[]);
}

#[test]
fn of_travel_on_mariadb() {
    check("travel-mysql", Dialect::Mariadb, &[]);
}

#[test]
fn of_a_project_that_can_t_be_read_whole() {
    check("broken-mysql", Dialect::Mysql, &[]);
}

#[test]
fn of_the_ledger() {
    check("ledger-sqlite", Dialect::Sqlite, &[]);
}

/// Sizes and estimates on MySQL are what its information schema says, which both read from the same cache.
#[test]
fn sizes_on_mysql() {
    let Some(audited) = Audited::new("travel-mysql", Dialect::Mysql) else { return };
    let audit = audited.json(&[]);
    let query = filled(
        "SELECT table_name, data_length + index_length, table_rows FROM information_schema.tables \
         WHERE table_type = 'BASE TABLE' AND table_schema = database() AND table_name NOT IN {own}",
        &[],
    );
    let told = audited.database.query(&query).unwrap();
    let said: BTreeMap<&str, (&str, &str)> = told
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|cells| (cells[0], (cells[1], cells[2])))
        .collect();
    let storage = audit["storage"].as_array().unwrap();
    assert_eq!(storage.len(), said.len());
    for own in storage {
        let (bytes, rows) = (own["bytes"].to_string(), own["rows"].to_string());
        let table = own["table"].as_str().unwrap();
        assert_eq!(said.get(table), Some(&(bytes.as_str(), rows.as_str())), "{table}");
    }
}

/// Indexes that another one makes redundant: over columns that are the beginning of another's.
const REDUNDANT: &str = "SELECT count(*) FROM pg_index a JOIN pg_class c ON c.oid = a.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
     WHERE n.nspname IN {namespaces} AND NOT a.indisunique AND a.indpred IS NULL AND a.indexprs IS NULL AND EXISTS (SELECT FROM pg_index b \
     WHERE b.indrelid = a.indrelid AND b.indexrelid <> a.indexrelid AND b.indpred IS NULL AND b.indexprs IS NULL \
     AND b.indkey::text || ' ' LIKE a.indkey::text || ' %' AND (b.indkey::text <> a.indkey::text OR b.indisunique OR b.indexrelid < a.indexrelid))";

/// Tables in which no column says when a row was made or changed, and on which there is no trigger.
const WITHOUT_TRAIL: &str = "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace WHERE relkind IN ('r', 'p') AND nspname IN {namespaces} \
     AND relname NOT IN {own} AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid AND NOT tgisinternal) \
     AND NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped \
     AND lower(replace(attname, '_', '')) IN ('createdat', 'created', 'createdon', 'insertedat', 'updatedat', 'updated', 'modifiedat', 'updatedon', 'changedat'))";

/// Columns of floating point whose names have a word of money in them.
const MONEY_AS_FLOAT: &str = "SELECT count(*) FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name) \
     WHERE table_type = 'BASE TABLE' AND table_schema IN {namespaces} AND data_type IN ('real', 'double precision') \
     AND column_name ~ '(^|_)(price|amount|total|subtotal|balance|cost|fee|tax|salary|discount|revenue|fare)(_|$)'";

/// The lists that are made by looking at tables have as many lines as a query finds.
fn lists(project: &str) {
    let Some(audited) = Audited::new(project, Dialect::Postgresql) else { return };
    let database = &audited.database;
    database
        .execute("CREATE TABLE extra (id integer PRIMARY KEY, a integer, b integer, unit_price real); CREATE INDEX extra_a ON extra (a); \
                  CREATE INDEX extra_a_b ON extra (a, b); CREATE INDEX extra_a_again ON extra (a); CREATE UNIQUE INDEX extra_b ON extra (b)")
        .unwrap();
    let audit = audited.json(&[]);
    let number =
        |query: &str| -> usize { database.query(&filled(query, &["public"])).unwrap().trim().parse().unwrap() };
    let length = |list: &Value| list.as_array().unwrap().len();
    assert_eq!(length(&audit["redundant_indexes"]), number(REDUNDANT), "{}", audit["redundant_indexes"]);
    assert!(number(REDUNDANT) >= 2);
    let compliance = &audit["compliance"];
    let is_without =
        |trail: &&Value| trail["created"].is_null() && trail["updated"].is_null() && trail["triggers"] == 0;
    let without = compliance["trails"].as_array().unwrap().iter().filter(is_without).count();
    assert_eq!(without, number(WITHOUT_TRAIL), "{}", compliance["trails"]);
    assert_eq!(length(&compliance["money_as_float"]), number(MONEY_AS_FLOAT), "{}", compliance["money_as_float"]);
    let styles = compliance["naming"].as_array().unwrap().iter();
    let columns: u64 = styles.filter(|it| it["of"] == "columns").map(|it| it["count"].as_u64().unwrap()).sum();
    assert_eq!(Some(columns), live(&audit)["counts"]["columns"].as_u64());
    for own in compliance["personal"].as_array().unwrap() {
        let (table, column) = (own["table"].as_str().unwrap(), own["column"].as_str().unwrap());
        let query = format!(
            "SELECT count(*) FROM information_schema.columns WHERE table_name = '{table}' AND column_name = '{column}'"
        );
        assert_eq!(number(&query), 1, "{table}.{column}");
    }
}

#[test]
fn lists_of_travel() {
    lists("travel-postgres");
}

#[test]
fn lists_of_payments() {
    lists("payments-postgres");
}

/// Two tables, one relation that is enforced and one that only Prisma knows, and rows.
fn orphans(dialect: Dialect, provider: &str, script: &str) {
    let Some(database) = crate::judges::scratch::Scratch::new(dialect) else { return };
    database.execute(script).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let schema = format!(
        "datasource db {{\n  provider = \"{provider}\"\n  relationMode = \"prisma\"\n}}\n\
         model owners {{\n  id Int @id\n  pets pets[]\n}}\n\
         model pets {{\n  id Int @id\n  owner_id Int?\n  owner owners? @relation(fields: [owner_id], references: [id])\n  @@index([owner_id])\n}}\n"
    );
    std::fs::write(folder.path().join("schema.prisma"), schema).unwrap();
    let run = crate::program::Run::of(
        crate::program::ormsync()
            .current_dir(folder.path())
            .args([
                "audit",
                "--format",
                "json",
                "--exit-zero",
                "--with-data",
                "--data-rows",
                "4",
                "--prisma",
                "schema.prisma",
            ])
            .args(["--database", database.url()]),
    );
    let audit: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run}"));
    assert_eq!(audit["relations"][0]["enforced"], false, "{run}");
    let count = &audit["orphans"][0];
    assert_eq!((&count["from"], &count["to"]), (&"pets".into(), &"owners".into()), "{run}");
    // Five rows refer to something, of which four are looked at; all but the first refer to nobody.
    assert_eq!((&count["looked_at"], &count["orphans"]), (&4.into(), &3.into()), "{run}");
}

const ROWS: &str = "CREATE TABLE owners (id integer PRIMARY KEY); CREATE TABLE pets (id integer PRIMARY KEY, owner_id integer); \
     CREATE INDEX pets_owner_id_idx ON pets (owner_id); INSERT INTO owners VALUES (1), (2); \
     INSERT INTO pets VALUES (1, 1), (2, 7), (3, 7), (4, 8), (5, NULL), (6, 9)";

#[test]
fn rows_that_refer_to_nothing_on_postgresql() {
    orphans(Dialect::Postgresql, "postgresql", ROWS);
}

#[test]
fn rows_that_refer_to_nothing_on_mysql() {
    orphans(Dialect::Mysql, "mysql", ROWS);
}

#[test]
fn rows_that_refer_to_nothing_on_mariadb() {
    orphans(Dialect::Mariadb, "mysql", ROWS);
}

#[test]
fn rows_that_refer_to_nothing_on_sqlite() {
    orphans(Dialect::Sqlite, "sqlite", ROWS);
}

/// The account's password is in no form of the report.
#[test]
fn no_password_is_written() {
    let Some(audited) = Audited::new("travel-postgres", Dialect::Postgresql) else { return };
    let mut url = url::Url::parse(audited.database.url()).unwrap();
    url.set_password(Some("hunter2")).unwrap();
    for format in ["html", "markdown", "json"] {
        let mut command = audited.program();
        command.args(["audit", "--exit-zero", "--with-data", "--format", format, "--database", url.as_str()]);
        let run = crate::program::Run::of(&mut command);
        assert_eq!(run.code, Some(0), "{format}: {}", run.stderr);
        assert!(!run.stdout.contains("hunter2") && !run.stderr.contains("hunter2"), "{format}");
    }
}

/// How often an index is read is the server's own number.
#[test]
fn the_use_of_indexes_on_postgresql() {
    let Some(audited) = Audited::new("travel-postgres", Dialect::Postgresql) else { return };
    let audit = audited.json(&[]);
    let told = audited
        .database
        .query("SELECT relname, indexrelname, idx_scan, pg_relation_size(indexrelid) FROM pg_stat_all_indexes WHERE schemaname = 'public'")
        .unwrap();
    let said: BTreeMap<(&str, &str), (&str, &str)> = told
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|cells| ((cells[0], cells[1]), (cells[2], cells[3])))
        .collect();
    let uses = audit["index_use"].as_array().unwrap();
    assert!(!uses.is_empty());
    for own in uses {
        let (table, index) = (own["table"].as_str().unwrap(), own["index"].as_str().unwrap());
        let (scans, bytes) = (own["scans"].to_string(), own["bytes"].to_string());
        assert_eq!(said.get(&(table, index)), Some(&(scans.as_str(), bytes.as_str())), "{table} {index}");
    }
}

/// How often an index is read is the server's own number, counted by `performance_schema` (which MariaDB leaves off).
#[test]
fn the_use_of_indexes_on_mysql() {
    let Some(audited) = Audited::new("travel-mysql", Dialect::Mysql) else { return };
    let database = &audited.database;
    let read = "CREATE TABLE quokka (id INT PRIMARY KEY, number INT, KEY quokka_number_idx (number)); \
                INSERT INTO quokka VALUES (1, 10), (2, 20), (3, 30); \
                SELECT number FROM quokka FORCE INDEX (quokka_number_idx) WHERE number > 10;";
    database.execute(read).unwrap();
    let audit = audited.json(&[]);
    let told = database
        .query(
            "SELECT object_name, index_name, count_read FROM performance_schema.table_io_waits_summary_by_index_usage \
                WHERE object_schema = database() AND index_name IS NOT NULL",
        )
        .unwrap();
    let said: BTreeMap<(&str, &str), &str> = told
        .lines()
        .map(|line| line.split('\t').collect::<Vec<_>>())
        .map(|cells| ((cells[0], cells[1]), cells[2]))
        .collect();
    let uses = audit["index_use"].as_array().unwrap();
    let is_read = |own: &Value| own["index"] == "quokka_number_idx" && own["scans"].as_u64() > Some(0);
    assert!(uses.iter().any(is_read), "{uses:?}");
    for own in uses {
        let (table, index) = (own["table"].as_str().unwrap(), own["index"].as_str().unwrap());
        assert_eq!(said.get(&(table, index)), Some(&own["scans"].to_string().as_str()), "{table} {index}");
    }
}
