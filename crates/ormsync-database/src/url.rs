//! Database URLs, as Prisma, SQLAlchemy and people write them.

mod file;
mod server;
mod spelled;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::path::Path;

use ormsync_dialect::{Dialect, by_name};

pub(crate) use file::FileAddress;
pub(crate) use server::{ServerAddress, ServerKind};
pub(crate) use tls::TlsMode;

/// A database URL. `Display` and `Debug` mask the password.
#[derive(Clone)]
pub struct DatabaseUrl {
    /// The dialect its scheme names.
    pub dialect: &'static dyn Dialect,
    pub(crate) address: Address,
    masked: String,
}

/// Where a URL leads.
#[derive(Clone)]
pub(crate) enum Address {
    /// A server that is talked to.
    Server(Box<ServerAddress>),
    /// A file that is opened.
    File(FileAddress),
}

/// Why a text is not a database URL; never holds the text's password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(pub String);

impl DatabaseUrl {
    /// Reads a URL: `postgresql://`, `postgres://`, `mysql://`, `mariadb://`, `sqlite:`, `file:`, and SQLAlchemy's
    /// forms with a driver (`postgresql+asyncpg://`). Paths of SQLite files are relative to the working
    /// directory.
    ///
    /// # Errors
    /// When the scheme is unknown or the text is not a URL.
    pub fn parse(text: &str) -> Result<Self, UrlError> {
        Self::parse_in(text, Path::new(""))
    }

    /// How many connections may read at most: more than one only where all surely reach the same server, and no more than
    /// somebody said (`connection_limit`).
    pub(crate) fn most_connections(&self) -> usize {
        match &self.address {
            Address::Server(server) if server.further.is_empty() => server.connection_limit.unwrap_or(usize::MAX),
            Address::Server(_) | Address::File(_) => 1,
        }
    }

    /// Reads a URL in which paths of SQLite files are relative to `base` (Prisma means the schema's folder).
    ///
    /// # Errors
    /// When the scheme is unknown or the text is not a URL.
    pub fn parse_in(text: &str, base: &Path) -> Result<Self, UrlError> {
        let text = unquoted(text);
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(UrlError(format!("{NOT_A_URL} ({EXAMPLES})")));
        };
        let scheme = scheme.to_ascii_lowercase();
        let (product, driver) = scheme.split_once('+').unwrap_or((&scheme, ""));
        let server = |kind| ServerAddress::parse(kind, rest).map(|address| Address::Server(Box::new(address)));
        let (dialect, address) = match product {
            "postgresql" | "postgres" if driver != "prisma" => ("postgresql", server(ServerKind::Postgres)?),
            "mysql" | "mariadb" => ("mysql", server(ServerKind::MySql)?),
            "sqlite" | "file" if driver != "pysqlcipher" => {
                ("sqlite", Address::File(FileAddress::parse(product, rest, base)?))
            }
            _ => return Err(unsupported(&scheme)),
        };
        let dialect = by_name(dialect).expect("the three dialects are known by their own names");
        let masked = match &address {
            Address::Server(server) => server.masked(product),
            Address::File(file) => format!("{product}:{}", file.path.display()),
        };
        Ok(Self { dialect, address, masked })
    }

    /// The same server and user, and another database. A file stays what it is.
    #[must_use]
    pub fn with_database(&self, name: &str) -> Self {
        let Address::Server(server) = &self.address else { return self.clone() };
        let mut server = server.clone();
        server.database = Some(name.to_owned());
        let product = self.masked.split("://").next().unwrap_or_default();
        let masked = server.masked(product);
        Self { dialect: self.dialect, address: Address::Server(server), masked }
    }

    /// The namespace that the URL names (`?schema=…`, or the first of a `search_path`), if it names one.
    pub fn namespace(&self) -> Option<&str> {
        match &self.address {
            Address::Server(server) => server.namespace.as_deref(),
            Address::File(_) => None,
        }
    }

    /// The server's host, or the folder or path of its socket; none for a file.
    pub fn host(&self) -> Option<&str> {
        match &self.address {
            Address::Server(server) => Some(server.socket.as_deref().unwrap_or(&server.host)),
            Address::File(_) => None,
        }
    }

    /// The name of the database on its server; none for a file and where the URL names none.
    pub fn database(&self) -> Option<&str> {
        match &self.address {
            Address::Server(server) => server.database.as_deref(),
            Address::File(_) => None,
        }
    }

    /// The file; none for a server.
    pub fn file(&self) -> Option<&Path> {
        match &self.address {
            Address::Server(_) => None,
            Address::File(file) => Some(&file.path),
        }
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

const NOT_A_URL: &str = "not a database URL";
const EXAMPLES: &str = "postgresql://user@host/database, mysql://user@host/database or sqlite:path/to/file.db";

/// Without the blanks and quotes that get into environment variables.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    ['"', '\''].into_iter().find_map(|quote| text.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text).trim()
}

/// What to do instead, for the schemes that people have.
fn unsupported(scheme: &str) -> UrlError {
    let advice = match scheme {
        "prisma" | "prisma+postgres" => {
            "it leads to Prisma's proxy, not to a database: use the database's own URL (directUrl)"
        }
        "sqlserver" | "mssql" | "mongodb" | "mongodb+srv" | "oracle" | "cockroachdb" => {
            "this server is not supported: ormsync reads PostgreSQL, MySQL, MariaDB and SQLite"
        }
        "libsql" | "turso" => "use a local SQLite file: sqlite:path/to/file.db",
        "sqlite+pysqlcipher" => "encrypted SQLite files cannot be read",
        "jdbc" => "leave out \"jdbc:\" and put user and password before the host",
        "env" => "the environment variable is named, not its value: it has to be resolved first",
        _ => return UrlError(format!("unknown scheme \"{}\" in a database URL ({EXAMPLES})", shown(scheme))),
    };
    UrlError(format!("{scheme}: {advice}"))
}

/// A scheme as far as it can be shown: what has no scheme might begin with a password.
fn shown(scheme: &str) -> &str {
    let is_scheme =
        scheme.len() <= 32 && scheme.chars().all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter));
    if is_scheme { scheme } else { "…" }
}
