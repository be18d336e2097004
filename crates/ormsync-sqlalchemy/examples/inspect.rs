//! Prints what is read of models: `cargo run --example inspect -- postgresql models.py`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let dialect = arguments.next().and_then(|name| ormsync_dialect::by_name(&name)).unwrap_or(&ormsync_dialect::SQLITE);
    let roots: Vec<std::path::PathBuf> = arguments.map(Into::into).collect();
    let options = ormsync_sqlalchemy::ReadOptions { dialect, server: None, default_namespace: None };
    let reading = ormsync_sqlalchemy::read(&roots, &options);
    let mut output = std::io::stdout().lock();
    for diagnostic in &reading.diagnostics {
        let place = match &diagnostic.origin.place {
            ormsync_schema::Place::File { path, span } => reading.files.get(path).map_or_else(String::new, |file| {
                let position = file.position(span.start);
                format!("{path}:{}:{}", position.line, position.column)
            }),
            _ => String::new(),
        };
        writeln!(output, "{} {place}: {}", diagnostic.severity.as_str(), diagnostic.message)?;
    }
    writeln!(output, "{}", serde_json::to_string_pretty(&reading.schema)?)
}
