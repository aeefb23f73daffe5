//! Bodies whose content is decoded, and gRPC calls: built connections in, exchanges and anomalies out.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use tapline_analysis::decode::grpc::Flavor;
use tapline_analysis::{Analyzer, AnomalyRecord, Event, Exchange, Interests, Options, Sender};
use tapline_testkit::{Frame, Speaker, Talk};

/// 300 octets of `hello ` by Python's gzip.
const GZIP: &str = "1f8b0800000000000203cb48cdc9c957c81825892001c14842592c010000";

fn hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

fn talk() -> Talk {
    Talk::new("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap(), 0).handshake()
}

fn analyse(frames: &[Frame], decode_bodies: bool) -> (Vec<Exchange>, Vec<AnomalyRecord>) {
    let options = Options { decode_bodies, ..Options::of(Interests::FULL) };
    let mut analyzer = Analyzer::new(&options);
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    let (mut exchanges, mut anomalies) = (Vec::new(), Vec::new());
    for event in analyzer.take_events() {
        match event {
            Event::Exchange(exchange) => exchanges.push(*exchange),
            Event::Anomaly(anomaly) => anomalies.push(*anomaly),
            _ => {}
        }
    }
    (exchanges, anomalies)
}

fn codes(anomalies: &[AnomalyRecord]) -> Vec<&'static str> {
    anomalies.iter().map(|anomaly| anomaly.code).collect()
}

const GET: &[u8] = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n";

fn response(encoding: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

#[test]
fn content_is_decoded_where_that_is_asked_for() {
    let check = |request: &[u8], answer: &[u8], decoded: Option<u64>, expected: &[&str]| {
        let frames = talk().client(request).server(answer).close().frames;
        let (exchanges, anomalies) = analyse(&frames, true);
        let part = exchanges[0].response.as_ref().unwrap();
        assert_eq!((part.body_bytes_decoded, codes(&anomalies)), (decoded, expected.to_vec()), "{answer:?}");
        assert!(anomalies.iter().all(|anomaly| anomaly.from == Sender::Server));
        let (exchanges, anomalies) = analyse(&frames, false);
        assert_eq!(exchanges[0].response.as_ref().unwrap().body_bytes_decoded, None);
        assert_eq!(anomalies.len(), 0);
    };
    let gzip = hex(GZIP);
    check(GET, &response("gzip", &gzip), Some(300), &[]);
    check(GET, &response("identity", b"hello"), Some(5), &[]);
    check(GET, b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", Some(5), &[]);
    check(GET, &response("gzip", b"hello"), None, &["content_coding_broken"]);
    check(GET, &response("gzip", &gzip[..20]), Some(265), &["content_coding_broken"]);
    check(GET, &response("rot13", b"uryyb"), None, &["content_coding_unknown"]);
    check(GET, b"HTTP/1.1 304 Not Modified\r\nContent-Encoding: gzip\r\n\r\n", Some(0), &[]);
}

#[test]
fn the_coding_is_told_without_being_undone() {
    let frames = talk().client(GET).server(&response("gzip", &hex(GZIP))).close().frames;
    let part = analyse(&frames, false).0[0].response.clone().unwrap();
    assert_eq!((part.content_encoding.as_deref(), part.body_bytes), (Some("gzip"), hex(GZIP).len() as u64));
}

#[test]
fn nothing_is_said_of_what_follows_a_gap() {
    let answer = response("gzip", &hex(GZIP));
    let (begin, rest) = answer.split_at(answer.len() - 20);
    let frames = talk()
        .client(GET)
        .server(begin)
        .missed(Speaker::Server, 10)
        .server(&rest[10..])
        .client_ack()
        .close()
        .frames;
    let (exchanges, anomalies) = analyse(&frames, true);
    assert!(!exchanges[0].response.as_ref().unwrap().complete);
    assert_eq!(codes(&anomalies), ["http1_gap"]);
}

fn frame(kind: u8, flags: u8, stream: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags, 0, 0, 0, stream], payload].concat()
}

/// A field block of literals (RFC 7541 section 6.2.2).
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            block.push(u8::try_from(text.len()).unwrap());
            block.extend(text.as_bytes());
        }
    }
    block
}

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

const CALL: [(&str, &str); 5] = [
    (":method", "POST"),
    (":path", "/shop.v1.Orders/Find"),
    (":authority", "h"),
    ("content-type", "application/grpc+proto"),
    ("grpc-timeout", "250m"),
];

const ANSWER: [(&str, &str); 2] = [(":status", "200"), ("content-type", "application/grpc")];

fn call(client: &[Vec<u8>], server: &[Vec<u8>]) -> (Vec<Exchange>, Vec<AnomalyRecord>) {
    let client = [PREFACE, &frame(1, 4, 1, &block(&CALL)), &client.concat()].concat();
    let server = [&PREFACE[24..], &server.concat()].concat();
    analyse(&talk().client(&client).server(&server).close().frames, false)
}

