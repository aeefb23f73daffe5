//! Real captures to collectors over HTTP and gRPC, and as lines; and what happens where a collector does not take them.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod common;

use std::io::{self, Cursor};
use std::path::Path;
use std::time::{Duration, Instant};

use common::receiver::{Receiver, Reply};
use common::{Exported, export, export_to, fixture, spans};
use tapline_otlp::{
    ExportTraceServiceRequest, Grpc, Http, Lines, Options, Patience, Protocol, Sent, Settings, Sink, Stated,
    Terms, Writer, relay,
};
use tonic::Code;

/// Real captures: TLS opened by its key log, a slow server, gRPC.
const CAPTURES: [&str; 3] = ["tls/http2-over-tls", "http1/slow-server", "http2/grpc"];

const SLOW: &str = "http1/slow-server";

fn terms() -> Terms {
    let ms = Duration::from_millis;
    let patience = Patience { connect: ms(500), answer: ms(500), total: ms(3000), first_wait: ms(20) };
    Terms { patience, ..Terms::default() }
}

fn http(receiver: &Receiver) -> Http {
    Http::new(&format!("{}/v1/traces", receiver.url()), &terms()).unwrap()
}

fn grpc(receiver: &Receiver) -> Grpc {
    Grpc::new(&receiver.url(), &terms()).unwrap()
}

fn send<S: Sink>(name: &str, sink: S) -> io::Result<Exported<S>> {
    export_to(fixture(name), Writer::new(sink, Options::default()))
}

#[test]
fn both_protocols_and_lines_carry_the_same_spans() {
    for name in CAPTURES {
        let expected = export(fixture(name), Options::default());
        assert!(expected.spans().len() > 3, "{name}");
        let receiver = Receiver::http([]);
        let exported = send(name, http(&receiver)).unwrap();
        let got = receiver.got();
        assert_eq!(spans(&got.requests), expected.spans(), "{name} over HTTP");
        assert_eq!(exported.sent.spans, expected.spans().len() as u64);
        assert!(got.heads.iter().all(|(path, _)| path == "/v1/traces"));
        let receiver = Receiver::grpc([]);
        send(name, grpc(&receiver)).unwrap();
        assert_eq!(spans(&receiver.got().requests), expected.spans(), "{name} over gRPC");
        let lines = send(name, Lines::new(Vec::new())).unwrap().sink.into_inner();
        let text = String::from_utf8(lines).unwrap();
        let requests: Vec<ExportTraceServiceRequest> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(spans(&requests), expected.spans(), "{name} as lines");
        let (receiver, mut sent) = (Receiver::grpc([]), Sent::default());
        relay(Cursor::new(text), &mut grpc(&receiver), &mut sent).unwrap();
        assert_eq!(spans(&receiver.got().requests), expected.spans(), "{name} sent on");
        assert_eq!(sent, exported.sent);
    }
}

#[test]
fn what_says_where_it_goes_opens_it() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let receiver = if protocol == Protocol::Grpc { Receiver::grpc([]) } else { Receiver::http([]) };
        let variable = |name: &str| match name {
            "OTEL_EXPORTER_OTLP_ENDPOINT" => Some(receiver.url()),
            "OTEL_EXPORTER_OTLP_PROTOCOL" => Some(protocol.name().to_owned()),
            "OTEL_EXPORTER_OTLP_HEADERS" => Some("authorization=Bearer%20t".to_owned()),
            _ => None,
        };
        let settings = Settings::read(Stated::default(), variable).unwrap();
        send(SLOW, settings.open().unwrap()).unwrap();
        let got = receiver.got();
        assert!(!got.requests.is_empty());
        let is_said =
            |fields: &[(String, String)]| fields.contains(&("authorization".into(), "Bearer t".into()));
        assert!(got.heads.iter().all(|(_, fields)| is_said(fields)), "{:?}", got.heads);
    }
}

