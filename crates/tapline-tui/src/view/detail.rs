//! The selected connection: what is known of it, then its requests as a waterfall.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::Pen;
use super::{facts, requests};
use crate::model::{Focus, Model, Row};
use crate::theme::Role;

/// Lines that the detail of the selected connection has in a place of this width.
pub(crate) fn lines(model: &Model, place: Rect) -> usize {
    let Some(row) = model.selected_row() else { return 0 };
    facts_of(model, row, place).len() + requests::lines(model, row)
}

/// The lines of it that the selected request takes.
pub(crate) fn request_lines(model: &Model, place: Rect) -> Option<Range<usize>> {
    let row = model.selected_row()?;
    let lines = requests::selected_lines(model, row)?;
    let facts = facts_of(model, row, place).len();
    Some(facts + lines.start..facts + lines.end)
}

/// The first request whose line is not scrolled away.
pub(crate) fn first_request(model: &Model, place: Rect) -> usize {
    let heading = model.selected_row().map_or(0, |row| facts_of(model, row, place).len() + 1);
    model.detail_top.saturating_sub(heading)
}

fn facts_of(model: &Model, row: &Row, place: Rect) -> Vec<facts::Fact> {
    facts::of(row, &model.findings, model.whole().start, place.width.saturating_sub(2))
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
    let facts = facts_of(model, row, place);
    let total = facts.len() + requests::lines(model, row);
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
    let focused = model.focus != Focus::List;
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
