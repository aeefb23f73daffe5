//! `--memory-max` holds, whatever the capture does to fill memory, and what was given up for it is told.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::ffi::OsStr;
use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::{Frame, Talk, Terminal, capture, own_kib};
use tempfile::TempDir;

/// The least that can be asked for, MiB.
const LIMIT_MIB: u64 = 64;

/// What a run came to.
struct Ran {
    peak_mib: u64,
    out: String,
}

/// Runs the program and looks at its own memory all the while.
fn run(folder: &TempDir, arguments: &[&str], path: &Path) -> Ran {
    let out = folder.path().join("out");
    let mut child = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(arguments)
        .arg(path)
        .stdin(Stdio::null())
        .stdout(File::create(&out).unwrap())
        .spawn()
        .unwrap();
    let mut peak_kib = 0;
    let status = loop {
        peak_kib = peak_kib.max(own_kib(child.id()).unwrap_or(0));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(status.success(), "{status}");
    Ran { peak_mib: peak_kib / 1024, out: std::fs::read_to_string(out).unwrap() }
}

fn talk(number: u32) -> Talk {
    let port = 1024 + u16::try_from(number % 60_000).unwrap();
    let client = SocketAddr::from(([10, 0, u8::try_from(number / 60_000).unwrap(), 1], port));
    Talk::new(client, "192.0.2.80:80".parse().unwrap(), 1_700_000_000_000_000_000 + i64::from(number) * 1000)
        .step_ns(10)
}

fn write(folder: &TempDir, frames: impl IntoIterator<Item = Frame>) -> PathBuf {
    let path = folder.path().join("capture.pcap");
    let frames: Vec<Frame> = frames.into_iter().collect();
    capture(BufWriter::new(File::create(&path).unwrap()), &frames).unwrap();
    path
}

/// Octets of a head whose end never comes.
const UNFINISHED: usize = 24_000;

/// Connections whose request's head never ends: each keeps what it has so far.
fn endless_heads(count: u32) -> impl Iterator<Item = Frame> {
    let field = format!("GET / HTTP/1.1\r\nX: {}", "a".repeat(UNFINISHED));
    (0..count).flat_map(move |number| {
        let pieces = field.as_bytes().chunks(1400);
        pieces.fold(talk(number).handshake(), Talk::client).frames
    })
}

/// Connections that lost their first segment, so that all others wait for it.
fn waiting_octets(count: u32) -> impl Iterator<Item = Frame> {
    let piece = [b'x'; 1400];
    (0..count).flat_map(move |number| {
        let lost = talk(number).handshake().missed(tapline_testkit::Speaker::Client, 1400);
        (0..20).fold(lost, |talk, _| talk.client(&piece)).frames
    })
}

/// Connections with one exchange each that stay open.
fn open_after_exchange(count: u32) -> impl Iterator<Item = Frame> {
    (0..count).flat_map(|number| {
        talk(number)
            .handshake()
            .client(b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\n\r\n")
            .server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            .frames
    })
}

/// The limit holds for a capture that takes more without one, with one thread and with several, and what was given up is
/// told at its connection and at the capture.
fn holds(frames: impl IntoIterator<Item = Frame>) {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, frames);
    let free = run(&folder, &["export", "--to", "ndjson", "--types", "connection,capture"], &path);
    assert!(free.peak_mib > LIMIT_MIB, "the capture is no trial: {} MiB", free.peak_mib);
    assert!(free.out.lines().last().unwrap().contains("\"evicted_connections\":0"));
    let limit = LIMIT_MIB.to_string();
    for threads in ["1", "4"] {
        let export = ["export", "--to", "ndjson", "--types", "connection,capture"];
        let limited = ["--memory-max", &limit, "--threads", threads];
        let ran = run(&folder, &[&export[..], &limited].concat(), &path);
        assert!(ran.peak_mib <= LIMIT_MIB, "{} MiB with {threads} threads", ran.peak_mib);
        let given_up = ran.out.lines().filter(|line| line.contains("\"left\":\"memory_short\"")).count();
        assert!(given_up > 0);
        let last = ran.out.lines().last().unwrap();
        assert!(last.contains(&format!("\"evicted_connections\":{given_up},")), "{last}");
        assert!(ran.out.lines().count() >= free.out.lines().count(), "every connection is told");
    }
    let ran = run(&folder, &["report", "--memory-max", &limit], &path);
    assert!(ran.peak_mib <= LIMIT_MIB, "{} MiB for the report", ran.peak_mib);
    assert!(ran.out.contains("given up to make room"), "{}", ran.out);
}

#[test]
fn heads_that_never_end_are_given_up() {
    holds(endless_heads(4_000));
}

#[test]
fn octets_that_wait_for_others_are_given_up() {
    holds(waiting_octets(4_000));
}

#[test]
fn connections_that_stay_open_are_given_up() {
    holds(open_after_exchange(50_000));
}

/// What a filter knows of connections stops growing; what it judged without is told once.
#[test]
fn a_filter_says_what_it_did_not_know() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, open_after_exchange(50_000));
    let ran = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
        let output = command.args(arguments).args(["-Y", "tapline.client.port < 30000"]).arg(&path).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(0));
        [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap())
    };
    let says = "by what they say alone: there was no room to remember what their connections are known by";
    let export = ["export", "--to", "ndjson", "--types", "http_exchange", "--memory-max"];
    let [free, said] = ran(&[&export[..], &["4096"]].concat());
    assert_eq!((free.lines().count(), said.as_str()), (30_000 - 1024, ""));
    let limit = LIMIT_MIB.to_string();
    let [out, said] = ran(&[&export[..], &[&limit]].concat());
    assert!(out.lines().count() < free.lines().count());
    assert!(said.lines().count() == 1 && said.contains(says), "{said}");
    let [out, said] = ran(&["report", "--memory-max", &limit]);
    assert_eq!((out.matches(says).count(), said.as_str()), (1, ""), "{out}");
}

