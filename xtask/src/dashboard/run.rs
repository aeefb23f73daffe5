//! One run: the dashboard is opened three times, to look on, to press keys of all kinds, and to see from outside how soon
//! one of them has its effect.

use std::ffi::OsStr;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;
use tapline_testkit::{Terminal, vt100};

use super::SIZE;
use super::keys::{self, Hand};
use super::memory::{self, Memory};
use crate::bench::load::Random;

/// How long anything may take.
const PATIENCE: Duration = Duration::from_mins(2);

/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(5);

/// Screens that are gone to after the capture was read.
const LOADED_PRESSES: usize = 30;

/// What one run showed.
pub(super) struct Run {
    /// From the start to a whole frame, and to one with connections.
    pub(super) first_frame: Duration,
    pub(super) first_rows: Duration,
    /// From the start to the end of the capture, with nobody pressing a key.
    pub(super) loaded: Duration,
    pub(super) memory: Memory,
    /// Octets that went to the terminal with nobody pressing a key.
    pub(super) written: u64,
    pub(super) latency: Latency,
    /// From the press of a screen's key until its tab is marked, through the terminal and back.
    pub(super) outside: Outside,
}

/// Milliseconds of each press.
pub(super) struct Outside {
    pub(super) loading: Vec<f64>,
    pub(super) loaded: Vec<f64>,
}

/// What the dashboard tells of its keys.
#[derive(Deserialize)]
pub(super) struct Latency {
    pub(super) loading: Measured,
    pub(super) loaded: Measured,
}

#[derive(Deserialize)]
pub(super) struct Measured {
    pub(super) inputs: u64,
    pub(super) median_us: u64,
    pub(super) p99_us: u64,
    pub(super) max_us: u64,
    pub(super) slowest: Vec<Slow>,
}

/// One of the keys that took longest, and where its time went.
#[derive(Deserialize, Clone)]
pub(super) struct Slow {
    pub(super) input: String,
    pub(super) us: u64,
    pub(super) waits_us: u64,
    pub(super) updates_us: u64,
    pub(super) applies_us: u64,
    pub(super) draws_us: u64,
}

impl Run {
    pub(super) fn longest_key(&self) -> Duration {
        Duration::from_micros(self.latency.loading.max_us.max(self.latency.loaded.max_us))
    }
}

/// Runs a build of tapline on a capture; keys begin at another one in each run.
pub(super) fn run(program: &Path, capture: &Path, hand: Hand, nth: usize) -> Result<Run> {
    let terminal = Terminal::start(program, &[capture.as_os_str()], &[], SIZE)?;
    let first_frame = terminal.wait_until(PATIENCE, is_whole).context("there is no first frame")?;
    let first_rows = terminal.wait_until(PATIENCE, has_connections).context("there is no connection")?;
    let id = terminal.id().context("it is gone")?;
    let mut memory = Memory::default();
    let loaded = loop {
        memory = memory.max(memory::of(id).context("it is gone")?);
        if let Some(loaded) = terminal.wait_until(LOOK, is_loaded) {
            break loaded;
        }
    };
    memory = memory.max(memory::of(id).context("it is gone")?);
    let written = terminal.written();
    drop(terminal);
    let latency = latency(program, capture, hand, nth)?;
    let outside = outside(program, capture, hand, nth)?;
    Ok(Run { first_frame, first_rows, loaded, memory, written, latency, outside })
}

/// Goes from screen to screen and waits for each, while the capture is read and so often afterwards.
fn outside(program: &Path, capture: &Path, hand: Hand, nth: usize) -> Result<Outside> {
    let mut terminal = Terminal::start(program, &[capture.as_os_str()], &[], SIZE)?;
    terminal.wait_until(PATIENCE, is_whole).context("there is no first frame")?;
    let mut random = Random(0x7363_7265 + nth as u64);
    let mut outside = Outside { loading: Vec::new(), loaded: Vec::new() };
    for (key, tab) in [("2", "2 Connections"), ("3", "3 Timeline"), ("4", "4 Findings")].into_iter().cycle() {
        let is_read = terminal.look(is_loaded);
        let pressed = Instant::now();
        terminal.press(key.as_bytes())?;
        terminal.wait_until(PATIENCE, |screen| marked(screen) == tab).context("a key has no effect")?;
        let times = if is_read { &mut outside.loaded } else { &mut outside.loading };
        times.push(pressed.elapsed().as_secs_f64() * 1000.0);
        if outside.loaded.len() >= LOADED_PRESSES {
            break;
        }
        std::thread::sleep(hand.pause(&mut random));
    }
    Ok(outside)
}

/// What stands reversed in the line of tabs.
fn marked(screen: &vt100::Screen) -> String {
    let (_, columns) = screen.size();
    let cells = (0..columns.get()).filter_map(|column| screen.cell(1, column));
    cells.filter(|cell| cell.inverse()).map(vt100::Cell::contents).collect()
}

/// Presses keys from the first frame on, until the capture is read, and the whole mix once more.
fn latency(program: &Path, capture: &Path, hand: Hand, nth: usize) -> Result<Latency> {
    let folder = tempfile::tempdir()?;
    let told = folder.path().join("latency.json");
    let variables: [(&str, &OsStr); 1] = [("TAPLINE_LATENCY", told.as_os_str())];
    let mut terminal = Terminal::start(program, &[capture.as_os_str()], &variables, SIZE)?;
    terminal.wait_until(PATIENCE, is_whole).context("there is no first frame")?;
    let mut random = Random(0x6b65_7973 + nth as u64);
    let mut keys = keys::from(nth * 2);
    let mut left = keys::count();
    let mut is_read = false;
    while let Some(key) = keys.next().filter(|_| left > 0) {
        terminal.press(key)?;
        std::thread::sleep(hand.pause(&mut random));
        is_read = is_read || terminal.look(is_loaded);
        left -= usize::from(is_read);
    }
    terminal.press(b"\x1b")?;
    std::thread::sleep(hand.pause(&mut random));
    terminal.press(b"\x03")?;
    let status = terminal.wait_for_end(PATIENCE)?.context("it does not end")?;
    ensure!(status.success(), "it ended with {status}");
    Ok(serde_json::from_str(&std::fs::read_to_string(told)?)?)
}

/// The last line has the keys that one can press.
fn is_whole(screen: &vt100::Screen) -> bool {
    screen.contents().trim_end().ends_with("q quit")
}

fn has_connections(screen: &vt100::Screen) -> bool {
    let contents = screen.contents();
    let title = contents.lines().next().unwrap_or_default();
    title.contains("connection") && !title.contains(" 0 connections")
}

fn is_loaded(screen: &vt100::Screen) -> bool {
    let contents = screen.contents();
    let status = contents.trim_end().lines().last().unwrap_or_default();
    status.split_whitespace().any(|word| word == "loaded")
}
