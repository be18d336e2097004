//! Prints what a database's catalogue says: `catalogue URL [NAMESPACE …]` prints the schema,
//! `catalogue --rows URL [NAMESPACE …]` the rows it is made of (the form of `fixtures/catalogue`), and
//! `catalogue --time URL [NAMESPACE …]` how long both took.
#![allow(clippy::print_stdout)]

use std::error::Error;
use std::time::Instant;

use ormsync_database::{DatabaseUrl, ReadOptions, read_catalogue};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mode = arguments.iter().position(|argument| argument.starts_with("--")).map(|at| arguments.remove(at));
    let url = DatabaseUrl::parse(arguments.first().ok_or("usage: catalogue [--rows|--time] URL [NAMESPACE …]")?)?;
    let options = ReadOptions { namespaces: arguments[1..].to_vec(), ..ReadOptions::default() };
    let start = Instant::now();
    let catalogue = read_catalogue(&url, &options).await.inspect_err(|error| println!("help: {}", error.help()))?;
    let read = start.elapsed();
    let (schema, diagnostics) = url.dialect.assemble(&catalogue.server, &catalogue.scope, &catalogue.rows);
    let assembled = start.elapsed() - read;
    match mode.as_deref() {
        Some("--rows") => println!(
            "{}",
            serde_json::to_string_pretty(&serde_json::json!({
                "server": catalogue.server,
                "namespaces": catalogue.scope.namespaces,
                "rows": catalogue.rows,
            }))?
        ),
        Some("--time") => println!("{} tables: read {read:?}, assembled {assembled:?}", schema.tables().count()),
        _ => println!("{}", serde_json::to_string_pretty(&schema)?),
    }
    for diagnostic in diagnostics {
        println!("{}: {}", diagnostic.severity.as_str(), diagnostic.message);
    }
    Ok(())
}
