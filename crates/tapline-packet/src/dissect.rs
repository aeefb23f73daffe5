//! From a frame's first octet to its TCP segment: link layer, tags, labels, tunnels, IP, TCP.
//!
//! One loop, one step a header. Each step answers with the next header and the octets behind this one, or
//! with the final answer. What is understood is kept; what is not has a reason. What nearly every packet is, TCP in IP
//! in Ethernet, is looked for first and read by the same functions.

mod arcnet;
mod icmp;
pub(crate) mod ip;
mod link;
pub(crate) mod protocol;
mod tcp;
mod tunnel;
mod wireless;

use crate::limits::LAYERS_MAX;
use crate::{
    Compressed, Datagram, Endpoint, Envelope, Fragment, IcmpError, LinkType, Network, Packet, Segment,
};

/// What a frame was.
#[derive(Clone, Copy, Debug)]
pub enum Dissected<'a> {
    /// A TCP segment.
    Tcp(Segment<'a>),
    /// A part of an IP payload: [`dissect_datagram`] reads on when all are put together.
    Fragment(Fragment<'a>),
    /// A compressed IP payload: [`dissect_datagram`] reads on when it is inflated.
    Compressed(Compressed<'a>),
    /// An ICMP message about a TCP segment.
    IcmpError(IcmpError),
    /// A UDP datagram from or to the port of DNS.
    Dns(DnsDatagram<'a>),
    /// Something else that is understood well enough to be named.
    Other(Other),
    /// Not readable to its end, with the reason.
    Undecoded(Undecoded),
}

/// A UDP datagram from or to the port of DNS (RFC 1035 §4.2.1).
#[derive(Clone, Copy, Debug)]
pub struct DnsDatagram<'a> {
    /// Who sent it.
    pub source: Endpoint,
    /// To whom.
    pub destination: Endpoint,
    /// What is in it.
    pub payload: &'a [u8],
}

/// Traffic that is not TCP.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Other {
    /// UDP.
    Udp,
    /// `ICMPv4`.
    Icmp,
    /// `ICMPv6`.
    Icmpv6,
    /// ARP or RARP.
    Arp,
    /// IP with another protocol number.
    Ip(u8),
    /// An `EtherType` that does not lead to IP.
    EtherType(u16),
    /// IEEE 802.2 LLC, SNAP of another organization, or another link-level protocol.
    Link,
}

impl Other {
    /// A name to count it by.
    pub fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Icmp => "ICMP",
            Self::Icmpv6 => "ICMPv6",
            Self::Arp => "ARP",
            Self::Ip(_) => "other IP",
            Self::EtherType(_) | Self::Link => "not IP",
        }
    }
}

/// Why a frame could not be read to its TCP payload.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Undecoded {
    /// No reader for this link type.
    LinkType(LinkType),
    /// The frame ends inside a header of this layer.
    Short(Layer),
    /// A header of this layer contradicts itself.
    Malformed(Layer),
    /// More headers than [`LAYERS_MAX`].
    TooDeep,
}

/// A layer, for reasons.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Layer {
    /// Ethernet, cooked, loopback, PPP and tags.
    Link,
    /// IPv4, IPv6 and extension headers.
    Ip,
    /// A tunnel's header.
    Tunnel,
    /// TCP.
    Tcp,
}

impl Undecoded {
    /// A reason to count it by.
    pub fn reason(self) -> &'static str {
        match self {
            Self::LinkType(_) => "unsupported link type",
            Self::Short(Layer::Link) => "cut in the link header",
            Self::Short(Layer::Ip) => "cut in the IP header",
            Self::Short(Layer::Tunnel) => "cut in a tunnel header",
            Self::Short(Layer::Tcp) => "cut in the TCP header",
            Self::Malformed(Layer::Link) => "malformed link header",
            Self::Malformed(Layer::Ip) => "malformed IP header",
            Self::Malformed(Layer::Tunnel) => "malformed tunnel header",
            Self::Malformed(Layer::Tcp) => "malformed TCP header",
            Self::TooDeep => "headers nested too deeply",
        }
    }
}

/// What the next octets are.
#[derive(Clone, Copy)]
pub(crate) enum Next {
    Link(LinkType),
    EtherType(u16),
    /// IPv4 or IPv6 by the version nibble.
    Ip,
    Mpls,
    PppoeSession,
    /// The protocol field of PPP (RFC 1661 §2).
    Ppp,
}

