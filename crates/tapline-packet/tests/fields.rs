//! A packet's tree obeys its laws whatever the octets are.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod laws;

use laws::check;
use proptest::prelude::*;
use tapline_packet::field::path_to;
use tapline_packet::{Dissected, Field, LinkType, dissect, packet_fields};

/// Ethernet with QinQ, IPv6 with every extension header, GRE with a key, IPv4 with options, ICMP about a TCP segment.
const NESTED: &[u8] = &[
    2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 0x88, 0xa8, // Ethernet
    0, 5, 0x81, 0, 0x60, 7, 0x86, 0xdd, // tags
    0x6a, 0xb2, 0x34, 0x56, 0, 120, 0, 64, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, // IPv6
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, // its destination
    43, 0, 1, 2, 0, 0, 0, 0, // hop-by-hop options
    44, 0, 0, 0, 0, 0, 0, 0, // routing
    51, 0, 0, 0, 0, 0, 0, 7, // fragment
    47, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, // authentication
    0x20, 0, 8, 0, 0, 0, 0, 5, // GRE with a key
    0x46, 0x2e, 0, 76, 0, 1, 0x40, 0, 64, 1, 0, 0, 10, 9, 9, 9, 10, 0, 0, 1, 148, 4, 0, 0, // IPv4
    3, 4, 0, 0, 0, 0, 5, 0x78, // ICMP
    0x45, 0, 5, 0xdc, 0, 1, 0x40, 0, 64, 6, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, // quoted IPv4
    3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 0, 0x50, 0x10, 0, 0, 0, 0, 0, 0, // quoted TCP
];

/// Raw IPv4, TCP with an option of each kind that is common, a payload.
const SEGMENT: &[u8] = &[
    0x45, 0, 0, 96, 0x12, 0x34, 0x40, 0, 64, 6, 0xab, 0xcd, 10, 0, 0, 1, 10, 0, 0, 2, // IPv4
    3, 0xe8, 0, 80, 0, 0, 0, 9, 0, 0, 0, 7, 0xf1, 0x12, 0xfa, 0xf0, 0x12, 0x34, 0, 0, // TCP
    2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7, // as SYNs have them
    5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 34, 4, 1, 2, 30, 2, 99, 3, 1, 0, // others
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, // payload
];

/// What is read, and what is not.
fn links() -> Vec<LinkType> {
    LinkType::READ.into_iter().chain([LinkType(147), LinkType(0xffff)]).collect()
}

fn read(link_type: LinkType, octets: &[u8]) -> Vec<Field> {
    let fields = packet_fields(link_type, octets);
    check(&fields, octets.len());
    fields
}

/// Every field as `name value`, depth first.
fn lines(fields: &[Field]) -> Vec<String> {
    let mut lines = Vec::new();
    for field in fields {
        field.walk(&mut |field| lines.push(format!("{} {}", field.name, field.value)));
    }
    lines
}

fn has(fields: &[Field], expected: &[&str]) {
    let lines = lines(fields);
    for line in expected {
        assert!(lines.iter().any(|there| there == line), "{line} is not among {lines:#?}");
    }
}

#[test]
fn a_segment_has_every_field_flag_and_option() {
    let fields = read(LinkType::RAW, SEGMENT);
    let headings: Vec<_> = fields.iter().map(|field| (field.name, field.octets.clone())).collect();
    assert_eq!(headings, [("ip", 0..20), ("tcp", 20..80), ("tcp.payload", 80..96)]);
    has(
        &fields,
        &[
            "ip 10.0.0.1 → 10.0.0.2",
            "tcp 1000 → 80",
            "ip.id 0x1234 (4660)",
            "ip.flags.df 1",
            "ip.flags.mf 0",
            "ip.proto TCP (6)",
            "ip.dst 10.0.0.2",
            "tcp.srcport 1000",
            "tcp.hdr_len 60 octets",
            "tcp.flags 0x112 (SYN, ACK, AE)",
            "tcp.flags.ae 1",
            "tcp.flags.syn 1",
            "tcp.flags.fin 0",
            "tcp.options.mss_val 1460",
            "tcp.options.timestamp.tsecr 2",
            "tcp.options.wscale.shift 7",
            "tcp.options.sack_re 2",
            "tcp.options.tfo.cookie 0102",
            "tcp.options.unknown ",
            "tcp.payload 16 octets",
        ],
    );
    assert!(!fields.iter().any(Field::is_damaged));
}

#[test]
fn an_octet_leads_to_its_innermost_field() {
    let fields = read(LinkType::RAW, SEGMENT);
    let name = |octet| {
        let path = path_to(&fields, octet);
        let (first, rest) = path.split_first().unwrap();
        rest.iter().fold(&fields[*first], |field, &nth| &field.fields[nth]).name
    };
    assert_eq!([name(0), name(16), name(33)], ["ip.version", "ip.dst", "tcp.flags.cwr"]);
    assert_eq!([name(42), name(80), name(95)], ["tcp.options.mss_val", "tcp.payload", "tcp.payload"]);
    assert!(path_to(&fields, 96).is_empty());
}

