//! Columns: types, nullability, defaults, and what the client does.

use ormsync_schema::{ClientSide, Column, DataType, DefaultValue, Fact, Identity, Origin, Places, Span, Wording};

use super::Lowering;
use crate::native::{EnumStorage, ScalarType};
use crate::resolve::model::{DefaultKind, FieldKind, FieldModel, Model};
use crate::syntax::Arity;

impl<'t> Lowering<'_, 't> {
    /// The column of a field; none for fields that lead to another model.
    pub(super) fn column(&self, model: &Model<'t>, field: &FieldModel<'t>) -> Option<Column> {
        if !field.is_column() {
            return None;
        }
        let data_type = self.data_type(model, field);
        // The engine writes no NOT NULL for lists.
        let nullable = field.arity() != Arity::Required;
        let mut column = Column::new(data_type, nullable, model.origin(field.field.span));
        self.set_default(model, field, &mut column);
        column.client = self.client_side(field, &column).into();
        self.set_places(model, field, &mut column);
        Some(column)
    }

    fn data_type(&self, model: &Model<'t>, field: &FieldModel<'t>) -> DataType {
        let element = self.element_type(model, field);
        if field.arity() == Arity::List && !element.is_unreadable() {
            return DataType::Array(Box::new(element));
        }
        element
    }

    fn element_type(&self, model: &Model<'t>, field: &FieldModel<'t>) -> DataType {
        let facts = self.model.facts;
        let written = || DataType::Unreadable(self.written(model, type_span(field)));
        match &field.kind {
            FieldKind::Scalar(scalar) => match &field.native {
                None => self.parse_type((facts.default_type)(*scalar)),
                Some(native) => match &native.resolved {
                    Some((native, arguments)) => self.parse_type(&native_sql(facts, *scalar, native, arguments)),
                    None => written(),
                },
            },
            FieldKind::Enum(position) => self.enum_type(*position),
            FieldKind::Unsupported(text) => self.parse_type(text),
            FieldKind::Composite | FieldKind::Unknown | FieldKind::Relation(_) => written(),
        }
    }

    fn enum_type(&self, position: usize) -> DataType {
        let model = &self.model.enums[position];
        match self.model.facts.enums {
            EnumStorage::NamedType => DataType::Enum {
                namespace: self.namespace(model.namespace).to_owned(),
                name: model.type_name.to_owned(),
            },
            EnumStorage::InColumn if model.incomplete => DataType::Unreadable(model.name().to_owned()),
            EnumStorage::InColumn => DataType::InlineEnum(model.labels()),
            EnumStorage::Text => self.parse_type((self.model.facts.default_type)(ScalarType::String)),
        }
    }

    fn set_default(&self, model: &Model<'t>, field: &FieldModel<'t>, column: &mut Column) {
        // On SQLite a single `Int` id numbers itself, said or unsaid, and no other column does.
        let only_ids = self.model.facts.integer_id_numbers_itself;
        let is_integer_id = field.scalar() == Some(ScalarType::Int)
            && model.single_id().is_some_and(|id| model.fields[id].name() == field.name());
        let default = field.default.as_ref().map(|default| &default.kind);
        let is_said = matches!(default, Some(DefaultKind::AutoIncrement)) && field.arity() != Arity::List;
        let is_numbered = if only_ids { is_integer_id } else { is_said };
        if is_numbered {
            // The engine writes AUTOINCREMENT at every such key.
            column.identity = Some(Identity { never_again: only_ids, ..Identity::auto_increment() }.into());
        }
        column.default = default.and_then(|kind| self.default_value(field, kind, &column.data_type));
        if let Some(DefaultKind::DatabaseGenerated(Some(text))) = default {
            column.default_wording = Wording::of(*text);
            self.set_on_update(text, column);
        }
    }

    /// What the engine writes behind `DEFAULT` word for word may go on: `CURRENT_TIMESTAMP(3) ON UPDATE
    /// CURRENT_TIMESTAMP(3)` is how Prisma's users reach MySQL's `ON UPDATE`.
    fn set_on_update(&self, text: &str, column: &mut Column) {
        let facts = self.model.facts;
        let Some((default, on_update)) = split_on_update(text).filter(|_| facts.has_on_update) else { return };
        let on_update = facts.dialect.parse_default(on_update, &column.data_type);
        // The server takes nothing but the present time.
        if matches!(on_update, DefaultValue::Now { .. }) {
            column.default = Some(facts.dialect.parse_default(default, &column.data_type));
            column.on_update = Some(on_update.into());
        }
    }

    fn client_side(&self, field: &FieldModel<'t>, column: &Column) -> ClientSide {
        let default = match field.default.as_ref().map(|default| &default.kind) {
            Some(DefaultKind::Client(value)) => Some(value.to_string()),
            // A literal that the engine leaves out of its SQL is still filled in by the client.
            Some(DefaultKind::Literal(value)) if column.default.is_none() => Some(value.to_string()),
            _ => None,
        };
        ClientSide {
            attribute: (field.column != field.name()).then(|| field.name().to_owned()),
            default,
            update: field.updated_at.then(|| "@updatedAt".to_owned()),
            version_counter: false,
            enum_labels: self.client_labels(field),
            text_labels: self.text_labels(field),
            decimal_as_float: false,
            enum_name: self.client_enum(field),
            ignored: field.ignored,
        }
    }

    /// The name of the enum, where the labels stand in the column.
    fn client_enum(&self, field: &FieldModel<'t>) -> Wording {
        match (&field.kind, self.model.facts.enums) {
            (FieldKind::Enum(position), EnumStorage::InColumn) => Wording::of(self.model.enums[*position].name()),
            _ => Wording::default(),
        }
    }

    /// The labels of an enum that the server has no type for.
    fn text_labels(&self, field: &FieldModel<'t>) -> Option<Vec<String>> {
        let FieldKind::Enum(position) = field.kind else { return None };
        let model = &self.model.enums[position];
        (self.model.facts.enums == EnumStorage::Text && !model.incomplete).then(|| model.labels())
    }

    /// The names that the client has for enum values, where they differ from the labels.
    fn client_labels(&self, field: &FieldModel<'t>) -> Option<Vec<String>> {
        let FieldKind::Enum(position) = field.kind else { return None };
        let values = &self.model.enums[position].values;
        let differs = values.iter().any(|(name, label)| name != label);
        differs.then(|| values.iter().map(|(name, _)| (*name).to_owned()).collect())
    }

    fn set_places(&self, model: &Model<'t>, field: &FieldModel<'t>, column: &mut Column) {
        column.places = Places::with_capacity(2 + 2 * usize::from(field.default.is_some()));
        let mut place = |fact: Fact, span: Span| column.places.insert(fact, model.origin(span));
        if field.field.field_type.is_some() {
            place(Fact::ColumnType, type_span(field));
        }
        if let Some(field_type) = &field.field.field_type {
            place(Fact::Nullability, field_type.span);
        }
        if let Some(default) = &field.default {
            place(Fact::Default, default.attribute.span);
            if matches!(default.kind, DefaultKind::AutoIncrement) {
                place(Fact::Identity, default.attribute.span);
            }
            if matches!(default.kind, DefaultKind::Client(_)) {
                place(Fact::ClientDefault, default.attribute.span);
            }
        }
        if let Some(attribute) = field.field.attribute("updatedAt") {
            place(Fact::ClientUpdate, attribute.span);
        }
    }

    fn written(&self, model: &Model<'t>, span: Span) -> String {
        self.files.get(model.path).map(|file| file.slice(span).to_owned()).unwrap_or_default()
    }
}

