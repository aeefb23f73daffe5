//! What each connection of a capture said, as octets in order: for tests that play it again in another way.
#![allow(dead_code, unreachable_pub, reason = "each test uses its part")]

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use tapline_engine::analysis::decode::Keys;
use tapline_engine::analysis::decode::crypto::KeyLog;
use tapline_engine::capture::{Item, Secret, open};
use tapline_packet::{Dissected, dissect_packet};
use tapline_reassembly as reassembly;
use tapline_reassembly::{Connection, Direction, Origin, Tracker};

/// Octets of one direction of a connection, and where they stand in its stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Turn {
    pub direction: Direction,
    pub offset: u64,
    pub octets: Vec<u8>,
}

impl Turn {
    pub fn end(&self) -> u64 {
        self.offset + u64::try_from(self.octets.len()).unwrap()
    }
}

/// The turns of every connection of a capture, in order, and the text of the key logs that belong to it.
#[derive(Debug, Default)]
pub struct Played {
    pub connections: Vec<Vec<Turn>>,
    pub log: Vec<u8>,
}

impl Played {
    /// A capture, with the key log beside it.
    pub fn of(capture: &Path) -> Self {
        Self::with_log(capture, &capture.with_extension("keys"))
    }

    /// A capture, with a key log where there is one.
    pub fn with_log(capture: &Path, log: &Path) -> Self {
        let mut source = open(&[capture.to_owned()]).unwrap();
        let (mut tracker, mut turns) = (Tracker::default(), Turns::default());
        while let Item::Packet(packet) = source.next() {
            let here = Origin { packet: packet.number, at: packet.at.unwrap_or_default() };
            if let Dissected::Tcp(segment) = dissect_packet(&packet) {
                tracker.segment(&segment, packet.interface, here, &mut turns);
            }
        }
        let mut log = std::fs::read(log).unwrap_or_default();
        for secret in source.facts().secrets.iter().filter(|secret| secret.kind == Secret::TLS_KEY_LOG) {
            log.push(b'\n');
            log.extend_from_slice(&secret.bytes);
        }
        Self { connections: turns.0.into_values().collect(), log }
    }

    pub fn keys(&self) -> Arc<Keys> {
        Arc::new(Keys { log: key_log(&self.log), ..Keys::default() })
    }
}

pub fn key_log(text: &[u8]) -> KeyLog {
    let mut log = KeyLog::default();
    log.read(text);
    log
}

/// By the connection's id.
#[derive(Default)]
struct Turns(BTreeMap<u64, Vec<Turn>>);

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
        self.0.entry(connection.id).or_default().push(Turn { direction, offset, octets: octets.to_vec() });
    }

    fn gap(&mut self, _: &Connection, _: Direction, _: u64, _: u64, _: reassembly::Gap) {}

    fn ended(&mut self, _: &Connection, _: Direction, _: reassembly::End) {}

    fn closed(&mut self, _: &Connection, _: reassembly::Left) {}
}
