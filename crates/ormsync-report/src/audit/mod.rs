//! The audit of a shared database: one model ([`Audit`]), gathered from the sources and the gate's findings, and what is
//! rendered from it: JSON, Markdown, one HTML file, and diagrams.

mod compliance;
mod details;
mod diagram;
mod documents;
mod gather;
mod indexes;
mod layout;
mod model;
mod promises;
mod relations;
mod render;
mod statements;
mod timeline;
mod view;

pub use diagram::{DiagramFormat, around, diagram};
pub use documents::{audit_html, audit_markdown};
pub use gather::{AuditInput, Extras, audit};
pub use model::{
    AUDIT_VERSION, Audit, AuditDiagnostic, AuditFinding, AuditSource, AuditTable, Cell, Changes, Compliance, Counts,
    DriftCount, History, IndexUse, Made, Migration, MigrationState, NamingStyle, OrphanCount, PersonalColumn, Promise,
    RedundantIndex, Relation, Row, State, StatementDiff, TableHistory, TableHistoryState, TableState, TableStorage,
    Trail,
};
pub use promises::{Expectations, ExpectedCounts};
pub use render::{audit_json, audit_schema, changes_between, read_audit};
