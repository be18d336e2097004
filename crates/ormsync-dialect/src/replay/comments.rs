//! `COMMENT ON`.

use sqlparser::ast::{CommentObject, ObjectName, ObjectNamePart};

use super::{Outcome, Replay};

impl Replay<'_> {
    pub(super) fn comment(&mut self, kind: CommentObject, name: &ObjectName, text: Option<&str>) -> Outcome {
        let text = text.map(|text| self.rules.constant(text)).filter(|text| !text.is_empty());
        let path = self.path(name);
        let missing = || format!("there is no {kind} {path}").to_lowercase();
        match kind {
            CommentObject::Column => {
                let mut parts = name.0.clone();
                let column =
                    parts.pop().and_then(|part| part.as_ident().map(|part| self.fold(part))).unwrap_or_default();
                let path = self.path(&ObjectName(parts));
                let table = self.table_mut(&path);
                let column = match table {
                    Ok(table) => table.columns.get_mut(&column),
                    // Those of a view are not known here.
                    Err(problem) => match self.content(&path.namespace).views.get_mut(&path.name) {
                        Some(view) => view.columns.get_mut(&column),
                        None => return Err(problem),
                    },
                };
                column.ok_or_else(missing)?.comment = text;
            }
            CommentObject::Table => self.table_mut(&path)?.comment = text,
            CommentObject::View | CommentObject::MaterializedView => {
                self.content(&path.namespace).views.get_mut(&path.name).ok_or_else(missing)?.comment = text;
            }
            CommentObject::Index => {
                let content = self.content(&path.namespace);
                let mut indexes = content.tables.values_mut().flat_map(|table| &mut table.indexes);
                let found = indexes.find(|index| index.name.as_deref() == Some(path.name.as_str()));
                found.ok_or_else(missing)?.comment = text;
            }
            CommentObject::Type => {
                let content = self.content(&path.namespace);
                if let Some(found) = content.enums.get_mut(&path.name) {
                    found.comment = text;
                } else {
                    content.composite_types.get_mut(&path.name).ok_or_else(missing)?.comment = text;
                }
            }
            CommentObject::Domain => {
                self.content(&path.namespace).domains.get_mut(&path.name).ok_or_else(missing)?.comment = text;
            }
            CommentObject::Sequence => {
                self.content(&path.namespace).sequences.get_mut(&path.name).ok_or_else(missing)?.comment = text;
            }
            CommentObject::Function | CommentObject::Procedure => {
                let name = name.0.last().and_then(ObjectNamePart::as_ident).map(|name| self.fold(name));
                let beginning = format!("{}(", name.unwrap_or_default());
                let routines = &mut self.content(&path.namespace).routines;
                let found = routines.iter_mut().find(|(signature, _)| signature.starts_with(&beginning));
                found.ok_or_else(missing)?.1.comment = text;
            }
            // Comments of these are in no schema.
            CommentObject::Collation
            | CommentObject::Database
            | CommentObject::Extension
            | CommentObject::Role
            | CommentObject::Schema
            | CommentObject::User => {}
        }
        Ok(())
    }
}
