//! Rust code without comments and without unit tests, line by line where it was.

/// The code with comments and the blocks under `#[cfg(test)]` blanked out. Line numbers stay.
pub(super) fn without_comments_and_tests(text: &str) -> String {
    without_tests(&without_comments(text))
}

/// The code with comments blanked out; what is in strings stays.
pub(super) fn without_comments(text: &str) -> String {
    pieces(text).map(|(kind, piece)| if kind == Kind::Comment { blank(piece) } else { piece.to_owned() }).collect()
}

fn blank(piece: &str) -> String {
    piece.chars().map(|letter| if letter == '\n' { '\n' } else { ' ' }).collect()
}

/// Blanks from each `#[cfg(test)]` to the end of the item behind it.
fn without_tests(code: &str) -> String {
    const MARK: &str = "#[cfg(test)]";
    let mut kept = String::new();
    let mut rest = code;
    while let Some(start) = rest.find(MARK) {
        kept.push_str(&rest[..start]);
        let end = start + item_length(&rest[start..]);
        kept.push_str(&blank(&rest[start..end]));
        rest = &rest[end..];
    }
    kept.push_str(rest);
    kept
}

/// Up to the brace that closes the first one, or the first `;` outside of braces.
fn item_length(code: &str) -> usize {
    let mut depth = 0_usize;
    let mut offset = 0;
    for (kind, piece) in pieces(code) {
        if kind == Kind::Code {
            for (place, letter) in piece.char_indices() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth = depth.saturating_sub(1),
                    _ => {}
                }
                if depth == 0 && matches!(letter, '}' | ';') {
                    return offset + place + 1;
                }
            }
        }
        offset += piece.len();
    }
    code.len()
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

/// Parts Rust text into code, comments and literals.
fn pieces(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let (kind, length) = special(rest).unwrap_or_else(|| {
            // A literal's prefix must not be looked at from its second letter (`br"`), nor a
            // name that ends in one (`for"`).
            let name = rest.find(|letter: char| !is_name(letter)).unwrap_or(rest.len());
            (Kind::Code, name.max(rest.chars().next().map_or(1, char::len_utf8)))
        });
        let (piece, behind) = rest.split_at(length);
        rest = behind;
        Some((kind, piece))
    })
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The comment or literal that starts here, with its length.
fn special(text: &str) -> Option<(Kind, usize)> {
    if text.starts_with("//") {
        return Some((Kind::Comment, text.find('\n').unwrap_or(text.len())));
    }
    if text.starts_with("/*") {
        return Some((Kind::Comment, block_comment(text)));
    }
    let prefix = text.len() - text.trim_start_matches(['b', 'c', 'r']).len();
    let (before, rest) = text.split_at(prefix.min(2));
    if before.ends_with('r') {
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        if rest[hashes..].starts_with('"') {
            let end = format!("\"{}", "#".repeat(hashes));
            let body = hashes + 1;
            let length = rest[body..].find(&end).map_or(rest.len(), |place| body + place + end.len());
            return Some((Kind::Literal, before.len() + length));
        }
    }
    if !before.contains('r') && rest.starts_with('"') {
        return Some((Kind::Literal, before.len() + quoted(rest, '"')));
    }
    // `'a'` and `'\n'` are literals, `'a` is a lifetime.
    let mut letters = text.strip_prefix('\'')?.chars();
    match (letters.next()?, letters.next()?) {
        ('\\', _) => Some((Kind::Literal, quoted(text, '\''))),
        (letter, '\'') => Some((Kind::Literal, 2 + letter.len_utf8())),
        _ => None,
    }
}

/// Block comments nest.
fn block_comment(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut place = 0;
    while place < text.len() {
        let rest = &text.as_bytes()[place..];
        if rest.starts_with(b"/*") {
            depth += 1;
            place += 2;
        } else if rest.starts_with(b"*/") {
            depth -= 1;
            place += 2;
            if depth == 0 {
                return place;
            }
        } else {
            place += 1;
        }
    }
    text.len()
}

/// From one quote to the next that no backslash stands before.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (place, letter) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if letter == '\\' {
            escaped = true;
        } else if letter == quote {
            return place + letter.len_utf8();
        }
    }
    text.len()
}

#[test]
fn comments_and_tests_go_and_strings_stay() {
    let text = r##"//! mysql
fn a<'a>(b: &'a str) -> char { /* mysql /* nested */ mysql */ '"' } // mysql
const S: &str = "kept // \" /* kept";
const R: &str = r#"kept " // kept"#;
#[cfg(test)]
mod tests { const B: &str = "} mysql"; fn c() {} }
fn kept() {}
#[cfg(test)]
mod mysql;
fn for_kept() {}
"##;
    let code = without_comments_and_tests(text);
    assert!(!code.contains("mysql"), "{code}");
    assert_eq!(code.matches("kept").count(), 6, "{code}");
    assert_eq!(code.lines().count(), text.lines().count());
}
