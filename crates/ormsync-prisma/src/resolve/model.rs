//! The resolved schema: the tree with its names looked up and its attributes understood. Borrowed from
//! the tree, so that every fact still knows its place.

use std::sync::Arc;

use ormsync_schema::{Fact, Origin, ReferentialAction, Span};

use crate::native::{NativeType, ProviderFacts, ScalarType};
use crate::syntax::{Arity, Attribute, EnumBlock, Expression, Field, ModelBlock, ModelKind};

/// A whole schema.
#[derive(Debug)]
pub(crate) struct DataModel<'t> {
    pub(crate) configuration: Configuration<'t>,
    pub(crate) facts: &'static ProviderFacts,
    /// Models and views.
    pub(crate) models: Vec<Model<'t>>,
    pub(crate) enums: Vec<EnumModel<'t>>,
    pub(crate) relations: Vec<Relation>,
}

/// What the datasource and the generators say.
#[derive(Debug, Default)]
pub(crate) struct Configuration<'t> {
    /// The datasource's name, the scope of native types.
    pub(crate) datasource_name: Option<&'t str>,
    pub(crate) emulates_relations: bool,
    pub(crate) schemas: Option<Vec<&'t str>>,
    pub(crate) extensions: Vec<ExtensionModel<'t>>,
    pub(crate) says_extensions: bool,
    pub(crate) preview_features: Vec<&'t str>,
}

impl Configuration<'_> {
    pub(crate) fn previews(&self, feature: &str) -> bool {
        self.preview_features.iter().any(|named| named.eq_ignore_ascii_case(feature))
    }
}

/// An extension of the datasource.
#[derive(Debug)]
pub(crate) struct ExtensionModel<'t> {
    pub(crate) name: &'t str,
    pub(crate) version: Option<&'t str>,
    pub(crate) namespace: Option<&'t str>,
    pub(crate) origin: Origin,
}

/// A model or view.
#[derive(Debug)]
pub(crate) struct Model<'t> {
    pub(crate) path: &'t Arc<str>,
    pub(crate) block: &'t ModelBlock,
    /// Its table.
    pub(crate) table: &'t str,
    /// `@@schema`.
    pub(crate) namespace: Option<&'t str>,
    pub(crate) ignored: bool,
    pub(crate) fields: Vec<FieldModel<'t>>,
    pub(crate) primary_key: Option<Key<'t>>,
    pub(crate) keys: Vec<Key<'t>>,
    /// Parts that could not be understood: what they may hold, a name, a place.
    pub(crate) opaque: Vec<(Fact, Option<String>, Span)>,
}

impl<'t> Model<'t> {
    pub(crate) fn name(&self) -> &'t str {
        &self.block.name.text
    }

    pub(crate) fn is_view(&self) -> bool {
        self.block.kind == ModelKind::View
    }

    pub(crate) fn origin(&self, span: Span) -> Origin {
        Origin::file(self.path, span)
    }

    /// Whether a part of the block was not understood, so that what is missing proves nothing.
    pub(crate) fn is_incomplete(&self) -> bool {
        !self.opaque.is_empty() || !self.block.bad_members.is_empty()
    }

    /// The primary key and the uniques.
    pub(crate) fn unique_criteria(&self) -> impl Iterator<Item = &Key<'t>> {
        let uniques = self.keys.iter().filter(|key| key.kind == KeyKind::Unique);
        self.primary_key.iter().chain(uniques).filter(|key| !key.parts.is_empty())
    }

    /// The id, if it is one column.
    pub(crate) fn single_id(&self) -> Option<usize> {
        match self.primary_key.as_ref()?.parts.as_slice() {
            [part] => Some(part.field),
            _ => None,
        }
    }

    pub(crate) fn field_index(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name() == name)
    }

    pub(crate) fn columns_of(&self, fields: &[usize]) -> Vec<&'t str> {
        fields.iter().map(|field| self.fields[*field].column).collect()
    }
}

/// A field.
#[derive(Debug)]
pub(crate) struct FieldModel<'t> {
    pub(crate) field: &'t Field,
    /// Its column.
    pub(crate) column: &'t str,
    pub(crate) kind: FieldKind<'t>,
    pub(crate) native: Option<NativeUse>,
    pub(crate) default: Option<DefaultModel<'t>>,
    pub(crate) updated_at: bool,
    pub(crate) ignored: bool,
}

