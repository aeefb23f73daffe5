//! One direction's octets, put in order.

use std::collections::VecDeque;

use crate::limits::{AHEAD_MAX, PENDING_BYTES_MAX, PENDING_PIECES_MAX};
use crate::{Origin, seq};

/// Why octets will not come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// The receiver acknowledged them: they crossed the network, the capture missed them.
    NotCaptured,
    /// The snapshot length cut them off.
    Cut,
    /// The connection or the capture ended, or the waiting octets reached their limit, before they came.
    NeverSeen,
}

/// What a stream hands over, in order.
pub(crate) enum Piece<'a> {
    Octets { offset: u64, octets: &'a [u8], origin: Origin },
    Gap { offset: u64, length: u64, why: Gap },
}

/// A segment's octets that wait for earlier ones.
#[derive(Debug)]
struct Pending {
    offset: u64,
    /// Octets on the wire: more than `octets.len()` where the snapshot length cut.
    length: u64,
    octets: Box<[u8]>,
    origin: Origin,
}

impl Pending {
    fn end(&self) -> u64 {
        self.offset + self.length
    }
}

/// One direction of a connection. Offset 0 is the first octet after the SYN, or the first octet seen.
#[derive(Debug, Default)]
pub struct Stream {
    /// Sequence number of offset 0.
    start: Option<u32>,
    /// Offset of the next octet to hand over.
    next: u64,
    /// Highest offset that the receiver acknowledged.
    acknowledged: u64,
    /// Offset of the FIN.
    fin: Option<u64>,
    /// Sorted by offset, no two overlap, all behind `next`.
    pending: VecDeque<Pending>,
    pending_bytes: usize,
    /// Octets that never came.
    missing_bytes: u64,
}

impl Stream {
    /// Octets handed over or known to be missing so far.
    pub fn length(&self) -> u64 {
        self.next
    }

    /// Octets that never came.
    pub fn missing_bytes(&self) -> u64 {
        self.missing_bytes
    }

    /// Whether offset 0 is known.
    pub(crate) fn is_started(&self) -> bool {
        self.start.is_some()
    }

    /// Fixes offset 0 unless it is known.
    pub(crate) fn start_at(&mut self, sequence: u32) {
        self.start.get_or_insert(sequence);
    }

    /// Notes an acknowledgment from the other side, which may be for octets never seen. Says whether the FIN
    /// is covered.
    pub(crate) fn acknowledge(&mut self, number: u32) -> bool {
        let Some(start) = self.start else { return false };
        let Ok(offset) = u64::try_from(seq::offset(start, self.next, number)) else { return false };
        if offset <= self.next + AHEAD_MAX {
            self.acknowledged = self.acknowledged.max(offset);
        }
        self.fin.is_some_and(|fin| offset > fin)
    }

    /// Takes a segment's octets: `length` on the wire, of which `octets` were kept.
    pub(crate) fn segment(
        &mut self,
        sequence: u32,
        octets: &[u8],
        length: u32,
        fin: bool,
        origin: Origin,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        let start = *self.start.get_or_insert(sequence);
        let offset = seq::offset(start, self.next, sequence);
        let end = offset.saturating_add(i64::from(length));
        let (Ok(end), true) = (u64::try_from(end), offset <= to_signed(self.next + AHEAD_MAX)) else {
            return;
        };
        if fin && self.fin.is_none() {
            self.fin = Some(end);
        }
        // Octets behind a FIN are nobody's.
        let end = self.fin.map_or(end, |fin| end.min(fin));
        if end <= self.next || length == 0 {
            return;
        }
        // What was handed over stays: the first copy wins.
        let skip = usize::try_from(to_signed(self.next) - offset).unwrap_or(0);
        let offset = u64::try_from(offset).unwrap_or(0).max(self.next);
        let octets = octets.get(skip..).unwrap_or_default();
        let octets = slice(octets, 0, end - offset);
        if offset == self.next && self.pending.front().is_none_or(|first| first.offset >= end) {
            self.hand_over(offset, end - offset, octets, origin, out);
            self.drain(out);
        } else {
            self.hold(offset, end, octets, origin);
            self.drain(out);
            self.give_up_acknowledged(out);
            while self.pending_bytes > PENDING_BYTES_MAX || self.pending.len() > PENDING_PIECES_MAX {
                self.give_up_first(Gap::NeverSeen, out);
            }
        }
    }

