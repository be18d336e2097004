//! Plans on real servers: what they say is done there, and done again backwards.

mod alembic;
mod dump;
mod engine;
mod lockstep;
mod manner;
mod migrate;
mod mutated;
mod pairs;
mod round_trip;
mod torture;

use ormsync_diff::plan::{PlanOptions, physical, plan, plan_back};
use ormsync_schema::{Plan, Schema};
use sqlx::Connection as _;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;

/// What a server is called in the library.
pub(crate) fn dialect_of(dialect: Dialect) -> &'static dyn ormsync_dialect::Dialect {
    let name = if dialect == Dialect::Mariadb { "mysql" } else { dialect.name() };
    ormsync_dialect::by_name(name).unwrap()
}

/// What a database holds, in the form that statements are written from.
fn introspect(database: &Scratch, dialect: Dialect) -> Schema {
    let url = ormsync_database::DatabaseUrl::parse(database.url()).unwrap();
    let options = ormsync_database::ReadOptions { namespaces: namespaces(database, dialect), ..Default::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let reading = runtime.block_on(ormsync_database::read(&url, &options)).unwrap();
    let mut schema = reading.schema;
    let server = schema.server.clone();
    dialect_of(dialect).settle(&mut schema, server.as_ref());
    schema
}

/// All namespaces of a database, as the server has them.
fn namespaces(database: &Scratch, dialect: Dialect) -> Vec<String> {
    if !matches!(dialect, Dialect::Postgresql | Dialect::PostgresqlNewest) {
        return Vec::new();
    }
    let names = database.query(
        "SELECT nspname FROM pg_namespace WHERE nspname NOT LIKE 'pg#_%' ESCAPE '#' AND nspname <> 'information_schema' ORDER BY 1",
    );
    names.unwrap().lines().map(str::to_owned).collect()
}

/// Sends a script whole, as a migration is sent: a client that splits it would stumble over the statements inside
/// triggers.
pub(crate) fn send(database: &Scratch, dialect: Dialect, script: &str) -> Result<(), String> {
    if !matches!(dialect, Dialect::Mysql | Dialect::Mariadb) {
        return database.execute(script);
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::MySqlConnection::connect(database.url()).await.map_err(|error| error.to_string())?;
        let sent = sqlx::raw_sql(sqlx::AssertSqlSafe(script)).execute(&mut connection).await;
        sent.map(drop).map_err(|error| error.to_string())
    })
}

/// The plan from one schema to another on a server.
fn between(from: &Schema, to: &Schema, dialect: Dialect) -> Plan {
    let server = from.server.clone().or_else(|| to.server.clone());
    let options = PlanOptions { server, ..PlanOptions::default() };
    plan(from, to, dialect_of(dialect), &options).unwrap()
}

/// A plan as a script.
fn script(plan: &Plan, dialect: Dialect) -> String {
    ormsync_dialect::script(&dialect_of(dialect).statements(plan))
}

/// The physical facts, line by line.
fn facts(schema: &Schema, dialect: Dialect) -> String {
    let mut facts = serde_json::to_value(physical(schema, dialect_of(dialect))).unwrap();
    without_places(&mut facts);
    serde_json::to_string_pretty(&facts).unwrap()
}

/// Where something is declared, and in what words, is no physical fact.
fn without_places(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(members) => {
            // A column may be called so too; then it holds more than a place.
            members.retain(|name, member| {
                !matches!(name.as_str(), "origin" | "written") || member.get("data_type").is_some()
            });
            members.values_mut().for_each(without_places);
        }
        serde_json::Value::Array(elements) => elements.iter_mut().for_each(without_places),
        _ => {}
    }
}

/// Nothing where two texts are equal, else the lines around the first difference.
fn first_difference(left: &str, right: &str) -> Option<String> {
    if left == right {
        return None;
    }
    let at = left.lines().zip(right.lines()).position(|(left, right)| left != right).unwrap_or_default();
    let around = |text: &str| text.lines().skip(at.saturating_sub(14)).take(26).collect::<Vec<_>>().join("\n");
    Some(format!("line {at}:\n{}\n--- and not\n{}", around(left), around(right)))
}

/// Applies the plan from `from` to `to` on a database that holds `from`, and the way back; both must arrive.
fn there_and_back(database: &Scratch, from: &Schema, to: &Schema, dialect: Dialect) -> Result<(), String> {
    let there = between(from, to, dialect);
    let back = plan_back(&there, dialect_of(dialect));
    for (plan, wanted, way) in [(there, to, "there"), (back, from, "back")] {
        let statements = script(&plan, dialect);
        send(database, dialect, &statements).map_err(|message| format!("{way}: {message}\n\n{statements}"))?;
        let arrived = introspect(database, dialect);
        if let Some(difference) = first_difference(&facts(&arrived, dialect), &facts(wanted, dialect)) {
            return Err(format!("{way}: {difference}\n\n{statements}"));
        }
    }
    Ok(())
}
