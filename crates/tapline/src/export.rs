//! `tapline export`.

use std::io::{IsTerminal, Write};
use std::ops::ControlFlow;

use anyhow::{Context, Result, bail};
use tapline_engine::analysis::Interests;
use tapline_engine::capture::Source;
use tapline_engine::{Batch, Outcome, RunOptions, run as run_engine};
use tapline_export::ndjson::{self, RecordType, Writer};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::redact::Secrets;
use tapline_filter::Sieve;

use crate::arguments::{ExportArguments, Format};
use crate::live::Told;
use crate::output::NewFile;
use crate::progress::Progress;
use crate::rights::{self, Plan};
use crate::stop::Stop;
use crate::{Ending, filter, input, output};

/// Writes an export.
pub(crate) fn run(arguments: &ExportArguments) -> Result<Ending> {
    match &arguments.output {
        None if matches!(arguments.to, Format::Pcapng) && std::io::stdout().is_terminal() => {
            bail!("packets are not for a terminal: name a file with -o")
        }
        None => Ok(write(arguments, Plan::default(), &Stop::default(), || Ok(output::stdout()))?.1),
        Some(path) => {
            // What comes live ends with a signal, and is whole.
            let stop = if input::is_live(&arguments.input) { Stop::default() } else { Stop::heard()? };
            // Made with the rights that it will be named with: what cannot be written is known before the capture.
            let create = || rights::explained(&arguments.input, NewFile::create(path));
            let written = write(arguments, Plan::writing(path), &stop, create);
            if stop.is_heard() {
                drop(written);
                output::complain(&format!("stopped: nothing was written to {}", path.display()));
                stop.obey()?;
                return Ok(Ending::Damaged);
            }
            let (file, ending) = written?;
            file.persist()?;
            Ok(ending)
        }
    }
}

/// Opens by `create` what is written to when rights are given up: the plan allows it.
fn write<W: Write>(
    arguments: &ExportArguments,
    plan: Plan,
    stop: &Stop,
    create: impl FnOnce() -> Result<W>,
) -> Result<(W, Ending)> {
    match arguments.to {
        Format::Ndjson => {
            let (out, outcome) = ndjson(arguments, plan, stop, create)?;
            Ok((out, output::complain_of_damage(&outcome)))
        }
        Format::Pcapng => packets(arguments, stop, create()?),
    }
}

/// Writes packets: the capture is read twice, once to find them.
fn packets<W: Write>(arguments: &ExportArguments, stop: &Stop, mut out: W) -> Result<(W, Ending)> {
    let sieve = filter::filter(&arguments.filter)?.map(|filter| Box::new(Sieve::new(filter)));
    let options = input::run_options(&arguments.input, Interests::NONE)?;
    let once =
        "packets of an interface or a pipe are written while they come: tapline report -i IFACE -w FILE";
    let again = input::again(&arguments.input, &options).context(once)?;
    let mut progress = Progress::new();
    let mut see = |at| {
        progress.reach(at);
        stop.flow()
    };
    let wanted = sieve.map_or(Wanted::All, Wanted::Filter);
    let mut first = (again.reopen)()?;
    let selection = Selection::find(&mut *first, &options, wanted, &mut see);
    let mut source = (again.reopen)()?;
    pcapng::write(&mut *source, &selection, &mut out, &mut see)?;
    progress.clear();
    if let Some(secrets) = selection.has_secrets_of() {
        output::complain(&format!("{secrets} are in it: whoever has the file can read them"));
    }
    // Where the file became shorter between the two readings, the second one sees nothing wrong.
    first.conclude();
    let facts = if source.facts().is_damaged() { source.facts() } else { first.facts() };
    let ending = output::complain_of(facts);
    Ok((out, ending))
}

fn ndjson<W: Write>(
    arguments: &ExportArguments,
    plan: Plan,
    stop: &Stop,
    create: impl FnOnce() -> Result<W>,
) -> Result<(W, Outcome)> {
    let sieve = filter::filter(&arguments.filter)?.map(Sieve::new);
    let usual = RecordType::usual();
    let types = if arguments.types.is_empty() { &usual } else { &arguments.types };
    let wanted = ndjson::interests(types);
    let interests = sieve.as_ref().map_or(wanted, |sieve| wanted.and(sieve.needs(wanted)));
    let mut options = input::run_options(&arguments.input, interests)?;
    options.analysis.hash_bodies = arguments.hash_bodies;
    options.analysis.decode_bodies = arguments.decode_bodies;
    options.analysis.hpack_tables = arguments.hpack_tables;
    let mut source = input::source(&arguments.input, &options, Told::BySignals, plan)?;
    let secrets = if arguments.no_redact { Secrets::Shown } else { Secrets::Redacted };
    let writer = Writer::new(create()?).with(secrets);
    let mut progress = Progress::new();
    let written = write_ndjson(&mut *source, &options, types, sieve, writer, |batch| {
        progress.see(batch);
        stop.flow()
    });
    progress.clear();
    written
}

/// Writes what a source holds. The options' interests must be those of the types, and what the sieve needs.
pub(crate) fn write_ndjson<W: Write>(
    source: &mut dyn Source,
    options: &RunOptions,
    types: &[RecordType],
    sieve: Option<Sieve>,
    mut writer: Writer<W>,
    mut see: impl FnMut(&Batch) -> ControlFlow<()>,
) -> Result<(W, Outcome)> {
    if let Some(sieve) = sieve {
        writer = writer.through(sieve, types);
    }
    let mut written = Ok(());
    let outcome = run_engine(source, options, |batch| {
        let go_on = see(&batch);
        if let Some(first) = batch.totals.first {
            writer.begin(first);
        }
        // Whoever reads along sees a batch when it is analysed; live, that is at once.
        written = batch.events.iter().try_for_each(|event| writer.event(event)).and_then(|()| writer.flush());
        if written.is_ok() { go_on } else { ControlFlow::Break(()) }
    });
    written?;
    if types.contains(&RecordType::Capture) {
        writer.capture(&outcome)?;
    }
    Ok((writer.into_inner()?, outcome))
}
