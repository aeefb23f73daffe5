//! Traces for a collector of OpenTelemetry.
//!
//! Where packets come from an interface, rights are given up, the right to open sockets among them: then another process,
//! which sees no packet, sends what this one writes to it.

#![cfg(feature = "otlp")]

use std::io::{self, BufReader, Write};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use tapline_engine::analysis::human;
use tapline_otlp::{INTERESTS, Lines, Options, Protocol, Sent, Settings, Sink, Stated, TYPES, Writer, relay};

use super::stream;
use crate::arguments::{ExportArguments, RelayArguments, Spoken, TraceArguments};
use crate::rights::Plan;
use crate::stop::Stop;
use crate::{Ending, output};

/// Writes traces as lines.
pub(super) fn lines<W: Write>(
    arguments: &ExportArguments,
    plan: Plan,
    stop: &Stop,
    create: impl FnOnce() -> Result<W>,
) -> Result<(W, Ending)> {
    let options = options(arguments, None);
    let begin = || Ok(Writer::new(Lines::new(create()?), options));
    let ((lines, sent), ending) = stream(arguments, plan, stop, &TYPES, INTERESTS, begin)?;
    complain(&sent);
    Ok((lines.into_inner(), ending))
}

/// Sends traces to a collector.
pub(super) fn send(arguments: &ExportArguments) -> Result<Ending> {
    let settings = settings(&arguments.traces)?;
    let options = options(arguments, settings.service_name.clone());
    let stop = Stop::default();
    let plan = Plan::default();
    if arguments.input.interface.is_empty() {
        let sink = settings.open()?;
        let begin = || Ok(Writer::new(sink, options));
        let ((_, sent), ending) = stream(arguments, plan, &stop, &TYPES, INTERESTS, begin)?;
        complain(&sent);
        return Ok(ending);
    }
    let (mut child, stdin) = start(&arguments.traces)?;
    let begin = || Ok(Writer::new(Lines::new(io::BufWriter::new(stdin)), options));
    let written = stream(arguments, plan, &stop, &TYPES, INTERESTS, begin);
    // What it was told has ended, so it ends when all is sent; why it ended before, it said itself.
    let written = written.map(|((lines, sent), ending)| {
        drop(lines);
        complain(&sent);
        ending
    });
    let status = child.wait().context("cannot wait for what sends the traces")?;
    let ending = match written {
        Err(error) if output::is_broken_pipe(&error) => bail!("the traces could not be sent"),
        written => written?,
    };
    ensure!(status.success(), "not all traces were sent");
    Ok(ending)
}

/// Starts the process that sends. Signals of the terminal are not for it: it ends when all was sent.
fn start(arguments: &TraceArguments) -> Result<(Child, ChildStdin)> {
    let program = std::env::current_exe().context("cannot find this program")?;
    let mut command = Command::new(program);
    command.arg("relay-traces");
    if let Some(endpoint) = &arguments.endpoint {
        command.arg("--endpoint").arg(endpoint);
    }
    if let Some(protocol) = arguments.protocol {
        command.arg("--protocol").arg(spoken(protocol).name());
    }
    let mut child = command
        .stdin(Stdio::piped())
        .process_group(0)
        .spawn()
        .context("cannot start what sends the traces")?;
    let stdin = child.stdin.take().context("cannot write to what sends the traces")?;
    Ok((child, stdin))
}

/// The process that sends what another one writes to it.
pub(crate) fn send_lines(arguments: &RelayArguments) -> Result<Ending> {
    let mut sink: Box<dyn Sink> = settings(&arguments.traces)?.open()?;
    let mut sent = Sent::default();
    let result = relay(BufReader::new(io::stdin()), &mut sink, &mut sent);
    complain(&sent);
    result?;
    Ok(Ending::Whole)
}

fn options(arguments: &ExportArguments, said: Option<String>) -> Options {
    let defaults = Options { secrets: super::secrets(arguments), ..Options::default() };
    let said = said.or_else(|| std::env::var("OTEL_SERVICE_NAME").ok().filter(|name| !name.is_empty()));
    let service_name =
        arguments.traces.service_name.clone().or(said).unwrap_or(defaults.service_name.clone());
    Options { service_name, ..defaults }
}

fn settings(arguments: &TraceArguments) -> Result<Settings> {
    let protocol = arguments.protocol.map(spoken);
    let stated = Stated { endpoint: arguments.endpoint.as_deref(), protocol };
    Ok(Settings::read(stated, |name| std::env::var(name).ok())?)
}

fn spoken(protocol: Spoken) -> Protocol {
    match protocol {
        Spoken::Grpc => Protocol::Grpc,
        Spoken::Http => Protocol::HttpProtobuf,
    }
}

/// Says what the collector did not take, and what else it had to say.
fn complain(sent: &Sent) {
    if sent.rejected_spans > 0 {
        let (rejected, all) = (human::count(sent.rejected_spans), human::plural(sent.spans, "span"));
        output::complain(&format!("the collector rejected {rejected} of {all}"));
    }
    if sent.unread_answers > 0 {
        let answers = human::plural(sent.unread_answers, "answer");
        output::complain(&format!("{answers} of the collector could not be read: it may have rejected more"));
    }
    if let Some(message) = &sent.message {
        output::complain(&format!("the collector says: {message}"));
    }
    if sent.left_out_spans > 0 {
        let spans = human::plural(sent.left_out_spans, "span");
        output::complain(&format!("{spans} left out: too many connections at once"));
    }
}
