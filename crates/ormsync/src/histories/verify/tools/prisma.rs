//! The project's own Prisma: `prisma migrate deploy`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use ormsync_database::{DatabaseUrl, ReadOptions, TableQuery, query, run_script, table_rows};
use ormsync_prisma::{DatasourceUrl, Named};
use ormsync_schema::{Diagnostic, Origin};

use super::variables::{Address, Reader};
use super::{Tool, absolute, limit_of, program_of, secrets_of, section};
use crate::command_line::SourceOptions;
use crate::histories::Histories;
use crate::histories::verify::apply::size;
use crate::histories::verify::{RanStep, Step};
use crate::migrations::revisions;
use crate::paths;
use crate::project::{Location, Settings, environment_for, sides};
use crate::terminal::Terminal;

/// How high above a schema Prisma's command is looked for.
const LEVELS: usize = 8;

/// Prisma's command line for one scratch database.
pub(in crate::histories::verify) struct PrismaTool<'a> {
    tool: Tool,
    schema: String,
    config: Option<String>,
    scratch: &'a DatabaseUrl,
}

impl<'a> PrismaTool<'a> {
    /// Finds the command and what it reads, and has it say where it would work.
    ///
    /// # Errors
    /// Where there is no schema, nothing can lead the command elsewhere than to the project's own database, or it does not say
    /// that it is at the scratch database.
    pub(in crate::histories::verify) fn new(
        settings: &Settings,
        histories: &Histories,
        scratch: &'a DatabaseUrl,
        terminal: &Terminal,
    ) -> Result<Self, Box<Diagnostic>> {
        let schema = schema_of(settings, histories)?;
        let location = Location::Prisma(schema.clone());
        let config = settings.prisma_config(&schema);
        let section = section(settings);
        let named = variables_of(settings, &schema)?;
        let environment = environment_for(settings, Some(&location));
        let address = Address::new(scratch, Reader::Prisma, None);
        let variables = address.variables(&environment, &named, &section.environment);
        let folder = match (&section.prisma_folder, &config) {
            (Some(folder), _) => paths::join(&settings.folder(), folder),
            (None, Some(config)) => config.folder().to_owned(),
            (None, None) => package_of(&schema).unwrap_or_else(|| settings.folder()),
        };
        let words = match section.prisma_command.as_slice() {
            [] => usual_command(&folder, &schema),
            [program, more @ ..] => {
                let program = program_of(settings, program);
                std::iter::once(program).chain(more.iter().map(|word| address.fill(word))).collect()
            }
        };
        let secrets = secrets_of(&section, scratch);
        let tool = Tool { label: "Prisma", words, folder, variables, limit: limit_of(&section), secrets };
        // Prisma looks for it in the folder where it runs.
        let config = config.filter(|_| section.prisma_folder.is_some()).map(|config| absolute(&config.path));
        let prisma = Self { tool, schema: absolute(&schema), config, scratch };
        prisma.prove(terminal)?;
        Ok(prisma)
    }

