//! Finding what an edit names, and the splices that make it.

use ormsync_schema::Span;

use super::splice::Splice;
use super::{Edit, EditError};
use crate::syntax::{Attribute, Block, Document, EnumBlock, Field, ModelBlock};

/// A text with its tree.
pub(super) struct Source<'t> {
    pub(super) text: &'t str,
    pub(super) document: &'t Document,
}

/// A block with members.
#[derive(Clone, Copy)]
enum Members<'t> {
    Model(&'t ModelBlock),
    Enum(&'t EnumBlock),
}

/// A field or a value.
struct Member<'t> {
    span: Span,
    attributes: &'t [Attribute],
}

impl<'t> Members<'t> {
    fn head(self) -> Span {
        match self {
            Self::Model(block) => block.head,
            Self::Enum(block) => block.head,
        }
    }

    fn attributes(self) -> &'t [Attribute] {
        match self {
            Self::Model(block) => &block.attributes,
            Self::Enum(block) => &block.attributes,
        }
    }

    fn members(self) -> Vec<(&'t str, Member<'t>)> {
        match self {
            Self::Model(block) => {
                let member = |field: &'t Field| Member { span: field.span, attributes: &field.attributes };
                block.fields.iter().map(|field| (field.name.text.as_str(), member(field))).collect()
            }
            Self::Enum(block) => block
                .values
                .iter()
                .map(|value| {
                    let end = value.attributes.last().map_or(value.name.span.end, |attribute| attribute.span.end);
                    let span = Span::new(value.name.span.start, end);
                    (value.name.text.as_str(), Member { span, attributes: &value.attributes })
                })
                .collect(),
        }
    }
}

impl<'t> Source<'t> {
    pub(super) fn splices(&self, edit: &Edit) -> Result<Vec<Splice>, EditError> {
        let one = |splice: Splice| Ok(vec![splice]);
        match edit {
            Edit::SetType { block, field, to } => {
                let field = self.field(block, field)?;
                match &field.field_type {
                    Some(field_type) => one(Splice { span: field_type.span, text: to.clone() }),
                    None => one(Splice::insert(field.name.span.end, format!(" {to}"))),
                }
            }
            Edit::AddFieldAttribute { block, field, attribute } => {
                one(Splice::insert(self.member(block, field)?.span.end, format!(" {attribute}")))
            }
            Edit::ReplaceAttribute { block, field, from, to } => {
                let attribute = self.attribute(block, field.as_deref(), from)?;
                one(Splice { span: attribute.span, text: to.clone() })
            }
            Edit::RemoveAttribute { block, field, attribute } => {
                let span = self.attribute(block, field.as_deref(), attribute)?.span;
                let span = if field.is_some() { self.with_space_before(span) } else { self.lines(span) };
                one(Splice { span, text: String::new() })
            }
            Edit::SetArgument { block, field, attribute, argument, value } => {
                one(self.set_argument(self.attribute(block, field.as_deref(), attribute)?, argument, value))
            }
            Edit::RemoveArgument { block, field, attribute, argument } => {
                one(self.remove_argument(self.attribute(block, field.as_deref(), attribute)?, argument)?)
            }
            Edit::AddField { block, after, name, field_type, attributes } => {
                let before = self.member_before(block, after.as_deref())?;
                let line = self.aligned(block, before.as_ref(), name, field_type, attributes);
                one(self.add_line(block, before.map(|member| member.span), &line)?)
            }
            Edit::AddValue { block, after, value } => {
                let before = self.member_before(block, after.as_deref())?;
                one(self.add_line(block, before.map(|member| member.span), value)?)
            }
            Edit::RemoveField { block, field } => {
                let lines = self.lines(self.member(block, field)?.span);
                one(Splice { span: Span::new(self.before_comments(lines.start), lines.end), text: String::new() })
            }
            Edit::AddBlockAttribute { block, attribute } => one(self.add_block_attribute(block, attribute)?),
            Edit::AddBlock { text } => one(self.add_block(text)),
        }
    }

