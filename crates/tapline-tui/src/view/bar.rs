//! A bar: phases in colour, or in glyphs where there is no colour.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use crate::Theme;
use crate::paint::Cell;
use crate::phases::Phase;

/// Draws cells from a place's left end.
pub(super) fn draw(cells: &[Cell], place: Rect, theme: Theme, buffer: &mut Buffer) {
    for (cell, x) in cells.iter().zip(place.left()..place.right()) {
        let Some((glyph, style)) = look(*cell, theme) else { continue };
        if let Some(target) = buffer.cell_mut((x, place.y)) {
            target.set_symbol(glyph).set_style(style);
        }
    }
}

/// How a cell looks; `None` where it is empty.
fn look(cell: Cell, theme: Theme) -> Option<(&'static str, Style)> {
    if let Some(mark) = cell.mark {
        return Some(theme.mark(mark));
    }
    let ink = |phase: Phase| theme.colour(phase).map_or(Style::new(), |colour| Style::new().fg(colour));
    let is_line = |phase: Phase| matches!(phase, Phase::Idle | Phase::Blocked);
    Some(match (cell.left, cell.right) {
        (None, None) => return None,
        (Some(left), Some(right)) if left == right => (theme.glyph(left), ink(left)),
        (Some(left), None) => (if is_line(left) { "╴" } else { "▌" }, ink(left)),
        (None, Some(right)) => (if is_line(right) { "╶" } else { "▐" }, ink(right)),
        // A line has no half that could stand beside a block: the block says more.
        (Some(left), Some(right)) if is_line(right) => ("▌", ink(left)),
        (Some(left), Some(right)) if is_line(left) => ("▐", ink(right)),
        (Some(left), Some(right)) => {
            let style = ink(left);
            ("▌", theme.colour(right).map_or(style, |colour| style.bg(colour)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phases::Mark;

    #[test]
    fn each_pair_of_halves() {
        let glyph = |left, right| look(Cell { left, right, mark: None }, Theme::DARK).map(|(glyph, _)| glyph);
        let (idle, tcp, tls) = (Some(Phase::Idle), Some(Phase::Connect), Some(Phase::Tls));
        assert_eq!(glyph(None, None), None);
        assert_eq!((glyph(idle, idle), glyph(tcp, tcp)), (Some("─"), Some("█")));
        assert_eq!((glyph(idle, None), glyph(None, idle)), (Some("╴"), Some("╶")));
        assert_eq!((glyph(tcp, None), glyph(None, tcp)), (Some("▌"), Some("▐")));
        assert_eq!((glyph(tcp, idle), glyph(idle, tcp)), (Some("▌"), Some("▐")));
        let (glyph, style) = look(Cell { left: tcp, right: tls, mark: None }, Theme::DARK).unwrap();
        assert_eq!(glyph, "▌");
        assert_eq!(
            (style.fg, style.bg),
            (Theme::DARK.colour(Phase::Connect), Theme::DARK.colour(Phase::Tls))
        );
    }

    #[test]
    fn without_colour_each_phase_has_its_own_glyph() {
        let mut glyphs: Vec<_> = Phase::ALL.iter().map(|&phase| Theme::PLAIN.glyph(phase)).collect();
        glyphs.push(Theme::PLAIN.mark(Mark::Reset).0);
        glyphs.push(Theme::PLAIN.mark(Mark::Unanswered).0);
        glyphs.push(Theme::PLAIN.mark(Mark::Gap).0);
        glyphs.push(Theme::PLAIN.mark(Mark::Dropped).0);
        glyphs.sort_unstable();
        glyphs.dedup();
        assert_eq!(glyphs.len(), Phase::ALL.len() + 4);
        assert!(Phase::ALL.iter().all(|&phase| Theme::PLAIN.colour(phase).is_none()));
    }
}
