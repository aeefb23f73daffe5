//! What is kept of a source that tells things once.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

mod common;

use common::{Kept, drain};
use tapline_capture::{Interface, Item, PcapngWriter, Secret, Source, keep, open_reader};
use tapline_packet::{LinkType, Packet, Timestamp};

const MIB: usize = 1 << 20;

/// A capture of so many packets of 10 kB, a secret in its middle.
fn capture(count: u64) -> Box<dyn Source + Send> {
    let mut writer = PcapngWriter::new(Vec::new(), "test").unwrap();
    let link_type = LinkType::RAW;
    let interface =
        writer.interface(&Interface { link_type: Some(link_type), ..Interface::default() }).unwrap();
    for number in 1..=count {
        let data: Vec<u8> = number.to_be_bytes().repeat(1_250);
        let at = Some(Timestamp(i64::try_from(number).unwrap() * 1_000));
        let packet = Packet { number, at, interface, link_type, wire_length: 20_000, data: &data };
        writer.packet(&packet, None).unwrap();
        if number == count / 2 {
            writer.secrets(Secret::TLS_KEY_LOG, b"CLIENT_RANDOM 00 00").unwrap();
        }
    }
    open_reader("test", Box::new(std::io::Cursor::new(writer.into_inner()))).unwrap()
}

#[test]
fn what_fits_is_kept_whole_and_told_as_often_as_one_likes() {
    let (all, _) = drain(&mut *capture(300));
    let (mut source, past) = keep(capture(300), 16 * MIB);
    assert_eq!(drain(&mut *past.source()).0, []);
    let mut seen = Vec::new();
    while let Item::Packet(packet) = source.next() {
        seen.push(Kept::from(&packet));
        if seen.len() % 100 == 0 {
            // The newest one is there at once.
            assert_eq!(drain(&mut *past.source()).0, seen);
        }
    }
    assert_eq!(seen, all);
    assert!(past.is_whole());
    for _ in 0..2 {
        let (again, facts) = drain(&mut *past.source());
        assert_eq!(again, all);
        assert_eq!((facts.secrets.len(), facts.interfaces.len()), (1, 1));
    }
    assert_eq!(past.source().secrets_ahead().unwrap().len(), 1);
}

#[test]
fn the_oldest_go_first_and_the_limit_holds() {
    let (all, _) = drain(&mut *capture(1_000));
    let (mut source, past) = keep(capture(1_000), 3 * MIB);
    drain(&mut *source);
    assert!(!past.is_whole());
    let mut kept = past.source();
    let first = kept.first_number();
    let (packets, _) = drain(&mut *kept);
    assert_eq!(packets[0].number, first);
    assert_eq!(packets, all[all.len() - packets.len()..], "the newest, without a hole");
    let bytes: usize = packets.iter().map(|packet| packet.data.len()).sum();
    assert!((2 * MIB..=3 * MIB).contains(&bytes), "{bytes}");
}

#[test]
fn a_snapshot_stays_what_it_was_while_reading_goes_on() {
    let (mut source, past) = keep(capture(1_000), 3 * MIB);
    for _ in 0..150 {
        assert!(matches!(source.next(), Item::Packet(_)));
    }
    let mut snapshot = past.source();
    drain(&mut *source);
    let (packets, _) = drain(&mut *snapshot);
    assert_eq!((packets.len(), packets[0].number, packets[149].number), (150, 1, 150));
}
