//! What leaves for other programs is the same whatever form it has: each format held against NDJSON, on every fixture.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "exports/csv.rs"]
mod csv;
#[path = "exports/har.rs"]
mod har;
#[path = "exports/html.rs"]
mod html;
#[path = "exports/mermaid.rs"]
mod mermaid;
#[path = "exports/page.rs"]
mod page;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use tapline_testkit::fixtures;

/// Runs an export of a capture, with the key log beside it if there is one.
fn run(path: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.arg("export").args(arguments).arg(path).env_remove("SSLKEYLOGFILE");
    let keys = path.with_extension("keys");
    if keys.exists() {
        command.arg("--keylog").arg(keys);
    }
    command.output().unwrap()
}

/// What an export wrote.
fn export(path: &Path, arguments: &[&str]) -> String {
    let output = run(path, arguments);
    assert!(output.status.success(), "{}: {}", path.display(), String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The records of some types, as NDJSON has them.
fn records(path: &Path, types: &str) -> Vec<Value> {
    let lines = export(path, &["--to", "ndjson", "--types", types]);
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn captures() -> Vec<PathBuf> {
    fixtures().into_iter().collect()
}
