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
    /// By column and phase.
    columns: Vec<[Edge; Phase::ALL.len()]>,
    marks: Vec<Option<Mark>>,
    sharing: Sharing,
}

/// Whose a column is that several phases of requests share.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Sharing {
    /// The highest phase's: on the bar of one request every phase is seen.
    Highest,
    /// The one's that took most of it: on a connection's bar a thousand quick answers do not hide the waiting
    /// between them.
    Longest,
}

/// What stretches of one phase do at one column.
#[derive(Clone, Copy, Default)]
struct Edge {
    /// Stretches that touch the column from here on, less those that did before.
    touch: i32,
    /// Stretches that fill the column from here on, less those that did before.
    fill: i32,
    /// Time of the stretches that begin or end in the column, nanoseconds.
    part_ns: u64,
}

/// The phases of a request that is under way.
const REQUEST: [Phase; 4] = [Phase::Wait, Phase::Send, Phase::Receive, Phase::Stalled];

impl Strip {
    /// An empty bar.
    pub(crate) fn new(window: Window, cells: usize, columns_a_cell: usize, sharing: Sharing) -> Self {
        let columns = vec![Default::default(); cells * columns_a_cell + 1];
        Self { window, columns_a_cell, columns, marks: vec![None; cells], sharing }
    }

    /// Paints a stretch: at least one column, however short it is.
    pub(crate) fn span(&mut self, span: Span) {
        let count = self.columns.len() - 1;
        let Some((first, last)) = self.window.columns(span.from, span.to, count) else { return };
        self.edge(first, span.phase, |edge| edge.touch += 1);
        self.edge(last + 1, span.phase, |edge| edge.touch -= 1);
        for column in [first, last].into_iter().take(if first == last { 1 } else { 2 }) {
            let from = span.from.max(self.window.time(column, count));
            let to = span.to.min(self.window.time(column + 1, count));
            let ns = u64::try_from(to.saturating_sub(from)).unwrap_or(0);
            self.edge(column, span.phase, |edge| edge.part_ns = edge.part_ns.saturating_add(ns));
        }
        if first + 1 < last {
            self.edge(first + 1, span.phase, |edge| edge.fill += 1);
            self.edge(last, span.phase, |edge| edge.fill -= 1);
        }
    }

    fn edge(&mut self, column: usize, phase: Phase, change: impl FnOnce(&mut Edge)) {
        if let Some(edge) = self.columns.get_mut(column).and_then(|edges| edges.get_mut(phase as usize)) {
            change(edge);
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
        let column_ns = self.window.span / (self.columns.len() as u64 - 1).max(1);
        let mut open = [Edge::default(); Phase::ALL.len()];
        let columns = self.columns.iter().map(|edges| {
            for (open, edge) in open.iter_mut().zip(edges) {
                open.touch += edge.touch;
                open.fill += edge.fill;
                open.part_ns = edge.part_ns;
            }
            winner(&open, column_ns, self.sharing)
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

/// Whose a column is: the highest phase's that touches it, as far as [`Sharing`] does not say otherwise.
fn winner(open: &[Edge; Phase::ALL.len()], column_ns: u64, sharing: Sharing) -> Option<Phase> {
    let of = |phase: Phase| open.get(phase as usize).copied().unwrap_or_default();
    let highest = Phase::ALL.into_iter().rev().find(|&phase| of(phase).touch > 0)?;
    if sharing == Sharing::Highest || !REQUEST.contains(&highest) {
        return Some(highest);
    }
    let took_ns = |phase: Phase| {
        let fills = u64::try_from(of(phase).fill).unwrap_or(0);
        of(phase).part_ns.saturating_add(column_ns.saturating_mul(fills))
    };
    REQUEST.into_iter().filter(|&phase| of(phase).touch > 0).max_by_key(|&phase| took_ns(phase))
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
            (None, Some(Phase::Blocked)) => 'b',
            (None, Some(Phase::Stalled)) => '!',
            (None, Some(Phase::Dns)) => 'd',
            (None, Some(Phase::Send)) => 's',
            (None, Some(Phase::Receive)) => 'r',
            (None, Some(Phase::Teardown)) => 'f',
            (None, Some(Phase::Connect)) => 'c',
            (None, Some(Phase::Tls)) => 't',
        };
        strip.cells().into_iter().map(letter).collect()
    }

    fn strip(spans: &[(Phase, i64, i64)]) -> Strip {
        let mut strip = Strip::new(Window::between(0, 100), 10, 1, Sharing::Longest);
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
        assert_eq!(letters(strip(&life)), "cttwwwrr-f");
        let mut backwards = life;
        backwards.reverse();
        assert_eq!(letters(strip(&backwards)), "cttwwwrr-f", "the order of painting does not matter");
    }

    #[test]
    fn a_column_belongs_to_what_took_most_of_it() {
        let quick_answers =
            [(Phase::Wait, 0, 19), (Phase::Receive, 19, 20), (Phase::Wait, 20, 39), (Phase::Receive, 39, 40)];
        assert_eq!(letters(strip(&quick_answers)), "wwww      ");
        assert_eq!(letters(strip(&[(Phase::Wait, 0, 12), (Phase::Receive, 12, 40)])), "wrrr      ");
        let at_once = [(Phase::Wait, 0, 40), (Phase::Wait, 0, 40), (Phase::Receive, 5, 35)];
        assert_eq!(letters(strip(&at_once)), "wwww      ");
    }

    #[test]
    fn a_short_stall_does_not_hide_the_rest_and_who_is_blocked_hides_no_waiting() {
        let stalls = [(Phase::Receive, 0, 19), (Phase::Stalled, 19, 26), (Phase::Receive, 26, 40)];
        assert_eq!(letters(strip(&stalls)), "rr!r      ");
        let behind = [(Phase::Wait, 0, 20), (Phase::Blocked, 0, 40), (Phase::Blocked, 0, 40)];
        assert_eq!(letters(strip(&behind)), "wwbb      ");
    }

    #[test]
    fn on_one_requests_bar_every_phase_is_seen() {
        let mut bar = Strip::new(Window::between(0, 100), 10, 1, Sharing::Highest);
        for (phase, from, to) in [(Phase::Send, 0, 0), (Phase::Wait, 0, 98), (Phase::Receive, 98, 98)] {
            bar.span(Span { phase, from, to });
        }
        assert_eq!(letters(bar), "swwwwwwwwr");
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
        assert_eq!(letters(strip(&[(Phase::Idle, 0, 100), (Phase::Send, 20, 21)])), "--s-------");
    }

    #[test]
    fn halves_tell_two_phases_apart_in_one_cell() {
        let mut bar = Strip::new(Window::between(0, 100), 10, 2, Sharing::Longest);
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
