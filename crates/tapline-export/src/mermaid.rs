//! One connection as a sequence diagram for Mermaid: the ladder of the dashboard, where Markdown is read.
//!
//! ```text
//!   rungs of the ladder ──> by stage: opening, TLS, talk, closing ──> arrows, notes where the time went
//! ```

mod text;

use std::fmt::Write;

use tapline_engine::analysis::{ConnectionRecord, Exchange, Origin, Sender, human};
use tapline_ladder::{Close, Layer, Mood, Rung, Segments, Shown, rungs};

use crate::limits::DIAGRAM_OCTETS_MAX;
use crate::redact::Redactor;

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

/// A part of a connection's life; they follow one another.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Stage {
    Opening,
    Tls,
    Talk,
    Closing,
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
            while let Some((until, words)) = stalls.pop_if(|(until, _)| *until <= rung.at.packet) {
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

/// The stage that an arrow shows, if those before it are over.
fn stage_of(rung: &Rung, close: &Close, record: &ConnectionRecord) -> Stage {
    let packet = rung.at.packet;
    let closing = closing(record);
    let is_tls = || close.sessions.iter().any(|session| session.end.is_none_or(|end| packet <= end.packet));
    match rung.layer {
        Layer::Tcp if closing.is_some_and(|first| packet >= first) => Stage::Closing,
        // What is odd about a segment belongs to what goes on meanwhile.
        Layer::Tcp => Stage::Opening,
        Layer::Tls if is_tls() => Stage::Tls,
        Layer::Tls | Layer::Http => Stage::Talk,
    }
}

/// The packet with which the connection begins to end.
fn closing(record: &ConnectionRecord) -> Option<u64> {
    let teardown = &record.teardown;
    let direction = record.client_direction;
    let fins =
        [direction, direction.flip()].map(|direction| teardown.fin(direction).map(|fin| fin.seen.packet));
    let reset = teardown.reset.map(|reset| reset.seen.packet);
    fins.into_iter().flatten().chain(reset).min()
}

/// What a stage is called, and how long it took.
fn heading(stage: Stage, close: &Close, record: &ConnectionRecord) -> String {
    let spaced = |name: &str| name.replace('_', " ");
    match stage {
        Stage::Opening => {
            let kind = spaced(record.handshake_kind.name());
            let rtt = record.handshake.initial_rtt_ns;
            let took = rtt.map_or_else(String::new, |ns| format!(", {}", human::duration(ns)));
            format!("TCP handshake: {kind}{took}")
        }
        Stage::Tls => {
            let Some(session) = close.sessions.first() else { return "TLS".to_owned() };
            let version = session.version.map_or_else(|| "TLS".to_owned(), |version| version.to_string());
            let took =
                session.handshake_ns.map_or_else(String::new, |ns| format!(", {}", human::duration(ns)));
            let trips = session.handshake_rtts.map_or_else(String::new, |trips| {
                format!(" in {}", human::plural(trips.into(), "round trip"))
            });
            format!("{version} handshake: {}{took}{trips}", session.outcome_text())
        }
        Stage::Talk => match close.exchanges.len() {
            0 => "data".to_owned(),
            requests => human::plural(requests as u64, "request"),
        },
        Stage::Closing => format!("end: {}", spaced(record.teardown.kind().name())),
    }
}

/// Where exchanges stood still: by the packet that ended it, the last one first.
fn stalls(exchanges: &[Exchange]) -> Vec<(u64, String)> {
    let told = exchanges.iter().flat_map(|exchange| exchange.stalls.list());
    let mut stalls: Vec<_> = told
        .map(|stall| {
            let words = format!("{}: {}", human::duration(stall.ns()), stall.cause.words());
            (stall.span.until.packet, words)
        })
        .collect();
    // Exchanges of HTTP/2 stand still together.
    stalls.sort();
    stalls.dedup();
    stalls.reverse();
    stalls
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
