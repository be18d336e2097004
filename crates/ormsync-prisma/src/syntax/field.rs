//! Fields of models and their types.

use ormsync_schema::Span;

use super::Reader;
use super::tree::{Arity, Field, FieldType, TypeName};

impl Reader<'_> {
    /// A field on a line of its own. Its type may be missing, and `name: Type`, `Type!` and `[Type]`, which Prisma 1
    /// had, are read, so that all of these have messages of their own.
    pub(super) fn field(&mut self) -> Option<Field> {
        let mark = self.mark();
        let start = self.cursor.at;
        let name = self.cursor.identifier()?;
        let mut end = self.cursor.at;
        self.cursor.skip_space();
        let colon = self.cursor.at;
        if self.cursor.eat(":") {
            end = self.cursor.at;
            self.problem(
                Span::new(colon, end),
                "There is no colon between a field's name and its type.",
                Some("Remove the colon."),
            );
            self.cursor.skip_space();
        }
        let field_type = self.field_type();
        if let Some(field_type) = &field_type {
            end = field_type.span.end;
        }
        let attributes = self.attributes();
        if let Some(attribute) = attributes.last() {
            end = attribute.span.end;
        }
        let span = Span::new(start, end);
        if !self.cursor.line_end() {
            return self.back_to(mark);
        }
        if field_type.is_none() {
            self.problem(span, format!("The field `{}` has no type.", name.text), None);
        }
        Some(Field { name, field_type, attributes, span })
    }

    fn field_type(&mut self) -> Option<FieldType> {
        let start = self.cursor.at;
        if self.cursor.starts_with("[") {
            return self.legacy_list();
        }
        let name = self.type_name()?;
        let end = self.cursor.at;
        self.cursor.skip_space();
        let arity = self.arity(start);
        if arity.is_none() {
            self.cursor.at = end;
        }
        let span = Span::new(start, self.cursor.at);
        Some(FieldType { name, arity: arity.unwrap_or(Arity::Required), span })
    }

    /// What stands behind the type that begins at `start`.
    fn arity(&mut self, start: usize) -> Option<Arity> {
        if self.cursor.eat("[]") {
            let end = self.cursor.at;
            if self.cursor.eat_behind_space("?") {
                let span = Span::new(start, self.cursor.at);
                let help = Some("Write either `Type[]` or `Type?`.");
                self.problem(span, "A list cannot be optional.", help);
            } else {
                self.cursor.at = end;
            }
            return Some(Arity::List);
        }
        if self.cursor.eat("?") {
            return Some(Arity::Optional);
        }
        if self.cursor.eat("!") {
            self.problem(
                Span::new(start, self.cursor.at),
                "A field is required unless it says otherwise; there is no `!`.",
                Some("Remove the `!`."),
            );
            return Some(Arity::Required);
        }
        None
    }

    fn legacy_list(&mut self) -> Option<FieldType> {
        let mark = self.mark();
        let start = self.cursor.at;
        self.cursor.at += 1;
        self.cursor.skip_space();
        let name = self.type_name();
        let (Some(name), true) = (name, self.cursor.eat_behind_space("]")) else { return self.back_to(mark) };
        let span = Span::new(start, self.cursor.at);
        self.problem(span, "A list is written `Type[]`, not `[Type]`.", None);
        Some(FieldType { name, arity: Arity::List, span })
    }

    fn type_name(&mut self) -> Option<TypeName> {
        let mark = self.mark();
        if self.cursor.eat("Unsupported(") {
            self.cursor.skip_space();
            if let Some(text) = self.text()
                && self.cursor.eat_behind_space(")")
            {
                return Some(TypeName::Unsupported(text));
            }
            self.back_to::<()>(mark);
        }
        Some(TypeName::Named(self.cursor.identifier()?.text))
    }
}
