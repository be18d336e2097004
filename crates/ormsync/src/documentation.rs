//! The parts of docs/ that are made from the code: `docs/cli.md` from the commands, the keys in
//! `docs/configuration.md` from the configuration's types. `ORMSYNC_BLESS=1` writes them anew.

#![allow(clippy::unwrap_used)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::CommandFactory;
use serde_json::Value;

use crate::command_line::CommandLine;
use crate::config;

const KEYS_START: &str = "<!-- keys: made from the code -->\n";
const KEYS_END: &str = "<!-- end of keys -->\n";

fn document(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs").join(name)
}

fn compare(name: &str, fresh: &str) {
    let path = document(name);
    if std::env::var_os("ORMSYNC_BLESS").is_some() {
        std::fs::write(&path, fresh).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(kept == fresh, "docs/{name} is stale: run `ORMSYNC_BLESS=1 cargo test -p ormsync`");
}

#[test]
fn the_commands_are_documented() {
    let mut text = String::from(
        "# The command line\n\nWhat `--help` says, command by command. This page is made from the code.\n\n\
         Findings go to standard output, everything else to standard error. Exit codes everywhere: 0 in step, 1 drift, 2 \
         the question could not be answered (usage, configuration, parse, connection). A gate that could not look is \
         never green.\n",
    );
    let mut command = CommandLine::command().term_width(100);
    command.build();
    let names: Vec<String> = command.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    let _ = write!(text, "\n## ormsync\n\n```text\n{}\n```\n", tidy(&command.render_help().to_string()));
    for name in names.iter().filter(|name| *name != "help") {
        let help = command.find_subcommand_mut(name).unwrap().render_long_help().to_string();
        let _ = write!(text, "\n## ormsync {name}\n\n```text\n{}\n```\n", tidy(&help));
    }
    compare("cli.md", &text);
}

fn tidy(help: &str) -> String {
    help.lines().map(str::trim_end).collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

#[test]
fn the_keys_are_documented() {
    let page = std::fs::read_to_string(document("configuration.md")).unwrap();
    let start = page.find(KEYS_START).unwrap() + KEYS_START.len();
    let end = page.find(KEYS_END).unwrap();
    let fresh = format!("{}\n{}\n{}", &page[..start], keys(), &page[end..]);
    compare("configuration.md", &fresh);
}

fn keys() -> String {
    let schema = config::json_schema().to_value();
    let mut text = String::from("| key | values | meaning |\n| --- | --- | --- |\n");
    rows(&schema, &schema, "", &mut text);
    text
}

fn rows(root: &Value, section: &Value, prefix: &str, text: &mut String) {
    for (key, property) in section["properties"].as_object().unwrap() {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        let target = resolve(root, property);
        let description = property["description"].as_str().unwrap_or_default();
        if key == "rules" {
            let _ = writeln!(
                text,
                "| `[rules]` RULE | `\"error\"`, `\"warning\"`, `\"note\"`, `\"off\"` | {description} |"
            );
        } else if target.get("properties").is_some() {
            rows(root, target, &name, text);
        } else {
            let (section, rest) = prefix.split_once('.').unwrap_or((prefix, ""));
            let key = if rest.is_empty() { key.clone() } else { format!("{rest}.{key}") };
            let shown = if section.is_empty() { format!("`{key}`") } else { format!("`[{section}]` `{key}`") };
            let _ = writeln!(text, "| {shown} | {} | {description} |", values(target));
        }
    }
}

fn resolve<'a>(root: &'a Value, property: &'a Value) -> &'a Value {
    let branch = property.get("anyOf").and_then(|branches| branches.get(0)).unwrap_or(property);
    match branch.get("$ref").and_then(Value::as_str) {
        Some(reference) => root.pointer(reference.trim_start_matches('#')).unwrap(),
        None => branch,
    }
}

fn values(schema: &Value) -> String {
    if let Some(choices) = schema.get("oneOf").and_then(Value::as_array) {
        let names: Vec<String> = choices.iter().map(|choice| format!("`{}`", choice["const"])).collect();
        return names.join(", ");
    }
    match &schema["type"] {
        Value::Array(kinds) if kinds.iter().any(|kind| kind == "integer") => "number".to_owned(),
        Value::String(kind) if kind == "object" && schema["additionalProperties"]["type"] == "string" => {
            "strings by name".to_owned()
        }
        Value::String(kind) if kind == "object" => "lists of strings by name".to_owned(),
        Value::String(kind) if kind == "array" => "list of strings".to_owned(),
        Value::Array(kinds) if kinds.iter().any(|kind| kind == "array") => "list of strings".to_owned(),
        _ => "string".to_owned(),
    }
}
