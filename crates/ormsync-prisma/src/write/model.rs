//! Models and views as blocks.

use ormsync_schema::{IndexTarget, Table};

use super::plan::{Plan, TableName};
use super::relations::Relations;
use crate::spelling::{SpelledField, Writer, identifier, is_single_unique};
use crate::syntax::quote;

/// The blocks of all models, then of all views.
pub(super) fn blocks(plan: &Plan, relations: &Relations) -> Vec<String> {
    let block = |(name, table): (TableName, &Table)| block(plan, relations, &name, table);
    let (views, models): (Vec<_>, Vec<_>) = plan.models().partition(|(name, _)| plan.views.contains(name));
    models.into_iter().chain(views).map(block).collect()
}

fn block(plan: &Plan, relations: &Relations, name: &TableName, table: &Table) -> String {
    let writer = plan.writer(&name.0);
    let is_view = plan.views.contains(name);
    let model = plan.model_name(name);
    let mut text = String::new();
    for unsaid in unsaid(plan, relations, name, table) {
        text.push_str(&format!("// Prisma has no words for {unsaid}.\n"));
    }
    if !is_view && !is_usable(&writer, name, table) {
        text.push_str("/// Nothing tells one row of this table from another, so Prisma's client leaves it out.\n");
    }
    push_comment(&mut text, "", table.comment.as_deref());
    text.push_str(&format!("{} {model} {{\n", if is_view { "view" } else { "model" }));
    let mut rows = Vec::new();
    for (column_name, column) in &table.columns {
        match writer.field(&name.1, table, column_name) {
            Some(field) => rows.push(Row { comment: column.comment.clone(), field }),
            None => rows.push(unreadable(&writer, name, column_name, table)),
        }
    }
    rows.extend(relations.of(name).iter().map(|field| Row {
        comment: None,
        field: SpelledField {
            name: field.name.clone(),
            data_type: field.data_type.clone(),
            attributes: field.attributes.clone(),
        },
    }));
    text.push_str(&aligned(&rows));
    let attributes = attributes(plan, &writer, name, table);
    if !attributes.is_empty() {
        text.push('\n');
        text.extend(attributes.iter().map(|attribute| format!("  {attribute}\n")));
    }
    text.push_str("}\n");
    text
}

/// A field with its comment.
struct Row {
    comment: Option<String>,
    field: SpelledField,
}

/// A column whose type could not be read: its text is all there is to tell.
fn unreadable(writer: &Writer<'_>, name: &TableName, column_name: &str, table: &Table) -> Row {
    let column = &table.columns[column_name];
    let text = match &column.data_type {
        ormsync_schema::DataType::Unreadable(text) => text.clone(),
        other => writer.facts.dialect.type_text(other),
    };
    let field_name = writer.field_name(&name.1, column_name);
    let mut attributes = Vec::new();
    if field_name != column_name {
        attributes.push(format!("@map({})", quote(column_name)));
    }
    let suffix = if column.nullable { "?" } else { "" };
    let field =
        SpelledField { name: field_name, data_type: format!("Unsupported({}){suffix}", quote(&text)), attributes };
    Row { comment: column.comment.clone(), field }
}

fn attributes(plan: &Plan, writer: &Writer<'_>, name: &TableName, table: &Table) -> Vec<String> {
    let mut attributes = Vec::new();
    if table.primary_key.as_ref().is_some_and(|key| key.parts.len() > 1) {
        attributes.extend(writer.primary_key(&name.1, table));
    }
    let mut at_fields = Vec::new();
    // `prisma format` puts them in this order.
    let (mut uniques, mut indexes, mut fulltexts) = (Vec::new(), Vec::new(), Vec::new());
    for index in table.indexes.iter().filter(|index| !index.implicit) {
        // Only the first of several uniques of a column stands at its field.
        if let Some(column) = index.columns().next()
            && is_single_unique(index, column)
            && !at_fields.contains(&column)
        {
            at_fields.push(column);
            continue;
        }
        let list = match index.method.as_deref() {
            Some("fulltext") => &mut fulltexts,
            _ if index.kind.is_unique() => &mut uniques,
            _ => &mut indexes,
        };
        list.extend(writer.index(&name.1, index));
    }
    attributes.extend(uniques);
    attributes.extend(indexes);
    attributes.extend(fulltexts);
    if plan.model_name(name) != name.1 {
        attributes.push(format!("@@map({})", quote(&name.1)));
    }
    attributes.extend(schema_attribute(plan, &name.0));
    if is_ignored(plan, name, table) {
        attributes.push("@@ignore".to_owned());
    }
    attributes
}

