//! Exports that are written while the capture is read, once.

use anyhow::Result;
use tapline_engine::analysis::Interests;
use tapline_export::records::RecordType;
use tapline_export::{Choice, Exporter};
use tapline_filter::Sieve;

use crate::arguments::ExportArguments;
use crate::live::Told;
use crate::reading::read;
use crate::rights::Plan;
use crate::stop::Stop;
use crate::{Ending, filter, input, output};

/// Writes records of these types while they are told, with what `begin` makes once rights are given up.
pub(super) fn stream<E: Exporter>(
    arguments: &ExportArguments,
    plan: Plan,
    stop: &Stop,
    types: &[RecordType],
    beside: Interests,
    begin: impl FnOnce() -> Result<E>,
) -> Result<(E::Out, Ending)> {
    let choice = Choice::of(types).through(filter::of_export(arguments)?.map(Sieve::new));
    let mut options = input::run_options(&arguments.input, choice.interests(beside))?;
    options.analysis.hash_bodies = arguments.hash_bodies;
    options.analysis.decode_bodies = arguments.decode_bodies;
    options.analysis.hpack_tables = arguments.hpack_tables;
    let mut source = input::source(&arguments.input, &options, Told::BySignals, plan)?;
    let exporter = begin()?;
    let (out, outcome) = read(&mut *source, &options, choice, exporter, stop)?;
    Ok((out, output::complain_of_damage(&outcome)))
}
