//! Events to spans, spans to a sink.

use std::io;

use opentelemetry_proto::tonic::trace::v1::Span;
use tapline_engine::Outcome;
use tapline_engine::analysis::{ConnectionRecord, Event, Exchange, Timestamp, TlsSession};
use tapline_export::Exporter;
use tapline_export::redact::{Redactor, Secrets};

use crate::batch::Batch;
use crate::ids::Role;
use crate::known::{Findings, Known};
use crate::sink::{Answer, Sink};
use crate::spans::{self, Place, Subject};

/// What is wanted of an export.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Options {
    /// Whether secrets are shown.
    pub secrets: Secrets,
    /// `service.name` of everything.
    pub service_name: String,
    /// `host.name` of everything; `None` leaves it out.
    pub host_name: Option<String>,
    /// Header fields of requests that are wanted as attributes.
    pub request_headers: Vec<String>,
    /// Header fields of responses that are.
    pub response_headers: Vec<String>,
}

impl Default for Options {
    /// Secrets redacted, the service is `tapline`, nothing that has to be asked for.
    fn default() -> Self {
        Self {
            secrets: Secrets::default(),
            service_name: "tapline".to_owned(),
            host_name: None,
            request_headers: Vec::new(),
            response_headers: Vec::new(),
        }
    }
}

/// What became of an export so far.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sent {
    /// Spans that were sent, those that were rejected among them.
    pub spans: u64,
    /// Spans that the collector did not keep.
    pub rejected_spans: u64,
    /// Why, or what else it had to say; the newest.
    pub message: Option<String>,
    /// Answers that could not be read, each to spans of which some may have been rejected.
    pub unread_answers: u64,
    /// Spans left out, because their connection was one too many to be remembered.
    pub left_out_spans: u64,
}

impl Sent {
    /// So many more were sent, and that was the answer.
    pub(crate) fn add(&mut self, spans: usize, answer: Answer) {
        self.spans += spans as u64;
        self.rejected_spans += answer.rejected_spans;
        self.unread_answers += u64::from(answer.is_unread);
        if !answer.message.is_empty() {
            self.message = Some(answer.message);
        }
    }
}

/// Writes events as spans. What comes was asked for with [`crate::INTERESTS`], and every event must be shown, in order.
pub struct Writer<S: Sink> {
    sink: S,
    options: Options,
    redactor: Redactor,
    known: Known,
    /// What was found about several connections.
    across: Findings,
    begun: bool,
    batch: Batch,
    sent: Sent,
}

impl<S: Sink> Writer<S> {
    /// One that has seen nothing.
    pub fn new(sink: S, options: Options) -> Self {
        Self {
            sink,
            redactor: Redactor::new(options.secrets),
            known: Known::default(),
            across: Findings::default(),
            begun: false,
            batch: Batch::new(&options),
            sent: Sent::default(),
            options,
        }
    }

