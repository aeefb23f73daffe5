//! The OTLP file format: one request in OTLP's JSON a line.

use std::io::{self, Write};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;

use super::{Answer, Sink};

/// Writes each request as a line. What belongs to one event makes one, so the lines depend on the capture alone.
#[derive(Debug)]
pub struct Lines<W: Write> {
    out: W,
}

impl<W: Write> Lines<W> {
    /// Writes to `out`, which should be buffered.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Where it was written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: Write> Sink for Lines<W> {
    fn gathers(&self) -> bool {
        false
    }

    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        // Made first: an error of the writer keeps its kind, so that a broken pipe is known for one.
        let line = serde_json::to_vec(request).map_err(io::Error::other)?;
        self.out.write_all(&line)?;
        self.out.write_all(b"\n")?;
        Ok(Answer::default())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
