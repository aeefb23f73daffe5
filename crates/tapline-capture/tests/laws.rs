//! Any bytes: no prefix and no damage makes the reader panic, hang or invent packets without end.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::fs;

use common::{files, pcap};
use proptest::prelude::*;
use tapline_capture::{Interface, PcapngWriter, Secret, read_bytes};
use tapline_packet::{LinkType, Packet, Timestamp};
use tapline_testkit::corpus;

/// Reads what may be damaged; every packet and damage is paid for by bytes of the input.
fn survive(bytes: &[u8]) -> (u64, usize) {
    let (mut packets, mut octets) = (0, 0);
    let read = read_bytes("law", bytes, &mut |packet| {
        packets += 1;
        octets += packet.data.len();
        assert!(packet.wire_length as usize >= packet.data.len());
        assert_eq!(packet.number, packets);
    });
    let Ok(facts) = read else { return (0, 0) };
    assert!(octets <= bytes.len(), "{octets} of {}", bytes.len());
    let damages = facts.damages.len() as u64 + facts.left_out.get("damages").copied().unwrap_or(0);
    assert!(damages <= bytes.len() as u64);
    (packets, facts.damages.len())
}

#[test]
fn every_prefix_of_every_odd_file_is_read_without_panic() {
    let Some(folder) = corpus("odd") else { return };
    for path in files(&folder, &["pcap", "pcapng"]) {
        let bytes = fs::read(&path).unwrap();
        let (all, _) = survive(&bytes);
        // The giant one is cut in a few places only: its search for a next block is long.
        let step = if bytes.len() > 10_000 { bytes.len() / 10 } else { 1 };
        let mut before = 0;
        for end in (0..=bytes.len()).step_by(step) {
            let (packets, _) = survive(&bytes[..end]);
            assert!(packets >= before && packets <= all, "{} {end}", path.display());
            before = packets;
        }
    }
}

#[test]
fn every_byte_of_every_odd_file_may_be_wrong() {
    let Some(folder) = corpus("odd") else { return };
    for path in files(&folder, &["pcap", "pcapng"]) {
        let bytes = fs::read(&path).unwrap();
        if bytes.len() > 10_000 {
            continue;
        }
        for place in 0..bytes.len() {
            for wrong in [0, 1, 0x7f, 0xff] {
                let mut bytes = bytes.clone();
                bytes[place] = wrong;
                survive(&bytes);
            }
        }
    }
}

fn sample() -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new(), "law").unwrap();
    let link_type = LinkType::ETHERNET;
    let interface =
        Interface { name: Some("eth0".to_owned()), link_type: Some(link_type), ..Interface::default() };
    writer.interface(&interface).unwrap();
    writer.secrets(Secret::TLS_KEY_LOG, b"CLIENT_RANDOM a b\n").unwrap();
    for number in 1..20_u8 {
        let data = vec![number; usize::from(number)];
        let at = Some(Timestamp(i64::from(number)));
        let packet = Packet { number: 1, at, interface: 0, link_type, wire_length: 60, data: &data };
        writer.packet(&packet, number.is_multiple_of(3).then_some("third")).unwrap();
    }
    writer.into_inner()
}

#[test]
fn one_damaged_block_costs_one_packet_at_most() {
    let bytes = sample();
    let (all, _) = survive(&bytes);
    assert_eq!(all, 19);
    // The head of each packet block in turn: type, length, and length again.
    let starts: Vec<usize> = (0..bytes.len() - 8)
        .step_by(4)
        .filter(|start| bytes[*start..*start + 4] == [6, 0, 0, 0] && bytes[*start + 5..*start + 8] == [0; 3])
        .collect();
    assert!(starts.len() >= 19);
    for start in starts {
        for place in start..start + 8 {
            let mut bytes = bytes.clone();
            bytes[place] ^= 0x55;
            let (packets, damages) = survive(&bytes);
            assert!(packets + 1 >= all, "{packets} of {all} after a wrong byte at {place}");
            assert!(packets == all || damages > 0 || place < start + 4, "{place}");
        }
    }
}

#[test]
fn a_hostile_file_of_likely_heads_takes_time_in_proportion() {
    // Each twelve bytes look like a block of 16 MiB that turns out to be none.
    let mut bytes = sample();
    bytes.extend([6, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0].repeat(400_000));
    let begun = std::time::Instant::now();
    survive(&bytes);
    survive_compressed(&zstd::encode_all(&bytes[..], 1).unwrap());
    assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
}

fn survive_compressed(bytes: &[u8]) {
    // Unpacked bytes are not bounded by the packed ones, so only survival counts.
    let _ = read_bytes("law", bytes, &mut |_| {});
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_flips(flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), choice in 0..2) {
        let mut bytes = if choice == 0 { sample() } else { pcap(&[1, 2, 3, 4, 5]) };
        for (place, value) in flips {
            let place = place.index(bytes.len());
            bytes[place] = value;
        }
        survive(&bytes);
    }

    #[test]
    fn random_bytes_after_a_magic(magic in prop::sample::select(vec![
        &b"\xd4\xc3\xb2\xa1\x02\0\x04\0"[..],
        b"\x0a\x0d\x0d\x0a\x1c\0\0\0\x4d\x3c\x2b\x1a\x01\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\x1c\0\0\0",
        b"\x1f\x8b\x08\0\0\0\0\0\0\x03",
        b"\x28\xb5\x2f\xfd",
        b"\x04\x22\x4d\x18",
    ]), rest in prop::collection::vec(any::<u8>(), 0..400)) {
        survive_compressed(&[magic, &rest].concat());
    }

    #[test]
    fn flips_in_compressed_captures(place in any::<prop::sample::Index>(), value in any::<u8>()) {
        let mut bytes = zstd::encode_all(&sample()[..], 1).unwrap();
        let place = place.index(bytes.len());
        bytes[place] = value;
        survive_compressed(&bytes);
    }
}
