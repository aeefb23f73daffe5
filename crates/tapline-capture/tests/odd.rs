//! Odd files, each read as the corpus says that it is to be read.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::fs;
use std::net::{IpAddr, Ipv4Addr};

use common::{Kept, drain, gist, read};
use tapline_capture::{BlockKind, Facts, Secret};
use tapline_packet::LinkType;
use tapline_testkit::corpus;

const T: i64 = 1_700_000_000_000_000_000;
const SECOND: i64 = 1_000_000_000;

/// Reads an odd file as it is mapped, and checks that bytes in memory give the same.
fn odd(name: &str) -> Option<(Vec<Kept>, Facts)> {
    let path = corpus("odd")?.join(name);
    let mapped = drain(&mut *tapline_capture::open(std::slice::from_ref(&path)).unwrap());
    let bytes = read(&fs::read(path).unwrap());
    assert_eq!(mapped.0, bytes.0, "{name}");
    assert_eq!(gist(&mapped.1), gist(&bytes.1), "{name}");
    Some(mapped)
}

fn times(packets: &[Kept]) -> Vec<Option<i64>> {
    packets.iter().map(|packet| packet.at_ns).collect()
}

fn payload() -> Vec<u8> {
    (0..60).collect()
}

/// Whole, plain packets at these times on the first interface, which is Ethernet; no damage.
fn check(name: &str, expected: &[Option<i64>]) {
    let Some((packets, facts)) = odd(name) else { return };
    assert_eq!(times(&packets), expected, "{name}");
    for (packet, number) in packets.iter().zip(1..) {
        let expected = Kept {
            number,
            at_ns: packet.at_ns,
            interface: 0,
            link_type: LinkType::ETHERNET,
            wire_length: 60,
            data: payload(),
        };
        assert_eq!(*packet, expected, "{name}");
    }
    assert!(!facts.is_damaged(), "{name}: {:?}", facts.damages);
}

#[test]
fn pcap_in_all_its_magics_and_byte_orders() {
    let micro = [0, 1, 2].map(|second| Some(T + second * SECOND + 123_456_000));
    let nano = [0, 1, 2].map(|second| Some(T + second * SECOND + 123_456));
    for (name, times) in [("us", micro), ("ns", nano), ("mod", micro)] {
        check(&format!("{name}_le.pcap"), &times);
        check(&format!("{name}_be.pcap"), &times);
    }
    check("fcs.pcap", &micro);
    check("empty.pcap", &[]);
}

#[test]
fn the_length_of_the_frame_check_sequence_is_told() {
    let Some((_, facts)) = odd("fcs.pcap") else { return };
    assert_eq!(facts.interfaces[0].fcs_length, Some(4));
    assert_eq!(facts.interfaces[0].link_type, Some(LinkType::ETHERNET));
    assert_eq!(facts.files[0].format(), "pcap");
}

#[test]
fn a_fraction_over_a_second_carries() {
    let Some((packets, facts)) = odd("ns_over.pcap") else { return };
    assert_eq!((packets.len(), packets[0].at_ns), (2, Some(T + 5 * SECOND)));
    assert!(!facts.is_damaged());
}

#[test]
fn packets_longer_than_the_snapshot_length_are_whole() {
    let Some((packets, facts)) = odd("caplen_gt_snap.pcap") else { return };
    assert_eq!(packets.iter().map(|packet| packet.data.len()).collect::<Vec<_>>(), [60, 60]);
    assert_eq!(facts.interfaces[0].snaplen, Some(40));
}

#[test]
fn a_cut_is_said_and_everything_before_it_is_read() {
    for (name, packets_before, offset, what) in [
        ("trunc.pcap", 2, 176, "cut inside a packet: 50 of 60 bytes are there"),
        ("trunc.pcapng", 1, 140, "enhanced packet block is cut: 85 of 92 bytes are there"),
    ] {
        let Some((packets, facts)) = odd(name) else { return };
        assert_eq!(packets.len(), packets_before, "{name}");
        let damages: Vec<_> =
            facts.damages.iter().map(|one| (one.offset, one.what.as_str(), one.after_packet)).collect();
        assert_eq!(damages, [(offset, what, packets_before as u64)], "{name}");
    }
}