/// From the type's name to the end of the native type.
fn type_span(field: &FieldModel<'_>) -> Span {
    let Some(field_type) = &field.field.field_type else { return field.field.span };
    let native = field.field.attributes.iter().find(|attribute| attribute.name.text.contains('.'));
    let end = native.map_or(field_type.span.end, |attribute| attribute.span.end.max(field_type.span.end));
    Span::new(field_type.span.start, end)
}

/// A native type as SQL writes it.
fn native_sql(
    facts: &crate::native::ProviderFacts,
    scalar: ScalarType,
    native: &crate::native::NativeType,
    arguments: &[i64],
) -> String {
    if scalar == ScalarType::Boolean
        && let Some((_, sql)) = facts.boolean_native.iter().find(|(name, _)| *name == native.name)
    {
        return (*sql).to_owned();
    }
    if arguments.is_empty() {
        return native.sql.to_owned();
    }
    let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    format!("{}({})", native.sql, arguments.join(","))
}

/// The origin of a model's head: what findings about the whole table point at.
pub(super) fn head_origin(model: &Model<'_>) -> Origin {
    model.origin(model.block.head)
}

/// What stands before and behind `ON UPDATE`.
fn split_on_update(text: &str) -> Option<(&str, &str)> {
    // Bytes stay where they are in ASCII's own upper case.
    let at = text.to_ascii_uppercase().rfind(" ON UPDATE ")?;
    Some((&text[..at], &text[at + " ON UPDATE ".len()..]))
}
