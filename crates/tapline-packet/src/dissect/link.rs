//! Everything below IP.

use super::{Dissected, Fail, Layer, Next, Other, Step, Undecoded, arcnet, wireless};
use crate::{LinkType, Vlans};

const SHORT: Step<'static> = Step::Done(Fail(Undecoded::Short(Layer::Link)));
const MALFORMED: Step<'static> = Step::Done(Fail(Undecoded::Malformed(Layer::Link)));

pub(super) const IPV4: u16 = 0x0800;
const ARP: u16 = 0x0806;
const RARP: u16 = 0x8035;
const VLAN: u16 = 0x8100;
pub(super) const IPV6: u16 = 0x86dd;
const MPLS: u16 = 0x8847;
const MPLS_UPSTREAM: u16 = 0x8848;
const PPPOE_SESSION: u16 = 0x8864;
const QINQ: u16 = 0x88a8;
const QINQ_OLD: u16 = 0x9100;
const TRANSPARENT_BRIDGING: u16 = 0x6558;

fn other(what: Other) -> Step<'static> {
    Step::Done(Dissected::Other(what))
}

/// The header that a link type puts first.
pub(super) fn link(link_type: LinkType, frame: &[u8]) -> Step<'_> {
    match link_type {
        LinkType::ETHERNET => ethernet(frame),
        LinkType::RAW | LinkType::RAW_BSD | LinkType::RAW_OPENBSD | LinkType::IPV4 | LinkType::IPV6 => {
            Step::Inner(Next::Ip, frame)
        }
        LinkType::NULL | LinkType::LOOP => loopback(frame),
        LinkType::LINUX_SLL => cooked(frame),
        LinkType::LINUX_SLL2 => cooked_v2(frame),
        LinkType::PPP => Step::Inner(Next::Ppp, frame),
        LinkType::ARCNET_BSD => arcnet::bsd(frame),
        LinkType::ARCNET_LINUX => arcnet::linux(frame),
        LinkType::IEEE802_11 => wireless::frame(frame),
        LinkType::IEEE802_11_RADIOTAP => wireless::radiotap(frame),
        LinkType::PPI => wireless::ppi(frame),
        LinkType::IPOIB => infiniband(frame),
        LinkType::JUNIPER_ETHER => juniper(frame),
        unread => Step::Done(Fail(Undecoded::LinkType(unread))),
    }
}

/// Two addresses and an `EtherType` (RFC 894).
fn ethernet(frame: &[u8]) -> Step<'_> {
    let Some((&[.., a, b], rest)) = frame.split_first_chunk::<14>() else { return SHORT };
    Step::Inner(Next::EtherType(u16::from_be_bytes([a, b])), rest)
}

/// What an `EtherType` says of the octets behind it; below 1536 it is a length (IEEE 802.3 §3.2.6).
pub(super) fn ether_type<'a>(kind: u16, octets: &'a [u8], vlans: &mut Vlans) -> Step<'a> {
    match kind {
        IPV4 | IPV6 => Step::Inner(Next::Ip, octets),
        VLAN | QINQ | QINQ_OLD => tag(octets, vlans),
        MPLS | MPLS_UPSTREAM => Step::Inner(Next::Mpls, octets),
        PPPOE_SESSION => Step::Inner(Next::PppoeSession, octets),
        TRANSPARENT_BRIDGING => Step::Inner(Next::Link(LinkType::ETHERNET), octets),
        ARP | RARP => other(Other::Arp),
        0..1536 => llc(octets),
        unread => other(Other::EtherType(unread)),
    }
}

/// Priority, drop eligible and identifier, then an `EtherType` (IEEE 802.1Q §9.6).
fn tag<'a>(octets: &'a [u8], vlans: &mut Vlans) -> Step<'a> {
    let Some((&[t0, t1, a, b], rest)) = octets.split_first_chunk::<4>() else { return SHORT };
    vlans.push(u16::from_be_bytes([t0, t1]) & 0xfff);
    Step::Inner(Next::EtherType(u16::from_be_bytes([a, b])), rest)
}

/// IEEE 802.2 LLC; SNAP with an organization of zero carries an `EtherType` (RFC 1042).
pub(super) fn llc(octets: &[u8]) -> Step<'_> {
    match octets {
        [0xaa, 0xaa, 3, 0, 0, 0, a, b, rest @ ..] => {
            Step::Inner(Next::EtherType(u16::from_be_bytes([*a, *b])), rest)
        }
        [_, _, _, ..] => other(Other::Link),
        _ => SHORT,
    }
}

