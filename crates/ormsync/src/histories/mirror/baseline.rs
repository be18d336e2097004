//! Marking mirrors as applied in a database that has run the originals: each tool's own table is told what the other's
//! says.

use std::collections::BTreeSet;

use ormsync_diff::{Row, Step, stand};
use ormsync_schema::History;
use ormsync_sqlalchemy::{RECORD_COLUMN, RECORD_TABLE};

use super::super::Histories;
use crate::failure::{Failure, Result};
use crate::migrations::revisions;

/// The statements, and what they mark.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    /// Each ends with a semicolon and a line's end.
    pub(crate) script: String,
    /// The migrations of Prisma's that are marked.
    pub(crate) migrations: Vec<String>,
    /// The revision that Alembic's table is brought to.
    pub(crate) revision: Option<String>,
}

/// What marks as applied on one side what the other says is.
///
/// # Errors
/// Where no database was read, or a revision can't be marked without those before it.
pub(crate) fn baseline(histories: &Histories) -> Result<Baseline> {
    if !histories.has_records() {
        return Err(Failure::new("mirror", "--baseline: no database was read")
            .with_help("name it with --database, or in ormsync.toml"));
    }
    let all = histories.histories();
    let side = |name: &str| all.iter().position(|history| history.name == name);
    let (Some(prisma), Some(alembic)) = (side("prisma"), side("alembic")) else {
        return Err(Failure::new("mirror", "--baseline: there is only one history")
            .with_help("write the mirrors first: `ormsync mirror`"));
    };
    let rows = stand(&all).rows;
    let mut baseline = Baseline::default();
    let migrations: Vec<Step> = rows.iter().filter_map(|row| half(row, alembic, prisma)).collect();
    let revisions: Vec<Step> = rows.iter().filter_map(|row| half(row, prisma, alembic)).collect();
    baseline.mark_migrations(histories, &migrations)?;
    baseline.mark_revisions(histories, &all[alembic], &revisions)?;
    Ok(baseline)
}

/// The migration of one side that is not applied, where the other side's of the same change is.
fn half(row: &Row, is: usize, is_not: usize) -> Option<Step> {
    let is_applied = |step: &Step| step.state.is_some_and(ormsync_diff::StepState::is_applied);
    row.steps[is].as_ref().filter(|step| is_applied(step))?;
    row.steps[is_not].clone().filter(|step| !is_applied(step))
}

impl Baseline {
    fn mark_migrations(&mut self, histories: &Histories, steps: &[Step]) -> Result<()> {
        let Some(prisma) = &histories.prisma else { return Ok(()) };
        if steps.is_empty() {
            return Ok(());
        }
        let dialect = histories.project.dialect;
        let table = ormsync_prisma::migrations_table(dialect.name())
            .ok_or_else(|| Failure::new("mirror", "Prisma's history is not known for this server"))?;
        self.script.push_str(&format!("{table};\n"));
        for step in steps {
            let Some(file) = prisma.migrations.iter().find(|file| file.name == step.id) else { continue };
            let checksum = ormsync_prisma::checksum(&file.text);
            let text = |text: &str| dialect.quote_text(text);
            self.script.push_str(&format!(
                "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) \
                 VALUES ({}, {}, CURRENT_TIMESTAMP, {}, CURRENT_TIMESTAMP, 1);\n",
                text(&revisions::identifier(&file.name, &checksum)),
                text(&checksum),
                text(&file.name),
            ));
            self.migrations.push(step.id.clone());
        }
        Ok(())
    }

    /// Alembic's table holds the last ones only, so all before them have to be marked, too.
    fn mark_revisions(&mut self, histories: &Histories, alembic: &History, steps: &[Step]) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        let mut marked: BTreeSet<&str> = BTreeSet::new();
        for migration in &alembic.migrations {
            let is_wanted = steps.iter().any(|step| step.id == migration.id);
            let is_applied = alembic.record(&migration.id).is_some();
            let mut before = migration.behind.iter().chain(&migration.needs);
            let missing = before.find(|id| !marked.contains(id.as_str()));
            match missing {
                Some(missing) if is_wanted => {
                    let message = format!(
                        "--baseline: {} can't be marked, since {missing} before it is not applied",
                        migration.id
                    );
                    return Err(Failure::new("mirror", message).with_help("apply that one, or write its mirror, first"));
                }
                // What only joins branches has no mirror, and nothing to do.
                None if is_wanted || is_applied || migration.is_empty => _ = marked.insert(&migration.id),
                _ => {}
            }
        }
        let is_behind = |id: &str| {
            let later = alembic.migrations.iter().filter(|other| marked.contains(other.id.as_str()));
            later.flat_map(|other| other.behind.iter().chain(&other.needs)).any(|before| before == id)
        };
        let heads: Vec<&str> = marked.iter().copied().filter(|id| !is_behind(id)).collect();
        self.script.push_str(&format!(
            "CREATE TABLE IF NOT EXISTS {RECORD_TABLE} ({RECORD_COLUMN} VARCHAR(32) NOT NULL, \
             CONSTRAINT {RECORD_TABLE}_pkc PRIMARY KEY ({RECORD_COLUMN}));\n\
             DELETE FROM {RECORD_TABLE};\n"
        ));
        for head in &heads {
            let text = histories.project.dialect.quote_text(head);
            self.script.push_str(&format!("INSERT INTO {RECORD_TABLE} ({RECORD_COLUMN}) VALUES ({text});\n"));
        }
        self.revision = Some(heads.join(", "));
        Ok(())
    }
}
