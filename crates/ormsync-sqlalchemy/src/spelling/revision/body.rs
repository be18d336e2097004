//! The operations of a plan, in Alembic's words where they say all, else as the dialect's statements.

use std::collections::{BTreeMap, BTreeSet};

use ormsync_dialect::{Condition, Dialect};
use ormsync_schema::{IndexKind, Operation, Plan, QualifiedName, Schema, Table, TableChange, Warning, WarningKind};

use super::super::own_types;
use super::super::python::{Argument, INDENTATION, Import, Name, Python, string_literal, without_parameters};
use super::super::writer::{Place, Wordless, Writer, keyword};
use super::guards;
use super::objects::operation;
use super::tables::wordless;
use super::words::SQLALCHEMY;

/// What a revision says, without the file around it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RevisionBody {
    /// Lines of imports beside `op` and `sa`.
    pub imports: Vec<String>,
    /// Whether `sa` is used.
    pub uses_sqlalchemy: bool,
    /// Classes for types that SQLAlchemy has no words for; empty, or whole definitions.
    pub classes: String,
    /// The lines of `upgrade()`, indented; empty where there is nothing to do.
    pub upgrade: String,
    /// The lines of `downgrade()`.
    pub downgrade: String,
    /// Functions that both call, to stand behind them; empty where they call none.
    pub functions: String,
}

impl RevisionBody {
    /// What is done here, and undone by what another body does: for a way back that starts from another schema than the one
    /// that this leads to as far as it was understood.
    #[must_use]
    pub fn with_way_back(self, back: Self) -> Self {
        let joined = |here: String, there: String, between: &str| match (here.is_empty(), there.is_empty()) {
            (_, true) => here,
            (true, _) => there,
            _ if here == there => here,
            _ => format!("{here}{between}{there}"),
        };
        let mut imports: BTreeSet<String> = self.imports.into_iter().collect();
        imports.extend(back.imports);
        Self {
            imports: imports.into_iter().collect(),
            uses_sqlalchemy: self.uses_sqlalchemy || back.uses_sqlalchemy,
            classes: joined(self.classes, back.classes, "\n\n"),
            upgrade: self.upgrade,
            downgrade: back.upgrade,
            functions: joined(self.functions, back.functions, "\n\n"),
        }
    }
}

