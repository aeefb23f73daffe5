//! The ladder of a connection as a picture: an arrow an event, with its time, and notes where it stood still.
//!
//! ```text
//!   no. 1     0 ns  │──── SYN ─────────────────────────────>│
//!   no. 2  40.1 ms  │<──────────────────────────── SYN, ACK─│  +40.1 ms
//! ```

use tapline_engine::analysis::{ConnectionRecord, Sender, human};
use tapline_ladder::{Close, Layer, Mood, Rung, Shown, rungs};

use super::Page;
use super::markup::{Markup, cut};
use super::phase::is_in_the_way;
use crate::limits::PAGE_ARROWS_MAX;
use crate::redact::Redactor;
use crate::stages::{Stage, heading, stage_of, stalls};

const WIDTH: u32 = 860;
/// Where the lives of client and server are drawn.
const CLIENT: u32 = 160;
const SERVER: u32 = 740;
const MIDDLE: u32 = u32::midpoint(CLIENT, SERVER);
/// Characters of a line that fit between them.
const LINE_CHARS: usize = 82;

/// A ladder that was drawn.
pub(super) struct Ladder {
    /// The connection.
    pub(super) id: u64,
    ends: [String; 2],
    arrows: u64,
    /// Stages, stalls and notes between them.
    notes: u64,
    left_out: u64,
    is_cut: bool,
    breaks_off: bool,
    picture: Markup,
    height: u32,
}

impl Ladder {
    /// Draws it; `None` where the close look did not find the connection.
    pub(super) fn of(id: u64, close: &Close, redactor: &Redactor) -> Option<Self> {
        let record = close.record.as_deref()?;
        let name = record.server_name.as_deref().map(|name| redactor.host(name));
        let server = cut(&human::with_port(name.as_deref(), record.server.endpoint));
        let (events, octets) = close.left_out;
        let mut ladder = Self {
            id,
            ends: [record.client.endpoint.to_string(), server],
            arrows: 0,
            notes: 0,
            left_out: 0,
            is_cut: events + octets > 0,
            breaks_off: close.breaks_off.is_some(),
            picture: Markup::default(),
            height: 8,
        };
        ladder.draw(close, record, redactor);
        Some(ladder)
    }

    fn draw(&mut self, close: &Close, record: &ConnectionRecord, redactor: &Redactor) {
        let (start, mut before, mut stage) = (record.first.at.0, None, None);
        let mut stalls = stalls(&close.exchanges);
        for rung in rungs(close, Shown::default()) {
            if self.is_full() {
                self.left_out += 1;
                continue;
            }
            let of = stage_of(&rung, close, record).max(stage.unwrap_or(Stage::Opening));
            if stage.replace(of) != Some(of) {
                self.band("stage", &heading(of, close, record));
            }
            while let Some((until, words, cause)) = stalls.pop_if(|(until, ..)| *until <= rung.at.packet) {
                // Many streams may stand still until one packet, which has its arrow.
                if until == rung.at.packet && !self.is_full() {
                    self.band(if is_in_the_way(cause) { "stood" } else { "waited" }, &words);
                }
            }
            let since =
                before.replace(rung.until.at.0).map(|before: i64| rung.at.at.0.saturating_sub(before));
            self.rung(&rung, rung.at.at.0.saturating_sub(start), since, redactor);
        }
    }

    fn is_full(&self) -> bool {
        self.arrows + self.notes >= PAGE_ARROWS_MAX as u64
    }

    /// Words that belong to both sides.
    fn band(&mut self, class: &'static str, words: &str) {
        self.notes += 1;
        let y = self.height + 4;
        let place = self.picture.classed("rect", class).attr("x", CLIENT).attr("y", y);
        place.attr("width", SERVER - CLIENT).attr("height", 20).attr("rx", 3).text("");
        let text = self.picture.classed("text", class).attr("x", MIDDLE).attr("y", y + 14);
        text.attr("text-anchor", "middle").text(&line(words));
        self.height += 30;
    }

