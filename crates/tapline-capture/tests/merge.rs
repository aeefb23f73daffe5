//! Several files read as one.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

mod common;

use std::fs;
use std::path::PathBuf;

use common::{Kept, drain, pcap};
use tapline_capture::{Facts, Interface, PcapngWriter, open};
use tapline_packet::{LinkType, Packet, Timestamp};

fn merged(files: &[Vec<u8>]) -> (Vec<Kept>, Facts) {
    let folder = tempfile::tempdir().unwrap();
    let paths: Vec<PathBuf> = (0..files.len()).map(|index| folder.path().join(index.to_string())).collect();
    paths.iter().zip(files).for_each(|(path, bytes)| fs::write(path, bytes).unwrap());
    drain(&mut *open(&paths).unwrap())
}

/// (time, interface) of each packet, and numbers from one.
fn order(packets: &[Kept]) -> Vec<(Option<i64>, u32)> {
    assert!(packets.iter().zip(1..).all(|(packet, number)| packet.number == number));
    packets.iter().map(|packet| (packet.at_ns, packet.interface)).collect()
}

/// A pcapng file of one interface; `None` makes a packet without a time.
fn pcapng(times: &[Option<i64>]) -> Vec<u8> {
    let mut writer = PcapngWriter::new(Vec::new(), "test").unwrap();
    let link_type = LinkType::RAW;
    let interface =
        writer.interface(&Interface { link_type: Some(link_type), ..Interface::default() }).unwrap();
    for (number, time) in (1..).zip(times) {
        let packet =
            Packet { number, at: time.map(Timestamp), interface, link_type, wire_length: 4, data: b"data" };
        writer.packet(&packet, (number == 2).then_some("second")).unwrap();
    }
    writer.into_inner()
}

#[test]
fn packets_come_in_the_order_of_their_times() {
    let (packets, facts) = merged(&[pcap(&[10, 30, 50]), pcap(&[20, 30, 40]), pcap(&[])]);
    let expected = [(10, 0), (20, 1), (30, 0), (30, 1), (40, 1), (50, 0)];
    assert_eq!(order(&packets), expected.map(|(time, interface)| (Some(time), interface)));
    assert_eq!(facts.interfaces.iter().map(|one| one.file).collect::<Vec<_>>(), [0, 1, 2]);
    assert_eq!(facts.files.len(), 3);
}

#[test]
fn each_file_keeps_its_own_order() {
    let (packets, _) = merged(&[pcap(&[30, 10, 20])]);
    assert_eq!(order(&packets), [30, 10, 20].map(|time| (Some(time), 0)));
    let (packets, _) = merged(&[pcap(&[30, 10, 40]), pcap(&[20, 35])]);
    let expected = [(20, 1), (30, 0), (10, 0), (35, 1), (40, 0)];
    assert_eq!(order(&packets), expected.map(|(time, interface)| (Some(time), interface)));
}

#[test]
fn a_packet_without_a_time_stays_after_the_one_before_it() {
    let (packets, _) = merged(&[pcap(&[10, 20, 30]), pcapng(&[None, Some(20), None, None, Some(40)])]);
    let expected = [
        (None, 1),
        (Some(10), 0),
        (Some(20), 0),
        (Some(20), 1),
        (None, 1),
        (None, 1),
        (Some(30), 0),
        (Some(40), 1),
    ];
    assert_eq!(
        order(&packets).iter().map(|(time, _)| *time).collect::<Vec<_>>(),
        expected.map(|(time, _)| time)
    );
    let links = [LinkType::ETHERNET, LinkType::RAW];
    let of_files: Vec<_> = packets.iter().map(|packet| packet.link_type).collect();
    assert_eq!(of_files, expected.map(|(_, file)| links[file]));
}

#[test]
fn comments_and_damages_count_in_the_merged_order() {
    let mut cut = pcap(&[5, 6, 50]);
    cut.truncate(cut.len() - 1);
    let (packets, facts) = merged(&[pcapng(&[Some(10), Some(20), Some(30)]), cut]);
    assert_eq!(packets.len(), 5);
    assert_eq!(facts.comments[0].packet, 4, "5, 6, 10 come before");
    assert_eq!((facts.damages.len(), facts.damages[0].after_packet), (1, 2));
    assert!(facts.damages[0].path.ends_with("1"));
}
