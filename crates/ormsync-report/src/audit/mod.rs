//! The audit of a shared database: one model ([`Audit`]), gathered from the sources and the gate's findings, and what is
//! rendered from it: JSON and diagrams.

mod compliance;
mod diagram;
mod gather;
mod indexes;
mod model;
mod promises;
mod relations;
mod render;

pub use diagram::{DiagramFormat, diagram};
pub use gather::{AuditInput, audit};
pub use model::{
    AUDIT_VERSION, Audit, AuditDiagnostic, AuditFinding, AuditSource, AuditTable, Cell, Compliance, Counts, DriftCount,
    Made, NamingStyle, PersonalColumn, Promise, RedundantIndex, Relation, Row, State, TableState, Trail,
};
pub use promises::{EXPECTED_KINDS, Expectations};
pub use render::{audit_json, audit_schema, changes_markdown};
