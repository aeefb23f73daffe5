//! Where the time of an exchange went, on captures whose truth is known: what the fixture's server was told to do, and
//! what the packets' own times give.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tapline_testkit::{fixtures, root, skipped};

const MS: i64 = 1_000_000;

/// How far a phase may be from the truth.
const TOLERANCE_NS: i64 = 5 * MS;

fn exchanges(path: &Path) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "http_exchange"]).arg(path);
    let keys = path.with_extension("keys");
    if keys.is_file() {
        command.arg("--keylog").arg(keys);
    }
    let output = command.env_remove("SSLKEYLOGFILE").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn fixture(name: &str) -> Vec<Value> {
    exchanges(&root().join("fixtures").join(name).with_extension("pcapng"))
}

/// A phase, milliseconds.
fn phase(exchange: &Value, name: &str) -> i64 {
    exchange["timings_ns"][name].as_i64().unwrap_or_else(|| panic!("no {name} in {exchange}"))
}

fn close(found: i64, expected: i64) -> bool {
    (found - expected).abs() <= TOLERANCE_NS
}

/// Cause and duration of each stall.
fn stalls(exchange: &Value) -> Vec<(String, i64)> {
    let stalls = exchange["stalls"].as_array().unwrap();
    let stall =
        |stall: &Value| (stall["cause"].as_str().unwrap().to_owned(), stall["duration_ns"].as_i64().unwrap());
    stalls.iter().map(stall).collect()
}

/// The times of packets that match a display filter of tshark's, nanoseconds.
fn times(name: &str, filter: &str) -> Option<Vec<i64>> {
    let path = root().join("fixtures").join(name).with_extension("pcapng");
    let mut command = Command::new("tshark");
    command.args(["-n", "-Y", filter, "-T", "fields", "-e", "frame.time_epoch", "-r"]).arg(path);
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.replace('.', "").parse().unwrap()).collect())
}

#[test]
fn a_server_that_waits_shows_in_the_wait() {
    let exchanges = fixture("http1/slow-server");
    assert_eq!(exchanges.len(), 1);
    let exchange = &exchanges[0];
    assert!(close(phase(exchange, "wait"), 300 * MS), "{exchange}");
    assert!(close(phase(exchange, "receive"), 0) && close(phase(exchange, "connect"), 0), "{exchange}");
    let stalls = stalls(exchange);
    assert_eq!(stalls.len(), 1);
    assert!(stalls[0].0 == "server" && close(stalls[0].1, 300 * MS), "{stalls:?}");
}

#[test]
fn a_server_that_sends_slowly_shows_in_the_receiving() {
    let exchanges = fixture("http1/slow-body");
    let exchange = &exchanges[0];
    assert!(close(phase(exchange, "wait"), 0) && close(phase(exchange, "receive"), 500 * MS), "{exchange}");
    let stalls = stalls(exchange);
    assert_eq!(stalls.len(), 5, "{stalls:?}");
    assert!(stalls.iter().all(|(cause, ns)| cause == "server" && close(*ns, 100 * MS)), "{stalls:?}");
}

#[test]
fn a_lost_request_shows_as_a_loss_until_it_is_answered() {
    let Some(sent) = times("link/request-lost", "tcp.dstport == 80 && tcp.len > 0") else {
        return skipped("tshark is missing: apt-get install tshark");
    };
    let answered = times("link/request-lost", "tcp.srcport == 80 && tcp.len > 0").unwrap();
    // The request was sent twice or more: what passed before its answer is the loss.
    assert!(sent.len() > 1 && sent[1] - sent[0] > 100 * MS, "{sent:?}");
    let exchanges = fixture("link/request-lost");
    let exchange = &exchanges[0];
    assert!(close(phase(exchange, "wait"), answered[0] - sent[0]), "{exchange}");
    let stalls = stalls(exchange);
    assert_eq!(stalls.len(), 1);
    assert!(stalls[0].0 == "loss" && close(stalls[0].1, answered[0] - sent[0]), "{stalls:?}");
}

