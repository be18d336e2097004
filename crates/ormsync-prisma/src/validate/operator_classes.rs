//! Access methods and operator classes of PostgreSQL: which goes with which type.

use super::Check;
use crate::native::ScalarType;
use crate::resolve::model::{FieldKind, FieldModel, Key, KeyKind, KeyPart, Model, OperatorClass};
use crate::syntax::Arity;

const CODE: &str = "prisma-key";

impl<'t> Check<'_, 't> {
    pub(super) fn operator_classes(&mut self, model: &Model<'t>) {
        for key in model.primary_key.iter().chain(&model.keys) {
            let classes = key.parts.iter().filter_map(|part| part.operator_class);
            if key.kind != KeyKind::Index && classes.count() > 0 {
                self.error(model, CODE, key.attribute.span, "Only an `@@index` takes `ops`.");
                continue;
            }
            if key.method == Some("SpGist") && key.parts.len() != 1 {
                self.error(model, CODE, key.attribute.span, "An index of type `SpGist` has one column.");
            }
            if self.model.facts.has_operator_classes {
                for part in &key.parts {
                    self.part(model, key, part);
                }
            }
        }
    }

    fn part(&mut self, model: &Model<'t>, key: &Key<'t>, part: &KeyPart<'t>) {
        let field = &model.fields[part.field];
        let native = native_name(field);
        if native == Some("Xml") && key.kind != KeyKind::Id {
            let message = format!("`{}` is XML, which cannot be indexed.", field.name());
            self.error(model, CODE, key.attribute.span, message);
        }
        let class = match part.operator_class {
            // The text goes to the server as it is.
            Some(OperatorClass::Raw(_)) => return,
            Some(OperatorClass::Known(name)) => Some(name),
            None => None,
        };
        let method = key.method.unwrap_or("BTree");
        if let Some(class) = class
            && !methods_of(class).contains(&method)
        {
            let message = format!("Prisma knows no operator class `{class}` for indexes of type `{method}`.");
            self.error_with_help(
                model,
                CODE,
                key.attribute.span,
                message,
                "Write `ops: raw(\"…\")` with the server's name.",
            );
            return;
        }
        let fits = match method {
            "Gist" => fits_gist(field, native, class),
            "Gin" => fits_gin(field, native, class),
            "SpGist" => fits_spgist(field, native, class),
            "Brin" => fits_brin(field, native, class),
            _ => true,
        };
        let is_open = matches!(field.kind, FieldKind::Unsupported(_) | FieldKind::Unknown);
        let is_open = is_open && class.is_none();
        if !fits && !is_open {
            let message = format!("An index of type `{method}` does not take `{}` this way.", field.name());
            let help = "Say which operator class is meant: `ops: raw(\"…\")` with the server's name.";
            self.error_with_help(model, CODE, key.attribute.span, message, help);
        }
    }
}

fn native_name(field: &FieldModel<'_>) -> Option<&'static str> {
    field.native.as_ref()?.resolved.as_ref().map(|(native, _)| native.name)
}

/// The access methods that have a class of Prisma's name.
fn methods_of(class: &str) -> &'static [&'static str] {
    match class {
        "InetOps" => &["Gist", "SpGist"],
        "JsonbOps" | "JsonbPathOps" | "ArrayOps" => &["Gin"],
        "TextOps" => &["SpGist"],
        _ if brin_type(class).is_some() => &["Brin"],
        _ => &[],
    }
}

/// GiST has no class for plain text without an extension, yet the engine takes it.
fn fits_gist(field: &FieldModel<'_>, native: Option<&str>, class: Option<&str>) -> bool {
    match class {
        Some(_) => native == Some("Inet"),
        None => native.is_none() && field.scalar() == Some(ScalarType::String),
    }
}

