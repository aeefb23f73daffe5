//! The most telling rows of a long list, without keeping the list.

use crate::limits::ROWS_MAX;

/// How telling a row is: severity first, then size.
pub(crate) type Score = (u8, i64);

/// At most so many rows, or what there is memory for: the highest scores, in the order in which they came.
pub(crate) struct Shortlist<T> {
    rows_max: usize,
    rows: Vec<(Score, u64, T)>,
    /// Rows that score no more are not among the highest.
    least: Option<Score>,
    total: u64,
}

impl<T> Shortlist<T> {
    pub(crate) fn new(rows_max: usize) -> Self {
        Self { rows_max, rows: Vec::new(), least: None, total: 0 }
    }

    /// Counts a row, and keeps it while it is one of the highest. Of equal ones the first are.
    pub(crate) fn push(&mut self, score: Score, row: impl FnOnce() -> T) {
        let place = self.total;
        self.total += 1;
        if self.least.is_some_and(|least| score <= least) {
            return;
        }
        self.rows.push((score, place, row()));
        if self.rows.len() > 2 * ROWS_MAX && !tapline_memory::has_room() {
            self.rows_max = self.rows_max.min(self.rows.len() / 2);
        }
        // Twice the wanted rows before a cut: each row is looked at a constant number of times.
        if self.rows.len() >= self.rows_max.saturating_mul(2).max(2) {
            self.cut();
        }
    }

    /// The rows that are kept so far.
    pub(crate) fn rows(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|(_, _, row)| row)
    }

    /// Rows seen.
    pub(crate) fn total(&self) -> u64 {
        self.total
    }

    /// The rows to print.
    pub(crate) fn into_rows(mut self) -> Vec<T> {
        self.cut();
        self.rows.sort_unstable_by_key(|&(_, place, _)| place);
        self.rows.into_iter().map(|(_, _, row)| row).collect()
    }

    fn cut(&mut self) {
        if self.rows.len() > self.rows_max {
            self.rows.sort_unstable_by_key(|&(score, place, _)| (std::cmp::Reverse(score), place));
            self.rows.truncate(self.rows_max);
            self.least = self.rows.last().map(|&(score, ..)| score);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_scores_stay_in_order() {
        let mut list = Shortlist::new(3);
        for n in [5, 1, 9, 2, 7, 3, 8] {
            list.push((0, n), || n);
        }
        list.push((1, 0), || 0);
        assert_eq!(list.total(), 8);
        assert_eq!(list.into_rows(), [9, 8, 0]);
    }

    #[test]
    fn equal_rows_are_the_first_ones() {
        let mut list = Shortlist::new(2);
        for n in 0..100 {
            list.push((0, 0), || n);
        }
        assert_eq!(list.into_rows(), [0, 1]);
    }
}
