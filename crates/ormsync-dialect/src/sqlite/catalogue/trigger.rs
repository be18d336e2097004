//! `CREATE TRIGGER`.

use ormsync_schema::{Origin, Trigger, TriggerEvent, TriggerTiming};

use super::tokens::Tokens;

/// Reads `CREATE TRIGGER name [BEFORE | AFTER | INSTEAD OF] event ON table [FOR EACH ROW] [WHEN …] BEGIN … END`.
pub(super) fn read(name: &str, statement: &str) -> Option<Trigger> {
    let tokens = Tokens::read(statement)?;
    let mut rest = tokens.all();
    while !rest.take_keyword("TRIGGER") {
        if rest.is_empty() {
            return None;
        }
        rest.skip();
    }
    rest.take_name()?;
    let timing = if rest.take_keyword("AFTER") {
        TriggerTiming::After
    } else if rest.take_keyword("INSTEAD") {
        rest.take_keyword("OF");
        TriggerTiming::InsteadOf
    } else {
        // Also without the word.
        rest.take_keyword("BEFORE");
        TriggerTiming::Before
    };
    let event = if rest.take_keyword("INSERT") {
        TriggerEvent::Insert
    } else if rest.take_keyword("DELETE") {
        TriggerEvent::Delete
    } else {
        rest.take_keyword("UPDATE").then_some(TriggerEvent::Update)?
    };
    let (before_table, behind) = rest.split_at_keyword("ON");
    let mut rest = behind?;
    rest.take_name()?;
    for word in ["FOR", "EACH", "ROW"] {
        rest.take_keyword(word);
    }
    // The columns of `UPDATE OF` belong to what it does.
    let action = format!("{} {}", before_table.text(), rest.text());
    Some(Trigger {
        timing,
        events: vec![event],
        action: action.trim().to_owned(),
        for_each_row: true,
        disabled: false,
        origin: Origin::catalogue(name),
        ..Trigger::default()
    })
}
