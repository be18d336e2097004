//! The types and attributes of single fields.

use super::attributes::{Arguments, Attributes};
use super::model::{Configuration, EnumModel, FieldKind, FieldModel, NativeUse, RelationField};
use super::names::{Top, Tops};
use super::{defaults, enums};
use crate::native::{NativeType, ProviderFacts, ScalarType};
use crate::report::Report;
use crate::syntax::{Arity, Attribute, ExpressionKind, Field, TypeName};

/// What fields are resolved against.
pub(super) struct Context<'c, 't> {
    pub(super) configuration: &'c Configuration<'t>,
    pub(super) facts: &'static ProviderFacts,
    pub(super) tops: &'c Tops<'t>,
    pub(super) enums: &'c [EnumModel<'t>],
}

pub(super) fn resolve<'t>(
    field: &'t Field,
    namespace: Option<&str>,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> FieldModel<'t> {
    let mut model = FieldModel {
        field,
        column: &field.name.text,
        kind: kind(field, namespace, context, report),
        native: None,
        default: None,
        updated_at: false,
        ignored: false,
    };
    match model.kind {
        // Their attributes are read when all models are known.
        FieldKind::Relation(_) => {}
        // What these attributes may be depends on the type.
        FieldKind::Unknown => column_name(&mut model, report),
        _ => column_attributes(&mut model, context, report),
    }
    model
}

fn kind<'t>(
    field: &'t Field,
    namespace: Option<&str>,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> FieldKind<'t> {
    let Some(field_type) = &field.field_type else { return FieldKind::Unknown };
    let name = match &field_type.name {
        TypeName::Unsupported(text) => return FieldKind::Unsupported(text),
        TypeName::Named(name) => name,
    };
    if let Some(scalar) = ScalarType::parse(name) {
        return FieldKind::Scalar(scalar);
    }
    match context.tops.find(namespace, name) {
        Some(Top::Enum(position)) => FieldKind::Enum(position),
        Some(Top::Model(target)) => FieldKind::Relation(Box::new(RelationField {
            target,
            attribute: None,
            name: None,
            fields: None,
            references: None,
            on_delete: None,
            on_update: None,
            map: None,
            broken: false,
        })),
        Some(Top::Composite) => FieldKind::Composite,
        Some(Top::Unreadable) => FieldKind::Unknown,
        None if context.tops.may_be_elsewhere(name) => {
            report.of_prisma_8(field_type.span, &format!("`{name}`"));
            FieldKind::Unknown
        }
        None => {
            unknown_type(name, field_type.span, context.tops, report);
            FieldKind::Unknown
        }
    }
}

fn unknown_type(name: &str, span: ormsync_schema::Span, tops: &Tops<'_>, report: &mut Report<'_>) {
    let message =
        format!("There is no type `{name}`: it is not one of Prisma's own, nor a model or enum of this schema.");
    let scalars = ScalarType::ALL.iter().map(|scalar| scalar.name());
    let close = scalars.chain(tops.names()).find(|known| known.eq_ignore_ascii_case(name));
    match close {
        Some(known) => report.error_with_help("prisma-type", span, message, format!("Did you mean `{known}`?")),
        None => report.error("prisma-type", span, message),
    }
}

/// Where the type was not understood, the column still has a name.
fn column_name(model: &mut FieldModel<'_>, report: &mut Report<'_>) {
    if let Some(attribute) = model.field.attribute("map")
        && let Some(name) = enums::map_name(attribute, report)
    {
        model.column = name;
    }
}

fn column_attributes<'t>(model: &mut FieldModel<'t>, context: &Context<'_, 't>, report: &mut Report<'_>) {
    let field = model.field;
    if field.attributes.is_empty() {
        return;
    }
    let mut attributes = Attributes::new("@", &field.attributes);
    if let Some(attribute) = attributes.single("map", report)
        && let Some(name) = enums::map_name(attribute, report)
    {
        model.column = name;
    }
    if let Some(attribute) = attributes.single("ignore", report) {
        model.ignored = true;
        Arguments::new(attribute, report).finish(report);
        if matches!(model.kind, FieldKind::Unsupported(_)) {
            report.error(
                "prisma-attribute",
                attribute.span,
                "An unsupported field is left out of the client anyway; it takes no `@ignore`.",
            );
        }
    }
    if let Some(attribute) = attributes.single("relation", report) {
        report.error("prisma-relation", attribute.span, "`@relation` is for fields that lead to another model.");
    }
    if let Some(attribute) = attributes.single("updatedAt", report) {
        updated_at(model, attribute, report);
    }
    if let Some(attribute) = attributes.single("default", report) {
        model.default = defaults::resolve(model, attribute, context, report);
    }
    if model.scalar().is_some() {
        let mut scoped = attributes.scoped();
        let native = scoped.next();
        for extra in scoped {
            report.error("prisma-native-type", extra.span, "A field has one native type; this is another.");
        }
        model.native = native.map(|attribute| native_use(model, attribute, context, report));
    }
    // `resolve/keys.rs` reads these.
    attributes.single("id", report);
    attributes.single("unique", report);
    if context.configuration.previews("shardKeys") && context.facts.has_shard_keys {
        attributes.single("shardKey", report);
    }
    attributes.finish(report);
}

