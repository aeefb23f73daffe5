//! A capture as text for a person: what it holds, its connections, TLS sessions and requests.
//!
//! Events are taken as they come and only the rows that will be printed are kept, so a report on a million
//! packets needs no more memory than one on a hundred.

mod certificates;
mod comparison;
pub(crate) mod connections;
mod filtered;
mod findings;
mod handshakes;
pub(crate) mod heading;
mod http2;
pub(crate) mod requests;
mod segments;
mod sessions;
pub(crate) mod spread;
pub(crate) mod style;
pub(crate) mod table;
mod waterfall;

use std::io::{self, Write};

use tapline_engine::analysis::{Comparison, Event, Interests};
use tapline_engine::{Batch, Outcome};
use tapline_filter::Sieve;

use certificates::Certificates;
use connections::Connections;
use filtered::Filtered;
use findings::Findings;
use handshakes::Handshakes;
use http2::Http2Connections;
use requests::Requests;
use segments::Segments;
use sessions::Sessions;
pub use style::Palette;

use crate::limits::ROWS_MAX;
use crate::redact::Secrets;

/// How to print.
#[derive(Clone, Copy, Debug, Default)]
pub struct ReportOptions {
    /// Columns of the terminal; `None` prints every cell in full, for a pipe.
    pub width: Option<usize>,
    /// Colours, or none.
    pub palette: Palette,
    /// Every row instead of the most telling ones.
    pub all: bool,
    /// Whose roots certificates were judged by.
    pub roots: Option<&'static str>,
    /// Whether secrets in URLs are shown.
    pub secrets: Secrets,
}

/// The events that a report reads.
pub const INTERESTS: Interests = Interests { tls_progress: false, ..Interests::SUMMARY };

/// What will be printed.
pub struct Report {
    options: ReportOptions,
    /// What is let in, where a filter is on.
    filtered: Option<Filtered>,
    findings: Findings,
    connections: Connections,
    segments: Segments,
    sessions: Sessions,
    handshakes: Handshakes,
    certificates: Certificates,
    requests: Requests,
    http2: Http2Connections,
    comparison: Comparison,
}

impl Report {
    /// An empty report.
    pub fn new(options: ReportOptions) -> Self {
        let rows = if options.all { usize::MAX } else { ROWS_MAX };
        Self {
            options,
            filtered: None,
            findings: Findings::new(rows, options.all),
            connections: Connections::new(rows),
            segments: Segments::new(rows),
            sessions: Sessions::new(rows),
            handshakes: Handshakes::new(options.all),
            certificates: Certificates::new(rows),
            requests: Requests::new(rows),
            http2: Http2Connections::new(rows),
            comparison: Comparison::default(),
        }
    }

    /// A report on what a filter lets through. The events must be those of [`INTERESTS`] and those that the sieve
    /// needs beside them.
    #[must_use]
    pub fn through(self, sieve: Sieve) -> Self {
        Self { filtered: Some(Filtered::new(sieve)), ..self }
    }

    /// Takes a batch.
    pub fn read(&mut self, batch: Batch) {
        if let (Some(first), Some(filtered)) = (batch.totals.first, &mut self.filtered) {
            filtered.begin(first);
        }
        batch.events.into_iter().for_each(|event| self.event(event));
    }

    /// Takes an event.
    fn event(&mut self, event: Event) {
        // What matches is no measure of a version of HTTP.
        match &mut self.filtered {
            None => self.comparison.take(&event),
            Some(filtered) => {
                if !filtered.lets_in(&event) {
                    return;
                }
            }
        }
        match event {
            Event::Connection(record) => {
                self.segments.take(&record);
                self.connections.take(record);
            }
            Event::TlsSession(session) => {
                self.handshakes.take(&session);
                self.certificates.take(&session);
                self.sessions.take(session);
            }
            Event::Exchange(exchange) => self.requests.take(exchange),
            Event::Http2Connection(connection) => self.http2.take(connection),
            Event::Finding(finding) => self.findings.take(finding),
            _ => {}
        }
    }

