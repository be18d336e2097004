//! What went wrong, in words a person can act on. Passwords and the driver's own chains of errors never
//! get into them.

use std::io::ErrorKind;
use std::time::Duration;

use crate::url::{Address, FileAddress, ServerAddress, ServerKind, TlsMode};
use crate::{DatabaseError, DatabaseUrl};

/// A step of reading that failed.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) step: Step,
    pub(crate) cause: Option<Box<sqlx::Error>>,
    pub(crate) tries: u32,
}

/// The steps of reading.
#[derive(Debug)]
pub(crate) enum Step {
    /// Making the connection.
    Connect,
    /// The version is too old for the queries.
    Version { is: String, oldest: String },
    /// A query, by name.
    Query(&'static str),
    /// The schema was changed while it was read.
    Changed(String),
    /// No answer in time.
    TimedOut { during: Box<Step>, limit: Duration },
    /// A SQLite file that cannot be opened: why, and what to do.
    File { message: String, help: String },
}

/// What happened, and what to do.
struct Words {
    message: String,
    help: String,
}

impl Words {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }
}

impl Failure {
    /// Whether trying again may help: the connection broke, or an object went away between two looks.
    pub(crate) fn is_passing(&self) -> bool {
        match self.step {
            Step::Changed(_) => return true,
            Step::Query(_) => {}
            _ => return false,
        }
        match self.cause.as_deref() {
            Some(sqlx::Error::Io(_)) => true,
            // MySQL: server has gone away, lost connection. PostgreSQL: the catalogue's functions find objects of
            // their own snapshot, which a concurrent DROP takes away (`cache lookup failed`,
            // `could not open relation with OID`); 57P01 is a server that is being shut down.
            Some(sqlx::Error::Database(error)) => {
                let code = error.code();
                matches!(code.as_deref(), Some("XX000" | "42P01" | "57P01" | "57P02" | "08006" | "08S01"))
                    || matches!(mysql_number(self.cause.as_deref()), Some(2006 | 2013 | 1053 | 1927))
            }
            _ => false,
        }
    }

    /// Whether another host of the same URL may do better: this one cannot be reached, or lets nobody in yet.
    pub(crate) fn is_of_the_host(&self) -> bool {
        match (&self.step, self.cause.as_deref()) {
            (Step::TimedOut { .. }, _) | (_, Some(sqlx::Error::Io(_))) => true,
            (_, cause) => cause.and_then(code).as_deref() == Some("57P03"),
        }
    }

    /// A table went away between two looks.
    pub(crate) fn changed(table: String) -> Self {
        Self { step: Step::Changed(table), cause: None, tries: 1 }
    }

    /// Whether the account may not ask what was asked.
    pub(crate) fn is_denial(&self) -> bool {
        let cause = self.cause.as_deref();
        matches!(cause.and_then(code).as_deref(), Some("42501"))
            || matches!(mysql_number(cause), Some(1142 | 1143 | 1044 | 1227))
    }

    /// Whether something that was asked for by name is not there any more. What was read of it before stands.
    pub(crate) fn is_gone(&self) -> bool {
        matches!(mysql_number(self.cause.as_deref()), Some(1146 | 1305 | 1356 | 1360))
    }

    /// Whether nothing more can be asked over the same connection.
    pub(crate) fn has_lost_the_connection(&self) -> bool {
        matches!(self.step, Step::TimedOut { .. })
            || matches!(self.cause.as_deref(), Some(sqlx::Error::Io(_) | sqlx::Error::Protocol(_)))
    }

    /// What happened, in one line.
    pub(crate) fn reason(&self, url: &DatabaseUrl) -> String {
        self.words(url).message
    }

    /// Whether the server is there and says no, for good.
    pub(crate) fn is_answer(&self) -> bool {
        matches!(self.cause.as_deref(), Some(sqlx::Error::Database(_))) && !self.is_passing()
    }

    pub(crate) fn second_time(mut self) -> Self {
        self.tries = 2;
        self
    }

    /// The error to show.
    pub(crate) fn describe(self, url: &DatabaseUrl) -> DatabaseError {
        let connecting = !matches!(&self.step, Step::Query(_) | Step::Changed(_))
            && !matches!(&self.step, Step::TimedOut { during, .. } if matches!(**during, Step::Query(_)));
        let Words { message, help } = self.words(url);
        if connecting { DatabaseError::Connect { message, help } } else { DatabaseError::Catalogue { message, help } }
    }

