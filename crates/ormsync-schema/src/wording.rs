//! The words of a source.

/// The words that a source has for what the schema says in normal form, for writers to hand on: Prisma's
/// engine compares expressions letter by letter. They are no part of what is said, so any two are equal,
/// and a snapshot does not keep them.
#[derive(Debug, Clone, Default)]
pub struct Wording(Option<String>);

impl Wording {
    /// These words.
    pub fn of(text: impl Into<String>) -> Self {
        Self(Some(text.into()))
    }

    /// The words, where they are known.
    pub fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

impl PartialEq for Wording {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Wording {}
