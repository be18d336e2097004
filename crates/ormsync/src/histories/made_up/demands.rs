//! What the checks of a table demand of the values of its columns.

use std::collections::BTreeMap;

use ormsync_dialect::{Comparison, Constant, Demand, Dialect};
use ormsync_schema::Table;

/// What a column's values have to be.
#[derive(Debug, Clone, Default)]
pub(super) struct Demands {
    /// One of these, as SQL; none: anything.
    pub(super) among: Option<Vec<String>>,
    /// At least, and whether that itself counts.
    pub(super) low: Option<(f64, bool)>,
    /// At most, likewise.
    pub(super) high: Option<(f64, bool)>,
    /// At least so many letters.
    pub(super) shortest: Option<usize>,
    /// At most so many.
    pub(super) longest: Option<usize>,
    /// How many other columns of the row it has to be larger than.
    pub(super) rank: usize,
    /// The largest rank in the row.
    pub(super) ranks: usize,
}

/// The demands on the columns of a table.
pub(super) fn of(table: &Table, dialect: &dyn Dialect) -> BTreeMap<String, Demands> {
    let mut all: BTreeMap<String, Demands> = BTreeMap::new();
    // Pairs of which the first has to be the smaller one.
    let mut pairs: Vec<(String, String)> = Vec::new();
    for check in table.checks.iter().filter(|check| !check.not_enforced) {
        for demand in dialect.demands(&check.expression.text) {
            match demand {
                Demand::Among { column, values } => {
                    let values = values.iter().map(|value| text_of(value, dialect)).collect();
                    all.entry(column).or_default().among = Some(values);
                }
                Demand::Compared { column, operator, value } => {
                    let demands = all.entry(column).or_default();
                    demands.bound(operator, value);
                }
                Demand::Length { column, operator, letters } => {
                    all.entry(column).or_default().measure(operator, letters);
                }
                Demand::Ordered { left, operator, right } => match operator {
                    Comparison::Less | Comparison::LessOrEqual | Comparison::Different => pairs.push((left, right)),
                    Comparison::Greater | Comparison::GreaterOrEqual => pairs.push((right, left)),
                    // Columns of one type have the same value in a row anyway.
                    Comparison::Equal => {}
                },
            }
        }
    }
    order(&mut all, &pairs);
    all
}

fn text_of(constant: &Constant, dialect: &dyn Dialect) -> String {
    match constant {
        Constant::Number(number) => number.clone(),
        Constant::Text(text) => dialect.quote_text(text),
        Constant::Boolean(value) => value.to_string(),
    }
}

impl Demands {
    fn bound(&mut self, operator: Comparison, value: f64) {
        let is_tighter = |known: Option<(f64, bool)>, tighter: fn(f64, f64) -> bool| {
            known.is_none_or(|(known, _)| tighter(value, known))
        };
        match operator {
            Comparison::Greater | Comparison::GreaterOrEqual if is_tighter(self.low, |new, old| new >= old) => {
                self.low = Some((value, operator == Comparison::GreaterOrEqual));
            }
            Comparison::Less | Comparison::LessOrEqual if is_tighter(self.high, |new, old| new <= old) => {
                self.high = Some((value, operator == Comparison::LessOrEqual));
            }
            _ => {}
        }
    }

    fn measure(&mut self, operator: Comparison, letters: f64) {
        // More letters than anybody writes are no demand.
        let letters = if (0.0..=1e6).contains(&letters) { letters.ceil() as usize } else { return };
        match operator {
            Comparison::Greater => self.shortest = self.shortest.max(Some(letters + 1)),
            Comparison::GreaterOrEqual => self.shortest = self.shortest.max(Some(letters)),
            Comparison::Less => self.longest = Some(self.longest.unwrap_or(usize::MAX).min(letters.saturating_sub(1))),
            Comparison::LessOrEqual => self.longest = Some(self.longest.unwrap_or(usize::MAX).min(letters)),
            Comparison::Equal => (self.shortest, self.longest) = (Some(letters), Some(letters)),
            Comparison::Different => {}
        }
    }
}

/// Gives each column of a pair its rank, and both what is known of either's bounds.
fn order(all: &mut BTreeMap<String, Demands>, pairs: &[(String, String)]) {
    // As many rounds as a chain of pairs may be long: what goes round in a circle ends, too.
    for _ in 0..=pairs.len() {
        for (small, large) in pairs {
            let smaller = all.entry(small.clone()).or_default().clone();
            let larger = all.entry(large.clone()).or_default();
            larger.rank = larger.rank.max(smaller.rank + 1).min(pairs.len());
            if let Some((low, counts)) = smaller.low {
                larger.bound(if counts { Comparison::GreaterOrEqual } else { Comparison::Greater }, low);
            }
            let larger = larger.clone();
            if let Some((high, counts)) = larger.high {
                let bound = if counts { Comparison::LessOrEqual } else { Comparison::Less };
                all.entry(small.clone()).or_default().bound(bound, high);
            }
        }
    }
    let ranks = all.values().map(|demands| demands.rank).max().unwrap_or_default();
    for (small, large) in pairs {
        for name in [small, large] {
            all.entry(name.clone()).or_default().ranks = ranks;
        }
    }
}
