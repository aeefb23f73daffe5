//! The ladder: two lifelines, an arrow an event.
//!
//! ```text
//! ── 3 10.0.0.1:50123 ⇄ www.example.org:443 ── TCP telling · TLS · HTTP ────────
//!       time     since packet client                                      server
//!       0 ns                1 │──────────────── SYN ────────────────────────▶│
//!    12.3 ms   12.3 ms      2 │◀──────────── SYN, ACK ───────────────────────│
//!    12.4 ms    100 µs      4 │════════ ClientHello · SNI www.example.org ══▶│
//!    80.1 ms   67.7 ms     19 │◀━━━━━━━━━━━━ DATA[1] ×37, 512 kB ━━━━━━━━━━━━│
//! ── DATA[1] ×37 · #19–#61 · over 40.1 ms ──────────────────────────────────────
//!  server · 512 kB · END_STREAM
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use tapline_analysis::{Sender, human};

use super::pen::{self, Pen};
use crate::model::{Close, Layer, Model, Mood, Rung, Segments, What};
use crate::phases::Phase;
use crate::theme::Role;

/// Cells of the margin.
const TIME_WIDTH: u16 = 10;
const PACKET_WIDTH: u16 = 7;

/// Lines below the list: a heading and what is told of the selected arrow.
const TOLD_HEIGHT: u16 = 4;

/// Lines of the list in a place.
pub(crate) fn list_height(place: Rect) -> usize {
    usize::from(split(place).0.height)
}

/// The list's place below its two lines of heading, and the place of what is told of the selected arrow.
fn split(place: Rect) -> (Rect, Rect) {
    let told = TOLD_HEIGHT.min(place.height.saturating_sub(4));
    let list = Rect { y: place.y + 2, height: place.height.saturating_sub(told + 2), ..place };
    (list, Rect { y: list.bottom(), height: told, ..place })
}

pub(super) fn draw(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let (list, told) = split(place);
    heading(model, close, place, buffer);
    let ladder = &model.ladder;
    let start = close.record.as_ref().map_or(0, |record| record.first.at.0);
    if ladder.rungs.is_empty() {
        let line = Rect { x: list.x + 1, width: list.width.saturating_sub(1), ..list };
        Pen::new(buffer, line, model.theme).write("every layer is hidden: t, s and a show them", Role::Dim);
    }
    for (index, y) in (list.top()..list.bottom()).enumerate() {
        let at = ladder.place.top + index;
        let Some(rung) = ladder.rungs.get(at) else { break };
        let before = at.checked_sub(1).and_then(|before| ladder.rungs.get(before));
        let line = Rect { y, height: 1, ..list };
        let selected = at == ladder.place.selected;
        margin(model, rung, before, start, selected, line, buffer);
        lane(model, rung, lane_place(line), buffer);
        if selected {
            let margin = Rect { width: lane_place(line).x - line.x, ..line };
            buffer.set_style(margin, model.theme.style(Role::Selected));
        }
    }
    tell(model, close, told, buffer);
}

fn lane_place(line: Rect) -> Rect {
    let margin = (2 * TIME_WIDTH + PACKET_WIDTH + 2).min(line.width);
    Rect { x: line.x + margin, width: line.width - margin, ..line }
}

fn heading(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let Some(record) = &close.record else { return };
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    let id = model.opened.as_ref().map_or(0, |opened| opened.id);
    pen.write(&format!("── connection {id} "), Role::Strong);
    let shown = &model.ladder.shown;
    let layers = [
        match shown.segments {
            Segments::None => "",
            Segments::Telling => "telling segments",
            Segments::All => "all segments",
        },
        if shown.tls { "TLS" } else { "" },
        if shown.http { "HTTP" } else { "" },
        if shown.folded { "" } else { "unfolded" },
    ];
    let layers: Vec<&str> = layers.into_iter().filter(|layer| !layer.is_empty()).collect();
    pen.write(&layers.join(" · "), Role::Dim);
    let (events, octets) = close.left_out;
    if events + octets > 0 {
        pen.write(" · too much to keep: its beginning is shown", Role::Warn);
    }
    pen.skip(1);
    pen.fill("─", Role::Dim);
    let line = Rect { y: place.y + 1, height: 1, ..place };
    let mut pen = Pen::new(buffer, line, model.theme);
    pen.skip(1);
    pen.field_right("time", TIME_WIDTH - 1, Role::Dim);
    pen.field_right("since", TIME_WIDTH, Role::Dim);
    pen.field_right("packet", PACKET_WIDTH, Role::Dim);
    let lanes = lane_place(line);
    let client = record.client.endpoint.to_string();
    let name = model.selected_row().and_then(|row| row.name());
    let server = human::with_port(name, record.server.endpoint);
    let mut pen = Pen::new(buffer, lanes, model.theme);
    let room = usize::from(lanes.width.saturating_sub(2));
    let client = pen::clip(&client, room / 2);
    let server = pen::clip(&server, room - usize::from(pen::columns(&client)).min(room));
    pen.write(&client, Role::Name);
    pen.right(&[(&server, Role::Name)]);
}

