//! The program as a shell starts it, and what it is given to read.
#![allow(dead_code, reason = "each test uses a part")]

use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use tapline_testkit::{Talk, capture};
use tempfile::TempDir;

/// A capture of one HTTP/1.1 exchange: eleven packets.
pub(crate) fn good() -> Vec<u8> {
    many(1)
}

/// A capture of one connection with so many exchanges.
pub(crate) fn many(exchanges: usize) -> Vec<u8> {
    let mut talk = Talk::new(
        "10.0.0.1:40000".parse().unwrap(),
        "10.0.0.2:80".parse().unwrap(),
        1_700_000_000_000_000_000,
    )
    .handshake();
    for _ in 0..exchanges {
        talk = talk
            .client(b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n")
            .server_ack()
            .server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")
            .client_ack();
    }
    capture(Vec::new(), &talk.close().frames).unwrap()
}

/// A folder with a capture in it, and the capture's path.
pub(crate) fn folder_with(content: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.pcapng");
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

pub(crate) fn tapline(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Exactly one line on standard error that begins with the program's name and says all of `words`.
pub(crate) fn complains(output: &Output, status: i32, words: &[&str]) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{said}");
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(said.starts_with("tapline: "), "{said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in {said}");
    }
}
