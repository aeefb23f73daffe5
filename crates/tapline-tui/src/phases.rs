//! Which phase of its life a connection is in, when.

use tapline_analysis::{ConnectionRecord, Direction, State};

use crate::model::{Before, ExchangeRow, Row};
use crate::words;

/// A phase, in the order in which one covers another where they share a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Phase {
    /// Open, and nothing below is going on.
    Idle,
    /// Last octet of a request to the first of its response.
    Wait,
    /// A request that could not go on for others, or between the steps before it.
    Blocked,
    /// First to last octet of a request.
    Send,
    /// First to last octet of a response.
    Receive,
    /// Something was in the way of a request that was under way.
    Stalled,
    /// The DNS lookup that led to a connection.
    Dns,
    /// First FIN to the last step that answers one.
    Teardown,
    /// First SYN to the handshake's last step.
    Connect,
    /// `ClientHello` to the end of the handshake.
    Tls,
}

impl Phase {
    /// All, lowest first.
    pub(crate) const ALL: [Self; 10] = [
        Self::Idle,
        Self::Wait,
        Self::Blocked,
        Self::Send,
        Self::Receive,
        Self::Stalled,
        Self::Dns,
        Self::Teardown,
        Self::Connect,
        Self::Tls,
    ];

    /// The name in the legend.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Idle => "idle",
            Self::Wait => "wait",
            Self::Blocked => "blocked",
            Self::Send => "send",
            Self::Receive => "receive",
            Self::Stalled => "stalled",
            Self::Dns => "DNS",
            Self::Teardown => "close",
            Self::Connect => "TCP",
            Self::Tls => "TLS",
        }
    }
}

/// A moment that covers every phase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mark {
    /// RST.
    Reset,
    /// RST as the answer to a SYN.
    Refused,
    /// The newest SYN that nobody answered.
    Unanswered,
    /// The end of a TLS handshake that came to nothing.
    TlsFailed,
}

/// A stretch of time in one phase, nanoseconds since 1970.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Span {
    pub(crate) phase: Phase,
    pub(crate) from: i64,
    pub(crate) to: i64,
}

/// What is known of a connection's life, phase by phase.
pub(crate) fn of_connection(row: &Row, mut tell: impl FnMut(Span)) {
    let Some(record) = row.record() else { return };
    tell(Span { phase: Phase::Idle, from: record.first.at.0, to: record.last.at.0 });
    for exchange in row.exchanges() {
        // TCP and TLS handshake come below, also where no request waited for them.
        if let Some((from, to)) = exchange.before.as_ref().and_then(|before| before.dns) {
            tell(Span { phase: Phase::Dns, from, to });
        }
        under_way(exchange, &mut tell);
    }
    if let Some((from, to)) = connect(record) {
        tell(Span { phase: Phase::Connect, from, to });
    }
    if let Some((from, to)) = tls(row, record) {
        tell(Span { phase: Phase::Tls, from, to });
    }
    if let Some((from, to)) = teardown(record) {
        tell(Span { phase: Phase::Teardown, from, to });
    }
}

/// A request's life: what it waited for, then itself.
pub(crate) fn of_exchange(exchange: &ExchangeRow, mut tell: impl FnMut(Span)) {
    if let Some(before) = exchange.before.as_deref() {
        of_setup(exchange, before, &mut tell);
    }
    under_way(exchange, &mut tell);
}

/// A request from its first octet on, cut where it was held back or stood still.
fn under_way(exchange: &ExchangeRow, tell: &mut impl FnMut(Span)) {
    let holes = holes(exchange);
    let mut phase = |phase, from, to| outside(Span { phase, from, to }, &holes, tell);
    let (begun, answered) = (exchange.begun(), exchange.answered);
    if let Some(sent) = exchange.sent {
        // A response may begin before its request has ended.
        let sent = answered.map_or(sent, |answered| sent.min(answered)).max(begun);
        phase(Phase::Send, begun, sent);
        if let Some(answered) = answered.filter(|&answered| answered > sent) {
            phase(Phase::Wait, sent, answered);
        }
    }
    if let Some(answered) = answered {
        phase(Phase::Receive, answered, exchange.end);
    }
    holes.into_iter().for_each(tell);
}

