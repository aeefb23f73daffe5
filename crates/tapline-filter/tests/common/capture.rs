//! What analysis tells of captures.
#![allow(dead_code, reason = "each test uses its part")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use tapline_analysis::{Analyzer, Event, Interests, Options, Timestamp};
use tapline_engine::capture::open;
use tapline_engine::{KeyFiles, RunOptions, run};
use tapline_filter::{Filter, Sieve};
use tapline_testkit::Frame;

/// A capture that is kept.
pub(crate) fn fixture(name: &str) -> PathBuf {
    tapline_testkit::root().join("fixtures").join(name).with_extension("pcapng")
}

/// Every event of a capture, opened with the keys beside it if there are some, and when it began.
pub(crate) fn events(path: &Path, interests: Interests, with_keys: bool) -> (Vec<Event>, Option<Timestamp>) {
    let mut keys = KeyFiles::default();
    let log = path.with_extension("keys");
    if with_keys && log.is_file() {
        keys.add_log(&log).unwrap();
    }
    let mut source = open(&[path.to_owned()]).unwrap();
    let options = RunOptions { keys, ..RunOptions::new(Options::of(interests)) };
    let mut events = Vec::new();
    let outcome = run(&mut *source, &options, |batch| {
        events.extend(batch.events);
        ControlFlow::Continue(())
    });
    (events, outcome.totals.first)
}

/// Every event of frames that were built.
pub(crate) fn built(frames: &[Frame]) -> Vec<Event> {
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    analyzer.take_events()
}

/// The connections whose record a filter lets through, with the events that it needs for that and no others.
pub(crate) fn connections(path: &Path, filter: &str, with_keys: bool) -> Vec<u64> {
    let mut sieve = Sieve::new(Filter::parse(filter).unwrap());
    let wanted = Interests { connections: true, ..Interests::NONE };
    let (events, start) = events(path, wanted.and(sieve.needs(wanted)), with_keys);
    if let Some(start) = start {
        sieve.begin(start);
    }
    let mut held = Vec::new();
    for event in &events {
        match event {
            Event::Connection(record) if sieve.holds(event) => held.push(record.id),
            event => {
                sieve.holds(event);
            }
        }
    }
    held.sort_unstable();
    held
}
