//! One Ethernet frame with a TCP segment.

use std::net::{IpAddr, SocketAddr, SocketAddrV4};

use crate::Checksums;

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

/// Ethernet, IPv4 or IPv6, TCP, with right checksums.
pub fn frame(parts: &FrameParts<'_>) -> Vec<u8> {
    frame_with(Checksums::Right, parts)
}

/// The same with other checksums.
pub fn frame_with(checksums: Checksums, parts: &FrameParts<'_>) -> Vec<u8> {
    let mut octets = Vec::with_capacity(78 + parts.options.len() + parts.payload.len());
    octets.extend_from_slice(&[2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1]);
    let ends = addresses(parts);
    let tcp_length = 20 + parts.options.len() + parts.payload.len();
    ip_header(&mut octets, ends, tcp_length, checksums);
    let begin = octets.len();
    tcp_segment(&mut octets, parts);
    let checksum = checksums.of_tcp(ends.0, ends.1, octets.get(begin..).unwrap_or_default());
    put(&mut octets, begin + 16, checksum);
    octets
}

/// Ethernet, IPv4 and UDP between two IPv4 ends, the UDP checksum left out as RFC 768 allows.
#[expect(clippy::cast_possible_truncation, reason = "test frames are smaller than 64 KiB")]
pub fn datagram_frame(source: SocketAddrV4, destination: SocketAddrV4, payload: &[u8]) -> Vec<u8> {
    let mut octets = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    let length = 8 + payload.len();
    ip_header(&mut octets, ((*source.ip()).into(), (*destination.ip()).into()), length, Checksums::Right);
    if let Some(protocol) = octets.get_mut(14 + 9) {
        *protocol = 17;
    }
    let checksum = octets.get(14..34).map(|header| {
        let mut header = header.to_vec();
        put(&mut header, 10, 0);
        Checksums::Right.of_ipv4(&header)
    });
    put(&mut octets, 14 + 10, checksum.unwrap_or_default());
    for number in [source.port(), destination.port(), length as u16, 0] {
        octets.extend_from_slice(&number.to_be_bytes());
    }
    octets.extend_from_slice(payload);
    octets
}

/// Where one end has an IPv4 address and the other one does not, it is written as an IPv6 one.
fn addresses(parts: &FrameParts<'_>) -> (IpAddr, IpAddr) {
    let mapped = |address| match address {
        IpAddr::V4(v4) => IpAddr::V6(v4.to_ipv6_mapped()),
        IpAddr::V6(_) => address,
    };
    match (parts.source.ip(), parts.destination.ip()) {
        ends @ (IpAddr::V4(_), IpAddr::V4(_)) => ends,
        (source, destination) => (mapped(source), mapped(destination)),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "test frames are smaller than 64 KiB")]
fn ip_header(octets: &mut Vec<u8>, ends: (IpAddr, IpAddr), tcp_length: usize, checksums: Checksums) {
    match ends {
        (IpAddr::V4(source), IpAddr::V4(destination)) => {
            octets.extend_from_slice(&[8, 0]);
            let begin = octets.len();
            octets.extend_from_slice(&[0x45, 0]);
            octets.extend_from_slice(&(20 + tcp_length as u16).to_be_bytes());
            octets.extend_from_slice(&[0, 0, 0x40, 0, 64, 6, 0, 0]);
            octets.extend_from_slice(&source.octets());
            octets.extend_from_slice(&destination.octets());
            let checksum = checksums.of_ipv4(octets.get(begin..).unwrap_or_default());
            put(octets, begin + 10, checksum);
        }
        (source, destination) => {
            octets.extend_from_slice(&[0x86, 0xdd, 0x60, 0, 0, 0]);
            octets.extend_from_slice(&(tcp_length as u16).to_be_bytes());
            octets.extend_from_slice(&[6, 64]);
            for address in [source, destination] {
                if let IpAddr::V6(v6) = address {
                    octets.extend_from_slice(&v6.octets());
                }
            }
        }
    }
}

/// Header and payload; the checksum is zero.
#[expect(clippy::cast_possible_truncation, reason = "options are at most 40 octets")]
fn tcp_segment(octets: &mut Vec<u8>, parts: &FrameParts<'_>) {
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
}

fn put(octets: &mut [u8], at: usize, checksum: u16) {
    if let Some(field) = octets.get_mut(at..at + 2) {
        field.copy_from_slice(&checksum.to_be_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The sum of RFC 1071 over words, carries added.
    fn sum(octets: &[u8]) -> u32 {
        let words = octets
            .chunks(2)
            .map(|word| u32::from(word[0]) << 8 | word.get(1).map_or(0, |&low| u32::from(low)));
        let sum: u32 = words.sum();
        (sum & 0xffff) + (sum >> 16)
    }

    #[test]
    fn built_frames_verify() {
        let check = |source: &str, destination: &str, ip: usize, addresses: std::ops::Range<usize>| {
            let parts = FrameParts {
                source: source.parse().unwrap(),
                destination: destination.parse().unwrap(),
                sequence: 0xffff_fff0,
                acknowledgment: 77,
                flags: 24,
                window: 1000,
                options: &[1, 1, 1, 0],
                payload: b"an odd number",
            };
            let octets = frame(&parts);
            let tcp = &octets[14 + ip..];
            let pseudo = [&octets[addresses], &[0, 6, 0, u8::try_from(tcp.len()).unwrap()]].concat();
            assert_eq!(sum(&[&pseudo, tcp].concat()), 0xffff, "{source}");
            octets
        };
        let octets = check("192.0.2.1:4000", "198.51.100.2:80", 20, 26..34);
        assert_eq!(sum(&octets[14..34]), 0xffff);
        check("[2001:db8::1]:4000", "[2001:db8::2]:80", 40, 22..54);
    }
}
