//! Built connections in, exchanges and connections out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::{Analyzer, Cause, ClientProof, ConnectionRecord, Event, Exchange, Interests, Options};
use tapline_testkit::{Frame, Speaker, Talk};

const MS: i64 = 1_000_000;

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:8080".parse().unwrap(), 0)
}

fn analyse(frames: &[Frame]) -> (Vec<ConnectionRecord>, Vec<Exchange>) {
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    let (mut connections, mut exchanges) = (Vec::new(), Vec::new());
    for event in analyzer.take_events() {
        match event {
            Event::Connection(record) => connections.push(*record),
            Event::Exchange(exchange) => exchanges.push(*exchange),
            _ => {}
        }
    }
    (connections, exchanges)
}

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello";

#[test]
fn the_time_of_an_exchange_is_in_its_phases() {
    let frames =
        talk().handshake().client(GET).server_ack().wait_ns(300 * MS).server(OK).client_ack().close().frames;
    let (connections, exchanges) = analyse(&frames);
    let exchange = &exchanges[0];
    assert_eq!((exchange.method.as_deref(), exchange.status), (Some("GET"), Some(200)));
    assert_eq!(exchange.url.as_deref(), Some("http://example.test/a"));
    assert_eq!((exchange.timings.connect, exchange.timings.tls), (Some(2 * MS), None));
    assert_eq!(
        (exchange.timings.send, exchange.timings.wait, exchange.timings.receive),
        (Some(0), Some(302 * MS), Some(0))
    );
    // The connection's ACK came a millisecond before the request.
    assert_eq!(exchange.timings.blocked, Some(MS));
    assert_eq!(exchange.duration_ns(), Some(305 * MS));
    let stalls: Vec<_> = exchange.stalls.list().iter().map(|stall| (stall.cause, stall.ns())).collect();
    assert_eq!(stalls, [(Cause::Server, 302 * MS)]);
    assert!(exchange.complete);
    let (request, response) = (exchange.request.as_ref().unwrap(), exchange.response.as_ref().unwrap());
    assert_eq!((request.first.packet, response.first.packet, response.body_bytes), (4, 6, 5));
    assert_eq!((connections[0].requests, connections[0].server_name.as_deref()), (1, Some("example.test")));
}

#[test]
fn only_the_first_exchange_pays_for_the_connection() {
    let frames = talk().handshake().client(GET).server(OK).client(GET).server(OK).close().frames;
    let connects: Vec<_> = analyse(&frames).1.iter().map(|exchange| exchange.timings.connect).collect();
    assert_eq!(connects, [Some(2 * MS), None]);
}

#[test]
fn a_connection_that_was_opened_ahead_is_no_part_of_its_first_request() {
    let opened = |ahead_ms: i64| {
        let talk = talk().handshake().wait_ns(ahead_ms * MS).client(GET).server(OK).close();
        let exchange = analyse(&talk.frames).1.remove(0);
        (exchange.timings.connect, exchange.timings.blocked)
    };
    assert_eq!(opened(900), (Some(2 * MS), Some(901 * MS)));
    assert_eq!(opened(1_100), (None, None));
}

