//! The kinds of fact a source can state, leave unsaid, or state unreadably.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Origin;

/// A kind of fact. A source's *voice* is every fact but those in [`crate::Schema::unsaid`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fact {
    /// That a table exists.
    Table,
    /// That a column exists.
    Column,
    /// A column's type.
    ColumnType,
    /// Whether a column takes NULL.
    Nullability,
    /// Whether a column of a list type takes NULL.
    ListNullability,
    /// A column's default in the database.
    Default,
    /// A column's value when a row is updated, set by the database (`ON UPDATE CURRENT_TIMESTAMP`).
    OnUpdate,
    /// That a column is generated, and from what.
    Generated,
    /// That the database numbers a column (auto-increment, serial, identity).
    Identity,
    /// A column's collation or character set.
    Collation,
    /// A column's comment.
    ColumnComment,
    /// A table's comment.
    TableComment,
    /// Storage options of a table: engine, character set, STRICT …
    TableOptions,
    /// A table's primary key.
    PrimaryKey,
    /// That an index or unique constraint exists.
    Index,
    /// The name of an index or constraint.
    ConstraintName,
    /// Ascending or descending index parts.
    IndexOrder,
    /// NULLS FIRST or LAST in an index.
    IndexNulls,
    /// The access method of an index.
    IndexMethod,
    /// The WHERE of a partial index.
    IndexPredicate,
    /// INCLUDE columns of an index.
    IndexInclude,
    /// Prefix lengths of index parts.
    IndexPrefix,
    /// Operator classes of index parts.
    OperatorClass,
    /// Index parts that are expressions, and indexes that have such parts.
    IndexExpression,
    /// Whether a uniqueness is a constraint or an index.
    UniqueKind,
    /// A foreign key.
    ForeignKey,
    /// ON DELETE and ON UPDATE.
    ReferentialAction,
    /// DEFERRABLE.
    Deferrability,
    /// A check constraint.
    Check,
    /// An exclusion constraint.
    Exclusion,
    /// A named enum type.
    EnumType,
    /// The order of an enum's labels.
    EnumLabelOrder,
    /// A view.
    View,
    /// A view's definition.
    ViewDefinition,
    /// A sequence that no column owns.
    Sequence,
    /// An extension.
    Extension,
    /// A trigger.
    Trigger,
    /// A function or procedure.
    Routine,
    /// Row-level security.
    Policy,
    /// Partitioning and inheritance.
    Partitioning,
    /// A domain or composite type.
    UserType,
    /// A default that the ORM fills in on its own.
    ClientDefault,
    /// A value that the ORM sets on every update on its own.
    ClientUpdate,
}

/// Something a reader met and could not understand. While a parent holds an opaque part of some kind,
/// the *absence* of that kind in it proves nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Opaque {
    /// What kind of fact may be hidden there. [`Fact::Table`] in a schema: any table;
    /// [`Fact::Column`] in a table: any column.
    pub fact: Fact,
    /// The name of what is hidden, where it is known (the table of a class whose body is unreadable).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The source text, shortened.
    pub text: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Origin::is_nowhere")]
    pub origin: Origin,
}
