//! Captures through the engine: what a user sees of a file.

use std::net::SocketAddr;
use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use tapline_engine::analysis::{Event, Exchange, Options};
use tapline_engine::{KeyFiles, RunOptions};
use tapline_testkit::{Speaker, Talk, capture};

use crate::limits::STALLS_KEPT_MAX;
use crate::model::{ExchangeRow, StallRow};
use crate::{Again, INTERESTS, Theme, picture};

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
    let keys: Vec<_> = [KeyCode::Char('3')].iter().chain(keys).copied().collect();
    buffer_of(&[path.to_owned()], files, width, height, &keys)
}

/// The screen of several captures read as one, from the first screen on.
fn buffer_of(
    paths: &[std::path::PathBuf],
    files: KeyFiles,
    width: u16,
    height: u16,
    keys: &[KeyCode],
) -> Buffer {
    let source = tapline_engine::capture::open(paths).unwrap();
    let options = RunOptions { watch: true, keys: files, ..RunOptions::new(Options::of(INTERESTS)) };
    let running = tapline_engine::spawn(source, options.clone()).unwrap();
    let paths = paths.to_owned();
    let again =
        Again { reopen: Arc::new(move || tapline_engine::capture::open(&paths)), options, past: None };
    let keys: Vec<_> = keys.iter().map(|&code| KeyEvent::new(code, KeyModifiers::NONE)).collect();
    picture::snapshot(running, Some(again), Theme::PLAIN, (width, height), &keys)
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
    let reset = screen(&path, 80, 24, &[KeyCode::Char('j'), KeyCode::Char('d')]);
    assert!(reset.contains("reset by server") && reset.contains('✗'), "{reset}");
}

#[test]
fn gaps_and_drops_are_drawn_where_they_were_and_the_cursor_says_what_is_under_it() {
    let talk = Talk::new(address(1, 50_001), address(80, 80), 1_700_000_000_000_000_000)
        .handshake()
        .client(b"GET / HTTP/1.1\r\nHost: a.example\r\n\r\n")
        .wait_ns(100_000_000)
        .server(b"HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n")
        .missed(Speaker::Server, 1_000)
        .wait_ns(50_000_000)
        .server(&[b'x'; 1_000])
        .client_ack()
        .wait_ns(50_000_000)
        .close();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gap.pcap");
    std::fs::write(&path, capture(Vec::new(), &talk.frames).unwrap()).unwrap();
    let text = screen(&path, 120, 24, &[KeyCode::Char(']')]);
    let bar = text.lines().find(|line| line.contains("a.example")).unwrap();
    assert!(bar.contains('▿') && text.contains("▿ not captured"), "{text}");
    assert!(text.contains("▾5.82 ms wait") && !text.contains("! dropped"), "{text}");
    let whole = screen(&fixture("http1/keep-alive.pcapng"), 120, 24, &[]);
    assert!(!whole.contains("not captured"), "{whole}");
}

#[test]
fn the_cause_of_one_slow_request_among_five_hundred_is_three_keys_away() {
    let path = [fixture("link/slow-among-500.pcapng")];
    let (enter, explain) = (KeyCode::Enter, KeyCode::Char('?'));
    let walk: [(&[KeyCode], &[&str]); 4] = [
        (&[], &["requests    500: 500 × 2xx", "▸GET /api/orders/322", "895 ms  loss 895 ms"]),
        (&[enter], &["▸ └  #688 GET /api", "stalled    895 ms  loss, between packets 688 and 1054"]),
        (
            &[enter, enter],
            &[
                "▸   885 ms              688  │━━━━━ GET /api/orders/322",
                "  1053  │───────────── retransmission of #932 ───────────▶│",
            ],
        ),
        (&[enter, explain], &["loss  RFC 5681", "had to be sent again"]),
    ];
    for (keys, expected) in walk {
        let text = text(&buffer_of(&path, KeyFiles::default(), 80, 24, keys));
        for what in expected {
            assert!(text.contains(what), "{keys:?}: {what}: {text}");
        }
    }
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
    let (enter, down, facts) = (KeyCode::Enter, KeyCode::Char('j'), KeyCode::Char('d'));
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
    check("link/page-load.pcapng", &[down, facts, enter], &lossy);
    let call = ["    gRPC ", "0 OK · "];
    check("http2/grpc.pcapng", &[facts, enter], &call);
}

