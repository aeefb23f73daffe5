//! Where batches begin and end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tapline_analysis::Interests;
use tapline_testkit::{Frame, Talk};

use super::*;
use crate::limits::{BATCH_EVENTS, BATCHES_UNDER_WAY_MAX, BATCHES_WAITING_MAX, PARCEL_BYTES};

/// Frames, one behind the other, then idleness without end where it is live.
struct Frames {
    all: Vec<Frame>,
    given: Arc<AtomicU64>,
    idles: u32,
    is_live: bool,
    pause: Duration,
    facts: Facts,
}

impl Frames {
    fn of(all: Vec<Frame>) -> Self {
        let (given, facts) = (Arc::default(), Facts::default());
        Self { all, given, idles: 0, is_live: false, pause: Duration::ZERO, facts }
    }
}

impl Source for Frames {
    fn next(&mut self) -> Item<'_> {
        let given = self.given.fetch_add(1, Ordering::Relaxed);
        let frame = usize::try_from(given).ok().and_then(|given| self.all.get(given));
        if !self.pause.is_zero() {
            std::thread::sleep(self.pause);
        }
        match frame {
            Some(frame) => Item::Packet(frame.packet(given + 1)),
            None if self.is_live => {
                self.idles += 1;
                Item::Idle
            }
            None => Item::End,
        }
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    /// Packets stand for octets.
    fn progress(&self) -> Progress {
        Progress { read_bytes: self.given.load(Ordering::Relaxed), total_bytes: None }
    }
}

fn talk(port: u16) -> Talk {
    let [client, server] = [([10, 0, 0, 1], port), ([10, 0, 0, 2], 80)].map(SocketAddr::from);
    Talk::new(client, server, 1_000_000)
}

fn options(threads: usize) -> RunOptions {
    RunOptions { threads, ..RunOptions::new(Options::of(Interests::FULL)) }
}

/// How many packets were read at each batch, and its events; not of what ended with the capture.
fn batches(frames: Vec<Frame>, options: &RunOptions) -> Vec<(u64, usize)> {
    let (count, mut batches) = (frames.len() as u64, Vec::new());
    run(&mut Frames::of(frames), options, |batch| {
        if batch.progress.read_bytes <= count {
            batches.push((batch.progress.read_bytes, batch.events.len()));
        }
        ControlFlow::Continue(())
    });
    batches
}

/// A connection of so many segments of so many octets.
fn segments(count: u64, octets: usize) -> Vec<Frame> {
    (0..count).fold(talk(40_000).handshake(), |talk, _| talk.client(&vec![b'x'; octets])).frames
}

#[test]
fn batches_are_small_at_first_where_somebody_watches() {
    let read = |watch| {
        let options = RunOptions { watch, ..options(1) };
        batches(segments(3 * BATCH_PACKETS, 1), &options)
            .into_iter()
            .map(|(read, _)| read)
            .collect::<Vec<_>>()
    };
    assert_eq!(read(false), [BATCH_PACKETS, 2 * BATCH_PACKETS, 3 * BATCH_PACKETS]);
    let watched = read(true);
    assert_eq!(watched[..3], [FIRST_BATCH_PACKETS, 3 * FIRST_BATCH_PACKETS, 7 * FIRST_BATCH_PACKETS]);
    assert!(watched.windows(2).all(|pair| pair[1] - pair[0] <= BATCH_PACKETS));
}

#[test]
fn many_events_end_a_batch() {
    let requests = b"GET / HTTP/1.1\r\n\r\n".repeat(80);
    let answers = b"HTTP/1.1 204 No\r\n\r\n".repeat(80);
    let talk = (0..400).fold(talk(40_000).handshake(), |talk, _| talk.client(&requests).server(&answers));
    let batches = batches(talk.frames, &options(1));
    let (read, events) = batches[0];
    // The packet that fills it brings its events whole.
    assert!((BATCH_EVENTS..BATCH_EVENTS + 1000).contains(&events), "{events}");
    assert!(read < BATCH_PACKETS, "{read}");
}

#[test]
fn many_octets_end_a_batch_of_several_threads() {
    let read = batches(segments(2000, 1000), &options(2));
    let octets = usize::try_from(read[0].0).unwrap() * (1000 + 20);
    assert!((PARCEL_BYTES / 2..=PARCEL_BYTES + 1020).contains(&octets), "{octets}");
    assert_eq!(batches(segments(2000, 1000), &options(1)).len(), 0, "one thread copies nothing");
}

#[test]
fn so_many_batches_are_under_way() {
    let mut source = Frames::of(segments(2000, 1));
    let given = Arc::clone(&source.given);
    let options = RunOptions { batch_packets: 1, ..options(2) };
    let mut most = 0;
    run(&mut source, &options, |batch| {
        most = most.max(given.load(Ordering::Relaxed) - batch.progress.read_bytes);
        ControlFlow::Continue(())
    });
    assert!(most < BATCHES_UNDER_WAY_MAX as u64, "{most}");
}

#[test]
fn a_batch_is_told_though_the_next_one_takes_long() {
    let mut source = Frames { pause: Duration::from_micros(100), ..Frames::of(segments(2000, 1)) };
    let given = Arc::clone(&source.given);
    let options = RunOptions { batch_packets: 1000, ..options(2) };
    let mut told = None;
    run(&mut source, &options, |_| {
        told.get_or_insert(given.load(Ordering::Relaxed));
        ControlFlow::Break(())
    });
    let told = told.unwrap();
    assert!(told == 1000 || told < 2000 && told.is_multiple_of(LOOK_PACKETS), "{told}");
}

#[test]
fn who_is_idle_for_long_is_quiet() {
    let cut = talk(40_000).handshake().client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").server_reset();
    let mut source = Frames { is_live: true, ..Frames::of(cut.frames) };
    run(&mut source, &options(1), |batch| {
        let told = batch.events.iter().any(|event| matches!(event, Event::Exchange(_)));
        if told { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(source.idles, IDLES_QUIET);
}

#[test]
fn connections_that_end_with_the_capture_are_told_in_parts() {
    for threads in [1, 2] {
        let ports = (0..).take(BATCH_CONNECTIONS + 1).map(|nth| 1024 + nth);
        let mut told = Vec::new();
        run(
            &mut Frames::of(ports.flat_map(|port| talk(port).handshake().frames).collect()),
            &options(threads),
            |batch| {
                let records = batch.events.iter().filter(|event| matches!(event, Event::Connection(_)));
                told.push(records.count());
                ControlFlow::Continue(())
            },
        );
        told.retain(|&records| records > 0);
        assert_eq!(told, [BATCH_CONNECTIONS, 1]);
    }
}

#[test]
fn a_run_waits_for_who_reads_its_batches() {
    let source = Frames::of(segments(1000, 1));
    let given = Arc::clone(&source.given);
    let running = crate::spawn(Box::new(source), RunOptions { batch_packets: 1, ..options(1) }).unwrap();
    // One more is held by who waits to send it.
    let most = BATCHES_WAITING_MAX as u64 + 1;
    while given.load(Ordering::Relaxed) < most {
        std::thread::sleep(Duration::from_millis(1));
    }
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(given.load(Ordering::Relaxed), most);
    assert!(running.batches.iter().count() > 1000);
}
