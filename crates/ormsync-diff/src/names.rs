//! Finding the same object under its name in several sources.

use std::collections::HashMap;

use ormsync_dialect::Dialect;

/// One object across the sources: its name and content in each source that has it.
#[derive(Debug, Clone)]
pub(crate) struct NameRow<'a, T> {
    /// By source.
    pub(crate) slots: Vec<Option<(&'a str, T)>>,
}

impl<'a, T: Copy> NameRow<'a, T> {
    /// The name in the first source that has it.
    pub(crate) fn name(&self) -> &'a str {
        self.slots.iter().flatten().next().map_or("", |(name, _)| name)
    }

    /// What the source has under the name.
    pub(crate) fn get(&self, source: usize) -> Option<T> {
        self.slots.get(source).copied().flatten().map(|(_, content)| content)
    }

    /// Whether no source has both.
    pub(crate) fn is_disjoint_from(&self, other: &Self) -> bool {
        self.slots.iter().zip(&other.slots).all(|(left, right)| left.is_none() || right.is_none())
    }

    /// Takes in the other's slots, which must be disjoint.
    fn absorb(&mut self, other: Self) {
        for (slot, taken) in self.slots.iter_mut().zip(other.slots) {
            if taken.is_some() {
                *slot = taken;
            }
        }
    }
}

/// Matches the objects of all sources by name: exactly first, then by the dialect's folding.
pub(crate) fn match_names<'a, T: Copy>(sources: &[Vec<(&'a str, T)>], dialect: &dyn Dialect) -> Vec<NameRow<'a, T>> {
    let mut rows: Vec<NameRow<'a, T>> = Vec::new();
    let mut by_name: HashMap<&str, usize> = HashMap::new();
    for (source, objects) in sources.iter().enumerate() {
        for (name, content) in objects {
            let at = *by_name.entry(name).or_insert_with(|| {
                rows.push(NameRow { slots: vec![None; sources.len()] });
                rows.len() - 1
            });
            rows[at].slots[source] = Some((name, *content));
        }
    }
    fold(rows, dialect)
}

/// Brings together rows whose names the server takes for the same.
fn fold<'a, T: Copy>(rows: Vec<NameRow<'a, T>>, dialect: &dyn Dialect) -> Vec<NameRow<'a, T>> {
    if rows.iter().all(|row| row.slots.iter().all(Option::is_some)) {
        return rows;
    }
    let mut kept: Vec<NameRow<'a, T>> = Vec::new();
    // No folding rule reaches further than letter case, so only such names need asking about.
    let mut by_letters: HashMap<String, Vec<usize>> = HashMap::new();
    for row in rows {
        let alike = by_letters.entry(row.name().to_lowercase()).or_default();
        let same = alike
            .iter()
            .copied()
            .find(|at| kept[*at].is_disjoint_from(&row) && dialect.same_name(kept[*at].name(), row.name()));
        match same {
            Some(at) => kept[at].absorb(row),
            None => {
                alike.push(kept.len());
                kept.push(row);
            }
        }
    }
    kept
}

/// Tables that, as it seems, have two names: references to the one are references to the other.
#[derive(Debug, Clone, Default)]
pub(crate) struct RenamedTables {
    /// The first name, by namespace and second name.
    first: HashMap<(String, String), String>,
}

impl RenamedTables {
    /// Keeps that two names are those of one table.
    pub(crate) fn insert(&mut self, namespace: &str, first: &str, second: &str) {
        self.first.insert((namespace.to_owned(), second.to_owned()), first.to_owned());
    }

    /// Whether two names mean one table of a namespace.
    pub(crate) fn same(&self, dialect: &dyn Dialect, namespace: &str, left: &str, right: &str) -> bool {
        let first = |name: &str| self.first.get(&(namespace.to_owned(), name.to_owned())).cloned();
        left == right
            || dialect.same_name(left, right)
            || (!self.first.is_empty()
                && first(left).as_deref().unwrap_or(left) == first(right).as_deref().unwrap_or(right))
    }
}

/// Whether two names are spelled so alike that one may be meant for the other: `paperId` and `paper_id`,
/// `Organization` and `organizations`.
pub(crate) fn is_similar(left: &str, right: &str) -> bool {
    let (left, right) = (letters(left), letters(right));
    if left.is_empty() || right.is_empty() {
        return false;
    }
    left == right
        || left.strip_suffix('s') == Some(right.as_str())
        || right.strip_suffix('s') == Some(left.as_str())
        || (left.len().min(right.len()) >= 4 && strsim::normalized_damerau_levenshtein(&left, &right) >= 0.8)
}

/// The letters and digits of a name in lower case.
pub(crate) fn letters(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::is_similar;

    #[test]
    fn spellings_of_one_name_are_similar() {
        assert!(is_similar("paperId", "paper_id"));
        assert!(is_similar("Organization", "organization"));
        assert!(is_similar("user", "users"));
        assert!(is_similar("organisation", "organization"));
        assert!(!is_similar("user", "order"));
        assert!(!is_similar("a", "b"));
        assert!(!is_similar("id", "ip"));
    }
}
