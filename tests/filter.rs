//! `-Y` on the command line: what is let through, and how a filter that cannot be read is refused.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

use std::process::{Command, Output};

use serde_json::Value;
use tapline_testkit::root;

fn tapline(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(arguments)
        .current_dir(root())
        .env_remove("SSLKEYLOGFILE")
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

/// The records of a fixture, as many of each type as there are.
fn records(fixture: &str, arguments: &[&str]) -> Vec<Value> {
    let path = format!("fixtures/{fixture}.pcapng");
    let all = [&["export", "--to", "ndjson"], arguments, &[path.as_str()]].concat();
    let output = tapline(&all);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

fn types(records: &[Value]) -> Vec<(&str, u64)> {
    let told = |record: &Value| record["connection"].as_u64().or_else(|| record["id"].as_u64());
    let types = records.iter().filter_map(|record| Some((record["type"].as_str().unwrap(), told(record)?)));
    types.collect()
}

#[test]
fn an_export_has_the_records_that_match_and_their_connections() {
    let told = records("http1/not-found-and-error", &["-Y", "http.response.code == 404"]);
    assert_eq!(types(&told), [("http1_message", 0), ("http_exchange", 0), ("connection", 0)]);
    assert!(
        told.iter().any(|record| record["type"] == "capture"),
        "the capture is no record of a connection"
    );
    // The connection's record does not depend on which others are written.
    let only =
        records("http1/not-found-and-error", &["-Y", "http.response.code == 404", "--types", "connection"]);
    assert_eq!(types(&only), [("connection", 0)]);
    assert_eq!(only[0], *told.iter().find(|record| record["type"] == "connection").unwrap());
}

#[test]
fn what_is_let_through_is_what_stands_without_a_filter() {
    for (fixture, filter) in [("link/page-load", "tcp.stream == 1"), ("http2/goaway", "http2.type == GOAWAY")]
    {
        let (all, some) = (records(fixture, &[]), records(fixture, &["-Y", filter]));
        let mut rest = all.iter();
        assert!(
            some.iter().all(|record| rest.any(|other| other == record)),
            "{filter}: the same, in the same order"
        );
        assert!(some.len() > 1 && some.len() < all.len(), "{filter}: {} of {}", some.len(), all.len());
    }
    let every = records("link/page-load", &["-Y", "tcp or tapline.record == finding or dns"]);
    assert_eq!(every, records("link/page-load", &[]));
}

#[test]
fn words_are_looked_for() {
    let told = records("http1/not-found-and-error", &["-Y", "get 404", "--types", "http_exchange"]);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(records("http1/not-found-and-error", &["-Y", "teapot", "--types", "http_exchange"]).is_empty());
}

#[test]
fn a_report_says_that_it_is_filtered_and_how_much_matched() {
    let report = |arguments: &[&str]| {
        let all = [&["report", "--width", "80"], arguments, &["fixtures/http1/not-found-and-error.pcapng"]]
            .concat();
        String::from_utf8(tapline(&all).stdout).unwrap()
    };
    let text = report(&["-Y", "http.response.code == 404"]);
    assert!(text.contains("  only what matches http.response.code == 404\n"), "{text}");
    assert!(text.contains("1 of 2 connections · 1 of 4 requests"), "{text}");
    assert!(text.contains("Requests  1: 1 × 404"), "{text}");
    assert!(!report(&[]).contains("only what matches") && report(&["-Y", " "]) == report(&[]));
    let none = report(&["-Y", "http.response.code == 299"]);
    assert!(none.contains("0 of 2 connections · 0 of 4 requests"), "{none}");
}

/// Standard error and the exit status of a filter that cannot be read.
fn refused(command: &[&str], filter: &str) -> String {
    let all = [command, &["-Y", filter, "fixtures/http1/keep-alive.pcapng"]].concat();
    let output = tapline(&all);
    assert_eq!(output.status.code(), Some(2), "{all:?}");
    assert!(output.stdout.is_empty(), "{all:?}");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn the_offending_place_is_shown() {
    let expected = "  tls and http.tme > 1\n          ^^^^^^^^\n\
                    tapline: there is no field http.tme: did you mean http.time?\n";
    for command in [&["report"][..], &["export", "--to", "ndjson"]] {
        assert_eq!(refused(command, "tls and http.tme > 1"), expected);
    }
    assert!(
        refused(&["report"], "http.host == \"\u{1b}[31m").starts_with("tapline: "),
        "no escapes on the terminal"
    );
}

#[test]
fn the_dashboard_reads_its_filter_before_it_takes_the_terminal() {
    assert!(refused(&[], "http.tme > 1").ends_with("did you mean http.time?\n"));
    assert!(refused(&[], "http.time > 1").contains("needs a terminal"));
}
