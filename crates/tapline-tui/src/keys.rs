//! The commands: what each does, by which name and by which keys, and what the help says of it.

mod commands;
#[cfg(test)]
mod documentation;
mod key;

pub(crate) use commands::{COMMANDS, Command, Group};
pub(crate) use key::Key;

use crossterm::event::KeyEvent;

use crate::model::Page;

/// What a key asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Action {
    // Screens.
    Show(Page),
    NextPage,
    PreviousPage,
    Open,
    Back,
    // Moving.
    Down,
    Up,
    PageDown,
    PageUp,
    HalfDown,
    HalfUp,
    First,
    Last,
    Detail,
    Mark,
    Jump,
    // Time.
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    CursorLeft,
    CursorRight,
    FitAll,
    FitSelected,
    // Lists.
    Filter,
    Sort,
    Reverse,
    Requests,
    // One connection.
    LayerTcp,
    LayerTls,
    LayerHttp,
    Unfold,
    Next,
    Other,
    NextEvent,
    PreviousEvent,
    // tapline.
    Explain,
    Help,
    Warnings,
    Palette,
    Copy,
    Export,
    Follow,
    Pause,
    Theme,
    Suspend,
    Quit,
}

impl Action {
    /// How many lines it goes on where so many are a page, `isize::MIN` and `MAX` for the ends; `None` where it does not
    /// move.
    pub(crate) fn lines(self, page: isize) -> Option<isize> {
        let half = (page / 2).max(1);
        Some(match self {
            Self::Down => 1,
            Self::Up => -1,
            Self::PageDown => page,
            Self::PageUp => -page,
            Self::HalfDown => half,
            Self::HalfUp => -half,
            Self::First => isize::MIN,
            Self::Last => isize::MAX,
            _ => return None,
        })
    }
}

/// Which keys ask for what: the table's own, or those of the configuration.
#[derive(Clone, Debug)]
pub(crate) struct Keymap {
    /// By command, in the order of the table.
    bound: Vec<(&'static Command, Vec<Key>)>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self { bound: COMMANDS.iter().map(|command| (command, command.keys.to_vec())).collect() }
    }
}

impl Keymap {
    /// Binds a command, by its name, to other keys; keys that it takes from others are theirs no longer where both
    /// could be meant. Whether there is such a command.
    pub(crate) fn bind(&mut self, name: &str, keys: &[Key]) -> bool {
        let Some(place) = self.bound.iter().position(|(command, _)| command.name == name) else {
            return false;
        };
        let Some(group) = self.bound.get(place).map(|(command, _)| command.group) else { return false };
        for (at, (command, theirs)) in self.bound.iter_mut().enumerate() {
            if at == place {
                *theirs = keys.to_vec();
            } else if command.group.meets(group) {
                theirs.retain(|key| !keys.contains(key));
            }
        }
        true
    }

    /// What a pressed key asks for on a screen: its own meaning there goes before the one it has everywhere.
    pub(crate) fn action(&self, pressed: KeyEvent, page: Page) -> Option<Action> {
        let asked = |(command, keys): &&(&'static Command, Vec<Key>)| {
            command.group.holds_on(page) && keys.iter().any(|key| key.is(pressed))
        };
        let mut found = self.bound.iter().filter(asked).map(|(command, _)| *command);
        let first = found.next()?;
        Some(found.find(|command| command.group.is_of_one_page()).unwrap_or(first).action)
    }

    /// Every command with its keys, in the order of the table.
    pub(crate) fn commands(&self) -> impl Iterator<Item = (&'static Command, &[Key])> {
        self.bound.iter().map(|(command, keys)| (*command, keys.as_slice()))
    }

    /// The first key of an action on a screen.
    pub(crate) fn name(&self, action: Action, page: Page) -> Option<String> {
        let asked = |(command, _): &&(&'static Command, Vec<Key>)| {
            command.action == action && command.group.holds_on(page)
        };
        let (_, keys) = self.bound.iter().find(asked)?;
        keys.first().map(|key| key.name())
    }
}

/// Keys as the help shows them.
pub(crate) fn names(keys: &[Key]) -> String {
    keys.iter().map(|key| key.name()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn no_key_means_two_things_on_a_screen_and_every_action_has_one_command() {
        for page in Page::ALL {
            let here: Vec<&Command> =
                COMMANDS.iter().filter(|command| command.group.holds_on(page)).collect();
            let own = |command: &&Command| command.group.is_of_one_page();
            for part in [
                here.iter().copied().filter(own).collect::<Vec<_>>(),
                here.iter().copied().filter(|c| !own(c)).collect(),
            ] {
                let keys: Vec<Key> = part.iter().flat_map(|command| command.keys).copied().collect();
                for (index, key) in keys.iter().enumerate() {
                    assert!(!keys[..index].contains(key), "{key:?} twice on {page:?}");
                }
            }
        }
        for (index, command) in COMMANDS.iter().enumerate() {
            let same = |other: &Command| other.name == command.name;
            assert!(!COMMANDS[..index].iter().any(same), "{:?}", command.name);
            assert!(!command.says.is_empty() && !command.name.is_empty());
        }
    }

    #[test]
    fn a_key_is_found_with_shift_and_not_with_alt() {
        let map = Keymap::default();
        let press = |code, modifiers| map.action(KeyEvent::new(code, modifiers), Page::Connections);
        assert_eq!(press(KeyCode::Char('G'), KeyModifiers::SHIFT), Some(Action::Last));
        assert_eq!(press(KeyCode::Char('c'), KeyModifiers::CONTROL), Some(Action::Quit));
        assert_eq!(press(KeyCode::Char('q'), KeyModifiers::ALT), None);
        assert_eq!(press(KeyCode::Enter, KeyModifiers::NONE), Some(Action::Open));
    }

    #[test]
    fn a_key_that_is_bound_anew_leaves_its_old_command() {
        let mut map = Keymap::default();
        assert!(map.bind("sort", &[Key::Plain(KeyCode::Char('q'))]));
        let press = |c| map.action(KeyEvent::new(KeyCode::Char(c), KeyModifiers::NONE), Page::Connections);
        assert_eq!((press('q'), press('s')), (Some(Action::Sort), None));
        assert!(!Keymap::default().bind("dance", &[]));
    }
}
