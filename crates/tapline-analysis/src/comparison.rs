//! HTTP/1.1 against HTTP/2, in the capture's own numbers.

mod figures;

use std::net::IpAddr;

use foldhash::fast::RandomState;
use hashbrown::{HashMap, HashSet};
use tapline_decode::Protocol;
use tapline_packet::Endpoint;

pub use figures::Compared;

use crate::limits::{COMPARED_MAX, HOSTS_MAX};
use crate::{ConnectionRecord, Event, Exchange, MessagePart, TlsSession};

/// What both versions came to. Takes events in any order, as long as a connection's comes behind its sessions.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// HTTP/0.9, 1.0 and 1.1.
    pub http1: Usage,
    /// HTTP/2.
    pub http2: Usage,
    /// Handshakes of connections whose record is still to come, by connection.
    handshakes: HashMap<u64, Handshakes, RandomState>,
    /// Whether there were more of them than are remembered.
    has_forgotten: bool,
}

/// What one version came to.
#[derive(Clone, Debug, Default)]
pub struct Usage {
    /// Pairs of a client and a server, at most [`HOSTS_MAX`].
    hosts: HashSet<(IpAddr, Endpoint), RandomState>,
    /// Connections that carried requests.
    pub connections: u64,
    /// Of these, those whose handshake was seen.
    pub opened: u64,
    /// Of the others, those whose handshake was seen and is not counted: it was one of more than [`COMPARED_MAX`] at once.
    pub forgotten: u64,
    /// Round trips of the handshakes of TCP and TLS, before a request could be sent.
    pub handshake_round_trips: u64,
    /// What these handshakes took, nanoseconds.
    pub handshake_ns: i64,
    /// Requests.
    pub requests: u64,
    /// The most requests of one connection.
    pub requests_of_one_max: u64,
    /// The most streams of a connection that were open at once; `None` for HTTP/1, which has none.
    pub at_once_max: Option<u64>,
    /// Octets of heads as they travelled.
    pub header_bytes: u64,
    /// Octets of names and values, decoded.
    pub header_bytes_decoded: u64,
    /// Time that requests waited behind the answers to earlier ones, nanoseconds.
    pub head_of_line_ns: i64,
    /// Responses that were pushed.
    pub pushed: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Handshakes {
    round_trips: u64,
    ns: i64,
}

impl Comparison {
    /// Takes what matters of an event.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::TlsSession(session) => self.session(session),
            Event::Http2Connection(connection) => {
                let at_once = u64::from(connection.client.streams_most_at_once);
                self.http2.at_once_max = self.http2.at_once_max.max(Some(at_once));
            }
            Event::Connection(record) => self.connection(record),
            _ => {}
        }
    }

    /// Whether there is anything to tell.
    pub fn is_empty(&self) -> bool {
        self.http1.requests + self.http2.requests == 0
    }

    fn exchange(&mut self, exchange: &Exchange) {
        // How many requests an inferred one stands for, and what their heads are, is not known.
        if exchange.inferred {
            return;
        }
        let usage = if exchange.version == "2" { &mut self.http2 } else { &mut self.http1 };
        usage.pushed += u64::from(exchange.pushed);
        usage.requests += u64::from(exchange.request.is_some() && !exchange.pushed);
        for part in exchange.request.iter().chain(&exchange.response) {
            let MessagePart { header_bytes, header_bytes_decoded, .. } = part;
            usage.header_bytes += header_bytes;
            usage.header_bytes_decoded += header_bytes_decoded;
        }
        let behind = exchange.held_back.filter(|_| exchange.stream.is_none());
        usage.head_of_line_ns = usage.head_of_line_ns.saturating_add(behind.map_or(0, |span| span.ns()));
    }

    fn session(&mut self, session: &TlsSession) {
        let Some(round_trips) = session.handshake_rtts else { return };
        if self.handshakes.len() >= COMPARED_MAX && !self.handshakes.contains_key(&session.connection) {
            self.has_forgotten = true;
        } else {
            let known = self.handshakes.entry(session.connection).or_default();
            known.round_trips += u64::from(round_trips);
            known.ns = known.ns.saturating_add(session.handshake_ns.unwrap_or(0));
        }
    }

    fn connection(&mut self, record: &ConnectionRecord) {
        let tls = self.handshakes.remove(&record.id);
        if record.requests == 0 || record.copy_of.is_some() {
            return;
        }
        let usage =
            if record.protocols.contains(&Protocol::Http2) { &mut self.http2 } else { &mut self.http1 };
        usage.connections += 1;
        usage.requests_of_one_max = usage.requests_of_one_max.max(record.requests);
        if usage.hosts.len() < HOSTS_MAX {
            usage.hosts.insert((record.client.endpoint.address, record.server.endpoint));
        }
        let Some(ns) = record.handshake.total_ns() else { return };
        // TCP's alone would pass for all that it took.
        if tls.is_none() && self.has_forgotten && record.protocols.contains(&Protocol::Tls) {
            usage.forgotten += 1;
        } else {
            let tls = tls.unwrap_or_default();
            usage.opened += 1;
            usage.handshake_round_trips += 1 + tls.round_trips;
            usage.handshake_ns = usage.handshake_ns.saturating_add(ns).saturating_add(tls.ns);
        }
    }
}

impl Usage {
    /// Pairs of a client and a server; at most [`HOSTS_MAX`] are counted.
    pub fn hosts(&self) -> u64 {
        self.hosts.len() as u64
    }

    /// How many octets of heads compression spared, of a thousand; `None` without any.
    pub fn headers_saved_permille(&self) -> Option<u64> {
        let spared = self.header_bytes_decoded.saturating_sub(self.header_bytes);
        (spared * 1000).checked_div(self.header_bytes_decoded)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handshakes_of_open_connections_are_remembered_up_to_a_number() {
        let mut comparison = Comparison::default();
        let mut record = crate::testing::record();
        record.requests = 1;
        record.protocols.extend([Protocol::Tls, Protocol::Http1]);
        // One more, and one that is remembered goes on.
        for connection in (0..=COMPARED_MAX as u64).chain([0]) {
            let session = TlsSession { connection, handshake_rtts: Some(1), ..TlsSession::default() };
            comparison.session(&session);
        }
        assert_eq!(comparison.handshakes.len(), COMPARED_MAX);
        for id in [0, COMPARED_MAX as u64] {
            record.id = id;
            comparison.connection(&record);
        }
        let Usage { connections, opened, forgotten, handshake_round_trips, .. } = comparison.http1;
        assert_eq!((connections, opened, forgotten, handshake_round_trips), (2, 1, 1, 3));
        comparison.http1.requests = 2;
        let figure = comparison.figures().into_iter().find(|figure| figure.name.contains("not known"));
        assert_eq!(figure.unwrap().figures, [Some("1".to_owned()), None]);
    }
}
