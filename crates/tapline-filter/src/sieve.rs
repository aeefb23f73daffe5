//! A filter over the events of a capture, in one pass.

use tapline_analysis::{Event, Interests, Timestamp};

use crate::catalogue::RecordKind;
use crate::items::{item_of, record_kind};
use crate::known::{Known, is_of_connections, is_of_findings};
use crate::{Doubts, FieldId, Filter};

/// Lets through what a filter holds for.
///
/// A record is let through if the filter holds for its own fields and what its connection is known by at that moment.
/// A connection's record, which comes last, is also let through if anything in the connection was.
#[derive(Debug)]
pub struct Sieve {
    filter: Filter,
    known: Known,
    /// Whether the filter asks what connections are known by.
    asks_of_connections: bool,
    doubts: Doubts,
}

impl Sieve {
    /// A sieve that has seen nothing.
    pub fn new(filter: Filter) -> Self {
        let known = Known::new(&filter);
        let asks_of_connections = filter.fields().any(is_of_connections) || filter.is_search();
        Self { filter, known, asks_of_connections, doubts: Doubts::default() }
    }

    /// What it judges without knowing enough, also what it will.
    pub fn doubts(&self) -> Doubts {
        self.doubts.clone()
    }

    /// The filter.
    pub fn filter(&self) -> &Filter {
        &self.filter
    }

    /// The events that it has to see beside those that somebody wants, so that what is wanted is judged rightly.
    pub fn needs(&self, wanted: Interests) -> Interests {
        let mut needed = Interests { introductions: true, ..Interests::NONE };
        if !wanted.connections {
            return needed;
        }
        for field in self.filter.fields() {
            let records = field.info().records;
            if is_of_findings(field) {
                needed = needed.and(FINDABLE);
            } else if !records.has(RecordKind::Connection) {
                // Every HTTP/1 message is part of an exchange.
                let spared = |kind| kind == RecordKind::Http1Message && records.has(RecordKind::HttpExchange);
                let asked = records.iter().filter(|kind| !spared(*kind));
                needed = asked.fold(needed, |needed, kind| needed.and(interest(kind)));
                needed.headers |= is_in_headers(field);
            }
        }
        if self.filter.is_search() {
            needed = needed.and(FINDABLE);
        }
        needed
    }

    /// The capture began then; only the first call counts.
    pub fn begin(&mut self, start: Timestamp) {
        self.known.begin(start);
    }

    /// Whether the filter lets an event through. Every event must be shown, in order. What is no record is not let
    /// through.
    pub fn holds(&mut self, event: &Event) -> bool {
        self.known.see(event);
        if record_kind(event).is_none() {
            return false;
        }
        let holds = self.filter.matches(&item_of(event, &self.known));
        if event.connection().is_some_and(|id| self.known.facts(id).is_none()) {
            // A connection's own record says what it is known by, and not whether the filter held for anything in it.
            let is_in_doubt = match event {
                Event::Connection(_) => !holds,
                _ => self.asks_of_connections,
            };
            if is_in_doubt {
                self.doubts.add();
            }
        }
        match event {
            Event::Connection(record) => holds || self.known.has_held(record.id),
            event => {
                if let Some(connection) = event.connection().filter(|_| holds) {
                    self.known.hold(connection);
                }
                holds
            }
        }
    }
}

/// Of these something may be found.
const FINDABLE: Interests =
    Interests { tls_sessions: true, exchanges: true, http2_connections: true, ..Interests::NONE };

/// What makes records of a sort.
fn interest(kind: RecordKind) -> Interests {
    const NONE: Interests = Interests::NONE;
    match kind {
        RecordKind::Connection => Interests { connections: true, ..NONE },
        RecordKind::Tcp => Interests { tcp: true, ..NONE },
        RecordKind::TcpSample => Interests { tcp_samples: true, ..NONE },
        RecordKind::TlsMessage => Interests { tls_messages: true, ..NONE },
        RecordKind::TlsSession => Interests { tls_sessions: true, ..NONE },
        RecordKind::Http1Message => Interests { http1_messages: true, ..NONE },
        RecordKind::Http2Frame => Interests { http2_frames: true, ..NONE },
        RecordKind::WebSocketFrame => Interests { websocket_frames: true, ..NONE },
        RecordKind::Http2Connection => Interests { http2_connections: true, ..NONE },
        RecordKind::HttpExchange => Interests { exchanges: true, ..NONE },
        RecordKind::Finding => FINDABLE,
        RecordKind::Anomaly => Interests { anomalies: true, ..NONE },
        // It belongs to no connection.
        RecordKind::DnsLookup => NONE,
    }
}

/// Whether an exchange knows it only with its header fields.
fn is_in_headers(field: FieldId) -> bool {
    use FieldId as F;
    let name = field.info().name;
    matches!(field, F::Http2HeaderName | F::Http2HeaderValue | F::HttpRequestLine | F::HttpResponseLine)
        || name.starts_with("http.") && field.info().kind != crate::FieldKind::Presence
}
