//! Lines of the OTLP file format in, requests out: what was written to a file is sent later, and a process that reads
//! packets and may not open sockets has another one that sends for it.
//!
//! ```text
//!   input ──> a thread that reads lines ──> at most RELAY_LINES_MAX ──> gathered ──> Sink
//! ```

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::ResourceSpans;

use crate::limits::{
    BATCH_BYTES_MAX, BATCH_SPANS_MAX, BATCH_WAIT_MAX, RELAY_LINE_BYTES_MAX, RELAY_LINES_MAX,
};
use crate::sink::Sink;
use crate::writer::Sent;

/// Sends what lines say, until they end. Spans of several lines leave together, none waits for longer than those of an
/// [`crate::Writer`]. `sent` is what became of them, also where something fails.
pub fn relay<S: Sink>(input: impl BufRead + Send + 'static, sink: &mut S, sent: &mut Sent) -> io::Result<()> {
    let (write, lines) = sync_channel(RELAY_LINES_MAX);
    // It ends with the input, or at the next line that nobody takes.
    std::thread::Builder::new().name("lines".to_owned()).spawn(move || read(input, &write))?;
    let mut gathered = Gathered::default();
    loop {
        let line = next(&lines, gathered.patience());
        let is_over = matches!(line, Err(RecvTimeoutError::Disconnected));
        if let Ok(line) = line {
            gathered.add(&line?)?;
        }
        if gathered.spans > 0 && (is_over || gathered.is_due()) {
            let (request, spans) = gathered.take();
            sent.add(spans, sink.send(&request)?);
        }
        if is_over {
            return sink.flush();
        }
    }
}

/// The next line: at the latest when something waited for long enough, where something waits.
fn next(
    lines: &Receiver<io::Result<Vec<u8>>>,
    patience: Option<Duration>,
) -> Result<io::Result<Vec<u8>>, RecvTimeoutError> {
    match patience {
        Some(patience) => lines.recv_timeout(patience),
        None => lines.recv().map_err(|_| RecvTimeoutError::Disconnected),
    }
}

/// Hands on lines, one after the other.
fn read(mut input: impl BufRead, lines: &SyncSender<io::Result<Vec<u8>>>) {
    loop {
        let mut line = Vec::new();
        let read = input.by_ref().take(RELAY_LINE_BYTES_MAX).read_until(b'\n', &mut line);
        let line = match read {
            Ok(0) => return,
            Ok(_) if line.len() as u64 == RELAY_LINE_BYTES_MAX => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long for a request"))
            }
            read => read.map(|_| line),
        };
        let is_last = line.is_err();
        if lines.send(line).is_err() || is_last {
            return;
        }
    }
}

/// What leaves next.
#[derive(Default)]
struct Gathered {
    resources: Vec<ResourceSpans>,
    spans: usize,
    bytes: usize,
    since: Option<Instant>,
}

impl Gathered {
    /// Adds what a line says; an empty one says nothing. What has the resource and scope of the line before joins it.
    fn add(&mut self, line: &[u8]) -> io::Result<()> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let request: ExportTraceServiceRequest = serde_json::from_slice(line)?;
        self.since.get_or_insert_with(Instant::now);
        self.bytes += line.len();
        for mut resource in request.resource_spans {
            self.spans += resource.scope_spans.iter().map(|scope| scope.spans.len()).sum::<usize>();
            match self.resources.last_mut() {
                Some(last)
                    if last.resource == resource.resource && last.schema_url == resource.schema_url =>
                {
                    last.scope_spans.append(&mut resource.scope_spans);
                }
                _ => self.resources.push(resource),
            }
        }
        self.resources.iter_mut().for_each(join_scopes);
        Ok(())
    }

    /// How long something may still wait; `None` where nothing does.
    fn patience(&self) -> Option<Duration> {
        Some(BATCH_WAIT_MAX.saturating_sub(self.since?.elapsed()))
    }

    fn is_due(&self) -> bool {
        let waited = self.since.is_some_and(|since| since.elapsed() >= BATCH_WAIT_MAX);
        waited || self.spans >= BATCH_SPANS_MAX || self.bytes >= BATCH_BYTES_MAX
    }

    fn take(&mut self) -> (ExportTraceServiceRequest, usize) {
        let Self { resources, spans, .. } = std::mem::take(self);
        (ExportTraceServiceRequest { resource_spans: resources }, spans)
    }
}

