//! The line above the list: the columns' names, and the time axis with its cursor.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::bar;
use super::columns;
use super::pen::{self, Pen};
use crate::axis::Window;
use crate::here;
use crate::layout::Layout;
use crate::model::{Model, Sort};
use crate::paint::Cell;
use crate::phases::Mark;
use crate::theme::Role;

pub(super) fn draw(model: &Model, layout: &Layout, buffer: &mut Buffer) {
    let place = layout.heading;
    let width = layout.bars.x.saturating_sub(place.x).saturating_sub(2);
    let mut pen = Pen::new(buffer, Rect { x: place.x + 1, width, ..place }, model.theme);
    for (index, (column, width)) in columns::fitting(model, width).into_iter().enumerate() {
        pen.skip(u16::from(index > 0));
        let sorted = column.is_sorted_by(model.order.asked().sort);
        let ascending = (model.order.asked().sort == Sort::Start) != model.order.asked().reversed;
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
        axis(model, layout.ruler(), &under_cursor(model), buffer);
    }
}

/// What the selected row is in at the cursor's time.
fn under_cursor(model: &Model) -> String {
    let phase = model.selected_row().and_then(|row| here::under_cursor(model, row, model.selected_request()));
    phase.map_or_else(String::new, |phase| phase.name().to_owned())
}

/// The time that is shown: its ticks, where packets were dropped while capturing, the cursor with what is `under` it.
pub(super) fn axis(model: &Model, place: Rect, under: &str, buffer: &mut Buffer) {
    let cursor = model.cursor_label(place.width, under);
    let taken = cursor.as_ref().map_or(0..0, |(x, text)| *x..x + pen::columns(text));
    let window = model.axis_window();
    ticks(model, place, window, model.axis_whole().start, &taken, buffer);
    for drop in model.source.facts.iter().flat_map(|facts| &facts.drops) {
        let column = window.column(drop.before.0, usize::from(place.width));
        if let Some(column) = column.and_then(|column| u16::try_from(column).ok()) {
            let spot = Rect { x: place.x + column, width: 1, ..place };
            let cell = Cell { mark: Some(Mark::Dropped), ..Cell::default() };
            bar::draw(&[cell], spot, model.theme, buffer);
        }
    }
    if let Some((x, text)) = cursor {
        let place = Rect { x: place.x + x, width: place.width - x, ..place };
        Pen::new(buffer, place, model.theme).write(&text, Role::Strong);
    }
}

/// The name of the column that the list is sorted by.
pub(crate) fn sorted_column(model: &Model) -> Option<&'static str> {
    let sort = model.order.asked().sort;
    columns::ALL.iter().find(|column| column.is_sorted_by(sort)).map(|column| column.name())
}

/// What a click on a column's name sorts the list by.
pub(crate) fn sort_at(model: &Model, layout: &Layout, x: u16) -> Option<Sort> {
    let place = layout.heading;
    let width = layout.bars.x.saturating_sub(place.x).saturating_sub(2);
    let mut left = place.x + 1;
    for (column, width) in columns::fitting(model, width) {
        if (left..left + width).contains(&x) {
            return column.sort();
        }
        left += width + 1;
    }
    None
}

/// The axis of a window over a place, in time since `origin`; no tick touches the columns that are `taken`.
pub(super) fn ticks(
    model: &Model,
    place: Rect,
    window: Window,
    origin: i64,
    taken: &Range<u16>,
    buffer: &mut Buffer,
) {
    for tick in window.ticks(origin, usize::from(place.width)) {
        let Ok(column) = u16::try_from(tick.column) else { continue };
        let width = pen::columns(&tick.label) + 1;
        let clear = taken.is_empty() || column + width < taken.start || taken.end <= column;
        if column + width <= place.width && clear {
            let right = Rect { x: place.x + column, width: place.width - column, ..place };
            let mut pen = Pen::new(buffer, right, model.theme);
            pen.write("╷", Role::Dim);
            pen.write(&tick.label, Role::Dim);
        }
    }
}
