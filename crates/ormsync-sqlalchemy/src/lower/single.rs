//! One table by itself: what a step of a migration makes or adds.

use std::collections::HashMap;

use ormsync_schema::Schema;

use crate::ReadOptions;
use crate::lower::{Compiler, Lowering};
use crate::mapping::{TableDraft, TableId};
use crate::python::Evaluator;

/// The schema that holds one table, which is not kept among those that the models declare.
pub(crate) fn lower_draft<'a>(
    evaluator: &mut Evaluator<'a>,
    options: &ReadOptions<'_>,
    draft: TableDraft<'a>,
) -> Schema {
    let count = evaluator.registry.tables.len();
    evaluator.registry.tables.push(draft);
    let schema = lower_declared(evaluator, options, TableId(u32::try_from(count).unwrap_or(u32::MAX)));
    evaluator.registry.tables.truncate(count);
    schema
}

/// The schema that holds one table of those that were declared.
pub(crate) fn lower_declared(evaluator: &mut Evaluator<'_>, options: &ReadOptions<'_>, table: TableId) -> Schema {
    let release = evaluator.release;
    let mut schema = Schema::new(options.dialect.name());
    schema.server = options.server.cloned();
    let default_namespace =
        options.default_namespace.clone().unwrap_or_else(|| options.dialect.default_namespace().to_owned());
    let mut lowering = Lowering {
        evaluator,
        dialect: options.dialect,
        compiler: Compiler::of(options),
        release,
        default_namespace,
        schema,
        by_name: HashMap::new(),
        by_symbol: HashMap::new(),
    };
    lowering.enter(table);
    lowering.lower_table(table);
    lowering.schema
}
