//! One cause for a stretch without progress.

use tapline_reassembly::{Connection, Direction, Origin};

use super::{Cause, Evidence, Idle, Pulse, Stall};
use crate::story::Moment;
use crate::{Sender, Span};

/// A stretch, and what is known of it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) span: Span,
    /// Who sent what ended it.
    pub(crate) sender: Sender,
    /// Whether it answers something that ended where the stretch begins.
    pub(crate) answers: bool,
    /// What TCP shows.
    pub(crate) evidence: Evidence<'a>,
    pub(crate) trips: Trips,
}

impl<'a> Question<'a> {
    /// What the message of the moment answers ended where the stretch begins.
    pub(crate) fn of_answer(span: Span, pulse: &'a Pulse, moment: &Moment<'_>) -> Self {
        Self { answers: true, ..Self::of(span, pulse, moment) }
    }

    /// The sender of the moment goes on with what it had begun.
    pub(crate) fn of(span: Span, pulse: &'a Pulse, moment: &Moment<'_>) -> Self {
        let evidence = pulse.evidence(moment.direction, span);
        let trips = Trips::of(moment.connection, moment.direction);
        Self { span, sender: moment.from, answers: false, evidence, trips }
    }
}

/// Round trips as the capture point sees them, nanoseconds; `None` where none was measured.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Trips {
    /// To the side that sends, and back.
    pub(crate) sender_ns: Option<i64>,
    /// To the side that receives, and back.
    pub(crate) receiver_ns: Option<i64>,
}

impl Trips {
    /// By the handshake, else by the shortest that data and its ACK took.
    pub(crate) fn of(connection: &Connection, sender: Direction) -> Self {
        let (sender_ns, receiver_ns) = (to(connection, sender), to(connection, sender.flip()));
        Self { sender_ns, receiver_ns }
    }

    /// From one end to the other and back.
    fn whole_ns(self) -> Option<i64> {
        Some(self.sender_ns? + self.receiver_ns?)
    }

    /// How long a sender waits at least before it sends the last of its octets again: two round trips where it
    /// probes (RFC 8985 §7.2).
    fn timeout_min_ns(self) -> i64 {
        self.whole_ns().map_or(TIMEOUT_MIN_NS, |trip| trip.saturating_mul(2))
    }
}

fn to(connection: &Connection, side: Direction) -> Option<i64> {
    let handshake = &connection.handshake;
    let shaken = match side {
        Direction::Forward => handshake.client_rtt_ns(),
        Direction::Reverse => handshake.server_rtt_ns(),
    };
    let measured = || {
        let trips = connection.series(side.flip())?.round_trips();
        (trips.count > 0).then_some(trips.min_ns)
    };
    shaken.or_else(measured).filter(|&ns| ns >= 0)
}

/// How much later than by its round trip a sender may answer an ACK and still have waited for it, nanoseconds: what
/// schedulers and timers add.
const REACTION_NS: i64 = 2_000_000;

/// How long the ACK of a small segment is held back at least, nanoseconds: Linux' shortest (`TCP_DELACK_MIN`); others
/// wait 200 ms, and RFC 9293 §3.8.6.3 allows 500.
const DELAYED_ACK_MIN_NS: i64 = 35_000_000;

/// What fits one segment, octets: so much needs no congestion window.
const SEGMENT_BYTES: u64 = 1460;

/// What part of a stretch passes at least before something is sent again that explains it: one in so many. What came
/// again at once, or long before the answer, did not keep it.
const RESENT_PART_MIN: i64 = 4;

/// How long a sender waits at least before it sends something again, nanoseconds, where no round trip was measured:
/// Linux' `TCP_RTO_MIN`.
const TIMEOUT_MIN_NS: i64 = 200_000_000;

/// How long a receiver may leave its full buffer alone before it is said not to read, in round trips, and at least,
/// nanoseconds.
const NOT_READING_TRIPS: i64 = 3;
const NOT_READING_MIN_NS: i64 = 50_000_000;

/// Why nothing came.
pub(crate) fn attribute(question: &Question<'_>) -> Stall {
    let Question { span, sender, answers, evidence, trips } = *question;
    let shown = match evidence {
        Evidence::Idle(idle) => by_tcp(question, idle),
        Evidence::Busy if !answers => Some((Cause::HeadOfLine, [None; 2])),
        Evidence::Forgotten => Some((Cause::Unknown, [None; 2])),
        Evidence::Busy => None,
    };
    let (cause, proof) = shown.unwrap_or_else(|| {
        let trip = trips.sender_ns.unwrap_or(0);
        let cause = match sender {
            _ if answers && trip.saturating_mul(2) >= span.ns() => Cause::NetworkRoundTrip,
            Sender::Server => Cause::Server,
            Sender::Client => Cause::Client,
        };
        (cause, [None; 2])
    });
    Stall { cause, span, proof }
}

