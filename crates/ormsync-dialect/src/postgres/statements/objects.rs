//! Extensions, views, triggers and policies.

use ormsync_schema::{
    Deferrability, Extension, Policy, QualifiedName, Routine, RoutineKind, Trigger, TriggerEvent, TriggerFiring,
    TriggerTiming, View,
};

use super::{Writer, comment, quote};

pub(super) fn create_extension(name: &str, extension: &Extension) -> Vec<String> {
    let mut text = format!("CREATE EXTENSION IF NOT EXISTS {}", quote(name));
    if extension.version.is_some() || extension.namespace.is_some() {
        text.push_str(" WITH");
    }
    if let Some(namespace) = &extension.namespace {
        text.push_str(&format!(" SCHEMA {}", quote(namespace)));
    }
    if let Some(version) = &extension.version {
        text.push_str(&format!(" VERSION {}", quote(version)));
    }
    vec![text]
}

pub(super) fn alter_extension(name: &str, from: &Extension, to: &Extension) -> Vec<String> {
    let mut statements = Vec::new();
    if let Some(version) = to.version.as_ref().filter(|version| from.version.as_ref() != Some(version)) {
        statements.push(format!("ALTER EXTENSION {} UPDATE TO {}", quote(name), quote(version)));
    }
    if let Some(namespace) = to.namespace.as_ref().filter(|namespace| from.namespace.as_ref() != Some(namespace)) {
        statements.push(format!("ALTER EXTENSION {} SET SCHEMA {}", quote(name), quote(namespace)));
    }
    statements
}

/// `CREATE POLICY …`.
pub(super) fn create_policy(path: &str, name: &str, policy: &Policy) -> String {
    let mut text = format!("CREATE POLICY {} ON {path}", quote(name));
    if policy.restrictive {
        text.push_str(" AS RESTRICTIVE");
    }
    if policy.command != "all" {
        text.push_str(&format!(" FOR {}", policy.command.to_uppercase()));
    }
    if !policy.roles.is_empty() {
        let roles: Vec<String> =
            policy.roles.iter().map(|role| if role == "public" { role.clone() } else { quote(role) }).collect();
        text.push_str(&format!(" TO {}", roles.join(", ")));
    }
    if let Some(using) = &policy.using {
        text.push_str(&format!(" USING ({})", using.sql()));
    }
    if let Some(check) = &policy.with_check {
        text.push_str(&format!(" WITH CHECK ({})", check.sql()));
    }
    text
}

/// What a statement calls a routine.
pub(super) fn routine_word(routine: &Routine) -> &'static str {
    match routine.kind {
        RoutineKind::Procedure => "PROCEDURE",
        RoutineKind::Aggregate => "AGGREGATE",
        RoutineKind::Function | RoutineKind::Window => "FUNCTION",
    }
}

