//! The page of each fixture project in a browser: nothing is complained about, all of it can be used, by everybody.

use super::Audited;
use super::histories::WithHistories;
use crate::case::Dialect;
use crate::judges::chromium::open;

fn check(project: &str, dialect: Dialect) {
    let Some(audited) = Audited::new(project, dialect) else { return };
    let audit = audited.json(&[]);
    let (page, run) = audited.write("audit.html", &["--with-data"]);
    let Some(opened) = open(project, &page) else { return };
    assert_eq!(opened.errors, Vec::<String>::new(), "{run}");
    assert_eq!(opened.wrong, Vec::<String>::new(), "{run}");
    assert_eq!(opened.violations, Vec::<String>::new(), "{run}");
    // Nobody waits for so few tables, on however slow a machine (for many there is scripts/benchmark-audit).
    assert!(opened.load < 10_000.0 && opened.filter < 1_000.0, "{opened:?}");
    // What the page says is what the data say.
    for (row, numbers) in &opened.counts {
        let key = match row.as_str() {
            "of these unique" => "unique",
            "enum types" => "enums",
            "not understood" => "opaque",
            "ignored tables" => "ignored",
            other => &other.replace(' ', "_"),
        };
        let sources = audit["sources"].as_array().unwrap();
        for (source, number) in sources.iter().zip(numbers) {
            let said = source["counts"][key].as_u64().unwrap();
            let has_words = source["unsaid"].as_array().is_none_or(|unsaid| !unsaid.iter().any(|it| it == row));
            assert_eq!(*number, (has_words || said > 0).then_some(said), "{row}");
        }
    }
    assert!(opened.counts.contains_key("tables"), "{:?}", opened.counts);
}

#[test]
fn of_travel_on_postgresql() {
    check("travel-postgres", Dialect::Postgresql);
}

#[test]
fn of_the_marketplace() {
    check("marketplace-postgres", Dialect::Postgresql);
}

#[test]
fn of_payments() {
    check("payments-postgres", Dialect::Postgresql);
}

#[test]
fn of_travel_on_mysql() {
    check("travel-mysql", Dialect::Mysql);
}

#[test]
fn of_a_project_that_can_t_be_read_whole() {
    check("broken-mysql", Dialect::Mysql);
}

/// The histories have a column in the list, and a list of their own.
#[test]
fn of_a_project_with_histories() {
    let project = WithHistories::new();
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("audit.html");
    let run = project.run(&["audit", "--exit-zero", "--output", page.to_str().unwrap()]);
    let Some(opened) = open("histories", &page) else { return };
    assert_eq!(opened.errors, Vec::<String>::new(), "{run}");
    assert_eq!(opened.wrong, Vec::<String>::new(), "{run}");
    assert_eq!(opened.violations, Vec::<String>::new(), "{run}");
}

#[test]
fn of_the_ledger() {
    check("ledger-sqlite", Dialect::Sqlite);
}

/// So many tables that their list is laid out row by row (see audit.js), without a database.
#[test]
fn of_a_list_that_is_laid_out_as_it_comes_in_sight() {
    let folder = tempfile::tempdir().unwrap();
    let names: Vec<String> = (0..239).map(|number| format!("table_{number}")).collect();
    let names = names.iter().map(String::as_str).chain(["a_name_that_is_much_longer_than_all_the_others"]);
    let mut schema = "datasource db {\n  provider = \"sqlite\"\n}\n".to_owned();
    let mut models = "import sqlalchemy as sa\n\nmetadata = sa.MetaData()\n".to_owned();
    for name in names {
        schema += &format!("model {name} {{\n  id Int @id\n  parent_id Int?\n}}\n");
        models += &format!(
            "sa.Table(\"{name}\", metadata, sa.Column(\"id\", sa.Integer, primary_key=True), sa.Column(\"parent_id\", sa.Integer))\n"
        );
    }
    std::fs::write(folder.path().join("schema.prisma"), schema).unwrap();
    std::fs::write(folder.path().join("models.py"), models).unwrap();
    let page = folder.path().join("audit.html");
    let mut command = crate::program::ormsync();
    command.current_dir(folder.path()).args(["audit", "--exit-zero", "--no-database"]);
    command.args(["--prisma", "schema.prisma", "--sqlalchemy", "models.py", "--output"]).arg(&page);
    let run = crate::program::Run::of(&mut command);
    assert!(page.is_file(), "{run}");
    let Some(opened) = open("many", &page) else { return };
    assert_eq!(opened.errors, Vec::<String>::new(), "{run}");
    assert_eq!(opened.wrong, Vec::<String>::new(), "{run}");
    assert_eq!(opened.violations, Vec::<String>::new(), "{run}");
}
