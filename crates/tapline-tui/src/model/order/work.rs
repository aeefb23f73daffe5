//! A list in the making: rows are filtered and put in runs, then the runs are merged, each a few rows at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::sort::Key;
use super::{Asked, Entry};
use crate::model::{Rows, item};

/// Rows that are merged in the time of looking at one.
const STEPS_A_MERGE: usize = 4;

/// A list in the making.
#[derive(Default)]
pub(super) struct Work {
    /// The id of the row that is looked at next.
    next: u32,
    /// Rows that the filter lets through, each run in order.
    runs: Vec<std::vec::IntoIter<(Key, u32)>>,
    /// The first of each run, once all rows were looked at.
    heads: Option<BinaryHeap<Reverse<(Key, u32, usize)>>>,
    ids: Vec<u32>,
    entries: Vec<Entry>,
}

impl Work {
    /// Goes on for so many rows; whether the list is done.
    pub(super) fn go_on(&mut self, rows: &Rows, asked: &Asked, budget: usize) -> bool {
        if self.heads.is_none() && !self.collect(rows, asked, budget) {
            return false;
        }
        self.merge(rows, asked, budget)
    }

    /// How far it is, in 1/1000.
    pub(super) fn permille(&self, rows: &Rows) -> u16 {
        let all = rows.bound().max(1) * 2;
        let done = u64::from(self.next) + self.ids.len() as u64;
        u16::try_from(done * 1000 / all).unwrap_or(1000).min(1000)
    }

    pub(super) fn into_list(self) -> (Vec<u32>, Vec<Entry>) {
        (self.ids, self.entries)
    }

    /// Looks at rows; whether it has seen all.
    fn collect(&mut self, rows: &Rows, asked: &Asked, budget: usize) -> bool {
        let mut run = Vec::new();
        let mut left = budget;
        while left > 0 && u64::from(self.next) < rows.bound() {
            let id = self.next;
            self.next += 1;
            left -= 1;
            let Some(row) = rows.get(id).filter(|row| row.record().is_some()) else { continue };
            if asks_each(asked) {
                left = left.saturating_sub(row.exchanges().len());
            }
            let holds = match &asked.sifted {
                Some(sifted) => sifted.has(id),
                None => item::holds(&asked.filter, row),
            };
            if holds {
                run.push((asked.sort.key(row), id));
            }
        }
        let key = |&(key, id): &(Key, u32)| (key, id);
        run.sort_unstable_by_key(key);
        if asked.reversed {
            run.reverse();
        }
        if !run.is_empty() {
            self.runs.push(run.into_iter());
        }
        if u64::from(self.next) < rows.bound() {
            return false;
        }
        let mut heads = BinaryHeap::with_capacity(self.runs.len());
        for (nth, run) in self.runs.iter_mut().enumerate() {
            heads.extend(run.next().map(|(key, id)| Reverse(turned(key, id, nth, asked))));
        }
        self.heads = Some(heads);
        true
    }

    /// Merges the runs; whether nothing is left of them.
    fn merge(&mut self, rows: &Rows, asked: &Asked, budget: usize) -> bool {
        let Some(heads) = &mut self.heads else { return false };
        let mut left = budget.saturating_mul(STEPS_A_MERGE);
        while left > 0 {
            left -= 1;
            let Some(Reverse((_, id, nth))) = heads.pop() else { return true };
            let id = if asked.reversed { u32::MAX - id } else { id };
            self.ids.push(id);
            if asked.requests {
                let requests = unfold(rows, asked, id, &mut self.entries);
                let each = if asks_each(asked) { STEPS_A_MERGE } else { 1 };
                left = left.saturating_sub((requests + 1) * each);
            }
            if let Some((key, id)) = self.runs.get_mut(nth).and_then(Iterator::next) {
                heads.push(Reverse(turned(key, id, nth, asked)));
            }
        }
        heads.is_empty()
    }
}

/// Whether the filter is asked of every row and request: that takes many times as long as to look at one.
fn asks_each(asked: &Asked) -> bool {
    asked.sifted.is_none() && !asked.filter.is_empty()
}

/// What the heap compares: the other way round where the list is reversed.
fn turned((first, second): Key, id: u32, nth: usize, asked: &Asked) -> (Key, u32, usize) {
    if asked.reversed {
        ((first.saturating_neg(), second.saturating_neg()), u32::MAX - id, nth)
    } else {
        ((first, second), id, nth)
    }
}

/// A connection and those of its requests that the filter lets through: all of them where it holds for the connection
/// itself. How many requests it has.
fn unfold(rows: &Rows, asked: &Asked, id: u32, entries: &mut Vec<Entry>) -> usize {
    let Some(row) = rows.get(id) else { return 0 };
    entries.push(Entry { id, request: None });
    let all = asked.sifted.is_none() && item::holds_itself(&asked.filter, row);
    for (nth, exchange) in (0_u32..).zip(row.exchanges()) {
        let holds = match &asked.sifted {
            Some(sifted) => sifted.has_request(id, exchange),
            None => all || item::holds_for(&asked.filter, row, exchange),
        };
        if holds {
            entries.push(Entry { id, request: Some(nth) });
        }
    }
    row.exchanges().len()
}
