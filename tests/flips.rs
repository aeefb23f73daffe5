//! Every octet of every handshake in the fixtures is turned over, one at a time: what is said must differ.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "turns.rs"]
mod turns;

use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tapline_engine::analysis::decode::{Conversation, Direction, Keyring, Keys, Message, Sink, tls};
use turns::{Played, Turn};

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

fn play(turns: &[Turn], keys: &Arc<Keys>) -> Heard {
    let (mut conversation, mut keyring) = (Conversation::default(), Keyring::new(Arc::clone(keys)));
    let mut heard = Heard::default();
    for Turn { direction, offset, octets } in turns {
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
                    let played = Played::of(capture);
                    for turns in &played.connections {
                        flips.fetch_add(flip_all(turns, &played.keys(), capture), Ordering::Relaxed);
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
        let Turn { direction, offset, ref octets } = turns[turn];
        for (at, &octet) in octets.iter().enumerate() {
            let place = offset + u64::try_from(at).unwrap();
            if !is_read(&heard, direction, place) {
                continue;
            }
            changed[turn].octets[at] ^= 1 << (at % 8);
            let other = play(&changed, keys);
            assert!(
                other.said != heard.said,
                "{}: {direction:?} octet {place} is passed over",
                capture.display()
            );
            changed[turn].octets[at] = octet;
            flips += 1;
        }
    }
    flips
}