#[test]
fn pipelined_requests_meet_their_responses_in_order() {
    let requests = [GET, b"GET /b HTTP/1.1\r\nHost: example.test\r\n\r\n"].concat();
    let answers = [OK, &b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"[..]].concat();
    let frames = talk().handshake().client(&requests).server(&answers).close().frames;
    let seen: Vec<_> =
        analyse(&frames).1.into_iter().map(|exchange| (exchange.url.unwrap(), exchange.status)).collect();
    assert_eq!(
        seen,
        [("http://example.test/a".to_owned(), Some(200)), ("http://example.test/b".to_owned(), Some(404)),]
    );
}

#[test]
fn a_body_over_many_segments_ends_with_its_last() {
    let mut answer = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n".to_vec();
    answer.resize(answer.len() + 100_000, b'x');
    let frames = talk().handshake().client(GET).server(&answer).close().frames;
    let (_, exchanges) = analyse(&frames);
    let response = exchanges[0].response.as_ref().unwrap();
    assert_eq!((response.body_bytes, response.complete), (100_000, true));
    assert_eq!((response.first.packet, response.last.packet), (5, 5 + 100_000 / 1460));
}

/// The capture misses octets that the client acknowledges: whoever looks waits for them, the client does not.
#[test]
fn a_body_with_a_hole_in_it_ends_with_what_was_captured_last() {
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\n\r\nhello";
    let with_hole = talk().handshake().client(GET).server(head).missed(Speaker::Server, 5).server(b"world");
    let last = u64::try_from(with_hole.frames.len()).unwrap();
    let frames = with_hole.client_ack().wait_ns(500 * MS).close().frames;
    let exchange = &analyse(&frames).1[0];
    let response = exchange.response.as_ref().unwrap();
    assert_eq!((response.last.packet, response.last.at), (last, frames[4 + 1].at));
    assert_eq!(exchange.timings.receive, Some(MS), "{:?}", exchange.timings);
    assert!(exchange.stalls.list().iter().all(|stall| stall.ns() < 500 * MS));
}

#[test]
fn streams_beyond_the_limit_are_said_not_lost() {
    let mut octets = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00".to_vec();
    let streams = u32::try_from(tapline_analysis::limits::STREAMS_MAX).unwrap() + 3;
    for index in 0..streams {
        // HEADERS with END_HEADERS: `:method: GET`, `:path: /` from the static table.
        octets.extend([0, 0, 2, 1, 4]);
        octets.extend((2 * index + 1).to_be_bytes());
        octets.extend([0x82, 0x84]);
    }
    let (connections, exchanges) = analyse(&talk().handshake().client(&octets).frames);
    assert_eq!(connections[0].requests, u64::from(streams));
    assert_eq!(exchanges.len(), tapline_analysis::limits::STREAMS_MAX);
    let said = connections[0].anomalies.iter().find(|(code, _)| *code == "http2_streams_not_followed");
    assert_eq!(said, Some(&("http2_streams_not_followed", 3)));
}

#[test]
fn what_never_came_is_said() {
    let (_, unanswered) = analyse(&talk().handshake().client(GET).frames);
    assert_eq!(
        (unanswered[0].status, unanswered[0].complete, unanswered[0].duration_ns()),
        (None, false, None)
    );
    let short = b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello";
    let (_, cut) = analyse(&talk().handshake().client(GET).server(short).close().frames);
    assert_eq!(
        (cut[0].status, cut[0].complete, cut[0].response.as_ref().unwrap().complete),
        (Some(200), false, false)
    );
}

#[test]
fn without_a_syn_the_octets_tell_who_is_the_client() {
    // The server has the higher port and speaks first in the capture.
    let talk = Talk::new("10.0.0.1:1000".parse().unwrap(), "10.0.0.2:50000".parse().unwrap(), 0);
    let frames = talk.handshake().client(GET).server(OK).close().frames;
    let (connections, exchanges) = analyse(&frames[3..]);
    assert_eq!(
        (connections[0].client.endpoint.port, connections[0].orientation),
        (1000, ClientProof::Protocol)
    );
    assert_eq!(exchanges[0].status, Some(200));
    assert_eq!(exchanges[0].timings.connect, None);
}

/// Streams whose requests are a megabyte each, of some hundred octets on the wire: one entry of the table again and again.
/// Some are answered, `apart` packets after the ones before.
fn grown(streams: u8, answered: bool, apart: usize) -> (Vec<ConnectionRecord>, Vec<Exchange>) {
    let headers = |flags: u8, stream: u8, block: &[u8]| {
        let length = u32::try_from(block.len()).unwrap().to_be_bytes();
        [&length[1..], &[1, flags, 0, 0, 0, stream], block].concat()
    };
    let request = b"\x82\x86\x84\x01\x01a";
    // A literal that goes into the table, under the index 62.
    let literal = [b"\x40\x01x\x7f\xa1\x1e", &[b'y'; 4000][..]].concat();
    let first = headers(5, 1, &[&request[..], &literal].concat());
    let settings = b"\0\0\0\x04\0\0\0\0\0";
    let preface = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &settings[..], &first].concat();
    let mut talk = talk().handshake().client(&preface).server(settings);
    for nth in 1..=streams {
        talk = talk.client(&headers(5, nth * 2 + 1, &[&request[..], &[0xbe; 250]].concat()));
        if answered {
            talk = talk.server(&headers(5, nth * 2 + 1, b"\x88"));
        }
        talk = (0..apart).fold(talk, |talk, _| talk.client_ack());
    }
    analyse(&talk.close().frames)
}

#[test]
fn fields_that_grow_beyond_the_room_for_them_are_cut_and_said() {
    let octets = |exchanges: &[Exchange]| -> usize {
        exchanges.iter().map(|one| one.request.as_ref().unwrap().headers.octets_len()).sum()
    };
    let said = |connections: &[ConnectionRecord]| {
        connections[0]
            .anomalies
            .iter()
            .find(|(code, _)| *code == "http2_fields_not_kept")
            .map(|(_, count)| *count)
    };
    let room = usize::try_from(tapline_analysis::limits::HEADS_GROWN_BYTES_MAX).unwrap();
    for answered in [false, true] {
        let (connections, exchanges) = grown(40, answered, 0);
        assert_eq!(exchanges.len(), 41);
        let kept = octets(&exchanges);
        assert!(kept > room - (1 << 20) && kept < room + (1 << 20), "{kept}");
        assert_eq!(said(&connections), Some(24), "{answered}");
        assert!(exchanges.iter().all(|one| one.url.as_deref() == Some("http://a/")), "what is short stays");
        assert!(exchanges.iter().all(|one| one.request.as_ref().unwrap().header_bytes_decoded > 4000));
    }
    // What was told makes room, once its batch is told too; what is open does not.
    let (connections, exchanges) = grown(40, true, 500);
    assert_eq!((said(&connections), octets(&exchanges) > 2 * room), (None, true));
    assert!(said(&grown(40, false, 500).0) > Some(20));
}
