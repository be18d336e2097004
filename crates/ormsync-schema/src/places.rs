//! Narrower places of single facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::{Fact, Origin};

/// Where single facts of an object are said: few, so they lie in a list that is as long as it has to be. (A schema has
/// tens of thousands of columns, and a map takes memory for eleven facts at each.) It is written as a map.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(from = "BTreeMap<Fact, Origin>")]
pub struct Places(Vec<(Fact, Origin)>);

impl Places {
    /// Room for so many.
    pub fn with_capacity(count: usize) -> Self {
        Self(Vec::with_capacity(count))
    }

    /// Says where a fact is said; of several places the last counts.
    pub fn insert(&mut self, fact: Fact, origin: Origin) {
        match self.0.binary_search_by_key(&fact, |(known, _)| *known) {
            Ok(at) => self.0[at].1 = origin,
            Err(at) => self.0.insert(at, (fact, origin)),
        }
    }

    /// Where a fact is said, if that is known.
    pub fn get(&self, fact: &Fact) -> Option<&Origin> {
        self.0.iter().find(|(known, _)| known == fact).map(|(_, origin)| origin)
    }

    /// Forgets where a fact is said.
    pub fn remove(&mut self, fact: &Fact) {
        self.0.retain(|(known, _)| known != fact);
    }

    /// Forgets all places.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Whether no place is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<BTreeMap<Fact, Origin>> for Places {
    fn from(places: BTreeMap<Fact, Origin>) -> Self {
        Self(places.into_iter().collect())
    }
}

impl Serialize for Places {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(fact, origin)| (fact, origin)))
    }
}
