//! Octets that wait for earlier ones.

use std::collections::BTreeMap;

use super::{Conflict, Piece, difference, slice};
use crate::Origin;
use crate::limits::COMPARED_PIECES_MAX;

/// A segment's octets, or the part of them that nobody sent before.
#[derive(Debug)]
pub(super) struct Pending {
    /// Octets on the wire: more than `octets.len()` where the snapshot length cut.
    pub(super) length: u64,
    pub(super) octets: Box<[u8]>,
    pub(super) origin: Origin,
}

/// Pieces by offset, no two of which overlap, all behind the next octet of their stream.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    pieces: BTreeMap<u64, Pending>,
    /// The ranges that the pieces cover without a hole, start to end. A segment is held against these, so that
    /// one that brings nothing new costs the same however many pieces it covers.
    runs: BTreeMap<u64, u64>,
    bytes: usize,
}

impl Waiting {
    pub(super) fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    /// Where the first piece begins.
    pub(super) fn first(&self) -> Option<u64> {
        self.pieces.first_key_value().map(|(&offset, _)| offset)
    }

    pub(super) fn pieces(&self) -> usize {
        self.pieces.len()
    }

    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Takes out the first piece.
    pub(super) fn pop(&mut self) -> Option<(u64, Pending)> {
        let (offset, piece) = self.pieces.pop_first()?;
        self.bytes -= piece.octets.len();
        let end = offset + piece.length;
        if let Some(run) = self.runs.first_entry() {
            let (_, run_end) = run.remove_entry();
            if run_end > end {
                self.runs.insert(end, run_end);
            }
        }
        Some((offset, piece))
    }

    /// Keeps the parts of `offset..end` that no piece covers: the first copy wins. Where octets that came
    /// before are other ones, that is told.
    pub(super) fn hold(
        &mut self,
        offset: u64,
        end: u64,
        octets: &[u8],
        origin: Origin,
        out: &mut dyn FnMut(Piece<'_>),
    ) {
        let covered = self.covered(offset, end);
        if !covered.is_empty() {
            self.compare(offset, end, octets, out);
        }
        let (mut from, mut merged) = (offset, (offset, end));
        for (start, run_end) in covered {
            if from < start {
                self.insert(from, start, slice(octets, from - offset, start - offset), origin);
            }
            from = from.max(run_end);
            merged = (merged.0.min(start), merged.1.max(run_end));
            self.runs.remove(&start);
        }
        if from < end {
            self.insert(from, end, slice(octets, from - offset, end - offset), origin);
        }
        // Runs that touch are one.
        if let Some((&start, _)) =
            self.runs.range(..merged.0).next_back().filter(|&(_, &run)| run == merged.0)
        {
            self.runs.remove(&start);
            merged.0 = start;
        }
        if let Some(run_end) = self.runs.remove(&merged.1) {
            merged.1 = run_end;
        }
        self.runs.insert(merged.0, merged.1);
    }

    fn insert(&mut self, from: u64, to: u64, octets: &[u8], origin: Origin) {
        self.bytes += octets.len();
        self.pieces.insert(from, Pending { length: to - from, octets: octets.into(), origin });
    }

    /// Runs that overlap `offset..end`, in order.
    fn covered(&self, offset: u64, end: u64) -> Vec<(u64, u64)> {
        let before = self.runs.range(..=offset).next_back().filter(|&(_, &run_end)| run_end > offset);
        let from = before.map_or(offset, |(&start, _)| start);
        if from >= end {
            return Vec::new();
        }
        self.runs.range(from..end).map(|(&start, &run_end)| (start, run_end)).collect()
    }

    /// Tells where the octets differ from what is held; at most [`COMPARED_PIECES_MAX`] pieces are looked at.
    fn compare(&self, offset: u64, end: u64, octets: &[u8], out: &mut dyn FnMut(Piece<'_>)) {
        let before = self.pieces.range(..=offset).next_back().map_or(offset, |(&start, _)| start);
        for (&start, piece) in self.pieces.range(before.min(offset)..end).take(COMPARED_PIECES_MAX) {
            let from = start.max(offset);
            let to = (start + piece.octets.len() as u64).min(end);
            if from >= to {
                continue;
            }
            let mine = slice(octets, from - offset, to - offset);
            let theirs = slice(&piece.octets, from - start, to - start);
            if let Some((at, length)) = difference(theirs.iter(), mine) {
                return out(Piece::Conflict(Conflict { offset: from + at, length, first: piece.origin }));
            }
        }
    }
}
