//! Every bound that octets alone reach: what fits it, and what is said of one more.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests are tests")]

mod common;

use std::io::Write;

use common::{Forward, Heard, Reverse, Turn, client_hello, frame, play, record, upgrade, websocket_frame};
use tapline_decode::content::{Decoder, Fault};
use tapline_decode::limits::*;
use tapline_decode::{Conversation, Direction, Keyring, Message, Protocol, dns, websocket};

/// What is heard of turns.
fn hear(turns: &[Turn]) -> Heard {
    play(Conversation::default(), turns, &[usize::MAX])
}

/// The protocols that a direction was found to speak.
fn protocols(heard: &Heard, direction: Direction) -> Vec<Protocol> {
    let messages = heard.of(direction).iter();
    messages.filter_map(|(_, m)| if let Message::Protocol(p) = m { Some(*p) } else { None }).collect()
}

/// What is said of turns that just fit, and of those with one more of what is bounded.
fn check(turns: impl Fn(usize) -> Vec<Turn>, most: usize, code: &str) {
    let (fits, over) = (hear(&turns(most)), hear(&turns(most + 1)));
    assert!(!fits.codes().contains(&code), "{code} where all fits: {:?}", fits.codes());
    assert!(over.codes().contains(&code), "no {code}: {:?}", over.codes());
}

/// A text of so many octets: `before`, filling, `after`.
fn filled(before: &str, after: &str, octets: usize) -> Vec<u8> {
    format!("{before}{}{after}", "x".repeat(octets - before.len() - after.len())).into_bytes()
}