    fn block(&self, name: &str) -> Result<Members<'t>, EditError> {
        let named = self.document.blocks.iter().filter_map(|block| match block {
            Block::Model(block) if block.name.text == name => Some(Members::Model(block)),
            Block::Enum(block) if block.name.text == name => Some(Members::Enum(block)),
            _ => None,
        });
        only(named, &format!("the block `{name}`"))
    }

    fn member(&self, block: &str, name: &str) -> Result<Member<'t>, EditError> {
        let members = self.block(block)?.members().into_iter();
        only(members.filter(|(known, _)| *known == name).map(|(_, member)| member), &format!("`{name}` of `{block}`"))
    }

    fn field(&self, block: &str, name: &str) -> Result<&'t Field, EditError> {
        let what = format!("the field `{name}` of `{block}`");
        let Members::Model(model) = self.block(block)? else { return Err(EditError::Missing(what)) };
        only(model.fields.iter().filter(|field| field.name.text == name), &what)
    }

    /// An attribute by its name, with or without `@`, or by all of its text.
    fn attribute(&self, block: &str, field: Option<&str>, which: &str) -> Result<&'t Attribute, EditError> {
        let attributes = match field {
            Some(field) => self.member(block, field)?.attributes,
            None => self.block(block)?.attributes(),
        };
        let what = format!("`{which}` of `{}`", field.map_or(block.to_owned(), |field| format!("{block}.{field}")));
        let by_text = attributes.iter().find(|attribute| self.slice(attribute.span) == which);
        let by_name = attributes.iter().filter(|attribute| attribute.name.text == which.trim_start_matches('@'));
        by_text.map_or_else(|| only(by_name, &what), Ok)
    }

    /// The member behind which something is added: the named one, else the last.
    fn member_before(&self, block: &str, after: Option<&str>) -> Result<Option<Member<'t>>, EditError> {
        match after {
            Some(name) => self.member(block, name).map(Some),
            None => Ok(self.block(block)?.members().pop().map(|(_, member)| member)),
        }
    }

    fn slice(&self, span: Span) -> &'t str {
        self.text.get(span.start..span.end).unwrap_or_default()
    }

    fn set_argument(&self, attribute: &Attribute, name: &str, value: &str) -> Splice {
        if let Some(argument) = attribute.argument(name) {
            return match &argument.value {
                Some(old) => Splice { span: old.span, text: value.to_owned() },
                None => Splice { span: argument.span, text: format!("{name}: {value}") },
            };
        }
        let written = self.slice(attribute.span);
        match attribute.arguments.last() {
            Some(last) => Splice::insert(last.span.end, format!(", {name}: {value}")),
            None if written.ends_with(')') => Splice::insert(attribute.span.end - 1, format!("{name}: {value}")),
            None => Splice::insert(attribute.span.end, format!("({name}: {value})")),
        }
    }

    /// The argument with its comma; the parentheses, too, where it is the only one.
    fn remove_argument(&self, attribute: &Attribute, name: &str) -> Result<Splice, EditError> {
        let missing = || EditError::Missing(format!("the argument `{name}` of `{}`", self.slice(attribute.span)));
        let position = attribute
            .arguments
            .iter()
            .position(|argument| argument.name.as_ref().is_some_and(|written| written.text == name))
            .ok_or_else(missing)?;
        let arguments = &attribute.arguments;
        let span = match (position, arguments.get(position + 1)) {
            (0, None) => Span::new(attribute.name.span.end, attribute.span.end),
            (0, Some(next)) => Span::new(arguments[0].span.start, next.span.start),
            (_, _) => Span::new(arguments[position - 1].span.end, arguments[position].span.end),
        };
        Ok(Splice { span, text: String::new() })
    }

    /// Blanks before a span belong to what is removed.
    fn with_space_before(&self, span: Span) -> Span {
        let before = &self.text[..span.start];
        Span::new(before.trim_end_matches([' ', '\t']).len(), span.end)
    }

    /// Whole lines, with the line end.
    fn lines(&self, span: Span) -> Span {
        let start = self.text[..span.start].rfind('\n').map_or(0, |at| at + 1);
        Span::new(start, self.line_end(span.end))
    }

    /// Behind the line end that follows.
    fn line_end(&self, at: usize) -> usize {
        self.text[at..].find('\n').map_or(self.text.len(), |end| at + end + 1)
    }

    /// Before the `///` lines that stand directly above a line.
    fn before_comments(&self, mut start: usize) -> usize {
        while start > 0 {
            let above = self.text[..start - 1].rfind('\n').map_or(0, |at| at + 1);
            if !self.text[above..start].trim_start().starts_with("///") {
                break;
            }
            start = above;
        }
        start
    }

    fn newline(&self) -> &'static str {
        if self.text.contains("\r\n") { "\r\n" } else { "\n" }
    }

    /// The blanks before the members of a block.
    fn indentation(&self, block: Members<'t>) -> &'t str {
        let members = block.members();
        let first = members.first().map(|(_, member)| member.span);
        let Some(span) = first.or_else(|| block.attributes().first().map(|attribute| attribute.span)) else {
            return "  ";
        };
        let line = &self.text[self.lines(span).start..span.start];
        if line.trim().is_empty() { line } else { "  " }
    }

    /// Adds a line behind another, or as the block's first.
    fn add_line(&self, block: &str, before: Option<Span>, line: &str) -> Result<Splice, EditError> {
        let members = self.block(block)?;
        let at = self.line_end(before.unwrap_or(members.head()).end);
        let newline = self.newline();
        // The last line of a text may have no end.
        let start = if self.text[..at].ends_with('\n') { "" } else { newline };
        Ok(Splice::insert(at, format!("{start}{}{line}{newline}", self.indentation(members))))
    }

    /// Behind the block's last attribute; a blank line parts the first one from the fields.
    fn add_block_attribute(&self, block: &str, attribute: &str) -> Result<Splice, EditError> {
        let members = self.block(block)?;
        if let Some(last) = members.attributes().last() {
            return self.add_line(block, Some(last.span), attribute);
        }
        let last = members.members().pop().map(|(_, member)| member.span);
        let mut splice = self.add_line(block, last, attribute)?;
        if last.is_some() {
            splice.text = format!("{}{}", self.newline(), splice.text);
        }
        Ok(splice)
    }

    fn add_block(&self, text: &str) -> Splice {
        let newline = self.newline();
        let gap = match () {
            () if self.text.is_empty() => String::new(),
            () if self.text.ends_with('\n') => newline.to_owned(),
            () => format!("{newline}{newline}"),
        };
        let lines: String = text.trim().lines().map(|line| format!("{line}{newline}")).collect();
        Splice::insert(self.text.len(), format!("{gap}{lines}"))
    }

    /// A field with its type and attributes under those of the field before it, where they fit.
    fn aligned(
        &self,
        block: &str,
        before: Option<&Member<'t>>,
        name: &str,
        field_type: &str,
        attributes: &[String],
    ) -> String {
        let (mut type_at, mut attributes_at) = (0, 0);
        if let (Some(before), Ok(Members::Model(model))) = (before, self.block(block))
            && let Some(field) = model.fields.iter().find(|field| field.span == before.span)
        {
            let start = field.span.start;
            type_at = field.field_type.as_ref().map_or(0, |field_type| field_type.span.start - start);
            attributes_at = field.attributes.first().map_or(0, |attribute| attribute.span.start.saturating_sub(start));
        }
        let pad = |text: String, width: usize| {
            let missing = width.saturating_sub(text.len()).max(1);
            format!("{text}{}", " ".repeat(missing))
        };
        let line = pad(name.to_owned(), type_at) + field_type;
        if attributes.is_empty() { line } else { pad(line, attributes_at) + &attributes.join(" ") }
    }
}

fn only<T>(mut found: impl Iterator<Item = T>, what: &str) -> Result<T, EditError> {
    match (found.next(), found.next()) {
        (Some(only), None) => Ok(only),
        (None, _) => Err(EditError::Missing(what.to_owned())),
        (Some(_), Some(_)) => Err(EditError::Ambiguous(what.to_owned())),
    }
}
