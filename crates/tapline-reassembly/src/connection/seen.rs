//! A segment as an observer of its connection counts: in octets of the two streams.

use tapline_packet::{Flags, Segment};

use super::Connection;
use crate::{Direction, Origin, Sink, seq};

/// A segment by its place in the streams. Numbers are relative as in tshark: 0 is the SYN, or the number before the
/// first octet seen; 1 is the first octet. They do not wrap; what is before the stream's beginning is negative.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    /// Control bits.
    pub flags: Flags,
    /// The number of its first octet in its sender's stream.
    pub sequence: i64,
    /// Octets of payload, on the wire.
    pub length: u32,
    /// The number of the octet of the other stream that its sender expects next; `None` without ACK.
    pub acknowledgment: Option<i64>,
    /// The window that it advertises, octets; `None` where the scale is not known.
    pub window_bytes: Option<u64>,
    /// Stretches of the other stream that its sender has beyond `acknowledgment` (RFC 2018), first number and the one
    /// past the last.
    pub sack: Vec<(i64, i64)>,
}

impl Connection {
    /// Tells a sink that wants segments of one that was judged.
    pub(super) fn show(
        &self,
        direction: Direction,
        segment: &Segment<'_>,
        here: Origin,
        sink: &mut impl Sink,
    ) {
        if !sink.wants_segments() {
            return;
        }
        let place = |direction, number| {
            let side = self.side(direction);
            let base = side.base.unwrap_or(number);
            seq::offset(base, side.stream.length(), number)
        };
        let other = direction.flip();
        let seen = Seen {
            flags: segment.flags,
            sequence: place(direction, segment.sequence),
            length: segment.payload_length,
            acknowledgment: segment.has(Flags::ACK).then(|| place(other, segment.acknowledgment)),
            window_bytes: self.judge.window(direction),
            sack: segment
                .options
                .sack
                .iter()
                .map(|(from, to)| (place(other, from), place(other, to)))
                .collect(),
        };
        sink.segment(self, direction, here, &seen);
    }
}
