//! The gate's small cases: each rule, each equivalence with its near misses, each complaint of the users of other
//! tools. `build.rs` makes a test of each file and server, which calls [`check`].

/// The format of the files.
pub(crate) mod data;

use std::collections::{BTreeMap, BTreeSet};

use ormsync_diff::{RULES, rule_by_name};
use tempfile::TempDir;

use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::program::{Run, list, ormsync};
use data::{GateCase, GateFile, Sources, gate_files};

include!(concat!(env!("OUT_DIR"), "/gate.rs"));

/// So many spellings must be taken for one.
const LEAST_EQUIVALENCES: usize = 60;

/// The complaints are numbered from one.
const COMPLAINTS: u8 = 25;

/// What every module of models begins with.
const IMPORTS: &str = "\
import enum
import uuid
from datetime import datetime
from typing import Optional

import sqlalchemy as sa
from sqlalchemy import func, text
from sqlalchemy.dialects import mysql as my, postgresql as pg
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    pass


";

/// Checks all cases of a file on one server: those that need it, or those that do not.
fn check(name: &str, server: Dialect, with_database: bool) {
    let file = GateFile::read(name).unwrap_or_else(|message| panic!("{message}"));
    let mut wrong = Vec::new();
    for case in file.case.iter().filter(|case| case.dialects.iter().any(|it| it.servers().contains(&server))) {
        if case.sources.has_database() != with_database {
            continue;
        }
        if let Err(message) = judge(case, &case.sources, server, &case.finds) {
            wrong.push(format!("{} on {}: {message}", case.title, server.server()));
        }
        for miss in &case.near_miss {
            if let Err(message) = judge(case, &miss.sources.over(&case.sources), server, &miss.finds) {
                wrong.push(format!("{} on {}, near miss: {message}", case.title, server.server()));
            }
        }
    }
    assert!(wrong.is_empty(), "{name}:\n{}", list(wrong));
}

/// Runs the gate, or the case's own command, over the sources and compares what it says.
fn judge(case: &GateCase, sources: &Sources, server: Dialect, finds: &[String]) -> Result<(), String> {
    let Some(project) = Project::new(sources, server)? else { return Ok(()) };
    let run = project.run(&case.command);
    let mut wrong = String::new();
    // A command of the case's own may say it to whoever runs it.
    let said = if case.command.is_empty() { run.stdout.clone() } else { format!("{}{}", run.stdout, run.stderr) };
    for text in case.says.iter().filter(|text| !said.contains(text.as_str())) {
        wrong += &format!("does not say `{text}`\n");
    }
    for text in case.never.iter().chain(&[String::from("DROP TABLE"), "reset".into()]) {
        if run.stdout.contains(text.as_str()) {
            wrong += &format!("says `{text}`\n");
        }
    }
    if !wrong.is_empty() {
        return Err(format!("{wrong}{run}"));
    }
    if !case.command.is_empty() {
        return (run.code == Some(case.code)).then_some(()).ok_or_else(|| format!("not code {}\n{run}", case.code));
    }
    let report = run.report();
    let mut missing: Vec<&str> = finds.iter().map(String::as_str).collect();
    let mut unexpected = Vec::new();
    for finding in &report.findings {
        let verdict = finding.verdict.as_deref().unwrap_or("no verdict");
        let line = format!("{} {} {}: {verdict}", finding.severity, finding.rule, finding.at);
        match missing.iter().position(|find| *find == line) {
            Some(place) => drop(missing.remove(place)),
            None => unexpected.push(format!("{line} ({})", finding.headline)),
        }
    }
    let told: BTreeSet<&str> = report.diagnostics.iter().map(|complaint| complaint.code.as_str()).collect();
    let to_tell: BTreeSet<&str> = case.tells.iter().map(String::as_str).collect();
    if missing.is_empty() && unexpected.is_empty() && told == to_tell {
        return Ok(());
    }
    let told = report.diagnostics.iter().map(ToString::to_string);
    Err(format!("not found:\n{}\nfound:\n{}\ntold:\n{}", list(missing), list(unexpected), list(told)))
}

/// The sources in a folder of their own, with their databases.
struct Project {
    folder: TempDir,
    database: Option<Scratch>,
    other: Option<Scratch>,
}

impl Project {
    /// Writes the files and fills the databases; none where the server is waived.
    fn new(sources: &Sources, server: Dialect) -> Result<Option<Self>, String> {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = format!("dialect = \"{}\"\n", server.name());
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        sources.files.iter().for_each(|(name, text)| write(name, text));
        let mut sections = String::new();
        if let Some(schema) = prisma(sources, server) {
            write("schema.prisma", &schema);
            sections += "[prisma]\nschema = \"schema.prisma\"\n";
        }
        if let Some(models) = models(sources) {
            write("models.py", &models);
            sections += "[sqlalchemy]\nmodels = [\"models.py\"]\n";
        }
        let database = match script(sources, server) {
            Some(script) => match loaded(&script, server)? {
                Some(database) => Some(database),
                None => return Ok(None),
            },
            None => None,
        };
        if database.is_some() {
            sections += "[database]\nurl = \"env:DATABASE_URL\"\n";
        }
        let other = match &sources.other_database {
            Some(script) => loaded(script, server)?,
            None => None,
        };
        // What is not in a section comes before the first one.
        let own = sources.settings.as_deref().unwrap_or_default();
        let (before, after) = own.split_at(own.find('[').unwrap_or(own.len()));
        settings = settings + before + "\n" + &sections + after;
        write("ormsync.toml", &settings);
        Ok(Some(Self { folder, database, other }))
    }

