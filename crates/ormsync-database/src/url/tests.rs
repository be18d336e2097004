#![allow(clippy::unwrap_used)]

use std::path::Path;
use std::time::Duration;

use super::*;

fn server(text: &str) -> ServerAddress {
    match DatabaseUrl::parse(text).unwrap().address {
        Address::Server(server) => *server,
        Address::File(_) => panic!("{text} is no file"),
    }
}

fn file(text: &str, base: &str) -> String {
    DatabaseUrl::parse_in(text, Path::new(base)).unwrap().file().unwrap().display().to_string()
}

/// User, password, host, port, database.
fn parts(text: &str) -> (Option<String>, Option<String>, String, u16, Option<String>) {
    let server = server(text);
    (server.user, server.password, server.host, server.port, server.database)
}

fn expected(
    user: &str,
    password: &str,
    host: &str,
    port: u16,
    database: &str,
) -> (Option<String>, Option<String>, String, u16, Option<String>) {
    let some = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    (some(user), some(password), host.to_owned(), port, some(database))
}

#[test]
fn schemes_and_drivers_name_the_dialect() {
    for (text, dialect) in [
        ("postgresql://localhost/d", "postgresql"),
        ("postgres://localhost/d", "postgresql"),
        ("postgresql+psycopg://localhost/d", "postgresql"),
        ("postgresql+asyncpg://localhost/d", "postgresql"),
        ("POSTGRESQL+PG8000://localhost/d", "postgresql"),
        ("mysql://localhost/d", "mysql"),
        ("mysql+pymysql://localhost/d", "mysql"),
        ("mysql+aiomysql://localhost/d", "mysql"),
        ("mariadb://localhost/d", "mysql"),
        ("mariadb+mariadbconnector://localhost/d", "mysql"),
        ("sqlite:dev.db", "sqlite"),
        ("sqlite+aiosqlite:///dev.db", "sqlite"),
        ("file:./dev.db", "sqlite"),
        ("  \"postgres://localhost/d\"\n", "postgresql"),
    ] {
        assert_eq!(DatabaseUrl::parse(text).unwrap().dialect.name(), dialect, "{text}");
    }
}

#[test]
fn parts_of_a_servers_url() {
    for (text, found) in [
        ("postgres://u:p@h:6543/d", expected("u", "p", "h", 6543, "d")),
        ("postgres://u@h/d", expected("u", "", "h", 5432, "d")),
        ("postgres://h", expected("", "", "h", 5432, "")),
        ("postgres:///d", expected("", "", "localhost", 5432, "d")),
        ("mysql://u:@h/d", expected("u", "", "h", 3306, "d")),
        ("postgres://u:p@[::1]:5433/d", expected("u", "p", "::1", 5433, "d")),
        ("postgres://[fe80::1]/d", expected("", "", "fe80::1", 5432, "d")),
        // Neon, Supabase's pooler, Railway.
        (
            "postgresql://neondb_owner:npg_x@ep-cool-a1-pooler.eu-central-1.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
            expected("neondb_owner", "npg_x", "ep-cool-a1-pooler.eu-central-1.aws.neon.tech", 5432, "neondb"),
        ),
        (
            "postgres://postgres.abcdef:pw@aws-0-eu-west-1.pooler.supabase.com:6543/postgres?pgbouncer=true&connection_limit=1",
            expected("postgres.abcdef", "pw", "aws-0-eu-west-1.pooler.supabase.com", 6543, "postgres"),
        ),
        (
            "mysql://root:pw@containers-us-west-1.railway.app:7777/railway",
            expected("root", "pw", "containers-us-west-1.railway.app", 7777, "railway"),
        ),
        // psycopg's and Prisma's parameters for what is usually in front.
        ("postgresql:///d?host=db.internal&port=6000&user=u&password=p", expected("u", "p", "db.internal", 6000, "d")),
    ] {
        assert_eq!(parts(text), found, "{text}");
    }
}

