//! Real traffic: every packet of every capture has a tree, and every message in clear has one that finds no damage
//! where its decoder found none.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

#[path = "../../tapline-packet/tests/laws/mod.rs"]
mod laws;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Path, PathBuf};

use laws::check;
use tapline_capture::{Item, open};
use tapline_decode::http2::Payload;
use tapline_decode::tls::{Body, Handshake, Negotiated, Protection};
use tapline_decode::{
    Conversation, Direction, Field, Keyring, Message, Origin, Sink, dns, http1, http2, tls, websocket,
};
use tapline_packet::field::printable;
use tapline_packet::{Dissected, Undecoded, dissect, dissect_packet, packet_fields};
use tapline_reassembly::{self as reassembly, Connection, Tracker};
use tapline_testkit::{corpus, fixtures};

/// Larger captures of the corpus take too long without optimization.
const CAPTURE_BYTES_MAX: u64 = 3_000_000;

/// One direction's octets from offset 0, as far as none is missing.
#[derive(Default)]
struct Stream {
    octets: Vec<u8>,
    gone: bool,
}

/// One connection: its streams, and what its decoder said of them.
#[derive(Default)]
struct Talk {
    conversation: Conversation,
    keyring: Keyring,
    streams: [Stream; 2],
    heard: Heard,
}

#[derive(Default)]
struct Heard(Vec<(Direction, Range<u64>, Message)>);

impl Sink for Heard {
    fn message(&mut self, direction: Direction, span: Range<u64>, message: Message) {
        self.0.push((direction, span, message));
    }
}

#[derive(Default)]
struct Talks(BTreeMap<u64, Talk>);

impl reassembly::Sink for Talks {
    fn opened(&mut self, _: &Connection) {}

    fn octets(
        &mut self,
        connection: &Connection,
        direction: Direction,
        offset: u64,
        octets: &[u8],
        _: Origin,
    ) {
        let Talk { conversation, keyring, streams, heard } = self.0.entry(connection.id).or_default();
        conversation.bytes(direction, offset, octets, keyring, heard);
        let stream = &mut streams[direction.index()];
        stream.gone |= u64::try_from(stream.octets.len()).unwrap() != offset;
        if !stream.gone {
            stream.octets.extend_from_slice(octets);
        }
    }

    fn gap(&mut self, connection: &Connection, direction: Direction, from: u64, to: u64, _: reassembly::Gap) {
        let Talk { conversation, keyring, streams, heard } = self.0.entry(connection.id).or_default();
        conversation.gap(direction, from, to, keyring, heard);
        streams[direction.index()].gone = true;
    }

    fn ended(&mut self, _: &Connection, _: Direction, _: reassembly::End) {}

    fn closed(&mut self, _: &Connection, _: reassembly::Left) {}
}

/// What was looked at.
#[derive(Debug, Default)]
struct Seen {
    packets: usize,
    messages: BTreeMap<&'static str, usize>,
}

fn look_at(capture: &Path, seen: &mut Seen) {
    let Ok(mut source) = open(&[capture.to_owned()]) else { return };
    let (mut tracker, mut talks) = (Tracker::default(), Talks::default());
    while let Item::Packet(packet) = source.next() {
        seen.packets += 1;
        let fields = packet_fields(packet.link_type, packet.data);
        check(&fields, packet.data.len());
        let undecoded = matches!(
            dissect(packet.link_type, packet.data),
            Dissected::Undecoded(Undecoded::Short(_) | Undecoded::Malformed(_))
        );
        let damaged = fields.iter().any(Field::is_damaged);
        assert!(damaged || !undecoded, "{} {}: {fields:#?}", capture.display(), packet.number);
        let here = Origin { packet: packet.number, at: packet.at.unwrap_or_default() };
        if let Dissected::Tcp(segment) = dissect_packet(&packet) {
            tracker.segment(&segment, packet.interface, here, &mut talks);
        }
    }
    for talk in talks.0.values() {
        messages(talk, seen);
    }
}

