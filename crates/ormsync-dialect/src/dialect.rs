//! The questions that every dialect answers.

use ormsync_schema::{Column, ColumnChange, DataType, DefaultValue, Diagnostic, Plan, Schema, Server, Table};

use crate::{Alterations, Condition, Conversion, Demand, Section};
use crate::{CatalogueQuery, CatalogueRows, CatalogueScope, MYSQL, POSTGRESQL, SQLITE};

/// One kind of database server.
pub trait Dialect: Sync + std::fmt::Debug {
    /// The name that [`Schema::dialect`] and configuration files use.
    fn name(&self) -> &'static str;

    /// The namespace of tables that are declared without one; empty where the server has none.
    fn default_namespace(&self) -> &'static str;

    /// How long a name may be; longer ones are cut by the server or refused.
    fn identifier_limit(&self) -> IdentifierLimit;

    /// Quotes a name for SQL.
    fn quote_identifier(&self, name: &str) -> String;

    /// Quotes a string constant for SQL.
    fn quote_text(&self, text: &str) -> String;

    /// Whether a name, in whatever case, is a word that this server takes for itself where it is not quoted, so that it
    /// can't be the name of a table or column then.
    fn is_reserved(&self, name: &str) -> bool;

    /// Whether two names that differ in spelling mean the same table or column on this server.
    fn same_name(&self, left: &str, right: &str) -> bool;

    /// Reads a type as SQL writes it. Never fails: what is not understood is
    /// [`DataType::Unreadable`]; a name that is merely unknown (an extension's type) is a named type.
    fn parse_type(&self, text: &str) -> DataType;

    /// The type as this dialect's SQL writes it, short and lower case: `varchar(191)`, `int unsigned`.
    fn type_text(&self, data_type: &DataType) -> String;

    /// Reads a default as the server's catalogue or a DDL script writes it, for a column of a type.
    fn parse_default(&self, text: &str, data_type: &DataType) -> DefaultValue;

    /// The default as this dialect's SQL writes it.
    fn default_text(&self, default: &DefaultValue) -> String;

    /// Brings a schema into the form this server would report: one spelling of types and defaults,
    /// generated names of constraints, cut identifiers, columns the server numbers, indexes it makes
    /// for foreign keys, expressions in normal form. Idempotent. `server` tells flavour and version where
    /// they are known; without it, the newest version of the dialect's main product is assumed.
    fn normalise(&self, schema: &mut Schema, server: Option<&Server>);

    /// Brings a schema into the form that statements are written from: [`Dialect::normalise`] without
    /// [`Dialect::forget`]. Idempotent.
    fn settle(&self, schema: &mut Schema, server: Option<&Server>);

    /// Takes out of a table what this server keeps no record of or makes nothing of, so that it can't be compared
    /// with what a server reports. The number and order of everything stay.
    fn forget(&self, table: &mut Table);

    /// What two types in normal form are to each other.
    fn compare_types(&self, left: &DataType, right: &DataType) -> Equivalence;

    /// What two defaults in normal form, of columns of these types, are to each other.
    fn compare_defaults(&self, left: &DefaultValue, right: &DefaultValue) -> Equivalence;

    /// How the server changes what is there: what a plan has to respect.
    fn alterations(&self, server: Option<&Server>) -> Alterations;

    /// Whether a column can be added to a table that is there, where [`Alterations::rebuilds_tables`] says that not
    /// every change can be made.
    fn adds_in_place(&self, column: &Column) -> bool;

    /// What a change of a column's type does to the values that are there.
    fn conversion(&self, from: &DataType, to: &DataType) -> Conversion;

    /// What a check demands of the values of columns, where that is simple; what is not adds nothing.
    fn demands(&self, check: &str) -> Vec<Demand>;

    /// A value that says nothing (an empty text, zero, the first label), as SQL: for rows that have none when a column takes no
    /// NULL any more, be it a column that is added or one that is there. None where no value of the type is known, and where
    /// the server fills such a column itself.
    fn empty_value(&self, data_type: &DataType, is_added: bool) -> Option<String>;

    /// The expression that makes new values of old ones when a column changes its type, where a statement of the plan
    /// has to say it.
    fn using(&self, plan: &Plan, change: &ColumnChange) -> Option<String>;

