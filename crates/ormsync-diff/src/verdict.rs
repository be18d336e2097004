//! Which source stands alone.

use std::fmt;

use serde::Serialize;

/// What a difference says about the sources, by their names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// One source says something else than all others.
    Drifted(String),
    /// The declared sources agree, the live one has not got there yet.
    Behind(String),
    /// No two agree.
    Conflict,
    /// These sources have nothing there, the others do.
    Unmapped(Vec<String>),
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drifted(source) => write!(formatter, "{source} drifted"),
            Self::Behind(source) => write!(formatter, "{source} behind"),
            Self::Conflict => formatter.write_str("conflict"),
            Self::Unmapped(sources) => write!(formatter, "unmapped in {}", sources.join(", ")),
        }
    }
}
