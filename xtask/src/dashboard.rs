//! `cargo xtask dashboard`: how the dashboard feels on a large capture, in a terminal of its own: how soon there is
//! something on it, how long keys wait while it loads and afterwards, what it takes; beside termshark.

mod keys;
mod load;
mod memory;
mod peer;
mod run;
mod table;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Result, ensure};

use crate::bench::keep::keep;
use crate::shell;
use keys::Hand;
use load::Shape;
use run::Run;

/// Columns and rows of the terminal.
const SIZE: (u16, u16) = (120, 40);

/// How long the first frame may take.
const FIRST_FRAME_MAX: Duration = Duration::from_millis(100);

/// How long a key may wait for its effect.
const KEY_MAX: Duration = Duration::from_millis(50);

/// What a check does: a list of so many that is filtered at one go exceeds the limit of a key. Machines that build and
/// test at the same time make single runs slow and never fast, so the best run counts.
const CHECK_CONNECTIONS: u32 = 30_000;
const CHECK_RUNS: usize = 3;

/// What the command line asks for.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Requests of the capture
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1000..=1_000_000))]
    requests: u32,
    /// How they are spread
    #[arg(long, value_enum, default_value_t = Shape::Many)]
    shape: Shape,
    /// Runs; the median counts, and the longest that a key ever took
    #[arg(long, default_value_t = 3)]
    runs: usize,
    /// Keep the figures in `bench-runs/`
    #[arg(long)]
    keep: bool,
    /// Keep the capture here
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
    /// Another build of tapline
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
    /// Leave termshark out
    #[arg(long)]
    alone: bool,
}

/// Makes a capture, drives the dashboard on it and prints a table.
pub(crate) fn dashboard(arguments: &Arguments) -> Result<()> {
    ensure!(arguments.runs > 0, "at least one run is needed");
    let program = arguments.program.clone().map_or_else(shell::tapline, Ok)?;
    let folder = tempfile::tempdir()?;
    let capture = arguments.capture.clone().unwrap_or_else(|| folder.path().join("load.pcapng"));
    let made = load::make(&capture, arguments.shape, arguments.requests)?;
    eprintln!("{made}");
    let runs = runs(&program, &capture, Hand::Fast, arguments.runs)?;
    let mut text = table::table(&made, &runs)?;
    if !arguments.alone {
        text += &beside(&capture)?;
    }
    println!("{text}");
    if arguments.keep {
        let Arguments { requests, shape, .. } = arguments;
        let shape = if matches!(shape, Shape::One) { " --shape one" } else { "" };
        keep(&format!("dashboard{shape} --requests {requests}"), &text)?;
    }
    Ok(())
}

/// A small capture and a hurried hand, in a few seconds: fails where the best run exceeds a limit.
pub(crate) fn check(program: &Path) -> Result<()> {
    let folder = tempfile::tempdir()?;
    let capture = folder.path().join("load.pcapng");
    let made = load::make(&capture, Shape::Many, CHECK_CONNECTIONS)?;
    let runs = runs(program, &capture, Hand::Hurried, CHECK_RUNS)?;
    let best = |of: fn(&Run) -> Duration| runs.iter().map(of).min().unwrap_or_default();
    let first = best(|run| run.first_frame);
    let key = best(Run::longest_key);
    println!("dashboard: {made} First frame after {first:.1?}, the longest key {key:.1?}.");
    ensure!(first <= FIRST_FRAME_MAX, "the first frame takes {first:?}, more than {FIRST_FRAME_MAX:?}");
    ensure!(key <= KEY_MAX, "a key takes {key:?}, more than {KEY_MAX:?}");
    Ok(())
}

fn runs(program: &Path, capture: &Path, hand: Hand, count: usize) -> Result<Vec<Run>> {
    (0..count).map(|nth| run::run(program, capture, hand, nth)).collect()
}

fn beside(capture: &Path) -> Result<String> {
    if !shell::is_there("termshark") {
        return Ok("termshark is not installed.\n".to_owned());
    }
    peer::termshark(capture)
}
