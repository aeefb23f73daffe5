//! One segment of a known connection.

use tapline_packet::{Checksum, Flags, Segment};

use super::ids::Numbered;
use super::{Connection, damaged, reset};
use crate::half::Evidence;
use crate::recent::Recent;
use crate::stream::{Arrival, Piece};
use crate::verdict::{Circumstances, Judgment};
use crate::{Direction, End, Flag, Gap, Oddity, Origin, Sink, Stream};

/// What fits an Ethernet frame beside the headers of IPv4 and TCP, octets.
const MSS_USUAL: u32 = 1460;

/// What stands around a segment.
pub(crate) struct Around<'a> {
    pub(crate) here: Origin,
    /// An earlier capture of the same IP packet.
    pub(crate) same: Option<Origin>,
    pub(crate) recent: &'a mut Recent,
}

/// Takes a segment into a connection and tells what it means.
pub(crate) fn take(
    connection: &mut Connection,
    segment: &Segment<'_>,
    around: Around<'_>,
    sink: &mut impl Sink,
) {
    let Around { here, same, recent } = around;
    let direction = connection.direction_of(segment);
    let first = connection.first.packet == here.packet;
    let round_trip_ns = judge(connection, direction, segment, (here, same), sink);
    connection.show(direction, segment, here, sink);
    let is_damaged = checksum(connection, direction, segment, sink);
    connection.last = here;
    connection.completeness.see(segment, first);
    connection.handshake.see(segment, direction, here, same.is_some());
    note_size(connection, direction, segment, here);
    if segment.has(Flags::ACK) {
        acknowledgment(connection, direction, segment, here);
        connection.sample_acknowledgment(direction, round_trip_ns, here, sink);
    }
    if segment.has(Flags::RST) {
        return reset::reset(connection, direction, segment, here, sink);
    }
    if connection.rare.is_some() {
        damaged::release(connection, direction.flip(), false, recent, sink);
    }
    if is_damaged && damaged::set_aside(connection, direction, segment, here) {
        return;
    }
    reset::went_on(connection, direction, segment, here, sink);
    flags(connection, direction, segment, here);
    octets(connection, direction, segment, here, recent, sink);
    if connection.side(direction).stream.is_finished() {
        end(connection, direction, End::Fin, sink);
    }
    if connection.teardown().is_complete() {
        // Both sides have everything: what did not come by now is lost to the capture.
        end_all(connection, End::Fin, recent, sink);
    }
}

/// Hands over what waits and ends both directions.
pub(crate) fn end_all(connection: &mut Connection, why: End, recent: &mut Recent, sink: &mut impl Sink) {
    for direction in Direction::BOTH {
        damaged::release(connection, direction, true, recent, sink);
        with_stream(connection, direction, sink, |stream, out| stream.flush(recent, out));
        end(connection, direction, why, sink);
    }
}

/// Whether this is a SYN-ACK with another initial sequence number than its side had: the server took the SYN
/// for a new connection, or answers an earlier one. Its number counts from here on, as in tshark.
fn note_other_answer(connection: &mut Connection, direction: Direction, segment: &Segment<'_>) -> bool {
    let base = &mut connection.side_mut(direction).base;
    let other = segment.has(Flags::SYN | Flags::ACK) && base.is_some_and(|base| base != segment.sequence);
    if other {
        *base = Some(segment.sequence);
    }
    other
}

/// The numbers that either side's first packets fix.
fn note_base(connection: &mut Connection, direction: Direction, segment: &Segment<'_>) {
    let syn = segment.has(Flags::SYN);
    let own = if syn { segment.sequence } else { segment.sequence.wrapping_sub(1) };
    connection.side_mut(direction).base.get_or_insert(own);
    if segment.has(Flags::ACK) && !syn {
        connection.side_mut(direction.flip()).base.get_or_insert(segment.acknowledgment.wrapping_sub(1));
    }
}

