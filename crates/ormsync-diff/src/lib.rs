//! Compares canonical schemas: any number of sources, one fact at a time.
//!
//! Every fact (a column's type, whether an index is there) is asked of every source; the answers are
//! grouped by equality; more than one group is a *difference*, and which source stands alone is its
//! *verdict*. One difference is one [`Finding`], under one [`Rule`] of the registry.
//!
//! [`plan`] turns two schemas into the operations that lead from one to the other.
//!
//! What is deliberately not here: a dialect's or an ORM's name (both are given), input and output, and
//! how findings look.

mod compare;
mod comparing;

mod columns;
mod conditions;
mod defaults;
mod delete_rules;
mod enums;
mod fill;
mod foreign_keys;
mod hazards;
mod indexes;
mod objects;
mod options;
mod primary_keys;
mod tables;
mod types;

mod answer;
mod coverage;
mod finding;
mod fix;
mod headline;
mod histories;
mod matched;
mod matching;
mod names;
mod names_on_server;
mod overrides;
mod ownership;
pub mod plan;
mod rule;
mod rules;
mod selection;
mod source;
mod suppress;
mod verdict;
mod witness;
mod words;

pub use compare::{Comparison, Options, Summary, compare};
pub use coverage::{Coverage, count};
pub use finding::{Answer, Finding};
pub use histories::{Row, SideStanding, Standing, Step, StepState, stand};
pub use matched::{MatchedColumn, MatchedTable, column_text, foreign_key_text, has_index_on, index_text, match_tables};
pub use names_on_server::{LongName, long_names};
pub use overrides::Override;
pub use ownership::{Ownership, OwnershipPatterns};
pub use rule::{RULES, Rule, rule_by_name, rule_index_markdown, rule_markdown};
pub use selection::Selection;
pub use source::{Role, Source};
pub use verdict::Verdict;
pub use witness::Witness;
