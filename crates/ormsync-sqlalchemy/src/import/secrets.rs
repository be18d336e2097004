//! What a project's own programs say may hold what they were told in confidence: messages show none of it.

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

/// Values that must not be shown.
#[derive(Default)]
pub struct Secrets {
    values: Vec<String>,
}

impl Secrets {
    /// Those of this process's environment, which programs that it starts inherit.
    pub fn of_environment() -> Self {
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
        let values = variables.filter(|(name, _)| is_suspicious(name)).map(|(_, value)| value);
        Self::default().with(values)
    }

    /// These, too. Words that are too short to be told from others stay.
    #[must_use]
    pub fn with(mut self, values: impl Iterator<Item = String>) -> Self {
        self.values.extend(values.filter(|value| value.len() >= SHORTEST));
        // A value may be part of another: the longer ones go first.
        self.values.sort_by_key(|value| std::cmp::Reverse(value.len()));
        self
    }

    /// The text without them, and without the passwords of URLs.
    pub fn hidden(&self, text: &str) -> String {
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
        let variables = [("API_TOKEN", "abcdefgh"), ("HOME", "a folder"), ("DB_PASSWORD", "abc")];
        let secrets = Secrets::of(variables.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())));
        assert_eq!(secrets.hidden("in a folder with abcdefgh\nabc"), "in a folder with ***\nabc");
        assert_eq!(
            secrets.hidden("no connection to postgresql://me:a@b:c@host/db now"),
            "no connection to postgresql://me:***@host/db now"
        );
    }
}