    /// A plan as statements of this server.
    fn statements(&self, plan: &Plan) -> Vec<Section>;

    /// Statements that run the given ones only where the condition holds when they are reached; none where the server has
    /// no words for that.
    fn only_where(&self, condition: &Condition<'_>, statements: &[String]) -> Option<Vec<String>>;

    /// Statements that put rows into tables which refer to each other, as one step at whose end the references are looked at;
    /// none where the server looks at each row at once.
    fn insert_together(&self, inserts: &[String]) -> Option<String>;

    /// A column with the names said that the server has given by itself to what belongs to it (its sequence, its NOT NULL): they
    /// stay when the column or its table is called otherwise.
    fn with_given_names(&self, table: &str, name: &str, column: &Column, server: Option<&Server>) -> Column;

    /// The statement that makes the next number which a column is given by itself that one; none where the server numbers
    /// behind what is there. The table is as statements name it, the column as it is called.
    fn number_from(&self, table: &str, column: &str, next: usize) -> Option<String>;

    /// The catalogue queries of a server: a fixed number, whatever the number of tables.
    fn catalogue_queries(&self, server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery>;

    /// How many connections shall read the catalogue side by side as soon as the queries that come first ([`crate::Turn::First`])
    /// have been answered. With one, a second helps only where it takes long.
    fn catalogue_connections(&self, _server: &Server, _rows: &CatalogueRows) -> usize {
        1
    }

    /// Queries that can only be asked once the rows of the first ones are known: a fixed number again, mostly none.
    /// Where the account may not ask them, their rows are left out.
    fn further_catalogue_queries(&self, server: &Server, rows: &CatalogueRows) -> Vec<CatalogueQuery>;

    /// A table that went away, or went and came again, while the rows were read, so that they and the schema made of them
    /// have it half. None where the server has a snapshot.
    fn half_read(&self, _rows: &CatalogueRows, _schema: &Schema) -> Option<String> {
        None
    }

    /// Queries for what the server knows of the use of its tables and indexes, whose rows
    /// [`crate::usage_of`] understands; none where it knows nothing without reading all data. Where the account may
    /// not ask them, or the server does not count, their rows are left out.
    fn usage_queries(&self, server: &Server, scope: &CatalogueScope) -> Vec<CatalogueQuery>;

    /// Makes a schema of the rows that [`Dialect::catalogue_queries`] and
    /// [`Dialect::further_catalogue_queries`] gave. Not yet in normal form.
    fn assemble(&self, server: &Server, scope: &CatalogueScope, rows: &CatalogueRows) -> (Schema, Vec<Diagnostic>);
}

/// What two types, defaults or expressions are to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Equivalence {
    /// The same in every respect.
    Identical,
    /// Different names, but the same values are stored and refused; says why.
    Compatible(String),
    /// Not the same.
    Different,
    /// At least one of them was not understood.
    Unknown,
}

/// How long a name may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdentifierLimit {
    /// So many bytes of UTF-8.
    Bytes(usize),
    /// So many characters.
    Characters(usize),
    /// As long as one likes.
    Unlimited,
}

impl IdentifierLimit {
    /// The longest beginning of `name` within the limit.
    pub fn cut(self, name: &str) -> &str {
        let end = match self {
            Self::Unlimited => name.len(),
            Self::Bytes(limit) => name.floor_char_boundary(limit),
            Self::Characters(limit) => name.char_indices().nth(limit).map_or(name.len(), |(at, _)| at),
        };
        &name[..end]
    }
}

/// All dialects.
pub fn all() -> [&'static dyn Dialect; 3] {
    [&POSTGRESQL, &MYSQL, &SQLITE]
}

/// Whether any of the servers takes a name for a word of its own: where quoting it needlessly does no harm.
pub fn is_reserved_anywhere(name: &str) -> bool {
    all().iter().any(|dialect| dialect.is_reserved(name))
}

/// The dialect of that name (`postgresql`, `mysql`, `sqlite`), or of a common other name of it
/// (`postgres`, `mariadb`).
pub fn by_name(name: &str) -> Option<&'static dyn Dialect> {
    let name = match name {
        "postgres" => "postgresql",
        "mariadb" => "mysql",
        other => other,
    };
    all().into_iter().find(|dialect| dialect.name() == name)
}
