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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_gap_is_forgotten() {
        let late = |gaps: usize| {
            let (mut skipped, mut late) = (Skipped::default(), Vec::new());
            (0..gaps as u64).for_each(|nth| skipped.add(10 * nth, 10 * nth + 1));
            skipped.fill(0, 1000, &mut |piece| {
                if let Piece::Late { offset, .. } = piece {
                    late.push(offset);
                }
            });
            (late[0], late.len())
        };
        assert_eq!(late(SKIPPED_GAPS_MAX), (0, SKIPPED_GAPS_MAX));
        assert_eq!(late(SKIPPED_GAPS_MAX + 1), (10, SKIPPED_GAPS_MAX));
        // Octets that come late within gaps make two of each.
        let mut skipped = Skipped::default();
        (0..SKIPPED_GAPS_MAX as u64).for_each(|nth| skipped.add(10 * nth, 10 * nth + 3));
        (0..SKIPPED_GAPS_MAX as u64).for_each(|nth| skipped.fill(10 * nth + 1, 10 * nth + 2, &mut |_| {}));
        assert_eq!(skipped.gaps.len(), SKIPPED_GAPS_MAX);
    }
}