#[test]
fn sections_interfaces_comments_and_packets_without_time() {
    for name in ["basic_le.pcapng", "basic_be.pcapng"] {
        check(name, &[Some(T + 123_456_789), None]);
        let Some((_, facts)) = odd(name) else { return };
        assert_eq!(facts.files[0].format(), "pcapng");
        assert_eq!(facts.sections[0].comments, ["hello"]);
        assert_eq!(facts.sections[0].application.as_deref(), Some("tapline"));
        assert_eq!(facts.interfaces[0].name.as_deref(), Some("eth0"));
        assert_eq!(facts.interfaces[0].snaplen, None);
        assert_eq!((facts.comments[0].packet, facts.comments[0].text.as_str()), (1, "cé"));
        assert_eq!(facts.dropped_packets(), None);
    }
}

#[test]
fn clocks_of_two_to_the_twentieth_and_with_an_offset() {
    for order in ["le", "be"] {
        check(&format!("bin_{order}.pcapng"), &[Some(T)]);
        check(&format!("tsoff_{order}.pcapng"), &[Some(T + 1_000)]);
    }
}

#[test]
fn secrets_names_statistics_and_blocks_that_are_skipped() {
    for name in ["dsb_le.pcapng", "dsb_be.pcapng"] {
        check(name, &[Some(T), Some(T)]);
        let Some((_, facts)) = odd(name) else { return };
        let secret = &facts.secrets[0];
        assert_eq!((secret.kind, secret.after_packet), (Secret::TLS_KEY_LOG, 0));
        assert!(secret.bytes.starts_with(b"CLIENT_RANDOM aaaa") && secret.bytes.ends_with(b"bb\n"));
        assert_eq!(facts.names[0].address, IpAddr::V4(Ipv4Addr::new(10, 0, 0, 1)));
        assert_eq!(facts.names[0].names, ["a.org"]);
        assert_eq!((facts.interfaces[0].received, facts.interfaces[0].dropped), (Some(77), Some(5)));
        assert_eq!(facts.dropped_packets(), Some(5));
        let skipped: Vec<_> = facts.skipped_blocks().collect();
        assert_eq!(skipped, [(BlockKind::CUSTOM, 1), (BlockKind(0x1234_5678), 1), (BlockKind::PROCESS, 1)]);
    }
}

#[test]
fn every_section_has_its_own_byte_order_clock_and_link_type() {
    let Some((packets, facts)) = odd("multi.pcapng") else { return };
    assert_eq!(packets.len(), 3);
    assert_eq!(packets[1].at_ns, Some(T + 123_456_789));
    let links: Vec<_> = packets.iter().map(|packet| (packet.interface, packet.link_type)).collect();
    assert_eq!(links, [(0, LinkType::ETHERNET), (1, LinkType::RAW), (2, LinkType::ETHERNET)]);
    assert_eq!((facts.sections.len(), facts.interfaces.len()), (3, 3));
    assert!(!facts.is_damaged());
}

#[test]
fn interfaces_of_one_section_differ_in_link_type() {
    let Some((packets, _)) = odd("two_if.pcapng") else { return };
    let links: Vec<_> = packets.iter().map(|packet| (packet.interface, packet.link_type)).collect();
    assert_eq!(links, [(1, LinkType::LINUX_SLL), (0, LinkType::ETHERNET)]);
}

#[test]
fn a_giant_packet_is_read() {
    let Some((packets, facts)) = odd("big.pcapng") else { return };
    assert_eq!(packets.iter().map(|packet| packet.data.len()).collect::<Vec<_>>(), [3_000_000, 60]);
    assert!(!facts.is_damaged());
}

#[test]
fn a_wrong_trailing_length_costs_no_packet() {
    let Some((packets, facts)) = odd("badlen.pcapng") else { return };
    assert_eq!(times(&packets), [Some(T), Some(T + 1_000)]);
    assert_eq!(facts.damages.len(), 1);
    assert_eq!(facts.damages[0].offset, 48);
    assert_eq!(
        facts.damages[0].what,
        "enhanced packet block begins with a length of 92 and ends with one of 999"
    );
}

#[test]
fn a_packet_of_an_interface_that_does_not_exist_is_skipped_and_said() {
    let Some((packets, facts)) = odd("badif.pcapng") else { return };
    assert_eq!(packets.len(), 1);
    assert_eq!(packets[0].number, 1);
    assert_eq!(facts.damages[0].what, "enhanced packet block: interface 7 is not described in its section");
}

#[test]
fn text_that_is_not_utf8_is_escaped() {
    let Some((packets, facts)) = odd("nonutf8.pcapng") else { return };
    assert_eq!(packets.len(), 1);
    assert_eq!(facts.interfaces[0].name.as_deref(), Some("%ff%fe"));
    assert_eq!(facts.comments[0].text, "%ff%ff");
}