/// A preface and a client's first SETTINGS.
fn preface() -> Vec<u8> {
    [&b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"[..], &frame(4, 0, 0, &[])].concat()
}

#[test]
fn a_direction_is_waited_for_as_long_as_a_line_may_be() {
    let found = |octets| {
        protocols(&hear(&[(Forward, filled("FROB /", " HTTP/1.1\r\n", octets))]), Forward)
            == [Protocol::Http1]
    };
    assert!(found(UNDECIDED_MAX) && !found(UNDECIDED_MAX + 1));
    // A server of HTTP/2 that comes first waits for the client's preface.
    let frames = |octets: usize| {
        let other = frame(0xbb, 0, 0, &vec![0; octets - 18]);
        let heard = hear(&[(Reverse, frame(4, 0, 0, &[])), (Reverse, other), (Forward, preface())]);
        let frames = heard.reverse.iter().filter(|(_, message)| matches!(message, Message::Http2(_)));
        frames.count()
    };
    assert_eq!((frames(UNDECIDED_MAX), frames(UNDECIDED_MAX + 1)), (2, 0));
}

#[test]
fn starttls_is_followed_in_what_begins_as_text() {
    let found = |text_octets: u64| {
        let before = [vec![b'x'; usize::try_from(text_octets).unwrap()], b"\x01\n".to_vec()].concat();
        let turns = [(Forward, [before, record(22, &client_hello())].concat())];
        protocols(&hear(&turns), Forward) == [Protocol::Tls]
    };
    assert!(found(TEXT_SAMPLE) && !found(TEXT_SAMPLE - 1));
}

#[test]
fn a_tunnel_that_nobody_grants_is_taken_for_one() {
    let turns = |octets| {
        let connect = b"CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n".to_vec();
        vec![(Forward, connect), (Forward, vec![b'x'; octets])]
    };
    check(turns, TUNNEL_HELD_MAX, "http1_tunnel_unanswered");
}

#[test]
fn heads_chunk_lines_and_pipelines_have_an_end() {
    let head = |octets| vec![(Forward, filled("GET / HTTP/1.1\r\nHost: h\r\nA: ", "\r\n\r\n", octets))];
    check(head, HTTP1_HEAD_MAX, "http1_head_too_long");
    let chunked = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
    let trailers = |octets| {
        vec![(Forward, [format!("{chunked}0\r\n").into(), filled("A: ", "\r\n\r\n", octets)].concat())]
    };
    check(trailers, HTTP1_HEAD_MAX, "http1_head_too_long");
    let line = |octets| {
        vec![(Forward, [chunked.into(), filled("5;", "\r\n", octets), b"hello\r\n".into()].concat())]
    };
    check(line, HTTP1_CHUNK_LINE_MAX, "http1_bad_chunk_size");
    let requests = |count| vec![(Forward, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".repeat(count))];
    check(requests, HTTP1_PENDING_MAX, "http1_pipeline_too_deep");
}

/// How an answer ends depends on the request: the answer to HEAD has no body, whatever came before it and is not kept.
#[test]
fn the_places_of_requests_that_are_not_kept_are_known() {
    let get = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".as_slice();
    let head = b"HEAD / HTTP/1.1\r\nHost: h\r\n\r\n".as_slice();
    let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".as_slice();
    let bare = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n".as_slice();
    let responses = |heard: &Heard| {
        let messages = heard.reverse.iter().filter_map(|(_, message)| match message {
            Message::Http1(tapline_decode::http1::Message::Response(response)) => {
                Some((response.answers_request, response.framing != tapline_decode::http1::Framing::None))
            }
            _ => None,
        });
        messages.collect::<Vec<_>>()
    };
    let turns = [
        (Forward, get.repeat(HTTP1_PENDING_MAX + 2)),
        (Reverse, answer.to_vec()),
        (Forward, head.to_vec()),
        (Reverse, answer.repeat(HTTP1_PENDING_MAX + 1)),
        (Reverse, bare.to_vec()),
        (Forward, get.to_vec()),
        (Reverse, answer.to_vec()),
    ];
    let heard = hear(&turns);
    assert_eq!(heard.codes(), ["http1_pipeline_too_deep"; 2]);
    let mut expected = vec![(true, true); HTTP1_PENDING_MAX];
    expected.extend([(false, true), (false, true), (true, false), (true, true)]);
    assert!(responses(&heard) == expected, "{:?}", &responses(&heard)[HTTP1_PENDING_MAX - 1..]);
}

#[test]
fn a_start_line_behind_a_gap_is_looked_for_in_lines_of_usual_length() {
    let requests = |octets| {
        let (mut conversation, mut heard, mut keyring) =
            (Conversation::new(Some(Protocol::Http1)), Heard::default(), Keyring::default());
        conversation.bytes(Forward, 0, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", &mut keyring, &mut heard);
        conversation.gap(Forward, 27, 10, &mut keyring, &mut heard);
        let rest = [filled("GET /", " HTTP/1.1\r\n", octets), b"Host: h\r\n\r\n".to_vec()].concat();
        conversation.bytes(Forward, 37, &rest, &mut keyring, &mut heard);
        assert_eq!(heard.codes(), ["http1_gap"]);
        let requests = heard.forward.iter().filter(|(_, message)| {
            matches!(message, Message::Http1(tapline_decode::http1::Message::Request(_)))
        });
        requests.count()
    };
    assert_eq!((requests(HTTP1_RESYNC_LINE_MAX), requests(HTTP1_RESYNC_LINE_MAX + 1)), (2, 1));
}

#[test]
fn tunnels_inside_tunnels_are_followed_so_far() {
    let depth = |tunnels: u8| {
        let (connect, granted) =
            (&b"CONNECT h:80 HTTP/1.1\r\nHost: h:80\r\n\r\n"[..], b"HTTP/1.1 200 OK\r\n\r\n");
        let turns: Vec<_> = (0..tunnels)
            .flat_map(|_| [(Forward, connect.to_vec()), (Reverse, granted.to_vec())])
            .chain([(Forward, b"GET / HTTP/1.1\r\nHost: h\r\n\r\n".to_vec())])
            .collect();
        protocols(&hear(&turns), Forward).len()
    };
    let most = usize::from(LAYERS_MAX);
    assert_eq!((depth(LAYERS_MAX - 1), depth(LAYERS_MAX)), (most, most));
}

#[test]
fn content_codings_are_undone_so_many_times_with_so_large_a_window() {
    let fault = |codings: usize| {
        let mut body = b"content".to_vec();
        for _ in 0..codings {
            let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            encoder.write_all(&body).unwrap();
            body = encoder.finish().unwrap();
        }
        let mut decoder = Decoder::of(vec!["gzip"; codings].join(",").as_bytes());
        let mut content = Vec::new();
        decoder.push(&body, &mut |part| content.extend_from_slice(part));
        decoder.end();
        (content, decoder.fault().cloned())
    };
    assert_eq!(fault(CONTENT_CODINGS_MAX), (b"content".to_vec(), None));
    assert_eq!(fault(CONTENT_CODINGS_MAX + 1), (Vec::new(), Some(Fault::TooMany)));
    assert_eq!(Fault::TooMany.anomaly().code, "content_coding_unknown");
    let windowed = |log| {
        let mut encoder = ::zstd::stream::Encoder::new(Vec::new(), 1).unwrap();
        encoder.window_log(log).unwrap();
        encoder.write_all(b"content").unwrap();
        let mut decoder = Decoder::of(b"zstd");
        decoder.push(&encoder.finish().unwrap(), &mut |_| {});
        decoder.fault().map(|fault| fault.anomaly().code)
    };
    assert_eq!(windowed(ZSTD_WINDOW_LOG_MAX), None);
    assert_eq!(windowed(ZSTD_WINDOW_LOG_MAX + 1), Some("content_coding_broken"));
}

#[test]
fn control_frames_of_websocket_are_as_long_as_they_may_be() {
    let close = |octets: usize| {
        let payload = [b"\x03\xe8".to_vec(), vec![b'x'; octets - 2]].concat();
        let mut turns = upgrade("");
        turns.push((Forward, websocket_frame(0x88, Some([1, 2, 3, 4]), &payload)));
        turns
    };
    check(close, WEBSOCKET_CONTROL_MAX, "websocket_control_too_long");
    for octets in [WEBSOCKET_CONTROL_MAX, WEBSOCKET_CONTROL_MAX + 1] {
        let kept = hear(&close(octets)).forward.iter().find_map(|(_, message)| match message {
            Message::WebSocket(websocket::Frame { close, .. }) => {
                close.as_ref().map(|close| close.reason.len())
            }
            _ => None,
        });
        assert_eq!(kept, Some(WEBSOCKET_CONTROL_MAX - 2));
    }
}

#[test]
fn frames_and_blocks_of_http2_are_held_so_far() {
    // One field that is not indexed: its name, then its value with a length of four octets.
    let block = |octets: usize| {
        let value = octets - 3 - 4;
        let rest = u32::try_from(value - 0x7f).unwrap();
        let length = [0, 7, 14]
            .map(|shift| u8::try_from(rest >> shift & 0x7f).unwrap() | if shift < 14 { 0x80 } else { 0 });
        [&[0, 1, b'a', 0x7f][..], &length, &vec![b'x'; value]].concat()
    };
    let one = |octets: usize| {
        let frame = frame(1, 5, 1, &block(octets));
        let (begin, rest) = frame.split_at(1000);
        vec![(Forward, preface()), (Forward, begin.to_vec()), (Forward, rest.to_vec())]
    };
    check(one, HTTP2_FRAME_HELD_MAX, "http2_block_too_long");
    let two = |octets: usize| {
        let block = block(octets);
        let (headers, rest) = block.split_at(1000);
        vec![(Forward, [preface(), frame(1, 1, 1, headers), frame(9, 4, 1, rest)].concat())]
    };
    check(two, HEADER_BLOCK_WIRE_MAX, "http2_block_too_long");
}

#[test]
fn settings_wait_for_their_acknowledgment_so_many_at_a_time() {
    // The last of them forbids the table, so the first block that comes behind its acknowledgment has to say so.
    let turns = |settings: usize| {
        let mut sent = preface();
        (2..settings).for_each(|_| sent.extend(frame(4, 0, 0, &[])));
        sent.extend(frame(4, 0, 0, &[0, 1, 0, 0, 0, 0]));
        let mut answer = frame(4, 0, 0, &[]);
        (0..settings).for_each(|_| answer.extend(frame(4, 1, 0, &[])));
        answer.extend(frame(1, 4, 1, &[0x88]));
        vec![(Forward, sent), (Forward, frame(1, 5, 1, &[0x82, 0x86, 0x84])), (Reverse, answer)]
    };
    let codes =
        [HTTP2_SETTINGS_PENDING_MAX, HTTP2_SETTINGS_PENDING_MAX + 1].map(|count| hear(&turns(count)).codes());
    assert_eq!(codes, [vec!["hpack_size_update_missing"], vec![]]);
}

#[test]
fn records_of_tls_are_as_long_as_they_may_be() {
    let turns = |octets: usize| {
        let header = [&[23, 3, 3][..], &u16::try_from(octets).unwrap().to_be_bytes()].concat();
        vec![(Forward, [record(22, &client_hello()), header, vec![0; octets]].concat())]
    };
    check(turns, usize::from(TLS_RECORD_MAX), "tls_bad_record");
}

#[test]
fn a_direction_without_records_is_given_up() {
    let nothing = vec![0; usize::try_from(RESYNC_SEARCH_MAX).unwrap() + 5];
    let codes = hear(&[(Forward, [record(22, &client_hello()), nothing].concat())]).codes();
    assert_eq!(codes, ["tls_bad_record", "tls_lost"]);
}

#[test]
fn addresses_of_an_answer_are_kept_up_to_a_number() {
    let kept = |addresses: u16| {
        let mut octets = b"\x12\x34\x81\x80\0\x01\0\0\0\0\0\0\x07example\x03com\0\0\x01\0\x01".to_vec();
        octets[6..8].copy_from_slice(&addresses.to_be_bytes());
        for n in 0..addresses {
            octets.extend_from_slice(b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0");
            octets.extend_from_slice(&n.to_be_bytes());
        }
        let message = dns::message(&octets).unwrap();
        (message.addresses.len(), message.addresses_left_out)
    };
    let most = u16::try_from(DNS_ADDRESSES_MAX).unwrap();
    assert_eq!([most, most + 3].map(kept), [(DNS_ADDRESSES_MAX, 0), (DNS_ADDRESSES_MAX, 3)]);
}
