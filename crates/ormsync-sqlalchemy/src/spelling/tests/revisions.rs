//! Plans as revisions. That they do what they say is judged by Alembic itself, in the tests of the whole.

use ormsync_schema::{ColumnChange, Operation, Plan, QualifiedName, Schema, Table, TableChange, TableRebuild};

use super::{assert_python, column, enum_column, enum_type, foreign_key, index, table, with_default};
use crate::spelling::{RevisionBody, RevisionFrame, revision_body, write_revision};
use ormsync_schema::IndexKind;

fn body(from: &Schema, operations: Vec<Operation>) -> RevisionBody {
    let mut plan = Plan::new(&from.dialect, None);
    plan.operations = operations;
    let back = plan.reverse();
    revision_body(from, &plan, &back)
}

fn frame(template: Option<&str>) -> RevisionFrame {
    RevisionFrame {
        message: "add things".to_owned(),
        revision: "002_add_things".to_owned(),
        down_revisions: vec!["001_init".to_owned()],
        create_date: "2026-11-21 09:30:00.000000".to_owned(),
        template: template.map(str::to_owned),
        functions: String::new(),
    }
}

fn schema(dialect: &str, namespace: &str, tables: Vec<(&str, Table)>) -> Schema {
    let mut schema = Schema::new(dialect);
    for (name, table) in tables {
        schema.namespace_mut(namespace).tables.insert(name.to_owned(), table);
    }
    schema
}

fn change(table: &QualifiedName, change: TableChange) -> Operation {
    Operation::change(table.clone(), change)
}

#[test]
fn operations_say_what_they_can() {
    let mut users =
        table(vec![("id", column("postgresql", "integer", false)), ("n", column("postgresql", "text", true))], &["id"]);
    users.primary_key.as_mut().unwrap().name = Some("users_pkey".to_owned());
    let mut from = schema("postgresql", "public", vec![("users", users)]);
    from.namespace_mut("public").enums.insert("role".to_owned(), enum_type(&["a"]));
    let name = QualifiedName::new("public", "users");
    let old = column("postgresql", "text", true);
    let new = with_default("postgresql", column("postgresql", "integer", false), "0");
    let mut key = foreign_key(&["id"], "public", "users", &["id"]);
    key.name = Some("self".to_owned());
    let body = body(
        &from,
        vec![
            change(
                &name,
                TableChange::AddColumn {
                    name: "role".to_owned(),
                    column: Box::new(enum_column("public", "role", false)),
                },
            ),
            change(&name, TableChange::AlterColumn(Box::new(ColumnChange::new("n", old, new)))),
            change(&name, TableChange::AddIndex(Box::new(index(IndexKind::Plain, Some("by_n"), &["n"])))),
            change(&name, TableChange::AddForeignKey(key)),
            Operation::RunStatement { statement: "UPDATE users SET n = ':x'".to_owned(), reverse: None },
        ],
    );
    assert_eq!(
        body.upgrade,
        r#"    op.alter_column(
        "users",
        "n",
        existing_type=sa.Text(),
        type_=sa.Integer(),
        nullable=False,
        server_default=sa.text("0"),
        postgresql_using='("n"::INTEGER)',
    )
    op.add_column(
        "users",
        sa.Column(
            "role", postgresql.ENUM("a", name="role", create_type=False), nullable=False
        ),
    )
    op.create_index(op.f("by_n"), "users", ["n"], unique=False)
    op.create_foreign_key(op.f("self"), "users", "users", ["id"], ["id"])
    op.execute("UPDATE users SET n = '\\:x'")
"#
    );
    // The way back goes through the same steps from the last to the first.
    let dropped = body.downgrade.find("    op.drop_column(\"users\", \"role\")\n");
    let restored = body.downgrade.find("type_=sa.Text(),\n        nullable=True,\n");
    assert!(dropped.is_some() && dropped < restored, "{}", body.downgrade);
    let text = write_revision(&frame(None), &body).unwrap();
    assert_python(&text);
    assert!(text.contains("Revises: 001_init\n") && text.contains("from sqlalchemy.dialects import postgresql\n"));
}

#[test]
fn tables_of_sqlite_are_changed_in_batches() {
    let users =
        || table(vec![("id", column("sqlite", "INTEGER", false)), ("n", column("sqlite", "TEXT", true))], &["id"]);
    let mut to = users();
    to.columns["n"].nullable = false;
    to.indexes.push(index(IndexKind::UniqueConstraint, Some("one_n"), &["n"]));
    let from = schema("sqlite", "", vec![("users", users())]);
    let rebuild =
        TableRebuild { from: users(), to: to.clone(), values: Default::default(), values_back: Default::default() };
    let name = QualifiedName::new("", "users");
    let written = body(&from, vec![change(&name, TableChange::Rebuild(Box::new(rebuild.clone())))]);
    assert_eq!(
        written.upgrade,
        r#"    op.execute("PRAGMA foreign_keys=OFF")
    with op.batch_alter_table("users") as batch_op:
        batch_op.alter_column("n", existing_type=sa.Text(), nullable=False)
        batch_op.create_unique_constraint(batch_op.f("one_n"), ["n"])
"#
    );
    // What Alembic would lose is made anew by statements.
    let mut strict = rebuild;
    strict.to.options.insert("strict".to_owned(), "true".to_owned());
    let written = body(&from, vec![change(&name, TableChange::Rebuild(Box::new(strict)))]);
    assert!(written.upgrade.contains("op.execute(") && !written.upgrade.contains("batch"), "{}", written.upgrade);
}

#[test]
fn a_projects_own_template_is_honoured() {
    let body = RevisionBody { upgrade: "    op.execute(\"x \")\n".to_owned(), ..RevisionBody::default() };
    let template = "# Ours.\n\"\"\"${message}\n\nRevises: ${down_revision | comma,n}\n\"\"\"\n${imports if imports else \"\"}\n\
                    revision = ${repr(up_revision)}\ndown_revision = ${repr(down_revision)}\n\n\ndef upgrade():\n    \
                    ${upgrades if upgrades else \"pass\"}\n\n\ndef downgrade():\n    ${downgrades if downgrades else \"pass\"}\n";
    assert_eq!(
        write_revision(&frame(Some(template)), &body).unwrap(),
        "# Ours.\n\"\"\"add things\n\nRevises: 001_init\n\"\"\"\n\nrevision = '002_add_things'\ndown_revision = '001_init'\n\n\n\
         def upgrade():\n    op.execute(\"x \")\n\n\ndef downgrade():\n    pass\n"
    );
    let error = write_revision(&frame(Some("x\n% if y:\n")), &body).unwrap_err();
    assert_eq!(error.to_string(), "line 2: only ${…} is understood of Mako's language");
    let error = write_revision(&frame(Some("x\n\n${other(1)}\n")), &body).unwrap_err();
    assert_eq!(error.line, 3);
}
