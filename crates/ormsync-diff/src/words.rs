//! Objects that are known by their name, in words.

use ormsync_dialect::Dialect;
use ormsync_schema::{
    CompositeType, Domain, Expression, Partitioning, Policy, Sequence, Trigger, TriggerEvent, TriggerTiming,
};

/// `from 1 by 1`
pub(crate) fn sequence_text(sequence: &Sequence) -> String {
    let mut parts = Vec::new();
    let mut add = |word: &str, number: Option<i64>| parts.extend(number.map(|number| format!("{word} {number}")));
    add("from", sequence.start);
    add("by", sequence.increment);
    add("at least", sequence.minimum);
    add("at most", sequence.maximum);
    if sequence.cycle {
        parts.push("over and over".to_owned());
    }
    if parts.is_empty() { "as usual".to_owned() } else { parts.join(" ") }
}

/// `text, not null, check (VALUE <> '')`
pub(crate) fn domain_text(dialect: &dyn Dialect, domain: &Domain) -> String {
    let mut text = dialect.type_text(&domain.data_type);
    if !domain.nullable {
        text.push_str(", not null");
    }
    for check in &domain.checks {
        text.push_str(&format!(", check {}", check.expression.text));
    }
    text
}

/// `(street text, city text)`
pub(crate) fn composite_text(dialect: &dyn Dialect, composite: &CompositeType) -> String {
    let fields: Vec<String> =
        composite.fields.iter().map(|(name, field)| format!("{name} {}", dialect.type_text(field))).collect();
    format!("({})", fields.join(", "))
}

/// `after update: write_log()`
pub(crate) fn trigger_text(trigger: &Trigger) -> String {
    let timing = match trigger.timing {
        TriggerTiming::Before => "before",
        TriggerTiming::After => "after",
        TriggerTiming::InsteadOf => "instead of",
    };
    let events: Vec<&str> = trigger
        .events
        .iter()
        .map(|event| match event {
            TriggerEvent::Insert => "insert",
            TriggerEvent::Update => "update",
            TriggerEvent::Delete => "delete",
            TriggerEvent::Truncate => "truncate",
        })
        .collect();
    let each = if trigger.for_each_row { "" } else { " for each statement" };
    let disabled = if trigger.disabled { "off, " } else { "" };
    format!("{disabled}{timing} {}{each}: {}", events.join(" or "), trigger.action)
}

/// `for select using (owner = current_user)`
pub(crate) fn policy_text(policy: &Policy) -> String {
    let part = |word: &str, expression: &Option<Expression>| {
        expression.as_ref().map(|expression| format!(" {word} ({})", expression.text)).unwrap_or_default()
    };
    let (using, check) = (part("using", &policy.using), part("with check", &policy.with_check));
    format!("for {}{using}{check}", policy.command)
}

/// `partitioned by RANGE (day)`
pub(crate) fn partitioning_text(partitioning: Option<&Partitioning>) -> String {
    match partitioning {
        None => "an ordinary table".to_owned(),
        Some(Partitioning::PartitionedBy(key)) => format!("partitioned by {key}"),
        Some(Partitioning::PartitionOf { parent, bounds, partitioned_by }) => {
            let further = partitioned_by.as_ref().map(|by| format!(", partitioned by {by}")).unwrap_or_default();
            format!("a partition of {parent} {bounds}{further}")
        }
        Some(Partitioning::Inherits(parents)) => format!("derived from {}", parents.join(", ")),
    }
}