    fn rung(&mut self, rung: &Rung, at: i64, since: Option<i64>, redactor: &Redactor) {
        let count = if rung.count > 1 { format!(" ×{}", rung.count) } else { String::new() };
        let octets = if rung.count > 1 && rung.octets > 0 {
            format!(", {}", human::bytes(rung.octets))
        } else {
            String::new()
        };
        let label = format!("{}{count}{octets}", redactor.sentence(&rung.label));
        if rung.mood == Mood::Note {
            self.band("stood", &label);
            return;
        }
        self.arrows += 1;
        let detail = redactor.sentence(&rung.detail).into_owned();
        let class = match (rung.mood, rung.layer) {
            (Mood::Bad, _) => "rung bad",
            (Mood::Odd, _) => "rung warn",
            (_, Layer::Tcp) => "rung l-tcp",
            (_, Layer::Tls) => "rung l-tls",
            (_, Layer::Http) => "rung l-http",
        };
        let y = self.height + 22;
        self.picture.classed("g", class).holds(|page| {
            page.tag("title").text(&cut(&if detail.is_empty() {
                label.clone()
            } else {
                format!("{label}: {detail}")
            }));
            let text = |page: &mut Markup, class, x: u32, y: u32, anchor, words: &str| {
                let text = page.classed("text", class).attr("x", x).attr("y", y).attr("text-anchor", anchor);
                text.text(words);
            };
            text(page, "label", MIDDLE, y - 6, "middle", &line(&label));
            arrow(page, rung, y);
            text(page, "when", CLIENT - 10, y + 4, "end", &human::duration(at));
            let packets = if rung.at.packet == rung.until.packet {
                format!("no. {}", rung.at.packet)
            } else {
                format!("{}–{}", rung.at.packet, rung.until.packet)
            };
            text(page, "packet", 4, y + 4, "start", &packets);
            if let Some(ns) = since.filter(|&ns| ns > 0) {
                text(page, "packet", SERVER + 12, y + 4, "start", &format!("+{}", human::duration(ns)));
            }
            if !detail.is_empty() {
                text(page, "detail", MIDDLE, y + 14, "middle", &line(&detail));
            }
        });
        self.height += if detail.is_empty() { 32 } else { 44 };
    }

    /// It, closed until somebody wants to see it.
    pub(super) fn write(&self, whole: &Page) -> Markup {
        let mut page = Markup::default();
        let arrows = human::plural(self.arrows, "arrow");
        let [client, server] = &self.ends;
        page.classed("details", "ladder").attr("id", format_args!("l{}", self.id)).holds(|page| {
            page.tag("summary").flag("data-row").holds(|page| {
                page.tag("b").text(&format!("connection {}", self.id));
                page.classed("span", "name").text(&format!(" {client} → {server}"));
                page.classed("span", "dim").text(&format!(" {arrows}"));
            });
            page.classed("p", "dim").holds(|page| {
                page.text("time since its first packet, and since the arrow before · ");
                whole.link_to_connection(page, self.id);
                if self.is_cut {
                    page.text(" · it is too large: its beginning is shown");
                }
                if self.breaks_off {
                    page.text(" · the capture was changed while it was read: this is what was left");
                }
                if self.left_out > 0 {
                    page.text(&format!(" · {} more left out", human::plural(self.left_out, "arrow")));
                }
            });
            let region = page.classed("div", "scroll").attr("tabindex", 0).attr("role", "region");
            region.attr("aria-label", format_args!("Ladder of connection {}", self.id)).holds(|page| {
                let height = self.height + 40;
                let picture =
                    page.classed("svg", "picture").attr("viewBox", format_args!("0 0 {WIDTH} {height}"));
                picture.attr("width", WIDTH).attr("height", height).holds(|page| self.lives(page));
            });
        });
        page
    }

    /// The two lives with what was drawn between them.
    fn lives(&self, page: &mut Markup) {
        for (x, end, anchor) in [(CLIENT, "client", "start"), (SERVER, "server", "end")] {
            let x1 = if anchor == "start" { x.saturating_sub(50) } else { x + 50 };
            page.classed("text", "end").attr("x", x1).attr("y", 16).attr("text-anchor", anchor).text(end);
            let life = page.classed("line", "life").attr("x1", x).attr("x2", x).attr("y1", 22);
            life.attr("y2", self.height + 36).text("");
        }
        page.tag("g").attr("transform", "translate(0 24)").holds(|page| page.append(&self.picture));
    }
}

/// An arrow from one life to the other; a cross where it did not arrive.
fn arrow(page: &mut Markup, rung: &Rung, y: u32) {
    let (from, to, back) = match rung.from {
        Sender::Client => (CLIENT, SERVER, -1_i64),
        Sender::Server => (SERVER, CLIENT, 1),
    };
    let length = i64::from(SERVER - CLIENT);
    let end = i64::from(to) + if rung.lost { back * length / 3 } else { back * 2 };
    let class = if rung.lost { "way lost" } else { "way" };
    let way = page.classed("line", class).attr("x1", from).attr("x2", end).attr("y1", y).attr("y2", y);
    way.text("");
    if rung.lost {
        let cross = page.classed("text", "cross").attr("x", end).attr("y", y + 5);
        cross.attr("text-anchor", "middle").text("✗");
        return;
    }
    let (base, y) = (end + back * 8, i64::from(y));
    let points = format!("{end},{y} {base},{} {base},{}", y - 4, y + 4);
    page.classed("polygon", "head").attr("points", points).text("");
}

/// Words in the length of a line.
fn line(words: &str) -> String {
    let mut chars = words.chars();
    let mut short: String = chars.by_ref().take(LINE_CHARS).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}
