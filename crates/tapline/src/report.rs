//! `tapline report`.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;

use anyhow::Result;
use tapline_engine::run as run_engine;
use tapline_export::redact::Secrets;
use tapline_export::report::{INTERESTS, Palette, Report, ReportOptions};
use tapline_filter::Sieve;

use crate::arguments::{LayoutArguments, ReportArguments};
use crate::live::Told;
use crate::progress::Progress;
use crate::rights::Plan;
use crate::{Ending, filter, input, output};

/// Prints a report.
pub(crate) fn run(arguments: &ReportArguments) -> Result<Ending> {
    let sieve = filter::filter(&arguments.filter)?.map(Sieve::new);
    let interests = sieve.as_ref().map_or(INTERESTS, |sieve| INTERESTS.and(sieve.needs(INTERESTS)));
    let run = input::run_options(&arguments.input, interests)?;
    let mut source = input::source(&arguments.input, &run, Told::BySignals, Plan::default())?;
    let roots = run.analysis.trust.as_ref().map(|trust| trust.whose());
    let mut report = Report::new(ReportOptions { roots, ..options(&arguments.layout) });
    if let Some(sieve) = sieve {
        report = report.through(sieve);
    }
    let mut progress = Progress::new();
    let outcome = run_engine(&mut *source, &run, |batch| {
        progress.see(&batch);
        report.read(batch);
        ControlFlow::Continue(())
    });
    progress.clear();
    let mut out = output::stdout();
    report.print(&outcome, &mut out)?;
    out.flush()?;
    Ok(output::complain_of_damage(&outcome))
}

/// How text is laid out.
pub(crate) fn options(layout: &LayoutArguments) -> ReportOptions {
    let is_terminal = std::io::stdout().is_terminal();
    let terminal_width = || is_terminal.then(tapline_tui::terminal_width).flatten().map(usize::from);
    ReportOptions {
        width: layout.width.map(usize::from).or_else(terminal_width),
        palette: if layout.colour.enabled(is_terminal) { Palette::Colours } else { Palette::Plain },
        all: layout.all,
        roots: None,
        // Whoever looks at a capture may see what is in it; an export goes to others.
        secrets: Secrets::Shown,
    }
}
