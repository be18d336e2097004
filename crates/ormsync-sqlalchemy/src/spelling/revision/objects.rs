//! Indexes, keys and checks as operations.

use ormsync_schema::{Check, ForeignKey, Index, IndexKind, Origin, PrimaryKey, ReferentialAction};

use super::super::constraint::plain_columns;
use super::super::python::{Argument, Name, Python, sqlalchemy};
use super::super::writer::{Place, Wordless, Writer, keyword};
use super::tables::wordless;
use super::words::in_revision;

/// `op.f("name")`: a name as it is, whatever the project's naming convention makes of others.
pub(super) fn conventional(name: &str) -> Python {
    Python::call(Name::local("op.f"), vec![Argument::Positional(Python::text(name))])
}

/// A call of an operation.
pub(super) fn operation(name: &str, arguments: Vec<Argument>) -> Python {
    in_revision(Python::call(Name::local(format!("op.{name}")), arguments))
}

/// Whether a primary key is no more than its name and columns.
pub(super) fn primary_key_is_plain(key: &PrimaryKey) -> bool {
    let plain = PrimaryKey {
        name: key.name.clone(),
        parts: key.parts.clone(),
        origin: key.origin.clone(),
        ..PrimaryKey::default()
    };
    *key == plain
}

impl Writer<'_> {
    /// `schema="…"` where the namespace has to be said.
    pub(super) fn schema_argument(&self, namespace: &str) -> Option<Argument> {
        self.schema_word(namespace).map(|schema| keyword("schema", Python::text(schema)))
    }

    /// `op.create_index(op.f("name"), "table", ["a"], unique=False)`.
    pub(super) fn create_index(&self, namespace: &str, table: &str, index: &Index) -> Result<Python, Wordless> {
        let name = index.name.as_deref().ok_or_else(|| wordless("the index has no name"))?;
        if !says_whole_index(index) {
            return Err(wordless("the index has what SQLAlchemy has no words for"));
        }
        let has_lengths = index.parts.iter().any(|part| part.prefix_length.is_some());
        if has_lengths && index.parts.iter().any(|part| part.as_column().is_none() || !part.order.is_ascending()) {
            // It looks lengths up by the name of each part, which a text has not.
            return Err(wordless("SQLAlchemy can't say lengths beside directions and expressions"));
        }
        let columns = index.parts.iter().map(|part| self.index_part(part)).collect();
        let mut arguments = vec![
            Argument::Positional(conventional(name)),
            Argument::Positional(Python::text(table)),
            Argument::Positional(Python::List(columns)),
            keyword("unique", Python::Boolean(index.kind.is_unique())),
        ];
        arguments.extend(self.schema_argument(namespace));
        arguments.extend(self.index_words(index));
        Ok(operation("create_index", arguments))
    }

    /// `op.drop_index(op.f("name"), table_name="table")`.
    pub(super) fn drop_index(&self, namespace: &str, table: &str, index: &Index) -> Result<Python, Wordless> {
        let name = index.name.as_deref().ok_or_else(|| wordless("the index has no name"))?;
        let mut arguments = vec![Argument::Positional(conventional(name)), keyword("table_name", Python::text(table))];
        arguments.extend(self.schema_argument(namespace));
        Ok(operation("drop_index", arguments))
    }

    /// `op.create_unique_constraint(op.f("name"), "table", ["a"])`.
    pub(super) fn create_unique(&self, namespace: &str, table: &str, index: &Index) -> Result<Python, Wordless> {
        let name = index.name.as_deref().ok_or_else(|| wordless("the constraint has no name"))?;
        let columns = plain_columns(&index.parts).filter(|_| says_whole_index(index));
        let columns = columns.ok_or_else(|| wordless("the constraint has what SQLAlchemy has no words for"))?;
        let columns = columns.into_iter().map(Python::text).collect();
        let mut arguments = vec![
            Argument::Positional(conventional(name)),
            Argument::Positional(Python::text(table)),
            Argument::Positional(Python::List(columns)),
        ];
        arguments.extend(self.schema_argument(namespace));
        arguments.extend(super::super::constraint::deferrability(index.deferrability));
        arguments.extend(self.index_options(index));
        Ok(operation("create_unique_constraint", arguments))
    }

    /// `op.drop_constraint(op.f("name"), "table", type_="unique")`.
    pub(super) fn drop_constraint(
        &self,
        namespace: &str,
        table: &str,
        name: Option<&str>,
        kind: &str,
    ) -> Result<Python, Wordless> {
        let name = name.ok_or_else(|| wordless("the constraint has no name"))?;
        let mut arguments = vec![Argument::Positional(conventional(name)), Argument::Positional(Python::text(table))];
        arguments.extend(self.schema_argument(namespace));
        arguments.push(keyword("type_", Python::text(kind)));
        Ok(operation("drop_constraint", arguments))
    }

    /// `op.create_primary_key(op.f("name"), "table", ["id"])`.
    pub(super) fn create_primary_key(
        &self,
        namespace: &str,
        table: &str,
        key: &PrimaryKey,
    ) -> Result<Python, Wordless> {
        let columns = plain_columns(&key.parts).filter(|_| primary_key_is_plain(key));
        let columns = columns.ok_or_else(|| wordless("the primary key is none that SQLAlchemy has words for"))?;
        let name = key.name.as_deref().ok_or_else(|| wordless("the primary key has no name"))?;
        let mut arguments = vec![
            Argument::Positional(conventional(name)),
            Argument::Positional(Python::text(table)),
            Argument::Positional(Python::List(columns.into_iter().map(Python::text).collect())),
        ];
        arguments.extend(self.schema_argument(namespace));
        Ok(operation("create_primary_key", arguments))
    }

    /// `op.create_foreign_key(op.f("name"), "source", "referent", ["a"], ["id"], ondelete="CASCADE")`.
    pub(super) fn create_foreign_key(&self, place: Place<'_>, key: &ForeignKey) -> Result<Python, Wordless> {
        let name = key.name.as_deref().filter(|_| says_whole_foreign_key(key));
        let name = name.ok_or_else(|| wordless("the foreign key has what Alembic has no words for"))?;
        if key.referenced_columns.len() != key.columns.len() {
            return Err(wordless("the columns referred to are not known"));
        }
        let mut arguments = vec![
            Argument::Positional(conventional(name)),
            Argument::Positional(Python::text(place.name)),
            Argument::Positional(Python::text(&key.referenced_table)),
            Argument::Positional(Python::texts(&key.columns)),
            Argument::Positional(Python::texts(&key.referenced_columns)),
        ];
        for (word, namespace) in
            [("source_schema", place.namespace), ("referent_schema", key.referenced_namespace.as_str())]
        {
            arguments.extend(self.schema_word(namespace).map(|schema| keyword(word, Python::text(schema))));
        }
        for (word, action) in [("ondelete", key.on_delete), ("onupdate", key.on_update)] {
            if action != ReferentialAction::NoAction {
                arguments.push(keyword(word, Python::text(action.as_sql())));
            }
        }
        arguments.extend(super::super::constraint::deferrability(key.deferrability));
        Ok(operation("create_foreign_key", arguments))
    }

    /// `op.create_check_constraint(op.f("name"), "table", sa.text("…"))`.
    pub(super) fn create_check(&self, namespace: &str, table: &str, check: &Check) -> Result<Python, Wordless> {
        let name = check.name.as_deref().filter(|_| says_whole_check(check));
        let name = name.ok_or_else(|| wordless("the check has what Alembic has no words for"))?;
        let mut arguments = vec![
            Argument::Positional(conventional(name)),
            Argument::Positional(Python::text(table)),
            Argument::Positional(Python::sql(check.expression.sql())),
        ];
        arguments.extend(self.schema_argument(namespace));
        Ok(operation("create_check_constraint", arguments))
    }

    /// `sa.CheckConstraint("…", name=op.f("…"))`, inside a table.
    pub(super) fn revision_check(&self, check: &Check) -> Result<Python, Wordless> {
        if !says_whole_check(check) {
            return Err(wordless("the check has what SQLAlchemy has no words for"));
        }
        let sql = super::super::python::without_parameters(check.expression.sql());
        let mut arguments = vec![Argument::Positional(Python::Text(sql))];
        arguments.extend(check.name.as_ref().map(|name| keyword("name", conventional(name))));
        Ok(Python::call(sqlalchemy("CheckConstraint"), arguments))
    }

    /// `sa.UniqueConstraint("a", name=op.f("…"))`, inside a table.
    pub(super) fn revision_unique(&self, index: &Index) -> Result<Python, Wordless> {
        let columns = plain_columns(&index.parts).filter(|_| says_whole_index(index));
        let columns = columns.ok_or_else(|| wordless("the constraint has what SQLAlchemy has no words for"))?;
        let mut arguments: Vec<Argument> =
            columns.into_iter().map(|column| Argument::Positional(Python::text(column))).collect();
        arguments.extend(index.name.as_ref().map(|name| keyword("name", conventional(name))));
        arguments.extend(super::super::constraint::deferrability(index.deferrability));
        arguments.extend(self.index_options(index));
        Ok(Python::call(sqlalchemy("UniqueConstraint"), arguments))
    }

    /// `sa.ForeignKeyConstraint(["a"], ["t.id"], name=op.f("…"))`, inside a table.
    pub(super) fn revision_foreign_key(&self, place: Place<'_>, key: &ForeignKey) -> Result<Python, Wordless> {
        if !says_whole_foreign_key(key) {
            return Err(wordless("the foreign key has what SQLAlchemy has no words for"));
        }
        let nameless = ForeignKey { name: None, ..key.clone() };
        let Python::Call { function, mut arguments } = self.foreign_key_constraint(place, &nameless)? else {
            return Err(wordless("the foreign key is none"));
        };
        arguments.extend(key.name.as_ref().map(|name| keyword("name", conventional(name))));
        Ok(Python::Call { function, arguments })
    }
}

