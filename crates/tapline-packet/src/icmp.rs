//! What an ICMP error says about a TCP segment.

use std::fmt;
use std::net::IpAddr;

use crate::{Endpoint, Other, Tunnel, Vlans};

/// An ICMP message that quotes a TCP segment, because that could not be delivered (RFC 792, RFC 4443).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct IcmpError {
    /// VLAN tags of the frame.
    pub vlans: Vlans,
    /// Tunnels of the frame.
    pub tunnel: Tunnel,
    /// Who says so: the receiver's host, or a router on the way.
    pub reporter: IpAddr,
    /// What is wrong.
    pub reason: IcmpReason,
    /// The largest packet that would pass, octets (RFC 1191 §4, RFC 4443 §3.2), where the message tells it.
    pub mtu: Option<u32>,
    /// The sender of the quoted segment.
    pub source: Endpoint,
    /// The receiver of the quoted segment.
    pub destination: Endpoint,
    /// The quoted segment's sequence number.
    pub sequence: u32,
}

impl IcmpError {
    /// The traffic that it is.
    pub fn carrier(&self) -> Other {
        match self.reason.version {
            IcmpVersion::V4 => Other::Icmp,
            IcmpVersion::V6 => Other::Icmpv6,
        }
    }
}

/// Which registry a type and a code are of.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum IcmpVersion {
    /// RFC 792.
    V4,
    /// RFC 4443.
    V6,
}

/// Type and code of an ICMP message. Unassigned values live and print as numbers.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct IcmpReason {
    /// The registry.
    pub version: IcmpVersion,
    /// The type.
    pub kind: u8,
    /// The code.
    pub code: u8,
}

impl IcmpReason {
    /// An ICMPv4 type and code.
    pub const fn v4(kind: u8, code: u8) -> Self {
        Self { version: IcmpVersion::V4, kind, code }
    }

    /// An ICMPv6 type and code.
    pub const fn v6(kind: u8, code: u8) -> Self {
        Self { version: IcmpVersion::V6, kind, code }
    }

    /// Whether the message is one that quotes the packet it complains of.
    pub fn is_error(self) -> bool {
        match self.version {
            IcmpVersion::V4 => matches!(self.kind, 3 | 4 | 11 | 12),
            IcmpVersion::V6 => matches!(self.kind, 1..=4),
        }
    }

    /// The name in IANA's "ICMP Parameters" and "ICMPv6 Parameters", in lower case; that of the type where the
    /// code has none.
    pub fn name(self) -> Option<&'static str> {
        match self.version {
            IcmpVersion::V4 => v4_name(self.kind, self.code),
            IcmpVersion::V6 => v6_name(self.kind, self.code),
        }
    }
}

impl fmt::Display for IcmpReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "type {} code {}", self.kind, self.code),
        }
    }
}

fn v4_name(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (3, 0) => "net unreachable",
        (3, 1) => "host unreachable",
        (3, 2) => "protocol unreachable",
        (3, 3) => "port unreachable",
        (3, 4) => "fragmentation needed and don't fragment was set",
        (3, 5) => "source route failed",
        (3, 6) => "destination network unknown",
        (3, 7) => "destination host unknown",
        (3, 8) => "source host isolated",
        (3, 9) => "communication with destination network is administratively prohibited",
        (3, 10) => "communication with destination host is administratively prohibited",
        (3, 11) => "destination network unreachable for type of service",
        (3, 12) => "destination host unreachable for type of service",
        (3, 13) => "communication administratively prohibited",
        (3, 14) => "host precedence violation",
        (3, 15) => "precedence cutoff in effect",
        (3, _) => "destination unreachable",
        (4, _) => "source quench",
        (11, 0) => "time to live exceeded in transit",
        (11, 1) => "fragment reassembly time exceeded",
        (11, _) => "time exceeded",
        (12, 0) => "pointer indicates the error",
        (12, 1) => "missing a required option",
        (12, 2) => "bad length",
        (12, _) => "parameter problem",
        _ => return None,
    })
}

fn v6_name(kind: u8, code: u8) -> Option<&'static str> {
    Some(match (kind, code) {
        (1, 0) => "no route to destination",
        (1, 1) => "communication with destination administratively prohibited",
        (1, 2) => "beyond scope of source address",
        (1, 3) => "address unreachable",
        (1, 4) => "port unreachable",
        (1, 5) => "source address failed ingress/egress policy",
        (1, 6) => "reject route to destination",
        (1, 7) => "error in source routing header",
        (1, 8) => "headers too long",
        (1, _) => "destination unreachable",
        (2, _) => "packet too big",
        (3, 0) => "hop limit exceeded in transit",
        (3, 1) => "fragment reassembly time exceeded",
        (3, _) => "time exceeded",
        (4, 0) => "erroneous header field encountered",
        (4, 1) => "unrecognized next header type encountered",
        (4, 2) => "unrecognized IPv6 option encountered",
        (4, 3) => "IPv6 first fragment has incomplete IPv6 header chain",
        (4, 4) => "SR upper-layer header error",
        (4, 5) => "unrecognized next header type encountered by intermediate node",
        (4, 6) => "extension header too big",
        (4, 7) => "extension header chain too long",
        (4, 8) => "too many extension headers",
        (4, 9) => "too many options in extension header",
        (4, 10) => "option too big",
        (4, _) => "parameter problem",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_print_their_name_or_their_numbers() {
        let check = |reason: IcmpReason, text: &str| assert_eq!(reason.to_string(), text);
        check(IcmpReason::v4(3, 3), "port unreachable");
        check(IcmpReason::v4(3, 99), "destination unreachable");
        check(IcmpReason::v6(2, 0), "packet too big");
        check(IcmpReason::v4(2, 0), "type 2 code 0");
        check(IcmpReason::v6(200, 7), "type 200 code 7");
    }

    #[test]
    fn every_error_has_a_name_and_nothing_else_has() {
        for kind in 0..=255 {
            for reason in [IcmpReason::v4(kind, 200), IcmpReason::v6(kind, 200)] {
                assert_eq!(reason.is_error(), reason.name().is_some(), "{reason:?}");
            }
        }
    }
}
