//! What differs between database servers: PostgreSQL, MySQL (with MariaDB as a flavour) and SQLite.
//!
//! Everything that depends on the server lives here, behind one trait, [`Dialect`], that has no default
//! bodies: a new question breaks the build in exactly the three places that must answer it. Each
//! dialect's folder has the same file names:
//!
//! | file | what |
//! | --- | --- |
//! | `facts.rs` | names, limits, quoting, folding |
//! | `types.rs` | parsing, spelling and equivalence of data types |
//! | `defaults.rs` | parsing and spelling of column defaults |
//! | `normal_form.rs` | bringing a schema into the form the server would report |
//! | `alterations.rs` | what stands in the way of a change |
//! | `statements.rs` | writing a plan as SQL |
//! | `replay.rs` | what differs when statements are carried out without a server (`replay/`) |
//! | `catalogue.rs`, `queries/*.sql` | the catalogue queries and how their rows become a schema |
//!
//! Nothing here opens a connection (`ormsync-database` does) or knows an ORM.

mod alterations;
mod catalogue;
mod condition;
mod dialect;
mod duplicate_uniques;
mod equality;
mod expression;
mod foreign_keys;
mod literal;
mod mysql;
mod postgres;
mod replay;
mod schema_walk;
pub mod scripts;
mod sqlite;
mod statements;
mod type_text;
mod usage;

pub use alterations::{Alterations, Conversion};
pub use catalogue::{CatalogueAnswer, CatalogueQuery, CatalogueRow, CatalogueRows, CatalogueScope, Turn};
pub use condition::{Condition, Existing};
pub use dialect::{Dialect, Equivalence, IdentifierLimit, all, by_name, is_reserved_anywhere};
pub use expression::{Comparison, Constant, Demand};
pub use mysql::{MYSQL, MYSQL_TABLE_CHARSET};
pub use postgres::POSTGRESQL;
pub use replay::{AnswerCell, Effect, Question, ScriptStatement, answer, replay, script_statements};
pub use sqlite::SQLITE;
pub use statements::{Section, script};
pub use usage::{RelationEnd, Usage, orphan_query, usage_of};
