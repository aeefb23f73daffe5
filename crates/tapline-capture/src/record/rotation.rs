//! When a file of a set is full.

use std::num::NonZeroUsize;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// When the next file begins, and how many are kept; dumpcap's rules. The first that is met counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rotation {
    /// Octets in a file.
    pub file_bytes: Option<u64>,
    /// Packets in a file.
    pub packets: Option<u64>,
    /// Time of a file.
    pub duration: Option<Duration>,
    /// A new file begins at each multiple of this time of the clock.
    pub interval: Option<Duration>,
    /// Newest files that are kept; older ones are removed.
    pub files: Option<NonZeroUsize>,
    /// Files after which nothing more is captured.
    pub stop_after: Option<NonZeroUsize>,
}

impl Rotation {
    /// Whether there may be several files.
    pub(crate) fn is_set(&self) -> bool {
        *self != Self::default() && self.stop_after != Some(NonZeroUsize::MIN)
    }

    /// Whether a file of that size, with so many packets, begun at that time, is full.
    pub(crate) fn is_due(&self, bytes: u64, packets: u64, since: Instant) -> bool {
        self.file_bytes.is_some_and(|max| bytes >= max)
            || self.packets.is_some_and(|max| packets >= max)
            || self.duration.is_some_and(|max| since.elapsed() >= max)
            || self.interval.is_some_and(|interval| {
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                crosses(interval, now.saturating_sub(since.elapsed()), now)
            })
    }
}

/// Whether a multiple of an interval lies between two times.
fn crosses(interval: Duration, from: Duration, to: Duration) -> bool {
    let number = |time: Duration| time.as_nanos() / interval.as_nanos().max(1);
    number(to) > number(from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_rule_that_is_met_counts() {
        let now = Instant::now();
        let rotation = Rotation { file_bytes: Some(100), packets: Some(3), ..Rotation::default() };
        let one = Rotation { stop_after: Some(NonZeroUsize::MIN), ..rotation.clone() };
        assert!(rotation.is_set() && !Rotation::default().is_set() && !one.is_set());
        let due = |bytes, packets| rotation.is_due(bytes, packets, now);
        assert_eq!([due(99, 2), due(100, 1), due(1, 3)], [false, true, true]);
        let rotation = Rotation { duration: Some(Duration::from_hours(1)), ..Rotation::default() };
        assert!(!rotation.is_due(1 << 40, 1 << 40, now));
        let rotation = Rotation { duration: Some(Duration::ZERO), ..Rotation::default() };
        assert!(rotation.is_due(0, 1, now));
    }

    #[test]
    fn intervals_are_those_of_the_clock() {
        let seconds = Duration::from_secs;
        assert!(crosses(seconds(60), seconds(59), seconds(60)));
        assert!(!crosses(seconds(60), seconds(60), seconds(119)));
        assert!(crosses(seconds(60), seconds(30), seconds(400)));
    }
}