/// A gap before a request is told from this part of the request's time on, in 1/1000: no bar could show less.
const GAP_PERMILLE_MIN: i64 = 10;

/// The steps before a request, and what was between them.
fn of_setup(exchange: &ExchangeRow, before: &Before, tell: &mut impl FnMut(Span)) {
    let least = exchange.end.saturating_sub(exchange.start) / 1000 * GAP_PERMILLE_MIN;
    let mut at = exchange.start;
    let mut gap = |from: i64, to: i64, tell: &mut dyn FnMut(Span)| {
        if from.saturating_sub(at) > least {
            tell(Span { phase: Phase::Blocked, from: at, to: from });
        }
        at = at.max(to);
    };
    let steps = [(Phase::Dns, before.dns), (Phase::Connect, before.connect), (Phase::Tls, before.tls)];
    for (phase, ends) in steps {
        if let Some((from, to)) = ends {
            gap(from, to, tell);
            tell(Span { phase, from, to: to.min(before.begun) });
        }
    }
    gap(before.begun, before.begun, tell);
}

/// The stretches of a request in which it was held back or something was in its way, in order.
fn holes(exchange: &ExchangeRow) -> Vec<Span> {
    let begun = exchange.begun();
    let held_back = exchange.before.as_ref().and_then(|before| before.held_back);
    let held_back = held_back.filter(|&(_, to)| to > begun);
    let blocked = held_back.map(|(from, to)| Span { phase: Phase::Blocked, from: from.max(begun), to });
    let stalls = exchange.stalled.iter().flat_map(|stalled| &stalled.kept);
    let stalls = stalls.filter(|stall| stall.is_hindrance());
    let stalls = stalls.map(|stall| Span { phase: Phase::Stalled, from: stall.from, to: stall.until });
    let mut holes: Vec<Span> = blocked.into_iter().chain(stalls).collect();
    holes.sort_by_key(|hole| (hole.from, hole.to));
    holes
}

/// Tells what of a stretch is outside of the holes.
fn outside(span: Span, holes: &[Span], tell: &mut impl FnMut(Span)) {
    let mut from = span.from;
    let mut told = false;
    for hole in holes.iter().filter(|hole| hole.from < span.to && hole.to > span.from) {
        if hole.from > from {
            tell(Span { from, to: hole.from, ..span });
        }
        told = true;
        from = from.max(hole.to);
    }
    if !told || from < span.to {
        tell(Span { from, ..span });
    }
}

/// The moments that must not be overlooked: what TCP broke off at, else where a TLS handshake failed.
pub(crate) fn marks(row: &Row) -> impl Iterator<Item = (Mark, i64)> {
    row.record().and_then(broken_off).or_else(|| tls_failed(row)).into_iter()
}

fn broken_off(record: &ConnectionRecord) -> Option<(Mark, i64)> {
    let reset = record.teardown.ending_reset().map(|reset| reset.seen.at.0);
    match record.state {
        State::Refused => reset.map(|at| (Mark::Refused, at)),
        State::Reset => reset.map(|at| (Mark::Reset, at)),
        State::Opening => Some((Mark::Unanswered, record.last.at.0)),
        _ => None,
    }
}

fn tls_failed(row: &Row) -> Option<(Mark, i64)> {
    let session = row.tls().filter(|session| words::failed(session).is_some())?;
    let last = session.flights.last().map_or(session.start, |flight| flight.last);
    Some((Mark::TlsFailed, last.at.0))
}

fn connect(record: &ConnectionRecord) -> Option<(i64, i64)> {
    let steps = &record.handshake;
    let (syn, syn_ack) = (steps.syn.seen(), steps.syn_ack.seen());
    let from = syn.or(syn_ack)?.at.0;
    let refused = record.teardown.reset.filter(|_| record.state == State::Refused).map(|reset| reset.seen);
    let unanswered = (record.state == State::Opening).then_some(record.last);
    let to = steps.ack.seen().or(syn_ack).or(refused).or(unanswered).or(steps.last_syn.seen())?;
    Some((from, to.at.0))
}

