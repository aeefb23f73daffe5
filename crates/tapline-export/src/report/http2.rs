//! HTTP/2 connections: what was multiplexed, compressed, and held up by windows.

use std::io::{self, Write};

use tapline_engine::analysis::{Http2Connection, Sender, SettingsSent, human};

use super::style::Ink;
use super::table::{Cell, Column, cell, flexible, right};
use super::{ReportOptions, rest, table, title};
use crate::shortlist::Shortlist;

pub(super) struct Http2Connections {
    rows: Shortlist<Box<Http2Connection>>,
    streams: u64,
}

impl Http2Connections {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows: Shortlist::new(rows_max), streams: 0 }
    }

    pub(super) fn take(&mut self, connection: Box<Http2Connection>) {
        self.streams += connection.client.streams_opened + connection.server.streams_opened;
        self.rows.push((0, waited_ns(&connection)), || connection);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        let connections = human::plural(total, "connection");
        let summary = format!("{connections}, {}", human::plural(self.streams, "stream"));
        title(out, options, "HTTP/2", &summary)?;
        let rows = self.rows.into_rows();
        let cells: Vec<_> = rows.iter().map(|connection| row(connection)).collect();
        table::print(&COLUMNS, &cells, options, out)?;
        rest(out, options, rows.len(), total, "longest held up by windows")
    }
}

const COLUMNS: [Column; 8] = [
    right("#"),
    right("streams"),
    right("at once"),
    right("headers"),
    right("saved").rank(2),
    right("SETTINGS").rank(1),
    right("PING").rank(3),
    flexible("what else"),
];

fn row(connection: &Http2Connection) -> Vec<Cell> {
    let sides = [&connection.client, &connection.server];
    let opened: u64 = sides.iter().map(|side| side.streams_opened).sum();
    let at_once = connection.client.streams_most_at_once;
    let wire: u64 = sides.iter().map(|side| side.headers.wire_bytes).sum();
    let decoded: u64 = sides.iter().map(|side| side.headers.decoded_bytes).sum();
    let saved = (decoded.saturating_sub(wire) * 100 + decoded / 2).checked_div(decoded);
    let saved = saved.filter(|percent| *percent > 0);
    let acknowledged =
        sides.iter().flat_map(|side| &side.settings).filter_map(SettingsSent::acknowledged_ns).max();
    let ping = sides.iter().filter_map(|side| side.pings.mean_ns()).max();
    let duration = |ns: Option<i64>| ns.map(human::duration).unwrap_or_default();
    vec![
        cell(Ink::Dim, connection.connection.to_string()),
        cell(Ink::Plain, human::count(opened)),
        cell(Ink::Plain, human::count(u64::from(at_once))),
        cell(Ink::Plain, human::bytes(wire)),
        cell(Ink::Good, saved.map(|percent| format!("{percent} %")).unwrap_or_default()),
        cell(Ink::Plain, duration(acknowledged)),
        cell(Ink::Plain, duration(ping)),
        cell(Ink::Plain, rest_of(connection)),
    ]
}

/// What only some connections have.
fn rest_of(connection: &Http2Connection) -> String {
    let mut parts = Vec::new();
    if !connection.whole {
        parts.push("not seen whole".to_owned());
    }
    for sender in [Sender::Client, Sender::Server] {
        let side = connection.side(sender);
        for (totals, window) in
            [(side.connection_standstills, "connection"), (side.stream_standstills, "stream")]
        {
            if totals.count > 0 {
                let waited = human::duration(totals.total_ns);
                parts.push(format!("{} waited {waited} for {window} windows", sender.name()));
            }
        }
    }
    let pushes = connection.pushes;
    if pushes.promised > 0 {
        parts.push(format!("{} pushed, {} taken", pushes.promised, pushes.accepted));
    }
    for goaway in &connection.goaways {
        parts.push(format!("{} GOAWAY {}", goaway.from.name(), goaway.error));
    }
    let resets: u64 = connection.resets.iter().map(|(.., count)| count).sum();
    if resets > 0 {
        parts.push(format!("{} reset", human::plural(resets, "stream")));
    }
    parts.join(", ")
}

/// How long DATA of both sides waited for windows.
fn waited_ns(connection: &Http2Connection) -> i64 {
    let of = |side: &tapline_engine::analysis::Http2Side| {
        side.connection_standstills.total_ns.saturating_add(side.stream_standstills.total_ns)
    };
    of(&connection.client) + of(&connection.server)
}