#[test]
fn passwords_may_be_encoded_or_not() {
    for (written, meant) in [
        ("p%40ss%3Aw%2Frd", "p@ss:w/rd"),
        ("p@ss", "p@ss"),
        ("p:ss", "p:ss"),
        ("p/ss", "p/ss"),
        ("p?ss", "p?ss"),
        ("p#ss", "p#ss"),
        ("p@s/s@x", "p@s/s@x"),
        ("100%", "100%"),
        ("%zz", "%zz"),
        ("p+s", "p+s"),
        ("пароль", "пароль"),
        ("%D0%BF", "п"),
        ("%ff", "%ff"),
        ("$^&*()[]{}=", "$^&*()[]{}="),
    ] {
        let text = format!("postgres://u:{written}@h:1234/d?schema=s");
        assert_eq!(parts(&text), expected("u", meant, "h", 1234, "d"), "{text}");
        assert_eq!(server(&text).namespace.as_deref(), Some("s"), "{text}");
    }
    // An @ behind the question mark is no end of a password.
    assert_eq!(parts("postgres://h/d?application_name=a@b"), expected("", "", "h", 5432, "d"));
}

#[test]
fn the_password_is_in_no_output() {
    for text in [
        "postgres://u:SECRET@h:1234/d?schema=s&sslpassword=SECRET",
        "postgres://u:SEC%52ET@h/d",
        "mysql://u:SECRET@h/d?sslmode=nonsense&password=SECRET",
        "postgres://h/d?user=u&password=SECRET",
        "postgres://u:SECRET@h:port/d",
        "postgres://u:SECRET@h1,h2/d",
        "oracle://u:SECRET@h/d",
        "SECRET",
        "unknown://u:SECRET@h/d",
    ] {
        let shown = match DatabaseUrl::parse(text) {
            Ok(url) => format!("{url} {url:?}"),
            Err(error) => format!("{error} {error:?}"),
        };
        assert!(!shown.contains("SECRET"), "{shown}");
    }
    let url = DatabaseUrl::parse("postgresql+asyncpg://u:p@[::1]/d?schema=s&sslmode=require").unwrap();
    assert_eq!(url.to_string(), "postgresql://u:***@[::1]:5432/d?schema=s");
    assert_eq!(DatabaseUrl::parse("mysql://h/d").unwrap().to_string(), "mysql://h:3306/d");
    assert_eq!(DatabaseUrl::parse("sqlite:///a.db?x=1").unwrap().to_string(), "sqlite:a.db");
}

#[test]
fn namespaces() {
    for (text, namespace) in [
        ("postgres://h/d", None),
        ("postgres://h/d?schema=billing", Some("billing")),
        ("postgres://h/d?schema=odd%20name", Some("odd name")),
        ("postgres://h/d?options=-csearch_path%3Dbilling%2Cpublic", Some("billing")),
        ("postgres://h/d?options=-c%20search_path=billing", Some("billing")),
        ("postgres://h/d?options=-c%20statement_timeout=1", None),
        ("mysql://h/d?schema=x", None),
    ] {
        assert_eq!(DatabaseUrl::parse(text).unwrap().namespace(), namespace, "{text}");
    }
}

