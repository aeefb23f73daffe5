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
    let phase = phase(connection);
    let known = &mut connection.teardown.get_or_insert_default().reset;
    // One that was disproved gives way to the next.
    if known.is_none_or(|known| known.went_on.is_some()) {
        *known = Some(Reset { seen: here, from: direction, phase, hop_limits, went_on: None });
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
    let end = segment.sequence.wrapping_add(segment.payload_length);
    let brings = segment.payload_length > 0 && !segment.has(Flags::SYN);
    if !brings || !connection.side(direction).stream.is_news(end) {
        return;
    }
    let reset = connection.teardown.as_mut().and_then(|teardown| teardown.reset.as_mut());
    if let Some(reset) = reset.filter(|reset| reset.from == direction && reset.went_on.is_none()) {
        reset.went_on = Some(here);
        let side = connection.side_mut(direction);
        side.state = side.state.after(Evidence::ResetDisproved);
        sink.oddity(connection, direction, Oddity::ResetDisproved);
    }
}
