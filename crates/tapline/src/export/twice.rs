//! Exports for which the capture is read twice: once to find what is wanted.

use std::io::Write;

use anyhow::{Context, Result};
use tapline_engine::analysis::{Interests, human};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::redact::{Redactor, Secrets};
use tapline_export::single::{self, Finder};
use tapline_export::{Choice, mermaid};
use tapline_filter::Sieve;

use super::close::close;
use crate::arguments::{Detail, ExportArguments};
use crate::progress::{Ladders, Progress};
use crate::reading::read;
use crate::stop::Stop;
use crate::{Ending, filter, input, output};

/// Draws one connection.
pub(super) fn diagram<W: Write>(
    arguments: &ExportArguments,
    stop: &Stop,
    secrets: Secrets,
    mut out: W,
) -> Result<(W, Ending)> {
    let choice = Choice::of(&single::TYPES).through(filter::of_export(arguments)?.map(Sieve::new));
    let options = input::run_options(&arguments.input, choice.interests(Interests::NONE))?;
    let once = "a diagram is drawn of what can be read twice: keep it first, tapline report -i IFACE -w FILE";
    let again = input::again(&arguments.input, &options).context(once)?;
    let (subject, outcome) = read(&mut *(again.reopen)()?, &options, choice, Finder::default(), stop)?;
    let mut progress = Ladders::new(1);
    let close = close(&again, subject?, stop, |permille| progress.draw(0, permille))?;
    progress.clear();
    let detail = match arguments.detail.unwrap_or_default() {
        Detail::Brief => mermaid::Detail::Brief,
        Detail::Usual => mermaid::Detail::Usual,
        Detail::Full => mermaid::Detail::Full,
    };
    let diagram = mermaid::diagram(&close, detail, &Redactor::new(secrets));
    let changed = || {
        let why = close.breaks_off.clone();
        why.unwrap_or_else(|| "the connection is not there any more: was the file changed?".to_owned())
    };
    out.write_all(diagram.with_context(changed)?.as_bytes())?;
    out.flush()?;
    Ok((out, output::complain_of_both(&outcome, close.breaks_off.as_deref())))
}

/// Writes packets.
pub(super) fn packets<W: Write>(arguments: &ExportArguments, stop: &Stop, mut out: W) -> Result<(W, Ending)> {
    let sieve = filter::of_export(arguments)?.map(Sieve::new);
    let doubts = sieve.as_ref().map(Sieve::doubts).unwrap_or_default();
    let options = input::run_options(&arguments.input, Interests::NONE)?;
    let once =
        "packets of an interface or a pipe are written while they come: tapline report -i IFACE -w FILE";
    let again = input::again(&arguments.input, &options).context(once)?;
    let mut progress = Progress::new();
    let mut see = |at| {
        progress.reach(at);
        stop.flow()
    };
    let wanted = sieve.map_or(Wanted::All, |sieve| Wanted::Filter(Box::new(sieve)));
    let mut first = (again.reopen)()?;
    let selection = Selection::find(&mut *first, &options, wanted, &mut see);
    let mut source = (again.reopen)()?;
    pcapng::write(&mut *source, &selection, &mut out, &mut see)?;
    progress.clear();
    if let Some(secrets) = selection.has_secrets_of() {
        output::complain(&format!("{secrets} are in it: whoever has the file can read them"));
    }
    if selection.findings_left_out() > 0 {
        let findings = human::plural(selection.findings_left_out(), "finding");
        output::complain(&format!("{findings} not noted on their packets, because there are so many"));
    }
    output::complain_of_doubts(&doubts);
    // Where the file became shorter between the two readings, the second one sees nothing wrong.
    first.conclude();
    let facts = if source.facts().is_damaged() { source.facts() } else { first.facts() };
    let ending = output::complain_of(facts);
    Ok((out, ending))
}
