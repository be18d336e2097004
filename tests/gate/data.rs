//! The gate's cases: `fixtures/{rules,equivalences,complaints}/*.toml`, each file a list of small projects, written
//! down in the file itself, with the findings that each is to have. `docs/testing.md` describes their keys.
//!
//! `build.rs` reads this file too, to name the tests; so it uses nothing of the other modules but `case`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::case::{Dialect, fixtures};

/// The folders with such files.
pub(crate) const AREAS: &[&str] = &["rules", "equivalences", "complaints"];

/// A file of cases.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateFile {
    /// The cases.
    pub(crate) case: Vec<GateCase>,
}

/// A small project and what is to be found in it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GateCase {
    /// What it is about, in one line.
    pub(crate) title: String,
    /// The servers it is for.
    pub(crate) dialects: Vec<Dialect>,
    /// The numbers of the users' complaints about other tools that it answers to.
    #[serde(default)]
    pub(crate) complaints: Vec<u8>,
    /// The sources.
    #[serde(flatten)]
    pub(crate) sources: Sources,
    /// `severity rule place: verdict`, every finding and nothing else.
    #[serde(default)]
    pub(crate) finds: Vec<String>,
    /// The codes of what the readers have to say.
    #[serde(default)]
    pub(crate) tells: Vec<String>,
    /// The command, where it is not `check --format json`; only what it says is looked at then.
    #[serde(default)]
    pub(crate) command: Vec<String>,
    /// Its exit code, where a command is given.
    #[serde(default)]
    pub(crate) code: i32,
    /// What standard output has, word for word; of a command of its own, standard error too.
    #[serde(default)]
    pub(crate) says: Vec<String>,
    /// What it has not.
    #[serde(default)]
    pub(crate) never: Vec<String>,
    /// The same with something changed, that must not be passed over.
    #[serde(default)]
    pub(crate) near_miss: Vec<NearMiss>,
}

/// A change of a case's sources, and what is to be found then.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NearMiss {
    /// What is not as in the case.
    #[serde(flatten)]
    pub(crate) sources: Sources,
    /// As in a case.
    pub(crate) finds: Vec<String>,
}

/// What is compared: each source as a whole, or as what stands in one table `thing` beside its `id`.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Sources {
    /// The Prisma schema, without its datasource.
    pub(crate) prisma: Option<String>,
    /// The lines of `model thing`.
    pub(crate) field: Option<String>,
    /// Blocks beside `model thing`.
    pub(crate) prisma_beside: Option<String>,
    /// More lines of the datasource.
    pub(crate) datasource: Option<String>,
    /// The module of models, behind its imports and `Base`.
    pub(crate) models: Option<String>,
    /// The arguments of `Table("thing", …)`.
    pub(crate) column: Option<String>,
    /// What stands before it.
    pub(crate) models_beside: Option<String>,
    /// The database's script.
    pub(crate) database: Option<String>,
    /// The lines of `CREATE TABLE thing`.
    pub(crate) definition: Option<String>,
    /// Statements before it.
    pub(crate) before: Option<String>,
    /// Statements after it.
    pub(crate) after: Option<String>,
    /// A second database, which is compared with the first: script.
    pub(crate) other_database: Option<String>,
    /// Further lines of ormsync.toml.
    pub(crate) settings: Option<String>,
    /// Further files of the project, by their paths.
    #[serde(default)]
    pub(crate) files: BTreeMap<String, String>,
}

impl Sources {
    /// These, and what they leave out as in `others`.
    pub(crate) fn over(&self, others: &Self) -> Self {
        let or = |own: &Option<String>, other: &Option<String>| own.clone().or_else(|| other.clone());
        Self {
            prisma: or(&self.prisma, &others.prisma),
            field: or(&self.field, &others.field),
            prisma_beside: or(&self.prisma_beside, &others.prisma_beside),
            datasource: or(&self.datasource, &others.datasource),
            models: or(&self.models, &others.models),
            column: or(&self.column, &others.column),
            models_beside: or(&self.models_beside, &others.models_beside),
            database: or(&self.database, &others.database),
            definition: or(&self.definition, &others.definition),
            before: or(&self.before, &others.before),
            after: or(&self.after, &others.after),
            other_database: or(&self.other_database, &others.other_database),
            settings: or(&self.settings, &others.settings),
            files: others.files.clone().into_iter().chain(self.files.clone()).collect(),
        }
    }

    /// Whether a database is among them.
    pub(crate) fn has_database(&self) -> bool {
        self.database.is_some() || self.definition.is_some()
    }
}

impl GateFile {
    /// Reads a file by its name, `<area>/<file>`.
    ///
    /// # Errors
    ///
    /// What is wrong with it, with the place.
    pub(crate) fn read(name: &str) -> Result<Self, String> {
        let path = fixtures().join(format!("{name}.toml"));
        let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
    }
}

/// The names of all files, `<area>/<file>`, sorted.
pub(crate) fn gate_files() -> Vec<String> {
    let of_area =
        |area: &&str| files(&fixtures().join(area)).into_iter().map(|file| format!("{area}/{file}")).collect();
    let mut names: Vec<String> = AREAS.iter().flat_map(|area| -> Vec<String> { of_area(area) }).collect();
    names.sort();
    names
}

fn files(folder: &Path) -> Vec<String> {
    let paths = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let is_data = |path: &PathBuf| path.extension().is_some_and(|it| it == "toml");
    paths.filter(is_data).filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}
