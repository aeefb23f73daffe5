//! Two captures of the same thing, before and after: what got slower, in which phase.
//!
//! ```text
//!   exchange ──> Kind: what was asked for, ids aside ──> Averages of each phase ─┐
//!   connections, handshakes, findings ──> counts and averages ──────────────────┴─> before beside after
//! ```
//!
//! Averages, because they add up: what the average request takes more is the sum of what its phases take more. Medians
//! stand beside them, because averages alone can be one slow request.

mod averages;
mod kind;
mod print;

use std::collections::BTreeMap;
use std::io;

use tapline_engine::Outcome;
use tapline_engine::analysis::{ConnectionRecord, Event, Exchange, Finding, Flag};

use crate::exporter::Exporter;
use crate::limits::DIFF_KINDS_MAX;
use crate::records::RecordType;
use averages::{Average, Phases};
use kind::Kind;

pub use print::print;

/// The records that are compared.
pub const TYPES: [RecordType; 4] =
    [RecordType::Connection, RecordType::TlsSession, RecordType::HttpExchange, RecordType::Finding];

/// What one of the captures comes to.
#[derive(Debug, Default)]
pub struct Side {
    kinds: BTreeMap<Kind, Phases>,
    /// All requests, those of kinds that were too many to be told apart among them.
    requests: Phases,
    connections: Connections,
    /// By code: there are some dozens, and all of them are known.
    findings: BTreeMap<&'static str, Found>,
    packets: u64,
    lasted_ns: i64,
}

#[derive(Debug, Default)]
struct Connections {
    count: u64,
    handshake: Average,
    tls: Average,
    packets: u64,
    retransmissions: u64,
}

#[derive(Debug, Clone, Copy)]
struct Found {
    title: &'static str,
    count: u64,
    cost_ns: i64,
}

impl Exporter for Side {
    type Out = Self;

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        match event {
            _ if !is_wanted => {}
            Event::Exchange(exchange) => self.exchange(exchange),
            Event::Connection(record) => self.connections.take(record),
            Event::TlsSession(session) => self.connections.tls.extend(session.handshake_ns),
            Event::Finding(finding) => self.finding(finding),
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(mut self, outcome: &Outcome, _: bool) -> io::Result<Self> {
        self.packets = outcome.totals.packets;
        if let (Some(start), Some(end)) = (outcome.totals.start, outcome.totals.end) {
            self.lasted_ns = end.since(start);
        }
        Ok(self)
    }
}

impl Side {
    fn exchange(&mut self, exchange: &Exchange) {
        self.requests.push(&exchange.timings);
        let kind = Kind::of(exchange);
        if self.kinds.len() >= DIFF_KINDS_MAX && !self.kinds.contains_key(&kind) {
            return;
        }
        self.kinds.entry(kind).or_default().push(&exchange.timings);
    }

    fn finding(&mut self, finding: &Finding) {
        let kind = finding.kind;
        let new = Found { title: kind.title, count: 0, cost_ns: 0 };
        let found = self.findings.entry(kind.code).or_insert(new);
        found.count += 1;
        found.cost_ns = found.cost_ns.saturating_add(finding.cost_ns.unwrap_or(0));
    }
}

impl Connections {
    fn take(&mut self, record: &ConnectionRecord) {
        self.count += 1;
        self.handshake.extend(record.handshake.initial_rtt_ns);
        self.packets += record.client.packets + record.server.packets;
        let again = record.verdicts.iter().filter(|(flag, _)| *flag == Flag::Retransmission);
        self.retransmissions += again.map(|(_, count)| u64::from(*count)).sum::<u64>();
    }
}

#[cfg(test)]
mod tests {
    use tapline_engine::analysis::{CATALOGUE, Origin, Timings};

    use super::*;

    #[test]
    fn requests_of_more_kinds_than_are_told_apart_count_in_the_whole() {
        let mut side = Side::default();
        let mut ask = |number: usize| {
            let url = Some(format!("http://h/a{number}x"));
            let timings = Timings { wait: Some(1), ..Timings::default() };
            side.exchange(&Exchange { url, timings, ..Exchange::default() });
        };
        (0..=DIFF_KINDS_MAX).for_each(&mut ask);
        ask(0);
        let known = DIFF_KINDS_MAX as u64;
        assert_eq!((side.kinds.len(), side.requests.count()), (DIFF_KINDS_MAX, known + 2));
        assert_eq!(side.kinds.values().map(Phases::count).sum::<u64>(), known + 1);
    }

    #[test]
    fn every_kind_of_finding_is_counted() {
        let mut side = Side::default();
        for kind in CATALOGUE {
            let at = Origin { packet: 1, ..Origin::default() };
            let (connection, stream, packets) = (None, None, Vec::new());
            let finding =
                Finding { kind, explanation: "".into(), connection, stream, at, packets, cost_ns: Some(2) };
            side.finding(&finding);
            side.finding(&finding);
        }
        assert_eq!(side.findings.len(), CATALOGUE.len());
        assert!(side.findings.values().all(|found| (found.count, found.cost_ns) == (2, 4)));
    }
}
