//! Finding Prisma schemas.

use std::path::{Path, PathBuf};

use ormsync_prisma::CONFIG_FILES;

use super::{ConfigFile, Files, schema_of, text_of};
use crate::paths;

/// The schemas among `files`: what prisma.config.ts and package.json name (`prisma.schema`), every `schema.prisma`, every folder called
/// `schema` with a datasource; and where there is none of these in a folder or below it, any other file or
/// folder with a datasource. What is left (backups, proposals, parts of a schema) is none.
pub(super) fn schemas(files: &Files) -> Vec<PathBuf> {
    let mut schemas: Vec<PathBuf> = Vec::new();
    for named in files.named("package.json").filter_map(named_by_package).chain(configured(files)) {
        add(&mut schemas, &named);
    }
    let candidates: Vec<Candidate> = files.with_extension("prisma").filter_map(|file| candidate(files, file)).collect();
    for candidate in candidates.iter().filter(|candidate| candidate.named_so) {
        add(&mut schemas, &candidate.path);
    }
    let well_named = schemas.clone();
    for candidate in candidates.iter().filter(|candidate| !candidate.named_so) {
        if !well_named.iter().any(|schema| schema.starts_with(&candidate.folder)) {
            add(&mut schemas, &candidate.path);
        }
    }
    schemas
}

/// Adds a schema unless it is one of them, lies in one, or is the folder that one lies in.
fn add(schemas: &mut Vec<PathBuf>, path: &Path) {
    if !schemas.iter().any(|schema| path.starts_with(schema) || schema.starts_with(path)) {
        schemas.push(path.to_owned());
    }
}

/// What a `.prisma` file may be the schema, or the main file, of.
struct Candidate {
    /// The schema: the file, or its folder.
    path: PathBuf,
    /// The folder the file lies in.
    folder: PathBuf,
    /// Whether it is called what Prisma calls schemas.
    named_so: bool,
}

/// What the configurations of Prisma's say.
fn configured(files: &Files) -> impl Iterator<Item = PathBuf> {
    let configurations = CONFIG_FILES.iter().flat_map(|name| files.named(name));
    configurations.filter_map(|path| schema_of(&ConfigFile::read(path.to_owned())))
}

/// Prisma's own setting for a schema elsewhere: `"prisma": { "schema": PATH }` in package.json.
fn named_by_package(package: &Path) -> Option<PathBuf> {
    let package_json: serde_json::Value = serde_json::from_str(&text_of(package)?).ok()?;
    let schema = paths::join(paths::folder_of(package), package_json.get("prisma")?.get("schema")?.as_str()?);
    schema.exists().then_some(schema)
}

/// The file itself when it is called `schema.prisma`; its folder when the folder is called `schema` and holds more;
/// others only when they hold a datasource.
fn candidate(files: &Files, file: &Path) -> Option<Candidate> {
    let folder = paths::folder_of(file);
    let alone = files.with_extension("prisma").filter(|other| paths::folder_of(other) == folder).count() == 1;
    let is_main = file.file_name().is_some_and(|name| name == "schema.prisma");
    let in_schema_folder = folder.file_name().is_some_and(|name| name == "schema");
    if !is_main && !has_datasource(file) {
        return None;
    }
    let whole_folder = !alone && (in_schema_folder || !is_main);
    let path = if whole_folder { folder } else { file }.to_owned();
    Some(Candidate { path, folder: folder.to_owned(), named_so: is_main || in_schema_folder })
}

fn has_datasource(file: &Path) -> bool {
    text_of(file).is_some_and(|text| text.lines().any(|line| line.trim_start().starts_with("datasource ")))
}
