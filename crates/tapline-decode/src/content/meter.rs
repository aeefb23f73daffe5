//! How much a body may decode to.

use crate::limits::{CONTENT_DECODED_MAX, CONTENT_RATIO_MAX, CONTENT_UNSUSPICIOUS_MAX};
use crate::parse::{portion, span};

/// Octets of a body between two looks at its ratio. Places in the body, not pieces in which it comes: so what is
/// taken for a bomb does not depend on these.
const STEP: u64 = 4096;

/// What went in and came out.
#[derive(Debug, Default)]
pub(super) struct Meter {
    /// Octets of the body so far.
    consumed: u64,
    /// Octets that all stages together gave.
    produced: u64,
    /// Octets of content.
    content: u64,
}

impl Meter {
    /// How many of so many octets go in at once.
    pub(super) fn admit(&mut self, octets: usize) -> usize {
        let count = portion(STEP - self.consumed % STEP, octets);
        self.consumed += span(count);
        count
    }

    /// A stage gave octets; false where that is too much.
    pub(super) fn produce(&mut self, octets: usize) -> bool {
        self.produced = self.produced.saturating_add(span(octets));
        let allowed = self.consumed.next_multiple_of(STEP).saturating_mul(CONTENT_RATIO_MAX);
        self.produced <= CONTENT_DECODED_MAX && self.produced <= allowed.max(CONTENT_UNSUSPICIOUS_MAX)
    }

    /// Octets came out of the last stage.
    pub(super) fn content(&mut self, octets: usize) {
        self.content = self.content.saturating_add(span(octets));
    }

    pub(super) fn content_bytes(&self) -> u64 {
        self.content
    }

    pub(super) fn has_begun(&self) -> bool {
        self.consumed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a body is taken for a bomb whose every 4096th octet gives so many of content, in pieces of a size.
    fn is_bomb(octets: usize, each: u64, size: usize) -> bool {
        let (mut meter, mut at) = (Meter::default(), 0);
        while at < octets {
            let count = meter.admit(size.min(octets - at));
            let first = at.is_multiple_of(4096);
            at += count;
            if first && !meter.produce(usize::try_from(each).unwrap()) {
                return true;
            }
        }
        false
    }

    #[test]
    fn pieces_do_not_matter_to_the_verdict() {
        let most = CONTENT_RATIO_MAX * STEP;
        for size in [1, 100, 4096, 1_000_000] {
            assert!(!is_bomb(1_000_000, most, size), "in pieces of {size}");
            assert!(is_bomb(1_000_000, most + 1, size), "in pieces of {size}");
        }
    }

    #[test]
    fn little_is_never_too_much() {
        let mut meter = Meter::default();
        meter.admit(1);
        let free = usize::try_from(CONTENT_UNSUSPICIOUS_MAX).unwrap();
        assert!(meter.produce(free) && !meter.produce(1));
    }

    #[test]
    fn a_download_is_not_decoded_to_its_end() {
        let mut meter = Meter { consumed: CONTENT_DECODED_MAX, ..Meter::default() };
        assert!(meter.produce(usize::try_from(CONTENT_DECODED_MAX).unwrap()) && !meter.produce(1));
    }
}
