//! A list in the making: rows are filtered and put in runs, then the runs are merged, each a few rows at a time.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::sort::Key;
use super::{Asked, Entry};
use crate::model::{Rows, item};

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
        let end = u64::from(self.next).saturating_add(budget as u64).min(rows.bound());
        let end = u32::try_from(end).unwrap_or(u32::MAX);
        let mut run = Vec::new();
        for id in self.next..end {
            let Some(row) = rows.get(id).filter(|row| row.record().is_some()) else { continue };
            let holds = match &asked.sifted {
                Some(sifted) => sifted.has(id),
                None => item::holds(&asked.filter, row),
            };
            if holds {
                run.push((asked.sort.key(row), id));
            }
        }
        self.next = end;
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
        // A row is cheap here, and its requests are not more than it.
        for _ in 0..budget.saturating_mul(4) {
            let Some(Reverse((_, id, nth))) = heads.pop() else { return true };
            let id = if asked.reversed { u32::MAX - id } else { id };
            self.ids.push(id);
            if asked.requests {
                unfold(rows, asked, id, &mut self.entries);
            }
            if let Some((key, id)) = self.runs.get_mut(nth).and_then(Iterator::next) {
                heads.push(Reverse(turned(key, id, nth, asked)));
            }
        }
        heads.is_empty()
    }
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
/// itself.
fn unfold(rows: &Rows, asked: &Asked, id: u32, entries: &mut Vec<Entry>) {
    let Some(row) = rows.get(id) else { return };
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
}
