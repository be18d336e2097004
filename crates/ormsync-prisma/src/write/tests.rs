//! What is written is what was read.
