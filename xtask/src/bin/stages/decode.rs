//! From ordered octets to messages.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;

use anyhow::{Result, ensure};
use tapline_capture::{Item, open};
use tapline_decode::crypto::KeyLog;
use tapline_decode::{Conversation, Keyring, Keys, Message};
use tapline_packet::{Dissected, dissect_packet};
use tapline_reassembly::{Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};

use super::{Round, fixture};

/// How often a round decodes the fixture's connections.
const REPEATS: u64 = 20;

/// Octets of a direction as they came.
type Piece = (Direction, u64, Vec<u8>);

/// Collects the octets of every connection.
#[derive(Default)]
struct Collector(BTreeMap<u64, Vec<Piece>>);

impl Sink for Collector {
    fn opened(&mut self, _: &Connection) {}
    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        self.0.entry(connection.id).or_default().push((direction, offset, octets.to_vec()));
    }
    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: Gap) {}
    fn ended(&mut self, _: &Connection, _: Direction, _: End) {}
    fn closed(&mut self, _: &Connection, _: Left) {}
}

/// Hears messages and keeps none.
struct Deaf;

impl tapline_decode::Sink for Deaf {
    fn message(&mut self, _: Direction, _: Range<u64>, message: Message) {
        black_box(message);
    }
}

/// What the connections of a fixture say.
fn said(name: &str) -> Result<Vec<Vec<Piece>>> {
    let mut source = open(&[fixture(name)])?;
    let (mut tracker, mut collector) = (Tracker::bounded(1 << 20), Collector::default());
    while let Item::Packet(packet) = source.next() {
        if let (Dissected::Tcp(segment), Some(at)) = (dissect_packet(&packet), packet.at) {
            tracker.segment(&segment, 0, Origin { packet: packet.number, at }, &mut collector);
        }
    }
    tracker.finish_all(&mut collector);
    ensure!(!collector.0.is_empty(), "nobody says anything in {name}");
    Ok(collector.0.into_values().collect())
}

/// Decodes the connections of a fixture with these keys.
fn round(name: &str, keys: Keys) -> Result<Round> {
    let (said, keys) = (said(name)?, Arc::new(keys));
    Ok(Box::new(move || {
        let mut octets_in_all = 0;
        for _ in 0..REPEATS {
            let mut keyring = Keyring::new(Arc::clone(&keys));
            for connection in &said {
                let mut conversation = Conversation::new(None);
                for (direction, offset, octets) in connection {
                    conversation.bytes(*direction, *offset, octets, &mut keyring, &mut Deaf);
                    octets_in_all += octets.len() as u64;
                }
            }
        }
        octets_in_all
    }))
}

pub(super) fn http1() -> Result<Round> {
    round("http1/keep-alive.pcapng", Keys::default())
}

pub(super) fn http2() -> Result<Round> {
    round("http2/many-streams.pcapng", Keys::default())
}

pub(super) fn tls_closed() -> Result<Round> {
    round("tls/http2-over-tls.pcapng", Keys::default())
}

pub(super) fn tls_opened() -> Result<Round> {
    let mut log = KeyLog::default();
    log.read(&std::fs::read(fixture("tls/http2-over-tls.keys"))?);
    round("tls/http2-over-tls.pcapng", Keys { log, ..Keys::default() })
}
