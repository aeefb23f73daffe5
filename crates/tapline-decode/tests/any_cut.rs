//! Law 2: the same octets cut into other segments give the same messages at the same ranges.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use common::{Forward, Reverse, Turn, http1, http2, play, tls12, websocket};
use proptest::prelude::*;
use tapline_decode::{Conversation, Message, http1 as h1};

fn starttls() -> Vec<Turn> {
    let mut turns: Vec<Turn> = vec![
        (Reverse, b"220 mail.example ESMTP\r\n".to_vec()),
        (Forward, b"EHLO there\r\n".to_vec()),
        (Reverse, b"250-mail.example\r\n250 STARTTLS\r\n".to_vec()),
        (Forward, b"STARTTLS\r\n".to_vec()),
        (Reverse, b"220 go ahead\r\n".to_vec()),
    ];
    turns.extend(tls12());
    turns
}

fn h2c() -> Vec<Turn> {
    let request =
        b"GET /up HTTP/1.1\r\nHost: h\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n".to_vec();
    let mut turns = vec![(Forward, request)];
    let http2 = http2();
    turns.push((Reverse, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n".to_vec()));
    turns.extend(http2);
    turns
}

fn connect() -> Vec<Turn> {
    let mut turns: Vec<Turn> = vec![
        (Forward, b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n".to_vec()),
        (Reverse, b"HTTP/1.0 200 Connection established\r\n\r\n".to_vec()),
    ];
    turns.extend(tls12());
    turns
}

fn samples() -> Vec<(&'static str, Vec<Turn>)> {
    vec![
        ("http1", http1()),
        ("http2", http2()),
        ("tls12", tls12()),
        ("starttls", starttls()),
        ("h2c", h2c()),
        ("connect", connect()),
        ("websocket", websocket()),
    ]
}

#[test]
fn every_single_size_of_piece() {
    for (name, turns) in samples() {
        let whole = play(Conversation::default(), &turns, &[usize::MAX]);
        assert!(whole.forward.len() > 3 && whole.reverse.len() > 3, "{name}: {whole:#?}");
        for size in 1..80 {
            let cut = play(Conversation::default(), &turns, &[size]);
            assert_eq!(cut, whole, "{name} in pieces of {size}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_cut(pieces in prop::collection::vec(1_usize..200, 1..20)) {
        for (name, turns) in samples() {
            let whole = play(Conversation::default(), &turns, &[usize::MAX]);
            prop_assert_eq!(play(Conversation::default(), &turns, &pieces), whole, "{}", name);
        }
    }
}

#[test]
fn nothing_but_what_is_odd_is_said() {
    let codes = |turns: &[Turn]| play(Conversation::default(), turns, &[usize::MAX]).codes();
    assert_eq!(codes(&tls12()), [""; 0]);
    assert_eq!(codes(&http2()), [""; 0]);
    assert_eq!(codes(&starttls()), [""; 0]);
    assert_eq!(codes(&connect()), [""; 0]);
    assert_eq!(codes(&h2c()), [""; 0]);
    assert_eq!(codes(&websocket()), [""; 0]);
    assert_eq!(codes(&http1()), ["http1_obs_fold", "http1_bare_lf"]);
}

#[test]
fn the_exchange_reads_as_it_was_built() {
    let heard = play(Conversation::default(), &http1(), &[usize::MAX]);
    let requests: Vec<_> = heard
        .forward
        .iter()
        .filter_map(|(span, message)| match message {
            Message::Http1(h1::Message::Request(r)) => {
                Some((span.start, String::from_utf8_lossy(&r.method).into_owned(), r.framing))
            }
            _ => None,
        })
        .collect();
    assert_eq!(requests[0], (2, "POST".into(), h1::Framing::Length(5)));
    assert_eq!(requests[1].2, h1::Framing::None);
    assert_eq!(requests[3].2, h1::Framing::Chunked);
    let statuses: Vec<_> = heard
        .reverse
        .iter()
        .filter_map(|(_, message)| match message {
            Message::Http1(h1::Message::Response(r)) => Some((r.status, r.framing, r.answers_request)),
            _ => None,
        })
        .collect();
    let expected = [
        (100, h1::Framing::None, true),
        (200, h1::Framing::Length(3), true),
        (200, h1::Framing::None, true),
        (304, h1::Framing::None, true),
        (200, h1::Framing::UntilClose, true),
    ];
    assert_eq!(statuses, expected);
    assert_eq!(heard.bodies[0], [(0, b"helloabcdef".to_vec())]);
    assert_eq!(heard.bodies[1], [(0, b"abcuntil the end".to_vec())]);
    let Some((span, Message::Http1(h1::Message::End(end)))) = heard.forward.last() else { panic!() };
    assert_eq!((end.body_bytes, end.complete, end.trailers.get("t")), (6, true, Some(&b"v"[..])));
    assert_eq!(span.end - span.start, 7 + 7 + 6 + 3 + 8);
}
