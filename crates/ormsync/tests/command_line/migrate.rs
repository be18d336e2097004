//! `ormsync migrate` without a server: behind the migrations that are there.

use crate::project::Project;

const SETTINGS: &str = "truth = \"prisma\"\n[prisma]\nschema = \"prisma/schema.prisma\"\n";
const ALEMBIC: &str = "[alembic]\nscript_location = alembic\n";

fn schema(provider: &str, models: &str) -> String {
    format!("datasource db {{\n  provider = \"{provider}\"\n}}\n{models}")
}

fn written(project: &Project, arguments: &[&str]) -> String {
    let run = project.run(&[&["migrate", "--name", "change"], arguments].concat());
    assert_eq!(run.code, 0, "{arguments:?}: {}{}", run.stdout, run.stderr);
    run.stdout
}

/// On each server a second change comes behind the first, of which there are only the files; Prisma's own statements and
/// those that tie the two histories are understood.
#[test]
fn a_change_comes_behind_the_migrations_that_are_there() {
    for provider in ["postgresql", "mysql", "sqlite"] {
        let first = schema(provider, "model account {\n  id Int @id\n  name String\n}\n");
        let second = schema(provider, "model account {\n  id Int @id\n  name String\n  age Int?\n}\n");
        let project = Project::new(&[
            ("ormsync.toml", SETTINGS),
            ("alembic.ini", ALEMBIC),
            ("alembic/versions/.keep", ""),
            ("prisma/schema.prisma", &first),
        ]);
        let text = written(&project, &[]);
        assert_eq!(text.matches("wrote ").count(), 4, "{text}");
        assert_eq!(written(&project, &["--dry-run"]), "", "{provider}");
        std::fs::write(project.path("prisma/schema.prisma"), second).unwrap();
        let text = written(&project, &["--dry-run", "--from", "history"]);
        assert!(text.contains("002_change") && text.contains("age") && !text.contains("\"name\" TEXT"), "{text}");
        assert!(!text.contains("Warnings:") || !text.split("down.sql").next().unwrap().contains("Warnings:"), "{text}");
    }
}

/// MySQL has the labels with the column: one that is only called something else takes its rows along, so nothing is lost.
#[test]
fn a_label_that_is_called_something_else_is_no_loss() {
    let models = |label: &str| {
        schema(
            "mysql",
            &format!("enum Role {{\n  admin\n  {label}\n}}\nmodel account {{\n  id Int @id\n  role Role\n}}\n"),
        )
    };
    let project = Project::new(&[("ormsync.toml", SETTINGS), ("prisma/schema.prisma", &models("member"))]);
    written(&project, &["--prisma-only"]);
    std::fs::write(project.path("prisma/schema.prisma"), models("user")).unwrap();
    let arguments = ["migrate", "--name", "change", "--prisma-only", "--dry-run"];
    let lost = project.run(&arguments);
    assert!(lost.code == 2 && lost.stderr.contains("data would be lost"), "{}{}", lost.stdout, lost.stderr);
    let text = written(&project, &["--prisma-only", "--dry-run", "--rename", "account.role.member:user"]);
    let there = text.split("down.sql").next().unwrap();
    assert!(there.contains("SET `role` = 'user' WHERE `role` = 'member'") && !there.contains("Warnings"), "{text}");
}

/// A column that is dropped and demanded comes back with an empty value.
#[test]
fn the_way_back_fills_what_is_demanded() {
    let models = |field: &str| schema("postgresql", &format!("model account {{\n  id Int @id\n{field}}}\n"));
    let project = Project::new(&[("ormsync.toml", SETTINGS), ("prisma/schema.prisma", &models("  name String\n"))]);
    written(&project, &["--prisma-only"]);
    std::fs::write(project.path("prisma/schema.prisma"), models("")).unwrap();
    let text = written(&project, &["--prisma-only", "--dry-run", "--allow-data-loss"]);
    let back = text.split("down.sql").nth(1).unwrap();
    assert!(back.contains("comes back to the `account` table without what it held: rows get ''"), "{text}");
    assert!(back.contains("UPDATE \"account\" SET \"name\" = '' WHERE \"name\" IS NULL"), "{text}");
}

/// What a value is made of may go in the same change.
#[test]
fn a_value_may_be_made_of_a_column_that_goes() {
    let models = |field: &str| schema("mysql", &format!("model account {{\n  id Int @id\n{field}}}\n"));
    let project = Project::new(&[("ormsync.toml", SETTINGS), ("prisma/schema.prisma", &models("  name String\n"))]);
    written(&project, &["--prisma-only"]);
    std::fs::write(project.path("prisma/schema.prisma"), models("  title String\n")).unwrap();
    let backfill = ["--backfill", "account.title=upper(name)", "--prisma-only", "--dry-run", "--allow-data-loss"];
    let text = written(&project, &backfill);
    let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}\n{text}"));
    assert!(place("ADD COLUMN `title`") < place("SET `title` = upper(name)"), "{text}");
    assert!(place("SET `title` = upper(name)") < place("DROP COLUMN `name`"), "{text}");
}
