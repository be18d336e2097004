//! How `information_schema` writes expressions and defaults.

use std::borrow::Cow;

/// MySQL writes expressions as they are inside a quoted string: `_utf8mb4\'x\'` for `_utf8mb4'x'` (seen in
/// 8.0 to 9.7 in COLUMN_DEFAULT, GENERATION_EXPRESSION, CHECK_CLAUSE and STATISTICS.EXPRESSION, where SHOW
/// CREATE TABLE has none of these backslashes). MariaDB writes them plainly.
pub(super) fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains('\\') {
        return Cow::Borrowed(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => plain.extend(letters.next().map(|escaped| match escaped {
                'n' => '\n',
                'r' => '\r',
                't' => '\t',
                '0' => '\0',
                other => other,
            })),
            other => plain.push(other),
        }
    }
    Cow::Owned(plain)
}

/// Views name every table with its database. Without that prefix the same view in two databases has one text.
pub(super) fn without_database(text: &str, database: &str) -> String {
    let prefix = format!("`{}`.", database.replace('`', "``"));
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix(prefix.as_str()) {
            rest = behind;
            continue;
        }
        let end = match letter {
            '\'' | '"' | '`' => quoted_end(rest, letter),
            _ => letter.len_utf8(),
        };
        plain.push_str(&rest[..end]);
        rest = &rest[end..];
    }
    plain
}

/// Where the quoted text that `text` begins with ends. A doubled quote is seen as two quoted texts, which
/// comes to the same.
pub(super) fn quoted_end(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in text.char_indices().skip(1) {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            _ if letter == quote => return at + letter.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The two names in MariaDB's `` nextval(`database`.`sequence`) ``.
pub(super) fn nextval(text: &str) -> Option<(String, String)> {
    let names = text.strip_prefix("nextval(`")?.strip_suffix("`)")?;
    let (database, sequence) = names.split_once("`.`")?;
    Some((database.replace("``", "`"), sequence.replace("``", "`")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_level_of_escapes_is_taken_off() {
        assert_eq!(unescaped(r"(`a` <> _utf8mb4\'x\\\'y\')"), r"(`a` <> _utf8mb4'x\'y')");
        assert_eq!(unescaped("(1 + 2)"), "(1 + 2)");
    }

    #[test]
    fn the_own_database_is_dropped_outside_of_quotes() {
        assert_eq!(
            without_database("select `shop`.`t`.`a` AS `shop`,'`shop`.x' AS `it``s` from `shop`.`t`", "shop"),
            "select `t`.`a` AS `shop`,'`shop`.x' AS `it``s` from `t`"
        );
    }

    #[test]
    fn sequences_of_defaults_are_named() {
        assert_eq!(nextval("nextval(`shop`.`a``b`)"), Some(("shop".to_owned(), "a`b".to_owned())));
        assert_eq!(nextval("nextval(`shop`.`a`) + 1"), None);
    }
}
