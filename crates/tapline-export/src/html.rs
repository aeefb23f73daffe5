//! One page for a ticket: what was found, where the time went, and the ladders of the worst connections, in one file that
//! asks the network for nothing.
//!
//! ```text
//!   events ──> shortlists ──────────> head, findings, waterfall, connections ──┐
//!                  └─> subjects ──> close looks, one by one ──> ladders ───────┴──> the page
//! ```
//!
//! Kept are the rows that will be shown, never the capture. The page is whole without its script, which adds keys, a
//! filter and an order; its Content-Security-Policy lets nothing run and nothing load but what is ours. `markup` is the
//! only way for a text to get into it.

mod connection;
mod document;
mod exchanges;
mod findings;
mod head;
mod ladder;
mod markup;
mod phase;
mod row;

use std::io::{self, Write};

use tapline_engine::analysis::{Event, Finding, Interests, Severity, look_for_findings};
use tapline_engine::{Outcome, Subject};
use tapline_ladder::Close;

use crate::exporter::Exporter;
use crate::limits::{PAGE_CONNECTIONS_MAX, PAGE_EXCHANGES_MAX, PAGE_LADDERS_MAX};
use crate::records::RecordType;
use crate::redact::{Redactor, Secrets};
use crate::report::{connections, requests};
use crate::shortlist::Shortlist;
use connection::Line;
use findings::Findings;
use head::{Count, Head, Missing};
use ladder::Ladder;
use row::Row;

/// The records that a page is made of.
pub const TYPES: [RecordType; 4] =
    [RecordType::Connection, RecordType::HttpExchange, RecordType::Finding, RecordType::Capture];

/// What it needs beside them.
pub const BESIDE: Interests = Interests { headers: true, ..Interests::NONE };

/// What a page says of how it was made.
#[derive(Clone, Debug, Default)]
pub struct PageOptions {
    /// Whether secrets in headers and URLs are shown.
    pub secrets: Secrets,
    /// The display filter that is on.
    pub filter: Option<String>,
}

/// Takes what a run tells, and keeps what will be shown.
pub struct Collector {
    options: PageOptions,
    redactor: Redactor,
    findings: Findings,
    exchanges: Shortlist<Row>,
    connections: Shortlist<Line>,
    counts: [Count; 3],
    inferred: u64,
    missing: Missing,
    /// Findings of the newest event alone.
    told: Vec<Finding>,
}

impl Collector {
    /// One that has seen nothing.
    pub fn new(options: PageOptions) -> Self {
        Self {
            redactor: Redactor::new(options.secrets),
            options,
            findings: Findings::default(),
            exchanges: Shortlist::new(PAGE_EXCHANGES_MAX),
            connections: Shortlist::new(PAGE_CONNECTIONS_MAX),
            counts: [Count::default(); 3],
            inferred: 0,
            missing: Missing::default(),
            told: Vec::new(),
        }
    }

    /// How much the findings of an event by itself make it worth showing.
    fn tier(&mut self, event: &Event) -> u8 {
        self.told.clear();
        look_for_findings(event, &mut self.told);
        match self.told.iter().map(|finding| finding.kind.severity).max() {
            Some(Severity::Error | Severity::Warning) => 2,
            Some(Severity::Note) => 1,
            None => 0,
        }
    }
}

impl Exporter for Collector {
    type Out = Page;

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        let count = match event {
            Event::Connection(_) => 0,
            Event::Exchange(_) => 1,
            Event::Finding(_) => 2,
            _ => return Ok(()),
        };
        if let Some(count) = self.counts.get_mut(count) {
            count.take(is_wanted);
        }
        if !is_wanted {
            return Ok(());
        }
        match event {
            Event::Finding(finding) => self.findings.take(finding, &self.redactor),
            Event::Exchange(exchange) => {
                let tier = self.tier(event);
                self.inferred += u64::from(exchange.inferred);
                let (severity, ns) = requests::score(exchange);
                let row = || Row::of(exchange, &self.told, &self.redactor);
                self.exchanges.push((severity.max(tier), ns), row);
            }
            Event::Connection(record) => {
                let tier = self.tier(event);
                let (severity, ns) = connections::score(record);
                self.missing.take(connections::missing_bytes(record));
                // What the page speaks of shall be there too.
                let is_named = self.findings.name(record.id)
                    || self.exchanges.rows().any(|row| row.connection == record.id);
                let tier = if is_named { 4 } else { tier.max(severity) };
                self.connections.push((tier, ns), || Line::of(record, &self.redactor));
            }
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn finish(self, outcome: &Outcome, _: bool) -> io::Result<Page> {
        let Self { options, redactor, findings, exchanges, connections, counts, inferred, missing, told: _ } =
            self;
        let head = Head::of(outcome, options, counts, inferred, missing);
        let mut rows = exchanges.into_rows();
        rows.sort_by_key(|row| (row.start.at, row.start.packet, row.connection, row.stream));
        let mut lines = connections.into_rows();
        lines.sort_by_key(|line| line.id);
        Ok(Page { head, redactor, findings: findings.ranked(), rows, lines, ladders: Vec::new() })
    }
}

/// A page that has all but its ladders.
pub struct Page {
    head: Head,
    redactor: Redactor,
    findings: Vec<findings::Kindred>,
    rows: Vec<Row>,
    lines: Vec<Line>,
    ladders: Vec<Ladder>,
}

impl Page {
    /// The connections that are worth a ladder: those of the costliest findings and slowest exchanges, the worst first.
    pub fn subjects(&self) -> Vec<(u64, Subject)> {
        let cost = |id: u64| {
            let findings = self.findings.iter().flat_map(|kindred| &kindred.worst);
            let costs = findings.filter(|told| told.finding.connection == Some(id));
            let costs = costs.filter_map(|told| told.finding.cost_ns);
            let times = self.rows.iter().filter(|row| row.connection == id).filter_map(|row| row.duration_ns);
            costs.chain(times).max().unwrap_or(0)
        };
        let mut subjects: Vec<_> = self.lines.iter().map(|line| (cost(line.id), line)).collect();
        subjects.sort_by_key(|(cost, line)| (std::cmp::Reverse(*cost), line.id));
        subjects.truncate(PAGE_LADDERS_MAX);
        subjects.into_iter().map(|(_, line)| (line.id, line.subject)).collect()
    }

    /// Adds the ladder of a connection, whose id in the capture this is.
    pub fn draw(&mut self, id: u64, close: &Close) {
        self.ladders.extend(Ladder::of(id, close, &self.redactor));
    }

    /// Writes it.
    pub fn write(&self, out: &mut impl Write) -> io::Result<()> {
        out.write_all(document::write(self).as_bytes())?;
        out.flush()
    }
}
