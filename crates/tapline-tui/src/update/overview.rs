//! The overview: what is selected on it, what of it is on the screen, where it leads.

use std::ops::Range;

use super::{layout, list};
use crate::keys::Action;
use crate::model::{ExchangeRow, Focus, Model, Page, Row, Spot};
use crate::view::{self, Block};

/// Shows the overview, or goes back from it to the connections.
pub(super) fn toggle(model: &mut Model) {
    model.page = match model.page {
        Page::Overview => Page::Connections,
        Page::Connections => Page::Overview,
    };
    model.came_from = Page::Connections;
}

/// Acts on the overview; whether the key means something there.
pub(super) fn act(model: &mut Model, action: Action) -> bool {
    let page = layout(model).map_or(1, |layout| view::overview_height(layout.overview));
    let page = isize::try_from(page.saturating_sub(1).max(1)).unwrap_or(1);
    match action {
        Action::Down => go(model, 1),
        Action::Up => go(model, -1),
        Action::PageDown => scroll(model, page),
        Action::PageUp => scroll(model, -page),
        Action::HalfDown => scroll(model, (page / 2).max(1)),
        Action::HalfUp => scroll(model, -(page / 2).max(1)),
        Action::First => {
            scroll(model, isize::MIN);
            model.overview.selected = spots(model).first().map(|(spot, _)| *spot);
        }
        Action::Last => {
            scroll(model, isize::MAX);
            model.overview.selected = spots(model).last().map(|(spot, _)| *spot);
        }
        Action::Open => open(model),
        Action::Back => model.page = Page::Connections,
        Action::Overview => toggle(model),
        // What moves the list or its time does nothing where neither is seen.
        _ => return !matches!(action, Action::Quit | Action::Help | Action::Warnings | Action::Filter),
    }
    true
}

/// Scrolls; the selection stays on the screen.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let (total, height) = extent(model);
    model.overview.top = model.overview.top.saturating_add_signed(lines).min(total.saturating_sub(height));
    let shown = model.overview.top..model.overview.top + height;
    let spots = spots(model);
    let is_shown = |lines: &Range<usize>| shown.contains(&lines.start);
    let selected = spots.iter().find(|(spot, _)| Some(*spot) == model.overview.selected);
    if !selected.is_some_and(|(_, lines)| is_shown(lines)) {
        let mut visible = spots.iter().filter(|(_, lines)| is_shown(lines));
        let next = if lines < 0 { visible.next_back() } else { visible.next() };
        model.overview.selected = next.map(|(spot, _)| *spot).or(model.overview.selected);
    }
}

/// Selects what stands on a line of the screen, counted from the overview's first.
pub(super) fn select_at(model: &mut Model, line: usize) {
    let line = model.overview.top + line;
    if let Some((spot, _)) = spots(model).into_iter().find(|(_, lines)| lines.contains(&line)) {
        model.overview.selected = Some(spot);
    }
}

/// Whatever happened: something is selected where there is anything, and nothing is scrolled past its end.
pub(super) fn keep_in_bounds(model: &mut Model) {
    if model.page != Page::Overview {
        return;
    }
    let (total, height) = extent(model);
    model.overview.top = model.overview.top.min(total.saturating_sub(height));
    let spots = spots(model);
    if !spots.iter().any(|(spot, _)| Some(*spot) == model.overview.selected) {
        model.overview.selected = spots.first().map(|(spot, _)| *spot);
    }
}

/// Selects the next or the one before; at the ends the rest is scrolled to.
fn go(model: &mut Model, step: isize) {
    let spots = spots(model);
    let place = spots.iter().position(|(spot, _)| Some(*spot) == model.overview.selected);
    let next = place.and_then(|place| place.checked_add_signed(step)).and_then(|next| spots.get(next));
    let Some((spot, lines)) = next else { return scroll(model, step) };
    model.overview.selected = Some(*spot);
    let (_, height) = extent(model);
    model.overview.top = model.overview.top.max(lines.end.saturating_sub(height)).min(lines.start);
}

/// Goes to the connection, and to the request, that the selected finding is about.
fn open(model: &mut Model) {
    let Some(spot) = model.overview.selected else { return };
    let Spot::Kind(code) = spot else {
        model.page = Page::Connections;
        return;
    };
    let Some(worst) = model.findings.kind(code).map(|kindred| &kindred.worst) else { return };
    let (connection, stream, at) = (worst.connection, worst.stream, worst.at);
    // What concerns several connections is told at the first packet of one of them.
    let told = connection.and_then(|id| u32::try_from(id).ok());
    let id = told.or_else(|| model.rows.beginning_at(at));
    if !id.is_some_and(|id| list::show(model, id)) {
        return;
    }
    model.page = Page::Connections;
    model.came_from = Page::Overview;
    model.focus = Focus::Detail;
    let requests = model.selected_row().map(Row::exchanges).unwrap_or_default();
    let is_it = |request: &ExchangeRow| (request.stream, request.packet) == (stream, at);
    if let Some(nth) = requests.iter().position(is_it) {
        list::select_request(model, nth);
    }
}

/// What one can stand on, and its lines.
fn spots(model: &Model) -> Vec<(Spot, Range<usize>)> {
    let with_spot = |block: Block| Some((block.spot?, block.lines));
    blocks(model).into_iter().filter_map(with_spot).collect()
}

fn blocks(model: &Model) -> Vec<Block> {
    layout(model).map_or_else(Vec::new, |layout| view::overview_blocks(model, layout.overview))
}

/// How many lines there are, and how many of them fit the screen.
fn extent(model: &Model) -> (usize, usize) {
    let total = blocks(model).last().map_or(0, |block| block.lines.end);
    (total, layout(model).map_or(1, |layout| view::overview_height(layout.overview)))
}
