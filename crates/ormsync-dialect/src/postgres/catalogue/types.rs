//! Enum types, domains, composite and range types, and the types of columns.

use ormsync_schema::{
    Check, CompositeType, DataType, Domain, EnumType, Expression, Namespace, NotNull, Origin, RangeType, Schema,
};

use super::origin;
use crate::CatalogueRows;
use crate::catalogue::Cells;
use crate::postgres::constraint_names::object_name;
use crate::postgres::{defaults, types};
use crate::type_text::KnownTypes;

/// The five cells that every query gives of a type, as `columns.sql` says.
pub(super) fn read_data_type<'text>(cells: &mut Cells<'text>, known: &mut KnownTypes<'text>) -> DataType {
    let (text, is_array, kind) = (cells.text(), cells.flag(), cells.text());
    let (namespace, name) = (cells.text(), cells.text());
    let user_defined = || DataType::UserDefined { namespace: namespace.to_owned(), name: name.to_owned() };
    let element = match kind {
        "e" => DataType::Enum { namespace: namespace.to_owned(), name: name.to_owned() },
        "d" | "c" => user_defined(),
        // Ranges that someone declared; the server's own are known by name.
        "r" | "m" if namespace != "pg_catalog" => user_defined(),
        _ => known.get(text),
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

/// Domains with their checks, composite types with their fields, and range types.
pub(super) fn read_user_types(rows: &CatalogueRows, schema: &mut Schema) {
    let mut known = KnownTypes::new(types::parse);
    for mut cells in Cells::of(rows, "user_types") {
        let (namespace, name, kind) = (cells.text(), cells.text(), cells.text());
        let slot = Slot::read(&mut cells, &mut known, origin(&[namespace, name]));
        let content = schema.namespace_mut(namespace);
        match kind {
            "d" => slot.add_domain(name, &mut cells, content),
            "c" => slot.add_field(name, content),
            _ => slot.add_range(name, &mut cells, content),
        }
    }
}

/// What a row says of the type underneath a domain, of a field, or of a range's bounds.
struct Slot {
    field: Option<String>,
    data_type: DataType,
    comment: Option<String>,
    collation: Option<String>,
    origin: Origin,
}

impl Slot {
    fn read<'text>(cells: &mut Cells<'text>, known: &mut KnownTypes<'text>, origin: Origin) -> Self {
        let field = cells.optional().map(str::to_owned);
        let data_type = read_data_type(cells, known);
        Self { field, data_type, comment: cells.filled(), collation: cells.filled(), origin }
    }

    fn add_domain(self, name: &str, cells: &mut Cells<'_>, content: &mut Namespace) {
        let (not_null, default) = (cells.flag(), cells.optional());
        let (check, expression, valid) = (cells.filled(), cells.optional(), cells.flag());
        let Self { data_type, comment, collation, origin, .. } = self;
        // What only ranges have.
        for _ in 0..3 {
            cells.optional();
        }
        let name_of_not_null = cells.filled().filter(|own| *own != object_name(name, "", "not_null"));
        let domain = content.domains.entry(name.to_owned()).or_insert_with(|| Domain {
            nullable: !not_null,
            not_null: name_of_not_null.map(|name| NotNull { name: Some(name), ..NotNull::default() }),
            default: default.map(|text| defaults::parse(text, &data_type)),
            data_type,
            collation,
            checks: Vec::new(),
            comment,
            origin: origin.clone(),
        });
        domain.checks.extend(expression.map(|text| Check {
            name: check,
            expression: Expression::written(text),
            not_valid: !valid,
            origin,
            ..Check::default()
        }));
    }

    /// A composite type without fields has one row, and no field in it.
    fn add_field(self, name: &str, content: &mut Namespace) {
        let Self { field, data_type, comment, origin, .. } = self;
        let composite = content.composite_types.entry(name.to_owned()).or_insert_with(|| CompositeType {
            fields: Default::default(),
            comment,
            origin,
        });
        composite.fields.extend(field.map(|field| (field, data_type)));
    }

    fn add_range(self, name: &str, cells: &mut Cells<'_>, content: &mut Namespace) {
        // What only domains have.
        for _ in 0..5 {
            cells.optional();
        }
        let Self { data_type: subtype, comment, collation, origin, .. } = self;
        let (operator_class, difference, multirange) = (cells.filled(), cells.filled(), cells.filled());
        let range = RangeType { subtype, operator_class, collation, difference, multirange, comment, origin };
        content.ranges.insert(name.to_owned(), range);
    }
}
