//! Which phase of its life a connection is in, when.

mod request;

use tapline_analysis::{ConnectionRecord, Direction, State};

pub(crate) use request::{of_exchange, whole};

use crate::model::Row;
use crate::words;

/// A phase, in the order in which one covers another where they share a cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Phase {
    /// Open, and nothing below is going on.
    Idle,
    /// A request that could not go on for others, or between the steps before it.
    Blocked,
    /// Last octet of a request to the first of its response.
    Wait,
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
        Self::Blocked,
        Self::Wait,
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
    /// Octets before it are not in the capture.
    Gap,
    /// Packets before it were dropped while capturing; of no connection.
    Dropped,
}

#[cfg(test)]
impl Mark {
    /// All, the most telling last.
    pub(crate) const ALL: [Self; 6] =
        [Self::Dropped, Self::Gap, Self::TlsFailed, Self::Unanswered, Self::Refused, Self::Reset];
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
        request::under_way(exchange, &mut tell);
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

/// The moments that must not be overlooked, the most telling last: where the capture has a gap; what TCP broke off
/// at, else where a TLS handshake failed.
pub(crate) fn marks(row: &Row) -> impl Iterator<Item = (Mark, i64)> {
    let gap = row.record().and_then(|record| record.gap.as_ref()).map(|seen| (Mark::Gap, seen.at.0));
    let end = row.record().and_then(broken_off).or_else(|| tls_failed(row));
    gap.into_iter().chain(end)
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
    let to = steps.ack.seen().or(syn_ack).or(refused).or(unanswered).or(steps.last_syn().seen())?;
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
    use tapline_analysis::{Sender, TlsOutcome, TlsSession};

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
