//! HTTP/2 frames of every type: encoded by a naive encoder, cut anywhere, and read back to the same frames.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, frame, play};
use proptest::collection::vec;
use proptest::prelude::*;
use tapline_decode::http2::{self, ErrorCode, Payload, Priority, Setting};
use tapline_decode::{Conversation, Message};

const END_HEADERS: u8 = 0x04;
const PADDED: u8 = 0x08;
const PRIORITY: u8 = 0x20;

/// Fields of a block, none of them in a table.
type Fields = Vec<(Vec<u8>, Vec<u8>)>;

/// A frame to be sent: what it says, and the flags and bits that mean nothing for its type.
#[derive(Clone, Debug)]
struct Sent {
    stream: u32,
    bits: u8,
    reserved: bool,
    says: Says,
}

#[derive(Clone, Debug)]
enum Says {
    Plain(Payload),
    Data(Vec<u8>, Option<u8>),
    Headers(Option<Priority>, Option<u8>, Fields),
    /// HEADERS whose block CONTINUATION ends.
    Continued(Fields, Fields),
    Promise(u32, Option<u8>, Fields),
}

fn fields() -> impl Strategy<Value = Fields> {
    let name = vec(b'a'..=b'z', 1..20);
    vec((name, vec(b' '..=b'~', 0..40)), 0..5)
}

fn priority() -> impl Strategy<Value = Priority> {
    (any::<bool>(), 0..1_u32 << 31, 1..=256_u16).prop_map(|(exclusive, dependency, weight)| Priority {
        exclusive,
        dependency,
        weight,
    })
}

fn plain() -> impl Strategy<Value = Payload> {
    let octets = || vec(any::<u8>(), 0..50);
    let setting = (any::<u16>(), any::<u32>()).prop_map(|(id, value)| Setting { id, value });
    prop_oneof![
        priority().prop_map(Payload::Priority),
        any::<u32>().prop_map(|code| Payload::RstStream { error: ErrorCode(code) }),
        vec(setting, 0..6).prop_map(Payload::Settings),
        any::<[u8; 8]>().prop_map(Payload::Ping),
        (0..1_u32 << 31, any::<u32>(), octets()).prop_map(|(last_stream, code, debug)| Payload::GoAway {
            last_stream,
            error: ErrorCode(code),
            debug
        }),
        (0..1_u32 << 31).prop_map(|increment| Payload::WindowUpdate { increment }),
        (octets(), octets()).prop_map(|(origin, value)| Payload::AltSvc { origin, value }),
        vec(octets(), 0..4).prop_map(Payload::Origin),
        (0..1_u32 << 31, octets())
            .prop_map(|(prioritized_stream, value)| Payload::PriorityUpdate { prioritized_stream, value }),
        octets().prop_map(Payload::Unknown),
    ]
}

fn sent() -> impl Strategy<Value = Sent> {
    let padding = || proptest::option::of(any::<u8>());
    let says = prop_oneof![
        3 => plain().prop_map(Says::Plain),
        1 => (vec(any::<u8>(), 0..300), padding()).prop_map(|(octets, padding)| Says::Data(octets, padding)),
        1 => (proptest::option::of(priority()), padding(), fields())
            .prop_map(|(priority, padding, fields)| Says::Headers(priority, padding, fields)),
        1 => (fields(), fields()).prop_map(|(one, two)| Says::Continued(one, two)),
        1 => (0..1_u32 << 31, padding(), fields())
            .prop_map(|(promised, padding, fields)| Says::Promise(promised, padding, fields)),
    ];
    (0..1_u32 << 31, any::<u8>(), any::<bool>(), says).prop_map(|(stream, bits, reserved, says)| Sent {
        stream,
        bits,
        reserved,
        says,
    })
}

/// What is expected of one frame on the wire.
#[derive(Debug, PartialEq)]
struct Expected {
    kind: u8,
    flags: u8,
    stream: u32,
    reserved: bool,
    payload: Payload,
    fields: Option<Fields>,
}

impl Sent {
    /// The octets of the frame, or of two, appended; and what they say.
    fn encode(&self, wire: &mut Vec<u8>, expected: &mut Vec<Expected>) {
        match &self.says {
            Says::Plain(payload) => {
                let (kind, octets) = encode_plain(payload);
                // An acknowledgment has no settings.
                let ack_forbidden = matches!(payload, Payload::Settings(settings) if !settings.is_empty());
                let flags = if ack_forbidden { self.bits & !1 } else { self.bits };
                self.push(wire, expected, (kind, flags), &octets, payload.clone(), None);
            }
            Says::Data(octets, padding) => {
                let flags = self.flags(PADDED, padding.map_or(0, |_| PADDED));
                let content_length = u32::try_from(octets.len()).unwrap();
                let payload = Payload::Data { content_length, padding: *padding, complete: true };
                self.push(wire, expected, (0, flags), &padded(*padding, octets), payload, None);
            }
            Says::Headers(priority, padding, fields) => {
                let set = END_HEADERS | padding.map_or(0, |_| PADDED) | priority.map_or(0, |_| PRIORITY);
                let flags = self.flags(END_HEADERS | PADDED | PRIORITY, set);
                let block = block(fields);
                let octets = [priority.map(encode_priority).unwrap_or_default(), block.clone()].concat();
                let fragment_length = u32::try_from(block.len()).unwrap();
                let payload =
                    Payload::Headers { priority: *priority, padding: *padding, fragment_length, block: None };
                let octets = padded(*padding, &octets);
                self.push(wire, expected, (1, flags), &octets, payload, Some(fields.clone()));
            }
            Says::Continued(one, two) => {
                let flags = self.flags(END_HEADERS | PADDED | PRIORITY, 0);
                let (head, tail) = (block(one), block(two));
                let fragment_length = u32::try_from(head.len()).unwrap();
                let payload =
                    Payload::Headers { priority: None, padding: None, fragment_length, block: None };
                self.push(wire, expected, (1, flags), &head, payload, None);
                let fragment_length = u32::try_from(tail.len()).unwrap();
                let payload = Payload::Continuation { fragment_length, block: None };
                let flags = self.flags(END_HEADERS, END_HEADERS);
                let all = [one.clone(), two.clone()].concat();
                self.push(wire, expected, (9, flags), &tail, payload, Some(all));
            }
            Says::Promise(promised, padding, fields) => {
                let flags = self.flags(END_HEADERS | PADDED, END_HEADERS | padding.map_or(0, |_| PADDED));
                let block = block(fields);
                let fragment_length = u32::try_from(block.len()).unwrap();
                let octets = padded(*padding, &[promised.to_be_bytes().to_vec(), block].concat());
                let payload = Payload::PushPromise {
                    promised_stream: *promised,
                    padding: *padding,
                    fragment_length,
                    block: None,
                };
                self.push(wire, expected, (5, flags), &octets, payload, Some(fields.clone()));
            }
        }
    }

