//! What IP says of the octets it carries, and the pieces that have to be put together or inflated before
//! they can be read on.

use std::net::{IpAddr, Ipv4Addr};

use crate::{IpFacts, Tunnel, Vlans};

/// The network that a packet is in. Networks that share a wire may use the same addresses.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct Network {
    /// VLAN tags of the frame.
    pub vlans: Vlans,
    /// Tunnels of the frame.
    pub tunnel: Tunnel,
}

/// What the headers in front of an IP payload say of it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Envelope {
    /// The network around.
    pub network: Network,
    /// The sender.
    pub source: IpAddr,
    /// The receiver.
    pub destination: IpAddr,
    /// What the payload is: a number of the IANA registry "Protocol Numbers".
    pub protocol: u8,
    /// The rest that the IP header says.
    pub ip: IpFacts,
    /// Headers that were read so far, which bounds how deep things nest however they are packed: see
    /// [`crate::limits::LAYERS_MAX`].
    pub layers: u8,
}

impl Default for Envelope {
    fn default() -> Self {
        let nowhere = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
        Self {
            network: Network::default(),
            source: nowhere,
            destination: nowhere,
            protocol: 0,
            ip: IpFacts::default(),
            layers: 0,
        }
    }
}

/// The payload of an IP packet, whole or cut by a snapshot length.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// What stood in front of it.
    pub envelope: Envelope,
    /// The octets that were kept.
    pub payload: &'a [u8],
    /// Octets on the wire.
    pub payload_length: u32,
}

/// A part of an IP payload that was sent in several (RFC 791 §3.2, RFC 8200 §4.5).
#[derive(Clone, Copy, Debug)]
pub struct Fragment<'a> {
    /// What stood in front of it. Its protocol is that of the first header behind the fragment header.
    pub envelope: Envelope,
    /// The same in all fragments of a datagram; IPv4 has 16 bits of it.
    pub identification: u32,
    /// Octets of the datagram before this part.
    pub offset: u32,
    /// Whether later parts follow.
    pub more: bool,
    /// The octets that were kept.
    pub payload: &'a [u8],
    /// Octets on the wire.
    pub payload_length: u32,
}

/// An IP payload that was compressed (RFC 3173).
#[derive(Clone, Copy, Debug)]
pub struct Compressed<'a> {
    /// What stood in front of it. Its protocol is that of the payload when it is inflated.
    pub envelope: Envelope,
    /// Compression parameter index: the algorithm where it is less than 64 (IANA "IPSec Transform
    /// Identifiers"), else a number that the two sides agreed upon.
    pub index: u16,
    /// The octets that were kept, compressed.
    pub payload: &'a [u8],
    /// Octets on the wire, compressed.
    pub payload_length: u32,
}

impl Datagram<'_> {
    /// Goes on behind a header of that length, which says what comes.
    pub(crate) fn step_over(&mut self, protocol: u8, length: usize) -> Option<()> {
        self.payload = self.payload.get(length..)?;
        self.payload_length = self.payload_length.saturating_sub(u32::try_from(length).ok()?);
        self.envelope.protocol = protocol;
        Some(())
    }
}
