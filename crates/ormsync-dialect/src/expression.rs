//! The normal form of SQL expressions: one spelling for what servers and people write differently.
