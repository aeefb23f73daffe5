//! The fragments of one datagram.
//!
//! Not `etherparse`'s buffer: that lets the last copy of an octet win, does not tell an overlap, and looks
//! through all its pieces for each new one, which adversarial order makes quadratic. Here a fragment costs
//! the logarithm of the number of pieces and the octets that it brings.

use std::collections::BTreeMap;

use tapline_packet::Fragment;

use crate::limits::{DATAGRAM_BYTES_MAX, FRAGMENTS_MAX};

/// Octets of a datagram that are there.
#[derive(Default)]
pub(super) struct Pieces {
    /// In the order of arrival.
    octets: Vec<u8>,
    /// By their offset in the datagram. They do not overlap, and none is empty.
    by_offset: BTreeMap<u32, Piece>,
    /// Where the datagram ends, once its last fragment is there.
    end: Option<u32>,
}

#[derive(Clone, Copy)]
struct Piece {
    length: u32,
    /// Place in `octets`.
    at: u32,
}

/// What to do with octets that came before.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum OnOverlap {
    /// What came first is kept, the rest of the fragment fills the holes (IPv4).
    KeepFirst,
    /// Only an exact copy is let pass (RFC 5722, RFC 8200 §4.5).
    Refuse,
}

/// How a fragment goes with those before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// It brings octets that are new, or says nothing else of those that are not.
    Fitting,
    /// It says other octets than a fragment before, which were not taken.
    Overlapping,
    /// It overlaps where that is not allowed.
    Conflicting,
    /// It cannot be of this datagram, or of any.
    Impossible,
}

impl Pieces {
    /// What a piece takes beside its octets.
    const PIECE_BYTES: usize = 32;

    /// Octets held, bookkeeping included.
    pub(super) fn bytes(&self) -> usize {
        self.octets.len() + Self::PIECE_BYTES * self.by_offset.len()
    }

    /// Whether no octet is missing.
    pub(super) fn is_whole(&self) -> bool {
        // Pieces do not overlap, so as many octets as the end says are all of them.
        self.end.is_some_and(|end| end as usize == self.octets.len())
    }

    /// Takes a fragment that was captured in full.
    pub(super) fn add(&mut self, fragment: &Fragment<'_>, on_overlap: OnOverlap) -> Fit {
        let start = fragment.offset;
        let Some(end) = start.checked_add(fragment.payload_length).filter(|&end| end <= DATAGRAM_BYTES_MAX)
        else {
            return Fit::Impossible;
        };
        if !self.admits(end, fragment.more) {
            return Fit::Impossible;
        }
        let overlapped = self.overlapped(start, end).next();
        let fit = match overlapped {
            None => {
                self.insert(start, fragment.payload);
                Fit::Fitting
            }
            Some(_) if on_overlap == OnOverlap::KeepFirst => self.fill(start, end, fragment.payload),
            Some(first) if self.is_copy(first, start, fragment.payload) => Fit::Fitting,
            Some(_) => Fit::Conflicting,
        };
        if self.by_offset.len() > FRAGMENTS_MAX { Fit::Impossible } else { fit }
    }

    /// The octets in order.
    pub(super) fn into_octets(self) -> Vec<u8> {
        if self.by_offset.iter().all(|(start, piece)| *start == piece.at) {
            return self.octets;
        }
        let mut ordered = Vec::with_capacity(self.octets.len());
        for piece in self.by_offset.values() {
            ordered.extend_from_slice(self.octets_of(*piece));
        }
        ordered
    }

    /// Whether a fragment may end there; learns the datagram's end from the last one.
    fn admits(&mut self, end: u32, more: bool) -> bool {
        if more {
            return self.end.is_none_or(|known| end <= known);
        }
        let farthest = self.by_offset.last_key_value().map_or(0, |(start, piece)| start + piece.length);
        end >= farthest && *self.end.get_or_insert(end) == end
    }

    /// The pieces that have octets from `start` to `end`, in order.
    fn overlapped(&self, start: u32, end: u32) -> impl Iterator<Item = (u32, Piece)> {
        let before = self.by_offset.range(..start).next_back();
        let reaching = before.filter(|(from, piece)| *from + piece.length > start && start < end);
        reaching.into_iter().chain(self.by_offset.range(start..end)).map(|(from, piece)| (*from, *piece))
    }

    fn is_copy(&self, (from, piece): (u32, Piece), start: u32, payload: &[u8]) -> bool {
        from == start && self.octets_of(piece) == payload
    }

    /// Takes what is not there yet.
    fn fill(&mut self, start: u32, end: u32, payload: &[u8]) -> Fit {
        let (mut holes, mut fit, mut here) = (Vec::new(), Fit::Fitting, start);
        let part = |from: u32, to: u32| {
            payload.get((from - start) as usize..(to - start) as usize).unwrap_or_default()
        };
        for (from, piece) in self.overlapped(start, end) {
            let (both_from, both_to) = (from.max(start), (from + piece.length).min(end));
            let held = self.octets_of(piece);
            let held = held.get((both_from - from) as usize..(both_to - from) as usize);
            if held != Some(part(both_from, both_to)) {
                fit = Fit::Overlapping;
            }
            holes.push((here, both_from));
            here = both_to;
        }
        holes.push((here, end));
        for (from, to) in holes {
            self.insert(from, part(from, to));
        }
        fit
    }

