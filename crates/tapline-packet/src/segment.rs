//! A TCP segment, as far as its header tells (RFC 9293 §3.1).

use std::fmt;
use std::net::IpAddr;

use crate::limits::VLAN_TAGS_MAX;
use crate::{Checksum, IpFacts, TcpOptions, checksum};

/// One side of a connection.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct Endpoint {
    /// IPv4 or IPv6 address.
    pub address: IpAddr,
    /// TCP port.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            IpAddr::V4(v4) => write!(f, "{v4}:{}", self.port),
            IpAddr::V6(v6) => write!(f, "[{v6}]:{}", self.port),
        }
    }
}

/// VLAN identifiers of a frame, outermost first; 0 where there is no tag. Two tenants may use the same
/// addresses, so they take part in telling connections apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Vlans(pub [u16; VLAN_TAGS_MAX]);

impl Vlans {
    /// The identifiers that are there, outermost first.
    pub fn iter(self) -> impl Iterator<Item = u16> {
        self.0.into_iter().filter(|&id| id != 0)
    }

    /// Adds an inner tag; a third one and priority tags (identifier 0) tell no flows apart.
    pub(crate) fn push(&mut self, id: u16) {
        if let Some(free) = self.0.iter_mut().find(|slot| **slot == 0) {
            *free = id;
        }
    }
}

/// The tunnels that a frame was unpacked from, folded into one number; 0 where there was none. Networks that
/// share a wire in tunnels may use the same addresses, so it takes part in telling connections apart.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Tunnel(pub u32);

impl Tunnel {
    /// Goes into an inner tunnel with this network identifier.
    pub(crate) fn enter(&mut self, id: u32) {
        // Never 0 again, and different for different orders of the same identifiers.
        self.0 = self.0.rotate_left(7).wrapping_mul(0x9e37_79b1) ^ id.wrapping_add(1);
    }
}

/// The control bits (RFC 9293 §3.1, RFC 3168, RFC 9768 for the ninth).
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub u16);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Self = Self(0x001);
    /// Synchronize sequence numbers.
    pub const SYN: Self = Self(0x002);
    /// Reset the connection.
    pub const RST: Self = Self(0x004);
    /// Push.
    pub const PSH: Self = Self(0x008);
    /// The acknowledgment field is significant.
    pub const ACK: Self = Self(0x010);
    /// The urgent pointer is significant.
    pub const URG: Self = Self(0x020);
    /// ECN echo.
    pub const ECE: Self = Self(0x040);
    /// Congestion window reduced.
    pub const CWR: Self = Self(0x080);
    /// Accurate ECN (once the nonce sum).
    pub const AE: Self = Self(0x100);

    /// Whether every bit of `other` is set.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether any bit of `other` is set.
    pub fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl std::ops::BitOr for Flags {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl fmt::Display for Flags {
    /// The names in the order tshark prints them: `SYN, ACK`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = ["FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"];
        let mut first = true;
        for (bit, name) in names.iter().enumerate() {
            if self.0 >> bit & 1 == 1 {
                write!(f, "{}{name}", if first { "" } else { ", " })?;
                first = false;
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

/// A TCP segment with the addresses that carried it.
#[derive(Clone, Copy, Debug)]
pub struct Segment<'a> {
    /// VLAN tags of the frame.
    pub vlans: Vlans,
    /// Tunnels of the frame.
    pub tunnel: Tunnel,
    /// The sender.
    pub source: Endpoint,
    /// The receiver.
    pub destination: Endpoint,
    /// Sequence number of the first octet, or of the SYN.
    pub sequence: u32,
    /// Acknowledgment number; means something only with [`Flags::ACK`].
    pub acknowledgment: u32,
    /// Control bits.
    pub flags: Flags,
    /// The window field, unscaled.
    pub window: u16,
    /// Options that matter here.
    pub options: TcpOptions,
    /// Octets of payload on the wire; more than `payload.len()` where a snapshot length cut the frame.
    pub payload_length: u32,
    /// Octets of payload that were kept.
    pub payload: &'a [u8],
    /// The TCP header as captured, options included; empty where a segment was not captured but built.
    pub header: &'a [u8],
    /// What the IP header says beside the addresses.
    pub ip: IpFacts,
}

impl Segment<'_> {
    /// The same without header and payload, which whoever keeps it keeps beside it.
    pub fn without_octets(&self) -> Segment<'static> {
        let &Segment { vlans, tunnel, source, destination, sequence, acknowledgment, .. } = self;
        let &Segment { flags, window, options, payload_length, ip, .. } = self;
        let (payload, header): (&[u8], &[u8]) = (&[], &[]);
        Segment {
            vlans,
            tunnel,
            source,
            destination,
            sequence,
            acknowledgment,
            flags,
            window,
            options,
            payload_length,
            payload,
            header,
            ip,
        }
    }

    /// Whether the segment carries the bit.
    pub fn has(&self, flags: Flags) -> bool {
        self.flags.has(flags)
    }

    /// What the checksum proves (RFC 9293 §3.1). Reads the whole payload, and only when it is called.
    pub fn checksum(&self) -> Checksum {
        checksum::checksum(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_print_as_tshark_does() {
        assert_eq!((Flags::SYN | Flags::ACK).to_string(), "SYN, ACK");
        assert_eq!(Flags::default().to_string(), "");
    }

    #[test]
    fn a_third_tag_and_priority_tags_tell_no_flows_apart() {
        let mut vlans = Vlans::default();
        for id in [0, 10, 20, 30] {
            vlans.push(id);
        }
        assert_eq!(vlans.iter().collect::<Vec<_>>(), [10, 20]);
        assert_eq!(vlans.iter().count(), VLAN_TAGS_MAX);
    }

    #[test]
    fn endpoints_print_with_brackets_for_ipv6_only() {
        let v4 = Endpoint { address: "10.0.0.1".parse().unwrap(), port: 80 };
        let v6 = Endpoint { address: "2001:db8::1".parse().unwrap(), port: 443 };
        assert_eq!((v4.to_string(), v6.to_string()), ("10.0.0.1:80".into(), "[2001:db8::1]:443".into()));
    }
}
