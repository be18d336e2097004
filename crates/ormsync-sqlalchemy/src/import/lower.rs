//! From what Python answers to the canonical schema.

use ormsync_dialect::Dialect;
use ormsync_schema as schema;
use ormsync_schema::{
    ClientDelete, DefaultValue, Diagnostic, Expression, Fact, IdentityKind, IndexKind, Opaque, Origin,
    ReferentialAction, Schema,
};
use serde_json::Value;

use crate::ReadOptions;
use crate::import::answer::{
    Answer, Column, Computed, Condition, DataType, EnumType, ForeignKey, Identity, Index, IndexPart, Key, Nulls, Piece,
    Relationship, Sequence, Table, Unique,
};
use crate::import::places::Places;
use crate::lower::{
    Compiler, OptionValue, action_of_text, default_of_text, deferrability_of, in_another_database, part_of_text,
    set_table_option, set_voice, usual_collation,
};

/// The schema of an answer; what SQLAlchemy refuses is opaque and told.
pub(super) fn lower(answer: &Answer, options: &ReadOptions<'_>, places: &Places<'_>) -> (Schema, Vec<Diagnostic>) {
    let mut schema = Schema::new(options.dialect.name());
    schema.server = options.server.cloned();
    let default_namespace =
        options.default_namespace.clone().unwrap_or_else(|| options.dialect.default_namespace().to_owned());
    let compiler = Compiler::of(options);
    let dialect = options.dialect;
    let mut lowering = Lowering { dialect, compiler, default_namespace, places, schema, diagnostics: Vec::new() };
    for table in &answer.tables {
        lowering.table(table);
    }
    for table in &answer.tables {
        table.relationships.iter().for_each(|relationship| lowering.relationship(table, relationship));
    }
    if compiler == Compiler::PostgreSql {
        answer.sequences.iter().for_each(|sequence| lowering.sequence(sequence));
        answer.enums.iter().for_each(|found| drop(lowering.enum_type(found)));
    }
    set_voice(&mut lowering.schema);
    (lowering.schema, lowering.diagnostics)
}

struct Lowering<'a> {
    dialect: &'static dyn Dialect,
    compiler: Compiler,
    default_namespace: String,
    places: &'a Places<'a>,
    schema: Schema,
    diagnostics: Vec<Diagnostic>,
}

/// The parts of a table that SQLAlchemy refused.
type Hidden = Vec<Opaque>;

