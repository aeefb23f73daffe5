//! Everything the screen shows. Only [`mod@crate::update`] changes it; views read it.

mod bytes;
mod exchange;
mod filter;
mod findings;
mod hosts;
mod item;
mod ladder;
mod mark;
mod opened;
mod order;
mod page;
mod palette;
mod place;
mod rows;
mod session;
mod sifted;
mod slowest;
mod source;
mod streams;
mod tally;
mod tcp;

use ratatui::layout::Size;
use tapline_analysis::{Comparison, Event, human};

pub(crate) use bytes::{Bytes, BytesPane, Hand, Ink, Sight, TreeLine};
#[cfg(test)]
pub(crate) use exchange::Before;
pub(crate) use exchange::{Call, ExchangeRow, Outcome as ExchangeOutcome, StallRow, Stalled};
pub(crate) use filter::FilterInput;
pub(crate) use findings::{FindingRow, Findings, Kindred};
pub(crate) use hosts::{Host, Hosts, Server};
pub(crate) use item::rows_know;
pub(crate) use ladder::Ladder;
pub(crate) use mark::{Marked, Marks};
pub(crate) use opened::{Opened, Status};
pub(crate) use order::{Asked, Entry, Order, Sort};
pub(crate) use page::Page;
pub(crate) use palette::Palette;
pub(crate) use place::Place;
pub(crate) use rows::{Row, Rows};
pub(crate) use session::{Later, Leaf, Tls};
pub(crate) use sifted::Sifted;
pub(crate) use slowest::Slowest;
pub(crate) use source::{End, SourceState};
pub(crate) use streams::{HeaderTable, Lane, Pane, Streams, WindowPoints, letter, table_at, windows};
pub(crate) use tally::Tally;
pub(crate) use tapline_ladder::{Close, Layer, Mood, Rung, Segments, What};
pub(crate) use tcp::{Curve, Plot, Tcp, curves, thinned};

use crate::Theme;
use crate::axis::Window;
use crate::keys::Keymap;

/// What one can stand on in the overview.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Spot {
    /// How many connections there are.
    Connections,
    /// How many requests there are.
    Requests,
    /// How many TLS handshakes there are.
    Handshakes,
    /// What is lost, cut or damaged.
    Health,
    /// How much was on the wire.
    Traffic,
    /// An exchange: its connection and its place there.
    Exchange(u32, u32),
    /// All findings.
    Findings,
    /// The findings of the kind with this code.
    Kind(&'static str),
    /// A server, by its rank.
    Host(usize),
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
    /// Whether the user went anywhere on it: until then the most telling is selected, whatever loading brings.
    pub(crate) is_moved: bool,
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

/// What lies over the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Overlay {
    /// The keys.
    Help,
    /// What the reader must know before believing the rest.
    Warnings,
    /// What the selected thing is.
    Explain,
    /// Commands by name.
    Palette,
    /// What to export, as what.
    Export,
}

/// What is typed at the bottom of the screen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Typing {
    /// A filter.
    Filter,
    /// The letter of a mark to set.
    Mark,
    /// The letter of a mark to go to.
    Jump,
}

/// Where one came from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Came {
    pub(crate) page: Page,
    pub(crate) focus: Focus,
}

/// Everything the screen shows.
pub(crate) struct Model {
    pub(crate) theme: Theme,
    pub(crate) keymap: Keymap,
    pub(crate) size: Size,
    pub(crate) source: SourceState,
    pub(crate) rows: Rows,
    pub(crate) findings: Findings,
    pub(crate) comparison: Comparison,
    pub(crate) tally: Tally,
    pub(crate) page: Page,
    /// Where `Esc` goes back to, newest last; at most [`crate::limits::CAME_FROM_MAX`].
    pub(crate) came_from: Vec<Came>,
    pub(crate) overview: Overview,
    /// Where one is among the findings.
    pub(crate) finding: Place,
    pub(crate) order: Order,
    /// Where one is in `order`.
    pub(crate) list: Place,
    /// What is selected once a list is there that has it.
    pub(crate) go_to: Option<Entry>,
    /// The first row of the next list is selected.
    pub(crate) to_top: bool,
    /// The filter as it is typed.
    pub(crate) filter: FilterInput,
    /// Place of the selected request among its connection's; it counts while the requests have the focus.
    pub(crate) request: usize,
    /// Lines of the detail that are scrolled away.
    pub(crate) detail_top: usize,
    pub(crate) focus: Focus,
    pub(crate) opened: Option<Opened>,
    pub(crate) ladder: Ladder,
    pub(crate) bytes: Bytes,
    pub(crate) streams: Streams,
    pub(crate) tcp: Tcp,
    pub(crate) overlay: Option<Overlay>,
    pub(crate) overlay_top: usize,
    pub(crate) palette: Palette,
    /// Which of the exports is selected.
    pub(crate) export: usize,
    /// How far an export has come, in 1/1000; `None` where none is under way.
    pub(crate) exporting: Option<u16>,
    /// The list stays at its newest row.
    pub(crate) following: bool,
    /// The time of the capture when the screen was told to hold still; `None` while it goes on.
    pub(crate) paused: Option<Window>,
    pub(crate) typing: Option<Typing>,
    pub(crate) marks: Marks,
    /// What was just done, until the next key.
    pub(crate) notice: Option<String>,
    /// The part of the capture's time that was zoomed to; `None` for all of it.
    pub(crate) zoomed: Option<Window>,
    /// The part of the opened connection's time that was zoomed to; `None` for all of it.
    pub(crate) close_zoomed: Option<Window>,
    /// Where the time cursor stands in the window, in 1/10000.
    pub(crate) cursor: u16,
    /// The column at which the mouse holds the time; `None` while it does not.
    pub(crate) grip: Option<u16>,
}