    /// The random bits, with those that change the payload's form replaced.
    fn flags(&self, formative: u8, set: u8) -> u8 {
        self.bits & !formative | set
    }

    fn push(
        &self,
        wire: &mut Vec<u8>,
        expected: &mut Vec<Expected>,
        (kind, flags): (u8, u8),
        octets: &[u8],
        payload: Payload,
        fields: Option<Fields>,
    ) {
        let word = self.stream | if self.reserved { 1 << 31 } else { 0 };
        wire.extend(frame(kind, flags, word, octets));
        let (stream, reserved) = (self.stream, self.reserved);
        expected.push(Expected { kind, flags, stream, reserved, payload, fields });
    }
}

fn encode_plain(payload: &Payload) -> (u8, Vec<u8>) {
    match payload {
        Payload::Priority(priority) => (2, encode_priority(*priority)),
        Payload::RstStream { error } => (3, error.0.to_be_bytes().to_vec()),
        Payload::Settings(settings) => {
            let octets = |one: &Setting| [&one.id.to_be_bytes()[..], &one.value.to_be_bytes()].concat();
            (4, settings.iter().flat_map(octets).collect())
        }
        Payload::Ping(opaque) => (6, opaque.to_vec()),
        Payload::GoAway { last_stream, error, debug } => {
            (7, [&last_stream.to_be_bytes()[..], &error.0.to_be_bytes(), debug].concat())
        }
        Payload::WindowUpdate { increment } => (8, increment.to_be_bytes().to_vec()),
        Payload::AltSvc { origin, value } => (10, [counted(origin), value.clone()].concat()),
        Payload::Origin(origins) => (12, origins.iter().flat_map(|one| counted(one)).collect()),
        Payload::PriorityUpdate { prioritized_stream, value } => {
            (16, [&prioritized_stream.to_be_bytes()[..], value].concat())
        }
        Payload::Unknown(octets) => (0xbb, octets.clone()),
        other => panic!("{other:?} is encoded elsewhere"),
    }
}

fn counted(octets: &[u8]) -> Vec<u8> {
    [&u16::try_from(octets.len()).unwrap().to_be_bytes()[..], octets].concat()
}

fn encode_priority(priority: Priority) -> Vec<u8> {
    let word = priority.dependency | if priority.exclusive { 1 << 31 } else { 0 };
    let weight = u8::try_from(priority.weight - 1).unwrap();
    [&word.to_be_bytes()[..], &[weight]].concat()
}

fn padded(padding: Option<u8>, octets: &[u8]) -> Vec<u8> {
    let Some(padding) = padding else { return octets.to_vec() };
    [&[padding][..], octets, &vec![0; usize::from(padding)]].concat()
}

/// Literals without indexing, new names (RFC 7541 §6.2.2); every length fits seven bits.
fn block(fields: &Fields) -> Vec<u8> {
    let string = |octets: &[u8]| [&[u8::try_from(octets.len()).unwrap()][..], octets].concat();
    fields.iter().flat_map(|(name, value)| [vec![0], string(name), string(value)].concat()).collect()
}

fn seen(heard: &Heard) -> Vec<Expected> {
    let frame = |message: &Message| match message {
        Message::Http2(message) => match &**message {
            http2::Message::Frame(frame) => Some(frame.clone()),
            http2::Message::Preface | http2::Message::Upgraded(_) => None,
        },
        _ => None,
    };
    let frames = heard.forward.iter().filter_map(|(_, message)| frame(message));
    frames
        .map(|mut frame| {
            let block = match &mut frame.payload {
                Payload::Headers { block, .. }
                | Payload::PushPromise { block, .. }
                | Payload::Continuation { block, .. } => block.take(),
                _ => None,
            };
            let fields = block.map(|block| {
                block.fields.iter().map(|(name, value)| (name.to_vec(), value.to_vec())).collect()
            });
            Expected {
                kind: frame.kind.0,
                flags: frame.flags,
                stream: frame.stream,
                reserved: frame.reserved,
                payload: frame.payload,
                fields,
            }
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn what_is_sent_is_what_is_read(sent in vec(sent(), 1..12), pieces in vec(1..40_usize, 1..10)) {
        let (mut wire, mut expected) = (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), Vec::new());
        for one in &sent {
            one.encode(&mut wire, &mut expected);
        }
        let heard = play(Conversation::default(), &[(Forward, wire)], &pieces);
        prop_assert_eq!(seen(&heard), expected);
    }
}
