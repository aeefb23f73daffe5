//! Everything the screen shows. Only [`mod@crate::update`] changes it; views read it.

mod exchange;
mod order;
mod rows;
mod session;
mod source;

use ratatui::layout::Size;

pub(crate) use exchange::{Before, Call, ExchangeRow, Outcome as ExchangeOutcome, StallRow, Stalled};
pub(crate) use order::{Order, Sort};
pub(crate) use rows::{Row, Rows};
pub(crate) use session::{Later, Leaf, Tls};
pub(crate) use source::{End, SourceState};

use crate::Theme;
use crate::axis::Window;

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

    /// The selected row.
    pub(crate) fn selected_row(&self) -> Option<&Row> {
        self.rows.get(self.order.get(self.selected)?)
    }

    /// Place of the selected request among the selected connection's.
    pub(crate) fn selected_request(&self) -> Option<usize> {
        (self.focus == Focus::Requests).then_some(self.request)
    }
}
