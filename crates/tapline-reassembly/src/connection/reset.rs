//! A RST: whether it is obeyed, when it came, and whether what follows disproves it.

use tapline_packet::{Flags, Segment};

use super::{Connection, Side};
use crate::half::Evidence;
use crate::{Direction, Oddity, Origin, Reset, ResetPhase, Sink};

/// The window that is assumed where none was seen: the largest without scaling (RFC 9293 §3.1).
const WINDOW_DEFAULT: u64 = 65_535;

/// A segment with RST: obeyed where its receiver expects its number, else told and ignored.
pub(super) fn reset(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    here: Origin,
    sink: &mut impl Sink,
) {
    let window = connection.judge.window(direction.flip()).unwrap_or(WINDOW_DEFAULT);
    let side = connection.side(direction);
    if !side.stream.expects(segment.sequence, window) && !connection.is_over() {
        let strays = &mut connection.teardown.get_or_insert_default().stray_resets;
        *strays = strays.saturating_add(1);
        sink.oddity(connection, direction, Oddity::StrayReset);
        return;
    }
    let (own, usual) = (segment.ip.hop_limit, side.hop_limit);
    let hop_limits = (usual != 0 && own != 0 && own != usual).then_some((own, usual));
    let is_ahead = side.stream.is_news(segment.sequence);
    let new = Reset { hop_limits, is_ahead, ..Reset::new(here, direction, phase(connection)) };
    match &mut connection.teardown.get_or_insert_default().reset {
        Some(known) if known.went_on.is_none() => {}
        // The receiver of one that its sender did not send had obeyed it: it knows nothing of the connection.
        Some(known) if known.from != direction => {
            known.confirmed.get_or_insert(here);
        }
        // The sender's own, or the first.
        known => *known = Some(new),
    }
    let side = connection.side_mut(direction);
    side.state = side.state.after(Evidence::Rst);
}

/// When in its life the connection is.
fn phase(connection: &Connection) -> ResetPhase {
    let teardown = connection.teardown();
    let any = |test: fn(&Side) -> bool| connection.sides.iter().any(test);
    let (syn, ack) = (connection.handshake.syn.seen(), connection.handshake.ack.seen());
    if teardown.is_complete() {
        ResetPhase::AfterClose
    } else if Direction::BOTH.iter().any(|&direction| teardown.fin(direction).is_some()) {
        ResetPhase::AfterFin
    } else if any(|side| side.stream.outstanding() > 0) {
        ResetPhase::MidTransfer
    } else if any(|side| side.payload_bytes > 0) {
        ResetPhase::Idle
    } else if syn.is_some() && ack.is_none() {
        ResetPhase::Handshake
    } else {
        ResetPhase::BeforeData
    }
}

/// New octets of a side behind its own RST: it did not send that.
pub(super) fn went_on(
    connection: &mut Connection,
    direction: Direction,
    segment: &Segment<'_>,
    here: Origin,
    sink: &mut impl Sink,
) {
    if connection.teardown.is_none() {
        return;
    }
    let end = segment.sequence.wrapping_add(segment.payload_length);
    let brings = segment.payload_length > 0 && !segment.has(Flags::SYN);
    if !brings || !connection.side(direction).stream.is_news(end) {
        return;
    }
    let Some(teardown) = &mut connection.teardown else { return };
    let Some(reset) =
        teardown.reset.as_mut().filter(|reset| reset.from == direction && reset.went_on.is_none())
    else {
        return;
    };
    let oddity = if reset.is_ahead {
        // No octets were missed: its receiver did not expect that number (RFC 5961 §3.2).
        teardown.reset = None;
        teardown.stray_resets = teardown.stray_resets.saturating_add(1);
        Oddity::StrayReset
    } else {
        reset.went_on = Some(here);
        Oddity::ResetDisproved
    };
    let side = connection.side_mut(direction);
    side.state = side.state.after(Evidence::ResetDisproved);
    sink.oddity(connection, direction, oddity);
}
