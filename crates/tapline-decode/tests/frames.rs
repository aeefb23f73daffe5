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

/// The frame that a client sends, as it is read, and what was odd.
fn read(octets: &[u8]) -> (Frame, Vec<&'static str>) {
    let octets = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", octets].concat();
    let heard = play(Conversation::default(), &[(Forward, octets)], &[usize::MAX]);
    (frames(&heard, Forward)[0].clone(), heard.codes())
}

/// The payload without what its block says, which other tests read.
fn without_block(mut payload: Payload) -> Payload {
    if let Payload::Headers { block, .. }
    | Payload::PushPromise { block, .. }
    | Payload::Continuation { block, .. } = &mut payload
    {
        *block = None;
    }
    payload
}

#[test]
fn the_ten_types_of_rfc_9113_with_every_flag_and_every_other_bit() {
    let headers = |priority, padding| Payload::Headers { priority, padding, fragment_length: 1, block: None };
    let promise =
        |padding| Payload::PushPromise { promised_stream: 8, padding, fragment_length: 1, block: None };
    let data = |padding| Payload::Data { content_length: 2, padding, complete: true };
    let continued = Payload::Continuation { fragment_length: 1, block: None };
    let on_9 = Priority { exclusive: true, dependency: 9, weight: 16 };
    let depends = Some(on_9);
    let settings = |list: &[(u16, u32)]| {
        Payload::Settings(list.iter().map(|&(id, value)| Setting { id, value }).collect())
    };
    // Type, flags, stream, payload, what it says.
    let table: Vec<(u8, u8, u32, &[u8], Payload)> = vec![
        (0, 0x00, 1, b"ab", data(None)),
        (0, 0x01, 1, b"ab", data(None)),
        (0, 0x08, 1, b"\x03ab\0\0\0", data(Some(3))),
        (0, 0x09, 1, b"\x00ab", data(Some(0))),
        (1, 0x04, 1, &[0x82], headers(None, None)),
        (1, 0x05, 1, &[0x82], headers(None, None)),
        (1, 0x00, 1, &[0x82], headers(None, None)),
        (1, 0x0c, 1, &[2, 0x82, 0, 0], headers(None, Some(2))),
        (1, 0x24, 1, &[0x80, 0, 0, 9, 15, 0x82], headers(depends, None)),
        (1, 0x2d, 1, &[1, 0x80, 0, 0, 9, 15, 0x82, 0], headers(depends, Some(1))),
        (2, 0x00, 1, &[0x80, 0, 0, 9, 15], Payload::Priority(on_9)),
        (3, 0x00, 1, &[0, 0, 0, 8], Payload::RstStream { error: ErrorCode::CANCEL }),
        (4, 0x00, 0, &[0, 3, 0, 0, 0, 9, 0xaa, 0xaa, 0, 0, 0, 1], settings(&[(3, 9), (0xaaaa, 1)])),
        (4, 0x01, 0, &[], settings(&[])),
        (5, 0x04, 1, &[0, 0, 0, 8, 0x82], promise(None)),
        (5, 0x00, 1, &[0, 0, 0, 8, 0x82], promise(None)),
        (5, 0x0c, 1, &[1, 0x80, 0, 0, 8, 0x82, 0], promise(Some(1))),
        (6, 0x00, 0, b"12345678", Payload::Ping(*b"12345678")),
        (6, 0x01, 0, b"12345678", Payload::Ping(*b"12345678")),
        (
            7,
            0x00,
            0,
            &[0x80, 0, 0, 5, 0, 0, 0, 11, b'x'],
            Payload::GoAway { last_stream: 5, error: ErrorCode::ENHANCE_YOUR_CALM, debug: b"x".to_vec() },
        ),
        (8, 0x00, 0, &[0x80, 0, 0, 7], Payload::WindowUpdate { increment: 7 }),
        (8, 0x00, 1, &[0x7f, 0xff, 0xff, 0xff], Payload::WindowUpdate { increment: 0x7fff_ffff }),
        (9, 0x04, 1, &[0x82], continued.clone()),
        (9, 0x00, 1, &[0x82], continued),
    ];
    let kinds: std::collections::BTreeSet<u8> = table.iter().map(|row| row.0).collect();
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), (0..10).collect::<Vec<_>>());
    for (kind, flags, stream, octets, expected) in table {
        let defined = http2::flags_of(http2::FrameType(kind)).iter().fold(0, |all, (bit, _)| all | bit);
        assert_eq!(flags & !defined, 0, "type {kind}");
        let others = (0..8).map(|bit| 1_u8 << bit).filter(|bit| bit & defined == 0);
        for extra in others.chain([0, !defined]) {
            for reserved in [false, true] {
                let word = stream | if reserved { 1 << 31 } else { 0 };
                let (seen, codes) = read(&frame(kind, flags | extra, word, octets));
                let expected_codes: &[&str] =
                    if kind == 9 { &["http2_continuation_unexpected"] } else { &[] };
                let head = (seen.kind.0, seen.flags, seen.stream, seen.reserved, seen.length);
                let length = u32::try_from(octets.len()).unwrap();
                assert_eq!(head, (kind, flags | extra, stream, reserved, length));
                assert_eq!(without_block(seen.payload), expected, "type {kind} {flags:#x} {extra:#x}");
                assert_eq!(codes, expected_codes, "type {kind} {flags:#x} {extra:#x}");
            }
        }
    }
}

