//! One reading of a capture into an exporter, as every command shows it: how far it is, and what its filter did not know.

use anyhow::Result;
use tapline_engine::capture::Source;
use tapline_engine::{Outcome, RunOptions};
use tapline_export::{Choice, Exporter, export};

use crate::output;
use crate::progress::Progress;
use crate::stop::Stop;

/// Shows what a source holds to an exporter, until the end or a signal.
pub(crate) fn read<E: Exporter>(
    source: &mut dyn Source,
    options: &RunOptions,
    choice: Choice,
    exporter: E,
    stop: &Stop,
) -> Result<(E::Out, Outcome)> {
    let doubts = choice.doubts();
    let mut progress = Progress::new();
    let written = export(source, options, choice, exporter, |batch| {
        progress.see(batch);
        stop.flow()
    });
    progress.clear();
    output::complain_of_doubts(&doubts);
    Ok(written?)
}
