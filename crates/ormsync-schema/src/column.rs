//! Columns: type, nullability, default, generation, and what an ORM does on its own.

use std::ops::{Deref, DerefMut};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{DataType, Expression, Fact, Origin, Places, Wording};

// What few columns have is in a box: a schema has tens of thousands of columns, and every pass goes over all of them.
/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Column {
    /// What it stores.
    pub data_type: DataType,
    /// Whether it takes NULL.
    pub nullable: bool,
    /// Its NOT NULL, where that is a constraint and not as the server makes it by itself. No ORM says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_null: Option<Box<NotNull>>,
    /// The database's default, if there is one. A column that the database numbers has none here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultValue>,
    /// The default in the source's words, where it is written in SQL there. A snapshot does not keep it.
    #[serde(skip)]
    pub default_wording: Wording,
    /// What the database sets it to on every update (`ON UPDATE CURRENT_TIMESTAMP`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_update: Option<Box<DefaultValue>>,
    /// How the database numbers it, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<Box<Identity>>,
    /// The sequence that numbers it, where that is not called as the server calls it by itself. No ORM says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub numbered_by: Option<String>,
    /// The expression it is generated from, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generated: Option<Box<Generated>>,
    /// Collation, where it is not the table's or the type's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub collation: Option<String>,
    /// Comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comment: Option<String>,
    /// The spatial reference system that its values must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spatial_reference: Option<u32>,
    /// Left out of `SELECT *` by the server.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub invisible: bool,
    /// Its values are kept compressed.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub compressed: bool,
    /// Left out of the history that its table keeps of itself.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub without_history: bool,
    /// Not declared here: it came with the parent, by inheritance or partitioning.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub inherited: bool,
    /// What the ORM does on its own.
    #[serde(default, skip_serializing_if = "OptionalClientSide::is_empty")]
    #[schemars(with = "ClientSide")]
    pub client: OptionalClientSide,
    /// The declaration as a whole.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
    /// Narrower places of single facts: the type's, the default's …
    #[serde(default, skip_serializing_if = "Places::is_empty")]
    #[schemars(with = "std::collections::BTreeMap<Fact, Origin>")]
    pub places: Places,
}

impl Column {
    /// A column with nothing but a type and nullability.
    pub fn new(data_type: DataType, nullable: bool, origin: Origin) -> Self {
        Self {
            data_type,
            nullable,
            not_null: None,
            default: None,
            default_wording: Wording::default(),
            on_update: None,
            identity: None,
            numbered_by: None,
            generated: None,
            collation: None,
            comment: None,
            spatial_reference: None,
            invisible: false,
            compressed: false,
            without_history: false,
            inherited: false,
            client: OptionalClientSide::default(),
            origin,
            places: Places::default(),
        }
    }

    /// The narrowest known place of a fact: its own, else the whole declaration.
    pub fn place_of(&self, fact: Fact) -> &Origin {
        self.places.get(&fact).unwrap_or(&self.origin)
    }
}

/// A NOT NULL that is a constraint (PostgreSQL 18, SQLite), with what it was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NotNull {
    /// Its name, where it is not the one that the server makes up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The server has not checked existing rows.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub not_valid: bool,
    /// Tables that inherit from this one do not get it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_inherit: bool,
    /// What happens to a row that breaks it (SQLite's `ON CONFLICT`), in small letters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_conflict: Option<String>,
}

/// A column's default in the database.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultValue {
    /// A constant.
    Literal(Literal),
    /// The time of the statement or transaction (`CURRENT_TIMESTAMP`, `now()`), with fractional digits
    /// where the dialect writes them.
    Now {
        /// Fractional digits, if written.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        precision: Option<u32>,
    },
    /// The next value of a sequence that the column does not own.
    NextValue {
        /// The sequence's namespace.
        namespace: String,
        /// The sequence's name.
        sequence: String,
    },
    /// Any other expression.
    Expression(Expression),
    /// There is a default, but it could not be read: its text.
    Unreadable(String),
}