    fn run(&self, own: &[String]) -> Run {
        let mut command = ormsync();
        command.current_dir(self.folder.path());
        if let Some(database) = &self.database {
            command.env("DATABASE_URL", database.url());
        }
        match (&self.other, &self.database) {
            _ if !own.is_empty() => command.args(own),
            (Some(other), Some(_)) => command.args(["diff", "database", other.url(), "--format", "json"]),
            _ => command.args(["check", "--format", "json"]),
        };
        Run::of(&mut command)
    }
}

fn loaded(script: &str, server: Dialect) -> Result<Option<Scratch>, String> {
    let Some(database) = Scratch::new(server) else { return Ok(None) };
    database.execute(script)?;
    Ok(Some(database))
}

fn prisma(sources: &Sources, server: Dialect) -> Option<String> {
    let whole = sources.prisma.clone().or_else(|| {
        let field = sources.field.as_ref()?;
        let beside = sources.prisma_beside.as_deref().unwrap_or_default();
        Some(format!("{beside}\n\nmodel thing {{\n  id Int @id\n  {field}\n}}\n"))
    })?;
    let provider = if server == Dialect::Mariadb { "mysql" } else { server.name() };
    let more = sources.datasource.as_deref().unwrap_or_default();
    Some(format!("datasource db {{\n  provider = \"{provider}\"\n  {more}\n}}\n\n{whole}"))
}

fn models(sources: &Sources) -> Option<String> {
    let whole = sources.models.clone().or_else(|| {
        let column = sources.column.as_ref()?;
        let beside = sources.models_beside.as_deref().unwrap_or_default();
        let id = "sa.Column(\"id\", sa.Integer, primary_key=True, autoincrement=False)";
        Some(format!("{beside}\n\nthing = sa.Table(\"thing\", Base.metadata, {id},\n    {column})\n"))
    })?;
    Some(format!("{IMPORTS}{whole}"))
}

fn script(sources: &Sources, server: Dialect) -> Option<String> {
    sources.database.clone().or_else(|| {
        let definition = sources.definition.as_ref()?;
        let before = sources.before.as_deref().unwrap_or_default();
        let after = sources.after.as_deref().unwrap_or_default();
        let key =
            if server == Dialect::Sqlite { "INTEGER NOT NULL PRIMARY KEY" } else { "integer NOT NULL PRIMARY KEY" };
        Some(format!("{before}\nCREATE TABLE thing (\n  id {key},\n  {definition}\n);\n{after}"))
    })
}

fn all() -> Vec<(String, GateCase)> {
    let read = |name: &String| GateFile::read(name).unwrap_or_else(|message| panic!("{message}")).case;
    gate_files().iter().flat_map(|name| read(name).into_iter().map(|case| (name.clone(), case))).collect()
}

/// The rule of `severity rule place: verdict`.
fn rule_of(find: &str) -> &str {
    find.split(' ').nth(1).unwrap_or_default()
}

#[test]
fn every_rule_has_a_case_that_fires_and_one_that_is_silent() {
    let mut fires: BTreeMap<String, usize> = BTreeMap::new();
    let mut silent: BTreeMap<String, usize> = BTreeMap::new();
    let mut wrong = Vec::new();
    for (name, case) in all() {
        for find in case.finds.iter().chain(case.near_miss.iter().flat_map(|miss| &miss.finds)) {
            match rule_by_name(rule_of(find)) {
                Some(rule) => *fires.entry(rule.name.to_owned()).or_default() += 1,
                None => wrong.push(format!("{name}: there is no rule in `{find}`")),
            }
        }
        // A silent case is one of the rule's own file, or it would be silent on everything.
        if let Some(rule) = name.strip_prefix("rules/") {
            if rule_by_name(rule).is_none() {
                wrong.push(format!("{name}.toml is called after no rule"));
            }
            let own: Vec<&String> = case.finds.iter().filter(|find| rule_of(find) == rule).collect();
            *silent.entry(rule.to_owned()).or_default() += usize::from(own.is_empty());
        }
    }
    for rule in RULES {
        if !fires.contains_key(rule.name) {
            wrong.push(format!("{}: no case finds it", rule.name));
        }
        if silent.get(rule.name).is_none_or(|count| *count == 0) {
            wrong.push(format!("{}: no case in fixtures/rules/{0}.toml where it is silent", rule.name));
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), list(wrong));
}

#[test]
fn every_complaint_has_a_case() {
    let named: BTreeSet<u8> = all().iter().flat_map(|(_, case)| case.complaints.clone()).collect();
    let wanted: BTreeSet<u8> = (1..=COMPLAINTS).collect();
    assert_eq!(named, wanted, "`complaints = [number]` in a case names what it answers to");
}

#[test]
fn enough_equivalences_are_silent_and_their_near_misses_are_not() {
    let cases: Vec<_> = all().into_iter().filter(|(name, _)| name.starts_with("equivalences/")).collect();
    let mut wrong = Vec::new();
    for (name, case) in &cases {
        if !case.finds.is_empty() || !case.tells.is_empty() {
            wrong.push(format!("{name}, {}: an equivalence is silent", case.title));
        }
        if case.near_miss.is_empty() || case.near_miss.iter().any(|miss| miss.finds.is_empty()) {
            wrong.push(format!("{name}, {}: a near miss that is found shows that anything is looked at", case.title));
        }
    }
    assert!(wrong.is_empty(), "{}", list(wrong));
    assert!(cases.len() >= LEAST_EQUIVALENCES, "only {} of {LEAST_EQUIVALENCES} equivalences", cases.len());
}
