//! The connections in which something matches are those that tshark finds with the same text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/capture.rs"]
mod capture;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

const TCP: &[&str] =
    &["link/page-load", "link/tail-lost", "link/zero-window", "link/path-mtu", "http1/reset-by-server"];
const LOST: &[&str] = &["link/lossy-server-side", "link/reordered", "link/page-load"];
const VLAN: &[&str] = &["http1/vlan", "http1/ipv6"];
const TLS: &[&str] = &["link/page-load", "tls/tls12-ecdhe", "tls/failed-handshake", "tls/http2-over-tls12"];
const HTTP1: &[&str] = &["link/page-load", "http1/not-found-and-error", "http1/upload", "http1/slow-server"];
const HTTP2: &[&str] = &["http2/goaway", "http2/rst-stream", "http2/not-found", "tls/http2-over-tls"];
const CALLS: &[&str] = &["http2/grpc", "http2/padding", "http2/goaway"];
const WEBSOCKET: &[&str] = &["http1/websocket", "http1/upload"];

/// Texts, and the captures on which they are compared: some in which they hold, and some in which they do not.
const CASES: &[(&str, &[&str])] = &[
    ("tcp", TCP),
    ("ip.addr == 10.77.0.10", TCP),
    ("ip.addr == 10.0.0.0/8", TCP),
    ("ip.addr != 192.0.2.0/24", TCP),
    ("ip.src == 10.77.0.10 and tcp.dstport == 80", TCP),
    ("tcp.port in {80, 8080}", TLS),
    ("tcp.port != 80", TLS),
    ("not tcp.port == 443", TLS),
    ("tcp.stream > 2", TCP),
    ("tcp.analysis.retransmission", TCP),
    ("tcp.analysis.flags", TCP),
    ("tcp.analysis.zero_window or tcp.analysis.window_full", TCP),
    ("tcp.analysis.out_of_order", LOST),
    ("tcp.analysis.duplicate_ack_num > 2", LOST),
    ("tcp.analysis.rto > 0.2", TCP),
    ("tcp.flags.reset == 1", TCP),
    ("tcp.analysis.initial_rtt > 0.001", TCP),
    ("tcp.completeness >= 31", TCP),
    ("tcp.options.mss_val < 1460", VLAN),
    ("vlan.id == 77", VLAN),
    ("frame.number > 100", TCP),
    ("frame.time_relative < 0.001", TCP),
    ("tls", TLS),
    ("tls.handshake.type == 11", TLS),
    ("tls.handshake.extensions_server_name contains \"test\"", TLS),
    ("tls.handshake.extensions_alpn_str == \"h2\"", TLS),
    ("tls.alert_message.desc == 40", TLS),
    ("tls.alert_message", TLS),
    ("x509ce.dNSName contains \"test\"", TLS),
    ("http", HTTP1),
    ("http.request.method == \"GET\"", HTTP1),
    ("http.request.method in {\"POST\", \"PUT\", \"HEAD\"}", HTTP1),
    ("http.response.code >= 400", HTTP1),
    ("http.response.phrase == \"Not Found\"", HTTP1),
    ("http.host contains \"test\"", HTTP1),
    ("http.user_agent matches \"CURL\"", HTTP1),
    ("http.content_type contains \"html\"", HTTP1),
    ("http.request.uri contains \".bin?\"", HTTP1),
    ("http.time > 0.1", HTTP1),
    ("websocket.opcode == 8", WEBSOCKET),
    ("http2", HTTP2),
    ("http2.type == 3", HTTP2),
    ("http2.headers.status == 404", HTTP2),
    ("http2.headers.method == \"POST\"", CALLS),
    ("http2.streamid > 5", HTTP2),
    ("http2.goaway.error == 0", HTTP2),
    ("http2.rst_stream.error == 8", HTTP2),
    ("http2.header.name == \"te\"", CALLS),
    ("http2.settings.id == 4", HTTP2),
];

