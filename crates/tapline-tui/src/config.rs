//! What the user's configuration has for the dashboard: theme, glyphs and keys. Its part of a file's text in; the file, and
//! what else is in it, are somebody else's to read.
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
use toml::Spanned;
use toml::de::DeTable;

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

/// What is wrong with a configuration, and where.
#[derive(Debug, thiserror::Error)]
#[error("{why}")]
pub struct ConfigError {
    /// The octet of the text at which it is.
    pub at: usize,
    /// What is wrong, with the next step.
    pub why: String,
}

impl From<toml::de::Error> for ConfigError {
    fn from(error: toml::de::Error) -> Self {
        Self { at: error.span().map_or(0, |span| span.start), why: error.message().to_owned() }
    }
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
    keys: BTreeMap<Spanned<String>, Vec<String>>,
}

impl Config {
    /// What of a configuration is the dashboard's.
    pub const KEYS: [&str; 3] = ["theme", "glyphs", "keys"];

    /// Reads the dashboard's part of a text.
    pub fn read(part: Spanned<DeTable<'_>>) -> Result<Self, ConfigError> {
        let File { theme, glyphs, keys } = File::deserialize(toml::Deserializer::from(part))?;
        let mut keymap = Keymap::default();
        for (name, keys) in keys {
            let (at, name) = (name.span().start, name.into_inner());
            let parsed: Result<Vec<Key>, String> = keys.iter().map(|key| key.parse()).collect();
            let parsed = parsed.map_err(|why| ConfigError { at, why: format!("keys.{name}: {why}") })?;
            if !keymap.bind(&name, &parsed) {
                let why = format!("keys.{name}: there is no such command; there are {}", names());
                return Err(ConfigError { at, why });
            }
        }
        Ok(Self { theme, glyphs, keymap })
    }

    /// Reads a text that has nothing else in it.
    #[cfg(test)]
    pub(crate) fn parse(text: &str) -> Result<Self, ConfigError> {
        Self::read(DeTable::parse(text)?)
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
    fn what_is_wrong_is_named_with_its_place_and_the_next_step() {
        let check = |text: &str, place: &str, expected: &[&str]| {
            let error = Config::parse(text).unwrap_err();
            assert!(text[error.at..].starts_with(place), "{place}: {error:?}");
            for part in expected {
                assert!(error.why.contains(part), "{part}: {error}");
            }
        };
        check("theme = \"pink\"", "\"pink\"", &["pink", "dark", "light"]);
        check("colour = 1", "colour", &["colour", "theme"]);
        check("theme =", "", &["value"]);
        check("[keys]\ndance = [\"d\"]", "dance", &["keys.dance", "sort"]);
        check("[keys]\nsort = [\"Hyper-x\"]", "sort", &["keys.sort", "Hyper-x", "Ctrl-x"]);
    }

    #[test]
    fn every_key_of_the_dashboard_is_named() {
        let error = Config::parse("colour = 1").unwrap_err().why;
        assert!(Config::KEYS.iter().all(|key| error.contains(&format!("`{key}`"))), "{error}");
        assert_eq!(error.matches('`').count(), 2 * (1 + Config::KEYS.len()), "{error}");
    }
}
