//! Every bound of this crate, by name, with its reason.

use std::time::Duration;

/// Spans in one request to a collector: as many as the exporters of OpenTelemetry's own libraries send at once
/// (`OTEL_BSP_MAX_EXPORT_BATCH_SIZE`).
pub(crate) const BATCH_SPANS_MAX: usize = 512;

/// Octets of one request, about: a quarter of what a gRPC receiver takes where nobody told it otherwise (4 MiB).
pub(crate) const BATCH_BYTES_MAX: usize = 1 << 20;

/// How long a span waits for others to leave with: what comes live should be seen soon.
pub(crate) const BATCH_WAIT_MAX: Duration = Duration::from_secs(1);

/// Connections that are not over of which is remembered what their spans need, some hundred octets each. More than analysis
/// follows at once; should there be more, their spans are left out and counted.
pub(crate) const CONNECTIONS_MAX: usize = 1 << 21;

/// Findings that one span carries; how many more there were stands beside them.
pub(crate) const FINDINGS_MAX: usize = 32;

/// Octets of a text in an attribute; what is longer ends with `…`. URLs of people are shorter, heads may be as long as a
/// request.
pub(crate) const TEXT_BYTES_MAX: usize = 4096;

/// Entries of an attribute that is a list, as the packets of a finding.
pub(crate) const ENTRIES_MAX: usize = 64;

/// Octets of a `tracestate` that are handed on; one that is longer is left out whole. W3C Trace Context
/// asks for 512 at least.
pub(crate) const TRACE_STATE_BYTES_MAX: usize = 4096;

/// Members of a `tracestate`, as W3C Trace Context has it.
pub(crate) const TRACE_STATE_MEMBERS_MAX: usize = 32;

/// Lines that wait to be sent on: enough that reading goes on while some are sent.
pub(crate) const RELAY_LINES_MAX: usize = 32;

/// Octets of a line that is sent on: as much as a receiver takes where nobody told it otherwise.
pub(crate) const RELAY_LINE_BYTES_MAX: u64 = 4 << 20;

/// How long it may take to reach a collector.
pub(crate) const CONNECT_WAIT_MAX: Duration = Duration::from_secs(5);

/// How long a collector may take to answer, where `OTEL_EXPORTER_OTLP_TIMEOUT` does not say: what OTLP names.
pub(crate) const ANSWER_WAIT_MAX: Duration = Duration::from_secs(10);

/// How long one request is tried in all, waits between tries included. Live, packets queue up meanwhile.
pub(crate) const RETRY_WAIT_MAX: Duration = Duration::from_secs(30);

/// The wait before the second try, where the collector asks for none; it doubles with each.
pub(crate) const RETRY_WAIT_FIRST: Duration = Duration::from_millis(250);

/// Octets of a collector's answer that are read: a number and a sentence. One that is longer is not read, which is said.
pub(crate) const ANSWER_BYTES_MAX: u64 = 64 << 10;

/// Characters of what a collector says that are repeated: a sentence or two.
pub(crate) const ANSWER_TEXT_MAX: usize = 300;