#[test]
fn a_deep_frame_is_told_from_the_outside_in() {
    let fields = read(LinkType::ETHERNET, NESTED);
    let headings: Vec<_> = fields.iter().map(|field| field.name).collect();
    let expected = [
        "eth",
        "ieee8021ad",
        "vlan",
        "ipv6",
        "ipv6.hopopts",
        "ipv6.routing",
        "ipv6.fraghdr",
        "ah",
        "gre",
        "ip",
        "icmp",
        "tapline.icmp.quoted",
    ];
    assert_eq!(headings, expected);
    has(
        &fields,
        &[
            "vlan.priority 3",
            "vlan.id 7",
            "ipv6.tclass.dscp 42",
            "ipv6.flow 0x23456",
            "ipv6.fraghdr.ident 0x00000007",
            "gre.key 0x00000005",
            "ip.opt.ra 0",
            "ip.dsfield.ecn ECT(0) (2)",
            "icmp.mtu 1400",
            "tcp.seq_raw 9",
        ],
    );
    assert!(!fields.iter().any(Field::is_damaged), "{:#?}", lines(&fields));
}

#[test]
fn a_quote_of_eight_octets_is_not_damaged() {
    let mut message = vec![0x45, 0, 0, 56, 0, 1, 0, 0, 64, 1, 0, 0, 10, 9, 9, 9, 10, 0, 0, 1];
    message.extend([3, 3, 0, 0, 0, 0, 0, 0]);
    message.extend(&SEGMENT[..28]);
    let fields = read(LinkType::RAW, &message);
    has(&fields, &["icmp.code 3 (port unreachable)", "tcp.dstport 80", "tcp.seq_raw 9"]);
    assert!(!fields.iter().any(Field::is_damaged), "{:#?}", lines(&fields));
}

#[test]
fn what_stands_behind_the_packet_comes_last() {
    let padded = [SEGMENT, &[0; 6]].concat();
    let fields = read(LinkType::RAW, &padded);
    assert_eq!(fields.last().map(|field| (field.name, field.octets.clone())), Some(("eth.padding", 96..102)));
}

#[test]
fn what_is_not_dissected_says_so() {
    let fields = read(LinkType(147), &[1, 2, 3]);
    assert_eq!(lines(&fields), ["tapline.not_dissected unsupported link type: link type 147"]);
    let tags = [&[0; 12][..], &[0x81, 0, 0, 1].repeat(30)].concat();
    has(&read(LinkType::ETHERNET, &tags), &["tapline.not_dissected headers nested too deeply"]);
}

#[test]
fn a_header_that_contradicts_itself_is_malformed() {
    let check = |at: usize, value: u8| {
        let mut wrong = SEGMENT.to_vec();
        wrong[at] = value;
        assert!(read(LinkType::RAW, &wrong).iter().any(Field::is_damaged), "{value} at {at}");
    };
    check(0, 0x44);
    check(0, 0x95);
    check(32, 0x40);
    check(41, 1);
    check(41, 60);
}

#[test]
fn every_prefix_has_a_tree_and_says_where_it_was_cut() {
    for (link, whole) in [(LinkType::ETHERNET, NESTED), (LinkType::RAW, SEGMENT)] {
        for end in 0..whole.len() {
            let fields = read(link, &whole[..end]);
            let short = matches!(dissect(link, &whole[..end]), Dissected::Undecoded(_));
            assert!(!short || fields.iter().any(Field::is_damaged), "{end}: {:#?}", lines(&fields));
        }
    }
}

/// Octets that numbers of protocols and short lengths are made of: they get deeper than any octets.
const LIKELY: [u8; 22] =
    [0, 1, 3, 4, 6, 8, 0x11, 0x20, 41, 43, 44, 47, 51, 58, 60, 0x45, 0x60, 108, 0x86, 0xdd, 0xd4, 0xaa];

proptest! {
    #[test]
    fn any_octets_have_a_tree(
        link in prop::sample::select(links()),
        data in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        read(link, &data);
    }

    #[test]
    fn likely_octets_have_a_tree(
        link in prop::sample::select(links()),
        data in prop::collection::vec(prop::sample::select(&LIKELY[..]), 0..200),
    ) {
        read(link, &data);
    }

    #[test]
    fn wrong_octets_have_a_tree(
        wrong in prop::collection::vec((0..NESTED.len(), any::<u8>()), 1..6),
        end in 0..=NESTED.len(),
    ) {
        let mut frame = NESTED.to_vec();
        for (at, value) in wrong {
            frame[at] = value;
        }
        read(LinkType::ETHERNET, &frame[..end]);
    }
}
