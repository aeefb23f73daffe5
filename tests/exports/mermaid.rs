//! Mermaid: the ladder as a sequence diagram, kept for two connections and held to the records for all.

use std::path::Path;

use tapline_testkit::root;

use super::{captures, export, records, run};

fn kept(name: &str, text: &str) {
    let path = root().join("tests/exports/golden").join(name);
    if std::env::var("INSTA_UPDATE").as_deref() == Ok("always") {
        std::fs::write(&path, text).unwrap();
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == text, "{name} is stale (INSTA_UPDATE=always writes it anew): {text}");
}

fn fixture(name: &str) -> std::path::PathBuf {
    root().join("fixtures").join(name)
}

#[test]
fn a_connection_is_drawn_from_its_handshake_to_its_end() {
    let tls = fixture("tls/tls12-rsa.pcapng");
    kept("tls12-rsa.mermaid", &export(&tls, &["--to", "mermaid"]));
    let plain = fixture("http1/four-way-close.pcapng");
    kept("four-way-close.mermaid", &export(&plain, &["--to", "mermaid"]));
    kept("four-way-close-brief.mermaid", &export(&plain, &["--to", "mermaid", "--detail", "brief"]));
}

/// Arrows of a diagram.
fn arrows(diagram: &str) -> usize {
    diagram.lines().filter(|line| line.contains("->>") || line.contains("-x")).count()
}

#[test]
fn every_segment_and_every_request_has_its_arrow() {
    let mut drawn = 0;
    for path in captures() {
        let exchanges = records(&path, "http_exchange");
        for connection in records(&path, "connection").iter().take(4) {
            let id = connection["id"].to_string();
            let draw =
                |detail: &str| export(&path, &["--to", "mermaid", "--connection", &id, "--detail", detail]);
            let [brief, usual, full] = ["brief", "usual", "full"].map(draw);
            let segments = ["client", "server"].map(|side| connection[side]["packets"].as_u64().unwrap());
            let is_cut = |diagram: &str| diagram.contains("left out");
            assert!(
                is_cut(&full) || arrows(&full) as u64 >= segments.iter().sum(),
                "{}: {full}",
                path.display()
            );
            assert!(is_cut(&usual) || arrows(&usual) <= arrows(&full), "{}", path.display());
            let halves: usize = exchanges
                .iter()
                .filter(|exchange| exchange["connection"] == connection["id"])
                .map(|exchange| {
                    ["request", "response"].iter().filter(|half| !exchange[**half].is_null()).count()
                })
                .sum();
            assert!(is_cut(&brief) || arrows(&brief) == halves, "{}: {brief}", path.display());
            drawn += 1;
        }
    }
    assert!(drawn > 140, "{drawn}");
}

#[test]
fn one_connection_has_to_be_chosen() {
    let said = |path: &Path, arguments: &[&str]| {
        let output = run(path, arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    };
    let path = fixture("link/page-load.pcapng");
    let several = said(&path, &["--to", "mermaid"]);
    assert!(
        several.contains("9 connections match, and one can be drawn: name it with --connection: 0 ("),
        "{several}"
    );
    assert!(several.ends_with(" and 1 more\n"), "{several}");
    let none = said(&path, &["--to", "mermaid", "--connection", "77"]);
    assert!(none.contains("no connection matches"), "{none}");
}
