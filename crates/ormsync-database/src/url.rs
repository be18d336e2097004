//! Database URLs, as Prisma, SQLAlchemy and people write them.

use std::fmt;

use ormsync_dialect::Dialect;

/// A database URL. `Display` and `Debug` mask the password.
#[derive(Clone)]
pub struct DatabaseUrl {
    /// The dialect its scheme names.
    pub dialect: &'static dyn Dialect,
    masked: String,
}

/// Why a text is not a database URL; never holds the text's password.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(pub String);

impl DatabaseUrl {
    /// Reads a URL: `postgresql://`, `postgres://`, `mysql://`, `mariadb://`, `sqlite:`, `file:`, and SQLAlchemy's
    /// forms with a driver (`postgresql+asyncpg://`).
    ///
    /// # Errors
    /// When the scheme is unknown or the text is not a URL.
    pub fn parse(_text: &str) -> Result<Self, UrlError> {
        Err(UrlError(String::new()))
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked)
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.masked)
    }
}
