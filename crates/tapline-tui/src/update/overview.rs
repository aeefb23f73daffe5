//! The overview: what is selected on it, what of it is on the screen, where it leads.

use ratatui::layout::Position;

use tapline_filter::Filter;

use super::{findings, layout, list, pages};
use crate::keys::Action;
use crate::model::{Model, Overlay, Page, Spot};
use crate::view::{self, Block};

/// Acts on the overview.
pub(super) fn act(model: &mut Model, action: Action) {
    let page = layout(model).map_or(1, |layout| view::overview_height(layout.body));
    let page = isize::try_from(page.saturating_sub(1).max(1)).unwrap_or(1);
    model.overview.is_moved = true;
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
        Action::Back if pages::came_from(model).is_some() => pages::back(model),
        _ => {}
    }
}

/// Scrolls; the selection stays on the screen.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    model.overview.is_moved = true;
    let (total, height) = extent(model);
    model.overview.top = model.overview.top.saturating_add_signed(lines).min(total.saturating_sub(height));
    let shown = model.overview.top..model.overview.top + height;
    let spots = spots(model);
    let is_shown = |block: &(Spot, Block)| shown.contains(&block.1.lines.start);
    let selected = spots.iter().find(|(spot, _)| Some(*spot) == model.overview.selected);
    if !selected.is_some_and(is_shown) {
        let mut visible = spots.iter().filter(|block| is_shown(block));
        let next = if lines < 0 { visible.next_back() } else { visible.next() };
        model.overview.selected = next.map(|(spot, _)| *spot).or(model.overview.selected);
    }
}

/// Selects what stands at a place of the screen, and goes there where it was selected already.
pub(super) fn select_at(model: &mut Model, at: Position) {
    let Some(layout) = layout(model) else { return };
    let places = view::overview_places(layout.body);
    let Some(column) = places.iter().position(|place| place.contains(at)) else { return };
    let line = places.get(column).map_or(0, |place| usize::from(at.y - place.y)) + model.overview.top;
    let is_there = |block: &Block| block.column == column && block.lines.contains(&line);
    if let Some((spot, _)) = spots(model).into_iter().find(|(_, block)| is_there(block)) {
        if model.overview.selected == Some(spot) {
            open(model);
        }
        model.overview.is_moved = true;
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
    let is_there = spots.iter().any(|(spot, _)| Some(*spot) == model.overview.selected);
    if !is_there || !model.overview.is_moved {
        model.overview.selected = most_telling(&spots);
    }
}

/// The slowest request, else the worst finding, else the first line.
fn most_telling(spots: &[(Spot, Block)]) -> Option<Spot> {
    let first = |is_it: fn(&Spot) -> bool| spots.iter().map(|(spot, _)| *spot).find(is_it);
    let slowest = first(|spot| matches!(spot, Spot::Exchange(..)));
    slowest.or_else(|| first(|spot| matches!(spot, Spot::Kind(_)))).or_else(|| first(|_| true))
}

/// Selects the next or the one before; at the ends the rest is scrolled to.
fn go(model: &mut Model, step: isize) {
    let spots = spots(model);
    let place = spots.iter().position(|(spot, _)| Some(*spot) == model.overview.selected);
    let next = place.and_then(|place| place.checked_add_signed(step)).and_then(|next| spots.get(next));
    let Some((spot, Block { lines, .. })) = next else { return scroll(model, step) };
    model.overview.selected = Some(*spot);
    let (_, height) = extent(model);
    model.overview.top = model.overview.top.max(lines.end.saturating_sub(height)).min(lines.start);
    if place == Some(0) || step < 0 && next.is_some_and(|(_, block)| block.lines.start <= 1) {
        model.overview.top = 0;
    }
}

/// Goes where the selected line leads.
fn open(model: &mut Model) {
    let Some(spot) = model.overview.selected else { return };
    match spot {
        Spot::Connections | Spot::Comparison => pages::descend(model, Page::Connections),
        Spot::Traffic => pages::descend(model, Page::Timeline),
        Spot::Requests => {
            pages::descend(model, Page::Timeline);
            list::show_requests(model);
        }
        Spot::Handshakes => {
            pages::descend(model, Page::Connections);
            list::set_filter(model, words("tls"));
        }
        Spot::Health => super::open(model, Overlay::Warnings),
        Spot::Exchange(id, nth) => {
            pages::descend(model, Page::Timeline);
            list::show_request(model, id, nth);
        }
        Spot::Findings => pages::descend(model, Page::Findings),
        Spot::Kind(code) => {
            pages::descend(model, Page::Findings);
            findings::show_kind(model, code);
        }
        Spot::Host(rank) => {
            let servers = model.rows.hosts().busiest(rank + 1);
            let name = servers.get(rank).map(|(server, _)| server.word());
            pages::descend(model, Page::Connections);
            list::set_filter(model, words(&name.unwrap_or_default()));
        }
    }
}

/// What one can stand on, and where it is.
fn spots(model: &Model) -> Vec<(Spot, Block)> {
    blocks(model).into_iter().filter_map(|block| Some((block.spot?, block))).collect()
}

fn blocks(model: &Model) -> Vec<Block> {
    layout(model).map_or_else(Vec::new, |layout| view::overview_blocks(model, layout.body))
}

/// How many lines there are, and how many of them fit the screen.
fn extent(model: &Model) -> (usize, usize) {
    let total = blocks(model).iter().map(|block| block.lines.end).max().unwrap_or(0);
    (total, layout(model).map_or(1, |layout| view::overview_height(layout.body)))
}

/// A search for these words.
fn words(text: &str) -> Filter {
    Filter::parse(text).unwrap_or_default()
}
