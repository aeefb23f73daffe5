//! One JSON object a line; the contract stands in `docs/ndjson.md`.

mod capture;
mod certificate;
mod connection;
mod exchange;
mod finding;
mod grpc;
mod http;
mod http2_connection;
mod json;
mod lookup;
mod series;
mod tcp;
mod tls;
mod websocket;

use std::io::{self, Write};
use std::str::FromStr;

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::decode::Fields;
use tapline_engine::analysis::{AnomalyRecord, Event, Interests, Origin, Sender, Timestamp};
use tapline_filter::Sieve;

use crate::redact::{Redactor, Secrets};
use crate::time;

/// A record type, the `type` of a line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecordType {
    /// The capture as a whole; the last line.
    Capture,
    /// A connection.
    Connection,
    /// A TCP segment that is odd.
    Tcp,
    /// A moment of what a side of a connection sends.
    TcpSample,
    /// A TLS record or handshake message.
    TlsMessage,
    /// A TLS handshake.
    TlsSession,
    /// An HTTP/1 message.
    Http1Message,
    /// An HTTP/2 frame.
    Http2Frame,
    /// A WebSocket frame.
    WebSocketFrame,
    /// An HTTP/2 connection as a whole.
    Http2Connection,
    /// A request with its response.
    HttpExchange,
    /// A DNS lookup.
    DnsLookup,
    /// Something worth telling.
    Finding,
    /// Something that its RFC forbids or that could not be read.
    Anomaly,
}

impl RecordType {
    /// Every type.
    pub const ALL: [Self; 14] = [
        Self::Capture,
        Self::Connection,
        Self::Tcp,
        Self::TcpSample,
        Self::TlsMessage,
        Self::TlsSession,
        Self::Http1Message,
        Self::Http2Frame,
        Self::WebSocketFrame,
        Self::Http2Connection,
        Self::HttpExchange,
        Self::DnsLookup,
        Self::Finding,
        Self::Anomaly,
    ];

    /// What an event is as a record, if it is one.
    pub fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Introduction(_)
            | Event::ConnectionProgress(_)
            | Event::TlsSessionProgress(_)
            | Event::DnsSaid(_)
            | Event::Segment(_)
            | Event::Carried(_)
            | Event::Message(_) => return None,
            Event::Connection(_) => Self::Connection,
            Event::Tcp(_) => Self::Tcp,
            Event::TcpSample(_) => Self::TcpSample,
            Event::TlsMessage(_) => Self::TlsMessage,
            Event::TlsSession(_) => Self::TlsSession,
            Event::Http1Message(_) => Self::Http1Message,
            Event::Http2Frame(_) => Self::Http2Frame,
            Event::WebSocketFrame(_) => Self::WebSocketFrame,
            Event::Http2Connection(_) => Self::Http2Connection,
            Event::Exchange(_) => Self::HttpExchange,
            Event::Lookup(_) => Self::DnsLookup,
            Event::Finding(_) => Self::Finding,
            Event::Anomaly(_) => Self::Anomaly,
        })
    }

    /// The types that are written where nobody chooses: all but those with a line for nearly every packet.
    pub fn usual() -> Vec<Self> {
        Self::ALL.into_iter().filter(|&kind| kind != Self::TcpSample).collect()
    }

    /// The name in `type`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Connection => "connection",
            Self::Tcp => "tcp",
            Self::TcpSample => "tcp_sample",
            Self::TlsMessage => "tls_message",
            Self::TlsSession => "tls_session",
            Self::Http1Message => "http1_message",
            Self::Http2Frame => "http2_frame",
            Self::WebSocketFrame => "websocket_frame",
            Self::Http2Connection => "http2_connection",
            Self::HttpExchange => "http_exchange",
            Self::DnsLookup => "dns_lookup",
            Self::Finding => "finding",
            Self::Anomaly => "anomaly",
        }
    }
}

impl FromStr for RecordType {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|kind| kind.name() == name).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|kind| kind.name()).collect();
            format!("no record type {name:?}; there are {}", names.join(", "))
        })
    }
}

