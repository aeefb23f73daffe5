//! An interface, read until somebody says that it is enough. Skipped where this user may not capture.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

#[path = "live/terminal.rs"]
mod terminal;

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::{Signal, send};

fn tapline(arguments: &[&str]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// A run on the loopback device with requests meanwhile, then told to end by `end`; `None` where that is not possible.
fn run(arguments: &[&str], end: impl FnOnce(&Child)) -> Option<Output> {
    const REQUESTS: usize = 20;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let filter = format!("tcp port {port}");
    let mut child = tapline(&[arguments, &["-i", "lo", "-f", &filter]].concat());
    let server = std::thread::spawn(move || tapline_testkit::serve(&listener, REQUESTS).unwrap());
    for _ in 0..REQUESTS {
        std::thread::sleep(Duration::from_millis(50));
        tapline_testkit::ask(port, "/live").unwrap();
    }
    server.join().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let is_over = child.try_wait().unwrap().is_some_and(|status| status.code() == Some(2));
    if !is_over {
        end(&child);
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(2)
        && (said.contains("no permission to capture") || said.contains("libpcap"))
    {
        tapline_testkit::skipped(&said);
        return None;
    }
    Some(output)
}

fn interrupt(child: &Child) {
    send(child.id(), Signal::INT).unwrap();
}

/// A folder in which who captures can write, who is not root any more then.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
    folder
}

/// The terminal goes away, as where SSH breaks off: nobody is there to tell, but there is a file.
#[test]
fn a_hung_up_capture_has_written_what_it_saw() {
    let folder = folder();
    let path = folder.path().join("seen.pcapng");
    for command in [&["report"][..], &["export", "--to", "ndjson"]] {
        let arguments = [command, &["-w", path.to_str().unwrap()]].concat();
        let hang_up = |child: &Child| send(child.id(), Signal::HUP).unwrap();
        let Some(output) = run(&arguments, hang_up) else { return };
        assert_eq!(output.status.signal(), Some(Signal::HUP.as_raw()), "{}", output.status);
        assert!(packets_of(&path) > 100);
    }
}

/// The packets in a file, which is whole.
fn packets_of(path: &Path) -> usize {
    let mut source = tapline_engine::capture::open(&[path.to_owned()]).unwrap();
    let mut packets = 0;
    while let tapline_engine::capture::Item::Packet(_) = source.next() {
        packets += 1;
    }
    assert!(!source.facts().is_damaged(), "{packets}: {:?}", source.facts().damages);
    packets
}

#[test]
fn an_interrupted_report_tells_what_it_saw() {
    let Some(output) = run(&["report"], interrupt) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("/live") && text.contains("packets"), "{text}");
}

#[test]
fn an_interrupted_export_is_whole() {
    let Some(output) = run(&["export", "--to", "ndjson"], interrupt) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    let records: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let count = |kind: &str| records.iter().filter(|record| record["type"] == kind).count();
    assert!(count("http_exchange") > 5 && count("connection") > 5, "{text}");
    assert_eq!(count("capture"), 1, "{text}");
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn it_ends_by_itself_when_its_time_is_up() {
    let begun = Instant::now();
    let Some(output) = run(&["report", "-a", "duration:2"], |_| ()) else { return };
    assert!(begun.elapsed() >= Duration::from_secs(2), "{:?}", begun.elapsed());
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("/live"), "{text}");
}

/// `tcpdump -U -w - | tapline -`, as over SSH: what is asked is told while the pipe is open.
#[test]
fn what_comes_by_a_pipe_is_told_as_it_comes() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let filter = format!("tcp port {port}");
    let tcpdump = Command::new("tcpdump")
        .args(["-i", "lo", "-U", "-w", "-", &filter])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut tcpdump) = tcpdump else {
        tapline_testkit::skipped("tcpdump is not on this machine");
        return;
    };
    // It says that it listens, or why it does not.
    let mut said = String::new();
    let mut errors = BufReader::new(tcpdump.stderr.take().unwrap());
    while !said.contains("listening on") {
        if errors.read_line(&mut said).unwrap() == 0 {
            tcpdump.wait().unwrap();
            tapline_testkit::skipped(said);
            return;
        }
    }
    let mut tapline = Command::new(env!("CARGO_BIN_EXE_tapline"))
        .args(["export", "--to", "ndjson", "--types", "http_exchange,capture", "-"])
        .stdin(tcpdump.stdout.take().unwrap())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(tapline.stdout.take().unwrap()).lines();
    let server = std::thread::spawn(move || tapline_testkit::serve(&listener, 3).unwrap());
    for _ in 0..3 {
        tapline_testkit::ask(port, "/live").unwrap();
        let line = lines.next().unwrap().unwrap();
        assert!(line.contains("/live") && line.contains("http_exchange"), "{line}");
    }
    server.join().unwrap();
    assert!(tapline.try_wait().unwrap().is_none(), "it goes on as long as the pipe");
    interrupt(&tcpdump);
    tcpdump.wait().unwrap();
    let last = lines.next().unwrap().unwrap();
    assert!(last.contains("\"type\":\"capture\"") && last.contains("\"damages\":[]"), "{last}");
    assert!(tapline.wait().unwrap().success());
}

/// Two interfaces are one capture, in the order of their packets' times.
#[test]
fn several_interfaces_are_captured_on_at_once() {
    let folder = folder();
    let path = folder.path().join("two.pcapng");
    let write = ["-w", path.to_str().unwrap()];
    let arguments = [&["export", "--to", "ndjson", "-i", "any"][..], &write[..]].concat();
    let Some(output) = run(&arguments, interrupt) else { return };
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("http_exchange"), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let mut source = tapline_engine::capture::open(&[path]).unwrap();
    let (mut last, mut from) = (None, [0, 0]);
    while let tapline_engine::capture::Item::Packet(packet) = source.next() {
        assert!(packet.at >= last, "packet {} is earlier than the one before", packet.number);
        last = packet.at;
        from[usize::try_from(packet.interface).unwrap()] += 1;
    }
    assert!(from[0] > 100 && from[1] > 100, "{from:?}");
    let names: Vec<_> = source.facts().interfaces.iter().map(|one| one.name.clone().unwrap()).collect();
    assert_eq!(names, ["any", "lo"]);
    assert_eq!(source.facts().dropped_packets(), Some(0));
}
