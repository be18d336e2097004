//! Schemas and what lies between them, as statements of the server.

use std::path::Path;

use ormsync_diff::Role;
use ormsync_diff::plan::{PlanOptions, Renames, plan, plan_back};
use ormsync_report::Outcome;
use ormsync_schema::{DataType, Plan, QualifiedName, Schema, Severity, WarningKind};
use ormsync_sqlalchemy::{RevisionBody, RevisionFrame, revision_body, write_revision};

use crate::command_line::{DiffOptions, Format};
use crate::failure::{Failure, Result};
use crate::gate::write_file;
use crate::migrations::revisions;
use crate::project::Project;
use crate::read_sources::read_settled_sources;
use crate::terminal::Terminal;

/// `inspect --format sql`: the statements that make a schema from nothing.
pub(super) fn whole(project: &Project, schema: &Schema, terminal: &Terminal) -> String {
    let options = PlanOptions { ownership: project.options.ownership.clone(), ..PlanOptions::default() };
    let nothing = Schema::new(project.dialect.name());
    // Only a rename can fail, and there is none.
    let plan =
        plan(&nothing, schema, project.dialect, &options).unwrap_or_else(|_| Plan::new(project.dialect.name(), None));
    tell_what_is_not_planned(&plan, terminal);
    ormsync_dialect::script(&project.dialect.statements(&plan))
}

/// `diff --format sql` or `alembic`: the statements or operations that lead from one source to the other, or back
/// again.
pub(super) fn diff(
    project: &Project,
    format: Format,
    options: &DiffOptions,
    output: Option<&Path>,
    terminal: &Terminal,
) -> Result<u8> {
    let sources = read_settled_sources(project);
    terminal.diagnostics(&sources.diagnostics, &sources.files);
    let [from, to] = sources.read.as_slice() else {
        return Err(Failure::new("sources", "nothing was planned: one of the sources could not be read"));
    };
    let plan_options = PlanOptions {
        renames: renames(&options.rename, &from.schema, project.dialect.default_namespace())?,
        // What is in a database and not declared may be somebody else's.
        keep_undeclared: from.side.role == Role::Live && !options.drop_undeclared,
        made: None,
        declared_elsewhere: Vec::new(),
        ownership: project.options.ownership.clone(),
        writer: None,
        server: from.schema.server.clone().or_else(|| to.schema.server.clone()),
    };
    let there = plan(&from.schema, &to.schema, project.dialect, &plan_options)
        .map_err(|problem| Failure::new("rename", problem))?;
    let back = plan_back(&there, project.dialect);
    let plan = if options.back { &back } else { &there };
    tell_what_is_not_planned(plan, terminal);
    let text = if format == Format::Alembic {
        let body = if options.back {
            let to = there.apply(&from.schema).map_err(|error| Failure::new("plan", error.to_string()))?;
            revision_body(&to, &back, &there)
        } else {
            revision_body(&from.schema, &there, &back)
        };
        revision(&format!("from {} to {}", from.side.label, to.side.label), &body)
    } else {
        ormsync_dialect::script(&project.dialect.statements(plan))
    };
    match output {
        Some(file) => write_file(file, &text)?,
        None => terminal.output(&text)?,
    }
    let failed = sources.diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error);
    let outcome = match (failed, plan.is_empty()) {
        (true, _) => Outcome::Unanswered,
        (false, true) => Outcome::InStep,
        (false, false) => Outcome::Drift,
    };
    Ok(outcome.exit_code())
}

/// A revision that comes behind no other yet.
fn revision(message: &str, body: &RevisionBody) -> String {
    let frame = RevisionFrame {
        message: message.to_owned(),
        revision: revisions::hash(&[&body.upgrade, &body.downgrade]),
        down_revisions: Vec::new(),
        create_date: revisions::now().create_date(),
        template: None,
        functions: String::new(),
    };
    // Only a project's own template can be wrong.
    write_revision(&frame, body).unwrap_or_default()
}

/// What no statement does is told, so that nobody takes the script for the whole way.
pub(super) fn tell_what_is_not_planned(plan: &Plan, terminal: &Terminal) {
    for warning in plan.warnings.iter().filter(|warning| warning.kind == WarningKind::NotPlanned) {
        terminal.note(&warning.text);
    }
}

fn has_labels(from: &Schema, table: &QualifiedName, column: &str) -> bool {
    let column = from.table(&table.namespace, &table.name).and_then(|table| table.columns.get(column));
    column.is_some_and(|column| matches!(column.data_type, DataType::InlineEnum(_)))
}

/// `old:new` is a table or enum type; `table.old:new` a column of the table that has that new name, `type.old:new` a
/// label of the enum type, `table.column.old:new` one of a column that has its own.
pub(super) fn renames(texts: &[String], from: &Schema, default_namespace: &str) -> Result<Renames> {
    let mut renames = Renames::default();
    for text in texts {
        let wrong = || {
            Failure::new(
                "rename",
                format!("--rename {text}: write a table or type as old:new, a column or label as table.old:new"),
            )
        };
        let (old, new) =
            text.split_once(':').filter(|(old, new)| !old.is_empty() && !new.is_empty()).ok_or_else(wrong)?;
        let table = |name: &str| match name.split_once('.') {
            Some((namespace, name)) if from.namespaces.contains_key(namespace) => QualifiedName::new(namespace, name),
            _ => QualifiedName::new(default_namespace, name),
        };
        let is_enum = |name: &QualifiedName| from.enum_type(&name.namespace, &name.name).is_some();
        let whole = table(old);
        let renamed = QualifiedName::new(&whole.namespace, new);
        if from.table(&whole.namespace, &whole.name).is_some() {
            renames.tables.push((whole, renamed));
            continue;
        }
        if is_enum(&whole) {
            renames.enums.push((whole, renamed));
            continue;
        }
        let (owner, part) = old.rsplit_once('.').ok_or_else(wrong)?;
        if let Some((of_table, column)) = owner.rsplit_once('.')
            && let of_table = table(of_table)
            && has_labels(from, &of_table, column)
        {
            renames.own_labels.push((of_table, column.to_owned(), part.to_owned(), new.to_owned()));
            continue;
        }
        let owner = table(owner);
        let is_renamed_enum = renames.enums.iter().any(|(_, new)| *new == owner);
        let parts = if is_enum(&owner) || is_renamed_enum { &mut renames.labels } else { &mut renames.columns };
        parts.push((owner, part.to_owned(), new.to_owned()));
    }
    Ok(renames)
}
