//! The command palette: what was typed, and which command it finds.

use super::Page;
use crate::keys::{Action, Command, Keymap};

/// What was typed and which of the commands that it finds is selected.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(crate) struct Palette {
    pub(crate) text: String,
    pub(crate) selected: usize,
}

impl Palette {
    /// The commands that mean something on a screen and have all words in their name or in what they do, those that
    /// begin with what was typed first.
    pub(crate) fn found<'a>(&self, keymap: &'a Keymap, page: Page) -> Vec<(&'a Command, String)> {
        let words: Vec<String> = self.text.split_whitespace().map(str::to_lowercase).collect();
        let has = |command: &Command| {
            let text = format!("{} {}", command.name, command.says).to_lowercase();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let here = keymap.commands().filter(|(command, _)| command.group.holds_on(page) && has(command));
        let mut found: Vec<_> = here.map(|(command, keys)| (command, crate::keys::names(keys))).collect();
        let typed = self.text.trim().to_lowercase();
        found.sort_by_key(|(command, _)| !command.name.starts_with(&typed));
        found
    }

    /// What the selected command does.
    pub(crate) fn action(&self, keymap: &Keymap, page: Page) -> Option<Action> {
        self.found(keymap, page).get(self.selected).map(|(command, _)| command.action)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_name_first() {
        let map = Keymap::default();
        let found = |text: &str, page| {
            let palette = Palette { text: text.into(), selected: 0 };
            let names: Vec<&str> =
                palette.found(&map, page).iter().map(|(command, _)| command.name).collect();
            names
        };
        assert_eq!(found("sort", Page::Connections), ["sort"]);
        assert_eq!(found("exp", Page::Overview).first(), Some(&"explain"));
        assert!(
            found("", Page::Ladder).contains(&"unfold") && !found("", Page::Overview).contains(&"unfold")
        );
        assert_eq!(found("no such thing", Page::Overview), Vec::<&str>::new());
    }
}
