//! The ids of a shard's connections in the whole capture.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::limits::IDS_WINDOW;

/// From ids in a shard, which are given in the order of first packets, to ids in the capture.
///
/// They stand in a queue, found by counting, as long as many of its connections are there; the few old ones that
/// outlive all others are found by a hash. Nothing grows with the number of connections that were ever seen.
#[derive(Default)]
pub(super) struct Ids {
    /// The id in the shard of the first in `queue`.
    first: u64,
    /// Ids in the capture, times two, and one more when the connection has left: a million may be open.
    queue: VecDeque<u64>,
    /// How many in `queue` have not left.
    there: usize,
    older: HashMap<u64, u64, RandomState>,
}

impl Ids {
    /// The shard's next connection.
    pub(super) fn push(&mut self, in_capture: u64) {
        self.queue.push_back(in_capture << 1);
        self.there += 1;
        let has_left = |known: &u64| known & 1 == 1;
        while self.queue.len() > IDS_WINDOW
            && (self.there < self.queue.len() / 4 || self.queue.front().is_some_and(has_left))
        {
            self.forget_first();
        }
    }

    /// The id in the capture; `None` where the connection left long ago.
    pub(super) fn in_capture(&self, id: u64) -> Option<u64> {
        match self.index(id) {
            Some(index) => self.queue.get(index).map(|known| known >> 1),
            None => self.older.get(&id).copied(),
        }
    }

    /// A connection left the table. Its id is still known for a while: another one may be a second view of it.
    pub(super) fn leave(&mut self, id: u64) {
        match self.index(id) {
            Some(index) => {
                if let Some(known) = self.queue.get_mut(index).filter(|known| **known & 1 == 0) {
                    *known |= 1;
                    self.there -= 1;
                }
            }
            None => {
                self.older.remove(&id);
            }
        }
    }

    fn forget_first(&mut self) {
        let Some(known) = self.queue.pop_front() else { return };
        if known & 1 == 0 {
            self.older.insert(self.first, known >> 1);
            self.there -= 1;
        }
        self.first += 1;
    }

    fn index(&self, id: u64) -> Option<usize> {
        usize::try_from(id.checked_sub(self.first)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_newest_and_those_that_have_not_left_are_held() {
        let mut ids = Ids::default();
        let count = 3 * IDS_WINDOW as u64;
        for id in 0..count {
            ids.push(id * 16 + 3);
            if id % 100 != 0 {
                ids.leave(id);
            }
        }
        for id in (0..count).step_by(100).chain(count - IDS_WINDOW as u64..count) {
            assert_eq!(ids.in_capture(id), Some(id * 16 + 3));
        }
        assert_eq!((ids.in_capture(1), ids.in_capture(count)), (None, None));
        assert_eq!((ids.queue.len(), ids.older.len()), (IDS_WINDOW, (2 * IDS_WINDOW).div_ceil(100)));
        ids.leave(100);
        assert_eq!(ids.in_capture(100), None);
    }

    #[test]
    fn connections_that_are_all_there_are_counted_and_not_hashed() {
        let mut ids = Ids::default();
        let count = 3 * IDS_WINDOW as u64;
        for id in 0..count {
            ids.push(id + 7);
        }
        assert_eq!((ids.older.len(), ids.in_capture(0)), (0, Some(7)));
        for id in 0..count {
            ids.leave(id);
        }
        ids.push(1);
        assert_eq!((ids.queue.len(), ids.there), (IDS_WINDOW, 1));
    }
}
