//! Round trips and octets in flight, held against tshark's `tcp.analysis.ack_rtt` and `bytes_in_flight` on every
//! fixture.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tapline_testkit::{fixtures, skipped};

/// What either program says of a packet.
#[derive(Debug, Default, PartialEq)]
struct Said {
    round_trip_ns: Option<i64>,
    in_flight_bytes: Option<u64>,
}

fn stdout(command: &mut Command) -> String {
    String::from_utf8(command.output().unwrap().stdout).unwrap()
}

/// By packet; and the connections in which something was sent again or came late, where the two count what is in
/// flight differently: tshark takes off what was selectively acknowledged.
fn tapline(path: &Path) -> (BTreeMap<u64, Said>, HashSet<u64>) {
    let mut said: BTreeMap<u64, Said> = BTreeMap::new();
    let mut disturbed = HashSet::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(["export", "--to", "ndjson", "--types", "tcp_sample,connection"]).arg(path);
    for line in stdout(&mut command).lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        if record["type"] == "connection" {
            if !record["verdicts"].as_object().unwrap().is_empty() {
                disturbed.insert(record["id"].as_u64().unwrap());
            }
            continue;
        }
        let of_packet = said.entry(record["packet"].as_u64().unwrap()).or_default();
        of_packet.round_trip_ns = of_packet.round_trip_ns.or(record["round_trip_ns"].as_i64());
        // The last record of a packet is that of the octets it carries.
        of_packet.in_flight_bytes = record["in_flight_bytes"].as_u64();
    }
    (said, disturbed)
}

/// By packet, with its connection.
fn tshark(path: &Path) -> BTreeMap<u64, (u64, Said)> {
    let fields = ["frame.number", "tcp.stream", "tcp.analysis.ack_rtt", "tcp.analysis.bytes_in_flight"];
    let mut command = Command::new("tshark");
    command.args(["-n", "-Y", "tcp.stream", "-T", "fields"]);
    command.args(fields.iter().flat_map(|field| ["-e", field])).arg("-r").arg(path);
    let text = stdout(&mut command);
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        // Seconds with nine decimals.
        let round_trip_ns = cells[2].replace('.', "").parse().ok();
        let said = Said { round_trip_ns, in_flight_bytes: cells[3].parse().ok() };
        (cells[0].parse().unwrap(), (cells[1].parse().unwrap(), said))
    };
    text.lines().map(row).collect()
}

#[test]
fn round_trips_and_octets_in_flight_are_those_of_tshark() {
    if Command::new("tshark").arg("--version").output().is_err() {
        return skipped("tshark is missing: apt-get install tshark");
    }
    let (mut trips, mut flights, mut ambiguous) = (0, 0, 0);
    for path in fixtures() {
        let (ours, disturbed) = tapline(&path);
        for (packet, (connection, theirs)) in tshark(&path) {
            let mine = ours.get(&packet);
            let trip = mine.and_then(|said| said.round_trip_ns);
            match (trip, theirs.round_trip_ns) {
                (None, None) => {}
                // Where a segment was sent more than once nobody knows which one is acknowledged.
                (None, Some(_)) if disturbed.contains(&connection) => ambiguous += 1,
                (mine, theirs) => {
                    assert_eq!(mine, theirs, "round trip of packet {packet} of {}", path.display());
                    trips += 1;
                }
            }
            if let (Some(flight), false) = (theirs.in_flight_bytes, disturbed.contains(&connection)) {
                let mine = mine.and_then(|said| said.in_flight_bytes);
                assert_eq!(mine, Some(flight), "in flight at packet {packet} of {}", path.display());
                flights += 1;
            }
        }
    }
    assert!(trips > 1500 && flights > 1000, "only {trips} round trips and {flights} flights were compared");
    assert!(ambiguous * 50 < trips, "{ambiguous} of {trips} round trips were left out");
}
