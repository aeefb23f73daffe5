//! TLS handshakes step by step: who sent what in turn, and who kept the other one waiting.

use std::io::{self, Write};

use tapline_engine::analysis::{
    Decrypted, EarlyData, Flight, TlsKind, TlsOutcome, TlsSession, Wait, human, printable,
};
use unicode_width::UnicodeWidthStr;

use super::style::Ink;
use super::table::cut;
use super::{ReportOptions, rest, title};
use crate::limits::STORIES_MAX;
use crate::shortlist::{Score, Shortlist};

/// Columns of a page where no terminal says its own.
const WIDTH: usize = 100;

/// The sessions that will be told.
pub(super) struct Handshakes {
    rows: Shortlist<TlsSession>,
}

impl Handshakes {
    pub(super) fn new(all: bool) -> Self {
        Self { rows: Shortlist::new(if all { usize::MAX } else { STORIES_MAX }) }
    }

    /// Takes a session of which there is something to tell.
    pub(super) fn take(&mut self, session: &TlsSession) {
        if !session.flights.is_empty() {
            self.rows.push(score(session), || session.clone());
        }
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        title(out, options, "TLS handshakes step by step", &human::count(total))?;
        let mut rows = self.rows.into_rows();
        rows.sort_by_key(|session| std::cmp::Reverse(score(session).0));
        for (nth, session) in rows.iter().enumerate() {
            if nth > 0 {
                writeln!(out)?;
            }
            Page { options, width: options.width.unwrap_or(WIDTH) }.story(session, out)?;
        }
        rest(out, options, rows.len(), total, "failed ones, then the slowest")
    }
}

/// Failed ones first, then by what they took.
pub(super) fn score(session: &TlsSession) -> Score {
    let severity = match session.outcome {
        TlsOutcome::Failed | TlsOutcome::Refused | TlsOutcome::Abandoned => 2,
        TlsOutcome::Cut => 1,
        TlsOutcome::Established | TlsOutcome::NotSeen => 0,
    };
    (severity, session.handshake_ns.unwrap_or(0))
}

/// ```text
///   #0 www.example.test  TLS 1.3, full, 2 round trips
///      HelloRetryRequest: the client sent a key share for x25519; the server
///      asked for secp384r1
///                                                    waited  network   itself
///      client  ClientHello
///      server  HelloRetryRequest, ChangeCipherSpec  3.45 ms  43.0 µs  3.41 ms
/// ```
struct Page<'a> {
    options: &'a ReportOptions,
    width: usize,
}

/// Where a story's lines begin.
const INDENT: usize = 5;
/// A side's name and the space behind it.
const SIDE: usize = 8;
/// A column of time, the space before it included.
const TIME: usize = 10;

impl Page<'_> {
    fn story(&self, session: &TlsSession, out: &mut impl Write) -> io::Result<()> {
        let name = match (&session.server_name, session.renegotiation) {
            (Some(name), _) => printable(name).into_owned(),
            (None, Some(_)) => "renegotiation".to_owned(),
            (None, None) => "no SNI".to_owned(),
        };
        let head = format!("#{} ", session.connection);
        let facts = facts(session).join(", ");
        let name = cut(&name, self.width.saturating_sub(head.width() + 2 + 20));
        let (dim, bold) = (self.paint(Ink::Dim, &head), self.paint(Ink::Name, &name));
        let ink = if score(session).0 > 0 { Ink::Bad } else { Ink::Plain };
        if 2 + head.width() + name.width() + 2 + facts.width() <= self.width {
            writeln!(out, "  {dim}{bold}  {}", self.paint(ink, &facts))?;
        } else {
            writeln!(out, "  {dim}{bold}")?;
            self.sentence(ink, &facts, out)?;
        }
        for reason in session.rtt_reasons() {
            self.sentence(Ink::Warn, &reason, out)?;
        }
        if session.handshake_rtts.is_none()
            && let Some(retry) = session.retry_text()
        {
            self.sentence(Ink::Warn, &format!("HelloRetryRequest: {retry}"), out)?;
        }
        self.flights(session, out)?;
        for line in endnotes(session) {
            self.sentence(Ink::Dim, &line, out)?;
        }
        Ok(())
    }

    fn flights(&self, session: &TlsSession, out: &mut impl Write) -> io::Result<()> {
        let room = self.width.saturating_sub(INDENT + SIDE + 3 * TIME).max(20);
        let lines: Vec<Vec<String>> =
            session.flights.iter().map(|flight| wrap(&texts(flight), ", ", room)).collect();
        let widest = lines.iter().flatten().map(|line| line.width()).max().unwrap_or(0);
        if session.flights.iter().any(|flight| flight.wait.is_some()) {
            let pad = " ".repeat(INDENT + SIDE + widest);
            let heads: String = ["waited", "network", "itself"].map(|head| format!("{head:>TIME$}")).concat();
            writeln!(out, "{}", self.paint(Ink::Dim, &format!("{pad}{heads}")))?;
        }
        for (flight, lines) in session.flights.iter().zip(&lines) {
            let failed = flight.pieces().iter().any(|(_, failed)| *failed);
            let ink = if failed { Ink::Bad } else { Ink::Plain };
            for (nth, line) in lines.iter().enumerate() {
                let side = if nth == 0 { flight.from.name() } else { "" };
                let wait = flight.wait.filter(|_| nth == 0).map(times).unwrap_or_default();
                let pad = if wait.is_empty() { 0 } else { widest.saturating_sub(line.width()) };
                let (side, line) = (self.paint(Ink::Dim, &format!("{side:<SIDE$}")), self.paint(ink, line));
                writeln!(out, "{:INDENT$}{side}{line}{:pad$}{wait}", "", "")?;
            }
        }
        if session.flights_left_out > 0 {
            self.sentence(
                Ink::Dim,
                &format!("… and {}", human::plural(session.flights_left_out.into(), "flight")),
                out,
            )?;
        }
        Ok(())
    }

    fn sentence(&self, ink: Ink, text: &str, out: &mut impl Write) -> io::Result<()> {
        let words: Vec<String> = text.split(' ').map(str::to_owned).collect();
        for line in wrap(&words, " ", self.width.saturating_sub(INDENT).max(20)) {
            writeln!(out, "{:INDENT$}{}", "", self.paint(ink, &line))?;
        }
        Ok(())
    }

    fn paint(&self, ink: Ink, text: &str) -> String {
        self.options.palette.paint(ink, text).into_owned()
    }
}

