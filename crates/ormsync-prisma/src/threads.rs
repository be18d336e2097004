//! Sharing work among the processor's cores, where there is enough of it.

use std::panic::resume_unwind;
use std::sync::LazyLock;
use std::thread;

/// How many threads there may be. Asking takes longer than reading a small schema.
static MOST: LazyLock<usize> = LazyLock::new(|| thread::available_parallelism().map_or(1, usize::from));

/// How many threads are worth their while, where each should have at least `least` of `items`.
pub(crate) fn worth(items: usize, least: usize) -> usize {
    if items < 2 * least { 1 } else { (items / least).min(*MOST) }
}

/// What comes of `work` on parts of `items`, in order. Each part has at least `least` of them, but for the last.
pub(crate) fn in_parts<'i, T: Sync, R: Send>(
    items: &'i [T],
    least: usize,
    work: impl Fn(&'i [T]) -> R + Sync,
) -> Vec<R> {
    let mut parts = items.chunks(items.len().div_ceil(worth(items.len(), least)).max(1));
    let Some(first) = parts.next() else { return Vec::new() };
    thread::scope(|scope| {
        let work = &work;
        let others: Vec<_> = parts.map(|part| scope.spawn(move || work(part))).collect();
        let first = work(first);
        let others = others.into_iter().map(|thread| thread.join().unwrap_or_else(|panic| resume_unwind(panic)));
        std::iter::once(first).chain(others).collect()
    })
}

/// What comes of two pieces of work, at once where `is_worth`.
pub(crate) fn both<A: Send, B>(is_worth: bool, first: impl FnOnce() -> A + Send, second: impl FnOnce() -> B) -> (A, B) {
    if !is_worth {
        return (first(), second());
    }
    thread::scope(|scope| {
        let first = scope.spawn(first);
        let second = second();
        (first.join().unwrap_or_else(|panic| resume_unwind(panic)), second)
    })
}

/// Gives back the memory of something large while the caller goes on. Where the process ends before, it ends.
pub(crate) fn let_go<T: Send + 'static>(large: T) {
    thread::spawn(move || drop(large));
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
