//! A source that a thread of its own reads, and its capture file.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails shall panic")]

mod common;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use common::{Kept, drain};
use tapline_capture::{
    Drop, Facts, Happening, Interface, Item, Progress, Recorder, Rotation, Source, WhenFull, in_background,
    open,
};
use tapline_packet::{LinkType, Packet, Timestamp};

/// So many packets of 1,000 octets, a pause before every hundredth; packet 50 comes after three that were dropped.
struct Packets {
    count: u64,
    told: u64,
    paused: bool,
    data: Vec<u8>,
    facts: Facts,
}

fn packets(count: u64) -> Box<Packets> {
    let interface = Interface { link_type: Some(LinkType::RAW), ..Interface::default() };
    let mut facts = Facts::default();
    facts.interfaces.push(interface);
    Box::new(Packets { count, told: 0, paused: false, data: vec![7; 1_000], facts })
}

fn at(number: u64) -> Timestamp {
    Timestamp(i64::try_from(number).unwrap() * 1_000)
}

impl Source for Packets {
    fn next(&mut self) -> Item<'_> {
        if self.told == self.count {
            return Item::End;
        }
        if (self.told + 1).is_multiple_of(100) && !std::mem::replace(&mut self.paused, true) {
            return Item::Idle;
        }
        self.paused = false;
        self.told += 1;
        let number = self.told;
        if number == 50 {
            self.facts.interfaces[0].os_dropped = Some(3);
            self.facts.drops.push(Drop { interface: Some(0), before: at(number), packets: 3 });
        }
        self.data[..8].copy_from_slice(&number.to_be_bytes());
        let (link_type, data) = (LinkType::RAW, &self.data[..]);
        Item::Packet(Packet {
            number,
            at: Some(at(number)),
            interface: 0,
            link_type,
            wire_length: 1_500,
            data,
        })
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn conclude(&mut self) {
        let interface = &mut self.facts.interfaces[0];
        interface.received = Some(self.count.saturating_add(3));
        self.facts.drops.push(Drop { interface: Some(0), before: at(self.count), packets: 0 });
    }

    fn progress(&self) -> Progress {
        Progress { read_bytes: self.told * 1_000, total_bytes: None }
    }
}

/// Says something before each packet, beside an interface whose description is long.
struct Talkative {
    packets: Box<Packets>,
    told: Arc<AtomicU64>,
}

impl Source for Talkative {
    fn next(&mut self) -> Item<'_> {
        self.packets.facts.drops.push(Drop { interface: Some(0), before: at(self.packets.told), packets: 0 });
        self.told.store(self.packets.told, Ordering::Relaxed);
        self.packets.next()
    }

    fn facts(&self) -> &Facts {
        self.packets.facts()
    }

    fn progress(&self) -> Progress {
        self.packets.progress()
    }
}

#[test]
fn what_is_said_beside_packets_takes_room_too() {
    let mut packets = packets(20_000);
    packets.facts.interfaces[0].description = Some("x".repeat(8 << 20));
    let told = Arc::new(AtomicU64::new(0));
    let source = Talkative { packets, told: Arc::clone(&told) };
    let mut source = in_background(Box::new(source), None, WhenFull::Wait).unwrap();
    // Nobody reads, until it waits.
    let mut before = 0;
    while before == 0 || told.load(Ordering::Relaxed) != before {
        before = told.load(Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(300));
    }
    // At each pause there is news of 8 MiB, of which the queue has room for eight and one that is too many.
    assert!((500..1100).contains(&before), "{before}");
    assert_eq!(drain(&mut *source).0.len(), 20_000);
}

fn numbers(kept: &[Kept]) -> Vec<u64> {
    kept.iter().map(|packet| packet.number).collect()
}

