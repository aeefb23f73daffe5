//! Thresholds of findings.

use tapline_analysis::Cause;
use tapline_analysis::limits::{
    CLOSE_COST_MIN_NS, COMPRESSIBLE_MIN_BYTES, DNS_SLOW_NS, EXPECT_COST_MIN_NS, HEADERS_LARGE_BYTES,
    LOSS_SEGMENTS_MIN, NOT_REUSED_MIN, PARALLEL_MIN, PEER_GONE_KEEP_ALIVES, SERVER_SLOW_NS,
    STALL_COST_MIN_NS, STALL_MIN_NS,
};
use tapline_testkit::{Frame, Odd, Speaker, Talk, datagram_frame};

use super::{GET, MS, OK, Told, analyse, talk, talk_from};

/// The finding is there at the threshold, and one below it is not.
fn check(code: &str, least: i64, told: impl Fn(i64) -> Told) {
    assert!(told(least).finds(code), "{code} at {least}: {:?}", told(least).findings);
    assert!(!told(least - 1).finds(code), "{code} below {least}");
}

/// A request whose answer comes so late.
fn answered(ns: i64) -> Told {
    analyse(&talk().handshake().client(GET).wait_ns(ns - MS).server(OK).close().frames)
}

#[test]
fn waits_for_a_server_are_stalls_and_findings_from_a_time_on() {
    let causes =
        |ns| answered(ns).exchanges[0].stalls.list().iter().map(|stall| stall.cause).collect::<Vec<_>>();
    assert_eq!([STALL_MIN_NS - 1, STALL_MIN_NS].map(causes), [vec![], vec![Cause::Server]]);
    check("http_server_slow", SERVER_SLOW_NS, answered);
}

#[test]
fn other_stalls_are_findings_from_a_cost_on() {
    // A window of 65,536 octets is full for so long.
    let full = |ns: i64| {
        let octets = 512 << 7;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", octets + 1460);
        let talk = talk().handshake().client(GET).server(head.as_bytes()).client_ack().step_ns(1_000);
        let talk = talk.server(&vec![b'x'; octets]).wait_ns(ns - 2_000).client_ack();
        analyse(&talk.server(&[b'x'; 1460]).client_ack().close().frames)
    };
    check("tcp_receive_window_small", STALL_COST_MIN_NS, full);
}

#[test]
fn requests_are_large_or_sent_slowly_from_a_size_and_a_time_on() {
    check("http_headers_large", i64::try_from(HEADERS_LARGE_BYTES).unwrap(), |octets| {
        let filling = "x".repeat(usize::try_from(octets).unwrap() - GET.len() - 5);
        let head = format!("GET /a HTTP/1.1\r\nHost: example.test\r\nA: {filling}\r\n\r\n");
        analyse(&talk().handshake().client(head.as_bytes()).server(OK).close().frames)
    });
    check("http_expect_continue", EXPECT_COST_MIN_NS, |ns| {
        let head = b"POST / HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n";
        let talk = talk().handshake().client(head).wait_ns(ns - MS).client(b"hello");
        analyse(&talk.server(OK).close().frames)
    });
}

#[test]
fn closing_costs_what_opening_took() {
    check("http1_connection_close", CLOSE_COST_MIN_NS, |ns| {
        // The handshake's last step is its second.
        let talk = talk().step_ns(0).syn().wait_ns(ns).syn_ack().client_ack().step_ns(MS);
        let head = b"GET /a HTTP/1.1\r\nHost: example.test\r\nConnection: close\r\n\r\n";
        analyse(&talk.client(head).server(OK).close().frames)
    });
}

#[test]
fn text_is_worth_compressing_from_a_size_on() {
    check("http_body_uncompressed", i64::try_from(COMPRESSIBLE_MIN_BYTES).unwrap(), |octets| {
        let get = b"GET /a HTTP/1.1\r\nHost: example.test\r\nAccept-Encoding: gzip\r\n\r\n";
        let body = "x".repeat(usize::try_from(octets).unwrap());
        let answer =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: {octets}\r\n\r\n{body}");
        analyse(&talk().handshake().client(get).server(answer.as_bytes()).close().frames)
    });
}

