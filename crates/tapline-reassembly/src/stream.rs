//! One direction's octets, put in order.

mod skipped;
mod waiting;

use crate::limits::{AHEAD_MAX, PENDING_BYTES_MAX, PENDING_PIECES_MAX};
use crate::recent::Recent;
use crate::{Origin, seq};
use skipped::Skipped;
use waiting::Waiting;

/// Why octets will not come.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Gap {
    /// The receiver acknowledged them: they crossed the network, the capture missed them.
    NotCaptured,
    /// The snapshot length cut them off.
    Cut,
    /// The connection or the capture ended before they came.
    NeverSeen,
    /// The octets that waited for them reached their limit.
    Overflow,
}

/// What a stream hands over. Octets and gaps come in order and without a hole between them.
pub(crate) enum Piece<'a> {
    Octets {
        offset: u64,
        octets: &'a [u8],
        origin: Origin,
    },
    Gap {
        offset: u64,
        length: u64,
        why: Gap,
    },
    Conflict(Conflict),
    /// Octets of a gap that was given up.
    Late {
        offset: u64,
        length: u64,
    },
}

/// Octets came again as other ones: the first stretch of a segment that does, from its first such octet to its last
/// in the packet that carried the copy that counts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Conflict {
    /// Of the stream.
    pub offset: u64,
    /// Octets from the first other one to the last.
    pub length: u64,
    /// The packet with the copy that counts.
    pub first: Origin,
}

/// A segment as its stream sees it.
#[derive(Clone, Copy)]
pub(crate) struct Arrival<'a> {
    pub(crate) sequence: u32,
    /// Octets that were kept.
    pub(crate) octets: &'a [u8],
    /// Octets on the wire.
    pub(crate) length: u32,
    pub(crate) fin: bool,
    pub(crate) origin: Origin,
}

/// What of the other side an acknowledgment covers.
#[derive(Clone, Copy, Default)]
pub(crate) struct Acknowledged {
    pub(crate) syn: bool,
    pub(crate) fin: bool,
    /// Octets that were in flight.
    pub(crate) octets: bool,
}

/// One direction of a connection. Offset 0 is the first octet after the SYN, or the first octet seen.
#[derive(Debug, Default)]
pub struct Stream {
    /// Sequence number of offset 0.
    start: Option<u32>,
    /// Offset of the next octet to hand over.
    next: u64,
    /// One past the highest offset that was sent, a FIN counted.
    highest: u64,
    /// Highest offset that the receiver acknowledged.
    acknowledged: u64,
    /// Offset of the FIN.
    fin: Option<u64>,
    /// Octets that never came.
    missing_bytes: u64,
    /// The newest octets handed over, for [`Recent`].
    newest: u64,
    waiting: Option<Box<Waiting>>,
    skipped: Option<Box<Skipped>>,
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