/// Puts spans of one scope that follow one another together.
fn join_scopes(resource: &mut ResourceSpans) {
    resource.scope_spans.dedup_by(|later, scope| {
        let is_same = later.scope == scope.scope && later.schema_url == scope.schema_url;
        if is_same {
            scope.spans.append(&mut later.spans);
        }
        is_same
    });
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, Cursor};

    use opentelemetry_proto::tonic::trace::v1::{ScopeSpans, Span};

    use super::*;
    use crate::sink::Answer;

    #[derive(Default)]
    struct Kept(Vec<ExportTraceServiceRequest>);

    impl Sink for Kept {
        fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
            self.0.push(request.clone());
            Ok(Answer { rejected_spans: 1, ..Answer::default() })
        }
    }

    fn line(name: &str, schema_url: &str) -> String {
        let span = Span { name: name.to_owned(), ..Span::default() };
        let scope_spans = vec![ScopeSpans { spans: vec![span], ..ScopeSpans::default() }];
        let resource =
            ResourceSpans { scope_spans, schema_url: schema_url.to_owned(), ..ResourceSpans::default() };
        let request = ExportTraceServiceRequest { resource_spans: vec![resource] };
        serde_json::to_string(&request).unwrap() + "\n"
    }

    fn relayed(text: String) -> (Kept, Sent, io::Result<()>) {
        let (mut sink, mut sent) = (Kept::default(), Sent::default());
        let result = relay(Cursor::new(text.into_bytes()), &mut sink, &mut sent);
        (sink, sent, result)
    }

    #[test]
    fn lines_leave_together() {
        let lines: String = (0..1200).map(|nth| line(&nth.to_string(), "")).collect();
        let (sink, sent, result) = relayed(lines);
        result.unwrap();
        let spans = |request: &ExportTraceServiceRequest| {
            assert_eq!((request.resource_spans.len(), request.resource_spans[0].scope_spans.len()), (1, 1));
            request.resource_spans[0].scope_spans[0].spans.len()
        };
        assert_eq!(sink.0.iter().map(spans).collect::<Vec<_>>(), [512, 512, 176]);
        assert_eq!((sent.spans, sent.rejected_spans), (1200, 3));
    }

    #[test]
    fn what_is_of_another_resource_stays_apart() {
        let (sink, sent, _) =
            relayed(line("a", "one") + "\n" + &line("b", "two") + line("c", "two").trim_end());
        let [request] = &sink.0[..] else { panic!("one request") };
        let counts: Vec<usize> =
            request.resource_spans.iter().map(|resource| resource.scope_spans[0].spans.len()).collect();
        assert_eq!((counts, sent.spans), (vec![1, 2], 3));
    }

    #[test]
    fn what_is_no_line_ends_it() {
        let (sink, _, result) = relayed(line("a", "") + "{\"resourceSpans\":1}\n");
        assert!(result.is_err() && sink.0.is_empty());
        let long = Cursor::new(vec![b' '; usize::try_from(RELAY_LINE_BYTES_MAX).unwrap() + 1]);
        assert!(relay(BufReader::new(long), &mut Kept::default(), &mut Sent::default()).is_err());
    }

    /// Notes when the first request came.
    struct Clock(Option<Instant>);
    impl Sink for Clock {
        fn send(&mut self, _: &ExportTraceServiceRequest) -> io::Result<Answer> {
            self.0.get_or_insert_with(Instant::now);
            Ok(Answer::default())
        }
    }

    /// A pipe on which nothing more comes for now.
    #[test]
    fn a_line_does_not_wait_for_the_next_one() {
        let (read, mut write) = io::pipe().unwrap();
        let begun = Instant::now();
        let writer = std::thread::spawn(move || {
            io::Write::write_all(&mut write, line("a", "").as_bytes()).unwrap();
            std::thread::sleep(Duration::from_secs(3));
        });
        let mut clock = Clock(None);
        relay(BufReader::new(read), &mut clock, &mut Sent::default()).unwrap();
        writer.join().unwrap();
        assert!(clock.0.unwrap() - begun < Duration::from_secs(2));
    }
}
