#![allow(clippy::unwrap_used)]

use ormsync_schema::{DataType, Origin, Schema};

use super::replay;

fn replayed(dialect: &str, script: &str) -> Schema {
    let mut schema = Schema::new(dialect);
    let diagnostics = replay(&mut schema, script, &Origin::nowhere());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    schema
}

#[test]
fn tables_and_their_changes() {
    let schema = replayed(
        "postgresql",
        "CREATE TYPE \"Role\" AS ENUM ('USER', 'ADMIN');\n\
         CREATE TABLE \"User\" (\"id\" SERIAL NOT NULL, \"role\" \"Role\" NOT NULL DEFAULT 'USER', email TEXT NOT NULL,\n\
         CONSTRAINT \"User_pkey\" PRIMARY KEY (\"id\"));\n\
         -- CreateIndex\nCREATE UNIQUE INDEX \"User_email_key\" ON \"User\"(\"email\");\n\
         ALTER TABLE \"User\" ADD COLUMN \"name\" VARCHAR(40), ALTER COLUMN email DROP NOT NULL;\n\
         ALTER TYPE \"Role\" ADD VALUE 'GUEST' BEFORE 'ADMIN';\n\
         INSERT INTO \"User\" (email) VALUES ('a;b');\nALTER TABLE \"User\" RENAME COLUMN email TO mail;",
    );
    let table = schema.table("public", "User").unwrap();
    assert_eq!(table.columns.keys().collect::<Vec<_>>(), ["id", "role", "mail", "name"]);
    assert!(table.columns["mail"].nullable && table.columns["id"].identity.is_some());
    assert_eq!(table.indexes[0].columns().collect::<Vec<_>>(), ["mail"]);
    assert_eq!(schema.enum_type("public", "Role").unwrap().labels, ["USER", "GUEST", "ADMIN"]);
}

#[test]
fn tables_made_anew_on_sqlite() {
    let schema = replayed(
        "sqlite",
        "PRAGMA foreign_keys=OFF;\nCREATE TABLE \"A\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT);\n\
         CREATE TABLE \"new_A\" (\"id\" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, \"b\" TEXT);\n\
         INSERT INTO \"new_A\" (\"id\") SELECT \"id\" FROM \"A\";\nDROP TABLE \"A\";\n\
         ALTER TABLE \"new_A\" RENAME TO \"A\";\nCREATE INDEX \"A_b\" ON \"A\"(\"b\");",
    );
    let table = schema.table("", "A").unwrap();
    assert_eq!((table.columns.len(), table.indexes.len()), (2, 1));
}

#[test]
fn columns_of_mysql_are_said_again() {
    let schema = replayed(
        "mysql",
        "CREATE TABLE `t` (`id` INTEGER NOT NULL AUTO_INCREMENT, `a` VARCHAR(191) NOT NULL DEFAULT 'x', PRIMARY KEY (`id`),\n\
         UNIQUE INDEX `t_a_key`(`a`(10))) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;\n\
         ALTER TABLE `t` MODIFY `a` TEXT NULL, ADD COLUMN `b` DATETIME(3) NOT NULL FIRST;\nDROP INDEX `t_a_key` ON `t`;",
    );
    let table = schema.table("", "t").unwrap();
    assert_eq!(table.columns.keys().collect::<Vec<_>>(), ["b", "id", "a"]);
    assert_eq!(table.columns["a"].data_type, DataType::named("text"));
    assert!(table.columns["a"].default.is_none() && table.indexes.is_empty());
}

#[test]
fn what_is_not_understood_is_told_with_its_place() {
    let text = "CREATE TABLE a (id INT);\nALTER TABLE nowhere ADD COLUMN b INT;\nCREATE AGGREGATE x (y);";
    let mut schema = Schema::new("postgresql");
    let path = "a.sql".into();
    let origin = Origin::file(&path, ormsync_schema::Span::new(0, text.len()));
    let diagnostics = replay(&mut schema, text, &origin);
    assert_eq!(diagnostics.len(), 2, "{diagnostics:?}");
    assert!(diagnostics[0].message.contains("no table public.nowhere"), "{}", diagnostics[0].message);
    assert_eq!(schema.opaque.len(), 2);
}

#[test]
fn guarded_blocks() {
    let schema = replayed(
        "postgresql",
        "DO $$ BEGIN CREATE TYPE r AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$;\n\
         DO $$ BEGIN CREATE TYPE r AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN null; END $$;",
    );
    assert_eq!(schema.enum_type("public", "r").unwrap().labels, ["a"]);
}

#[test]
fn renamed_types_take_their_columns_along() {
    let schema = replayed(
        "postgresql",
        "CREATE TYPE \"R\" AS ENUM ('a'); CREATE TABLE t (r \"R\" NOT NULL); CREATE TYPE \"R_new\" AS ENUM ('a', 'b');\n\
         ALTER TABLE t ALTER COLUMN r TYPE \"R_new\" USING (r::text::\"R_new\"); ALTER TYPE \"R\" RENAME TO \"R_old\";\n\
         ALTER TYPE \"R_new\" RENAME TO \"R\"; DROP TYPE \"R_old\";",
    );
    let named = DataType::Enum { namespace: "public".to_owned(), name: "R".to_owned() };
    assert_eq!(schema.table("public", "t").unwrap().columns["r"].data_type, named);
    assert_eq!(schema.enum_type("public", "R").unwrap().labels, ["a", "b"]);
}

