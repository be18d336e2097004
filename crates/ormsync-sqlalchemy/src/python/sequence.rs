//! Slices of texts, tuples and lists.

use std::rc::Rc;

use ruff_python_ast::{Expr, ExprSlice};

use crate::python::attribute::PYTHON_VERSION;
use crate::python::evaluator::{Evaluator, Frame};
use crate::python::value::{Place, Value};

impl<'a> Evaluator<'a> {
    /// `items[1:-1]`, `name[::-1]`.
    pub(super) fn slice(
        &mut self,
        frame: &Frame<'a>,
        object: Value<'a>,
        slice: &'a ExprSlice,
        place: Place,
    ) -> Value<'a> {
        // `sys.version_info[:2]` is compared as the whole is.
        let is_version = matches!(&object, Value::External(path) if path.as_ref() == PYTHON_VERSION);
        if is_version || matches!(object, Value::Opaque(_)) {
            return object;
        }
        let unknown = || Value::opaque("the bounds of a slice cannot be known", place);
        let Some(items) = self.iterate(&object, place) else { return unknown() };
        let mut bounds = [None, None, None];
        for (bound, expression) in bounds.iter_mut().zip([&slice.lower, &slice.upper, &slice.step]) {
            let Some(expression) = expression else { continue };
            match self.bound(frame, expression) {
                Ok(number) => *bound = number,
                Err(()) => return unknown(),
            }
        }
        let Some(positions) = positions(items.len(), bounds[0], bounds[1], bounds[2].unwrap_or(1)) else {
            return unknown();
        };
        let chosen = positions.into_iter().filter_map(|position| items.get(position).cloned());
        match object {
            Value::Text(_) => Value::text(
                &chosen.filter_map(|item| item.value.as_text()).map(|text| text.to_string()).collect::<String>(),
            ),
            Value::Tuple(_) => Value::Tuple(Rc::new(chosen.collect())),
            _ => Value::list(chosen.collect()),
        }
    }

    fn bound(&mut self, frame: &Frame<'a>, expression: &'a Expr) -> Result<Option<i64>, ()> {
        match self.evaluate(frame, expression) {
            Value::None => Ok(None),
            other => other.as_integer().map(Some).ok_or(()),
        }
    }
}

/// The positions that a slice chooses of `length` items, as Python's `slice.indices` does.
fn positions(length: usize, lower: Option<i64>, upper: Option<i64>, step: i64) -> Option<Vec<usize>> {
    let length = i64::try_from(length).ok()?;
    let (first, last) = if step > 0 { (0, length) } else { (-1, length - 1) };
    let clamp = |bound: Option<i64>, missing: i64| match bound {
        None => missing,
        Some(bound) if bound < 0 => (bound.saturating_add(length)).clamp(first, last),
        Some(bound) => bound.clamp(first, last),
    };
    let (mut at, end) = match step {
        0 => return None,
        1.. => (clamp(lower, 0), clamp(upper, length)),
        _ => (clamp(lower, length - 1), clamp(upper, -1)),
    };
    let mut positions = Vec::new();
    while (step > 0 && at < end) || (step < 0 && at > end) {
        positions.extend(usize::try_from(at).ok());
        at = at.saturating_add(step);
    }
    Some(positions)
}

#[cfg(test)]
mod tests {
    use super::positions;

    #[test]
    fn slices_choose_what_python_chooses() {
        assert_eq!(positions(5, Some(1), Some(-1), 1), Some(vec![1, 2, 3]));
        assert_eq!(positions(3, None, None, -1), Some(vec![2, 1, 0]));
        assert_eq!(positions(3, Some(-9), Some(9), 2), Some(vec![0, 2]));
        assert_eq!(positions(3, Some(2), Some(0), 1), Some(vec![]));
        assert_eq!(positions(3, None, None, 0), None);
        assert_eq!(positions(4, Some(i64::MIN), Some(i64::MAX), i64::MAX), Some(vec![0]));
    }
}
