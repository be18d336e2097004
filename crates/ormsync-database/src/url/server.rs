//! Addresses of servers: `//user:password@host:port/database?parameters`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::UrlError;

/// Which protocol the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

/// How far TLS is wanted, in libpq's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// If the server has it; its certificate is not looked at.
    #[default]
    Prefer,
    /// Always; the certificate is not looked at.
    Require,
    /// Always; the certificate must be signed by an authority that is trusted.
    VerifyAuthority,
    /// Always; the certificate must also be for this host.
    VerifyHost,
}

/// A server, who asks, and how. No `Debug`: it holds the password.
#[derive(Clone)]
pub(crate) struct ServerAddress {
    pub(crate) kind: ServerKind,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// A Unix socket: the folder for PostgreSQL, the file for MySQL.
    pub(crate) socket: Option<String>,
    pub(crate) database: Option<String>,
    pub(crate) namespace: Option<String>,
    pub(crate) tls: TlsMode,
    /// The authority's certificate to trust.
    pub(crate) root_certificate: Option<String>,
    pub(crate) client_certificate: Option<String>,
    pub(crate) client_key: Option<String>,
    pub(crate) connect_timeout: Option<Duration>,
}

impl ServerAddress {
    /// Reads what follows the scheme and its colon.
    pub(super) fn parse(kind: ServerKind, rest: &str) -> Result<Self, UrlError> {
        let Some(rest) = rest.strip_prefix("//") else {
            return Err(UrlError("a server's URL has two slashes: scheme://user:password@host:port/database".into()));
        };
        let (user_info, rest) = split_user_info(rest);
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (host_and_port, database) = rest.split_once('/').unwrap_or((rest, ""));
        let (user, password) = match user_info.map(|info| info.split_once(':').ok_or(info)) {
            None => (None, None),
            Some(Ok((user, password))) => (Some(decoded(user)), Some(decoded(password))),
            Some(Err(user)) => (Some(decoded(user)), None),
        };
        let (host, port) = split_port(host_and_port)?;
        let mut address = Self {
            kind,
            user: user.filter(|user| !user.is_empty()),
            password: password.filter(|password| !password.is_empty()),
            host: "localhost".to_owned(),
            port: port.unwrap_or(match kind {
                ServerKind::Postgres => 5432,
                ServerKind::MySql => 3306,
            }),
            socket: None,
            database: Some(decoded(database.trim_end_matches('/'))).filter(|name| !name.is_empty()),
            namespace: None,
            tls: TlsMode::default(),
            root_certificate: None,
            client_certificate: None,
            client_key: None,
            connect_timeout: None,
        };
        address.set_host(&decoded(host))?;
        address.read_parameters(&parameters(query))?;
        Ok(address)
    }

    /// The URL without the password and without parameters that do not say *which* database it is.
    pub(super) fn masked(&self, product: &str) -> String {
        let mut text = format!("{product}://");
        if let Some(user) = &self.user {
            text.push_str(user);
        }
        if self.password.is_some() {
            text.push_str(":***");
        }
        if self.user.is_some() || self.password.is_some() {
            text.push('@');
        }
        text.push_str(&self.place());
        if let Some(database) = &self.database {
            let _ = write!(text, "/{database}");
        }
        if let Some(namespace) = &self.namespace {
            let _ = write!(text, "?schema={namespace}");
        }
        text
    }

    /// `host:port`, or the socket.
    pub(crate) fn place(&self) -> String {
        match &self.socket {
            Some(socket) => socket.clone(),
            None if self.host.contains(':') => format!("[{}]:{}", self.host, self.port),
            None => format!("{}:{}", self.host, self.port),
        }
    }

    fn set_host(&mut self, host: &str) -> Result<(), UrlError> {
        if host.contains(',') {
            return Err(UrlError("the URL names several hosts: name the one to read".to_owned()));
        }
        if host.starts_with('/') {
            self.socket = Some(host.to_owned());
        } else if !host.is_empty() {
            self.host = host.to_owned();
        }
        Ok(())
    }

