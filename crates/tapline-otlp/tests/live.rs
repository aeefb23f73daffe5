//! What comes live leaves soon, and what is over is forgotten.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use common::{export_to, spans};
use tapline_engine::RunOptions;
use tapline_engine::analysis::Options as AnalysisOptions;
use tapline_engine::capture::{Facts, Item, Progress, Source};
use tapline_otlp::{Answer, ExportTraceServiceRequest, INTERESTS, Options, Sink, Writer};
use tapline_testkit::{Frame, Talk};

/// Packets, then silence for two seconds, then the end.
struct Device {
    frames: Vec<Frame>,
    given: usize,
    silent_since: Option<Instant>,
    ended: Arc<Mutex<Option<Instant>>>,
    facts: Facts,
}

impl Source for Device {
    fn next(&mut self) -> Item<'_> {
        let Some(frame) = self.frames.get(self.given) else {
            if self.silent_since.get_or_insert_with(Instant::now).elapsed() > Duration::from_secs(2) {
                *self.ended.lock().unwrap() = Some(Instant::now());
                return Item::End;
            }
            std::thread::sleep(Duration::from_millis(20));
            return Item::Idle;
        };
        self.given += 1;
        Item::Packet(frame.packet(self.given as u64))
    }

    fn facts(&self) -> &Facts {
        &self.facts
    }

    fn progress(&self) -> Progress {
        Progress::default()
    }
}

/// Notes when what came.
#[derive(Default)]
struct Clocked(Vec<(Instant, ExportTraceServiceRequest)>);

impl Sink for Clocked {
    fn send(&mut self, request: &ExportTraceServiceRequest) -> io::Result<Answer> {
        self.0.push((Instant::now(), request.clone()));
        Ok(Answer::default())
    }
}

#[test]
fn an_exchange_leaves_while_its_connection_is_open() {
    let talk = Talk::new(SocketAddr::from(([10, 0, 0, 1], 40_000)), SocketAddr::from(([10, 0, 0, 2], 80)), 1);
    let talk = talk.handshake().client(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    let frames = talk.server(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi").frames;
    let ended = Arc::new(Mutex::new(None));
    let device =
        Device { frames, given: 0, silent_since: None, ended: ended.clone(), facts: Facts::default() };
    let capture: (Box<dyn Source + Send>, _) =
        (Box::new(device), RunOptions::new(AnalysisOptions::of(INTERESTS)));
    let begun = Instant::now();
    let sink = export_to(capture, Writer::new(Clocked::default(), Options::default())).unwrap().sink;
    let ended = ended.lock().unwrap().unwrap();
    let first = &sink.0[0];
    assert!(first.0 < ended && first.0 - begun < Duration::from_millis(1500), "{:?}", first.0 - begun);
    let early = spans(std::slice::from_ref(&first.1));
    assert!(
        early.iter().any(|span| span.name == "GET") && early.iter().all(|span| span.name != "TCP connection")
    );
}