/// Whether SQLAlchemy's words can say everything about an index.
pub(super) fn says_whole_index(index: &Index) -> bool {
    let rest = Index {
        parts: Vec::new(),
        method: None,
        predicate: None,
        include: Vec::new(),
        nulls_not_distinct: false,
        deferrability: Default::default(),
        implicit: false,
        origin: Origin::default(),
        ..index.clone()
    };
    let deferrable_index = index.kind != IndexKind::UniqueConstraint && !index.deferrability.is_not_deferrable();
    !deferrable_index && rest == Index::on_columns(index.kind, index.name.clone(), [], Origin::default())
}

pub(super) fn says_whole_foreign_key(key: &ForeignKey) -> bool {
    let plain = ForeignKey {
        name: key.name.clone(),
        columns: key.columns.clone(),
        referenced_namespace: key.referenced_namespace.clone(),
        referenced_table: key.referenced_table.clone(),
        referenced_columns: key.referenced_columns.clone(),
        on_delete: key.on_delete,
        on_update: key.on_update,
        deferrability: key.deferrability,
        origin: key.origin.clone(),
        ..ForeignKey::default()
    };
    *key == plain
}

pub(super) fn says_whole_check(check: &Check) -> bool {
    let plain = Check {
        name: check.name.clone(),
        expression: check.expression.clone(),
        column: check.column.clone(),
        origin: check.origin.clone(),
        ..Check::default()
    };
    *check == plain
}
