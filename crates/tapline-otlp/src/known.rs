//! What the spans of a connection need to know of it, while it is not over.

use foldhash::fast::RandomState;
use hashbrown::HashMap;
use opentelemetry_proto::tonic::trace::v1::span::Event as SpanEvent;
use tapline_engine::analysis::{ConnectionRecord, Endpoint, Event, Exchange, Introduction, Timestamp};

use crate::ids::Identity;
use crate::limits::{CONNECTIONS_MAX, FINDINGS_MAX};

/// The connections that are not over, from their introductions on ([`Event::Introduction`]).
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// When the capture began.
    start: Timestamp,
    connections: HashMap<u64, Connection, RandomState>,
}

/// What is known of one.
#[derive(Debug)]
pub(crate) struct Connection {
    /// What its ids are made of.
    pub(crate) identity: Identity,
    /// Who opened it.
    pub(crate) client: Endpoint,
    /// Who answered.
    pub(crate) server: Endpoint,
    /// The version of HTTP that its newest exchange was said in.
    pub(crate) http_version: Option<&'static str>,
    /// Exchanges so far.
    pub(crate) exchanges: u64,
    /// TLS handshakes so far.
    pub(crate) handshakes: u64,
    /// What was found of it before its record came.
    pub(crate) findings: Findings,
}

/// Findings as a span carries them.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    kept: Vec<SpanEvent>,
    left_out: u32,
}

impl Findings {
    /// Adds some, as long as there is room.
    pub(crate) fn extend(&mut self, findings: impl IntoIterator<Item = SpanEvent>) {
        for finding in findings {
            if self.kept.len() < FINDINGS_MAX {
                self.kept.push(finding);
            } else {
                self.left_out = self.left_out.saturating_add(1);
            }
        }
    }

    /// Those that are kept, and how many are not.
    pub(crate) fn into_parts(self) -> (Vec<SpanEvent>, u32) {
        (self.kept, self.left_out)
    }
}

impl Known {
    /// The capture began then.
    pub(crate) fn begin(&mut self, start: Timestamp) {
        self.start = start;
    }

    /// Learns from an event what its spans need. Every event must be told, in order.
    pub(crate) fn see(&mut self, event: &Event) {
        match event {
            Event::Introduction(introduction) => self.introduce(introduction),
            Event::Exchange(exchange) => self.count(exchange),
            Event::TlsSession(session) => {
                if let Some(connection) = self.connections.get_mut(&session.connection) {
                    connection.handshakes += 1;
                }
            }
            _ => {}
        }
    }

    /// What is known of a connection.
    pub(crate) fn of(&self, connection: u64) -> Option<&Connection> {
        self.connections.get(&connection)
    }

    /// How many are known.
    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Where what is found of it is kept until its record comes.
    pub(crate) fn findings(&mut self, connection: u64) -> Option<&mut Findings> {
        Some(&mut self.connections.get_mut(&connection)?.findings)
    }

    /// A connection is over: nothing of it comes any more.
    pub(crate) fn take(&mut self, record: &ConnectionRecord) -> Option<Connection> {
        self.connections.remove(&record.id)
    }

    fn introduce(&mut self, introduction: &Introduction) {
        let Introduction { connection: number, first, client, server, .. } = *introduction;
        if let Some(known) = self.connections.get_mut(&number) {
            (known.client, known.server) = (client, server);
        } else if self.connections.len() < CONNECTIONS_MAX {
            let identity = Identity::of_connection(self.start, [client, server], first.at, number);
            let connection = Connection {
                identity,
                client,
                server,
                http_version: None,
                exchanges: 0,
                handshakes: 0,
                findings: Findings::default(),
            };
            self.connections.insert(number, connection);
        }
    }

    fn count(&mut self, exchange: &Exchange) {
        if let Some(connection) = self.connections.get_mut(&exchange.connection) {
            connection.exchanges += 1;
            if !exchange.inferred {
                connection.http_version = Some(exchange.version);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_end_and_are_counted() {
        let mut findings = Findings::default();
        findings.extend((0..FINDINGS_MAX + 3).map(|_| SpanEvent::default()));
        findings.extend([SpanEvent::default()]);
        let (kept, left_out) = findings.into_parts();
        assert_eq!((kept.len(), left_out), (FINDINGS_MAX, 4));
    }
}
