//! Whether an SQL text speaks of a name. A name that is found and not meant costs nothing but a view or check that is
//! made anew; one that is meant and not found would make a statement fail.

/// Whether `name` stands in `text` as a word of its own, in any case.
pub(super) fn mentions(text: &str, name: &str) -> bool {
    let (text, name) = (text.to_lowercase(), name.to_lowercase());
    if name.is_empty() {
        return false;
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    text.match_indices(&name).any(|(at, found)| {
        let before = text[..at].chars().next_back();
        let behind = text[at + found.len()..].chars().next();
        !before.is_some_and(is_word) && !behind.is_some_and(is_word)
    })
}
