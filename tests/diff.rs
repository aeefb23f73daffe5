//! Two captures of the same thing: what got slower is named, with the phase that did it.
#![allow(clippy::unwrap_used, reason = "a test that fails shall panic, in its helpers too")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tapline_testkit::{Talk, capture, root};

fn diff(paths: &[&Path], options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.arg("diff").args(options).args(paths).env_remove("SSLKEYLOGFILE").output().unwrap()
}

fn text(before: &Path, after: &Path, options: &[&str]) -> String {
    let output = diff(&[before, after], options);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Requests for two things; the server takes so long for the first.
fn shop(folder: &Path, name: &str, server_ns: i64) -> PathBuf {
    const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    let (client, server) = ("10.0.0.1:4000".parse().unwrap(), "10.0.0.2:80".parse().unwrap());
    let mut talk = Talk::new(client, server, 1_700_000_000_000_000_000).handshake();
    for id in 0..20 {
        let order = format!("GET /orders/{id}?token=s3cret{id} HTTP/1.1\r\nHost: shop.example\r\n\r\n");
        talk = talk.client(order.as_bytes()).server_ack().wait_ns(server_ns).server(OK).client_ack();
        let page = b"GET /index.html HTTP/1.1\r\nHost: shop.example\r\n\r\n";
        talk = talk.client(page).server_ack().wait_ns(1_000_000).server(OK).client_ack();
    }
    let path = folder.join(name);
    std::fs::write(&path, capture(Vec::new(), &talk.close().frames).unwrap()).unwrap();
    path
}

#[test]
fn what_got_slower_is_named_with_its_phase() {
    let folder = tempfile::tempdir().unwrap();
    let before = shop(folder.path(), "before.pcapng", 10_000_000);
    let after = shop(folder.path(), "after.pcapng", 60_000_000);
    let told = text(&before, &after, &["--width", "100"]);
    let line = told.lines().find(|line| line.contains("GET shop.example/orders/*")).unwrap();
    assert!(line.contains("20 → 20") && line.contains("wait +50.0 ms"), "{line}");
    assert!(told.contains("2 in both, 1 differ by more than 5 %"), "{told}");
    assert!(!told.contains("s3cret"), "{told}");
    // The other way round it is what got faster.
    let back = text(&after, &before, &["--width", "100"]);
    assert!(back.contains("wait -50.0 ms"), "{back}");
    assert!(text(&before, &after, &["--all"]).contains("GET shop.example/index.html"));
}

#[test]
fn a_capture_differs_from_itself_in_nothing() {
    for fixture in ["link/page-load.pcapng", "http2/many-streams.pcapng", "link/lossy.pcapng"] {
        let path = root().join("fixtures").join(fixture);
        let told = text(&path, &path, &[]);
        assert!(told.contains(" in both, 0 differ by more than 5 %"), "{told}");
        assert!(!told.contains("only before") && !told.contains('+'), "{told}");
        assert!(
            told.lines().any(|line| line.starts_with("Findings") && line.ends_with(", 0 differ")),
            "{told}"
        );
    }
}

#[test]
fn two_captures_are_named() {
    let path = root().join("fixtures/link/lossy.pcapng");
    let one = diff(&[&path], &[]);
    assert_eq!(one.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&one.stderr).contains("tapline diff BEFORE AFTER"));
}

#[test]
fn nothing_is_wider_than_it_may_be() {
    let [one, other] = ["link/page-load.pcapng", "link/slow-among-500.pcapng"]
        .map(|name| root().join("fixtures").join(name));
    for width in [72, 80, 120] {
        let told = text(&one, &other, &["--width", &width.to_string()]);
        let rows = told.lines().filter(|line| line.starts_with("  ") && !line.contains("only "));
        let widest = rows.map(|line| line.chars().count()).max().unwrap();
        assert!(widest <= width, "{widest} of {width}: {told}");
    }
}
