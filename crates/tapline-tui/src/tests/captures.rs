//! Captures through the engine: what a user sees of a file.

use std::net::SocketAddr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use tapline_engine::analysis::Options;
use tapline_engine::{KeyFiles, RunOptions};
use tapline_testkit::{Talk, capture};

use crate::{INTERESTS, Theme, picture};

fn address(last: u8, port: u16) -> SocketAddr {
    ([192, 0, 2, last], port).into()
}

/// Two requests on one connection and its close; another one that is reset.
fn octets() -> Vec<u8> {
    let start = 1_700_000_000_000_000_000;
    let good = Talk::new(address(1, 50_001), address(80, 80), start)
        .handshake()
        .client(b"GET /one HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        .wait_ns(30_000_000)
        .server(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")
        .wait_ns(20_000_000)
        .client(b"GET /two HTTP/1.1\r\nHost: www.example.org\r\n\r\n")
        .wait_ns(10_000_000)
        .server(b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno")
        .close();
    let reset = Talk::new(address(1, 50_002), address(81, 8080), start + 100_000_000)
        .handshake()
        .client(b"GET / HTTP/1.1\r\nHost: other.example\r\n\r\n")
        .wait_ns(15_000_000)
        .server_reset();
    capture(Vec::new(), good.frames.iter().chain(&reset.frames)).unwrap()
}

pub(super) fn screen(path: &std::path::Path, width: u16, height: u16, keys: &[KeyCode]) -> String {
    text(&buffer(path, KeyFiles::default(), width, height, keys))
}

/// The screen of a capture, its TLS opened with these keys.
pub(super) fn buffer(
    path: &std::path::Path,
    files: KeyFiles,
    width: u16,
    height: u16,
    keys: &[KeyCode],
) -> Buffer {
    let source = tapline_engine::capture::open(&[path.to_owned()]).unwrap();
    let options = RunOptions { watch: true, keys: files, ..RunOptions::new(Options::of(INTERESTS)) };
    let running = tapline_engine::spawn(source, options).unwrap();
    let keys: Vec<_> = keys.iter().map(|&code| KeyEvent::new(code, KeyModifiers::NONE)).collect();
    picture::snapshot(running, Theme::Plain, width, height, &keys)
}

pub(super) fn text(buffer: &Buffer) -> String {
    let lines = buffer.content.chunks(usize::from(buffer.area.width));
    let lines = lines.map(|line| {
        let line: String = line.iter().map(ratatui::buffer::Cell::symbol).collect();
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_capture_at_both_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("two.pcap");
    std::fs::write(&path, octets()).unwrap();
    insta::assert_snapshot!("capture_80x24", screen(&path, 80, 24, &[]));
    insta::assert_snapshot!("capture_120x40", screen(&path, 120, 40, &[KeyCode::Char('2')]));
    let reset = screen(&path, 80, 24, &[KeyCode::Char('j'), KeyCode::Enter]);
    assert!(reset.contains("reset by server") && reset.contains('✗'), "{reset}");
}

#[test]
fn the_keep_alive_fixture_shows_its_requests() {
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/http1/keep-alive.pcapng");
    let text = screen(&path, 120, 40, &[]);
    assert!(text.contains("loaded") && text.contains("requests") && text.contains("GET "), "{text}");
}

pub(super) fn fixture(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures").join(name)
}

#[test]
fn a_requests_phases_and_stalls_are_told_below_it() {
    let (enter, down) = (KeyCode::Enter, KeyCode::Char('j'));
    let check = |name, keys: &[KeyCode], expected: &[&str]| {
        let text = screen(&fixture(name), 80, 24, keys);
        for what in expected {
            assert!(text.contains(what), "{what}: {text}");
        }
    };
    let lossy = [
        "    TCP       40.6 ms  ",
        "    receive    101 ms  ",
        " 55 %",
        "    stalled   40.9 ms  round trip, between packets ",
        "              59.8 ms  loss, between packets 55 and 59",
        "              40.6 ms  congestion, between packets 37 and 39",
        "▁ stall",
    ];
    check("link/page-load.pcapng", &[down, enter, enter], &lossy);
    let call = ["    gRPC ", "0 OK · "];
    check("http2/grpc.pcapng", &[enter, enter], &call);
}

#[test]
fn the_phases_of_a_row_are_those_that_analysis_measured() {
    use tapline_engine::analysis::Event;

    use crate::model::ExchangeRow;

    let mut seen = (0, 0);
    for name in ["link/page-load.pcapng", "http1/pipelined.pcapng", "http2/prior-knowledge.pcapng"] {
        let source = tapline_engine::capture::open(&[fixture(name)]).unwrap();
        let running = tapline_engine::spawn(source, RunOptions::new(Options::of(INTERESTS))).unwrap();
        for event in running.batches.iter().flat_map(|batch| batch.events) {
            let Event::Exchange(exchange) = event else { continue };
            let row = ExchangeRow::of(&exchange);
            assert_eq!(row.timings(), exchange.timings, "{name}: {exchange:?}");
            let waited = usize::from(row.before.is_some());
            seen = (seen.0 + waited, seen.1 + 1 - waited);
        }
    }
    assert!(seen.0 > 3 && seen.1 > 3, "{seen:?} with and without what they waited for");
}
