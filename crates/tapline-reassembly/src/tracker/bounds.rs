//! How much one tracker holds.

use crate::limits::{CLOSED_MAX, CONNECTIONS_MAX, RECENT_BYTES_MAX, SAME_PACKETS_MAX};

/// What a tracker holds at most.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Bounds {
    /// Connections at once.
    pub connections_max: usize,
    /// Connections among them that are over and wait for late segments.
    pub closed_max: usize,
    /// Octets that repeated ones can be compared with.
    pub recent_bytes_max: usize,
    /// Segments that are remembered to tell the same IP packet captured twice.
    pub same_packets_max: usize,
}

impl Default for Bounds {
    /// A tracker that is alone.
    fn default() -> Self {
        Self {
            connections_max: CONNECTIONS_MAX,
            closed_max: CLOSED_MAX,
            recent_bytes_max: RECENT_BYTES_MAX,
            same_packets_max: SAME_PACKETS_MAX,
        }
    }
}

impl Bounds {
    /// One of so many trackers that share the connections of a capture between them by a hash. Together they hold
    /// as much as one, but for connections: a hash does not share them out quite evenly, so each may hold a quarter
    /// more than its part.
    #[must_use]
    pub fn share(self, trackers: usize) -> Self {
        let part = |whole: usize| whole / trackers.max(1);
        Self {
            connections_max: part(self.connections_max + self.connections_max / 4),
            closed_max: part(self.closed_max),
            recent_bytes_max: part(self.recent_bytes_max),
            same_packets_max: part(self.same_packets_max),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixteen_hold_little_more_than_one() {
        let share = Bounds::default().share(16);
        let expected = Bounds {
            connections_max: CONNECTIONS_MAX / 16 * 5 / 4,
            closed_max: CLOSED_MAX / 16,
            recent_bytes_max: RECENT_BYTES_MAX / 16,
            same_packets_max: SAME_PACKETS_MAX / 16,
        };
        assert_eq!(share, expected);
    }
}