/// One thing that a revision does.
pub(super) enum Line {
    /// A call.
    Call(Python),
    /// A comment.
    Comment(String),
    /// `with op.batch_alter_table(…) as batch_op:` and what is done in it.
    With(Python, Option<&'static str>, Vec<Line>),
    /// `if has_table(…):` and what is done then; or `if not …`.
    If(bool, Python, Vec<Line>),
}

/// Writes a plan from `from`, and its way back, as Alembic operations. Empty for a dialect that SQLAlchemy does not know.
pub fn revision_body(from: &Schema, plan: &Plan, back: &Plan) -> RevisionBody {
    let mut body = RevisionBody::default();
    let Some(dialect) = ormsync_dialect::by_name(&plan.dialect) else { return body };
    let classes = own_classes(plan);
    let to = plan.apply(from);
    let mut imports = BTreeSet::new();
    let mut questions = BTreeSet::new();
    let mut write = |state: Option<Schema>, plan: &Plan| {
        let lines = Lines { dialect, plan, classes: &classes }.all(state);
        lines.iter().for_each(|line| line.imports(&mut imports));
        lines.iter().for_each(|line| line.questions(&mut questions));
        warnings(&plan.warnings) + &lines.iter().map(|line| line.write(INDENTATION)).collect::<String>()
    };
    body.upgrade = write(Some(from.clone()), plan);
    body.downgrade = write(to.ok(), back);
    let is_used =
        |class: &String| [&body.upgrade, &body.downgrade].iter().any(|text| text.contains(&format!("{class}()")));
    let used: Vec<(&String, &String)> = classes.iter().filter(|(_, class)| is_used(class)).collect();
    if !used.is_empty() {
        imports.insert(Import::From("sqlalchemy.types", "UserDefinedType".to_owned()));
    }
    let written: Vec<String> = used.into_iter().map(|(sql, class)| own_types::write_class(sql, class)).collect();
    body.classes = written.join("\n\n");
    body.functions = guards::functions(&questions);
    body.uses_sqlalchemy = imports.remove(&SQLALCHEMY) || !questions.is_empty();
    body.imports = super::super::module::write_imports(&imports).lines().map(str::to_owned).collect();
    body
}

/// What is lost or may fail, as a comment before it.
fn warnings(warnings: &[Warning]) -> String {
    let told: Vec<&Warning> = warnings.iter().filter(|warning| warning.kind != WarningKind::NotPlanned).collect();
    if told.is_empty() {
        return String::new();
    }
    let indentation = " ".repeat(INDENTATION);
    let mut text = format!("{indentation}# Warnings:\n{indentation}#\n");
    for line in told.iter().flat_map(|warning| warning.text.lines()) {
        text.push_str(&format!("{indentation}# - {line}\n"));
    }
    text
}

/// Classes for the types that the plan's columns have and SQLAlchemy has no words for.
fn own_classes(plan: &Plan) -> BTreeMap<String, String> {
    let mut touched = Schema::new(&plan.dialect);
    let mut tables = 0_usize;
    let mut add = |table: Table| {
        tables += 1;
        touched.namespace_mut("").tables.insert(tables.to_string(), table);
    };
    for operation in &plan.operations {
        match operation {
            Operation::CreateTable { table, .. } | Operation::DropTable { table, .. } => add((**table).clone()),
            Operation::ChangeTable { change, .. } => {
                let columns = match change {
                    TableChange::AddColumn { name, column } | TableChange::DropColumn { name, column } => {
                        vec![(name.clone(), (**column).clone())]
                    }
                    TableChange::AlterColumn(change) => {
                        vec![
                            (change.name.clone(), change.from.clone()),
                            (format!("{} ", change.name), change.to.clone()),
                        ]
                    }
                    _ => continue,
                };
                add(Table { columns: columns.into_iter().collect(), ..Table::default() });
            }
            _ => {}
        }
    }
    let words = ["op", "sa", "postgresql", "mysql", "sqlite", "UserDefinedType", "Sequence", "Union"];
    let mut taken: BTreeSet<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Writer::new(&touched).map(|writer| own_types::revision_classes(&writer, &mut taken)).unwrap_or_default()
}

struct Lines<'a> {
    dialect: &'static dyn Dialect,
    plan: &'a Plan,
    classes: &'a BTreeMap<String, String>,
}

