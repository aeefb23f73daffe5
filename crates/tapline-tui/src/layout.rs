//! Where everything stands on the screen: read by views, and by `update` for pages and the mouse.

use ratatui::layout::Rect;

use crate::limits::{SCREEN_MIN, WIDE_COLUMNS_MIN};
use crate::model::{Focus, Model, Page};

/// The places of a screen.
///
/// ```text
///   title
///   tabs
///   columns' names   | ruler
///   list             | bars         (detail beside it on wide screens)
///   detail
///   legend
///   status
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Layout {
    pub(crate) title: Rect,
    pub(crate) tabs: Rect,
    /// One line: the columns' names and the ruler.
    pub(crate) heading: Rect,
    /// The rows, columns and bars.
    pub(crate) list: Rect,
    /// The bars' part of `list`.
    pub(crate) bars: Rect,
    /// With its heading line; empty where there is no room.
    pub(crate) detail: Rect,
    pub(crate) legend: Rect,
    /// All between tabs and status, with a heading line: what other screens have instead of the rest.
    pub(crate) body: Rect,
    pub(crate) status: Rect,
}

impl Layout {
    /// The places on a screen of this size; `None` where it is too small.
    pub(crate) fn of(model: &Model, area: Rect) -> Option<Self> {
        if area.width < SCREEN_MIN.0 || area.height < SCREEN_MIN.1 {
            return None;
        }
        let line = |y| Rect { x: area.x, y, width: area.width, height: 1 };
        let bottom = area.bottom();
        let body = Rect { y: area.y + 2, height: area.height - 4, ..area };
        let (mut main, detail) = split(body, model);
        let heading = Rect { height: 1, ..main };
        main.y += 1;
        main.height -= 1;
        let bars_width = bars_width(main.width, model.page);
        let bars = Rect { x: main.right() - bars_width, width: bars_width, ..main };
        Some(Self {
            title: line(area.y),
            tabs: line(area.y + 1),
            heading,
            list: main,
            bars,
            detail,
            legend: line(bottom - 2),
            body: Rect { y: area.y + 2, height: area.height - 3, ..area },
            status: line(bottom - 1),
        })
    }

    /// The ruler: the heading's part above the bars.
    pub(crate) fn ruler(&self) -> Rect {
        Rect { y: self.heading.y, height: 1, ..self.bars }
    }
}

/// The list's place with its heading, and the detail's.
fn split(body: Rect, model: &Model) -> (Rect, Rect) {
    // A table needs the width for its columns.
    if body.width >= WIDE_COLUMNS_MIN && model.page != Page::Connections {
        let width = (body.width * 2 / 5).clamp(60, 90);
        let list = Rect { width: body.width - width - 1, ..body };
        return (list, Rect { x: list.right() + 1, width, ..body });
    }
    let height = detail_height(body.height, model);
    let list = Rect { height: body.height - height, ..body };
    (list, Rect { y: list.bottom(), height, ..body })
}

/// A list that needs less leaves more to the detail.
fn detail_height(body: u16, model: &Model) -> u16 {
    let rows = u16::try_from(model.order.len()).unwrap_or(u16::MAX).saturating_add(1);
    let list_max = match model.focus {
        Focus::List if body < 14 => body,
        Focus::List => body * 11 / 20,
        Focus::Detail | Focus::Requests => 5,
    };
    body - rows.max(4).min(list_max.max(2))
}

fn bars_width(width: u16, page: Page) -> u16 {
    match page {
        Page::Connections => (width / 9).max(12),
        _ if width < 56 => width / 2,
        _ => (width * 9 / 20).max(36).max(width.saturating_sub(76)),
    }
}
