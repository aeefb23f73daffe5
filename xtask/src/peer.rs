//! `cargo xtask peer`: the NDJSON of every capture with HTTP or TLS, held against tshark.
//!
//! The comparison itself is `compare.py`, which stands beside the corpus. Each difference must stand in
//! `tests/peer-differences.toml` with its reason, and nothing else may stand there.

mod differences;
mod rows;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::captures::{Capture, corpus, corpus_captures, fixtures};
use crate::shell;
use differences::Known;
use rows::Topic;

const TOPICS: &str = "connections,tls,http1,http2,headers";

/// Compares every capture, or those whose name contains `only`.
pub(crate) fn peer(only: Option<&str>) -> Result<()> {
    let Some(compare) = compare_script() else {
        println!("peer: compare.py is absent: skipped");
        return Ok(());
    };
    ensure!(shell::is_there("tshark"), "tshark is missing: apt-get install tshark");
    let tapline = shell::tapline()?;
    let known = Known::read(&shell::root().join("tests/peer-differences.toml"))?;
    let (mut captures, mut agree, mut listed, mut wrong) = (0, 0, 0, Vec::new());
    for capture in fixtures()?.into_iter().chain(corpus_captures()?) {
        if only.is_some_and(|part| !capture.name.contains(part)) || !speaks_http_or_tls(&capture)? {
            continue;
        }
        captures += 1;
        for topic in run_compare(&compare, &tapline, &capture, known.decode_as(&capture.name))? {
            agree += topic.agree;
            let topic = topic.without_proven(&capture)?;
            match known.check(&capture.name, &topic) {
                Ok(rows) => listed += rows,
                Err(why) => wrong.push(why),
            }
        }
    }
    for line in &wrong {
        println!("{line}");
    }
    println!(
        "peer: {captures} captures, {agree} rows agree, {listed} differ as listed, {} topics differ otherwise",
        wrong.len()
    );
    ensure!(
        wrong.is_empty(),
        "tapline and tshark differ where no reason stands in tests/peer-differences.toml"
    );
    ensure!(captures > 0, "no capture was compared");
    Ok(())
}

fn compare_script() -> Option<PathBuf> {
    let script = corpus()?.parent()?.join("peer/compare.py");
    script.is_file().then_some(script)
}

/// Whether tshark sees anything that these topics are about.
fn speaks_http_or_tls(capture: &Capture) -> Result<bool> {
    let found = Command::new("tshark")
        .args(["-n", "-Y", "http or tls or http2", "-T", "fields", "-e", "frame.number", "-r"])
        .arg(&capture.path)
        .output()
        .context("cannot run tshark")?;
    Ok(!found.stdout.is_empty())
}

fn run_compare(script: &Path, tapline: &Path, capture: &Capture, decode_as: &[String]) -> Result<Vec<Topic>> {
    let rules = decode_as.iter().flat_map(|rule| ["-d", rule.as_str()]);
    let output = Command::new("python3")
        .arg(script)
        .args(["--only", TOPICS, "--show", "1000000", "--tapline"])
        .arg(tapline)
        .args(rules)
        .arg(&capture.path)
        .output()
        .context("cannot run python3")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(
        matches!(output.status.code(), Some(0 | 1)),
        "{}: compare.py ended with {}: {}{text}",
        capture.name,
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(rows::topics(&text))
}