/// The events that somebody must make for these record types.
pub fn interests(types: &[RecordType]) -> Interests {
    let wants = |kind| types.contains(&kind);
    Interests {
        introductions: false,
        connections: wants(RecordType::Connection),
        wire: false,
        tcp: wants(RecordType::Tcp),
        tcp_samples: wants(RecordType::TcpSample),
        tls_messages: wants(RecordType::TlsMessage),
        tls_sessions: wants(RecordType::TlsSession),
        tls_progress: false,
        http1_messages: wants(RecordType::Http1Message),
        http2_frames: wants(RecordType::Http2Frame),
        websocket_frames: wants(RecordType::WebSocketFrame),
        http2_connections: wants(RecordType::Http2Connection),
        exchanges: wants(RecordType::HttpExchange),
        headers: wants(RecordType::HttpExchange),
        lookups: wants(RecordType::DnsLookup),
        findings: wants(RecordType::Finding),
        anomalies: wants(RecordType::Anomaly),
    }
}

/// Writes events as lines. What is written was asked for with [`interests`].
pub struct Writer<W: Write> {
    lines: Lines<W>,
    redactor: Redactor,
    /// What goes through, and the types of it that are wanted: a filter has to see others too.
    sieve: Option<(Sieve, Vec<RecordType>)>,
}

impl<W: Write> Writer<W> {
    /// Writes to `out`, which should be buffered. Secrets are redacted.
    pub fn new(out: W) -> Self {
        let lines = Lines { out, newest: Vec::new() };
        Self { lines, redactor: Redactor::default(), sieve: None }
    }

    /// Shows secrets, or not. Filters see them anyway.
    #[must_use]
    pub fn with(self, secrets: Secrets) -> Self {
        Self { redactor: Redactor::new(secrets), ..self }
    }

    /// Writes of these types only what a filter lets through. The events must be those of [`interests`] and those
    /// that the sieve needs beside them.
    #[must_use]
    pub fn through(self, sieve: Sieve, types: &[RecordType]) -> Self {
        Self { sieve: Some((sieve, types.to_vec())), ..self }
    }

    /// The capture began then; only the first call counts.
    pub fn begin(&mut self, start: Timestamp) {
        if let Some((sieve, _)) = &mut self.sieve {
            sieve.begin(start);
        }
    }

    /// Writes one event; a connection's progress is no record, and neither is what only a close look tells.
    pub fn event(&mut self, event: &Event) -> io::Result<()> {
        if let Some((sieve, types)) = &mut self.sieve
            && !(sieve.holds(event) && RecordType::of(event).is_some_and(|kind| types.contains(&kind)))
        {
            return Ok(());
        }
        let Self { lines, redactor, .. } = self;
        match event {
            Event::Introduction(_)
            | Event::ConnectionProgress(_)
            | Event::TlsSessionProgress(_)
            | Event::DnsSaid(_)
            | Event::Segment(_)
            | Event::Carried(_)
            | Event::Message(_) => Ok(()),
            Event::Lookup(lookup) => lines.write(&lookup::Line::of(lookup)),
            Event::Finding(finding) => lines.write(&finding::Line::of(finding, redactor)),
            Event::Connection(record) => lines.write(&connection::Line::of(record, redactor)),
            Event::Tcp(verdict) => lines.write(&tcp::Line::of(verdict)),
            Event::TcpSample(sample) => lines.write(&series::SampleLine::of(sample)),
            Event::TlsMessage(message) => lines.write(&tls::MessageLine::of(message)),
            Event::TlsSession(session) => lines.write(&tls::SessionLine::of(session)),
            Event::Http1Message(message) => lines.write(&http::Http1Line::of(message, redactor)),
            Event::Http2Frame(frame) => lines.write(&http::Http2Line::of(frame, redactor)),
            Event::WebSocketFrame(frame) => lines.write(&websocket::Line::of(frame, redactor)),
            Event::Http2Connection(connection) => lines.write(&http2_connection::Line::of(connection)),
            Event::Exchange(exchange) => lines.write(&exchange::Line::of(exchange, redactor)),
            Event::Anomaly(anomaly) => lines.write(&anomaly_line(anomaly)),
        }
    }

