//! A headless Chromium, driven by playwright-core, with axe-core as the judge of whether everybody can use a page.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use crate::judges::{Judge, folder};

/// What came of opening an audit's page in both themes, wide and narrow, and of using it.
#[derive(Debug, Deserialize)]
pub(crate) struct Opened {
    /// What the page or its console complained about, and every request that it made of a network.
    pub(crate) errors: Vec<String>,
    /// What axe found, by theme and width.
    pub(crate) violations: Vec<String>,
    /// What was done, and what is wrong with what came of it.
    pub(crate) wrong: Vec<String>,
    /// The numbers on the page, by the row of its first table; none where a source has no words for such objects.
    pub(crate) counts: BTreeMap<String, Vec<Option<u64>>>,
    /// Milliseconds until the page could be used, and of the slowest filtering until the next picture.
    pub(crate) load: f64,
    /// The slowest filtering, until the browser had drawn what came of it.
    pub(crate) filter: f64,
}

/// Opens a page and uses it; none when Chromium is waived. Pictures are kept where `ORMSYNC_TEST_SCREENSHOTS` names a
/// folder.
pub(crate) fn open(name: &str, page: &Path) -> Option<Opened> {
    if Judge::Chromium.waived() {
        return None;
    }
    let programs = folder().join("bin");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/judges/chromium_page.mjs");
    let mut command = Command::new(programs.join("node"));
    command.arg(script).arg(folder().join("chromium")).arg(programs.join("chromium")).arg(name).arg(page);
    command.args(std::env::var_os("ORMSYNC_TEST_SCREENSHOTS"));
    let output = command.output().unwrap_or_else(|error| {
        Judge::Chromium.missing(&format!("Node.js, which drives Chromium, does not start: {error}"))
    });
    let (told, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    if !output.status.success() {
        Judge::Chromium.missing(&format!("Chromium could not be used: {complaint}"));
    }
    Some(serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}\n{complaint}")))
}
