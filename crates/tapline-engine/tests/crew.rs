//! A run on several threads: nothing waits that need not, and everything ends.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::net::SocketAddr;
use std::ops::ControlFlow;

use tapline_engine::analysis::{Event, Interests, Options};
use tapline_engine::capture::{Facts, Item, Progress, Source};
use tapline_engine::{RunOptions, run, spawn};
use tapline_testkit::{Frame, Talk};

/// Packets, then silence, some hundred times, then the end.
struct Slow {
    frames: Vec<Frame>,
    given: usize,
    idle: usize,
    facts: Facts,
}

impl Slow {
    fn exchanges(count: u16) -> Self {
        let talk = |port| {
            let client = SocketAddr::from(([10, 0, 0, 1], 40_000 + port));
            let talk = Talk::new(client, SocketAddr::from(([10, 0, 0, 2], 80)), i64::from(port) * 1_000_000);
            let talk = talk.handshake().client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").frames
        };
        Self { frames: (0..count).flat_map(talk).collect(), given: 0, idle: 0, facts: Facts::default() }
    }
}

impl Source for Slow {
    fn next(&mut self) -> Item<'_> {
        let Some(frame) = self.frames.get(self.given) else {
            self.idle += 1;
            return if self.idle < 100 { Item::Idle } else { Item::End };
        };
        self.given += 1;
        Item::Packet(frame.packet(self.given as u64))
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn progress(&self) -> Progress {
        Progress::default()
    }
}

fn options(threads: usize) -> RunOptions {
    RunOptions { threads, ..RunOptions::new(Options::of(Interests::SUMMARY)) }
}

#[test]
fn what_is_read_is_told_when_the_source_is_idle() {
    for threads in [1, 2, 5] {
        let (mut source, mut exchanges) = (Slow::exchanges(20), 0);
        let outcome = run(&mut source, &options(threads), |batch| {
            exchanges += batch.events.iter().filter(|event| matches!(event, Event::Exchange(_))).count();
            if exchanges == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!((outcome.stopped, source.idle), (true, 1), "{threads} threads");
    }
}

/// A reset waits a second for what would disprove it; on a quiet interface that second has no packet at its end.
#[test]
fn what_a_reset_cut_off_is_told_when_the_source_stays_idle() {
    for threads in [1, 3] {
        let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
        let cut =
            Talk::new(client, server, 1_000_000).handshake().client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        let mut source = Slow { frames: cut.server_reset().frames, ..Slow::exchanges(0) };
        let outcome = run(&mut source, &options(threads), |batch| {
            let told = batch.events.iter().any(|event| matches!(event, Event::Exchange(_)));
            if told { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(outcome.stopped && (10..30).contains(&source.idle), "idle {} times", source.idle);
    }
}

#[test]
fn a_watched_connection_is_shown_before_it_ends() {
    for threads in [1, 3] {
        let mut source = Slow::exchanges(20);
        let options = RunOptions { watch: true, ..options(threads) };
        let mut shown = Vec::new();
        run(&mut source, &options, |batch| {
            shown.extend(batch.events.iter().filter_map(|event| match event {
                Event::ConnectionProgress(record) => Some((record.id, record.requests)),
                _ => None,
            }));
            if shown.is_empty() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        assert_eq!(shown, (0..20).map(|id| (id, 1)).collect::<Vec<_>>(), "{threads} threads");
    }
}

#[test]
fn a_run_that_is_broken_off_ends_with_batches_under_way() {
    for batch_packets in [1, 7] {
        let mut source = Slow::exchanges(2000);
        let options = RunOptions { batch_packets, ..options(4) };
        let outcome = run(&mut source, &options, |_| ControlFlow::Break(()));
        assert!(outcome.stopped && source.given < 100, "read {} packets", source.given);
    }
}

#[test]
fn a_cancelled_run_ends() {
    let running =
        spawn(Box::new(Slow::exchanges(2000)), RunOptions { batch_packets: 1, ..options(4) }).unwrap();
    assert!(running.batches.recv().is_ok());
    running.cancel();
    // Its channel closes when the run has ended.
    while running.batches.recv().is_ok() {}
}
