//! Which sequence numbers the record after a gap may have.

use crate::limits::{RESUME_OCTETS_MAX, RESUME_SLOW_OCTETS_MAX, RESUME_TRIES_MAX};

/// Octets of a record's header.
pub(super) const HEADER: u64 = 5;

/// The largest record: a content of 2^14 octets and what protection may add (RFC 5246 §6.2.3).
const LARGEST: u64 = HEADER + (1 << 14) + 2048;

/// What is known of a record's sequence number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Steps {
    /// The number it has if nothing was lost.
    pub(super) first: u64,
    /// Octets of records that were lost.
    pub(super) lost: u64,
    /// Octets of its fragment.
    pub(super) octets: u64,
}

/// How fast a number is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Speed {
    Fast,
    Slow,
}

impl Steps {
    /// The most records that may have been lost, where the smallest fragment has so many octets. What was lost is not
    /// known to the octet, so one more is allowed for.
    pub(super) fn most(&self, smallest: u64) -> u64 {
        if self.lost == 0 { 0 } else { self.lost / (HEADER + smallest) + 1 }
    }

    /// How many numbers may be tried.
    fn tries(&self, speed: Speed) -> u64 {
        let octets = match speed {
            Speed::Fast => RESUME_OCTETS_MAX,
            Speed::Slow => RESUME_SLOW_OCTETS_MAX,
        };
        (octets / self.octets.max(1)).clamp(1, RESUME_TRIES_MAX)
    }

    /// Numbers of lost records from the fewest on; last those that are fewer than the octets can be, because what was
    /// lost may have been told too large.
    pub(super) fn counts(&self, smallest: u64, speed: Speed) -> impl Iterator<Item = u64> + use<> {
        let most = self.most(smallest);
        let fewest = (self.lost / LARGEST).min(most);
        let tries = usize::try_from(self.tries(speed)).unwrap_or(usize::MAX);
        (fewest..=most).chain((0..fewest).rev()).take(tries)
    }

    /// The sequence number after so many lost records.
    pub(super) fn number(&self, count: u64) -> u64 {
        self.first.wrapping_add(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_what_the_octets_allow() {
        let check = |lost: u64, smallest: u64, expected: &[u64]| {
            let steps = Steps { first: 7, lost, octets: 100 };
            assert_eq!(steps.counts(smallest, Speed::Slow).collect::<Vec<_>>(), expected, "{lost}");
        };
        check(0, 17, &[0]);
        check(1, 17, &[0, 1]);
        check(44, 17, &[0, 1, 2, 3]);
        check(3 * LARGEST, 10_000, &[3, 4, 5, 6, 2, 1, 0]);
    }

    #[test]
    fn tries_are_bounded_by_number_and_octets() {
        let check = |octets: u64, speed: Speed, expected: u64| {
            let steps = Steps { first: 0, lost: u64::MAX / 2, octets };
            assert_eq!(steps.counts(17, speed).count() as u64, expected);
        };
        check(0, Speed::Fast, RESUME_TRIES_MAX);
        check(100, Speed::Fast, RESUME_TRIES_MAX);
        check(1 << 14, Speed::Fast, RESUME_OCTETS_MAX >> 14);
        check(1 << 14, Speed::Slow, RESUME_SLOW_OCTETS_MAX >> 14);
    }
}