    /// Octets, a FIN counted, that the receiver acknowledged.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged
    }

    /// Octets, a FIN counted, that were sent and not acknowledged.
    pub fn outstanding(&self) -> u64 {
        self.highest.saturating_sub(self.acknowledged)
    }

    /// The same without the FIN, which is no octet.
    pub fn in_flight(&self) -> u64 {
        self.fin.map_or(self.highest, |fin| fin.min(self.highest)).saturating_sub(self.acknowledged)
    }

    /// Whether offset 0 is known.
    pub(crate) fn is_started(&self) -> bool {
        self.start.is_some()
    }

    /// Fixes offset 0 unless it is known.
    pub(crate) fn start_at(&mut self, sequence: u32) {
        self.start.get_or_insert(sequence);
    }

    /// Whether everything before this number was acknowledged.
    pub(crate) fn has_acknowledged(&self, end: u32) -> bool {
        self.start.is_some_and(|start| seq::offset(start, self.next, end) <= to_signed(self.acknowledged))
    }

    /// Whether the octet with this number was handed over, or is known to be missing.
    pub(crate) fn has_handed_over(&self, sequence: u32) -> bool {
        self.start.is_some_and(|start| seq::offset(start, self.next, sequence) < to_signed(self.next))
    }

    /// Whether a segment with this number was sent by the side whose SYN has the number `base`.
    pub(crate) fn has_sent(&self, base: u32, sequence: u32) -> bool {
        let offset = seq::offset(self.start.unwrap_or(base.wrapping_add(1)), self.next, sequence);
        (-1..=to_signed(self.highest)).contains(&offset)
    }

    /// Whether the receiver has to obey a RST with this number: it stands between what it acknowledged and what
    /// was sent, or ahead within `window`, where octets may have been missed (RFC 5961 §3.2).
    pub(crate) fn expects(&self, sequence: u32, window: u64) -> bool {
        let Some(start) = self.start else { return true };
        let Ok(offset) = u64::try_from(seq::offset(start, self.next, sequence)) else { return false };
        (self.acknowledged.min(self.next)..=self.highest.saturating_add(window)).contains(&offset)
    }

    /// Whether the octet with this number is the next one, and nothing before it is missing.
    pub(crate) fn goes_on_with(&self, sequence: u32) -> bool {
        self.start.is_some_and(|start| seq::number(start, self.next) == sequence)
    }

    /// Whether a segment that ends before this number brings octets never sent before.
    pub(crate) fn is_news(&self, end: u32) -> bool {
        self.start.is_none_or(|start| seq::offset(start, self.next, end) > to_signed(self.highest))
    }

    /// Notes an acknowledgment from the other side, which may be for octets never seen.
    pub(crate) fn acknowledge(&mut self, number: u32) -> Acknowledged {
        let offset = self.start.map(|start| seq::offset(start, self.next, number));
        let Some(Ok(offset)) = offset.map(u64::try_from) else { return Acknowledged::default() };
        let in_flight = self.in_flight();
        if offset <= self.next + AHEAD_MAX {
            self.acknowledged = self.acknowledged.max(offset);
        }
        Acknowledged {
            syn: true,
            fin: self.fin.is_some_and(|fin| offset > fin),
            octets: self.in_flight() < in_flight,
        }
    }

    /// Takes the next octets where that is all there is to it: none of them were cut, nothing waits for them, no FIN
    /// is known. Gives their offset; they are the caller's to hand over. Nothing is done with every other segment.
    pub(crate) fn go_on(&mut self, arrival: &Arrival<'_>, recent: &mut Recent) -> Option<u64> {
        let Arrival { sequence, octets, length, fin, origin } = *arrival;
        let goes_on = self.goes_on_with(sequence) && self.waiting.is_none();
        let is_whole = length > 0 && octets.len() as u64 == u64::from(length);
        if !(goes_on && is_whole) || fin || self.fin.is_some() {
            return None;
        }
        let offset = self.next;
        self.newest = recent.keep(self.newest, offset, octets, origin);
        self.next += u64::from(length);
        self.highest = self.highest.max(self.next);
        Some(offset)
    }

    /// Takes a segment's octets.
    pub(crate) fn segment(
        &mut self,
        arrival: Arrival<'_>,
        recent: &mut Recent,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        let Arrival { sequence, octets, length, fin, origin } = arrival;
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
        self.highest = self.highest.max(end + u64::from(self.fin.is_some()));
        if length == 0 || offset >= to_signed(end) {
            return;
        }
        let skip = usize::try_from(to_signed(self.next) - offset).unwrap_or(0);
        if skip > 0 {
            self.repeated(offset, end, octets, recent, out);
        }
        // What was handed over stays: the first copy wins.
        let offset = u64::try_from(offset).unwrap_or(0).max(self.next);
        if end <= offset {
            return;
        }
        let octets = slice(octets.get(skip..).unwrap_or_default(), 0, end - offset);
        if offset == self.next && self.first_waiting().is_none_or(|first| first >= end) {
            self.hand_over(offset, end - offset, octets, origin, recent, out);
            self.drain(recent, out);
        } else {
            self.waiting.get_or_insert_default().hold(offset, end, octets, origin, out);
            self.drain(recent, out);
            self.give_up_acknowledged(recent, out);
            while self.is_over_limits() {
                self.give_up_first(Gap::Overflow, recent, out);
            }
        }
    }

    /// Hands over everything that waits; what is missing between is given up.
    pub(crate) fn flush(&mut self, recent: &mut Recent, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(first) = self.first_waiting() {
            let why = if first <= self.acknowledged { Gap::NotCaptured } else { Gap::NeverSeen };
            self.give_up_first(why, recent, out);
        }
        if let Some(fin) = self.fin.filter(|&fin| fin > self.next) {
            self.skip_to(fin, Gap::NeverSeen, out);
        }
    }

    /// Whether everything up to the FIN was handed over.
    pub(crate) fn is_finished(&self) -> bool {
        self.fin.is_some_and(|fin| fin <= self.next)
    }

    fn first_waiting(&self) -> Option<u64> {
        self.waiting.as_ref()?.first()
    }

    fn is_over_limits(&self) -> bool {
        self.waiting.as_ref().is_some_and(|waiting| {
            waiting.bytes() > PENDING_BYTES_MAX || waiting.pieces() > PENDING_PIECES_MAX
        })
    }

    /// A segment that begins before the next octet: the same octets again, other ones, or the octets of a gap.
    fn repeated(
        &mut self,
        offset: i64,
        end: u64,
        octets: &[u8],
        recent: &Recent,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        // Octets before the stream's first one are nobody's.
        let before = usize::try_from(-offset).unwrap_or(0);
        let offset = u64::try_from(offset).unwrap_or(0);
        let octets =
            slice(octets.get(before..).unwrap_or_default(), 0, end.min(self.next).saturating_sub(offset));
        // A keep-alive repeats the last octet, and may do so with any octet (RFC 9293 §3.8.4).
        let keep_alive = octets.len() == 1 && offset + 1 == self.next;
        if let Some(conflict) = recent.differs(self.newest, offset, octets).filter(|_| !keep_alive) {
            out(Piece::Conflict(conflict));
        }
        if let Some(skipped) = &mut self.skipped {
            skipped.fill(offset, end, out);
        }
    }

    fn hand_over(
        &mut self,
        offset: u64,
        length: u64,
        octets: &[u8],
        origin: Origin,
        recent: &mut Recent,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        if !octets.is_empty() {
            self.newest = recent.keep(self.newest, offset, octets, origin);
            out(Piece::Octets { offset, octets, origin });
        }
        self.next = offset + octets.len() as u64;
        self.skip_to(offset + length, Gap::Cut, out);
    }

    fn skip_to(&mut self, offset: u64, why: Gap, out: &mut dyn FnMut(Piece<'_>)) {
        if offset <= self.next {
            return;
        }
        let length = offset - self.next;
        out(Piece::Gap { offset: self.next, length, why });
        self.missing_bytes += length;
        if why != Gap::Cut {
            self.skipped.get_or_insert_default().add(self.next, offset);
        }
        self.next = offset;
    }

    /// Hands over what is in order now.
    fn drain(&mut self, recent: &mut Recent, out: &mut dyn FnMut(Piece<'_>)) {
        while let Some(waiting) =
            self.waiting.as_mut().filter(|waiting| waiting.first().is_some_and(|first| first <= self.next))
        {
            let Some((offset, piece)) = waiting.pop() else { return };
            if waiting.is_empty() {
                self.waiting = None;
            }
            self.hand_over(offset, piece.length, &piece.octets, piece.origin, recent, out);
        }
    }

    /// The receiver has the octets before the first piece, and later ones have come since it said so: they
    /// are not on their way any more.
    fn give_up_acknowledged(&mut self, recent: &mut Recent, out: &mut dyn FnMut(Piece<'_>)) {
        while self.first_waiting().is_some_and(|first| first <= self.acknowledged) {
            self.give_up_first(Gap::NotCaptured, recent, out);
        }
    }

    fn give_up_first(&mut self, why: Gap, recent: &mut Recent, out: &mut dyn FnMut(Piece<'_>)) {
        if let Some(first) = self.first_waiting() {
            self.skip_to(first, why, out);
            self.drain(recent, out);
        }
    }
}

/// From where on, and how far to the last, two copies of the same octets differ.
pub(crate) fn difference<'a>(kept: impl Iterator<Item = &'a u8>, again: &[u8]) -> Option<(u64, u64)> {
    let mut differing =
        kept.zip(again).enumerate().filter(|(_, (a, b))| a != b).map(|(index, _)| index as u64);
    let first = differing.next()?;
    Some((first, differing.last().unwrap_or(first) - first + 1))
}

/// The part of `octets` between two positions, shorter where the octets end before.
pub(crate) fn slice(octets: &[u8], from: u64, to: u64) -> &[u8] {
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

    fn arrival(sequence: u32, octets: &str) -> Arrival<'_> {
        let length = u32::try_from(octets.len()).unwrap();
        Arrival { sequence, octets: octets.as_bytes(), length, fin: false, origin: Origin::default() }
    }

    /// Runs segments `(sequence, octets)` through a stream and gives what came out: gaps as `[n]`, conflicts as
    /// `!offset`, late octets as `(n)`.
    fn run(start: u32, segments: &[(u32, &str)], acknowledged: &[(usize, u32)], flush: bool) -> String {
        let (mut stream, mut recent) = (Stream::default(), Recent::default());
        stream.start_at(start);
        let mut text = String::new();
        let mut out = |piece: Piece<'_>| {
            let _ = match piece {
                Piece::Octets { octets, .. } => text.write_str(std::str::from_utf8(octets).unwrap()),
                Piece::Gap { length, .. } => write!(text, "[{length}]"),
                Piece::Conflict(conflict) => write!(text, "!{}", conflict.offset),
                Piece::Late { length, .. } => write!(text, "({length})"),
            };
        };
        for (index, (sequence, octets)) in segments.iter().enumerate() {
            for (_, number) in acknowledged.iter().filter(|(before, _)| *before == index) {
                stream.acknowledge(*number);
            }
            stream.segment(arrival(*sequence, octets), &mut recent, &mut out);
        }
        if flush {
            stream.flush(&mut recent, &mut out);
        }
        assert!(!flush || stream.waiting.is_none());
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
    }

    #[test]
    fn the_first_copy_wins_and_another_one_is_told() {
        assert_eq!(run(0, &[(0, "abc"), (0, "XYZdef")], &[], false), "abc!0def");
        assert_eq!(run(0, &[(0, "abc"), (0, "abZ")], &[], false), "abc!2");
        assert_eq!(run(0, &[(0, "abc"), (3, "def"), (2, "cdX")], &[], false), "abcdef!4");
        assert_eq!(run(0, &[(2, "c"), (4, "e"), (0, "abXdXf")], &[], false), "!2abcdef");
        assert_eq!(run(0, &[(2, "cde"), (1, "bcde"), (0, "abcde")], &[], false), "abcde");
        assert_eq!(
            run(0, &[(0, "abc"), (2, "Z"), (1, "Z")], &[], false),
            "abc!1",
            "a keep-alive says nothing"
        );
    }

    #[test]
    fn a_gap_is_given_up_when_acknowledged_and_passed() {
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi")], &[], false), "abc");
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi"), (9, "jkl")], &[(2, 9)], false), "abc[3]ghijkl");
        assert_eq!(run(0, &[(0, "abc"), (6, "ghi")], &[], true), "abc[3]ghi");
    }

    #[test]
    fn octets_that_begin_behind_a_fin_are_nobodys() {
        let (mut stream, mut recent, mut told) = (Stream::default(), Recent::default(), Vec::new());
        stream.start_at(0);
        let mut out = |piece: Piece<'_>| {
            told.push(match piece {
                Piece::Octets { offset, octets, .. } => (offset, octets.len() as u64),
                Piece::Gap { offset, length, .. } => (offset, length),
                _ => unreachable!(),
            });
        };
        for (sequence, fin) in [(3, true), (10, false), (6, false), (0, false)] {
            stream.segment(Arrival { fin, ..arrival(sequence, "abc") }, &mut recent, &mut out);
        }
        stream.flush(&mut recent, &mut out);
        assert_eq!(told, [(0, 3), (3, 3)]);
    }

    #[test]
    fn octets_of_a_gap_that_was_given_up_are_late_once() {
        let lost = [(0, "abc"), (6, "ghi"), (9, "jkl"), (3, "def"), (3, "def")];
        assert_eq!(run(0, &lost, &[(2, 9)], false), "abc[3]ghijkl(3)");
        let beside = [(0, "abc"), (6, "ghi"), (9, "jkl"), (0, "abc"), (6, "ghi")];
        assert_eq!(run(0, &beside, &[(2, 9)], false), "abc[3]ghijkl");
        let parts = [(0, "abc"), (6, "ghi"), (9, "jkl"), (3, "d"), (2, "cdef")];
        assert_eq!(run(0, &parts, &[(2, 9)], false), "abc[3]ghijkl(1)(2)");
        let middle = [(0, "abc"), (6, "ghi"), (9, "jkl"), (4, "e"), (3, "def")];
        assert_eq!(run(0, &middle, &[(2, 9)], false), "abc[3]ghijkl(1)(1)(1)");
    }

    #[test]
    fn a_segment_far_outside_any_window_is_nobodys() {
        assert_eq!(run(0, &[(0, "abc"), (0x7000_0000, "xyz"), (3, "def")], &[], true), "abcdef");
        assert_eq!(run(5, &[(5, "abc"), (2, "xyzab")], &[], true), "abc");
    }

    #[test]
    fn octets_behind_the_fin_are_left_out() {
        let (mut stream, mut recent) = (Stream::default(), Recent::default());
        let mut seen = Vec::new();
        let mut out = |piece: Piece<'_>| {
            if let Piece::Octets { octets, .. } = piece {
                seen.extend_from_slice(octets);
            }
        };
        stream.segment(Arrival { fin: true, ..arrival(10, "ab") }, &mut recent, &mut out);
        assert_eq!(stream.outstanding(), 3);
        stream.segment(arrival(12, "zz"), &mut recent, &mut out);
        let mut early = Stream::default();
        early.start_at(5);
        early.segment(Arrival { fin: true, ..arrival(10, "ab") }, &mut recent, &mut out);
        early.segment(arrival(14, "behind it"), &mut recent, &mut out);
        assert_eq!(early.waiting.as_ref().map(|waiting| waiting.bytes()), Some(2));
        assert!(stream.is_finished() && !stream.acknowledge(12).fin && stream.acknowledge(13).fin);
        assert_eq!((seen.as_slice(), stream.outstanding()), (&b"ab"[..], 0));
    }

    #[test]
    fn a_cut_segment_leaves_a_gap_of_its_own() {
        let mut stream = Stream::default();
        let mut gaps = Vec::new();
        stream.segment(Arrival { length: 5, ..arrival(0, "ab") }, &mut Recent::default(), &mut |piece| {
            if let Piece::Gap { offset, length, why } = piece {
                gaps.push((offset, length, why));
            }
        });
        assert_eq!(gaps, [(2, 3, Gap::Cut)]);
        assert_eq!(stream.missing_bytes(), 3);
    }

    #[test]
    fn a_reset_is_obeyed_where_the_receiver_expects_it() {
        let (mut stream, mut recent) = (Stream::default(), Recent::default());
        stream.start_at(100);
        stream.segment(arrival(100, "abcdef"), &mut recent, &mut |_| {});
        stream.acknowledge(103);
        let expected = |number| stream.expects(number, 10);
        assert_eq!([102, 103, 106, 116, 117].map(expected), [false, true, true, true, false]);
        assert!(stream.is_news(107) && !stream.is_news(106));
    }

    #[test]
    fn waiting_pieces_are_bounded() {
        let (mut stream, mut recent) = (Stream::default(), Recent::default());
        stream.start_at(0);
        let mut missing = 0;
        for index in 0..=u32::try_from(PENDING_PIECES_MAX).unwrap() {
            stream.segment(arrival(1 + index * 2, "x"), &mut recent, &mut |piece| {
                if let Piece::Gap { length, why, .. } = piece {
                    assert_eq!(why, Gap::Overflow);
                    missing += length;
                }
            });
        }
        let waiting = stream.waiting.as_ref().map(|waiting| waiting.pieces());
        assert_eq!((waiting, missing), (Some(PENDING_PIECES_MAX), 1));
    }
}
