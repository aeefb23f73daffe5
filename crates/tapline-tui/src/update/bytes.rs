//! One event by field and by byte: which field or octet is selected, and how the event is shown.

use super::{layout, pages};
use crate::keys::Action;
use crate::model::{Hand, Model, Page, Sight, Status};
use crate::view;

/// Columns that a key moves text aside.
const ASIDE: usize = 8;

/// Acts on the event.
pub(super) fn act(model: &mut Model, action: Action) {
    match action {
        Action::Back => return pages::back(model),
        Action::Other => return with_close(model, crate::model::Bytes::next_sight),
        Action::Next => return model.bytes.next_pane(),
        Action::NextEvent => return go_to_event(model, 1),
        Action::PreviousEvent => return go_to_event(model, -1),
        _ => {}
    }
    let page = isize::try_from(page(model)).unwrap_or(1);
    let lines = action.lines(page).unwrap_or(0);
    if model.bytes.sight != Sight::Fields {
        let bytes = &mut model.bytes;
        bytes.sheet_top = bytes.sheet_top.saturating_add_signed(lines);
        match action {
            Action::PanLeft => bytes.sheet_left = bytes.sheet_left.saturating_sub(ASIDE),
            Action::PanRight => bytes.sheet_left = (bytes.sheet_left + ASIDE).min(bytes.sheet.width()),
            _ => {}
        }
        return;
    }
    let row = isize::try_from(view::octets_a_row(model)).unwrap_or(16);
    let bytes = &mut model.bytes;
    match (action, bytes.hand) {
        (Action::Detail, Hand::Tree) => bytes.hand = Hand::Octets,
        (Action::Detail, Hand::Octets) => bytes.hand = Hand::Tree,
        (Action::PanLeft, Hand::Octets) => bytes.touch(bytes.octet.saturating_sub(1)),
        (Action::PanRight, Hand::Octets) => bytes.touch(bytes.octet.saturating_add(1)),
        (Action::Open | Action::PanLeft | Action::PanRight, Hand::Tree) => bytes.fold(),
        (_, Hand::Tree) if lines != 0 => bytes.select(bytes.place.selected.saturating_add_signed(lines)),
        (_, Hand::Octets) if lines != 0 => {
            bytes.touch(bytes.octet.saturating_add_signed(lines.saturating_mul(row)));
        }
        _ => {}
    }
}

/// The arrow before or behind on the ladder.
fn go_to_event(model: &mut Model, by: isize) {
    let last = model.ladder.rungs.len().saturating_sub(1);
    let place = &mut model.ladder.place;
    place.selected = place.selected.saturating_add_signed(by).min(last);
}

fn with_close(model: &mut Model, act: impl FnOnce(&mut crate::model::Bytes, &crate::model::Close)) {
    let Model { bytes, opened, .. } = model;
    if let Some(Status::Ready(close)) = opened.as_ref().map(|opened| &opened.status) {
        act(bytes, close);
    }
}

/// Scrolls what the wheel is over.
pub(super) fn scroll(model: &mut Model, lines: isize) {
    if model.bytes.sight == Sight::Fields {
        let selected = model.bytes.place.selected.saturating_add_signed(lines);
        model.bytes.select(selected);
    } else {
        model.bytes.sheet_top = model.bytes.sheet_top.saturating_add_signed(lines);
    }
}

/// Shows what is selected on the ladder, and keeps the selection on the screen.
pub(super) fn keep_in_bounds(model: &mut Model) {
    if model.page != Page::Bytes {
        return;
    }
    let what = model.ladder.selected().map(|rung| rung.what);
    match what.filter(|_| model.close().is_some()) {
        Some(what) => with_close(model, |bytes, close| bytes.show(close, what)),
        None => model.bytes.clear(),
    }
    let (tree, octets) = layout(model).map_or((1, 1), |layout| view::bytes_heights(layout.body));
    let row = view::octets_a_row(model);
    let bytes = &mut model.bytes;
    bytes.place.keep(bytes.tree.lines().len(), tree);
    // The first octet of the field is on the screen, and as many behind it as fit.
    let rows = bytes.pane().map_or(0, |pane| pane.octets.len().div_ceil(row));
    let here = bytes.octet / row;
    let end = bytes.selected_octets().end.saturating_sub(1) / row;
    let wanted = if bytes.hand == Hand::Tree { end.min(here + octets.saturating_sub(1)) } else { here };
    bytes.row = bytes.row.max((wanted + 1).saturating_sub(octets)).min(here).min(rows.saturating_sub(1));
    let height = layout(model).map_or(1, |layout| usize::from(layout.body.height.saturating_sub(1)));
    let width = usize::from(model.size.width.saturating_sub(1));
    let bytes = &mut model.bytes;
    bytes.sheet_top = bytes.sheet_top.min(bytes.sheet.lines.len().saturating_sub(height));
    bytes.sheet_left = bytes.sheet_left.min(bytes.sheet.width().saturating_sub(width));
}

/// Lines of a page of what the keys move.
fn page(model: &Model) -> usize {
    let Some(layout) = layout(model) else { return 1 };
    let (tree, octets) = view::bytes_heights(layout.body);
    let lines = match (model.bytes.sight, model.bytes.hand) {
        (Sight::Fields, Hand::Tree) => tree,
        (Sight::Fields, Hand::Octets) => octets,
        _ => usize::from(layout.body.height),
    };
    lines.saturating_sub(1).max(1)
}

/// Puts the hand where the mouse clicked: on a line of the tree, or on an octet.
pub(super) fn click(model: &mut Model, column: u16, line: u16) {
    let Some(layout) = layout(model) else { return };
    match view::bytes_hit(model, layout.body, column, line) {
        Some(view::Hit::Line(line)) => {
            if model.bytes.place.selected == line {
                model.bytes.fold();
            }
            model.bytes.hand = Hand::Tree;
            model.bytes.select(line);
        }
        Some(view::Hit::Octet(octet)) => {
            model.bytes.hand = Hand::Octets;
            model.bytes.touch(octet);
        }
        None => {}
    }
}