/// Gives the round trip that the segment's acknowledgment ends.
fn judge(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    (here, same): (Origin, Option<Origin>),
    sink: &mut impl Sink,
) -> Option<i64> {
    let opens_again = connection.first.packet == here.packet && connection.reused_ports;
    let shows_reuse = note_other_answer(connection, direction, segment);
    note_base(connection, direction, segment);
    connection.zeek.see(segment, direction);
    let Connection { judge, handshake, sides: [forward, reverse], .. } = &mut *connection;
    let (mine, other) = match direction {
        Direction::Forward => (forward, reverse),
        Direction::Reverse => (reverse, forward),
    };
    let circumstances = Circumstances {
        direction,
        here,
        same,
        stream: &mine.stream,
        round_trip_ns: handshake.initial_rtt_ns,
        reused_ports: opens_again || shows_reuse,
        bases: [mine.base.unwrap_or_default(), other.base.unwrap_or_default()],
    };
    let Judgment { verdict, round_trip_ns } = judge.judge(segment, &circumstances);
    other.unanswered_keep_alives = 0;
    let Some(verdict) = verdict else { return round_trip_ns };
    if verdict.flags.has(Flag::KeepAlive) {
        let unanswered = &mut connection.side_mut(direction).unanswered_keep_alives;
        *unanswered = unanswered.saturating_add(1);
    }
    sink.verdict(connection, direction, here, &verdict);
    round_trip_ns
}

/// A wrong checksum is told unless the segment is larger than the wire carries: the card that put it together
/// kept the sum of its first part. Says whether the receiver may have dropped the segment: where others of its sender
/// are right.
fn checksum(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    sink: &mut impl Sink,
) -> bool {
    let checksum = segment.checksum();
    connection.side_mut(direction).has_right_checksums |= checksum == Checksum::Valid;
    if checksum != Checksum::Bad || is_larger_than_mss(connection, direction, segment) {
        return false;
    }
    let bad = &mut connection.rare.get_or_insert_default().bad_checksums;
    *bad = bad.saturating_add(1);
    connection.zeek.bad_checksum(direction);
    sink.oddity(connection, direction, Oddity::BadChecksum);
    connection.side(direction).has_right_checksums
}

fn is_larger_than_mss(connection: &Connection, direction: Direction, segment: &Segment<'_>) -> bool {
    let mss = mss(connection, direction);
    mss.is_some_and(|mss| segment.payload_length > u32::from(mss))
}

/// The largest segment that the other side said to take.
fn mss(connection: &Connection, direction: Direction) -> Option<u16> {
    let options = match direction {
        Direction::Forward => &connection.handshake.server_options,
        Direction::Reverse => &connection.handshake.client_options,
    };
    options.as_ref()?.mss
}

fn note_size(connection: &mut Connection, direction: Direction, segment: &Segment<'_>, here: Origin) {
    let (mss, length) = (mss(connection, direction).map(u32::from), segment.payload_length);
    let size = mss.unwrap_or(MSS_USUAL).max(1);
    let packets = if length <= size { 1 } else { u16::try_from(length.div_ceil(size)).unwrap_or(u16::MAX) };
    let side = connection.side_mut(direction);
    let numbered = Numbered {
        identification: segment.ip.identification,
        packets,
        goes_on: side.stream.goes_on_with(segment.sequence),
        at: here.at,
    };
    side.pace.unseen_packets = side.ids.see(numbered);
    side.packets += 1;
    side.payload_bytes += u64::from(length);
    let is_larger = mss.is_some_and(|mss| length > mss);
    side.offloaded_segments = side.offloaded_segments.saturating_add(u32::from(is_larger));
}

