//! Where the reader is in a text, and the smallest things it can take from there.
//!
//! White space is never a line break: the language is line-based, and a line that cannot be read must not
//! take the next one with it.

use ormsync_schema::Span;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

use super::tree::Name;

/// A place in a text, moving on.
#[derive(Debug, Clone)]
pub(super) struct Cursor<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn starts_with(&self, sign: &str) -> bool {
        self.text.as_bytes()[self.at..].starts_with(sign.as_bytes())
    }

    /// Takes `sign` if it is next.
    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let is_next = self.starts_with(sign);
        if is_next {
            self.at += sign.len();
        }
        is_next
    }

    /// Takes `sign` if it is next behind white space.
    pub(super) fn eat_behind_space(&mut self, sign: &str) -> bool {
        self.skip_space();
        self.eat(sign)
    }

    pub(super) fn skip_space(&mut self) {
        while let Some(byte) = self.peek() {
            match byte {
                b' ' | b'\t' => self.at += 1,
                byte if byte.is_ascii() => return,
                _ => match self.rest().chars().next() {
                    Some(letter) if letter.general_category() == GeneralCategory::SpaceSeparator => {
                        self.at += letter.len_utf8();
                    }
                    _ => return,
                },
            }
        }
    }

    /// Takes one line break.
    pub(super) fn eat_line_break(&mut self) -> bool {
        match self.peek() {
            Some(b'\n') => self.at += 1,
            Some(b'\r') => self.at += if self.starts_with("\r\n") { 2 } else { 1 },
            _ => return false,
        }
        true
    }

    pub(super) fn is_at_line_break(&self) -> bool {
        matches!(self.peek(), Some(b'\n' | b'\r'))
    }

    /// Passes over white space and line breaks, where arguments go over several lines.
    pub(super) fn skip_gap(&mut self) {
        self.skip_space();
        while self.eat_line_break() {
            self.skip_space();
        }
    }

    /// Goes to the end of the line, before its break.
    pub(super) fn skip_to_line_end(&mut self) {
        let rest = &self.text.as_bytes()[self.at..];
        self.at += rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
    }

    /// Goes behind the line and its break.
    pub(super) fn skip_line(&mut self) {
        self.skip_to_line_end();
        self.eat_line_break();
    }

    /// Takes a name. It may begin with a digit and hold a dash here; both get a message of their own.
    pub(super) fn identifier(&mut self) -> Option<Name> {
        let start = self.at;
        self.skip_identifier().then(|| self.name_from(start))
    }

    /// Takes a name, or names with dots between them. `db.` with nothing behind the dot is taken, so that its
    /// message can be about the type.
    pub(super) fn path(&mut self) -> Option<Name> {
        let start = self.at;
        if !self.skip_identifier() {
            return None;
        }
        while self.eat(".") {
            self.skip_identifier();
        }
        Some(self.name_from(start))
    }

    fn name_from(&self, start: usize) -> Name {
        Name { text: self.text[start..self.at].to_owned(), span: Span::new(start, self.at) }
    }

    pub(super) fn skip_identifier(&mut self) -> bool {
        let start = self.at;
        while let Some(byte) = self.peek() {
            match byte {
                b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => self.at += 1,
                b'_' | b'-' if self.at > start => self.at += 1,
                byte if byte.is_ascii() => break,
                _ => match self.rest().chars().next() {
                    Some(letter) if letter.general_category_group() == GeneralCategoryGroup::Letter => {
                        self.at += letter.len_utf8();
                    }
                    _ => break,
                },
            }
        }
        self.at > start
    }

    /// Takes the digits of a number: `-1.5`.
    pub(super) fn number(&mut self) -> Option<&'t str> {
        let start = self.at;
        self.eat("-");
        if !self.skip_digits() {
            self.at = start;
            return None;
        }
        let whole = self.at;
        if !(self.eat(".") && self.skip_digits()) {
            self.at = whole;
        }
        Some(&self.text[start..self.at])
    }

    fn skip_digits(&mut self) -> bool {
        let start = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.at > start
    }

    /// Takes a string: what stands between its quotation marks, escapes as written.
    pub(super) fn string(&mut self) -> Option<&'t str> {
        let bytes = self.text.as_bytes();
        if self.peek() != Some(b'"') {
            return None;
        }
        let start = self.at + 1;
        let mut at = start;
        loop {
            match bytes.get(at)? {
                b'"' => break,
                b'\\' if matches!(bytes.get(at + 1)?, b'\n' | b'\r') => return None,
                b'\\' => at += 2,
                0..=0x1f => return None,
                _ => at += 1,
            }
        }
        self.at = at + 1;
        Some(&self.text[start..at])
    }

    /// Takes a comment of any kind.
    pub(super) fn comment(&mut self) -> bool {
        if self.starts_with("//") {
            self.skip_to_line_end();
            return true;
        }
        if !self.starts_with("/*") {
            return false;
        }
        // Those that nothing closes are gone: see `guard`.
        let Some(length) = self.text[self.at + 2..].find("*/") else { return false };
        self.at += length + 4;
        true
    }

    /// Takes what may stand behind the last word of a line, with the line break.
    pub(super) fn line_end(&mut self) -> bool {
        self.skip_space();
        self.comment();
        self.skip_space();
        self.eat_line_break() || self.is_at_end()
    }
}
