//! An interface, read until somebody says that it is enough. Skipped where this user may not capture.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Answers so many requests on a port of its own, one after the other.
fn serve(listener: &TcpListener, count: usize) {
    for stream in listener.incoming().take(count) {
        let mut stream = stream.unwrap();
        let mut request = [0; 1024];
        let _ = stream.read(&mut request).unwrap();
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").unwrap();
    }
}

fn ask(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /live HTTP/1.1\r\nHost: a.example\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
}

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
    let server = std::thread::spawn(move || serve(&listener, REQUESTS));
    for _ in 0..REQUESTS {
        std::thread::sleep(Duration::from_millis(50));
        ask(port);
    }
    server.join().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    let is_over = child.try_wait().unwrap().is_some_and(|status| status.code() == Some(2));
    if !is_over {
        end(&child);
    }
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.code() == Some(2) && (said.contains("permission") || said.contains("libpcap")) {
        tapline_testkit::skipped(&said);
        return None;
    }
    Some(output)
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
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
