//! The naming convention that explains a schema's names: `MetaData(naming_convention=…)`, and what need not be named
//! under it.
//!
//! The conventions tried are those of SQLAlchemy's and Alembic's documentation, of PostgreSQL's own names, and of
//! Prisma's. One is taken for a kind of object where it makes more than half of the names there, and more names than
//! it takes away from those that the server gives by itself.

use std::collections::BTreeMap;

use ormsync_schema::{Index, Schema};

use super::constraint::plain_columns;
use super::python::{Python, sqlalchemy};
use super::words::NamedConstraint;
use super::writer::{Place, Writer, keyword};

/// The kinds of objects that a convention names, in the order of SQLAlchemy's documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Index,
    Unique,
    Check,
    ForeignKey,
    PrimaryKey,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Index, Self::Unique, Self::Check, Self::ForeignKey, Self::PrimaryKey];

    /// The key of `naming_convention`.
    fn key(self) -> &'static str {
        match self {
            Self::Index => "ix",
            Self::Unique => "uq",
            Self::Check => "ck",
            Self::ForeignKey => "fk",
            Self::PrimaryKey => "pk",
        }
    }

    /// What the server may name by itself.
    fn constraint(self) -> Option<NamedConstraint> {
        match self {
            Self::Unique => Some(NamedConstraint::Unique),
            Self::ForeignKey => Some(NamedConstraint::ForeignKey),
            Self::PrimaryKey => Some(NamedConstraint::PrimaryKey),
            Self::Index | Self::Check => None,
        }
    }
}

impl From<NamedConstraint> for Kind {
    fn from(constraint: NamedConstraint) -> Self {
        match constraint {
            NamedConstraint::PrimaryKey => Self::PrimaryKey,
            NamedConstraint::Unique => Self::Unique,
            NamedConstraint::ForeignKey => Self::ForeignKey,
        }
    }
}

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Text(&'static str),
    /// `%(table_name)s`.
    Table,
    /// `%(column_0_name)s`.
    FirstColumn,
    /// `%(column_0_N_name)s`.
    Columns,
    /// `%(column_0_label)s`: schema, table and column.
    Label,
    /// `%(referred_table_name)s`.
    Referred,
    /// `%(constraint_name)s`.
    Given,
}

use Part::{Columns, FirstColumn, Given, Label, Referred, Table, Text};

type Template = &'static [Part];

/// What SQLAlchemy names an index by where nothing is said.
const DEFAULT_INDEX: Template = &[Text("ix_"), Label];

/// The templates of each kind, those that are met most first: the first of several that do as well is taken.
fn templates(kind: Kind) -> &'static [Template] {
    match kind {
        Kind::Index => &[
            DEFAULT_INDEX,
            &[Text("ix_"), Table, Text("_"), Columns],
            &[Text("ix_"), Table, Text("_"), FirstColumn],
            &[Text("idx_"), Table, Text("_"), Columns],
            &[Table, Text("_"), Columns, Text("_idx")],
        ],
        Kind::Unique => &[
            &[Text("uq_"), Table, Text("_"), FirstColumn],
            &[Text("uq_"), Table, Text("_"), Columns],
            &[Table, Text("_"), Columns, Text("_key")],
            &[Text("unique_"), Table, Text("_"), Columns],
        ],
        Kind::Check => &[&[Text("ck_"), Table, Text("_"), Given], &[Table, Text("_"), Given, Text("_check")]],
        Kind::ForeignKey => &[
            &[Text("fk_"), Table, Text("_"), FirstColumn, Text("_"), Referred],
            &[Text("fk_"), Table, Text("_"), Columns, Text("_"), Referred],
            &[Text("fk_"), Table, Text("_"), Columns],
            &[Table, Text("_"), Columns, Text("_fkey")],
        ],
        Kind::PrimaryKey => &[&[Text("pk_"), Table], &[Table, Text("_pkey")], &[Table, Text("_pk")]],
    }
}

/// An object and what its name may be made of.
#[derive(Debug, Clone)]
struct Named<'a> {
    namespace: Option<&'a str>,
    table: &'a str,
    columns: Vec<&'a str>,
    referred: &'a str,
    name: Option<&'a str>,
}

