//! Attributes of fields, enum values and blocks.

use ormsync_schema::Span;

use super::Reader;
use super::expression::Standing;
use super::tree::Attribute;

const ONE_LINE: &str = "Prisma's language is line-based: put the attribute with all its arguments on one line.";

impl Reader<'_> {
    /// `sign` (`@` or `@@`), a name, and arguments if there are some; or none and no step on.
    pub(super) fn attribute(&mut self, sign: &str) -> Option<Attribute> {
        let mark = self.mark();
        let start = self.cursor.at;
        if !self.cursor.eat(sign) {
            return None;
        }
        self.cursor.skip_space();
        let Some(name) = self.cursor.path() else { return self.back_to(mark) };
        let end = self.cursor.at;
        let standing = if name.text.contains('.') { Standing::NativeType } else { Standing::Attribute };
        self.cursor.skip_space();
        let arguments = self.arguments(standing);
        if arguments.is_none() {
            self.cursor.at = end;
        }
        let span = Span::new(start, self.cursor.at);
        if self.cursor.text[start..span.end].contains(['\n', '\r']) {
            self.problem(span, "The arguments of an attribute may not go over several lines.", Some(ONE_LINE));
        }
        Some(Attribute { name, arguments: arguments.unwrap_or_default(), span })
    }

    /// All attributes from here on.
    pub(super) fn attributes(&mut self) -> Vec<Attribute> {
        let mut attributes = Vec::new();
        loop {
            let behind = self.cursor.at;
            self.cursor.skip_space();
            match self.attribute("@") {
                Some(attribute) => attributes.push(attribute),
                None => {
                    self.cursor.at = behind;
                    return attributes;
                }
            }
        }
    }

    /// `@@name(…)` on a line of its own.
    pub(super) fn block_attribute(&mut self) -> Option<Attribute> {
        let mark = self.mark();
        let attribute = self.attribute("@@")?;
        if self.cursor.line_end() { Some(attribute) } else { self.back_to(mark) }
    }
}
