//! HTTP/2 connections of the fixtures: real traffic raises nothing, and every window is what its frames add up to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tapline_testkit::{fixtures, root};

fn export(path: &Path, arguments: &[&str]) -> Vec<Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson"]).args(arguments).arg(path);
    let keys = path.with_extension("keys");
    if keys.exists() {
        command.arg("--keylog").arg(keys);
    }
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn fixture(name: &str) -> std::path::PathBuf {
    root().join("fixtures/http2").join(name).with_extension("pcapng")
}

/// The one HTTP/2 connection of a fixture.
fn connection(name: &str) -> Value {
    let mut records = export(&fixture(name), &["--types", "http2_connection"]);
    assert_eq!(records.len(), 1, "{name}");
    records.remove(0)
}

#[test]
fn real_connections_are_whole_and_break_no_rule() {
    let forbidden = ["http2_flood", "http2_stream", "http2_window", "http2_too_many", "http2_push"];
    let mut connections = 0;
    for path in fixtures() {
        for record in export(&path, &["--types", "anomaly,http2_connection"]) {
            if record["type"] == "http2_connection" {
                connections += 1;
                assert_eq!(record["whole"], true, "{}", path.display());
            } else {
                let code = record["code"].as_str().unwrap();
                assert!(!forbidden.iter().any(|one| code.starts_with(one)), "{}: {record}", path.display());
            }
        }
    }
    assert!(connections > 20, "the fixtures have only {connections}");
}

/// The windows of one sender of DATA, from the frames alone.
#[derive(Default)]
struct Naive {
    /// What the other side's SETTINGS say, the oldest first, until they are acknowledged.
    pending: Vec<Option<i64>>,
    initial: Option<i64>,
    connection: i64,
    streams: BTreeMap<u64, i64>,
}

#[test]
fn every_window_is_what_its_frames_add_up_to() {
    let mut checked = 0;
    for path in fixtures() {
        let mut senders: BTreeMap<(u64, String), Naive> = BTreeMap::new();
        for record in export(&path, &["--types", "http2_frame"]) {
            let (connection, from) =
                (record["connection"].as_u64().unwrap(), record["from"].as_str().unwrap());
            let other = if from == "client" { "server" } else { "client" };
            let (stream, length) = (record["stream"].as_u64().unwrap(), record["length"].as_i64().unwrap());
            let mut naive =
                |sender: &str| std::mem::take(senders.entry((connection, sender.to_owned())).or_default());
            let acknowledges = record["flags"].as_u64().unwrap() & 1 == 1;
            let (sender, naive) = match record["frame"].as_str().unwrap() {
                "DATA" => {
                    let mut naive = naive(from);
                    naive.connection -= length;
                    *naive.streams.entry(stream).or_default() -= length;
                    (from, naive)
                }
                "WINDOW_UPDATE" => {
                    let (mut naive, increment) = (naive(other), record["increment"].as_i64().unwrap());
                    if stream == 0 {
                        naive.connection += increment;
                    } else {
                        *naive.streams.entry(stream).or_default() += increment;
                    }
                    (other, naive)
                }
                "SETTINGS" if acknowledges => {
                    let mut naive = naive(from);
                    if !naive.pending.is_empty() {
                        naive.initial = naive.pending.remove(0).or(naive.initial);
                    }
                    (from, naive)
                }
                "SETTINGS" => {
                    let mut naive = naive(other);
                    let settings = record["settings"].as_array().unwrap();
                    let initial = settings.iter().rfind(|one| one["id"] == 4);
                    naive.pending.push(initial.map(|one| one["value"].as_i64().unwrap()));
                    (other, naive)
                }
                _ => continue,
            };
            // An upgrade's settings stand in no frame.
            let is_upgrade = path.ends_with("http2/upgrade-h2c.pcapng");
            if let Some(windows) = record.get("windows").filter(|_| !is_upgrade) {
                let expected = 65_535 + naive.connection;
                assert_eq!(windows["connection_bytes"], expected, "{}: {record}", path.display());
                if let Some(bytes) = windows["stream_bytes"].as_i64() {
                    let expected = naive.initial.unwrap_or(65_535) + naive.streams[&stream];
                    assert_eq!(bytes, expected, "{}: {record}", path.display());
                    checked += 1;
                }
            }
            senders.insert((connection, sender.to_owned()), naive);
        }
    }
    assert!(checked > 100, "the fixtures have only {checked}");
}

