//! The line above the list: the columns' names, and the time axis with its cursor.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::columns;
use super::pen::{self, Pen};
use crate::axis::Window;
use crate::layout::Layout;
use crate::model::{Model, Sort};
use crate::theme::Role;

pub(super) fn draw(model: &Model, layout: &Layout, buffer: &mut Buffer) {
    let place = layout.heading;
    let width = layout.bars.x.saturating_sub(place.x).saturating_sub(2);
    let mut pen = Pen::new(buffer, Rect { x: place.x + 1, width, ..place }, model.theme);
    for (index, (column, width)) in columns::fitting(model, width).into_iter().enumerate() {
        pen.skip(u16::from(index > 0));
        let sorted = column.is_sorted_by(model.order.sort);
        let ascending = (model.order.sort == Sort::Start) != model.order.reversed;
        let arrow = if ascending { "▲" } else { "▼" };
        let (arrow, role) = if sorted { (arrow, Role::Strong) } else { ("", Role::Dim) };
        let name = format!("{}{arrow}", column.name());
        if column.is_number() {
            pen.field_right(&name, width, role);
        } else {
            pen.field(&name, width, role);
        }
    }
    if model.source.totals.start.is_some() {
        ticks(model, layout.ruler(), model.window(), model.whole().start, buffer);
        cursor(model, layout.ruler(), buffer);
    }
}

/// The axis of a window over a place, in time since `origin`.
pub(super) fn ticks(model: &Model, place: Rect, window: Window, origin: i64, buffer: &mut Buffer) {
    for tick in window.ticks(origin, usize::from(place.width)) {
        let Ok(column) = u16::try_from(tick.column) else { continue };
        let right = Rect { x: place.x + column, width: place.width - column, ..place };
        if right.width > pen::columns(&tick.label) {
            let mut pen = Pen::new(buffer, right, model.theme);
            pen.write("╷", Role::Dim);
            pen.write(&tick.label, Role::Dim);
        }
    }
}

/// The cursor's time, where it stands.
fn cursor(model: &Model, place: Rect, buffer: &mut Buffer) {
    let Some(column) = cursor_column(model, place.width) else { return };
    let at = model.window().at_part(model.cursor).saturating_sub(model.whole().start);
    let label = human::duration(at);
    let width = pen::columns(&label) + 1;
    // Left of the mark where there is no room to its right.
    let (x, text) = if column + width < place.width {
        (column, format!("▾{label} "))
    } else {
        ((column + 1).saturating_sub(width + 1), format!(" {label}▾"))
    };
    let spot = Rect { x: place.x + x, width: place.width - x, ..place };
    Pen::new(buffer, spot, model.theme).write(&text, Role::Strong);
}

/// The cell in which the cursor stands; `None` until it was moved.
pub(super) fn cursor_column(model: &Model, columns: u16) -> Option<u16> {
    let column = u32::from(model.cursor) * u32::from(columns) / 10_000;
    let column = u16::try_from(column).ok()?.min(columns.checked_sub(1)?);
    (model.cursor > 0).then_some(column)
}
