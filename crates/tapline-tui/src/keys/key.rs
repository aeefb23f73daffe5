//! A key as it stands on a keyboard, and as a configuration writes it.

use std::str::FromStr;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// A key with Ctrl or without. Shift is part of the character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Plain(KeyCode),
    Ctrl(char),
}

/// The names of keys that are no characters.
const NAMED: [(&str, KeyCode); 16] = [
    ("Enter", KeyCode::Enter),
    ("Esc", KeyCode::Esc),
    ("Tab", KeyCode::Tab),
    ("Shift-Tab", KeyCode::BackTab),
    ("Space", KeyCode::Char(' ')),
    ("↑", KeyCode::Up),
    ("↓", KeyCode::Down),
    ("←", KeyCode::Left),
    ("→", KeyCode::Right),
    ("PgUp", KeyCode::PageUp),
    ("PgDn", KeyCode::PageDown),
    ("Home", KeyCode::Home),
    ("End", KeyCode::End),
    ("Delete", KeyCode::Delete),
    ("Insert", KeyCode::Insert),
    ("Backspace", KeyCode::Backspace),
];

/// How a configuration may write arrows.
const WRITTEN: [(&str, KeyCode); 4] =
    [("Up", KeyCode::Up), ("Down", KeyCode::Down), ("Left", KeyCode::Left), ("Right", KeyCode::Right)];

impl Key {
    /// Whether this is the key that was pressed.
    pub(crate) fn is(self, pressed: KeyEvent) -> bool {
        let ctrl = pressed.modifiers.contains(KeyModifiers::CONTROL);
        let other = pressed.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER);
        match self {
            Self::Plain(code) => !ctrl && !other && pressed.code == code,
            Self::Ctrl(c) => ctrl && !other && pressed.code == KeyCode::Char(c),
        }
    }

    /// As it stands on a keyboard.
    pub(crate) fn name(self) -> String {
        match self {
            Self::Ctrl(c) => format!("Ctrl-{}", c.to_uppercase()),
            Self::Plain(code) => match (NAMED.iter().find(|(_, named)| *named == code), code) {
                (Some((name, _)), _) => (*name).to_owned(),
                (None, KeyCode::Char(c)) => c.to_string(),
                (None, code) => code.to_string(),
            },
        }
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let named = NAMED.iter().chain(&WRITTEN).find(|(name, _)| name.eq_ignore_ascii_case(text));
        if let Some((_, code)) = named {
            return Ok(Self::Plain(*code));
        }
        let mut chars = text.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            return Ok(Self::Plain(KeyCode::Char(c)));
        }
        let lower = text.to_ascii_lowercase();
        let number = lower.strip_prefix('f').and_then(|number| number.parse().ok());
        if let Some(number @ 1..=12) = number {
            return Ok(Self::Plain(KeyCode::F(number)));
        }
        let mut ctrl = lower.strip_prefix("ctrl-").unwrap_or_default().chars();
        match (ctrl.next(), ctrl.next()) {
            (Some(c), None) => Ok(Self::Ctrl(c)),
            _ => Err(format!("{text:?} is no key: write one character, Enter, PgDn, F1 or Ctrl-x")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_can_be_written() {
        for key in crate::keys::COMMANDS.iter().flat_map(|command| command.keys) {
            assert_eq!(key.name().parse(), Ok(*key));
        }
        assert_eq!("Up".parse(), Ok(Key::Plain(KeyCode::Up)));
        assert_eq!("F12".parse(), Ok(Key::Plain(KeyCode::F(12))));
        for no in ["", "F13", "Ctrl-", "Ctrl-ab", "Hyper-x"] {
            assert!(no.parse::<Key>().unwrap_err().contains("is no key"), "{no}");
        }
    }
}
