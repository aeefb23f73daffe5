//! The command line of tapline: arguments in, exit status out. Everything that can be tested without a
//! process is in the crates behind it.
//!
//! Exit status: 0 fine, 1 done but the input was damaged or cut, 2 could not start or not write what was asked for.

mod arguments;
mod config;
mod dashboard;
mod diff;
mod export;
mod filter;
mod help;
mod input;
mod interfaces;
mod live;
mod output;
mod progress;
mod reading;
mod report;
mod rights;
mod stop;

use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Result;
use tapline_memory::Counting;

use arguments::Command;

#[cfg(feature = "mimalloc")]
#[global_allocator]
static ALLOCATOR: Counting<mimalloc::MiMalloc> = Counting::new(mimalloc::MiMalloc);

#[cfg(not(feature = "mimalloc"))]
#[global_allocator]
static ALLOCATOR: Counting<std::alloc::System> = Counting::new(std::alloc::System);

/// How a command that ran to its end went.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    /// Everything was read.
    Whole,
    /// The input was damaged or cut; what could be read was.
    Damaged,
}

fn main() -> ExitCode {
    // Where a file may not grow any more, writing fails and is told, instead of ending the process.
    let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::default());
    match run() {
        Ok(Ending::Whole) => ExitCode::SUCCESS,
        Ok(Ending::Damaged) => ExitCode::from(1),
        // The reader of our output has seen enough: that is no failure.
        Err(error) if output::is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<Ending> {
    let (arguments, config) = config::arguments()?;
    match arguments.command {
        None => dashboard::run(&arguments.dashboard, config),
        Some(Command::Report(arguments)) => report::run(&arguments),
        Some(Command::Export(arguments)) => export::run(&arguments),
        Some(Command::Diff(arguments)) => diff::run(&arguments),
        Some(Command::Interfaces) => interfaces::run(),
        Some(Command::Completions { shell }) => help::completions(shell),
        Some(Command::Manual { folder }) => help::manual(&folder),
        #[cfg(feature = "otlp")]
        Some(Command::RelayTraces(arguments)) => export::send_lines(&arguments),
    }
}
