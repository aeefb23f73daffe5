//! What is wanted of an analysis.

use std::sync::Arc;

use tapline_decode::{Keys, Protocol};
use tapline_packet::Endpoint;

use crate::Event;
use crate::certificate::Trust;
use crate::limits::SHARDS;

/// Which events somebody will read; the others are not made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "one switch an event type, each on its own")]
pub struct Interests {
    /// What connections are known by, ahead of their other events.
    pub introductions: bool,
    /// Connections.
    pub connections: bool,
    /// TCP verdicts one by one.
    pub tcp: bool,
    /// Round trips, octets in flight and windows, segment by segment.
    pub tcp_samples: bool,
    /// Every segment, every octet and every message as it was read: what a close look at one connection needs, and
    /// too much for all of a capture.
    pub wire: bool,
    /// TLS messages one by one.
    pub tls_messages: bool,
    /// TLS sessions.
    pub tls_sessions: bool,
    /// TLS sessions as they stand when their handshake ends, before they are over.
    pub tls_progress: bool,
    /// HTTP/1 messages one by one.
    pub http1_messages: bool,
    /// HTTP/2 frames one by one.
    pub http2_frames: bool,
    /// WebSocket frames one by one.
    pub websocket_frames: bool,
    /// HTTP/2 connections as a whole.
    pub http2_connections: bool,
    /// Requests with their responses.
    pub exchanges: bool,
    /// Header fields on exchanges.
    pub headers: bool,
    /// DNS lookups.
    pub lookups: bool,
    /// What is worth telling of all these.
    pub findings: bool,
    /// Anomalies one by one.
    pub anomalies: bool,
}

impl Interests {
    /// Everything there is.
    pub const CLOSE: Self = Self { wire: true, ..Self::FULL };

    /// Every event with every field, but what only [`Self::CLOSE`] has.
    pub const FULL: Self = Self {
        introductions: true,
        connections: true,
        wire: false,
        tcp: true,
        tcp_samples: true,
        tls_messages: true,
        tls_sessions: true,
        tls_progress: true,
        http1_messages: true,
        http2_frames: true,
        websocket_frames: true,
        http2_connections: true,
        exchanges: true,
        headers: true,
        lookups: true,
        findings: true,
        anomalies: true,
    };

    /// What lists and timelines need: no single frames, no header fields.
    pub const SUMMARY: Self = Self {
        introductions: false,
        tcp: false,
        tcp_samples: false,
        tls_messages: false,
        http1_messages: false,
        http2_frames: false,
        websocket_frames: false,
        headers: false,
        lookups: false,
        anomalies: false,
        ..Self::FULL
    };

    /// No event.
    pub const NONE: Self = Self {
        introductions: false,
        connections: false,
        tls_sessions: false,
        tls_progress: false,
        http2_connections: false,
        exchanges: false,
        findings: false,
        ..Self::SUMMARY
    };

    /// What either of two asks for.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            introductions: self.introductions || other.introductions,
            wire: self.wire || other.wire,
            connections: self.connections || other.connections,
            tcp: self.tcp || other.tcp,
            tcp_samples: self.tcp_samples || other.tcp_samples,
            tls_messages: self.tls_messages || other.tls_messages,
            tls_sessions: self.tls_sessions || other.tls_sessions,
            tls_progress: self.tls_progress || other.tls_progress,
            http1_messages: self.http1_messages || other.http1_messages,
            http2_frames: self.http2_frames || other.http2_frames,
            websocket_frames: self.websocket_frames || other.websocket_frames,
            http2_connections: self.http2_connections || other.http2_connections,
            exchanges: self.exchanges || other.exchanges,
            headers: self.headers || other.headers,
            lookups: self.lookups || other.lookups,
            findings: self.findings || other.findings,
            anomalies: self.anomalies || other.anomalies,
        }
    }

    /// What has to be made so that these can be told: findings are made of other events.
    pub(crate) fn needed(self) -> Self {
        let found = |wanted: bool| wanted || self.findings;
        Self {
            connections: found(self.connections),
            tls_sessions: found(self.tls_sessions),
            http2_connections: found(self.http2_connections),
            exchanges: found(self.exchanges),
            lookups: found(self.lookups),
            ..self
        }
    }

    /// Whether an event is one of these.
    pub(crate) fn want(&self, event: &Event) -> bool {
        match event {
            Event::Connection(_) => self.connections,
            Event::TlsSession(_) => self.tls_sessions,
            Event::Http2Connection(_) => self.http2_connections,
            Event::Exchange(_) => self.exchanges,
            Event::Lookup(_) => self.lookups,
            _ => true,
        }
    }

    /// Whether DNS has to be read: exchanges are told which lookup led to them.
    pub(crate) fn wants_lookups(&self) -> bool {
        self.lookups || self.exchanges
    }
}

/// How to analyse.
#[derive(Clone, Debug)]
pub struct Options {
    /// Which events are made.
    pub interests: Interests,
    /// The two ends to which analysis keeps; everything else is counted and not followed. `None` for all.
    pub only: Option<[Endpoint; 2]>,
    /// Ports whose protocol somebody stated; they overrule what the octets look like.
    pub decode_as: Vec<(u16, Protocol)>,
    /// Whether bodies are hashed.
    pub hash_bodies: bool,
    /// Whether the content codings of bodies are undone, to tell the size of what is inside.
    pub decode_bodies: bool,
    /// Whether HTTP/2 frames carry the header table as their block leaves it.
    pub hpack_tables: bool,
    /// What TLS is opened with.
    pub keys: Arc<Keys>,
    /// The roots by which certificates are judged; without any, no chain is.
    pub trust: Option<Arc<Trust>>,
}

impl Options {
    /// These interests, nothing stated.
    pub fn of(interests: Interests) -> Self {
        Self {
            interests,
            only: None,
            decode_as: Vec::new(),
            hash_bodies: false,
            decode_bodies: false,
            hpack_tables: false,
            keys: Arc::default(),
            trust: None,
        }
    }

    /// Into how many shards connections are divided. All are in one where one may tell the secrets of another.
    pub(crate) fn shards(&self) -> usize {
        if self.keys.span_connections() { 1 } else { SHARDS }
    }

    /// What was stated for a connection with this port.
    pub(crate) fn stated(&self, ports: [u16; 2]) -> Option<Protocol> {
        self.decode_as.iter().find(|(port, _)| ports.contains(port)).map(|&(_, protocol)| protocol)
    }
}