    fn words(&self, url: &DatabaseUrl) -> Words {
        if let Address::File(file) = &url.address
            && let Some(words) = file_words(file, self.cause.as_deref())
        {
            return words;
        }
        match (&self.step, &url.address) {
            (Step::File { message, help }, _) => Words::new(message, help),
            (Step::Version { is, oldest }, _) => {
                Words::new(format!("{url} is {is}: too old to be read"), format!("ormsync reads {oldest} and newer"))
            }
            (Step::Changed(table), _) => Words::new(
                format!("the tables of {url} change while they are read: \"{table}\" went away (twice)"),
                "a migration is running? Try again when it is done",
            ),
            (Step::TimedOut { during, limit }, address) => timed_out(during, *limit, url, address),
            (Step::Query(query), address) => self.query_words(query, url, address),
            (Step::Connect, Address::Server(server)) if let Some(cause) = self.cause.as_deref() => {
                connect_words(server, cause)
            }
            (Step::Connect, _) => {
                let why = self.cause.as_ref().map(ToString::to_string).unwrap_or_default();
                Words::new(format!("{url} cannot be opened: {why}"), REPORT)
            }
        }
    }

    fn query_words(&self, query: &str, url: &DatabaseUrl, address: &Address) -> Words {
        let again = if self.tries > 1 { " (twice)" } else { "" };
        let Some(cause) = self.cause.as_deref() else {
            return Words::new(format!("the catalogue query \"{query}\" of {url} failed{again}"), REPORT);
        };
        match (code(cause).as_deref(), mysql_number(Some(cause))) {
            (Some("57014"), _) | (_, Some(3024 | 1969)) => Words::new(
                format!("the catalogue query \"{query}\" of {url} was cut off: it took longer than allowed"),
                "read when the server is less busy, or allow more time",
            ),
            (Some("55P03"), _) | (_, Some(1205)) => Words::new(
                format!("the catalogue query \"{query}\" of {url} waited too long for a lock"),
                "another session holds a lock on the catalogue (a migration that is running?): try again when it is done",
            ),
            (Some("42501"), _) | (_, Some(1142 | 1044 | 1227)) => Words::new(
                format!("{} may not read the catalogue of {url}: {}", user_of(address), told(cause, address)),
                "grant the role the right to read what the message names, or use another role",
            ),
            (Some("57P01" | "57P02"), _) | (_, Some(1053 | 1927)) => Words::new(
                format!("the server ended the connection to {url} during the catalogue query \"{query}\"{again}"),
                "is it being restarted, or does an administrator end sessions? Try again",
            ),
            _ if matches!(cause, sqlx::Error::Io(_)) => Words::new(
                format!("the connection to {url} broke during the catalogue query \"{query}\"{again}"),
                "is the server being restarted? Try again",
            ),
            _ => Words::new(
                format!("the catalogue query \"{query}\" of {url} failed{again}: {}", told(cause, address)),
                REPORT,
            ),
        }
    }
}

const REPORT: &str = "if this server should be readable, report it with the server's version";

/// Why a server did not let us in.
fn connect_words(server: &ServerAddress, cause: &sqlx::Error) -> Words {
    let place = server.place();
    match cause {
        sqlx::Error::Io(error) => io_words(server, error),
        sqlx::Error::Tls(error) => tls_words(server, &error.to_string()),
        sqlx::Error::Configuration(error) if error.to_string().contains("RSA") => Words::new(
            format!("{place} wants the password encrypted, and the connection has no TLS"),
            "allow TLS (sslmode=prefer or require), on the server too",
        ),
        sqlx::Error::Database(error) => {
            let number = mysql_number(Some(cause));
            match server.kind {
                ServerKind::Postgres => postgres_words(server, error.code().as_deref(), error.message()),
                ServerKind::MySql => mysql_words(server, number.unwrap_or_default(), error.message()),
            }
        }
        // The driver reads a connection that was closed as a zero byte.
        sqlx::Error::Protocol(text) if text.contains("SSLRequest: 0x00") => closed_early(server),
        other => {
            let text = match other {
                sqlx::Error::Protocol(text) => text.split(" (sqlx").next().unwrap_or_default().to_owned(),
                other => other.to_string(),
            };
            let product = product(server.kind);
            Words::new(
                format!("{place} did not answer as a {product} server does: {}", scrubbed(&text, server)),
                format!("is it a {product} server that listens there?"),
            )
        }
    }
}

fn io_words(server: &ServerAddress, error: &std::io::Error) -> Words {
    let place = server.place();
    let text = error.to_string();
    match error.kind() {
        ErrorKind::ConnectionRefused => Words::new(
            format!("connection refused by {place}"),
            "is the server running, and are host and port right? In a container \"localhost\" is the container itself",
        ),
        ErrorKind::NotFound if server.socket.is_some() => {
            Words::new(format!("there is no socket {place}"), "is the server running, and does it use that socket?")
        }
        ErrorKind::NotFound => Words::new(
            format!("a certificate or key file that the URL names does not exist ({text})"),
            "sslcert, sslkey and sslrootcert are paths of PEM files",
        ),
        ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => {
            Words::new(format!("no way to {place}: {text}"), "is a VPN or a firewall in between?")
        }
        _ if text.contains("lookup address") || text.contains("resolve") => Words::new(
            format!("unknown host \"{}\"", server.host),
            "is the name spelled right, and does this machine's network know it?",
        ),
        _ if text.contains("certificate") => tls_words(server, &text),
        ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => closed_early(server),
        _ => Words::new(format!("no connection to {place}: {}", scrubbed(&text, server)), "are host and port right?"),
    }
}