/// What the frame and the headers so far say of what comes.
pub(crate) struct Around {
    network: Network,
    /// Octets that the wire had behind those that were kept.
    missing: usize,
    /// Headers that were read.
    layers: u8,
}

impl Around {
    /// Nothing around, and no end of the frame that is known.
    pub(crate) fn unbounded() -> Self {
        Self { network: Network::default(), missing: usize::MAX, layers: 0 }
    }

    fn envelope(&self) -> Envelope {
        Envelope { network: self.network, layers: self.layers, ..Envelope::default() }
    }
}

/// One step's answer.
pub(crate) enum Step<'a> {
    /// Go on with what stands behind this header.
    Inner(Next, &'a [u8]),
    /// That was all.
    Done(Dissected<'a>),
}

use Dissected::Undecoded as Fail;

/// Reads a frame (RFC 894, IEEE 802.1Q, RFC 791, RFC 8200, RFC 9293). Never fails: see [`Dissected`].
///
/// Nothing says here how much of the frame was cut off, so what the IP header claims is believed;
/// [`dissect_packet`] knows.
pub fn dissect(link_type: LinkType, frame: &[u8]) -> Dissected<'_> {
    walk(Next::Link(link_type), frame, Around::unbounded(), unwatched)
}

/// Reads a captured frame, knowing how long it was on the wire.
pub fn dissect_packet<'a>(packet: &Packet<'a>) -> Dissected<'a> {
    let on_wire = usize::try_from(packet.wire_length).unwrap_or(usize::MAX);
    let missing = on_wire.saturating_sub(packet.data.len());
    let around = Around { missing, ..Around::unbounded() };
    match usual(packet, &around) {
        Some(datagram) => tcp::tcp(&datagram),
        None => walk(Next::Link(packet.link_type), packet.data, around, unwatched),
    }
}

/// What nearly every packet is, without asking at each header what comes: TCP right behind IP right behind Ethernet.
/// `None` where a header says otherwise.
#[inline]
fn usual<'a>(packet: &Packet<'a>, around: &Around) -> Option<Datagram<'a>> {
    let (&[.., a, b], octets) = packet.data.split_first_chunk::<14>()?;
    let is_ip = matches!(u16::from_be_bytes([a, b]), link::IPV4 | link::IPV6);
    if packet.link_type != LinkType::ETHERNET || !is_ip {
        return None;
    }
    match ip::read(octets, around) {
        Ok((datagram, None)) if datagram.envelope.protocol == tcp::NUMBER => Some(datagram),
        _ => None,
    }
}

/// Reads on in an IP payload that was put together from fragments or inflated. It counts as one more header, so that
/// fragments of fragments end at [`LAYERS_MAX`], too.
pub fn dissect_datagram<'a>(datagram: &Datagram<'a>) -> Dissected<'a> {
    let mut datagram = *datagram;
    let on_wire = usize::try_from(datagram.payload_length).unwrap_or(usize::MAX);
    let missing = on_wire.saturating_sub(datagram.payload.len());
    datagram.envelope.layers = datagram.envelope.layers.saturating_add(1);
    let Envelope { network, layers, .. } = datagram.envelope;
    if layers > LAYERS_MAX {
        return Fail(Undecoded::TooDeep);
    }
    let mut around = Around { network, missing, layers };
    match protocol::protocol(&mut datagram, &mut around) {
        Step::Inner(next, octets) => walk(next, octets, around, unwatched),
        Step::Done(answer) => answer,
    }
}

/// Takes steps until one is the last; `watch` is told each of them, with what it was taken in.
pub(crate) fn walk<'a>(
    mut next: Next,
    mut octets: &'a [u8],
    mut around: Around,
    mut watch: impl FnMut(Next, &'a [u8], &Step<'a>),
) -> Dissected<'a> {
    while around.layers < LAYERS_MAX {
        around.layers += 1;
        let step = match next {
            Next::Link(link_type) => link::link(link_type, octets),
            Next::EtherType(kind) => link::ether_type(kind, octets, &mut around.network.vlans),
            Next::Mpls => link::mpls(octets),
            Next::PppoeSession => link::pppoe_session(octets),
            Next::Ppp => link::ppp(octets),
            Next::Ip => ip::ip(octets, &mut around),
        };
        watch(next, octets, &step);
        match step {
            Step::Inner(inner, rest) => (next, octets) = (inner, rest),
            Step::Done(answer) => return answer,
        }
    }
    Fail(Undecoded::TooDeep)
}

