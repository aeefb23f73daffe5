//! Bounds and thresholds that built connections reach: just below one nothing is told, at it something is.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test fails by panicking")]

#[path = "limits/findings.rs"]
mod findings;
#[path = "limits/maxima.rs"]
mod maxima;

use tapline_analysis::{Analyzer, ConnectionRecord, Event, Exchange, Interests, Options};
use tapline_testkit::{Frame, Talk};

const MS: i64 = 1_000_000;

const GET: &[u8] = b"GET /a HTTP/1.1\r\nHost: example.test\r\n\r\n";
const OK: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello";

fn talk() -> Talk {
    talk_from(40_000)
}

fn talk_from(port: u16) -> Talk {
    Talk::new(([10, 0, 0, 1], port).into(), "10.0.0.2:8080".parse().unwrap(), 0)
}

/// What was told.
#[derive(Default)]
struct Told {
    connections: Vec<ConnectionRecord>,
    exchanges: Vec<Exchange>,
    findings: Vec<&'static str>,
    anomalies: Vec<&'static str>,
    lookups: usize,
}

impl Told {
    fn finds(&self, code: &str) -> bool {
        self.findings.contains(&code)
    }

    /// How often the first connection has an anomaly.
    fn count(&self, code: &str) -> u32 {
        let counts = self.connections[0].anomalies.iter();
        counts.clone().find(|(known, _)| *known == code).map_or(0, |(_, count)| *count)
    }
}

fn analyse(frames: &[Frame]) -> Told {
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    for (frame, number) in frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    let mut told = Told::default();
    for event in analyzer.take_events() {
        match event {
            Event::Connection(record) => told.connections.push(*record),
            Event::Exchange(exchange) => told.exchanges.push(*exchange),
            Event::Finding(finding) => told.findings.push(finding.kind.code),
            Event::Anomaly(anomaly) => told.anomalies.push(anomaly.code),
            Event::Lookup(_) => told.lookups += 1,
            _ => {}
        }
    }
    told
}
