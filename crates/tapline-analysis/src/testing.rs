//! What unit tests of several files need.

use tapline_testkit::Talk;

use crate::{Analyzer, ConnectionRecord, Event, Interests, Options};

/// The record of a connection without a request.
pub(crate) fn record() -> Box<ConnectionRecord> {
    let talk = Talk::new(([10, 0, 0, 1], 4000).into(), ([10, 0, 0, 2], 443).into(), 0).handshake().close();
    let mut analyzer = Analyzer::new(&Options::of(Interests::SUMMARY));
    for (frame, number) in talk.frames.iter().zip(1..) {
        analyzer.packet(&frame.packet(number));
    }
    analyzer.finish();
    let record = analyzer.take_events().into_iter().find_map(|event| match event {
        Event::Connection(record) => Some(record),
        _ => None,
    });
    record.unwrap()
}
