//! `ormsync check`: the gate over all configured sources.

use std::path::PathBuf;
use std::time::Instant;

use super::explain_column;
use crate::baseline::Baseline;
use crate::changed_since::{OldTree, fingerprints};
use crate::command_line::{CheckOptions, GlobalOptions};
use crate::failure::{Failure, Result};
use crate::gate::{self, Answer};
use crate::histories;
use crate::project::{Location, Project, Settings};
use crate::terminal::Terminal;
use crate::watch;

pub(super) fn run(global: &GlobalOptions, options: &CheckOptions, terminal: &Terminal) -> Result<u8> {
    if options.watch {
        let watched = || {
            let settings = Settings::read(global).ok();
            let project = settings.as_ref().and_then(|settings| of_settings(settings, options).ok());
            let configuration = settings.as_ref().and_then(|settings| settings.config.as_ref());
            watch::files_of(project.as_ref(), configuration.map(|config| config.path.as_path()))
        };
        return watch::watch(watched, terminal, || once(global, options, terminal));
    }
    once(global, options, terminal)
}

fn once(global: &GlobalOptions, options: &CheckOptions, terminal: &Terminal) -> Result<u8> {
    let start = Instant::now();
    let answered = project(global, options, terminal).and_then(|project| {
        if let Some(column) = &options.explain {
            return explain_column::run(&project, column, terminal);
        }
        gate(global, &project, options, terminal, start)
    });
    answered.or_else(|failure| {
        gate::report_failure(&failure, &options.gate, terminal)?;
        Err(failure)
    })
}

/// The gate, with what is accepted and what was there before taken out.
fn gate(
    global: &GlobalOptions,
    project: &Project,
    options: &CheckOptions,
    terminal: &Terminal,
    start: Instant,
) -> Result<u8> {
    gate::check_outputs(&options.gate)?;
    let mut answer = gate::answer(project, &options.gate, terminal, start);
    if let Some(revision) = &options.changed_since {
        leave_out_older(global, (project, options), revision, &mut answer)?;
    }
    // What a history looked like before is not known.
    if !options.no_histories && options.changed_since.is_none() {
        let (findings, files) = histories::gate::findings(&Settings::read(global)?, options);
        answer.histories = findings;
        answer.files.extend(files);
    }
    if let Some(path) = &options.baseline.baseline {
        let is_new = options.baseline.write_baseline && !path.exists();
        let baseline = if is_new { Baseline::default() } else { Baseline::read(path, &mut answer.files)? };
        if options.baseline.write_baseline {
            baseline.write(path, &answer.comparison.findings, &options.baseline)?;
            let count = answer.comparison.findings.len();
            terminal.note(&format!("wrote {count} findings into {}", crate::paths::display(path)));
            return Ok(0);
        }
        baseline.accept(&mut answer.comparison, &mut answer.diagnostics);
    }
    gate::tell(project, answer, &options.gate, terminal, start)
}

/// Takes out the findings that the project had at a revision.
fn leave_out_older(
    global: &GlobalOptions,
    (project, options): (&Project, &CheckOptions),
    revision: &str,
    answer: &mut Answer,
) -> Result<()> {
    let tree = OldTree::of(revision)?;
    let silent = Terminal::silent();
    let python = python_of(project);
    let older = tree.visit(|| -> Result<Answer> {
        let mut settings = Settings::read(global)?;
        settings.python_instead = python;
        Ok(gate::answer(&of_settings(&settings, options)?, &options.gate, &silent, Instant::now()))
    })?;
    let older = match older {
        // The project was not there yet: all is new.
        None => return Ok(()),
        Some(older) => older.map_err(|failure| {
            let why = failure.diagnostics.first().map(|first| first.message.clone()).unwrap_or_default();
            Failure::new("changed-since", format!("the project could not be checked as it was at {revision}: {why}"))
                .with_help("check without --changed-since, or give a later revision")
        })?,
    };
    let known = fingerprints(&older.comparison.findings);
    let before = answer.comparison.findings.len();
    answer.comparison.findings.retain(|finding| !known.contains(&finding.fingerprint()));
    answer.comparison.older = before - answer.comparison.findings.len();
    answer.comparison.count_again();
    Ok(())
}

/// The Python that imports the project's models. Its environment is in no repository.
fn python_of(project: &Project) -> Option<PathBuf> {
    let side = project.sides.iter().find(|side| side.imports)?;
    let Location::SqlAlchemy(roots) = &side.location else { return None };
    let python = ormsync_sqlalchemy::python_of(roots, &project.import);
    // A bare name is looked for on the path, from wherever it is asked.
    if python.components().count() > 1 { std::path::absolute(python).ok() } else { Some(python) }
}

fn of_settings(settings: &Settings, options: &CheckOptions) -> Result<Project> {
    Project::for_check(settings, &options.sources, &options.dialect, options.gate.truth.as_deref())
}

fn project(global: &GlobalOptions, options: &CheckOptions, terminal: &Terminal) -> Result<Project> {
    let settings = Settings::read(global)?;
    let project = of_settings(&settings, options)?;
    if !settings.names_sources() {
        let described = |side: &crate::project::Side| format!("{} ({})", side.label, side.location.describe());
        let sides: Vec<String> = project.sides.iter().map(described).collect();
        terminal.note(&format!("comparing {}", sides.join(", ")));
        if !project.sides.iter().any(|side| side.name == "database") && !options.sources.no_database {
            terminal.note("no database is compared: none was found; name one with --database URL");
        }
    }
    Ok(project)
}