/// What an acknowledgment says of the other side.
fn acknowledgment(connection: &mut Connection, direction: Direction, segment: &Segment<'_>, here: Origin) {
    let (other, number) = (direction.flip(), segment.acknowledgment);
    if segment.has(Flags::SYN) && other == Direction::Forward {
        let sent = connection.handshake.syn_data_bytes;
        let syn = connection.side(other).base.unwrap_or_default();
        if sent > 0 && number == syn.wrapping_add(1).wrapping_add(sent) {
            connection.handshake.see_syn_data_taken();
        }
    }
    let side = connection.side_mut(other);
    let covers = side.stream.acknowledge(number);
    if covers.octets {
        side.pace.acknowledged = here;
    }
    if covers.syn {
        let syn = segment.has(Flags::SYN);
        side.state = side.state.after(if syn { Evidence::PeerSynAck } else { Evidence::SynAcknowledged });
    }
    if covers.fin {
        side.state = side.state.after(Evidence::FinAcknowledged);
        connection.teardown.get_or_insert_default().see_fin_acknowledged(other, here);
    }
}

/// What SYN, FIN and their absence say of the sender.
fn flags(connection: &mut Connection, direction: Direction, segment: &Segment<'_>, here: Origin) {
    let side = connection.side_mut(direction);
    side.hop_limit = segment.ip.hop_limit;
    side.state = side.state.after(match (segment.has(Flags::SYN), segment.has(Flags::ACK)) {
        (true, true) => Evidence::SynAck,
        (true, false) => Evidence::Syn,
        (false, _) => Evidence::Segment,
    });
    if segment.has(Flags::FIN) {
        side.state = side.state.after(Evidence::Fin);
        connection.teardown.get_or_insert_default().see_fin(direction, here);
    }
}

fn octets(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    here: Origin,
    recent: &mut Recent,
    sink: &mut impl Sink,
) {
    let (syn, fin) = (segment.has(Flags::SYN), segment.has(Flags::FIN));
    let sequence = if syn { segment.sequence.wrapping_add(1) } else { segment.sequence };
    let (octets, length) = (segment.payload, segment.payload_length);
    // A lone zero octet is a keep-alive, which stands one before the next octet: it does not say where a
    // stream begins.
    let keep_alive = length == 0 || octets == [0];
    let stream = &mut connection.side_mut(direction).stream;
    if syn || fin || !keep_alive {
        stream.start_at(sequence);
    }
    if stream.is_started() && (fin || length > 0) {
        let arrival = Arrival { sequence, octets, length, fin, origin: here };
        match stream.go_on(&arrival, recent) {
            Some(offset) => sink.octets(connection, direction, offset, octets, here),
            None => {
                with_stream(connection, direction, sink, |stream, out| stream.segment(arrival, recent, out));
            }
        }
        if length > 0 {
            connection.side_mut(direction).pace.sent = here;
        }
        connection.sample_sent(direction, here, sink);
    }
}

fn end(connection: &mut Connection, direction: Direction, end: End, sink: &mut impl Sink) {
    let ended = connection.ended.get_mut(direction.index());
    if let Some(ended @ false) = ended {
        *ended = true;
        sink.ended(connection, direction, end);
    }
}

/// Lets a stream work while the connection it belongs to is shown to the sink: the stream is taken out for
/// that time and put back.
pub(super) fn with_stream(
    connection: &mut Connection,
    direction: Direction,
    sink: &mut impl Sink,
    work: impl FnOnce(&mut Stream, &mut dyn FnMut(Piece<'_>)),
) {
    let mut stream = std::mem::take(&mut connection.side_mut(direction).stream);
    let mut gap = false;
    work(&mut stream, &mut |piece| match piece {
        Piece::Octets { offset, octets, origin } => {
            if std::mem::take(&mut gap) {
                connection.note_gap(origin);
            }
            sink.octets(connection, direction, offset, octets, origin);
        }
        Piece::Gap { offset, length, why } => {
            if why == Gap::NotCaptured {
                connection.zeek.gap(direction);
                gap = true;
            }
            sink.gap(connection, direction, offset, length, why);
        }
        Piece::Conflict(conflict) => sink.oddity(connection, direction, Oddity::Conflict(conflict)),
        Piece::Late { offset, length } => sink.oddity(connection, direction, Oddity::Late { offset, length }),
    });
    if gap {
        connection.note_gap(connection.last);
    }
    connection.side_mut(direction).stream = stream;
}
