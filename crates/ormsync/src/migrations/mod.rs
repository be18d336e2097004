//! What a pair of migrations is called, where it goes, what ties it together, and how it is written to disk.
//!
//! | file | what |
//! | --- | --- |
//! | `revisions.rs` | the moment, names and identifiers |
//! | `start.rs` | where a change starts |
//! | `place.rs` | the folders, and what comes behind what |
//! | `coupling.rs` | how each side's migration tells the other's that the change is made |
//! | `pair.rs` | the files of one change |
//! | `write.rs` | all files or none |

pub(crate) mod coupling;
pub(crate) mod pair;
pub(crate) mod place;
pub(crate) mod revisions;
pub(crate) mod start;
pub(crate) mod write;
