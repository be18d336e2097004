//! Splitting the text of a type into name, arguments and what follows; shared by the dialects' `types.rs`.

use std::collections::BTreeSet;

use ormsync_schema::{DataType, NamedType, TypeArgument};

/// Parses `name[(argument, …)] [words]` with the words kept as modifiers. Quoted arguments and nested
/// parentheses are not for this function: the result is then unreadable.
pub(crate) fn parse_named(text: &str) -> DataType {
    let text = text.trim();
    let unreadable = || DataType::Unreadable(text.to_owned());
    let (head, arguments, tail) = match text.split_once('(') {
        None => (text, "", ""),
        Some((head, rest)) => match rest.split_once(')') {
            Some((arguments, tail)) => (head, arguments, tail),
            None => return unreadable(),
        },
    };
    let name = head.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if name.is_empty() || tail.contains(['(', ')']) {
        return unreadable();
    }
    let arguments = arguments
        .split(',')
        .map(str::trim)
        .filter(|argument| !argument.is_empty())
        .map(|argument| argument.parse().map_or_else(|_| TypeArgument::Word(argument.to_owned()), TypeArgument::Number))
        .collect();
    let modifiers: BTreeSet<String> = tail.split_whitespace().map(str::to_lowercase).collect();
    DataType::Named(NamedType { name, arguments, modifiers })
}

/// Prints a named type: name, arguments, modifiers.
pub(crate) fn print_named(named: &NamedType) -> String {
    let mut text = named.name.clone();
    if !named.arguments.is_empty() {
        let arguments: Vec<String> = named
            .arguments
            .iter()
            .map(|argument| match argument {
                TypeArgument::Number(number) => number.to_string(),
                TypeArgument::Word(word) => word.clone(),
            })
            .collect();
        text.push('(');
        text.push_str(&arguments.join(","));
        text.push(')');
    }
    for modifier in &named.modifiers {
        text.push(' ');
        text.push_str(modifier);
    }
    text
}