impl<'a> Named<'a> {
    /// Whether the template makes the name; else none. With a given name in it, that part.
    fn by(&self, template: Template, longest: usize) -> Option<&'a str> {
        let mut rest = self.name?;
        let mut given = "";
        // What the server or SQLAlchemy would cut is no longer what the template makes.
        if rest.len() > longest {
            return None;
        }
        for (at, part) in template.iter().enumerate() {
            rest = match part {
                Text(text) => rest.strip_prefix(text)?,
                Table => rest.strip_prefix(self.table)?,
                FirstColumn => rest.strip_prefix(*self.columns.first()?)?,
                Columns => rest.strip_prefix(self.columns.join("_").as_str()).filter(|_| !self.columns.is_empty())?,
                Label => {
                    let schema = self.namespace.map(|schema| format!("{schema}_")).unwrap_or_default();
                    rest.strip_prefix(format!("{schema}{}_{}", self.table, self.columns.first()?).as_str())?
                }
                Referred => rest.strip_prefix(self.referred)?,
                Given => {
                    let behind = match template.get(at + 1) {
                        Some(Text(text)) => text,
                        _ => "",
                    };
                    given = rest.strip_suffix(behind).filter(|given| !given.is_empty())?;
                    &rest[given.len()..]
                }
            };
        }
        rest.is_empty().then_some(given)
    }
}

/// The templates of a schema.
#[derive(Debug, Clone, Default)]
pub(super) struct Convention(BTreeMap<Kind, Template>);

impl Convention {
    /// Whether it names a kind in a way that SQLAlchemy does not by itself.
    pub(super) fn names(&self, kind: Kind) -> bool {
        self.0.get(&kind).is_some_and(|template| kind != Kind::Index || *template != DEFAULT_INDEX)
    }

    /// `MetaData(naming_convention={…})`, where there is one.
    pub(super) fn metadata(&self) -> Option<Python> {
        let is_default = self.0.iter().all(|(kind, template)| *kind == Kind::Index && *template == DEFAULT_INDEX);
        if is_default {
            return None;
        }
        let template_of = |kind: Kind| match kind {
            // Without it, indexes that say no more than `index=True` would have no name.
            Kind::Index => Some(self.0.get(&kind).copied().unwrap_or(DEFAULT_INDEX)),
            _ => self.0.get(&kind).copied(),
        };
        let entries = Kind::ALL.into_iter().filter_map(|kind| {
            Some((kind.key().to_owned(), Python::text(template_of(kind)?.iter().map(written).collect::<String>())))
        });
        let convention = keyword("naming_convention", Python::Dictionary(entries.collect()));
        Some(Python::call(sqlalchemy("MetaData"), vec![convention]))
    }
}

fn written(part: &Part) -> &'static str {
    match part {
        Text(text) => text,
        Table => "%(table_name)s",
        FirstColumn => "%(column_0_name)s",
        Columns => "%(column_0_N_name)s",
        Label => "%(column_0_label)s",
        Referred => "%(referred_table_name)s",
        Given => "%(constraint_name)s",
    }
}