/// A segment of the body is lost behind the capture point: one pause between new octets has one in it that was sent
/// again.
#[test]
fn a_lost_segment_of_the_body_shows_as_a_loss() {
    let new =
        "tcp.srcport == 80 && tcp.len > 0 && !tcp.analysis.retransmission && !tcp.analysis.out_of_order";
    let Some(new) = times("link/lossy-server-side", new) else {
        return skipped("tshark is missing: apt-get install tshark");
    };
    let again =
        "tcp.srcport == 80 && tcp.len > 0 && (tcp.analysis.retransmission || tcp.analysis.out_of_order)";
    let again = times("link/lossy-server-side", again).unwrap();
    let pauses = new.windows(2).filter(|pair| {
        let (before, after) = (pair[0], pair[1]);
        after - before >= 5 * MS && again.iter().any(|&at| before < at && at < after)
    });
    let pauses: Vec<i64> = pauses.map(|pair| pair[1] - pair[0]).collect();
    assert_eq!(pauses.len(), 1, "{again:?}");
    let exchanges = fixture("link/lossy-server-side");
    let stalls = stalls(&exchanges[0]);
    let losses: Vec<_> = stalls.iter().filter(|(cause, _)| cause == "loss").map(|(_, ns)| *ns).collect();
    assert_eq!(losses.len(), 1, "{stalls:?}");
    assert!(close(losses[0], pauses[0]), "{losses:?} and {pauses:?}");
}

/// The client's buffer fills up and is not read for a while. A segment that filled it is sent again, and the receiver says
/// that it had it already: nothing was lost.
#[test]
fn a_full_receiver_is_no_loss() {
    let exchanges = fixture("link/zero-window");
    let causes: Vec<_> = stalls(&exchanges[0]).into_iter().map(|(cause, _)| cause).collect();
    assert_eq!(causes, ["congestion_window", "receive_window", "zero_window"]);
}

/// By UDP, not at all, and by TCP, over a link of 15 ms each way.
#[test]
fn the_lookup_that_led_to_a_connection_is_part_of_its_first_exchange() {
    let exchanges = fixture("link/dns-lookups");
    let lookups: Vec<_> = exchanges.iter().map(|exchange| exchange["timings_ns"]["dns"].as_i64()).collect();
    assert_eq!(lookups.len(), 3);
    assert!(close(lookups[0].unwrap(), 30 * MS) && lookups[1].is_none(), "{lookups:?}");
    assert!(close(lookups[2].unwrap(), 30 * MS), "{lookups:?}");
}

/// Neither network nor servers of these wait for anything.
#[test]
fn where_nothing_stood_still_no_stall_is_invented() {
    let calm = [
        "http1/keep-alive",
        "http1/chunked",
        "http1/gzip",
        "http1/upload",
        "http1/head-and-304",
        "http1/close-delimited",
        "http1/ipv6",
        "http2/many-streams",
        "http2/prior-knowledge",
        "http2/large-headers",
        "http2/push",
        "tls/tls13",
        "tls/http2-over-tls",
        "tls/http1-over-tls",
    ];
    for name in calm {
        let exchanges = fixture(name);
        assert!(!exchanges.is_empty(), "{name}");
        for exchange in &exchanges {
            assert_eq!(stalls(exchange), [], "{name}: {exchange}");
        }
    }
}

/// The sum is the whole: held on every exchange of every fixture, by the packets that begin and end it.
#[test]
fn phases_add_up_on_every_fixture() {
    let mut checked = 0;
    for path in fixtures() {
        for exchange in exchanges(&path) {
            let timings = exchange["timings_ns"].as_object().unwrap();
            let sum: i64 = timings.values().filter_map(Value::as_i64).sum();
            let stalled: i64 = stalls(&exchange).iter().map(|(_, ns)| ns).sum();
            let held_back = timings["blocked"].as_i64().unwrap_or(0);
            assert!(timings.values().all(|ns| ns.as_i64().is_none_or(|ns| ns >= 0)), "{exchange}");
            assert!(stalled <= sum, "{}: stalls beyond the whole in {exchange}", path.display());
            let at = |part: &str, time: &str| {
                let text = exchange[part][time].as_str()?;
                Some(i64::try_from(text.parse::<jiff::Timestamp>().unwrap().as_nanosecond()).unwrap())
            };
            let (Some(start), Some(end)) = (at("request", "at"), at("response", "end_at")) else { continue };
            // What is cut short lasts longer than its octets came.
            if exchange["complete"] == false {
                continue;
            }
            // Before the request there is only what it waited for.
            let before: i64 =
                ["dns", "connect", "tls"].iter().filter_map(|name| timings[*name].as_i64()).sum();
            let rest = sum - before - (end.max(at("request", "end_at").unwrap()) - start);
            assert!((0..=held_back).contains(&rest), "{}: {rest} in {exchange}", path.display());
            checked += 1;
        }
    }
    assert!(checked > 200, "only {checked} exchanges");
}
