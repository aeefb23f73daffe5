//! How many there are of what: connections by their end, requests by status, TLS handshakes by outcome.

use std::collections::BTreeMap;

use tapline_analysis::{ConnectionRecord, Event, Exchange, TlsOutcome, TlsSession};

use crate::words;

/// How many there are of what, of all that is over. It grows by names of this program only.
#[derive(Default)]
pub(crate) struct Tally {
    /// Connections by how they ended.
    pub(crate) endings: BTreeMap<&'static str, u64>,
    /// Requests by the class of their status, as the names of [`status_class`].
    pub(crate) statuses: BTreeMap<&'static str, u64>,
    /// Exchanges that were inferred: how many requests they stand for is not known.
    pub(crate) inferred: u64,
    /// TLS handshakes by what came of them.
    pub(crate) handshakes: BTreeMap<&'static str, u64>,
    /// Of these, those that resumed an earlier session.
    pub(crate) resumed: u64,
    /// Connections by what they speak, the innermost protocol.
    pub(crate) protocols: BTreeMap<&'static str, u64>,
    /// Connections on which octets are missing.
    pub(crate) gaps: u64,
}

impl Tally {
    /// Counts what is over.
    pub(crate) fn take(&mut self, event: &Event) {
        match event {
            Event::Connection(record) => self.connection(record),
            Event::Exchange(exchange) if exchange.inferred => self.inferred += 1,
            Event::Exchange(exchange) => add(&mut self.statuses, status_class(exchange)),
            Event::TlsSession(session) => self.session(session),
            _ => {}
        }
    }

    fn connection(&mut self, record: &ConnectionRecord) {
        add(&mut self.endings, words::ending(record));
        let speaks = record.protocols.last().map_or("nothing known", |protocol| protocol.name());
        add(&mut self.protocols, speaks);
        self.gaps += u64::from(record.client.missing_bytes + record.server.missing_bytes > 0);
    }

    fn session(&mut self, session: &TlsSession) {
        add(&mut self.handshakes, outcome(session.outcome));
        self.resumed += u64::from(session.resumed == Some(true));
    }
}

fn add(counts: &mut BTreeMap<&'static str, u64>, name: &'static str) {
    *counts.entry(name).or_default() += 1;
}

/// The class of a status (RFC 9110 §15); those without one are named too.
fn status_class(exchange: &Exchange) -> &'static str {
    match exchange.status {
        Some(100..200) => "1xx",
        Some(200..300) => "2xx",
        Some(300..400) => "3xx",
        Some(400..500) => "4xx",
        Some(500..600) => "5xx",
        Some(_) => "other status",
        None => "without a status",
    }
}

fn outcome(outcome: TlsOutcome) -> &'static str {
    match outcome {
        TlsOutcome::Established => "established",
        TlsOutcome::Failed => "failed",
        TlsOutcome::Refused => "refused",
        TlsOutcome::Abandoned => "abandoned",
        TlsOutcome::Cut => "not seen to the end",
        TlsOutcome::NotSeen => "not seen",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    fn counts(of: &BTreeMap<&'static str, u64>) -> Vec<(&'static str, u64)> {
        of.iter().map(|(&name, &count)| (name, count)).collect()
    }

    #[test]
    fn each_is_counted_once_and_what_is_inferred_apart() {
        let mut tally = Tally::default();
        for event in testing::https_events(0, 0) {
            tally.take(&event);
        }
        tally.take(&Event::ConnectionProgress(Box::new(testing::record(1, 0))));
        for (status, inferred) in [(Some(404), false), (Some(503), false), (None, false), (None, true)] {
            let exchange = testing::exchange(0, 0, "GET", "http://a.example/");
            tally.take(&Event::Exchange(Box::new(Exchange { status, inferred, ..exchange })));
        }
        assert_eq!(counts(&tally.endings), [("open", 1)]);
        assert_eq!(counts(&tally.statuses), [("2xx", 1), ("4xx", 1), ("5xx", 1), ("without a status", 1)]);
        assert_eq!((counts(&tally.handshakes), tally.inferred), (vec![("established", 1)], 1));
    }
}
