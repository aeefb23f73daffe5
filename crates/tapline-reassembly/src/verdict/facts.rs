//! The numbers that prove a verdict.

use crate::Origin;

/// Where octets are counted, 1 is the first after the SYN, or the first seen, of that direction's stream,
/// modulo 2³².
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Facts {
    /// The segment's first octet.
    pub first: u32,
    /// Octets of payload, on the wire.
    pub length: u32,
    /// The octet that was expected next in this direction, before this segment.
    pub expected: u32,
    /// The packet with the highest octets before this segment.
    pub highest: Origin,
    /// Nanoseconds since that packet.
    pub since_highest_ns: i64,
    /// The octet of the other direction that this segment acknowledges up to.
    pub acknowledgment: u32,
    /// One past the other direction's last octet that was seen.
    pub other_expected: u32,
    /// The octet of this direction that the other side acknowledged up to.
    pub acknowledged: u32,
    /// The packet that acknowledged so far first.
    pub acknowledged_in: u64,
    /// Nanoseconds since the other side's newest segment.
    pub since_other_ns: i64,
    /// Duplicate ACKs of the other side so far.
    pub other_duplicates: u32,
    /// The window this segment advertises, octets where the scale is known.
    pub window: u64,
    /// The window this side advertised before.
    pub window_before: Option<u64>,
    /// The window the other side advertised.
    pub other_window: Option<u64>,
    /// The first round trip of the connection, nanoseconds.
    pub round_trip_ns: Option<i64>,
    /// The packet in which the same octets were seen and are not acknowledged.
    pub original: Option<Origin>,
    /// Which duplicate this ACK is.
    pub duplicate: Option<Duplicate>,
    /// How long the sender waited before it sent again.
    pub rto: Option<Rto>,
}

/// A duplicate ACK's place in its row.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Duplicate {
    /// 1 is the first duplicate.
    pub number: u32,
    /// The packet that acknowledged so far first.
    pub packet: u64,
}

/// A retransmission's timeout as tshark measures it: from the oldest segment that waits for its
/// acknowledgment, else from the segment with the highest octets.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rto {
    /// Nanoseconds.
    pub ns: i64,
    /// The packet it is measured from.
    pub packet: u64,
}
