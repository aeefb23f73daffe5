//! Events in; OpenTelemetry traces for a collector out, by OTLP over HTTP or gRPC, or as lines of JSON.
//!
//! ```text
//!   Event ──> Known: whose is it ──> spans: what it is as spans ──> Batch ──> Sink: Http, Grpc, Lines
//! ```
//!
//! A connection is a trace, its handshakes and exchanges are spans of it. A request that carries a `traceparent`
//! belongs to its caller's trace instead, with a link to the connection. Ids are hashes of what a capture says, so a
//! child leaves before its parent is known, and the same capture gives the same ids.
//!
//! Decides nothing about what is true, holds no capture. What is not known is left out.

mod attributes;
mod batch;
mod context;
mod ids;
mod known;
mod limits;
mod relay;
mod settings;
mod sink;
mod spans;
mod writer;

use tapline_engine::analysis::Interests;
use tapline_export::records::RecordType;

pub use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
pub use relay::relay;
pub use settings::{Compression, Headers, Protocol, Settings, SettingsError, Stated};
pub use sink::{Answer, Grpc, Http, Lines, Patience, Sink, SinkError, Terms};
pub use writer::{Options, Sent, Writer};

/// The records that are told as spans.
pub const TYPES: [RecordType; 5] = [
    RecordType::Connection,
    RecordType::TlsSession,
    RecordType::Http2Connection,
    RecordType::HttpExchange,
    RecordType::Finding,
];

/// The events that a [`Writer`] needs: those of these records, and what they are known by.
pub const INTERESTS: Interests = Interests {
    introductions: true,
    connections: true,
    tls_sessions: true,
    http2_connections: true,
    exchanges: true,
    // `traceparent` stands there.
    headers: true,
    findings: true,
    ..Interests::NONE
};
