//! JA3, JA3S and JA4 equal what others compute: FoxIO's expected values, which stand beside their captures, and
//! tshark's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The first session of each connection of a capture.
fn sessions(capture: &Path) -> BTreeMap<u64, Value> {
    let mut sessions = BTreeMap::new();
    for record in export(capture, "tls_session") {
        sessions.entry(record["connection"].as_u64().unwrap()).or_insert(record);
    }
    sessions
}

fn export(capture: &Path, types: &str) -> Vec<Value> {
    let output = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson", "--types", types])
        .arg(capture)
        .env_remove("SSLKEYLOGFILE")
        .output()
        .unwrap();
    output
        .stdout
        .split(|octet| *octet == b'\n')
        .filter_map(|line| serde_json::from_slice(line).ok())
        .collect()
}

/// JA4 by the client's address and port.
fn ja4_by_client(capture: &Path) -> BTreeMap<(String, String), String> {
    let sessions = sessions(capture);
    let of = |connection: Value| {
        let session = sessions.get(&connection["id"].as_u64()?)?;
        let client = &connection["client"];
        let end = (client["address"].as_str()?.to_owned(), client["port"].to_string());
        Some((end, session["ja4"].as_str()?.to_owned()))
    };
    export(capture, "connection").into_iter().filter_map(of).collect()
}

#[test]
fn ja4_is_what_its_authors_expect() {
    let Some(folder) = tapline_testkit::corpus("FoxIO-LLC+ja4") else { return };
    let mut compared = 0;
    for entry in fs::read_dir(folder.join("python/test/testdata")).unwrap().flatten() {
        let expected: Vec<Value> = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
        let name = entry.file_name().into_string().unwrap();
        let capture = folder.join("pcap").join(name.trim_end_matches(".json"));
        let found = ja4_by_client(&capture);
        for record in expected {
            let Some(ja4) = record["JA4.1"].as_str().filter(|ja4| ja4.starts_with('t')) else { continue };
            // That program says 99 for every ALPN that is not ASCII; the description of JA4 says hexadecimal digits.
            let ja4 = if name.contains("non-ascii") { ja4.replacen("99_", "bd_", 1) } else { ja4.to_owned() };
            let end =
                (record["src"].as_str().unwrap().to_owned(), record["srcport"].as_str().unwrap().to_owned());
            assert_eq!(found.get(&end), Some(&ja4), "{name}: {end:?}");
            compared += 1;
        }
    }
    assert!(compared > 60, "{compared}");
}

/// JA3 and JA3S.
type Prints = (Option<String>, Option<String>);

/// Those of every stream, as tshark says them.
fn tsharks(capture: &Path) -> Option<BTreeMap<u64, Prints>> {
    let output = Command::new("tshark")
        .args([
            "-n",
            "-o",
            "tcp.reassemble_out_of_order:TRUE",
            "-Y",
            "tls.handshake.ja3 or tls.handshake.ja3s",
        ])
        .args(["-T", "fields", "-E", "occurrence=f"])
        .args(["-e", "tcp.stream", "-e", "tls.handshake.ja3", "-e", "tls.handshake.ja3s", "-r"])
        .arg(capture)
        .output()
        .ok()?;
    let mut streams = BTreeMap::<u64, Prints>::new();
    for line in String::from_utf8(output.stdout).unwrap().lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let Ok(stream) = fields[0].parse() else { continue };
        let session = streams.entry(stream).or_default();
        for (place, value) in [(&mut session.0, fields[1]), (&mut session.1, fields[2])] {
            // Where a client says hello again, its first hello counts.
            if !value.is_empty() && place.is_none() {
                *place = Some(value.to_owned());
            }
        }
    }
    Some(streams)
}

#[test]
fn ja3_is_what_tshark_says() {
    let mut captures: Vec<_> = tapline_testkit::fixtures();
    let mut least = 30;
    if let Some(corpus) = tapline_testkit::corpus("FoxIO-LLC+ja4/pcap") {
        least = 60;
        captures.extend(fs::read_dir(corpus).unwrap().flatten().map(|entry| entry.path()));
    }
    let captures = captures.into_iter().filter(|path| {
        let text = path.display().to_string();
        text.contains("/tls/") || text.contains("FoxIO")
    });
    let mut compared = 0;
    for capture in captures {
        let Some(expected) = tsharks(&capture) else {
            tapline_testkit::skipped("tshark is missing");
            return;
        };
        let found = sessions(&capture);
        for (stream, (ja3, ja3s)) in expected {
            let session = found.get(&stream).unwrap_or_else(|| panic!("{}: {stream}", capture.display()));
            let ours = (session["ja3"].as_str(), session["ja3s"].as_str());
            assert_eq!(ours, (ja3.as_deref(), ja3s.as_deref()), "{}: {stream}", capture.display());
            compared += 1;
        }
    }
    assert!(compared > least, "{compared}");
}
