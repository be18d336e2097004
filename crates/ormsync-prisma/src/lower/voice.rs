//! What Prisma's language has no words for. None of it is ever missing from a schema.

use std::collections::BTreeSet;

use ormsync_schema::Fact;

use crate::native::EnumStorage;
use crate::resolve::model::DataModel;

/// The facts that this schema leaves unsaid.
pub(super) fn unsaid(model: &DataModel<'_>) -> BTreeSet<Fact> {
    let mut unsaid = BTreeSet::from([
        Fact::Check,
        Fact::Exclusion,
        Fact::ColumnComment,
        Fact::TableComment,
        Fact::TableOptions,
        Fact::Collation,
        Fact::Generated,
        Fact::OnUpdate,
        Fact::IndexInclude,
        Fact::IndexNulls,
        Fact::IndexExpression,
        Fact::Deferrability,
        // A list is never optional. The engine's own diff passes over whether the server's is.
        Fact::ListNullability,
        // Prisma's engine takes the labels for a set.
        Fact::EnumLabelOrder,
        Fact::ViewDefinition,
        Fact::Sequence,
        Fact::Trigger,
        Fact::Routine,
        Fact::Policy,
        Fact::Partitioning,
        Fact::UserType,
    ]);
    if !model.models.iter().any(crate::resolve::model::Model::is_view) {
        unsaid.insert(Fact::View);
    }
    if !model.configuration.says_extensions {
        unsaid.insert(Fact::Extension);
    }
    if !(model.facts.has_partial_indexes && model.configuration.previews("partialIndexes")) {
        unsaid.insert(Fact::IndexPredicate);
    }
    if model.facts.enums != EnumStorage::NamedType {
        unsaid.insert(Fact::EnumType);
    }
    unsaid
}
