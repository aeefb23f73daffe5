//! Tunnels that IP or UDP carries: GRE with ERSPAN, VXLAN and VXLAN-GPE, Geneve.

use super::{Dissected, DnsDatagram, Fail, Layer, Next, Other, Step, Undecoded};
use crate::{Datagram, Endpoint, LinkType, Network};

const SHORT: Step<'static> = Step::Done(Fail(Undecoded::Short(Layer::Tunnel)));

const ERSPAN: u16 = 0x88be;
const ERSPAN_III: u16 = 0x22eb;
const WCCP: u16 = 0x883e;
const VXLAN_PORT: u16 = 4789;
const VXLAN_GPE_PORT: u16 = 4790;
const GENEVE_PORT: u16 = 6081;
const DNS_PORT: u16 = 53;

/// GRE (RFC 2784, with the key and sequence number of RFC 2890).
pub(super) fn gre<'a>(octets: &'a [u8], network: &mut Network) -> Step<'a> {
    let &[flags, version, a, b, ref rest @ ..] = octets else { return SHORT };
    if version & 7 != 0 || flags & 0x40 != 0 {
        return Step::Done(Dissected::Other(Other::Ip(47)));
    }
    // Checksum, key and sequence number take four octets each where their bit is set.
    let (checksum, key, sequence) = (flags & 0x80 != 0, flags & 0x20 != 0, flags & 0x10 != 0);
    let key_at = 4 * usize::from(checksum);
    let optional = key_at + 4 * usize::from(key) + 4 * usize::from(sequence);
    let Some(inner) = rest.get(optional..) else { return SHORT };
    if key && let Some(id) = rest.get(key_at..).and_then(|key| key.first_chunk::<4>()) {
        network.tunnel.enter(u32::from_be_bytes(*id));
    }
    match u16::from_be_bytes([a, b]) {
        ERSPAN if sequence => mirrored(inner, 8),
        ERSPAN => mirrored(inner, 0),
        // The last bit of the header says that eight octets for the platform follow.
        ERSPAN_III => mirrored(inner, if inner.get(11).is_some_and(|last| last & 1 == 1) { 20 } else { 12 }),
        WCCP => redirected(inner),
        kind => Step::Inner(Next::EtherType(kind), inner),
    }
}

/// A mirrored frame behind an ERSPAN header (types I, II and III of draft-foschiano-erspan).
fn mirrored(octets: &[u8], header: usize) -> Step<'_> {
    match octets.get(header..) {
        Some(frame) => Step::Inner(Next::Link(LinkType::ETHERNET), frame),
        None => SHORT,
    }
}

/// A packet that a router redirected to a cache: WCCP version 2 puts a header of four octets in front, which
/// looks like no IP header (draft-mclaggan-wccp-v2rev1).
fn redirected(octets: &[u8]) -> Step<'_> {
    match octets {
        [first, ..] if first >> 4 == 4 => Step::Inner(Next::Ip, octets),
        [_, _, _, _, rest @ ..] => Step::Inner(Next::Ip, rest),
        _ => SHORT,
    }
}

/// UDP (RFC 768) to the port of an overlay, or of DNS; everything else is just UDP.
pub(super) fn udp<'a>(datagram: &Datagram<'a>, network: &mut Network) -> Step<'a> {
    let Some((&[a, b, c, d, ..], payload)) = datagram.payload.split_first_chunk::<8>() else {
        return Step::Done(Dissected::Other(Other::Udp));
    };
    let (source, destination) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
    match (source, destination) {
        (_, VXLAN_PORT | VXLAN_GPE_PORT) => vxlan(payload, network),
        (_, GENEVE_PORT) => geneve(payload, network),
        (DNS_PORT, _) | (_, DNS_PORT) => Step::Done(Dissected::Dns(DnsDatagram {
            source: Endpoint { address: datagram.envelope.source, port: source },
            destination: Endpoint { address: datagram.envelope.destination, port: destination },
            payload,
        })),
        _ => Step::Done(Dissected::Other(Other::Udp)),
    }
}

/// RFC 7348 §5: flags, VXLAN network identifier, an Ethernet frame. With the P flag the octet before the
/// identifier says what is inside (draft-ietf-nvo3-vxlan-gpe).
fn vxlan<'a>(octets: &'a [u8], network: &mut Network) -> Step<'a> {
    let Some((header, inner)) = octets.split_first_chunk::<8>() else { return SHORT };
    let &[flags, _, _, protocol, network_id @ ..] = header;
    let next = match (flags & 8 != 0, flags & 4 != 0, protocol) {
        (true, false, _) | (true, true, 3) => Next::Link(LinkType::ETHERNET),
        (true, true, 1 | 2) => Next::Ip,
        _ => return Step::Done(Dissected::Other(Other::Udp)),
    };
    network.tunnel.enter(u32::from_be_bytes(network_id) & !0xff);
    Step::Inner(next, inner)
}

/// RFC 8926 §3.4: version and length of the options, protocol, network identifier, options, the payload.
fn geneve<'a>(octets: &'a [u8], network: &mut Network) -> Step<'a> {
    let Some((header, rest)) = octets.split_first_chunk::<8>() else { return SHORT };
    let &[first, _, kind_high, kind_low, network_id @ ..] = header;
    if first >> 6 != 0 {
        return Step::Done(Dissected::Other(Other::Udp));
    }
    let Some(inner) = rest.get(4 * usize::from(first & 0x3f)..) else { return SHORT };
    // The identifier's 24 bits; the low octet is reserved in Geneve and another number than any of VXLAN's.
    network.tunnel.enter(u32::from_be_bytes(network_id) | 1);
    Step::Inner(Next::EtherType(u16::from_be_bytes([kind_high, kind_low])), inner)
}