    /// Writes the capture's own record.
    pub fn capture(&mut self, outcome: &Outcome) -> io::Result<()> {
        self.lines.write(&capture::Line::of(outcome, self.redactor.count()))
    }

    /// Hands what was written so far to the system.
    pub fn flush(&mut self) -> io::Result<()> {
        self.lines.out.flush()
    }

    /// Hands everything to the system and gives back where it went.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.lines.out.flush()?;
        Ok(self.lines.out)
    }
}

/// Where lines go.
struct Lines<W: Write> {
    out: W,
    newest: Vec<u8>,
}

impl<W: Write> Lines<W> {
    fn write(&mut self, record: &impl Serialize) -> io::Result<()> {
        self.newest.clear();
        json::append(&mut self.newest, record).map_err(io::Error::other)?;
        self.newest.push(b'\n');
        self.out.write_all(&self.newest)
    }
}

/// A time as RFC 3339.
#[derive(Clone, Copy)]
struct At(Timestamp);

impl Serialize for At {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(std::str::from_utf8(&time::octets(self.0)).unwrap_or_default())
    }
}

/// Anything with a `Display`, as a string.
struct Shown<T>(T);

impl<T: std::fmt::Display> Serialize for Shown<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

/// Header fields as pairs of texts, without secrets.
struct Headers<'a>(&'a Fields, &'a Redactor);

impl Serialize for Headers<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(fields, redactor) = self;
        serializer
            .collect_seq(fields.iter().map(|(name, octets)| (Octets(name), Value { name, octets, redactor })))
    }
}

/// The value of a header field, without secrets.
struct Value<'a> {
    name: &'a [u8],
    octets: &'a [u8],
    redactor: &'a Redactor,
}

impl Serialize for Value<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.redactor.field(self.name, self.octets) {
            Some(redacted) => serializer.serialize_str(&redacted),
            None => serializer.serialize_bytes(self.octets),
        }
    }
}

/// Octets that the serializer writes as text.
struct Octets<'a>(&'a [u8]);

impl Serialize for Octets<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(self.0)
    }
}

/// Octets in hexadecimal.
fn hex(octets: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    octets.iter().flat_map(|octet| [digit(octet >> 4), digit(octet & 15)]).collect()
}

/// `packet` and `at` of where something was seen.
#[derive(Serialize)]
struct Place {
    packet: u64,
    at: At,
}

impl From<Origin> for Place {
    fn from(origin: Origin) -> Self {
        Self { packet: origin.packet, at: At(origin.at) }
    }
}

/// Where and by whom a message was said: the same in every record of one.
#[derive(Serialize)]
struct Said {
    packet: u64,
    at: At,
    first_packet: u64,
    connection: u64,
    from: &'static str,
}

impl Said {
    fn new(connection: u64, first: Origin, last: Origin, from: Sender) -> Self {
        let Origin { packet, at } = last;
        Self { packet, at: At(at), first_packet: first.packet, connection, from: from.name() }
    }
}

#[derive(Serialize)]
struct AnomalyLine<'a> {
    r#type: &'static str,
    packet: u64,
    at: At,
    connection: u64,
    from: &'static str,
    code: &'static str,
    detail: &'a str,
    offset: u64,
    length_bytes: u64,
}

fn anomaly_line(anomaly: &AnomalyRecord) -> AnomalyLine<'_> {
    AnomalyLine {
        r#type: RecordType::Anomaly.name(),
        packet: anomaly.origin.packet,
        at: At(anomaly.origin.at),
        connection: anomaly.connection,
        from: anomaly.from.name(),
        code: anomaly.code,
        detail: &anomaly.detail,
        offset: anomaly.span.start,
        length_bytes: anomaly.span.end.saturating_sub(anomaly.span.start),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_records_as_they_are_written() {
        let names = RecordType::ALL.map(RecordType::name).into_iter().filter(|&name| name != "capture");
        assert!(names.eq(tapline_filter::RecordKind::ALL.map(tapline_filter::RecordKind::name)));
    }
}
