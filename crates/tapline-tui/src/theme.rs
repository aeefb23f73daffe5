//! How things look: roles and phases, never colours, are what the views speak of.

use ratatui::style::{Color, Modifier, Style};

use crate::phases::{Mark, Phase};

/// Colours, or none (`NO_COLOR`, `--color never`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Theme {
    /// Colours that hold on dark and light backgrounds and for colour-blind people.
    Colours,
    /// Attributes only.
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

// Okabe and Ito's palette, as near as the 256 colours of xterm come: they are the same in every terminal, and
// every pair of neighbours differs in lightness too.
const ORANGE: Color = Color::Indexed(172);
const YELLOW: Color = Color::Indexed(185);
const PURPLE: Color = Color::Indexed(133);
const BLUE: Color = Color::Indexed(26);
const SKY: Color = Color::Indexed(74);
const GREEN: Color = Color::Indexed(36);
const GREY: Color = Color::Indexed(245);
const RED: Color = Color::Indexed(160);
const AMBER: Color = Color::Indexed(136);

impl Theme {
    /// How text of this role is drawn.
    pub(crate) fn style(self, role: Role) -> Style {
        let plain = Style::new();
        match (self, role) {
            (Self::Colours, Role::Dim) => plain.fg(GREY),
            (Self::Plain, Role::Dim) => plain.add_modifier(Modifier::DIM),
            (Self::Colours, Role::Name) => plain.fg(SKY),
            (_, Role::Plain) | (Self::Plain, Role::Name | Role::Progress | Role::Good) => plain,
            (Self::Colours, Role::Warn) => plain.fg(AMBER),
            (Self::Plain, Role::Warn) => plain.add_modifier(Modifier::UNDERLINED),
            (Self::Colours, Role::Bad) => plain.fg(RED).add_modifier(Modifier::BOLD),
            (_, Role::Strong) | (Self::Plain, Role::Bad | Role::Key) => plain.add_modifier(Modifier::BOLD),
            (Self::Colours, Role::Key) => plain.fg(SKY).add_modifier(Modifier::BOLD),
            (_, Role::Selected) => plain.add_modifier(Modifier::REVERSED),
            (_, Role::Tab) => plain.add_modifier(Modifier::REVERSED | Modifier::BOLD),
            (Self::Colours, Role::Progress | Role::Good) => plain.fg(GREEN),
        }
    }

    /// Cells are halved where two colours can stand in one.
    pub(crate) fn columns_a_cell(self) -> usize {
        match self {
            Self::Colours => 2,
            Self::Plain => 1,
        }
    }

    /// The colour of a phase; `None` where glyphs tell them apart.
    pub(crate) fn colour(self, phase: Phase) -> Option<Color> {
        (self == Self::Colours).then_some(match phase {
            Phase::Idle | Phase::Blocked | Phase::Teardown => GREY,
            Phase::Dns => YELLOW,
            Phase::Stalled => RED,
            Phase::Connect => ORANGE,
            Phase::Tls => PURPLE,
            Phase::Send => BLUE,
            Phase::Wait => SKY,
            Phase::Receive => GREEN,
        })
    }

    /// The glyph of a cell that is all one phase.
    pub(crate) fn glyph(self, phase: Phase) -> &'static str {
        match (self, phase) {
            (_, Phase::Idle) => "─",
            (_, Phase::Blocked) => "┄",
            (Self::Plain, Phase::Dns) => "◆",
            (Self::Plain, Phase::Stalled) => "▁",
            (Self::Plain, Phase::Connect) => "▒",
            (Self::Plain, Phase::Tls) => "▓",
            (Self::Plain, Phase::Send) => "▞",
            (Self::Plain, Phase::Wait) => "░",
            (Self::Plain, Phase::Teardown) => "┤",
            (Self::Colours, _) | (Self::Plain, Phase::Receive) => "█",
        }
    }

    /// How a mark is drawn.
    pub(crate) fn mark(self, mark: Mark) -> (&'static str, Style) {
        match mark {
            Mark::Reset | Mark::Refused | Mark::TlsFailed => ("✗", self.style(Role::Bad)),
            Mark::Unanswered => ("?", self.style(Role::Bad)),
        }
    }
}