fn unwatched(_: Next, _: &[u8], _: &Step<'_>) {}

/// Octets in the unit of lengths on the wire.
pub(crate) fn length(octets: &[u8]) -> u32 {
    u32::try_from(octets.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::COMPRESSED_LAYERS;
    use crate::{Flags, Vlans};

    /// SYN from 10.0.0.1:1000 to 10.0.0.2:80, built by hand after RFC 791 §3.1 and RFC 9293 §3.1.
    fn ipv4_syn() -> Vec<u8> {
        let mut octets = vec![
            0x45, 0, 0, 44, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
            3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 2, 0xff, 0xff, 0, 0, 0, 0, // TCP
        ];
        octets.extend_from_slice(b"data");
        octets
    }

    fn ethernet(kind: [u8; 2], rest: &[u8]) -> Vec<u8> {
        [&[0; 12][..], &kind, rest].concat()
    }

    fn check(link: LinkType, frame: &[u8]) {
        let Dissected::Tcp(segment) = dissect(link, frame) else {
            panic!("no segment: {:?}", dissect(link, frame));
        };
        assert_eq!(segment.source, Endpoint { address: "10.0.0.1".parse().unwrap(), port: 1000 });
        assert_eq!((segment.sequence, segment.flags, segment.payload), (9, Flags::SYN, &b"data"[..]));
    }

    #[test]
    fn every_link_layer_leads_to_the_segment() {
        let ip = ipv4_syn();
        check(LinkType::ETHERNET, &ethernet([8, 0], &ip));
        check(LinkType::RAW, &ip);
        check(LinkType::IPV4, &ip);
        check(LinkType::NULL, &[&[2, 0, 0, 0][..], &ip].concat());
        check(LinkType::NULL, &[&[0, 0, 0, 2][..], &ip].concat());
        check(LinkType::LOOP, &[&[0, 0, 0, 2][..], &ip].concat());
        check(LinkType::LINUX_SLL, &[&[0, 0, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0, 8, 0][..], &ip].concat());
        check(
            LinkType::LINUX_SLL2,
            &[&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0][..], &ip].concat(),
        );
        check(LinkType::PPP, &[&[0xff, 3, 0, 0x21][..], &ip].concat());
        check(LinkType::IPOIB, &[&[0; 40][..], &[8, 0, 0, 0], &ip].concat());
        let frame = ethernet([8, 0], &ip);
        check(LinkType::JUNIPER_ETHER, &[&b"MGC\x80\x00\x03\x03\x01\x01"[..], &frame].concat());
        check(LinkType::JUNIPER_ETHER, &[&b"MGC\x00"[..], &frame].concat());
    }

    #[test]
    fn tags_and_labels_are_stepped_over() {
        let ip = ipv4_syn();
        let qinq = [&[0, 5, 0x81, 0, 0, 7, 8, 0][..], &ip].concat();
        check(LinkType::ETHERNET, &ethernet([0x88, 0xa8], &qinq));
        let frame = ethernet([0x88, 0xa8], &qinq);
        let Dissected::Tcp(segment) = dissect(LinkType::ETHERNET, &frame) else { panic!() };
        assert_eq!(segment.vlans, Vlans([5, 7]));
        check(
            LinkType::ETHERNET,
            &ethernet([0x88, 0x47], &[&[0, 0, 0x10, 64, 0, 0, 0x21, 64][..], &ip].concat()),
        );
        check(
            LinkType::ETHERNET,
            &ethernet([0x88, 0x64], &[&[0x11, 0, 0, 1, 0, 46, 0, 0x21][..], &ip].concat()),
        );
        let snap = [&[0xaa, 0xaa, 3, 0, 0, 0, 8, 0][..], &ip].concat();
        check(LinkType::ETHERNET, &ethernet([0, 52], &snap));
    }

    #[test]
    fn ipv4_in_ipv4_and_gre_lead_inside() {
        check(LinkType::RAW, &ipv4(4, &ipv4_syn()));
        check(LinkType::RAW, &ipv4(47, &[&[0, 0, 8, 0][..], &ipv4_syn()].concat()));
        check(
            LinkType::RAW,
            &ipv4(47, &[&[0xb0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2][..], &ipv4_syn()].concat()),
        );
    }

    /// An IPv4 packet of that protocol.
    fn ipv4(protocol: u8, rest: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(20 + rest.len()).unwrap().to_be_bytes();
        [&[0x45, 0, high, low, 0, 0, 0, 0, 64, protocol, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2][..], rest].concat()
    }

    /// A UDP packet to that port (RFC 768).
    fn udp(port: u16, rest: &[u8]) -> Vec<u8> {
        let ([a, b], [c, d]) = (port.to_be_bytes(), u16::try_from(8 + rest.len()).unwrap().to_be_bytes());
        ipv4(17, &[&[0x30, 0x39, a, b, c, d, 0, 0][..], rest].concat())
    }

    fn tunnel_of(frame: &[u8]) -> u32 {
        check(LinkType::RAW, frame);
        let Dissected::Tcp(segment) = dissect(LinkType::RAW, frame) else { panic!() };
        segment.tunnel.0
    }

    #[test]
    fn overlays_are_unpacked_and_told_apart_by_their_network() {
        let inner = ethernet([8, 0], &ipv4_syn());
        let vxlan = |id: u8| udp(4789, &[&[8, 0, 0, 0, 0, 0, id, 0][..], &inner].concat());
        let geneve = udp(6081, &[&[1, 0, 0x65, 0x58, 0, 0, 9, 0, 1, 2, 3, 0][..], &inner].concat());
        let tunnels =
            [tunnel_of(&vxlan(5)), tunnel_of(&vxlan(6)), tunnel_of(&geneve), tunnel_of(&ipv4_syn())];
        assert_eq!(tunnels.iter().collect::<std::collections::BTreeSet<_>>().len(), 4, "{tunnels:?}");
        assert_eq!(tunnels.last(), Some(&0));
        check(LinkType::RAW, &udp(4790, &[&[12, 0, 0, 1, 0, 0, 5, 0][..], &ipv4_syn()].concat()));
        check(LinkType::RAW, &udp(4790, &[&[12, 0, 0, 3, 0, 0, 5, 0][..], &inner].concat()));
        assert!(matches!(dissect(LinkType::RAW, &udp(4789, &[0; 40])), Dissected::Other(Other::Udp)));
        assert!(matches!(
            dissect(LinkType::RAW, &udp(4789, &[8, 0, 0])),
            Dissected::Undecoded(Undecoded::Short(Layer::Tunnel))
        ));
    }

    #[test]
    fn redirected_packets_are_unpacked() {
        check(LinkType::RAW, &ipv4(47, &[&[0, 0, 0x88, 0x3e, 5, 0x59, 0, 0x48][..], &ipv4_syn()].concat()));
        check(LinkType::RAW, &ipv4(47, &[&[0, 0, 0x88, 0x3e][..], &ipv4_syn()].concat()));
    }

    #[test]
    fn mirrored_frames_are_unpacked() {
        let inner = ethernet([8, 0], &ipv4_syn());
        let type_1 = ipv4(47, &[&[0, 0, 0x88, 0xbe][..], &inner].concat());
        let type_2 =
            ipv4(47, &[&[0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 0, 0, 0, 0, 0][..], &inner].concat());
        let type_3 =
            [&[0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &inner].concat();
        for frame in [type_1, type_2, ipv4(47, &type_3)] {
            check(LinkType::RAW, &frame);
        }
    }

    #[test]
    fn a_cut_payload_keeps_its_length_on_the_wire() {
        let ip = ipv4_syn();
        let Dissected::Tcp(segment) = dissect(LinkType::RAW, &ip[..42]) else { panic!() };
        assert_eq!((segment.payload, segment.payload_length), (&b"da"[..], 4));
    }

    #[test]
    fn ethernet_padding_is_not_payload() {
        let padded = ethernet([8, 0], &[&ipv4_syn()[..], &[0; 10]].concat());
        let Dissected::Tcp(segment) = dissect(LinkType::ETHERNET, &padded) else { panic!() };
        assert_eq!((segment.payload, segment.payload_length), (&b"data"[..], 4));
    }

    #[test]
    fn a_total_length_of_zero_is_an_offloaded_segment() {
        let mut ip = ipv4_syn();
        ip[3] = 0;
        let Dissected::Tcp(segment) = dissect(LinkType::RAW, &ip) else { panic!() };
        assert_eq!((segment.payload, segment.payload_length), (&b"data"[..], 4));
    }

    /// An IPv6 packet of that protocol (RFC 8200 §3).
    fn ipv6(protocol: u8, rest: &[u8]) -> Vec<u8> {
        let [high, low] = u16::try_from(rest.len()).unwrap().to_be_bytes();
        [&[0x60, 0x30, 0, 0, high, low, protocol, 64][..], &[1; 16], &[2; 16], rest].concat()
    }

    #[test]
    fn the_usual_packet_is_read_as_the_walk_reads_it() {
        let tcp = &ipv4_syn()[20..];
        let frames = [
            ethernet([8, 0], &ipv4_syn()),
            ethernet([0x86, 0xdd], &ipv6(6, tcp)),
            ethernet([0x86, 0xdd], &ipv6(60, &[&[6, 0, 0, 0, 0, 0, 0, 0][..], tcp].concat())),
        ];
        let check = |data: &[u8]| {
            let (number, at, interface, link_type) = (1, None, 0, LinkType::ETHERNET);
            let packet = Packet { number, at, interface, link_type, wire_length: u32::MAX, data };
            let [usual, walked] = [dissect_packet(&packet), dissect(link_type, data)];
            assert_eq!(format!("{usual:?}"), format!("{walked:?}"), "{data:02x?}");
        };
        for frame in frames {
            for end in 0..=frame.len() {
                check(&frame[..end]);
            }
            for place in 0..frame.len() {
                for bit in 0..8 {
                    let mut changed = frame.clone();
                    changed[place] ^= 1 << bit;
                    check(&changed);
                }
            }
        }
    }

    #[test]
    fn every_prefix_has_an_answer() {
        let frames = [
            (
                LinkType::ETHERNET,
                ethernet([0x88, 0xa8], &[&[0, 5, 0x81, 0, 0, 7, 8, 0][..], &ipv4_syn()].concat()),
            ),
            (LinkType::IPOIB, [&[0; 40][..], &[8, 0, 0, 0], &ipv4_syn()].concat()),
            (
                LinkType::JUNIPER_ETHER,
                [&b"MGC\x80\x00\x03\x03\x01\x01"[..], &ethernet([8, 0], &ipv4_syn())].concat(),
            ),
            (
                LinkType::LINUX_SLL2,
                [&[8, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 6, 1, 2, 3, 4, 5, 6, 0, 0][..], &ipv4_syn()].concat(),
            ),
        ];
        for (link, frame) in frames {
            for end in 0..frame.len() {
                match dissect(link, &frame[..end]) {
                    Dissected::Tcp(segment) => assert!(segment.payload.len() < 4),
                    Dissected::Undecoded(Undecoded::Short(_)) => {}
                    other => panic!("{end}: {other:?}"),
                }
            }
        }
    }

    #[test]
    fn what_is_not_tcp_is_named() {
        let mut udp = ipv4_syn();
        udp[9] = 17;
        assert!(matches!(dissect(LinkType::RAW, &udp), Dissected::Other(Other::Udp)));
        assert!(matches!(
            dissect(LinkType::ETHERNET, &ethernet([8, 6], &[0; 28])),
            Dissected::Other(Other::Arp)
        ));
        assert!(matches!(
            dissect(LinkType(147), &udp),
            Dissected::Undecoded(Undecoded::LinkType(LinkType(147)))
        ));
    }

    #[test]
    fn endless_nesting_ends() {
        // Beside the tags, Ethernet and IP are headers, and each EtherType that is looked up.
        let tagged = |tags: usize| {
            let rest = [[0, 1, 0x81, 0].repeat(tags - 1), vec![0, 1, 8, 0], ipv4_syn()].concat();
            match dissect(LinkType::ETHERNET, &ethernet([0x81, 0], &rest)) {
                Dissected::Tcp(_) => true,
                Dissected::Undecoded(Undecoded::TooDeep) => false,
                other => panic!("{other:?}"),
            }
        };
        let most = usize::from(LAYERS_MAX) - 3;
        assert_eq!([1, most, most + 1, 100].map(tagged), [true, true, false, false]);
    }

    #[test]
    fn what_is_compressed_again_and_again_is_given_up() {
        // What stands behind each header is taken for what it inflates to, which begins with the next one.
        let again = [108, 0, 0, 2].repeat(100);
        let mut octets = ipv4_syn()[..20].to_vec();
        octets[2..4].copy_from_slice(&420_u16.to_be_bytes());
        octets[9] = 108;
        octets.extend(again);
        let (mut answer, mut times) = (dissect(LinkType::RAW, &octets), 0);
        while let Dissected::Compressed(Compressed { envelope, payload, payload_length, .. }) = answer {
            times += 1;
            answer = dissect_datagram(&Datagram { envelope, payload, payload_length });
        }
        assert!(matches!(answer, Dissected::Undecoded(Undecoded::TooDeep)), "{answer:?}");
        assert_eq!(times, LAYERS_MAX / (COMPRESSED_LAYERS + 1) + 1, "the last in vain");
    }
}