#[test]
fn how_far_tls_is_wanted() {
    for (text, mode) in [
        ("postgres://h/d", TlsMode::Prefer),
        ("postgres://localhost/d", TlsMode::Allow),
        ("mysql://127.0.0.1/d", TlsMode::Allow),
        ("postgres://[::1],localhost/d", TlsMode::Allow),
        ("postgres://localhost,h/d", TlsMode::Prefer),
        ("postgres://localhost/d?host=h", TlsMode::Prefer),
        ("postgres://localhost/d?sslmode=prefer", TlsMode::Prefer),
        ("postgres://h/d?sslmode=allow", TlsMode::Allow),
        ("postgres://localhost/d?sslrootcert=system", TlsMode::VerifyHost),
        ("postgres://h/d?sslmode=disable", TlsMode::Disable),
        ("postgres://h/d?sslmode=require", TlsMode::Require),
        ("postgres://h/d?sslmode=verify-ca", TlsMode::VerifyAuthority),
        ("postgres://h/d?sslmode=verify-full", TlsMode::VerifyHost),
        ("postgres://h/d?sslmode=require&sslaccept=strict", TlsMode::VerifyHost),
        ("postgres://h/d?sslaccept=accept_invalid_certs", TlsMode::Prefer),
        ("postgresql+asyncpg://h/d?ssl=require", TlsMode::Require),
        ("mysql://h/d?ssl-mode=VERIFY_IDENTITY", TlsMode::VerifyHost),
        ("mysql://h/d?sslaccept=strict", TlsMode::VerifyHost),
        // Prisma's own words do not check what an authority is named for; libpq's do where TLS is required.
        ("postgres://h/d?sslmode=require&sslcert=ca.pem", TlsMode::Require),
        ("postgres://h/d?sslmode=require&sslrootcert=ca.pem", TlsMode::VerifyAuthority),
        ("postgres://h/d?sslmode=prefer&sslrootcert=ca.pem", TlsMode::Prefer),
        ("postgres://h/d?sslmode=verify-full&sslrootcert=ca.pem", TlsMode::VerifyHost),
        ("postgres://h/d?sslrootcert=system", TlsMode::VerifyHost),
        ("postgres://h/d?sslmode=no-verify", TlsMode::Require),
        ("postgres://h/d?sslmode=disable&sslaccept=strict", TlsMode::Disable),
        ("mysql://h/d?ssl={\"rejectUnauthorized\":true}", TlsMode::VerifyHost),
        ("mysql://h/d?ssl=%7B%22rejectUnauthorized%22%3A%20false%7D", TlsMode::Require),
        ("mysql+pymysql://h/d?ssl_ca=/etc/ca.pem", TlsMode::VerifyAuthority),
        ("mysql+pymysql://h/d?ssl_ca=/etc/ca.pem&ssl_verify_identity=true", TlsMode::VerifyHost),
        ("mysql+mysqldb://h/d?ssl_mode=REQUIRED", TlsMode::Require),
        ("mysql+mysqlconnector://h/d?ssl_disabled=True", TlsMode::Disable),
    ] {
        assert_eq!(server(text).tls, mode, "{text}");
    }
    // Prisma's sslcert is the authority, libpq's comes with a key and is the client's own.
    let prisma = server("mysql://h/d?sslcert=ca.pem");
    assert_eq!((prisma.root_certificate.as_deref(), prisma.client_certificate), (Some("ca.pem"), None));
    let libpq = server("postgres://h/d?sslcert=c.pem&sslkey=k.pem&sslrootcert=ca.pem");
    assert_eq!(libpq.root_certificate.as_deref(), Some("ca.pem"));
    assert_eq!((libpq.client_certificate.as_deref(), libpq.client_key.as_deref()), (Some("c.pem"), Some("k.pem")));
}

#[test]
fn several_hosts_are_tried_in_order() {
    for (text, places) in [
        ("postgres://u@h1,h2/d", "h1:5432,h2:5432"),
        ("postgres://u:p@h1:1111,h2:2222,h3/d?target_session_attrs=any", "h1:1111,h2:2222,h3:5432"),
        ("postgresql+psycopg://u@/d?host=h1:1111&host=h2:2222", "h1:1111,h2:2222"),
        ("postgresql+asyncpg://u@/d?host=h1,h2&port=1111,2222", "h1:1111,h2:2222"),
        ("postgres:///d?host=h1,h2&port=6000", "h1:6000,h2:6000"),
        ("postgres://[::1]:1111,[fe80::1]/d", "[::1]:1111,[fe80::1]:5432"),
        ("postgres:///d?host=fe80::1", "[fe80::1]:5432"),
        ("postgres://h.internal/d?hostaddr=10.0.0.1", "10.0.0.1:5432"),
    ] {
        let address = server(text);
        assert_eq!(address.place(), places, "{text}");
        let each: Vec<String> = address.each().map(|address| address.place()).collect();
        assert_eq!(each.join(","), places, "{text}");
    }
    let url = DatabaseUrl::parse("postgres://u:p@h1,h2:1/d").unwrap();
    assert_eq!(url.to_string(), "postgres://u:***@h1:5432,h2:1/d");
}