#[test]
fn small_windows_hold_up_their_senders() {
    let small = connection("small-window");
    assert!(small["server"]["stream_windows"]["standstills"].as_u64().unwrap() > 20, "{small}");
    assert_eq!(small["server"]["connection_window"]["standstills"], 0);
    let shared = connection("connection-window");
    assert!(shared["server"]["connection_window"]["standstills"].as_u64().unwrap() > 0, "{shared}");
}

#[test]
fn streams_pushes_and_pings_are_counted() {
    let many = connection("many-streams");
    let client = &many["client"];
    assert_eq!((&client["streams_opened"], &client["streams_most_at_once"]), (&40.into(), &8.into()));
    assert_eq!(client["streams_at_limit"], 32);
    let push = connection("push");
    assert_eq!((&push["pushes"]["promised"], &push["pushes"]["accepted"]), (&2.into(), &2.into()));
    let promised = export(&fixture("push"), &["--types", "http_exchange"]);
    assert_eq!(promised.iter().filter(|exchange| exchange["promised_on"].is_u64()).count(), 2);
    let pings = &connection("ping-and-settings")["client"]["pings"];
    assert_eq!((&pings["sent"], &pings["answered"]), (&2.into(), &2.into()));
    assert_eq!(connection("priorities")["priority"]["scheme"], "rfc7540");
    assert_eq!(connection("upgrade-h2c")["client"]["settings"][0]["acknowledged_ns"], 0);
}

#[test]
fn header_tables_are_written_where_they_are_asked_for() {
    let path = fixture("table-size");
    let blocks = |arguments: &[&str]| {
        let frames = export(&path, &[&["--types", "http2_frame"], arguments].concat());
        frames.into_iter().filter(|frame| frame.get("table").is_some()).collect::<Vec<_>>()
    };
    let asked = blocks(&["--hpack-tables"]);
    assert!(asked.len() > 3);
    for frame in &asked {
        let (table, entries) = (&frame["table"], frame["table_entries"].as_array().unwrap());
        assert_eq!(table["entries"], entries.len());
        let octets = |entry: &Value| entry[1].as_str().unwrap().len() + entry[2].as_str().unwrap().len() + 32;
        assert_eq!(table["size_bytes"], entries.iter().map(octets).sum::<usize>(), "{frame}");
        assert!(entries.iter().zip(62..).all(|(entry, index)| entry[0] == index), "{frame}");
    }
    assert!(blocks(&[]).iter().all(|frame| frame.get("table_entries").is_none()));
}

/// nghttp's tree of idle streams (RFC 7540 §5.3.4), and the streams that hang in it.
#[test]
fn the_tree_of_dependencies_is_told() {
    let connection = connection("priorities");
    let streams = connection["priority"]["streams"].as_array().unwrap();
    let place = |stream: u64| {
        let of_stream = streams.iter().find(|one| one["stream"] == stream);
        of_stream.map(|one| (one["depends_on"].as_u64().unwrap(), one["weight"].as_u64().unwrap()))
    };
    let idle: Vec<_> = [3, 5, 7, 9, 11].map(place).to_vec();
    let expected = [(0, 201), (0, 101), (0, 1), (7, 1), (3, 1)].map(Some);
    assert_eq!(idle, expected, "{streams:?}");
    assert_eq!(connection["priority"]["scheme"], "rfc7540");
}

/// A frame, as far as flow control is concerned.
struct Sent {
    from_server: bool,
    is_data: bool,
    stream: u64,
    length: i64,
    increment: i64,
    first_ns: i64,
    at_ns: i64,
}

fn ns(time: &Value) -> i64 {
    let time: jiff::Timestamp = time.as_str().unwrap().parse().unwrap();
    i64::try_from(time.as_nanosecond()).unwrap()
}

/// The times of all packets by tshark, nanoseconds; packet n at n - 1.
fn packet_times(path: &Path) -> Option<Vec<i64>> {
    let mut command = Command::new("tshark");
    let output =
        command.args(["-n", "-T", "fields", "-e", "frame.time_epoch", "-r"]).arg(path).output().ok()?;
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.lines().map(|line| line.replace('.', "").parse().unwrap()).collect())
}

