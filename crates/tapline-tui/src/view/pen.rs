//! Writing text into cells: left to right, never beyond a place's end, and made safe whoever it is from.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use tapline_engine::analysis::printable;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::Theme;
use crate::limits::CELLS_MAX;
use crate::theme::Role;

/// Writes on the first line of a place.
pub(super) struct Pen<'a> {
    buffer: &'a mut Buffer,
    theme: Theme,
    x: u16,
    y: u16,
    right: u16,
}

impl<'a> Pen<'a> {
    /// At the place's beginning.
    pub(super) fn new(buffer: &'a mut Buffer, place: Rect, theme: Theme) -> Self {
        let place = place.intersection(buffer.area);
        let right = if place.height == 0 { place.x } else { place.right() };
        Self { buffer, theme, x: place.x, y: place.y, right }
    }

    /// Cells that are left.
    pub(super) fn room(&self) -> u16 {
        self.right - self.x
    }

    /// Writes as much as there is room for.
    pub(super) fn write(&mut self, text: &str, role: Role) {
        self.styled(text, self.theme.style(role));
    }

    /// Writes as much as there is room for, in a style of its own.
    pub(super) fn styled(&mut self, text: &str, style: Style) {
        if self.room() > 0 {
            let room = usize::from(self.room());
            self.x = self.buffer.set_stringn(self.x, self.y, printable(text), room, style).0;
        }
    }

    /// Writes in a field of so many cells, `…` standing for what does not fit.
    pub(super) fn field(&mut self, text: &str, width: u16, role: Role) {
        let end = self.x.saturating_add(width).min(self.right);
        self.write(&clip(text, usize::from(end - self.x)), role);
        self.x = end;
    }

    /// The same, at the field's right end.
    pub(super) fn field_right(&mut self, text: &str, width: u16, role: Role) {
        let text = clip(text, usize::from(width));
        let indent = width.saturating_sub(columns(&text));
        self.skip(indent);
        self.field(&text, width - indent, role);
    }

    /// Leaves cells empty.
    pub(super) fn skip(&mut self, cells: u16) {
        self.x = self.x.saturating_add(cells).min(self.right);
    }

    /// Writes at the line's right end, if it fits behind what stands there and two cells more.
    pub(super) fn right(&mut self, pieces: &[(&str, Role)]) {
        let width: u16 = pieces.iter().map(|(text, _)| columns(text)).sum();
        if width + 2 <= self.room() {
            self.x = self.right - width;
            for (text, role) in pieces {
                self.write(text, *role);
            }
        }
    }

    /// Fills the rest of the line.
    pub(super) fn fill(&mut self, glyph: &str, role: Role) {
        let text = glyph.repeat(usize::from(self.room()));
        self.write(&text, role);
    }
}

/// Cells that a text takes, [`CELLS_MAX`] at most: some such numbers can be added up.
pub(super) fn columns(text: &str) -> u16 {
    u16::try_from(text.width()).unwrap_or(CELLS_MAX).min(CELLS_MAX)
}

/// A text in so many cells, `…` standing for what does not fit.
pub(super) fn clip(text: &str, width: usize) -> std::borrow::Cow<'_, str> {
    if text.width() <= width {
        return text.into();
    }
    let (mut end, mut used) = (0, 0);
    for (at, c) in text.char_indices() {
        used += c.width().unwrap_or(0);
        if used + 1 > width {
            break;
        }
        end = at + c.len_utf8();
    }
    let kept = text.get(..end).unwrap_or_default();
    if width == 0 { "".into() } else { format!("{kept}…").into() }
}

/// A text on lines of so many cells, broken between words; a longer word has a line of its own.
pub(super) fn fold(text: &str, width: usize) -> Vec<String> {
    if text.width() <= width {
        return vec![text.to_owned()];
    }
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_loses_no_word() {
        let check = |text, width, expected: &[&str]| assert_eq!(fold(text, width), expected);
        check("one two three", 13, &["one two three"]);
        check("one two three", 12, &["one two", "three"]);
        check("one two three", 3, &["one", "two", "three"]);
        check("", 0, &[""]);
        check("日本 語", 5, &["日本", "語"]);
    }

    #[test]
    fn clipping_says_so_and_counts_cells() {
        let check = |text, width, expected: &str| assert_eq!(clip(text, width), expected);
        check("abc", 3, "abc");
        check("abcd", 3, "ab…");
        check("日本語", 5, "日本…");
        check("日本語", 4, "日…");
        check("abc", 1, "…");
        check("abc", 0, "");
    }

    #[test]
    fn cells_are_counted_up_to_a_number() {
        let counted = |cells: u16| columns(&"x".repeat(usize::from(cells)));
        assert_eq!(
            [CELLS_MAX - 1, CELLS_MAX, CELLS_MAX + 1].map(counted),
            [CELLS_MAX - 1, CELLS_MAX, CELLS_MAX]
        );
        assert_eq!(columns(&"x".repeat(100_000)), CELLS_MAX);
    }
}
