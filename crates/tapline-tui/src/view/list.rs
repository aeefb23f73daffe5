//! The list: a connection a line, its columns left and its bar right.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::pen::Pen;
use super::{bar, columns, requests};
use crate::layout::Layout;
use crate::model::{End, ExchangeRow, Focus, Model, Row};
use crate::paint::{Sharing, Strip};
use crate::phases;
use crate::theme::Role;

pub(super) fn draw(model: &Model, layout: &Layout, buffer: &mut Buffer) {
    let place = layout.list;
    if model.order.len() == 0 {
        let line = Rect { x: place.x + 1, width: place.width - 1, ..place };
        Pen::new(buffer, line, model.theme).write(nothing(model), Role::Dim);
        return;
    }
    let width = layout.bars.x.saturating_sub(place.x).saturating_sub(2);
    let columns = columns::fitting(model, width);
    for (index, y) in (place.top()..place.bottom()).enumerate() {
        let at = model.list.top + index;
        let Some(entry) = model.order.get(at) else { break };
        let Some(row) = model.rows.get(entry.id) else { break };
        let left = Rect { y, height: 1, width: width + 2, ..place };
        let bars = Rect { y, height: 1, ..layout.bars };
        cursor(model, bars, buffer);
        let request = entry.request.and_then(|nth| row.exchanges().get(usize::try_from(nth).ok()?));
        let is_selected = at == model.list.selected;
        if let Some(request) = request {
            request_columns(model, row, request, is_selected, left, buffer);
            requests::bar(model, model.window(), request, bars, buffer);
        } else {
            row_columns(model, row, is_selected, &columns, left, buffer);
            row_bar(model, row, bars, buffer);
        }
    }
}

/// Why the list is empty.
fn nothing(model: &Model) -> &'static str {
    match (model.rows.len(), model.source.end) {
        (0, End::Loading) => "reading …",
        (0, _) => "no TCP connection in this capture",
        _ => "no connection has these words: Esc clears the filter",
    }
}

fn row_columns(
    model: &Model,
    row: &Row,
    selected: bool,
    columns: &[columns::Sized],
    place: Rect,
    buffer: &mut Buffer,
) {
    let mut pen = Pen::new(buffer, Rect { width: place.width - 1, ..place }, model.theme);
    // With the focus elsewhere the selection is only marked.
    let painted = selected && model.focus == Focus::List;
    match (selected, painted) {
        (true, true) => pen.write(" ", Role::Selected),
        (true, false) => pen.write("▸", Role::Strong),
        _ => pen.skip(1),
    }
    for (index, (column, width)) in columns.iter().enumerate() {
        pen.skip(u16::from(index > 0));
        column.write(*width, row, painted, &mut pen);
    }
    if painted {
        let style = model.theme.style(Role::Selected);
        buffer.set_style(Rect { width: place.width - 1, ..place }, style);
    }
}

/// A request below its connection.
fn request_columns(
    model: &Model,
    row: &Row,
    request: &ExchangeRow,
    selected: bool,
    place: Rect,
    buffer: &mut Buffer,
) {
    let painted = selected && model.focus == Focus::List;
    let text = Rect { width: place.width.saturating_sub(1), ..place };
    Pen::new(buffer, text, model.theme).write(if selected { "▸ └" } else { "  └" }, Role::Dim);
    let rest = Rect { x: text.x + 4, width: text.width.saturating_sub(4), ..text };
    requests::columns(model, row, request, rest, buffer);
    if painted {
        buffer.set_style(text, model.theme.style(Role::Selected));
    }
}

fn row_bar(model: &Model, row: &Row, place: Rect, buffer: &mut Buffer) {
    let mut strip =
        Strip::new(model.window(), usize::from(place.width), model.theme.columns_a_cell(), Sharing::Longest);
    phases::of_connection(row, |span| strip.span(span));
    for (mark, at) in phases::marks(row) {
        strip.mark(mark, at);
    }
    bar::draw(&strip.cells(), place, model.theme, buffer);
}

fn cursor(model: &Model, place: Rect, buffer: &mut Buffer) {
    if let Some(column) = model.cursor_column(place.width) {
        let spot = Rect { x: place.x + column, width: 1, ..place };
        Pen::new(buffer, spot, model.theme).write("┊", Role::Dim);
    }
}