impl Lines<'_> {
    fn all(&self, mut state: Option<Schema>) -> Vec<Line> {
        let mut lines = Vec::new();
        if self.dialect.name() == "sqlite" && self.plan.operations.iter().any(drops_a_table) {
            // Else rows of other tables would go with a table that is only made anew.
            lines.push(Line::Call(execute("PRAGMA foreign_keys=OFF")));
        }
        let operations = &self.plan.operations;
        let mut at = 0;
        while at < operations.len() {
            let run = &operations[at..at + run_length(&operations[at..], self.plan.manner.guarded)];
            at += run.len();
            let words = state.as_ref().filter(|_| !self.asks_for_algorithm(run));
            let words = words.and_then(|state| self.in_words(state, run).ok());
            let written = words.unwrap_or_else(|| self.statements(run));
            lines.extend(self.as_asked(run, written));
            let applied = |state: &mut Schema| run.iter().all(|operation| operation.apply(state).is_ok());
            state = state.and_then(|mut state| applied(&mut state).then_some(state));
        }
        lines
    }

    /// Whether a change is to say by which algorithm a table is changed, which Alembic has no words for.
    fn asks_for_algorithm(&self, run: &[Operation]) -> bool {
        let is_table = |operation: &Operation| {
            matches!(operation, Operation::ChangeTable { change, .. }
                if !matches!(change, TableChange::AddForeignKey(_) | TableChange::AddCheck(_)))
        };
        (self.plan.manner.algorithm.is_some() || self.plan.manner.lock.is_some()) && run.iter().any(is_table)
    }

    /// Lines with what the plan asks for around them: no transaction, or a look whether they have anything left to do.
    fn as_asked(&self, run: &[Operation], mut lines: Vec<Line>) -> Vec<Line> {
        if !lines.iter().any(|line| !matches!(line, Line::Comment(_))) {
            return lines;
        }
        if let (true, [only]) = (self.plan.manner.guarded, run)
            && let Some(condition) = Condition::of(only)
        {
            let question = guards::question(only, &condition, self.dialect.default_namespace());
            lines = vec![Line::If(condition.is_there, question, lines)];
        }
        if self.plan.manner.concurrently {
            let block = Python::call(Name::local("op.get_context().autocommit_block"), Vec::new());
            lines = vec![Line::With(block, None, lines)];
        }
        lines
    }

    /// The dialect's own statements.
    fn statements(&self, operations: &[Operation]) -> Vec<Line> {
        let mut plan = Plan { operations: operations.to_vec(), warnings: Vec::new(), ..self.plan.clone() };
        // What is asked in Python need not be asked again.
        plan.manner.guarded &= !matches!(operations, [only] if Condition::of(only).is_some());
        let sections = self.dialect.statements(&plan);
        let statements = sections.into_iter().flat_map(|section| section.statements);
        // A revision runs in Alembic's own transaction, and SQLite's switch is at its start.
        let is_wanted =
            |statement: &String| !matches!(statement.as_str(), "BEGIN" | "COMMIT") && !statement.starts_with("PRAGMA ");
        let is_as_given = matches!(operations, [Operation::RunStatement { .. }]);
        statements
            .filter(|statement| is_as_given || is_wanted(statement))
            .map(|statement| match statement.strip_prefix("--") {
                Some(comment) => Line::Comment(comment.trim().to_owned()),
                None => Line::Call(execute(&statement)),
            })
            .collect()
    }

    fn in_words(&self, state: &Schema, run: &[Operation]) -> Result<Vec<Line>, Wordless> {
        let mut writer = Writer::new(state).ok_or_else(|| wordless("the dialect is not known"))?;
        writer.own_types.clone_from(self.classes);
        match run {
            [Operation::ChangeTable { table, change: TableChange::Rebuild(rebuild) }] => {
                writer.batch(table, rebuild).map(|batch| vec![batch])
            }
            [one] if !is_clause(one) => self.one(&writer, one).map(calls),
            _ => self.clauses(&writer, run).map(calls),
        }
    }

    fn one(&self, writer: &Writer<'_>, one: &Operation) -> Result<Vec<Python>, Wordless> {
        let text = |name: &str| Argument::Positional(Python::text(name));
        match one {
            Operation::CreateTable { name, table } => {
                writer.create_table(Place { namespace: &name.namespace, name: &name.name, table })
            }
            Operation::DropTable { name, .. } => {
                let mut arguments = vec![text(&name.name)];
                arguments.extend(writer.schema_argument(&name.namespace));
                Ok(vec![operation("drop_table", arguments)])
            }
            Operation::RenameTable { from, to } if from.namespace == to.namespace => {
                let mut arguments = vec![text(&from.name), text(&to.name)];
                arguments.extend(writer.schema_argument(&from.namespace));
                Ok(vec![operation("rename_table", arguments)])
            }
            Operation::ChangeTable { table, change } => self.change(writer, table, change),
            _ => Err(wordless("Alembic has no operation for it")),
        }
    }

    fn change(&self, writer: &Writer<'_>, name: &QualifiedName, change: &TableChange) -> Result<Vec<Python>, Wordless> {
        let table =
            writer.schema.table(&name.namespace, &name.name).ok_or_else(|| wordless("there is no such table"))?;
        let place = Place { namespace: &name.namespace, name: &name.name, table };
        let (namespace, name) = (place.namespace, place.name);
        let mut call = match change {
            TableChange::AddIndex(index) if index.implicit => return Ok(Vec::new()),
            TableChange::AddIndex(index) if index.kind == IndexKind::UniqueConstraint => {
                writer.create_unique(namespace, name, index)?
            }
            TableChange::AddIndex(index) => writer.create_index(namespace, name, index)?,
            TableChange::DropIndex(index) if index.inherited => return Err(wordless("it is its parent's")),
            TableChange::DropIndex(index) if index.kind == IndexKind::UniqueConstraint => {
                writer.drop_constraint(namespace, name, index.name.as_deref(), "unique")?
            }
            TableChange::DropIndex(index) => writer.drop_index(namespace, name, index)?,
            TableChange::AddForeignKey(key) => writer.create_foreign_key(place, key)?,
            TableChange::DropForeignKey(key) if !key.inherited => {
                writer.drop_constraint(namespace, name, key.name.as_deref(), "foreignkey")?
            }
            TableChange::AddCheck(check) => writer.create_check(namespace, name, check)?,
            TableChange::DropCheck(check) if !check.inherited => {
                writer.drop_constraint(namespace, name, check.name.as_deref(), "check")?
            }
            TableChange::RenameColumn { from, to } if writer.words.dialect == "postgresql" => {
                let mut arguments =
                    vec![Argument::Positional(Python::text(name)), Argument::Positional(Python::text(from))];
                arguments.push(keyword("new_column_name", Python::text(to)));
                arguments.extend(writer.schema_argument(namespace));
                operation("alter_column", arguments)
            }
            TableChange::SetComment { from, to } => set_comment(writer, place, from.as_deref(), to.as_deref()),
            _ => return Err(wordless("Alembic has no operation for it")),
        };
        if let (true, Python::Call { arguments, .. }) = (self.plan.manner.concurrently, &mut call) {
            arguments.push(keyword("postgresql_concurrently", Python::Boolean(true)));
        }
        Ok(vec![call])
    }

    /// Changes that are one statement in the dialect's own words.
    fn clauses(&self, writer: &Writer<'_>, run: &[Operation]) -> Result<Vec<Python>, Wordless> {
        let mut calls = Vec::new();
        let mut dropped = 0;
        let mut run: Vec<&Operation> = run.iter().collect();
        if writer.words.dialect == "postgresql" {
            run.sort_by_key(|one| pass(one));
        }
        for one in run {
            let Operation::ChangeTable { table: name, change } = one else { return Err(wordless("it is no clause")) };
            let table = writer.schema.table(&name.namespace, &name.name);
            let table = table.ok_or_else(|| wordless("there is no such table"))?;
            let place = Place { namespace: &name.namespace, name: &name.name, table };
            match change {
                TableChange::AddColumn { name, column } => {
                    let column = writer.revision_column(place, name, column)?;
                    let mut arguments =
                        vec![Argument::Positional(Python::text(place.name)), Argument::Positional(column)];
                    arguments.extend(writer.schema_argument(place.namespace));
                    calls.push(operation("add_column", arguments));
                }
                TableChange::DropColumn { name, column } if !column.inherited => {
                    dropped += 1;
                    let mut arguments =
                        vec![Argument::Positional(Python::text(place.name)), Argument::Positional(Python::text(name))];
                    arguments.extend(writer.schema_argument(place.namespace));
                    calls.push(operation("drop_column", arguments));
                }
                TableChange::AlterColumn(change) => {
                    calls.extend(writer.alter_column(place, change, self.dialect.using(self.plan, change))?);
                }
                // Elsewhere what numbers itself must have a key in the same statement.
                TableChange::AddPrimaryKey(key) if writer.words.dialect == "postgresql" => {
                    calls.push(writer.create_primary_key(place.namespace, place.name, key)?);
                }
                TableChange::DropPrimaryKey(key) if writer.words.dialect == "postgresql" && !key.inherited => {
                    calls.push(writer.drop_constraint(place.namespace, place.name, key.name.as_deref(), "primary")?);
                }
                _ => return Err(wordless("Alembic has no operation for it")),
            }
            // No table is without columns on every server.
            if dropped == table.columns.len() {
                return Err(wordless("no column would be left in between"));
            }
        }
        Ok(calls)
    }
}