/// What a sink hears that wants tables.
#[derive(Default)]
struct Tables(Vec<Vec<(String, String)>>);

impl tapline_decode::Sink for Tables {
    fn message(&mut self, _: Direction, _: std::ops::Range<u64>, message: Message) {
        let Message::Http2(message) = message else { return };
        let http2::Message::Frame(frame) = *message else { return };
        if let Payload::Headers { block: Some(block), .. } = frame.payload {
            let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
            let entries = block.table_entries.unwrap();
            assert_eq!(entries.len(), usize::try_from(block.table.entries).unwrap());
            self.0.push(entries.iter().map(|entry| (text(entry.name()), text(entry.value()))).collect());
        }
    }

    fn wants_tables(&self) -> bool {
        true
    }
}

#[test]
fn who_wants_tables_gets_them_after_every_block() {
    let blocks = [frame(1, 5, 1, b"\x40\x01a\x011"), frame(1, 5, 3, b"\x40\x01b\x012")].concat();
    let octets = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &blocks[..]].concat();
    let mut tables = Tables::default();
    Conversation::default().bytes(Forward, 0, &octets, &mut Keyring::default(), &mut tables);
    let entry = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(tables.0, [vec![entry("a", "1")], vec![entry("b", "2"), entry("a", "1")]]);
    let heard = play(Conversation::default(), &[(Forward, octets)], &[usize::MAX]);
    let Payload::Headers { block: Some(block), .. } = &frames(&heard, Forward)[1].payload else { panic!() };
    assert_eq!((block.table.entries, block.table.inserted, &block.table_entries), (2, 1, &None));
}

#[test]
fn an_upgrade_tells_the_settings_of_its_request() {
    let request = b"GET / HTTP/1.1\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n".to_vec();
    let answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n".to_vec();
    let heard = play(Conversation::default(), &[(Forward, request), (Reverse, answer)], &[usize::MAX]);
    let settings = vec![Setting { id: 3, value: 100 }, Setting { id: 4, value: 65535 }];
    let upgraded = Message::Http2(Box::new(http2::Message::Upgraded(settings)));
    assert_eq!(heard.reverse.last().unwrap().1, upgraded);
}

/// How often each direction was said to lose frames.
#[derive(Default)]
struct Losses([u32; 2]);

impl tapline_decode::Sink for Losses {
    fn message(&mut self, _: Direction, _: std::ops::Range<u64>, _: Message) {}

    fn frames_lost(&mut self, direction: Direction) {
        self.0[direction.index()] += 1;
    }
}

#[test]
fn only_gaps_that_may_hide_frames_lose_any() {
    let check = |before: &[u8], length: u64, expected: u32| {
        let (mut losses, mut keyring) = (Losses::default(), Keyring::default());
        let mut conversation = Conversation::default();
        let octets = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", before].concat();
        conversation.bytes(Forward, 0, &octets, &mut keyring, &mut losses);
        conversation.gap(Forward, u64::try_from(octets.len()).unwrap(), length, &mut keyring, &mut losses);
        assert_eq!(losses.0, [expected, 0], "{before:02x?} {length}");
    };
    let data = frame(0, 0, 1, &[0; 100]);
    check(&data[..50], 59, 0);
    check(&data[..50], 60, 1);
    check(&data, 10, 1);
    check(&data[..5], 4, 1);
    check(&frame(8, 0, 1, &[0; 4])[..10], 3, 1);
}
