//! No dead names: every field is told of something, by the records that the catalogue says have it and by no other.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/capture.rs"]
mod capture;

use std::collections::{BTreeMap, BTreeSet};

use tapline_analysis::{Event, Interests, Timestamp};
use tapline_filter::{CATALOGUE, FieldId, FieldKind, Filter, Known, RecordKind, Value, item_of};
use tapline_testkit::{Frame, Odd, Speaker, Talk, datagram_frame};

/// The records that told each field.
struct Seen {
    fields: BTreeMap<FieldId, BTreeSet<&'static str>>,
    known: Known,
}

impl Seen {
    fn see(&mut self, event: &Event) {
        self.known.see(event);
        let item = item_of(event, &self.known);
        let mut kind = None;
        tapline_filter::Item::values(&item, FieldId::TaplineRecord, &mut |value| {
            if let Value::Text(name) = value {
                kind = RecordKind::ALL.into_iter().find(|kind| kind.name() == name);
            }
        });
        let Some(kind) = kind else { return };
        for field in CATALOGUE {
            tapline_filter::Item::values(&item, field.id, &mut |value| {
                assert!(is_of(field.kind, &value), "{} of {}: {value:?}", field.name, kind.name());
                assert!(field.records.has(kind), "{} is told by {}", field.name, kind.name());
                self.fields.entry(field.id).or_default().insert(kind.name());
            });
        }
        let mut texts = 0;
        tapline_filter::Item::texts(&item, &mut |_| texts += 1);
        assert!(texts > 0, "{} has nothing to search in", kind.name());
    }
}

/// Whether a value is what the catalogue says, and a word is one of its words.
fn is_of(kind: FieldKind, value: &Value<'_>) -> bool {
    match (kind, value) {
        (FieldKind::Word(names), Value::Text(word)) => names.all().contains(word),
        (FieldKind::Presence, Value::Present)
        | (FieldKind::Boolean, Value::Bool(_))
        | (FieldKind::Number | FieldKind::Named(_) | FieldKind::Octets, Value::Number(_))
        | (FieldKind::Duration, Value::Duration(_))
        | (FieldKind::Text, Value::Text(_))
        | (FieldKind::Address, Value::Address(_)) => true,
        _ => false,
    }
}

/// Nothing known yet, and findings will be remembered.
fn known() -> Known {
    Known::new(&Filter::parse("tapline.finding").unwrap())
}

/// What no fixture shows.
fn built() -> Vec<Event> {
    let talk = || Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), 0);
    let request = "GET /a HTTP/1.1\r\nHost: a.test\r\nReferer: http://b.test/\r\nCookie: c=d\r\nAuthorization: Basic x\r\n\
                   X-Forwarded-For: 192.0.2.1\r\nConnection: close\r\nAccept-Encoding: gzip\r\nCache-Control: no-cache\r\n\r\n";
    let answer =
        "HTTP/1.1 301 Moved\r\nServer: s\r\nLocation: /b\r\nSet-Cookie: e=f\r\nContent-Length: 0\r\n\r\n";
    let probe = Odd { payload: b"x", ..Odd::default() };
    let shut = Odd { window: 0, ..Odd::default() };
    let probed = talk().handshake().client(request.as_bytes()).server(answer.as_bytes());
    let frames =
        probed.odd(Speaker::Client, &shut).odd(Speaker::Server, &probe).odd(Speaker::Client, &shut).frames;
    let alive = Odd { ahead: -1, ..Odd::default() };
    let kept =
        talk().handshake().client(b"x").server_ack().wait_ns(9_000_000_000).odd(Speaker::Client, &alive);
    let again = kept.server_ack().close().sequences(77, 99).handshake().close().frames;
    let (client, server) = ("10.0.0.1:5353".parse().unwrap(), "10.0.0.53:53".parse().unwrap());
    let lookup = [datagram_frame(client, server, &dns(false)), datagram_frame(server, client, &dns(true))];
    let lookup = lookup.map(|octets| Frame { at: Timestamp(0), octets });
    [&frames[..], &again, &lookup].into_iter().flat_map(capture::built).collect()
}

/// A query for AAAA of `example.test`, or its answer.
fn dns(answers: bool) -> Vec<u8> {
    let mut octets =
        vec![0x12, 0x34, if answers { 0x81 } else { 1 }, 0, 0, 1, 0, u8::from(answers), 0, 0, 0, 0];
    octets.extend_from_slice(b"\x07example\x04test\0\0\x1c\0\x01");
    if answers {
        octets.extend_from_slice(b"\xc0\x0c\0\x1c\0\x01\0\0\0\x3c\0\x10 address of sixte");
    }
    octets
}

#[test]
fn every_field_is_told_by_the_records_that_have_it() {
    let mut seen = Seen { fields: BTreeMap::new(), known: known() };
    for path in tapline_testkit::fixtures() {
        let (events, start) = capture::events(&path, Interests::FULL, true);
        seen.known = known();
        if let Some(start) = start {
            seen.known.begin(start);
        }
        for event in &events {
            seen.see(event);
        }
    }
    seen.known = known();
    for event in built() {
        seen.see(&event);
    }
    let mut dead = Vec::new();
    for field in CATALOGUE {
        let told = seen.fields.remove(&field.id).unwrap_or_default();
        let missing: Vec<_> =
            field.records.iter().map(RecordKind::name).filter(|name| !told.contains(name)).collect();
        // A late acknowledgment of SETTINGS would cost something: no capture that is kept has one.
        if field.id == FieldId::TaplineFindingCost && missing == ["http2_connection"] {
            continue;
        }
        // What is of connections is of everything in them, told by the same lines.
        let is_dead = if field.records.has(RecordKind::Anomaly) && field.records.has(RecordKind::Tcp) {
            told.is_empty()
        } else {
            !missing.is_empty()
        };
        if is_dead {
            dead.push(format!("{}: {}", field.name, missing.join(", ")));
        }
    }
    assert_eq!(dead.join("\n"), "");
}
