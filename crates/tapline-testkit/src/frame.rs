//! One Ethernet frame with a TCP segment.

use std::net::{IpAddr, SocketAddr};

/// Control bits of a built segment.
pub type TcpFlags = u8;

/// What goes into a frame.
#[derive(Clone, Copy, Debug)]
pub struct FrameParts<'a> {
    /// Sender.
    pub source: SocketAddr,
    /// Receiver, of the same address family.
    pub destination: SocketAddr,
    /// Sequence number.
    pub sequence: u32,
    /// Acknowledgment number.
    pub acknowledgment: u32,
    /// Control bits: 1 FIN, 2 SYN, 4 RST, 8 PSH, 16 ACK.
    pub flags: TcpFlags,
    /// Window field.
    pub window: u16,
    /// Options, a multiple of four octets.
    pub options: &'a [u8],
    /// Payload.
    pub payload: &'a [u8],
}

/// Ethernet, IPv4 or IPv6, TCP. Checksums are left at zero, as offloading cards leave them.
#[expect(clippy::cast_possible_truncation, reason = "test frames are smaller than 64 KiB")]
pub fn frame(parts: &FrameParts<'_>) -> Vec<u8> {
    let mut octets = Vec::with_capacity(78 + parts.options.len() + parts.payload.len());
    octets.extend_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
    let tcp_length = 20 + parts.options.len() + parts.payload.len();
    match (parts.source.ip(), parts.destination.ip()) {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            octets.extend_from_slice(&[8, 0, 0x45, 0]);
            octets.extend_from_slice(&(20 + tcp_length as u16).to_be_bytes());
            octets.extend_from_slice(&[0, 0, 0x40, 0, 64, 6, 0, 0]);
            octets.extend_from_slice(&source.octets());
            octets.extend_from_slice(&destination.octets());
        }
        (source, destination) => {
            octets.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
            octets.extend_from_slice(&(tcp_length as u16).to_be_bytes());
            octets.extend_from_slice(&[6, 64]);
            for address in [source, destination] {
                match address {
                    IpAddr::V6(v6) => octets.extend_from_slice(&v6.octets()),
                    IpAddr::V4(v4) => octets.extend_from_slice(&v4.to_ipv6_mapped().octets()),
                }
            }
        }
    }
    octets.extend_from_slice(&parts.source.port().to_be_bytes());
    octets.extend_from_slice(&parts.destination.port().to_be_bytes());
    octets.extend_from_slice(&parts.sequence.to_be_bytes());
    octets.extend_from_slice(&parts.acknowledgment.to_be_bytes());
    octets.push(((20 + parts.options.len()) / 4 * 16) as u8);
    octets.push(parts.flags);
    octets.extend_from_slice(&parts.window.to_be_bytes());
    octets.extend_from_slice(&[0; 4]);
    octets.extend_from_slice(parts.options);
    octets.extend_from_slice(parts.payload);
    octets
}