type Shown = (Cause, [Option<Origin>; 2]);

/// What TCP shows, the strongest first.
fn by_tcp(question: &Question<'_>, idle: &Idle) -> Option<Shown> {
    let Question { span, answers, trips, .. } = *question;
    let within = |origin: &Origin| is_within(*origin, span);
    if let Some(missing) = idle.sending.missing.filter(within) {
        return Some((Cause::Unknown, [Some(missing), None]));
    }
    let opened = idle.receiving.window_opened.filter(within);
    let zero = idle.receiving.zero_window;
    if let Some(zero) = zero.filter(|zero| within(zero) || opened.is_some_and(|at| at.packet > zero.packet)) {
        return Some((Cause::ZeroWindow, [Some(zero), opened]));
    }
    // While one waits for an answer, it may be the question that was lost.
    let asked_again = idle.receiving.resent.filter(|_| answers);
    let explains = |resent: &Origin| {
        within(resent) && resent.at.since(span.from.at).saturating_mul(RESENT_PART_MIN) >= span.ns()
    };
    if let Some(resent) = idle.sending.resent.filter(explains).or(asked_again.filter(explains)) {
        return Some((Cause::Loss, [Some(resent), None]));
    }
    if idle.pace.unseen_packets > 0 && span.ns() >= trips.timeout_min_ns() {
        // It sent packets meanwhile that did not get as far as the capture point.
        return Some((Cause::Loss, [None; 2]));
    }
    by_window(question, idle, opened).or_else(|| by_acknowledgment(question, idle))
}

/// The newest segment filled the receiver's window.
fn by_window(question: &Question<'_>, idle: &Idle, opened: Option<Origin>) -> Option<Shown> {
    let Question { span, sender, trips, .. } = *question;
    let filled = idle.sending.filled_window.filter(|filled| filled.packet == idle.pace.sent.packet)?;
    let patience = trips.whole_ns().unwrap_or(0).saturating_mul(NOT_READING_TRIPS).max(NOT_READING_MIN_NS);
    let cause = match sender {
        _ if span.ns() < patience => Cause::ReceiveWindow,
        Sender::Server => Cause::ClientNotReading,
        Sender::Client => Cause::ServerNotReading,
    };
    Some((cause, [Some(filled), opened]))
}

/// The sender had octets in flight, and went on when they were acknowledged. One that answers has none.
fn by_acknowledgment(question: &Question<'_>, idle: &Idle) -> Option<Shown> {
    let Question { span, trips, answers, .. } = *question;
    let (sent, acknowledged) = (idle.pace.sent, idle.pace.acknowledged);
    let waited = !answers && acknowledged.packet > sent.packet;
    let reaction = span.until.at.since(acknowledged.at);
    let trip = trips.sender_ns?;
    let slack = trip / 4 + REACTION_NS;
    if !waited || reaction.saturating_sub(trip).saturating_abs() > slack {
        return None;
    }
    let held_back = acknowledged.at.since(sent.at).saturating_sub(trips.receiver_ns?);
    let cause = match idle.carried {
        ..=SEGMENT_BYTES if held_back >= DELAYED_ACK_MIN_NS => Cause::DelayedAck,
        ..=SEGMENT_BYTES => return None,
        _ => Cause::CongestionWindow,
    };
    Some((cause, [Some(acknowledged), None]))
}

/// Whether a packet came behind the one that a stretch begins with, and not behind the one that ends it.
fn is_within(origin: Origin, span: Span) -> bool {
    origin.packet > span.from.packet && origin.packet <= span.until.packet
}

#[cfg(test)]
mod tests {
    use tapline_packet::Timestamp;
    use tapline_reassembly::Pace;

    use super::super::pulse::Trouble;
    use super::*;

    const MS: i64 = 1_000_000;

    /// Packet n comes at n milliseconds.
    fn at(ms: u64) -> Origin {
        Origin { packet: ms, at: Timestamp(i64::try_from(ms).unwrap() * MS) }
    }

    fn idle(pace: Pace, sending: Trouble, receiving: Trouble) -> Idle {
        let span = Span { from: at(100), until: at(200) };
        Idle { direction: Direction::Reverse, span, carried: 14_600, pace, sending, receiving }
    }

