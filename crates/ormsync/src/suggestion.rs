//! "Did you mean": the known word nearest to one that is not known.

/// How alike two words must be (0 to 1) for one to be suggested for the other.
const ALIKE: f64 = 0.7;

/// The one of `known` that was probably meant by `word`.
pub(crate) fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let scored = known.into_iter().map(|candidate| (strsim::jaro_winkler(&word, candidate), candidate));
    let alike = scored.filter(|(likeness, _)| *likeness >= ALIKE);
    alike.max_by(|(left, _), (right, _)| left.total_cmp(right)).map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_words() {
        assert_eq!(nearest("modles", ["models", "alembic"]), Some("models"));
        assert_eq!(nearest("zzz", ["models", "alembic"]), None);
    }
}
