//! From the resolved schema to the canonical one: what Prisma's engine would make in a database.

mod column;
mod defaults;
mod foreign_key;
mod index;
mod many_to_many;
pub(crate) mod names;
mod voice;

use std::cell::RefCell;
use std::collections::BTreeMap;

use ormsync_schema::{
    ClientDelete, DataType, EnumType, Extension, Fact, ForeignKey, Opaque, ReferentialAction, Schema, SourceFiles,
    Table, View,
};

use crate::native::EnumStorage;
use crate::resolve::model::{DataModel, Model};
use crate::sources::Sources;
use crate::{LARGE, threads};

/// Lowers a schema. `default_namespace` is where models without `@@schema` live.
pub(crate) fn lower(model: &DataModel<'_>, sources: &Sources, default_namespace: Option<&str>) -> Schema {
    let default_namespace = default_namespace.unwrap_or_else(|| model.facts.dialect.default_namespace());
    Lowering { model, files: &sources.files, default_namespace, types: RefCell::default() }.schema(sources)
}

/// What a model or view becomes.
#[expect(clippy::large_enum_variant, reason = "nearly all are tables")]
enum Lowered {
    Table(Table),
    View(View),
}

struct Lowering<'m, 't> {
    model: &'m DataModel<'t>,
    files: &'m SourceFiles,
    default_namespace: &'m str,
    /// The types that were read, by their text: a schema has few, and many columns of each.
    types: RefCell<BTreeMap<String, DataType>>,
}

impl<'m, 't> Lowering<'m, 't> {
    fn namespace<'a>(&'a self, name: Option<&'a str>) -> &'a str {
        name.unwrap_or(self.default_namespace)
    }

    /// The type of that text.
    fn parse_type(&self, text: &str) -> DataType {
        if let Some(known) = self.types.borrow().get(text) {
            return known.clone();
        }
        let parsed = self.model.facts.dialect.parse_type(text);
        self.types.borrow_mut().insert(text.to_owned(), parsed.clone());
        parsed
    }

    fn schema(&self, sources: &Sources) -> Schema {
        let mut schema = Schema::new(self.model.facts.dialect.name());
        schema.unsaid = voice::unsaid(self.model);
        schema.namespace_mut(self.default_namespace);
        for listed in self.model.configuration.schemas.iter().flatten() {
            schema.namespace_mut(listed);
        }
        self.add_extensions(&mut schema);
        self.add_enums(&mut schema);
        for (model, lowered) in self.model.models.iter().zip(self.tables_and_views()) {
            let namespace = schema.namespace_mut(self.namespace(model.namespace));
            match lowered {
                Lowered::View(view) => {
                    namespace.views.insert(model.table.to_owned(), view);
                }
                // Two models on one table are refused; the first is kept.
                Lowered::Table(table) => {
                    namespace.tables.entry(model.table.to_owned()).or_insert(table);
                }
            }
        }
        self.add_relations(&mut schema);
        add_opaque(&mut schema, sources);
        schema
    }