    fn arguments<'w>(&'w self, words: &[&'w str]) -> Vec<&'w str> {
        let mut arguments = words.to_vec();
        arguments.extend(["--schema", self.schema.as_str()]);
        arguments.extend(self.config.iter().flat_map(|config| ["--config", config.as_str()]));
        arguments
    }

    /// `prisma migrate status` changes nothing and says which database it looks at:
    /// `Datasource "db": PostgreSQL database "shop", schema "public" at "localhost:5432"`. That migrations are pending makes it
    /// end with 1.
    fn prove(&self, terminal: &Terminal) -> Result<(), Box<Diagnostic>> {
        let arguments = self.arguments(&["migrate", "status"]);
        let ended = self.tool.ended(&arguments, terminal)?;
        if ended.status.is_none() {
            return Err(self.tool.failed(&arguments, &ended));
        }
        let said = ended.said;
        let place = self.scratch.file().map(absolute);
        let name = place.clone().or_else(|| self.scratch.database().map(|name| format!("database \"{name}\"")));
        let lines: Vec<&str> = said.lines().filter(|line| line.trim_start().starts_with("Datasource ")).collect();
        let is_there = name.is_some_and(|name| !lines.is_empty() && lines.iter().all(|line| line.contains(&name)));
        if is_there {
            return Ok(());
        }
        let what = match lines.first() {
            Some(line) => {
                format!("its command leads to another database than the scratch one, and was not run: {}", line.trim())
            }
            None => "`prisma migrate status` does not say which database it looks at, so nothing was run".to_owned(),
        };
        Err(self.tool.elsewhere(&what, if lines.is_empty() { &said } else { "" }))
    }

    /// Has the tool apply `steps[from..to]`: what stands behind is kept from it by records that it is applied, which are taken
    /// away again.
    ///
    /// # Errors
    /// Where the command fails, or the scratch database does not say that the migrations were applied.
    pub(in crate::histories::verify) async fn apply(
        &self,
        steps: &[Step],
        range: std::ops::Range<usize>,
        terminal: &Terminal,
    ) -> Result<Vec<RanStep>, (Vec<RanStep>, Box<Diagnostic>)> {
        let wrong = |step: &Step, error: &dyn std::fmt::Display| {
            let message = format!("Prisma: {error}");
            (Vec::new(), Box::new(Diagnostic::error("verify-command", message, step.origin.clone())))
        };
        let (Some(first), later) = (steps.get(range.start), &steps[range.end..]) else { return Ok(Vec::new()) };
        let before = size(self.scratch).await.map_err(|error| wrong(first, &error))?;
        if !later.is_empty() {
            let script = self.records_of(later);
            run_script(self.scratch, &ReadOptions::default(), &script).await.map_err(|error| wrong(first, &error))?;
        }
        let outcome = self.tool.run(&self.arguments(&["migrate", "deploy"]), terminal);
        if !later.is_empty() {
            let names: Vec<String> = later.iter().map(|step| self.scratch.dialect.quote_text(&step.id)).collect();
            let script = format!("DELETE FROM _prisma_migrations WHERE migration_name IN ({})", names.join(", "));
            run_script(self.scratch, &ReadOptions::default(), &script).await.map_err(|error| wrong(first, &error))?;
        }
        let times = self.times().await.map_err(|error| wrong(first, &error))?;
        let after = size(self.scratch).await.map_err(|error| wrong(first, &error))?;
        let mut done = Vec::new();
        for step in &steps[range.clone()] {
            let Some((_, milliseconds)) = times.iter().find(|(name, _)| *name == step.id) else { break };
            // One command applies them all.
            let bytes = (range.len() == 1).then_some((before, after));
            done.push(RanStep {
                id: step.id.clone(),
                milliseconds: *milliseconds,
                back_milliseconds: None,
                bytes,
                locks: None,
            });
        }
        if let Err(mut problem) = outcome {
            problem.origin = steps.get(range.start + done.len()).unwrap_or(first).origin.clone();
            return Err((done, problem));
        }
        if done.len() < range.len() {
            let missing = &steps[range.start + done.len()];
            let what = format!(
                "`prisma migrate deploy` ended well, and the scratch database has no record of {} as applied",
                missing.id
            );
            let mut problem = self.tool.elsewhere(&what, "");
            problem.origin = missing.origin.clone();
            return Err((done, problem));
        }
        Ok(done)
    }

    fn records_of(&self, steps: &[Step]) -> String {
        let dialect = self.scratch.dialect;
        let table = ormsync_prisma::migrations_table(dialect.name()).unwrap_or_default();
        let mut script = format!("{table};\n");
        for step in steps {
            let checksum = ormsync_prisma::checksum(&step.there);
            let text = |text: &str| dialect.quote_text(text);
            script.push_str(&format!(
                "INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, started_at, applied_steps_count) \
                 VALUES ({}, {}, CURRENT_TIMESTAMP, {}, CURRENT_TIMESTAMP, 1);\n",
                text(&revisions::identifier(&step.id, &checksum)),
                text(&checksum),
                text(&step.id),
            ));
        }
        script
    }

    /// The migrations that the scratch database says were applied, and how many milliseconds each took.
    async fn times(&self) -> Result<Vec<(String, u128)>, String> {
        let columns = TableQuery {
            table: ormsync_prisma::OWN_TABLES[0],
            columns: &ormsync_prisma::RECORD_COLUMNS,
            order: ormsync_prisma::RECORD_ORDER,
        };
        let rows = table_rows(self.scratch, &ReadOptions::default(), &[columns]).await;
        let rows = rows.map_err(|error| error.to_string())?.pop().flatten().unwrap_or_default();
        let records = ormsync_prisma::records(&rows);
        let spans = match ormsync_prisma::durations_query(self.scratch.dialect.name()) {
            Some(statement) if !records.is_empty() => {
                query(self.scratch, statement).await.map_err(|error| error.to_string())?
            }
            _ => Vec::new(),
        };
        let applied = records.into_iter().filter(|record| record.state == ormsync_schema::RecordState::Applied);
        let with_time = applied.map(|record| {
            let own = spans.iter().find(|row| row.first().is_some_and(|name| name.as_deref() == Some(&record.id)));
            let text = own.and_then(|row| row.get(1)?.clone()).unwrap_or_default();
            let whole = text.split('.').next().and_then(|whole| whole.parse().ok()).unwrap_or_default();
            (record.id, whole)
        });
        Ok(with_time.collect())
    }
}

/// The schema that Prisma's command is to read.
fn schema_of(settings: &Settings, histories: &Histories) -> Result<PathBuf, Box<Diagnostic>> {
    let found = sides(settings, &SourceOptions::default()).unwrap_or_default();
    let of_side = found.into_iter().find_map(|side| match side.location {
        Location::Prisma(path) => Some(path),
        _ => None,
    });
    let beside = histories.prisma.as_ref().map(|prisma| paths::folder_of(&prisma.folder).join("schema.prisma"));
    of_side.or(beside.filter(|path| path.is_file())).ok_or_else(|| {
        let message = "Prisma's command needs a schema, and none was found".to_owned();
        Box::new(
            Diagnostic::error("verify-command", message, Origin::nowhere())
                .with_help("name it as `schema` in [prisma] of ormsync.toml"),
        )
    })
}

/// The variables that Prisma's settings take its database from.
///
/// # Errors
/// Where they name it themselves: then no variable leads anywhere else.
fn variables_of(settings: &Settings, schema: &Path) -> Result<BTreeSet<String>, Box<Diagnostic>> {
    let mut named = BTreeSet::from(["DATABASE_URL".to_owned()]);
    let mut of_url = |url: &DatasourceUrl, place: &Origin, file: &str| match url {
        DatasourceUrl::Environment(name) => {
            named.insert(name.clone());
            Ok(())
        }
        DatasourceUrl::Literal(_) => {
            let message = format!(
                "Prisma: {file} names the database itself, so that Prisma's command can't be led to the scratch database: it was not run"
            );
            Err(Box::new(
                Diagnostic::error("verify-elsewhere", message, place.clone())
                    .with_help("take the URL from a variable: env(\"DATABASE_URL\"), or --apply-with ormsync"),
            ))
        }
    };
    let config = settings.prisma_config(schema);
    let said = config.as_ref().map(|config| [&config.says.direct_urls, &config.says.urls]);
    let mut is_said = false;
    for urls in said.into_iter().flatten() {
        is_said |= !matches!(urls, Named::Unsaid);
        // The first that is set counts, and all that are variables are set.
        if let Some(first) = urls.said().and_then(|urls| urls.first()) {
            let shown = config.as_ref().map(|config| paths::display(&config.path)).unwrap_or_default();
            of_url(first, &urls.origin().cloned().unwrap_or_default(), &shown)?;
        }
    }
    if !is_said && let Some(datasource) = ormsync_prisma::datasource(schema) {
        let shown = paths::display(schema);
        for url in datasource.url.iter().chain(&datasource.direct_url) {
            of_url(url, &datasource.origin, &shown)?;
        }
    }
    Ok(named)
}

/// The nearest folder with a package.json, where packages' commands are run.
fn package_of(schema: &Path) -> Option<PathBuf> {
    let folders = schema.ancestors().skip(1).take(LEVELS);
    folders.map(Path::to_owned).find(|folder| folder.join("package.json").is_file())
}

/// The command that the nearest node_modules has; else what npx finds, which is to install nothing.
fn usual_command(folder: &Path, schema: &Path) -> Vec<String> {
    let name = if cfg!(windows) { "node_modules/.bin/prisma.cmd" } else { "node_modules/.bin/prisma" };
    let here = std::env::current_dir().unwrap_or_default();
    let starts = [here.join(folder), here.join(paths::folder_of(schema))];
    let folders = starts.iter().flat_map(|start| start.ancestors().take(LEVELS));
    match folders.map(|folder| folder.join(name)).find(|path| path.is_file()) {
        Some(path) => vec![path.to_string_lossy().into_owned()],
        None => ["npx", "--no-install", "prisma"].map(str::to_owned).to_vec(),
    }
}
