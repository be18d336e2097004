//! Opening a connection of the right driver, as the URL wants it.

use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::sqlite::SqliteConnectOptions;

use crate::url::{FileAddress, ServerAddress, TlsMode};

/// The options of a PostgreSQL connection.
///
/// `extra_float_digits` is left out: poolers refuse startup parameters that they do not know.
pub(crate) fn postgres(address: &ServerAddress) -> PgConnectOptions {
    let mut options = PgConnectOptions::new_without_pgpass()
        .host(address.socket.as_deref().unwrap_or(&address.host))
        .port(address.port)
        .application_name("ormsync")
        .extra_float_digits(None)
        .statement_cache_capacity(0)
        .ssl_mode(match address.tls {
            TlsMode::Disable | TlsMode::Allow => PgSslMode::Disable,
            TlsMode::Prefer => PgSslMode::Prefer,
            TlsMode::Require => PgSslMode::Require,
            TlsMode::VerifyAuthority => PgSslMode::VerifyCa,
            TlsMode::VerifyHost => PgSslMode::VerifyFull,
        });
    if let Some(user) = &address.user {
        options = options.username(user);
    }
    if let Some(password) = &address.password {
        options = options.password(password);
    }
    if let Some(database) = &address.database {
        options = options.database(database);
    }
    if let Some(path) = &address.root_certificate {
        options = options.ssl_root_cert(path);
    }
    if let Some(path) = &address.client_certificate {
        options = options.ssl_client_cert(path);
    }
    if let Some(path) = &address.client_key {
        options = options.ssl_client_key(path);
    }
    options
}

/// The options of a MySQL or MariaDB connection. The server's own SQL mode is kept until the session sets
/// the one that the queries want.
pub(crate) fn mysql(address: &ServerAddress) -> MySqlConnectOptions {
    let mut options = MySqlConnectOptions::new()
        .host(&address.host)
        .port(address.port)
        .username(address.user.as_deref().unwrap_or("root"))
        .pipes_as_concat(false)
        .no_engine_substitution(false)
        .statement_cache_capacity(0)
        .ssl_mode(match address.tls {
            TlsMode::Disable | TlsMode::Allow => MySqlSslMode::Disabled,
            TlsMode::Prefer => MySqlSslMode::Preferred,
            TlsMode::Require => MySqlSslMode::Required,
            TlsMode::VerifyAuthority => MySqlSslMode::VerifyCa,
            TlsMode::VerifyHost => MySqlSslMode::VerifyIdentity,
        });
    if let Some(socket) = &address.socket {
        options = options.socket(socket);
    }
    if let Some(password) = &address.password {
        options = options.password(password);
    }
    if let Some(database) = &address.database {
        options = options.database(database);
    }
    if let Some(path) = &address.root_certificate {
        options = options.ssl_ca(path);
    }
    if let Some(path) = &address.client_certificate {
        options = options.ssl_client_cert(path);
    }
    if let Some(path) = &address.client_key {
        options = options.ssl_client_key(path);
    }
    options
}

/// The options of a SQLite file: it is never created and never written to.
pub(crate) fn sqlite(address: &FileAddress, busy_timeout: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(&address.path)
        .create_if_missing(false)
        .read_only(true)
        .pragma("query_only", "1")
        .busy_timeout(busy_timeout)
        .statement_cache_capacity(0)
        // The driver's thread hands rows over one by one; a short queue makes the two threads wait in turn.
        .row_buffer_size(4096)
}

/// The options of a SQLite file that a script is to change: it is never created.
pub(crate) fn sqlite_for_writing(address: &FileAddress, busy_timeout: Duration) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(&address.path)
        .create_if_missing(false)
        .busy_timeout(busy_timeout)
        .statement_cache_capacity(0)
}