    /// Prints everything.
    pub fn print(self, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
        let Self {
            options,
            filtered,
            findings,
            connections,
            segments,
            sessions,
            handshakes,
            certificates,
            requests,
            http2,
            comparison,
        } = self;
        heading::print(outcome, &options, out)?;
        if let Some(filtered) = filtered {
            filtered.print(&options, out)?;
        }
        findings.print(&options, out)?;
        connections.print(&options, out)?;
        segments.print(&options, out)?;
        sessions.print(&options, out)?;
        handshakes.print(&options, out)?;
        certificates.print(&options, out)?;
        requests.print(&options, out)?;
        http2.print(&options, out)?;
        comparison::print(&comparison, &options, out)
    }
}

/// A section's title with its count.
pub(crate) fn title(
    out: &mut impl Write,
    options: &ReportOptions,
    name: &str,
    summary: &str,
) -> io::Result<()> {
    let head = options.palette.paint(style::Ink::Bold, name);
    writeln!(out, "\n{head}  {}", options.palette.paint(style::Ink::Dim, summary))
}

/// The line below a list that was cut.
fn rest(
    out: &mut impl Write,
    options: &ReportOptions,
    shown: usize,
    total: u64,
    order: &str,
) -> io::Result<()> {
    let hidden = total.saturating_sub(shown as u64);
    if hidden == 0 {
        return Ok(());
    }
    let way = if options.all { "memory was short for them" } else { "--all prints them" };
    let line =
        format!("  … and {} more; shown: {order}. {way}", tapline_engine::analysis::human::count(hidden));
    writeln!(out, "{}", options.palette.paint(style::Ink::Dim, &line))
}

#[cfg(test)]
mod tests {
    use tapline_engine::analysis::{CATALOGUE, Finding, Flight, Origin, Sender, TlsSession, Totals};
    use tapline_engine::capture::Facts;

    use super::*;
    use crate::limits::{OF_KIND_MAX, PACKETS_MAX, STORIES_MAX};

    /// The report on so many events.
    fn report(count: usize, event: impl Fn() -> Event) -> String {
        let mut report = Report::new(ReportOptions::default());
        (0..count).for_each(|_| report.event(event()));
        let outcome = Outcome { totals: Totals::default(), facts: Facts::default(), stopped: false };
        let mut out = Vec::new();
        report.print(&outcome, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// A list of so many is whole, and of one more it is said that there is one.
    fn check(most: usize, more: &str, event: impl Fn() -> Event) {
        let (whole, cut) = (report(most, &event), report(most + 1, &event));
        assert!(!whole.contains(" more"), "{whole}");
        assert!(cut.contains(more), "{cut}");
    }

    fn finding(packets: usize) -> Event {
        Event::Finding(Box::new(Finding {
            kind: CATALOGUE[0],
            explanation: "a sentence".into(),
            connection: None,
            stream: None,
            at: Origin { packet: 1, ..Origin::default() },
            packets: (1..=packets as u64).collect(),
            cost_ns: None,
        }))
    }

    #[test]
    fn lists_that_were_cut_say_so() {
        check(ROWS_MAX, "… and 1 more; shown: ", || Event::Exchange(Box::default()));
        check(OF_KIND_MAX, "… and 1 more of this kind", || finding(1));
        let flight = || Flight {
            from: Sender::Client,
            steps: Vec::new(),
            left_out: 0,
            first: Origin::default(),
            last: Origin::default(),
            octets: 0,
            wait: None,
            round_trips: None,
        };
        let session = || TlsSession { flights: vec![flight()], ..TlsSession::default() };
        check(STORIES_MAX, "… and 1 more; shown: failed ones", || Event::TlsSession(Box::new(session())));
    }

    #[test]
    fn packets_of_a_finding_are_named_up_to_a_number() {
        let last = format!(", {PACKETS_MAX}");
        assert!(report(1, || finding(PACKETS_MAX)).contains(&format!("{last} ·")));
        assert!(report(1, || finding(PACKETS_MAX + 1)).contains(&format!("{last}, … ·")));
    }
}
