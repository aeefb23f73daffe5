//! Keys while something lies over the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tapline_engine::Subject;

use super::{Effect, act, open};
use crate::keys::Action;
use crate::limits::FILTER_CHARS_MAX;
use crate::model::{Model, Overlay};
use crate::{ExportFormat, ExportRequest};

/// A key while something lies over the screen.
pub(super) fn press(model: &mut Model, overlay: Overlay, key: KeyEvent, action: Option<Action>) -> Effect {
    match overlay {
        Overlay::Palette => palette(model, key),
        Overlay::Export => export(model, action),
        Overlay::Help | Overlay::Warnings | Overlay::Explain => {
            read(model, overlay, action);
            Effect::None
        }
    }
}

/// Something to read: it scrolls, gives way to another, or goes.
fn read(model: &mut Model, overlay: Overlay, action: Option<Action>) {
    match action {
        Some(Action::Down) => model.overlay_top = model.overlay_top.saturating_add(1),
        Some(Action::Up) => model.overlay_top = model.overlay_top.saturating_sub(1),
        Some(Action::PageDown | Action::HalfDown) => model.overlay_top = model.overlay_top.saturating_add(10),
        Some(Action::PageUp | Action::HalfUp) => model.overlay_top = model.overlay_top.saturating_sub(10),
        Some(Action::First) => model.overlay_top = 0,
        // A second `?` gives the keys.
        Some(Action::Explain | Action::Help) if overlay != Overlay::Help => open(model, Overlay::Help),
        Some(Action::Warnings) if overlay != Overlay::Warnings => open(model, Overlay::Warnings),
        Some(
            Action::Explain | Action::Help | Action::Warnings | Action::Back | Action::Open | Action::Quit,
        ) => model.overlay = None,
        _ => {}
    }
}

/// The palette: letters narrow it, `Enter` does what is selected.
fn palette(model: &mut Model, key: KeyEvent) -> Effect {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let palette = &mut model.palette;
    match key.code {
        KeyCode::Esc => model.overlay = None,
        KeyCode::Enter => {
            model.overlay = None;
            let action = model.palette.action(&model.keymap, model.page);
            return action.map_or(Effect::None, |action| act(model, action));
        }
        KeyCode::Down | KeyCode::Tab => palette.selected = palette.selected.saturating_add(1),
        KeyCode::Up | KeyCode::BackTab => palette.selected = palette.selected.saturating_sub(1),
        KeyCode::Char('u') if ctrl => palette.text.clear(),
        KeyCode::Backspace if palette.text.pop().is_none() => model.overlay = None,
        KeyCode::Char(c) if !ctrl && !c.is_control() && palette.text.len() < FILTER_CHARS_MAX => {
            palette.text.push(c);
            palette.selected = 0;
        }
        _ => {}
    }
    let found = model.palette.found(&model.keymap, model.page).len();
    model.palette.selected = model.palette.selected.min(found.saturating_sub(1));
    Effect::None
}

fn export(model: &mut Model, action: Option<Action>) -> Effect {
    let choices = choices(model);
    match action {
        Some(Action::Down) => model.export = (model.export + 1).min(choices.len().saturating_sub(1)),
        Some(Action::Up) => model.export = model.export.saturating_sub(1),
        Some(Action::Open) => {
            model.overlay = None;
            if let Some((_, request)) = choices.into_iter().nth(model.export) {
                model.exporting.get_or_insert(0);
                return Effect::Export(request);
            }
        }
        Some(Action::Back | Action::Quit | Action::Export) => model.overlay = None,
        _ => {}
    }
    Effect::None
}

/// What can be exported from here: the selected connection, and what is listed, in each format.
pub(crate) fn choices(model: &Model) -> Vec<(String, ExportRequest)> {
    let filter = model.order.filter().to_owned();
    let record = model.selected_row().and_then(|row| row.record());
    let subject = model.selected_entry().map(|entry| entry.id).zip(record.map(Subject::of));
    let mut choices = Vec::new();
    for format in ExportFormat::ALL {
        let (name, _) = format.name();
        if let Some((id, subject)) = subject {
            let request = ExportRequest { format, connection: Some((id, subject)), filter: String::new() };
            choices.push((format!("connection {id} as {name}"), request));
        }
        let what = if filter.is_empty() { "all of the capture" } else { "what the filter lets through" };
        let request = ExportRequest { format, connection: None, filter: filter.clone() };
        choices.push((format!("{what} as {name}"), request));
    }
    choices
}