/// What says nothing about where and how to read is passed over, whatever its value: no URL that works in a project is
/// refused for it.
#[test]
fn all_other_parameters_are_passed_over() {
    let of_prisma = "connection_limit=5&pool_timeout=0&socket_timeout=3&pgbouncer=true&statement_cache_size=0\
                     &max_connection_lifetime=1&max_idle_connection_lifetime=1&single_use_connections=true&sslpassword=x";
    let of_libpq = "application_name=a&fallback_application_name=b&keepalives=1&keepalives_idle=5&tcp_user_timeout=1\
                    &target_session_attrs=read-write&load_balance_hosts=random&gssencmode=disable&channel_binding=require\
                    &client_encoding=utf8&sslcrl=x&sslcompression=0&ssl_min_protocol_version=TLSv1.2&sslnegotiation=direct\
                    &passfile=x&krbsrvname=x&replication=0&require_auth=scram-sha-256&options=-c%20statement_timeout%3D1";
    let of_asyncpg =
        "prepared_statement_cache_size=0&prepared_statement_name_func=x&command_timeout=3&server_settings=x";
    let of_mysql = "charset=utf8mb4&collation=x&use_unicode=1&local_infile=1&init_command=x&read_timeout=1&write_timeout=1\
                    &read_default_file=x&autocommit=true&auth_plugin=x&use_pure=true&allowPublicKeyRetrieval=true\
                    &timezone=Z&multipleStatements=true&maxAllowedPacket=1";
    for parameters in [of_prisma, of_libpq, of_asyncpg, of_mysql, "", "odd", "=", "a=&b", "schema=&sslmode="] {
        for scheme in ["postgresql", "mysql"] {
            let text = format!("{scheme}://u:p@h:1234/d?{parameters}");
            assert_eq!(parts(&text), expected("u", "p", "h", 1234, "d"), "{text}");
            let found = server(&text);
            assert_eq!((found.tls, found.namespace), (TlsMode::Prefer, None), "{text}");
        }
    }
}

#[test]
fn sockets_and_timeouts() {
    for (text, socket) in [
        ("postgres://u@/d?host=/var/run/postgresql", "/var/run/postgresql"),
        ("postgres://u@%2Fvar%2Frun%2Fpostgresql/d", "/var/run/postgresql"),
        ("mysql://u@localhost/d?socket=/run/mysqld/mysqld.sock", "/run/mysqld/mysqld.sock"),
        ("mysql+pymysql://u@localhost/d?unix_socket=/tmp/mysql.sock", "/tmp/mysql.sock"),
    ] {
        assert_eq!(DatabaseUrl::parse(text).unwrap().host(), Some(socket), "{text}");
    }
    assert_eq!(server("postgres://h/d?connect_timeout=7").connect_timeout, Some(Duration::from_secs(7)));
    assert_eq!(server("postgres://h/d?connect_timeout=0").connect_timeout, None);
    assert_eq!(server("mysql+mysqlconnector://h/d?connection_timeout=3").connect_timeout, Some(Duration::from_secs(3)));
    assert_eq!(server("postgres://h/d?connect_timeout=soon").connect_timeout, None);
}

