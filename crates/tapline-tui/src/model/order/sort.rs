//! What the list is sorted by.

use crate::model::Row;
use crate::words;

/// What the list is sorted by.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Sort {
    /// First packet.
    #[default]
    Start,
    /// Longest first.
    Duration,
    /// Most payload first.
    Bytes,
    /// Slowest TCP and TLS handshake first.
    Handshake,
    /// Longest round trip of the TCP handshake first.
    RoundTrip,
    /// Most requests first.
    Requests,
    /// Most segments sent again first, then octets missing.
    Loss,
    /// By name, or by address.
    Server,
    /// What went wrong first, then the longest.
    Problems,
}

/// What a row is sorted by: smaller comes first.
pub(super) type Key = (i64, i64);

impl Sort {
    /// All, in the order in which the key goes through them.
    pub(crate) const ALL: [Self; 9] = [
        Self::Start,
        Self::Duration,
        Self::Problems,
        Self::Bytes,
        Self::Requests,
        Self::Handshake,
        Self::RoundTrip,
        Self::Loss,
        Self::Server,
    ];

    /// The name in the heading.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Duration => "duration",
            Self::Bytes => "bytes",
            Self::Handshake => "handshake",
            Self::RoundTrip => "round trip",
            Self::Requests => "requests",
            Self::Loss => "loss",
            Self::Server => "server",
            Self::Problems => "problems",
        }
    }

    /// The one that comes after it.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        let here = Self::ALL.iter().position(|&sort| sort == self).unwrap_or(0);
        Self::ALL.get((here + 1) % Self::ALL.len()).copied().unwrap_or(self)
    }

    /// What a row is sorted by.
    pub(super) fn key(self, row: &Row) -> Key {
        let Some(record) = row.record() else { return (0, 0) };
        let signed = |n: u64| i64::try_from(n).unwrap_or(i64::MAX);
        let (first, second) = match self {
            Self::Start => return (0, 0),
            Self::Server => return server(row),
            Self::Duration => (record.duration_ns(), 0),
            Self::Bytes => (signed(record.payload_bytes()), 0),
            Self::Handshake => (row.setup_ns().unwrap_or(-1), 0),
            Self::RoundTrip => (record.handshake.server_rtt_ns().unwrap_or(-1), 0),
            Self::Requests => (signed(record.requests.max(row.inferred().into())), 0),
            Self::Loss => {
                let missing = record.client.missing_bytes.saturating_add(record.server.missing_bytes);
                (words::sent_again(record).into(), signed(missing))
            }
            Self::Problems => (words::severity(row).into(), record.duration_ns()),
        };
        // The largest first.
        (first.saturating_neg(), second.saturating_neg())
    }
}

/// The first sixteen letters of the name in any case; what has none is behind, by the first octets of its address.
fn server(row: &Row) -> Key {
    let Some(record) = row.record() else { return (i64::MAX, i64::MAX) };
    let name = row.name().map_or_else(
        || format!("\u{7f}{}", record.server.endpoint).into_bytes(),
        |name| name.to_lowercase().into_bytes(),
    );
    let part = |from: usize| {
        let mut octets = [0; 8];
        for (octet, letter) in octets.iter_mut().zip(name.iter().skip(from)) {
            *octet = *letter;
        }
        // Half of it, so that it stays positive: letters are below 128, others are only as near as that.
        i64::try_from(u64::from_be_bytes(octets) >> 1).unwrap_or(i64::MAX)
    };
    (part(0), part(8))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_is_reached() {
        let mut sort = Sort::Start;
        let mut names = Vec::new();
        for _ in Sort::ALL {
            names.push(sort.name());
            sort = sort.next();
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!((names.len(), sort), (Sort::ALL.len(), Sort::Start));
    }
}
