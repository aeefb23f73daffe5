//! IPv4, IPv6 with extension headers, TCP; tunnels that IP carries.

use etherparse::{LaxIpSlice, TcpSlice, ip_number};

use super::{Dissected, Fail, Layer, Network, Next, Other, Step, Undecoded, tunnel};
use crate::options::tcp_options;
use crate::{Endpoint, Flags, LinkType, Segment};

/// IPv4 or IPv6 by the version nibble, with extension headers (RFC 791 §3.1, RFC 8200 §4).
pub(super) fn ip<'a>(octets: &'a [u8], network: &mut Network) -> Step<'a> {
    let Ok((packet, stopped)) = LaxIpSlice::from_slice(octets) else {
        return Step::Done(Fail(unreadable(octets)));
    };
    let payload = packet.payload();
    if payload.fragmented {
        return Step::Done(Fail(Undecoded::Fragment));
    }
    match payload.ip_number {
        ip_number::TCP => Step::Done(tcp(octets, &packet, *network)),
        // An extension header broke off, so the number is not the payload's.
        _ if stopped.is_some() => Step::Done(Fail(Undecoded::Short(Layer::Ip))),
        ip_number::IPV4 | ip_number::IPV6 => Step::Inner(Next::Ip, payload.payload),
        ip_number::GRE => tunnel::gre(payload.payload, network),
        ip_number::MPLS_IN_IP => Step::Inner(Next::Mpls, payload.payload),
        ip_number::ETHER_IP => match payload.payload.get(2..) {
            Some(frame) => Step::Inner(Next::Link(LinkType::ETHERNET), frame),
            None => Step::Done(Fail(Undecoded::Short(Layer::Tunnel))),
        },
        ip_number::UDP => tunnel::udp(payload.payload, network),
        ip_number::ICMP => Step::Done(Dissected::Other(Other::Icmp)),
        ip_number::IPV6_ICMP => Step::Done(Dissected::Other(Other::Icmpv6)),
        other => Step::Done(Dissected::Other(Other::Ip(other.0))),
    }
}

/// Why not even the fixed header could be read.
fn unreadable(octets: &[u8]) -> Undecoded {
    let whole = match octets.first().map(|first| first >> 4) {
        Some(4) => 20,
        Some(6) => 40,
        Some(_) => return Undecoded::Malformed(Layer::Ip),
        None => 1,
    };
    if octets.len() < whole { Undecoded::Short(Layer::Ip) } else { Undecoded::Malformed(Layer::Ip) }
}

fn tcp<'a>(octets: &'a [u8], packet: &LaxIpSlice<'a>, network: Network) -> Dissected<'a> {
    let payload = packet.payload().payload;
    let Ok(header) = TcpSlice::from_slice(payload) else {
        // The data offset stands in octet 12; what is less than 5 words is no offset.
        let offset = payload.get(12).map(|octet| octet >> 4);
        let malformed = payload.len() >= 20 && offset.is_some_and(|words| words < 5);
        let why = if malformed { Undecoded::Malformed(Layer::Tcp) } else { Undecoded::Short(Layer::Tcp) };
        return Fail(why);
    };
    let on_wire = ip_payload_on_wire(octets, packet).saturating_sub(header.header_slice().len());
    let octets = header.payload();
    Dissected::Tcp(Segment {
        vlans: network.vlans,
        tunnel: network.tunnel,
        source: Endpoint { address: packet.source_addr(), port: header.source_port() },
        destination: Endpoint { address: packet.destination_addr(), port: header.destination_port() },
        sequence: header.sequence_number(),
        acknowledgment: header.acknowledgment_number(),
        flags: flags(header.header_slice()),
        window: header.window_size(),
        options: tcp_options(header.options()),
        payload_length: u32::try_from(on_wire)
            .unwrap_or(u32::MAX)
            .max(u32::try_from(octets.len()).unwrap_or(u32::MAX)),
        payload: octets,
    })
}

/// Octets behind the IP headers on the wire, as the length field claims; what is there where the field is 0,
/// as in segments that the network card will cut (TSO) and in jumbograms.
fn ip_payload_on_wire(octets: &[u8], packet: &LaxIpSlice<'_>) -> usize {
    let there = packet.payload().payload;
    let before = there.as_ptr() as usize - octets.as_ptr() as usize;
    let claimed = match packet {
        LaxIpSlice::Ipv4(v4) => usize::from(v4.header().total_len()),
        LaxIpSlice::Ipv6(v6) => match v6.header().payload_length() {
            0 => 0,
            length => 40 + usize::from(length),
        },
    };
    claimed.checked_sub(before).unwrap_or(there.len())
}

/// Bits 7 to 15 of the word that holds data offset and control bits.
fn flags(header: &[u8]) -> Flags {
    match header {
        [_, _, _, _, _, _, _, _, _, _, _, _, offset, bits, ..] => {
            Flags(u16::from_be_bytes([offset & 1, *bits]))
        }
        _ => Flags::default(),
    }
}