/// A constant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Literal {
    /// A string, without quotes or escapes. Also dates, JSON, arrays and enum labels in the server's text form.
    Text(String),
    /// A number in its shortest decimal form.
    Number(String),
    /// True or false, where the dialect has them.
    Boolean(bool),
    /// Bytes, in lower-case hexadecimal.
    Bytes(String),
}

/// How the database numbers a column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Identity {
    /// Which of the server's ways.
    pub kind: IdentityKind,
    /// First number, where it is not 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<i64>,
    /// Step, where it is not 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub increment: Option<i64>,
    /// Smallest number, where it is not what the server takes for the column's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum: Option<i64>,
    /// Largest number, where it is not what the server takes for the column's type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub maximum: Option<i64>,
    /// How many numbers a session takes at once, where it is not 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cache: Option<i64>,
    /// Starts again at its end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub cycle: bool,
    /// Never gives a number again that was once given (SQLite's `AUTOINCREMENT`), where that is a choice.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub never_again: bool,
}

impl Identity {
    /// The dialect's ordinary auto-increment from 1 by 1.
    pub fn auto_increment() -> Self {
        Self::default()
    }
}

/// The ways servers number columns.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum IdentityKind {
    /// The dialect's ordinary one: `AUTO_INCREMENT`, `serial`, a row id.
    #[default]
    AutoIncrement,
    /// `GENERATED BY DEFAULT AS IDENTITY`.
    ByDefault,
    /// `GENERATED ALWAYS AS IDENTITY`.
    Always,
}

/// What a generated column is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Generated {
    /// The expression.
    pub expression: Expression,
    /// Whether it is kept or made on reading.
    pub storage: GeneratedStorage,
}

/// Whether a generated column is kept or made on reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GeneratedStorage {
    /// Written to disk.
    Stored,
    /// Made on every read.
    Virtual,
}

/// What an ORM does on its own with a column. Two writers of one table must agree on it too.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClientSide {
    /// The ORM's own name for it, where it differs from the column's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribute: Option<String>,
    /// What it fills in on INSERT, as written: `cuid()`, `uuid4`, `default=0`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// What it sets on UPDATE, as written: `@updatedAt`, `onupdate=func.now()`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update: Option<String>,
    /// Whether it is the row's optimistic-lock column.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub version_counter: bool,
    /// The enum labels as the ORM writes them, where they differ from the database's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enum_labels: Option<Vec<String>>,
    /// The labels that the ORM reads and writes in a column that takes any text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_labels: Option<Vec<String>>,
    /// Whether the ORM hands the column's exact decimals out as binary floats (`Numeric(asdecimal=False)`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub decimal_as_float: bool,
    /// The ORM's own name of the enum, where the database has none for it. A snapshot does not keep it.
    #[serde(skip)]
    pub enum_name: Wording,
    /// Declared, but left out of the client (`@ignore`).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ignored: bool,
}

/// The [`ClientSide`] of a column, which for most has nothing in it, and then takes no room.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct OptionalClientSide(Option<Box<ClientSide>>);

impl OptionalClientSide {
    /// Whether the ORM does nothing of its own.
    pub fn is_empty(&self) -> bool {
        **self == NOTHING
    }
}

/// What an ORM does on its own with most columns.
static NOTHING: ClientSide = ClientSide {
    attribute: None,
    default: None,
    update: None,
    version_counter: false,
    enum_labels: None,
    text_labels: None,
    decimal_as_float: false,
    enum_name: Wording::NONE,
    ignored: false,
};

impl From<ClientSide> for OptionalClientSide {
    fn from(side: ClientSide) -> Self {
        Self((side != NOTHING || !side.enum_name.is_unknown()).then(|| Box::new(side)))
    }
}

impl Deref for OptionalClientSide {
    type Target = ClientSide;

    fn deref(&self) -> &ClientSide {
        self.0.as_deref().unwrap_or(&NOTHING)
    }
}

impl DerefMut for OptionalClientSide {
    fn deref_mut(&mut self) -> &mut ClientSide {
        self.0.get_or_insert_default()
    }
}

impl PartialEq for OptionalClientSide {
    fn eq(&self, other: &Self) -> bool {
        **self == **other
    }
}

impl Eq for OptionalClientSide {}