    /// The parameters of libpq, Prisma and SQLAlchemy's drivers that matter to reading; others are ignored.
    fn read_parameters(&mut self, parameters: &[(String, String)]) -> Result<(), UrlError> {
        let mut strict = None;
        let mut certificate = None;
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "schema" => self.namespace = Some(value.clone()),
                "options" => self.namespace = self.namespace.take().or_else(|| search_path(value)),
                "host" => self.set_host(value)?,
                "port" => self.port = value.parse().map_err(|_| bad_port())?,
                "user" => self.user = Some(value.clone()),
                "password" => self.password = Some(value.clone()),
                "dbname" => self.database = Some(value.clone()),
                "socket" | "unix_socket" => self.socket = Some(value.clone()),
                // `ssl` is asyncpg's, `ssl-mode` that of MySQL's own clients.
                "sslmode" | "ssl-mode" | "ssl_mode" | "ssl" => self.tls = tls_mode(value)?,
                "sslaccept" => strict = Some(value == "strict"),
                "sslrootcert" | "ssl_ca" | "ssl-ca" => self.root_certificate = Some(value.clone()),
                "sslcert" => certificate = Some(value.clone()),
                "ssl_cert" | "ssl-cert" => self.client_certificate = Some(value.clone()),
                "sslkey" | "ssl_key" | "ssl-key" => self.client_key = Some(value.clone()),
                "sslidentity" => {
                    return Err(UrlError(
                        "sslidentity (a PKCS #12 file) cannot be read: give the same as PEM files, sslcert and sslkey"
                            .to_owned(),
                    ));
                }
                // Zero is libpq's word for "no limit"; the caller's own limit then holds.
                "connect_timeout" => {
                    self.connect_timeout = value.parse().ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
                }
                _ => {}
            }
        }
        // Prisma's `sslcert` is the authority to trust, libpq's is the client's own and comes with a key.
        match certificate {
            Some(certificate) if self.client_key.is_some() => self.client_certificate = Some(certificate),
            Some(certificate) => self.root_certificate = self.root_certificate.take().or(Some(certificate)),
            None => {}
        }
        // Prisma verifies when it is told to be strict; without a word it takes any certificate.
        if strict == Some(true) && self.tls != TlsMode::Disable {
            self.tls = TlsMode::VerifyHost;
        }
        if self.kind == ServerKind::MySql {
            self.namespace = None;
        }
        Ok(())
    }
}

/// Splits off `user:password`. Passwords that should be percent-encoded often are not, so an `@`, `/`, `?` or `#`
/// in one is taken for what it must be: where the part before the first `/`, `?` or `#` is no `host:port`, the
/// last `@` ends the password.
fn split_user_info(text: &str) -> (Option<&str>, &str) {
    let authority = text.find(['/', '?', '#']).map_or(text, |end| &text[..end]);
    let before_query = text.find('?').map_or(text, |end| &text[..end]);
    let at = match (before_query.rfind('@'), authority.rfind('@')) {
        (Some(at), _) => Some(at),
        (None, _) if split_port(authority).is_err() => text.rfind('@'),
        (None, at) => at,
    };
    at.map_or((None, text), |at| (Some(&text[..at]), &text[at + 1..]))
}

fn split_port(text: &str) -> Result<(&str, Option<u16>), UrlError> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']').ok_or_else(|| UrlError("an IPv6 address lacks its \"]\"".into()))?;
        (host, rest.strip_prefix(':').unwrap_or_default())
    } else {
        text.rsplit_once(':').unwrap_or((text, ""))
    };
    match port {
        "" => Ok((host, None)),
        port => port.parse().map(|port| (host, Some(port))).map_err(|_| bad_port()),
    }
}

fn bad_port() -> UrlError {
    UrlError(
        "the port in the database URL is not a number below 65536 \
         (odd characters in a password must be percent-encoded: \":\" is %3A, \"/\" is %2F, \"@\" is %40)"
            .to_owned(),
    )
}

/// Percent-decoded; a text that then is no UTF-8 was not encoded.
fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

fn parameters(query: &str) -> Vec<(String, String)> {
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.to_ascii_lowercase(), decoded(&value.replace('+', " "))))
        .collect()
}

/// The first name of `-c search_path=name,…` in libpq's `options`.
fn search_path(options: &str) -> Option<String> {
    let path = options.split_once("search_path=")?.1;
    let name = path.split([',', ' ', '\\']).next()?.trim_matches('"');
    Some(name.to_owned()).filter(|name| !name.is_empty() && !name.starts_with('$'))
}

fn tls_mode(value: &str) -> Result<TlsMode, UrlError> {
    Ok(match value.to_ascii_lowercase().as_str() {
        "disable" | "disabled" | "false" | "0" => TlsMode::Disable,
        "prefer" | "preferred" | "allow" => TlsMode::Prefer,
        "require" | "required" | "true" | "1" => TlsMode::Require,
        "verify-ca" | "verify_ca" => TlsMode::VerifyAuthority,
        "verify-full" | "verify_identity" => TlsMode::VerifyHost,
        _ => {
            return Err(UrlError(
                "unknown sslmode in the database URL: disable, prefer, require, verify-ca and verify-full are known"
                    .to_owned(),
            ));
        }
    })
}