fn updated_at(model: &mut FieldModel<'_>, attribute: &Attribute, report: &mut Report<'_>) {
    model.updated_at = true;
    Arguments::new(attribute, report).finish(report);
    if model.scalar() != Some(ScalarType::DateTime) || model.arity() == Arity::List {
        report.error("prisma-attribute", attribute.span, "`@updatedAt` is for single fields of type `DateTime`.");
    }
}

fn native_use<'t>(
    model: &FieldModel<'t>,
    attribute: &'t Attribute,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) -> NativeUse {
    let (scope, name) = attribute.name.text.split_once('.').unwrap_or_default();
    let mut refused = false;
    if let Some(datasource) = context.configuration.datasource_name
        && datasource != scope
    {
        refused = true;
        report.error_with_help(
            "prisma-native-type",
            attribute.span,
            format!("`{scope}` is not the name of the datasource."),
            format!("Write `@{datasource}.{name}`."),
        );
    }
    let resolved = check_native(model, name, attribute, context, report);
    NativeUse { resolved: resolved.filter(|_| !refused) }
}

fn check_native(
    model: &FieldModel<'_>,
    name: &str,
    attribute: &Attribute,
    context: &Context<'_, '_>,
    report: &mut Report<'_>,
) -> Option<(&'static NativeType, Vec<i64>)> {
    const CODE: &str = "prisma-native-type";
    let display = context.facts.display;
    let Some(native) = context.facts.native(name) else {
        report.error_with_help(
            CODE,
            attribute.span,
            format!("{display} has no native type `{name}` in Prisma."),
            "Leave the native type out, or write the column as `Unsupported(\"…\")`.",
        );
        return None;
    };
    let scalar = model.scalar()?;
    if !native.scalars.contains(&scalar) {
        let fitting: Vec<_> = native.scalars.iter().map(|scalar| format!("`{}`", scalar.name())).collect();
        report.error_with_help(
            CODE,
            attribute.span,
            format!(
                "The native type `{name}` of {display} is for fields of type {}, not `{}`.",
                fitting.join(" or "),
                scalar.name()
            ),
            format!(
                "Change the type of `{}` to {}, or its native type to one for `{}`.",
                model.name(),
                fitting.join(" or "),
                scalar.name()
            ),
        );
        return None;
    }
    let arguments = native_arguments(attribute, report)?;
    let (fewest, most) = native.arguments.bounds();
    // Two optional arguments go together: `Decimal(10)` is refused.
    let is_half = most == 2 && arguments.len() == 1;
    if arguments.len() < fewest || arguments.len() > most || is_half {
        let wanted = match (fewest, most) {
            (0, 0) => "no argument".to_owned(),
            (0, most) => format!("no argument or {most}"),
            (_, most) => format!("{most} argument"),
        };
        report.error(CODE, attribute.span, format!("`{name}` takes {wanted}, not {}.", arguments.len()));
        return None;
    }
    if let Some(problem) = (native.check)(&arguments) {
        report.error(CODE, attribute.span, format!("This is out of range for `{name}`. {problem}"));
        return None;
    }
    if scalar == ScalarType::Boolean && name == "Bit" && arguments != [1] {
        report.error(CODE, attribute.span, "A `Boolean` takes one bit only: `Bit(1)`.");
        return None;
    }
    Some((native, arguments))
}

fn native_arguments(attribute: &Attribute, report: &mut Report<'_>) -> Option<Vec<i64>> {
    let mut numbers = Vec::new();
    // The engine passes over a name without a value here.
    for argument in attribute.arguments.iter().filter(|argument| argument.value.is_some()) {
        let number = match argument.value.as_ref().map(|value| &value.kind) {
            Some(ExpressionKind::Number(text)) => text.parse::<u32>().ok(),
            _ => None,
        };
        match number {
            Some(number) => numbers.push(i64::from(number)),
            None => {
                report.error(
                    "prisma-native-type",
                    argument.span,
                    "The argument of a native type is a whole number that is not negative.",
                );
                return None;
            }
        }
    }
    Some(numbers)
}
