//! `cargo xtask peer`: the NDJSON of every capture with TCP, held against tshark: its TCP verdicts, and where it
//! speaks HTTP or TLS, everything else.
//!
//! The comparison itself is `compare.py`, which stands beside the corpus. Each difference must stand in
//! `tests/peer-differences.toml` with its reason, and nothing else may stand there.

mod differences;
mod rows;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::captures::{Capture, corpus, corpus_captures, fixtures};
use crate::parallel::Workers;
use crate::shell;
use differences::Known;
use rows::Topic;

/// What is compared where there is HTTP or TLS.
const TOPICS: &str = "connections,flags,tls,http1,http2,headers";

/// What is compared where a key log opens TLS.
const KEYED_TOPICS: &str = "tls,http1,http2,headers";

/// What is compared where there is TCP and neither of them.
const TCP_TOPICS: &str = "connections,flags";

/// Compares every capture, or those whose name contains `only`.
pub(crate) fn peer(only: Option<&str>) -> Result<()> {
    let Some(compare) = compare_script() else {
        println!("peer: compare.py is absent: skipped");
        return Ok(());
    };
    ensure!(shell::is_there("tshark"), "tshark is missing: apt-get install tshark");
    let tapline = unredacted(&shell::tapline()?)?;
    let known = Known::read(&shell::root().join("tests/peer-differences.toml"))?;
    let with_keys = |capture: Capture| {
        let keyed: Vec<_> = known.keylogs(&capture).iter().map(|keys| capture.with_keys(keys)).collect();
        std::iter::once(capture).chain(keyed)
    };
    let all: Vec<Capture> = fixtures()?.into_iter().chain(corpus_captures()?).flat_map(with_keys).collect();
    let wanted: Vec<Capture> =
        all.into_iter().filter(|capture| only.is_none_or(|part| capture.name.contains(part))).collect();
    let results = Workers::all().work(&wanted, |capture| -> Result<Option<Compared>> {
        let Some(topics) = topics(capture, known.decode_as(&capture.name))? else { return Ok(None) };
        compare_one(&compare, &tapline, capture, topics, &known).map(Some)
    });
    let (mut captures, mut topics, mut wrong) = (0, BTreeMap::<String, Rows>::new(), Vec::new());
    for result in results {
        let Some(result) = result? else { continue };
        captures += 1;
        for (name, rows) in result.topics {
            let all = topics.entry(name).or_default();
            all.agree += rows.agree;
            all.listed += rows.listed;
        }
        wrong.extend(result.wrong);
    }
    if only.is_none() && corpus().is_some() {
        wrong.extend(known.unvisited(&wanted));
    }
    for line in &wrong {
        println!("{line}");
    }
    for (name, Rows { agree, listed }) in &topics {
        println!("{name}: {agree} rows agree, {listed} differ as listed");
    }
    println!("peer: {captures} captures, {} topics differ otherwise", wrong.len());
    ensure!(
        wrong.is_empty(),
        "tapline and tshark differ where no reason stands in tests/peer-differences.toml"
    );
    ensure!(captures > 0, "no capture was compared");
    Ok(())
}

/// Rows of a topic.
#[derive(Default)]
struct Rows {
    agree: usize,
    listed: usize,
}

/// One capture's comparison.
#[derive(Default)]
struct Compared {
    topics: Vec<(String, Rows)>,
    wrong: Vec<String>,
}

fn compare_one(
    compare: &Path,
    tapline: &Path,
    capture: &Capture,
    topics: &str,
    known: &Known,
) -> Result<Compared> {
    let mut compared = Compared::default();
    for topic in run_compare(compare, tapline, capture, topics, known.decode_as(&capture.name))? {
        let topic = topic.without_proven(capture)?;
        let mut rows = Rows { agree: topic.agree, listed: 0 };
        match known.check(&capture.name, &topic) {
            Ok(listed) => rows.listed = listed,
            Err(why) => compared.wrong.push(why),
        }
        compared.topics.push((topic.name, rows));
    }
    Ok(compared)
}

/// tapline as what shows secrets: tshark shows them too, and the comparison gives no options of its own.
fn unredacted(tapline: &Path) -> Result<PathBuf> {
    let script = tapline.with_file_name("tapline-unredacted");
    std::fs::write(&script, format!("#!/bin/sh\nexec '{}' \"$@\" --no-redact\n", tapline.display()))?;
    std::fs::set_permissions(&script, std::fs::Permissions::from_mode(0o755))?;
    Ok(script)
}

fn compare_script() -> Option<PathBuf> {
    let script = corpus()?.parent()?.join("peer/compare.py");
    script.is_file().then_some(script)
}

/// What can be compared: by what tshark sees in the capture.
fn topics(capture: &Capture, decode_as: &[String]) -> Result<Option<&'static str>> {
    if capture.keylog.is_some() {
        return Ok(Some(KEYED_TOPICS));
    }
    let seen = Command::new("tshark")
        .args(decode_as.iter().flat_map(|rule| ["-d", rule.as_str()]))
        .args([
            "-n",
            "-Y",
            "tcp.stream or http or tls or http2",
            "-T",
            "fields",
            "-e",
            "frame.protocols",
            "-r",
        ])
        .arg(&capture.path)
        .output()
        .context("cannot run tshark")?;
    let protocols = String::from_utf8_lossy(&seen.stdout).into_owned();
    let speaks = |line: &str| line.split(':').any(|name| ["http", "tls", "http2"].contains(&name.trim()));
    Ok(match protocols.lines().any(speaks) {
        true => Some(TOPICS),
        false if protocols.trim().is_empty() => None,
        false => Some(TCP_TOPICS),
    })
}

fn run_compare(
    script: &Path,
    tapline: &Path,
    capture: &Capture,
    topics: &str,
    decode_as: &[String],
) -> Result<Vec<Topic>> {
    let rules = decode_as.iter().flat_map(|rule| ["-d", rule.as_str()]);
    let output = Command::new("python3")
        .arg(script)
        .args(["--only", topics, "--show", "1000000", "--tapline"])
        .arg(tapline)
        .args(rules)
        .args(capture.keylog.iter().flat_map(|keys| [OsStr::new("--keylog"), keys.as_os_str()]))
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
