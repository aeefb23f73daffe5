//! The certificates of the servers, the worst first.

use std::collections::BTreeMap;
use std::io::{self, Write};

use tapline_engine::analysis::certificate::{Certificate, Date, Note, Verdict, common_name};
use tapline_engine::analysis::{TlsSession, human, printable};
use unicode_width::UnicodeWidthStr;

use super::style::Ink;
use super::table::{Cell, Column, cell, cut, flexible, left, right};
use super::{ReportOptions, rest, table, title};
use crate::limits::CERTIFICATES_MAX;

pub(super) struct Certificates {
    rows_max: usize,
    /// By the verdict and the fingerprint of the server's own.
    rows: BTreeMap<(Verdict, [u8; 32]), Row>,
    left_out: u64,
    encrypted: u64,
}

/// A server's certificate with a verdict on its chain.
struct Row {
    name: String,
    issuer: String,
    not_after: Option<Date>,
    /// When it was first sent.
    at: Date,
    key: String,
    sessions: u64,
    verdict: Verdict,
    /// The verdict in words.
    words: String,
    expires_soon: bool,
    /// A sentence for each fault.
    faults: Vec<String>,
}

impl Certificates {
    pub(super) fn new(rows_max: usize) -> Self {
        Self { rows_max, rows: BTreeMap::new(), left_out: 0, encrypted: 0 }
    }

    pub(super) fn take(&mut self, session: &TlsSession) {
        let notes = &session.chain.notes;
        self.encrypted += u64::from(notes.iter().any(|note| note.kind == Note::Encrypted));
        let Some(leaf) = session.certificates.as_ref().and_then(|chain| chain.leaf()) else { return };
        let key = (session.chain.verdict, leaf.sha256);
        if let Some(row) = self.rows.get_mut(&key) {
            row.sessions += 1;
        } else if self.rows.len() < CERTIFICATES_MAX {
            self.rows.insert(key, Row::of(leaf, session));
        } else {
            self.left_out += 1;
        }
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.len() as u64 + self.left_out;
        if total == 0 && self.encrypted == 0 {
            return Ok(());
        }
        let mut summary = if total == 0 { "none seen".to_owned() } else { human::count(total) };
        if let Some(roots) = options.roots.filter(|_| total > 0) {
            summary += &format!(", judged by {roots}");
        }
        title(out, options, "Certificates", &summary)?;
        let rows: Vec<&Row> = self.rows.values().take(self.rows_max).collect();
        if !rows.is_empty() {
            let cells: Vec<_> = rows.iter().map(|row| row.cells()).collect();
            table::print(&COLUMNS, &cells, options, out)?;
            rest(out, options, rows.len(), total, "the gravest verdicts")?;
        }
        for row in rows {
            for fault in &row.faults {
                for line in wrapped(&format!("{}: {fault}", printable(&row.name)), options.width) {
                    writeln!(out, "{}", options.palette.paint(Ink::Dim, &line))?;
                }
            }
        }
        if self.encrypted > 0 {
            let (count, chains) =
                (human::count(self.encrypted), if self.encrypted == 1 { "chain" } else { "chains" });
            let line = format!("  {count} {chains} not seen: TLS 1.3 encrypts them, --keylog shows them");
            writeln!(out, "{}", options.palette.paint(Ink::Dim, &line))?;
        }
        Ok(())
    }
}

const COLUMNS: [Column; 6] = [
    flexible("certificate"),
    flexible("issuer"),
    left("valid until"),
    left("key").rank(1),
    right("sessions").rank(2),
    left("verdict"),
];

impl Row {
    fn of(leaf: &Certificate, session: &TlsSession) -> Self {
        let chain = &session.chain;
        let contents = leaf.contents.as_ref().ok();
        Self {
            name: contents.map_or("unreadable", |contents| contents.display_name()).to_owned(),
            issuer: contents.map(|contents| common_name(&contents.issuer).to_owned()).unwrap_or_default(),
            not_after: contents.map(|contents| contents.not_after),
            at: Date::from(session.start.at),
            key: contents.map(|contents| contents.key.to_string()).unwrap_or_default(),
            sessions: 1,
            verdict: chain.verdict,
            words: chain.words(),
            expires_soon: chain.expires_soon(),
            faults: chain.faults.iter().map(|fault| fault.detail.clone()).collect(),
        }
    }

    fn cells(&self) -> Vec<Cell> {
        vec![
            cell(Ink::Name, &self.name),
            cell(Ink::Plain, &self.issuer),
            cell(Ink::Plain, self.not_after.map_or_else(String::new, |date| self.until(date))),
            cell(Ink::Plain, &self.key),
            cell(Ink::Plain, human::count(self.sessions)),
            self.verdict(),
        ]
    }

    /// The day, and how long that was away.
    fn until(&self, not_after: Date) -> String {
        format!("{} ({}d)", not_after.day(), not_after.days_since(self.at))
    }

