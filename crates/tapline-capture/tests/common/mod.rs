//! What the tests share: the corpus, and reading a source to its end.
#![allow(dead_code, reason = "each test uses a part")]

use std::fs;
use std::path::{Path, PathBuf};

use tapline_capture::{Facts, Item, Source, read_bytes};
use tapline_packet::{LinkType, Packet, Timestamp};

/// A packet that outlives its source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) number: u64,
    pub(crate) at_ns: Option<i64>,
    pub(crate) interface: u32,
    pub(crate) link_type: LinkType,
    pub(crate) wire_length: u32,
    pub(crate) data: Vec<u8>,
}

impl From<&Packet<'_>> for Kept {
    fn from(packet: &Packet<'_>) -> Self {
        Self {
            number: packet.number,
            at_ns: packet.at.map(|Timestamp(ns)| ns),
            interface: packet.interface,
            link_type: packet.link_type,
            wire_length: packet.wire_length,
            data: packet.data.to_vec(),
        }
    }
}

/// All files under a folder with one of the endings.
pub(crate) fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Everything that a source gives, to its end.
pub(crate) fn drain(source: &mut dyn Source) -> (Vec<Kept>, Facts) {
    let mut packets = Vec::new();
    loop {
        match source.next() {
            Item::Packet(packet) => packets.push(Kept::from(&packet)),
            Item::Idle => {}
            Item::End => break,
        }
    }
    assert!(matches!(source.next(), Item::End), "the end stays the end");
    (packets, source.facts().clone())
}

/// Everything in a capture in memory.
pub(crate) fn read(bytes: &[u8]) -> (Vec<Kept>, Facts) {
    let mut packets = Vec::new();
    let facts = read_bytes("test", bytes, &mut |packet| packets.push(Kept::from(packet))).unwrap();
    (packets, facts)
}

/// What facts say apart from the names of the inputs.
pub(crate) fn gist(facts: &Facts) -> String {
    let damages: Vec<_> = facts.damages.iter().map(|one| (one.offset, &one.what, one.after_packet)).collect();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {damages:?}",
        facts.interfaces, facts.sections, facts.names, facts.secrets, facts.comments, facts.blocks
    )
}

/// A pcap file with one Ethernet packet a time (nanoseconds), each holding its own number in four octets.
pub(crate) fn pcap(times_ns: &[i64]) -> Vec<u8> {
    let mut bytes = b"\x4d\x3c\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x01\0\0\0".to_vec();
    for (number, time) in (0_u32..).zip(times_ns) {
        let [seconds, fraction] =
            [time / 1_000_000_000, time % 1_000_000_000].map(|part| u32::try_from(part).unwrap());
        for field in [seconds, fraction, 4, 60, number] {
            bytes.extend(field.to_le_bytes());
        }
    }
    bytes
}
