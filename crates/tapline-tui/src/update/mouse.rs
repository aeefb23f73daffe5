//! The mouse: the wheel scrolls what it is over, with Ctrl it zooms there, sideways or with Shift it goes through time; a
//! click selects; who drags the bars pulls the time along.

use crossterm::event::{KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::{bytes, findings, ladder, layout, list, overview, pages, streams, time};
use crate::axis::Zoom;
use crate::keys::Action;
use crate::model::{Focus, Model, Page};
use crate::view;

/// Lines that a notch of the wheel scrolls.
const NOTCH: isize = 3;

pub(super) fn update(model: &mut Model, event: MouseEvent) {
    let at = Position::new(event.column, event.row);
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    let shift = event.modifiers.contains(KeyModifiers::SHIFT);
    match event.kind {
        MouseEventKind::ScrollDown if ctrl => zoom(model, Zoom::Out, at),
        MouseEventKind::ScrollUp if ctrl => zoom(model, Zoom::In, at),
        MouseEventKind::ScrollRight => pan(model, Action::PanRight),
        MouseEventKind::ScrollLeft => pan(model, Action::PanLeft),
        MouseEventKind::ScrollDown if shift => pan(model, Action::PanRight),
        MouseEventKind::ScrollUp if shift => pan(model, Action::PanLeft),
        MouseEventKind::ScrollDown => wheel(model, NOTCH, at),
        MouseEventKind::ScrollUp => wheel(model, -NOTCH, at),
        MouseEventKind::Down(MouseButton::Left) => {
            model.grip = axis(model).filter(|axis| axis.contains(at)).map(|_| at.x);
            click(model, at);
        }
        MouseEventKind::Drag(MouseButton::Left) => drag(model, at.x),
        MouseEventKind::Up(MouseButton::Left) => model.grip = None,
        _ => {}
    }
}

fn wheel(model: &mut Model, lines: isize, at: Position) {
    let Some(layout) = layout(model) else { return };
    if model.overlay.is_some() {
        model.overlay_top = model.overlay_top.saturating_add_signed(lines);
    } else if model.page == Page::Overview {
        overview::scroll(model, lines);
    } else if model.page == Page::Findings {
        findings::scroll(model, lines);
    } else if model.page == Page::Bytes {
        bytes::scroll(model, lines);
    } else if model.page == Page::Streams {
        streams::scroll(model, lines);
    } else if model.page == Page::Ladder {
        ladder::scroll(model, lines);
    } else if !model.page.is_list() {
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
    if layout.tabs.contains(at) {
        let tabs = view::tabs(model, layout.tabs.width);
        if let Some((page, ..)) = tabs.into_iter().find(|(.., columns)| columns.contains(&at.x)) {
            pages::show(model, page);
        }
        return;
    }
    if model.page == Page::Overview {
        return overview::select_at(model, at);
    }
    if model.page == Page::Findings {
        if let Some(line) = at.y.checked_sub(layout.body.y + 1) {
            findings::select_at(model, line.into());
        }
        return;
    }
    if model.page == Page::Bytes {
        return bytes::click(model, at.x, at.y);
    }
    if model.page == Page::Streams {
        if let Some(line) = at.y.checked_sub(layout.body.y + 2) {
            streams::select_at(model, line.into());
        }
        return;
    }
    if model.page == Page::Ladder {
        if let Some(line) = at.y.checked_sub(layout.body.y + 2) {
            ladder::select_at(model, line.into());
        }
        return;
    }
    if !model.page.is_list() {
        return;
    }
    if layout.heading.contains(at) && !layout.ruler().contains(at) {
        if let Some(sort) = view::sort_at(model, &layout, at.x) {
            let asked = model.order.asked();
            let reversed = sort == asked.sort && !asked.reversed;
            list::sort(model, sort, reversed);
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
        let place = model.list.top + usize::from(at.y - layout.list.y);
        if place < model.order.len() {
            list::select(model, place);
        }
    }
}

/// The time that was under the pointer stays under it, as far as there is time.
fn drag(model: &mut Model, x: u16) {
    let Some((from, axis)) = model.grip.zip(axis(model)) else { return };
    time::pull(model, i32::from(x) - i32::from(from), axis.width);
    model.grip = Some(x);
}

fn pan(model: &mut Model, action: Action) {
    if axis(model).is_some() {
        time::act(model, action);
    }
}

fn zoom(model: &mut Model, zoom: Zoom, at: Position) {
    let Some(axis) = axis(model) else { return };
    if axis.contains(at) {
        time::put_cursor(model, at.x - axis.x, axis.width);
    }
    time::zoom(model, zoom, model.cursor);
}

/// Where time goes from left to right, with what stands in it.
fn axis(model: &Model) -> Option<Rect> {
    let layout = layout(model).filter(|_| model.overlay.is_none())?;
    let over = |axis: Rect| Rect { y: layout.body.y, height: layout.body.height, ..axis };
    match model.page {
        Page::Connections | Page::Timeline => {
            Some(Rect { y: layout.heading.y, height: layout.list.height + 1, ..layout.bars })
        }
        Page::Tcp => Some(over(view::tcp_axis(layout.body))),
        Page::Streams => Some(over(view::streams_axis(layout.body))),
        _ => None,
    }
}
