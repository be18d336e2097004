//! `op.create_table` and `sa.Column`.

use ormsync_schema::{
    Column, DataType, DefaultValue, Identity, IdentityKind, IndexKind, Literal, NamedType, Origin, Partitioning,
    PrimaryKey, Table,
};

use super::super::constraint::plain_columns;
use super::super::python::{Argument, Name, Python, sqlalchemy};
use super::super::words::OptionWords;
use super::super::writer::{Place, Wordless, Writer, keyword};
use super::objects::{conventional, primary_key_is_plain};
use super::words::in_revision;

/// Types of SQLite that are written in words that the server does not tell apart, but the table keeps.
const OTHER_WORDS: [&str; 5] = ["int", "tinyint", "mediumint", "bool", "jsonb"];

/// Whether SQLAlchemy writes a type in other words than it is called.
pub(in super::super) fn is_in_other_words(writer: &Writer<'_>, named: &NamedType) -> bool {
    writer.words.dialect == "sqlite" && OTHER_WORDS.contains(&named.name.as_str())
}

impl Writer<'_> {
    /// `op.create_table(…)`, and the operations behind it for the indexes that stand inside the table elsewhere.
    pub(super) fn create_table(&self, place: Place<'_>) -> Result<Vec<Python>, Wordless> {
        let table = place.table;
        if !says_whole_table(table) {
            return Err(wordless("the table has what Alembic has no words for"));
        }
        let mut arguments = vec![Argument::Positional(Python::text(place.name))];
        for (name, column) in &table.columns {
            arguments.push(Argument::Positional(self.revision_column(place, name, column)?));
        }
        let mut behind = Vec::new();
        for check in &table.checks {
            arguments.push(Argument::Positional(self.revision_check(check)?));
        }
        for key in &table.foreign_keys {
            arguments.push(Argument::Positional(self.revision_foreign_key(place, key)?));
        }
        if let Some(key) = &table.primary_key {
            arguments.push(Argument::Positional(self.revision_primary_key(key)?));
        }
        for index in table.indexes.iter().filter(|index| !index.implicit) {
            if self.is_constraint(index) && plain_columns(&index.parts).is_some() {
                arguments.push(Argument::Positional(self.revision_unique(index)?));
            } else if index.kind == IndexKind::UniqueConstraint {
                return Err(wordless("the unique constraint is none that Alembic has words for"));
            } else {
                behind.push(self.create_index(place.namespace, place.name, index)?);
            }
        }
        arguments.extend(self.revision_options(place)?);
        let mut operations = vec![in_revision(Python::call(Name::local("op.create_table"), arguments))];
        operations.append(&mut behind);
        Ok(operations)
    }

    /// `sa.Column("name", sa.String(length=50), nullable=False)`.
    pub(super) fn revision_column(&self, place: Place<'_>, name: &str, column: &Column) -> Result<Python, Wordless> {
        let spelled = self.revision_type(place, name, column)?;
        let is_numbered = column.identity.as_ref().is_some_and(|identity| identity.kind == IdentityKind::AutoIncrement);
        let mut arguments =
            vec![Argument::Positional(Python::text(name)), Argument::Positional(spelled.expression.clone())];
        arguments.extend(super::super::column::generation(column).map(Argument::Positional));
        let is_serial = self.serial(place.table, column, name).is_some();
        if is_numbered && self.words.numbers_keys && !is_serial {
            let leads =
                place.table.primary_key.as_ref().and_then(|key| key.parts.first()).and_then(|part| part.as_column());
            if leads != Some(name) {
                return Err(wordless("only the first column of a primary key is numbered by SQLAlchemy"));
            }
        }
        if !is_serial && let Some(default) = self.revision_default(place, name, column, &spelled)? {
            arguments.push(keyword("server_default", default));
        }
        if place.has_key_column(name) {
            arguments.extend(self.auto_increment(place, name, column, &spelled));
        }
        arguments.push(keyword("nullable", Python::Boolean(column.nullable)));
        arguments.extend(column.comment.as_ref().map(|comment| keyword("comment", Python::text(comment))));
        Ok(Python::call(sqlalchemy("Column"), arguments))
    }

    /// The column's type, where its words say all that there is to the column.
    fn revision_type(
        &self,
        place: Place<'_>,
        name: &str,
        column: &Column,
    ) -> Result<super::super::native_types::Spelled, Wordless> {
        if !says_whole_column(column) {
            return Err(wordless("the column has what Alembic has no words for"));
        }
        let mut spelled = self.plain_type(&column.data_type, column.collation.as_deref(), place.namespace)?;
        if let Some(sql) = self.serial(place.table, column, name) {
            spelled.expression = self.type_of_its_own(sql).ok_or_else(|| wordless(sql))?;
        }
        Ok(spelled)
    }

    /// The database's default as the SQL that SQLAlchemy makes of it, which is how Alembic renders functions of defaults.
    pub(super) fn revision_default(
        &self,
        place: Place<'_>,
        name: &str,
        column: &Column,
        spelled: &super::super::native_types::Spelled,
    ) -> Result<Option<Python>, Wordless> {
        if let (Some(DefaultValue::Literal(Literal::Number(number))), "mysql", None) =
            (&column.default, self.words.dialect, &column.on_update)
            && !number.chars().all(char::is_alphanumeric)
        {
            // SQLAlchemy puts any other text in parentheses, which makes an expression of it.
            return Ok(Some(Python::text(number)));
        }
        let default = self.server_default(place, name, column, spelled)?;
        let [no, yes] = self.words.truth;
        Ok(default.map(|default| match &default {
            Python::Call { function, .. } => match function.text.as_str() {
                // Of a moment in another type each spelling is an expression of its own.
                "func.now" if !spelled.python.starts_with("datetime.") => {
                    Python::sql(&column.default.as_ref().map_or_else(String::new, |it| self.dialect.default_text(it)))
                }
                "func.now" => Python::sql(self.words.plain_now.unwrap_or("now()")),
                "true" => Python::sql(yes),
                "false" => Python::sql(no),
                _ => default,
            },
            _ => default,
        }))
    }

    /// A type that is exactly what it is called.
    pub(super) fn plain_type(
        &self,
        data_type: &DataType,
        collation: Option<&str>,
        namespace: &str,
    ) -> Result<super::super::native_types::Spelled, Wordless> {
        let spelled = self.data_type(data_type, collation, namespace)?;
        let takes_collation =
            spelled.python == "str" && !matches!(data_type, DataType::Array(_) | DataType::Enum { .. });
        if collation.is_some() && !takes_collation {
            return Err(wordless("the type takes no collation"));
        }
        if let Some(named) = data_type.as_named()
            && is_in_other_words(self, named)
        {
            let expression = self.type_of_its_own(&self.dialect.type_text(data_type));
            return match expression {
                Some(expression) => Ok(super::super::native_types::Spelled { expression, python: "Any".to_owned() }),
                None => Err(wordless("SQLAlchemy writes the type in other words")),
            };
        }
        Ok(spelled)
    }

    /// `sa.PrimaryKeyConstraint("id", name=op.f("users_pkey"))`.
    fn revision_primary_key(&self, key: &PrimaryKey) -> Result<Python, Wordless> {
        let columns = plain_columns(&key.parts).filter(|_| primary_key_is_plain(key));
        let columns = columns.ok_or_else(|| wordless("the primary key is none that SQLAlchemy has words for"))?;
        let mut arguments: Vec<Argument> =
            columns.iter().map(|column| Argument::Positional(Python::text(*column))).collect();
        // MySQL's has one name whatever is said.
        let name = key.name.as_deref().filter(|name| !(self.words.dialect == "mysql" && *name == "PRIMARY"));
        arguments.extend(name.map(|name| keyword("name", conventional(name))));
        Ok(Python::call(sqlalchemy("PrimaryKeyConstraint"), arguments))
    }

    fn revision_options(&self, place: Place<'_>) -> Result<Vec<Argument>, Wordless> {
        let is_known = |name: &String| self.words.options.iter().any(|(known, _)| known == name);
        if !place.table.options.keys().all(is_known) {
            return Err(wordless("the table has options that Alembic has no words for"));
        }
        let is_switch_on = |name: &str, value: &str| {
            self.words
                .options
                .iter()
                .any(|(known, words)| *known == name && (value == "true" || matches!(words, OptionWords::Text(_))))
        };
        if !place.table.options.iter().all(|(name, value)| is_switch_on(name, value)) {
            return Err(wordless("the table has options that Alembic has no words for"));
        }
        let mut options: Vec<Argument> =
            self.table_options(place).into_iter().map(|(name, value)| keyword(&name, value)).collect();
        let says_letters = place.table.options.keys().any(|name| matches!(name.as_str(), "charset" | "collation"));
        if self.words.dialect == "mysql" && !says_letters {
            // The same table as by the SQL of the plan.
            let (charset, collation) = ormsync_dialect::MYSQL_TABLE_CHARSET;
            options.push(keyword("mysql_charset", Python::text(charset)));
            options.push(keyword("mysql_collate", Python::text(collation)));
        }
        let is_unique_number = |column: &Column| column.identity.as_ref().is_some_and(|identity| identity.never_again);
        if place.table.columns.values().any(is_unique_number) {
            options.push(keyword("sqlite_autoincrement", Python::Boolean(true)));
        }
        Ok(options)
    }
}

