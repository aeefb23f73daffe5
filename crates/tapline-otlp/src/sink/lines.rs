//! The OTLP file format: one request in OTLP's JSON a line.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, Write};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use tapline_engine::analysis::is_unsafe;

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
        let line = serde_json::to_string(request).map_err(io::Error::other)?;
        self.out.write_all(printable(&line).as_bytes())?;
        self.out.write_all(b"\n")?;
        Ok(Answer::default())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// JSON that may be printed in a terminal, with the same values: what does something other than stand there can only be
/// inside of a string, where any character may be escaped (RFC 8259 §7).
fn printable(json: &str) -> Cow<'_, str> {
    // Controls below 0x20 are escaped already; nearly all lines are plain.
    let is_plain = json.is_ascii() && !json.as_bytes().contains(&0x7f);
    if is_plain || !json.contains(is_unsafe) {
        return json.into();
    }
    let mut out = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if is_unsafe(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::trace::v1::{ResourceSpans, ScopeSpans, Span};

    use super::*;

    #[test]
    fn lines_may_be_printed_and_say_the_same() {
        for name in ["plain", "ä\u{202e}b\u{7f}\u{9b}\n\"\u{e0001}"] {
            let span = Span { name: name.to_owned(), ..Span::default() };
            let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
            let all = ResourceSpans { scope_spans, ..ResourceSpans::default() };
            let request = ExportTraceServiceRequest { resource_spans: vec![all] };
            let mut lines = Lines::new(Vec::new());
            lines.send(&request).unwrap();
            let text = String::from_utf8(lines.into_inner()).unwrap();
            let line = text.strip_suffix('\n').unwrap();
            assert!(!line.contains(is_unsafe), "{line}");
            let said: ExportTraceServiceRequest = serde_json::from_str(line).unwrap();
            assert_eq!(said, request);
        }
    }
}
