//! Captures through the engine into an exporter.
#![allow(dead_code, reason = "each test uses what it needs")]
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

pub(crate) mod receiver;

use std::io::{self, Cursor};
use std::ops::ControlFlow;
use std::path::Path;

use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue};
use opentelemetry_proto::tonic::trace::v1::Span;
use tapline_engine::analysis::{Event, Options as AnalysisOptions};
use tapline_engine::capture::{Source, open, open_reader};
use tapline_engine::{KeyFiles, Outcome, RunOptions, run};
use tapline_export::{Choice, Exporter};
use tapline_filter::Sieve;
use tapline_otlp::{Answer, ExportTraceServiceRequest, INTERESTS, Options, Sent, Sink, TYPES, Writer};
use tapline_testkit::{Frame, root};

/// Keeps what it is sent.
#[derive(Default)]
pub(crate) struct Kept(pub(crate) Vec<ExportTraceServiceRequest>);

impl Sink for Kept {
    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        self.0.push(request.clone());
        Ok(Answer::default())
    }
}

/// What was exported, and what of.
pub(crate) struct Exported<S> {
    pub(crate) sink: S,
    pub(crate) sent: Sent,
    pub(crate) events: Vec<Event>,
}

impl Exported<Kept> {
    pub(crate) fn spans(&self) -> Vec<Span> {
        spans(&self.sink.0)
    }
}

/// All spans of some requests, in order.
pub(crate) fn spans(requests: &[ExportTraceServiceRequest]) -> Vec<Span> {
    let resources = requests.iter().flat_map(|request| &request.resource_spans);
    resources.flat_map(|resource| &resource.scope_spans).flat_map(|scope| scope.spans.clone()).collect()
}

/// A capture of the project, with the secrets that lie beside it.
pub(crate) fn fixture(name: &str) -> (Box<dyn Source + Send>, RunOptions) {
    of_path(&root().join("fixtures").join(name).with_extension("pcapng"))
}

pub(crate) fn of_path(path: &Path) -> (Box<dyn Source + Send>, RunOptions) {
    let mut options = RunOptions::new(AnalysisOptions::of(INTERESTS));
    let secrets = path.with_extension("keys");
    if secrets.is_file() {
        let mut keys = KeyFiles::default();
        keys.add_log(&secrets).unwrap();
        options.keys = keys;
    }
    (open(&[path.to_owned()]).unwrap(), options)
}

/// A capture that was built.
pub(crate) fn built<'a>(frames: impl IntoIterator<Item = &'a Frame>) -> (Box<dyn Source + Send>, RunOptions) {
    let capture = tapline_testkit::capture(Vec::new(), frames).unwrap();
    let source = open_reader("built", Box::new(Cursor::new(capture))).unwrap();
    (source, RunOptions::new(AnalysisOptions::of(INTERESTS)))
}

/// Runs a capture into a writer as the command line does, with what a filter lets through.
pub(crate) fn export_through<S: Sink>(
    (mut source, options): (Box<dyn Source + Send>, RunOptions),
    mut writer: Writer<S>,
    sieve: Option<Sieve>,
) -> io::Result<Exported<S>> {
    let mut choice = Choice::of(&TYPES).through(sieve);
    let (mut events, mut written) = (Vec::new(), Ok(()));
    let outcome: Outcome = run(&mut *source, &options, |batch| {
        written = choice.write(&batch, &mut writer);
        events.extend(batch.events);
        if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    written?;
    let (sink, sent) = writer.finish(&outcome, false)?;
    Ok(Exported { sink, sent, events })
}

pub(crate) fn export_to<S: Sink>(
    capture: (Box<dyn Source + Send>, RunOptions),
    writer: Writer<S>,
) -> io::Result<Exported<S>> {
    export_through(capture, writer, None)
}

pub(crate) fn export(capture: (Box<dyn Source + Send>, RunOptions), options: Options) -> Exported<Kept> {
    export_to(capture, Writer::new(Kept::default(), options)).unwrap()
}

/// The value of an attribute.
pub(crate) fn value<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
    let mut of_it = attributes.iter().filter(|attribute| attribute.key == key);
    let found = of_it.next()?;
    assert!(of_it.next().is_none(), "{key} stands there twice");
    found.value.as_ref()?.value.as_ref()
}

pub(crate) fn text<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a str> {
    match value(attributes, key)? {
        Value::StringValue(text) => Some(text),
        other => panic!("{key} is {other:?}"),
    }
}

pub(crate) fn number(attributes: &[KeyValue], key: &str) -> Option<i64> {
    match value(attributes, key)? {
        Value::IntValue(number) => Some(*number),
        other => panic!("{key} is {other:?}"),
    }
}

pub(crate) fn texts(attributes: &[KeyValue], key: &str) -> Vec<String> {
    let Some(Value::ArrayValue(list)) = value(attributes, key) else { return Vec::new() };
    let text = |value: &AnyValue| match &value.value {
        Some(Value::StringValue(text)) => text.clone(),
        other => panic!("{other:?}"),
    };
    list.values.iter().map(text).collect()
}
