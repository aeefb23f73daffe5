//! Everything the screen shows. Only [`mod@crate::update`] changes it; views read it.

mod exchange;
mod findings;
mod order;
mod rows;
mod session;
mod source;
mod tally;

use ratatui::layout::Size;
use tapline_analysis::{Comparison, Event};

#[cfg(test)]
pub(crate) use exchange::Before;
pub(crate) use exchange::{Call, ExchangeRow, Outcome as ExchangeOutcome, StallRow, Stalled};
pub(crate) use findings::{FindingRow, Findings, Kindred};
pub(crate) use order::{Order, Sort};
pub(crate) use rows::{Row, Rows};
pub(crate) use session::{Later, Leaf, Tls};
pub(crate) use source::{End, SourceState};
pub(crate) use tally::Tally;

use crate::Theme;
use crate::axis::Window;

/// What fills the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Page {
    /// The connections and the selected one in detail.
    Connections,
    /// The capture as a whole, and what was found.
    Overview,
}

/// What one can stand on in the overview.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spot {
    /// The findings of the kind with this code.
    Kind(&'static str),
    /// HTTP/1.1 against HTTP/2.
    Comparison,
}

/// Where one is in the overview.
#[derive(Clone, Copy, Default)]
pub(crate) struct Overview {
    /// `None` where there is nothing to stand on.
    pub(crate) selected: Option<Spot>,
    /// Lines that are scrolled away.
    pub(crate) top: usize,
}

/// What the keys move.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Focus {
    List,
    /// The selected connection as a whole.
    Detail,
    /// The requests of the selected connection.
    Requests,
}

/// What the list shows more of.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Emphasis {
    Timeline,
    Table,
}

/// What lies over the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Overlay {
    /// The keys.
    Help,
    /// What the reader must know before believing the rest.
    Warnings,
}

/// Everything the screen shows.
pub(crate) struct Model {
    pub(crate) theme: Theme,
    pub(crate) size: Size,
    pub(crate) source: SourceState,
    pub(crate) rows: Rows,
    pub(crate) findings: Findings,
    pub(crate) comparison: Comparison,
    pub(crate) tally: Tally,
    pub(crate) page: Page,
    /// Where one goes back to from the detail.
    pub(crate) came_from: Page,
    pub(crate) overview: Overview,
    pub(crate) order: Order,
    /// Place of the selected row in `order`; less than its length, or 0 where that is empty.
    pub(crate) selected: usize,
    /// Place of the first row on the screen; `selected` is never outside the screen.
    pub(crate) top: usize,
    /// Place of the selected request among its connection's; it counts while the requests have the focus.
    pub(crate) request: usize,
    /// Lines of the detail that are scrolled away.
    pub(crate) detail_top: usize,
    pub(crate) focus: Focus,
    pub(crate) emphasis: Emphasis,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) overlay_top: usize,
    /// Whether a filter is being typed.
    pub(crate) typing: bool,
    /// The part of the capture's time that was zoomed to; `None` for all of it.
    pub(crate) zoomed: Option<Window>,
    /// Where the time cursor stands in the window, in 1/10000.
    pub(crate) cursor: u16,
}

impl Model {
    /// Nothing read, nothing pressed.
    pub(crate) fn new(theme: Theme, size: Size) -> Self {
        Self {
            theme,
            size,
            source: SourceState::default(),
            rows: Rows::default(),
            findings: Findings::default(),
            comparison: Comparison::default(),
            tally: Tally::default(),
            page: Page::Connections,
            came_from: Page::Connections,
            overview: Overview::default(),
            order: Order::default(),
            selected: 0,
            top: 0,
            request: 0,
            detail_top: 0,
            focus: Focus::List,
            emphasis: Emphasis::Timeline,
            overlay: None,
            overlay_top: 0,
            typing: false,
            zoomed: None,
            cursor: 0,
        }
    }

    /// Takes what was learned.
    pub(crate) fn take(&mut self, event: Event) {
        self.comparison.take(&event);
        self.tally.take(&event);
        if let Event::Finding(finding) = &event {
            self.findings.take(finding);
        }
        self.rows.take(event);
        self.order.stale = true;
    }

    /// The time of the whole capture, as far as it was read.
    pub(crate) fn whole(&self) -> Window {
        let totals = &self.source.totals;
        let (start, end) = (totals.start.unwrap_or_default(), totals.end.unwrap_or_default());
        Window::between(start.0, end.0)
    }

    /// The time that is shown.
    pub(crate) fn window(&self) -> Window {
        self.zoomed.unwrap_or_else(|| self.whole())
    }

    /// What the reader must know before believing the rest, most telling first.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let (connections, requests) = self.rows.left_out();
        self.source.warnings([connections, requests, self.findings.left_out()])
    }

    /// The selected row.
    pub(crate) fn selected_row(&self) -> Option<&Row> {
        self.rows.get(self.order.get(self.selected)?)
    }

    /// Place of the selected request among the selected connection's.
    pub(crate) fn selected_request(&self) -> Option<usize> {
        (self.focus == Focus::Requests).then_some(self.request)
    }
}