/// An answer of some segments, of which the first so many come again, or come late.
fn troubled(segments: i64, again: bool) -> Told {
    let mut talk = talk().handshake().client(GET).step_ns(10_000_000);
    talk = talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n");
    for nth in 0..10 {
        let is_odd = nth < segments;
        if is_odd && again {
            talk = talk.server(b"hello").wait_ns(400 * MS);
            talk = talk.odd(Speaker::Server, &Odd { ahead: -5, payload: b"hello", ..Odd::default() });
        } else if is_odd {
            talk = talk.step_ns(100_000).missed(Speaker::Server, 2).server(b"llo");
            talk = talk.odd(Speaker::Server, &Odd { ahead: -5, payload: b"he", ..Odd::default() });
            talk = talk.step_ns(10_000_000);
        } else {
            talk = talk.server(b"hello");
        }
        talk = talk.client_ack();
    }
    analyse(&talk.close().frames)
}

#[test]
fn losses_are_findings_from_a_number_on() {
    check("tcp_loss_rate", LOSS_SEGMENTS_MIN.into(), |segments| troubled(segments, true));
    check("tcp_reordering", LOSS_SEGMENTS_MIN.into(), |segments| troubled(segments, false));
}

#[test]
fn a_peer_is_gone_after_so_many_keep_alives() {
    check("tcp_peer_gone", PEER_GONE_KEEP_ALIVES.into(), |asked| {
        let talk = talk().handshake().client(GET).server(OK).client_ack();
        let probe = Odd { ahead: -1, ..Odd::default() };
        let talk = (0..asked).fold(talk, |talk, _| talk.wait_ns(75_000 * MS).odd(Speaker::Client, &probe));
        analyse(&talk.frames)
    });
}

/// So many connections of one request each, which begin so far apart.
fn connections(count: i64, apart_ns: i64) -> Told {
    let one = |nth: i64| {
        let talk = talk_from(40_000 + u16::try_from(nth).unwrap()).wait_ns(nth * apart_ns);
        talk.handshake().client(GET).server(OK).close().frames
    };
    let mut frames: Vec<Frame> = (0..count).flat_map(one).collect();
    frames.sort_by_key(|frame| frame.at);
    analyse(&frames)
}

#[test]
fn many_connections_are_a_finding_from_a_number_on() {
    // The first one of a row is behind none.
    let in_a_row = |count| connections(count + 1, 1000 * MS);
    check("http_connections_not_reused", i64::try_from(NOT_REUSED_MIN).unwrap(), in_a_row);
    check("http_parallel_connections", i64::try_from(PARALLEL_MIN).unwrap(), |count| connections(count, 1));
}

#[test]
fn a_lookup_is_slow_from_a_time_on() {
    let query = b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x07example\x04test\0\0\x01\0\x01";
    let mut answer = query.to_vec();
    answer[2..4].copy_from_slice(&[0x81, 0x80]);
    check("dns_slow", DNS_SLOW_NS, |ns| {
        let (client, server) = ("10.0.0.1:5353".parse().unwrap(), "10.0.0.53:53".parse().unwrap());
        let at = |ns| tapline_analysis::Timestamp(ns);
        analyse(&[
            Frame { at: at(0), octets: datagram_frame(client, server, query) },
            Frame { at: at(ns), octets: datagram_frame(server, client, &answer) },
        ])
    });
}

/// A talk is what tests build on; that it is quiet is what makes them mean something.
#[test]
fn an_ordinary_connection_gives_nothing_to_tell() {
    let quiet: Talk = talk().handshake().client(GET).server(OK).client_ack().close();
    assert!(analyse(&quiet.frames).findings.is_empty());
}