fn closed_early(server: &ServerAddress) -> Words {
    Words::new(
        format!("{} closed the connection before it was made", server.place()),
        format!("is it a {} server that listens there, and does it want TLS?", product(server.kind)),
    )
}

fn tls_words(server: &ServerAddress, text: &str) -> Words {
    let place = server.place();
    if text.contains("does not support TLS") {
        return Words::new(
            format!("{place} has no TLS, and the URL demands it"),
            "turn it on in the server, or say sslmode=prefer or disable in the URL",
        );
    }
    if text.contains("certificate") {
        let why = if ["UnknownIssuer", "CaUsedAsEndEntity", "BadSignature"].iter().any(|kind| text.contains(kind)) {
            "it is signed by an authority that is not trusted"
        } else if text.contains("NotValidForName") || text.contains("not valid for name") {
            "it is for another host"
        } else if text.contains("Expired") || text.contains("expired") {
            "it has expired"
        } else {
            text
        };
        return Words::new(
            format!("the certificate of {place} was refused: {why}"),
            match server.tls {
                TlsMode::VerifyAuthority | TlsMode::VerifyHost => {
                    "name the authority's certificate (sslrootcert=…), or say sslmode=require to take any certificate"
                }
                _ => "is the certificate file in the URL a PEM file?",
            },
        );
    }
    Words::new(
        format!("no TLS connection to {place}: {}", scrubbed(text, server)),
        "sslmode in the URL says how far TLS is wanted",
    )
}

fn postgres_words(server: &ServerAddress, code: Option<&str>, told: &str) -> Words {
    let (place, user, database) = (server.place(), user(server), database(server));
    match code {
        Some("28P01") if server.password.is_none() => no_password(server),
        Some("28P01") => wrong_password(server),
        Some("28000") if told.contains("no encryption") || told.contains("SSL off") => Words::new(
            format!("{place} does not let {user} into {database} without TLS"),
            "say sslmode=require in the URL; if it is said already, the server's pg_hba.conf has no entry for this client",
        ),
        Some("28000") if told.contains("pg_hba.conf") => Words::new(
            format!("{place} does not let {user} into {database} from here"),
            "the server's pg_hba.conf has no entry for this client",
        ),
        Some("28000") if told.contains("does not exist") => {
            Words::new(format!("{place} has no role {user}"), "is the user in the URL right?")
        }
        Some("3D000") => no_database(server),
        Some("42501") => {
            Words::new(format!("{user} may not connect to {database} on {place}"), "GRANT CONNECT ON DATABASE … TO …")
        }
        Some("53300") => too_many(&place),
        Some("57P03") => Words::new(format!("{place} is starting up or shutting down"), "try again in a moment"),
        _ => Words::new(
            format!("{place} refused {user} ({database}): {}", scrubbed(told, server)),
            "the message is the server's own",
        ),
    }
}

fn mysql_words(server: &ServerAddress, number: u16, told: &str) -> Words {
    let (place, user, database) = (server.place(), user(server), database(server));
    // From MySQL's and MariaDB's lists of error numbers.
    match number {
        1045 if server.password.is_none() => no_password(server),
        1045 => wrong_password(server),
        1044 => Words::new(
            format!("{user} may not use {database} on {place}"),
            "GRANT SELECT, SHOW VIEW, TRIGGER ON the database TO the user",
        ),
        1049 => no_database(server),
        1040 | 1203 | 1226 => too_many(&place),
        1129 | 1130 => Words::new(
            format!("{place} does not let this host in: {}", scrubbed(told, server)),
            "the server's accounts name the hosts they may come from",
        ),
        3159 => Words::new(format!("{place} does not let {user} in without TLS"), "say sslmode=require in the URL"),
        _ => Words::new(
            format!("{place} refused {user} ({database}): {}", scrubbed(told, server)),
            "the message is the server's own",
        ),
    }
}

fn no_password(server: &ServerAddress) -> Words {
    Words::new(
        format!("{} wants a password for {}, and the URL has none", server.place(), user(server)),
        "write it in the URL (scheme://user:password@host/database), better by way of an environment variable",
    )
}

