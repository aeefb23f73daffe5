//! Whatever the octets are, there is an answer, and it lies inside the frame.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

use proptest::prelude::*;
use tapline_packet::{Dissected, LinkType, Packet, dissect_packet};

/// What is read, and what is not.
fn links() -> Vec<LinkType> {
    LinkType::READ.into_iter().chain([LinkType(147)]).collect()
}

/// A frame of which `cut` octets were not kept.
fn packet(link_type: LinkType, data: &[u8], cut: u32) -> Packet<'_> {
    let wire_length = u32::try_from(data.len()).unwrap() + cut;
    Packet { number: 1, at: None, interface: 0, link_type, wire_length, data }
}

/// Reads the frame and asks everything that can be asked.
fn read(link_type: LinkType, data: &[u8], cut: u32) {
    let packet = packet(link_type, data, cut);
    let (kept, length) = match dissect_packet(&packet) {
        Dissected::Tcp(segment) => {
            let _ = segment.checksum();
            (segment.payload, segment.payload_length)
        }
        Dissected::Fragment(fragment) => (fragment.payload, fragment.payload_length),
        Dissected::Compressed(compressed) => (compressed.payload, compressed.payload_length),
        Dissected::Dns(datagram) => (datagram.payload, packet.wire_length),
        Dissected::IcmpError(error) => {
            assert!(error.reason.name().is_some());
            return;
        }
        Dissected::Other(_) | Dissected::Undecoded(_) => return,
    };
    assert!(kept.is_empty() || data.as_ptr_range().contains(&kept.as_ptr()));
    assert!(kept.len() as u64 <= u64::from(length) && length <= packet.wire_length);
}

/// Ethernet, IPv6 with a chain of every extension header, GRE, IPv4, ICMP about a TCP segment.
const NESTED: &[u8] = &[
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x86, 0xdd, // Ethernet
    0x60, 0, 0, 0, 0, 112, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, // IPv6
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, // its destination
    43, 0, 1, 4, 0, 0, 0, 0, // hop-by-hop options
    44, 0, 0, 0, 0, 0, 0, 0, // routing
    51, 0, 0, 0, 0, 0, 0, 7, // fragment
    47, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, // authentication
    0x20, 0, 8, 0, 0, 0, 0, 5, // GRE with a key
    0x45, 0, 0, 68, 0, 1, 0, 0, 64, 1, 0, 0, 10, 9, 9, 9, 10, 0, 0, 1, // IPv4
    3, 4, 0, 0, 0, 0, 5, 0x78, // ICMP
    0x45, 0, 5, 0xdc, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // quoted IPv4
    3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0, // quoted TCP
];

/// Ethernet, IPv4, UDP to the port of DNS.
const LOOKUP: &[u8] = &[
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0, // Ethernet
    0x45, 0, 0, 45, 0, 1, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
    0xe8, 0, 0, 53, 0, 25, 0, 0, // UDP
    0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, // what is the address of the root
];

#[test]
fn a_deep_frame_is_read_to_its_end() {
    let packet = packet(LinkType::ETHERNET, NESTED, 0);
    assert!(matches!(dissect_packet(&packet), Dissected::IcmpError(error) if error.mtu == Some(1400)));
}

#[test]
fn a_lookup_is_read_as_far_as_udp_says() {
    let padded = [LOOKUP, &[0; 9]].concat();
    let packet = packet(LinkType::ETHERNET, &padded, 0);
    assert!(matches!(dissect_packet(&packet), Dissected::Dns(datagram) if datagram.payload.len() == 17));
}

#[test]
fn every_octet_may_be_wrong_and_every_prefix_be_all_there_is() {
    for whole in [NESTED, LOOKUP] {
        for at in 0..whole.len() {
            for value in 0..=255 {
                let mut frame = whole.to_vec();
                frame[at] = value;
                read(LinkType::ETHERNET, &frame, 0);
            }
            read(LinkType::ETHERNET, &whole[..at], 0);
            read(LinkType::ETHERNET, &whole[..at], 50);
        }
    }
}

/// Octets that numbers of protocols and short lengths are made of: they get deeper than any octets.
const LIKELY: [u8; 22] =
    [0, 1, 3, 4, 6, 8, 0x11, 0x20, 41, 43, 44, 47, 51, 58, 60, 0x45, 0x60, 108, 0x86, 0xdd, 0xd4, 0xaa];

proptest! {
    #[test]
    fn any_octets_have_an_answer(
        link in prop::sample::select(links()),
        data in prop::collection::vec(any::<u8>(), 0..200),
        cut in 0..100_u32,
    ) {
        read(link, &data, cut);
    }

    #[test]
    fn likely_octets_have_an_answer(
        link in prop::sample::select(links()),
        data in prop::collection::vec(prop::sample::select(&LIKELY[..]), 0..200),
        cut in 0..100_u32,
    ) {
        read(link, &data, cut);
    }

    #[test]
    fn several_wrong_octets_have_an_answer(
        wrong in prop::collection::vec((0..NESTED.len(), any::<u8>()), 1..6),
        cut in 0..100_u32,
    ) {
        let mut frame = NESTED.to_vec();
        for (at, value) in wrong {
            frame[at] = value;
        }
        read(LinkType::ETHERNET, &frame, cut);
    }
}
