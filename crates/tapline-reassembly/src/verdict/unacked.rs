//! Segments that wait for their acknowledgment.

use std::collections::VecDeque;
use std::num::NonZeroU64;

use tapline_packet::Timestamp;

use crate::Origin;
use crate::limits::UNACKED_SEGMENTS_MAX;
use crate::seq::distance;

/// A segment that was sent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sent {
    sequence: u32,
    /// One past its last octet, SYN or FIN counted.
    end: u32,
    /// Packets are numbered from 1, so that none takes no more room than one.
    packet: NonZeroU64,
    at: Timestamp,
}

/// One direction's segments, oldest first. One is held in place, because idle and half-open connections have
/// at most one; the others are allocated when they come.
#[derive(Debug, Default)]
pub(super) struct Unacked {
    oldest: Option<Sent>,
    others: Option<Box<Others>>,
}

#[derive(Debug, Default)]
struct Others {
    list: VecDeque<Sent>,
    /// Neither in the order of their ends nor known to be: an acknowledgment must look at all of them.
    mixed: bool,
}

impl Unacked {
    /// Remembers a segment; `false` where there are too many.
    pub(super) fn push(&mut self, sequence: u32, end: u32, origin: Origin) -> bool {
        let Origin { packet, at } = origin;
        let sent = Sent { sequence, end, packet: NonZeroU64::new(packet).unwrap_or(NonZeroU64::MIN), at };
        if self.oldest.is_none() {
            self.oldest = Some(sent);
            return true;
        }
        let others = self.others.get_or_insert_default();
        if others.list.len() + 1 >= UNACKED_SEGMENTS_MAX {
            return false;
        }
        others.mixed |= others.list.back().is_some_and(|last| distance(last.end, end) < 0);
        others.list.push_back(sent);
        true
    }

    /// Gives back the room of what is acknowledged.
    pub(super) fn shrink(&mut self) {
        self.others.take_if(|others| others.list.is_empty());
    }

    /// The one that waits longest.
    pub(super) fn oldest(&self) -> Option<Origin> {
        self.oldest.map(|sent| sent.origin())
    }

    /// The newest packet that carried all of `sequence..end`.
    pub(super) fn carrier(&self, sequence: u32, end: u32) -> Option<Origin> {
        let covers = |sent: &&Sent| distance(sent.sequence, sequence) >= 0 && distance(end, sent.end) >= 0;
        let others = self.others.iter().flat_map(|others| others.list.iter().rev());
        others.chain(&self.oldest).find(covers).map(Sent::origin)
    }

    /// Forgets what an acknowledgment covers; a segment that it covers in part keeps the rest. Gives where the
    /// segment was sent that ends where the acknowledgment does; where it was sent more than once, nobody can
    /// say which one is acknowledged (RFC 6298 §3, Karn).
    pub(super) fn acknowledge(&mut self, number: u32) -> Option<Origin> {
        let oldest = self.oldest.as_mut()?;
        let mut exact = Exact { number, sent: None, copies: 0 };
        let oldest_waits = exact.keeps(oldest);
        if let Some(others) = &mut self.others {
            others.acknowledge(&mut exact);
        }
        if !oldest_waits {
            self.oldest = self.others.as_mut().and_then(|others| others.list.pop_front());
        }
        exact.sent.filter(|_| exact.copies == 1)
    }
}

impl Others {
    fn acknowledge(&mut self, exact: &mut Exact) {
        if self.mixed {
            self.list.retain_mut(|sent| exact.keeps(sent));
            let (a, b) = self.list.as_slices();
            let ordered = |part: &[Sent]| part.is_sorted_by(|x, y| distance(x.end, y.end) >= 0);
            self.mixed = !(b.is_empty() && ordered(a));
            return;
        }
        while self.list.front_mut().is_some_and(|sent| !exact.keeps(sent)) {
            self.list.pop_front();
        }
    }
}

/// An acknowledgment, and the segments that end where it does.
struct Exact {
    number: u32,
    sent: Option<Origin>,
    copies: u32,
}

impl Exact {
    fn keeps(&mut self, sent: &mut Sent) -> bool {
        if sent.end == self.number {
            self.sent = Some(sent.origin());
            self.copies += 1;
        }
        sent.keeps(self.number)
    }
}

impl Sent {
    fn origin(&self) -> Origin {
        Origin { packet: self.packet.get(), at: self.at }
    }

    /// Whether some of it still waits; what is acknowledged is cut off its front.
    fn keeps(&mut self, number: u32) -> bool {
        let waits = distance(number, self.end) > 0;
        if waits && distance(self.sequence, number) > 0 {
            self.sequence = number;
        }
        waits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(packet: u64) -> Origin {
        Origin { packet, ..Origin::default() }
    }

    fn oldest(unacked: &Unacked) -> Option<u64> {
        unacked.oldest().map(|origin| origin.packet)
    }

    #[test]
    fn an_acknowledgment_removes_what_it_covers_in_any_order() {
        let mut unacked = Unacked::default();
        for (packet, sequence) in [(1, 100), (2, 300), (3, 200), (4, 400)] {
            assert!(unacked.push(sequence, sequence + 100, at(packet)));
        }
        unacked.acknowledge(250);
        assert_eq!(oldest(&unacked), Some(2));
        assert_eq!(unacked.carrier(250, 300).map(|origin| origin.packet), Some(3));
        assert_eq!(unacked.carrier(200, 300), None, "the acknowledged part is cut off");
        unacked.acknowledge(400);
        assert_eq!(oldest(&unacked), Some(4));
        unacked.acknowledge(500);
        assert_eq!(oldest(&unacked), None);
    }

    #[test]
    fn a_round_trip_ends_at_the_segment_that_was_sent_once() {
        let mut unacked = Unacked::default();
        for (packet, sequence) in [(1, 100), (2, 200), (3, 200), (4, 300)] {
            assert!(unacked.push(sequence, sequence + 100, at(packet)));
        }
        assert_eq!(unacked.acknowledge(150), None, "in the middle of a segment");
        assert_eq!(unacked.acknowledge(200), Some(at(1)));
        assert_eq!(unacked.acknowledge(300), None, "sent twice");
        assert_eq!(unacked.acknowledge(400), Some(at(4)));
    }

    #[test]
    fn the_wrap_is_no_end() {
        let mut unacked = Unacked::default();
        unacked.push(u32::MAX - 9, 10, at(1));
        unacked.push(10, 20, at(2));
        unacked.acknowledge(u32::MAX);
        assert_eq!(oldest(&unacked), Some(1));
        unacked.acknowledge(10);
        assert_eq!(oldest(&unacked), Some(2));
    }

    #[test]
    fn there_is_a_limit() {
        let mut unacked = Unacked::default();
        for index in 0..u32::try_from(UNACKED_SEGMENTS_MAX).unwrap() {
            assert!(unacked.push(index, index + 1, at(1)));
        }
        assert!(!unacked.push(5000, 5001, at(2)));
        unacked.acknowledge(1);
        assert!(unacked.push(5000, 5001, at(2)));
    }
}
