//! HAR 1.2 (W3C web performance working group, Jan Odvarko): what a browser's network panel opens.
//!
//! ```text
//!   introductions, TLS sessions ──> what each connection is known by ─┐
//!   octets of bodies, where wanted ──> bodies that wait ──────────────┼──> exchange ──> an entry, at once
//! ```
//!
//! Times are those of the packets: `blocked`, `dns`, `connect` (with TLS in it), `ssl`, `send`, `wait` and `receive` are
//! stretches that follow one another, so `time` is their sum. What HAR has no word for stands in fields that begin with
//! `_`: TLS, stalls, packets.

mod bodies;
mod cookies;
mod entry;
mod timings;

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::{ConnectionRecord, Endpoint, Event, Exchange, Interests, TlsSession};

use crate::exporter::Exporter;
use crate::ndjson::json;
use crate::redact::{Redactor, Secrets};
use bodies::Bodies;
use entry::Entry;

/// The events that it needs beside exchanges.
pub const BESIDE: Interests = Interests {
    introductions: true,
    connections: true,
    tls_progress: true,
    headers: true,
    ..Interests::NONE
};

/// Whether bodies are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum WithBodies {
    /// Their sizes only.
    #[default]
    No,
    /// Their content too, its codings undone; what is too large is cut, and says so. Nothing in it is redacted.
    Yes,
}

/// Writes exchanges as entries of one log.
pub struct Writer<W: Write> {
    out: W,
    redactor: Redactor,
    known: HashMap<u64, Known>,
    bodies: Option<Bodies>,
    is_begun: bool,
    left_out: LeftOut,
    newest: Vec<u8>,
}

/// What is known of a connection that is not over.
#[derive(Debug)]
struct Known {
    client: Endpoint,
    server: Endpoint,
    tls: Option<Box<TlsSession>>,
}

/// Exchanges that HAR has no form for.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Inferred from sizes: neither method nor URL is known.
    pub inferred: u64,
    /// Their request was not captured.
    pub without_request: u64,
}

impl LeftOut {
    /// All of them.
    pub fn count(self) -> u64 {
        self.inferred + self.without_request
    }
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

impl<W: Write> Writer<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W, secrets: Secrets, bodies: WithBodies) -> Self {
        Self {
            out,
            redactor: Redactor::new(secrets),
            known: HashMap::new(),
            bodies: (bodies == WithBodies::Yes).then(Bodies::default),
            is_begun: false,
            left_out: LeftOut::default(),
            newest: Vec::new(),
        }
    }

    /// What stands before an entry: the log's beginning, or a comma.
    fn separate(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.is_begun, true) {
            return self.out.write_all(b",\n");
        }
        self.out.write_all(b"{\"log\":{\"version\":\"1.2\",\"creator\":")?;
        let creator = Creator { name: "tapline", version: env!("CARGO_PKG_VERSION") };
        write_json(&mut self.out, &mut self.newest, &creator)?;
        self.out.write_all(b",\"entries\":[\n")
    }

    fn exchange(&mut self, exchange: &Exchange) -> io::Result<()> {
        let Some(request) = &exchange.request else {
            self.left_out.without_request += 1;
            return Ok(());
        };
        if exchange.inferred {
            self.left_out.inferred += 1;
            return Ok(());
        }
        self.separate()?;
        let bodies = self.bodies.as_mut().map(|bodies| bodies.of(exchange)).unwrap_or_default();
        let known = self.known.get(&exchange.connection);
        let entry = Entry::of(exchange, request, known, &bodies, &self.redactor);
        write_json(&mut self.out, &mut self.newest, &entry)
    }

    fn over(&mut self, record: &ConnectionRecord) {
        self.known.remove(&record.id);
        if let Some(bodies) = &mut self.bodies {
            bodies.over(record.id);
        }
    }
}

impl<W: Write> Exporter for Writer<W> {
    type Out = (W, LeftOut);

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        match event {
            Event::Introduction(introduction) => {
                let known = self.known.entry(introduction.connection).or_insert_with(|| Known {
                    client: introduction.client,
                    server: introduction.server,
                    tls: None,
                });
                (known.client, known.server) = (introduction.client, introduction.server);
            }
            Event::TlsSessionProgress(session) => {
                if let Some(known) = self.known.get_mut(&session.connection) {
                    known.tls = Some(session.clone());
                }
            }
            Event::Message(message) => {
                if let Some(bodies) = &mut self.bodies {
                    bodies.head(message);
                }
            }
            Event::Carried(carried) => {
                if let Some(bodies) = &mut self.bodies {
                    bodies.carried(carried);
                }
            }
            Event::Exchange(exchange) if is_wanted => return self.exchange(exchange),
            Event::Connection(record) => self.over(record),
            _ => {}
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }

    fn finish(mut self, outcome: &Outcome, _: bool) -> io::Result<Self::Out> {
        if !self.is_begun {
            self.separate()?;
        }
        self.out.write_all(b"\n],\"pages\":")?;
        write_json(&mut self.out, &mut self.newest, &[Page::of(outcome)])?;
        self.out.write_all(b",\"_capture\":")?;
        let capture = Capture {
            packets: outcome.totals.packets,
            start: outcome.totals.start.map(crate::time::rfc3339),
            end: outcome.totals.end.map(crate::time::rfc3339),
            dropped_packets: outcome.facts.dropped_packets(),
            exchanges_left_out: self.left_out,
            redacted_values: self.redactor.count(),
        };
        write_json(&mut self.out, &mut self.newest, &capture)?;
        self.out.write_all(b"}}\n")?;
        self.out.flush()?;
        Ok((self.out, self.left_out))
    }
}

/// Writes a value by way of memory that is used again.
fn write_json(out: &mut impl Write, newest: &mut Vec<u8>, value: &impl Serialize) -> io::Result<()> {
    newest.clear();
    json::append(newest, value).map_err(io::Error::other)?;
    out.write_all(newest)
}

/// The id of the one page of a log.
const PAGE: &str = "capture";

/// The capture as a page: a network panel shows the entries of one on one axis.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    started_date_time: String,
    id: &'static str,
    title: String,
    #[serde(rename = "pageTimings")]
    timings: PageTimings,
}

/// What a capture does not know of a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PageTimings {
    on_content_load: i8,
    on_load: i8,
}

impl Page {
    fn of(outcome: &Outcome) -> Self {
        let names = outcome.facts.files.iter().map(|file| file.path.display().to_string());
        Self {
            started_date_time: crate::time::rfc3339(outcome.totals.start.unwrap_or_default()),
            id: PAGE,
            title: names.collect::<Vec<_>>().join(", "),
            timings: PageTimings { on_content_load: -1, on_load: -1 },
        }
    }
}

/// The capture that the log is of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Capture {
    packets: u64,
    start: Option<String>,
    end: Option<String>,
    dropped_packets: Option<u64>,
    exchanges_left_out: LeftOut,
    redacted_values: Option<u64>,
}
