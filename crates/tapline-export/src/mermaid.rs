//! One connection as a sequence diagram for Mermaid: the ladder of the dashboard, where Markdown is read.
//!
//! ```text
//!   rungs of the ladder ──> by stage: opening, TLS, talk, closing ──> arrows, notes where the time went
//! ```

mod text;

use std::fmt::Write;

use tapline_engine::analysis::{ConnectionRecord, Origin, Sender, human};
use tapline_ladder::{Close, Mood, Rung, Segments, Shown, rungs};

use crate::limits::DIAGRAM_OCTETS_MAX;
use crate::redact::Redactor;
use crate::stages::{Stage, heading, stage_of, stalls};

/// How much a diagram has in it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Detail {
    /// Requests and responses; opening and TLS as notes.
    Brief,
    /// What the ladder shows: telling segments, messages, runs of the same as one arrow.
    #[default]
    Usual,
    /// Every segment and every message.
    Full,
}

/// Draws a connection; `None` where the close look did not find it. Secrets in targets are redacted as the redactor does.
pub fn diagram(close: &Close, detail: Detail, redactor: &Redactor) -> Option<String> {
    let record = close.record.as_deref()?;
    let mut sheet =
        Sheet { out: String::new(), redactor, start: record.first.at.0, before: None, left_out: 0 };
    sheet.head(record);
    match detail {
        Detail::Brief => sheet.brief(close, record),
        Detail::Usual => sheet.ladder(close, record, Shown::default()),
        Detail::Full => {
            let shown = Shown { segments: Segments::All, folded: false, ..Shown::default() };
            sheet.ladder(close, record, shown);
        }
    }
    sheet.end(close);
    Some(sheet.out)
}

/// The diagram so far.
struct Sheet<'a> {
    out: String,
    redactor: &'a Redactor,
    start: i64,
    /// The time of the arrow before.
    before: Option<i64>,
    /// Arrows that found no room.
    left_out: u64,
}

