//! Where one is in a list of lines.

/// The selected line of a list and the first that is on the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Place {
    pub(crate) selected: usize,
    pub(crate) top: usize,
}

impl Place {
    /// Selects so many lines further on; the bounds are kept later.
    pub(crate) fn go(&mut self, lines: isize) {
        self.selected = self.selected.saturating_add_signed(lines);
    }

    /// Scrolls under the selection, which stays on a screen of this height.
    pub(crate) fn scroll(&mut self, lines: isize, count: usize, height: usize) {
        self.top = self.top.saturating_add_signed(lines).min(count.saturating_sub(height));
        self.selected = self.selected.clamp(self.top, self.top + height.saturating_sub(1));
    }

    /// Selects a line and shows it in the middle where it is not on the screen.
    pub(crate) fn show(&mut self, line: usize, height: usize) {
        self.selected = line;
        if !(self.top..self.top + height).contains(&line) {
            self.top = line.saturating_sub(height / 2);
        }
    }

    /// The selection is a line and on the screen, and nothing is scrolled past the end.
    pub(crate) fn keep(&mut self, count: usize, height: usize) {
        let height = height.max(1);
        self.selected = self.selected.min(count.saturating_sub(1));
        let top_min = (self.selected + 1).saturating_sub(height);
        let top_max = count.saturating_sub(height).max(top_min);
        self.top = self.top.clamp(top_min, self.selected.max(top_min)).min(top_max);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selection_stays_on_the_screen() {
        let mut place = Place { selected: 50, top: 0 };
        place.keep(100, 10);
        assert_eq!(place, Place { selected: 50, top: 41 });
        place.go(isize::MAX);
        place.keep(100, 10);
        assert_eq!(place, Place { selected: 99, top: 90 });
        place.go(-95);
        place.keep(100, 10);
        assert_eq!(place, Place { selected: 4, top: 4 });
        place.keep(0, 10);
        assert_eq!(place, Place::default());
        place.scroll(7, 100, 10);
        assert_eq!(place, Place { selected: 7, top: 7 });
        place.show(60, 10);
        assert_eq!(place, Place { selected: 60, top: 55 });
        place.show(58, 10);
        assert_eq!(place, Place { selected: 58, top: 55 });
    }
}
