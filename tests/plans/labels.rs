//! A label of an enum type that the migration which adds it uses at once: PostgreSQL takes that only behind a commit, so the
//! type is made anew.

use crate::case::Dialect;
use crate::plans::migrate::Project;

const FIRST: &str = "
enum state {
  open
  shut
}

model ticket {
  id    Int    @id
  state state?
}
";

const ROWS: &str = "INSERT INTO ticket (id, state) VALUES (1, 'open'), (2, NULL);";

fn states(project: &Project) -> String {
    project.value("SELECT string_agg(coalesce(state::text, 'none'), ', ' ORDER BY id) FROM ticket")
}

fn project() -> Option<Project> {
    let project = Project::of_files(Dialect::Postgresql, FIRST)?;
    project.migrate_to("init", &["--from", "empty"]);
    project.alembic("upgrade", "head");
    project.configure("");
    project.database.execute(ROWS).unwrap();
    Some(project)
}

/// Rows get the new label in the migration that adds it, from either side.
#[test]
fn rows_get_a_new_label() {
    let second = FIRST.replace("  shut\n", "  shut\n  lost\n").replace("state?", "state");
    for by_prisma in [true, false] {
        let Some(project) = project() else { return };
        project.schema(&second);
        let migration = project.migrate_to("lost", &["--backfill", "ticket.state='lost'"]);
        if by_prisma {
            project.apply_with_prisma(&migration);
        } else {
            project.alembic("upgrade", "head");
        }
        assert_eq!(states(&project), "open, lost");
        // Which rows had none is not known any more, and a row that has the label is in the way.
        project.database.execute("UPDATE ticket SET state = 'open'").unwrap();
        project.alembic("downgrade", "-1");
        assert_eq!(states(&project), "open, open");
    }
}

/// A label that comes back with the way back, and is a default there.
#[test]
fn a_default_comes_back_with_its_label() {
    let Some(project) = Project::of_files(
        Dialect::Postgresql,
        &FIRST.replace("  shut\n", "  shut\n  lost\n").replace("state?", "state? @default(lost)"),
    ) else {
        return;
    };
    project.migrate_to("init", &["--from", "empty"]);
    project.alembic("upgrade", "head");
    project.configure("");
    project.schema(FIRST);
    let migration = project.migrate_to("found", &["--allow-data-loss"]);
    for by_prisma in [true, false] {
        if by_prisma {
            project.apply_with_prisma(&migration);
            project.send(migration.join("down.sql"));
        } else {
            project.alembic("upgrade", "head");
            project.alembic("downgrade", "-1");
        }
        project.database.execute("INSERT INTO ticket (id) VALUES (1)").unwrap();
        assert_eq!(states(&project), "lost");
        project.database.execute("DELETE FROM ticket").unwrap();
    }
}
