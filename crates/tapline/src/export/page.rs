//! The page for a ticket: the capture is read once for what is on it, and parts of it again for each ladder.

use std::io::Write;

use anyhow::Result;
use tapline_engine::{Going, close_up};
use tapline_export::html::{self, Collector, PageOptions};
use tapline_export::redact::Secrets;
use tapline_export::{Choice, export};
use tapline_ladder::Close;

use crate::arguments::ExportArguments;
use crate::live::Told;
use crate::progress::Progress;
use crate::rights::Plan;
use crate::stop::Stop;
use crate::{Ending, filter, input, output};

/// Writes the page to what `create` makes once rights are given up. What tells its packets once has no ladders.
pub(super) fn page<W: Write>(
    arguments: &ExportArguments,
    plan: Plan,
    stop: &Stop,
    secrets: Secrets,
    create: impl FnOnce() -> Result<W>,
) -> Result<(W, Ending)> {
    let filter = filter::of_export(arguments)?;
    let collector = Collector::new(PageOptions {
        secrets,
        filter: filter.as_ref().map(|filter| filter.text().to_owned()),
    });
    let (sieve, doubts) = filter::sieve(filter);
    let choice = Choice::of(&html::TYPES).through(sieve);
    let options = input::run_options(&arguments.input, choice.interests(html::BESIDE))?;
    let again = input::again(&arguments.input, &options);
    let mut source = input::source(&arguments.input, &options, Told::BySignals, plan)?;
    let mut out = create()?;
    let mut progress = Progress::new();
    let written = export(&mut *source, &options, choice, collector, |batch| {
        progress.see(batch);
        stop.flow()
    });
    progress.clear();
    let (mut page, outcome) = written?;
    let mut breaks_off = None;
    if let Some(again) = again {
        for (id, subject) in page.subjects() {
            if stop.flow().is_break() {
                break;
            }
            let close = Close::of(close_up((again.reopen)()?, &options, subject, &Going::default()));
            page.draw(id, &close);
            breaks_off = breaks_off.or(close.breaks_off);
        }
    }
    page.write(&mut out)?;
    output::complain_of_doubts(&doubts);
    Ok((out, output::complain_of_both(&outcome, breaks_off.as_deref())))
}