impl Sheet<'_> {
    fn head(&mut self, record: &ConnectionRecord) {
        let name = record.server_name.as_deref().map(|name| self.redactor.host(name));
        let server = human::with_port(name.as_deref(), record.server.endpoint);
        let client = text::safe(&record.client.endpoint.to_string());
        let _ = writeln!(self.out, "sequenceDiagram");
        let _ = writeln!(self.out, "    participant client as {client}");
        let _ = writeln!(self.out, "    participant server as {}", text::safe(&server));
    }

    /// A line that belongs to both sides.
    fn note(&mut self, words: &str) {
        let words = text::safe(words);
        let _ = writeln!(self.out, "    Note over client,server: {words}");
    }

    /// An arrow; the lines of its text were made safe. Where there is no room for it, it is counted.
    fn arrow(&mut self, from: Sender, is_lost: bool, lines: &[&str]) {
        if self.out.len() >= DIAGRAM_OCTETS_MAX {
            self.left_out += 1;
            return;
        }
        let (from, to) = match from {
            Sender::Client => ("client", "server"),
            Sender::Server => ("server", "client"),
        };
        // A cross at its end: it did not arrive.
        let arrow = if is_lost { "-x" } else { "->>" };
        let _ = writeln!(self.out, "    {from}{arrow}{to}: {}", lines.join("<br/>"));
    }

    /// When something happened: since the beginning, and since what was shown before.
    fn when(&mut self, at: Origin, until: Origin) -> String {
        let since = self.before.replace(until.at.0).map(|before| at.at.0.saturating_sub(before));
        let at_start = human::duration(at.at.0.saturating_sub(self.start));
        let packets = if at.packet == until.packet {
            format!("no. {}", at.packet)
        } else {
            format!("no. {} to {}", at.packet, until.packet)
        };
        match since.filter(|&ns| ns > 0) {
            Some(ns) => format!("{packets} at {at_start}, +{}", human::duration(ns)),
            None => format!("{packets} at {at_start}"),
        }
    }

    fn ladder(&mut self, close: &Close, record: &ConnectionRecord, shown: Shown) {
        let mut stage = None;
        let mut stalls = stalls(&close.exchanges);
        for rung in rungs(close, shown) {
            let of = stage_of(&rung, close, record).max(stage.unwrap_or(Stage::Opening));
            if stage.replace(of) != Some(of) {
                self.note(&heading(of, close, record));
            }
            while let Some((until, words, _)) = stalls.pop_if(|(until, ..)| *until <= rung.at.packet) {
                if until == rung.at.packet {
                    self.note(&words);
                }
            }
            self.rung(&rung);
        }
    }

    fn rung(&mut self, rung: &Rung) {
        let count = if rung.count > 1 { format!(" ×{}", rung.count) } else { String::new() };
        let octets = if rung.count > 1 && rung.octets > 0 {
            format!(", {}", human::bytes(rung.octets))
        } else {
            String::new()
        };
        let label = text::safe(&format!("{}{count}{octets}", self.redactor.sentence(&rung.label)));
        if rung.mood == Mood::Note {
            self.note(&format!("{}{count}", self.redactor.sentence(&rung.label)));
            return;
        }
        let detail = text::safe(&self.redactor.sentence(&rung.detail));
        let when = text::safe(&self.when(rung.at, rung.until));
        let lines: Vec<&str> =
            [label.as_str(), &detail, &when].into_iter().filter(|line| !line.is_empty()).collect();
        self.arrow(rung.from, rung.lost, &lines);
    }

    /// Exchanges, and notes for what was before and behind them.
    fn brief(&mut self, close: &Close, record: &ConnectionRecord) {
        self.note(&heading(Stage::Opening, close, record));
        if !close.sessions.is_empty() {
            self.note(&heading(Stage::Tls, close, record));
        }
        // Requests and responses in the order of their packets: those of HTTP/2 lie between each other.
        let mut halves = Vec::new();
        for exchange in &close.exchanges {
            let stream = exchange.stream.map_or_else(String::new, |stream| format!(" · stream {stream}"));
            if let Some(part) = &exchange.request {
                let method = exchange.method.as_deref().unwrap_or("inferred request");
                let url = exchange
                    .url
                    .as_deref()
                    .map_or_else(String::new, |url| format!(" {}", self.redactor.url(url)));
                halves.push((
                    part.first,
                    part.last,
                    Sender::Client,
                    format!("{method}{url}"),
                    stream.clone(),
                    part.body_bytes,
                ));
            }
            if let Some(part) = &exchange.response {
                let label = exchange
                    .status
                    .map_or_else(|| "inferred response".to_owned(), |status| status.to_string());
                let waited = exchange
                    .timings
                    .wait
                    .map_or_else(String::new, |ns| format!(" · waited {}", human::duration(ns)));
                halves.push((
                    part.first,
                    part.last,
                    Sender::Server,
                    label,
                    format!("{stream}{waited}"),
                    part.body_bytes,
                ));
            }
        }
        halves.sort_by_key(|(first, _, from, ..)| (first.packet, *from == Sender::Server));
        for (first, last, from, label, more, octets) in halves {
            let body = if octets > 0 { format!(" · {}", human::bytes(octets)) } else { String::new() };
            let label = text::safe(&format!("{label}{body}{more}"));
            let when = text::safe(&self.when(first, last));
            self.arrow(from, false, &[&label, &when]);
        }
        self.note(&heading(Stage::Closing, close, record));
    }

    fn end(&mut self, close: &Close) {
        let (events, octets) = close.left_out;
        if events + octets > 0 {
            self.note("the connection is too large: its beginning is shown");
        }
        if self.left_out > 0 {
            let arrows = human::plural(self.left_out, "arrow");
            self.note(&format!("{arrows} left out: Mermaid draws no longer diagrams"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_that_find_no_room_are_counted() {
        let redactor = Redactor::default();
        let mut sheet =
            Sheet { out: String::new(), redactor: &redactor, start: 0, before: None, left_out: 0 };
        while sheet.out.len() < DIAGRAM_OCTETS_MAX {
            sheet.arrow(Sender::Client, false, &["GET /"]);
        }
        assert_eq!(sheet.left_out, 0);
        sheet.arrow(Sender::Server, false, &["200"]);
        sheet.end(&Close::default());
        assert!(
            sheet
                .out
                .ends_with("Note over client,server: 1 arrow left out: Mermaid draws no longer diagrams\n")
        );
        assert!(sheet.out.len() < 50_000);
    }
}