    /// What an event is. It is looked at even where it is not wanted: others are known by it.
    fn spans(&mut self, event: &Event, is_wanted: bool) -> Vec<Span> {
        match event {
            Event::Connection(record) => self.connection(event, record, is_wanted),
            _ if !is_wanted => Vec::new(),
            Event::Exchange(exchange) => self.exchange(event, exchange),
            Event::TlsSession(session) => self.tls_session(event, session),
            Event::Http2Connection(connection) => {
                let found = spans::findings_of(event, &self.redactor);
                if let Some(findings) = self.known.findings(connection.connection) {
                    findings.extend(found);
                }
                Vec::new()
            }
            // Those of one connection stand on the span that they were found of.
            Event::Finding(finding) if finding.connection.is_none() => {
                self.across.extend([spans::of_finding(finding, &self.redactor)]);
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn connection(&mut self, event: &Event, record: &ConnectionRecord, is_wanted: bool) -> Vec<Span> {
        let known = self.known.take(record);
        if !is_wanted {
            return Vec::new();
        }
        let Some(known) = known else { return self.leave_out() };
        let handshake =
            spans::of_tcp_handshake(record, &Place::below_root(&known.identity, Role::TcpHandshake));
        let found = spans::findings_of(event, &self.redactor);
        let connection = spans::of_connection(record, known, found, &self.redactor);
        handshake.into_iter().chain([connection]).collect()
    }

    fn exchange(&mut self, event: &Event, exchange: &Exchange) -> Vec<Span> {
        let Some(connection) = self.known.of(exchange.connection) else { return self.leave_out() };
        let subject = Subject {
            exchange,
            connection,
            number: connection.exchanges,
            options: &self.options,
            redactor: &self.redactor,
        };
        spans::of_exchange(subject, spans::findings_of(event, &self.redactor))
    }

    fn tls_session(&mut self, event: &Event, session: &TlsSession) -> Vec<Span> {
        let Some(connection) = self.known.of(session.connection) else { return self.leave_out() };
        let place = Place::below_root(&connection.identity, Role::TlsHandshake(connection.handshakes));
        let found = spans::findings_of(event, &self.redactor);
        vec![spans::of_tls_session(session, &place, found, &self.redactor)]
    }

    fn leave_out(&mut self) -> Vec<Span> {
        self.sent.left_out_spans += 1;
        Vec::new()
    }

    fn push(&mut self, spans: impl IntoIterator<Item = Span>) -> io::Result<()> {
        for span in spans {
            self.batch.push(span);
            if self.batch.is_full() {
                self.send()?;
            }
        }
        if self.sink.gathers() { Ok(()) } else { self.send() }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.batch.is_empty() {
            return Ok(());
        }
        let (request, spans) = self.batch.take();
        let answer = self.sink.send(&request)?;
        self.sent.add(spans, answer);
        Ok(())
    }
}

impl<S: Sink> Exporter for Writer<S> {
    type Out = (S, Sent);

    fn begin(&mut self, start: Timestamp) {
        if !std::mem::replace(&mut self.begun, true) {
            self.known.begin(start);
        }
    }

    /// Sends what is gathered where that is enough.
    fn event(&mut self, event: &Event, is_wanted: bool) -> io::Result<()> {
        self.known.see(event);
        let spans = self.spans(event, is_wanted);
        self.push(spans)
    }

    /// Sends what has waited for long enough. To be called while nothing comes, too.
    fn flush(&mut self) -> io::Result<()> {
        if self.batch.is_due() {
            self.send()?;
        }
        self.sink.flush()
    }

    /// The capture's own span comes last.
    fn finish(mut self, outcome: &Outcome, _: bool) -> io::Result<Self::Out> {
        let findings = std::mem::take(&mut self.across);
        let capture = spans::of_capture(outcome, findings, self.redactor.count());
        self.push(capture)?;
        self.send()?;
        self.sink.flush()?;
        Ok((self.sink, self.sent))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::ops::ControlFlow;

    use tapline_engine::analysis::Options as AnalysisOptions;
    use tapline_engine::capture::open_reader;
    use tapline_engine::{RunOptions, run};
    use tapline_testkit::Talk;

    use super::*;
    use crate::sink::Lines;

    #[test]
    fn what_is_over_is_forgotten() {
        let talk = |port: u16| {
            let client = std::net::SocketAddr::from(([10, 0, 0, 1], 40_000 + port));
            let server = std::net::SocketAddr::from(([10, 0, 0, 2], 80));
            // Ten minutes between one and the next: a connection is told some minutes after its end.
            let talk = Talk::new(client, server, i64::from(port) * 600_000_000_000).handshake();
            talk.client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n").server(b"HTTP/1.1 204 \r\n\r\n").close().frames
        };
        let frames: Vec<_> = (0..50).flat_map(talk).collect();
        let capture = tapline_testkit::capture(Vec::new(), &frames).unwrap();
        let mut source = open_reader("built", Box::new(Cursor::new(capture))).unwrap();
        let mut options = RunOptions::new(AnalysisOptions::of(crate::INTERESTS));
        options.batch_packets = 10;
        let (mut writer, mut most) = (Writer::new(Lines::new(Vec::new()), Options::default()), 0);
        run(&mut *source, &options, |batch| {
            batch.events.iter().for_each(|event| writer.event(event, true).unwrap());
            most = most.max(writer.known.len());
            ControlFlow::Continue(())
        });
        assert!((1..6).contains(&most), "{most} at once");
        assert_eq!((writer.known.len(), writer.sent.left_out_spans), (0, 0));
    }
}
