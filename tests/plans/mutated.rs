//! Every kind of mutation of a project as a change of its database, with rows in it. A part of the kinds is tried, by
//! `ORMSYNC_TEST_SEED=n`; `ORMSYNC_TEST_MUTATIONS=n` takes so many of each project, `ORMSYNC_TEST_KIND=kind` one kind.

#![expect(clippy::print_stdout, reason = "figures, shown by --no-capture")]

use std::collections::BTreeSet;

use ormsync_diff::plan::Renames;
use ormsync_schema::{Expression, QualifiedName, Schema, TriggerTiming};

use crate::case::{Case, Dialect};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::mutations::mutation::Mutation;
use crate::mutations::mutations;
use crate::mutations::readings::Readings;
use crate::plans::pairs::number;
use crate::plans::with_rows::{Change, Figures, Outcome};
use crate::plans::{alembic, dialect_of};

/// The source whose mutations are made: the database.
const DATABASE: usize = 2;

/// So many kinds of each project, unless told.
const KINDS: u64 = 4;

fn judge(name: &str, dialect: Dialect) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let case = Case::read(name).unwrap_or_else(|message| panic!("{message}"));
    let load = || {
        let database = Scratch::new(dialect)?;
        database.load(&case.database().unwrap()).unwrap();
        // Neither the project's own revisions nor its migrations are here, so the database is at none of them.
        database.execute("DROP TABLE IF EXISTS alembic_version; DROP TABLE IF EXISTS _prisma_migrations;").unwrap();
        Some(database)
    };
    let (Some(readings), Some(original)) = (Readings::of(&case, dialect), load()) else { return };
    let from = alembic::introspect_ours(&original, dialect);
    let folder = tempfile::tempdir().unwrap();
    let chosen = chosen(mutations(&readings, DATABASE));
    let (mut failures, mut refused, mut impossible, mut figures) = (Vec::new(), Vec::new(), 0, Figures::default());
    for (number, mutation) in chosen.iter().enumerate() {
        let mut to = from.clone();
        (mutation.apply)(&mut to);
        take_real_words(&mut to, &from, dialect);
        dialect_of(dialect).settle(&mut to, from.server.as_ref());
        if dialect == Dialect::Sqlite && has_dangling_keys(&to) {
            // SQLite takes them, but no row can be written then, and SQLAlchemy does not read the table.
            impossible += 1;
            continue;
        }
        let place = folder.path().join(number.to_string());
        let renames = renames(mutation, &from, &to);
        keep_names(&mut to, &from, &renames, dialect);
        let change = Change { dialect, from: &from, to: &to, renames, load: &load, folder: &place, version: "2.1" };
        let what = format!("{} at {}", mutation.kind, mutation.at[0]);
        match change.judge() {
            Ok(Outcome::Held(held)) => figures.add(held),
            Ok(Outcome::Nothing) => {}
            Ok(Outcome::Impossible(_)) => impossible += 1,
            Ok(Outcome::Refused(message)) => refused.push(format!("{what}: {message}")),
            Err(message) => failures.push(format!("{what}: {message}")),
        }
    }
    println!(
        "{name} on {}: of {} kinds {figures}; {impossible} lead to what no server takes; refused:",
        dialect.server(),
        chosen.len()
    );
    for refusal in &refused {
        println!("  {}", refusal.lines().next().unwrap_or_default());
    }
    let shown: Vec<&str> = failures.iter().map(String::as_str).take(4).collect();
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), shown.join("\n\n"));
    if folder.path().read_dir().unwrap().next().is_some() {
        sqlalchemy::ruff(folder.path()).unwrap();
    }
    assert!(impossible < chosen.len(), "no kind leads to what the server takes");
    assert!(refused.len() * 3 <= chosen.len().max(6), "too much is refused:\n{}", refused.join("\n"));
}

/// One mutation of each kind, of which the seed takes some.
fn chosen(mutations: Vec<Mutation>) -> Vec<Mutation> {
    let mut kinds = BTreeSet::new();
    let mut all: Vec<Mutation> = mutations.into_iter().filter(|mutation| kinds.insert(mutation.kind)).collect();
    if let Ok(kind) = std::env::var("ORMSYNC_TEST_KIND") {
        all.retain(|mutation| mutation.kind == kind);
    }
    let count = usize::try_from(number("ORMSYNC_TEST_MUTATIONS", KINDS)).unwrap_or(usize::MAX).min(all.len());
    let first = usize::try_from(number("ORMSYNC_TEST_SEED", 1)).unwrap_or_default() * 7 % all.len().max(1);
    all.rotate_left(first);
    all.truncate(count);
    all
}

/// Whether a foreign key refers to a table or column that is not there.
fn has_dangling_keys(schema: &Schema) -> bool {
    schema.tables().flat_map(|(_, _, table)| &table.foreign_keys).any(|key| {
        schema
            .table(&key.referenced_namespace, &key.referenced_table)
            .is_none_or(|target| key.referenced_columns.iter().any(|column| !target.columns.contains_key(column)))
    })
}

