//! TLS captures through the engine: what a user sees of a handshake.

use std::path::Path;

use crossterm::event::KeyCode;
use ratatui::style::Modifier;
use tapline_engine::KeyFiles;

use super::captures::{buffer, text};

/// The screen of a fixture, its TLS opened with the key log beside it or closed.
fn drawn(name: &str, opened: bool, size: (u16, u16), keys: &[KeyCode]) -> ratatui::buffer::Buffer {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tls");
    let mut files = KeyFiles::default();
    if opened {
        files.add_log(&folder.join(format!("{name}.keys"))).unwrap();
    }
    buffer(&folder.join(format!("{name}.pcapng")), files, size.0, size.1, keys)
}

fn screen(name: &str, opened: bool, size: (u16, u16)) -> String {
    text(&drawn(name, opened, size, &[]))
}

#[test]
fn a_handshake_is_told_flight_by_flight() {
    insta::assert_snapshot!("hello_retry_80x40", screen("tls13-hello-retry", true, (80, 40)));
    insta::assert_snapshot!("hello_retry_120x40", screen("tls13-hello-retry", true, (120, 40)));
    insta::assert_snapshot!("client_certificate_80x40", screen("client-certificate", true, (80, 40)));
}

#[test]
fn a_failed_handshake_shows_in_its_row_and_says_why() {
    let buffer = drawn("failed-unknown-ca", true, (120, 40), &[]);
    let text = text(&buffer);
    assert!(text.contains("failed: unknown_ca by client after the server's Certificate"), "{text}");
    // The second row, which is not selected: its word is bold where there is no colour.
    let row: Vec<_> = buffer.content.chunks(120).nth(4).unwrap().to_vec();
    let line: String = row.iter().map(ratatui::buffer::Cell::symbol).collect();
    let at = line.char_indices().position(|(at, _)| line[at..].starts_with("TLS failed")).expect(&line);
    assert!(row[at].modifier.contains(Modifier::BOLD) && !row[at - 1].modifier.contains(Modifier::BOLD));
}

#[test]
fn a_failed_handshake_is_found_by_its_words() {
    let check = |filter: &str, name, expected| {
        let keys = filter.chars().map(KeyCode::Char).collect::<Vec<_>>();
        let text = text(&drawn(name, false, (80, 24), &keys));
        assert!(text.contains(expected), "{text}");
    };
    check("/\"tls failed\"", "failed-unknown-ca", "2 of 2");
    check("/unknown_ca", "failed-unknown-ca", "2 of 2");
    check("/handshake_failure", "failed-unknown-ca", "0 of 2");
    check("/\"tls failed\"", "tls12-ecdhe", "0 of 1");
}

#[test]
fn opened_and_closed_are_told_apart() {
    let check = |opened, row: &str, facts: &[&str]| {
        let text = screen("http2-over-tls", opened, (120, 40));
        let line = text.lines().nth(3).unwrap();
        assert!(line.contains(row), "{line}");
        for fact in facts {
            assert!(text.contains(fact), "{fact} is not there: {text}");
        }
    };
    let closed = [
        "encrypted: no keys were given: --keylog FILE opens it",
        "chain     encrypted in TLS 1.3: needs the keys",
        "≈4 requests, inferred",
    ];
    check(false, "1.3          closed         ≈4 ", &closed);
    check(true, "1.3 h2       closed          4 ", &["decrypted: opened with the key log", "\n 4 requests "]);
}

#[test]
fn later_handshakes_are_counted() {
    let text = screen("tls12-renegotiated", true, (120, 40));
    assert!(text.contains(" 1 renegotiation\n") && text.contains("4 flights"), "{text}");
}

#[test]
fn nothing_is_cut_at_eighty_columns() {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/tls");
    let mut seen = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if path.extension().is_some_and(|ending| ending == "keys") {
            let text = screen(name, true, (80, 60));
            let facts = text.lines().skip_while(|line| !line.starts_with("──"));
            for line in facts.take_while(|line| !line.contains("status    body")) {
                assert!(!line.contains('…'), "{name}: {line}");
            }
            seen += usize::from(text.contains("\n flights "));
        }
    }
    assert!(seen > 15, "{seen} fixtures have a handshake");
}