/// The dashboard in a wide terminal, with as little memory as can be asked for.
fn dashboard(path: &Path) -> Terminal {
    let limit = LIMIT_MIB.to_string();
    let arguments = [OsStr::new("--memory-max"), OsStr::new(&limit), path.as_os_str()];
    let program = Path::new(env!("CARGO_BIN_EXE_tapline"));
    let home = [("HOME", OsStr::new("/nonexistent")), ("LC_ALL", OsStr::new("C.UTF-8"))];
    let terminal = Terminal::start(program, &arguments, &home, (100, 30)).unwrap();
    // Before that, the process may still be a copy of this one.
    let is_there = tapline_testkit::vt100::Screen::alternate_screen;
    assert!(terminal.wait_until(Duration::from_secs(20), is_there).is_some());
    terminal
}

/// The most memory of its own until a text is shown, KiB.
fn peak_until(terminal: &Terminal, text: &str) -> u64 {
    let mut peak_kib = 0;
    let deadline = Instant::now() + Duration::from_mins(2);
    while !terminal.contents().contains(text) {
        assert!(Instant::now() < deadline, "{text}: {}", terminal.contents());
        peak_kib = peak_kib.max(own_kib(terminal.id().unwrap()).unwrap());
        std::thread::sleep(Duration::from_millis(2));
    }
    peak_kib
}

/// A connection of which more is told than there is memory for: its beginning is shown, and that it is no more.
#[test]
fn a_close_look_ends_where_memory_does() {
    let folder = TempDir::new().unwrap();
    let talk = (0..20_000).fold(talk(0).handshake(), |talk, _| {
        talk.client(b"GET /index.html HTTP/1.1\r\nHost: www.example.test\r\n\r\n")
            .server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
    });
    let path = write(&folder, talk.close().frames);
    let mut terminal = dashboard(&path);
    let mut peak_kib = peak_until(&terminal, "loaded");
    for keys in ["5", "7", "8", "6"] {
        terminal.press(keys.as_bytes()).unwrap();
        if keys == "5" {
            peak_kib = peak_kib.max(peak_until(&terminal, "too much to keep"));
        }
        std::thread::sleep(Duration::from_millis(300));
        peak_kib = peak_kib.max(own_kib(terminal.id().unwrap()).unwrap());
    }
    assert!(peak_kib / 1024 <= LIMIT_MIB, "{} MiB", peak_kib / 1024);
    terminal.press(b"q").unwrap();
    let status = terminal.wait_for_end(Duration::from_secs(20)).unwrap().unwrap();
    assert_eq!(status.exit_code(), 0);
}

/// What a screen has to list grows with the capture; it stops where there is no memory for more, and says so.
#[test]
fn the_list_of_the_dashboard_ends_where_memory_does() {
    let folder = TempDir::new().unwrap();
    let path = write(&folder, open_after_exchange(40_000));
    let mut terminal = dashboard(&path);
    let (id, patience) = (terminal.id().unwrap(), Duration::from_secs(20));
    let mut peak_kib = peak_until(&terminal, "loaded");
    // Through the screens that read a connection again, and the list of what is not told.
    for keys in ["2", "5", "7", "8", "w"] {
        terminal.press(keys.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(300));
        peak_kib = peak_kib.max(own_kib(id).unwrap());
    }
    let is_told =
        |screen: &tapline_testkit::vt100::Screen| screen.contents().contains("not listed: the list is full");
    assert!(terminal.wait_until(patience, is_told).is_some(), "{}", terminal.contents());
    assert!(peak_kib / 1024 <= LIMIT_MIB, "{} MiB", peak_kib / 1024);
}
