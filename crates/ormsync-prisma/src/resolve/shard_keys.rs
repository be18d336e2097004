//! `@shardKey` and `@@shardKey` of PlanetScale. They leave nothing in the schema of the database, so they are
//! only judged.

use super::attributes::{Arguments, Attributes, elements};
use super::fields::Context;
use super::keys::column_field;
use super::model::Model;
use crate::report::Report;
use crate::syntax::{Arity, Attribute};

const CODE: &str = "prisma-key";

pub(super) fn check<'t>(
    model: &Model<'t>,
    attributes: &mut Attributes<'t>,
    context: &Context<'_, 't>,
    report: &mut Report<'_>,
) {
    if !context.configuration.previews("shardKeys") || !context.facts.has_shard_keys {
        return;
    }
    let mut is_met = false;
    for (position, field) in model.fields.iter().enumerate().filter(|(_, field)| field.is_column()) {
        let Some(attribute) = field.field.attribute("shardKey") else { continue };
        Arguments::new(attribute, report).finish(report);
        expect_required(position, attribute, model, report);
        refuse_second(is_met, attribute, report);
        is_met = true;
    }
    if let Some(attribute) = attributes.single("shardKey", report) {
        refuse_second(is_met, attribute, report);
        of_block(attribute, model, report);
    }
}

fn refuse_second(is_met: bool, attribute: &Attribute, report: &mut Report<'_>) {
    if is_met {
        report.error(CODE, attribute.span, "A model has one shard key: for several fields there is `@@shardKey`.");
    }
}

fn of_block(attribute: &Attribute, model: &Model<'_>, report: &mut Report<'_>) {
    let mut arguments = Arguments::new(attribute, report);
    let fields = arguments.required("fields", report);
    arguments.finish(report);
    let Some(fields) = fields else { return };
    if elements(fields).is_empty() {
        report.error(CODE, attribute.span, "This list of fields is empty.");
    }
    let mut met = Vec::new();
    for element in elements(fields) {
        let Some(name) = element.as_constant() else {
            report.error(CODE, element.span, format!("A shard key lists fields, not {}.", element.form()));
            continue;
        };
        let Some(position) = column_field(name, element, model, report) else { continue };
        if met.contains(&position) {
            report.error(CODE, element.span, format!("The field `{name}` is listed twice."));
        }
        met.push(position);
        expect_required(position, attribute, model, report);
    }
}

fn expect_required(position: usize, attribute: &Attribute, model: &Model<'_>, report: &mut Report<'_>) {
    let field = &model.fields[position];
    if field.arity() != Arity::Required {
        report.error(
            CODE,
            attribute.span,
            format!("The fields of a shard key are required; `{}` is not.", field.name()),
        );
    }
}
