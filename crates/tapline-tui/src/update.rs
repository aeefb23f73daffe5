//! The only place that changes the model.

mod bytes;
mod findings;
mod ladder;
mod list;
mod mouse;
mod overlay;
mod overview;
mod pages;
mod streams;
mod tcp;
mod time;
mod typing;

pub(crate) use overlay::choices as export_choices;

use std::sync::Arc;

use crossterm::event::{KeyCode, KeyEvent, KeyEventKind, KeyModifiers, MouseEvent};
use ratatui::layout::{Position, Rect, Size};
use tapline_analysis::{Event, Totals};
use tapline_engine::capture::{Facts, Progress};
use tapline_engine::{Outcome, Subject};
use tapline_filter::Filter;

use crate::ExportRequest;
use crate::here;
use crate::keys::Action;
use crate::layout::Layout;
use crate::model::{Close, Focus, Model, Overlay, Page, Palette, Sifted, Typing};

/// Something happened.
pub(crate) enum Msg {
    Key(KeyEvent),
    Mouse(MouseEvent),
    Resize(Size),
    /// Something was learned from the capture.
    Event(Event),
    /// A batch's events were all told; these are its counts.
    Progress(Progress, Box<Totals>),
    /// What the capture has said beside its packets.
    News(Box<Facts>),
    /// Nothing more will come.
    Ended(Option<Box<Outcome>>),
    /// A filter is on from here on.
    Filter(Filter),
    /// A good moment to put the list in order.
    Settle,
    /// The close look has come so far, in 1/1000.
    Looking(u16),
    /// The close look is done, or failed and why.
    Looked(Result<Box<Close>, String>),
    /// The capture was asked so far, in 1/1000.
    Sifting(u16),
    /// What a filter lets through, or why that is not known.
    Sifted(Filter, Result<Arc<Sifted>, String>),
    /// The export has come so far, in 1/1000.
    Exporting(u16),
    /// An export was written, and where; or not, and why.
    Exported(Result<String, String>),
}

/// What the world outside the model must do.
#[derive(Clone, PartialEq, Eq, Debug)]
#[must_use]
pub(crate) enum Effect {
    None,
    Quit,
    /// Leave the terminal to the shell until it brings us back.
    Suspend,
    /// Take the terminal again, which somebody else may have had.
    Resume,
    /// Look closely at a connection; an earlier look is not wanted any more.
    Look(Subject),
    /// Ask the whole capture what a filter lets through; an earlier question is not wanted any more.
    Sift(Filter),
    /// Write something to a file.
    Export(ExportRequest),
    /// The export is not wanted any more.
    StopExport,
    /// Put a text on the clipboard.
    Copy(String),
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
        Msg::Key(key) => {
            model.notice = None;
            effect = press(model, key);
        }
        Msg::Mouse(event) => mouse::update(model, event),
        Msg::Resize(size) => model.size = size,
        Msg::News(news) => model.source.learn(*news),
        Msg::Progress(progress, totals) => model.source.take(progress, *totals),
        Msg::Ended(outcome) => {
            model.source.ended(outcome.as_deref());
            list::settle(model);
        }
        Msg::Settle => {
            list::settle(model);
            follow(model);
        }
        Msg::Looking(permille) => pages::looking(model, permille),
        Msg::Looked(found) => pages::looked(model, found),
        Msg::Sifting(permille) => {
            if let Some(sifting) = &mut model.filter.sifting {
                *sifting = permille;
            }
        }
        Msg::Sifted(filter, Ok(sifted)) => list::set_sifted(model, filter, sifted),
        Msg::Sifted(_, Err(why)) => {
            model.filter.sifting = None;
            model.notice = Some(format!("not filtered: {why}"));
        }
        Msg::Filter(filter) => effect = typing::apply(model, filter),
        Msg::Exporting(permille) => model.exporting = model.exporting.map(|_| permille),
        Msg::Exported(told) => {
            model.exporting = None;
            model.notice = Some(
                told.map_or_else(|why| format!("not exported: {why}"), |path| format!("written: {path}")),
            );
        }
    }
    if effect == Effect::None {
        effect = pages::look(model);
    }
    list::keep_in_bounds(model);
    overview::keep_in_bounds(model);
    findings::keep_in_bounds(model);
    ladder::keep_in_bounds(model);
    streams::keep_in_bounds(model);
    bytes::keep_in_bounds(model);
    effect
}

