//! Every octet of every handshake in the fixtures is turned over, one at a time: what is said must differ.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tapline_engine::analysis::decode::crypto::KeyLog;
use tapline_engine::analysis::decode::{Conversation, Keyring, Keys, Message, Sink, tls};
use tapline_engine::capture::{Item, Secret, open};
use tapline_packet::{Dissected, dissect_packet};
use tapline_reassembly as reassembly;
use tapline_reassembly::{Connection, Direction, Origin, Tracker};

/// Octets of one direction, in order, of the connection `0`.
type Turn = (u64, Direction, u64, Vec<u8>);

#[derive(Default)]
struct Turns(Vec<Turn>);

impl reassembly::Sink for Turns {
    fn opened(&mut self, _: &Connection) {}

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        self.0.push((connection.id, direction, offset, octets.to_vec()));
    }

    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: reassembly::Gap) {}

    fn ended(&mut self, _: &Connection, _: Direction, _: reassembly::End) {}

    fn closed(&mut self, _: &Connection, _: reassembly::Left) {}
}

/// What was said, and which octets carried handshakes that could be read.
#[derive(Default)]
struct Heard {
    said: Vec<(Direction, Range<u64>, Message)>,
}

impl Sink for Heard {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        self.said.push((direction, span, message));
    }
}

fn turns(capture: &Path) -> (Vec<Vec<Turn>>, Arc<Keys>) {
    let mut source = open(&[capture.to_owned()]).unwrap();
    let (mut tracker, mut turns) = (Tracker::default(), Turns::default());
    while let Item::Packet(packet) = source.next() {
        let here = Origin { packet: packet.number, at: packet.at.unwrap_or_default() };
        if let Dissected::Tcp(segment) = dissect_packet(&packet) {
            tracker.segment(&segment, packet.interface, here, &mut turns);
        }
    }
    let mut log = KeyLog::default();
    if let Ok(text) = std::fs::read(capture.with_extension("keys")) {
        log.read(&text);
    }
    for secret in source.facts().secrets.iter().filter(|secret| secret.kind == Secret::TLS_KEY_LOG) {
        log.read(&secret.bytes);
    }
    let count = turns.0.iter().map(|turn| turn.0 + 1).max().unwrap_or(0);
    let mut connections = vec![Vec::new(); usize::try_from(count).unwrap()];
    for turn in turns.0 {
        connections[usize::try_from(turn.0).unwrap()].push(turn);
    }
    (connections, Arc::new(Keys { log, ..Keys::default() }))
}

fn play(turns: &[Turn], keys: &Arc<Keys>) -> Heard {
    let (mut conversation, mut keyring) = (Conversation::default(), Keyring::new(Arc::clone(keys)));
    let mut heard = Heard::default();
    for (_, direction, offset, octets) in turns {
        conversation.bytes(*direction, *offset, octets, &mut keyring, &mut heard);
    }
    for direction in [Direction::Forward, Direction::Reverse] {
        conversation.end(direction, true, &mut keyring, &mut heard);
    }
    heard
}

/// The octets of a direction that carry handshake messages which are read: in clear, or opened.
fn is_read(heard: &Heard, direction: Direction, offset: u64) -> bool {
    heard.said.iter().any(|(of, span, message)| {
        let read = matches!(message, Message::Tls(message) if match &message.body {
            tls::Body::Handshake(_) | tls::Body::ChangeCipherSpec | tls::Body::Alert(_) => true,
            _ => message.decrypted,
        });
        *of == direction && span.contains(&offset) && read
    })
}

#[test]
fn no_octet_of_a_handshake_is_passed_over() {
    let captures: Vec<PathBuf> = tapline_testkit::fixtures()
        .into_iter()
        .filter(|path| path.parent().is_some_and(|folder| folder.ends_with("tls")))
        .collect();
    assert!(captures.len() > 20, "{}", captures.len());
    let (next, flips) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                while let Some(capture) = captures.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (connections, keys) = turns(capture);
                    for turns in connections {
                        flips.fetch_add(flip_all(&turns, &keys, capture), Ordering::Relaxed);
                    }
                }
            });
        }
    });
    let flips = flips.into_inner();
    assert!(flips > 30_000, "{flips}");
}

/// How many octets were turned over.
fn flip_all(turns: &[Turn], keys: &Arc<Keys>, capture: &Path) -> usize {
    let heard = play(turns, keys);
    let mut flips = 0;
    let mut changed = turns.to_vec();
    for turn in 0..turns.len() {
        let (_, direction, offset, ref octets) = turns[turn];
        for (at, &octet) in octets.iter().enumerate() {
            let place = offset + u64::try_from(at).unwrap();
            if !is_read(&heard, direction, place) {
                continue;
            }
            changed[turn].3[at] ^= 1 << (at % 8);
            let other = play(&changed, keys);
            assert!(
                other.said != heard.said,
                "{}: {direction:?} octet {place} is passed over",
                capture.display()
            );
            changed[turn].3[at] = octet;
            flips += 1;
        }
    }
    flips
}
