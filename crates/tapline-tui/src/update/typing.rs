//! What is typed at the bottom of the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use tapline_filter::Filter;
use tui_input::InputRequest;

use super::{Effect, list, pages};
use crate::limits::SUGGESTIONS_SHOWN;
use crate::model::{Model, Typing, rows_know};

pub(super) fn press(model: &mut Model, what: Typing, key: KeyEvent) -> Effect {
    match what {
        Typing::Filter => return filter(model, key),
        Typing::Mark | Typing::Jump => {
            model.typing = None;
            match (what, key.code) {
                (Typing::Mark, KeyCode::Char(letter)) => pages::mark(model, letter),
                (_, KeyCode::Char(letter)) => pages::jump(model, letter),
                _ => {}
            }
        }
    }
    Effect::None
}

/// Begins to type a filter, with the one that is on.
pub(super) fn begin(model: &mut Model) {
    let text = model.order.filter().to_owned();
    model.filter.begin(&text);
    model.typing = Some(Typing::Filter);
}

/// A key while a filter is typed: what rows know is filtered at once, the rest on `Enter`.
fn filter(model: &mut Model, key: KeyEvent) -> Effect {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let request = match key.code {
        KeyCode::Enter => return keep(model),
        KeyCode::Esc => {
            model.typing = None;
            list::set_filter(model, Filter::default());
            return Effect::None;
        }
        KeyCode::Tab => {
            if model.filter.complete() {
                try_now(model);
            }
            return Effect::None;
        }
        KeyCode::Down => {
            let count = model.filter.completion().suggestions.len().min(SUGGESTIONS_SHOWN);
            model.filter.suggestion = (model.filter.suggestion + 1).min(count.saturating_sub(1));
            return Effect::None;
        }
        KeyCode::Up => {
            model.filter.suggestion = model.filter.suggestion.saturating_sub(1);
            return Effect::None;
        }
        KeyCode::Backspace if model.filter.text().is_empty() => {
            model.typing = None;
            return Effect::None;
        }
        KeyCode::Backspace => InputRequest::DeletePrevChar,
        KeyCode::Delete => InputRequest::DeleteNextChar,
        KeyCode::Left if ctrl => InputRequest::GoToPrevWord,
        KeyCode::Right if ctrl => InputRequest::GoToNextWord,
        KeyCode::Left => InputRequest::GoToPrevChar,
        KeyCode::Right => InputRequest::GoToNextChar,
        KeyCode::Home => InputRequest::GoToStart,
        KeyCode::End => InputRequest::GoToEnd,
        KeyCode::Char('a') if ctrl => InputRequest::GoToStart,
        KeyCode::Char('e') if ctrl => InputRequest::GoToEnd,
        KeyCode::Char('u') if ctrl => InputRequest::DeleteLine,
        KeyCode::Char('w') if ctrl => InputRequest::DeletePrevWord,
        KeyCode::Char(c) if !ctrl && !c.is_control() => InputRequest::InsertChar(c),
        _ => return Effect::None,
    };
    if model.filter.edit(request) {
        try_now(model);
    }
    Effect::None
}

/// Filters by what was typed so far, where it is a filter and rows know enough.
fn try_now(model: &mut Model) {
    if let Some(filter) = model.filter.filter().filter(|filter| rows_know(filter)).cloned() {
        list::set_filter(model, filter);
    }
}

/// The filter stays on. What rows do not know is asked of the whole capture.
fn keep(model: &mut Model) -> Effect {
    let Some(filter) = model.filter.filter().cloned() else { return Effect::None };
    model.typing = None;
    apply(model, filter)
}

/// Puts a filter on.
pub(super) fn apply(model: &mut Model, filter: Filter) -> Effect {
    if rows_know(&filter) {
        list::set_filter(model, filter);
        return Effect::None;
    }
    model.filter.sifting = Some(0);
    Effect::Sift(filter)
}
