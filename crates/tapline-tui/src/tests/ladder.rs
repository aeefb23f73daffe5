//! The ladder of connections out of captures.

use std::path::Path;

use crossterm::event::KeyCode;
use tapline_engine::KeyFiles;

use super::captures::{buffer, fixture, screen, text};

fn opened(name: &str, keys: &str, width: u16, height: u16, presses: &[KeyCode]) -> String {
    let mut files = KeyFiles::default();
    files.add_log(Path::new(&fixture(keys))).unwrap();
    text(&buffer(&fixture(name), files, width, height, presses))
}

const LADDER: KeyCode = KeyCode::Char('5');

#[test]
fn http_over_tls_at_both_sizes() {
    let (name, keys) = ("tls/http2-over-tls.pcapng", "tls/http2-over-tls.keys");
    insta::assert_snapshot!("ladder_80x24", opened(name, keys, 80, 24, &[LADDER, KeyCode::Char('G')]));
    insta::assert_snapshot!("ladder_120x40", opened(name, keys, 120, 40, &[LADDER]));
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().filter(|line| line.contains('│')).collect()
}

#[test]
fn layers_come_and_go() {
    let path = fixture("http1/keep-alive.pcapng");
    let rows = |presses: &str| {
        let keys: Vec<KeyCode> = "5".chars().chain(presses.chars()).map(KeyCode::Char).collect();
        let text = screen(&path, 120, 60, &keys);
        let rows: Vec<String> = lines(&text).into_iter().map(str::to_owned).collect();
        rows
    };
    let has = |rows: &[String], what: &str| rows.iter().any(|row| row.contains(what));
    let telling = rows("");
    assert!(has(&telling, " SYN, ACK ") && has(&telling, "GET /page.html") && has(&telling, "FIN, ACK"));
    let all = rows("tu");
    assert_eq!(
        all.iter().filter(|row| row.contains('─')).count(),
        29,
        "every packet has its arrow: {all:#?}"
    );
    assert!(has(&rows("t"), "ACK ×") || has(&rows("t"), "data ×"), "runs are folded: {:#?}", rows("t"));
    assert!(!has(&rows("tt"), "SYN"));
    assert!(!has(&rows("a"), "GET"));
    assert!(rows("tta").is_empty());
}

#[test]
fn a_lost_segment_does_not_arrive_and_what_it_carried_comes_again() {
    let text = screen(&fixture("link/lossy-server-side.pcapng"), 120, 40, &[LADDER]);
    let lost = text.lines().find(|line| line.contains("· lost ")).expect(&text);
    assert!(lost.contains('✗'), "{lost}");
    assert!(text.contains("retransmission of #"), "{text}");
}

#[test]
fn enter_on_a_request_leads_to_its_arrow_and_escape_back() {
    let path = fixture("http1/keep-alive.pcapng");
    let down = KeyCode::Char('j');
    let keys = [KeyCode::Char('x'), down, down, KeyCode::Enter];
    let text = screen(&path, 80, 24, &keys);
    let selected = text.lines().find(|line| line.starts_with('▸')).expect(&text);
    assert!(selected.contains("GET /style.css"), "{text}");
    let back = screen(&path, 80, 24, &[&keys[..], &[KeyCode::Esc]].concat());
    assert_eq!(back, screen(&path, 80, 24, &keys[..3]));
}

#[test]
fn early_data_stands_where_it_was_sent() {
    let (name, keys) = ("tls/tls13-early-data.pcapng", "tls/tls13-early-data.keys");
    let text = opened(name, keys, 120, 40, &[KeyCode::Char('j'), LADDER]);
    let line = |what: &str| {
        text.lines().position(|line| line.contains(what)).unwrap_or_else(|| panic!("{what}: {text}"))
    };
    assert!(line("ClientHello") < line("GET "), "{text}");
    assert!(line("GET ") < line("Finished"), "the request did not wait for the handshake: {text}");
}

#[test]
fn a_wire_text_cannot_move_the_cursor() {
    use tapline_testkit::{Talk, capture};
    let address = |last: u8, port: u16| ([192, 0, 2, last], port).into();
    let talk = Talk::new(address(1, 50_001), address(80, 80), 1_700_000_000_000_000_000)
        .handshake()
        .client(b"GET /\x1b[2J\x1b]0;x\x07 HTTP/1.1\r\nHost: a\x1b[31m\r\n\r\n")
        .close();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.pcap");
    std::fs::write(&path, capture(Vec::new(), &talk.frames).unwrap()).unwrap();
    let text = screen(&path, 80, 24, &[LADDER]);
    assert!(!text.contains('\u{1b}') && !text.contains('\u{7}'), "{text:?}");
}
