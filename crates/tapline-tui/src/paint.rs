//! From stretches of time to cells: what covers what.

use crate::axis::Window;
use crate::phases::{Mark, Phase, Span};

/// One cell of a bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Cell {
    /// The phase of its left half.
    pub(crate) left: Option<Phase>,
    /// The phase of its right half; the same as `left` where cells are not halved.
    pub(crate) right: Option<Phase>,
    /// What must not be overlooked.
    pub(crate) mark: Option<Mark>,
}

/// A bar while it is painted. However many stretches there are, each costs the same: only its ends are
/// noted, and [`Self::cells`] adds up.
pub(crate) struct Strip {
    window: Window,
    columns_a_cell: usize,
    /// By phase and column: stretches that begin here, less those that ended before.
    edges: Vec<[i32; Phase::ALL.len()]>,
    marks: Vec<Option<Mark>>,
}

impl Strip {
    /// An empty bar.
    pub(crate) fn new(window: Window, cells: usize, columns_a_cell: usize) -> Self {
        let edges = vec![[0; Phase::ALL.len()]; cells * columns_a_cell + 1];
        Self { window, columns_a_cell, edges, marks: vec![None; cells] }
    }

    /// Paints a stretch: at least one column, however short it is.
    pub(crate) fn span(&mut self, span: Span) {
        let columns = self.edges.len() - 1;
        let Some((first, last)) = self.window.columns(span.from, span.to, columns) else { return };
        for (column, by) in [(first, 1), (last + 1, -1)] {
            let edge = self.edges.get_mut(column).and_then(|edges| edges.get_mut(span.phase as usize));
            if let Some(edge) = edge {
                *edge += by;
            }
        }
    }

    /// Paints a mark over everything.
    pub(crate) fn mark(&mut self, mark: Mark, at: i64) {
        let cell = self.window.column(at, self.marks.len());
        if let Some(cell) = cell.and_then(|cell| self.marks.get_mut(cell)) {
            *cell = Some(mark);
        }
    }

    /// The painted cells.
    pub(crate) fn cells(self) -> Vec<Cell> {
        let mut open = [0_i32; Phase::ALL.len()];
        let columns = self.edges.iter().map(|edges| {
            for (open, edge) in open.iter_mut().zip(edges) {
                *open += edge;
            }
            Phase::ALL.into_iter().rev().find(|&phase| open.get(phase as usize).is_some_and(|&n| n > 0))
        });
        let columns: Vec<Option<Phase>> = columns.collect();
        let halves = columns.chunks(self.columns_a_cell);
        let cell = |(mark, halves): (Option<Mark>, &[Option<Phase>])| Cell {
            left: halves.first().copied().flatten(),
            right: halves.last().copied().flatten(),
            mark,
        };
        self.marks.into_iter().zip(halves).map(cell).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(strip: Strip) -> String {
        let letter = |cell: Cell| match (cell.mark, cell.left) {
            (Some(_), _) => 'x',
            (None, None) => ' ',
            (None, Some(Phase::Idle)) => '-',
            (None, Some(Phase::Wait)) => 'w',
            (None, Some(Phase::Send)) => 's',
            (None, Some(Phase::Receive)) => 'r',
            (None, Some(Phase::Teardown)) => 'f',
            (None, Some(Phase::Connect)) => 'c',
            (None, Some(Phase::Tls)) => 't',
        };
        strip.cells().into_iter().map(letter).collect()
    }

    fn strip(spans: &[(Phase, i64, i64)]) -> Strip {
        let mut strip = Strip::new(Window::between(0, 100), 10, 1);
        for &(phase, from, to) in spans {
            strip.span(Span { phase, from, to });
        }
        strip
    }

    #[test]
    fn what_matters_more_covers_what_matters_less() {
        let life = [
            (Phase::Idle, 0, 100),
            (Phase::Wait, 30, 60),
            (Phase::Receive, 55, 75),
            (Phase::Connect, 0, 10),
            (Phase::Tls, 10, 30),
            (Phase::Teardown, 95, 100),
        ];
        assert_eq!(letters(strip(&life)), "cttwwrrr-f");
        let mut backwards = life;
        backwards.reverse();
        assert_eq!(letters(strip(&backwards)), "cttwwrrr-f", "the order of painting does not matter");
    }

    #[test]
    fn a_mark_covers_everything() {
        let mut bar = strip(&[(Phase::Tls, 0, 100)]);
        bar.mark(Mark::Reset, 100);
        bar.mark(Mark::Reset, 101);
        assert_eq!(letters(bar), "tttttttttx");
    }

    #[test]
    fn the_shortest_stretch_is_seen() {
        assert_eq!(letters(strip(&[(Phase::Idle, 0, 100), (Phase::Receive, 42, 42)])), "----r-----");
        assert_eq!(letters(strip(&[(Phase::Send, 20, 21), (Phase::Wait, 21, 40)])), "  sw      ");
    }

    #[test]
    fn halves_tell_two_phases_apart_in_one_cell() {
        let mut bar = Strip::new(Window::between(0, 100), 10, 2);
        bar.span(Span { phase: Phase::Wait, from: 0, to: 5 });
        bar.span(Span { phase: Phase::Receive, from: 5, to: 15 });
        let cells = bar.cells();
        assert_eq!(
            cells.first(),
            Some(&Cell { left: Some(Phase::Wait), right: Some(Phase::Receive), mark: None })
        );
        assert_eq!(cells.get(1), Some(&Cell { left: Some(Phase::Receive), right: None, mark: None }));
        assert_eq!(cells.len(), 10);
    }
}
