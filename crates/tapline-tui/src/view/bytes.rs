//! One event by field and by byte.
//!
//! ```text
//! ── #19 server HEADERS[1] 200 ── fields · inside TLS · records · packet ───────
//!  ▾ HyperText Transfer Protocol 2
//!    ▾ Stream: HEADERS, 1, 45 octets
//! ▸      Length: 45
//! ── octets 0 to 2 of 54 · http2.length ────────────────────────────────────────
//!  00000000  00 00 2d 01 04 00 00 00  01 88 5f 87 …  ··-·······_·
//! ```

mod hex;
mod sheet;

use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use tapline_analysis::Field;

use super::pen::{self, Pen};
use crate::model::{Hand, Model, Sight, TreeLine};
use crate::theme::Role;

/// What a place of the screen is.
pub(crate) enum Hit {
    /// A line of the tree.
    Line(usize),
    /// An octet of the pane.
    Octet(usize),
}

/// Screens as wide as this have the octets beside the tree.
const SIDE_BY_SIDE_MIN: u16 = 130;

/// The tree's place, and the octets' with its heading.
fn split(body: Rect) -> (Rect, Rect) {
    let body = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    if body.width >= SIDE_BY_SIDE_MIN {
        let octets = hex::width(16) + 1;
        let tree = Rect { width: body.width - octets, ..body };
        return (tree, Rect { x: tree.right(), width: octets, ..body });
    }
    let octets = (body.height * 2 / 5).max(3).min(body.height);
    let tree = Rect { height: body.height - octets, ..body };
    (tree, Rect { y: tree.bottom(), height: octets, ..body })
}

/// Lines of the tree, and rows of octets.
pub(crate) fn heights(body: Rect) -> (usize, usize) {
    let (tree, octets) = split(body);
    (usize::from(tree.height), usize::from(octets.height.saturating_sub(1)))
}

/// Octets of a row on this screen.
pub(crate) fn octets_a_row(model: &Model) -> usize {
    if model.size.width >= SIDE_BY_SIDE_MIN || model.size.width >= hex::width(16) { 16 } else { 8 }
}

/// What stands at a place.
pub(crate) fn hit(model: &Model, body: Rect, column: u16, line: u16) -> Option<Hit> {
    if model.bytes.sight != Sight::Fields {
        return None;
    }
    let (tree, octets) = split(body);
    let at = Position::new(column, line);
    if tree.contains(at) {
        let line = model.bytes.place.top + usize::from(line - tree.y);
        return (line < model.bytes.tree.lines().len()).then_some(Hit::Line(line));
    }
    if octets.contains(at) && line > octets.y {
        let row = model.bytes.row + usize::from(line - octets.y - 1);
        let octet = hex::octet_at(column - octets.x, octets_a_row(model))?;
        let octet = row * octets_a_row(model) + octet;
        let length = model.bytes.pane().map_or(0, |pane| pane.octets.len());
        return (octet < length).then_some(Hit::Octet(octet));
    }
    None
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    heading(model, Rect { height: place.height.min(1), ..place }, buffer);
    if model.bytes.sight != Sight::Fields {
        let body = Rect { y: place.y + 1, height: place.height.saturating_sub(1), ..place };
        return sheet::draw(model, body, buffer);
    }
    let (tree, octets) = split(place);
    let Some(pane) = model.bytes.pane() else {
        let line =
            Rect { x: tree.x + 1, width: tree.width.saturating_sub(1), height: tree.height.min(1), ..tree };
        let why = if model.ladder.selected().is_some() {
            "the octets of this event were not kept"
        } else {
            "no event is selected: 5 shows the ladder"
        };
        return Pen::new(buffer, line, model.theme).write(why, Role::Dim);
    };
    for (index, y) in (tree.top()..tree.bottom()).enumerate() {
        let at = model.bytes.place.top + index;
        let Some(line) = model.bytes.tree.lines().get(at) else { break };
        let Some(field) = field(&pane.fields, &line.path) else { break };
        draw_line(
            model,
            line,
            field,
            at == model.bytes.place.selected,
            Rect { y, height: 1, ..tree },
            buffer,
        );
    }
    hex::draw(model, pane, octets, buffer);
}

fn field<'a>(fields: &'a [Field], path: &[usize]) -> Option<&'a Field> {
    let (first, rest) = path.split_first()?;
    let here = fields.get(*first)?;
    if rest.is_empty() { Some(here) } else { field(&here.fields, rest) }
}

fn heading(model: &Model, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.write("── ", Role::Dim);
    if let Some(rung) = model.ladder.selected() {
        let title = format!("#{} {} {}", rung.at.packet, rung.from.name(), rung.label);
        let room = pen.room() / 2;
        pen.field(&title, pen::columns(&title).min(room), Role::Strong);
        pen.skip(1);
    }
    pen.write(model.bytes.sight.name(), Role::Name);
    if model.bytes.sight == Sight::Fields {
        for (index, pane) in model.bytes.panes.iter().enumerate() {
            pen.write(" · ", Role::Dim);
            pen.write(pane.name, if index == model.bytes.pane { Role::Tab } else { Role::Dim });
        }
        if let Some(lacks) = model.bytes.pane().and_then(|pane| pane.lacks.as_deref()) {
            pen.write(&format!(" · {lacks}"), Role::Warn);
        }
    }
    pen.skip(1);
    pen.fill("─", Role::Dim);
}

fn draw_line(
    model: &Model,
    line: &TreeLine,
    field: &Field,
    selected: bool,
    place: Rect,
    buffer: &mut Buffer,
) {
    let mut pen = Pen::new(buffer, place, model.theme);
    let depth = u16::try_from(line.path.len().saturating_sub(1) * 2).unwrap_or(0);
    pen.write(if selected { "▸" } else { " " }, Role::Strong);
    pen.skip(depth.min(pen.room() / 2));
    let fold = match line.open {
        Some(true) => "▾ ",
        Some(false) => "▸ ",
        None => "  ",
    };
    pen.write(fold, Role::Dim);
    let role = if field.is_damaged() { Role::Bad } else { Role::Plain };
    let is_heading = line.open.is_some();
    pen.write(&field.label, if is_heading && role == Role::Plain { Role::Strong } else { role });
    if !field.value.is_empty() {
        pen.write(": ", Role::Dim);
        let room = pen.room();
        pen.field(&field.value, pen::columns(&field.value).min(room), Role::Name);
    }
    if selected {
        let focused = model.bytes.hand == Hand::Tree;
        let style = model.theme.style(if focused { Role::Selected } else { Role::Strong });
        buffer.set_style(place, style);
    }
}
