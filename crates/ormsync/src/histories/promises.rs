//! Tables that a migration's header says it creates, the comments before its first statement or the docstring of a revision:
//! each has to be there behind it.

use ormsync_schema::{Diagnostic, Schema};

use super::Histories;

/// Tables that headers name and that are not there.
pub(super) fn broken(histories: &Histories) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    if let Some(prisma) = &histories.prisma {
        for migration in &prisma.migrations {
            let missing = missing(histories, "prisma", &migration.name, &header(&migration.text));
            if !missing.is_empty() {
                let message = format!(
                    "Prisma: the header of {} says that it creates {}, and it does not",
                    migration.name,
                    missing.join(", ")
                );
                let help = "write another migration that creates what is missing; the header alone can't be corrected where the \
                            migration was applied";
                let place = super::start_of(&migration.origin);
                found.push(Diagnostic::warning("migration-promise", message, place).with_help(help));
            }
        }
    }
    for revision in histories.alembic.iter().flat_map(|(_, alembic)| &alembic.revisions) {
        let lines: Vec<String> = revision.docstring.lines().map(|line| line.trim().to_owned()).collect();
        let missing = missing(histories, "alembic", &revision.id, &lines);
        let migration = histories.alembic.as_ref().and_then(|(_, alembic)| alembic.history.migration(&revision.id));
        if let Some(migration) = migration.filter(|_| !missing.is_empty()) {
            let message = format!(
                "Alembic: the docstring of {} says that it creates {}, and it does not",
                revision.id,
                missing.join(", ")
            );
            let help = "write another revision that creates what is missing, or correct the docstring";
            let place = super::start_of(&migration.origin);
            found.push(Diagnostic::warning("migration-promise", message, place).with_help(help));
        }
    }
    found
}

/// The tables that the lines of a header name and that are not there, neither before nor behind the migration.
fn missing(histories: &Histories, history: &str, id: &str, header: &[String]) -> Vec<String> {
    let Some(effect) = histories.effects.of(history, id) else { return Vec::new() };
    // A statement that was not understood may make them.
    if !effect.problems.is_empty() {
        return Vec::new();
    }
    let is_missing = |name: &String| !has_table(&effect.after, name) && !has_table(&effect.before, name);
    promised(header).into_iter().filter(is_missing).collect()
}

fn has_table(schema: &Schema, name: &str) -> bool {
    schema.tables().any(|(_, other, _)| other.eq_ignore_ascii_case(name))
}

/// The comments before the first statement, without their marks.
fn header(text: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut is_block = false;
    for line in text.lines().map(str::trim) {
        let begins_block = line.starts_with("/*");
        if !(is_block || begins_block || line.starts_with("--") || line.is_empty()) {
            break;
        }
        is_block = (is_block || begins_block) && !line.ends_with("*/");
        let plain = line.trim_start_matches("/*").trim_end_matches("*/").trim_start_matches("--");
        lines.push(plain.trim_start().trim_end().to_owned());
    }
    lines
}

/// The tables of `Creates tables: a, b` and of a list of items behind such a line.
fn promised(header: &[String]) -> Vec<String> {
    let mut names = Vec::new();
    let mut is_list = false;
    for line in header {
        let lower = line.to_lowercase();
        let item = line.strip_prefix(['-', '*', '•']).map(str::trim);
        if let (true, Some(item)) = (is_list, item) {
            names.extend(item.split_whitespace().next().and_then(name_of));
            continue;
        }
        is_list = false;
        let Some((before, behind)) = lower.split_once(':').and_then(|(before, _)| line.split_at_checked(before.len()))
        else {
            continue;
        };
        let words: Vec<String> =
            before.to_lowercase().split(|letter: char| !letter.is_alphanumeric()).map(str::to_owned).collect();
        let says = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
        // `-- CreateTable` is the engine's own, and names nothing.
        if !says(&["table", "tables"]) || says(&["drop", "drops", "remove", "removes", "no", "not", "alter", "alters"])
        {
            continue;
        }
        let behind = behind.trim_start_matches(':').trim().trim_end_matches('.');
        if behind.is_empty() {
            is_list = true;
            continue;
        }
        // A sentence is no list of names.
        let listed: Option<Vec<String>> =
            behind.split([',', '&']).map(|part| name_of(part.trim().trim_start_matches("and ").trim())).collect();
        names.extend(listed.unwrap_or_default());
    }
    names
}

/// A name, without the quotes around it.
fn name_of(text: &str) -> Option<String> {
    let name = text.trim_matches(['"', '`', '\'', ',', ';', ':']);
    let begins = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
    let is_name = begins && name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '_');
    is_name.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::{header, promised};

    #[test]
    fn tables_that_headers_name() {
        let told = |text: &str| promised(&header(text));
        assert_eq!(told("-- Creates tables: users, \"order_items\" and\nCREATE TABLE x (id INT);"), ["users"; 0]);
        assert_eq!(told("-- Creates tables: users, order_items\n"), ["users", "order_items"]);
        assert_eq!(
            told("/*\n  New tables:\n  - carts (of the shop)\n  - cart_items\n\n  Why: because\n*/\n"),
            ["carts", "cart_items"]
        );
        assert_eq!(told("-- CreateTable\nCREATE TABLE a (id INT);"), [""; 0]);
        assert_eq!(told("-- Tables that nobody reads: see the wiki for which\n"), [""; 0]);
        assert_eq!(told("-- Drops tables: a, b\n"), [""; 0]);
    }
}
