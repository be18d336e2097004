//! Which server it is, from what it says about its version.

use ormsync_schema::Server;

use crate::failure::{Failure, Step};

/// The oldest version of each product that the catalogue queries work on.
const OLDEST: [(&str, [u32; 2]); 4] =
    [("PostgreSQL", [12, 0]), ("MySQL", [8, 0]), ("MariaDB", [10, 5]), ("SQLite", [3, 31])];

/// The server that printed this version for this kind of dialect.
pub(crate) fn from_version(product: &str, text: &str) -> Server {
    // MariaDB speaks MySQL's protocol and says who it is only in its version: `10.11.6-MariaDB-0+deb12u1`,
    // with `5.5.5-` in front where a proxy shows what very old clients are told.
    let (product, number) = if product == "MySQL" && text.contains("MariaDB") {
        ("MariaDB", text.strip_prefix("5.5.5-").unwrap_or(text))
    } else {
        (product, text)
    };
    Server { product: product.to_owned(), version: numbers(number), version_text: text.to_owned() }
}

/// The leading numbers: `10.11.6` of `10.11.6-MariaDB`, `15.18` of `15.18 (Debian …)`, `18` of `18beta1`.
fn numbers(text: &str) -> Vec<u32> {
    let end = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.').unwrap_or(text.len());
    text[..end].split('.').map_while(|number| number.parse().ok()).collect()
}

/// A server whose catalogue the queries do not know is refused before it answers with an error of its own.
pub(crate) fn refuse_too_old(server: &Server) -> Result<(), Failure> {
    let Some((_, oldest)) = OLDEST.iter().find(|(product, _)| *product == server.product) else { return Ok(()) };
    if server.version.is_empty() || server.version.as_slice() >= oldest.as_slice() {
        return Ok(());
    }
    let is = format!("{} {}", server.product, server.version_text);
    let oldest = format!("{} {}.{}", server.product, oldest[0], oldest[1]);
    Err(Failure { step: Step::Version { is, oldest }, cause: None, tries: 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_as_servers_print_them() {
        let read = |product, text| {
            let server = from_version(product, text);
            (server.product, server.version)
        };
        assert_eq!(read("PostgreSQL", "15.18 (Debian 15.18-0+deb12u1)"), ("PostgreSQL".to_owned(), vec![15, 18]));
        assert_eq!(read("PostgreSQL", "18beta1"), ("PostgreSQL".to_owned(), vec![18]));
        assert_eq!(read("MySQL", "9.7.4-2"), ("MySQL".to_owned(), vec![9, 7, 4]));
        assert_eq!(read("MySQL", "10.11.19-MariaDB-0+deb12u1"), ("MariaDB".to_owned(), vec![10, 11, 19]));
        assert_eq!(read("MySQL", "5.5.5-10.6.1-MariaDB"), ("MariaDB".to_owned(), vec![10, 6, 1]));
        assert_eq!(read("SQLite", "3.46.0"), ("SQLite".to_owned(), vec![3, 46, 0]));
    }

    #[test]
    fn old_servers_are_refused() {
        for (product, text, fine) in [
            ("PostgreSQL", "11.22", false),
            ("PostgreSQL", "12.0", true),
            ("MySQL", "5.7.44-log", false),
            ("MySQL", "8.0.11", true),
            ("MySQL", "10.4.34-MariaDB", false),
            ("MySQL", "10.5.1-MariaDB", true),
        ] {
            assert_eq!(refuse_too_old(&from_version(product, text)).is_ok(), fine, "{product} {text}");
        }
    }
}
