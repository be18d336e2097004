//! Which kind of statement does what.

use ormsync_schema::{Operation, QualifiedName};
use sqlparser::ast::{AlterIndexOperation, ObjectName, ObjectType, SchemaName, Statement};
use sqlparser::parser::{Parser, ParserError, ParserOptions};
use sqlparser::tokenizer::Token;

use super::{Outcome, Replay, effect};

impl Replay<'_> {
    pub(super) fn statement(&mut self) -> Outcome {
        let words = self.words();
        let word = |position: usize| words.get(position).map_or("", String::as_str);
        if word(0) == "SELECT"
            && self.rules.selects_make_tables
            && let Some(outcome) = self.select_into()
        {
            return outcome;
        }
        if effect::is_without_effect(word(0)) {
            return Ok(());
        }
        if let Some(outcome) = self.without_tree() {
            return outcome;
        }
        match self.parse(self.text) {
            Ok(statement) => self.carry_out(&statement),
            Err(error) => Err(format!("{error}")),
        }
    }

    /// One statement as a tree.
    pub(super) fn parse(&self, text: &str) -> Result<Statement, ParserError> {
        let dialect = (self.rules.grammar.parser)();
        let options = ParserOptions::new().with_unescape(false);
        let mut parser = Parser::new(dialect.as_ref()).with_options(options).try_with_sql(text)?;
        let statement = parser.parse_statement()?;
        parser.expect_token(&Token::EOF)?;
        Ok(statement)
    }

    fn carry_out(&mut self, statement: &Statement) -> Outcome {
        match statement {
            Statement::CreateTable(statement) => self.create_table(statement),
            Statement::AlterTable(statement) => self.alter_table(statement),
            Statement::CreateIndex(statement) => self.create_index(statement),
            Statement::CreateView(statement) => self.create_view(statement),
            Statement::CreateType { name, representation } => self.create_type(name, representation.as_ref()),
            Statement::AlterType(statement) => self.alter_type(statement),
            Statement::CreateDomain(statement) => self.create_domain(statement),
            Statement::CreateSequence { temporary: true, .. } => Ok(()),
            Statement::CreateSequence { if_not_exists, name, data_type, sequence_options, owned_by, .. } => {
                self.create_sequence(name, *if_not_exists, data_type.as_ref(), sequence_options, owned_by.as_ref())
            }
            Statement::CreateExtension(statement) => self.create_extension(statement),
            Statement::CreateFunction(statement) => self.create_function(statement),
            Statement::CreateTrigger(statement) => self.create_trigger(statement),
            Statement::CreatePolicy(statement) => self.create_policy(statement),
            Statement::CreateSchema { schema_name, if_not_exists, .. } => {
                self.create_schema(schema_name, *if_not_exists)
            }
            Statement::Comment { object_type, object_name, comment, .. } => {
                self.comment(*object_type, object_name, comment.as_deref())
            }
            Statement::RenameTable(renames) => renames.iter().try_for_each(|rename| {
                let (from, to) = (self.path(&rename.old_name), self.path(&rename.new_name));
                self.rename_table(&from, to)
            }),
            Statement::AlterIndex { name, operation: AlterIndexOperation::RenameIndex { index_name } } => {
                self.rename_index(name, index_name)
            }
            Statement::Drop { object_type, if_exists, names, cascade, table, temporary: false, .. } => {
                let is_guarded = *if_exists || self.tolerant;
                names
                    .iter()
                    .try_for_each(|name| self.drop_object(*object_type, name, is_guarded, *cascade, table.as_ref()))
            }
            Statement::Drop { .. } => Ok(()),
            Statement::DropFunction(statement) => self.drop_functions(statement),
            Statement::DropTrigger(statement) => self.drop_trigger(statement),
            Statement::DropDomain(statement) => {
                let path = self.path(&statement.name);
                let is_gone = self.content(&path.namespace).domains.remove(&path.name).is_some();
                gone(is_gone, statement.if_exists || self.tolerant, "domain", &path)
            }
            Statement::DropPolicy(statement) => {
                let name = self.fold(&statement.name);
                let path = self.path(&statement.table_name);
                let is_gone = self.table_mut(&path)?.policies.remove(&name).is_some();
                gone(is_gone, statement.if_exists || self.tolerant, "policy", &QualifiedName::new("", name))
            }
            Statement::DropExtension(statement) => statement.names.iter().try_for_each(|name| {
                let name = self.fold(name);
                let is_gone = self.schema.extensions.remove(&name).is_some();
                gone(is_gone, statement.if_exists || self.tolerant, "extension", &QualifiedName::new("", name))
            }),
            _ => Err("nothing is known of such a statement".to_owned()),
        }
    }

    fn create_schema(&mut self, name: &SchemaName, if_not_exists: bool) -> Outcome {
        let name = match name {
            SchemaName::Simple(name) | SchemaName::NamedAuthorization(name, _) => self.path(name).name,
            SchemaName::UnnamedAuthorization(name) => self.fold(name),
        };
        let is_there = self.schema.namespaces.contains_key(&name);
        // The usual one is in every database.
        let is_usual = name == self.rules.dialect.default_namespace();
        if is_there && !is_usual && !if_not_exists && !self.tolerant {
            return Err(format!("the schema {name} is there already"));
        }
        self.content(&name);
        Ok(())
    }

    fn drop_object(
        &mut self,
        kind: ObjectType,
        name: &ObjectName,
        is_guarded: bool,
        cascade: bool,
        table: Option<&ObjectName>,
    ) -> Outcome {
        let path = self.path(name);
        match kind {
            ObjectType::Table => self.drop_table(&path, is_guarded, cascade),
            ObjectType::View | ObjectType::MaterializedView => {
                let is_gone = self.content(&path.namespace).views.remove(&path.name).is_some();
                gone(is_gone, is_guarded, "view", &path)
            }
            ObjectType::Index => self.drop_index(&path, is_guarded, table),
            ObjectType::Sequence => {
                let is_gone = self.content(&path.namespace).sequences.remove(&path.name).is_some();
                gone(is_gone || cascade, is_guarded, "sequence", &path)
            }
            ObjectType::Type => {
                let content = self.content(&path.namespace);
                let is_gone = content.enums.remove(&path.name).is_some()
                    || content.composite_types.remove(&path.name).is_some()
                    || content.ranges.remove(&path.name).is_some()
                    || content.domains.remove(&path.name).is_some();
                gone(is_gone, is_guarded, "type", &path)
            }
            ObjectType::Schema => {
                let name = path.name;
                let is_gone = self.schema.namespaces.remove(&name).is_some();
                // The usual one is always looked at.
                if name == self.rules.dialect.default_namespace() {
                    self.content(&name);
                }
                gone(is_gone, is_guarded, "schema", &QualifiedName::new("", name))
            }
            ObjectType::Role | ObjectType::User | ObjectType::Database => Ok(()),
            _ => Err("nothing is known of such an object".to_owned()),
        }
    }

    fn rename_index(&mut self, from: &ObjectName, to: &ObjectName) -> Outcome {
        let (from, to) = (self.path(from), self.path(to).name);
        self.rename_index_to(&from, to)
    }

    pub(super) fn rename_index_to(&mut self, from: &QualifiedName, to: String) -> Outcome {
        let content = self.content(&from.namespace);
        for table in content.tables.values_mut() {
            let key = table.primary_key.iter_mut().map(|key| &mut key.name);
            let indexes = table.indexes.iter_mut().map(|index| &mut index.name);
            if let Some(name) = key.chain(indexes).find(|name| name.as_deref() == Some(from.name.as_str())) {
                *name = Some(to);
                return Ok(());
            }
        }
        Err(format!("there is no index {from}"))
    }

    fn drop_index(&mut self, path: &QualifiedName, is_guarded: bool, table: Option<&ObjectName>) -> Outcome {
        if let Some(table) = table {
            let of = self.path(table);
            let of = self.find_table(&of).ok_or_else(|| format!("there is no table {of}"))?;
            let Some(mut table) = self.content(&of.namespace).tables.remove(&of.name) else { return Ok(()) };
            let outcome = self.drop_index_of(&path.name, is_guarded, &of, &mut table);
            self.content(&of.namespace).tables.insert(of.name, table);
            return outcome;
        }
        let dialect = self.rules.dialect;
        let content = self.content(&path.namespace);
        let of_tables = content.tables.values_mut().map(|table| &mut table.indexes);
        for indexes in of_tables.chain(content.views.values_mut().map(|view| &mut view.indexes)) {
            let is_it = |name: &Option<String>| name.as_deref().is_some_and(|name| dialect.same_name(name, &path.name));
            if let Some(position) = indexes.iter().position(|index| is_it(&index.name)) {
                indexes.remove(position);
                return Ok(());
            }
        }
        gone(false, is_guarded, "index", path)
    }

    /// Carries out an operation.
    pub(super) fn apply(&mut self, operation: &Operation) -> Outcome {
        operation.apply(self.schema).map_err(|problem| format!("{}: {problem}", operation.subject()))
    }
}

/// Whether something was there to be dropped, or need not have been.
pub(super) fn gone(is_gone: bool, is_guarded: bool, what: &str, path: &QualifiedName) -> Outcome {
    if is_gone || is_guarded { Ok(()) } else { Err(format!("there is no {what} {path}")) }
}
