//! Every kind of mutation of every project as a change of its database: our SQL and the revision lead to the same place,
//! and both lead back; rows that need not be lost are there all the while.

use std::collections::BTreeSet;

use ormsync_diff::plan::plan_back;

use crate::case::{Case, Dialect};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::mutations::mutations;
use crate::mutations::readings::Readings;
use crate::plans::{alembic, between, dialect_of, facts, first_difference, introspect, script, send};

/// The source whose mutations are made: the database.
const DATABASE: usize = 2;

/// Of the mutations that the server takes, so many in a hundred arrive exactly where the mutated schema is. The rest
/// are values that no server would say (a default of another form, a type that it writes otherwise).
const ARRIVE: usize = 80;

fn judge(name: &str, dialect: Dialect) {
    if Judge::Sqlalchemy.waived() {
        return;
    }
    let case = Case::read(name).unwrap_or_else(|message| panic!("{message}"));
    let (Some(readings), Some(by_sql), Some(by_alembic)) =
        (Readings::of(&case, dialect), Scratch::new(dialect), Scratch::new(dialect))
    else {
        return;
    };
    for database in [&by_sql, &by_alembic] {
        database.load(&case.database().unwrap()).unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let from = introspect(&by_sql, dialect);
    let (mut failures, mut kinds) = (Vec::new(), BTreeSet::new());
    let (mut taken, mut arrived_exactly, mut refused) = (0, 0, Vec::new());
    for mutation in mutations(&readings, DATABASE) {
        if !kinds.insert(mutation.kind) {
            continue;
        }
        let mut to = from.clone();
        (mutation.apply)(&mut to);
        dialect_of(dialect).settle(&mut to, from.server.as_ref());
        let there = between(&from, &to, dialect);
        let back = plan_back(&there, dialect_of(dialect));
        if there.is_empty() {
            continue;
        }
        let what = format!("{} at {}", mutation.kind, mutation.at[0]);
        if let Err(message) = send(&by_sql, dialect, &script(&there, dialect)) {
            refused.push(format!("{what}: {message}"));
            // Some servers keep what came before the refused statement.
            if first_difference(&facts(&introspect(&by_sql, dialect), dialect), &facts(&from, dialect)).is_some() {
                break;
            }
            continue;
        }
        taken += 1;
        let arrived = facts(&introspect(&by_sql, dialect), dialect);
        arrived_exactly += usize::from(arrived == facts(&to, dialect));
        let mut judge = |outcome: Result<(), String>| failures.extend(outcome.err().map(|it| format!("{what}: {it}")));
        let text = alembic::revision(&from, &to, dialect);
        let place = folder.path().join(taken.to_string());
        std::fs::create_dir_all(place.join("versions")).unwrap();
        std::fs::write(place.join("versions/001_there.py"), &text).unwrap();
        judge(
            sqlalchemy::alembic("2.1", "upgrade", by_alembic.url(), &place, "head")
                .and_then(|()| is_at(&alembic::introspect_ours(&by_alembic, dialect), &arrived, dialect))
                .map_err(|message| format!("upgrade: {message}\n\n{text}")),
        );
        judge(
            sqlalchemy::alembic("2.1", "downgrade", by_alembic.url(), &place, "base")
                .and_then(|()| is_at(&alembic::introspect_ours(&by_alembic, dialect), &facts(&from, dialect), dialect))
                .map_err(|message| format!("downgrade: {message}\n\n{text}")),
        );
        judge(
            send(&by_sql, dialect, &script(&back, dialect))
                .and_then(|()| is_at(&introspect(&by_sql, dialect), &facts(&from, dialect), dialect))
                .map_err(|message| format!("back: {message}\n\n{}", script(&back, dialect))),
        );
        if failures.len() > 3 {
            break;
        }
    }
    let shown: Vec<&str> = failures.iter().map(String::as_str).collect();
    assert!(failures.is_empty(), "{} fail:\n{}", failures.len(), shown.join("\n\n"));
    sqlalchemy::ruff(folder.path()).unwrap();
    assert!(
        taken >= 12 && arrived_exactly * 100 >= taken * ARRIVE,
        "{taken} taken, {arrived_exactly} arrived; refused:\n{}",
        refused.join("\n")
    );
}

fn is_at(schema: &ormsync_schema::Schema, wanted: &str, dialect: Dialect) -> Result<(), String> {
    first_difference(&facts(schema, dialect), wanted).map_or(Ok(()), Err)
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
    judge("projects/travel-postgres", Dialect::Postgresql);
}

#[test]
fn travel_on_mysql() {
    judge("projects/travel-mysql", Dialect::Mysql);
}

#[test]
fn travel_on_mariadb() {
    judge("projects/travel-mysql", Dialect::Mariadb);
}
