//! Traffic that is built to cost: four times as much of it may take four times as long, with something for the unsteadiness
//! of machines, and no more memory than the bounds allow.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "amplification/bombs.rs"]
mod bombs;

use std::fs::File;
use std::io::{BufWriter, Result};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use tapline_testkit::own_kib;
use tapline_testkit::shapes::{self, Wire};

/// How much longer four times as much may take. Where each part were looked at again for every other it would be 16.
const GROWTH_MAX: f64 = 8.0;

/// Shorter times say nothing of growth.
const TIME_MIN: Duration = Duration::from_millis(25);

/// Runs of each, of which the fastest counts.
const RUNS: usize = 2;

/// What a run may have of its own at most, MiB: its threads and buffers, and what the bounds of one connection allow.
const MEMORY_MIB_MAX: u64 = 48;

/// A shape, and how much there is of it in the larger capture: so much as is read in a second without optimization.
struct Shape {
    build: fn(u32, &mut Wire) -> Result<()>,
    count: u32,
    arguments: &'static [&'static str],
}

const REPORT: &[&str] = &["report"];

/// Everything that can be told.
const ALL: &[&str] = &["export", "--to", "ndjson"];
const BODIES: &[&str] = &["export", "--to", "ndjson", "--decode-bodies", "--hash-bodies"];
const TABLES: &[&str] = &["export", "--to", "ndjson", "--hpack-tables"];

/// What a run took: time of a processor, where the system tells that, so that what else runs does not count.
#[derive(Clone, Copy)]
struct Took {
    time: Duration,
    memory_mib: u64,
}

fn run(path: &Path, arguments: &[&str]) -> Took {
    run_into(path, arguments, Stdio::null())
}

fn run_into(path: &Path, arguments: &[&str], out: Stdio) -> Took {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tapline"));
    command.args(arguments).args(["--threads", "1"]).arg(path).stdin(Stdio::null()).stdout(out);
    let begun = Instant::now();
    let mut child = command.spawn().unwrap();
    let (mut memory_kib, mut time) = (0, None);
    let status = loop {
        memory_kib = memory_kib.max(own_kib(child.id()).unwrap_or(0));
        time = processor_time(child.id()).max(time);
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(1));
    };
    assert!(status.success(), "{arguments:?}: {status}");
    Took { time: time.unwrap_or(begun.elapsed()), memory_mib: memory_kib >> 10 }
}

/// What the only thread of a process took so far.
fn processor_time(id: u32) -> Option<Duration> {
    let told = std::fs::read_to_string(format!("/proc/{id}/schedstat")).ok()?;
    told.split_whitespace().next()?.parse().ok().filter(|&ns| ns > 0).map(Duration::from_nanos)
}

fn best(path: &Path, arguments: &[&str]) -> Took {
    let runs: Vec<_> = (0..RUNS).map(|_| run(path, arguments)).collect();
    let time = runs.iter().map(|run| run.time).min().unwrap();
    Took { time, memory_mib: runs.iter().map(|run| run.memory_mib).max().unwrap() }
}

fn written(folder: &Path, build: impl FnOnce(&mut Wire) -> Result<()>) -> PathBuf {
    let path = folder.join("capture.pcapng");
    let mut wire = Wire::new(BufWriter::new(File::create(&path).unwrap())).unwrap();
    build(&mut wire).unwrap();
    wire.finish().unwrap();
    path
}

/// Holds each shape to what may grow.
fn check(shapes: &[(&str, Shape)]) {
    let folder = tempfile::tempdir().unwrap();
    for (name, Shape { build, count, arguments }) in shapes {
        let [less, more] = [count / 4, *count]
            .map(|count| best(&written(folder.path(), |wire| build(count, wire)), arguments));
        let growth = more.time.as_secs_f64() / less.time.max(TIME_MIN).as_secs_f64();
        let said = format!("{name}: {:?}, then {:?}, {} MiB", less.time, more.time, more.memory_mib);
        assert!(growth < GROWTH_MAX, "{said}");
        assert!(more.memory_mib < MEMORY_MIB_MAX, "{said}");
    }
}

macro_rules! shapes {
    ($($name:ident: $count:literal, $arguments:expr;)*) => {
        [$((stringify!($name), Shape { build: shapes::$name, count: $count, arguments: $arguments })),*]
    };
}

#[test]
fn below_http() {
    check(&shapes![
        deep_tunnels: 20_000, REPORT;
        overlapping_fragments: 20_000, REPORT;
        whole_datagrams: 10_000, REPORT;
        strays: 16_000, REPORT;
        ports_only: 12_000, ALL;
        half_open: 10_000, ALL;
        interfaces: 80_000, ALL;
        backwards: 8000, ALL;
        scattered: 8000, REPORT;
        covering: 8000, REPORT;
    ]);
}

#[test]
fn http() {
    check(&shapes![
        heads_of_small_fields: 40_000, ALL;
        requests_without_answers: 4000, ALL;
        chunks_of_one_octet: 40_000, ALL;
        bodies_of_nothing: 16, BODIES;
        fields_from_the_table: 120_000, TABLES;
        streams_one_after_the_other: 4000, ALL;
        streams_that_stay_open: 10_000, ALL;
        priority_chains: 10_000, ALL;
        settings_that_shift_windows: 4000, ALL;
        data_of_one_octet: 16_000, ALL;
    ]);
}

#[test]
fn tls() {
    check(&shapes![
        hellos_of_extensions: 8, ALL;
        handshake_messages: 8000, ALL;
        records_of_one_octet: 30_000, ALL;
    ]);
}
