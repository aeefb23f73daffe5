//! Octets of one direction, in order, with the holes where they are missing.

use std::ops::Range;

use tapline_analysis::Origin;

/// Octets of one direction.
#[derive(Default)]
pub struct Octets {
    octets: Vec<u8>,
    /// Ascending, by offset in the stream.
    runs: Vec<Run>,
}

/// Octets that came with one packet.
struct Run {
    /// Offset of the first in the stream.
    offset: u64,
    /// Place of the first in `octets`.
    at: usize,
    length: usize,
    origin: Origin,
}

/// A part of a direction's octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Piece<'a> {
    /// They are there, from this offset on.
    There(u64, &'a [u8]),
    /// So many are missing, from this offset on.
    Missing(u64, u64),
}

impl Octets {
    /// The next octets; what an offset jumps over is missing.
    pub fn push(&mut self, offset: u64, octets: &[u8], origin: Origin) {
        let run = Run { offset, at: self.octets.len(), length: octets.len(), origin };
        self.octets.extend_from_slice(octets);
        self.runs.push(run);
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.octets.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.octets.is_empty()
    }

    /// What is there of a range, and what is missing.
    fn pieces(&self, range: Range<u64>) -> impl Iterator<Item = Piece<'_>> {
        let from = self.runs.partition_point(|run| run.end() <= range.start);
        let mut next = range.start;
        let mut runs = self.runs.iter().skip(from).peekable();
        std::iter::from_fn(move || {
            if next >= range.end {
                return None;
            }
            let here = next;
            let Some(run) = runs.next_if(|run| run.offset <= here) else {
                let until = runs.peek().map_or(range.end, |run| run.offset).min(range.end);
                next = until;
                return Some(Piece::Missing(here, until - here));
            };
            let skip = usize::try_from(here - run.offset).ok()?;
            let end = run.end().min(range.end);
            next = end;
            let octets = self.octets.get(run.at..run.at + run.length)?;
            let count = usize::try_from(end - here).ok()?;
            Some(Piece::There(here, octets.get(skip..skip + count)?))
        })
    }

    /// The octets of a range, without those that are missing, and whether some are.
    pub fn copy(&self, range: Range<u64>) -> (Vec<u8>, bool) {
        let (mut octets, mut is_whole) = (Vec::new(), true);
        for piece in self.pieces(range) {
            match piece {
                Piece::There(_, there) => octets.extend_from_slice(there),
                Piece::Missing(..) => is_whole = false,
            }
        }
        (octets, is_whole)
    }

    /// The octets packet by packet.
    pub fn each(&self) -> impl Iterator<Item = (Origin, &[u8])> {
        let octets = |run: &Run| self.octets.get(run.at..run.at + run.length).unwrap_or_default();
        self.runs.iter().map(move |run| (run.origin, octets(run)))
    }
}

impl Run {
    fn end(&self) -> u64 {
        self.offset + self.length as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn octets() -> Octets {
        let mut octets = Octets::default();
        octets.push(0, b"abc", Origin { packet: 4, ..Origin::default() });
        octets.push(3, b"de", Origin { packet: 5, ..Origin::default() });
        octets.push(9, b"xyz", Origin { packet: 7, ..Origin::default() });
        octets
    }

    #[test]
    fn holes_are_told_where_they_are() {
        let octets = octets();
        let pieces = |range| octets.pieces(range).collect::<Vec<_>>();
        let (there, missing) = (Piece::There, Piece::Missing);
        assert_eq!(pieces(0..12), [there(0, b"abc"), there(3, b"de"), missing(5, 4), there(9, b"xyz")]);
        assert_eq!(pieces(1..4), [there(1, b"bc"), there(3, b"d")]);
        assert_eq!(pieces(6..8), [missing(6, 2)]);
        assert_eq!(pieces(10..20), [there(10, b"yz"), missing(12, 8)]);
        assert_eq!(pieces(4..4), []);
        assert_eq!(octets.copy(2..10), (b"cdex".to_vec(), false));
        assert_eq!(octets.copy(0..5), (b"abcde".to_vec(), true));
        assert_eq!(octets.len(), 8);
    }

    #[test]
    fn packets_are_told_with_their_octets() {
        let octets = octets();
        let each: Vec<_> = octets.each().map(|(origin, octets)| (origin.packet, octets)).collect();
        assert_eq!(each, [(4, &b"abc"[..]), (5, b"de"), (7, b"xyz")]);
    }
}
