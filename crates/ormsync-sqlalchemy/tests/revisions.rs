//! What Alembic's revisions make, and what is said where that can't be told.

#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use ormsync_dialect::{Dialect, POSTGRESQL, SQLITE};
use ormsync_sqlalchemy::{AlembicSettings, ReadOptions, ReplayOptions, Replayed, replay};

const FIRST: &str = r#"
import sqlalchemy as sa
from alembic import op
revision = "a1"
down_revision = None
def upgrade():
    op.create_table(
        "users",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(50), nullable=False),
        sa.Column("kind", sa.Enum("x", "y", name="kind")),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("email"),
    )
    op.create_index(op.f("ix_users_email"), "users", ["email"], unique=False)
"#;

const SECOND: &str = r#"
import sqlalchemy as sa
from alembic import op
revision = "b2"
down_revision = "a1"
TABLES = ["users"]
def upgrade():
    op.create_table("posts", sa.Column("id", sa.BigInteger(), primary_key=True))
    for table in TABLES:
        op.add_column(table, sa.Column("made", sa.DateTime(), server_default=sa.func.now(), nullable=False))
    with op.batch_alter_table("users") as batch:
        batch.alter_column("email", new_column_name="mail", type_=sa.String(80), existing_nullable=False)
        batch.drop_constraint("users_email_key", type_="unique")
        batch.create_unique_constraint("uq_mail", ["mail"])
    if not sa.inspect(op.get_bind()).has_table("posts"):
        op.create_table("never", sa.Column("id", sa.Integer))
    op.execute("UPDATE users SET kind = 'x'")
"#;

fn replayed(
    files: &[(&str, &str)],
    dialect: &'static dyn Dialect,
    options: impl FnOnce(&mut ReplayOptions<'_>),
) -> Replayed {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("versions")).unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join("versions").join(name), text).unwrap();
    }
    let read = ReadOptions { dialect, server: None, default_namespace: None };
    let mut chosen = ReplayOptions { read, statements: None, steps: false };
    options(&mut chosen);
    replay(&AlembicSettings::of_scripts(folder.path()), &chosen)
}

fn codes(replayed: &Replayed) -> Vec<&str> {
    replayed.reading.diagnostics.iter().map(|diagnostic| diagnostic.code.as_str()).collect()
}

#[test]
fn steps_are_carried_out_in_order() {
    // Named so that the order of the files is not that of the revisions.
    let found = replayed(&[("z.py", FIRST), ("a.py", SECOND)], &POSTGRESQL, |_| {});
    assert_eq!(codes(&found), [""; 0]);
    let schema = &found.reading.schema;
    assert_eq!(schema.tables().map(|(_, name, _)| name).collect::<Vec<_>>(), ["posts", "users"]);
    let users = schema.table("public", "users").unwrap();
    assert_eq!(users.columns.keys().collect::<Vec<_>>(), ["id", "mail", "kind", "made"]);
    let indexes: Vec<_> = users.indexes.iter().map(|index| index.name.as_deref().unwrap()).collect();
    assert_eq!(indexes, ["ix_users_email", "uq_mail"]);
    assert_eq!(users.primary_key.as_ref().unwrap().name.as_deref(), Some("users_pkey"));
    assert_eq!(schema.enum_type("public", "kind").unwrap().labels, ["x", "y"]);
    assert_eq!(found.revisions.iter().map(|revision| revision.id.as_str()).collect::<Vec<_>>(), ["a1", "b2"]);
    assert_eq!(found.revisions[1].plan.operations.len(), 6);
}

#[test]
fn statements_are_carried_out_by_whoever_can() {
    let text = "from alembic import op\nrevision = 'a'\ndef upgrade():\n    op.execute('DROP TABLE x')\n    op.execute(f'DELETE FROM {unknown}')\n";
    let alone = replayed(&[("a.py", text)], &SQLITE, |_| {});
    assert_eq!(codes(&alone), ["alembic-opaque"]);
    assert_eq!(alone.reading.schema.opaque.len(), 1);
    let helped = replayed(&[("a.py", text)], &SQLITE, |options| {
        options.statements = Some(Arc::new(|schema, statement, _| {
            schema.namespace_mut(statement);
            Vec::new()
        }));
    });
    assert_eq!(codes(&helped), [""; 0]);
    assert!(helped.reading.schema.namespaces.contains_key("DROP TABLE x"));
}

#[test]
fn what_is_wrong_with_a_chain_is_said() {
    let files = [
        ("a.py", "revision = 'a'\ndown_revision = 'nowhere'\n"),
        ("b.py", "revision = 'b'\ndown_revision = 'c'\n"),
        ("c.py", "revision = 'c'\ndown_revision = 'b'\n"),
        ("d.py", "revision = 'd'\ndef upgrade(:\n"),
        ("e.py", "revision = 'd'\n"),
    ];
    let found = replayed(&files, &SQLITE, |_| {});
    let codes = codes(&found);
    for code in ["python-syntax", "alembic-missing-revision", "alembic-circle", "alembic-duplicate", "alembic-heads"] {
        assert!(codes.contains(&code), "{code}: {codes:?}");
    }
}

#[test]
fn what_cannot_be_followed_hides_what_it_may_change() {
    let text = "import os\nimport sqlalchemy as sa\nfrom alembic import op\nrevision = 'a'\ndef upgrade():\n    op.create_table('t', sa.Column('id', sa.Integer, primary_key=True))\n    if os.environ.get('X'):\n        op.add_column('t', sa.Column('x', sa.Integer))\n    op.drop_column('t', 'nothing')\n";
    let found = replayed(&[("a.py", text)], &SQLITE, |_| {});
    assert!(
        !codes(&found).is_empty() && codes(&found).iter().all(|code| *code == "alembic-opaque"),
        "{:?}",
        codes(&found)
    );
    let table = found.reading.schema.table("", "t").unwrap();
    assert!(!table.columns.contains_key("x") && !table.opaque.is_empty());
}