#[test]
fn a_call_has_its_messages_and_its_status() {
    let request = [frame(0, 0, 1, b"\0\0\0\0\x05he"), frame(0, 1, 1, b"llo\x01\0\0\0\0")];
    let trailers = block(&[("grpc-status", "5"), ("grpc-message", "no %E2%80%9Corder%E2%80%9D: 100%25")]);
    let answer =
        [frame(1, 4, 1, &block(&ANSWER)), frame(0, 0, 1, b"\0\0\0\0\x02hi"), frame(1, 5, 1, &trailers)];
    // The second message of the request is compressed and empty.
    let (exchanges, anomalies) = call(&request, &answer);
    let grpc = exchanges[0].grpc.as_ref().unwrap();
    assert_eq!((grpc.service.as_deref(), grpc.method.as_deref()), (Some("shop.v1.Orders"), Some("Find")));
    assert_eq!((grpc.flavor, grpc.timeout_ns), (Some(Flavor::Grpc), Some(250_000_000)));
    let asked = grpc.request.as_ref().unwrap();
    assert_eq!((&asked.lengths[..], asked.compressed, asked.exact), (&[5, 0][..], 1, true));
    assert_eq!(grpc.response.as_ref().unwrap().lengths, [2]);
    assert_eq!((grpc.status, grpc.message.as_deref()), (Some(5), Some("no “order”: 100%")));
    assert_eq!((grpc.trailers_only, codes(&anomalies)), (false, vec![]));
}

#[test]
fn a_call_without_a_body_has_trailers_only() {
    let fields = [ANSWER[0], ANSWER[1], ("grpc-status", "12")];
    let (exchanges, anomalies) = call(&[frame(0, 1, 1, b"")], &[frame(1, 5, 1, &block(&fields))]);
    let grpc = exchanges[0].grpc.as_ref().unwrap();
    assert_eq!((grpc.status, grpc.trailers_only, codes(&anomalies)), (Some(12), true, vec![]));
}

#[test]
fn what_is_no_message_is_said() {
    let check = |body: &[u8], code: &str| {
        let answer = [frame(1, 4, 1, &block(&ANSWER)), frame(1, 5, 1, &block(&[("grpc-status", "0")]))];
        let (_, anomalies) = call(&[frame(0, 1, 1, body)], &answer);
        assert_eq!(codes(&anomalies), [code], "{body:?}");
        assert_eq!(anomalies[0].from, Sender::Client);
    };
    check(b"\x07\0\0\0\x01x", "grpc_bad_flag");
    check(b"\0\0\0\0\x02x", "grpc_message_cut");
    check(b"\0\0\0", "grpc_message_cut");
}

#[test]
fn other_exchanges_are_no_calls() {
    let frames = talk().client(GET).server(&response("identity", b"\0\0\0\0\0")).close().frames;
    assert!(analyse(&frames, false).0[0].grpc.is_none());
}

#[test]
fn trailers_of_grpc_web_stand_in_the_body() {
    let request = b"POST /shop.Orders/Find HTTP/1.1\r\nHost: h\r\nContent-Type: application/grpc-web+proto\r\nContent-Length: 6\r\n\r\n\0\0\0\0\x01x";
    let body = b"\0\0\0\0\x02hi\x80\0\0\0\x0fgrpc-status: 3\n";
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/grpc-web\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let frames = talk().client(request).server(&[head.as_bytes(), body].concat()).close().frames;
    let (exchanges, anomalies) = analyse(&frames, false);
    let grpc = exchanges[0].grpc.as_ref().unwrap();
    assert_eq!((grpc.flavor, grpc.status, codes(&anomalies)), (Some(Flavor::Web), Some(3), vec![]));
    assert_eq!(
        (&grpc.request.as_ref().unwrap().lengths, &grpc.response.as_ref().unwrap().lengths),
        (&vec![1], &vec![2])
    );
}

#[test]
fn content_over_http2_is_decoded_stream_by_stream() {
    let fields = |encoding| block(&[(":status", "200"), ("content-encoding", encoding)]);
    let gzip = hex(GZIP);
    let (one, two) = gzip.split_at(15);
    let request = |stream| frame(1, 5, stream, &block(&CALL[..3]));
    let client = [PREFACE, &request(1), &request(3)].concat();
    let server = [
        PREFACE[24..].to_vec(),
        frame(1, 4, 1, &fields("gzip")),
        frame(1, 4, 3, &fields("gzip")),
        frame(0, 0, 1, one),
        frame(0, 1, 3, b"no gzip at all"),
        frame(0, 1, 1, two),
    ];
    let frames = talk().client(&client).server(&server.concat()).close().frames;
    let (exchanges, anomalies) = analyse(&frames, true);
    let decoded = |stream| {
        let exchange = exchanges.iter().find(|exchange| exchange.stream == Some(stream)).unwrap();
        exchange.response.as_ref().unwrap().body_bytes_decoded
    };
    assert_eq!((decoded(1), decoded(3), codes(&anomalies)), (Some(300), None, vec!["content_coding_broken"]));
}

#[test]
fn as_many_bodies_are_decoded_at_once_as_there_is_room_for() {
    let most = tapline_analysis::limits::BODIES_DECODED_MAX;
    let streams: Vec<u8> = (0..u8::try_from(most).unwrap() + 3).map(|nth| 2 * nth + 1).collect();
    let every =
        |one: &dyn Fn(u8) -> Vec<u8>| streams.iter().flat_map(|&stream| one(stream)).collect::<Vec<_>>();
    let client = [PREFACE, &every(&|stream| frame(1, 5, stream, &block(&CALL[..3])))].concat();
    let fields = block(&[(":status", "200"), ("content-encoding", "gzip")]);
    let heads = every(&|stream| frame(1, 4, stream, &fields));
    let bodies = every(&|stream| frame(0, 1, stream, &hex(GZIP)));
    let frames = talk().client(&client).server(&[&PREFACE[24..], &heads, &bodies].concat()).close().frames;
    let (exchanges, anomalies) = analyse(&frames, true);
    let decoded = exchanges.iter().filter_map(|one| one.response.as_ref()?.body_bytes_decoded);
    assert_eq!(decoded.collect::<Vec<_>>(), vec![300; most]);
    assert_eq!(codes(&anomalies), ["content_coding_not_decoded"; 3]);
}
