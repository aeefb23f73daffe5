//! Which packet carried which octets, for as long as a message may still want to know.

use std::collections::VecDeque;

use tapline_reassembly::{Direction, Origin};

use crate::limits::TRAIL_MAX;

/// The packets of one direction whose octets are not yet part of a finished message.
///
/// The newest is held in place: between two messages it is the only one, and a connection that waits for its
/// next request allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Trail {
    /// End offset of a packet's octets, and the packet; ascending.
    older: VecDeque<(u64, Origin)>,
    newest: Option<(u64, Origin)>,
    /// Octets before it belong to messages that are done.
    settled: u64,
}

/// The trails of both directions.
#[derive(Debug, Default)]
pub(crate) struct Trails([Trail; 2]);

impl Trails {
    pub(crate) fn of(&mut self, direction: Direction) -> &mut Trail {
        let [forward, reverse] = &mut self.0;
        match direction {
            Direction::Forward => forward,
            Direction::Reverse => reverse,
        }
    }
}

impl Trail {
    /// Octets up to `end` came with `origin`.
    pub(crate) fn push(&mut self, end: u64, origin: Origin) {
        let before = self.newest.replace((end, origin));
        let Some(before) = before.filter(|&(end, _)| end > self.settled) else { return };
        if self.older.len() + 1 >= TRAIL_MAX {
            self.older.remove(1);
        }
        self.older.push_back(before);
    }

    /// The packet that carried the octet at `offset`.
    pub(crate) fn at(&self, offset: u64) -> Option<Origin> {
        let index = self.older.partition_point(|&(end, _)| end <= offset);
        self.older.get(index).or(self.newest.as_ref()).map(|&(_, origin)| origin)
    }

    /// Octets before `offset` belong to messages that are done. They are forgotten by the next call of
    /// [`Self::forget`].
    pub(crate) fn settle(&mut self, offset: u64) {
        self.settled = self.settled.max(offset);
    }

    /// Octets from `offset` on belong to messages that are not done after all.
    pub(crate) fn unsettle(&mut self, offset: u64) {
        self.settled = self.settled.min(offset);
    }

    /// Forgets what is settled.
    pub(crate) fn forget(&mut self) {
        while self.older.front().is_some_and(|&(end, _)| end <= self.settled) {
            self.older.pop_front();
        }
        if self.older.is_empty() {
            self.older = VecDeque::new();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn packet(packet: u64) -> Origin {
        Origin { packet, ..Origin::default() }
    }

    #[test]
    fn every_octet_leads_to_its_packet() {
        let mut trail = Trail::default();
        trail.push(10, packet(1));
        trail.push(20, packet(2));
        let found = |trail: &Trail, offset| trail.at(offset).map(|origin| origin.packet);
        assert_eq!([found(&trail, 0), found(&trail, 9), found(&trail, 10)], [Some(1), Some(1), Some(2)]);
        trail.settle(10);
        trail.forget();
        assert_eq!(found(&trail, 10), Some(2));
    }

    #[test]
    fn between_two_messages_nothing_is_held_but_the_newest() {
        let mut trail = Trail::default();
        for n in 1..10 {
            trail.push(n * 10, packet(n));
            trail.settle(n * 10);
            trail.forget();
            assert_eq!((trail.at(n * 10).map(|origin| origin.packet), trail.older.capacity()), (Some(n), 0));
        }
    }

    #[test]
    fn what_is_not_done_after_all_keeps_its_packets() {
        let mut trail = Trail::default();
        trail.push(10, packet(1));
        trail.push(20, packet(2));
        trail.settle(20);
        trail.unsettle(0);
        trail.forget();
        assert_eq!(trail.at(0).map(|origin| origin.packet), Some(1));
        trail.settle(20);
        trail.forget();
        assert_eq!(trail.at(0).map(|origin| origin.packet), Some(2));
    }

    #[test]
    fn a_long_message_keeps_its_first_packet() {
        let mut trail = Trail::default();
        for n in 1..2000 {
            trail.push(n * 10, packet(n));
        }
        assert_eq!(trail.older.len() + 1, TRAIL_MAX);
        assert_eq!(trail.at(0).map(|origin| origin.packet), Some(1));
    }
}
