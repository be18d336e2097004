//! A source as the comparison sees it.

use ormsync_schema::{Schema, Spelling};
use serde::Serialize;

/// What a source is to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// It declares what should be: models, migrations, a script, a snapshot.
    Declared,
    /// It is what there is: a live database.
    Live,
}

/// One source of a comparison, in normal form.
#[derive(Clone, Copy)]
pub struct Source<'a> {
    /// Its short name, unique in the comparison: used in verdicts, configuration and JSON.
    pub name: &'a str,
    /// What kind of source it is: the language or the kind of place it is read from, for machines.
    pub kind: &'a str,
    /// Its name in sentences.
    pub label: &'a str,
    /// What it is to the others.
    pub role: Role,
    /// What it says, in the dialect's normal form.
    pub schema: &'a Schema,
    /// How it would write an object; for suggested fixes.
    pub spelling: Option<&'a dyn Spelling>,
}
