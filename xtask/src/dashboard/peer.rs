//! termshark on the same capture, in a terminal of the same size.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use tapline_testkit::{Terminal, vt100};

use super::SIZE;
use super::memory::{self, Memory};
use super::table::median;

/// How long it may take in all.
const LIMIT: Duration = Duration::from_mins(4);

/// How long a key is waited for.
const KEY_LIMIT: Duration = Duration::from_secs(10);

/// Between two keys.
const PAUSE: Duration = Duration::from_millis(400);

/// Looks on, presses keys while it loads, and tells what that took.
pub(super) fn termshark(capture: &Path) -> Result<String> {
    let home = tempfile::tempdir()?;
    let variables: [(&str, &OsStr); 2] =
        [("HOME", home.path().as_os_str()), ("XDG_CONFIG_HOME", home.path().as_os_str())];
    let arguments = [OsStr::new("-r"), capture.as_os_str()];
    let mut terminal = Terminal::start(Path::new("termshark"), &arguments, &variables, SIZE)?;
    let id = terminal.id().context("termshark is gone")?;
    let mut text = String::from("\n| termshark | |\n| --- | ---: |\n");
    let began = Instant::now();
    let mut peak = Memory::default();
    let first = loop {
        peak = peak.max(memory::of_family(id));
        if let Some(first) = terminal.wait_until(Duration::from_millis(20), has_packets) {
            break Some(first);
        }
        if began.elapsed() > LIMIT {
            break None;
        }
    };
    match first {
        Some(first) => writeln!(text, "| first list of packets, ms | {:.0} |", first.as_secs_f64() * 1000.0)?,
        None => writeln!(text, "| first list of packets | none in {LIMIT:?} |")?,
    }
    let mut answered = Vec::new();
    let mut unanswered = 0;
    let mut loaded = None;
    while first.is_some() && began.elapsed() < LIMIT && loaded.is_none() {
        let before = terminal.look(selected);
        let pressed = Instant::now();
        terminal.press(b"\x1b[B")?;
        match terminal.wait_until(KEY_LIMIT, |screen| selected(screen) != before) {
            Some(_) => answered.push(pressed.elapsed().as_secs_f64() * 1000.0),
            None => unanswered += 1,
        }
        let until = Instant::now() + PAUSE;
        while Instant::now() < until {
            peak = peak.max(memory::of_family(id));
            std::thread::sleep(Duration::from_millis(50));
        }
        if !terminal.look(is_loading) {
            loaded = Some(began.elapsed());
        }
    }
    let longest = answered.iter().copied().fold(0.0, f64::max);
    writeln!(
        text,
        "| ↓ while loading until the selection moved, median of {}, ms | {:.0} |",
        answered.len(),
        median(answered.iter().copied())
    )?;
    writeln!(text, "| the same, longest, ms | {longest:.0} |")?;
    writeln!(text, "| ↓ without effect in {KEY_LIMIT:?} | {unanswered} |")?;
    match loaded {
        Some(loaded) => {
            writeln!(text, "| no progress bar any more after, s | {:.1} |", loaded.as_secs_f64())?;
        }
        None => writeln!(text, "| still loading after | {LIMIT:?} |")?,
    }
    writeln!(text, "| peak resident with its tsharks, MiB | {:.0} |", peak.resident)?;
    writeln!(text, "| peak of own memory with its tsharks, MiB | {:.0} |", peak.own)?;
    Ok(text)
}

fn has_packets(screen: &vt100::Screen) -> bool {
    screen.contents().contains("[SYN]")
}

fn is_loading(screen: &vt100::Screen) -> bool {
    screen.contents().contains('%')
}

/// Text and colours of the list's lines: what moves with the selection.
fn selected(screen: &vt100::Screen) -> Vec<String> {
    let (_, columns) = screen.size();
    screen.rows_formatted(0, columns.get()).take(usize::from(SIZE.1) / 2).skip(4).collect()
}
