//! A close look at a connection tells the same as the run over the whole capture, and more.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::Path;

use tapline_engine::analysis::{ConnectionRecord, Course, Event, Interests, Options};
use tapline_engine::capture::{Facts, Item, Progress, Source, open};
use tapline_engine::{CapturedPacket, CloseUp, Going, KeyFiles, RunOptions, Subject, close_up, run};

fn options(path: &Path) -> RunOptions {
    let mut keys = KeyFiles::default();
    let log = path.with_extension("keys");
    if log.exists() {
        keys.add_log(&log).unwrap();
    }
    RunOptions { keys, ..RunOptions::new(Options::of(Interests::SUMMARY)) }
}

fn whole(path: &Path, options: &RunOptions) -> Vec<Event> {
    let mut events = Vec::new();
    run(&mut *open(&[path.to_owned()]).unwrap(), options, |batch| {
        events.extend(batch.events);
        ControlFlow::Continue(())
    });
    events
}

fn look(path: &Path, options: &RunOptions, record: &ConnectionRecord) -> CloseUp {
    let close = close_up(open(&[path.to_owned()]).unwrap(), options, Subject::of(record), &Going::default());
    assert_eq!(close.breaks_off, None, "{}", path.display());
    close
}

/// What both runs tell of a connection, without what only the whole capture knows: its id, and which lookup led to it.
fn story(events: &[Event], id: u64) -> Vec<String> {
    let told = events.iter().filter(|event| event.connection() == Some(id)).filter_map(|event| match event {
        Event::Connection(record) => {
            let mut record = record.clone();
            (record.id, record.copy_of, record.left) = (0, None, None);
            Some(format!("{record:?}"))
        }
        Event::TlsSession(session) => {
            let mut session = session.clone();
            session.connection = 0;
            Some(format!("{session:?}"))
        }
        Event::Exchange(exchange) => Some(format!(
            "{:?} {:?} {:?} {:?} {:?}",
            exchange.method,
            exchange.url,
            exchange.request.as_ref().map(|part| part.first),
            exchange.response.as_ref().map(|part| (part.first, part.last, part.body_bytes)),
            exchange.timings.wait,
        )),
        _ => None,
    });
    let mut told: Vec<String> = told.collect();
    // A resumed or reset connection may end at another moment than in the whole capture.
    told.sort();
    told
}

fn id_of(close: &CloseUp) -> u64 {
    close.events.iter().find_map(Event::connection).expect("nothing was told of the connection")
}

/// The octets are there without a hole, and messages stand in them.
fn check_octets(name: &str, close: &CloseUp) -> u64 {
    let mut ends: BTreeMap<_, u64> = BTreeMap::new();
    let mut inside: BTreeMap<_, u64> = BTreeMap::new();
    let mut placed = 0;
    let (mut bodies, mut told) = (0, 0);
    for event in &close.events {
        match event {
            Event::Carried(carried) => match &carried.of {
                Course::Stream(offset) => {
                    let end = ends.entry(carried.from).or_default();
                    assert_eq!(*end, *offset, "{name}");
                    *end += carried.octets.len() as u64;
                }
                Course::Missing(offset, length, _) => {
                    let end = ends.entry(carried.from).or_default();
                    assert_eq!(*end, *offset, "{name}");
                    *end += length;
                }
                Course::Body(_) => bodies += carried.octets.len() as u64,
                Course::Record(range, _) => assert!(range.end <= ends[&carried.from], "{name}"),
                Course::Inside(range, offset) => {
                    assert!(range.end <= ends[&carried.from], "{name}");
                    let end = inside.entry(carried.from).or_default();
                    assert!(*end <= *offset, "{name}");
                    *end = offset + carried.octets.len() as u64;
                }
            },
            Event::Exchange(exchange) if !exchange.inferred => {
                told += exchange
                    .request
                    .iter()
                    .chain(&exchange.response)
                    .map(|part| part.body_bytes)
                    .sum::<u64>();
            }
            Event::Message(message) => {
                if let Some(span) = &message.inside {
                    assert!(span.end <= inside[&message.from], "{name}: {message:?}");
                    placed += 1;
                }
            }
            _ => {}
        }
    }
    // DATA on a stream that nobody opened, or behind the reset that ended it, is no part of an exchange.
    let odd = ["connection-error", "rst-stream"].iter().any(|odd| name.contains(odd));
    assert!(bodies == told || (odd && bodies > told), "{name}: {bodies} octets of bodies, {told} told");
    placed
}

