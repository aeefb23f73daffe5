//! What is typed at the bottom of the screen.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::{list, pages};
use crate::limits::FILTER_CHARS_MAX;
use crate::model::{Model, Typing};

pub(super) fn press(model: &mut Model, what: Typing, key: KeyEvent) {
    match what {
        Typing::Filter => filter(model, key),
        Typing::Mark | Typing::Jump => {
            model.typing = None;
            match (what, key.code) {
                (Typing::Mark, KeyCode::Char(letter)) => pages::mark(model, letter),
                (_, KeyCode::Char(letter)) => pages::jump(model, letter),
                _ => {}
            }
        }
    }
}

fn filter(model: &mut Model, key: KeyEvent) {
    let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
    let mut filter = model.order.filter().to_owned();
    match key.code {
        KeyCode::Enter => model.typing = None,
        KeyCode::Esc => {
            model.typing = None;
            filter.clear();
        }
        KeyCode::Char('u') if ctrl => filter.clear(),
        KeyCode::Char('w') if ctrl => {
            let kept = filter.trim_end().rfind(' ').map_or(0, |space| space + 1);
            filter.truncate(kept);
        }
        KeyCode::Backspace if filter.pop().is_none() => model.typing = None,
        KeyCode::Char(c) if !ctrl && !c.is_control() && filter.chars().count() < FILTER_CHARS_MAX => {
            filter.push(c);
        }
        KeyCode::Down => list::go(model, 1),
        KeyCode::Up => list::go(model, -1),
        _ => {}
    }
    list::set_filter(model, filter);
}
