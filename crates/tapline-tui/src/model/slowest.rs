//! The exchanges that took longest.

use std::collections::BTreeMap;

use super::ExchangeRow;
use crate::limits::SLOWEST_MAX;

/// The exchanges that took longest: at most [`SLOWEST_MAX`].
#[derive(Default)]
pub(crate) struct Slowest {
    /// By duration and by when they came, the first of equals last.
    by_duration: BTreeMap<(i64, std::cmp::Reverse<u64>), (u32, u32)>,
    taken: u64,
}

impl Slowest {
    /// Takes an exchange: the nth of the connection with this id. Without a response it has no duration.
    pub(crate) fn take(&mut self, exchange: &ExchangeRow, id: u32, nth: u32) {
        let Some(ns) = exchange.duration_ns() else { return };
        self.taken += 1;
        if self.by_duration.len() >= SLOWEST_MAX {
            if self.by_duration.first_key_value().is_some_and(|((least, _), _)| *least >= ns) {
                return;
            }
            self.by_duration.pop_first();
        }
        self.by_duration.insert((ns, std::cmp::Reverse(self.taken)), (id, nth));
    }

    /// Connection and place of each, the slowest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, u32)> {
        self.by_duration.values().rev().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn the_slowest_stay_and_of_equals_the_first_comes_first() {
        let mut slowest = Slowest::default();
        let of = |ms: i64| {
            let mut row = testing::exchange_row();
            row.end = row.start + ms * testing::MS;
            row
        };
        for n in 0..200 {
            slowest.take(&of(i64::from(n % 100)), 7, n);
        }
        let first: Vec<_> = slowest.iter().take(4).map(|(_, nth)| nth).collect();
        assert_eq!(first, [99, 199, 98, 198]);
        assert_eq!(slowest.iter().count(), SLOWEST_MAX);
        let mut unanswered = of(5000);
        unanswered.answered = None;
        slowest.take(&unanswered, 7, 500);
        assert_eq!(slowest.iter().next(), Some((7, 99)));
    }
}