#[test]
fn every_connection_of_every_fixture() {
    let (mut connections, mut placed) = (0, 0);
    for path in tapline_testkit::fixtures() {
        let name = path.display().to_string();
        let options = options(&path);
        let events = whole(&path, &options);
        for event in &events {
            let Event::Connection(record) = event else { continue };
            // Of the flood a few are enough: each is looked for in the whole capture.
            if record.id > 12 {
                continue;
            }
            let close = look(&path, &options, record);
            let id = id_of(&close);
            if !name.contains("resumed") && !name.contains("early") {
                assert_eq!(story(&close.events, id), story(&events, record.id), "{name} {}", record.id);
            }
            let segments = close.events.iter().filter(|event| matches!(event, Event::Segment(_))).count();
            assert_eq!(segments as u64, record.client.packets + record.server.packets, "{name}");
            let kept: Vec<u64> = close.packets.iter().map(|packet| packet.number).collect();
            assert!(name.contains("fragmented") || kept.len() >= segments, "{name}: {kept:?}");
            assert_eq!((close.events_left_out, close.octets_left_out), (0, 0));
            placed += check_octets(&name, &close);
            connections += 1;
        }
    }
    assert!(connections > 150, "{connections}");
    assert!(placed > 100, "{placed} messages inside TLS have a place");
}

/// A source that has lost the packets before one.
struct Later(Box<dyn Source + Send>, u64);

impl Source for Later {
    fn next(&mut self) -> Item<'_> {
        self.0.next()
    }

    fn facts(&self) -> &Facts {
        self.0.facts()
    }

    fn first_number(&self) -> u64 {
        self.1
    }

    fn progress(&self) -> Progress {
        self.0.progress()
    }
}

#[test]
fn of_a_connection_whose_beginning_is_not_kept_the_rest_is_told() {
    let path = tapline_testkit::root().join("fixtures/link/page-load.pcapng");
    let options = options(&path);
    let events = whole(&path, &options);
    let records = events.iter().filter_map(|event| match event {
        Event::Connection(record) => Some(record),
        _ => None,
    });
    let mut looked = 0;
    for record in records.filter(|record| record.packets() > 12) {
        let all = look(&path, &options, record);
        // From its sixth packet on, and this is the first that the source has.
        let begins = all.packets[5].number;
        let mut source = open(std::slice::from_ref(&path)).unwrap();
        loop {
            let Item::Packet(packet) = source.next() else { panic!("{begins} is not there") };
            if packet.number + 1 == begins {
                break;
            }
        }
        let later = Box::new(Later(source, begins));
        let close = close_up(later, &options, Subject::of(record), &Going::default());
        let numbers =
            |packets: &[CapturedPacket]| -> Vec<u64> { packets.iter().map(|one| one.number).collect() };
        assert_eq!(numbers(&close.packets), numbers(&all.packets[5..]));
        let told = close.events.iter().find_map(|event| match event {
            Event::Connection(record) => Some((record.first.packet, record.last.packet)),
            _ => None,
        });
        assert_eq!(told, Some((begins, record.last.packet)));
        looked += 1;
    }
    assert!(looked >= 4, "{looked}");
}

/// A file that is cut after it was opened once more, and one that was cut before.
#[test]
fn that_the_capture_was_changed_meanwhile_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.pcapng");
    let content = std::fs::read(tapline_testkit::root().join("fixtures/http1/keep-alive.pcapng")).unwrap();
    std::fs::write(&path, &content).unwrap();
    let options = options(&path);
    let events = whole(&path, &options);
    let record = events.iter().find_map(|event| match event {
        Event::Connection(record) => Some(record),
        _ => None,
    });
    let record = record.unwrap();
    let packets = look(&path, &options, record).packets.len();
    let cut = |bytes| File::options().write(true).open(&path).unwrap().set_len(bytes).unwrap();
    let half = content.len() as u64 / 2;
    let after = open(std::slice::from_ref(&path)).unwrap();
    cut(half);
    let before = open(std::slice::from_ref(&path)).unwrap();
    for (source, says) in [(after, "became shorter"), (before, "is cut")] {
        let close = close_up(source, &options, Subject::of(record), &Going::default());
        let why = close.breaks_off.unwrap();
        assert!(why.contains(says), "{why}");
        assert!((1..packets).contains(&close.packets.len()), "{}", close.packets.len());
    }
}
