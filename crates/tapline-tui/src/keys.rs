//! The key table: what each key does and what the help says of it.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    Overview,
    Quit,
    Help,
    Warnings,
    Down,
    Up,
    PageDown,
    PageUp,
    HalfDown,
    HalfUp,
    First,
    Last,
    Open,
    Back,
    Emphasis,
    Timeline,
    Table,
    Sort,
    Reverse,
    Filter,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    CursorLeft,
    CursorRight,
    FitAll,
    FitSelected,
}

/// A line of the table.
pub(crate) struct Binding {
    /// The keys, any of which will do.
    pub(crate) keys: &'static [Key],
    pub(crate) action: Action,
    /// What it does, for the help.
    pub(crate) says: &'static str,
}

/// A key with Ctrl or without. Shift is part of the character.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Key {
    Plain(KeyCode),
    Ctrl(char),
}

/// A heading of the help with its part of the table.
pub(crate) type Group = (&'static str, &'static [Binding]);

const fn char(c: char) -> Key {
    Key::Plain(KeyCode::Char(c))
}

const fn key(code: KeyCode) -> Key {
    Key::Plain(code)
}

const fn bind(keys: &'static [Key], action: Action, says: &'static str) -> Binding {
    Binding { keys, action, says }
}

/// Every key, as the help shows them.
pub(crate) const GROUPS: &[Group] = &[
    ("See", &[bind(&[char('o')], Action::Overview, "overview and findings, or the connections")]),
    (
        "Move",
        &[
            bind(&[char('j'), key(KeyCode::Down)], Action::Down, "down"),
            bind(&[char('k'), key(KeyCode::Up)], Action::Up, "up"),
            bind(&[key(KeyCode::PageDown), Key::Ctrl('f')], Action::PageDown, "a page down"),
            bind(&[key(KeyCode::PageUp), Key::Ctrl('b')], Action::PageUp, "a page up"),
            bind(&[Key::Ctrl('d')], Action::HalfDown, "half a page down"),
            bind(&[Key::Ctrl('u')], Action::HalfUp, "half a page up"),
            bind(&[char('g'), key(KeyCode::Home)], Action::First, "first"),
            bind(&[char('G'), key(KeyCode::End)], Action::Last, "last"),
            bind(&[key(KeyCode::Enter)], Action::Open, "into the detail, then to its requests"),
            bind(&[key(KeyCode::Esc)], Action::Back, "back, then clear the filter"),
        ],
    ),
    (
        "Time",
        &[
            bind(&[char('+')], Action::ZoomIn, "zoom in at the cursor"),
            bind(&[char('-')], Action::ZoomOut, "zoom out"),
            bind(&[char('h'), key(KeyCode::Left)], Action::PanLeft, "earlier"),
            bind(&[char('l'), key(KeyCode::Right)], Action::PanRight, "later"),
            bind(&[char('['), char('<')], Action::CursorLeft, "cursor left"),
            bind(&[char(']'), char('>')], Action::CursorRight, "cursor right"),
            bind(&[char('f')], Action::FitSelected, "fit the selected connection"),
            bind(&[char('0'), char('=')], Action::FitAll, "fit everything"),
        ],
    ),
    (
        "List",
        &[
            bind(&[char('/')], Action::Filter, "filter: names, addresses, endings, URLs"),
            bind(
                &[char('s')],
                Action::Sort,
                "sort by the next of start, duration, bytes, handshake, problems",
            ),
            bind(&[char('r')], Action::Reverse, "reverse the order"),
            bind(&[char('1')], Action::Timeline, "wide timeline"),
            bind(&[char('2')], Action::Table, "wide table"),
            bind(&[key(KeyCode::Tab)], Action::Emphasis, "the other of the two"),
        ],
    ),
    (
        "tapline",
        &[
            bind(&[char('w')], Action::Warnings, "what to know before believing it"),
            bind(&[char('?'), key(KeyCode::F(1))], Action::Help, "these keys"),
            bind(&[char('q'), Key::Ctrl('c')], Action::Quit, "quit"),
        ],
    ),
];

/// What a pressed key asks for.
pub(crate) fn action(pressed: KeyEvent) -> Option<Action> {
    let bindings = GROUPS.iter().flat_map(|(_, bindings)| *bindings);
    let mut found = bindings.filter(|binding| binding.keys.iter().any(|key| key.is(pressed)));
    found.next().map(|binding| binding.action)
}

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
            Self::Plain(KeyCode::Char(c)) => c.to_string(),
            Self::Plain(KeyCode::Up) => "↑".to_owned(),
            Self::Plain(KeyCode::Down) => "↓".to_owned(),
            Self::Plain(KeyCode::Left) => "←".to_owned(),
            Self::Plain(KeyCode::Right) => "→".to_owned(),
            Self::Plain(KeyCode::PageUp) => "PgUp".to_owned(),
            Self::Plain(KeyCode::PageDown) => "PgDn".to_owned(),
            Self::Plain(code) => code.to_string(),
        }
    }
}

impl Binding {
    /// Its keys, as the help shows them.
    pub(crate) fn names(&self) -> String {
        self.keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_bound_twice_and_no_action_stands_in_two_lines() {
        let bindings: Vec<&Binding> = GROUPS.iter().flat_map(|(_, bindings)| *bindings).collect();
        let keys: Vec<Key> = bindings.iter().flat_map(|binding| binding.keys).copied().collect();
        for (index, key) in keys.iter().enumerate() {
            assert!(!keys[..index].contains(key), "{key:?} twice");
        }
        for (index, binding) in bindings.iter().enumerate() {
            assert!(
                !bindings[..index].iter().any(|other| other.action == binding.action),
                "{:?}",
                binding.action
            );
            assert!(!binding.says.is_empty() && !binding.keys.is_empty());
        }
    }

    #[test]
    fn a_key_is_found_with_shift_and_not_with_alt() {
        let press = |code, modifiers| action(KeyEvent::new(code, modifiers));
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Action::Last));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::NONE), None);
        assert_eq!(press(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(press(KeyCode::Enter, KeyModifiers::NONE), Some(Action::Open));
    }
}
