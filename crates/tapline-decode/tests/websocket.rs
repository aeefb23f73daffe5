//! WebSocket frames after an upgrade: what is told, what is said to be wrong, what a gap does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, Turn, play, upgrade, websocket, websocket_frame};
use tapline_decode::limits::WEBSOCKET_CONTROL_MAX;
use tapline_decode::websocket::{CloseCode, Frame, Opcode};
use tapline_decode::{Conversation, Direction, Keyring, Message, Protocol};

fn frames(heard: &Heard, direction: Direction) -> Vec<&Frame> {
    let messages = heard.of(direction).iter();
    messages.filter_map(|(_, m)| if let Message::WebSocket(frame) = m { Some(frame) } else { None }).collect()
}

#[test]
fn frames_of_both_sides_are_told() {
    let heard = play(Conversation::default(), &websocket(), &[usize::MAX]);
    assert_eq!(heard.codes(), [""; 0]);
    let seen: Vec<_> =
        frames(&heard, Forward).iter().map(|f| (f.opcode.to_string(), f.fin, f.length, f.masked)).collect();
    let expected = [
        ("text", false, 3, true),
        ("ping", true, 4, true),
        ("continuation", true, 2, true),
        ("binary", true, 70_000, true),
        ("close", true, 5, true),
    ];
    let expected: Vec<_> =
        expected.map(|(name, fin, length, masked)| (name.to_owned(), fin, length, masked)).into();
    assert_eq!(seen, expected);
    let close = frames(&heard, Forward)[4].close.as_ref().unwrap();
    assert_eq!((close.code, &close.reason[..]), (CloseCode(1000), &b"bye"[..]));
    let server = frames(&heard, Reverse);
    assert_eq!((server[0].compressed, server[0].reserved, server[0].length), (true, 4, 300));
    assert!(server.iter().all(|frame| frame.complete && !frame.masked));
    let spans: u64 = heard.forward.iter().rev().take(5).map(|(span, _)| span.end - span.start).sum();
    assert_eq!(spans, 9 + 10 + 8 + 70_014 + 11);
}

/// What is said of a client's frame behind an upgrade, and that nothing is said of a valid one.
#[test]
fn what_breaks_the_rules_is_said() {
    let check = |turn: Turn, codes: &[&str]| {
        let mut turns = upgrade("");
        turns.push(turn);
        for size in [usize::MAX, 1, 3] {
            let heard = play(Conversation::default(), &turns, &[size]);
            assert_eq!(heard.codes(), codes, "{:x?}", turns[2]);
        }
    };
    let (mask, none) = (Some([1, 2, 3, 4]), None);
    let client = |first: u8, payload: &[u8]| (Forward, websocket_frame(first, mask, payload));
    let two = |one: Turn, other: Turn| (one.0, [one.1, other.1].concat());
    check(client(0x81, b"valid"), &[]);
    check((Forward, websocket_frame(0x81, none, b"x")), &["websocket_unmasked_client"]);
    check((Reverse, websocket_frame(0x81, mask, b"x")), &["websocket_masked_server"]);
    check((Reverse, websocket_frame(0x81, none, b"x")), &[]);
    check(client(0x83, b""), &["websocket_reserved_opcode"]);
    check(client(0xc1, b"x"), &["websocket_reserved_bits"]);
    check(client(0x89, &[0; WEBSOCKET_CONTROL_MAX]), &[]);
    check(client(0x89, &[0; WEBSOCKET_CONTROL_MAX + 1]), &["websocket_control_too_long"]);
    check(client(0x09, b""), &["websocket_control_fragmented"]);
    check(client(0x80, b""), &["websocket_continuation_unexpected"]);
    check(two(client(0x01, b""), client(0x80, b"")), &[]);
    check(two(client(0x01, b""), client(0x81, b"")), &["websocket_message_interrupted"]);
    check(client(0x88, b""), &[]);
    check(client(0x88, b"\x03"), &["websocket_bad_close"]);
    check(client(0x88, b"\x03\xee"), &["websocket_bad_close"]);
    check(client(0x88, b"\x03\xe8\xff"), &["websocket_bad_close"]);
    check(client(0x88, b"\x03\xe8ok"), &[]);
    check(two(client(0x88, b""), client(0x81, b"")), &["websocket_after_close"]);
    check((Reverse, vec![0x82, 126, 0, 1, 7]), &["websocket_bad_length"]);
    check((Reverse, vec![0x82, 5, 1]), &["websocket_frame_cut"]);
    check((Reverse, vec![0x82]), &["websocket_frame_cut"]);
    check(
        (Reverse, vec![0x82, 127, 0xff, 0, 0, 0, 0, 0, 0, 0, 1]),
        &["websocket_bad_length", "websocket_frame_cut"],
    );
}

#[test]
fn a_gap_within_a_payload_is_stepped_over_and_another_one_ends_the_reading() {
    let mut turns = upgrade("");
    let heard_with_gap = |length: u64, turns: &[Turn]| {
        let (mut conversation, mut heard, mut keyring) =
            (Conversation::default(), Heard::default(), Keyring::default());
        for (direction, octets) in turns {
            conversation.bytes(*direction, 0, octets, &mut keyring, &mut heard);
        }
        let at = u64::try_from(turns[1].1.len()).unwrap();
        conversation.bytes(Reverse, at, &[0x82, 10, 1, 2], &mut keyring, &mut heard);
        conversation.gap(Reverse, at + 4, length, &mut keyring, &mut heard);
        let rest = [&[3; 4][..], &[0x81, 1, b'x']].concat();
        conversation.bytes(Reverse, at + 4 + length, &rest, &mut keyring, &mut heard);
        heard
    };
    turns.truncate(2);
    let within = heard_with_gap(4, &turns);
    let seen: Vec<_> = frames(&within, Reverse).iter().map(|f| (f.length, f.complete)).collect();
    assert_eq!((seen, within.codes()), (vec![(10, false), (1, true)], vec!["websocket_gap"]));
    let beyond = heard_with_gap(9, &turns);
    let seen: Vec<_> = frames(&beyond, Reverse).iter().map(|f| (f.length, f.complete)).collect();
    assert_eq!((seen, beyond.codes()), (vec![(10, false)], vec!["websocket_gap", "websocket_lost"]));
    let told = beyond.reverse.iter().find(|(_, message)| matches!(message, Message::WebSocket(_))).unwrap();
    assert_eq!(told.0.end - told.0.start, 4, "what was seen of it");
}

#[test]
fn a_mask_proves_the_client_where_the_upgrade_was_not_seen() {
    let turns = [(Reverse, websocket_frame(0x81, Some([9; 4]), b"hello"))];
    let heard = play(Conversation::new(Some(Protocol::WebSocket)), &turns, &[usize::MAX]);
    assert!(heard.reverse.iter().any(|(_, m)| *m == Message::Client(Reverse)));
    assert_eq!((frames(&heard, Reverse)[0].opcode, heard.codes()), (Opcode::TEXT, vec![]));
}
