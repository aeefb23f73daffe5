//! Colours as roles.

use std::borrow::Cow;

/// What a piece of text is, not how it looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Ink {
    #[default]
    Plain,
    /// Headings.
    Bold,
    /// What matters less.
    Dim,
    /// It went well.
    Good,
    /// Look here.
    Warn,
    /// It failed.
    Bad,
    /// Names and addresses.
    Name,
}

/// Whether roles become colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Palette {
    /// ANSI colours of the terminal's own theme.
    Colours,
    /// None.
    #[default]
    Plain,
}

impl Palette {
    pub(super) fn paint(self, ink: Ink, text: &str) -> Cow<'_, str> {
        let code = match (self, ink) {
            (Self::Plain, _) | (_, Ink::Plain) => return text.into(),
            (_, Ink::Bold) => "1",
            (_, Ink::Dim) => "2",
            (_, Ink::Good) => "32",
            (_, Ink::Warn) => "33",
            (_, Ink::Bad) => "31",
            (_, Ink::Name) => "36",
        };
        if text.trim().is_empty() { text.into() } else { format!("\x1b[{code}m{text}\x1b[0m").into() }
    }
}