    /// What the models and views become, in order.
    fn tables_and_views(&self) -> impl Iterator<Item = Lowered> {
        let (model, files, default_namespace) = (self.model, self.files, self.default_namespace);
        let parts = threads::in_parts(&model.models, LARGE, |models| {
            let part = Lowering { model, files, default_namespace, types: RefCell::default() };
            let lower = |model: &Model<'t>| match model.is_view() {
                true => Lowered::View(part.view(model)),
                false => Lowered::Table(part.table(model)),
            };
            models.iter().map(lower).collect::<Vec<_>>()
        });
        parts.into_iter().flatten()
    }

    fn add_extensions(&self, schema: &mut Schema) {
        for extension in &self.model.configuration.extensions {
            schema.extensions.insert(
                extension.name.to_owned(),
                Extension {
                    version: extension.version.map(str::to_owned),
                    namespace: extension.namespace.map(str::to_owned),
                    origin: extension.origin.clone(),
                },
            );
        }
    }

    fn add_enums(&self, schema: &mut Schema) {
        if self.model.facts.enums != EnumStorage::NamedType {
            return;
        }
        for model in &self.model.enums {
            let origin = ormsync_schema::Origin::file(model.path, model.block.span);
            if model.incomplete {
                schema.opaque.push(Opaque {
                    fact: Fact::EnumType,
                    name: Some(model.type_name.to_owned()),
                    text: model.name().to_owned(),
                    origin,
                });
                continue;
            }
            let definition = EnumType { labels: model.labels(), comment: None, origin };
            schema.namespace_mut(self.namespace(model.namespace)).enums.insert(model.type_name.to_owned(), definition);
        }
    }

    fn table(&self, model: &Model<'t>) -> Table {
        Table {
            model: Some(model.name().to_owned()),
            columns: self.columns(model),
            primary_key: self.primary_key(model),
            indexes: self.indexes(model),
            opaque: self.opaque(model),
            origin: column::head_origin(model),
            ..Table::default()
        }
    }

    fn view(&self, model: &Model<'t>) -> View {
        View {
            definition: None,
            materialised: false,
            columns: self.columns(model),
            comment: None,
            origin: column::head_origin(model),
            ..View::default()
        }
    }

    fn columns(&self, model: &Model<'t>) -> indexmap::IndexMap<String, ormsync_schema::Column> {
        let mut columns =
            indexmap::IndexMap::with_capacity(model.fields.iter().filter(|field| field.is_column()).count());
        for field in &model.fields {
            // A field without readable type may lead to another model; then it is no column.
            if let Some(mut column) = self.column(model, field)
                && !self.may_be_relation(field)
            {
                column.client.ignored |= model.ignored;
                columns.entry(field.column.to_owned()).or_insert(column);
            }
        }
        columns
    }

    fn may_be_relation(&self, field: &crate::resolve::model::FieldModel<'t>) -> bool {
        matches!(field.kind, crate::resolve::model::FieldKind::Unknown) && field.field.attribute("relation").is_some()
    }

    /// What could not be read of a model. A line that begins with a name may be a column of that name.
    fn opaque(&self, model: &Model<'t>) -> Vec<Opaque> {
        let text = |span| self.files.get(model.path).map(|file| file.slice(span).trim().to_owned()).unwrap_or_default();
        let lines = model.block.bad_members.iter().map(|span| {
            let text = text(*span);
            let fact = if text.starts_with("@@") { Fact::Index } else { Fact::Column };
            let name = text.split(|character: char| !character.is_alphanumeric() && character != '_').next();
            let name = name.filter(|name| !name.is_empty()).map(str::to_owned);
            Opaque { fact, name: name.filter(|_| fact == Fact::Column), text, origin: model.origin(*span) }
        });
        let parts = model.opaque.iter().map(|(fact, name, span)| Opaque {
            fact: *fact,
            name: name.clone(),
            text: text(*span),
            origin: model.origin(*span),
        });
        lines.chain(parts).collect()
    }

    fn add_relations(&self, schema: &mut Schema) {
        for relation in &self.model.relations {
            if let Some((position, key)) = self.foreign_key(relation) {
                let model = &self.model.models[position];
                let namespace = schema.namespace_mut(self.namespace(model.namespace));
                if let Some(table) = namespace.tables.get_mut(model.table)
                    && table.model.as_deref() == Some(model.name())
                {
                    if self.model.configuration.emulates_relations {
                        table.client_deletes.push(client_delete(key.clone()));
                        table.emulated_keys.push(key);
                    } else {
                        table.foreign_keys.push(key);
                    }
                }
            }
            if let Some((namespace, name, table)) = self.join_table(relation) {
                schema.namespace_mut(&namespace).tables.entry(name).or_insert(table);
            }
        }
    }
}

/// What Prisma does in a foreign key's place.
fn client_delete(key: ForeignKey) -> ClientDelete {
    let action = match key.on_delete {
        ReferentialAction::Cascade => "Cascade",
        ReferentialAction::SetNull => "SetNull",
        ReferentialAction::SetDefault => "SetDefault",
        ReferentialAction::Restrict => "Restrict",
        ReferentialAction::NoAction => "NoAction",
    };
    ClientDelete {
        columns: key.columns,
        referenced_table: key.referenced_table,
        action: key.on_delete,
        written: format!("relationMode = \"prisma\", onDelete: {action}"),
        origin: key.origin,
    }
}

/// Blocks of which nothing but the name was read, and text that may hold blocks.
fn add_opaque(schema: &mut Schema, sources: &Sources) {
    for source in &sources.documents {
        for (keyword, name) in &source.document.unreadable_blocks {
            let fact = match keyword.as_str() {
                "model" => Fact::Table,
                "view" => Fact::View,
                "enum" => Fact::EnumType,
                _ => continue,
            };
            schema.opaque.push(Opaque {
                fact,
                name: Some(name.text.to_string()),
                text: name.text.to_string(),
                origin: source.origin(name.span),
            });
        }
        if source.document.has_bad_chunks {
            let place = source.document.problems.first().map_or_else(Default::default, |problem| problem.span);
            schema.opaque.push(Opaque {
                fact: Fact::Table,
                name: None,
                text: source.path.to_string(),
                origin: source.origin(place),
            });
        }
    }
    // A file that could not be read at all may hold anything.
    let unread = sources.diagnostics.iter().filter(|diagnostic| diagnostic.code == "prisma-file");
    schema.opaque.extend(unread.map(|diagnostic| Opaque {
        fact: Fact::Table,
        name: None,
        text: diagnostic.message.clone(),
        origin: diagnostic.origin.clone(),
    }));
}
