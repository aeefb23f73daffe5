//! The types of records.

use std::str::FromStr;

use tapline_engine::analysis::{Event, Interests};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_names_records_as_they_are_written() {
        let names = RecordType::ALL.map(RecordType::name).into_iter().filter(|&name| name != "capture");
        assert!(names.eq(tapline_filter::RecordKind::ALL.map(tapline_filter::RecordKind::name)));
    }
}