/// `LINKTYPE_NULL` and `LINKTYPE_LOOP`: an address family of four octets. Only the numbers that BSDs, macOS
/// and Windows use for IP occur, and none is another one's mirror image, so either byte order will do.
fn loopback(frame: &[u8]) -> Step<'_> {
    let Some((family, rest)) = frame.split_first_chunk::<4>() else { return SHORT };
    match u32::from_be_bytes(*family).min(u32::from_le_bytes(*family)) {
        2 | 10 | 23 | 24 | 28 | 30 => Step::Inner(Next::Ip, rest),
        _ => other(Other::Link),
    }
}

/// Linux cooked v1: packet type, hardware type, address length and address, protocol.
fn cooked(frame: &[u8]) -> Step<'_> {
    let Some((header, rest)) = frame.split_first_chunk::<16>() else { return SHORT };
    let &[.., a, b] = header;
    Step::Inner(Next::EtherType(u16::from_be_bytes([a, b])), rest)
}

/// Linux cooked v2: protocol first, then interface index, hardware type and address.
fn cooked_v2(frame: &[u8]) -> Step<'_> {
    let Some((header, rest)) = frame.split_first_chunk::<20>() else { return SHORT };
    let &[a, b, ..] = header;
    Step::Inner(Next::EtherType(u16::from_be_bytes([a, b])), rest)
}

/// IP over InfiniBand: the global route header of 40 octets, then an `EtherType` and two reserved octets
/// (RFC 4391 §6).
fn infiniband(frame: &[u8]) -> Step<'_> {
    match frame.get(40..) {
        Some(&[a, b, _, _, ref rest @ ..]) => Step::Inner(Next::EtherType(u16::from_be_bytes([a, b])), rest),
        _ => SHORT,
    }
}

/// Juniper's header: magic number, flags, extensions with their length, then an Ethernet frame. Bit 7 of the
/// flags says that there are extensions, bit 1 that there is no frame.
fn juniper(frame: &[u8]) -> Step<'_> {
    match frame {
        [b'M', b'G', b'C', flags, ..] if flags & 2 != 0 => other(Other::Link),
        [b'M', b'G', b'C', flags, high, low, rest @ ..] if flags & 0x80 != 0 => {
            match rest.get(usize::from(u16::from_be_bytes([*high, *low]))..) {
                Some(inner) => ethernet(inner),
                None => SHORT,
            }
        }
        [b'M', b'G', b'C', _, rest @ ..] => ethernet(rest),
        [_, _, _, _, ..] => MALFORMED,
        _ => SHORT,
    }
}

/// One MPLS label (RFC 3032 §2.1). Behind the last one stands IP if its nibble says so.
pub(super) fn mpls(octets: &[u8]) -> Step<'_> {
    match octets {
        [_, _, flags, _, rest @ ..] if flags & 1 == 0 => Step::Inner(Next::Mpls, rest),
        [_, _, _, _, rest @ ..] => match rest.first().map(|first| first >> 4) {
            Some(4 | 6) => Step::Inner(Next::Ip, rest),
            Some(_) => other(Other::Link),
            None => SHORT,
        },
        _ => SHORT,
    }
}

/// RFC 2516 §4, session stage.
pub(super) fn pppoe_session(octets: &[u8]) -> Step<'_> {
    match octets {
        [0x11, 0, _, _, a, b, rest @ ..] => {
            let claimed = usize::from(u16::from_be_bytes([*a, *b]));
            Step::Inner(Next::Ppp, rest.get(..claimed).unwrap_or(rest))
        }
        [_, _, _, _, _, _, ..] => MALFORMED,
        _ => SHORT,
    }
}

/// PPP with or without HDLC address and control, with a protocol field of one or two octets (RFC 1661 §2).
pub(super) fn ppp(octets: &[u8]) -> Step<'_> {
    let octets = octets.strip_prefix(&[0xff, 3]).unwrap_or(octets);
    match octets {
        [0x00, 0x21 | 0x57, rest @ ..] | [0x21 | 0x57, rest @ ..] => Step::Inner(Next::Ip, rest),
        [0x02, 0x81 | 0x83, rest @ ..] => Step::Inner(Next::Mpls, rest),
        [_, _, ..] => other(Other::Link),
        _ => SHORT,
    }
}
