//! How far TLS is wanted: libpq, Prisma, SQLAlchemy's drivers, node's and MySQL's own clients each have their words for it.

use super::UrlError;
use super::server::ServerAddress;

/// How far TLS is wanted, in libpq's words.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum TlsMode {
    /// Never.
    Disable,
    /// Only where the server takes nothing else; its certificate is not looked at.
    Allow,
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

/// What the parameters of a URL say about TLS.
#[derive(Default)]
pub(super) struct TlsWords {
    mode: Option<TlsMode>,
    /// The least that is checked, whatever the mode.
    least: Option<TlsMode>,
    is_disabled: bool,
    authority: Option<String>,
    /// Whose words name the authority: libpq's alone say nothing about checking.
    authority_is_checked: bool,
    /// Prisma's `sslcert` is the authority to trust, libpq's is the client's own and comes with a key.
    certificate: Option<String>,
    client_certificate: Option<String>,
    client_key: Option<String>,
}

impl TlsWords {
    /// Takes in a parameter, if it is about TLS.
    pub(super) fn read(&mut self, name: &str, value: &str) -> Result<(), UrlError> {
        match name {
            // `ssl` is asyncpg's (a mode), mysql2's (JSON) and that of others (yes or no), `ssl-mode` MySQL's own clients'.
            "sslmode" | "ssl-mode" | "ssl_mode" | "ssl" => self.mode = Some(mode(value)?),
            // Prisma verifies when it is told to be strict; without a word it takes any certificate.
            "sslaccept" if value == "strict" => self.least = Some(TlsMode::VerifyHost),
            // libpq 16: the authorities of the system, and then the host is checked too.
            "sslrootcert" if value == "system" => self.least = Some(TlsMode::VerifyHost),
            "sslrootcert" => self.authority = Some(value.to_owned()),
            "ssl_ca" | "ssl-ca" => {
                self.authority = Some(value.to_owned());
                self.authority_is_checked = true;
            }
            "ssl_verify_cert" if is_yes(value) => self.least = self.least.or(Some(TlsMode::VerifyAuthority)),
            "ssl_verify_identity" | "ssl_check_hostname" if is_yes(value) => self.least = Some(TlsMode::VerifyHost),
            "ssl_disabled" if is_yes(value) => self.is_disabled = true,
            "sslcert" => self.certificate = Some(value.to_owned()),
            "ssl_cert" | "ssl-cert" => self.client_certificate = Some(value.to_owned()),
            "sslkey" | "ssl_key" | "ssl-key" => self.client_key = Some(value.to_owned()),
            "sslidentity" => {
                return Err(UrlError(
                    "sslidentity (a PKCS #12 file) cannot be read: give the same as PEM files, sslcert and sslkey"
                        .to_owned(),
                ));
            }
            _ => {}
        }
        Ok(())
    }

    /// Says all of it of an address.
    pub(super) fn apply(self, address: &mut ServerAddress) {
        // On this machine nobody listens in, and a handshake takes a while.
        let unsaid = if address.is_here() { TlsMode::Allow } else { TlsMode::Prefer };
        let mode = self.mode.unwrap_or(unsaid);
        let mut least = self.least;
        // MySQL's drivers check what an authority is named for; libpq does where TLS is required ("for backward
        // compatibility", its documentation says of sslmode=require). Prisma does only when it is told to be strict.
        if self.authority.is_some() && (self.authority_is_checked || mode == TlsMode::Require) {
            least = least.or(Some(TlsMode::VerifyAuthority));
        }
        let Self { certificate, client_key, .. } = self;
        let (client_certificate, authority) = match certificate {
            Some(certificate) if client_key.is_some() => (Some(certificate), None),
            certificate => (None, certificate),
        };
        address.root_certificate = self.authority.or(authority);
        address.client_certificate = self.client_certificate.or(client_certificate);
        address.client_key = client_key;
        address.tls = match (mode, least) {
            (TlsMode::Disable, _) => TlsMode::Disable,
            _ if self.is_disabled => TlsMode::Disable,
            (TlsMode::VerifyHost, _) | (_, Some(TlsMode::VerifyHost)) => TlsMode::VerifyHost,
            (_, Some(least)) => least,
            (mode, None) => mode,
        };
    }
}

fn is_yes(value: &str) -> bool {
    ["true", "1", "yes", "on"].iter().any(|word| value.eq_ignore_ascii_case(word))
}

fn mode(value: &str) -> Result<TlsMode, UrlError> {
    let value: String = value.chars().filter(|letter| !letter.is_whitespace()).collect::<String>().to_ascii_lowercase();
    Ok(match value.as_str() {
        "disable" | "disabled" | "false" | "0" => TlsMode::Disable,
        "allow" => TlsMode::Allow,
        "prefer" | "preferred" => TlsMode::Prefer,
        // `no-verify` is node-postgres's word.
        "require" | "required" | "true" | "1" | "no-verify" => TlsMode::Require,
        "verify-ca" | "verify_ca" => TlsMode::VerifyAuthority,
        "verify-full" | "verify_identity" => TlsMode::VerifyHost,
        // mysql2's options, as PlanetScale writes them: {"rejectUnauthorized":true}, which is their default too.
        json if json.starts_with('{') && json.contains("\"rejectunauthorized\":false") => TlsMode::Require,
        json if json.starts_with('{') => TlsMode::VerifyHost,
        _ => {
            return Err(UrlError(
                "unknown sslmode in the database URL: disable, allow, prefer, require, verify-ca and verify-full are known"
                    .to_owned(),
            ));
        }
    })
}
