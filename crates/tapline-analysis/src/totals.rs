//! What was counted over a whole capture.

use std::collections::BTreeMap;

use tapline_packet::{LinkType, Timestamp};
use tapline_reassembly::DatagramCounts;

use crate::Traffic;

/// Counts over every packet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Packets.
    pub packets: u64,
    /// Octets on the wire.
    pub bytes: u64,
    /// The first packet's time.
    pub first: Option<Timestamp>,
    /// Earliest packet time.
    pub start: Option<Timestamp>,
    /// Latest packet time.
    pub end: Option<Timestamp>,
    /// TCP segments.
    pub tcp_packets: u64,
    /// Packets that a snapshot length cut.
    pub truncated_packets: u64,
    /// Packets without a time; they stand at the time of the packet before.
    pub untimed_packets: u64,
    /// Packets whose time is before that of the packet before them.
    pub clock_steps_back: u64,
    /// Packets that are understood and not TCP, by what they are.
    pub other_packets: BTreeMap<&'static str, u64>,
    /// Packets that could not be read to their TCP payload, by reason.
    pub undecoded_packets: BTreeMap<&'static str, u64>,
    /// What became of IP datagrams that were sent in fragments.
    pub datagrams: DatagramCounts,
    /// Link types, packets of each.
    pub link_types: BTreeMap<LinkType, u64>,
    /// Packets and octets over time.
    pub traffic: Traffic,
    /// Connections seen.
    pub connections: u64,
    /// Connections given up to make room.
    pub evicted_connections: u64,
}
