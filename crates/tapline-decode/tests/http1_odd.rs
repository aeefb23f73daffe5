//! HTTP/1 as it should not be, and what it turns into.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Heard, Reverse, play};
use tapline_decode::http1::{End, Message as Http1, Response};
use tapline_decode::{Conversation, Direction, Keyring, Message, Protocol};

fn ends(heard: &Heard, direction: Direction) -> Vec<&End> {
    let messages = heard.of(direction).iter();
    messages
        .filter_map(|(_, m)| if let Message::Http1(Http1::End(end)) = m { Some(end) } else { None })
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
    let next = "GET /next HTTP/1.1\r\nHost: h\r\n\r\n";
    let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    check(&format!("{chunked}zz\r\n{next}"), &["http1_bad_chunk_size"], &[false, true]);
    check(&format!("{chunked}10000000000000000\r\n{next}"), &["http1_bad_chunk_size"], &[false, true]);
    check(&format!("{chunked}1\r\naX\r\n{next}"), &["http1_bad_chunk_end"], &[false, true]);
    check("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nshort", &["http1_body_cut"], &[false]);
    check("GET / HTTP/1.1\r\nHost: h\r\nCook", &["http1_head_cut"], &[false]);
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
        conversation.bytes(Forward, at * 18, b"GET / HTTP/1.0\r\n\r\n", &mut Keyring::default(), &mut heard);
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
fn a_refused_tunnel_is_http_again() {
    let turns = [
        (Forward, b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\nGET /after HTTP/1.1\r\n\r\n".to_vec()),
        (Reverse, b"HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n".to_vec()),
    ];
    for pieces in [usize::MAX, 1, 5] {
        let heard = play(Conversation::default(), &turns, &[pieces]);
        assert_eq!(ends(&heard, Forward).len(), 2);
        assert!(responses(&heard).iter().all(|response| response.answers_request));
    }
}

/// What is said of a request's head, and of one that differs in what is looked at alone.
#[test]
fn heads_that_two_readers_take_for_different_messages() {
    let check = |head: &str, codes: &[&str], innocent: &str| {
        for (head, codes) in [(head, codes), (innocent, &[])] {
            for size in [usize::MAX, 1, 7] {
                let heard = play(Conversation::default(), &[(Forward, head.into())], &[size]);
                assert_eq!(heard.codes(), codes, "{head:?} in pieces of {size}");
            }
        }
    };
    let post = |fields: &str, body: &str| format!("POST / HTTP/1.1\r\nHost: h\r\n{fields}\r\n\r\n{body}");
    let get = |fields: &str| format!("GET / HTTP/1.1\r\n{fields}\r\n\r\n");
    let (chunks, plain) = ("5\r\nhello\r\n0\r\n\r\n", post("Transfer-Encoding: chunked", "0\r\n\r\n"));
    let obfuscated = "http1_transfer_encoding_obfuscated";
    check(
        &post("Transfer-Encoding:\u{b}chunked", ""),
        &["http1_control_character", obfuscated, "http1_transfer_coding"],
        &plain,
    );
    check(
        &post("Transfer-Encoding : chunked", ""),
        &["http1_space_before_colon", obfuscated],
        &post("Trailer-Encoding: chunked", ""),
    );
    check(
        &post("Transfer-Encoding: chunked\u{c}", chunks),
        &["http1_control_character", obfuscated],
        &post("Transfer-Encoding: \t chunked \t ", chunks),
    );
    check(&post("Transfer-Encoding:\r\n chunked", chunks), &["http1_obs_fold", obfuscated], &plain);
    check(
        &post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", chunks),
        &["http1_transfer_encoding_repeated"],
        &plain,
    );
    check(&post("Transfer-Encoding: chunked, identity", ""), &[obfuscated], &post("TE: identity", ""));
    check(
        "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        &["http1_transfer_encoding_in_1_0"],
        "POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\nhello",
    );
    let length = post("Content-Length: 5", "hello");
    check(&post("Content-Length: 5, 5", "hello"), &["http1_content_length_repeated"], &length);
    check(
        &post("Content-Length: 5\r\nContent-Length: 6", "hello"),
        &["http1_content_length_repeated", "http1_content_length_conflict"],
        &length,
    );
    check(&post("Content-Length: +5", ""), &["http1_content_length_invalid"], &length);
    check(&get("Host: h\r\nA: b\rC: d"), &["http1_bare_cr"], &get("Host: h\r\nA: b\tC: d"));
    check(&get("Host: h\r\nA: b\0"), &["http1_control_character"], &get("Host: h\r\nA: b"));
    check(&get("Host: h\r\nHost: h"), &["http1_host_repeated"], &get("Host: h"));
    check("GET / HTTP/1.1\r\n\r\n", &["http1_host_missing"], "GET / HTTP/1.0\r\n\r\n");
    check(
        "GET http://a.test/x HTTP/1.1\r\nHost: b.test\r\n\r\n",
        &["http1_host_differs"],
        "GET http://a.test:80/x HTTP/1.1\r\nHost: A.test\r\n\r\n",
    );
    let chunked = |body: &str| post("Transfer-Encoding: chunked", body);
    let ordinary = chunked("5;a=b\r\nhello\r\n0\r\n\r\n");
    check(&chunked("5;a=b\nhello\r\n0\r\n\r\n"), &["http1_chunk_extension_lf"], &ordinary);
    check(&chunked("5;a\rb\r\nhello\r\n0\r\n\r\n"), &["http1_bare_cr"], &ordinary);
    check(&chunked(" 5\r\nhello\r\n0\r\n\r\n"), &["http1_chunk_size_odd"], &ordinary);
    check(&chunked("5\nhello\r\n0\n\r\n"), &["http1_bare_lf"], &ordinary);
    check(&chunked("0x5\r\nhello"), &["http1_bad_chunk_size"], &ordinary);
}

#[test]
fn a_response_that_nobody_asked_for_is_said() {
    let check = |target: &str, responses: &str, codes: &[&str]| {
        let request = format!("GET {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        let turns = [(Forward, request.into()), (Reverse, responses.into())];
        assert_eq!(
            play(Conversation::default(), &turns, &[usize::MAX]).codes(),
            codes,
            "{target} {responses:?}"
        );
    };
    let ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
    check("/", ok, &[]);
    check("/", &format!("HTTP/1.1 103 Early Hints\r\n\r\n{ok}"), &[]);
    check("/", &format!("{ok}HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n"), &[]);
    check("/", &format!("{ok}{ok}"), &["http1_response_unsolicited"]);
    check("/?a=%0d%0a", &format!("{ok}{ok}"), &["http1_response_splitting"]);
    check("/?a=%0d%0a", ok, &[]);
}

#[test]
fn chunk_extensions_are_counted() {
    let body = "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n1\r\nx\r\n0;c\r\n\r\n";
    let heard = play(Conversation::default(), &[(Forward, body.into())], &[2]);
    let end = ends(&heard, Forward)[0];
    assert_eq!((end.body_bytes, end.complete, end.chunk_extensions), (6, true, 2));
}

#[test]
fn several_interim_responses_come_before_the_final_one() {
    let turns = [
        (Forward, b"GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.1\r\nHost: h\r\n\r\n".to_vec()),
        (
            Reverse,
            b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n\
              HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"
                .to_vec(),
        ),
    ];
    let heard = play(Conversation::default(), &turns, &[3]);
    let seen: Vec<_> = responses(&heard).iter().map(|r| (r.status, r.answers_request)).collect();
    assert_eq!(seen, [(100, true), (102, true), (103, true), (204, true), (200, true)]);
    assert_eq!((ends(&heard, Reverse).len(), heard.codes()), (5, vec![]));
}

#[test]
fn what_a_tunnel_or_an_upgrade_carries_is_found() {
    let connect = b"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n".to_vec();
    let upgrade = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: odd/1\r\n\r\n".to_vec();
    let inside = b"GET /inside HTTP/1.1\r\nHost: h\r\n\r\n".to_vec();
    let answer = b"HTTP/1.1 204 No Content\r\n\r\n".to_vec();
    for (opening, status) in [(connect, "200 OK"), (upgrade, "101 Switching Protocols\r\nUpgrade: odd/1")] {
        let granted = format!("HTTP/1.1 {status}\r\n\r\n").into_bytes();
        let http1 = [
            (Forward, opening.clone()),
            (Reverse, granted.clone()),
            (Forward, inside.clone()),
            (Reverse, answer.clone()),
        ];
        let heard = play(Conversation::default(), &http1, &[usize::MAX]);
        assert_eq!(responses(&heard).len(), 2, "{status}");
        assert_eq!(heard.codes(), [""; 0], "{status}");
        let mut tls = vec![(Forward, opening), (Reverse, granted)];
        tls.extend(common::tls12());
        let heard = play(Conversation::default(), &tls, &[usize::MAX]);
        let found = heard.forward.iter().any(|(_, m)| *m == Message::Protocol(Protocol::Tls));
        assert!(found, "{status}");
    }
}

#[test]
fn a_response_alone_proves_who_the_client_is() {
    let heard = play(Conversation::default(), &[(Forward, b"HTTP/1.0 200 OK\r\n\r\nbody".to_vec())], &[3]);
    assert_eq!(heard.forward[1].1, Message::Client(Reverse));
    assert!(ends(&heard, Forward)[0].complete);
}