    fn check(idle: &Idle, trips: [i64; 2], expected: Cause) {
        let [sender_ns, receiver_ns] = trips.map(|ms| Some(ms * MS));
        let question = Question {
            span: idle.span,
            sender: Sender::Server,
            answers: false,
            evidence: Evidence::Idle(idle),
            trips: Trips { sender_ns, receiver_ns },
        };
        assert_eq!(attribute(&question).cause, expected, "{idle:?}");
    }

    #[test]
    fn what_tcp_shows_comes_first() {
        let calm = Trouble::default();
        let pace = Pace { sent: at(100), ..Pace::default() };
        check(&idle(pace, calm, calm), [20, 0], Cause::Server);
        let resent = Trouble { resent: Some(at(200)), ..calm };
        check(&idle(pace, resent, calm), [20, 0], Cause::Loss);
        let midway = Trouble { resent: Some(at(125)), ..calm };
        check(&idle(pace, midway, calm), [20, 0], Cause::Loss);
        let at_once = Trouble { resent: Some(at(124)), ..calm };
        check(&idle(pace, at_once, calm), [20, 0], Cause::Server);
        let before = Trouble { resent: Some(at(100)), ..calm };
        check(&idle(pace, before, calm), [20, 0], Cause::Server);
        check(&idle(pace, calm, resent), [20, 0], Cause::Server);
        let missing = Trouble { missing: Some(at(150)), ..resent };
        check(&idle(pace, missing, calm), [20, 0], Cause::Unknown);
        let zero = Trouble { zero_window: Some(at(101)), ..calm };
        check(&idle(pace, calm, zero), [20, 0], Cause::ZeroWindow);
        let opened = Trouble { zero_window: Some(at(90)), window_opened: Some(at(190)), ..calm };
        check(&idle(pace, calm, opened), [20, 0], Cause::ZeroWindow);
        let long_ago = Trouble { zero_window: Some(at(80)), window_opened: Some(at(90)), ..calm };
        check(&idle(pace, calm, long_ago), [20, 0], Cause::Server);
    }

    #[test]
    fn a_full_window_is_too_small_or_not_emptied() {
        let full = Trouble { filled_window: Some(at(100)), ..Trouble::default() };
        let pace = Pace { sent: at(100), ..Pace::default() };
        check(&idle(pace, full, Trouble::default()), [60, 0], Cause::ReceiveWindow);
        check(&idle(pace, full, Trouble::default()), [10, 0], Cause::ClientNotReading);
        let earlier = Trouble { filled_window: Some(at(90)), ..Trouble::default() };
        check(&idle(pace, earlier, Trouble::default()), [10, 0], Cause::Server);
    }

    #[test]
    fn a_sender_that_goes_on_with_an_ack_waited_for_it() {
        let calm = Trouble::default();
        let many = Pace { sent: at(100), acknowledged: at(199), ..Pace::default() };
        // Captured at the server, where the ACK arrives, and at the client, where it leaves.
        check(&idle(many, calm, calm), [0, 100], Cause::CongestionWindow);
        check(&idle(Pace { acknowledged: at(101), ..many }, calm, calm), [99, 0], Cause::CongestionWindow);
        check(&idle(Pace { acknowledged: at(150), ..many }, calm, calm), [0, 50], Cause::Server);
        let few = Idle { carried: 100, ..idle(many, calm, calm) };
        check(&few, [0, 10], Cause::DelayedAck);
        check(&few, [0, 99], Cause::Server);
    }

    #[test]
    fn packets_that_never_got_here_were_lost() {
        let pace = Pace { sent: at(100), unseen_packets: 2, ..Pace::default() };
        check(&idle(pace, Trouble::default(), Trouble::default()), [20, 0], Cause::Loss);
        // Too early to have been sent again: others' packets took the numbers.
        check(&idle(pace, Trouble::default(), Trouble::default()), [51, 0], Cause::Server);
    }

    #[test]
    fn an_answer_takes_a_round_trip_and_the_rest_is_the_sender_s() {
        let check = |span_ms: u64, sender, expected| {
            let span = Span { from: at(100), until: at(100 + span_ms) };
            let trips = Trips { sender_ns: Some(40 * MS), receiver_ns: Some(0) };
            let question = Question { span, sender, answers: true, evidence: Evidence::Busy, trips };
            assert_eq!(attribute(&question).cause, expected);
        };
        check(41, Sender::Server, Cause::NetworkRoundTrip);
        check(100, Sender::Server, Cause::Server);
        check(100, Sender::Client, Cause::Client);
    }
}