    /// Adds a piece where nothing is.
    fn insert(&mut self, start: u32, payload: &[u8]) {
        let place = (u32::try_from(self.octets.len()), u32::try_from(payload.len()));
        if let (Ok(at), Ok(length @ 1..)) = place {
            self.octets.extend_from_slice(payload);
            self.by_offset.insert(start, Piece { length, at });
        }
    }

    fn octets_of(&self, piece: Piece) -> &[u8] {
        let at = piece.at as usize;
        self.octets.get(at..at + piece.length as usize).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use tapline_packet::Envelope;

    use super::*;

    fn add(pieces: &mut Pieces, offset: u32, payload: &[u8], more: bool, on_overlap: OnOverlap) -> Fit {
        let payload_length = u32::try_from(payload.len()).unwrap();
        let envelope = Envelope::default();
        let fragment = Fragment { envelope, identification: 1, offset, more, payload, payload_length };
        pieces.add(&fragment, on_overlap)
    }

    /// Adds parts of one text and says what each was and what came out.
    fn check(on_overlap: OnOverlap, parts: &[(u32, &str, bool)], fits: &[Fit], whole: Option<&str>) {
        let mut pieces = Pieces::default();
        let seen: Vec<Fit> = parts
            .iter()
            .map(|&(offset, text, more)| add(&mut pieces, offset, text.as_bytes(), more, on_overlap))
            .collect();
        assert_eq!(seen, fits, "{parts:?}");
        let octets = pieces.is_whole().then(|| String::from_utf8(pieces.into_octets()).unwrap());
        assert_eq!(octets.as_deref(), whole, "{parts:?}");
    }

    use Fit::{Conflicting, Fitting, Impossible, Overlapping};
    use OnOverlap::{KeepFirst, Refuse};

    #[test]
    fn any_order_gives_the_same_octets() {
        let parts = [(0, "abcdefgh", true), (8, "ijklmnop", true), (16, "qr", false)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let parts = order.map(|at: usize| parts[at]);
            check(Refuse, &parts, &[Fitting; 3], Some("abcdefghijklmnopqr"));
            check(KeepFirst, &parts[..2], &[Fitting; 2], None);
        }
    }

    #[test]
    fn copies_are_let_pass() {
        let parts = [(0, "abcdefgh", true), (0, "abcdefgh", true), (8, "i", false), (8, "i", false)];
        check(Refuse, &parts, &[Fitting; 4], Some("abcdefghi"));
        check(KeepFirst, &parts, &[Fitting; 4], Some("abcdefghi"));
    }

    #[test]
    fn what_came_first_is_kept_where_that_is_allowed() {
        let parts = [(8, "IJKLMNOP", true), (0, "abcdefghijklmnopqrst", true), (16, "qrstuv", false)];
        check(KeepFirst, &parts, &[Fitting, Overlapping, Fitting], Some("abcdefghIJKLMNOPqrstuv"));
        check(Refuse, &parts[..2], &[Fitting, Conflicting], None);
        let same = [(8, "ijklmnop", true), (0, "abcdefghijklmnopqrst", true), (16, "qrst", false)];
        check(KeepFirst, &same, &[Fitting; 3], Some("abcdefghijklmnopqrst"));
        check(Refuse, &same[..2], &[Fitting, Conflicting], None);
    }

    #[test]
    fn a_piece_inside_another_brings_nothing() {
        let parts = [(0, "abcdefghijklmnop", false), (8, "ij", true), (8, "xx", true)];
        check(KeepFirst, &parts, &[Fitting, Fitting, Overlapping], Some("abcdefghijklmnop"));
    }

    #[test]
    fn there_is_one_end_and_nothing_behind_it() {
        let end = (8, "ijkl", false);
        for after in [(8, "ijk", false), (8, "ijklm", false), (8, "ijklmnop", true), (16, "q", true)] {
            check(KeepFirst, &[end, after], &[Fitting, Impossible], None);
        }
        check(KeepFirst, &[(16, "q", true), end], &[Fitting, Impossible], None);
        check(KeepFirst, &[(65_528, "1234567", false)], &[Fitting], None);
        check(KeepFirst, &[(65_528, "12345678", false)], &[Impossible], None);
        check(KeepFirst, &[(u32::MAX, "12345678", true)], &[Impossible], None);
    }

    #[test]
    fn an_empty_last_fragment_only_says_the_end() {
        check(Refuse, &[(0, "abcdefgh", true), (8, "", false)], &[Fitting; 2], Some("abcdefgh"));
        check(Refuse, &[(8, "", false), (0, "abcdefgh", true)], &[Fitting; 2], Some("abcdefgh"));
        check(Refuse, &[(0, "abcdefgh", true), (0, "", true)], &[Fitting; 2], None);
    }

    #[test]
    fn too_many_fragments_are_refused() {
        let mut pieces = Pieces::default();
        let fits: Vec<Fit> = (0..=FRAGMENTS_MAX)
            .map(|at| add(&mut pieces, u32::try_from(16 * at).unwrap(), b"x", true, KeepFirst))
            .collect();
        assert_eq!(fits.iter().position(|fit| *fit == Impossible), Some(FRAGMENTS_MAX));
    }
}