pub(super) fn wordless(text: &str) -> Wordless {
    Wordless(text.to_owned())
}

/// Whether the words of `op.create_table` say everything about a table but for what its parts are asked.
fn says_whole_table(table: &Table) -> bool {
    let partitioning = table.partitioning.as_ref().is_none_or(|it| matches!(it, Partitioning::PartitionedBy(_)));
    // What is left is compared whole, so that nothing that tables may come to have is passed over.
    let rest = Table {
        model: None,
        columns: Default::default(),
        primary_key: None,
        indexes: Vec::new(),
        foreign_keys: Vec::new(),
        checks: Vec::new(),
        comment: None,
        options: Default::default(),
        partitioning: None,
        opaque: Vec::new(),
        origin: Origin::default(),
        ..table.clone()
    };
    partitioning && rest == Table::default()
}

/// Whether the words of `sa.Column` can say everything about a column.
pub(super) fn says_whole_column(column: &Column) -> bool {
    let identity_is_plain = column.identity.as_ref().is_none_or(|identity| {
        let plain = match identity.kind {
            IdentityKind::AutoIncrement => {
                Identity { kind: identity.kind, never_again: identity.never_again, ..Identity::default() }
            }
            IdentityKind::ByDefault | IdentityKind::Always => Identity {
                kind: identity.kind,
                start: identity.start,
                increment: identity.increment,
                ..Identity::default()
            },
        };
        **identity == plain
    });
    let rest = Column {
        default: None,
        default_wording: Default::default(),
        on_update: None,
        identity: None,
        generated: None,
        collation: None,
        comment: None,
        client: Default::default(),
        origin: Origin::default(),
        places: Default::default(),
        ..column.clone()
    };
    identity_is_plain && rest == Column::new(column.data_type.clone(), column.nullable, Origin::default())
}
