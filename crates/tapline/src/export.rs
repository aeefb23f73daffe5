//! `tapline export`.

mod close;
mod page;
mod stream;
mod tables;
#[cfg(feature = "otlp")]
mod traces;
mod twice;

use std::io::{IsTerminal, Write};

use anyhow::{Result, bail};
use tapline_engine::analysis::{Interests, human};
use tapline_export::csv::{self, Columns};
use tapline_export::har::{self, LeftOut, WithBodies};
use tapline_export::ndjson;
use tapline_export::records::RecordType;
use tapline_export::redact::Secrets;

use crate::arguments::{ExportArguments, Format};
use crate::output::NewFile;
use crate::rights::{self, Plan};
use crate::stop::Stop;
use crate::{Ending, input, output};
use stream::stream;
#[cfg(feature = "otlp")]
pub(crate) use traces::send_lines;

/// Writes an export.
pub(crate) fn run(arguments: &ExportArguments) -> Result<Ending> {
    match &arguments.output {
        Some(folder) if arguments.to == Format::Parquet => tables::write(arguments, folder),
        #[cfg(feature = "otlp")]
        None if arguments.to == Format::Otlp => traces::send(arguments),
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
    let secrets = secrets(arguments);
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
        #[cfg(feature = "otlp")]
        Format::Otlp => traces::lines(arguments, plan, stop, create),
        #[cfg(not(feature = "otlp"))]
        Format::Otlp => {
            bail!("this build sends no traces: cargo build --release --features otlp makes one that does")
        }
        Format::Mermaid => twice::diagram(arguments, stop, secrets, create()?),
        Format::Html => page::page(arguments, plan, stop, secrets, create),
        Format::Pcapng => twice::packets(arguments, stop, create()?),
        Format::Parquet => bail!("tables are files in a folder: name it with -o"),
    }
}

fn secrets(arguments: &ExportArguments) -> Secrets {
    if arguments.no_redact { Secrets::Shown } else { Secrets::Redacted }
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
