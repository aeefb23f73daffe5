//! The TLS sessions.

use std::io::{self, Write};

use tapline_engine::analysis::{TlsSession, human};

use super::shortlist::{Score, Shortlist};
use super::spread::Spread;
use super::style::Ink;
use super::table::{Cell, Column, cell, flexible, left, right};
use super::{ReportOptions, rest, table, title};

pub(super) struct Sessions {
    rows: Shortlist<TlsSession>,
    handshakes: Spread,
    failed: u64,
}

impl Sessions {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows: Shortlist::new(rows_max), handshakes: Spread::default(), failed: 0 }
    }

    pub(super) fn take(&mut self, session: TlsSession) {
        match session.handshake_ns {
            Some(ns) => self.handshakes.push(ns),
            None => self.failed += 1,
        }
        self.rows.push(score(&session), session);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        let mut summary = human::count(total);
        if self.failed > 0 {
            summary += &format!(", {} without a finished handshake", human::count(self.failed));
        }
        if let Some(spread) = self.handshakes.text().filter(|_| total > 1) {
            summary += &format!(" · handshake {spread}");
        }
        title(out, options, "TLS sessions", &summary)?;
        let rows = self.rows.into_rows();
        let cells: Vec<_> = rows.iter().map(row).collect();
        table::print(&COLUMNS, &cells, options, out)?;
        rest(out, options, rows.len(), total, "failed ones, then the slowest handshakes")
    }
}

const COLUMNS: [Column; 7] = [
    right("#"),
    flexible("server name"),
    left("version"),
    flexible("cipher suite"),
    left("ALPN"),
    right("handshake"),
    left(""),
];

fn row(session: &TlsSession) -> Vec<Cell> {
    // The prefix that every name has says nothing.
    let suite =
        session.cipher_suite.map(|suite| suite.to_string().replace("TLS_", "").replace("_WITH_", "_"));
    vec![
        cell(Ink::Dim, session.connection.to_string()),
        cell(Ink::Name, session.server_name.as_deref().unwrap_or("no SNI")),
        cell(Ink::Plain, session.version.map_or_else(|| "none".to_owned(), |version| version.to_string())),
        cell(Ink::Plain, suite.unwrap_or_default()),
        alpn(session),
        cell(Ink::Plain, session.handshake_ns.map_or_else(|| "unfinished".to_owned(), human::duration)),
        notes(session),
    ]
}

/// Chosen, or where that was not seen, what was offered, in brackets.
fn alpn(session: &TlsSession) -> Cell {
    match &session.alpn {
        Some(chosen) => cell(Ink::Plain, chosen),
        None if session.alpn_offered.is_empty() => cell(Ink::Dim, "none"),
        None => cell(Ink::Dim, format!("({})", session.alpn_offered.join(","))),
    }
}

/// Round trips and what was special.
fn notes(session: &TlsSession) -> Cell {
    let mut notes = Vec::new();
    if let Some(rtts) = session.handshake_rtts {
        notes.push(format!("{rtts} RTT"));
    }
    if session.resumed == Some(true) {
        notes.push("resumed".to_owned());
    }
    if session.hello_retry {
        notes.push("hello retry".to_owned());
    }
    if session.early_data {
        notes.push("early data".to_owned());
    }
    if let Some((from, alert)) = session.alert {
        notes.push(format!("{alert} alert by {}", from.name()));
        return cell(Ink::Bad, notes.join(", "));
    }
    cell(if session.hello_retry { Ink::Warn } else { Ink::Plain }, notes.join(", "))
}

fn score(session: &TlsSession) -> Score {
    (u8::from(session.handshake_ns.is_none()), session.handshake_ns.unwrap_or(0))
}
