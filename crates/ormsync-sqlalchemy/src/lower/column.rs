//! One column.

use std::rc::Rc;

use ormsync_schema::{
    ClientSide, Column, DataType, DefaultValue, Expression, Fact, Generated, GeneratedStorage, Identity, IdentityKind,
    Sequence,
};

use crate::lower::Lowering;
use crate::lower::compiler::Compiler;
use crate::lower::types::{Affinity, LoweredType, is_exactly};
use crate::mapping::{ColumnDraft, ColumnId, Metadata, TableId};
use crate::python::{Arguments, Form, Located, Symbol, Value};

/// How many foreign keys a column's type may be followed through.
const REFERENCES: usize = 12;

/// What a table knows about its primary key when its columns are lowered.
pub(super) struct KeyFacts {
    /// The names of the key's columns.
    pub(super) columns: Vec<Rc<str>>,
    /// The one that SQLAlchemy has the database number.
    pub(super) numbered: Option<Rc<str>>,
}

impl<'a> Lowering<'_, 'a> {
    /// The type of a column, which may be that of the column its foreign key refers to.
    pub(super) fn column_type(&mut self, id: ColumnId) -> LoweredType {
        let mut current = id;
        for _ in 0..REFERENCES {
            let draft = self.evaluator.registry.column(current);
            if let Some(located) = &draft.data_type
                && !is_null_type(&located.value)
            {
                let located = located.clone();
                return self.lower_type(current.table, &located);
            }
            let Some(reference) = draft.foreign_keys.first().cloned() else { break };
            match self.referenced_column(current.table, &reference) {
                Some(target) => current = target,
                None => break,
            }
        }
        let draft = self.evaluator.registry.column(id).clone();
        let text = self.evaluator.source_text(draft.place);
        // A key over several columns gives its columns the types of what it refers to.
        if let Some(target) = self.composite_reference(id) {
            return self.column_type(target);
        }
        let reason = if draft.foreign_keys.is_empty() {
            "it has none"
        } else {
            "it is that of the column referred to, which was not found"
        };
        self.warn(
            format!("the type of the column `{}` could not be worked out: {reason}", draft.name),
            "write the type in the column's declaration",
            draft.place,
        );
        LoweredType {
            data_type: DataType::Unreadable(text),
            collation: None,
            affinity: Affinity::Other,
            check: None,
            text_labels: None,
            decimal_as_float: false,
            made: None,
        }
    }

    pub(super) fn lower_column(&mut self, id: ColumnId, lowered_type: LoweredType, key: &KeyFacts) -> Column {
        let draft = self.evaluator.registry.column(id).clone();
        let is_key = key.columns.contains(&draft.name);
        let is_numbered = key.numbered.as_ref() == Some(&draft.name);
        let origin = self.evaluator.origin(draft.place);
        let is_made_not_null = lowered_type.made.as_ref().is_some_and(|made| made.is_not_null);
        let nullable = self.nullability(&draft, is_key) && !is_made_not_null;
        let mut column = Column::new(lowered_type.data_type.clone(), nullable, origin);
        column.places = self.places(&draft);
        column.collation.clone_from(&lowered_type.collation);
        column.client = self.client_side(&draft, &lowered_type).into();
        if self.compiler.has_comments()
            && let Some(comment) = &draft.comment
        {
            match comment.value.as_text() {
                Some(text) => column.comment = Some(text.to_string()),
                None => {
                    let reason = match &comment.value {
                        Value::Opaque(unknown) => self.evaluator.reason(unknown, comment.place),
                        other => format!("it is {}", other.kind()),
                    };
                    self.warn(
                        format!("the comment of the column `{}` could not be read: {reason}", draft.name),
                        "write it as a string",
                        comment.place,
                    );
                }
            }
        }
        if let Some(located) = &draft.server_default
            && !(is_numbered && self.compiler == Compiler::PostgreSql)
        {
            let lowered = self.lower_default(id.table, located, &column.data_type);
            column.default = lowered.default;
            column.on_update = lowered.on_update;
        } else if Self::hides_default(&draft.hidden) {
            column.default = Some(DefaultValue::Unreadable(self.evaluator.source_text(draft.place)));
        }
        if let Some(computed) = &draft.computed {
            column.generated = self.generated(id.table, &draft.name, computed).map(Box::new);
            self.force_nullable_on_mariadb(&draft, &mut column);
        }
        let identity = self.identity(&draft, is_numbered, &key.columns, &column.data_type);
        column.identity = identity.map(Box::new);
        if let Some(sequence) = &draft.sequence {
            self.declare_sequence(sequence);
        }
        column
    }

    fn nullability(&mut self, draft: &ColumnDraft<'a>, is_key: bool) -> bool {
        if let Some(located) = &draft.nullable {
            match located.value.truth() {
                // A key's columns are never NULL, whatever is said, except on SQLite.
                Some(nullable) => return nullable && !(is_key && self.compiler != Compiler::Sqlite),
                None => {
                    let text = self.evaluator.source_text(located.place);
                    self.warn(
                        format!("whether the column `{}` takes NULL could not be worked out: {text}", draft.name),
                        "write `nullable=True` or `nullable=False`",
                        located.place,
                    );
                }
            }
        }
        if is_key {
            return false;
        }
        match draft.annotated_nullable {
            Some((nullable, _)) => nullable,
            // `Identity()` makes a column NOT NULL unless it is said otherwise.
            None => draft.identity.is_none(),
        }
    }

    /// MariaDB refuses NOT NULL on a generated column, so SQLAlchemy leaves it out unless it was asked for.
    fn force_nullable_on_mariadb(&self, draft: &ColumnDraft<'a>, column: &mut Column) {
        if self.compiler.is_mariadb() && draft.nullable.is_none() {
            column.nullable = true;
        }
    }

    fn places(&self, draft: &ColumnDraft<'a>) -> ormsync_schema::Places {
        let of_value = |located: &Option<Box<Located<'a>>>| located.as_ref().map(|located| located.place);
        let of_symbol = |symbol: &Option<Rc<Symbol<'a>>>| symbol.as_ref().map(|symbol| symbol.place);
        let said = [
            (Fact::ColumnType, of_value(&draft.data_type)),
            (Fact::Nullability, of_value(&draft.nullable)),
            (Fact::Default, of_value(&draft.server_default)),
            (Fact::Generated, of_symbol(&draft.computed)),
            (Fact::Identity, of_symbol(&draft.identity).or_else(|| of_value(&draft.autoincrement))),
            (Fact::ColumnComment, of_value(&draft.comment)),
            (Fact::ClientDefault, of_value(&draft.default)),
            (Fact::ClientUpdate, of_value(&draft.onupdate)),
        ];
        let mut places =
            ormsync_schema::Places::with_capacity(said.iter().filter(|(_, place)| place.is_some()).count());
        for (fact, place) in said {
            if let Some(place) = place {
                places.insert(fact, self.evaluator.origin(place));
            }
        }
        places
    }

    fn client_side(&self, draft: &ColumnDraft<'a>, lowered_type: &LoweredType) -> ClientSide {
        let text = |located: &Located<'a>| self.evaluator.source_text(located.place);
        ClientSide {
            attribute: draft.attribute.as_ref().filter(|name| **name != draft.name).map(ToString::to_string),
            default: draft.default.as_deref().map(text),
            update: draft.onupdate.as_deref().map(text),
            version_counter: draft.is_version_counter,
            enum_labels: None,
            text_labels: lowered_type.text_labels.clone(),
            decimal_as_float: lowered_type.decimal_as_float,
            enum_name: ormsync_schema::Wording::default(),
            ignored: false,
        }
    }

    fn generated(&mut self, table: TableId, name: &str, computed: &Rc<Symbol<'a>>) -> Option<Generated> {
        let Form::Call { arguments, .. } = &computed.form else { return None };
        let source = arguments.get(0, "sqltext")?.clone();
        let text = match source.value.as_text() {
            Some(text) => Ok(text.replace("\\:", ":")),
            None => self.sql(table, &source.value),
        };
        let text = text.unwrap_or_else(|reason| {
            self.warn(
                format!("what the column `{name}` is generated from could not be read: {reason}"),
                "write the expression as a string",
                source.place,
            );
            self.evaluator.source_text(source.place)
        });
        let persisted = arguments.get(1, "persisted").and_then(|persisted| persisted.value.truth());
        // PostgreSQL before 18 has stored ones only; elsewhere, virtual is what nothing said means.
        let always_stores = self.compiler == Compiler::PostgreSql
            && self.schema.server.as_ref().is_none_or(|server| server.version.first().is_none_or(|major| *major < 18));
        let storage = if persisted == Some(true) || (always_stores && persisted.is_none()) {
            GeneratedStorage::Stored
        } else {
            GeneratedStorage::Virtual
        };
        Some(Generated { expression: Expression::written(text), storage })
    }

    fn identity(
        &self,
        draft: &ColumnDraft<'a>,
        is_numbered: bool,
        key: &[Rc<str>],
        data_type: &DataType,
    ) -> Option<Identity> {
        match self.compiler {
            Compiler::PostgreSql => {
                if let Some(identity) = &draft.identity {
                    let Form::Call { arguments, .. } = &identity.form else { return None };
                    let always = arguments.get(0, "always").and_then(|always| always.value.truth()) == Some(true);
                    return Some(Identity {
                        kind: if always { IdentityKind::Always } else { IdentityKind::ByDefault },
                        start: integer(arguments, "start").filter(|start| *start != 1),
                        increment: integer(arguments, "increment").filter(|increment| *increment != 1),
                        ..Identity::default()
                    });
                }
                // A default of the ORM's own keeps SQLAlchemy from writing SERIAL.
                let is_own = draft.default.is_some() && !draft.sequence.as_ref().is_some_and(is_optional);
                (is_numbered && !is_own).then(Identity::auto_increment)
            }
            Compiler::MySql { .. } => {
                let is_by_sequence = self.compiler.has_sequences()
                    && draft.sequence.as_ref().is_some_and(|sequence| !is_optional(sequence));
                let is_written = is_numbered && draft.server_default.is_none() && !is_by_sequence;
                is_written.then(Identity::auto_increment)
            }
            // Whatever is said, a lone `INTEGER` key is the row's number.
            Compiler::Sqlite => {
                let is_row_id = key.len() == 1 && key[0] == draft.name && is_exactly(data_type, "integer");
                is_row_id.then(Identity::auto_increment)
            }
        }
    }

    /// Enters a sequence into the schema where the database has such; gives its namespace and name.
    pub(super) fn declare_sequence(&mut self, symbol: &Rc<Symbol<'a>>) -> Option<(String, String)> {
        let Form::Call { arguments, .. } = &symbol.form else { return None };
        let name = arguments.get(0, "name")?.value.as_text()?.to_string();
        let schema = arguments.keyword("schema").and_then(|schema| schema.value.as_text());
        // The schema of a `MetaData` holds for the sequences that are given that `MetaData`.
        let schema = schema.or_else(|| {
            let metadata = Metadata::of(&arguments.keyword("metadata")?.value);
            self.evaluator.metadata_setting(&metadata, 0, "schema")??.value.as_text()
        });
        let schema = schema.filter(|schema| !schema.is_empty());
        let namespace = schema.map_or_else(|| self.default_namespace.clone(), |schema| schema.to_string());
        if self.compiler.has_sequences() && !is_optional(symbol) {
            let sequence = Sequence {
                start: integer(arguments, "start"),
                increment: integer(arguments, "increment"),
                minimum: integer(arguments, "minvalue"),
                maximum: integer(arguments, "maxvalue"),
                cycle: arguments.keyword("cycle").and_then(|cycle| cycle.value.truth()) == Some(true),
                origin: self.evaluator.origin(symbol.place),
                ..Sequence::default()
            };
            self.schema.namespace_mut(&namespace).sequences.insert(name.clone(), sequence);
        }
        Some((namespace, name))
    }
}

/// `Sequence(…, optional=True)`: only for databases that cannot number a key by other means.
fn is_optional(sequence: &Rc<Symbol<'_>>) -> bool {
    let Form::Call { arguments, .. } = &sequence.form else { return false };
    arguments.keyword("optional").is_some_and(|optional| optional.value.truth() == Some(true))
}

fn integer(arguments: &Arguments<'_>, name: &str) -> Option<i64> {
    arguments.keyword(name)?.value.as_integer()
}

fn is_null_type(value: &Value<'_>) -> bool {
    match value {
        Value::External(path) => path.ends_with(".NullType"),
        Value::Symbol(symbol) => symbol.external_call().is_some_and(|(path, _)| path.ends_with(".NullType")),
        _ => false,
    }
}
