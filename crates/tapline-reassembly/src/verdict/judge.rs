//! The rules, segment by segment, in capture order.
//!
//! ```text
//!            ┌ probe? ──────────────┐
//! segment ──>│ window, keep-alive,  │──> acknowledgment ──> sent again? ──> facts ──> state moves on
//!            │ duplicate ACK        │    of unseen octets   (retransmission.rs)
//!            └──────────────────────┘
//! ```
//!
//! A number 0 means "not known" where a field says so: tshark cannot tell the sequence number 0 from none, and
//! its verdicts are what these rules must equal.

use tapline_packet::{Flags, Segment, Timestamp};

use super::facts::{Duplicate, Facts, Rto};
use super::retransmission;
use super::tally::Tally;
use super::unacked::Unacked;
use super::window::{self, Scale};
use super::{Flag, Own, Verdict, Verdicts};
use crate::seq::distance;
use crate::{Direction, Origin, Stream};

/// Flags of segments that open or end a connection: most rules are not about them.
const CONTROL: Flags = Flags(Flags::SYN.0 | Flags::FIN.0 | Flags::RST.0);

/// What one side has sent so far.
#[derive(Debug, Default)]
pub(super) struct Half {
    /// One past the highest octet seen; 0: not known.
    pub(super) next: u32,
    /// One past the last octet of the part that was seen without a hole; 0: not known. Moves on over a hole
    /// once its acknowledgment was told.
    contiguous: u32,
    /// The newest acknowledgment number this side sent; 0 before.
    pub(super) acknowledges: u32,
    /// Duplicates of that acknowledgment.
    pub(super) duplicates: u32,
    /// An acknowledgment of octets of this side that were not seen was told since this side last
    /// acknowledged something new.
    pub(super) unseen_told: bool,
    /// The newest segment was a SYN: its window is not scaled (RFC 7323 §2.2).
    window_of_syn: bool,
    scale: Scale,
    newest_flags: Verdicts,
    /// The newest window field.
    window: Option<u16>,
    /// The newest TSval.
    pub(super) stamp: Option<u32>,
    /// The packet that set `next`.
    pub(super) highest: Origin,
    /// The packet that first sent `acknowledges`.
    acknowledged_in: u64,
    /// When this side's newest segment came.
    pub(super) newest_at: Timestamp,
    pub(super) unacked: Unacked,
}

impl Half {
    /// The window it advertised, octets where the scale is known.
    fn window_octets(&self) -> Option<u64> {
        let shift = if self.window_of_syn { 0 } else { self.scale.shift().unwrap_or(0) };
        self.window.map(|window| u64::from(window) << shift)
    }

    /// Where the window it advertised ends, if that is known.
    fn window_end(&self) -> Option<u32> {
        self.scale.shift()?;
        let window = u32::try_from(self.window_octets()?).ok()?;
        Some(self.acknowledges.wrapping_add(window))
    }
}

/// What a judgment needs beside the segment.
#[derive(Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) direction: Direction,
    pub(crate) here: Origin,
    /// An earlier capture of the same IP packet.
    pub(crate) same: Option<Origin>,
    /// What its side was seen to send before.
    pub(crate) stream: &'a Stream,
    /// `initial_rtt_ns` of the handshake before this segment.
    pub(crate) round_trip_ns: Option<i64>,
    /// A SYN or SYN-ACK that shows that the addresses and ports were used before.
    pub(crate) reused_ports: bool,
    /// The numbers before the first octets: of this direction, of the other.
    pub(crate) bases: [u32; 2],
}

/// What was found.
pub(crate) struct Judgment {
    pub(crate) verdict: Option<Box<Verdict>>,
    /// From the segment that ends where this one's acknowledgment does, if that was sent once, nanoseconds.
    pub(crate) round_trip_ns: Option<i64>,
}

/// Both sides of a connection.
#[derive(Debug, Default)]
pub(crate) struct Judge {
    halves: [Half; 2],
    tally: Option<Box<Tally>>,
}

impl Judge {
    /// Judges a segment and remembers it.
    pub(crate) fn judge(&mut self, segment: &Segment<'_>, around: &Circumstances<'_>) -> Judgment {
        let Self { halves: [forward, reverse], tally } = self;
        let (mine, other) = match around.direction {
            Direction::Forward => (forward, reverse),
            Direction::Reverse => (reverse, forward),
        };
        let mut flags = Verdicts::default();
        if around.reused_ports {
            flags.add(Flag::ReusedPorts);
        }
        windows_and_acks(&mut flags, mine, other, segment);
        note_acknowledgment(&mut flags, mine, other, segment, around.here);
        retransmission::judge(&mut flags, mine, other, segment, around);
        // Nothing more can be proven of a segment that is not odd, not a copy and reports nothing.
        let is_plain = flags.is_empty() && around.same.is_none() && segment.options.sack.is_empty();
        let verdict = if is_plain { None } else { verdict(flags, mine, other, tally, segment, around) };
        let round_trip_ns = remember(flags, mine, other, segment, around.here);
        Judgment { verdict, round_trip_ns }
    }

