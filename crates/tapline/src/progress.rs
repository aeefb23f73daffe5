//! A progress bar on standard error, for work that takes longer than a glance.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use tapline_engine::Batch;
use tapline_engine::capture::Progress as Reached;

/// Shorter work shows no bar.
const PATIENCE: Duration = Duration::from_millis(400);

/// The bar, once it is wanted.
pub(crate) struct Progress {
    started: Instant,
    bar: Option<ProgressBar>,
    is_terminal: bool,
}

impl Progress {
    /// A bar that shows only on a terminal.
    pub(crate) fn new() -> Self {
        Self { started: Instant::now(), bar: None, is_terminal: std::io::stderr().is_terminal() }
    }

    /// Moves on.
    pub(crate) fn see(&mut self, batch: &Batch) {
        self.reach(batch.progress);
    }

    /// Moves on to a place.
    pub(crate) fn reach(&mut self, progress: Reached) {
        if !self.is_terminal || self.bar.is_none() && self.started.elapsed() < PATIENCE {
            return;
        }
        let bar = self.bar.get_or_insert_with(|| new_bar(progress.total_bytes));
        bar.set_position(progress.read_bytes);
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn new_bar(total_bytes: Option<u64>) -> ProgressBar {
    let (bar, template) = match total_bytes {
        Some(total) => {
            (ProgressBar::new(total), "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{spinner} {bytes}, {bytes_per_sec}"),
    };
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
