//! `tapline export`.

use std::io::{IsTerminal, Write};

use anyhow::{Context, Result, bail};
use tapline_engine::analysis::{Interests, human};
use tapline_engine::{Going, close_up};
use tapline_export::csv::{self, Columns};
use tapline_export::har::{self, LeftOut, WithBodies};
use tapline_export::pcapng::{self, Selection, Wanted};
use tapline_export::records::RecordType;
use tapline_export::redact::{Redactor, Secrets};
use tapline_export::{Choice, Exporter, export, mermaid, ndjson, single};
use tapline_filter::Sieve;
use tapline_ladder::Close;

use crate::arguments::{Detail, ExportArguments, Format};
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
    let secrets = if arguments.no_redact { Secrets::Shown } else { Secrets::Redacted };
    match arguments.to {
        Format::Ndjson => {
            let usual = RecordType::usual();
            let types = if arguments.types.is_empty() { &usual } else { &arguments.types };
            let begin = || Ok(ndjson::Writer::new(create()?).with(secrets));
            stream(arguments, plan, stop, types, Interests::NONE, begin)
        }
        Format::Csv => {
            let record = match arguments.types.as_slice() {
                [] => RecordType::Connection,
                [one] => *one,
                _ => bail!("a table is of one type: name one with --types"),
            };
            let columns = Columns::named(record, &arguments.columns)?;
            let begin = || Ok(csv::Writer::new(create()?, &columns, secrets)?);
            stream(arguments, plan, stop, &[record], Interests::NONE, begin)
        }
        Format::Har => {
            let bodies = if arguments.bodies { WithBodies::Yes } else { WithBodies::No };
            let beside = har::BESIDE.and(Interests { wire: arguments.bodies, ..Interests::NONE });
            let begin = || Ok(har::Writer::new(create()?, secrets, bodies));
            let ((out, left_out), ending) =
                stream(arguments, plan, stop, &[RecordType::HttpExchange], beside, begin)?;
            complain_of_left_out(left_out);
            Ok((out, ending))
        }
        Format::Mermaid => diagram(arguments, stop, secrets, create()?),
        Format::Pcapng => packets(arguments, stop, create()?),
    }
}

/// Says what HAR has no form for.
fn complain_of_left_out(left_out: LeftOut) {
    let LeftOut { inferred, without_request } = left_out;
    if inferred > 0 {
        let exchanges = human::plural(inferred, "exchange");
        output::complain(&format!(
            "{exchanges} left out: inferred from closed TLS, without method and URL; --keylog opens it"
        ));
    }
    if without_request > 0 {
        let exchanges = human::plural(without_request, "exchange");
        output::complain(&format!("{exchanges} left out: the request is not in the capture"));
    }
}

/// Writes records of these types while they are told, with what `begin` makes once rights are given up.
fn stream<E: Exporter>(
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
    let mut progress = Progress::new();
    let written = export(&mut *source, &options, choice, exporter, |batch| {
        progress.see(batch);
        stop.flow()
    });
    progress.clear();
    let (out, outcome) = written?;
    Ok((out, output::complain_of_damage(&outcome)))
}

/// Draws one connection: the capture is read twice, once to find it.
fn diagram<W: Write>(
    arguments: &ExportArguments,
    stop: &Stop,
    secrets: Secrets,
    mut out: W,
) -> Result<(W, Ending)> {
    let sieve = filter::of_export(arguments)?.map(Sieve::new);
    let options = input::run_options(&arguments.input, Interests::NONE)?;
    let once = "a diagram is drawn of what can be read twice: keep it first, tapline report -i IFACE -w FILE";
    let again = input::again(&arguments.input, &options).context(once)?;
    let mut progress = Progress::new();
    let (found, facts) = single::find(&mut *(again.reopen)()?, &options, sieve, |at| {
        progress.reach(at);
        stop.flow()
    });
    progress.clear();
    let subject = found?;
    let close = Close::of(close_up((again.reopen)()?, &options, subject, &Going::default()));
    let detail = match arguments.detail {
        Detail::Brief => mermaid::Detail::Brief,
        Detail::Usual => mermaid::Detail::Usual,
        Detail::Full => mermaid::Detail::Full,
    };
    let diagram = mermaid::diagram(&close, detail, &Redactor::new(secrets));
    out.write_all(
        diagram.context("the connection is not there any more: was the file changed?")?.as_bytes(),
    )?;
    out.flush()?;
    Ok((out, output::complain_of(&facts)))
}

/// Writes packets: the capture is read twice, once to find them.
fn packets<W: Write>(arguments: &ExportArguments, stop: &Stop, mut out: W) -> Result<(W, Ending)> {
    let sieve = filter::of_export(arguments)?.map(|filter| Box::new(Sieve::new(filter)));
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
    if selection.findings_left_out() > 0 {
        let findings = human::plural(selection.findings_left_out(), "finding");
        output::complain(&format!("{findings} not noted on their packets, because there are so many"));
    }
    // Where the file became shorter between the two readings, the second one sees nothing wrong.
    first.conclude();
    let facts = if source.facts().is_damaged() { source.facts() } else { first.facts() };
    let ending = output::complain_of(facts);
    Ok((out, ending))
}
