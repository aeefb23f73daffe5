//! Requests that belong to a caller's trace, and what of a request is shown.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use common::{Exported, Kept, built, export, export_through, number, text, texts, value};
use opentelemetry_proto::tonic::trace::v1::Span;
use tapline_export::redact::Secrets;
use tapline_filter::{Filter, Sieve};
use tapline_otlp::{INTERESTS, Options, Writer};
use tapline_testkit::{Frame, Talk};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const TRACE: u128 = 0x0af7_6519_16cd_43dd_8448_eb21_1c80_319c;
const CALLER: u64 = 0xb7ad_6b71_6920_3331;

const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/// A connection with one request for each list of header fields.
fn talk(requests: &[&str]) -> Vec<Frame> {
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let mut talk = Talk::new(client, server, 1_700_000_000_000_000_000).handshake();
    for fields in requests {
        let head = format!("GET /a?token=hidden HTTP/1.1\r\nHost: example.test\r\n{fields}\r\n");
        talk = talk.client(head.as_bytes()).server(OK);
    }
    talk.close().frames
}

fn exported(requests: &[&str], options: Options) -> Exported<Kept> {
    export(built(&talk(requests)), options)
}

fn named<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

#[test]
fn a_request_continues_its_callers_trace() {
    let with = format!("traceparent: {PARENT}\r\ntracestate: vendor=1,other=2\r\n");
    let spans = exported(&[&with, ""], Options::default()).spans();
    let [caller, own] = named(&spans, "GET")[..] else { panic!("two requests") };
    let connection = named(&spans, "TCP connection")[0];
    assert_eq!(
        (&caller.trace_id[..], &caller.parent_span_id[..]),
        (&TRACE.to_be_bytes()[..], &CALLER.to_be_bytes()[..])
    );
    assert_eq!(caller.trace_state, "vendor=1,other=2");
    // Sampled, and the parent is known to be remote.
    assert_eq!(caller.flags, 0x301);
    let [link] = &caller.links[..] else { panic!("one link") };
    assert_eq!((&link.trace_id, &link.span_id), (&connection.trace_id, &connection.span_id));
    let waits = named(&spans, "wait");
    assert_eq!(waits[0].parent_span_id, caller.span_id);
    assert_eq!((&waits[0].trace_id, waits[0].trace_state.as_str()), (&caller.trace_id, "vendor=1,other=2"));
    assert_eq!(waits[0].flags, 0x101);
    // The one without is its connection's.
    assert_eq!((&own.trace_id, &own.parent_span_id), (&connection.trace_id, &connection.span_id));
    assert!(own.links.is_empty() && own.trace_state.is_empty());
    assert_ne!(own.trace_id, caller.trace_id);
}

/// A frame of HTTP/2 (RFC 9113 §4.1).
fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Fields as HPACK writes those that are in no table (RFC 7541 §6.2.2).
fn block(fields: &[(&str, &str)]) -> Vec<u8> {
    let text = |text: &str| [&[u8::try_from(text.len()).unwrap()], text.as_bytes()].concat();
    fields.iter().flat_map(|(name, value)| [vec![0], text(name), text(value)].concat()).collect()
}

#[test]
fn a_stream_of_http2_continues_its_callers_trace() {
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let request = block(&[
        (":method", "GET"),
        (":scheme", "http"),
        (":authority", "example.test"),
        (":path", "/"),
        ("traceparent", PARENT),
        ("tracestate", "vendor=1"),
        ("tracestate", "other=2"),
    ]);
    let asks = [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), frame(4, 0, 0, &[]), frame(1, 5, 1, &request)];
    let answers = [frame(4, 0, 0, &[]), frame(1, 5, 1, &block(&[(":status", "204")]))];
    let talk = Talk::new(client, server, 1_700_000_000_000_000_000).handshake();
    let talk = talk.client(&asks.concat()).server(&answers.concat()).close();
    let spans = export(built(&talk.frames), Options::default()).spans();
    let exchange = named(&spans, "GET")[0];
    assert_eq!(number(&exchange.attributes, "http.response.status_code"), Some(204));
    assert_eq!(
        (&exchange.trace_id[..], &exchange.parent_span_id[..]),
        (&TRACE.to_be_bytes()[..], &CALLER.to_be_bytes()[..])
    );
    assert_eq!(exchange.trace_state, "vendor=1,other=2");
    assert_eq!(exchange.links[0].span_id, named(&spans, "TCP connection")[0].span_id);
}

