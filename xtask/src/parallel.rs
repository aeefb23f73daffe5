//! Work on many items, some at the same time.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// How many items are worked on at once, and until when one is begun.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Workers {
    count: usize,
    until: Option<Instant>,
}

impl Workers {
    /// As many as there are cores.
    pub(crate) fn all() -> Self {
        Self::so_many(thread::available_parallelism().map_or(1, NonZero::get))
    }

    /// At least one.
    pub(crate) fn so_many(count: usize) -> Self {
        Self { count: count.max(1), until: None }
    }

    /// Begins no more items after so long.
    pub(crate) fn within(self, budget: Option<Duration>) -> Self {
        Self { until: budget.map(|budget| Instant::now() + budget), ..self }
    }

    /// Begins the items in their order; the results come in it, and those of the last items are missing where the time was up.
    pub(crate) fn work<T: Sync, R: Send>(self, items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
        let next = AtomicUsize::new(0);
        let done = Mutex::new(Vec::with_capacity(items.len()));
        let has_time = || self.until.is_none_or(|until| Instant::now() < until);
        let take = || if has_time() { Some(next.fetch_add(1, Ordering::Relaxed)) } else { None };
        thread::scope(|scope| {
            for _ in 0..self.count {
                scope.spawn(|| {
                    while let Some((index, item)) = take().and_then(|index| Some((index, items.get(index)?)))
                    {
                        let result = work(item);
                        done.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        done.into_iter().map(|(_, result)| result).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_items() {
        let items: Vec<u64> = (0..40).collect();
        let slow_first = |item: &u64| {
            thread::sleep(Duration::from_micros((40 - item) * 50));
            item * 2
        };
        let wanted: Vec<u64> = items.iter().map(|item| item * 2).collect();
        assert_eq!(Workers::so_many(4).work(&items, slow_first), wanted);
        assert_eq!(Workers::so_many(0).work(&items, |item| item * 2), wanted);
    }

    #[test]
    fn nothing_is_begun_when_the_time_is_up() {
        let some = Workers::so_many(2).within(Some(Duration::from_millis(20)));
        let done = some.work(&[(); 100], |()| thread::sleep(Duration::from_millis(10)));
        assert!((2..20).contains(&done.len()), "{}", done.len());
        assert!(Workers::all().within(Some(Duration::ZERO)).work(&[()], |()| ()).is_empty());
    }
}
