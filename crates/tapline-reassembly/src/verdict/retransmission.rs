//! Octets that do not lie ahead: sent again, or overtaken?

use tapline_packet::{Flags, Segment};

use super::judge::{Circumstances, Half};
use super::{Flag, Own, Verdicts};
use crate::seq::distance;

/// Duplicate ACKs that make a sender send again at once. RFC 5681 §3.2 says three; one may be missing in the
/// capture.
const DUPLICATES_MIN: u32 = 2;

/// How soon after the last duplicate ACK a fast retransmission comes, nanoseconds.
const FAST_NS: u64 = 20_000_000;

/// How long a segment may be overtaken where the round trip is not known, nanoseconds.
const OVERTAKEN_NS: u64 = 3_000_000;

/// At most one of spurious, fast, out of order and plain, in this order. Only for segments that take up
/// sequence space, and not for keep-alives.
pub(super) fn judge(
    flags: &mut Verdicts,
    mine: &Half,
    other: &Half,
    segment: &Segment<'_>,
    around: &Circumstances<'_>,
) {
    let length = segment.payload_length;
    let marks = segment.flags.any(Flags::SYN | Flags::FIN);
    if (length == 0 && !marks) || flags.has(Flag::KeepAlive) {
        return;
    }
    let end = segment.sequence.wrapping_add(length);
    if length > 0 && other.acknowledges != 0 && distance(end, other.acknowledges) >= 0 {
        flags.add(Flag::Retransmission);
        flags.add(Flag::SpuriousRetransmission);
        return;
    }
    // Real data that begins one octet back follows a probe of that octet.
    let after_probe = length > 1 && segment.sequence == mine.next.wrapping_sub(1);
    let behind = mine.next != 0 && distance(segment.sequence, mine.next) > 0 && !after_probe;
    if !behind {
        return;
    }
    // Where the capture missed octets of the other side, tshark takes its duplicates for enough.
    let enough = other.duplicates >= DUPLICATES_MIN || other.unseen_told;
    let asked_for = enough && other.acknowledges == segment.sequence;
    if asked_for && elapsed(around.here.at.since(other.newest_at)) < FAST_NS {
        flags.add(Flag::Retransmission);
        flags.add(Flag::FastRetransmission);
        return;
    }
    let patience = around.round_trip_ns.map_or(OVERTAKEN_NS, elapsed);
    let soon = elapsed(around.here.at.since(mine.highest.at)) < patience;
    if soon && mine.next != end.wrapping_add(u32::from(marks)) {
        flags.add(Flag::OutOfOrder);
    } else {
        flags.add(Flag::Retransmission);
    }
}

/// A clock that went backwards has waited for ever, as in tshark.
fn elapsed(ns: i64) -> u64 {
    u64::try_from(ns).unwrap_or(u64::MAX)
}

/// Whether the segment is the first copy of its octets, and if not, where that was lost.
///
/// | seen before | TSval against the newest | is |
/// | --- | --- | --- |
/// | no | older | the first copy, overtaken |
/// | no | newer, or none | sent again, first copy lost before the capture |
/// | yes | newer, or none | sent again, first copy lost behind the capture |
///
/// A segment without timestamps is taken for sent again only where tshark says so.
pub(super) fn own(flags: Verdicts, mine: &Half, segment: &Segment<'_>) -> Option<Own> {
    let spurious = flags.has(Flag::SpuriousRetransmission);
    let again = flags.has(Flag::Retransmission) && !spurious;
    if segment.payload_length == 0 || !(again || flags.has(Flag::OutOfOrder)) {
        return None;
    }
    let end = segment.sequence.wrapping_add(segment.payload_length);
    let seen = mine.unacked.carrier(segment.sequence, end).is_some();
    let stamp = segment.options.timestamps.map(|(value, _)| value);
    let age = stamp.zip(mine.stamp).map(|(value, newest)| distance(newest, value).signum());
    match (seen, age) {
        (false, Some(-1)) => Some(Own::Reordered),
        (false, Some(1)) => Some(Own::LostBeforeCapture),
        (false, None) if again => Some(Own::LostBeforeCapture),
        (true, Some(1)) => Some(Own::LostAfterCapture),
        (true, None) if again => Some(Own::LostAfterCapture),
        _ => None,
    }
}
