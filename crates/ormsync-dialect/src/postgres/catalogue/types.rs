//! Enum types, domains and composite types, and the types of columns.

use ormsync_schema::{Check, CompositeType, DataType, Domain, EnumType, Expression, Schema};

use super::origin;
use crate::CatalogueRows;
use crate::catalogue::Cells;
use crate::postgres::types;

/// The five cells that every query gives of a type, as `columns.sql` says.
pub(super) fn read_data_type(cells: &mut Cells<'_>) -> DataType {
    let (text, is_array, kind) = (cells.text(), cells.flag(), cells.text());
    let (namespace, name) = (cells.text().to_owned(), cells.text().to_owned());
    let element = match kind {
        "e" => DataType::Enum { namespace, name },
        "d" | "c" => DataType::UserDefined { namespace, name },
        // Ranges that someone declared; the server's own are known by name.
        "r" | "m" if namespace != "pg_catalog" => DataType::UserDefined { namespace, name },
        _ => types::parse(text),
    };
    if is_array { DataType::Array(Box::new(element)) } else { element }
}

/// Enum types with their labels in order.
pub(super) fn read_enums(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "enums") {
        let (namespace, name, comment, label) = (cells.text(), cells.text(), cells.filled(), cells.optional());
        let enums = &mut schema.namespace_mut(namespace).enums;
        let enum_type = enums.entry(name.to_owned()).or_insert_with(|| EnumType {
            labels: Vec::new(),
            comment,
            origin: origin(&[namespace, name]),
        });
        enum_type.labels.extend(label.map(str::to_owned));
    }
}

/// Domains with their checks, and composite types with their fields.
pub(super) fn read_user_types(rows: &CatalogueRows, schema: &mut Schema) {
    for mut cells in Cells::of(rows, "user_types") {
        let (namespace, name, kind, field) = (cells.text(), cells.text(), cells.text(), cells.text());
        let data_type = read_data_type(&mut cells);
        let (not_null, check) = (cells.flag(), cells.optional());
        let origin = origin(&[namespace, name]);
        let content = schema.namespace_mut(namespace);
        if kind == "d" {
            let domain = content.domains.entry(name.to_owned()).or_insert_with(|| Domain {
                data_type,
                nullable: !not_null,
                checks: Vec::new(),
                origin,
                default: None,
                collation: None,
                comment: None,
            });
            domain.checks.extend(check.map(|text| Check { expression: Expression::written(text), ..Check::default() }));
        } else {
            let composite = content.composite_types.entry(name.to_owned()).or_insert_with(|| CompositeType {
                fields: Default::default(),
                origin,
                ..CompositeType::default()
            });
            composite.fields.insert(field.to_owned(), data_type);
        }
    }
}
