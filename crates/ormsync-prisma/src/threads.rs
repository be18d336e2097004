//! Sharing work among the processor's cores, where there is enough of it. The threads stay: memory that one of them
//! gave back is at hand for what it does next.

use rayon::prelude::*;

/// How many parts are worth their while, where each should have at least `least` of `items`.
fn worth(items: usize, least: usize) -> usize {
    if items < 2 * least { 1 } else { (items / least).min(rayon::current_num_threads()) }
}

/// What comes of `work` on parts of `items`, in order. Each part has at least `least` of them, but for the last.
pub(crate) fn in_parts<'i, T: Sync, R: Send>(
    items: &'i [T],
    least: usize,
    work: impl Fn(&'i [T]) -> R + Sync + Send,
) -> Vec<R> {
    match worth(items.len(), least) {
        _ if items.is_empty() => Vec::new(),
        1 => vec![work(items)],
        parts => items.par_chunks(items.len().div_ceil(parts)).map(work).collect(),
    }
}

/// What comes of `work` on each of a few large items, in order.
pub(crate) fn each<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync + Send) -> Vec<R> {
    items.par_iter().with_max_len(1).map(work).collect()
}

/// The two things that come of `work` on each item, in order. Each part has at least `least` items. They are made where they
/// stay: a large list that is only moved costs memory that nothing has touched before.
pub(crate) fn each_in_parts<T: Sync, A: Send, B: Send>(
    items: &[T],
    least: usize,
    work: impl Fn(&T) -> (A, B) + Sync + Send,
) -> (Vec<A>, Vec<B>) {
    match worth(items.len(), least) {
        1 => items.iter().map(work).unzip(),
        _ => {
            let (mut first, mut second) = (Vec::new(), Vec::new());
            items.par_iter().with_min_len(least).map(work).unzip_into_vecs(&mut first, &mut second);
            (first, second)
        }
    }
}

/// What comes of two pieces of work, at once where `is_worth`.
pub(crate) fn both<A: Send, B: Send>(
    is_worth: bool,
    first: impl FnOnce() -> A + Send,
    second: impl FnOnce() -> B + Send,
) -> (A, B) {
    if is_worth { rayon::join(first, second) } else { (first(), second()) }
}

/// Gives back the memory of something large while the caller goes on. Where the process ends before, it ends.
pub(crate) fn let_go<T: Send + 'static>(large: T) {
    rayon::spawn(move || drop(large));
}

#[cfg(test)]
mod tests {
    use super::in_parts;

    #[test]
    fn parts_come_back_in_order() {
        let numbers: Vec<usize> = (0..1_000).collect();
        for least in [1, 10, 400, 2_000] {
            let doubled: Vec<usize> =
                in_parts(&numbers, least, |part| part.iter().map(|it| it * 2).collect::<Vec<_>>())
                    .into_iter()
                    .flatten()
                    .collect();
            assert!(doubled.iter().enumerate().all(|(at, it)| *it == at * 2) && doubled.len() == 1_000);
        }
        assert!(in_parts(&[] as &[usize], 1, <[usize]>::len).is_empty());
    }
}
