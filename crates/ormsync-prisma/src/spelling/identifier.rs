//! Names that Prisma's language can have, of names that databases can have.

/// A name for a field or model: letters, digits and `_`, a letter first.
pub(crate) fn of(name: &str) -> String {
    let clean: String = name.chars().map(|character| if is_part(character) { character } else { '_' }).collect();
    let clean = clean.trim_start_matches(|character: char| !character.is_alphabetic());
    if clean.is_empty() {
        format!("x{}", name.chars().filter(|c| is_part(*c)).collect::<String>())
    } else {
        clean.to_owned()
    }
}

fn is_part(character: char) -> bool {
    character == '_' || character.is_ascii_digit() || character.is_alphabetic()
}

/// An extension as `extensions` lists it.
pub(crate) fn extension(name: &str) -> String {
    let plain = of(name);
    if plain == name { plain } else { format!("{plain}(map: {})", crate::syntax::quote(name)) }
}

/// `user_account` and `userAccount` as `UserAccount`.
pub(crate) fn pascal(name: &str) -> String {
    let mut pascal = String::new();
    let mut at_start = true;
    for character in of(name).chars() {
        if character == '_' {
            at_start = true;
        } else if at_start {
            pascal.extend(character.to_uppercase());
            at_start = false;
        } else {
            pascal.push(character);
        }
    }
    pascal
}

/// The field that leads where a foreign key column points: `userId` and `user_id` make `user`.
pub(crate) fn relation(column: &str, model: &str) -> String {
    let stem = ["_id", "Id", "_ID", "ID"].iter().find_map(|suffix| column.strip_suffix(suffix));
    match stem {
        Some(stem) if !stem.is_empty() => of(stem),
        _ => {
            let mut characters = model.chars();
            let first = characters.next().map(|first| first.to_lowercase().collect::<String>()).unwrap_or_default();
            format!("{first}{}", characters.as_str())
        }
    }
}