#[test]
fn everything_goes_through_in_its_order() {
    let (all, _) = drain(&mut *packets(5_000));
    for when_full in [WhenFull::Drop, WhenFull::Wait] {
        let mut source = in_background(packets(5_000), None, when_full).unwrap();
        let (kept, facts) = drain(&mut *source);
        assert_eq!(kept, all);
        assert_eq!(facts.interfaces[0].received, Some(5_003));
        assert_eq!((facts.drops.len(), facts.drops[0].packets), (2, 3));
        assert_eq!(facts.queue_dropped, (when_full == WhenFull::Drop).then_some(0));
        assert_eq!(source.progress().read_bytes, 5_000_000);
        assert!(matches!(source.next(), Item::End));
    }
}

#[test]
fn what_finds_no_room_is_counted_with_its_place_and_still_written() {
    const COUNT: u64 = 200_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.pcapng");
    let recorder = Recorder::create(&path, Rotation::default()).unwrap();
    let mut source = in_background(packets(COUNT), Some(recorder), WhenFull::Drop).unwrap();
    // Nobody reads until everything was captured: 200 MB, of which 64 MiB have room.
    while std::fs::metadata(&path).unwrap().len() < COUNT * 1_032 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let (kept, facts) = drain(&mut *source);
    let dropped = facts.queue_dropped.unwrap();
    assert_eq!(kept.len() as u64 + dropped, COUNT);
    assert!(kept.len() as u64 * 1_000 < 66 << 20 && kept.len() as u64 * 1_000 > 60 << 20, "{}", kept.len());
    assert_eq!(numbers(&kept), (1..=kept.len() as u64).collect::<Vec<_>>());
    assert_eq!((facts.dropped_packets(), facts.lost_packets()), (Some(dropped + 3), Some(3)));
    drop(source);
    assert_eq!(drain(&mut *open(&[path]).unwrap()).0.len() as u64, COUNT);
}

#[test]
fn packets_behind_those_that_found_no_room_say_so() {
    const COUNT: u64 = 200_000;
    let mut source = in_background(packets(COUNT), None, WhenFull::Drop).unwrap();
    // Slow at first.
    let first = loop {
        if let Item::Packet(packet) = source.next() {
            break packet.number;
        }
    };
    std::thread::sleep(Duration::from_millis(300));
    let (kept, facts) = drain(&mut *source);
    let numbers = numbers(&kept);
    let gaps: Vec<_> = numbers.windows(2).filter(|pair| pair[1] > pair[0] + 1).collect();
    let places: Vec<_> = facts.drops.iter().filter(|drop| drop.interface.is_none()).collect();
    assert_eq!(first, 1);
    for (gap, place) in gaps.iter().zip(&places) {
        assert_eq!((place.packets, place.before), (gap[1] - gap[0] - 1, at(gap[1])));
    }
    assert_eq!(gaps.len(), places.len());
}

#[test]
fn who_waits_loses_nothing() {
    const COUNT: u64 = 100_000;
    let mut source = in_background(packets(COUNT), None, WhenFull::Wait).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let (kept, facts) = drain(&mut *source);
    assert_eq!((kept.len() as u64, facts.queue_dropped), (COUNT, None));
}

#[test]
fn who_leaves_early_leaves_a_whole_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all.pcapng");
    let recorder = Recorder::create(&path, Rotation::default()).unwrap();
    let mut source = in_background(packets(1 << 40), Some(recorder), WhenFull::Wait).unwrap();
    while !matches!(source.next(), Item::Packet(packet) if packet.number == 500) {}
    drop(source);
    let (kept, facts) = drain(&mut *open(&[path]).unwrap());
    assert!(kept.len() >= 500 && facts.damages.is_empty(), "{} {:?}", kept.len(), facts.damages);
    assert_eq!(facts.interfaces[0].os_dropped, Some(3));
}

/// Captures so many packets into files by these rules; the files with what is in them.
fn recorded(count: u64, rotation: Rotation) -> Vec<(PathBuf, Vec<Kept>, Facts)> {
    let folder = tempfile::tempdir().unwrap();
    let recorder = Recorder::create(&folder.path().join("day.pcapng"), rotation).unwrap();
    drain(&mut *in_background(packets(count), Some(recorder), WhenFull::Wait).unwrap());
    let mut paths: Vec<_> =
        std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    let read = |path: PathBuf| {
        let (kept, facts) = drain(&mut *open(std::slice::from_ref(&path)).unwrap());
        (path.strip_prefix(folder.path()).unwrap().to_owned(), kept, facts)
    };
    paths.into_iter().map(read).collect()
}

