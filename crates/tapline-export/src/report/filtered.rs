//! A filter that is on, and how much it lets through.
//!
//! ```text
//!   only what matches http.time > 200ms
//!   1 of 9 connections · 3 of 41 requests · 1 of 2 TLS sessions · 4 of 7 findings
//! ```

use std::io::{self, Write};

use tapline_engine::analysis::{Event, Timestamp, human, printable};
use tapline_filter::Sieve;

use super::ReportOptions;
use super::style::Ink;
use super::table::cut;

/// A filter that is on, and how much it lets through.
pub(super) struct Filtered {
    sieve: Sieve,
    connections: Count,
    requests: Count,
    sessions: Count,
    findings: Count,
}

/// How many of how many.
#[derive(Clone, Copy, Default)]
struct Count {
    matched: u64,
    total: u64,
}

impl Filtered {
    pub(super) fn new(sieve: Sieve) -> Self {
        let none = Count::default();
        Self { sieve, connections: none, requests: none, sessions: none, findings: none }
    }

    pub(super) fn begin(&mut self, start: Timestamp) {
        self.sieve.begin(start);
    }

    /// Whether an event matches; counts it.
    pub(super) fn lets_in(&mut self, event: &Event) -> bool {
        let matches = self.sieve.holds(event);
        let count = match event {
            Event::Connection(_) => &mut self.connections,
            Event::Exchange(_) => &mut self.requests,
            Event::TlsSession(_) => &mut self.sessions,
            Event::Finding(_) => &mut self.findings,
            _ => return matches,
        };
        count.total += 1;
        count.matched += u64::from(matches);
        matches
    }

    pub(super) fn print(&self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let text = format!("only what matches {}", printable(self.sieve.filter().text().trim()));
        let text = options.width.map_or_else(|| text.clone(), |width| cut(&text, width.saturating_sub(2)));
        writeln!(out, "  {}", options.palette.paint(Ink::Warn, &text))?;
        let counts = [
            (self.connections, "connections"),
            (self.requests, "requests"),
            (self.sessions, "TLS sessions"),
            (self.findings, "findings"),
        ];
        let there = counts.into_iter().filter(|(count, _)| count.total > 0);
        let parts: Vec<String> = there
            .map(|(Count { matched, total }, noun)| {
                format!("{} of {} {noun}", human::count(matched), human::count(total))
            })
            .collect();
        if !parts.is_empty() {
            writeln!(out, "  {}", parts.join(" · "))?;
        }
        let Some(text) = self.sieve.doubts().text() else { return Ok(()) };
        writeln!(out, "  {}", options.palette.paint(Ink::Warn, &text))
    }
}
