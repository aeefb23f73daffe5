//! One reading of a capture into an exporter, as every command shows it: how far it is, and what was wrong.

use anyhow::Result;
use tapline_engine::RunOptions;
use tapline_engine::capture::Source;
use tapline_export::{Choice, Exporter, export};

use crate::progress::Progress;
use crate::stop::Stop;
use crate::{Ending, output};

/// Shows what a source holds to an exporter, until the end or a signal.
pub(crate) fn read<E: Exporter>(
    source: &mut dyn Source,
    options: &RunOptions,
    choice: Choice,
    exporter: E,
    stop: &Stop,
) -> Result<(E::Out, Ending)> {
    let mut progress = Progress::new();
    let written = export(source, options, choice, exporter, |batch| {
        progress.see(batch);
        stop.flow()
    });
    progress.clear();
    let (out, outcome) = written?;
    Ok((out, output::complain_of_damage(&outcome)))
}
