//! Clocks that jump while they stamp packets: nothing that is told lasts longer than the capture, or less than nothing.

use std::io::Write;
use std::process::{Output, Stdio};

use serde_json::Value;
use tapline_engine::capture::{Item, PcapngWriter, open};
use tapline_packet::{Packet, Timestamp};
use tapline_testkit::root;

use crate::program::tapline;

const SECOND: i64 = 1_000_000_000;
const YEAR: i64 = 365 * 86_400 * SECOND;

/// Seconds back, years back to before the first packet there was, back and forth, and as far as a time can be.
const JUMPS: [i64; 7] =
    [-SECOND / 1000, -3 * SECOND, -10 * YEAR, -53 * YEAR, 3600 * SECOND, 200 * YEAR, 10_000 * SECOND];

/// A capture whose clock jumps before every so many-th packet, there and back.
fn jumping(fixture: &std::path::Path, every: u64, jump: i64) -> Vec<u8> {
    let mut source = open(&[fixture.to_owned()]).unwrap();
    let mut packets = Vec::new();
    while let Item::Packet(packet) = source.next() {
        let at = packet.at.map(|Timestamp(ns)| {
            let jumped = (packet.number / every) % 2 == 1;
            Timestamp(if jumped { ns.saturating_add(jump) } else { ns })
        });
        packets.push((Packet { at, data: &[], ..packet }, packet.data.to_vec()));
    }
    let mut writer = PcapngWriter::new(Vec::new(), "clocks").unwrap();
    for interface in &source.facts().interfaces {
        writer.interface(interface).unwrap();
    }
    for (packet, data) in &packets {
        writer.packet(&Packet { data, ..*packet }, None).unwrap();
    }
    writer.into_inner()
}

fn told(arguments: &[&str], capture: Vec<u8>) -> Output {
    let mut command = tapline(arguments);
    let streams = command.arg("-").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = streams.spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || input.write_all(&capture));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!((output.status.code(), &*said), (Some(0), ""), "{arguments:?}");
    output
}

/// Every duration in a record, with its name.
fn durations(value: &Value, name: &str, found: &mut Vec<(String, i64)>) {
    match value {
        Value::Object(fields) => fields.iter().for_each(|(name, value)| durations(value, name, found)),
        Value::Array(values) => values.iter().for_each(|value| durations(value, name, found)),
        Value::Number(number) if name.ends_with("_ns") => {
            found.push((name.to_owned(), number.as_i64().unwrap_or(i64::MAX)));
        }
        _ => {}
    }
}

fn check(capture: &[u8], most_ns: i64, what: &str) {
    let output = told(&["export", "--to", "ndjson"], capture.to_vec());
    let text = String::from_utf8(output.stdout).unwrap();
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let mut found = Vec::new();
        durations(&record, "", &mut found);
        // What timeouts and clocks say in a message is no duration of it.
        for (name, ns) in found.into_iter().filter(|(name, _)| name != "timeout_ns") {
            // Costs add up what several had to wait for.
            let most_ns = if name == "cost_ns" { most_ns.saturating_mul(100) } else { most_ns };
            assert!((0..=most_ns).contains(&ns), "{what}: {name} is {ns} of at most {most_ns} in {line}");
        }
    }
    told(&["report", "--all"], capture.to_vec());
}

#[test]
fn whatever_a_clock_does_durations_are_durations() {
    for name in ["http1/pipelined.pcapng", "http2/priorities.pcapng", "link/lossy.pcapng", "tls/tls13.pcapng"]
    {
        let fixture = root().join("fixtures").join(name);
        for jump in JUMPS {
            for every in [1, 7, 40] {
                let capture = jumping(&fixture, every, jump);
                // There and back, and what the capture itself lasts.
                let most = jump.saturating_abs().saturating_add(3600 * SECOND);
                check(&capture, most, &format!("{} {every} {jump}", fixture.display()));
            }
        }
    }
}

/// An interface whose clock counts from a time far behind (`if_tsoffset`): packets of 1960.
#[test]
fn times_before_1970_are_times() {
    let fixture = root().join("fixtures/http2/prior-knowledge.pcapng");
    let mut capture = jumping(&fixture, u64::MAX, 0);
    let length_at = |octets: &[u8], at: usize| u32::from_le_bytes(octets[at..at + 4].try_into().unwrap());
    let interface = length_at(&capture, 4) as usize;
    let length = length_at(&capture, interface + 4) as usize;
    let longer = u32::try_from(length + 12).unwrap().to_le_bytes();
    for at in [interface + 4, interface + length - 4] {
        capture[at..at + 4].copy_from_slice(&longer);
    }
    let offset = [&[14, 0, 8, 0][..], &(-2_100_000_000_i64).to_le_bytes()].concat();
    capture.splice(interface + 16..interface + 16, offset);
    check(&capture, 3600 * SECOND, "1960");
    let text = told(&["report"], capture).stdout;
    assert!(String::from_utf8(text).unwrap().contains("19"), "the century is said");
}
