//! The NDJSON contract of `docs/ndjson.md`, on every fixture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tapline_export::records::schema_of_lines;
use tapline_testkit::{fixtures, root};

fn export(path: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    let output = command.args(["export", "--to", "ndjson"]).args(arguments).arg(path).output().unwrap();
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The fields of each record type in `docs/ndjson.md` with their meaning: the columns of its tables.
fn documented() -> BTreeMap<String, Vec<(String, String)>> {
    let text = std::fs::read_to_string(root().join("docs/ndjson.md")).unwrap();
    let mut types: BTreeMap<String, Vec<(String, String)>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("## `").and_then(|rest| rest.strip_suffix('`')) {
            current = Some(name.to_owned());
            types.entry(name.to_owned()).or_default();
        } else if let (Some(name), Some(rest)) = (&current, line.strip_prefix("| `")) {
            let (field, meaning) = rest.split_once("` | ").unwrap();
            let meaning = meaning.trim_end_matches('|').trim().to_owned();
            types.get_mut(name).unwrap().push((field.to_owned(), meaning));
        }
    }
    types
}

#[test]
fn the_schema_in_docs_is_that_of_what_is_written() {
    let mut schema = schema_of_lines();
    for (kind, fields) in documented() {
        for (field, meaning) in fields {
            let (field, is_optional) = (field.trim_end_matches('?'), field.ends_with('?'));
            let of_type = &mut schema["$defs"][&kind];
            let is_required = of_type["required"].as_array().unwrap().iter().any(|name| name == field);
            assert_eq!(
                is_required, !is_optional,
                "{kind}.{field}: the ? in docs/ndjson.md says whether it may be absent"
            );
            of_type["properties"][field]["description"] = meaning.into();
        }
    }
    let text = serde_json::to_string_pretty(&schema).unwrap() + "\n";
    let path = root().join("docs/ndjson.schema.json");
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&path, &text).unwrap();
    }
    let is_true = std::fs::read_to_string(path).is_ok_and(|kept| kept == text);
    assert!(is_true, "docs/ndjson.schema.json is stale: INSTA_UPDATE=always writes it anew");
}

#[test]
fn every_record_has_every_documented_field_and_no_other() {
    let documented = documented();
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for path in fixtures() {
        let every = "capture,connection,tcp,tcp_sample,tls_message,tls_session,http1_message,http2_frame,http2_connection,websocket_frame,http_exchange,dns_lookup,finding,anomaly";
        for line in export(&path, &["--types", every]).lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            let kind = record["type"].as_str().unwrap().to_owned();
            let fields = documented.get(&kind).unwrap_or_else(|| panic!("{kind} is not documented"));
            let fields: Vec<&str> = fields.iter().map(|(field, _)| field.as_str()).collect();
            for field in fields.iter().filter(|field| !field.ends_with('?')) {
                assert!(record.get(field).is_some(), "{}: {kind} has no {field}: {line}", path.display());
            }
            for field in record.as_object().unwrap().keys().filter(|field| *field != "type") {
                let known = fields.iter().any(|known| known.trim_end_matches('?') == *field);
                assert!(known, "{}: {kind}.{field} is not documented", path.display());
            }
            *seen.entry(kind).or_default() += 1;
        }
    }
    for kind in documented.keys() {
        assert!(seen.contains_key(kind), "no fixture has a record of type {kind}");
    }
}

#[test]
fn records_come_in_the_order_of_the_packets_that_completed_them_and_always_the_same() {
    for path in fixtures() {
        let text = export(&path, &["--types", "tls_message,http1_message,http2_frame"]);
        let packets: Vec<u64> = text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap()["packet"].as_u64().unwrap())
            .collect();
        assert!(packets.is_sorted(), "{}", path.display());
        assert_eq!(
            text,
            export(&path, &["--types", "tls_message,http1_message,http2_frame"]),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_connection_counts_the_verdicts_that_its_tcp_records_give() {
    let mut flags_seen = 0;
    for path in fixtures() {
        let mut told: BTreeMap<(u64, String), u64> = BTreeMap::new();
        let mut counted = BTreeMap::new();
        for line in export(&path, &["--types", "tcp,connection"]).lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            if record["type"] == "tcp" {
                assert!(!record["why"].as_str().unwrap().is_empty(), "{line}");
                assert!(
                    !record["flags"].as_array().unwrap().is_empty() || record["own"].is_string(),
                    "{line}"
                );
                for flag in record["flags"].as_array().unwrap() {
                    let key = (record["connection"].as_u64().unwrap(), flag.as_str().unwrap().to_owned());
                    *told.entry(key).or_default() += 1;
                }
            } else {
                for (flag, count) in record["verdicts"].as_object().unwrap() {
                    counted.insert((record["id"].as_u64().unwrap(), flag.clone()), count.as_u64().unwrap());
                }
            }
        }
        assert_eq!(told, counted, "{}", path.display());
        flags_seen += told.len();
    }
    assert!(flags_seen > 30, "the fixtures show only {flags_seen}");
}

#[test]
fn types_choose() {
    let path = root().join("fixtures/http1/keep-alive.pcapng");
    let text = export(&path, &["--types", "connection,capture"]);
    let kinds: Vec<String> = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["type"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(kinds, ["connection", "capture"]);
}

#[test]
fn bodies_are_hashed_on_demand() {
    let path = root().join("fixtures/http1/keep-alive.pcapng");
    let hashed = export(&path, &["--types", "http_exchange", "--hash-bodies"]);
    let exchange: Value = serde_json::from_str(hashed.lines().next().unwrap()).unwrap();
    assert_eq!(exchange["response"]["body_sha256"].as_str().unwrap().len(), 64);
    assert!(!export(&path, &["--types", "http_exchange"]).contains("body_sha256"));
}
