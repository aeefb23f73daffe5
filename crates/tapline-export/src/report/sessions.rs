//! The TLS sessions.

use std::io::{self, Write};

use tapline_engine::analysis::{EarlyData, TlsKind, TlsOutcome, TlsSession, human};
use unicode_width::UnicodeWidthStr;

use super::handshakes::score;
use super::spread::Spread;
use super::style::Ink;
use super::table::{Cell, Column, cell, flexible, left, right};
use super::{ReportOptions, rest, table, title};
use crate::shortlist::Shortlist;

pub(super) struct Sessions {
    rows: Shortlist<Box<TlsSession>>,
    handshakes: Spread,
    failed: u64,
}

impl Sessions {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows: Shortlist::new(rows_max), handshakes: Spread::default(), failed: 0 }
    }

    pub(super) fn take(&mut self, session: Box<TlsSession>) {
        match session.handshake_ns {
            Some(ns) => self.handshakes.push(ns),
            None if session.outcome != TlsOutcome::NotSeen => self.failed += 1,
            None => {}
        }
        self.rows.push(score(&session), || session);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        let mut summary = human::count(total);
        if self.failed > 0 {
            summary += &format!(", {} unfinished", human::count(self.failed));
        }
        if let Some(spread) = self.handshakes.text().filter(|_| total > 1) {
            summary += &format!(" · handshake {spread}");
        }
        title(out, options, "TLS sessions", &summary)?;
        let mut rows = self.rows.into_rows();
        rows.sort_by_key(|session| std::cmp::Reverse(score(session).0));
        let cells: Vec<_> = rows.iter().map(|session| row(session)).collect();
        table::print(&columns(&rows), &cells, options, out)?;
        rest(out, options, rows.len(), total, "failed ones, then the slowest handshakes")
    }
}

/// The widest note that is never cut: what else there is gives way.
const NOTE_WHOLE: usize = 41;

fn columns(rows: &[Box<TlsSession>]) -> [Column; 7] {
    let whole = rows.iter().all(|session| notes(session).1.width() <= NOTE_WHOLE);
    [
        right("#"),
        flexible("server name"),
        left("TLS"),
        flexible("cipher suite").rank(1),
        flexible("ALPN").rank(2),
        right("handshake"),
        if whole { left("") } else { flexible("") },
    ]
}

fn row(session: &TlsSession) -> Vec<Cell> {
    let suite = session.cipher_suite.map(|suite| short_suite(&suite.to_string()));
    let version = session.version.map(|version| version.to_string());
    let (ink, note) = notes(session);
    vec![
        cell(Ink::Dim, session.connection.to_string()),
        name(session),
        cell(Ink::Plain, version.as_deref().map_or("", |name| name.trim_start_matches("TLS "))),
        cell(Ink::Plain, suite.unwrap_or_default()),
        alpn(session),
        cell(Ink::Plain, session.handshake_ns.map(human::duration).unwrap_or_default()),
        cell(ink, note),
    ]
}

fn name(session: &TlsSession) -> Cell {
    match (&session.server_name, session.renegotiation) {
        (Some(name), _) => cell(Ink::Name, name),
        (None, Some(again)) if again.inferred => cell(Ink::Dim, "encrypted"),
        (None, _) => cell(Ink::Dim, "no SNI"),
    }
}

/// A suite's name without what goes without saying: the prefix, and the hash of an AEAD suite.
fn short_suite(name: &str) -> String {
    let name = name.replace("TLS_", "").replace("_WITH_", "_");
    match name.rsplit_once("_SHA") {
        Some((aead, _)) if ["GCM", "CCM", "CCM_8", "POLY1305"].iter().any(|end| aead.ends_with(end)) => {
            aead.to_owned()
        }
        _ => name,
    }
}