    /// Hands over everything that waits; what is missing between is given up.
    pub(crate) fn flush(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while !self.pending.is_empty() {
            let acknowledged = self.pending.front().is_some_and(|first| first.offset <= self.acknowledged);
            self.give_up_first(if acknowledged { Gap::NotCaptured } else { Gap::NeverSeen }, out);
        }
        if let Some(fin) = self.fin.filter(|&fin| fin > self.next) {
            self.skip_to(fin, Gap::NeverSeen, out);
        }
    }

    /// Whether everything up to the FIN was handed over.
    pub(crate) fn is_finished(&self) -> bool {
        self.fin.is_some_and(|fin| fin <= self.next)
    }

    fn hand_over(
        &mut self,
        offset: u64,
        length: u64,
        octets: &[u8],
        origin: Origin,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        if !octets.is_empty() {
            out(Piece::Octets { offset, octets, origin });
        }
        self.next = offset + octets.len() as u64;
        self.skip_to(offset + length, Gap::Cut, out);
    }

    fn skip_to(&mut self, offset: u64, why: Gap, out: &mut dyn FnMut(Piece<'_>)) {
        if offset > self.next {
            let length = offset - self.next;
            out(Piece::Gap { offset: self.next, length, why });
            self.missing_bytes += length;
            self.next = offset;
        }
    }

    /// Hands over what is in order now.
    fn drain(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while self.pending.front().is_some_and(|first| first.offset <= self.next) {
            let Some(piece) = self.pending.pop_front() else { return };
            self.pending_bytes -= piece.octets.len();
            if piece.end() > self.next {
                self.hand_over(piece.offset, piece.length, &piece.octets, piece.origin, out);
            }
        }
    }

    /// The receiver has the octets before the first piece, and later ones have come since it said so: they
    /// are not on their way any more.
    fn give_up_acknowledged(&mut self, out: &mut dyn FnMut(Piece<'_>)) {
        while self.pending.front().is_some_and(|first| first.offset <= self.acknowledged) {
            self.give_up_first(Gap::NotCaptured, out);
        }
    }

    fn give_up_first(&mut self, why: Gap, out: &mut dyn FnMut(Piece<'_>)) {
        if let Some(offset) = self.pending.front().map(|first| first.offset) {
            self.skip_to(offset, why, out);
            self.drain(out);
        }
    }

    /// Keeps the parts of `offset..end` that no held piece covers.
    fn hold(&mut self, mut offset: u64, end: u64, octets: &[u8], origin: Origin) {
        let base = offset;
        let mut index = self.pending.partition_point(|piece| piece.end() <= offset);
        while offset < end {
            let (free_until, covered_until) = match self.pending.get(index) {
                Some(piece) => (piece.offset.min(end), piece.end()),
                None => (end, end),
            };
            if offset < free_until {
                let part = slice(octets, offset - base, free_until - base);
                self.pending_bytes += part.len();
                self.pending.insert(
                    index,
                    Pending { offset, length: free_until - offset, octets: part.into(), origin },
                );
                index += 1;
            }
            offset = covered_until.max(free_until);
            index += 1;
        }
    }
}

/// The part of `octets` between two positions, shorter where the octets end before.
fn slice(octets: &[u8], from: u64, to: u64) -> &[u8] {
    let bound = |position: u64| usize::try_from(position).unwrap_or(usize::MAX).min(octets.len());
    octets.get(bound(from)..bound(to)).unwrap_or_default()
}

fn to_signed(offset: u64) -> i64 {
    i64::try_from(offset).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// Runs segments `(sequence, octets)` through a stream and gives what came out, gaps as `[n]`.
    fn run(start: u32, segments: &[(u32, &str)], acknowledged: &[(usize, u32)], flush: bool) -> String {
        let mut stream = Stream::default();
        stream.start_at(start);
        let mut text = String::new();
        let mut out = |piece: Piece<'_>| match piece {
            Piece::Octets { octets, .. } => text.push_str(std::str::from_utf8(octets).unwrap()),
            Piece::Gap { length, .. } => {
                let _ = write!(text, "[{length}]");
            }
        };
        for (index, (sequence, octets)) in segments.iter().enumerate() {
            for (_, number) in acknowledged.iter().filter(|(before, _)| *before == index) {
                stream.acknowledge(*number);
            }
            let length = u32::try_from(octets.len()).unwrap();
            stream.segment(*sequence, octets.as_bytes(), length, false, Origin::default(), &mut out);
        }
        if flush {
            stream.flush(&mut out);
        }
        assert!(!flush || stream.pending_bytes == 0 && stream.pending.is_empty());
        text
    }

    #[test]
    fn any_order_and_overlap_gives_the_stream() {
        let start = u32::MAX - 2;
        let s = |offset: u32| start.wrapping_add(offset);
        assert_eq!(run(start, &[(s(0), "abc"), (s(3), "def")], &[], false), "abcdef");
        assert_eq!(run(start, &[(s(3), "def"), (s(0), "abc")], &[], false), "abcdef");
        assert_eq!(
            run(start, &[(s(4), "ef"), (s(2), "cd"), (s(1), "bcde"), (s(0), "abc")], &[], false),
            "abcdef"
        );
        assert_eq!(run(start, &[(s(0), "abc"), (s(0), "XYZdef")], &[], false), "abcdef");
        assert_eq!(run(start, &[(s(2), "c"), (s(4), "e"), (s(0), "abXdXf")], &[], false), "abcdef");
    }

    #[test]
    fn a_gap_is_given_up_when_acknowledged_and_passed() {
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi")], &[], false), "abc");
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi"), (9, "jkl")], &[(2, 9)], false), "abc[3]ghijkl");
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi")], &[], true), "abc[3]ghi");
    }

    #[test]
    fn a_segment_far_outside_any_window_is_nobodys() {
        assert_eq!(run(0, &[(0, "abc"), (0x7000_0000, "xyz"), (3, "def")], &[], true), "abcdef");
    }

    #[test]
    fn octets_behind_the_fin_are_left_out() {
        let mut stream = Stream::default();
        let mut seen = Vec::new();
        let mut out = |piece: Piece<'_>| {
            if let Piece::Octets { octets, .. } = piece {
                seen.extend_from_slice(octets);
            }
        };
        stream.segment(10, b"ab", 2, true, Origin::default(), &mut out);
        stream.segment(12, b"zz", 2, false, Origin::default(), &mut out);
        assert!(stream.is_finished() && !stream.acknowledge(12) && stream.acknowledge(13));
        assert_eq!(seen, b"ab");
    }

    #[test]
    fn a_cut_segment_leaves_a_gap_of_its_own() {
        let mut stream = Stream::default();
        let mut gaps = Vec::new();
        stream.segment(0, b"ab", 5, false, Origin::default(), &mut |piece| {
            if let Piece::Gap { offset, length, why } = piece {
                gaps.push((offset, length, why));
            }
        });
        assert_eq!(gaps, [(2, 3, Gap::Cut)]);
        assert_eq!(stream.missing_bytes(), 3);
    }

    #[test]
    fn waiting_pieces_are_bounded() {
        let mut stream = Stream::default();
        stream.start_at(0);
        let mut missing = 0;
        for index in 0..=u32::try_from(PENDING_PIECES_MAX).unwrap() {
            stream.segment(1 + index * 2, b"x", 1, false, Origin::default(), &mut |piece| {
                if let Piece::Gap { length, .. } = piece {
                    missing += length;
                }
            });
        }
        assert_eq!((stream.pending.len(), missing), (PENDING_PIECES_MAX, 1));
    }
}