fn wrong_password(server: &ServerAddress) -> Words {
    Words::new(
        format!("wrong password for {} at {} ({})", user(server), server.place(), database(server)),
        "odd characters of a password must be percent-encoded in a URL: \"@\" is %40, \":\" is %3A, \"%\" is %25",
    )
}

fn no_database(server: &ServerAddress) -> Words {
    Words::new(
        format!("{} has no {}", server.place(), database(server)),
        "is the name in the URL right, and have the migrations been run?",
    )
}

fn too_many(place: &str) -> Words {
    Words::new(format!("{place} has no connection left"), "try again, or raise the server's limit of connections")
}

fn timed_out(during: &Step, limit: Duration, url: &DatabaseUrl, address: &Address) -> Words {
    let seconds = limit.as_secs_f64();
    match (during, address) {
        (Step::Query(query), _) => Words::new(
            format!("{url} did not answer the catalogue query \"{query}\" within {seconds} s"),
            "is the server still there? Try again",
        ),
        (_, Address::Server(server)) => Words::new(
            format!("no answer from {} within {seconds} s", server.place()),
            "are host and port right, and does a firewall let this machine through? connect_timeout=… in the URL allows more",
        ),
        (_, Address::File(file)) => {
            Words::new(format!("{} stayed locked for {seconds} s", file.path.display()), "which program writes to it?")
        }
    }
}

impl FileAddress {
    /// SQLite's own answer to all of these is "unable to open database file".
    pub(crate) fn refuse_unless_readable(&self) -> Result<(), Failure> {
        let path = self.path.display();
        let (message, help) = match std::fs::File::open(&self.path).and_then(|file| file.metadata()) {
            Ok(metadata) if metadata.is_dir() => {
                (format!("{path} is a folder, not a SQLite file"), "name the file in it")
            }
            Ok(_) => return Ok(()),
            Err(error) if error.kind() == ErrorKind::NotFound => (
                format!("there is no SQLite file {path}"),
                "is the path right, and have the migrations been run? ormsync does not create it",
            ),
            Err(error) => (format!("{path} cannot be opened: {error}"), "its owner and mode decide who may read it"),
        };
        Err(Failure { step: Step::File { message, help: help.to_owned() }, cause: None, tries: 1 })
    }
}

/// SQLite's result codes that tell something about the file: `SQLITE_BUSY`, `SQLITE_CORRUPT`, `SQLITE_CANTOPEN` and
/// `SQLITE_NOTADB`. It looks into a file only at the first statement.
fn file_words(file: &FileAddress, cause: Option<&sqlx::Error>) -> Option<Words> {
    let path = file.path.display();
    // The upper bytes are details of the code in the lowest.
    let code = cause.and_then(code)?.parse::<u32>().ok()? & 0xff;
    match code {
        5 => Some(Words::new(format!("{path} is locked"), "another program writes to it: try again when it is done")),
        11 => Some(Words::new(format!("{path} is damaged"), "PRAGMA integrity_check says more")),
        14 => Some(Words::new(
            format!("{path} cannot be opened"),
            "a database in WAL mode needs a folder that may be written to, or its -shm file",
        )),
        26 => Some(Words::new(format!("{path} is not a SQLite file"), "is it encrypted, or something else?")),
        _ => None,
    }
}

fn product(kind: ServerKind) -> &'static str {
    match kind {
        ServerKind::Postgres => "PostgreSQL",
        ServerKind::MySql => "MySQL or MariaDB",
    }
}

fn user(server: &ServerAddress) -> String {
    server.user.as_ref().map_or_else(|| "the default user".to_owned(), |user| format!("user \"{user}\""))
}

fn user_of(address: &Address) -> String {
    match address {
        Address::Server(server) => user(server),
        Address::File(_) => "this user".to_owned(),
    }
}

fn database(server: &ServerAddress) -> String {
    server.database.as_ref().map_or_else(|| "the default database".to_owned(), |name| format!("database \"{name}\""))
}

fn code(cause: &sqlx::Error) -> Option<String> {
    cause.as_database_error().and_then(|error| error.code()).map(std::borrow::Cow::into_owned)
}

fn mysql_number(cause: Option<&sqlx::Error>) -> Option<u16> {
    let error = cause?.as_database_error()?;
    error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>().map(sqlx::mysql::MySqlDatabaseError::number)
}

/// What the server said.
fn told(cause: &sqlx::Error, address: &Address) -> String {
    let text = cause.as_database_error().map_or_else(|| cause.to_string(), |error| error.message().to_owned());
    match address {
        Address::Server(server) => scrubbed(&text, server),
        Address::File(_) => text,
    }
}

/// A text from outside, should a server ever repeat the password.
fn scrubbed(text: &str, server: &ServerAddress) -> String {
    match &server.password {
        Some(password) => text.replace(password.as_str(), "***"),
        None => text.to_owned(),
    }
}