impl Model {
    /// Nothing read, nothing pressed.
    pub(crate) fn new(theme: Theme, size: Size) -> Self {
        Self {
            theme,
            keymap: Keymap::default(),
            size,
            source: SourceState::default(),
            rows: Rows::default(),
            findings: Findings::default(),
            comparison: Comparison::default(),
            tally: Tally::default(),
            page: Page::Overview,
            came_from: Vec::new(),
            overview: Overview::default(),
            finding: Place::default(),
            order: Order::default(),
            list: Place::default(),
            go_to: None,
            to_top: false,
            filter: FilterInput::default(),
            request: 0,
            detail_top: 0,
            focus: Focus::List,
            opened: None,
            ladder: Ladder::default(),
            bytes: Bytes::default(),
            streams: Streams::default(),
            tcp: Tcp::default(),
            overlay: None,
            overlay_top: 0,
            palette: Palette::default(),
            export: 0,
            exporting: None,
            following: false,
            paused: None,
            typing: None,
            marks: Marks::default(),
            notice: None,
            zoomed: None,
            close_zoomed: None,
            cursor: 0,
            grip: None,
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
        if let Some(paused) = self.paused {
            return paused;
        }
        let totals = &self.source.totals;
        let (start, end) = (totals.start.unwrap_or_default(), totals.end.unwrap_or_default());
        Window::between(start.0, end.0)
    }

    /// The time that is shown.
    pub(crate) fn window(&self) -> Window {
        self.zoomed.unwrap_or_else(|| self.whole())
    }

    /// The time that could be shown here: of the capture, or of the connection that is opened.
    pub(crate) fn axis_whole(&self) -> Window {
        if self.page.is_close() { self.close_whole() } else { self.whole() }
    }

    /// The time of the connection that is opened; the capture's while it is not known.
    pub(crate) fn close_whole(&self) -> Window {
        let record = self.close().and_then(|close| close.record.as_ref());
        record.map_or_else(|| self.whole(), |record| Window::between(record.first.at.0, record.last.at.0))
    }

    /// The time that is shown here.
    pub(crate) fn axis_window(&self) -> Window {
        let zoomed = if self.page.is_close() { self.close_zoomed } else { self.zoomed };
        zoomed.unwrap_or_else(|| self.axis_whole())
    }

    /// Shows a part of the time here.
    pub(crate) fn show_window(&mut self, window: Window) {
        let zoomed = (window != self.axis_whole()).then_some(window);
        if self.page.is_close() { self.close_zoomed = zoomed } else { self.zoomed = zoomed }
    }

    /// The moment at the cursor; the end of what is shown until the cursor was moved.
    pub(crate) fn moment(&self) -> i64 {
        let window = self.axis_window();
        if self.cursor > 0 { window.at_part(self.cursor) } else { window.end() }
    }

    /// The cursor's time with what is `under` it, and where that stands over so many columns: left of the mark where
    /// there is no room to its right. `None` until the cursor was moved.
    pub(crate) fn cursor_label(&self, columns: u16, under: &str) -> Option<(u16, String)> {
        let column = self.cursor_column(columns)?;
        let at = self.axis_window().at_part(self.cursor).saturating_sub(self.axis_whole().start);
        let mut label = human::duration(at);
        if !under.is_empty() {
            label = format!("{label} {under}");
        }
        let width = u16::try_from(label.chars().count()).unwrap_or(u16::MAX).saturating_add(1);
        Some(if column.saturating_add(width) <= columns {
            (column, format!("▾{label}"))
        } else {
            ((column + 1).saturating_sub(width), format!("{label}▾"))
        })
    }

    /// The cell in which the cursor stands, of so many; `None` until it was moved.
    pub(crate) fn cursor_column(&self, columns: u16) -> Option<u16> {
        let column = u32::from(self.cursor) * u32::from(columns) / 10_000;
        let column = u16::try_from(column).ok()?.min(columns.checked_sub(1)?);
        (self.cursor > 0).then_some(column)
    }

    /// What the reader must know before believing the rest, most telling first.
    pub(crate) fn warnings(&self) -> Vec<String> {
        let (connections, requests) = self.rows.left_out();
        self.source.warnings([connections, requests, self.findings.left_out()])
    }

    /// The selected line of the list.
    pub(crate) fn selected_entry(&self) -> Option<Entry> {
        self.order.get(self.list.selected)
    }

    /// The selected connection.
    pub(crate) fn selected_row(&self) -> Option<&Row> {
        self.rows.get(self.selected_entry()?.id)
    }

    /// Place of the selected request among the selected connection's.
    pub(crate) fn selected_request(&self) -> Option<usize> {
        let listed = self.selected_entry().and_then(|entry| entry.request);
        let listed = listed.and_then(|nth| usize::try_from(nth).ok());
        if self.focus == Focus::Requests { Some(self.request) } else { listed }
    }

    /// The selected connection in full, once it was read.
    pub(crate) fn close(&self) -> Option<&Close> {
        match &self.opened.as_ref()?.status {
            Status::Ready(close) => Some(close),
            Status::Reading(_) | Status::Failed(_) => None,
        }
    }
}
