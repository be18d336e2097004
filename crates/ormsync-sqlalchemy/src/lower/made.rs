//! What a type brings beside itself: GeoAlchemy2 gives every spatial column an index.
//!
//! The knowledge is in `crate::known`: a type class there may have a method that says it, as a dictionary.

use std::rc::Rc;

use ormsync_schema::{Expression, Fact, Index, IndexKind, IndexPart, IndexTarget};

use crate::lower::Lowering;
use crate::lower::types::LoweredType;
use crate::mapping::{ColumnId, HiddenPart, TableId};
use crate::python::{Arguments, Class, Located, Place, Value};

/// The method of a type class in `crate::known`.
const METHOD: &str = "_ormsync_makes";

/// What a type brings to its column and the column's table.
#[derive(Debug, Clone)]
pub(super) struct Made {
    /// The column takes no NULL, whatever else is said.
    pub(super) is_not_null: bool,
    index: MadeIndex,
}

#[derive(Debug, Clone)]
enum MadeIndex {
    None,
    /// There may be one.
    Unknown,
    Known(Parts),
}

#[derive(Debug, Clone)]
struct Parts {
    /// What its name begins with, before those of the table and the column; without one the server names it.
    prefix: Option<String>,
    method: Option<String>,
    operator_class: Option<String>,
    /// The function whose result is indexed.
    function: Option<String>,
}

impl<'a> Lowering<'_, 'a> {
    /// What a type of that class brings, if it says so.
    pub(super) fn made_by(&mut self, object: &Value<'a>, class: &Rc<Class<'a>>, place: Place) -> Option<Made> {
        class.find(METHOD)?;
        let Value::Method(method) = self.evaluator.attribute(object.clone(), METHOD, place) else { return None };
        let given = Arguments { positional: vec![Located { value: method.0.clone(), place }], ..Arguments::default() };
        let said = self.evaluator.invoke(&method.1, given, place);
        let Some(entries) = said.text_entries() else {
            return Some(Made { is_not_null: false, index: MadeIndex::Unknown });
        };
        let entry =
            |name: &str| entries.iter().find(|(known, _)| known.as_ref() == name).map(|(_, value)| &value.value);
        let index = match entry("index") {
            None | Some(Value::None) => MadeIndex::None,
            Some(index) => index.text_entries().map_or(MadeIndex::Unknown, |parts| {
                let text = |name: &str| {
                    let (_, value) = parts.iter().find(|(known, _)| known.as_ref() == name)?;
                    value.value.as_text().map(|text| text.to_string())
                };
                MadeIndex::Known(Parts {
                    prefix: text("prefix"),
                    method: text("method"),
                    operator_class: text("operator_class"),
                    function: text("function"),
                })
            }),
        };
        Some(Made { is_not_null: entry("not_null").and_then(Value::truth) == Some(true), index })
    }

    /// The indexes that the types of a table's columns bring.
    pub(super) fn lower_made_indexes(
        &mut self,
        table: TableId,
        types: &[(ColumnId, LoweredType)],
        hidden: &mut Vec<HiddenPart>,
    ) -> Vec<Index> {
        let mut indexes = Vec::new();
        for (id, lowered) in types {
            let Some(made) = &lowered.made else { continue };
            let column = self.evaluator.registry.column(*id);
            let parts = match &made.index {
                MadeIndex::None => continue,
                MadeIndex::Unknown => {
                    hidden.push(HiddenPart { fact: Fact::Index, name: None, place: column.place });
                    continue;
                }
                MadeIndex::Known(parts) => parts,
            };
            let name =
                parts.prefix.as_ref().map(|prefix| format!("{prefix}_{}_{}", self.draft(table).name, column.name));
            let mut index = Index::on_columns(IndexKind::Plain, name, [], self.evaluator.origin(column.place));
            let target = match &parts.function {
                None => IndexTarget::Column(column.name.to_string()),
                Some(function) => {
                    let quoted = self.dialect.quote_identifier(&column.name);
                    IndexTarget::Expression(Expression::written(format!("{function}({quoted})")))
                }
            };
            let mut part = IndexPart::new(target);
            part.operator_class.clone_from(&parts.operator_class);
            index.parts.push(part);
            index.method.clone_from(&parts.method);
            indexes.push(index);
        }
        indexes
    }
}