#[test]
fn an_invalid_context_is_none() {
    for fields in [
        format!("traceparent: {}\r\n", PARENT.to_uppercase()),
        format!("traceparent: {PARENT}-more\r\n"),
        format!("traceparent: 00-{}-b7ad6b7169203331-01\r\n", "0".repeat(32)),
        format!("traceparent: {PARENT}\r\ntraceparent: {PARENT}\r\n"),
        "traceparent: \r\n".to_owned(),
        "tracestate: vendor=1\r\n".to_owned(),
    ] {
        let spans = exported(&[&fields], Options::default()).spans();
        let (exchange, connection) = (named(&spans, "GET")[0], named(&spans, "TCP connection")[0]);
        assert_eq!(
            (&exchange.trace_id, &exchange.parent_span_id),
            (&connection.trace_id, &connection.span_id),
            "{fields}"
        );
        assert!(exchange.links.is_empty() && exchange.trace_state.is_empty(), "{fields}");
    }
}

#[test]
fn secrets_are_redacted_unless_somebody_asks_for_them() {
    let fields = "Authorization: Bearer hidden\r\nX-Plain: seen\r\nx-plain: again\r\n";
    let wanted = ["authorization", "X-Plain"].map(str::to_owned).to_vec();
    let options = Options { request_headers: wanted, ..Options::default() };
    let redacted = exported(&[fields], options.clone());
    assert!(!format!("{:?}", redacted.sink.0).contains("hidden"), "a secret shows");
    let spans = redacted.spans();
    let exchange = named(&spans, "GET")[0];
    assert_eq!(
        text(&exchange.attributes, "url.full"),
        Some("http://example.test/a?token=(redacted,6-octets)")
    );
    assert_eq!(
        texts(&exchange.attributes, "http.request.header.authorization"),
        ["Bearer [redacted, 6 octets]"]
    );
    assert_eq!(texts(&exchange.attributes, "http.request.header.x-plain"), ["seen", "again"]);
    // Findings have URLs in their sentences.
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let moved = Talk::new(client, server, 1_700_000_000_000_000_000)
        .handshake()
        .client(b"GET /a?token=hidden HTTP/1.1\r\nHost: example.test\r\n\r\n")
        .server(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")
        .close();
    let moved = export(built(&moved.frames), Options::default()).spans();
    let finding = named(&moved, "GET")[0].events.iter().find(|event| event.name == "finding").unwrap();
    let sentence = text(&finding.attributes, "tapline.finding.explanation").unwrap();
    assert!(sentence.contains("token=(redacted,6-octets)"), "{sentence}");
    let shown = exported(&[fields], Options { secrets: Secrets::Shown, ..options });
    let spans = shown.spans();
    let exchange = named(&spans, "GET")[0];
    assert_eq!(text(&exchange.attributes, "url.full"), Some("http://example.test/a?token=hidden"));
    assert_eq!(texts(&exchange.attributes, "http.request.header.authorization"), ["Bearer hidden"]);
}

#[test]
fn header_fields_and_the_host_are_there_where_somebody_asks_for_them() {
    let keys = |options: Options| {
        let exported = exported(&["X-Plain: seen\r\n"], options);
        let spans = exported.spans();
        let attributes = named(&spans, "GET")[0].attributes.clone();
        let of_headers = attributes.into_iter().filter(|attribute| attribute.key.contains(".header."));
        let host = exported.sink.0[0].resource_spans[0].resource.clone().unwrap();
        let host = text(&host.attributes, "host.name").map(str::to_owned);
        (of_headers.map(|attribute| attribute.key).collect::<Vec<_>>(), host)
    };
    assert_eq!(keys(Options::default()), (vec![], None));
    let options = Options {
        response_headers: vec!["content-length".to_owned()],
        host_name: Some("here".to_owned()),
        ..Options::default()
    };
    assert_eq!(
        keys(options),
        (vec!["http.response.header.content-length".to_owned()], Some("here".to_owned()))
    );
}

#[test]
fn a_filter_changes_what_is_sent_and_no_id() {
    let all = exported(&["", "X: 1\r\n", ""], Options::default()).spans();
    let requests = all.iter().filter(|span| span.name == "GET");
    let packet =
        requests.clone().map(|span| number(&span.attributes, "tapline.request.first_packet")).nth(1).unwrap();
    let filter: Filter =
        "http.request.method == \"GET\" && tapline.server == 10.0.0.2 && http.request.line contains \"X: 1\""
            .parse()
            .unwrap();
    let sieve = Sieve::new(filter);
    let (source, mut options) = built(&talk(&["", "X: 1\r\n", ""]));
    options.analysis.interests = INTERESTS.and(sieve.needs(INTERESTS));
    let writer = Writer::new(Kept::default(), Options::default());
    let some = export_through((source, options), writer, Some(sieve)).unwrap().spans();
    let kept = named(&some, "GET");
    assert_eq!(kept.len(), 1);
    assert_eq!(number(&kept[0].attributes, "tapline.request.first_packet"), packet);
    assert!(some.len() < all.len());
    assert!(some.iter().filter(|span| span.name != "capture").all(|span| all.contains(span)), "another id");
    assert_eq!(named(&some, "TCP connection").len(), 1);
}

/// Requests are bound, however much one capture has.
#[test]
fn requests_are_bound() {
    let requests = vec![""; 1000];
    let exported = exported(&requests, Options::default());
    let counts: Vec<usize> =
        exported.sink.0.iter().map(|request| request.resource_spans[0].scope_spans[0].spans.len()).collect();
    assert!(counts.len() > 3 && counts.iter().all(|&count| count <= 512), "{counts:?}");
    let names = ["x-a", "x-b", "x-c"];
    let long = names.map(|name| format!("{name}: {}\r\n", "x".repeat(4000))).concat();
    let options = Options { request_headers: names.map(str::to_owned).to_vec(), ..Options::default() };
    let requests = vec![long.as_str(); 300];
    let large = self::exported(&requests, options);
    let sizes: Vec<usize> = large.sink.0.iter().map(prost::Message::encoded_len).collect();
    assert!(sizes.len() > 2 && sizes.iter().all(|&size| size < (1 << 20) + (1 << 16)), "{sizes:?}");
}

#[test]
fn what_fails_is_an_error() {
    let (client, server) = ("10.0.0.1:40000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let talk = || Talk::new(client, server, 1_700_000_000_000_000_000);
    let request = b"GET / HTTP/1.1\r\nHost: example.test\r\n\r\n";
    let check = |frames: Vec<Frame>, name: &str, expected: Option<&str>| {
        let spans = export(built(&frames), Options::default()).spans();
        let span = named(&spans, name)[0];
        assert_eq!(text(&span.attributes, "error.type"), expected, "{span:?}");
        assert_eq!(span.status.as_ref().unwrap().code, i32::from(expected.is_some()) * 2);
        assert_eq!(value(&span.attributes, "tapline.conn_state").is_some(), name == "TCP connection");
    };
    check(talk().handshake().client(request).server(OK).close().frames, "TCP connection", None);
    check(talk().handshake().client(request).server(OK).close().frames, "GET", None);
    check(talk().syn().frames, "TCP connection", Some("unanswered"));
    check(talk().syn().server_reset().frames, "TCP handshake", Some("refused"));
    let cut = &OK[..OK.len() - 1];
    check(
        talk().handshake().client(request).server(cut).server_reset().frames,
        "TCP connection",
        Some("reset"),
    );
    check(talk().handshake().client(request).server(cut).server_reset().frames, "GET", Some("response_cut"));
    check(talk().handshake().client(request).close().frames, "GET", Some("no_response"));
    // The capture ends, and nobody knows what came.
    check(talk().handshake().client(request).server(cut).frames, "GET", None);
    let missing = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
    check(talk().handshake().client(request).server(missing).close().frames, "GET", Some("404"));
    let moved = b"HTTP/1.1 301 Moved\r\nContent-Length: 0\r\n\r\n";
    check(talk().handshake().client(request).server(moved).close().frames, "GET", None);
}
