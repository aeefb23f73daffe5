//! What the segments of a connection say: round trips, octets in flight, verdicts.

use std::io::{self, Write};

use tapline_engine::analysis::{ConnectionRecord, Series, State, TeardownKind, human, tcp_words};

use super::style::Ink;
use super::table::{Column, cell, flexible, left, right};
use super::{ReportOptions, rest, table, title};
use crate::shortlist::{Score, Shortlist};

/// Connections of which there is more to tell than that they were there.
pub(super) struct Segments {
    rows: Shortlist<ConnectionRecord>,
    verdicts: u64,
}

impl Segments {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows: Shortlist::new(rows_max), verdicts: 0 }
    }

    pub(super) fn take(&mut self, record: &ConnectionRecord) {
        self.verdicts += record.verdicts.iter().map(|&(_, count)| u64::from(count)).sum::<u64>();
        if busiest(record).is_some() || oddities(record).next().is_some() {
            self.rows.push(score(record), || record.clone());
        }
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        let verdicts = match self.verdicts {
            0 => "nothing odd".to_owned(),
            count => human::plural(count, "verdict"),
        };
        let summary = format!("{}: {verdicts}", human::plural(total, "connection"));
        title(out, options, "Segments", &summary)?;
        let rows = self.rows.into_rows();
        let cells: Vec<_> = rows.iter().map(row).collect();
        table::print(&COLUMNS, &cells, options, out)?;
        rest(out, options, rows.len(), total, "the most that was sent again or lost first")
    }
}

const COLUMNS: [Column; 8] = [
    right("#"),
    right("to server"),
    right("to client").rank(3),
    right("round trip").rank(4),
    right("in flight"),
    left("each round").rank(2),
    left("teardown").rank(1),
    flexible("verdicts"),
];

fn row(record: &ConnectionRecord) -> Vec<table::Cell> {
    let time = |ns: Option<i64>| ns.map(human::duration).unwrap_or_default();
    let series = busiest(record);
    let most = series.and_then(most_in_flight).map(human::bytes).unwrap_or_default();
    let rounds =
        series.map(|series| tcp_words::sparkline(series.rounds().iter().copied())).unwrap_or_default();
    vec![
        cell(Ink::Dim, record.id.to_string()),
        cell(Ink::Plain, time(record.handshake.server_rtt_ns())),
        cell(Ink::Plain, time(record.handshake.client_rtt_ns())),
        cell(Ink::Plain, time(series.and_then(|series| series.round_trips().mean_ns()))),
        cell(Ink::Plain, most),
        cell(Ink::Plain, rounds),
        cell(Ink::Plain, teardown(record)),
        cell(Ink::Warn, oddities(record).collect::<Vec<_>>().join(", ")),
    ]
}

fn teardown(record: &ConnectionRecord) -> &'static str {
    match record.teardown.kind() {
        TeardownKind::FourWay => "four-way",
        TeardownKind::ThreeSegment => "3 segments",
        TeardownKind::Simultaneous => "simultaneous",
        TeardownKind::HalfClosed => "half-closed",
        TeardownKind::Reset => "reset",
        TeardownKind::None => "none",
    }
}

/// How it was opened or reset where that is unusual, then verdicts, then what is odd about TCP beside them.
fn oddities(record: &ConnectionRecord) -> impl Iterator<Item = String> {
    let reset = record.teardown.reset.filter(|_| record.state != State::Refused);
    let reset = reset.into_iter().map(|reset| {
        let who = record.sender(reset.from).name();
        format!("RST by {who} {}", tcp_words::reset(&reset))
    });
    let view = record.copy_of.into_iter().map(|other| format!("a second view of {other}"));
    let only = record.only.into_iter().map(|side| format!("only the {} was captured", side.name()));
    let odd = record.anomalies.iter().filter(|(code, _)| code.starts_with("tcp_"));
    let odd =
        odd.map(|(code, count)| format!("{count}× {}", code.trim_start_matches("tcp_").replace('_', " ")));
    view.chain(only)
        .chain(tcp_words::opening(record))
        .chain(tcp_words::icmp_error(record))
        .chain(reset)
        .chain(tcp_words::silence(record))
        .chain(tcp_words::verdicts(record))
        .chain(odd)
}

/// The series of the side that had more in flight.
fn busiest(record: &ConnectionRecord) -> Option<&Series> {
    [&record.client, &record.server]
        .into_iter()
        .filter_map(|side| side.series.as_deref())
        .max_by_key(|s| most_in_flight(s))
}

fn most_in_flight(series: &Series) -> Option<u64> {
    series.points().iter().map(|point| point.in_flight_bytes).max()
}

fn score(record: &ConnectionRecord) -> Score {
    let sent_again = record.resent();
    let told: u32 = record.verdicts.iter().map(|&(_, count)| count).sum();
    (u8::from(sent_again > 0), i64::from(sent_again) << 32 | i64::from(told))
}