impl Lowering<'_> {
    fn namespace(&self, schema: Option<&String>) -> String {
        schema.cloned().unwrap_or_else(|| self.default_namespace.clone())
    }

    fn table(&mut self, given: &Table) {
        let namespace = self.namespace(given.schema.as_ref());
        let origin = self.places.table(given);
        if let Some(reason) = &given.failed {
            let message = format!("the table `{}` could not be read: {reason}", given.name);
            self.warn(message, "SQLAlchemy itself refuses it", &origin);
            self.schema.opaque.push(Opaque {
                fact: Fact::Table,
                name: Some(given.name.clone()),
                text: given.name.clone(),
                origin,
            });
            return;
        }
        if let Some(key) = &given.bind_key {
            let (name, text) = (Some(given.name.clone()), given.name.clone());
            self.diagnostics.push(in_another_database(&given.name, key, origin.clone()));
            self.schema.opaque.push(Opaque { fact: Fact::Table, name, text, origin });
            return;
        }
        if self.schema.table(&namespace, &given.name).is_some() {
            let name = &given.name;
            self.warn(
                format!("the table `{name}` is declared twice; the first declaration is the one that is compared"),
                "leave one of them, or give them different schemas",
                &origin,
            );
            return;
        }
        let table = self.make_table(given, origin);
        self.schema.namespace_mut(&namespace).tables.insert(given.name.clone(), table);
    }

    /// Enters what a class's relationship does at the table that it leads to. One to the class's own table does nothing
    /// to others.
    fn relationship(&mut self, parent: &Table, given: &Relationship) {
        let namespace = self.namespace(given.schema.as_ref());
        let is_own = given.table == parent.name && given.schema == parent.schema;
        let origin = self.places.column(parent, Some(&given.name), &given.name);
        let origin = origin.unwrap_or_else(|| self.places.table(parent));
        let target = self.schema.namespace_mut(&namespace).tables.get_mut(&given.table);
        let Some(target) = target.filter(|_| !is_own) else { return };
        let (action, written) = match (&given.passive, given.deletes) {
            (Value::String(text), _) => (ReferentialAction::NoAction, format!("passive_deletes={text:?}")),
            (Value::Bool(true), _) => (ReferentialAction::NoAction, "passive_deletes=True".to_owned()),
            (_, true) if given.orphans => (ReferentialAction::Cascade, "cascade=\"all, delete-orphan\"".to_owned()),
            (_, true) => (ReferentialAction::Cascade, "cascade=\"all, delete\"".to_owned()),
            (_, false) => (ReferentialAction::SetNull, "relationship() without passive_deletes".to_owned()),
        };
        let delete = ClientDelete {
            columns: given.columns.clone(),
            referenced_table: parent.name.clone(),
            action,
            written,
            origin,
        };
        if !target.client_deletes.contains(&delete) {
            target.client_deletes.push(delete);
        }
    }

    fn make_table(&mut self, given: &Table, origin: Origin) -> schema::Table {
        let model = given.class.as_ref().map(|class| class.name.rsplit('.').next().unwrap_or_default().to_owned());
        let mut table = schema::Table { model, origin: origin.clone(), ..schema::Table::default() };
        let mut hidden = Hidden::new();
        let key = self.piece(given.primary_key.as_ref(), Fact::PrimaryKey, &origin, &mut hidden).cloned();
        for column in &given.columns {
            let lowered = self.column(given, column, key.as_ref());
            table.columns.insert(column.name.clone(), lowered);
        }
        table.primary_key = key.map(|key| schema::PrimaryKey {
            name: key.name,
            parts: key.columns.into_iter().map(schema::IndexPart::column).collect(),
            origin: origin.clone(),
            ..schema::PrimaryKey::default()
        });
        if given.has_events {
            self.hide_what_events_make(given, &origin, &mut hidden);
        }
        for unique in &given.uniques {
            let made = self.piece(Some(unique), Fact::Index, &origin, &mut hidden).cloned();
            table.indexes.extend(made.map(|unique| self.unique(unique, &origin)));
        }
        for index in &given.indexes {
            let made = self.piece(Some(index), Fact::Index, &origin, &mut hidden).cloned();
            table.indexes.extend(made.map(|index| self.index(given, index, &origin)));
        }
        for key in &given.foreign_keys {
            let made = self.piece(Some(key), Fact::ForeignKey, &origin, &mut hidden).cloned();
            table.foreign_keys.extend(made.and_then(|key| self.foreign_key(key, &origin, &mut hidden)));
        }
        for check in &given.checks {
            let made = self.piece(Some(check), Fact::Check, &origin, &mut hidden).cloned();
            table.checks.extend(made.map(|Condition { name, sql }| schema::Check {
                name,
                expression: Expression::written(sql),
                origin: origin.clone(),
                ..schema::Check::default()
            }));
        }
        for exclusion in &given.exclusions {
            let made = self.piece(Some(exclusion), Fact::Exclusion, &origin, &mut hidden).cloned();
            table.exclusions.extend(made.map(|Condition { name, sql }| schema::Exclusion {
                name,
                definition: Expression::written(sql),
                origin: origin.clone(),
            }));
        }
        if self.compiler.has_comments() {
            table.comment.clone_from(&given.comment);
        }
        for (name, value) in &given.options {
            let value = match value {
                Value::Bool(flag) => OptionValue::Flag(*flag),
                Value::String(text) => OptionValue::Text(text.clone()),
                other => OptionValue::Text(other.to_string()),
            };
            set_table_option(&mut table, self.compiler, name, value);
        }
        table.opaque = hidden;
        table
    }

    /// What SQLAlchemy made; else the refusal is told and hides that kind of fact.
    fn piece<'p, T>(
        &mut self,
        piece: Option<&'p Piece<T>>,
        fact: Fact,
        origin: &Origin,
        hidden: &mut Hidden,
    ) -> Option<&'p T> {
        match piece? {
            Piece::Made(made) => Some(made),
            Piece::Failed { failed } => {
                self.hide(fact, failed, origin, hidden);
                None
            }
        }
    }

    fn hide(&mut self, fact: Fact, reason: &str, origin: &Origin, hidden: &mut Hidden) {
        self.warn(format!("part of this table could not be read: {reason}"), "SQLAlchemy itself refuses it", origin);
        let opaque = Opaque { fact, name: None, text: reason.to_owned(), origin: origin.clone() };
        if !hidden.contains(&opaque) {
            hidden.push(opaque);
        }
    }

    /// The table may have more than it declares: what SQL behind `after_create` makes is not read.
    fn hide_what_events_make(&mut self, given: &Table, origin: &Origin, hidden: &mut Hidden) {
        let reason =
            format!("SQL that runs when the table `{}` is made may give it indexes and constraints", given.name);
        self.warn(
            reason.clone(),
            "declare them with `Index` and SQLAlchemy's constraints where that is possible",
            origin,
        );
        for fact in [Fact::Index, Fact::Check, Fact::ForeignKey, Fact::PrimaryKey, Fact::Exclusion] {
            hidden.push(Opaque { fact, name: None, text: reason.clone(), origin: origin.clone() });
        }
    }

    fn column(&mut self, table: &Table, given: &Column, key: Option<&Key>) -> schema::Column {
        let origin = self.places.column(table, given.attribute.as_deref(), &given.name);
        let origin = origin.unwrap_or_else(|| self.places.table(table));
        let (data_type, collation) = match &given.data_type {
            Piece::Made(made) => {
                let usual = || made.charset.as_deref().and_then(usual_collation);
                (self.data_type(made), made.collation.clone().or_else(usual))
            }
            Piece::Failed { failed } => {
                let message = format!("the type of the column `{}` cannot be created here: {failed}", given.name);
                let help = format!("give the type a variant with `.with_variant(…, \"{}\")`", self.compiler.name());
                self.warn(message, &help, &origin);
                (schema::DataType::Unreadable(failed.clone()), None)
            }
        };
        let is_key = key.is_some_and(|key| key.columns.contains(&given.name));
        // A key's columns are never NULL, whatever is said, except on SQLite.
        let nullable = given.nullable && !(is_key && self.compiler != Compiler::Sqlite);
        let mut column = schema::Column::new(data_type, nullable, origin.clone());
        column.collation = collation;
        column.client = schema::ClientSide {
            attribute: given.attribute.clone().filter(|attribute| *attribute != given.name),
            default: given.client_default.clone(),
            update: given.client_update.clone(),
            version_counter: given.version_counter,
            decimal_as_float: given.decimal_as_float,
            ..schema::ClientSide::default()
        }
        .into();
        if self.compiler.has_comments() {
            column.comment.clone_from(&given.comment);
        }
        self.set_default(&mut column, given, &origin);
        match &given.computed {
            Some(Piece::Made(computed)) => {
                column.generated = Some(self.generated(computed).into());
                // MariaDB refuses NOT NULL on a generated column, so SQLAlchemy leaves it out unless it was asked for.
                if self.compiler.is_mariadb() && !given.nullable_given {
                    column.nullable = true;
                }
            }
            Some(Piece::Failed { failed }) => {
                self.warn(format!("what this column is generated from could not be read: {failed}"), "", &origin);
                column.default = Some(DefaultValue::Unreadable(failed.clone()));
            }
            None => {}
        }
        column.identity = self.identity(given, key, &column.data_type).map(Box::new);
        column
    }

    fn set_default(&mut self, column: &mut schema::Column, given: &Column, origin: &Origin) {
        // `SERIAL` leaves no room for a default.
        if given.numbered && self.compiler == Compiler::PostgreSql && given.identity.is_none() {
            return;
        }
        if let Some(text) = &given.default {
            let lowered = default_of_text(self.dialect, self.compiler, text, &column.data_type);
            column.default = lowered.default;
            column.on_update = lowered.on_update;
        } else if let Some(unknown) = &given.default_unknown {
            let reason = unknown.get("failed").and_then(Value::as_str);
            if let Some(reason) = reason {
                self.warn(format!("this default could not be read: {reason}"), "SQLAlchemy itself refuses it", origin);
            }
            column.default = Some(DefaultValue::Unreadable(reason.unwrap_or("FetchedValue()").to_owned()));
        }
    }

    fn data_type(&mut self, given: &DataType) -> schema::DataType {
        if let Some(text) = &given.sql {
            return self.dialect.parse_type(text);
        }
        if let Some(found) = &given.enum_type {
            return self.enum_type(found);
        }
        if let Some(labels) = &given.labels {
            return schema::DataType::InlineEnum(labels.clone());
        }
        if let Some(labels) = &given.set {
            return schema::DataType::InlineSet(labels.clone());
        }
        if let Some(element) = &given.array {
            return schema::DataType::Array(Box::new(self.data_type(element)));
        }
        let Some(domain) = &given.domain else {
            return schema::DataType::Unreadable("a type that the script did not name".to_owned());
        };
        let namespace = self.namespace(domain.schema.as_ref());
        let made = schema::Domain {
            data_type: self.data_type(&domain.data_type),
            nullable: !domain.not_null,
            not_null: None,
            checks: domain
                .check
                .iter()
                .map(|sql| schema::Check { expression: Expression::written(sql), ..schema::Check::default() })
                .collect(),
            collation: None,
            comment: None,
            default: None,
            origin: Origin::nowhere(),
        };
        self.schema.namespace_mut(&namespace).domains.insert(domain.name.clone(), made);
        schema::DataType::UserDefined { namespace, name: domain.name.clone() }
    }

    fn enum_type(&mut self, given: &EnumType) -> schema::DataType {
        let namespace = self.namespace(given.schema.as_ref());
        let name = given.name.clone();
        let origin = given.class.as_ref().and_then(|class| self.places.class(class)).unwrap_or_default();
        let enums = &mut self.schema.namespace_mut(&namespace).enums;
        match enums.get(&name) {
            Some(known) if known.labels != given.labels => {
                let message = format!("the enum type `{name}` is declared with different labels in different places");
                self.warn(message, "give each enum a `name` of its own, or the same labels", &origin);
                let opaque = Opaque { fact: Fact::EnumType, name: Some(name.clone()), text: name.clone(), origin };
                self.schema.opaque.push(opaque);
            }
            Some(_) => {}
            None => {
                let made = schema::EnumType { labels: given.labels.clone(), comment: None, origin };
                enums.insert(name.clone(), made);
            }
        }
        schema::DataType::Enum { namespace, name }
    }

    fn generated(&self, computed: &Computed) -> schema::Generated {
        // PostgreSQL before 18 has stored ones only; elsewhere, virtual is what nothing said means.
        let server = self.schema.server.as_ref();
        let always_stores = self.compiler == Compiler::PostgreSql
            && server.is_none_or(|server| server.version.first().is_none_or(|major| *major < 18));
        let is_stored = computed.persisted.unwrap_or(always_stores);
        schema::Generated {
            expression: Expression::written(&computed.sql),
            storage: if is_stored { schema::GeneratedStorage::Stored } else { schema::GeneratedStorage::Virtual },
        }
    }

    fn identity(&self, given: &Column, key: Option<&Key>, data_type: &schema::DataType) -> Option<schema::Identity> {
        match (self.compiler, &given.identity) {
            (Compiler::PostgreSql, Some(Identity { always, start, increment })) => Some(schema::Identity {
                kind: if *always { IdentityKind::Always } else { IdentityKind::ByDefault },
                start: start.filter(|start| *start != 1),
                increment: increment.filter(|increment| *increment != 1),
                ..schema::Identity::default()
            }),
            (Compiler::Sqlite, _) => {
                let is_alone = key.is_some_and(|key| key.columns == [given.name.clone()]);
                let is_integer =
                    data_type.as_named().is_some_and(|named| named.name == "integer" && named.arguments.is_empty());
                (is_alone && is_integer).then(schema::Identity::auto_increment)
            }
            _ => given.numbered.then(schema::Identity::auto_increment),
        }
    }

    fn unique(&self, given: Unique, origin: &Origin) -> schema::Index {
        let mut index =
            schema::Index::on_columns(IndexKind::UniqueConstraint, given.name, given.columns, origin.clone());
        index.include = given.include;
        index.nulls_not_distinct = given.nulls_not_distinct;
        index.deferrability = self.deferrability(given.deferrable, given.initially.as_deref());
        index
    }

    fn deferrability(&self, deferrable: Option<bool>, initially: Option<&str>) -> schema::Deferrability {
        if self.compiler.is_mysql() {
            return schema::Deferrability::NotDeferrable;
        }
        deferrability_of(deferrable, initially)
    }

    fn index(&self, table: &Table, given: Index, origin: &Origin) -> schema::Index {
        let kind = if given.unique { IndexKind::UniqueIndex } else { IndexKind::Plain };
        let mut index = schema::Index::on_columns(kind, given.name, [], origin.clone());
        index.parts = given.parts.iter().map(|part| index_part(table, self.compiler, part)).collect();
        index.predicate = given.predicate.map(Expression::written);
        index.method = given.using.map(|using| using.to_lowercase()).filter(|using| using != "btree");
        index.include = given.include;
        index.nulls_not_distinct = given.nulls_not_distinct;
        match given.prefix.map(|prefix| prefix.to_lowercase()) {
            Some(prefix) if prefix == "unique" => index.kind = IndexKind::UniqueIndex,
            Some(prefix) => index.method = Some(prefix),
            None => {}
        }
        index
    }

    fn foreign_key(&mut self, given: ForeignKey, origin: &Origin, hidden: &mut Hidden) -> Option<schema::ForeignKey> {
        let action = |text: &Option<String>| text.as_deref().map_or(Some(<_>::default()), action_of_text);
        let (Some(on_delete), Some(on_update)) = (action(&given.on_delete), action(&given.on_update)) else {
            self.hide(Fact::ForeignKey, "the actions of a foreign key are not known", origin, hidden);
            return None;
        };
        let is_full = given.match_kind.is_some_and(|kind| kind.eq_ignore_ascii_case("full"));
        Some(schema::ForeignKey {
            name: given.name,
            columns: given.columns,
            referenced_namespace: self.namespace(given.schema.as_ref()),
            referenced_table: given.table,
            referenced_columns: given.referenced,
            on_delete,
            on_update,
            match_kind: if is_full { schema::MatchKind::Full } else { schema::MatchKind::Simple },
            deferrability: self.deferrability(given.deferrable, given.initially.as_deref()),
            not_valid: given.not_valid,
            origin: origin.clone(),
            ..schema::ForeignKey::default()
        })
    }

    fn sequence(&mut self, given: &Sequence) {
        let namespace = self.namespace(given.schema.as_ref());
        let sequence = schema::Sequence {
            start: given.start,
            increment: given.increment,
            minimum: given.minvalue,
            maximum: given.maxvalue,
            cycle: given.cycle == Some(true),
            ..schema::Sequence::default()
        };
        self.schema.namespace_mut(&namespace).sequences.insert(given.name.clone(), sequence);
    }

    fn warn(&mut self, message: String, help: &str, origin: &Origin) {
        let warning = Diagnostic::warning("python-opaque", message, origin.clone());
        self.diagnostics.push(if help.is_empty() { warning } else { warning.with_help(help) });
    }
}

fn index_part(table: &Table, compiler: Compiler, given: &IndexPart) -> schema::IndexPart {
    let mut part = match (&given.column, &given.sql) {
        (Some(column), _) => schema::IndexPart::column(column),
        (None, sql) => {
            let is_column = |name: &str| table.columns.iter().any(|column| column.name == name);
            part_of_text(sql.as_deref().unwrap_or_default(), compiler, is_column)
        }
    };
    if given.descending {
        part.order = schema::SortOrder::Descending;
    }
    let nulls = given.nulls.map(|nulls| match nulls {
        Nulls::First => schema::NullsOrder::First,
        Nulls::Last => schema::NullsOrder::Last,
    });
    part.nulls = nulls.or(part.nulls);
    part.operator_class.clone_from(&given.operator_class);
    part.prefix_length = given.length.or(part.prefix_length);
    part
}
