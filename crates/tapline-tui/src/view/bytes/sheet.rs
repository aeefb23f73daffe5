//! An event as lines of text.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::model::{Ink, Model};
use crate::phases::Phase;
use crate::theme::Role;
use crate::view::pen::Pen;

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let lines = model.bytes.sheet.lines.iter().skip(model.bytes.sheet_top);
    for (line, y) in lines.zip(place.top()..place.bottom()) {
        let line_place = Rect { x: place.x + 1, y, width: place.width.saturating_sub(1), height: 1 };
        let mut pen = Pen::new(buffer, line_place, model.theme);
        let mut hidden = model.bytes.sheet_left;
        for (text, ink) in line {
            let shown = text.char_indices().find(|_| {
                let is_shown = hidden == 0;
                hidden = hidden.saturating_sub(1);
                is_shown
            });
            let shown = shown.and_then(|(at, _)| text.get(at..)).unwrap_or_default();
            pen.styled(shown, style(model, *ink));
        }
    }
}

fn style(model: &Model, ink: Ink) -> Style {
    let of = |phase: Phase| model.theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour));
    match ink {
        Ink::Plain => Style::new(),
        Ink::Dim => model.theme.style(Role::Dim),
        Ink::Name => model.theme.style(Role::Name),
        Ink::Strong => model.theme.style(Role::Strong),
        Ink::Good => model.theme.style(Role::Good),
        Ink::Bad => model.theme.style(Role::Bad),
        Ink::Client => of(Phase::Send),
        Ink::Server => of(Phase::Receive),
    }
}
