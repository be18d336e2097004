//! Prints what a database's catalogue says: `catalogue URL [NAMESPACE …]` prints the schema,
//! `--normal` in front of the URL the schema in normal form, `--rows` the rows it is made of (the form of
//! `fixtures/catalogue`), `--queries` the queries as a script for the server's own client, and `--time` how long reading took.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use ormsync_database::{Catalogue, DatabaseUrl, ReadOptions, read_catalogue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = arguments.iter().position(|argument| argument.starts_with("--")).map(|at| arguments.remove(at));
    let url = DatabaseUrl::parse(
        arguments.first().ok_or("usage: catalogue [--normal|--rows|--queries|--time] URL [NAMESPACE …]")?,
    )?;
    let options = ReadOptions { namespaces: arguments[1..].to_vec(), ..ReadOptions::default() };
    let start = Instant::now();
    let catalogue = read_catalogue(&url, &options).await.inspect_err(|error| println!("help: {}", error.help()))?;
    let read = start.elapsed();
    let (mut schema, diagnostics) = url.dialect.assemble(&catalogue.server, &catalogue.scope, &catalogue.rows);
    let assembled = start.elapsed() - read;
    if mode.as_deref() == Some("--normal") {
        url.dialect.normalise(&mut schema, Some(&catalogue.server));
    }
    match mode.as_deref() {
        Some("--queries") => {
            let queries = url.dialect.catalogue_queries(&catalogue.server, &catalogue.scope);
            let further = url.dialect.further_catalogue_queries(&catalogue.server, &catalogue.rows);
            println!("BEGIN;");
            for query in queries.into_iter().chain(further) {
                println!("{};", query.sql.trim());
            }
            println!("COMMIT;");
            return Ok(());
        }
        Some("--rows") => println!("{}", recorded(&catalogue)?),
        Some("--time") => println!("{} tables: read {read:?}, assembled {assembled:?}", schema.tables().count()),
        _ => println!("{}", serde_json::to_string_pretty(&schema)?),
    }
    for diagnostic in diagnostics {
        println!("{}: {}", diagnostic.severity.as_str(), diagnostic.message);
    }
    Ok(())
}

/// The rows as JSON, one on each line.
fn recorded(catalogue: &Catalogue) -> serde_json::Result<String> {
    let mut queries = Vec::new();
    for (query, rows) in &catalogue.rows {
        let rows: Result<Vec<String>, _> =
            rows.iter().map(|row| serde_json::to_string(&row).map(|row| format!("      {row}"))).collect();
        queries.push(format!("    {}: [\n{}\n    ]", serde_json::to_string(query)?, rows?.join(",\n")));
    }
    Ok(format!(
        "{{\n  \"server\": {},\n  \"namespaces\": {},\n  \"rows\": {{\n{}\n  }}\n}}",
        serde_json::to_string(&catalogue.server)?,
        serde_json::to_string(&catalogue.scope.namespaces)?,
        queries.join(",\n")
    ))
}
