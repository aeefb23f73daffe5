//! The frame types of HTTP/2 by field, from octets.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, frame, hex, http2, play};
use tapline_decode::http2::{self, ErrorCode, Frame, Payload, Priority, Setting};
use tapline_decode::{Conversation, Direction, Keyring, Message};

fn frames(heard: &Heard, direction: Direction) -> Vec<&Frame> {
    heard
        .of(direction)
        .iter()
        .filter_map(|(_, message)| match message {
            Message::Http2(message) => match &**message {
                http2::Message::Frame(frame) => Some(frame),
                http2::Message::Preface | http2::Message::Upgraded(_) => None,
            },
            _ => None,
        })
        .collect()
}

#[test]
fn the_types_of_rfc_9113_by_field() {
    let heard = play(Conversation::default(), &http2(), &[usize::MAX]);
    let client = frames(&heard, Forward);
    let settings = vec![Setting { id: 1, value: 1024 }, Setting { id: 3, value: 100 }];
    assert_eq!(client[0].payload, Payload::Settings(settings));
    assert_eq!(client[1].payload, Payload::WindowUpdate { increment: 65536 });
    let Payload::Headers { priority, padding: None, fragment_length, block: None } = &client[2].payload
    else {
        panic!("{:?}", client[2]);
    };
    assert_eq!(*priority, Some(Priority { exclusive: true, dependency: 0, weight: 16 }));
    assert_eq!(client[2].length, fragment_length + 5);
    let Payload::Continuation { block: Some(block), .. } = &client[3].payload else {
        panic!("{:?}", client[3])
    };
    assert_eq!(block.fields.get(":path"), Some(&b"/index"[..]));
    assert!(!block.end_stream);
    let data = Payload::Data { content_length: 11, padding: Some(3), complete: true };
    assert_eq!(client[4].payload, data);
    assert_eq!(heard.bodies[0], [(1, b"body octets".to_vec())]);
    let Payload::Headers { block: Some(block), .. } = &client[5].payload else { panic!("{:?}", client[5]) };
    assert!(block.end_stream && block.representations.iter().all(|r| !r.unknown_entry));
    assert_eq!(block.fields.get("x-custom"), Some(&b"some value"[..]));
    assert_eq!((client[6].kind.to_string(), client[6].flags), ("0xbb".to_owned(), 0xff));
    assert_eq!(client[6].payload, Payload::Unknown(b"unknown".to_vec()));
    assert_eq!(client[7].payload, Payload::Settings(vec![]));
    assert_eq!(client[8].payload, Payload::Ping(*b"12345678"));
    assert_eq!(client[9].payload, Payload::Priority(Priority { exclusive: false, dependency: 1, weight: 8 }));

    let server = frames(&heard, Reverse);
    let Payload::PushPromise { promised_stream: 2, block: Some(block), .. } = &server[2].payload else {
        panic!("{:?}", server[2]);
    };
    assert_eq!((block.fields.get(":path"), &block.size_updates[..]), (Some(&b"/pushed"[..]), &[1024][..]));
    assert_eq!(server[5].payload, Payload::RstStream { error: ErrorCode::CANCEL });
    let bye = Payload::GoAway { last_stream: 3, error: ErrorCode::NO_ERROR, debug: b"bye".to_vec() };
    assert_eq!(server[7].payload, bye);
}

#[test]
fn spans_cover_header_and_payload() {
    let heard = play(Conversation::default(), &http2(), &[5]);
    let mut next = 0;
    for (span, message) in heard.reverse.iter().filter(|(_, message)| matches!(message, Message::Http2(_))) {
        assert_eq!(span.start, next, "{message:?}");
        next = span.end;
    }
    let total: usize = http2().iter().filter(|(d, _)| *d == Reverse).map(|(_, octets)| octets.len()).sum();
    assert_eq!(next, u64::try_from(total).unwrap());
}

