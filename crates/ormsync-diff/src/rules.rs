//! What every rule means, why it matters, and how to fix what it finds. The examples, which show the
//! languages of both sides, are Markdown files beside this one.

mod columns;
mod constraints;
mod indexes;
mod objects;
mod security;
mod tables;

pub(crate) use columns::*;
pub(crate) use constraints::*;
pub(crate) use indexes::*;
pub(crate) use objects::*;
pub(crate) use security::*;
pub(crate) use tables::*;
