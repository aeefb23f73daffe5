//! How things look: roles and phases, never colours, are what the views speak of.

mod ascii;

use ratatui::style::{Color, Modifier, Style};

use crate::phases::{Mark, Phase};

pub(crate) use ascii::to_ascii;

/// How the dashboard looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Theme {
    /// Its colours.
    pub palette: Palette,
    /// Whether nothing but ASCII is drawn, for terminals and fonts that have no more.
    pub ascii: bool,
}

/// The colours. Those that tell phases apart hold for colour-blind people.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Palette {
    /// For a dark background; they can be read on a light one too.
    Dark,
    /// Darker ones, for a light background.
    Light,
    /// None but attributes (`NO_COLOR`, `--color never`).
    Plain,
}

/// What a piece of text is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Role {
    Plain,
    /// Headings and what is most important.
    Strong,
    /// What matters less.
    Dim,
    /// Names and addresses.
    Name,
    /// Look here.
    Warn,
    /// It failed.
    Bad,
    /// It was looked at and holds.
    Good,
    /// A key that can be pressed.
    Key,
    /// The selected row.
    Selected,
    /// The tab of the screen that is shown.
    Tab,
    /// The filled part of a progress bar.
    Progress,
}

/// The colours that tell things apart.
struct Inks {
    orange: Color,
    yellow: Color,
    purple: Color,
    blue: Color,
    sky: Color,
    green: Color,
    grey: Color,
    red: Color,
    amber: Color,
}

// Okabe and Ito's palette, as near as the 256 colours of xterm come: they are the same in every terminal, and
// every pair of neighbours differs in lightness too.
const DARK: Inks = Inks {
    orange: Color::Indexed(172),
    yellow: Color::Indexed(185),
    purple: Color::Indexed(133),
    blue: Color::Indexed(26),
    sky: Color::Indexed(74),
    green: Color::Indexed(36),
    grey: Color::Indexed(245),
    red: Color::Indexed(160),
    amber: Color::Indexed(136),
};

// The same hues, dark enough for black on white beside them.
const LIGHT: Inks = Inks {
    orange: Color::Indexed(166),
    yellow: Color::Indexed(142),
    purple: Color::Indexed(90),
    blue: Color::Indexed(19),
    sky: Color::Indexed(25),
    green: Color::Indexed(29),
    grey: Color::Indexed(240),
    red: Color::Indexed(124),
    amber: Color::Indexed(94),
};

impl Theme {
    /// Colours for a dark background.
    pub const DARK: Self = Self { palette: Palette::Dark, ascii: false };
    /// Colours for a light background.
    pub const LIGHT: Self = Self { palette: Palette::Light, ascii: false };
    /// No colours.
    pub const PLAIN: Self = Self { palette: Palette::Plain, ascii: false };

    /// The one that the key goes to next: dark, light, none.
    #[must_use]
    pub(crate) fn next(self) -> Self {
        let palette = match self.palette {
            Palette::Dark => Palette::Light,
            Palette::Light => Palette::Plain,
            Palette::Plain => Palette::Dark,
        };
        Self { palette, ..self }
    }

    fn inks(self) -> Option<&'static Inks> {
        match self.palette {
            Palette::Dark => Some(&DARK),
            Palette::Light => Some(&LIGHT),
            Palette::Plain => None,
        }
    }

    /// How text of this role is drawn.
    pub(crate) fn style(self, role: Role) -> Style {
        let plain = Style::new();
        match (self.inks(), role) {
            (_, Role::Plain) | (None, Role::Name | Role::Progress | Role::Good) => plain,
            (Some(inks), Role::Dim) => plain.fg(inks.grey),
            (None, Role::Dim) => plain.add_modifier(Modifier::DIM),
            (Some(inks), Role::Name) => plain.fg(inks.sky),
            (Some(inks), Role::Warn) => plain.fg(inks.amber),
            (None, Role::Warn) => plain.add_modifier(Modifier::UNDERLINED),
            (Some(inks), Role::Bad) => plain.fg(inks.red).add_modifier(Modifier::BOLD),
            (_, Role::Strong) | (None, Role::Bad | Role::Key) => plain.add_modifier(Modifier::BOLD),
            (Some(inks), Role::Key) => plain.fg(inks.sky).add_modifier(Modifier::BOLD),
            (_, Role::Selected) => plain.add_modifier(Modifier::REVERSED),
            (_, Role::Tab) => plain.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            (Some(inks), Role::Progress | Role::Good) => plain.fg(inks.green),
        }
    }

    /// Cells are halved where two colours can stand in one.
    pub(crate) fn columns_a_cell(self) -> usize {
        if self.tells_by_glyph() { 1 } else { 2 }
    }

    fn tells_by_glyph(self) -> bool {
        self.ascii || self.palette == Palette::Plain
    }

    /// The colour of a phase; `None` where only glyphs tell them apart.
    pub(crate) fn colour(self, phase: Phase) -> Option<Color> {
        let inks = self.inks()?;
        Some(match phase {
            Phase::Idle | Phase::Blocked | Phase::Teardown => inks.grey,
            Phase::Dns => inks.yellow,
            Phase::Stalled => inks.red,
            Phase::Connect => inks.orange,
            Phase::Tls => inks.purple,
            Phase::Send => inks.blue,
            Phase::Wait => inks.sky,
            Phase::Receive => inks.green,
        })
    }

    /// The glyph of a cell that is all one phase.
    pub(crate) fn glyph(self, phase: Phase) -> &'static str {
        match (self.tells_by_glyph(), phase) {
            (_, Phase::Idle) => "─",
            (_, Phase::Blocked) => "┄",
            (true, Phase::Dns) => "◆",
            (true, Phase::Stalled) => "▁",
            (true, Phase::Connect) => "▒",
            (true, Phase::Tls) => "▓",
            (true, Phase::Send) => "▞",
            (true, Phase::Wait) => "░",
            (true, Phase::Teardown) => "┤",
            (false, _) | (true, Phase::Receive) => "█",
        }
    }

    /// How a mark is drawn.
    pub(crate) fn mark(self, mark: Mark) -> (&'static str, Style) {
        match mark {
            Mark::Reset | Mark::Refused | Mark::TlsFailed => ("✗", self.style(Role::Bad)),
            Mark::Unanswered => ("?", self.style(Role::Bad)),
            Mark::Dropped => ("!", self.style(Role::Bad)),
            Mark::Gap => ("▿", self.style(Role::Warn)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_tells_phases_apart() {
        for palette in [Palette::Dark, Palette::Light, Palette::Plain] {
            for ascii in [false, true] {
                let theme = Theme { palette, ascii };
                let look = |phase| {
                    let glyph = theme.glyph(phase);
                    let glyph = if ascii { to_ascii(glyph) } else { glyph.to_owned() };
                    (glyph, theme.colour(phase))
                };
                for (index, phase) in Phase::ALL.into_iter().enumerate() {
                    for other in Phase::ALL.into_iter().skip(index + 1) {
                        // Both are grey and never on one bar: a request is blocked, a connection is closed.
                        if [phase, other] != [Phase::Blocked, Phase::Teardown] {
                            assert_ne!(look(phase), look(other), "{theme:?}: {phase:?} and {other:?}");
                        }
                    }
                }
            }
        }
        assert_eq!(Theme::DARK.next().next().next(), Theme::DARK);
    }
}
