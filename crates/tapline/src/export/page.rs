//! The page for a ticket: the capture is read once for what is on it, and parts of it again for each ladder.

use std::io::Write;

use anyhow::Result;
use tapline_export::Choice;
use tapline_export::html::{self, Collector, PageOptions};
use tapline_export::redact::Secrets;
use tapline_filter::Sieve;

use super::close::close;
use crate::arguments::ExportArguments;
use crate::live::Told;
use crate::progress::Ladders;
use crate::reading::read;
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
    let choice = Choice::of(&html::TYPES).through(filter.map(Sieve::new));
    let options = input::run_options(&arguments.input, choice.interests(html::BESIDE))?;
    let again = input::again(&arguments.input, &options);
    let mut source = input::source(&arguments.input, &options, Told::BySignals, plan)?;
    let mut out = create()?;
    let (mut page, outcome) = read(&mut *source, &options, choice, collector, stop)?;
    let mut breaks_off = None;
    if let Some(again) = again {
        let subjects = page.subjects();
        let mut progress = Ladders::new(subjects.len());
        for (nth, (id, subject)) in subjects.into_iter().enumerate() {
            let close = close(&again, subject, stop, |permille| progress.draw(nth, permille))?;
            page.draw(id, &close);
            breaks_off = breaks_off.or(close.breaks_off);
        }
        progress.clear();
    }
    page.write(&mut out)?;
    Ok((out, output::complain_of_both(&outcome, breaks_off.as_deref())))
}