impl Writer<'_> {
    /// The statement is the server's own.
    pub(super) fn create_routine(&self, name: &QualifiedName, routine: &Routine) -> Vec<String> {
        let Some(definition) = &routine.definition else {
            return vec![format!("-- {name}: its statement is not known")];
        };
        let mut statements = vec![definition.sql().to_owned()];
        statements.extend(
            routine.comment.as_ref().map(|it| comment(routine_word(routine), &self.routine_path(name), Some(it))),
        );
        statements
    }

    /// `"name"(arguments)`.
    pub(super) fn routine_path(&self, name: &QualifiedName) -> String {
        let (own, arguments) = name.name.split_once('(').unwrap_or((&name.name, ")"));
        let arguments = if arguments == ")" { "" } else { arguments.strip_suffix(')').unwrap_or(arguments) };
        format!("{}({arguments})", self.path(&QualifiedName::new(&name.namespace, own)))
    }

    pub(super) fn create_view(&self, name: &QualifiedName, view: &View) -> Vec<String> {
        let path = self.path(name);
        let Some(definition) = &view.definition else { return Vec::new() };
        let kind = if view.materialised { "MATERIALIZED VIEW" } else { "VIEW" };
        let mut options: Vec<String> = Vec::new();
        let mut check_option = "";
        let mut rows = "";
        for (option, value) in &view.options {
            match (option.as_str(), value.as_str()) {
                ("populated", _) => rows = " WITH NO DATA",
                ("check_option", "local") => check_option = " WITH LOCAL CHECK OPTION",
                ("check_option", _) => check_option = " WITH CASCADED CHECK OPTION",
                _ => options.push(format!("{option} = {value}")),
            }
        }
        let options = if options.is_empty() { String::new() } else { format!(" WITH ({})", options.join(", ")) };
        let mut statements = vec![format!(
            "CREATE {kind} {path}{options} AS {}{check_option}{rows}",
            definition.sql().trim_end_matches(';')
        )];
        for index in &view.indexes {
            statements.push(self.index_statement(&path, index, ""));
        }
        for (trigger_name, trigger) in &view.triggers {
            statements.extend(self.create_trigger(&path, trigger_name, trigger));
        }
        if let Some(text) = &view.comment {
            statements.push(comment(kind, &path, Some(text)));
        }
        statements
    }

    pub(super) fn create_trigger(&self, path: &str, name: &str, trigger: &Trigger) -> Vec<String> {
        let (columns, action) = columns_of_update(&trigger.action);
        let events: Vec<String> = trigger.events.iter().map(|event| event_words(*event, columns)).collect();
        let timing = match trigger.timing {
            TriggerTiming::Before => "BEFORE",
            TriggerTiming::After => "AFTER",
            TriggerTiming::InsteadOf => "INSTEAD OF",
        };
        let constraint = if trigger.constraint { "CONSTRAINT " } else { "" };
        let deferrable = match trigger.deferrability {
            Deferrability::NotDeferrable => "",
            Deferrability::InitiallyImmediate => " DEFERRABLE",
            Deferrability::InitiallyDeferred => " DEFERRABLE INITIALLY DEFERRED",
        };
        let transition = trigger.transition_tables.as_ref().map(|words| format!(" REFERENCING {words}"));
        let level = if trigger.for_each_row { "ROW" } else { "STATEMENT" };
        let mut statements = vec![format!(
            "CREATE {constraint}TRIGGER {} {timing} {} ON {path}{}{deferrable}{} FOR EACH {level} {action}",
            quote(name),
            events.join(" OR "),
            trigger.other_table.as_ref().map(|other| format!(" FROM {other}")).unwrap_or_default(),
            transition.unwrap_or_default()
        )];
        let switch = match (trigger.disabled, trigger.firing) {
            (true, _) => Some("DISABLE"),
            (false, TriggerFiring::Replica) => Some("ENABLE REPLICA"),
            (false, TriggerFiring::Always) => Some("ENABLE ALWAYS"),
            (false, TriggerFiring::Origin) => None,
        };
        if let Some(words) = switch {
            statements.push(format!("ALTER TABLE {path} {words} TRIGGER {}", quote(name)));
        }
        if let Some(text) = &trigger.comment {
            statements.push(comment("TRIGGER", &format!("{} ON {path}", quote(name)), Some(text)));
        }
        statements
    }
}

/// The columns of `UPDATE OF`, which stand in front of what the trigger does.
fn columns_of_update(action: &str) -> (Option<&str>, &str) {
    let Some(rest) = action.strip_prefix("OF ") else { return (None, action) };
    let end = [" WHEN ", " EXECUTE "].iter().filter_map(|words| rest.find(words)).min().unwrap_or(rest.len());
    (Some(&rest[..end]), rest[end..].trim_start())
}

fn event_words(event: TriggerEvent, columns: Option<&str>) -> String {
    match (event, columns) {
        (TriggerEvent::Insert, _) => "INSERT".to_owned(),
        (TriggerEvent::Update, Some(columns)) => format!("UPDATE OF {columns}"),
        (TriggerEvent::Update, None) => "UPDATE".to_owned(),
        (TriggerEvent::Delete, _) => "DELETE".to_owned(),
        (TriggerEvent::Truncate, _) => "TRUNCATE".to_owned(),
    }
}
