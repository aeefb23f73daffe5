//! `tapline FILE`: the dashboard.

mod exporter;
mod look;

use std::io::IsTerminal;

use anyhow::{Result, bail};
use tapline_tui::{Config, Options};

use crate::arguments::DashboardArguments;
use crate::live::Told;
use crate::rights::Plan;
use crate::{Ending, filter, input, output};

/// Opens the dashboard and stays until the user leaves.
pub(crate) fn run(arguments: &DashboardArguments, config: Config) -> Result<Ending> {
    let input = &arguments.input;
    if input.files.is_empty() && input.read.is_empty() && input.interface.is_empty() {
        bail!("nothing to read: name a capture file or -i IFACE, or see tapline --help");
    }
    let filter = filter::filter(&arguments.filter)?.unwrap_or_default();
    if !std::io::stdout().is_terminal() {
        bail!("the dashboard needs a terminal: use tapline report, or tapline export");
    }
    let mut options = input::run_options(input, tapline_tui::INTERESTS)?;
    options.watch = true;
    let source = input::source(input, &options, Told::ByReader, Plan::screen())?;
    let (source, again) = match input::again(input, &options) {
        None if arguments.retain > 0 => input::kept(source, arguments.retain, &options),
        again => (source, again),
    };
    let running = tapline_engine::spawn(source, options)?;
    let theme = look::theme(&config, arguments.colour.enabled(true));
    let exporter = again.clone().map(exporter::exporter);
    match tapline_tui::run(running, Options { theme, config, filter, again, exporter })? {
        Some(outcome) => Ok(output::complain_of_damage(&outcome)),
        None => Ok(Ending::Whole),
    }
}