/// `TLS 1.3`, `full`, `2 round trips`.
fn facts(session: &TlsSession) -> Vec<String> {
    let mut facts = vec![session.version_text()];
    match session.renegotiation {
        Some(again) if again.inferred => {
            facts.push(format!("renegotiation by {}, inferred", again.by.name()));
        }
        Some(again) => facts.push(format!("renegotiation by {}", again.by.name())),
        None => {}
    }
    if session.kind != TlsKind::NotKnown {
        facts.push(session.kind.words().to_owned());
    }
    if let Some(trips) = session.handshake_rtts {
        facts.push(human::plural(trips.into(), "round trip"));
    }
    facts.extend(session.handshake_ns.map(human::duration));
    if session.outcome != TlsOutcome::Established {
        facts.push(session.outcome_text());
    }
    facts
}

/// What stands below the flights: who was waited for, early data, how much was opened.
fn endnotes(session: &TlsSession) -> Vec<String> {
    let mut notes = Vec::new();
    notes.extend(waits(session));
    let octets = human::bytes(session.early_data_bytes);
    match session.early_data_outcome {
        EarlyData::None => {}
        EarlyData::Sent => {
            notes.push(format!("early data: {octets} sent; what the server did with it is encrypted"));
        }
        outcome => notes.push(format!("early data: {octets} sent, {}", outcome.name())),
    }
    match session.decrypted() {
        None => {}
        Some(Decrypted::Full) => notes.push(session.decryption_note()),
        Some(Decrypted::Partial) => notes.push(format!("partly decrypted: {}", session.decryption_note())),
        Some(Decrypted::None) => notes.push(format!("encrypted: {}", session.decryption_note())),
    }
    notes
}

/// Who was waited for how long, the longest first: `waited for the server 12.1 ms, the network 137 µs`.
fn waits(session: &TlsSession) -> Option<String> {
    let [client, server] = session.own_ns();
    let mut networks = session.flights.iter().filter_map(|flight| flight.wait).map(|wait| wait.network_ns);
    let network = networks.try_fold(0_i64, |sum, ns| Some(sum.saturating_add(ns?)));
    let mut waits: Vec<(i64, &str)> = [(server, "server"), (client, "client"), (network, "network")]
        .into_iter()
        .filter_map(|(ns, name)| Some((ns?, name)))
        .filter(|&(ns, _)| ns > 0)
        .collect();
    waits.sort_by_key(|&(ns, _)| std::cmp::Reverse(ns));
    let parts: Vec<String> =
        waits.into_iter().map(|(ns, name)| format!("the {name} {}", human::duration(ns))).collect();
    (!parts.is_empty()).then(|| format!("waited for {}", parts.join(", ")))
}

fn texts(flight: &Flight) -> Vec<String> {
    flight.pieces().into_iter().map(|(text, _)| text).collect()
}

/// The three times of a wait, each in its column.
fn times(wait: Wait) -> String {
    // Padding goes by columns, and `µ` is one.
    wait.texts().map(|time| format!("{}{time}", " ".repeat(TIME.saturating_sub(time.width())))).concat()
}

/// Pieces in lines of at most `width` columns; a longer piece has a line of its own and is cut.
fn wrap(pieces: &[String], glue: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for (nth, piece) in pieces.iter().enumerate() {
        let more = if nth + 1 < pieces.len() { glue.trim_end() } else { "" };
        let piece = cut(&format!("{piece}{more}"), width);
        match lines.last_mut() {
            Some(line) if line.width() + 1 + piece.width() <= width => {
                line.push(' ');
                line.push_str(&piece);
            }
            _ => lines.push(piece),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_fill_lines_and_none_is_lost() {
        let check = |width, expected: &[&str]| {
            let pieces = ["ServerHello", "Certificate", "Finished ✓"].map(str::to_owned);
            assert_eq!(wrap(&pieces, ", ", width), expected);
        };
        check(80, &["ServerHello, Certificate, Finished ✓"]);
        check(25, &["ServerHello, Certificate,", "Finished ✓"]);
        check(24, &["ServerHello,", "Certificate, Finished ✓"]);
        check(5, &["Serv…", "Cert…", "Fini…"]);
    }
}