    /// The window that the sender of that direction advertises, octets; `None` where its scale is not known.
    pub(crate) fn window(&self, direction: Direction) -> Option<u64> {
        let half = self.halves.get(direction.index())?;
        half.scale.shift()?;
        half.window_octets()
    }

    /// Segments that count as retransmissions and were sent once.
    pub(crate) fn not_resent(&self) -> u32 {
        self.tally.as_ref().map_or(0, |tally| tally.not_resent())
    }

    /// Segments that were the same IP packet as an earlier one.
    pub(crate) fn same_packets(&self) -> u32 {
        self.tally.as_ref().map_or(0, |tally| tally.same_packets())
    }

    /// The connection is over: it needs no more room than it has to.
    pub(crate) fn shrink(&mut self) {
        self.halves.iter_mut().for_each(|half| half.unacked.shrink());
    }

    /// How often each flag was raised; those that never were are left out.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (Flag, u32)> {
        self.tally.iter().flat_map(|tally| tally.counts())
    }
}

/// What is odd, with its proof, and counted.
#[cold]
fn verdict(
    flags: Verdicts,
    mine: &Half,
    other: &Half,
    tally: &mut Option<Box<Tally>>,
    segment: &Segment<'_>,
    around: &Circumstances<'_>,
) -> Option<Box<Verdict>> {
    let own = own(flags, mine, tally.as_deref(), segment, around);
    if flags.is_empty() && own.is_none() {
        return None;
    }
    let verdict = Box::new(Verdict { flags, own, facts: facts(flags, mine, other, segment, around) });
    tally.get_or_insert_default().count(&verdict, around.direction, around.here.packet);
    Some(verdict)
}

/// Windows, keep-alives, duplicate ACKs: what can be told without looking back further than one segment.
fn windows_and_acks(flags: &mut Verdicts, mine: &mut Half, other: &Half, segment: &Segment<'_>) {
    let length = segment.payload_length;
    let control = segment.flags.any(CONTROL);
    if length == 1 && segment.sequence == mine.next && other.window == Some(0) {
        flags.add(Flag::ZeroWindowProbe);
        return;
    }
    if segment.window == 0 && !control {
        flags.add(Flag::ZeroWindow);
    }
    if mine.next != 0 && distance(mine.next, segment.sequence) > 0 && !segment.has(Flags::RST) {
        flags.add(Flag::LostSegment);
    }
    if length <= 1 && segment.sequence == mine.next.wrapping_sub(1) && !control {
        flags.add(Flag::KeepAlive);
    }
    if length > 0 && !control && other.window_end() == Some(segment.sequence.wrapping_add(length)) {
        flags.add(Flag::WindowFull);
    }
    let nothing_new = length == 0
        && !control
        && segment.sequence == mine.next
        && segment.acknowledgment == mine.acknowledges;
    if !nothing_new {
        return;
    }
    let same_window = mine.window == Some(segment.window);
    match (segment.window, same_window) {
        (0, true) if other.newest_flags.has(Flag::ZeroWindowProbe) => flags.add(Flag::ZeroWindowProbeAck),
        (0, _) => {}
        (_, false) => flags.add(Flag::WindowUpdate),
        (_, true) if other.newest_flags.has(Flag::KeepAlive) => flags.add(Flag::KeepAliveAck),
        (_, true) => {
            mine.duplicates += 1;
            mine.unseen_told = false;
            flags.add(Flag::DuplicateAck);
        }
    }
}

/// A new acknowledgment number ends a row of duplicates; one for octets that were not seen is told once.
fn note_acknowledgment(
    flags: &mut Verdicts,
    mine: &mut Half,
    other: &mut Half,
    segment: &Segment<'_>,
    here: Origin,
) {
    if segment.acknowledgment != mine.acknowledges {
        mine.acknowledged_in = here.packet;
        mine.duplicates = 0;
        mine.unseen_told = false;
    }
    let unseen = segment.has(Flags::ACK)
        && other.contiguous != 0
        && distance(other.contiguous, segment.acknowledgment) > 0;
    if !unseen {
        return;
    }
    if distance(other.contiguous, other.next) > 0 {
        other.contiguous = other.next;
        flags.add(Flag::AckLostSegment);
        return;
    }
    if other.duplicates == 0 && !other.unseen_told {
        flags.add(Flag::AckLostSegment);
    }
    other.duplicates = 0;
    other.unseen_told = true;
}

/// What more is proven than tshark says.
fn own(
    flags: Verdicts,
    mine: &Half,
    tally: Option<&Tally>,
    segment: &Segment<'_>,
    around: &Circumstances<'_>,
) -> Option<Own> {
    if let Some(first) = around.same {
        return Some(Own::SamePacket { packet: first.packet });
    }
    if flags.has(Flag::AckLostSegment) && !segment.has(Flags::RST) {
        return Some(Own::NotCaptured);
    }
    if let Some((first, end)) = reported_twice(segment) {
        let [_, base] = around.bases;
        let (first, end) = (first.wrapping_sub(base), end.wrapping_sub(base));
        let retransmitted_in = tally.and_then(|tally| tally.resent(around.direction.flip(), first, end));
        return Some(Own::SpuriousByDsack { first, end, retransmitted_in });
    }
    let again = flags.has(Flag::Retransmission) || flags.has(Flag::OutOfOrder);
    // Its first octet lies behind everything that its side was seen to send.
    let is_new = || around.stream.is_started() && around.stream.is_news(segment.sequence.wrapping_add(1));
    if again && is_new() {
        return Some(Own::SentOnce);
    }
    retransmission::own(flags, mine, segment)
}