/// The payload of one frame sent by a client, and what was odd.
fn check(octets: &[u8], expected: &Payload, codes: &[&str]) {
    let octets = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", octets].concat();
    let heard = play(Conversation::default(), &[(Forward, octets.clone())], &[usize::MAX]);
    assert_eq!(&frames(&heard, Forward)[0].payload, expected, "{octets:02x?}");
    assert_eq!(heard.codes(), codes, "{octets:02x?}");
}

#[test]
fn the_types_of_other_rfcs() {
    let alt_svc = Payload::AltSvc { origin: b"o".to_vec(), value: b"h3=:1".to_vec() };
    check(&frame(0x0a, 0, 0, b"\x00\x01oh3=:1"), &alt_svc, &[]);
    let origins = Payload::Origin(vec![b"a".to_vec(), b"bc".to_vec()]);
    check(&frame(0x0c, 0, 0, b"\x00\x01a\x00\x02bc"), &origins, &[]);
    let update = Payload::PriorityUpdate { prioritized_stream: 5, value: b"u=1".to_vec() };
    check(&frame(0x10, 0, 0, b"\x00\x00\x00\x05u=1"), &update, &[]);
}

#[test]
fn what_breaks_the_rules_is_said() {
    let malformed = |octets: &[u8]| Payload::Malformed(octets.to_vec());
    check(&frame(6, 0, 0, b"short"), &malformed(b"short"), &["http2_frame_size"]);
    check(&frame(0, 8, 1, &[5, 0]), &malformed(b""), &["http2_padding"]);
    check(&frame(1, 12, 1, &[5, 0]), &malformed(&[5, 0]), &["http2_padding"]);
    check(&frame(6, 0, 3, b"12345678"), &Payload::Ping(*b"12345678"), &["http2_wrong_stream"]);
    let zero = Payload::WindowUpdate { increment: 0 };
    check(&frame(8, 0, 1, &[0; 4]), &zero, &["http2_window_increment_zero"]);
    let lonely = Payload::Continuation { fragment_length: 1, block: None };
    check(&frame(9, 4, 1, &[0x82]), &lonely, &["http2_continuation_unexpected"]);
    let push = vec![Setting { id: 2, value: 2 }];
    check(&frame(4, 0, 0, &hex("0002 00000002")), &Payload::Settings(push), &["http2_setting_value"]);
    let interrupted =
        [frame(1, 0, 1, &[0x82]), frame(6, 0, 0, b"12345678"), frame(9, 4, 1, &[0x84])].concat();
    let first = Payload::Headers { priority: None, padding: None, fragment_length: 1, block: None };
    check(&interrupted, &first, &["http2_block_interrupted"]);
}

#[test]
fn begun_in_the_middle_when_stated() {
    let octets = [frame(1, 5, 7, &hex("82 be 84")), frame(0, 1, 5, b"xy")].concat();
    let stated = Conversation::new(Some(tapline_decode::Protocol::Http2));
    let heard = play(stated, &[(Forward, octets)], &[usize::MAX]);
    let Payload::Headers { block: Some(block), .. } = &frames(&heard, Forward)[0].payload else { panic!() };
    assert_eq!((block.fields.len(), block.missing_fields), (3, 1));
    assert_eq!(heard.codes(), ["hpack_unknown_index"]);
}

#[test]
fn a_gap_within_data_loses_nothing_else() {
    let mut heard = Heard::default();
    let mut conversation = Conversation::default();
    let preface = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    conversation.bytes(Forward, 0, preface, &mut Keyring::default(), &mut heard);
    conversation.bytes(Forward, 24, &frame(0, 0, 1, &[b'x'; 100])[..50], &mut Keyring::default(), &mut heard);
    conversation.gap(Forward, 74, 40, &mut Keyring::default(), &mut heard);
    let rest = [vec![b'y'; 19], frame(1, 5, 3, &[0x82])].concat();
    conversation.bytes(Forward, 114, &rest, &mut Keyring::default(), &mut heard);
    let seen = frames(&heard, Forward);
    let data = Payload::Data { content_length: 100, padding: None, complete: false };
    assert_eq!((&seen[0].payload, seen.len(), heard.codes()), (&data, 2, vec!["http2_gap"]));
}