/// A capture's exchanges, as they were told and as rows keep them.
fn exchanges(name: &str) -> Vec<(Exchange, ExchangeRow)> {
    let source = tapline_engine::capture::open(&[fixture(name)]).unwrap();
    let running = tapline_engine::spawn(source, RunOptions::new(Options::of(INTERESTS))).unwrap();
    let exchange = |event| match event {
        Event::Exchange(exchange) => Some((ExchangeRow::of(&exchange), *exchange)),
        _ => None,
    };
    let exchanges = running.batches.iter().flat_map(|batch| batch.events).filter_map(exchange);
    exchanges.map(|(row, exchange)| (exchange, row)).collect()
}

#[test]
fn the_phases_of_a_row_are_those_that_analysis_measured() {
    let mut seen = [0; 3];
    for name in [
        "link/page-load.pcapng",
        "http1/pipelined.pcapng",
        "http2/prior-knowledge.pcapng",
        "http2/grpc.pcapng",
    ] {
        for (exchange, row) in exchanges(name) {
            assert_eq!(row.timings(), exchange.timings, "{name}: {exchange:?}");
            let slowly = row.before.is_none() && exchange.timings.send > Some(0);
            let kind = if slowly { 2 } else { usize::from(row.before.is_some()) };
            seen[kind] += 1;
        }
    }
    assert!(seen.iter().all(|&count| count > 0), "{seen:?}: at once, behind something, sent slowly");
}

#[test]
fn the_longest_stalls_are_kept_and_the_others_are_in_the_sum() {
    let mut cut = 0;
    for name in ["http2/slow-stream-window.pcapng", "http2/slow-connection-window.pcapng"] {
        for (exchange, row) in exchanges(name) {
            let Some(stalled) = row.stalled else { continue };
            let mut all: Vec<i64> = exchange.stalls.list().iter().map(tapline_analysis::Stall::ns).collect();
            all.sort_unstable_by_key(|&ns| std::cmp::Reverse(ns));
            let mut kept: Vec<i64> = stalled.kept.iter().map(StallRow::ns).collect();
            kept.sort_unstable_by_key(|&ns| std::cmp::Reverse(ns));
            let (kept_of_all, others) = all.split_at(kept.len());
            assert_eq!(kept, kept_of_all);
            let (count, ns) = exchange.stalls.left_out();
            let expected = (count + u32::try_from(others.len()).unwrap(), ns + others.iter().sum::<i64>());
            assert_eq!(stalled.left_out, expected);
            assert_eq!(stalled.kept.len(), all.len().min(STALLS_KEPT_MAX));
            assert!(stalled.kept.is_sorted_by_key(|stall| stall.from));
            cut += usize::from(!others.is_empty());
        }
    }
    assert!(cut > 0, "a request has more stalls than are kept");
}

#[test]
fn the_legend_names_what_the_capture_has_and_fits() {
    let legend = |names: &[&str], width| {
        let paths: Vec<_> = names.iter().map(|name| fixture(name)).collect();
        let text = text(&buffer_of(&paths, KeyFiles::default(), width, 24, &[KeyCode::Char('3')]));
        text.lines().nth(22).unwrap().to_owned()
    };
    let (dns, stalls) = ("link/dns-lookups.pcapng", "link/page-load.pcapng");
    let all = " ◆ DNS ▒ TCP ▓ TLS ┄ block ▞ send ░ wait █ recv ▁ stall ✗ failed ? silent";
    assert_eq!(legend(&[dns, stalls], 80), all, "what explains itself goes where there is no room");
    let wide = legend(&[dns, stalls], 120);
    assert!(wide.contains("◆ DNS") && wide.contains("▁ stalled") && wide.ends_with("? no answer"), "{wide}");
    assert!(!legend(&[stalls], 120).contains("DNS") && !legend(&[dns], 120).contains("stalled"));
}
