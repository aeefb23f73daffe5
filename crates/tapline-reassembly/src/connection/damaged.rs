//! Segments with a wrong checksum, set aside until it shows whether the receiver took them.
//!
//! ```text
//!   damaged ──> aside ──┬── a good copy comes ───────────────> dropped, as the receiver did
//!                       └── acknowledged, or the end comes ──> read: somebody rewrote the capture
//! ```

use tapline_packet::{Flags, Segment};

use super::Connection;
use super::take::with_stream;
use crate::limits::DAMAGED_SEGMENTS_MAX;
use crate::recent::Recent;
use crate::stream::Arrival;
use crate::{Direction, Origin, Sink};

/// A segment that was set aside.
#[derive(Debug)]
pub(super) struct Aside {
    sequence: u32,
    octets: Box<[u8]>,
    length: u32,
    origin: Origin,
}

/// Sets a segment's octets aside; whether that was done. Segments without octets have nothing to lose, and those
/// with SYN or FIN are steps of the connection, which are read at once; so is what finds no room.
pub(super) fn set_aside(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    here: Origin,
) -> bool {
    if segment.payload_length == 0 || segment.flags.any(Flags::SYN | Flags::FIN) {
        return false;
    }
    let aside = &mut connection.rare.get_or_insert_default().damaged;
    let Some(aside) = aside.get_mut(direction.index()).filter(|aside| aside.len() < DAMAGED_SEGMENTS_MAX)
    else {
        return false;
    };
    aside.push(Aside {
        sequence: segment.sequence,
        octets: segment.payload.into(),
        length: segment.payload_length,
        origin: here,
    });
    true
}

/// Reads the segments of a direction that were acknowledged without a good copy, or all that are left at the end.
pub(super) fn release(
    connection: &mut Connection,
    direction: Direction,
    at_the_end: bool,
    recent: &mut Recent,
    sink: &mut impl Sink,
) {
    let Some(rare) = &mut connection.rare else { return };
    let Some(aside) = rare.damaged.get_mut(direction.index()).filter(|aside| !aside.is_empty()) else {
        return;
    };
    let held = std::mem::take(aside);
    let mut waiting = Vec::new();
    for segment in held {
        let stream = &connection.side(direction).stream;
        let end = segment.sequence.wrapping_add(segment.length);
        if !at_the_end && !stream.has_acknowledged(end) {
            waiting.push(segment);
        } else if !stream.has_handed_over(end.wrapping_sub(1)) {
            let Aside { sequence, ref octets, length, origin } = segment;
            let arrival = Arrival { sequence, octets, length, fin: false, origin };
            with_stream(connection, direction, sink, |stream, out| stream.segment(arrival, recent, out));
        }
    }
    if let Some(rare) = &mut connection.rare
        && let Some(aside) = rare.damaged.get_mut(direction.index())
    {
        *aside = waiting;
    }
}