#[test]
fn paths_of_sqlite_files() {
    for (text, path) in [
        ("sqlite:dev.db", "base/dev.db"),
        ("sqlite:./dev.db", "base/./dev.db"),
        ("sqlite://dev.db", "base/dev.db"),
        ("sqlite:///dev.db", "base/dev.db"),
        ("sqlite:///../dev.db", "base/../dev.db"),
        ("sqlite:////var/dev.db", "/var/dev.db"),
        ("sqlite+aiosqlite:////var/dev.db", "/var/dev.db"),
        ("sqlite:/var/dev.db", "/var/dev.db"),
        ("sqlite:///file:dev.db?uri=true", "base/dev.db"),
        ("file:dev.db", "base/dev.db"),
        ("file:./prisma/dev.db?connection_limit=1", "base/./prisma/dev.db"),
        ("file:/var/dev.db", "/var/dev.db"),
        ("file:///var/dev.db", "/var/dev.db"),
        ("file://localhost/var/dev.db", "/var/dev.db"),
        ("file:100%.db", "base/100%.db"),
    ] {
        assert_eq!(file(text, "base"), path, "{text}");
    }
}

#[test]
fn an_encoded_path_is_decoded_where_that_is_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("odd name.db");
    std::fs::write(&path, "").unwrap();
    let url = DatabaseUrl::parse_in("file:odd%20name.db", folder.path()).unwrap();
    assert_eq!(url.file(), Some(path.as_path()));
}

#[test]
fn what_cannot_be_read_is_refused_with_advice() {
    for (text, told) in [
        ("prisma+postgres://accelerate.prisma-data.net/?api_key=x", "directUrl"),
        ("prisma://accelerate.prisma-data.net/?api_key=x", "directUrl"),
        ("sqlserver://localhost:1433;database=d", "not supported"),
        ("mongodb+srv://h/d", "not supported"),
        ("jdbc:postgresql://h/d", "jdbc:"),
        ("libsql://h", "sqlite:"),
        ("env:DATABASE_URL", "resolved"),
        ("nonsense", "not a database URL"),
        ("", "not a database URL"),
        ("postgres:h/d", "two slashes"),
        ("postgres://h:port/d", "port"),
        ("postgres://h:99999/d", "port"),
        ("postgres://[::1/d", "IPv6"),
        ("postgres://h/d?sslmode=maybe", "sslmode"),
        ("postgres://h1:x,h2/d", "port"),
        ("postgres://h/d?service=shop", "pg_service.conf"),
        ("mysql://h/d?sslidentity=client.p12", "PEM"),
        ("sqlite::memory:", "in-memory"),
        ("sqlite://", "in-memory"),
        ("file::memory:?cache=shared", "in-memory"),
        ("file:x?mode=memory", "in-memory"),
    ] {
        let error = DatabaseUrl::parse(text).unwrap_err().to_string();
        assert!(error.contains(told), "{text}: {error}");
    }
}

/// What another program is told leads to the same place, and `Display` still says no password.
#[test]
fn urls_in_words_of_other_programs() {
    let url = DatabaseUrl::parse("postgresql://me:p%40ss:w@db:6543/shop?schema=app&sslmode=require").unwrap();
    let scratch = url.with_database("scratch");
    assert_eq!(
        scratch.spelled("postgresql+asyncpg", &["schema"]),
        "postgresql+asyncpg://me:p%40ss%3Aw@db:6543/scratch?sslmode=require"
    );
    assert_eq!(scratch.part("password").as_deref(), Some("p@ss:w"));
    assert_eq!((scratch.part("database").as_deref(), scratch.part("flavour")), (Some("scratch"), None));
    assert!(!format!("{scratch} {scratch:?}").contains("p@ss"));
    let socket = DatabaseUrl::parse("postgresql://me@localhost/shop?host=/run/postgresql").unwrap();
    assert_eq!(socket.spelled("postgresql", &[]), "postgresql://me@localhost/shop?host=/run/postgresql");
    let file = DatabaseUrl::parse("sqlite:/tmp/a b.db").unwrap();
    assert_eq!(file.spelled("file", &[]), "file:/tmp/a b.db");
    assert_eq!(file.spelled("sqlite+aiosqlite", &[]), "sqlite+aiosqlite:////tmp/a b.db");
    assert_eq!(DatabaseUrl::parse(&file.spelled("sqlite", &[])).unwrap().file(), file.file());
}
