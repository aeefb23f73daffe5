//! The ids of a shard's connections in the whole capture.

use std::collections::VecDeque;

use foldhash::fast::RandomState;
use hashbrown::HashMap;

use crate::limits::IDS_WINDOW;

/// From ids in a shard, which are given in the order of first packets, to ids in the capture.
///
/// The newest are found by counting, the others by a hash if they have not left: nothing grows with the number of
/// connections that were ever seen.
#[derive(Default)]
pub(super) struct Ids {
    /// The id in the shard of the first in `newest`.
    first: u64,
    newest: VecDeque<Known>,
    older: HashMap<u64, u64, RandomState>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    in_capture: u64,
    left: bool,
}

impl Ids {
    /// The shard's next connection.
    pub(super) fn push(&mut self, in_capture: u64) {
        if self.newest.len() >= IDS_WINDOW
            && let Some(known) = self.newest.pop_front()
        {
            if !known.left {
                self.older.insert(self.first, known.in_capture);
            }
            self.first += 1;
        }
        self.newest.push_back(Known { in_capture, left: false });
    }

    /// The id in the capture; `None` where the connection left long ago.
    pub(super) fn in_capture(&self, id: u64) -> Option<u64> {
        match self.index(id) {
            Some(index) => self.newest.get(index).map(|known| known.in_capture),
            None => self.older.get(&id).copied(),
        }
    }

    /// A connection left the table. Its id is still known for a while: another one may be a second view of it.
    pub(super) fn leave(&mut self, id: u64) {
        match self.index(id) {
            Some(index) => {
                if let Some(known) = self.newest.get_mut(index) {
                    known.left = true;
                }
            }
            None => {
                self.older.remove(&id);
            }
        }
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
        assert_eq!((ids.newest.len(), ids.older.len()), (IDS_WINDOW, (2 * IDS_WINDOW).div_ceil(100)));
        ids.leave(100);
        assert_eq!(ids.in_capture(100), None);
    }
}
