//! TLS in front of a real server: certificates of our own authority, good and bad.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::{read_in, server, wait, waived};

const VARIABLE: &str = "ORMSYNC_TEST_POSTGRES";

/// What PostgreSQL says to a client whom its pg_hba.conf takes with `hostssl` only.
const ONLY_WITH_TLS: &[u8] = b"E\0\0\0\x3fSFATAL\0VFATAL\0C28000\0Mno pg_hba.conf entry, no encryption\0\0";

/// An authority with its certificate in a file.
struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    folder: tempfile::TempDir,
}

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::new(Vec::new()).unwrap();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("authority.pem"), issuer.pem()).unwrap();
        Self { issuer, folder }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// A server that shows a certificate for that host, which ended long ago if it is to have expired.
    fn server_for(&self, host: &str, expired: bool) -> u16 {
        let mut parameters = CertificateParams::new(vec![host.to_owned()]).unwrap();
        if expired {
            parameters.not_after = date_time_ymd(2001, 1, 1);
        }
        let key = KeyPair::generate().unwrap();
        let certificate = parameters.signed_by(&key, &self.issuer).unwrap();
        serve(certificate.der().clone(), &key)
    }
}

/// A server whose certificate nobody but itself has signed.
fn self_signed_server() -> u16 {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()]).unwrap().self_signed(&key).unwrap();
    serve(certificate.der().clone(), &key)
}

/// Takes TLS off what clients say and passes it on to the real server.
fn serve(certificate: CertificateDer<'static>, key: &KeyPair) -> u16 {
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let settings = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let settings = settings.with_no_client_auth().with_single_cert(vec![certificate], key).unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(settings));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    listener.set_nonblocking(true).unwrap();
    let place = server(VARIABLE).rsplit(['@', '/']).next().unwrap().to_owned();
    std::thread::spawn(move || {
        wait(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            while let Ok((mut client, _)) = listener.accept().await {
                let (acceptor, place) = (acceptor.clone(), place.clone());
                tokio::spawn(async move {
                    // The request for TLS has eight bytes; the answer is that there is.
                    if client.read(&mut [0; 4096]).await? != 8 {
                        client.write_all(ONLY_WITH_TLS).await?;
                        return Ok((0, 0));
                    }
                    client.write_all(b"S").await?;
                    let mut client = acceptor.accept(client).await?;
                    let mut server = tokio::net::TcpStream::connect(place).await?;
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        });
    });
    port
}

fn url(port: u16, parameters: &str) -> String {
    format!("postgresql://postgres:SECRET@localhost:{port}/postgres?{parameters}")
}

/// What is told where the certificate is refused.
fn refusal(port: u16, parameters: &str) -> String {
    let error = wait(read_in(&url(port, parameters), &[])).unwrap_err();
    assert!(!error.help().is_empty());
    let told = error.to_string();
    let start = format!("the certificate of localhost:{port} was refused: ");
    told.strip_prefix(&start).unwrap_or_else(|| panic!("{told}")).to_owned()
}

#[test]
fn certificates_are_checked_as_far_as_asked() {
    if waived(VARIABLE) {
        return;
    }
    let authority = Authority::new();
    let trusting = |mode: &str| format!("sslmode={mode}&sslrootcert={}", authority.file().display());
    let takes = |port, parameters: &str| {
        wait(read_in(&url(port, parameters), &[])).unwrap_or_else(|error| panic!("{parameters}: {error}"));
    };
    let untrusted = "it is signed by an authority that is not trusted";

    let good = authority.server_for("localhost", false);
    for mode in ["verify-full", "verify-ca", "require", "prefer"] {
        takes(good, &trusting(mode));
    }
    // Prisma's words: the authority is `sslcert`.
    takes(good, &format!("sslaccept=strict&sslcert={}", authority.file().display()));
    takes(good, "sslmode=require");
    // This machine is first asked without.
    takes(good, "");
    takes(good, "sslmode=allow");
    assert_eq!(refusal(good, "sslmode=verify-full"), untrusted, "the system does not know our authority");

    let other = authority.server_for("other.example", false);
    assert_eq!(refusal(other, &trusting("verify-full")), "it is for another host");
    takes(other, &trusting("verify-ca"));

    let expired = authority.server_for("localhost", true);
    assert_eq!(refusal(expired, &trusting("verify-full")), "it has expired");
    takes(expired, "sslmode=require");

    let own = self_signed_server();
    assert_eq!(refusal(own, &trusting("verify-full")), untrusted);
    assert_eq!(refusal(own, "sslmode=verify-ca"), untrusted);
    takes(own, "sslmode=require");
}

/// What the system trusts is trusted: here the system is told by a variable.
#[test]
fn authorities_of_the_system_are_trusted() {
    if waived(VARIABLE) {
        return;
    }
    let authority = Authority::new();
    let port = authority.server_for("localhost", false);
    let examples = std::env::current_exe().unwrap().ancestors().nth(2).unwrap().join("examples");
    let reads = |authorities: &std::path::Path| {
        let mut command = std::process::Command::new(examples.join("catalogue"));
        let output = command.arg(url(port, "sslmode=verify-full")).env("SSL_CERT_FILE", authorities).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (success, told) = reads(&authority.file());
    assert!(success, "{told}");
    let (success, told) = reads(&Authority::new().file());
    assert!(!success && told.contains("not trusted"), "{told}");
}
