//! An ICMP error about a connection.

use std::net::IpAddr;

use tapline_packet::IcmpReason;

use crate::Origin;

/// An ICMP error (RFC 792, RFC 4443) that quotes a segment of a connection: why it got no further.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Unreachable {
    /// The first such error.
    pub seen: Origin,
    /// The last one.
    pub last: Origin,
    /// Who sent it: the server's host, or a router or firewall on the way.
    pub reporter: IpAddr,
    /// What it says, in the words of the IANA registry.
    pub reason: IcmpReason,
    /// The largest packet that fits, octets, where it says so.
    pub mtu: Option<u32>,
    /// How many came.
    pub count: u32,
}
