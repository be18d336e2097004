//! Files, configuration and arguments that can't be right.

use super::project::{Project, SCHEMA, expect_refusal, models};

#[test]
fn a_missing_file_in_the_arguments() {
    let project = Project::in_step();
    let answer = project.run(&["diff", "prisma:nowhere.prisma", "sqlalchemy:models.py"]);
    expect_refusal(&answer, &["nowhere.prisma"]);
    let answer = project.run(&["diff", "prisma:schema.prisma", "sqlalchemy:nowhere.py"]);
    expect_refusal(&answer, &["nowhere.py"]);
    let answer = project.run(&["inspect", "snapshot:nowhere.json"]);
    expect_refusal(&answer, &["nowhere.json"]);
    let answer = project.check(&["--config", "nowhere.toml"]);
    expect_refusal(&answer, &["nowhere.toml"]);
}

#[test]
fn a_missing_file_in_the_configuration() {
    let project = Project::in_step();
    project.file("ormsync.toml", "[prisma]\nschema = \"nowhere.prisma\"\n\n[sqlalchemy]\nmodels = [\"models.py\"]\n");
    expect_refusal(&project.check(&[]), &["nowhere.prisma", "ormsync.toml"]);
}

#[test]
fn an_empty_folder_has_nothing_to_check() {
    expect_refusal(&Project::empty().check(&[]), &["ormsync init"]);
}

#[test]
fn an_unknown_provider() {
    let project = Project::in_step();
    project.file("schema.prisma", &SCHEMA.replace("postgresql", "oracle"));
    expect_refusal(&project.check(&[]), &["oracle", "schema.prisma:2", "postgresql", "mysql", "sqlite"]);
}

#[test]
fn a_missing_environment_variable() {
    let project = Project::with_database("env:ORMSYNC_NO_SUCH_VARIABLE");
    expect_refusal(&project.check(&[]), &["ORMSYNC_NO_SUCH_VARIABLE", ".env"]);
}

#[test]
fn an_unknown_url() {
    let project = Project::with_database("oracle://scott:hunter2@localhost/x");
    expect_refusal(&project.check(&[]), &["oracle", "postgresql"]);
}

#[test]
fn a_url_that_is_none() {
    for url in ["postgresql://a:hunter2@[::1/x", "postgresql://a:hunter2@host:99999/x", "postgresql:hunter2", ""] {
        let project = Project::with_database(url);
        expect_refusal(&project.check(&[]), &[]);
    }
}

#[test]
fn an_unknown_key_in_the_configuration() {
    let project = Project::in_step();
    project.file("ormsync.toml", "[prisma]\nscheme = \"schema.prisma\"\n");
    expect_refusal(&project.check(&[]), &["scheme", "schema", "ormsync.toml:2"]);
}

#[test]
fn an_unknown_rule_in_the_configuration() {
    let project = Project::in_step();
    project.append("ormsync.toml", "\n[rules]\nindex-nam = \"off\"\n");
    expect_refusal(&project.check(&[]), &["index-nam", "index-name"]);
}

#[test]
fn a_configuration_that_is_not_toml() {
    let project = Project::in_step();
    project.file("ormsync.toml", "[prisma\nschema = \n");
    expect_refusal(&project.check(&[]), &["ormsync.toml:1"]);
}

#[test]
fn a_snapshot_that_is_none() {
    let project = Project::in_step();
    project.file("broken.json", "{\"version\": ");
    project.file("other.json", "[1, 2]");
    project.file("newer.json", "{\"version\": 999999}");
    for file in ["broken.json", "other.json", "newer.json"] {
        expect_refusal(&project.run(&["diff", &format!("snapshot:{file}"), "prisma:schema.prisma"]), &[file]);
    }
}

#[test]
fn a_sqlite_file_that_is_not_there_is_not_made() {
    let project = Project::in_step();
    let answer = project.run(&["inspect", "sqlite:nowhere.sqlite"]);
    expect_refusal(&answer, &["nowhere.sqlite"]);
    assert!(!project.path().join("nowhere.sqlite").exists(), "looking made the file\n{answer}");
}

#[test]
fn a_sqlite_file_that_is_no_database() {
    let project = Project::in_step();
    project.file(
        "wrong.sqlite",
        "this is no database, and is long enough to have a header of one hundred bytes, which it has not\n",
    );
    expect_refusal(&project.run(&["inspect", "sqlite:wrong.sqlite"]), &["wrong.sqlite"]);
}

#[test]
fn files_that_are_not_utf_8() {
    let project = Project::in_step();
    std::fs::write(project.path().join("models.py"), b"name = '\xff\xfe'\n").unwrap();
    expect_refusal(&project.check(&[]), &["models.py"]);
    let project = Project::in_step();
    std::fs::write(project.path().join("schema.prisma"), b"model \xff {\n}\n").unwrap();
    expect_refusal(&project.check(&[]), &["schema.prisma"]);
}

#[test]
fn an_empty_schema_and_empty_models() {
    let project = Project::in_step();
    project.file("schema.prisma", "");
    expect_refusal(&project.check(&[]), &["schema.prisma"]);
    let project = Project::in_step();
    project.file("models.py", "");
    let answer = project.check(&[]);
    // Without any model the whole schema would be "unmapped": more likely the wrong file is named.
    assert_ne!(answer.code, Some(0), "a gate that could not look is never green\n{answer}");
}

#[test]
fn a_deeply_nested_file_neither_panics_nor_hangs() {
    let project = Project::in_step();
    let deep = 20_000;
    project.file("models.py", &format!("x = {}1{}\n", "(".repeat(deep), ")".repeat(deep)));
    assert_ne!(project.check(&[]).code, Some(0));
    let project = Project::in_step();
    project.append(
        "schema.prisma",
        &format!("\nmodel B {{\n  id Int @default({}1{})\n}}\n", "a(".repeat(deep), ")".repeat(deep)),
    );
    assert_eq!(project.check(&[]).code, Some(2));
}

#[test]
fn every_prefix_of_a_project_is_answered() {
    let schema = SCHEMA;
    let models = models("String(40)");
    let project = Project::in_step();
    // A process each: a few dozen cuts, spread over both files. The readers' own tests cut everywhere.
    for cut in (0..schema.len()).step_by(9) {
        project.file("schema.prisma", &schema[..cut]);
        let answer = project.run(&["inspect", "prisma:schema.prisma", "--dialect", "postgresql"]);
        assert!(matches!(answer.code, Some(0 | 2)), "{answer}");
    }
    for cut in (0..models.len()).step_by(19) {
        project.file("models.py", &models[..cut]);
        let answer = project.run(&["inspect", "sqlalchemy:models.py", "--dialect", "postgresql"]);
        assert!(matches!(answer.code, Some(0 | 2)), "{answer}");
    }
}
