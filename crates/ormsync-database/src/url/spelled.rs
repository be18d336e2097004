//! Addresses as other programs want them, passwords and all.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::{Address, DatabaseUrl, ServerAddress};

/// What needs no percent sign in any part of a URL (RFC 3986, unreserved characters).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl DatabaseUrl {
    /// The URL in words of another program: with its scheme (`postgresql+asyncpg`; for a file `file`, else as SQLAlchemy
    /// has it, `sqlite:////absolute/path`), and without the parameters of these names. **It holds the password**: it is for
    /// the environment of a process, never for what people see.
    pub fn spelled(&self, scheme: &str, without: &[&str]) -> String {
        match &self.address {
            Address::File(file) => {
                let path = std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone());
                let path = path.to_string_lossy();
                if scheme == "file" { format!("file:{path}") } else { format!("{scheme}:///{path}") }
            }
            Address::Server(server) => server.spelled(scheme, without),
        }
    }

    /// What the URL says of one thing: `host`, `port`, `user`, `password`, `database` (of a file its path); empty where it
    /// says nothing of it, none where there is no such thing. As [`DatabaseUrl::spelled`], nothing for people to see.
    pub fn part(&self, name: &str) -> Option<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        match (&self.address, name) {
            (Address::Server(server), "host") => Some(server.socket.clone().unwrap_or_else(|| server.host.clone())),
            (Address::Server(server), "port") => Some(server.port.to_string()),
            (Address::Server(server), "user") => Some(text(&server.user)),
            (Address::Server(server), "password") => Some(text(&server.password)),
            (Address::Server(server), "database") => Some(text(&server.database)),
            (Address::File(file), "database") => {
                let path = std::path::absolute(&file.path).unwrap_or_else(|_| file.path.clone());
                Some(path.to_string_lossy().into_owned())
            }
            (Address::File(_), "host" | "port" | "user" | "password") => Some(String::new()),
            _ => None,
        }
    }
}

impl ServerAddress {
    fn spelled(&self, scheme: &str, without: &[&str]) -> String {
        let encoded = |text: &str| utf8_percent_encode(text, RESERVED).to_string();
        let mut url = format!("{scheme}://");
        if let Some(user) = &self.user {
            url.push_str(&encoded(user));
        }
        if let Some(password) = &self.password {
            url.push(':');
            url.push_str(&encoded(password));
        }
        if self.user.is_some() || self.password.is_some() {
            url.push('@');
        }
        url.push_str(&match &self.socket {
            // Where the socket is, a parameter says.
            Some(_) => "localhost".to_owned(),
            None => self.place(),
        });
        url.push('/');
        url.push_str(&encoded(self.database.as_deref().unwrap_or_default()));
        let name_of = |pair: &str| pair.split('=').next().unwrap_or_default().to_ascii_lowercase();
        let kept = self.query.split('&').filter(|pair| !pair.is_empty() && !without.contains(&name_of(pair).as_str()));
        // What the rest of the URL says already, or another database.
        let kept = kept.filter(|pair| !["user", "password", "dbname", "port"].contains(&name_of(pair).as_str()));
        let mut parameters: Vec<String> = kept.map(str::to_owned).collect();
        let names_socket =
            parameters.iter().any(|pair| ["host", "socket", "unix_socket"].contains(&name_of(pair).as_str()));
        if let Some(socket) = self.socket.as_deref().filter(|_| !names_socket) {
            parameters.push(format!("host={}", encoded(socket)));
        }
        if self.socket.is_none() {
            parameters.retain(|pair| !["host", "hostaddr"].contains(&name_of(pair).as_str()));
        }
        if !parameters.is_empty() {
            url.push('?');
            url.push_str(&parameters.join("&"));
        }
        url
    }
}