/// Where a handshake did not end, it lasted until one side gave up, unless data may have come after it: then
/// only its beginning is known.
fn tls(row: &Row, record: &ConnectionRecord) -> Option<(i64, i64)> {
    let session = row.tls().filter(|session| !words::began_earlier(session))?;
    let from = session.start.at.0;
    let to = match session.end {
        Some(end) => end.at.0,
        // TLS 1.3 sends the rest of its handshake as application data: an alert tells that it failed.
        None if session.application_records > 0 && session.alert.is_none() => from,
        None => first_goodbye(record).unwrap_or(record.last.at.0),
    };
    Some((from, to))
}

fn first_goodbye(record: &ConnectionRecord) -> Option<i64> {
    let fins = Direction::BOTH.iter().filter_map(|&direction| record.teardown.fin(direction));
    let reset = record.teardown.reset.map(|reset| reset.seen.at.0);
    fins.map(|fin| fin.seen.at.0).chain(reset).min()
}

fn teardown(record: &ConnectionRecord) -> Option<(i64, i64)> {
    let fins = || Direction::BOTH.iter().filter_map(|&direction| record.teardown.fin(direction));
    let from = fins().map(|fin| fin.seen.at.0).min()?;
    let to = fins().map(|fin| fin.acknowledged.map_or(fin.seen.at.0, |ack| ack.at.0)).max()?;
    Some((from, to))
}

#[cfg(test)]
mod tests {
    use tapline_analysis::{Cause, Sender, TlsOutcome, TlsSession};

    use super::*;
    use crate::testing;

    fn spans(row: &Row) -> Vec<(Phase, i64, i64)> {
        let mut all = Vec::new();
        of_connection(row, |span| all.push((span.phase, span.from / testing::MS, span.to / testing::MS)));
        all
    }

    #[test]
    fn a_whole_life_has_every_phase() {
        let row = testing::https_row(0, 100);
        assert_eq!(
            spans(&row),
            [
                (Phase::Idle, 100, 200),
                (Phase::Send, 140, 141),
                (Phase::Wait, 141, 160),
                (Phase::Receive, 160, 180),
                (Phase::Connect, 100, 110),
                (Phase::Tls, 111, 135),
            ]
        );
    }

    #[test]
    fn a_failed_tls_handshake_lasts_until_somebody_gives_up() {
        use tapline_analysis::decode::tls::{Alert, Version};
        let tls_of = |records, alert| {
            let mut record = testing::record_in(State::Reset);
            record.id = 0;
            let session = tapline_analysis::TlsSession {
                start: testing::at(4, 20),
                version: Some(Version(0x0304)),
                application_records: records,
                alert,
                ..Default::default()
            };
            let row = testing::row_of(record, session);
            spans(&row).into_iter().find(|(phase, ..)| *phase == Phase::Tls)
        };
        let alert = Some((tapline_analysis::Sender::Client, Alert { level: 2, description: 48 }));
        assert_eq!(tls_of(0, None), Some((Phase::Tls, 20, 50)));
        assert_eq!(tls_of(3, alert), Some((Phase::Tls, 20, 50)));
        assert_eq!(tls_of(3, None), Some((Phase::Tls, 20, 20)), "data may have come after it");
    }

    #[test]
    fn an_early_response_leaves_no_wait() {
        let exchange =
            ExchangeRow { start: 0, sent: Some(50), answered: Some(20), end: 60, ..testing::exchange_row() };
        let mut all = Vec::new();
        of_exchange(&exchange, |span| all.push((span.phase, span.from, span.to)));
        assert_eq!(all, [(Phase::Send, 0, 20), (Phase::Receive, 20, 60)]);
    }

