//! A real transaction pooler: PgBouncer with one connection to the server, which all its clients share.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::{read_in, server, wait, waived};

const VARIABLE: &str = "ORMSYNC_TEST_POSTGRES";

struct Pooler {
    process: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl Pooler {
    fn start() -> Self {
        let place = server(VARIABLE).rsplit(['@', '/']).next().unwrap().to_owned();
        let (host, server_port) = place.split_once(':').unwrap_or((&place, "5432"));
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let folder = tempfile::tempdir().unwrap();
        // The defaults but for these: startup parameters that it does not know are refused.
        let settings = format!(
            "[databases]\n* = host={host} port={server_port} user=postgres\n[pgbouncer]\nlisten_addr = 127.0.0.1\n\
             listen_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\ndefault_pool_size = 1\n"
        );
        let file = folder.path().join("pgbouncer.ini");
        std::fs::write(&file, settings).unwrap();
        // It steps down from root to another user, who must be able to read this.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let mut command = Command::new("pgbouncer");
        if std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
            command.args(["-u", "nobody"]);
        }
        let process = command.arg("-q").arg(&file).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
        let process = process.expect("pgbouncer is there: scripts/judges/install installs it");
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { process, port, _folder: folder }
    }

    fn url(&self) -> String {
        format!("postgresql://postgres@127.0.0.1:{}/postgres?sslmode=disable&pgbouncer=true", self.port)
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[test]
fn several_read_by_one_connection_and_leave_nothing_behind() {
    if waived(VARIABLE) {
        return;
    }
    let pooler = Pooler::start();
    wait(async {
        let url = pooler.url();
        let readings = (0..8).map(|_| read_in(&url, &["pg_catalog"]));
        for reading in futures_util::future::join_all(readings).await {
            let reading = reading.unwrap();
            assert!(reading.schema.namespaces["pg_catalog"].tables.len() > 50);
        }
        // The same session of the server, seen by another client of the pooler.
        let mut other = PgConnection::connect_with(&url.parse::<PgConnectOptions>().unwrap().extra_float_digits(None))
            .await
            .unwrap();
        for (setting, usual) in
            [("search_path", "\"$user\", public"), ("statement_timeout", "0"), ("lock_timeout", "0")]
        {
            let shown =
                sqlx::raw_sql(sqlx::AssertSqlSafe(format!("SHOW {setting}"))).fetch_one(&mut other).await.unwrap();
            assert_eq!(shown.get_unchecked::<String, _>(0), usual, "{setting}");
        }
        let shown =
            sqlx::raw_sql("SELECT count(*)::text FROM pg_prepared_statements").fetch_one(&mut other).await.unwrap();
        assert_eq!(shown.get_unchecked::<String, _>(0), "0");
    });
}
