//! Spans that wait for others to leave with.

use std::time::Instant;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::InstrumentationScope;
use opentelemetry_proto::tonic::resource::v1::Resource;
use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};
use prost::Message;

use crate::attributes::Attributes;
use crate::limits::{BATCH_BYTES_MAX, BATCH_SPANS_MAX, BATCH_WAIT_MAX};
use crate::writer::Options;

/// The semantic conventions that attributes are named by.
const SCHEMA_URL: &str = "https://opentelemetry.io/schemas/1.44.0";

/// Spans that were not sent yet, in the order of their events.
#[derive(Debug)]
pub(crate) struct Batch {
    resource: Resource,
    spans: Vec<Span>,
    bytes: usize,
    /// When the oldest of them came, by the clock on the wall.
    since: Option<Instant>,
}

impl Batch {
    /// Nothing waits.
    pub(crate) fn new(options: &Options) -> Self {
        let mut attributes = Attributes::default();
        attributes.put("service.name", options.service_name.as_str());
        attributes.put("service.version", env!("CARGO_PKG_VERSION"));
        attributes.put("host.name", options.host_name.as_deref());
        // Spans come from no library of OpenTelemetry's, and its conventions ask for another name then.
        attributes.put("telemetry.sdk.name", "tapline");
        attributes.put("telemetry.sdk.language", "rust");
        attributes.put("telemetry.sdk.version", env!("CARGO_PKG_VERSION"));
        let resource = Resource { attributes: attributes.into_inner(), ..Resource::default() };
        Self { resource, spans: Vec::new(), bytes: 0, since: None }
    }

    /// Adds a span.
    pub(crate) fn push(&mut self, span: Span) {
        self.bytes += span.encoded_len();
        self.spans.push(span);
        self.since.get_or_insert_with(Instant::now);
    }

    /// Whether nothing waits.
    pub(crate) fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Whether no more should be added.
    pub(crate) fn is_full(&self) -> bool {
        self.spans.len() >= BATCH_SPANS_MAX || self.bytes >= BATCH_BYTES_MAX
    }

    /// Whether something waited for long enough.
    pub(crate) fn is_due(&self) -> bool {
        self.since.is_some_and(|since| since.elapsed() >= BATCH_WAIT_MAX)
    }

    /// What waits as a request, and how many spans are in it.
    pub(crate) fn take(&mut self) -> (ExportTraceServiceRequest, usize) {
        let spans = std::mem::take(&mut self.spans);
        (self.bytes, self.since) = (0, None);
        let (count, version) = (spans.len(), env!("CARGO_PKG_VERSION").to_owned());
        let scope =
            InstrumentationScope { name: "tapline".to_owned(), version, ..InstrumentationScope::default() };
        let scope_spans = vec![ScopeSpans { scope: Some(scope), spans, schema_url: SCHEMA_URL.to_owned() }];
        let resource = Some(self.resource.clone());
        let all = ResourceSpans { resource, scope_spans, schema_url: SCHEMA_URL.to_owned() };
        (ExportTraceServiceRequest { resource_spans: vec![all] }, count)
    }
}
