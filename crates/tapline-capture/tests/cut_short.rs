//! A file that somebody cuts short while it is read: what was read is right, the rest is damage, nothing dies.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that fails shall panic, in its helpers too"
)]

mod common;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::slice::from_ref;

use common::{Kept, drain, pcap, read};
use tapline_capture::{Facts, Item, Source, open};
use tapline_testkit::{Talk, capture};

/// Larger than what is shown at once.
const PACKETS: i64 = 100_000;

/// A capture of some MiB in either format.
fn captures() -> [Vec<u8>; 2] {
    let times: Vec<i64> = (1..=PACKETS).map(|second| second * 1_000_000_000).collect();
    let mut talk =
        Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), 1).handshake();
    for _ in 0..2000 {
        talk = talk.client(&[b'x'; 1460]);
    }
    [pcap(&times), capture(Vec::new(), &talk.frames).unwrap()]
}

/// A file of its own.
fn file(content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture");
    fs::write(&path, content).unwrap();
    (folder, path)
}

fn cut(path: &Path, bytes: usize) {
    File::options().write(true).open(path).unwrap().set_len(bytes as u64).unwrap();
}

fn some(source: &mut dyn Source, count: usize) -> Vec<Kept> {
    let packet = |source: &mut dyn Source| match source.next() {
        Item::Packet(packet) => Kept::from(&packet),
        other => panic!("{other:?}"),
    };
    (0..count).map(|_| packet(source)).collect()
}

/// Says so in one line that names the file, and the next step.
fn is_told(facts: &Facts, path: &Path) {
    let said: Vec<_> = facts.damages.iter().map(ToString::to_string).collect();
    assert_eq!(said.len(), 1, "{said:#?}");
    assert!(said[0].starts_with(path.to_str().unwrap()), "{said:?}");
    assert!(said[0].contains("became shorter while it was read"), "{said:?}");
    assert!(said[0].contains("read it when nobody changes it"), "{said:?}");
}

#[test]
fn what_was_there_is_read_and_nothing_is_made_up() {
    for content in captures() {
        let (whole, _) = read(&content);
        // Before what was read, in the page of it, in what is shown already, and behind it.
        for left in [0, 1, 30_001, 65_536, 700_003, 1_600_000, content.len() - 3] {
            let (_folder, path) = file(&content);
            let mut source = open(from_ref(&path)).unwrap();
            let mut packets = some(&mut *source, 1000);
            cut(&path, left);
            let (rest, _) = drain(&mut *source);
            source.conclude();
            packets.extend(rest);
            is_told(source.facts(), &path);
            let (there, _) = if left > 24 { read(&content[..left]) } else { (Vec::new(), Facts::default()) };
            let right = packets.iter().zip(&whole).take_while(|(one, other)| one == other).count();
            assert!(right >= there.len().max(1000), "{right} of {} are right, cut at {left}", there.len());
            // The one that the file ends in may have zeros at its end.
            assert!(packets.len() <= right + 1, "{} packets, cut at {left}", packets.len());
        }
    }
}

#[test]
fn each_of_several_files_may_be_cut() {
    let [content, _] = captures();
    for which in [0, 1] {
        let files = [file(&content), file(&content)];
        let paths: Vec<_> = files.iter().map(|(_, path)| path.clone()).collect();
        let mut source = open(&paths).unwrap();
        some(&mut *source, 5000);
        cut(&paths[which], 100_000);
        let (rest, facts) = drain(&mut *source);
        is_told(&facts, &paths[which]);
        let other = usize::try_from(PACKETS).unwrap();
        assert!((other..other + 5000).contains(&(rest.len() + 5000)), "the other file is read to its end");
    }
}

#[test]
fn secrets_are_looked_for_in_what_is_left() {
    let [_, content] = captures();
    let (_folder, path) = file(&content);
    let mut source = open(from_ref(&path)).unwrap();
    cut(&path, 50_000);
    assert_eq!(source.secrets_ahead(), Some(Vec::new()));
    let (packets, facts) = drain(&mut *source);
    assert_eq!(packets, read(&content[..50_000]).0);
    is_told(&facts, &path);
}

#[test]
fn who_takes_octets_by_their_place_gets_zeros() {
    let [content, _] = captures();
    let (_folder, path) = file(&content);
    let source = open(from_ref(&path)).unwrap();
    let mapped = source.mapped().unwrap();
    cut(&path, 0);
    let readers: Vec<_> = (0..4)
        .map(|_| {
            let mapped = mapped.clone();
            std::thread::spawn(move || mapped.iter().all(|&octet| octet == 0))
        })
        .collect();
    assert!(readers.into_iter().all(|reader| reader.join().unwrap()));
}

/// It was right when it was handed over, and gone before somebody was done with it.
#[test]
fn a_file_that_is_cut_behind_the_last_packet_is_told_in_the_end() {
    let [content, _] = captures();
    let (_folder, path) = file(&content);
    let mut source = open(from_ref(&path)).unwrap();
    let (packets, facts) = drain(&mut *source);
    assert_eq!((packets.len(), facts.damages.len()), (usize::try_from(PACKETS).unwrap(), 0));
    cut(&path, 100);
    source.conclude();
    is_told(source.facts(), &path);
    source.conclude();
    is_told(source.facts(), &path);
}

#[test]
fn a_file_that_grows_or_goes_to_another_name_is_read_as_it_was() {
    let [content, _] = captures();
    let (folder, path) = file(&content);
    let mut source = open(from_ref(&path)).unwrap();
    some(&mut *source, 10);
    fs::rename(&path, folder.path().join("elsewhere")).unwrap();
    fs::write(&path, b"another").unwrap();
    let (rest, facts) = drain(&mut *source);
    source.conclude();
    assert_eq!((rest.len(), facts.damages.len()), (usize::try_from(PACKETS).unwrap() - 10, 0));
}

/// What is read and not mapped ends where it ends.
#[test]
fn a_compressed_file_that_is_cut_is_damage_too() {
    let [_, content] = captures();
    let noise: Vec<u8> = (0..400_000_u32).flat_map(|n| n.wrapping_mul(0x9e37_79b9).to_le_bytes()).collect();
    // A block of its own kind, which no unpacker holds as a whole.
    let length = u32::try_from(noise.len() + 12).unwrap().to_le_bytes();
    let custom = [&[0xad, 0x0b, 0, 0], &length[..], &noise, &length].concat();
    let (_folder, path) = file(&zstd::encode_all(&*[content, custom].concat(), 1).unwrap());
    let mut source = open(from_ref(&path)).unwrap();
    some(&mut *source, 1);
    cut(&path, 10_000);
    let (_, facts) = drain(&mut *source);
    let said = facts.damages[0].to_string();
    assert!(said.starts_with(path.to_str().unwrap()) && said.contains("cannot be read on"), "{said}");
}