    #[test]
    fn a_request_without_an_answer_only_was_sent() {
        let exchange =
            ExchangeRow { start: 0, sent: Some(5), answered: None, end: 5, ..testing::exchange_row() };
        let mut all = Vec::new();
        of_exchange(&exchange, |span| all.push((span.phase, span.from, span.to)));
        assert_eq!(all, [(Phase::Send, 0, 5)]);
    }

    fn life(exchange: &ExchangeRow) -> Vec<(Phase, i64, i64)> {
        let mut all = Vec::new();
        of_exchange(exchange, |span| all.push((span.phase, span.from, span.to)));
        all
    }

    #[test]
    fn what_a_request_waited_for_comes_before_it() {
        let before = Before { dns: Some((0, 10)), connect: Some((12, 20)), ..testing::before(25) };
        let row = ExchangeRow {
            sent: Some(26),
            answered: Some(40),
            end: 50,
            before: Some(Box::new(before)),
            ..testing::exchange_row()
        };
        let expected = [
            (Phase::Dns, 0, 10),
            (Phase::Blocked, 10, 12),
            (Phase::Connect, 12, 20),
            (Phase::Blocked, 20, 25),
            (Phase::Send, 25, 26),
            (Phase::Wait, 26, 40),
            (Phase::Receive, 40, 50),
        ];
        assert_eq!(life(&row), expected);
    }

    #[test]
    fn only_what_was_in_the_way_cuts_a_phase() {
        let check = |cause, expected: &[(Phase, i64, i64)]| {
            let stalled = testing::stalled(&[(cause, 30, 45)]);
            let row = ExchangeRow {
                sent: Some(0),
                answered: Some(20),
                end: 60,
                stalled: Some(Box::new(stalled)),
                ..testing::exchange_row()
            };
            assert_eq!(life(&row).split_off(2), expected, "{cause:?}");
        };
        let (receive, stalled) = (Phase::Receive, Phase::Stalled);
        check(Cause::Loss, &[(receive, 20, 30), (receive, 45, 60), (stalled, 30, 45)]);
        check(Cause::Http2StreamWindow, &[(receive, 20, 30), (receive, 45, 60), (stalled, 30, 45)]);
        check(Cause::Server, &[(receive, 20, 60)]);
        check(Cause::NetworkRoundTrip, &[(receive, 20, 60)]);
        check(Cause::Unknown, &[(receive, 20, 60)]);
    }

    #[test]
    fn a_request_that_is_held_back_is_blocked_until_it_is_its_turn() {
        let before = Before { held_back: Some((5, 30)), ..testing::before(0) };
        let row = ExchangeRow {
            sent: Some(1),
            answered: Some(50),
            end: 60,
            before: Some(Box::new(before)),
            ..testing::exchange_row()
        };
        let expected = [
            (Phase::Send, 0, 1),
            (Phase::Wait, 1, 5),
            (Phase::Wait, 30, 50),
            (Phase::Receive, 50, 60),
            (Phase::Blocked, 5, 30),
        ];
        assert_eq!(life(&row), expected);
    }

    #[test]
    fn silence_and_refusal_are_marked() {
        let check = |state, outcome, expected: &[(Mark, i64)]| {
            let flights = vec![testing::flight(Sender::Client, &[], None)];
            let row = testing::row_of(
                testing::record_in(state),
                TlsSession { outcome, flights, ..TlsSession::default() },
            );
            let marks: Vec<_> = marks(&row).map(|(mark, at)| (mark, at / testing::MS)).collect();
            assert_eq!(marks, expected);
        };
        let good = TlsOutcome::Established;
        check(State::Established, good, &[]);
        check(State::Opening, good, &[(Mark::Unanswered, 100)]);
        check(State::Refused, good, &[(Mark::Refused, 50)]);
        check(State::Reset, good, &[(Mark::Reset, 50)]);
        check(State::Closed, TlsOutcome::Failed, &[(Mark::TlsFailed, 11)]);
        check(State::Closed, TlsOutcome::Cut, &[]);
        // One mark a row: the reset came last.
        check(State::Reset, TlsOutcome::Failed, &[(Mark::Reset, 50)]);
    }
}
