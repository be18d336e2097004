//! A plan as PostgreSQL's SQL.

mod columns;
mod objects;
mod tables;
mod types_of_schema;

use ormsync_schema::{ColumnChange, ConstraintKind, Manner, Operation, Plan, QualifiedName, TableChange};

use super::facts;
use crate::POSTGRESQL;
use crate::statements::{Piece, Section, as_asked, heading, pieces};

/// The statements of a plan.
pub(super) fn of(plan: &Plan) -> Vec<Section> {
    let writer = Writer { qualified: plan.qualified_names, manner: &plan.manner };
    let mut sections: Vec<Section> = pieces(plan)
        .iter()
        .filter_map(|piece| Some(as_asked(&POSTGRESQL, plan, piece, writer.section(piece)?)))
        .filter(|section| !section.statements.is_empty())
        .collect();
    let settings = settings(plan);
    // A statement that no transaction may surround has to be sent by itself.
    if !settings.is_empty() && !sections.is_empty() && !plan.manner.concurrently {
        // What has to be there before it can be looked into stands in front.
        let after = sections.iter().take_while(|section| section.heading == "CreateSchema").count();
        sections.insert(after, Section::new("Settings", settings));
    }
    sections
}

/// What the session has to be told so that expressions and bodies of functions mean what they meant to whoever asked
/// the server.
fn settings(plan: &Plan) -> Vec<String> {
    let mut statements = Vec::new();
    if !plan.name_scope.is_empty() {
        let path: Vec<String> = plan.name_scope.iter().map(|name| quote(name)).collect();
        statements.push(format!("SET search_path TO {}", path.join(", ")));
    }
    if plan.operations.iter().any(|operation| matches!(operation, Operation::CreateRoutine { .. })) {
        // Tables that they speak of come later.
        statements.push("SET check_function_bodies TO off".to_owned());
    }
    statements
}

/// How old values become new ones, where the server has to be told.
pub(super) fn using(plan: &Plan, change: &ColumnChange) -> Option<String> {
    Writer { qualified: plan.qualified_names, manner: &plan.manner }.using(change)
}

/// Writes statements, with or without namespaces.
struct Writer<'a> {
    qualified: bool,
    manner: &'a Manner,
}

/// Quotes a name, always: statements read the same whatever the name.
fn quote(name: &str) -> String {
    facts::quote_identifier(name)
}

/// Names in parentheses.
fn column_list<'a>(columns: impl IntoIterator<Item = &'a String>) -> String {
    columns.into_iter().map(|column| quote(column)).collect::<Vec<_>>().join(", ")
}

