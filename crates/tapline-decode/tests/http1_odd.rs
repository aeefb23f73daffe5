//! HTTP/1 as it should not be, and what it turns into.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, play};
use tapline_decode::http1::{End, Message as Http1, Response};
use tapline_decode::{Conversation, Direction, Keyring, Message, Protocol};

fn ends(heard: &Heard, direction: Direction) -> Vec<&End> {
    let messages = heard.of(direction).iter();
    messages
        .filter_map(|(_, m)| if let Message::Http1(Http1::End(end)) = m { Some(&**end) } else { None })
        .collect()
}

fn responses(heard: &Heard) -> Vec<&Response> {
    let messages = heard.reverse.iter();
    messages
        .filter_map(|(_, m)| if let Message::Http1(Http1::Response(r)) = m { Some(&**r) } else { None })
        .collect()
}

#[test]
fn what_breaks_the_rules_is_said_and_read_on() {
    let check = |request: &str, codes: &[&str], complete: &[bool]| {
        let heard = play(Conversation::default(), &[(Forward, request.into())], &[usize::MAX]);
        assert_eq!(heard.codes(), codes, "{request:?}");
        let seen: Vec<_> = ends(&heard, Forward).iter().map(|end| end.complete).collect();
        assert_eq!(seen, complete, "{request:?}");
    };
    let next = "GET /next HTTP/1.1\r\n\r\n";
    let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&format!("{chunked}zz\r\n{next}"), &["http1_bad_chunk_size"], &[false, true]);
    check(&format!("{chunked}10000000000000000\r\n{next}"), &["http1_bad_chunk_size"], &[false, true]);
    check(&format!("{chunked}1\r\naX\r\n{next}"), &["http1_bad_chunk_end"], &[false, true]);
    check("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort", &["http1_body_cut"], &[false]);
    check("GET / HTTP/1.1\r\nHost", &["http1_head_cut"], &[false]);
    check("GET / HTTP/1.1", &["http1_head_cut"], &[]);
    check(&format!("{next}garbage here\r\n{next}"), &["http1_bad_start_line"], &[true, true]);
    check("GET /old\r\n", &[], &[true]);
    let long = format!("GET / HTTP/1.1\r\nA: {}\r\n\r\n{next}", "x".repeat(300_000));
    check(&long, &["http1_head_too_long"], &[]);
}

#[test]
fn a_gap_is_counted_in_a_body_and_stepped_over_in_a_head() {
    let mut heard = Heard::default();
    let mut conversation = Conversation::default();
    for at in 0..3_u64 {
        conversation.bytes(Forward, at * 18, b"GET / HTTP/1.1\r\n\r\n", &mut Keyring::default(), &mut heard);
    }
    let first = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc";
    conversation.bytes(Reverse, 0, first, &mut Keyring::default(), &mut heard);
    conversation.gap(Reverse, 42, 4, &mut Keyring::default(), &mut heard);
    conversation.bytes(Reverse, 46, b"hijHTTP/1.1 2", &mut Keyring::default(), &mut heard);
    conversation.gap(Reverse, 59, 50, &mut Keyring::default(), &mut heard);
    conversation.bytes(
        Reverse,
        109,
        b"body\r\nHTTP/1.1 204 No Content\r\n\r\n",
        &mut Keyring::default(),
        &mut heard,
    );
    let end = ends(&heard, Reverse)[0];
    assert_eq!((end.body_bytes, end.complete), (6, false));
    assert_eq!(heard.codes(), ["http1_gap", "http1_gap"]);
    let seen: Vec<_> =
        responses(&heard).iter().map(|r| (r.status, r.answers_request, r.lost_responses)).collect();
    assert_eq!(seen, [(200, true, 0), (204, true, 1)]);
}

#[test]
fn websocket_is_named_and_left_alone() {
    let turns = [
        (Forward, b"GET /chat HTTP/1.1\r\nUpgrade: websocket\r\n\r\n".to_vec()),
        (Reverse, b"HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\n\r\n\x81\x02hi".to_vec()),
        (Forward, b"\x81\x82....GET / HTTP/1.1\r\n\r\n".to_vec()),
    ];
    let heard = play(Conversation::default(), &turns, &[usize::MAX]);
    assert_eq!(heard.reverse.last().map(|(_, m)| m), Some(&Message::Protocol(Protocol::WebSocket)));
    assert_eq!((heard.forward.len(), heard.codes()), (4, vec![]));
}

#[test]
fn a_refused_tunnel_is_http_again() {
    let turns = [
        (Forward, b"CONNECT h:443 HTTP/1.1\r\n\r\nGET /after HTTP/1.1\r\n\r\n".to_vec()),
        (Reverse, b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_vec()),
    ];
    for pieces in [usize::MAX, 1, 5] {
        let heard = play(Conversation::default(), &turns, &[pieces]);
        assert_eq!(ends(&heard, Forward).len(), 2);
        assert!(responses(&heard).iter().all(|response| response.answers_request));
    }
}

#[test]
fn a_response_alone_proves_who_the_client_is() {
    let heard = play(Conversation::default(), &[(Forward, b"HTTP/1.0 200 OK\r\n\r\nbody".to_vec())], &[3]);
    assert_eq!(heard.forward[1].1, Message::Client(Reverse));
    assert!(ends(&heard, Forward)[0].complete);
}
