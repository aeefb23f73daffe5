//! The streams of an HTTP/2 connection: a lane each, and below them the windows, the header table, or the settings.
//!
//! ```text
//! ── connection 0 · 4 streams ────────────────────────────────────────────────
//!  stream                        ╷0 ms        ╷2 ms        ╷4 ms       ╷6 ms
//!    0 connection                S─w──S───────────────────────────────────────
//! ▸  1 GET /page.html      200   H──H█████
//!    3 GET /style.css      200        H───H██▁▁▁▁▁▁██
//! ── windows of what the server sends: connection, stream 1 ──────────────────
//! ```

mod headers;
mod settings;
mod windows;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use tapline_analysis::decode::http2::FrameType;
use tapline_analysis::{Sender, human};

use super::pen::Pen;
use super::ruler;
use crate::model::{Close, Lane, Model, Pane, letter};
use crate::phases::Phase;
use crate::theme::Role;

/// Lines of the lanes in a place.
pub(crate) fn lanes_height(model: &Model, place: Rect) -> usize {
    usize::from(split(model, place).0.height)
}

/// The lanes' place below their two lines of heading, and the place of the pane.
fn split(model: &Model, place: Rect) -> (Rect, Rect) {
    let room = place.height.saturating_sub(2);
    let wanted = u16::try_from(model.streams.lanes.len()).unwrap_or(u16::MAX).max(1);
    let lanes = Rect { y: place.y + 2, height: wanted.min(room / 2), ..place };
    (lanes, Rect { y: lanes.bottom(), height: place.bottom().saturating_sub(lanes.bottom()), ..place })
}

/// The place of the lanes' time axis.
pub(crate) fn axis(place: Rect) -> Rect {
    let names = (place.width * 2 / 5).min(44);
    Rect { x: place.x + names, y: place.y + 1, width: place.width - names, height: 1 }
}

pub(super) fn draw(model: &Model, close: &Close, place: Rect, buffer: &mut Buffer) {
    if model.streams.lanes.is_empty() {
        let line = Rect { x: place.x + 1, y: place.y + 1, width: place.width.saturating_sub(1), height: 1 };
        let why = "no HTTP/2 was read on this connection";
        return Pen::new(buffer, line, model.theme).write(why, Role::Dim);
    }
    let (lanes, pane) = split(model, place);
    heading(model, place, buffer);
    for (index, y) in (lanes.top()..lanes.bottom()).enumerate() {
        let at = model.streams.place.top + index;
        let Some(lane) = model.streams.lanes.get(at) else { break };
        let line = Rect { y, height: 1, ..lanes };
        name(model, lane, at == model.streams.place.selected, line, buffer);
        draw_lane(model, close, lane, Rect { y, ..axis(place) }, buffer);
    }
    match model.streams.pane {
        Pane::Windows => windows::draw(model, close, pane, axis(place), buffer),
        Pane::Headers => headers::draw(model, close, pane, buffer),
        Pane::Settings => settings::draw(model, close, pane, buffer),
    }
}

fn heading(model: &Model, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    let id = model.opened.as_ref().map_or(0, |opened| opened.id);
    pen.write(&format!("── connection {id} · "), Role::Strong);
    let count = model.streams.lanes.iter().filter(|lane| lane.stream != 0).count() as u64;
    pen.write(&format!("{} · ", human::plural(count, "stream")), Role::Plain);
    pen.write("H headers  w window  S settings  R reset  P push  p priority  i ping  G goaway ", Role::Dim);
    pen.fill("─", Role::Dim);
    let line = Rect { y: place.y + 1, height: 1, ..place };
    Pen::new(buffer, line, model.theme).write(" stream", Role::Dim);
    ruler::axis(model, axis(place), "", buffer);
}

fn name(model: &Model, lane: &Lane, selected: bool, line: Rect, buffer: &mut Buffer) {
    let names = Rect { width: axis(line).x.saturating_sub(line.x + 1), ..line };
    let mut pen = Pen::new(buffer, names, model.theme);
    pen.write(if selected { "▸" } else { " " }, Role::Strong);
    pen.field_right(&lane.stream.to_string(), 4, Role::Dim);
    pen.skip(1);
    if lane.stream == 0 {
        pen.write("connection", Role::Dim);
    } else {
        let pushed = if lane.pushed { "pushed " } else { "" };
        let request = match lane.request.as_str() {
            "" if lane.is_placeholder => "(only prioritized)",
            "" => "request not seen",
            request => request,
        };
        let room = pen.room().saturating_sub(12);
        pen.field(&format!("{pushed}{request}"), room, Role::Plain);
        let status = lane.status.as_deref().unwrap_or(if lane.reset { "reset" } else { "" });
        let is_bad = lane.reset || status.starts_with(['4', '5']);
        pen.field_right(status, 4, if is_bad { Role::Bad } else { Role::Plain });
        pen.field_right(&human::bytes(lane.data_bytes), 8, Role::Dim);
    }
    if selected {
        buffer.set_style(names, model.theme.style(Role::Selected));
    }
}

fn draw_lane(model: &Model, close: &Close, lane: &Lane, place: Rect, buffer: &mut Buffer) {
    let (window, columns) = (model.axis_window(), usize::from(place.width));
    let frames = || lane.frames.iter().filter_map(|&frame| close.frames.get(frame));
    let ends = frames().map(|frame| frame.origin.at.0);
    let (Some(first), Some(last)) = (ends.clone().min(), ends.max()) else { return };
    let mut fill = |from: i64, to: i64, glyph: &str, style: Style| {
        let Some((first, last)) = window.columns(from, to, columns) else { return };
        for column in first..=last {
            put(buffer, place, column, glyph, style);
        }
    };
    let ink = |phase: Phase| model.theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour));
    fill(first, last, "─", ink(Phase::Idle));
    for &(from, to) in &lane.standstills {
        fill(from, to, model.theme.glyph(Phase::Stalled), ink(Phase::Stalled));
    }
    // What is rare lies over what is not.
    let is_data = |kind| letter(kind).is_none();
    for data in [true, false] {
        for frame in frames().filter(|frame| is_data(frame.frame.kind) == data) {
            let Some(column) = window.column(frame.origin.at.0, columns) else { continue };
            let phase = match frame.from {
                Sender::Client => Phase::Send,
                Sender::Server => Phase::Receive,
            };
            let style = match frame.frame.kind {
                FrameType::RST_STREAM | FrameType::GOAWAY => model.theme.style(Role::Bad),
                _ => ink(phase),
            };
            put(buffer, place, column, letter(frame.frame.kind).unwrap_or("█"), style);
        }
    }
}

fn put(buffer: &mut Buffer, place: Rect, column: usize, glyph: &str, style: Style) {
    let x = u16::try_from(column).map_or(place.right(), |column| place.x.saturating_add(column));
    if x < place.right()
        && let Some(cell) = buffer.cell_mut((x, place.y))
    {
        cell.set_symbol(glyph).set_style(style);
    }
}