impl Writer<'_> {
    /// The convention that explains the schema's names.
    pub(super) fn convention_of(&self, schema: &Schema) -> Convention {
        let mut found = BTreeMap::new();
        let mut explained = 0;
        for kind in Kind::ALL {
            let mut all = Vec::new();
            for (namespace, name, table) in schema.tables() {
                self.named(Place { namespace, name, table }, kind, &mut all);
            }
            if let Some((template, count)) = self.best(kind, &all) {
                found.insert(kind, template);
                explained += count;
            }
        }
        // A lone name may look like any convention.
        if explained < 2 { Convention::default() } else { Convention(found) }
    }

    /// The template that saves most names, and how many.
    fn best(&self, kind: Kind, all: &[Named<'_>]) -> Option<(Template, usize)> {
        // What has no name would be given one; a check without one is refused.
        if all.iter().any(|named| named.name.is_none()) {
            return None;
        }
        let mut best: Option<(Template, usize)> = None;
        for template in templates(kind) {
            let makes = |named: &&Named<'_>| named.by(template, self.words.longest_name).is_some();
            let is_default = |named: &&Named<'_>| self.is_servers_name(kind, named);
            let made = all.iter().filter(makes).count();
            let won = all.iter().filter(|named| makes(named) && !is_default(named)).count();
            let lost = all.iter().filter(|named| !makes(named) && is_default(named)).count();
            let is_whole = kind != Kind::Check || made == all.len();
            let saved = won.saturating_sub(lost);
            if is_whole && saved > 0 && made * 2 > all.len() && best.is_none_or(|(_, most)| saved > most) {
                best = Some((template, saved));
            }
        }
        best
    }

    fn is_servers_name(&self, kind: Kind, named: &Named<'_>) -> bool {
        let (Some(constraint), Some(name)) = (kind.constraint(), named.name) else { return false };
        (self.words.is_default_name)(constraint, named.table, &named.columns, name)
    }

    /// The objects of a kind that a table has, as far as they are written in a way that a convention can name.
    fn named<'p>(&self, place: Place<'p>, kind: Kind, into: &mut Vec<Named<'p>>) {
        let table = place.table;
        let plain = Named {
            namespace: (place.namespace != self.dialect.default_namespace() && !place.namespace.is_empty())
                .then_some(place.namespace),
            table: place.name,
            columns: Vec::new(),
            referred: "",
            name: None,
        };
        match kind {
            Kind::Index | Kind::Unique => {
                for index in table.indexes.iter().filter(|index| !index.implicit) {
                    let Some(columns) = plain_columns(&index.parts) else { continue };
                    if self.is_constraint(index) == (kind == Kind::Unique) {
                        into.push(Named { columns, name: index.name.as_deref(), ..plain.clone() });
                    }
                }
            }
            Kind::Check => {
                into.extend(table.checks.iter().map(|it| Named { name: it.name.as_deref(), ..plain.clone() }));
            }
            Kind::ForeignKey => into.extend(table.foreign_keys.iter().map(|key| Named {
                columns: key.columns.iter().map(String::as_str).collect(),
                referred: &key.referenced_table,
                name: key.name.as_deref(),
                ..plain.clone()
            })),
            Kind::PrimaryKey => into.extend(table.primary_key.iter().filter_map(|key| {
                Some(Named { columns: plain_columns(&key.parts)?, name: key.name.as_deref(), ..plain.clone() })
            })),
        }
    }

    /// The name to write for an object; none where it goes without saying.
    pub(super) fn name_to_write<'n>(
        &self,
        constraint: NamedConstraint,
        place: Place<'_>,
        name: Option<&'n str>,
        columns: &[&str],
        referred: &str,
    ) -> Option<&'n str> {
        let name = name?;
        let is_default = (self.words.is_default_name)(constraint, place.name, columns, name);
        let Some(template) = self.convention.0.get(&Kind::from(constraint)) else {
            return (!is_default).then_some(name);
        };
        let named = Named {
            namespace: self.schema_word(place.namespace),
            table: place.name,
            columns: columns.to_vec(),
            referred,
            name: Some(name),
        };
        named.by(template, self.words.longest_name).is_none().then_some(name)
    }

    /// The name of a check under the convention: the part that it is given.
    pub(super) fn check_name<'n>(&self, place: Place<'n>, name: &'n str) -> &'n str {
        let Some(template) = self.convention.0.get(&Kind::Check) else { return name };
        let named = Named { namespace: None, table: place.name, columns: Vec::new(), referred: "", name: Some(name) };
        named.by(template, self.words.longest_name).unwrap_or(name)
    }

    /// Whether an index over plain columns has the name that it gets when it is given none.
    pub(super) fn has_usual_name(&self, place: Place<'_>, index: &Index) -> bool {
        let Some(columns) = plain_columns(&index.parts) else { return false };
        let template = self.convention.0.get(&Kind::Index).copied().unwrap_or(DEFAULT_INDEX);
        // The first column alone in the name of an index over several is not what a reader expects.
        if columns.len() > 1 && !template.contains(&Columns) {
            return false;
        }
        let named = Named {
            namespace: self.schema_word(place.namespace),
            table: place.name,
            columns,
            referred: "",
            name: index.name.as_deref(),
        };
        named.by(template, self.words.longest_name).is_some()
    }
}
