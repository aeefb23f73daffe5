//! From a file's octets to events, and from events to lines.

use std::hint::black_box;
use std::io::sink;

use anyhow::Result;
use tapline_analysis::{Analyzer, Event, Interests, Options};
use tapline_capture::{Item, open, read_bytes};
use tapline_export::Exporter;
use tapline_export::ndjson::Writer;

use super::{Round, fixture};

/// 500 requests by HTTP/1.1 inside TLS that nobody opens; loss holds one of them up.
const CAPTURE: &str = "link/slow-among-500.pcapng";

pub(super) fn pcapng() -> Result<Round> {
    let octets = std::fs::read(fixture(CAPTURE))?;
    Ok(Box::new(move || {
        let mut packets = 0;
        let read = read_bytes("stage", &octets, &mut |packet| {
            black_box(packet);
            packets += 1;
        });
        black_box(read.is_ok());
        packets
    }))
}

/// Everything that happens to the packets of the fixture, and how many they are.
fn analyse() -> Result<(Vec<Event>, u64)> {
    let mut source = open(&[fixture(CAPTURE)])?;
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    let mut packets = 0;
    while let Item::Packet(packet) = source.next() {
        analyzer.packet(&packet);
        packets += 1;
    }
    while analyzer.finish_some(1024) {}
    Ok((analyzer.take_events(), packets))
}

pub(super) fn analysis() -> Result<Round> {
    analyse()?;
    Ok(Box::new(|| {
        analyse().map_or(0, |(events, packets)| {
            black_box(events);
            packets
        })
    }))
}

pub(super) fn ndjson() -> Result<Round> {
    let (events, _) = analyse()?;
    Ok(Box::new(move || {
        let mut writer = Writer::new(sink());
        for event in &events {
            black_box(writer.event(event, true).is_ok());
        }
        events.len() as u64
    }))
}
