//! The selected connection: what is known of it, then its requests as a waterfall.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::Pen;
use super::{facts, requests};
use crate::model::{Focus, Model, Row};
use crate::theme::Role;

/// Lines that the detail of the selected connection has in a place of this width.
pub(crate) fn lines(model: &Model, place: Rect) -> usize {
    let Some(row) = model.selected_row() else { return 0 };
    facts::of(row, model.whole().start, place.width.saturating_sub(2)).len() + requests::lines(row)
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    if place.height == 0 || place.width == 0 {
        return;
    }
    let Some(row) = model.selected_row() else {
        heading(model, None, place, buffer);
        return;
    };
    let body = Rect { x: place.x + 1, y: place.y + 1, width: place.width - 2, height: place.height - 1 };
    let facts = facts::of(row, model.whole().start, body.width);
    let total = facts.len() + requests::lines(row);
    let window = requests::window(row);
    heading(model, Some((row, total, usize::from(body.height))), place, buffer);
    for (offset, y) in (body.top()..body.bottom()).enumerate() {
        let index = model.detail_top + offset;
        let line = Rect { y, height: 1, ..body };
        match facts.get(index) {
            Some(fact) => draw_fact(model, fact, line, buffer),
            None if index < total => requests::draw(model, row, window, index - facts.len(), line, buffer),
            None => break,
        }
    }
}

fn heading(model: &Model, shown: Option<(&Row, usize, usize)>, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    let focused = model.focus == Focus::Detail;
    pen.write(if focused { "━━" } else { "──" }, Role::Dim);
    if let Some((row, total, height)) = shown {
        pen.skip(1);
        let id = row.record().map(|record| record.id).unwrap_or_default();
        pen.write(&format!("connection {id} "), Role::Strong);
        if let Some(name) = row.name() {
            let room = pen.room().saturating_sub(24);
            let width = super::pen::columns(name).min(room);
            pen.field(name, width, Role::Name);
            pen.skip(1);
        }
        if total > height {
            let last = (model.detail_top + height).min(total);
            let text = format!("lines {}–{last} of {total} ", model.detail_top + 1);
            pen.write(&text, Role::Dim);
        }
    }
    pen.fill(if focused { "━" } else { "─" }, Role::Dim);
}

fn draw_fact(model: &Model, fact: &facts::Fact, line: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, line, model.theme);
    pen.field(fact.label, facts::LABEL_WIDTH, Role::Dim);
    for (index, (text, role)) in fact.pieces.iter().enumerate() {
        if index > 0 {
            pen.write(fact.glue, Role::Dim);
        }
        let room = pen.room();
        pen.field(text, super::pen::columns(text).min(room), *role);
    }
}
