//! Finding Prisma schemas.

use std::path::{Path, PathBuf};

use super::{Files, text_of};
use crate::paths;

/// The schemas among `files`: what package.json names (`prisma.schema`), else every `schema.prisma` and every
/// folder that Prisma would take as a schema of several files.
pub(super) fn schemas(files: &Files) -> Vec<PathBuf> {
    let mut schemas: Vec<PathBuf> = files.named("package.json").filter_map(named_by_package).collect();
    for file in files.with_extension("prisma") {
        let candidate = candidate(files, file);
        if let Some(candidate) = candidate
            && !schemas.iter().any(|schema| covers(schema, &candidate))
        {
            schemas.push(candidate);
        }
    }
    schemas
}

/// Prisma's own setting for a schema elsewhere: `"prisma": { "schema": PATH }` in package.json.
fn named_by_package(package: &Path) -> Option<PathBuf> {
    let package_json: serde_json::Value = serde_json::from_str(&text_of(package)?).ok()?;
    let schema = paths::join(paths::folder_of(package), package_json.get("prisma")?.get("schema")?.as_str()?);
    schema.exists().then_some(schema)
}

/// The schema that a `.prisma` file stands for: itself when it is called `schema.prisma`; its folder when it
/// holds the datasource and the folder is called `schema` or has no file called `schema.prisma`. Other
/// files (backups, proposals, parts of a folder) stand for none.
fn candidate(files: &Files, file: &Path) -> Option<PathBuf> {
    let folder = paths::folder_of(file);
    let siblings: Vec<&Path> =
        files.with_extension("prisma").filter(|other| paths::folder_of(other) == folder).collect();
    let is_main = file.file_name().is_some_and(|name| name == "schema.prisma");
    let in_schema_folder = folder.file_name().is_some_and(|name| name == "schema");
    if is_main {
        let whole_folder = in_schema_folder && siblings.len() > 1;
        return Some(if whole_folder { folder } else { file }.to_owned());
    }
    let main_beside = siblings.iter().any(|sibling| sibling.file_name().is_some_and(|name| name == "schema.prisma"));
    if main_beside || !has_datasource(file) {
        return None;
    }
    Some(if siblings.len() > 1 { folder } else { file }.to_owned())
}

fn has_datasource(file: &Path) -> bool {
    text_of(file).is_some_and(|text| text.lines().any(|line| line.trim_start().starts_with("datasource ")))
}

/// Whether a candidate is the schema itself, lies in it, or is the folder a named file lies in.
fn covers(schema: &Path, candidate: &Path) -> bool {
    candidate.starts_with(schema) || schema.starts_with(candidate)
}