fn fits_gin(field: &FieldModel<'_>, native: Option<&str>, class: Option<&str>) -> bool {
    match class {
        Some("ArrayOps") => field.arity() == Arity::List,
        Some(_) => native == Some("JsonB") || (native.is_none() && field.scalar() == Some(ScalarType::Json)),
        None => {
            field.arity() == Arity::List
                || native == Some("JsonB")
                || (native.is_none() && field.scalar() == Some(ScalarType::Json))
        }
    }
}

fn fits_spgist(field: &FieldModel<'_>, native: Option<&str>, class: Option<&str>) -> bool {
    let is_text =
        field.scalar() == Some(ScalarType::String) && matches!(native, None | Some("Text" | "VarChar" | "Char"));
    match class {
        Some("InetOps") => native == Some("Inet"),
        Some(_) => is_text,
        None => is_text || native == Some("Inet"),
    }
}

/// The type that a BRIN class is for, and whether it has the "multi" and "bloom" variants is in its name.
fn brin_type(class: &str) -> Option<&str> {
    let families = [
        (
            "MinMaxMultiOps",
            &[
                "Date",
                "Float4",
                "Float8",
                "Inet",
                "Int2",
                "Int4",
                "Int8",
                "Numeric",
                "Oid",
                "Timestamp",
                "TimestampTz",
                "Time",
                "TimeTz",
                "Uuid",
            ][..],
        ),
        (
            "MinMaxOps",
            &[
                "Bit",
                "VarBit",
                "Bpchar",
                "Bytea",
                "Date",
                "Float4",
                "Float8",
                "Inet",
                "Int2",
                "Int4",
                "Int8",
                "Numeric",
                "Oid",
                "Text",
                "Timestamp",
                "TimestampTz",
                "Time",
                "TimeTz",
                "Uuid",
            ][..],
        ),
        (
            "BloomOps",
            &[
                "Bpchar",
                "Bytea",
                "Date",
                "Float4",
                "Float8",
                "Inet",
                "Int2",
                "Int4",
                "Int8",
                "Numeric",
                "Oid",
                "Text",
                "Timestamp",
                "TimestampTz",
                "Time",
                "TimeTz",
                "Uuid",
            ][..],
        ),
        ("InclusionOps", &["Inet"][..]),
    ];
    families.iter().find_map(|(suffix, types)| {
        let name = class.strip_suffix(suffix)?;
        types.contains(&name).then_some(name)
    })
}

/// The server's type of a column, in the words of the class names; none where BRIN has no class for it.
fn brin_family(field: &FieldModel<'_>, native: Option<&str>) -> Option<&'static str> {
    Some(match native {
        Some("Bit") => "Bit",
        Some("VarBit") => "VarBit",
        Some("Char") => "Bpchar",
        Some("Date") => "Date",
        Some("Real") => "Float4",
        Some("DoublePrecision") => "Float8",
        Some("Inet") => "Inet",
        Some("SmallInt") => "Int2",
        Some("Integer") => "Int4",
        Some("BigInt") => "Int8",
        Some("Decimal") => "Numeric",
        Some("Oid") => "Oid",
        Some("ByteA") => "Bytea",
        Some("Text" | "VarChar") => "Text",
        Some("Timestamp") => "Timestamp",
        Some("Timestamptz") => "TimestampTz",
        Some("Time") => "Time",
        Some("Timetz") => "TimeTz",
        Some("Uuid") => "Uuid",
        Some(_) => return None,
        None => match field.scalar()? {
            ScalarType::String => "Text",
            ScalarType::Int => "Int4",
            ScalarType::BigInt => "Int8",
            ScalarType::Float => "Float8",
            ScalarType::Decimal => "Numeric",
            ScalarType::DateTime => "Timestamp",
            ScalarType::Bytes => "Bytea",
            ScalarType::Boolean | ScalarType::Json => return None,
        },
    })
}

fn fits_brin(field: &FieldModel<'_>, native: Option<&str>, class: Option<&str>) -> bool {
    match (brin_family(field, native), class) {
        (None, _) => false,
        (Some(_), None) => true,
        (Some(family), Some(class)) => brin_type(class) == Some(family),
    }
}