/// The trees of what a conversation said.
fn messages(talk: &Talk, seen: &mut Seen) {
    let mut negotiated = Negotiated::default();
    for (direction, span, message) in &talk.heard.0 {
        let range = usize::try_from(span.start).unwrap()..usize::try_from(span.end).unwrap();
        let Some(octets) = talk.streams[direction.index()].octets.get(range) else { continue };
        let (protocol, fields, whole) = match message {
            Message::Tls(message) => {
                if let Body::Handshake(Handshake::ServerHello(hello)) = &message.body {
                    let (version, cipher_suite) =
                        (Some(hello.negotiated_version()), Some(hello.cipher_suite));
                    negotiated = Negotiated { version, cipher_suite };
                }
                let (protection, whole) = match &message.body {
                    Body::Encrypted => (Protection::Encrypted, true),
                    Body::Handshake(Handshake::Malformed { .. }) => (Protection::Clear, false),
                    Body::Handshake(_) => (Protection::Clear, true),
                    _ => (Protection::Unknown, false),
                };
                (
                    "tls",
                    tls::record_fields_with(octets, negotiated, protection),
                    whole && octets[0] & 0x80 == 0,
                )
            }
            Message::Http2(message) => match &**message {
                http2::Message::Frame(frame) => {
                    let whole = !matches!(
                        frame.payload,
                        Payload::Malformed(_) | Payload::Data { complete: false, .. }
                    );
                    ("http2", http2::frame_fields(octets, Some(frame)), whole)
                }
                _ => ("http2", http2::frame_fields(octets, None), true),
            },
            Message::Http1(http1::Message::Request(_) | http1::Message::Response(_)) => {
                // The head of a request without a version is its line; one that broke off is cut short.
                ("http1", http1::head_fields(octets), octets.ends_with(b"\n"))
            }
            Message::WebSocket(frame) => ("websocket", websocket::frame_fields(octets), frame.complete),
            Message::Dns(_) => ("dns", dns::stream_fields(octets), true),
            _ => continue,
        };
        check(&fields, octets.len());
        let damaged = fields.iter().any(Field::is_damaged);
        assert!(!(whole && damaged), "{message:?}: {fields:#?}");
        if let Message::Http2(message) = message {
            header_fields_agree(message, &fields);
        }
        *seen.messages.entry(protocol).or_default() += 1;
    }
}

/// A frame that ends a field block tells each of its fields, as the decoder has it.
fn header_fields_agree(message: &http2::Message, fields: &[Field]) {
    let http2::Message::Frame(frame) = message else { return };
    let (Payload::Headers { block, .. }
    | Payload::PushPromise { block, .. }
    | Payload::Continuation { block, .. }) = &frame.payload
    else {
        return;
    };
    let Some(block) = block else { return };
    let mut told = Vec::new();
    for field in fields {
        field.walk(&mut |field| {
            if field.name == "http2.header" {
                told.push(field.value.clone());
            }
        });
    }
    let decoded =
        block.fields.iter().map(|(name, value)| format!("{}: {}", printable(name), printable(value)));
    assert_eq!(told, decoded.collect::<Vec<_>>(), "{frame:?}");
}

#[test]
fn every_packet_and_message_of_the_fixtures_has_its_tree() {
    let mut seen = Seen::default();
    for capture in fixtures() {
        look_at(&capture, &mut seen);
    }
    println!("{seen:?}");
    assert!(seen.packets > 4_000, "{seen:?}");
    for (protocol, least) in [("tls", 400), ("http2", 500), ("http1", 150), ("websocket", 10)] {
        assert!(seen.messages.get(protocol).is_some_and(|&count| count >= least), "{seen:?}");
    }
}

#[test]
fn every_packet_and_message_of_other_projects_captures_has_its_tree() {
    let Some(folder) = corpus("") else { return };
    let mut seen = Seen::default();
    let mut captures = Vec::new();
    find(&folder, &mut captures);
    for capture in &captures {
        look_at(capture, &mut seen);
    }
    println!("{} captures: {seen:?}", captures.len());
    assert!(captures.len() > 200 && seen.packets > 8_000, "{seen:?}");
}

/// Every capture under a folder that is not too large.
fn find(folder: &Path, captures: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, captures);
        } else if path.metadata().is_ok_and(|facts| facts.len() <= CAPTURE_BYTES_MAX)
            && path.extension().is_some_and(|extension| extension.to_string_lossy().contains("cap"))
        {
            captures.push(path);
        }
    }
}