/// Chosen, or where that was not seen, what was offered, in brackets.
fn alpn(session: &TlsSession) -> Cell {
    match &session.alpn {
        Some(chosen) => cell(Ink::Plain, chosen),
        None if session.version.is_none() => cell(Ink::Dim, ""),
        None if session.alpn_offered.is_empty() => cell(Ink::Dim, "none"),
        None => cell(Ink::Dim, format!("({})", session.alpn_offered.join(","))),
    }
}

/// Round trips and what was special; of a failed handshake only what failed.
fn notes(session: &TlsSession) -> (Ink, String) {
    if ![TlsOutcome::Established, TlsOutcome::NotSeen].contains(&session.outcome) {
        let ink = if session.outcome == TlsOutcome::Cut { Ink::Warn } else { Ink::Bad };
        return (ink, session.outcome_text());
    }
    let mut notes = Vec::new();
    if let Some(rtts) = session.handshake_rtts {
        notes.push(format!("{rtts} RTT"));
    }
    match session.renegotiation {
        Some(again) if again.inferred => notes.push("renegotiation, inferred".to_owned()),
        Some(_) => notes.push("renegotiation".to_owned()),
        None => {}
    }
    if !matches!(session.kind, TlsKind::Full | TlsKind::NotKnown) {
        notes.push(session.kind.words().to_owned());
    }
    if session.hello_retry {
        notes.push("hello retry".to_owned());
    }
    match session.early_data_outcome {
        EarlyData::None => {}
        outcome => notes.push(format!("0-RTT {}", outcome.name())),
    }
    if session.outcome == TlsOutcome::NotSeen {
        notes.push(session.outcome_text());
    }
    let alert = session.alert.map(|(from, alert)| format!("{alert} by {}", from.name()));
    let odd = alert.is_some() || session.hello_retry;
    notes.extend(alert);
    (if odd { Ink::Warn } else { Ink::Plain }, notes.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(sessions: Vec<TlsSession>) -> Vec<String> {
        let options = ReportOptions { width: Some(80), ..ReportOptions::default() };
        let mut list = Sessions::new(20);
        for session in sessions {
            list.take(Box::new(session));
        }
        let mut out = Vec::new();
        list.print(&options, &mut out).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    fn session(connection: u64, outcome: TlsOutcome) -> TlsSession {
        let server_name = Some("a.rather.long.name.example.test".to_owned());
        let handshake_ns = (outcome == TlsOutcome::Established).then_some(1_000_000);
        TlsSession { connection, server_name, outcome, handshake_ns, ..TlsSession::default() }
    }

    #[test]
    fn failed_handshakes_come_first_and_notes_have_room() {
        let early = TlsSession {
            kind: TlsKind::ResumedPsk,
            early_data_outcome: EarlyData::Accepted,
            handshake_rtts: Some(1),
            ..session(0, TlsOutcome::Established)
        };
        let lines = lines(vec![early, session(1, TlsOutcome::Established), session(2, TlsOutcome::Failed)]);
        assert!(lines.iter().all(|line| line.width() <= 80), "{lines:?}");
        assert_eq!(lines[1], "TLS sessions  3, 1 unfinished · handshake median 1.00 ms, slowest 1.00 ms");
        let order: Vec<_> = lines[3..].iter().map(|line| line.split_whitespace().next().unwrap()).collect();
        assert_eq!(order, ["2", "0", "1"]);
        assert!(lines[3].ends_with("failed"), "{lines:?}");
        assert!(lines[4].ends_with("1 RTT, resumed with a PSK, 0-RTT accepted"), "{lines:?}");
    }

    #[test]
    fn suites_keep_what_tells_them_apart() {
        assert_eq!(short_suite("TLS_AES_128_GCM_SHA256"), "AES_128_GCM");
        assert_eq!(short_suite("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"), "ECDHE_RSA_CHACHA20_POLY1305");
        assert_eq!(short_suite("TLS_RSA_WITH_AES_128_CBC_SHA"), "RSA_AES_128_CBC_SHA");
        assert_eq!(short_suite("0x1a1a"), "0x1a1a");
    }
}
