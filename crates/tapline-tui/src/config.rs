//! The user's configuration: theme, glyphs and keys. Text in; the file is somebody else's to read.
//!
//! ```toml
//! theme = "light"      # auto, dark, light, plain
//! glyphs = "ascii"     # auto, unicode, ascii
//!
//! [keys]               # commands by the names that : shows
//! sort = ["S"]
//! quit = ["q", "Ctrl-q"]
//! ```

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::keys::{COMMANDS, Key, Keymap};

/// What a configuration says.
#[derive(Clone, Debug, Default)]
pub struct Config {
    /// The colours; by the terminal where it does not say.
    pub theme: Choice,
    /// The glyphs; by the locale where it does not say.
    pub glyphs: Glyphs,
    pub(crate) keymap: Keymap,
}

/// Which colours are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Choice {
    /// What the terminal seems to be.
    #[default]
    Auto,
    /// For a dark background.
    Dark,
    /// For a light background.
    Light,
    /// None.
    Plain,
}

/// Which glyphs are wanted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Glyphs {
    /// What the locale has.
    #[default]
    Auto,
    /// Blocks, lines and Braille.
    Unicode,
    /// ASCII only.
    Ascii,
}

/// What is wrong with a configuration.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// It is no TOML, or has other keys than these.
    #[error("{0}")]
    Format(#[from] Box<toml::de::Error>),
    /// There is no such command.
    #[error("keys.{name}: there is no such command; there are {}", names())]
    Command {
        /// As it was written.
        name: String,
    },
    /// There is no such key.
    #[error("keys.{name}: {why}")]
    Key {
        /// The command.
        name: String,
        /// What is wrong.
        why: String,
    },
}

fn names() -> String {
    let mut names: Vec<&str> = COMMANDS.iter().map(|command| command.name).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    theme: Choice,
    #[serde(default)]
    glyphs: Glyphs,
    #[serde(default)]
    keys: BTreeMap<String, Vec<String>>,
}

impl Config {
    /// Reads a configuration's text.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let File { theme, glyphs, keys } = toml::from_str(text).map_err(Box::new)?;
        let mut keymap = Keymap::default();
        for (name, keys) in keys {
            let parsed: Result<Vec<Key>, String> = keys.iter().map(|key| key.parse()).collect();
            let parsed = parsed.map_err(|why| ConfigError::Key { name: name.clone(), why })?;
            if !keymap.bind(&name, &parsed) {
                return Err(ConfigError::Command { name });
            }
        }
        Ok(Self { theme, glyphs, keymap })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_says_and_what_it_does_not() {
        let config = Config::parse("theme = \"light\"\n[keys]\nsort = [\"S\", \"Ctrl-s\"]\n").unwrap();
        assert_eq!((config.theme, config.glyphs), (Choice::Light, Glyphs::Auto));
        let sort = config.keymap.commands().find(|(command, _)| command.name == "sort").unwrap().1;
        assert_eq!(sort, ["S".parse::<Key>().unwrap(), Key::Ctrl('s')]);
        let empty = Config::parse("").unwrap();
        assert_eq!((empty.theme, empty.glyphs), (Choice::Auto, Glyphs::Auto));
    }

    #[test]
    fn what_is_wrong_is_named_with_the_next_step() {
        let check = |text: &str, expected: &[&str]| {
            let error = Config::parse(text).unwrap_err().to_string();
            for part in expected {
                assert!(error.contains(part), "{part}: {error}");
            }
        };
        check("theme = \"pink\"", &["pink", "dark", "light"]);
        check("colour = 1", &["colour", "theme"]);
        check("[keys]\ndance = [\"d\"]", &["keys.dance", "sort"]);
        check("[keys]\nsort = [\"Hyper-x\"]", &["keys.sort", "Hyper-x", "Ctrl-x"]);
    }
}
