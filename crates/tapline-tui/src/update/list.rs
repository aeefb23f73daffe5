//! The list: its order, its selection, what of it is on the screen; and the detail's scrolling.

use super::layout;
use crate::model::{Focus, Model, Page, Sort};
use crate::view;

/// Goes one step deeper: from the list into the connection, from there to its requests.
pub(super) fn open(model: &mut Model) {
    let Some(row) = model.selected_row() else { return };
    match model.focus {
        Focus::List => {
            model.focus = Focus::Detail;
            model.came_from = Page::Connections;
        }
        Focus::Detail if !row.exchanges().is_empty() => {
            let first = layout(model).map_or(0, |layout| view::first_request(model, layout.detail));
            select_request(model, first);
        }
        Focus::Detail | Focus::Requests => {}
    }
}

/// Goes one step back; from the list the filter goes.
pub(super) fn back(model: &mut Model) {
    if model.focus != Focus::List && model.came_from == Page::Overview {
        model.focus = Focus::List;
        model.page = Page::Overview;
        model.came_from = Page::Connections;
        return;
    }
    match model.focus {
        Focus::Requests => model.focus = Focus::Detail,
        Focus::Detail => model.focus = Focus::List,
        Focus::List => set_filter(model, String::new()),
    }
}

/// Turns pages: of the list, else of the detail.
pub(super) fn turn(model: &mut Model, lines: isize) {
    match model.focus {
        Focus::List | Focus::Detail => go(model, lines),
        Focus::Requests => scroll_detail(model, lines),
    }
}

/// Moves the selection, or scrolls the detail where that has the focus.
pub(super) fn go(model: &mut Model, lines: isize) {
    match model.focus {
        Focus::List => {
            let last = model.order.len().saturating_sub(1);
            select(model, model.selected.saturating_add_signed(lines).min(last));
        }
        Focus::Detail => scroll_detail(model, lines),
        Focus::Requests => select_request(model, model.request.saturating_add_signed(lines)),
    }
}

/// Selects a request of the selected connection, the last one where there are less, and shows what is told of it.
pub(super) fn select_request(model: &mut Model, nth: usize) {
    let count = model.selected_row().map_or(0, |row| row.exchanges().len());
    model.focus = Focus::Requests;
    model.request = nth.min(count.saturating_sub(1));
    let Some(layout) = layout(model) else { return };
    let Some(lines) = view::request_lines(model, layout.detail) else { return };
    let height = usize::from(layout.detail.height.saturating_sub(1));
    model.detail_top = model.detail_top.max(lines.end.saturating_sub(height)).min(lines.start);
}

/// Selects the row at a place of the list.
pub(super) fn select(model: &mut Model, place: usize) {
    if place != model.selected {
        model.selected = place;
        model.detail_top = 0;
        model.request = 0;
    }
}

/// Scrolls the detail; the bounds are kept later.
pub(super) fn scroll_detail(model: &mut Model, lines: isize) {
    model.detail_top = model.detail_top.saturating_add_signed(lines);
}

/// Scrolls the list under the selection, which stays on the screen.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let height = layout(model).map_or(1, |layout| usize::from(layout.list.height));
    let top_max = model.order.len().saturating_sub(height);
    model.top = model.top.saturating_add_signed(lines).min(top_max);
    let place = model.selected.clamp(model.top, model.top + height.saturating_sub(1));
    select(model, place);
}

/// Puts the list in order where rows changed; the selected connection stays selected.
pub(super) fn settle(model: &mut Model) {
    if model.order.stale {
        reorder(model, |model| model.order.rebuild(&model.rows));
    }
}

/// Sorts the list anew and shows its first row, which is what one sorts for.
pub(super) fn sort(model: &mut Model, sort: Sort, reversed: bool) {
    model.order.sort = sort;
    model.order.reversed = reversed;
    model.order.rebuild(&model.rows);
    select(model, 0);
}

/// Selects a connection, without the filter where that hides it; whether it is known.
pub(super) fn show(model: &mut Model, id: u32) -> bool {
    settle(model);
    if model.order.place(id).is_none() {
        set_filter(model, String::new());
    }
    let place = model.order.place(id);
    if let Some(place) = place {
        select(model, place);
    }
    place.is_some()
}

/// Filters the list; the selected connection stays selected where it is still listed.
pub(super) fn set_filter(model: &mut Model, filter: String) {
    if filter != model.order.filter() {
        reorder(model, |model| model.order.set_filter(filter, &model.rows));
    }
}

fn reorder(model: &mut Model, change: impl FnOnce(&mut Model)) {
    let selected = model.order.get(model.selected);
    let from_top = model.selected.saturating_sub(model.top);
    change(model);
    match selected.and_then(|id| model.order.place(id)) {
        Some(place) => {
            model.top = place.saturating_sub(from_top);
            model.selected = place;
        }
        None => select(model, 0),
    }
}

/// Whatever happened: the selection is in the list and on the screen, and nothing is scrolled past its end.
pub(super) fn keep_in_bounds(model: &mut Model) {
    let Some(layout) = layout(model) else { return };
    model.selected = model.selected.min(model.order.len().saturating_sub(1));
    let height = usize::from(layout.list.height).max(1);
    let top_min = (model.selected + 1).saturating_sub(height);
    model.top =
        model.top.clamp(top_min, model.selected).min(model.order.len().saturating_sub(height).max(top_min));
    let requests = model.selected_row().map(|row| row.exchanges().len());
    match (requests, model.focus) {
        (None, _) => model.focus = Focus::List,
        (Some(0), Focus::Requests) => model.focus = Focus::Detail,
        (Some(count), _) => model.request = model.request.min(count.saturating_sub(1)),
    }
    let detail_max = view::detail_lines(model, layout.detail)
        .saturating_sub(usize::from(layout.detail.height.saturating_sub(1)));
    model.detail_top = model.detail_top.min(detail_max);
    model.overlay_top = model.overlay_top.min(view::overlay_scroll_max(model));
}