    fn verdict(&self) -> Cell {
        let ink = match self.verdict {
            Verdict::Fault(_) => Ink::Bad,
            Verdict::Trusted if self.expires_soon => Ink::Warn,
            Verdict::Trusted => Ink::Good,
            Verdict::NotJudged | Verdict::NotSeen => Ink::Dim,
        };
        cell(ink, &*self.words)
    }
}

/// A sentence on lines of two spaces, and four from the second on. A word that is longer than a line stays whole only
/// where there is no width.
fn wrapped(sentence: &str, width: Option<usize>) -> Vec<String> {
    let width = width.unwrap_or(usize::MAX);
    let mut lines = vec![String::from(" ")];
    for word in sentence.split(' ') {
        let last = lines.last().map_or("", String::as_str);
        let (used, is_begun) = (last.width(), !last.trim().is_empty());
        if is_begun && used.saturating_add(1 + word.width()) > width {
            lines.push("   ".to_owned());
        }
        if let Some(line) = lines.last_mut() {
            line.push(' ');
            line.push_str(&cut(word, width.saturating_sub(4)));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use tapline_engine::analysis::certificate::{Chain, ChainVerdict, Fault, Finding};

    use super::*;

    /// A session with a certificate of its own, which nobody can read.
    fn session(certificate: &[u8], verdict: Verdict, faults: &[Fault], notes: &[Note]) -> TlsSession {
        let chain = ChainVerdict {
            verdict,
            faults: faults
                .iter()
                .map(|&kind| Finding { kind, detail: format!("it is {}", kind.code()) })
                .collect(),
            notes: notes.iter().map(|&kind| Finding { kind, detail: String::new() }).collect(),
        };
        let certificates = (!certificate.is_empty()).then(|| Arc::new(Chain::read([certificate])));
        TlsSession { chain, certificates, ..TlsSession::default() }
    }

    fn print(sessions: &[TlsSession], rows_max: usize) -> String {
        let mut certificates = Certificates::new(rows_max);
        for session in sessions {
            certificates.take(session);
        }
        let roots = Some("the roots of a test");
        let options = ReportOptions { width: Some(80), roots, ..ReportOptions::default() };
        let mut out = Vec::new();
        certificates.print(&options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_worst_comes_first_and_each_once() {
        let (expired, weak) = (Fault::Expired, Fault::WeakKey);
        let sessions = [
            session(b"a", Verdict::Trusted, &[], &[Note::ExpiringSoon]),
            session(b"b", Verdict::Fault(weak), &[weak], &[]),
            session(b"c", Verdict::Fault(expired), &[expired, weak], &[]),
            session(b"c", Verdict::Fault(expired), &[expired, weak], &[]),
            session(b"", Verdict::NotSeen, &[], &[Note::Encrypted]),
            session(b"", Verdict::NotSeen, &[], &[Note::Resumed]),
        ];
        let expected = "
Certificates  3, judged by the roots of a test
  certificate  sessions  verdict
  unreadable          2  expired +1
  unreadable          1  weak key
  unreadable          1  trusted, expiring soon
  unreadable: it is expired
  unreadable: it is weak_key
  unreadable: it is weak_key
  1 chain not seen: TLS 1.3 encrypts them, --keylog shows them
";
        assert_eq!(print(&sessions, 9), expected);
        assert!(print(&sessions, 1).contains("… and 2 more; shown: the gravest verdicts"));
        assert_eq!(print(&sessions[5..], 9), "");
    }

    #[test]
    fn sentences_keep_to_the_width() {
        let check = |sentence: &str, width, expected: &[&str]| {
            assert_eq!(wrapped(sentence, width), expected);
        };
        check("one two three", Some(9), &["  one two", "    three"]);
        check("one two three", Some(14), &["  one two", "    three"]);
        check("one two three", Some(15), &["  one two three"]);
        check("one two three", None, &["  one two three"]);
        check("a longerthanaline b", Some(12), &["  a", "    longert…", "    b"]);
    }

    #[test]
    fn certificates_beyond_those_that_are_told_apart_are_counted() {
        let session = |nth: usize| session(&nth.to_be_bytes(), Verdict::Trusted, &[], &[]);
        let mut certificates = Certificates::new(1);
        let mut print = |from: usize, to: usize| {
            (from..to).for_each(|nth| certificates.take(&session(nth)));
            (certificates.rows.len(), certificates.left_out)
        };
        assert_eq!(print(0, CERTIFICATES_MAX), (CERTIFICATES_MAX, 0));
        assert_eq!(print(CERTIFICATES_MAX, CERTIFICATES_MAX + 1), (CERTIFICATES_MAX, 1));
        let mut out = Vec::new();
        certificates.print(&ReportOptions::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.contains(&format!("and {} more", human::count(CERTIFICATES_MAX as u64))), "{text}");
    }
}
