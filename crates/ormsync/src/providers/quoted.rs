//! The texts in quotes of a program, outside its comments: a lexer of three kinds of token for TypeScript and Python.

/// How a language writes comments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comments {
    /// `// …` and `/* … */`
    Slashes,
    /// `# …`
    Hash,
}

/// Each text with the byte it begins at, without its quotes. Escapes are left as they are.
pub(super) fn texts(code: &str, comments: Comments) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(letter) = code[at..].chars().next() {
        let rest = &code[at..];
        let skipped = match (letter, comments) {
            ('#', Comments::Hash) => rest.find('\n').unwrap_or(rest.len()),
            ('/', Comments::Slashes) if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            ('/', Comments::Slashes) if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |end| end + 2),
            ('"' | '\'' | '`', _) => {
                let length = length_of_text(&rest[1..], letter);
                found.push((at, &rest[1..=length]));
                (length + 2).min(rest.len())
            }
            _ => letter.len_utf8(),
        };
        at += skipped;
    }
    found
}

/// How long a text is up to its closing quote; where that is missing, up to the end of the line.
fn length_of_text(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, letter) in rest.char_indices() {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote || (letter == '\n' && quote != '`') {
            return at;
        }
    }
    rest.len()
}

/// Whether code has a word outside its comments and texts.
pub(crate) fn has_word(code: &str, word: &str) -> bool {
    let mut outside = String::new();
    let mut from = 0;
    for (at, text) in texts(code, Comments::Hash) {
        outside.push_str(&code[from..at]);
        from = (at + text.len() + 2).min(code.len());
        while !code.is_char_boundary(from) {
            from += 1;
        }
    }
    outside.push_str(&code[from..]);
    let lines = outside.lines().map(|line| line.split('#').next().unwrap_or_default());
    let mut words = lines.flat_map(|line| line.split(|letter: char| !(letter.is_alphanumeric() || letter == '_')));
    words.any(|own| own == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_outside_comments() {
        let code = "// \"no\"\nimport x from \"a\" /* 'no' */ + 'b\\'c' + `d`; 'open\n\"e\"";
        let found: Vec<&str> = texts(code, Comments::Slashes).into_iter().map(|(_, text)| text).collect();
        assert_eq!(found, ["a", "b\\'c", "d", "open", "e"]);
        assert_eq!(texts("# 'no'\nurl = 'x'", Comments::Hash), [(13, "x")]);
        assert_eq!(texts("'", Comments::Hash), [(0, "")]);
    }

    #[test]
    fn words_outside_comments_and_texts() {
        assert!(has_word("context.configure(include_object=f)", "include_object"));
        assert!(!has_word("# include_object\nx = 'include_object'", "include_object"));
        assert!(!has_word("include_objects = 1", "include_object"));
    }
}