fn margin(
    model: &Model,
    rung: &Rung,
    before: Option<&Rung>,
    start: i64,
    selected: bool,
    line: Rect,
    buffer: &mut Buffer,
) {
    let mut pen = Pen::new(buffer, line, model.theme);
    pen.write(if selected { "▸" } else { " " }, Role::Strong);
    pen.field_right(&human::duration(rung.at.at.0.saturating_sub(start)), TIME_WIDTH - 1, Role::Plain);
    let since = before.map(|before| rung.at.at.0.saturating_sub(before.until.at.0));
    // What stands in the same packet took no time.
    let since = since.filter(|&ns| ns != 0).map(human::duration).unwrap_or_default();
    pen.field_right(&since, TIME_WIDTH, Role::Dim);
    pen.field_right(&rung.at.packet.to_string(), PACKET_WIDTH, Role::Dim);
}

/// The arrow between the two lifelines.
fn lane(model: &Model, rung: &Rung, place: Rect, buffer: &mut Buffer) {
    if place.width < 6 {
        return;
    }
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.write("│", Role::Dim);
    let inner = usize::from(place.width - 2);
    let text = text(rung, inner.saturating_sub(6));
    if rung.mood == Mood::Note {
        let text = format!("{:^inner$}", pen::clip(&format!("({text})"), inner));
        pen.write(&text, Role::Warn);
        pen.write("│", Role::Dim);
        return;
    }
    let style = ink(model, rung);
    let words = match rung.mood {
        Mood::Bad => model.theme.style(Role::Bad),
        Mood::Odd => model.theme.style(Role::Warn),
        Mood::Fine | Mood::Note => Style::new(),
    };
    let line = match rung.layer {
        Layer::Tcp => "─",
        Layer::Tls => "═",
        Layer::Http => "━",
    };
    let room = inner - usize::from(pen::columns(&text)) - 3;
    let (left, right) = (room / 2, room - room / 2);
    let (tail, head) = match (rung.from, rung.lost) {
        (Sender::Client, false) => (line, "▶"),
        (Sender::Client, true) => (line, "✗"),
        (Sender::Server, false) => ("◀", line),
        (Sender::Server, true) => ("✗", line),
    };
    pen.styled(tail, style);
    pen.styled(&line.repeat(left), style);
    // A lost one does not come as far as the other side.
    pen.styled(&format!(" {text} "), words);
    pen.styled(&line.repeat(right.saturating_sub(1)), style);
    pen.styled(head, style);
    pen.write("│", Role::Dim);
}

/// What stands on the arrow.
fn text(rung: &Rung, width: usize) -> String {
    let mut text = rung.label.clone();
    if rung.count > 1 {
        text += &format!(" ×{}, {}", rung.count, human::bytes(rung.octets));
    } else if rung.layer == Layer::Http && rung.octets > 0 && rung.label.starts_with("DATA") {
        text += &format!(" {}", human::bytes(rung.octets));
    }
    if rung.lost {
        text += " · lost";
    }
    let with_detail = format!("{text} · {}", rung.detail);
    let shows_detail = rung.count == 1 && !rung.detail.is_empty() && rung.layer != Layer::Tcp;
    if shows_detail && usize::from(pen::columns(&with_detail)) <= width {
        return with_detail;
    }
    pen::clip(&text, width).into_owned()
}

fn ink(model: &Model, rung: &Rung) -> Style {
    let phase = match (rung.layer, rung.from) {
        (Layer::Tcp, _) => Phase::Connect,
        (Layer::Tls, _) => Phase::Tls,
        (Layer::Http, Sender::Client) => Phase::Send,
        (Layer::Http, Sender::Server) => Phase::Receive,
    };
    model.theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour))
}

/// What is told of the selected arrow.
fn tell(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    let Some(rung) = model.ladder.selected().filter(|_| place.height > 0) else { return };
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    pen.write("── ", Role::Dim);
    let mut title = rung.label.clone();
    if rung.count > 1 {
        let over = human::duration(rung.until.at.0.saturating_sub(rung.at.at.0));
        let (first, last) = (rung.at.packet, rung.until.packet);
        title += &format!(" ×{} · #{first}–#{last} · over {over}", rung.count);
    } else {
        title += &format!(" · #{}", rung.at.packet);
    }
    let room = pen.room().saturating_sub(2);
    pen.field(&title, pen::columns(&title).min(room), Role::Strong);
    pen.skip(1);
    pen.fill("─", Role::Dim);
    let mut lines = vec![(
        format!("from the {} · {} · {}", rung.from.name(), human::bytes(rung.octets), rung.detail),
        Role::Plain,
    )];
    if let What::Segment(index) = rung.what
        && let Some(segment) = close.segments.get(index)
        && let Some(verdict) = close.verdict(segment.origin.packet)
    {
        lines.push((verdict.verdict.to_string(), Role::Warn));
    }
    let width = usize::from(place.width.saturating_sub(2));
    let parts = lines.into_iter().flat_map(|(text, role)| {
        pen::fold(text.trim_end_matches(" · "), width).into_iter().map(move |part| (part, role))
    });
    for ((text, role), y) in parts.zip(place.top() + 1..place.bottom()) {
        let line = Rect { x: place.x + 1, y, width: place.width - 1, height: 1 };
        Pen::new(buffer, line, model.theme).write(&text, role);
    }
}
