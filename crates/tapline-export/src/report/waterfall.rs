//! A request's place in time as a row of cells.

/// Columns of the picture.
pub(super) const WIDTH: usize = 24;

/// The span of time that a picture shows.
#[derive(Clone, Copy)]
pub(super) struct Window {
    pub(super) start_ns: i64,
    pub(super) end_ns: i64,
}

impl Window {
    /// The column of a moment.
    fn column(self, at_ns: i64) -> usize {
        let whole = i128::from(self.end_ns) - i128::from(self.start_ns);
        if whole <= 0 {
            return 0;
        }
        let part = (i128::from(at_ns) - i128::from(self.start_ns)).clamp(0, whole);
        let last = WIDTH as i128 - 1;
        usize::try_from(part * last / whole).unwrap_or(0)
    }

    /// `·` before, `░` from the request on, `█` from the first octet of the response to its last. What is
    /// shorter than a cell still fills one.
    pub(super) fn draw(self, request_ns: i64, response_ns: Option<i64>, end_ns: i64) -> String {
        let (from, to) = (self.column(request_ns), self.column(end_ns));
        let answered = response_ns.map_or(usize::MAX, |at| self.column(at));
        (0..=to)
            .map(|column| match column {
                column if column < from => ' ',
                column if column >= answered => '█',
                _ => '░',
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_and_receiving_stand_in_their_cells() {
        let window = Window { start_ns: 0, end_ns: 230 };
        assert_eq!(window.draw(20, Some(50), 70), "  ░░░███");
        assert_eq!(window.draw(0, None, 20), "░░░");
        assert_eq!(window.draw(230, Some(230), 230).chars().last(), Some('█'));
        assert_eq!(Window { start_ns: 5, end_ns: 5 }.draw(5, Some(5), 5), "█");
    }
}
