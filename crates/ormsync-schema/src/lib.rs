//! The canonical schema: the one model every source is lowered to.
//!
//! A [`Schema`] is *physical* and bound to one dialect: it says what tables, columns, types, defaults,
//! keys, indexes and so on a source stands for on a server, whatever language the source is written
//! in. It is an owned tree keyed by names; every object carries an [`Origin`] that equality ignores, so
//! that two schemas from different places compare with plain `==` once both are in the dialect's normal
//! form (`ormsync-dialect` brings them there).
//!
//! Three answers are possible to every question, not two: a value, *unsaid* (the source has no words
//! for it, see [`Fact`] and [`Schema::unsaid`]) and *unreadable* (the source says something that the
//! reader did not understand, see [`Opaque`], [`DataType::Unreadable`] and
//! [`DefaultValue::Unreadable`]). What is unsaid or unreadable is never equal and never drift.
//!
//! An [`Operation`] is one change of a schema and holds the whole objects it concerns; a [`Plan`] is a list of
//! them. Both are values: they can be turned round and carried out on a schema without a server.
//!
//! What is deliberately not here: input and output, names of dialects or ORMs, and anything that
//! compares or renders.

mod column;
mod constraint;
mod data_type;
mod diagnostic;
mod fact;
mod history;
mod index;
mod object;
mod operation;
mod origin;
mod places;
mod range_type;
mod reading;
mod schema;
mod sequence;
mod suppression;
mod table;
mod trigger;

pub use column::{
    ClientSide, Column, DefaultValue, Generated, GeneratedStorage, Identity, IdentityKind, Literal, NotNull,
    OptionalClientSide,
};
pub use constraint::{Check, Deferrability, Exclusion, ForeignKey, MatchKind, PrimaryKey, ReferentialAction};
pub use data_type::{DataType, NamedType, TypeArgument};
pub use diagnostic::{Diagnostic, Severity};
pub use fact::{Fact, Opaque};
pub use history::{History, HistoryCommands, Migration, Record, RecordState};
pub use index::{Index, IndexKind, IndexPart, IndexTarget, NullsOrder, SortOrder};
pub use object::{ObjectKind, ObjectPath};
pub use operation::{
    ApplyError, ColumnChange, ConstraintKind, EnumChange, EnumUser, Manner, Operation, Plan, QualifiedName,
    TableChange, TableRebuild, Warning, WarningKind,
};
pub use origin::{LineColumn, Origin, Place, SourceFile, SourceFiles, Span};
pub use places::Places;
pub use range_type::RangeType;
pub use reading::{Reading, Spelling};
pub use schema::{
    CompositeType, Domain, EnumType, Expression, Extension, FORMAT_VERSION, Namespace, Routine, RoutineKind, Schema,
    Server, View, Wording,
};
pub use sequence::{Sequence, SequenceOwner};
pub use suppression::{SUPPRESSION_MARK, Suppression, parse_suppression};
pub use table::{ClientDelete, Partition, Partitioning, Policy, Table};
pub use trigger::{Trigger, TriggerEvent, TriggerFiring, TriggerTiming};
