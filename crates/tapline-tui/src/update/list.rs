//! The list: its order, its selection, what of it is on the screen; and the detail's scrolling.

use super::{ladder, layout, pages, time};
use crate::model::{Entry, Focus, Model, Page, Place, Sort};
use crate::view;

/// Goes one step deeper: from the list or a request to the ladder, from the detail to its requests.
pub(super) fn open(model: &mut Model) {
    let Some(row) = model.selected_row() else { return };
    match model.focus {
        Focus::Detail if !row.exchanges().is_empty() => {
            let first = layout(model).map_or(0, |layout| view::first_request(model, layout.detail));
            select_request(model, first);
        }
        Focus::List | Focus::Detail | Focus::Requests => {
            let request = model.selected_request().and_then(|nth| row.exchanges().get(nth));
            let packet = request.map(|request| request.packet).or_else(|| at_cursor(model));
            ladder::go_to(model, packet);
            pages::descend(model, Page::Ladder);
        }
    }
}

/// Where the time cursor stands in the life of the selected connection: not known by packet, so its beginning.
fn at_cursor(model: &Model) -> Option<u64> {
    model.selected_row()?.record().map(|record| record.first.packet)
}

/// Goes into the detail of the selected connection, or out of it.
pub(super) fn detail(model: &mut Model) {
    model.focus = match model.focus {
        Focus::List if model.selected_row().is_some() => Focus::Detail,
        Focus::List | Focus::Detail | Focus::Requests => Focus::List,
    };
}

/// Selects the row that came last.
pub(super) fn go_to_newest(model: &mut Model) {
    let last = model.order.len().saturating_sub(1);
    select(model, if model.order.reversed { 0 } else { last });
}

/// Lists requests below their connections.
pub(super) fn show_requests(model: &mut Model) {
    if !model.order.has_requests() {
        toggle_requests(model);
    }
}

/// Selects a request below its connection, and shows the time around it.
pub(super) fn show_request(model: &mut Model, id: u32, nth: u32) {
    if !show(model, id) {
        return;
    }
    show_requests(model);
    if let Some(place) = model.order.place_of(Entry { id, request: Some(nth) }) {
        select(model, place);
    }
    time::fit_selected(model);
}

/// Lists requests below their connections, or not.
pub(super) fn toggle_requests(model: &mut Model) {
    let requests = !model.order.has_requests();
    reorder(model, |model| model.order.set_requests(requests, &model.rows));
}

/// Goes one step back; from the list the filter goes, then the screen.
pub(super) fn back(model: &mut Model) {
    match model.focus {
        _ if pages::came_from(model).is_some() => pages::back(model),
        Focus::Requests => model.focus = Focus::Detail,
        Focus::Detail => model.focus = Focus::List,
        Focus::List if !model.order.filter().is_empty() => set_filter(model, String::new()),
        Focus::List => pages::back(model),
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
            select(model, model.list.selected.saturating_add_signed(lines).min(last));
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
    show_in_detail(model);
}

/// Selects the row at a place of the list.
pub(super) fn select(model: &mut Model, place: usize) {
    if place != model.list.selected {
        model.list.selected = place;
        model.detail_top = 0;
        model.request = 0;
        show_in_detail(model);
    }
}

/// Scrolls the detail so far that what is told of the selected request, if one is, can be read.
fn show_in_detail(model: &mut Model) {
    let Some(layout) = layout(model) else { return };
    let Some(lines) = view::request_lines(model, layout.detail) else { return };
    let height = usize::from(layout.detail.height.saturating_sub(1));
    model.detail_top = model.detail_top.max(lines.end.saturating_sub(height)).min(lines.start);
}

/// Scrolls the detail; the bounds are kept later.
pub(super) fn scroll_detail(model: &mut Model, lines: isize) {
    model.detail_top = model.detail_top.saturating_add_signed(lines);
}

/// Scrolls the list under the selection, which stays on the screen.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let height = layout(model).map_or(1, |layout| usize::from(layout.list.height));
    let mut place = model.list;
    place.scroll(lines, model.order.len(), height);
    model.list.top = place.top;
    select(model, place.selected);
}

/// Puts the lists in order where rows changed; the selected connection stays selected.
pub(super) fn settle(model: &mut Model) {
    model.findings.settle();
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
    let selected = model.selected_entry();
    let from_top = model.list.selected.saturating_sub(model.list.top);
    change(model);
    let place =
        selected.and_then(|entry| model.order.place_of(entry).or_else(|| model.order.place(entry.id)));
    match place {
        Some(place) => model.list = Place { selected: place, top: place.saturating_sub(from_top) },
        None => select(model, 0),
    }
}

/// Whatever happened: the selection is in the list and on the screen, and nothing is scrolled past its end.
pub(super) fn keep_in_bounds(model: &mut Model) {
    let Some(layout) = layout(model) else { return };
    model.list.keep(model.order.len(), usize::from(layout.list.height));
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
