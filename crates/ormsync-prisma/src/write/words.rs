//! Names in the style of Prisma's documentation.

use crate::spelling::identifier;

/// `user_account` and `userAccount` as `UserAccount`; what is all capitals is taken for one word.
pub(super) fn pascal(name: &str) -> String {
    let has_lower = name.chars().any(char::is_lowercase);
    if has_lower { identifier::pascal(name) } else { identifier::pascal(&name.to_lowercase()) }
}

/// `user_account` and `UserAccount` as `userAccount`.
pub(super) fn camel(name: &str) -> String {
    let pascal = pascal(name);
    let capitals = pascal.chars().take_while(|character| character.is_uppercase()).count();
    let length = pascal.chars().count();
    // `URLPart` is `urlPart`, `ID` is `id`, `User` is `user`.
    let lowered = if capitals == length { length } else { capitals.saturating_sub(1).max(1) };
    pascal
        .chars()
        .enumerate()
        .map(|(position, character)| if position < lowered { character.to_ascii_lowercase() } else { character })
        .collect()
}

/// The first letter small.
pub(super) fn lower_first(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_lowercase).collect();
    format!("{first}{}", characters.as_str())
}

/// The first letter large.
pub(super) fn upper_first(name: &str) -> String {
    let mut characters = name.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}", characters.as_str())
}

/// A noun for one of what a noun says.
pub(super) fn singular(noun: &str) -> String {
    let stem = |suffix: &str| noun.strip_suffix(suffix).filter(|stem| stem.len() > 1);
    if let Some(stem) = stem("ies") {
        return format!("{stem}y");
    }
    for suffix in ["sses", "xes", "ches", "shes", "uses"] {
        if stem(suffix).is_some() {
            return noun[..noun.len() - 2].to_owned();
        }
    }
    if ["ss", "us", "is"].iter().any(|suffix| noun.ends_with(suffix)) {
        return noun.to_owned();
    }
    stem("s").map_or_else(|| noun.to_owned(), str::to_owned)
}

/// A noun for many of what a noun says, which may say many already.
pub(super) fn plural(noun: &str) -> String {
    let one = singular(noun);
    if one != noun {
        return noun.to_owned();
    }
    let before_last = one.chars().rev().nth(1);
    match before_last {
        Some(letter) if one.ends_with('y') && !"aeiou".contains(letter) => format!("{}ies", &one[..one.len() - 1]),
        _ if ["s", "x", "ch", "sh"].iter().any(|suffix| one.ends_with(suffix)) => format!("{one}es"),
        _ => format!("{one}s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nouns() {
        for (one, many) in [
            ("post", "posts"),
            ("category", "categories"),
            ("address", "addresses"),
            ("status", "statuses"),
            ("box", "boxes"),
            ("day", "days"),
            ("house", "houses"),
        ] {
            assert_eq!(plural(one), many);
            assert_eq!(plural(many), many);
        }
        assert_eq!(singular("categories"), "category");
        assert_eq!(singular("addresses"), "address");
        assert_eq!(singular("status"), "status");
        assert_eq!(plural(""), "s");
    }

    #[test]
    fn cases() {
        assert_eq!(pascal("user_account"), "UserAccount");
        assert_eq!(pascal("USER_ACCOUNT"), "UserAccount");
        assert_eq!(camel("UserAccount"), "userAccount");
        assert_eq!(camel("user_id"), "userId");
        assert_eq!(camel("ID"), "id");
        assert_eq!(camel("x"), "x");
        assert_eq!(camel("URLPart"), "urlPart");
    }
}
