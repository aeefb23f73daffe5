//! Events as records: what each has in it and what it is called. The contract stands in `docs/ndjson.md`.
//!
//! ```text
//!   event ──> visit: its record, secrets taken out ──> a line (ndjson), a row (csv, tables)
//!                  schema: what a record can have in it, before there is one
//! ```

mod anomaly;
mod capture;
mod certificate;
mod connection;
mod exchange;
mod finding;
mod grpc;
mod http;
mod http2_connection;
mod kind;
mod lookup;
mod schema;
mod series;
mod tcp;
mod tls;
pub(crate) mod values;
mod websocket;

use std::io;

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::Event;

use crate::redact::Redactor;
use values::{At, Headers, Octets, Place, Said, Shown, Value, hex};

pub use kind::{RecordType, interests};
pub use schema::{schema, schema_of_lines};

/// Who takes records, whatever is in them.
pub trait Visitor {
    /// Takes one of a type.
    fn record(&mut self, kind: RecordType, record: &impl Serialize) -> io::Result<()>;
}

/// Shows what an event is as a record, if it is one: a connection's progress is none, and neither is what only a close
/// look tells.
pub fn visit(event: &Event, redactor: &Redactor, to: &mut impl Visitor) -> io::Result<()> {
    use RecordType as T;
    match event {
        Event::Introduction(_)
        | Event::ConnectionProgress(_)
        | Event::TlsSessionProgress(_)
        | Event::DnsSaid(_)
        | Event::Segment(_)
        | Event::Carried(_)
        | Event::Message(_) => Ok(()),
        Event::Lookup(lookup) => to.record(T::DnsLookup, &lookup::Line::of(lookup)),
        Event::Finding(finding) => to.record(T::Finding, &finding::Line::of(finding, redactor)),
        Event::Connection(record) => to.record(T::Connection, &connection::Line::of(record, redactor)),
        Event::Tcp(verdict) => to.record(T::Tcp, &tcp::Line::of(verdict)),
        Event::TcpSample(sample) => to.record(T::TcpSample, &series::SampleLine::of(sample)),
        Event::TlsMessage(message) => to.record(T::TlsMessage, &tls::MessageLine::of(message)),
        Event::TlsSession(session) => to.record(T::TlsSession, &tls::SessionLine::of(session)),
        Event::Http1Message(message) => to.record(T::Http1Message, &http::Http1Line::of(message, redactor)),
        Event::Http2Frame(frame) => to.record(T::Http2Frame, &http::Http2Line::of(frame, redactor)),
        Event::WebSocketFrame(frame) => to.record(T::WebSocketFrame, &websocket::Line::of(frame, redactor)),
        Event::Http2Connection(told) => to.record(T::Http2Connection, &http2_connection::Line::of(told)),
        Event::Exchange(exchange) => to.record(T::HttpExchange, &exchange::Line::of(exchange, redactor)),
        Event::Anomaly(anomaly) => to.record(T::Anomaly, &anomaly::Line::of(anomaly)),
    }
}

/// Shows the capture's own record, which counts what the redactor took out of the others.
pub fn visit_capture(outcome: &Outcome, redactor: &Redactor, to: &mut impl Visitor) -> io::Result<()> {
    to.record(RecordType::Capture, &capture::Line::of(outcome, redactor.count()))
}