fn sent(path: &Path, times: &[i64]) -> Vec<Sent> {
    let time = |packet: &Value| times[usize::try_from(packet.as_u64().unwrap()).unwrap() - 1];
    let frames = export(path, &["--types", "http2_frame"]);
    let relevant = frames
        .iter()
        .filter(|frame| ["DATA", "HEADERS", "WINDOW_UPDATE"].contains(&frame["frame"].as_str().unwrap()));
    relevant
        .map(|frame| Sent {
            from_server: frame["from"] == "server",
            is_data: frame["frame"] == "DATA",
            stream: frame["stream"].as_u64().unwrap(),
            length: frame["length"].as_i64().unwrap(),
            increment: frame["increment"].as_i64().unwrap_or(0),
            first_ns: time(&frame["first_packet"]),
            at_ns: time(&frame["packet"]),
        })
        .collect()
}

/// What a window held for the server when it had sent everything up to `before` (by index), with the updates that could
/// be heard there by then: a round trip after they were seen here.
fn heard(sent: &[Sent], before: usize, initial: i64, trip_ns: i64, stream: Option<u64>) -> i64 {
    let now = sent[before].at_ns;
    let counts = |one: &&Sent| stream.is_none_or(|stream| one.stream == stream);
    let taken: i64 =
        sent[..=before].iter().filter(|one| one.is_data).filter(counts).map(|one| one.length).sum();
    let given = sent.iter().filter(|one| !one.from_server && one.increment > 0 && one.at_ns + trip_ns <= now);
    let given = given.filter(|one| one.stream == stream.unwrap_or(0));
    initial + given.map(|one| one.increment).sum::<i64>() - taken
}

/// Stalls of 5 ms and more before a DATA frame, by window: in the order of the frames.
fn expected_stalls(sent: &[Sent], initial: i64, trip_ns: i64) -> Vec<(u64, &'static str, i64)> {
    let mut expected = Vec::new();
    for (nth, data) in sent.iter().enumerate().filter(|(_, one)| one.is_data) {
        let earlier = |one: &Sent| one.from_server && one.length > 0;
        let own = sent[..nth].iter().rposition(|one| earlier(one) && one.stream == data.stream).unwrap();
        let enough = data.length.min(16_384);
        let waited = data.first_ns - sent[own].at_ns;
        // The last frame of any stream that left the connection's window too small, if for most of the time.
        let small = |nth: &usize| earlier(&sent[*nth]) && heard(sent, *nth, 65_535, trip_ns, None) < enough;
        let shut = (own..nth).rev().find(small);
        let shut = shut.filter(|&nth| (data.first_ns - sent[nth].at_ns) * 2 >= waited);
        let cause = if heard(sent, own, initial, trip_ns, Some(data.stream)) < enough {
            "http2_stream_window"
        } else if shut.is_some() {
            "http2_connection_window"
        } else {
            continue;
        };
        if waited >= 5_000_000 {
            expected.push((data.stream, cause, waited));
        }
    }
    expected
}

/// Which window held up which stream for how long, counted anew from the frames, and to the nanosecond.
#[test]
fn stalls_for_want_of_a_window_are_those_that_the_frames_give() {
    let mut causes = std::collections::BTreeMap::new();
    for (name, initial) in [("slow-stream-window", 16_383), ("slow-connection-window", 1_048_575)] {
        let path = fixture(name);
        let Some(times) = packet_times(&path) else {
            return tapline_testkit::skipped("tshark is missing: apt-get install tshark");
        };
        let handshake = &export(&path, &["--types", "connection"])[0]["handshake"];
        let trip_ns = handshake["server_rtt_ns"].as_i64().unwrap();
        let mut found = Vec::new();
        for exchange in export(&path, &["--types", "http_exchange"]) {
            for stall in exchange["stalls"].as_array().unwrap() {
                let cause = stall["cause"].as_str().unwrap().to_owned();
                if cause.starts_with("http2_") {
                    *causes.entry(cause.clone()).or_insert(0) += 1;
                    let stream = exchange["stream"].as_u64().unwrap();
                    found.push((ns(&stall["start"]), stream, cause, stall["duration_ns"].as_i64().unwrap()));
                }
            }
        }
        let mut expected = expected_stalls(&sent(&path, &times), initial, trip_ns);
        let mut found: Vec<_> =
            found.iter().map(|(_, stream, cause, ns)| (*stream, cause.as_str(), *ns)).collect();
        expected.sort_unstable();
        found.sort_unstable();
        assert_eq!(found, expected, "{name}");
    }
    assert!(causes["http2_stream_window"] > 5 && causes["http2_connection_window"] > 1, "{causes:?}");
}
