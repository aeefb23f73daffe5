//! The connections and how each ended.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tapline_engine::analysis::{ConnectionRecord, HandshakeKind, State, TeardownKind, human};

use super::spread::Spread;
use super::style::Ink;
use super::table::{Column, cell, flexible, left, right};
use super::{ReportOptions, rest, table, title};
use crate::shortlist::{Score, Shortlist};

pub(super) struct Connections {
    rows: Shortlist<Box<ConnectionRecord>>,
    handshakes: Spread,
    states: BTreeMap<&'static str, u64>,
}

impl Connections {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows: Shortlist::new(rows_max), handshakes: Spread::default(), states: BTreeMap::new() }
    }

    pub(super) fn take(&mut self, record: Box<ConnectionRecord>) {
        if let Some(ns) = record.handshake.total_ns() {
            self.handshakes.push(ns);
        }
        *self.states.entry(state_noun(record.state)).or_default() += 1;
        self.rows.push(score(&record), || record);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        let mut summary = human::count(total);
        if total > 1 {
            let states: Vec<String> =
                self.states.iter().map(|(name, n)| format!("{} {name}", human::count(*n))).collect();
            summary += &format!(": {}", states.join(", "));
        }
        if let Some(spread) = self.handshakes.text().filter(|_| total > 1) {
            summary += &format!(" · handshake {spread}");
        }
        title(out, options, "Connections", &summary)?;
        let rows = self.rows.into_rows();
        let cells: Vec<_> = rows.iter().map(|record| row(record)).collect();
        if !cells.is_empty() {
            table::print(&COLUMNS, &cells, options, out)?;
        }
        rest(out, options, rows.len(), total, "what went wrong, then the longest")
    }
}

const COLUMNS: [Column; 10] = [
    right("#"),
    left("client"),
    left("server"),
    right("handshake"),
    left("speaks").rank(1),
    right("data").rank(2),
    right("missing"),
    right("resent"),
    right("lasted").rank(3),
    flexible("how it ended"),
];

fn row(record: &ConnectionRecord) -> Vec<table::Cell> {
    let protocols: Vec<&str> = record.protocols.iter().map(|protocol| protocol.name()).collect();
    let (ink, ended) = ended(record);
    let (missing, resent) = (missing_bytes(record), record.resent());
    vec![
        cell(Ink::Dim, record.id.to_string()),
        cell(Ink::Name, record.client.endpoint.to_string()),
        cell(Ink::Name, record.server.endpoint.to_string()),
        handshake(record),
        cell(Ink::Plain, protocols.join("+")),
        cell(Ink::Plain, human::bytes(record.payload_bytes())),
        cell(Ink::Warn, if missing > 0 { human::bytes(missing) } else { String::new() }),
        cell(Ink::Warn, if resent > 0 { human::count(u64::from(resent)) } else { String::new() }),
        cell(Ink::Plain, human::duration(record.duration_ns())),
        cell(ink, ended),
    ]
}

/// How long the handshake took; where it did not end, why not.
fn handshake(record: &ConnectionRecord) -> table::Cell {
    let steps = &record.handshake;
    match (steps.total_ns().or(steps.initial_rtt_ns), record.handshake_kind) {
        (_, HandshakeKind::HalfOpen | HandshakeKind::Unanswered | HandshakeKind::Refused) => {
            cell(Ink::Dim, "none")
        }
        (Some(ns), _) => cell(Ink::Plain, human::duration(ns)),
        (None, _) => cell(Ink::Dim, "not seen"),
    }
}

/// How a connection ended, in words.
pub(crate) fn ended(record: &ConnectionRecord) -> (Ink, String) {
    let who = record.teardown.closed_first().map_or("nobody", |direction| record.sender(direction).name());
    let (ink, mut text) = match (record.state, record.teardown.kind()) {
        (State::Refused, _) => (Ink::Bad, "refused".to_owned()),
        (State::Opening, _) => (Ink::Bad, "no answer".to_owned()),
        (State::HalfOpen, _) => (Ink::Warn, "half-open".to_owned()),
        (State::Established, _) => (Ink::Plain, "still open".to_owned()),
        (State::Reset, _) => {
            let who = record.teardown.reset.map_or(who, |reset| record.sender(reset.from).name());
            (Ink::Warn, format!("{who} reset it"))
        }
        (_, TeardownKind::Simultaneous) => (Ink::Good, "both closed at once".to_owned()),
        (_, TeardownKind::HalfClosed) => (Ink::Plain, format!("half-closed by {who}")),
        _ => (Ink::Good, format!("{who} closed")),
    };
    let never = matches!(record.state, State::Opening | State::HalfOpen | State::Refused);
    if let Some(error) = record.unreachable.as_ref().filter(|_| never) {
        text += &format!(": {}", error.reason);
    }
    // Where a connection came about after all, the retries stand among what was sent again.
    if record.handshake.syn_retries > 0 && record.state == State::Opening {
        text += &format!(", {}", human::plural(u64::from(record.handshake.syn_retries), "more SYN"));
    }
    (ink, text)
}

pub(crate) fn state_noun(state: State) -> &'static str {
    match state {
        State::Opening => "not answered",
        State::HalfOpen => "half-open",
        State::Established => "still open",
        State::Closing => "half-closed",
        State::Closed => "closed",
        State::Refused => "refused",
        State::Reset => "reset",
    }
}

/// Octets of either stream that were never seen.
pub(crate) fn missing_bytes(record: &ConnectionRecord) -> u64 {
    record.client.missing_bytes + record.server.missing_bytes
}

/// What went wrong first, then the longest.
pub(crate) fn score(record: &ConnectionRecord) -> Score {
    let severity = match record.state {
        State::Refused | State::Opening => 3,
        State::Reset | State::HalfOpen => 2,
        _ if missing_bytes(record) > 0 || !record.anomalies.is_empty() => 1,
        _ => 0,
    };
    (severity, record.duration_ns())
}