/// `@@schema`, where the datasource lists schemas.
pub(super) fn schema_attribute(plan: &Plan, namespace: &str) -> Option<String> {
    (!plan.namespaces.is_empty()).then(|| format!("@@schema({})", quote(namespace)))
}

/// Whether Prisma's client leaves a model out: it can't use it, or its source says so.
pub(super) fn is_ignored(plan: &Plan, name: &TableName, table: &Table) -> bool {
    let is_usable = plan.views.contains(name) || is_usable(&plan.writer(&name.0), name, table);
    !is_usable || plan.ignored.contains(name)
}

/// Whether the client can use a model: whether a row can be told from another by fields that it has words for.
fn is_usable(writer: &Writer<'_>, name: &TableName, table: &Table) -> bool {
    let is_supported = |column: &str| {
        let data_type = &table.columns.get(column).map(|column| &column.data_type);
        let spelled = data_type.and_then(|data_type| writer.data_type(&name.1, column, data_type));
        spelled.is_some_and(|spelled| !spelled.is_list && !spelled.name.starts_with("Unsupported("))
    };
    let is_strict = |column: &str| table.columns.get(column).is_some_and(|it| !it.nullable) && is_supported(column);
    let key = table.primary_key.iter().map(|key| &key.parts);
    let uniques = table.indexes.iter().filter(|index| index.kind.is_unique() && writer.index(&name.1, index).is_some());
    key.chain(uniques.map(|index| &index.parts))
        .any(|parts| !parts.is_empty() && parts.iter().all(|part| part.as_column().is_some_and(is_strict)))
}

/// What of a table the schema can't say.
fn unsaid(plan: &Plan, relations: &Relations, name: &TableName, table: &Table) -> Vec<String> {
    let writer = plan.writer(&name.0);
    let mut unsaid = Vec::new();
    for index in table.indexes.iter().filter(|index| !index.implicit && writer.index(&name.1, index).is_none()) {
        let parts: Vec<&str> = index
            .parts
            .iter()
            .map(|part| match &part.target {
                IndexTarget::Column(column) => column.as_str(),
                IndexTarget::Expression(expression) => expression.text.as_str(),
            })
            .collect();
        unsaid.push(format!("the index {} on ({})", index.name.as_deref().unwrap_or_default(), parts.join(", ")));
    }
    unsaid.extend(relations.unsaid_of(name).iter().map(|key| format!("the foreign key {key}")));
    unsaid.extend(table.checks.iter().map(|check| format!("the check ({})", check.expression.text)));
    unsaid.extend(table.exclusions.iter().map(|it| format!("the exclusion {}", it.definition.text)));
    for (column, definition) in &table.columns {
        if let Some(generated) = &definition.generated {
            unsaid.push(format!("the expression of {}: {}", identifier::of(column), generated.expression.text));
        }
    }
    unsaid.iter().map(|text| text.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// `///` lines.
pub(super) fn push_comment(text: &mut String, indentation: &str, comment: Option<&str>) {
    for line in comment.unwrap_or_default().lines() {
        text.push_str(format!("{indentation}/// {line}").trim_end());
        text.push('\n');
    }
}

/// Fields with their types and attributes under each other, as `prisma format` has them.
fn aligned(rows: &[Row]) -> String {
    let fields: Vec<&SpelledField> = rows.iter().map(|row| &row.field).collect();
    let mut text = String::new();
    for (row, line) in rows.iter().zip(crate::spelling::aligned(&fields)) {
        push_comment(&mut text, "  ", row.comment.as_deref());
        text.push_str(&line);
    }
    text
}
