//! The ladder: which arrow is selected, and which layers are shown.

use super::{layout, pages};
use crate::keys::Action;
use crate::model::{Model, Page, Segments, Status};
use crate::view;

/// Acts on the ladder.
pub(super) fn act(model: &mut Model, action: Action) {
    let page = isize::try_from(height(model).saturating_sub(1).max(1)).unwrap_or(1);
    let has_selected = model.ladder.selected().is_some();
    if let Some(lines) = action.lines(page) {
        return model.ladder.place.go(lines);
    }
    let shown = &mut model.ladder.shown;
    match action {
        Action::Open if has_selected => pages::descend(model, Page::Bytes),
        Action::Back => pages::back(model),
        Action::LayerTcp => {
            shown.segments = match shown.segments {
                Segments::None => Segments::Telling,
                Segments::Telling => Segments::All,
                Segments::All => Segments::None,
            };
            build(model);
        }
        Action::LayerTls => {
            shown.tls = !shown.tls;
            build(model);
        }
        Action::LayerHttp => {
            shown.http = !shown.http;
            build(model);
        }
        Action::Unfold => {
            shown.folded = !shown.folded;
            build(model);
        }
        _ => {}
    }
}

/// Goes to the arrow of a packet, once the connection was read.
pub(super) fn go_to(model: &mut Model, packet: Option<u64>) {
    model.ladder.go_to = packet;
    build(model);
}

fn build(model: &mut Model) {
    let Model { ladder, opened, order, list, .. } = model;
    let selected = order.get(list.selected).map(|entry| entry.id);
    let opened = opened.as_ref().filter(|opened| Some(opened.id) == selected);
    if let Some(Status::Ready(close)) = opened.map(|opened| &opened.status) {
        ladder.build(close);
    }
}

/// Scrolls the list under the selection.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    let (count, height) = (model.ladder.rungs.len(), height(model));
    model.ladder.place.scroll(lines, count, height);
}

/// Selects the arrow on a line of the list, and opens it where it was selected already.
pub(super) fn select_at(model: &mut Model, line: usize) {
    let at = model.ladder.place.top + line;
    if line >= height(model) || at >= model.ladder.rungs.len() {
        return;
    }
    if model.ladder.place.selected == at {
        pages::descend(model, Page::Bytes);
    }
    model.ladder.place.selected = at;
}

pub(super) fn keep_in_bounds(model: &mut Model) {
    let (count, height) = (model.ladder.rungs.len(), height(model));
    let place = &mut model.ladder.place;
    // An arrow that was gone to has some of what led to it above it.
    if count > height && place.selected >= place.top + height {
        place.top = place.selected.saturating_sub(height / 2);
    }
    place.keep(count, height);
}

fn height(model: &Model) -> usize {
    layout(model).map_or(1, |layout| view::ladder_height(layout.body))
}
