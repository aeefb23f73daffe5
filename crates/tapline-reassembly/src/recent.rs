//! Copies of the octets that were handed over last, of all connections together: what a repeated segment is
//! held against.
//!
//! ```text
//!   octets   … a a a b b c c c c a a …      one ring; the oldest are overwritten
//!   copies       a1 ── b1 ── c1 ── a2       in order; each knows the one before it of its own stream
//!                 ^─────────────────┘
//! ```
//!
//! One ring and not a buffer a connection: a connection that is idle costs nothing, and in-order octets cost
//! one copy to a place that is warm in the cache.

use std::collections::VecDeque;

use crate::Origin;
use crate::limits::{RECENT_BYTES_MAX, RECENT_STEPS_MAX};
use crate::stream::{Conflict, difference, slice};

/// The octets of one segment.
#[derive(Debug)]
struct Copy {
    /// Where in the ring it begins, counted from the first octet ever kept.
    at: u64,
    offset: u64,
    length: u64,
    origin: Origin,
    /// The number of the copy before it of the same stream; 0: none.
    previous: u64,
}

/// The ring and what stands in it.
#[derive(Debug)]
pub(crate) struct Recent {
    /// Octets of the ring when it is full: a power of two.
    size: usize,
    ring: Vec<u8>,
    /// Octets ever kept.
    kept: u64,
    copies: VecDeque<Copy>,
    /// The number of the oldest copy that is still there, from 1.
    oldest: u64,
}

impl Default for Recent {
    fn default() -> Self {
        Self::of(RECENT_BYTES_MAX)
    }
}

impl Recent {
    /// A ring of at least so many octets.
    pub(crate) fn of(bytes: usize) -> Self {
        let size = bytes.next_power_of_two();
        Self { size, ring: Vec::new(), kept: 0, copies: VecDeque::new(), oldest: 0 }
    }

    /// Keeps octets of the stream whose newest copy is `previous`, and gives their number.
    pub(crate) fn keep(&mut self, previous: u64, offset: u64, octets: &[u8], origin: Origin) -> u64 {
        if octets.len() > self.size {
            return previous;
        }
        let length = octets.len() as u64;
        self.oldest = self.oldest.max(1);
        self.write(octets);
        self.copies.push_back(Copy { at: self.kept, offset, length, origin, previous });
        self.kept += length;
        while self.copies.front().is_some_and(|copy| copy.at + (self.size as u64) < self.kept) {
            self.copies.pop_front();
            self.oldest += 1;
        }
        self.oldest + self.copies.len() as u64 - 1
    }

    fn write(&mut self, octets: &[u8]) {
        let from = self.position(self.kept);
        match self.ring.get_mut(from..from + octets.len()) {
            Some(place) => place.copy_from_slice(octets),
            None => self.write_at_end(octets),
        }
    }

    fn write_at_end(&mut self, octets: &[u8]) {
        // Grows until it is full, so that a short capture does not pay for the whole ring.
        let room = self.size - self.ring.len();
        let (grows, wraps) = octets.split_at(room.min(octets.len()));
        self.ring.extend_from_slice(grows);
        let mut rest = wraps;
        let mut at = self.kept + grows.len() as u64;
        while !rest.is_empty() {
            let from = self.position(at);
            let (part, after) = rest.split_at(rest.len().min(self.size - from));
            if let Some(place) = self.ring.get_mut(from..from + part.len()) {
                place.copy_from_slice(part);
            }
            at += part.len() as u64;
            rest = after;
        }
    }

    /// Where `octets`, which begin at `offset` of the stream with that newest copy, are other ones than were handed
    /// over: the first stretch, from its first such octet to its last in the packet that carried them first. Looks
    /// back over at most [`RECENT_STEPS_MAX`] copies.
    pub(crate) fn differs(&self, newest: u64, offset: u64, octets: &[u8]) -> Option<Conflict> {
        let end = offset + octets.len() as u64;
        let (mut number, mut found) = (newest, None);
        for _ in 0..RECENT_STEPS_MAX {
            let Some(copy) = self.copy(number) else { break };
            let (from, to) = (copy.offset.max(offset), (copy.offset + copy.length).min(end));
            if from < to {
                let again = slice(octets, from - offset, to - offset);
                if let Some((index, length)) = self.difference(copy.at + (from - copy.offset), again) {
                    found = Some(Conflict { offset: from + index, length, first: copy.origin });
                }
            }
            if copy.offset <= offset {
                break;
            }
            number = copy.previous;
        }
        found
    }

    /// From where on, and how far, the ring from `at` on is not `octets`.
    fn difference(&self, at: u64, octets: &[u8]) -> Option<(u64, u64)> {
        let from = self.position(at);
        let (head, tail) = octets.split_at(octets.len().min(self.size - from));
        let kept = |from: usize, length: usize| self.ring.get(from..from + length).unwrap_or_default();
        let (kept_head, kept_tail) = (kept(from, head.len()), kept(0, tail.len()));
        if (kept_head, kept_tail) == (head, tail) {
            return None;
        }
        difference(kept_head.iter().chain(kept_tail), octets)
    }

    fn copy(&self, number: u64) -> Option<&Copy> {
        self.copies.get(usize::try_from(number.checked_sub(self.oldest)?).ok()?)
    }

    /// Where in the ring the octet with that count stands.
    #[expect(clippy::cast_possible_truncation, reason = "smaller than the ring")]
    fn position(&self, at: u64) -> usize {
        (at & (self.size as u64 - 1)) as usize
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(packet: u64) -> Origin {
        Origin { packet, ..Origin::default() }
    }

    #[test]
    fn copies_of_one_stream_are_found_among_those_of_others() {
        let mut recent = Recent::default();
        let a = recent.keep(0, 0, b"abc", at(1));
        let b = recent.keep(0, 0, b"xyz", at(2));
        let a = recent.keep(a, 3, b"def", at(3));
        assert_eq!(recent.differs(a, 0, b"abcdef"), None);
        assert_eq!(recent.differs(a, 1, b"bcdeX"), Some(Conflict { offset: 5, length: 1, first: at(3) }));
        assert_eq!(recent.differs(a, 0, b"Xbcdef"), Some(Conflict { offset: 0, length: 1, first: at(1) }));
        assert_eq!(recent.differs(b, 0, b"xYz"), Some(Conflict { offset: 1, length: 1, first: at(2) }));
        assert_eq!(recent.differs(0, 0, b"none kept"), None);
    }

    #[test]
    fn the_ring_forgets_the_oldest_and_knows_the_rest_across_its_end() {
        let mut recent = Recent::default();
        let size = 1 << 16;
        let (mut newest, mut offset) = (0, 0);
        for round in 0..=u8::try_from(RECENT_BYTES_MAX / size + 1).unwrap() {
            // Not a divisor of the ring: copies lie across its end.
            let octets = vec![round; size - 7];
            newest = recent.keep(newest, offset, &octets, at(u64::from(round) + 1));
            assert_eq!(recent.differs(newest, offset, &octets), None);
            let conflict = recent.differs(newest, offset, &vec![round + 1; size - 7]).unwrap();
            assert_eq!((conflict.offset, conflict.length), (offset, octets.len() as u64));
            offset += octets.len() as u64;
        }
        assert_eq!(recent.ring.len(), RECENT_BYTES_MAX);
        assert!(recent.oldest > 1, "the first copies are gone");
        assert_eq!(recent.differs(newest, 0, b"not comparable"), None);
    }
}
