//! The only place that changes the model.

mod list;
mod mouse;
mod overview;
mod time;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent};
use ratatui::layout::{Rect, Size};
use tapline_analysis::{Event, Totals};
use tapline_engine::Outcome;
use tapline_engine::capture::Progress;

use crate::keys::{self, Action};
use crate::layout::Layout;
use crate::limits::FILTER_CHARS_MAX;
use crate::model::{Emphasis, Focus, Model, Overlay, Page};

/// Something happened.
pub(crate) enum Msg {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Resize(Size),
    /// Something was learned from the capture.
    Event(Event),
    /// A batch's events were all told; these are its counts.
    Progress(Progress, Box<Totals>),
    /// Nothing more will come.
    Ended(Option<Box<Outcome>>),
    /// A good moment to put the list in order.
    Settle,
}

/// What the world outside the model must do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub(crate) enum Effect {
    None,
    Quit,
}

/// Changes the model.
pub(crate) fn update(model: &mut Model, msg: Msg) -> Effect {
    let mut effect = Effect::None;
    match msg {
        Msg::Event(event) => {
            model.take(event);
            // Thousands of these come between two frames: what follows below is left to the next settling.
            return effect;
        }
        Msg::Key(key) if key.kind == KeyEventKind::Release => return effect,
        Msg::Key(key) => effect = press(model, key),
        Msg::Mouse(event) => mouse::update(model, event),
        Msg::Resize(size) => model.size = size,
        Msg::Progress(progress, totals) => model.source.take(progress, *totals),
        Msg::Ended(outcome) => {
            model.source.ended(outcome.as_deref());
            list::settle(model);
        }
        Msg::Settle => list::settle(model),
    }
    list::keep_in_bounds(model);
    overview::keep_in_bounds(model);
    effect
}

fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let action = keys::action(key);
    let ctrl_c = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    if ctrl_c {
        return Effect::Quit;
    }
    if model.typing {
        type_filter(model, key);
    } else if model.overlay.is_some() {
        act_on_overlay(model, action);
    } else if let Some(action) = action {
        return act(model, action);
    }
    Effect::None
}

fn type_filter(model: &mut Model, key: KeyEvent) {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let mut filter = model.order.filter().to_owned();
    match key.code {
        KeyCode::Enter => model.typing = false,
        KeyCode::Esc => {
            model.typing = false;
            filter.clear();
        }
        KeyCode::Char('u') if ctrl => filter.clear(),
        KeyCode::Char('w') if ctrl => {
            let kept = filter.trim_end().rfind(' ').map_or(0, |space| space + 1);
            filter.truncate(kept);
        }
        KeyCode::Backspace if filter.pop().is_none() => model.typing = false,
        KeyCode::Char(c) if !ctrl && !c.is_control() && filter.chars().count() < FILTER_CHARS_MAX => {
            filter.push(c);
        }
        KeyCode::Down => list::go(model, 1),
        KeyCode::Up => list::go(model, -1),
        _ => {}
    }
    list::set_filter(model, filter);
}

fn act_on_overlay(model: &mut Model, action: Option<Action>) {
    let overlay = model.overlay;
    match action {
        Some(Action::Down) => model.overlay_top = model.overlay_top.saturating_add(1),
        Some(Action::Up) => model.overlay_top = model.overlay_top.saturating_sub(1),
        Some(Action::PageDown | Action::HalfDown) => model.overlay_top = model.overlay_top.saturating_add(10),
        Some(Action::PageUp | Action::HalfUp) => model.overlay_top = model.overlay_top.saturating_sub(10),
        Some(Action::First) => model.overlay_top = 0,
        Some(Action::Help) if overlay != Some(Overlay::Help) => model.overlay = Some(Overlay::Help),
        Some(Action::Warnings) if overlay != Some(Overlay::Warnings) => {
            model.overlay = Some(Overlay::Warnings);
        }
        Some(Action::Help | Action::Warnings | Action::Back | Action::Open | Action::Quit) => {
            model.overlay = None;
        }
        _ => {}
    }
}

fn act(model: &mut Model, action: Action) -> Effect {
    if model.page == Page::Overview && overview::act(model, action) {
        return Effect::None;
    }
    match action {
        Action::Overview => overview::toggle(model),
        Action::Quit => return Effect::Quit,
        Action::Help => open(model, Overlay::Help),
        Action::Warnings => open(model, Overlay::Warnings),
        Action::Down => list::go(model, 1),
        Action::Up => list::go(model, -1),
        Action::PageDown => list::turn(model, page(model)),
        Action::PageUp => list::turn(model, -page(model)),
        Action::HalfDown => list::turn(model, page(model) / 2),
        Action::HalfUp => list::turn(model, -(page(model) / 2)),
        Action::First => list::go(model, isize::MIN),
        Action::Last => list::go(model, isize::MAX),
        Action::Open => list::open(model),
        Action::Back => list::back(model),
        Action::Timeline => model.emphasis = Emphasis::Timeline,
        Action::Table => model.emphasis = Emphasis::Table,
        Action::Emphasis => {
            model.emphasis = match model.emphasis {
                Emphasis::Timeline => Emphasis::Table,
                Emphasis::Table => Emphasis::Timeline,
            };
        }
        Action::Sort => list::sort(model, model.order.sort.next(), model.order.reversed),
        Action::Reverse => list::sort(model, model.order.sort, !model.order.reversed),
        Action::Filter => {
            model.typing = true;
            model.page = Page::Connections;
            model.focus = Focus::List;
        }
        Action::ZoomIn
        | Action::ZoomOut
        | Action::PanLeft
        | Action::PanRight
        | Action::CursorLeft
        | Action::CursorRight
        | Action::FitAll
        | Action::FitSelected => time::act(model, action),
    }
    Effect::None
}

fn open(model: &mut Model, overlay: Overlay) {
    model.overlay = Some(overlay);
    model.overlay_top = 0;
}

/// Lines of a page of what has the focus.
fn page(model: &Model) -> isize {
    let lines = layout(model).map_or(1, |layout| match model.focus {
        Focus::List => layout.list.height,
        Focus::Detail | Focus::Requests => layout.detail.height.saturating_sub(1),
    });
    isize::try_from(lines.saturating_sub(1).max(1)).unwrap_or(1)
}

fn layout(model: &Model) -> Option<Layout> {
    Layout::of(model, Rect::from((ratatui::layout::Position::ORIGIN, model.size)))
}
