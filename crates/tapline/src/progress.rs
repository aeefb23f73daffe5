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
        self.show(progress.read_bytes, || new_bar(progress.total_bytes));
    }

    fn show(&mut self, at: u64, new: impl FnOnce() -> ProgressBar) {
        if !self.is_terminal || self.bar.is_none() && self.started.elapsed() < PATIENCE {
            return;
        }
        self.bar.get_or_insert_with(new).set_position(at);
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// Where something goes wrong, what is said of it has the line to itself.
impl Drop for Progress {
    fn drop(&mut self) {
        self.clear();
    }
}

fn new_bar(total_bytes: Option<u64>) -> ProgressBar {
    match total_bytes {
        Some(total) => {
            styled(ProgressBar::new(total), "{bar:30} {bytes} of {total_bytes}, {bytes_per_sec}, {eta} left")
        }
        None => styled(ProgressBar::new_spinner(), "{spinner} {bytes}, {bytes_per_sec}"),
    }
}

fn styled(bar: ProgressBar, template: &str) -> ProgressBar {
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// The bar while ladders are drawn.
pub(crate) struct Ladders {
    progress: Progress,
    count: u64,
}

impl Ladders {
    /// A bar for so many.
    pub(crate) fn new(count: usize) -> Self {
        Self { progress: Progress::new(), count: count as u64 }
    }

    /// This one, counted from 0, is so far, in 1/1000.
    pub(crate) fn draw(&mut self, nth: usize, permille: u16) {
        let (count, nth) = (self.count, nth as u64);
        self.progress.show(nth * 1000 + u64::from(permille), || {
            styled(ProgressBar::new(count * 1000), "{bar:30} {msg}, {eta} left")
        });
        if let Some(bar) = &self.progress.bar {
            bar.set_message(format!("ladder {} of {count}", nth + 1));
        }
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.progress.clear();
    }
}
