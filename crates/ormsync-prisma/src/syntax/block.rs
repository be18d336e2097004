//! Blocks: models, views, composite types, enums, datasources, generators, and what is none of them.

use ormsync_schema::Span;

use super::Reader;
use super::expression::Standing;
use super::tree::{Block, ConfigurationBlock, EnumBlock, EnumValue, Field, ModelBlock, ModelKind, Name, Property};

const KEYWORDS: [&str; 6] = ["model", "view", "type", "enum", "datasource", "generator"];

const WHAT_A_SCHEMA_IS: &str = "A schema consists of `model`, `view`, `type`, `enum`, `datasource` and `generator` \
                                blocks, each over several lines.";

/// What the lines of a block have in common.
struct Members {
    bad: Vec<Span>,
    end: usize,
}

impl Reader<'_> {
    /// Reads the whole file. What is not understood becomes one problem for its line or lines.
    pub(super) fn file(&mut self) {
        self.cursor.eat("\u{FEFF}");
        loop {
            self.cursor.skip_space();
            if self.cursor.is_at_end() {
                return;
            }
            let is_read = self.cursor.eat_line_break()
                || self.cursor.comment()
                || self.known_block()
                || self.type_alias()
                || self.unknown_block();
            if !is_read {
                self.bad_chunk();
            }
        }
    }

    /// The keyword and the name of a block that opens here. `modelUser {` is a model named User to the engine, so
    /// keywords need no space behind them.
    fn block_head(&mut self) -> Option<(&'static str, Name)> {
        let start = self.cursor.at;
        let found = KEYWORDS.into_iter().find(|keyword| self.cursor.eat(keyword)).and_then(|keyword| {
            self.cursor.skip_space();
            let name = self.cursor.identifier()?;
            self.cursor.eat_behind_space("{").then_some((keyword, name))
        });
        if found.is_none() {
            self.cursor.at = start;
        }
        found
    }

    pub(super) fn is_at_block_head(&mut self) -> bool {
        let start = self.cursor.at;
        let found = self.block_head().is_some();
        self.cursor.at = start;
        found
    }

    fn known_block(&mut self) -> bool {
        let start = self.cursor.at;
        let Some((keyword, name)) = self.block_head() else { return false };
        if self.single_line(start, keyword, &name) {
            return true;
        }
        // Anything behind an opening brace, up to the end of the line, is ignored by the engine.
        self.cursor.skip_to_line_end();
        self.cursor.eat_line_break();
        let head = Span::new(start, name.span.end);
        let block = match keyword {
            "enum" => Block::Enum(self.enumeration(name, head)),
            "datasource" | "generator" => Block::Configuration(self.configuration(keyword, name, head)),
            "view" => Block::Model(self.model(ModelKind::View, name, head)),
            "type" => Block::Model(self.model(ModelKind::Composite, name, head)),
            _ => Block::Model(self.model(ModelKind::Model, name, head)),
        };
        self.document.blocks.push(block);
        true
    }

    /// `model A { id Int @id }` is not valid Prisma; the name is still worth knowing. When the members and the
    /// closing brace follow on lines of their own, it is a block, and what stands behind its `{` is ignored.
    fn single_line(&mut self, start: usize, keyword: &str, name: &Name) -> bool {
        let opened = self.cursor.at;
        let mut line = self.cursor.clone();
        line.skip_to_line_end();
        let rest = &self.cursor.text[opened..line.at];
        let end = rest.find('}').filter(|end| !rest[..*end].contains("//"));
        let Some(end) = end.map(|end| opened + end + 1) else { return false };
        if self.next_stop(line.at).is_some_and(|stop| self.cursor.text[stop..].starts_with('}')) {
            return false;
        }
        self.cursor.at = end;
        self.problem(
            Span::new(start, end),
            format!("A {keyword} block may not stand on one line."),
            Some("Begin a new line behind the `{` and before the `}`."),
        );
        self.document.unreadable_blocks.push((keyword.to_owned(), name.clone()));
        true
    }

    /// The first line at or behind `from` (the end of a line) that begins with `}` or opens a block; where it
    /// begins. Asked again and again over the same lines, so the last answer is kept.
    fn next_stop(&mut self, from: usize) -> Option<usize> {
        if let Some((asked, stop)) = self.last_stop
            && asked <= from
            && stop.is_none_or(|stop| from <= stop)
        {
            return stop;
        }
        let start = self.cursor.at;
        self.cursor.at = from;
        let stop = loop {
            self.cursor.skip_gap();
            if self.cursor.is_at_end() {
                break None;
            }
            if self.cursor.starts_with("}") || self.is_at_block_head() {
                break Some(self.cursor.at);
            }
            self.cursor.skip_line();
        };
        self.cursor.at = start;
        self.last_stop = Some((from, stop));
        stop
    }

    fn type_alias(&mut self) -> bool {
        let start = self.cursor.at;
        let is_alias = self.cursor.eat("type") && {
            self.cursor.skip_space();
            self.cursor.skip_identifier() && self.cursor.eat_behind_space("=")
        };
        if !is_alias {
            self.cursor.at = start;
            return false;
        }
        self.cursor.skip_to_line_end();
        let span = self.trimmed(start);
        self.problem(
            span,
            "Type aliases are not part of Prisma's language.",
            Some("Write the type and its attributes at every field."),
        );
        true
    }

    /// A block of a newer Prisma, or a typing mistake in a keyword: one problem for the whole block.
    fn unknown_block(&mut self) -> bool {
        let start = self.cursor.at;
        if !self.cursor.skip_identifier() {
            return false;
        }
        let mut line = self.cursor.clone();
        line.skip_to_line_end();
        let rest = &self.cursor.text[self.cursor.at..line.at];
        let is_head = rest.find(['{', '}', '=']).is_some_and(|at| rest[at..].starts_with('{'));
        let stop = if is_head && !line.is_at_end() { self.next_stop(line.at) } else { None };
        let Some(stop) = stop.filter(|stop| self.cursor.text[*stop..].starts_with('}')) else {
            self.cursor.at = start;
            return false;
        };
        let span = Span::new(start, start + self.cursor.text[start..line.at].trim_end().len());
        let head = &self.cursor.text[start..line.at];
        let keyword = head.split(|letter: char| letter.is_whitespace() || letter == '{').next().unwrap_or_default();
        self.document.has_bad_chunks = true;
        self.problem(
            span,
            format!("`{keyword}` does not open a block of a Prisma schema; it is left out."),
            Some(WHAT_A_SCHEMA_IS),
        );
        self.cursor.at = stop + 1;
        true
    }

    /// Lines that open nothing: one problem for all of them.
    fn bad_chunk(&mut self) {
        let start = self.cursor.at;
        self.cursor.skip_to_line_end();
        let span = self.trimmed(start);
        self.cursor.eat_line_break();
        loop {
            self.cursor.skip_space();
            let goes_on = !self.cursor.is_at_end()
                && !self.cursor.is_at_line_break()
                && !self.cursor.starts_with("//")
                && !self.cursor.starts_with("/*")
                && !self.is_at_block_head();
            if !goes_on {
                break;
            }
            self.cursor.skip_line();
        }
        self.document.has_bad_chunks = true;
        self.problem(span, "This is not a block of a Prisma schema.", Some(WHAT_A_SCHEMA_IS));
    }

    fn trimmed(&self, start: usize) -> Span {
        Span::new(start, start + self.cursor.text[start..self.cursor.at].trim_end().len())
    }

    /// Reads the lines of a block up to its `}` or, when that is missing, before the next line that opens a block.
    /// `one` takes a line, or does not step on.
    fn members(&mut self, head: Span, keyword: &str, what: &str, mut one: impl FnMut(&mut Self) -> bool) -> Members {
        let mut bad = Vec::new();
        loop {
            self.cursor.skip_gap();
            if self.cursor.eat("}") {
                return Members { bad, end: self.cursor.at };
            }
            if self.cursor.is_at_end() || one(self) || self.cursor.comment() {
                if self.cursor.is_at_end() {
                    break;
                }
                continue;
            }
            if self.is_at_block_head() {
                break;
            }
            let start = self.cursor.at;
            self.cursor.skip_to_line_end();
            let span = self.trimmed(start);
            self.problem(span, format!("This line is not {what}."), None);
            bad.push(span);
        }
        self.problem(head, format!("This {keyword} block is never closed."), Some("Add a line with `}`."));
        let end = self.cursor.text[..self.cursor.at].trim_end().len();
        Members { bad, end }
    }

    fn model(&mut self, kind: ModelKind, name: Name, head: Span) -> ModelBlock {
        let mut block =
            ModelBlock { kind, head, name, fields: Vec::new(), attributes: Vec::new(), bad_members: Vec::new() };
        let (fields, attributes): (&mut Vec<Field>, &mut Vec<_>) = (&mut block.fields, &mut block.attributes);
        let members = self.members(head, kind.keyword(), "a field or a block attribute", |reader| {
            if let Some(field) = reader.field() {
                fields.push(field);
            } else if let Some(attribute) = reader.block_attribute() {
                attributes.push(attribute);
            } else {
                return false;
            }
            true
        });
        block.bad_members = members.bad;
        block
    }

    fn enumeration(&mut self, name: Name, head: Span) -> EnumBlock {
        let (mut values, mut attributes) = (Vec::new(), Vec::new());
        let members = self.members(head, "enum", "an enum value or a block attribute", |reader| {
            if let Some(value) = reader.enum_value() {
                values.push(value);
            } else if let Some(attribute) = reader.block_attribute() {
                attributes.push(attribute);
            } else {
                return false;
            }
            true
        });
        let span = Span::new(head.start, members.end);
        EnumBlock { name, values, attributes, bad_members: members.bad, span, head }
    }

    fn enum_value(&mut self) -> Option<EnumValue> {
        let mark = self.mark();
        let name = self.cursor.identifier()?;
        let attributes = self.attributes();
        if self.cursor.line_end() { Some(EnumValue { name, attributes }) } else { self.back_to(mark) }
    }

    fn configuration(&mut self, keyword: &str, name: Name, head: Span) -> ConfigurationBlock {
        let mut properties = Vec::new();
        let members = self.members(head, keyword, "a setting (`name = value`)", |reader| {
            let property = reader.property();
            let is_read = property.is_some();
            properties.extend(property);
            is_read
        });
        let span = Span::new(head.start, members.end);
        ConfigurationBlock { is_datasource: keyword == "datasource", name, properties, span }
    }

    fn property(&mut self) -> Option<Property> {
        let mark = self.mark();
        let name = self.cursor.identifier()?;
        if !self.cursor.eat_behind_space("=") {
            return self.back_to(mark);
        }
        self.cursor.skip_space();
        let value = self.expression(Standing::Setting);
        if !self.cursor.line_end() {
            return self.back_to(mark);
        }
        let span = Span::new(name.span.start, value.as_ref().map_or(name.span.end, |value| value.span.end));
        let is_spread = value
            .as_ref()
            .is_some_and(|value| self.cursor.text[value.span.start..value.span.end].contains(['\n', '\r']));
        if is_spread {
            let help = "Put the whole list on one line.";
            self.problem(span, "A setting may not go over several lines.", Some(help));
        }
        Some(Property { name, value, span })
    }
}