#[test]
fn a_file_says_what_was_dropped_and_where() {
    let (all, _) = drain(&mut *packets(300));
    let files = recorded(300, Rotation::default());
    let [(path, kept, facts)] = &files[..] else { panic!("{files:?}") };
    assert_eq!((path.as_path(), kept), (Path::new("day.pcapng"), &all));
    assert_eq!(facts.drops, [Drop { interface: Some(0), before: at(50), packets: 3 }]);
    assert_eq!(facts.interfaces[0].received, Some(303));
    assert_eq!(facts.dropped_packets(), Some(3));
    assert!(facts.sections[0].application.as_deref().unwrap().starts_with("tapline "));
}

#[test]
fn a_set_of_files_is_one_capture() {
    let (all, _) = drain(&mut *packets(300));
    let check = |rotation: Rotation, sizes: &[usize]| {
        let files = recorded(300, rotation);
        assert_eq!(files.iter().map(|(_, kept, _)| kept.len()).collect::<Vec<_>>(), sizes);
        files
    };
    let files = check(Rotation { packets: Some(120), ..Rotation::default() }, &[120, 120, 60]);
    let together: Vec<_> = files.iter().flat_map(|(_, kept, _)| numbers(kept)).collect();
    assert_eq!(together, [1..=120, 1..=120, 1..=60].into_iter().flatten().collect::<Vec<u64>>());
    let octets: Vec<_> = files.iter().flat_map(|(_, kept, _)| kept.iter().map(|one| &one.data)).collect();
    assert_eq!(octets, all.iter().map(|one| &one.data).collect::<Vec<_>>());
    let dropped: u64 = files.iter().filter_map(|(_, _, facts)| facts.dropped_packets()).sum();
    assert_eq!(dropped, 3, "what was counted in one file is not counted in the next");
    let name = files[2].0.to_str().unwrap().to_owned();
    assert!(name.starts_with("day_00003_20") && name.ends_with(".pcapng") && name.len() == 31, "{name}");

    check(Rotation { file_bytes: Some(104_400), ..Rotation::default() }, &[102, 102, 96]);
    let kept = Rotation { packets: Some(50), files: NonZeroUsize::new(2), ..Rotation::default() };
    let files = check(kept, &[50, 50]);
    assert_eq!(files[0].1[0].data, all[200].data, "the oldest are removed");
    let stopped = Rotation { packets: Some(50), stop_after: NonZeroUsize::new(3), ..Rotation::default() };
    check(stopped, &[50, 50, 50]);
    let one = Rotation { packets: Some(70), stop_after: NonZeroUsize::new(1), ..Rotation::default() };
    let files = check(one, &[70]);
    assert_eq!(files[0].0, Path::new("day.pcapng"));
}

#[test]
fn where_nothing_can_be_written_capturing_goes_on_and_it_is_said() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        tapline_testkit::skipped("no /dev/full");
        return;
    }
    let error = Recorder::create(full, Rotation::default()).err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::StorageFull);
    assert!(Recorder::create(Path::new("/no/such/folder/x"), Rotation::default()).is_err());

    let folder = tempfile::tempdir().unwrap();
    let rotation = Rotation { packets: Some(100), ..Rotation::default() };
    let recorder = Recorder::create(&folder.path().join("x"), rotation).unwrap();
    std::fs::remove_dir_all(folder.path()).unwrap();
    let (kept, facts) = drain(&mut *in_background(packets(300), Some(recorder), WhenFull::Wait).unwrap());
    assert_eq!(kept.len(), 300);
    let [incident] = &facts.incidents[..] else { panic!("{:?}", facts.incidents) };
    assert!(matches!(&incident.what, Happening::NotWritten(reason) if reason.contains("No such file")));
    assert_eq!(incident.after_packet, 100);
}
