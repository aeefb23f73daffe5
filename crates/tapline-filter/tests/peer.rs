//! The connections in which something matches are those that tshark finds with the same text.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "common/capture.rs"]
mod capture;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Texts, and the captures on which they are compared: some in which they hold, and some in which they do not.
const CASES: &[(&str, &[&str])] = &[
    ("tcp", &[]),
    ("ip.addr == 10.77.0.10", &[]),
    ("ip.addr == 10.0.0.0/8", &[]),
    ("ip.src == 10.77.0.10 and tcp.dstport == 80", &[]),
    ("tcp.port in {80, 8080}", &[]),
    ("tcp.port != 80", &[]),
    ("not tcp.port == 443", &[]),
    ("tcp.stream > 2", &[]),
    ("tcp.analysis.retransmission", &[]),
    ("tcp.analysis.flags", &[]),
    ("tcp.analysis.zero_window or tcp.analysis.window_full", &[]),
    ("tcp.analysis.out_of_order", &[]),
    ("tcp.analysis.duplicate_ack_num > 2", &[]),
    ("tcp.analysis.rto > 0.2", &[]),
    ("tcp.flags.reset == 1", &[]),
    ("tcp.flags.fin == 1", &[]),
    ("tcp.analysis.initial_rtt > 0.001", &[]),
    ("tcp.completeness >= 31", &[]),
    ("tcp.options.mss_val < 1460", &[]),
    ("tls", &[]),
    ("tls.handshake.type == 1", &[]),
    ("tls.handshake.type == 2", &[]),
    ("tls.handshake.type == 11", &[]),
    ("tls.handshake.extensions_server_name contains \"test\"", &[]),
    ("tls.handshake.extensions_alpn_str == \"h2\"", &[]),
    ("tls.alert_message.desc == 40", &[]),
    ("tls.alert_message", &[]),
    ("tls.handshake.ja3", &[]),
    ("http", &[]),
    ("http.request.method == \"GET\"", &[]),
    ("http.request.method in {\"POST\", \"PUT\", \"HEAD\"}", &[]),
    ("http.response.code >= 400", &[]),
    ("http.host contains \"test\"", &[]),
    ("http.user_agent matches \"CURL\"", &[]),
    ("http.content_type contains \"html\"", &[]),
    ("http.request.uri contains \"slow\"", &[]),
    ("http.time > 0.1", &[]),
    ("http2", &[]),
    ("http2.type == 3", &[]),
    ("http2.headers.status == 404", &[]),
    ("http2.headers.method == \"POST\"", &[]),
    ("http2.streamid > 5", &[]),
    ("http2.goaway.error == 0", &[]),
    ("http2.rst_stream.error == 8", &[]),
    ("http2.header.name == \"te\"", &[]),
    ("http2.settings.id == 4", &[]),
    ("websocket", &[]),
    ("websocket.opcode == 8", &[]),
    ("vlan.id == 7", &[]),
    ("frame.number > 100", &[]),
    ("frame.time_relative < 0.001", &[]),
    ("http.request and not http.response", &[]),
    ("x509ce.dNSName contains \"test\"", &[]),
];

/// Where both differ, and why.
const DIFFERENCES: &[(&str, &str, &str)] = &[];

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

/// What differs on one capture, and how many connections matched.
fn compare(filter: &str, name: &str, decode_as: &BTreeMap<String, Vec<String>>) -> (Option<String>, usize) {
    let path = capture::fixture(name);
    let rules = decode_as.get(&format!("fixtures/{name}.pcapng")).cloned().unwrap_or_default();
    let (theirs, ours) = (tshark(&path, filter, &rules), capture::connections(&path, filter, true));
    let listed = DIFFERENCES.iter().find(|(text, capture, _)| *text == filter && *capture == name);
    let wrong = match (theirs == ours, listed) {
        (true, None) | (false, Some(_)) => None,
        (true, Some(_)) => Some(format!("{filter} on {name} does not differ any more")),
        (false, None) => Some(format!("{filter} on {name}: tshark {theirs:?}, tapline {ours:?}")),
    };
    (wrong, ours.len())
}

#[test]
fn the_same_connections_match() {
    if !tapline_testkit::installed(&["tshark"]) {
        return;
    }
    let rules = decode_as();
    let all: Vec<String> = tapline_testkit::fixtures()
        .iter()
        .map(|path| {
            let name =
                path.strip_prefix(tapline_testkit::root().join("fixtures")).unwrap().with_extension("");
            name.display().to_string()
        })
        .collect();
    // Every text on every capture takes a quarter of an hour.
    let everything = std::env::var_os("TAPLINE_PEER_ALL").is_some();
    let work: Vec<(&str, String)> = CASES
        .iter()
        .flat_map(|(filter, names)| {
            let names: Vec<String> =
                if everything { all.clone() } else { names.iter().map(|&name| name.to_owned()).collect() };
            names.into_iter().map(|name| (*filter, name))
        })
        .collect();
    let (next, results) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some((filter, name)) = work.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let (wrong, matched) = compare(filter, name, &rules);
                    results.lock().unwrap().push((*filter, wrong, matched));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let wrong: Vec<&str> = results.iter().filter_map(|(_, wrong, _)| wrong.as_deref()).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (filter, _) in CASES {
        let matched = results.iter().any(|(text, _, matched)| text == filter && *matched > 0);
        assert!(matched, "{filter} matches nowhere: nothing was compared");
    }
}
