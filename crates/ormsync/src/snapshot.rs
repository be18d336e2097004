//! Snapshots: a canonical schema in a JSON file, as `ormsync inspect` writes it.

use std::path::Path;

use ormsync_schema::{Diagnostic, FORMAT_VERSION, Origin, Reading, Schema, SourceFiles, Span};
use serde::Deserialize;

use crate::paths;

/// What must be understood before the rest is.
#[derive(Deserialize)]
struct Head {
    format: u32,
    dialect: String,
}

/// The dialect that a snapshot is for.
///
/// # Errors
/// When the file cannot be read or is no snapshot; the text says why.
pub(crate) fn dialect_of(path: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(path).map_err(|error| error.to_string())?;
    serde_json::from_str::<Head>(&text).map(|head| head.dialect).map_err(|error| error.to_string())
}

/// Reads a snapshot. One that cannot be read gives an empty schema and an error.
pub(crate) fn read(path: &Path, dialect: &str) -> Reading {
    let shown = paths::display(path);
    let mut files = SourceFiles::default();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the snapshot {shown} could not be read: {error}");
            return failed(Diagnostic::error("snapshot-file", message, Origin::nowhere()), dialect, files);
        }
    };
    let shared = files.insert(shown.clone(), text.as_str());
    let at = |offset: usize| Origin::file(&shared, Span::new(offset, offset + 1));
    let refuse = |error: &serde_json::Error| {
        let message = format!("{shown} is no snapshot of ormsync: {error}");
        Diagnostic::error("snapshot-format", message, at(offset_of(&text, error.line(), error.column())))
            .with_help("`ormsync inspect SOURCE --output FILE` writes one")
    };
    let head: Head = match serde_json::from_str(&text) {
        Ok(head) => head,
        Err(error) => return failed(refuse(&error), dialect, files),
    };
    if head.format != FORMAT_VERSION {
        let format = head.format;
        let message = format!("{shown} has the snapshot format {format}; this version reads format {FORMAT_VERSION}");
        let diagnostic = Diagnostic::error("snapshot-format", message, at(text.find("\"format\"").unwrap_or(0)))
            .with_help("write it again with `ormsync inspect`, or use the version of ormsync that wrote it");
        return failed(diagnostic, dialect, files);
    }
    match serde_json::from_str::<Schema>(&text) {
        Ok(schema) => Reading { schema, diagnostics: Vec::new(), files },
        Err(error) => failed(refuse(&error), dialect, files),
    }
}

fn failed(diagnostic: Diagnostic, dialect: &str, files: SourceFiles) -> Reading {
    Reading { schema: Schema::new(dialect), diagnostics: vec![diagnostic], files }
}

/// The byte offset of a line and column as serde_json counts them.
fn offset_of(text: &str, line: usize, column: usize) -> usize {
    let before: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    before + column.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn read_text(text: &str) -> Reading {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        std::fs::write(&path, text).unwrap();
        read(&path, "sqlite")
    }

    #[test]
    fn a_schema_comes_back() {
        let mut schema = Schema::new("sqlite");
        schema.namespace_mut("");
        let reading = read_text(&serde_json::to_string(&schema).unwrap());
        assert_eq!(reading.diagnostics, []);
        assert_eq!(reading.schema, schema);
    }

    #[test]
    fn unknown_formats_and_other_files_are_refused() {
        let newer = read_text(r#"{"format": 99, "dialect": "sqlite", "future": {}}"#);
        assert!(newer.diagnostics[0].message.contains("format 99"), "{:?}", newer.diagnostics);
        assert_eq!(read_text("[1, 2").diagnostics[0].code, "snapshot-format");
        assert_eq!(read_text(r#"{"name": "package"}"#).diagnostics[0].code, "snapshot-format");
    }
}
