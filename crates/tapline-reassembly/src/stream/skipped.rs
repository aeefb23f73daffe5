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
        let mut index = 0;
        while let Some(&(begin, end)) = self.gaps.get(index) {
            let (late_from, late_to) = (begin.max(from), end.min(to));
            if late_from >= late_to {
                index += 1;
                continue;
            }
            out(Piece::Late { offset: late_from, length: late_to - late_from });
            // What is left on either side is still missing.
            self.gaps.remove(index);
            for (begin, end) in [(begin, late_from), (late_to, end)] {
                if begin < end {
                    self.gaps.insert(index, (begin, end));
                    index += 1;
                }
            }
        }
        let beyond = self.gaps.len().saturating_sub(SKIPPED_GAPS_MAX);
        self.gaps.drain(..beyond);
    }
}