/// As OpenTelemetry's exporters do it: over gRPC each message, over HTTP the body.
#[test]
fn what_is_to_be_small_on_its_way_arrives_whole() {
    let expected = export(fixture(SLOW), Options::default());
    for (protocol, field) in [(Protocol::HttpProtobuf, "content-encoding"), (Protocol::Grpc, "grpc-encoding")]
    {
        for (said, is_zipped) in [("gzip", true), ("none", false)] {
            let receiver = if protocol == Protocol::Grpc { Receiver::grpc([]) } else { Receiver::http([]) };
            let url = receiver.url();
            let stated = Stated { endpoint: Some(&url), protocol: Some(protocol) };
            let variable = |name: &str| (name == "OTEL_EXPORTER_OTLP_COMPRESSION").then(|| said.to_owned());
            send(SLOW, Settings::read(stated, variable).unwrap().open().unwrap()).unwrap();
            let got = receiver.got();
            assert_eq!(spans(&got.requests), expected.spans(), "{protocol:?} {said}");
            let fields = got.heads.iter().map(|(_, fields)| fields.contains(&(field.into(), "gzip".into())));
            assert!(fields.into_iter().all(|is_so| is_so == is_zipped), "{:?}", got.heads);
        }
    }
}

/// Over TLS, where a file names the root that vouches for the collector; where none does, that is said.
#[test]
fn a_collector_is_verified() {
    for protocol in [Protocol::HttpProtobuf, Protocol::Grpc] {
        let (receiver, root) = Receiver::secure(protocol == Protocol::Grpc);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("root.pem");
        std::fs::write(&file, root).unwrap();
        let url = format!("https://localhost:{}", receiver.address.port());
        let open = |certificate: Option<&Path>| {
            let variable = |name: &str| match name {
                "OTEL_EXPORTER_OTLP_CERTIFICATE" => certificate.map(|path| path.display().to_string()),
                "OTEL_EXPORTER_OTLP_TIMEOUT" => Some("3000".to_owned()),
                _ => None,
            };
            let stated = Stated { endpoint: Some(&url), protocol: Some(protocol) };
            Settings::read(stated, variable).unwrap().open()
        };
        send(SLOW, open(Some(&file)).unwrap()).unwrap();
        assert_eq!(receiver.got().requests.len(), 1);
        // The system's roots do not know it; where there are none, that is said before.
        let unknown = open(None).map_err(io::Error::from).and_then(|sink| send(SLOW, sink)).err().unwrap();
        let unknown = unknown.to_string();
        let is_said =
            unknown.contains("OTEL_EXPORTER_OTLP_CERTIFICATE") || unknown.contains("ca-certificates");
        assert!(unknown.contains("localhost") && is_said, "{unknown}");
        assert!(receiver.got().requests.is_empty());
        let missing = open(Some(&folder.path().join("missing.pem"))).err().unwrap().to_string();
        assert!(missing.contains("missing.pem"), "{missing}");
    }
}

#[test]
fn who_is_busy_is_asked_again() {
    let busy = [429, 502, 503, 504].map(|status| Reply::Http(status, None));
    let receiver = Receiver::http(busy);
    send(SLOW, http(&receiver)).unwrap();
    let got = receiver.got();
    assert_eq!((got.heads.len(), got.requests.len()), (5, 1));
    let receiver =
        Receiver::grpc([Code::Unavailable, Code::Aborted, Code::DeadlineExceeded].map(Reply::Grpc));
    send(SLOW, grpc(&receiver)).unwrap();
    let got = receiver.got();
    assert_eq!((got.heads.len(), got.requests.len()), (4, 1));
}

/// A collector goes away in the middle, and comes back.
#[test]
fn a_collector_may_be_started_anew() {
    let kept = export(fixture(SLOW), Options::default()).sink.0;
    for is_grpc in [false, true] {
        let before = if is_grpc { Receiver::grpc([]) } else { Receiver::http([]) };
        let mut sink: Box<dyn Sink> = if is_grpc { Box::new(grpc(&before)) } else { Box::new(http(&before)) };
        sink.send(&kept[0]).unwrap();
        before.stop();
        let address = before.address;
        let back = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(300));
            Receiver::again(address, is_grpc)
        });
        sink.send(&kept[0]).unwrap();
        assert_eq!(back.join().unwrap().got().requests, kept[..1], "over gRPC: {is_grpc}");
    }
}

#[test]
fn a_wait_that_is_asked_for_is_kept() {
    let receiver = Receiver::http([Reply::Http(503, Some("1"))]);
    let begun = Instant::now();
    send(SLOW, http(&receiver)).unwrap();
    assert!(begun.elapsed() >= Duration::from_secs(1), "{:?}", begun.elapsed());
    assert_eq!(receiver.got().requests.len(), 1);
}

#[test]
fn who_never_stops_being_busy_is_given_up() {
    let always = || std::iter::repeat_n(Reply::Http(503, None), 1000);
    let receiver = Receiver::http(always());
    let error = send(SLOW, http(&receiver)).err().unwrap().to_string();
    assert!(
        error.contains(&receiver.url()) && error.contains("503") && error.contains("look at its log"),
        "{error}"
    );
    assert!(receiver.got().heads.len() < 20);
    let begun = Instant::now();
    let receiver = Receiver::http([Reply::Http(429, Some("86400"))]);
    send(SLOW, http(&receiver)).err().unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2), "a day was waited for");
}

