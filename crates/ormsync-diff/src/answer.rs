//! What sources answer to one question, and how the answers fall into groups.

/// What one source answers to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Said<T> {
    /// It says this.
    Value(T),
    /// It could say something and has nothing there.
    Nothing,
    /// It has no say: no words for it, not understood, or none of its business. Never equal, never drift.
    Silent,
}

impl<T> Said<T> {
    /// The value, if there is one.
    pub(crate) fn value(&self) -> Option<&T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Nothing | Self::Silent => None,
        }
    }

    /// Whether the source has a say.
    pub(crate) fn has_say(&self) -> bool {
        !matches!(self, Self::Silent)
    }

    /// A value, or nothing.
    pub(crate) fn from_option(value: Option<T>) -> Self {
        value.map_or(Self::Nothing, Self::Value)
    }
}

/// What two values are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// They agree.
    Same,
    /// They do not.
    Different,
    /// It can't be told.
    Unknown,
}

impl Relation {
    /// `Same` or `Different`.
    pub(crate) fn of_equality(same: bool) -> Self {
        if same { Self::Same } else { Self::Different }
    }

    /// What two parts together say: different if one of them is, same if both are.
    pub(crate) fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Different, _) | (_, Self::Different) => Self::Different,
            (Self::Unknown, _) | (_, Self::Unknown) => Self::Unknown,
            (Self::Same, Self::Same) => Self::Same,
        }
    }
}

/// Sources grouped by what they answer; at least two groups.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Groups {
    /// The sources of each group, by index, in the order of the sources. The biggest group comes first;
    /// of equally big ones the one whose first source comes first.
    pub(crate) members: Vec<Vec<usize>>,
    /// The group of those that have nothing there.
    pub(crate) nothing: Option<usize>,
    /// Sources that would have a say, but could not be compared with the rest.
    pub(crate) unknown: Vec<usize>,
}

impl Groups {
    /// The group a source is in.
    pub(crate) fn of(&self, source: usize) -> Option<usize> {
        self.members.iter().position(|group| group.contains(&source))
    }

    /// The number of sources that answer.
    pub(crate) fn answering(&self) -> usize {
        self.members.iter().map(Vec::len).sum()
    }
}

/// Groups answers by equality; `None` when no two of them differ.
///
/// `relate` need not be transitive where it answers [`Relation::Unknown`]: a source that can't be
/// compared with others that differ among themselves is set aside, so that it neither hides their
/// difference nor takes a side.
pub(crate) fn group<T>(answers: &[Said<T>], relate: impl Fn(&T, &T) -> Relation) -> Option<Groups> {
    let relation = |left: usize, right: usize| match (&answers[left], &answers[right]) {
        (Said::Value(left), Said::Value(right)) => relate(left, right),
        (Said::Nothing, Said::Nothing) => Relation::Same,
        _ => Relation::Different,
    };
    let mut asked: Vec<usize> = (0..answers.len()).filter(|source| answers[*source].has_say()).collect();
    let (first, rest) = asked.split_first()?;
    if rest.iter().all(|source| relation(*first, *source) == Relation::Same) {
        return None;
    }
    let doubts = |source: usize| {
        asked.iter().filter(|other| **other != source && relation(source, **other) == Relation::Unknown).count()
    };
    let doubtful: Vec<usize> = asked.iter().map(|source| doubts(*source)).collect();
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by_key(|position| (doubtful[*position], *position));
    asked = order.into_iter().map(|position| asked[position]).collect();

    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut unknown = Vec::new();
    for source in asked {
        let relations: Vec<Relation> = members.iter().map(|group| relation(group[0], source)).collect();
        if let Some(same) = relations.iter().position(|relation| *relation == Relation::Same) {
            members[same].push(source);
        } else if relations.contains(&Relation::Unknown) {
            unknown.push(source);
        } else {
            members.push(vec![source]);
        }
    }
    if members.len() < 2 {
        return None;
    }
    for group in &mut members {
        group.sort_unstable();
    }
    members.sort_by_key(|group| (std::cmp::Reverse(group.len()), group[0]));
    let nothing = members.iter().position(|group| matches!(answers[group[0]], Said::Nothing));
    unknown.sort_unstable();
    Some(Groups { members, nothing, unknown })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_text(answers: &[Said<&str>]) -> Option<Groups> {
        group(answers, |left, right| {
            if left == right {
                Relation::Same
            } else if left.starts_with('?') || right.starts_with('?') {
                Relation::Unknown
            } else {
                Relation::Different
            }
        })
    }

    #[test]
    fn agreement_is_no_group() {
        assert_eq!(by_text(&[]), None);
        assert_eq!(by_text(&[Said::Value("a")]), None);
        assert_eq!(by_text(&[Said::Value("a"), Said::Silent, Said::Value("a")]), None);
        assert_eq!(by_text(&[Said::Nothing, Said::Silent, Said::Nothing]), None);
    }

    #[test]
    fn the_bigger_group_comes_first() {
        let groups = by_text(&[Said::Value("b"), Said::Value("a"), Said::Value("a")]).expect("they differ");
        assert_eq!(groups.members, vec![vec![1, 2], vec![0]]);
        assert_eq!(groups.nothing, None);
    }

    #[test]
    fn nothing_is_an_answer_and_silence_is_none() {
        let groups = by_text(&[Said::Nothing, Said::Silent, Said::Value("a")]).expect("they differ");
        assert_eq!(groups.members, vec![vec![0], vec![2]]);
        assert_eq!(groups.nothing, Some(0));
    }

    #[test]
    fn an_unknown_answer_neither_differs_nor_hides() {
        assert_eq!(by_text(&[Said::Value("?x"), Said::Value("a")]), None);
        let groups = by_text(&[Said::Value("?x"), Said::Value("a"), Said::Value("b")]).expect("a and b differ");
        assert_eq!(groups.members, vec![vec![1], vec![2]]);
        assert_eq!(groups.unknown, vec![0]);
    }
}
