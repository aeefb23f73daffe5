//! From ordered octets to messages.

use std::collections::BTreeMap;
use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;

use anyhow::{Result, ensure};
use tapline_capture::{Item, open};
use tapline_decode::crypto::KeyLog;
use tapline_decode::http2::hpack::Decoder;
use tapline_decode::{Conversation, Keyring, Keys, Message};
use tapline_packet::{Dissected, dissect_packet};
use tapline_reassembly::{Connection, Direction, End, Gap, Left, Origin, Sink, Tracker};

use super::{Round, fixture};

/// How often a round decodes the fixture's connections.
const REPEATS: u64 = 20;

/// Heads or header blocks of a round.
const HEADS: u64 = 1000;

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

/// A head as browsers send it, and nothing else.
pub(super) fn http1_head() -> Round {
    let head = "GET /assets/application-4f1c.js?v=17 HTTP/1.1\r\nHost: www.example.test\r\nUser-Agent: Mozilla/5.0 (X11; \
                Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36\r\nAccept: */*\r\n\
                Accept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-GB,en;q=0.9\r\nReferer: \
                https://www.example.test/\r\nCookie: session=0123456789abcdef0123456789abcdef\r\n\
                Connection: keep-alive\r\n\r\n";
    Box::new(move || {
        let mut conversation = Conversation::new(None);
        let mut keyring = Keyring::new(Arc::default());
        let mut offset = 0;
        for _ in 0..HEADS {
            conversation.bytes(Direction::Forward, offset, head.as_bytes(), &mut keyring, &mut Deaf);
            offset += head.len() as u64;
        }
        HEADS
    })
}

/// Header blocks of requests on one connection: most of each stands in the dynamic table.
pub(super) fn hpack() -> Round {
    let mut encoder = fluke_hpack::Encoder::new();
    let block = |number: u64| {
        let path = format!("/assets/{number:08x}.js");
        let fields: [(&[u8], &[u8]); 8] = [
            (b":method", b"GET"),
            (b":scheme", b"https"),
            (b":authority", b"www.example.test"),
            (b":path", path.as_bytes()),
            (b"user-agent", b"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"),
            (b"accept-encoding", b"gzip, deflate, br, zstd"),
            (b"accept", b"*/*"),
            (b"cookie", b"session=0123456789abcdef0123456789abcdef"),
        ];
        encoder.encode(fields)
    };
    let blocks: Vec<Vec<u8>> = (0..HEADS).map(block).collect();
    Box::new(move || {
        let mut decoder = Decoder::default();
        for block in &blocks {
            black_box(decoder.decode(block));
        }
        HEADS
    })
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