#[test]
fn what_is_refused_is_said_at_once_with_the_next_step() {
    let check = |status, expected: &str| {
        let receiver = Receiver::http([Reply::Http(status, None)]);
        let error = send(SLOW, http(&receiver)).err().unwrap().to_string();
        assert!(error.contains(expected) && error.contains(&receiver.url()), "{error}");
        assert_eq!(receiver.got().heads.len(), 1, "{status} was tried again");
    };
    check(401, "OTEL_EXPORTER_OTLP_HEADERS");
    check(404, "/v1/traces");
    check(400, "look at its log");
    check(307, "redirects");
    let check = |code, expected: &str| {
        let receiver = Receiver::grpc([Reply::Grpc(code)]);
        let error = send(SLOW, grpc(&receiver)).err().unwrap().to_string();
        assert!(error.contains(expected) && error.contains(&receiver.url()), "{error}");
        assert_eq!(receiver.got().heads.len(), 1, "{code:?} was tried again");
    };
    check(Code::Unauthenticated, "OTEL_EXPORTER_OTLP_HEADERS");
    check(Code::Unimplemented, "receivers and pipelines");
    check(Code::InvalidArgument, "look at its log");
    check(Code::ResourceExhausted, "as the script says");
}

#[test]
fn spans_that_are_rejected_are_counted() {
    let receiver = Receiver::http([Reply::Reject(2, "too old")]);
    let sent = send(SLOW, http(&receiver)).unwrap().sent;
    assert_eq!((sent.rejected_spans, sent.message.as_deref()), (2, Some("too old")));
    let receiver = Receiver::grpc([Reply::Reject(3, "no\u{1b}[2J room")]);
    let sent = send(SLOW, grpc(&receiver)).unwrap().sent;
    assert_eq!((sent.rejected_spans, sent.message.as_deref()), (3, Some("no\\u{1b}[2J room")));
}

/// Octets of an answer that are read.
const ANSWER_OCTETS: usize = 64 << 10; // ANSWER_BYTES_MAX

#[test]
fn an_answer_that_is_too_long_is_not_taken_for_no_answer() {
    let sent = |octets| {
        let receiver = Receiver::http([Reply::Long(octets)]);
        let sent = send(SLOW, http(&receiver)).unwrap().sent;
        assert_eq!(receiver.got().heads.len(), 1, "what was taken is not sent again");
        (sent.rejected_spans, sent.unread_answers)
    };
    assert_eq!([ANSWER_OCTETS, ANSWER_OCTETS + 1].map(sent), [(1, 0), (0, 1)]);
}

/// Nobody listens, or somebody listens and never answers: an error that names the place, soon.
#[test]
fn a_collector_that_is_not_there_ends_the_export() {
    let nowhere = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{nowhere}");
    let check = |error: io::Error, begun: Instant, place: &str| {
        let error = error.to_string();
        assert!(error.contains(place) && error.contains("no collector"), "{error}");
        assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    };
    let begun = Instant::now();
    check(send(SLOW, Http::new(&url, &terms()).unwrap()).err().unwrap(), begun, &url);
    let begun = Instant::now();
    check(send(SLOW, Grpc::new(&url, &terms()).unwrap()).err().unwrap(), begun, &url);
    let silent = Receiver::http(std::iter::repeat_n(Reply::Hang, 100));
    let begun = Instant::now();
    check(send(SLOW, http(&silent)).err().unwrap(), begun, &silent.url());
    let silent = Receiver::grpc(std::iter::repeat_n(Reply::Hang, 100));
    let begun = Instant::now();
    check(send(SLOW, grpc(&silent)).err().unwrap(), begun, &silent.url());
}

#[test]
fn errors_do_not_repeat_credentials() {
    let url = "http://me:secret@127.0.0.1:9/v1/traces";
    let http = send(SLOW, Http::new(url, &terms()).unwrap()).err().unwrap();
    let grpc = send(SLOW, Grpc::new("http://me:secret@127.0.0.1:9", &terms()).unwrap());
    for error in [http.to_string(), grpc.err().unwrap().to_string()] {
        assert!(error.contains("127.0.0.1:9") && !error.contains("secret"), "{error}");
    }
}
