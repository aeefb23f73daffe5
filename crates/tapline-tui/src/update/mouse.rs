//! The mouse: the wheel scrolls what it is over, with Ctrl it zooms there; a click selects.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{layout, list, overview, time};
use crate::axis::Zoom;
use crate::model::{Focus, Model, Page};

/// Lines that a notch of the wheel scrolls.
const NOTCH: isize = 3;

pub(super) fn update(model: &mut Model, event: MouseEvent) {
    let at = Position::new(event.column, event.row);
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    match event.kind {
        MouseEventKind::ScrollDown if ctrl => zoom(model, Zoom::Out, at),
        MouseEventKind::ScrollUp if ctrl => zoom(model, Zoom::In, at),
        MouseEventKind::ScrollDown => wheel(model, NOTCH, at),
        MouseEventKind::ScrollUp => wheel(model, -NOTCH, at),
        MouseEventKind::Down(MouseButton::Left) => click(model, at),
        _ => {}
    }
}

fn wheel(model: &mut Model, lines: isize, at: Position) {
    let Some(layout) = layout(model) else { return };
    if model.overlay.is_some() {
        model.overlay_top = model.overlay_top.saturating_add_signed(lines);
    } else if model.page == Page::Overview {
        overview::scroll(model, lines);
    } else if layout.detail.contains(at) {
        list::scroll_detail(model, lines);
    } else {
        list::scroll(model, lines);
    }
}

fn click(model: &mut Model, at: Position) {
    let Some(layout) = layout(model) else { return };
    if model.overlay.is_some() {
        model.overlay = None;
        return;
    }
    if model.page == Page::Overview {
        let line = at.y.checked_sub(layout.overview.y + 1).filter(|_| layout.overview.contains(at));
        if let Some(line) = line {
            overview::select_at(model, line.into());
        }
        return;
    }
    if layout.bars.contains(at) || layout.ruler().contains(at) {
        time::put_cursor(model, at.x - layout.bars.x, layout.bars.width);
    }
    if layout.detail.contains(at) {
        model.focus = Focus::Detail;
    } else if layout.list.contains(at) {
        model.focus = Focus::List;
        let place = model.top + usize::from(at.y - layout.list.y);
        if place < model.order.len() {
            list::select(model, place);
        }
    }
}

fn zoom(model: &mut Model, zoom: Zoom, at: Position) {
    let Some(layout) = layout(model).filter(|_| model.page == Page::Connections) else { return };
    let over = Rect { y: layout.heading.y, height: layout.list.height + 1, ..layout.bars };
    if over.contains(at) {
        time::put_cursor(model, at.x - over.x, over.width);
    }
    time::zoom(model, zoom, model.cursor);
}