/// The octets that a D-SACK block names: they are acknowledged already, or lie inside the second block
/// (RFC 2883 §4).
fn reported_twice(segment: &Segment<'_>) -> Option<(u32, u32)> {
    let mut blocks = segment.options.sack.iter();
    let (first, end) = blocks.next()?;
    let acknowledged = distance(end, segment.acknowledgment) >= 0;
    let inside = |(left, right): (u32, u32)| distance(left, first) >= 0 && distance(end, right) >= 0;
    (distance(first, end) > 0 && (acknowledged || blocks.next().is_some_and(inside))).then_some((first, end))
}

fn facts(
    flags: Verdicts,
    mine: &Half,
    other: &Half,
    segment: &Segment<'_>,
    around: &Circumstances<'_>,
) -> Facts {
    let Circumstances { here, bases: [base, other_base], .. } = *around;
    let end = segment.sequence.wrapping_add(segment.payload_length);
    let shift = if segment.has(Flags::SYN) { 0 } else { mine.scale.shift().unwrap_or(0) };
    let timed = flags.has(Flag::Retransmission)
        && !flags.has(Flag::FastRetransmission)
        && !flags.has(Flag::SpuriousRetransmission);
    let waits = mine.unacked.oldest().unwrap_or(mine.highest);
    Facts {
        first: segment.sequence.wrapping_sub(base),
        length: segment.payload_length,
        expected: mine.next.wrapping_sub(base),
        highest: mine.highest,
        since_highest_ns: here.at.since(mine.highest.at),
        acknowledgment: segment.acknowledgment.wrapping_sub(other_base),
        other_expected: other.next.wrapping_sub(other_base),
        acknowledged: other.acknowledges.wrapping_sub(base),
        acknowledged_in: other.acknowledged_in,
        since_other_ns: here.at.since(other.newest_at),
        other_duplicates: other.duplicates,
        window: u64::from(segment.window) << shift,
        window_before: mine.window_octets(),
        other_window: other.window_octets(),
        round_trip_ns: around.round_trip_ns,
        original: if segment.payload_length > 0 { mine.unacked.carrier(segment.sequence, end) } else { None },
        duplicate: flags
            .has(Flag::DuplicateAck)
            .then_some(Duplicate { number: mine.duplicates, packet: mine.acknowledged_in }),
        rto: timed
            .then(|| Rto { ns: here.at.since(waits.at), packet: waits.packet })
            .filter(|rto| rto.ns != 0),
    }
}

/// The state after the segment; gives the round trip that its acknowledgment ends.
fn remember(
    flags: Verdicts,
    mine: &mut Half,
    other: &mut Half,
    segment: &Segment<'_>,
    here: Origin,
) -> Option<i64> {
    let probe = flags.has(Flag::ZeroWindowProbe);
    let marks = segment.flags.any(Flags::SYN | Flags::FIN);
    let mut end = segment.sequence.wrapping_add(segment.payload_length);
    if segment.payload_length > 0 || marks {
        let with_marks = end.wrapping_add(u32::from(marks));
        if mine.unacked.push(segment.sequence, with_marks, here) {
            end = with_marks;
        }
    }
    if !probe {
        if mine.next == 0 || distance(mine.next, end) > 0 {
            mine.next = end;
            mine.highest = here;
        }
        if mine.contiguous == 0 || mine.contiguous == segment.sequence {
            mine.contiguous = mine.next;
        }
    }
    mine.window = Some(segment.window);
    mine.acknowledges = segment.acknowledgment;
    mine.newest_at = here.at;
    mine.newest_flags = flags;
    let sent = other.unacked.acknowledge(segment.acknowledgment);
    if let Some((stamp, _)) = segment.options.timestamps
        && mine.stamp.is_none_or(|newest| distance(newest, stamp) > 0)
    {
        mine.stamp = Some(stamp);
    }
    if segment.has(Flags::SYN) {
        mine.window_of_syn = true;
    } else if segment.has(Flags::ACK) {
        mine.window_of_syn = false;
    }
    window::learn(&mut mine.scale, &mut other.scale, segment);
    sent.and_then(|sent| here.at.after(sent.at))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A million connections are open at once: each octet here is a megabyte.
    #[test]
    fn a_connection_that_is_idle_is_small() {
        assert!(size_of::<Judge>() <= 216, "{}", size_of::<Judge>());
        assert!(size_of::<crate::zeek::Observer>() <= 120, "{}", size_of::<crate::zeek::Observer>());
    }
}
