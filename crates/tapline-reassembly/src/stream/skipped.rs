//! Gaps that were given up, and what comes late to fill them.

use super::Piece;
use crate::limits::SKIPPED_GAPS_MAX;

/// The newest gaps of a stream, oldest first.
#[derive(Debug, Default)]
pub(super) struct Skipped {
    gaps: Vec<(u64, u64)>,
}

impl Skipped {
    pub(super) fn add(&mut self, from: u64, to: u64) {
        if self.gaps.len() >= SKIPPED_GAPS_MAX {
            self.gaps.remove(0);
        }
        self.gaps.push((from, to));
    }

    /// Octets `from..to` came after all: those that lie in a gap are told, once.
    pub(super) fn fill(&mut self, from: u64, to: u64, out: &mut dyn FnMut(Piece<'_>)) {
        self.gaps.retain_mut(|gap| {
            let (late_from, late_to) = (gap.0.max(from), gap.1.min(to));
            if late_from < late_to {
                out(Piece::Late { offset: late_from, length: late_to - late_from });
                // A gap that is filled from its middle keeps its first part: the other half is not told.
                *gap = if late_from == gap.0 { (late_to, gap.1) } else { (gap.0, late_from) };
            }
            gap.0 < gap.1
        });
    }
}