impl Writer<'_> {
    fn section(&self, piece: &Piece<'_>) -> Option<Section> {
        match piece {
            Piece::One(operation) => Some(Section::new(heading(operation), self.operation(operation))),
            Piece::Alter(table, changes) => Some(Section::new("AlterTable", self.alter_table(table, changes))),
            // No plan for this server has any.
            Piece::Rebuilds(_) => None,
        }
    }

    /// A name with its namespace, where names are written so.
    fn path(&self, name: &QualifiedName) -> String {
        if name.namespace.is_empty() || (!self.qualified && name.namespace == facts::DEFAULT_NAMESPACE) {
            return quote(&name.name);
        }
        format!("{}.{}", quote(&name.namespace), quote(&name.name))
    }

    /// Something beside a table: an index or sequence.
    fn beside(&self, table: &QualifiedName, name: &str) -> String {
        self.path(&QualifiedName::new(&table.namespace, name))
    }

    fn operation(&self, operation: &Operation) -> Vec<String> {
        match operation {
            Operation::CreateNamespace { name } => vec![format!("CREATE SCHEMA IF NOT EXISTS {}", quote(name))],
            Operation::DropNamespace { name } => vec![format!("DROP SCHEMA {}", quote(name))],
            Operation::CreateExtension { name, extension } => objects::create_extension(name, extension),
            Operation::DropExtension { name, .. } => vec![format!("DROP EXTENSION {}", quote(name))],
            Operation::AlterExtension { name, from, to } => objects::alter_extension(name, from, to),
            Operation::CreateTable { name, table } => self.create_table(name, table),
            Operation::DropTable { name, table } => {
                let kind = if tables::is_foreign(table) { "FOREIGN TABLE" } else { "TABLE" };
                vec![format!("DROP {kind} {}", self.path(name))]
            }
            Operation::RenameTable { from, to } => self.rename_table(from, to),
            Operation::ChangeTable { table, change } => self.change(table, change),
            Operation::CreateView { name, view } => self.create_view(name, view),
            Operation::DropView { name, view } => {
                let kind = if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" };
                vec![format!("DROP {kind} {}", self.path(name))]
            }
            Operation::CommentView { name, materialised, to, .. } => {
                let kind = if *materialised { "MATERIALIZED VIEW" } else { "VIEW" };
                vec![comment(kind, &self.path(name), to.as_deref())]
            }
            Operation::CreateRoutine { name, routine } => self.create_routine(name, routine),
            Operation::DropRoutine { name, routine } => {
                vec![format!("DROP {} {}", objects::routine_word(routine), self.routine_path(name))]
            }
            Operation::RunStatement { statement, .. } => vec![statement.clone()],
            of_types => self.type_operation(of_types),
        }
    }

    fn rename_table(&self, from: &QualifiedName, to: &QualifiedName) -> Vec<String> {
        let mut statements = Vec::new();
        if from.namespace != to.namespace {
            statements.push(format!("ALTER TABLE {} SET SCHEMA {}", self.path(from), quote(&to.namespace)));
        }
        if from.name != to.name {
            let moved = QualifiedName::new(&to.namespace, &from.name);
            statements.push(format!("ALTER TABLE {} RENAME TO {}", self.path(&moved), quote(&to.name)));
        }
        statements
    }

    fn change(&self, table: &QualifiedName, change: &TableChange) -> Vec<String> {
        let path = self.path(table);
        let alter = |clause: String| vec![format!("ALTER TABLE {path} {clause}")];
        let drop =
            |name: &Option<String>| alter(format!("DROP CONSTRAINT {}", quote(name.as_deref().unwrap_or_default())));
        match change {
            TableChange::RenameColumn { from, to } => alter(format!("RENAME COLUMN {} TO {}", quote(from), quote(to))),
            TableChange::AddIndex(index) => self.create_index(table, index),
            TableChange::DropIndex(index) => self.drop_index(table, index),
            TableChange::CommentIndex { index, to } => {
                let name = self.beside(table, index.name.as_deref().unwrap_or_default());
                vec![comment("INDEX", &name, to.as_deref())]
            }
            TableChange::AddForeignKey(key) if key.inherited => Vec::new(),
            TableChange::AddForeignKey(key) => alter(format!("ADD {}", self.foreign_key(key))),
            TableChange::DropForeignKey(key) if key.inherited => Vec::new(),
            TableChange::DropForeignKey(key) => drop(&key.name),
            TableChange::AddCheck(check) if check.inherited => Vec::new(),
            TableChange::AddCheck(check) => alter(format!("ADD {}", tables::check(check))),
            TableChange::DropCheck(check) if check.inherited => Vec::new(),
            TableChange::DropCheck(check) => drop(&check.name),
            TableChange::AddExclusion(exclusion) => alter(format!("ADD {}", tables::exclusion(exclusion))),
            TableChange::DropExclusion(exclusion) => drop(&exclusion.name),
            TableChange::RenameConstraint { kind: ConstraintKind::Index, from, to } => {
                vec![format!("ALTER INDEX {} RENAME TO {}", self.beside(table, from), quote(to))]
            }
            TableChange::RenameConstraint { from, to, .. } => {
                alter(format!("RENAME CONSTRAINT {} TO {}", quote(from), quote(to)))
            }
            TableChange::CreateTrigger { name, trigger } => self.create_trigger(&path, name, trigger),
            TableChange::DropTrigger { name, .. } => vec![format!("DROP TRIGGER {} ON {path}", quote(name))],
            TableChange::CreatePolicy { name, policy } => vec![objects::create_policy(&path, name, policy)],
            TableChange::DropPolicy { name, .. } => vec![format!("DROP POLICY {} ON {path}", quote(name))],
            TableChange::SetRowSecurity { enabled } => {
                let word = if *enabled { "ENABLE" } else { "DISABLE" };
                alter(format!("{word} ROW LEVEL SECURITY"))
            }
            TableChange::SetComment { to, .. } => vec![comment("TABLE", &path, to.as_deref())],
            TableChange::SetOptions { from, to } => tables::set_options(&path, from, to),
            TableChange::SetPartitioning { from, to } => self.set_partitioning(table, from.as_ref(), to.as_ref()),
            // Written with others of the same table, or not on this server.
            TableChange::AddColumn { .. }
            | TableChange::DropColumn { .. }
            | TableChange::AlterColumn(_)
            | TableChange::AddPrimaryKey(_)
            | TableChange::DropPrimaryKey(_)
            | TableChange::Rebuild(_) => Vec::new(),
        }
    }
}

/// `COMMENT ON …`.
fn comment(kind: &str, path: &str, text: Option<&str>) -> String {
    let text = text.map_or_else(|| "NULL".to_owned(), facts::quote_text);
    format!("COMMENT ON {kind} {path} IS {text}")
}
