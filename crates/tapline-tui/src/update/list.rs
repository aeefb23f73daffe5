//! The list: its order, its selection, what of it is on the screen; and the detail's scrolling.

use std::sync::Arc;

use tapline_filter::Filter;

use super::{ladder, layout, pages, time};
use crate::limits::ROWS_A_STEP;
use crate::model::{Asked, Entry, Focus, Model, Page, Place, Row, Sifted, Sort};
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
    select(model, if model.order.asked().reversed { 0 } else { last });
}

/// Lists requests below their connections.
pub(super) fn show_requests(model: &mut Model) {
    if !model.order.asked().requests {
        toggle_requests(model);
    }
}

/// Selects a request below its connection, and shows the time around it.
pub(super) fn show_request(model: &mut Model, id: u32, nth: u32) {
    if show(model, Entry { id, request: Some(nth) }) {
        time::fit(model, id, usize::try_from(nth).ok());
    }
}

/// Lists requests below their connections, or not.
pub(super) fn toggle_requests(model: &mut Model) {
    let requests = !model.order.asked().requests;
    ask(model, |asked| asked.requests = requests);
}

/// Goes one step back; from the list the filter goes, then the screen.
pub(super) fn back(model: &mut Model) {
    match model.focus {
        _ if pages::came_from(model).is_some() => pages::back(model),
        Focus::Requests => model.focus = Focus::Detail,
        Focus::Detail => model.focus = Focus::List,
        Focus::List if !model.order.filter().is_empty() => set_filter(model, Filter::default()),
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

/// Goes on with putting the lists in order where rows changed; the selected line stays selected.
pub(super) fn settle(model: &mut Model) {
    model.findings.settle();
    model.order.refresh();
    make(model);
}

/// Sorts the list anew and shows its first row, which is what one sorts for.
pub(super) fn sort(model: &mut Model, sort: Sort, reversed: bool) {
    model.to_top = true;
    ask(model, |asked| (asked.sort, asked.reversed) = (sort, reversed));
}

/// Selects a line, without the filter where that hides it; whether its connection is known.
pub(super) fn show(model: &mut Model, entry: Entry) -> bool {
    if model.rows.get(entry.id).and_then(Row::record).is_none() {
        return false;
    }
    settle(model);
    if let Some(place) = model.order.place_of(entry) {
        select(model, place);
        return true;
    }
    let hidden = model.order.place(entry.id).is_none();
    model.go_to = Some(entry);
    ask(model, |asked| {
        asked.requests |= entry.request.is_some();
        if hidden {
            (asked.filter, asked.sifted) = (Filter::default(), None);
        }
    });
    true
}

/// Filters the list by what rows know; the selected line stays selected where it is still listed.
pub(super) fn set_filter(model: &mut Model, filter: Filter) {
    model.filter.sifting = None;
    if filter != model.order.asked().filter {
        ask(model, |asked| (asked.filter, asked.sifted) = (filter, None));
    }
}

/// Filters the list by what was found in the whole capture.
pub(super) fn set_sifted(model: &mut Model, filter: Filter, sifted: Arc<Sifted>) {
    model.filter.sifting = None;
    ask(model, |asked| (asked.filter, asked.sifted) = (filter, Some(sifted)));
}

/// Asks for another list and begins to make it.
fn ask(model: &mut Model, change: impl FnOnce(&mut Asked)) {
    model.order.ask(change);
    make(model);
}

/// Goes on with the list that is being made. When it is there, the selected line stays selected.
fn make(model: &mut Model) {
    let selected = model.selected_entry();
    let from_top = model.list.selected.saturating_sub(model.list.top);
    if !model.order.work(&model.rows, ROWS_A_STEP) {
        return;
    }
    let to_top = std::mem::take(&mut model.to_top);
    let wanted = model.go_to.take_if(|entry| model.order.place_of(*entry).is_some());
    let place_of = |entry: Entry| model.order.place_of(entry).or_else(|| model.order.place(entry.id));
    match wanted.or(selected.filter(|_| !to_top)).and_then(place_of) {
        Some(place) if wanted.is_some() => select(model, place),
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
