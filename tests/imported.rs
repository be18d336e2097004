//! Law 5: `extract = "import"` against the database that `metadata.create_all` makes, and against the static reader.

use std::fs;

use crate::case::{Case, Dialect, Verdict};
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, sqlalchemy};
use crate::laws::engines::{expect_the_law, with_pin};
use crate::laws::{case, expect_no_difference, source};
use crate::program::{Run, ormsync};

/// The models, imported by the judge's Python, equal the database that it made of them. The case's folder is
/// written to.
pub(crate) fn expect_the_database(case: &Case, database: &Scratch, version: &str) {
    write_configuration(case, version);
    let mut command = ormsync();
    command.current_dir(&case.folder).args(["--config", "imported.toml", "diff", "sqlalchemy", database.url()]);
    command.args(["--format", "json", "--fail-on", "note"]);
    expect_the_law(case, &Run::of(&mut command));
}

/// Both ways of reading the models give the same.
pub(crate) fn cross_check(name: &str, dialect: Dialect) {
    const VERSION: &str = "2.1";
    let case = case(name);
    if Judge::Sqlalchemy.waived() || case.file.verdict == Verdict::Unanswered {
        return;
    }
    let (case, _folder) = with_pin(&case, VERSION);
    let models = case.judged_models().expect("only cases with models get this test");
    let mut command = ormsync();
    command.current_dir(&case.folder).arg("inspect").arg(source("sqlalchemy", &models));
    command.args(["--cross-check", "--format", "json", "--dialect", dialect.name()]);
    command.arg("--python").arg(sqlalchemy::ready_python(VERSION));
    let run = Run::of(&mut command);
    expect_no_difference(&case, &run);
    // A case about what cannot be read lists what is said of it.
    let files = std::fs::read_dir(&case.folder).expect("the case has a folder");
    let is_about_diagnostics =
        files.flatten().any(|file| file.file_name().to_string_lossy().starts_with("diagnostics."));
    let is_quiet = run.report().diagnostics.is_empty();
    assert!(case.file.verdict != Verdict::InStep || is_quiet || is_about_diagnostics, "{run}");
}

/// What a project had to be written for: SQLAlchemy 1.4 knows nothing of `mapped_column`.
#[test]
fn sqlalchemy_1_4_is_read_by_import() {
    const CASES: &[&str] = &[
        "sqlalchemy/autoincrement-rules",
        "sqlalchemy/checks",
        "sqlalchemy/classic-columns",
        "sqlalchemy/core-tables",
        "sqlalchemy/enum-forms",
        "sqlalchemy/indexes",
        "sqlalchemy/keys-and-names",
        "sqlalchemy/naming-convention",
        "sqlalchemy/table-args-forms",
    ];
    if Judge::Sqlalchemy.waived() {
        return;
    }
    for name in CASES {
        // The static reader knows 2.0 and 2.1; of these cases 1.4 makes the same as 2.0.
        let (case, _folder) = with_pin(&case(name), "2.0");
        let models = case.models().expect("these cases have models");
        for dialect in &case.file.dialects {
            let mut command = ormsync();
            command.current_dir(&case.folder).arg("inspect").arg(source("sqlalchemy", &models));
            command.args(["--cross-check", "--format", "json", "--dialect", dialect.name()]);
            command.arg("--python").arg(sqlalchemy::ready_python("1.4"));
            expect_no_difference(&case, &Run::of(&mut command));
        }
    }
}

/// An ormsync.toml that has the judge's Python import the models.
fn write_configuration(case: &Case, version: &str) {
    let models = case.judged_models().expect("only cases with models get this test");
    let models = models.strip_prefix(&case.folder).unwrap_or(&models).display().to_string();
    let python = sqlalchemy::ready_python(version).display().to_string();
    let text = format!("[sqlalchemy]\nmodels = [{models:?}]\nextract = \"import\"\npython = {python:?}\n");
    fs::write(case.folder.join("imported.toml"), text).expect("the temporary folder can be written to");
}
