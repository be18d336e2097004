//! The attributes of fields that lead to another model.

use ormsync_schema::{Diagnostic, Fact, ReferentialAction, Span};

use super::attributes::{Arguments, Attributes, elements, expect_text};
use super::model::{FieldKind, Model, RelationField};
use crate::report::Report;
use crate::syntax::{Attribute, Expression};
use crate::{LARGE, threads};

const CODE: &str = "prisma-relation";

/// Reads the attributes of all relation fields.
pub(super) fn resolve(models: &mut [Model<'_>], diagnostics: &mut Vec<Diagnostic>) {
    let positions: Vec<usize> = (0..models.len()).collect();
    let read = threads::in_parts(&positions, LARGE, |positions| {
        let mut diagnostics = Vec::new();
        let mut fields = Vec::new();
        for position in positions {
            let model = &models[*position];
            for (field, _) in model.fields.iter().enumerate().filter(|(_, field)| !field.is_column()) {
                let report = &mut Report::new(model.path, &mut diagnostics);
                let (relation, ignored) = attributes(models, *position, field, report);
                fields.push(((*position, field), relation, ignored));
            }
        }
        (fields, diagnostics)
    });
    for (fields, mut found) in read {
        diagnostics.append(&mut found);
        for ((position, field), relation, ignored) in fields {
            let model = &mut models[position];
            if let Some((relation, span)) = relation {
                if relation.broken {
                    model.opaque.push((Fact::ForeignKey, None, span));
                }
                model.fields[field].kind = FieldKind::Relation(relation);
            }
            model.fields[field].ignored = ignored;
        }
    }
}

fn attributes<'t>(
    models: &[Model<'t>],
    model: usize,
    field: usize,
    report: &mut Report<'_>,
) -> (Option<(Box<RelationField<'t>>, Span)>, bool) {
    let written = models[model].fields[field].field;
    let mut attributes = Attributes::new("@", &written.attributes);
    let relation = attributes
        .single("relation", report)
        .map(|attribute| (Box::new(relation(models, model, field, attribute, report)), attribute.span));
    let ignored = attributes.single("ignore", report);
    if let Some(attribute) = ignored {
        Arguments::new(attribute, report).finish(report);
    }
    let misplaced = [
        ("id", "Name its scalar fields in `@@id`."),
        ("unique", "Name its scalar fields in `@unique` or `@@unique`."),
        ("default", "Only scalar fields have defaults."),
        ("map", "A field that leads to another model has no column."),
    ];
    for (name, help) in misplaced {
        for attribute in attributes.repeated(name) {
            report.error_with_help(
                "prisma-attribute",
                attribute.span,
                format!("`@{name}` is not for fields that lead to another model."),
                help,
            );
        }
    }
    attributes.finish(report);
    (relation, ignored.is_some())
}

fn relation<'t>(
    models: &[Model<'t>],
    model: usize,
    field: usize,
    attribute: &'t Attribute,
    report: &mut Report<'_>,
) -> RelationField<'t> {
    let target = models[model].fields[field].relation().map_or(model, |relation| relation.target);
    let mut arguments = Arguments::new(attribute, report);
    let mut broken = false;
    let mut list = |value: Option<&'t Expression>, of: &Model<'t>, report: &mut Report<'_>| {
        let fields = value.map(|value| field_list(value, of, report));
        broken |= matches!(fields, Some(None));
        fields.map(Option::unwrap_or_default)
    };
    let fields = list(arguments.named("fields"), &models[model], report);
    let references = list(arguments.named("references"), &models[target], report);
    // A name that is given twice is none to the engine.
    let written = match (arguments.named("name"), arguments.unnamed()) {
        (Some(_), Some(_)) => None,
        (named, unnamed) => named.or(unnamed),
    };
    let name = written.and_then(|value| {
        let name = expect_text(value, "name", report)?;
        if name.is_empty() {
            report.error(CODE, value.span, "The name of a relation must not be empty.");
        }
        Some(name).filter(|name| !name.is_empty())
    });
    let on_delete = arguments.named("onDelete").and_then(|value| action(value, report));
    let on_update = arguments.named("onUpdate").and_then(|value| action(value, report));
    let map = arguments.text("map", report);
    broken |= arguments.broken;
    arguments.finish(report);
    RelationField { target, attribute: Some(attribute), name, fields, references, on_delete, on_update, map, broken }
}

/// The positions of listed fields; none and an error where one of them is not a column.
fn field_list(value: &Expression, model: &Model<'_>, report: &mut Report<'_>) -> Option<Vec<usize>> {
    let mut fields = Vec::new();
    let mut complete = true;
    for element in elements(value) {
        let Some(name) = element.as_constant() else {
            report.error(CODE, element.span, format!("This list names fields, not {}.", element.form()));
            complete = false;
            continue;
        };
        match model.field_index(name) {
            Some(position) if !model.fields[position].is_column() => {
                report.error(
                    CODE,
                    element.span,
                    format!("`{name}` of `{}` leads to another model; it is not a column.", model.name()),
                );
                complete = false;
            }
            Some(position) if fields.contains(&position) => {
                report.error(CODE, element.span, format!("The field `{name}` is listed twice."));
                complete = false;
            }
            Some(position) => fields.push(position),
            None => {
                // The field may stand on a line that could not be read; that line has its own message.
                if model.block.bad_members.is_empty() {
                    report.error(CODE, element.span, format!("`{}` has no field `{name}`.", model.name()));
                }
                complete = false;
            }
        }
    }
    complete.then_some(fields)
}

fn action(value: &Expression, report: &mut Report<'_>) -> Option<(ReferentialAction, Span)> {
    let action = match value.as_constant() {
        Some("Cascade") => ReferentialAction::Cascade,
        Some("Restrict") => ReferentialAction::Restrict,
        Some("NoAction") => ReferentialAction::NoAction,
        Some("SetNull") => ReferentialAction::SetNull,
        Some("SetDefault") => ReferentialAction::SetDefault,
        _ => {
            report.error(
                CODE,
                value.span,
                "A referential action is `Cascade`, `Restrict`, `NoAction`, `SetNull` or `SetDefault`.",
            );
            return None;
        }
    };
    Some((action, value.span))
}
