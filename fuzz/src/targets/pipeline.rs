//! The whole way, from the octets of a capture to lines.

use std::io::sink;

use tapline_analysis::{Analyzer, Interests, Options};
use tapline_capture::read_bytes;
use tapline_export::Exporter;
use tapline_export::ndjson::Writer;

/// A capture, and everything that can be told of it.
pub(crate) fn pipeline(octets: &[u8]) {
    let mut analyzer = Analyzer::new(&Options::of(Interests::FULL));
    let mut writer = Writer::new(sink());
    let mut tell = |analyzer: &mut Analyzer| {
        for event in analyzer.take_events() {
            assert!(writer.event(&event, true).is_ok(), "an event cannot be written: {event:?}");
        }
    };
    // Whether it is a capture at all is for the reader to say.
    drop(read_bytes("fuzz", octets, &mut |packet| {
        analyzer.packet(packet);
        if analyzer.pending_events() > 1000 {
            tell(&mut analyzer);
        }
    }));
    while analyzer.finish_some(1000) {
        tell(&mut analyzer);
    }
    tell(&mut analyzer);
}