/// What a mutation only calls otherwise.
fn renames(mutation: &Mutation, from: &Schema, to: &Schema) -> Renames {
    let mut renames = Renames::default();
    if !mutation.renamed {
        return renames;
    }
    for (namespace, name, table) in from.tables() {
        let new_name = format!("{name}_");
        match to.table(namespace, name) {
            None if to.table(namespace, &new_name).is_some() => {
                let qualified = |name: &str| QualifiedName::new(namespace, name);
                renames.tables.push((qualified(name), qualified(&new_name)));
            }
            Some(target) => {
                for column in table.columns.keys().filter(|column| !target.columns.contains_key(*column)) {
                    let column_name = format!("{column}_");
                    if target.columns.contains_key(&column_name) {
                        renames.columns.push((QualifiedName::new(namespace, name), column.clone(), column_name));
                    }
                }
            }
            None => {}
        }
    }
    renames
}

/// What numbers a column that is renamed, or whose table is, keeps its name; so does a NOT NULL that has one.
fn keep_names(to: &mut Schema, from: &Schema, renames: &Renames, dialect: Dialect) {
    let tables = renames.tables.iter().map(|(old, new)| (old, new, None));
    let columns = renames.columns.iter().map(|(table, old, new)| (table, table, Some((old, new))));
    for (old, new, column) in tables.chain(columns) {
        let Some(table) = from.table(&old.namespace, &old.name) else { continue };
        let Some(target) = to.namespace_mut(&new.namespace).tables.get_mut(&new.name) else { continue };
        for (name, there) in &table.columns {
            let new_name = match column {
                Some((old, new)) if old == name => new,
                Some(_) => continue,
                None => name,
            };
            let Some(column) = target.columns.get_mut(new_name) else { continue };
            let there = dialect_of(dialect).with_given_names(&old.name, name, there, from.server.as_ref());
            (column.numbered_by, column.not_null) = (there.numbered_by, there.not_null);
        }
    }
}

/// Mutations write words that no server knows, since nothing is made of them elsewhere: here they are ones that it takes.
fn take_real_words(schema: &mut Schema, from: &Schema, dialect: Dialect) {
    let collation = match dialect {
        Dialect::Postgresql | Dialect::PostgresqlNewest => "C",
        Dialect::Mysql | Dialect::Mariadb => "utf8mb4_bin",
        Dialect::Sqlite => "nocase",
    };
    if let Some(extension) = schema.extensions.remove("quokka") {
        schema.extensions.insert("citext".to_owned(), extension);
    }
    for (namespace, content) in &mut schema.namespaces {
        if let Some(view) = content.views.get_mut("quokka") {
            view.definition = Some(Expression::written("SELECT 1 AS one"));
        }
        for (name, table) in &mut content.tables {
            let first = table.columns.keys().next().cloned().unwrap_or_default();
            for column in table.columns.values_mut() {
                if column.collation.as_deref() == Some("quokka_ci") {
                    column.collation = Some(collation.to_owned());
                }
            }
            if let Some(trigger) = table.triggers.get_mut("quokka") {
                trigger.timing = TriggerTiming::Before;
                trigger.action = match dialect {
                    Dialect::Postgresql | Dialect::PostgresqlNewest => "suppress_redundant_updates_trigger()",
                    Dialect::Mysql | Dialect::Mariadb => "SET @quokka = 1",
                    Dialect::Sqlite => "BEGIN SELECT 1; END",
                }
                .to_owned();
            }
            for exclusion in table.exclusions.iter_mut().filter(|it| it.name.as_deref() == Some("quokka")) {
                let column = dialect_of(dialect).quote_identifier(&first);
                exclusion.definition = Expression::in_normal_form(format!("EXCLUDE USING btree ({column} WITH =)"));
            }
            let old = from.table(namespace, name).map(|table| table.options.clone()).unwrap_or_default();
            for (option, value) in table.options.iter_mut().filter(|(_, value)| value.as_str() == "quokka") {
                *value = match option.as_str() {
                    "collation" => "utf8mb4_bin".to_owned(),
                    _ => old.get(option).cloned().unwrap_or_default(),
                };
            }
        }
    }
}

#[test]
fn ledger_on_sqlite() {
    judge("projects/ledger-sqlite", Dialect::Sqlite);
}

#[test]
fn marketplace_on_postgresql() {
    judge("projects/marketplace-postgres", Dialect::Postgresql);
}

#[test]
fn payments_on_postgresql() {
    judge("projects/payments-postgres", Dialect::Postgresql);
}

#[test]
fn travel_on_postgresql() {
    judge("projects/travel-postgres", Dialect::PostgresqlNewest);
}

#[test]
fn travel_on_mysql() {
    judge("projects/travel-mysql", Dialect::Mysql);
}

#[test]
fn travel_on_mariadb() {
    judge("projects/travel-mysql", Dialect::Mariadb);
}

#[test]
fn broken_on_mysql() {
    judge("projects/broken-mysql", Dialect::Mysql);
}

#[test]
fn broken_on_mariadb() {
    judge("projects/broken-mysql", Dialect::Mariadb);
}
