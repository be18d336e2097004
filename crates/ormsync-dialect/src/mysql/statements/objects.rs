//! Views, triggers and sequences.

use ormsync_schema::{QualifiedName, Routine, RoutineKind, Sequence, Trigger, TriggerEvent, TriggerTiming, View};

use super::{path, quote};
use crate::mysql::facts;

pub(super) fn create_view(path: &str, view: &View) -> Vec<String> {
    let Some(definition) = &view.definition else { return Vec::new() };
    let algorithm = option(view, "algorithm").map(|word| format!("ALGORITHM = {word} ")).unwrap_or_default();
    let security = option(view, "sql_security").map(|word| format!("SQL SECURITY {word} ")).unwrap_or_default();
    let check = match option(view, "check_option").as_deref() {
        None | Some("NONE") => String::new(),
        Some(kind) => format!(" WITH {kind} CHECK OPTION"),
    };
    let query = definition.sql().trim_end_matches(';');
    let columns = view.options.get("columns").map(|columns| format!(" ({columns})")).unwrap_or_default();
    vec![format!("CREATE {algorithm}{security}VIEW {path}{columns} AS {query}{check}")]
}

fn option(view: &View, name: &str) -> Option<String> {
    view.options.get(name).map(|value| value.to_uppercase())
}

pub(super) fn create_trigger(path: &str, name: &str, trigger: &Trigger) -> String {
    let timing = if trigger.timing == TriggerTiming::Before { "BEFORE" } else { "AFTER" };
    let event = match trigger.events.first() {
        Some(TriggerEvent::Update) => "UPDATE",
        Some(TriggerEvent::Delete) => "DELETE",
        _ => "INSERT",
    };
    format!("CREATE TRIGGER {} {timing} {event} ON {path} FOR EACH ROW {}", quote(name), trigger.action)
}

/// Its name goes without its parameters.
pub(super) fn drop_routine(name: &QualifiedName, routine: &Routine) -> String {
    let (word, own) = match routine.kind {
        RoutineKind::Procedure => ("PROCEDURE", name.name.strip_prefix("procedure ").unwrap_or(&name.name)),
        _ => ("FUNCTION", name.name.as_str()),
    };
    let own = own.split('(').next().unwrap_or_default();
    format!("DROP {word} {}", path(&QualifiedName::new(&name.namespace, own)))
}

/// MariaDB's.
pub(super) fn create_sequence(path: &str, sequence: &Sequence) -> String {
    let mut text = format!("CREATE SEQUENCE {path}");
    for option in options(sequence) {
        text.push_str(&format!(" {option}"));
    }
    if let Some(comment) = &sequence.comment {
        text.push_str(&format!(" COMMENT = {}", facts::quote_text(comment)));
    }
    text
}

pub(super) fn alter_sequence(path: &str, from: &Sequence, to: &Sequence) -> Vec<String> {
    let old = options(from);
    let changed: Vec<String> = options(to).into_iter().filter(|option| !old.contains(option)).collect();
    if changed.is_empty() { Vec::new() } else { vec![format!("ALTER SEQUENCE {path} {}", changed.join(" "))] }
}

fn options(sequence: &Sequence) -> Vec<String> {
    let numbers = [
        ("START WITH", sequence.start),
        ("MINVALUE", sequence.minimum),
        ("MAXVALUE", sequence.maximum),
        ("INCREMENT BY", sequence.increment),
        ("CACHE", sequence.cache),
    ];
    let mut options: Vec<String> =
        numbers.iter().filter_map(|(words, number)| number.map(|number| format!("{words} {number}"))).collect();
    if sequence.cycle {
        options.push("CYCLE".to_owned());
    }
    options
}