/// The order in which PostgreSQL does the parts of one ALTER TABLE, whatever the order in which they are written
/// (`AlterTablePass` of `tablecmds.c`).
fn pass(operation: &Operation) -> u8 {
    match operation {
        Operation::ChangeTable { change: TableChange::DropPrimaryKey(_), .. } => 0,
        Operation::ChangeTable { change: TableChange::DropColumn { .. }, .. } => 1,
        Operation::ChangeTable { change: TableChange::AlterColumn(_), .. } => 2,
        Operation::ChangeTable { change: TableChange::AddColumn { .. }, .. } => 3,
        _ => 4,
    }
}

fn calls(calls: Vec<Python>) -> Vec<Line> {
    calls.into_iter().map(Line::Call).collect()
}

fn drops_a_table(operation: &Operation) -> bool {
    matches!(operation, Operation::DropTable { .. } | Operation::ChangeTable { change: TableChange::Rebuild(_), .. })
}

fn set_comment(writer: &Writer<'_>, place: Place<'_>, from: Option<&str>, to: Option<&str>) -> Python {
    let mut arguments = vec![Argument::Positional(Python::text(place.name))];
    arguments.extend(to.map(|text| Argument::Positional(Python::text(text))));
    arguments.extend(from.map(|text| keyword("existing_comment", Python::text(text))));
    arguments.extend(writer.schema_argument(place.namespace));
    operation(if to.is_some() { "create_table_comment" } else { "drop_table_comment" }, arguments)
}

