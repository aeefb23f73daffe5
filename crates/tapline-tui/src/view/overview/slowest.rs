//! The requests that took longest, and where most of their time went.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::{Line, Part};
use crate::axis::Window;
use crate::model::{ExchangeRow, Model, Row, Spot};
use crate::theme::Role;
use crate::view::{pen, requests};
use crate::words;

/// How many are listed.
const LISTED: usize = 6;

/// Cells before the bar: status, duration and cause.
const STATUS_WIDTH: usize = 4;
const DURATION_WIDTH: usize = 9;
const CAUSE_WIDTH: usize = 20;

/// Cells of the bar.
const BAR_WIDTH: u16 = 10;

pub(super) fn parts(model: &Model, width: u16) -> Vec<Part> {
    let room = usize::from(width.saturating_sub(BAR_WIDTH + 1));
    let request_width = room.saturating_sub(STATUS_WIDTH + DURATION_WIDTH + CAUSE_WIDTH + 1);
    let listed = model.rows.slowest().take(LISTED).filter_map(|(id, nth)| {
        let row = model.rows.get(id)?;
        let exchange = row.exchanges().get(usize::try_from(nth).ok()?)?;
        Some((Some(Spot::Exchange(id, nth)), vec![line(row, exchange, request_width)]))
    });
    let mut parts: Vec<Part> = listed.collect();
    if !parts.is_empty() {
        let heading = vec![
            (format!("{:request_width$}", "slowest requests"), Role::Strong),
            (
                format!("{:>STATUS_WIDTH$}{:>DURATION_WIDTH$}  {:CAUSE_WIDTH$}", "", "took", "most of it"),
                Role::Dim,
            ),
        ];
        parts.insert(0, (None, vec![Line::new(), heading]));
    }
    parts
}

fn line(row: &Row, exchange: &ExchangeRow, request_width: usize) -> Line {
    let mut request = requests::short(&exchange.request, row.name());
    if let Some(name) = row.name().filter(|name| !request.contains(*name)) {
        request += &format!(" · {name}");
    }
    let request = pen::clip(&request, request_width.saturating_sub(1)).into_owned();
    let pad = request_width.saturating_sub(usize::from(pen::columns(&request)));
    let (status, role) = requests::status(exchange);
    let took = exchange.duration_ns().map(human::duration).unwrap_or_default();
    vec![
        (request + &" ".repeat(pad), Role::Plain),
        (format!("{status:>STATUS_WIDTH$}"), role),
        (format!("{took:>DURATION_WIDTH$}  "), Role::Strong),
        (format!("{:CAUSE_WIDTH$}", words::most_of_it(exchange)), Role::Warn),
    ]
}

/// The phases of a listed request, at the end of its line. Returns how many cells they take.
pub(super) fn draw_bar(model: &Model, id: u32, nth: u32, line: Rect, buffer: &mut Buffer) -> u16 {
    let exchange = model.rows.get(id).zip(usize::try_from(nth).ok());
    let Some(exchange) = exchange.and_then(|(row, nth)| row.exchanges().get(nth)) else { return 0 };
    let place = Rect { x: line.right().saturating_sub(BAR_WIDTH), width: BAR_WIDTH.min(line.width), ..line };
    requests::bar(model, Window::between(exchange.start, exchange.end), exchange, place, buffer);
    place.width
}
