//! What Python says may hold what it was told in confidence: messages show none of it.

/// Parts of the names of variables that hold secrets.
const SUSPICIOUS: &[&str] = &[
    "PASSWORD",
    "PASSWD",
    "SECRET",
    "TOKEN",
    "KEY",
    "CREDENTIAL",
    "DATABASE_URL",
    "DB_URL",
    "DSN",
    "_URI",
    "_PASS",
    "PWD",
];

/// Variables whose names only look like it.
const HARMLESS: &[&str] = &["PWD", "OLDPWD"];

/// Shorter values are words that occur anyway.
const SHORTEST: usize = 6;

/// The values of the environment that must not be shown.
#[derive(Debug, Default)]
pub(super) struct Secrets {
    values: Vec<String>,
}

impl Secrets {
    /// Those of this process's environment, which Python inherits.
    pub(super) fn of_environment() -> Self {
        Self::of(
            std::env::vars_os()
                .map(|(name, value)| (name.to_string_lossy().into_owned(), value.to_string_lossy().into_owned())),
        )
    }

    fn of(variables: impl Iterator<Item = (String, String)>) -> Self {
        let is_suspicious = |name: &str| {
            let name = name.to_uppercase();
            !HARMLESS.contains(&name.as_str()) && SUSPICIOUS.iter().any(|part| name.contains(part))
        };
        let mut values: Vec<String> = variables
            .filter(|(name, value)| is_suspicious(name) && value.len() >= SHORTEST)
            .map(|(_, value)| value)
            .collect();
        // A value may be part of another: the longer ones go first.
        values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        Self { values }
    }

    /// The text without them, and without the passwords of URLs.
    pub(super) fn hidden(&self, text: &str) -> String {
        let mut hidden = text.to_owned();
        for value in &self.values {
            hidden = hidden.replace(value, "***");
        }
        hidden.split_inclusive(char::is_whitespace).map(without_password).collect()
    }
}

/// A word without what stands between `://user:` and the last `@`.
fn without_password(word: &str) -> String {
    let masked = || {
        let start = word.find("://")? + 3;
        let at_sign = start + word[start..].rfind('@')?;
        let colon = start + word[start..at_sign].find(':')?;
        Some(format!("{}:***{}", &word[..colon], &word[at_sign..]))
    };
    masked().unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden() {
        let variables = [("API_TOKEN", "abcdefgh"), ("HOME", "/home/me"), ("DB_PASSWORD", "abc")];
        let secrets = Secrets::of(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(secrets.hidden("in /home/me with abcdefgh\nabc"), "in /home/me with ***\nabc");
        assert_eq!(
            secrets.hidden("no connection to postgresql://me:a@b:c@host/db now"),
            "no connection to postgresql://me:***@host/db now"
        );
    }
}
