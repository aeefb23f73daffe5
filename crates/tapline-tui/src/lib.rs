//! Event batches and keys in; a screen out.
//!
//! Model, update, view: keys become actions through one table that also prints the help, `update` alone
//! changes the model, a view sees the model and nothing else. Nothing here parses a protocol, opens a file or
//! reads a clock in a view.
//!
//! ```text
//!   keyboard, mouse ──┐
//!                     ├─> Msg ─> update(&mut Model) ─> Effect
//!   engine's batches ─┘                │
//!                                      └─> view::draw(&Model) ─> cells
//! ```

mod app;
mod axis;
mod config;
mod drill;
mod errands;
mod explain;
mod here;
mod input;
mod keys;
mod latency;
mod layout;
mod limits;
mod model;
mod paint;
mod phases;
pub mod picture;
mod stops;
mod terminal;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod theme;
mod update;
mod view;
mod words;

use tapline_engine::analysis::Interests;
use tapline_engine::{Outcome, Running};
use tapline_filter::Filter;

pub use config::{Choice, Config, ConfigError, Glyphs};
pub use errands::{Again, ExportFormat, ExportRequest, Exporter};
pub use stops::hold_stops;
pub use theme::{Palette, Theme};

/// The events that the dashboard reads.
pub const INTERESTS: Interests = Interests::SUMMARY;

/// Columns of the terminal that standard output is, if it is one.
pub fn terminal_width() -> Option<u16> {
    crossterm::terminal::size().ok().map(|(columns, _)| columns)
}

/// How the dashboard begins, and what it may ask for.
pub struct Options {
    /// How it looks.
    pub theme: Theme,
    /// What the user's configuration says; its theme is in `theme` already.
    pub config: Config,
    /// The filter that is on at first.
    pub filter: Filter,
    /// How single connections are read again to show them in full; `None` where that cannot be.
    pub again: Option<Again>,
    /// Who writes exports; `None` where nobody can.
    pub exporter: Option<Exporter>,
}

/// Shows a run until the user leaves; gives its outcome if it had ended by then.
pub fn run(running: Running, options: Options) -> std::io::Result<Option<Outcome>> {
    app::run(running, options)
}