#[test]
fn indexes_that_may_be_there_get_other_names() {
    let schema = replayed(
        "postgresql",
        "CREATE TABLE t (a INT); CREATE INDEX one ON t (a); ALTER INDEX IF EXISTS \"one\" RENAME TO \"two\";\n\
         ALTER INDEX IF EXISTS nothing RENAME TO something;",
    );
    assert_eq!(schema.table("public", "t").unwrap().indexes[0].name.as_deref(), Some("two"));
}

#[test]
fn indexes_of_mysql_get_other_names() {
    let schema = replayed(
        "mysql",
        "CREATE TABLE t (id INT PRIMARY KEY, a INT, INDEX one (a)); ALTER TABLE `t` RENAME INDEX `one` TO `two`;",
    );
    assert_eq!(schema.table("", "t").unwrap().indexes[0].name.as_deref(), Some("two"));
}

#[test]
fn blocks_are_guarded_statements() {
    let schema = replayed(
        "postgresql",
        "DO $$ BEGIN CREATE TABLE a (id INT); EXCEPTION WHEN duplicate_table THEN null; END $$;\n\
         DO LANGUAGE plpgsql E'BEGIN IF (to_regclass(\\'\"b\"\\') IS NULL) THEN CREATE TABLE b (id INT)\\x3B END IF\\x3B END';",
    );
    assert_eq!(schema.tables().count(), 2);
}

/// What a query makes, and how MySQL parts a table, is told with what it is, and hides nothing else.
#[test]
fn what_queries_and_partitions_make_is_told() {
    let told = |dialect: &str, script: &str| {
        let mut schema = Schema::new(dialect);
        let messages: Vec<String> =
            replay(&mut schema, script, &Origin::nowhere()).into_iter().map(|told| told.message).collect();
        (schema, messages)
    };
    let script = "CREATE TABLE a (id int);\nCREATE TABLE b AS SELECT * FROM a;\nSELECT id INTO c FROM a;\n\
                  SELECT id INTO TEMP d FROM a;\nCREATE TABLE e (at date) PARTITION BY RANGE (date_trunc('year', at));";
    let (schema, messages) = told("postgresql", script);
    let names: Vec<&str> = schema.tables().map(|(_, name, _)| name).collect();
    assert_eq!(names, ["a", "b", "c", "e"]);
    assert_eq!(
        messages,
        [
            "which columns the query of CREATE TABLE … AS gives public.b is not replayed",
            "which columns the query of SELECT … INTO gives public.c is not replayed",
            "how public.e is parted (PARTITION BY) is not replayed",
        ]
    );
    let script = "CREATE TABLE a (id int NOT NULL, at date NOT NULL, PRIMARY KEY (id, at)) ENGINE=InnoDB PARTITION BY RANGE (YEAR(at)) \
                  (PARTITION p0 VALUES LESS THAN (2026), PARTITION p1 VALUES LESS THAN MAXVALUE);\n\
                  ALTER TABLE a ADD PARTITION (PARTITION p2 VALUES LESS THAN (2030));\nALTER TABLE a ADD COLUMN b int;";
    let (schema, messages) = told("mysql", script);
    let table = schema.table("", "a").unwrap();
    assert_eq!(table.columns.keys().collect::<Vec<_>>(), ["id", "at", "b"]);
    assert!(table.primary_key.is_some());
    assert_eq!(messages, ["how a is parted (PARTITION BY) is not replayed"; 2]);
}

/// What both servers have after the two migrations (`information_schema.statistics`, MySQL 9.7 and MariaDB 10.11).
#[test]
fn mysql_takes_away_indexes_that_it_made() {
    let migration = |name: &str| {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fixtures/histories/prisma-mysql-keys/migrations");
        std::fs::read_to_string(format!("{folder}/{name}/migration.sql")).unwrap()
    };
    let schema = replayed("mysql", &(migration("20260101080000_init") + &migration("20260102080000_changed")));
    let wanted = [
        ("again", vec!["again_b"]),
        ("at_once", vec!["at_once_b"]),
        ("copy", vec!["copy_c"]),
        ("declared", vec!["declared_a"]),
        ("left_alone", vec!["left_alone_a"]),
        ("longer_first", vec!["longer_first_a"]),
        ("longer_gone", vec!["longer_gone_a"]),
        ("longer_index", vec!["longer_index_i"]),
        ("moved_on", vec!["moved_on_b"]),
        ("other_key", vec!["other_key_b"]),
        ("parents", vec!["parents_id_part_key"]),
        ("primary_key", vec![]),
        ("renamed", vec!["renamed_i"]),
        ("same_key", vec!["same_key_a"]),
        ("shorter_first", vec!["shorter_first_b"]),
        ("two_equal", vec!["two_equal_b"]),
        ("two_longer", vec!["two_longer_b"]),
        ("unique_index", vec!["unique_index_i"]),
        ("without_names", vec!["x"]),
    ];
    let mut found: Vec<(&str, Vec<&str>)> = schema
        .tables()
        .map(|(_, name, table)| (name, table.indexes.iter().filter_map(|index| index.name.as_deref()).collect()))
        .collect();
    found.sort();
    assert_eq!(found, wanted);
}
