//! What the screen calls things.

use tapline_analysis::{
    ConnectionRecord, Flag, Severity, State, TeardownKind, TlsOutcome, TlsSession, human,
};

use crate::model::{ExchangeRow, Row};
use crate::theme::Role;

/// What became of a connection in a word or two: what its TLS failed at, else where it is in its life.
pub(crate) fn state(row: &Row, record: &ConnectionRecord) -> &'static str {
    row.tls().and_then(failed).unwrap_or_else(|| ending(record))
}

/// What became of a handshake that came to nothing.
pub(crate) fn failed(session: &TlsSession) -> Option<&'static str> {
    match session.outcome {
        TlsOutcome::Failed => Some("TLS failed"),
        TlsOutcome::Refused => Some("TLS refused"),
        TlsOutcome::Abandoned => Some("abandoned"),
        TlsOutcome::Established | TlsOutcome::NotSeen | TlsOutcome::Cut => None,
    }
}

/// The same as a sentence, with the alert and who sent it.
pub(crate) fn failure(session: &TlsSession) -> Option<String> {
    failed(session).map(|_| session.outcome_text())
}

/// Where a connection is in its life, or how it ended, in a word or two.
pub(crate) fn ending(record: &ConnectionRecord) -> &'static str {
    match (record.state, record.teardown.kind()) {
        (State::Opening, _) => "no answer",
        (State::HalfOpen, _) => "half-open",
        (State::Established, _) => "open",
        (State::Refused, _) => "refused",
        (State::Reset, _) => "reset",
        (State::Closing, TeardownKind::HalfClosed) => "half-closed",
        (State::Closing, _) => "closing",
        (State::Closed, _) => "closed",
    }
}

/// The same as a sentence, with who did it.
pub(crate) fn ending_in_full(record: &ConnectionRecord) -> String {
    let who = record.teardown.closed_first().map_or("nobody", |direction| record.sender(direction).name());
    match (record.state, record.teardown.kind()) {
        (State::Opening, _) => "the server never answered".to_owned(),
        (State::HalfOpen, _) => "half-open: the client's ACK was not seen".to_owned(),
        (State::Established, _) => "open at the last packet seen".to_owned(),
        (State::Refused, _) => "refused by server".to_owned(),
        (State::Reset, _) => {
            let who = record.teardown.reset.map_or(who, |reset| record.sender(reset.from).name());
            format!("reset by {who}")
        }
        (_, TeardownKind::Simultaneous) => "closed by both at once".to_owned(),
        (_, TeardownKind::HalfClosed) => format!("half-closed by {who}"),
        (State::Closing, _) => format!("being closed by {who}"),
        (_, TeardownKind::ThreeSegment) => format!("closed by {who}, in 3 segments"),
        _ => format!("closed by {who}"),
    }
}

/// The protocols from the outside in; empty where none was recognised.
pub(crate) fn speaks(record: &ConnectionRecord) -> String {
    let names: Vec<&str> = record.protocols.iter().map(|protocol| protocol.name()).collect();
    names.join("+")
}

/// Segments that were sent again.
pub(crate) fn sent_again(record: &ConnectionRecord) -> u32 {
    let retransmissions = record.verdicts.iter().find(|(flag, _)| *flag == Flag::Retransmission);
    retransmissions.map_or(0, |(_, count)| *count).saturating_sub(record.not_resent)
}

/// How wrong things went: 3 nothing came of it, 2 it broke, 1 something is odd or missing, 0 fine.
pub(crate) fn severity(row: &Row) -> u8 {
    let Some(record) = row.record() else { return 0 };
    let missing = record.client.missing_bytes + record.server.missing_bytes > 0;
    let tls_failed = row.tls().and_then(failed).is_some();
    match record.state {
        State::Refused | State::Opening => 3,
        State::Reset | State::HalfOpen => 2,
        _ if tls_failed => 2,
        _ if missing || !record.anomalies.is_empty() || record.handshake.syn_retries > 0 => 1,
        _ => 0,
    }
}

/// How a finding of this severity is written.
pub(crate) fn severity_role(severity: Severity) -> Role {
    match severity {
        Severity::Error => Role::Bad,
        Severity::Warning => Role::Warn,
        Severity::Note => Role::Dim,
    }
}

/// Whether a TLS session's handshake was over before the capture saw anything of it.
pub(crate) fn began_earlier(session: &TlsSession) -> bool {
    session.version.is_none() && session.end.is_none() && session.application_records > 0
}

/// What took most of an exchange's time: what it stood still for where that is most of it, else its longest phase.
pub(crate) fn most_of_it(exchange: &ExchangeRow) -> String {
    let timings = exchange.timings();
    let phases = timings.phases().into_iter().filter_map(|(name, ns)| Some((name, ns?)));
    let longest = phases.max_by_key(|(_, ns)| *ns);
    let worst = exchange.stalled.as_ref().map(|stalled| (stalled.worst.0.words(), stalled.worst.1));
    let most = worst
        .filter(|(_, ns)| longest.is_none_or(|(_, longest)| ns.saturating_mul(2) >= longest))
        .or(longest);
    most.map_or_else(String::new, |(what, ns)| format!("{what} {}", human::duration(ns)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    #[test]
    fn a_handshake_that_came_to_nothing_says_more_than_tcp() {
        let check = |state, outcome, expected: (&str, u8)| {
            let session = TlsSession { outcome, ..TlsSession::default() };
            let row = testing::row_of(testing::record_in(state), session);
            let record = row.record().unwrap();
            assert_eq!((super::state(&row, record), severity(&row)), expected);
        };
        check(State::Established, TlsOutcome::Established, ("open", 0));
        check(State::Established, TlsOutcome::Cut, ("open", 0));
        check(State::Established, TlsOutcome::Failed, ("TLS failed", 2));
        check(State::Established, TlsOutcome::Refused, ("TLS refused", 2));
        check(State::Reset, TlsOutcome::Abandoned, ("abandoned", 2));
        check(State::Reset, TlsOutcome::Established, ("reset", 2));
        check(State::Closed, TlsOutcome::NotSeen, ("closed", 0));
    }
}