/// How many of the first operations are one statement in the dialect's own words. One that is to be guarded stands alone.
fn run_length(operations: &[Operation], guarded: bool) -> usize {
    let alone = |operation: &Operation| guarded && Condition::of(operation).is_some();
    let table = |operation: &Operation| match operation {
        Operation::ChangeTable { table, .. } if is_clause(operation) && !alone(operation) => Some(table.clone()),
        _ => None,
    };
    match operations.first().and_then(table) {
        Some(first) => operations.iter().take_while(|operation| table(operation).as_ref() == Some(&first)).count(),
        None => 1,
    }
}

fn is_clause(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::ChangeTable {
            change: TableChange::AddColumn { .. }
                | TableChange::DropColumn { .. }
                | TableChange::AlterColumn(_)
                | TableChange::AddPrimaryKey(_)
                | TableChange::DropPrimaryKey(_),
            ..
        }
    )
}

/// `op.execute("…")`.
fn execute(sql: &str) -> Python {
    let sql = without_parameters(sql);
    let is_plain = |letter: char| letter == '\n' || !letter.is_control();
    let text = if sql.contains('\n') && sql.chars().all(is_plain) {
        let escaped = sql.replace('\\', "\\\\").replace("\"\"\"", "\\\"\\\"\\\"");
        // What ends in a quote would close the string one letter too early.
        let escaped = match escaped.strip_suffix('"') {
            Some(start) => format!("{start}\\\""),
            None => escaped,
        };
        Python::Verbatim(format!("\"\"\"{escaped}\"\"\""))
    } else {
        Python::Verbatim(string_literal(&sql))
    };
    Python::call(Name::local("op.execute"), vec![Argument::Positional(text)])
}

impl Line {
    fn imports(&self, into: &mut BTreeSet<Import>) {
        match self {
            Self::Call(call) => call.imports(into),
            Self::Comment(_) => {}
            Self::With(open, _, lines) | Self::If(_, open, lines) => {
                open.imports(into);
                lines.iter().for_each(|line| line.imports(into));
            }
        }
    }

    /// The functions that are called to look whether something is there.
    fn questions(&self, into: &mut BTreeSet<String>) {
        match self {
            Self::If(_, Python::Call { function, .. }, _) => drop(into.insert(function.text.clone())),
            Self::With(_, _, lines) => lines.iter().for_each(|line| line.questions(into)),
            _ => {}
        }
    }

    fn write(&self, indentation: usize) -> String {
        let blanks = " ".repeat(indentation);
        let (head, lines) = match self {
            Self::Call(call) => return format!("{blanks}{}\n", write_call(call, indentation)),
            Self::Comment(text) => return format!("{blanks}# {}\n", text.replace('\n', " ")),
            Self::With(open, name, lines) => {
                let name = name.map(|name| format!(" as {name}")).unwrap_or_default();
                let open = open.write(indentation, indentation + "with ".len(), name.len() + 1);
                (format!("with {open}{name}:"), lines)
            }
            Self::If(is_there, question, lines) => {
                let word = if *is_there { "if " } else { "if not " };
                let question = question.write(indentation, indentation + word.len(), 1);
                (format!("{word}{question}:"), lines)
            }
        };
        let inner: String = lines.iter().map(|line| line.write(indentation + INDENTATION)).collect();
        format!("{blanks}{head}\n{inner}")
    }
}

/// A call on lines of its own. One whose only argument runs over lines hugs it.
fn write_call(call: &Python, indentation: usize) -> String {
    if let Python::Call { function, arguments } = call
        && let [Argument::Positional(Python::Verbatim(text))] = arguments.as_slice()
        && text.contains('\n')
    {
        return format!("{}({text})", function.text);
    }
    call.write(indentation, indentation, 0)
}