/// Texts that mean something else for tshark, a capture that shows it, and why.
const DIFFERENCES: &[(&str, &str, &str)] = &[
    ("http.response.code >= 400", "http2/not-found", "fields of http. are those of any version of HTTP"),
    (
        "http.content_type contains \"html\"",
        "tls/tls13",
        "tshark does not read a response that ends with its TLS connection",
    ),
    (
        "http.request and not http.response",
        "http1/keep-alive",
        "a request and its response are one record, and two of tshark's packets",
    ),
    (
        "ip.src == 10.77.0.80 and tcp.dstport == 80",
        "http1/keep-alive",
        "a connection was sent by both of its sides",
    ),
    (
        "tls.handshake.ciphersuite == 0x1303",
        "tls/tls13",
        "the suite that was chosen, not those that are offered",
    ),
    (
        "tls.handshake.version == 0x0303",
        "tls/tls13",
        "the version that was negotiated, not what the hellos say",
    ),
];

/// `tests/peer-differences.toml`: the ports that tshark must be told the protocol of.
#[derive(serde::Deserialize)]
struct Known {
    capture: Vec<Capture>,
}

#[derive(serde::Deserialize)]
struct Capture {
    name: String,
    #[serde(default)]
    decode_as: Vec<String>,
}

fn decode_as() -> BTreeMap<String, Vec<String>> {
    let text = std::fs::read_to_string(tapline_testkit::root().join("tests/peer-differences.toml")).unwrap();
    let known: Known = toml::from_str(&text).unwrap();
    known.capture.into_iter().map(|capture| (capture.name, capture.decode_as)).collect()
}

/// The streams of packets that tshark shows. Two passes, so that it knows of a packet what comes behind it.
fn tshark(path: &Path, filter: &str, decode_as: &[String]) -> Vec<u64> {
    let mut command = Command::new("tshark");
    command.args(["-n", "-2", "-o", "tcp.reassemble_out_of_order:TRUE", "-r"]).arg(path);
    command.args(["-Y", filter, "-T", "fields", "-E", "occurrence=l", "-e", "tcp.stream"]);
    let keys = path.with_extension("keys");
    if keys.is_file() {
        command.arg("-o").arg(format!("tls.keylog_file:{}", keys.display()));
    }
    command.args(decode_as.iter().flat_map(|rule| ["-d", rule.as_str()]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{filter}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let mut streams: Vec<u64> = text.lines().filter_map(|line| line.trim().parse().ok()).collect();
    streams.sort_unstable();
    streams.dedup();
    streams
}

/// The streams and the connections that both find on a capture, where they are not the same.
fn compare(filter: &str, name: &str, decode_as: &BTreeMap<String, Vec<String>>) -> (Option<String>, usize) {
    let path = capture::fixture(name);
    let rules = decode_as.get(&format!("fixtures/{name}.pcapng")).cloned().unwrap_or_default();
    let (theirs, ours) = (tshark(&path, filter, &rules), capture::connections(&path, filter, true));
    let differ = format!("{filter} on {name}: tshark {theirs:?}, tapline {ours:?}");
    ((theirs != ours).then_some(differ), ours.len())
}

#[test]
fn the_same_connections_match() {
    if !tapline_testkit::installed(&["tshark"]) {
        return;
    }
    let rules = decode_as();
    let work: Vec<(&str, &str)> =
        CASES.iter().flat_map(|(filter, names)| names.iter().map(|name| (*filter, *name))).collect();
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((filter, name)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (differ, matched) = compare(filter, name, &rules);
                    results.lock().unwrap().push((*filter, differ, matched));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let wrong: Vec<&str> = results.iter().filter_map(|(_, differ, _)| differ.as_deref()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let matches = |filter: &str| results.iter().any(|(text, _, matched)| *text == filter && *matched > 0);
    let nowhere: Vec<&str> =
        CASES.iter().map(|(filter, _)| *filter).filter(|filter| !matches(filter)).collect();
    assert!(nowhere.is_empty(), "nothing was compared: {nowhere:?}");
}

#[test]
fn what_differs_does_so_for_the_reason_that_is_listed() {
    if !tapline_testkit::installed(&["tshark"]) {
        return;
    }
    let rules = decode_as();
    for (filter, name, why) in DIFFERENCES {
        assert!(
            compare(filter, name, &rules).0.is_some(),
            "{filter} on {name} does not differ any more: {why}"
        );
    }
}
