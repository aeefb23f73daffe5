//! One JSON object a line; the contract stands in `docs/ndjson.md`.

pub(crate) mod json;

use std::io::{self, Write};

use serde::Serialize;
use tapline_engine::Outcome;
use tapline_engine::analysis::Event;

use crate::exporter::Exporter;
use crate::records::{self, RecordType, Visitor};
use crate::redact::{Redactor, Secrets};

/// Writes records as lines.
pub struct Writer<W: Write> {
    lines: Lines<W>,
    redactor: Redactor,
}

impl<W: Write> Writer<W> {
    /// Writes to `out`, which should be buffered. Secrets are redacted.
    pub fn new(out: W) -> Self {
        let lines = Lines { out, newest: Vec::new() };
        Self { lines, redactor: Redactor::default() }
    }

    /// Shows secrets, or not.
    #[must_use]
    pub fn with(self, secrets: Secrets) -> Self {
        Self { redactor: Redactor::new(secrets), ..self }
    }
}

impl<W: Write> Exporter for Writer<W> {
    type Out = W;

    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        if is_wanted { records::visit(event, &self.redactor, &mut self.lines) } else { Ok(()) }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.lines.out.flush()
    }

    fn finish(mut self, outcome: &Outcome, is_wanted: bool) -> io::Result<W> {
        if is_wanted {
            records::visit_capture(outcome, &self.redactor, &mut self.lines)?;
        }
        self.flush()?;
        Ok(self.lines.out)
    }
}

/// Where lines go.
struct Lines<W: Write> {
    out: W,
    newest: Vec<u8>,
}

impl<W: Write> Visitor for Lines<W> {
    fn record(&mut self, _: RecordType, record: &impl Serialize) -> io::Result<()> {
        self.newest.clear();
        json::append(&mut self.newest, record).map_err(io::Error::other)?;
        self.newest.push(b'\n');
        self.out.write_all(&self.newest)
    }
}