impl<'t> FieldModel<'t> {
    pub(crate) fn name(&self) -> &'t str {
        &self.field.name.text
    }

    pub(crate) fn arity(&self) -> Arity {
        self.field.arity()
    }

    pub(crate) fn relation(&self) -> Option<&RelationField<'t>> {
        match &self.kind {
            FieldKind::Relation(relation) => Some(relation.as_ref()),
            _ => None,
        }
    }

    pub(crate) fn scalar(&self) -> Option<ScalarType> {
        match self.kind {
            FieldKind::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// Whether the field is a column of the table.
    pub(crate) fn is_column(&self) -> bool {
        !matches!(self.kind, FieldKind::Relation(_))
    }
}

/// What a field is.
#[derive(Debug)]
pub(crate) enum FieldKind<'t> {
    Scalar(ScalarType),
    /// By position in [`DataModel::enums`].
    Enum(usize),
    Unsupported(&'t str),
    /// Boxed: most fields are none.
    Relation(Box<RelationField<'t>>),
    /// A composite type, which no relational provider has.
    Composite,
    /// Its type is missing, unknown, or stands in a block that could not be read.
    Unknown,
}

/// A native type at a field.
#[derive(Debug)]
pub(crate) struct NativeUse {
    /// None where it is refused.
    pub(crate) resolved: Option<(&'static NativeType, Vec<i64>)>,
}

/// `@default`.
#[derive(Debug)]
pub(crate) struct DefaultModel<'t> {
    pub(crate) attribute: &'t Attribute,
    pub(crate) kind: DefaultKind<'t>,
}

/// The forms of a default.
#[derive(Debug)]
pub(crate) enum DefaultKind<'t> {
    Literal(&'t Expression),
    AutoIncrement,
    Now,
    /// `dbgenerated("…")`; without the text the database has one, but which is not said.
    DatabaseGenerated(Option<&'t str>),
    /// A function that the client runs.
    Client(&'t Expression),
    /// Refused.
    Unreadable(&'t Expression),
}

/// An id, unique or index.
#[derive(Debug)]
pub(crate) struct Key<'t> {
    pub(crate) kind: KeyKind,
    pub(crate) attribute: &'t Attribute,
    pub(crate) parts: Vec<KeyPart<'t>>,
    /// Its name in the client.
    pub(crate) client_name: Option<&'t str>,
    /// Its name in the database, if given.
    pub(crate) map: Option<&'t str>,
    /// `type:`.
    pub(crate) method: Option<&'t str>,
    /// `where:`.
    pub(crate) predicate: Option<Predicate<'t>>,
}

/// What a key promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyKind {
    Id,
    Unique,
    Index,
    Fulltext,
}

/// One column of a key.
#[derive(Debug)]
pub(crate) struct KeyPart<'t> {
    pub(crate) field: usize,
    /// `sort:`, as "is it descending".
    pub(crate) descending: Option<bool>,
    pub(crate) length: Option<u32>,
    pub(crate) operator_class: Option<OperatorClass<'t>>,
}

/// `ops:`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum OperatorClass<'t> {
    /// One that Prisma knows by name.
    Known(&'t str),
    /// `raw("…")`.
    Raw(&'t str),
}

/// `where:`.
#[derive(Debug)]
pub(crate) enum Predicate<'t> {
    /// `raw("…")`.
    Raw(&'t str),
    /// `{ field: value }`, as (field, is it negated, value).
    Conditions(Vec<(usize, bool, &'t Expression)>),
}

/// A field that leads to another model.
#[derive(Debug)]
pub(crate) struct RelationField<'t> {
    /// By position in [`DataModel::models`].
    pub(crate) target: usize,
    pub(crate) attribute: Option<&'t Attribute>,
    pub(crate) name: Option<&'t str>,
    pub(crate) fields: Option<Vec<usize>>,
    pub(crate) references: Option<Vec<usize>>,
    pub(crate) on_delete: Option<(ReferentialAction, Span)>,
    pub(crate) on_update: Option<(ReferentialAction, Span)>,
    pub(crate) map: Option<&'t str>,
    /// Whether an argument was refused, so that nothing follows from what is missing.
    pub(crate) broken: bool,
}

/// An enum.
#[derive(Debug)]
pub(crate) struct EnumModel<'t> {
    pub(crate) path: &'t Arc<str>,
    pub(crate) block: &'t EnumBlock,
    /// Its type in the database.
    pub(crate) type_name: &'t str,
    pub(crate) namespace: Option<&'t str>,
    /// (name in Prisma, label in the database), in order.
    pub(crate) values: Vec<(&'t str, &'t str)>,
    /// Whether lines of it were not understood.
    pub(crate) incomplete: bool,
}

impl<'t> EnumModel<'t> {
    pub(crate) fn name(&self) -> &'t str {
        &self.block.name.text
    }

    pub(crate) fn label_of(&self, name: &str) -> Option<&'t str> {
        self.values.iter().find(|(value, _)| *value == name).map(|(_, label)| *label)
    }

    pub(crate) fn labels(&self) -> Vec<String> {
        self.values.iter().map(|(_, label)| (*label).to_owned()).collect()
    }
}

/// A field by the positions of its model and of itself.
pub(crate) type FieldRef = (usize, usize);

/// Two fields that belong together, or one that lacks its opposite.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) kind: RelationKind,
    /// The side that holds the foreign key; of many-to-many relations the side of column A.
    pub(crate) forward: Option<FieldRef>,
    pub(crate) back: Option<FieldRef>,
}

/// How many stand on each side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelationKind {
    OneToOne,
    OneToMany,
    ManyToMany,
}
