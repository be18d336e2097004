//! Addresses of servers: `//user:password@host:port/database?parameters`.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::net::IpAddr;
use std::time::Duration;

use percent_encoding::percent_decode_str;

use super::UrlError;
use super::tls::{TlsMode, TlsWords};

/// Which protocol the server speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServerKind {
    /// PostgreSQL.
    Postgres,
    /// MySQL and MariaDB.
    MySql,
}

/// A server, who asks, and how. No `Debug`: it holds the password.
#[derive(Clone)]
pub(crate) struct ServerAddress {
    pub(crate) kind: ServerKind,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) host: String,
    pub(crate) port: u16,
    /// Further hosts with their ports, tried in order where the ones before cannot be reached.
    pub(crate) further: Vec<(String, u16)>,
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
    /// How many connections there may be at most (`connection_limit`, as Prisma's URLs have it).
    pub(crate) connection_limit: Option<usize>,
    /// The parameters as they were written, for other programs.
    pub(crate) query: String,
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
        let mut address = Self {
            kind,
            user: user.filter(|user| !user.is_empty()),
            password: password.filter(|password| !password.is_empty()),
            host: "localhost".to_owned(),
            port: usual_port(kind),
            further: Vec::new(),
            socket: None,
            database: Some(decoded(database.trim_end_matches('/'))).filter(|name| !name.is_empty()),
            namespace: None,
            tls: TlsMode::default(),
            root_certificate: None,
            client_certificate: None,
            client_key: None,
            connect_timeout: None,
            connection_limit: None,
            query: query.to_owned(),
        };
        address.set_hosts(host_and_port)?;
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

    /// `host:port`, with commas between several, or the socket.
    pub(crate) fn place(&self) -> String {
        if let Some(socket) = &self.socket {
            return socket.clone();
        }
        let places = self.hosts().map(|(host, port)| match host.contains(':') {
            true => format!("[{host}]:{port}"),
            false => format!("{host}:{port}"),
        });
        places.collect::<Vec<_>>().join(",")
    }

    /// The same address with each of its hosts alone, in order.
    pub(crate) fn each(&self) -> impl Iterator<Item = Self> + '_ {
        self.hosts().map(|(host, port)| Self { host: host.to_owned(), port, further: Vec::new(), ..self.clone() })
    }

    /// Whether all of its hosts are this machine.
    pub(super) fn is_here(&self) -> bool {
        let is_loopback = |host: &str| host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        self.socket.is_some() || self.hosts().all(|(host, _)| host == "localhost" || is_loopback(host))
    }

    fn hosts(&self) -> impl Iterator<Item = (&str, u16)> + '_ {
        let further = self.further.iter().map(|(host, port)| (host.as_str(), *port));
        std::iter::once((self.host.as_str(), self.port)).chain(further)
    }

    /// One host or several with commas between them, each with its port or without.
    fn set_hosts(&mut self, text: &str) -> Result<(), UrlError> {
        let mut hosts = Vec::new();
        for host in text.split(',') {
            let is_bare_address = !host.starts_with('[') && host.matches(':').count() > 1;
            let (host, port) = if is_bare_address { (host, None) } else { split_port(host)? };
            let host = decoded(host);
            if host.starts_with('/') {
                self.socket = Some(host);
            } else if !host.is_empty() || port.is_some() {
                let host = if host.is_empty() { self.host.clone() } else { host };
                hosts.push((host, port.unwrap_or(self.port)));
            }
        }
        let mut hosts = hosts.into_iter();
        if let Some((host, port)) = hosts.next() {
            (self.host, self.port) = (host, port);
            self.further = hosts.collect();
        }
        Ok(())
    }

    /// One port for all hosts, or one for each.
    fn set_ports(&mut self, text: &str) -> Result<(), UrlError> {
        let ports: Vec<u16> =
            text.split(',').map(|port| port.parse().map_err(|_| bad_port())).collect::<Result<_, _>>()?;
        let port_of = |place: usize| ports.get(place).or(ports.last()).copied();
        self.port = port_of(0).unwrap_or(self.port);
        for (place, (_, port)) in self.further.iter_mut().enumerate() {
            *port = port_of(place + 1).unwrap_or(*port);
        }
        Ok(())
    }

    /// The parameters of libpq, Prisma and SQLAlchemy's drivers that matter to reading; others are ignored.
    fn read_parameters(&mut self, parameters: &[(String, String)]) -> Result<(), UrlError> {
        let mut tls = TlsWords::default();
        let several = |name: &str| {
            let values = parameters.iter().filter(|(found, value)| found == name && !value.is_empty());
            values.map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(",")
        };
        for name in ["host", "hostaddr"] {
            // SQLAlchemy repeats the word: `?host=a:5432&host=b:5432`. An address is the better name of a host.
            let hosts = several(name);
            if !hosts.is_empty() {
                self.set_hosts(&hosts)?;
            }
        }
        for (name, value) in parameters.iter().filter(|(_, value)| !value.is_empty()) {
            match name.as_str() {
                "schema" => self.namespace = Some(value.clone()),
                "options" => self.namespace = self.namespace.take().or_else(|| search_path(value)),
                "port" => self.set_ports(value)?,
                "user" => self.user = Some(value.clone()),
                "password" => self.password = Some(value.clone()),
                "dbname" => self.database = Some(value.clone()),
                "socket" | "unix_socket" => self.socket = Some(value.clone()),
                "service" => {
                    return Err(UrlError(
                        "the URL names a service of pg_service.conf, which is not read: write host, user and database in it"
                            .to_owned(),
                    ));
                }
                // mysql-connector's word. Zero is libpq's word for "no limit"; the caller's own limit then holds.
                "connect_timeout" | "connection_timeout" => {
                    self.connect_timeout = value.parse().ok().filter(|seconds| *seconds > 0).map(Duration::from_secs);
                }
                "connection_limit" => self.connection_limit = value.parse().ok().filter(|limit| *limit > 0),
                _ => tls.read(name, value)?,
            }
        }
        tls.apply(self);
        if self.kind == ServerKind::MySql {
            self.namespace = None;
        }
        Ok(())
    }
}

fn usual_port(kind: ServerKind) -> u16 {
    match kind {
        ServerKind::Postgres => 5432,
        ServerKind::MySql => 3306,
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