fn press(model: &mut Model, key: KeyEvent) -> Effect {
    let ctrl_c = key.modifiers.contains(KeyModifiers::CONTROL) && key.code == KeyCode::Char('c');
    if ctrl_c {
        return Effect::Quit;
    }
    let action = model.keymap.action(key, model.page);
    if let Some(what) = model.typing {
        return typing::press(model, what, key);
    } else if let Some(overlay) = model.overlay {
        return overlay::press(model, overlay, key, action);
    } else if let Some(action) = action {
        return act(model, action);
    }
    Effect::None
}

/// What means the same everywhere; the rest is the screen's.
fn act(model: &mut Model, action: Action) -> Effect {
    match action {
        Action::Quit => return Effect::Quit,
        Action::Suspend => return Effect::Suspend,
        Action::Back if model.exporting.take().is_some() => return Effect::StopExport,
        Action::Show(page) => pages::show(model, page),
        Action::NextPage => pages::show(model, model.page.step(1)),
        Action::PreviousPage => pages::show(model, model.page.step(-1)),
        Action::Explain => open(model, Overlay::Explain),
        Action::Help => open(model, Overlay::Help),
        Action::Warnings => open(model, Overlay::Warnings),
        Action::Palette => {
            model.palette = Palette::default();
            open(model, Overlay::Palette);
        }
        Action::Export => {
            model.export = 0;
            open(model, Overlay::Export);
        }
        Action::Copy => return copy(model),
        Action::Theme => model.theme = model.theme.next(),
        Action::Follow => {
            model.following = !model.following;
            follow(model);
        }
        Action::Pause => {
            model.paused = if model.paused.is_none() { Some(model.whole()) } else { None };
            list::settle(model);
        }
        Action::Filter => {
            if !model.page.is_list() {
                pages::show(model, Page::Connections);
            }
            typing::begin(model);
            model.focus = Focus::List;
        }
        Action::Mark => model.typing = Some(Typing::Mark),
        Action::Jump => model.typing = Some(Typing::Jump),
        _ => match model.page {
            Page::Overview => overview::act(model, action),
            Page::Connections | Page::Timeline => act_on_list(model, action),
            Page::Findings => findings::act(model, action),
            Page::Ladder => ladder::act(model, action),
            Page::Tcp => tcp::act(model, action),
            Page::Streams => streams::act(model, action),
            Page::Bytes => bytes::act(model, action),
        },
    }
    Effect::None
}

fn act_on_list(model: &mut Model, action: Action) {
    match action {
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
        Action::Detail => list::detail(model),
        Action::Requests => list::toggle_requests(model),
        Action::Sort => {
            let asked = model.order.asked();
            list::sort(model, asked.sort.next(), asked.reversed);
        }
        Action::Reverse => {
            let asked = model.order.asked();
            list::sort(model, asked.sort, !asked.reversed);
        }
        _ => time::act(model, action),
    }
}

fn open(model: &mut Model, overlay: Overlay) {
    model.overlay = Some(overlay);
    model.overlay_top = 0;
}

/// Copies what is selected.
fn copy(model: &mut Model) -> Effect {
    let Some(text) = here::copied(model) else {
        model.notice = Some("there is nothing to copy here".to_owned());
        return Effect::None;
    };
    model.notice = Some(format!("copied: {text}"));
    Effect::Copy(text)
}

/// Stays at the newest row where that was asked for.
fn follow(model: &mut Model) {
    if model.following {
        list::go_to_newest(model);
    }
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
    Layout::of(model, Rect::from((Position::ORIGIN, model.size)))
}
