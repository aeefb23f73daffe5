//! The time axis: zoom, pan, cursor.

use crate::axis::{Window, Zoom};
use crate::keys::Action;
use crate::model::{Model, Page};
use crate::view;

/// An eighth of the window, in its parts.
const PAN: i32 = 10_000 / 8;

pub(super) fn act(model: &mut Model, action: Action) {
    match action {
        Action::ZoomIn => zoom(model, Zoom::In, model.cursor),
        Action::ZoomOut => zoom(model, Zoom::Out, model.cursor),
        Action::PanLeft => pan(model, -PAN),
        Action::PanRight => pan(model, PAN),
        Action::CursorLeft => move_cursor(model, -1),
        Action::CursorRight => move_cursor(model, 1),
        Action::FitAll => model.show_window(model.axis_whole()),
        Action::FitSelected => fit_selected(model),
        _ => {}
    }
}

/// Zooms with the moment at `part` of the window staying in its place.
pub(super) fn zoom(model: &mut Model, zoom: Zoom, part: u16) {
    let whole = model.axis_whole();
    model.show_window(model.axis_window().zoomed(zoom, part, whole));
}

fn pan(model: &mut Model, parts: i32) {
    let whole = model.axis_whole();
    model.show_window(model.axis_window().panned(parts, whole));
}

/// Moves what is shown by cells of an axis of so many, as who drags it does.
pub(super) fn pull(model: &mut Model, cells: i32, columns: u16) {
    let parts = -i64::from(cells) * 10_000 / i64::from(columns.max(1));
    pan(model, i32::try_from(parts).unwrap_or(0));
}

/// Moves the cursor by cells of the bars.
fn move_cursor(model: &mut Model, cells: i32) {
    let columns = super::layout(model).map_or(1, |layout| match model.page {
        Page::Tcp => view::tcp_axis(layout.body).width.max(1),
        Page::Streams => view::streams_axis(layout.body).width.max(1),
        _ => layout.bars.width.max(1),
    });
    let cell = i32::from(model.cursor) * i32::from(columns) / 10_000;
    put_cursor(model, u16::try_from((cell + cells).max(0)).unwrap_or(0), columns);
}

/// Puts the cursor on a cell of the bars.
pub(super) fn put_cursor(model: &mut Model, cell: u16, columns: u16) {
    let cell = u32::from(cell.min(columns.saturating_sub(1)));
    // The middle of the cell, so that the way back to a cell cannot round to its neighbour.
    let part = (cell * 20_000 + 10_000) / (u32::from(columns.max(1)) * 2);
    model.cursor = u16::try_from(part.min(10_000)).unwrap_or(10_000);
}

/// The selected connection or request with a little room on both sides.
fn fit_selected(model: &mut Model) {
    if let Some(entry) = model.selected_entry() {
        let request = model.selected_request();
        fit(model, entry.id, request);
    }
}

/// A connection, or its nth request, with a little room on both sides.
pub(super) fn fit(model: &mut Model, id: u32, request: Option<usize>) {
    let Some(row) = model.rows.get(id) else { return };
    let request = request.and_then(|nth| row.exchanges().get(nth));
    let (first, last) = match (request, row.record()) {
        (Some(request), _) => (request.start, request.end),
        (None, Some(record)) => (record.first.at.0, record.last.at.0),
        (None, None) => return,
    };
    let whole = model.whole();
    model.zoomed = Some(around(first, last, whole)).filter(|&window| window != whole);
}

/// A stretch of time with a little room on both sides.
pub(super) fn around(first: i64, last: i64, whole: Window) -> Window {
    let room = i64::try_from(first.abs_diff(last) / 50).unwrap_or(i64::MAX);
    let start = first.min(last).saturating_sub(room).max(whole.start);
    let end = first.max(last).saturating_add(room).min(whole.end()).max(start);
    Window::between(start, end)
}
