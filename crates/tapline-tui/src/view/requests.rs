//! The selected connection's requests, a line each, with bars on a time axis of their own.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::pen::Pen;
use super::{request, ruler};
use crate::axis::Window;
use crate::model::{ExchangeOutcome, ExchangeRow, Model, Row};
use crate::paint::{Sharing, Strip};
use crate::phases;
use crate::theme::Role;

const STATUS_WIDTH: u16 = 6;
const SIZE_WIDTH: u16 = 7;
const DURATION_WIDTH: u16 = 8;

/// Lines that the requests take, their heading and what is told of the selected one too.
pub(super) fn lines(model: &Model, row: &Row) -> usize {
    match row.exchanges().len() {
        0 => usize::from(row.record().is_some_and(|record| record.requests > 0)),
        n => n + 1 + selected(model, row).map_or(0, |(_, exchange)| request::lines(exchange)),
    }
}

/// The lines of the selected request.
pub(super) fn selected_lines(model: &Model, row: &Row) -> Option<Range<usize>> {
    let (nth, exchange) = selected(model, row)?;
    Some(nth + 1..nth + 2 + request::lines(exchange))
}

fn selected<'a>(model: &Model, row: &'a Row) -> Option<(usize, &'a ExchangeRow)> {
    let nth = model.selected_request()?;
    Some((nth, row.exchanges().get(nth)?))
}

/// Draws one of those lines.
pub(super) fn draw(model: &Model, row: &Row, window: Window, index: usize, line: Rect, buffer: &mut Buffer) {
    if let Some(lines) = selected_lines(model, row)
        && index > lines.start
    {
        match (index.checked_sub(lines.end), selected(model, row)) {
            (Some(behind), _) => request_line(model, row, window, lines.start + behind, line, buffer),
            (None, Some((_, exchange))) => {
                request::draw(model, exchange, index - lines.start - 1, line, buffer);
            }
            (None, None) => {}
        }
        return;
    }
    match index.checked_sub(1) {
        None => heading(model, row, window, line, buffer),
        Some(nth) => request_line(model, row, window, nth, line, buffer),
    }
}

/// The text's place and the bars'.
fn split(line: Rect) -> (Rect, Rect) {
    let bars_width = if line.width < 70 { line.width / 4 } else { line.width * 2 / 5 };
    let bars = Rect { x: line.right() - bars_width, width: bars_width, ..line };
    (Rect { width: line.width - bars_width - 1, ..line }, bars)
}

fn request_line(model: &Model, row: &Row, window: Window, nth: usize, line: Rect, buffer: &mut Buffer) {
    let Some(exchange) = row.exchanges().get(nth) else { return };
    let (text, bars) = split(line);
    columns(model, row, exchange, text, buffer);
    bar(model, window, exchange, bars, buffer);
    if model.selected_request() == Some(nth) {
        buffer.set_style(text, model.theme.style(Role::Selected));
    }
}

fn heading(model: &Model, row: &Row, window: Window, line: Rect, buffer: &mut Buffer) {
    let (text, bars) = split(line);
    let shown = row.exchanges().len() as u64;
    let told = row.record().map_or(shown, |record| record.requests);
    let title = title(shown, told, row.inferred().into());
    let mut pen = Pen::new(buffer, text, model.theme);
    let numbers = STATUS_WIDTH + SIZE_WIDTH + DURATION_WIDTH + 2;
    if shown == 0 {
        pen.write(&title, Role::Dim);
        return;
    }
    let room = pen.room().saturating_sub(numbers);
    pen.field(&title, room, Role::Strong);
    pen.field_right("status", STATUS_WIDTH, Role::Dim);
    pen.skip(1);
    pen.field_right("body", SIZE_WIDTH, Role::Dim);
    pen.skip(1);
    pen.field_right("took", DURATION_WIDTH, Role::Dim);
    ruler::ticks(model, bars, window, window.start, &(0..0), buffer);
}

/// How many requests are listed and how many there are. Those that are inferred are no part of what the connection
/// counts: nobody read them.
fn title(shown: u64, told: u64, inferred: u64) -> String {
    let guess = format!("≈{}, inferred", human::plural(inferred, "request"));
    let read = match (shown.saturating_sub(inferred), told) {
        (0, 0) if inferred > 0 => return guess,
        (0, told) => format!("{}, not finished yet or not listed", human::plural(told, "request")),
        (shown, told) if shown == told => human::plural(told, "request"),
        (shown, told) => format!("{} of {}", human::count(shown), human::plural(told, "request")),
    };
    if inferred > 0 { format!("{read} · ≈{} inferred", human::count(inferred)) } else { read }
}

/// From the first request's start to the last one's end.
pub(super) fn window(row: &Row) -> Window {
    let start = row.exchanges().iter().map(|exchange| exchange.start).min();
    let end = row.exchanges().iter().map(|exchange| exchange.end).max();
    Window::between(start.unwrap_or_default(), end.unwrap_or_default())
}

/// A request's packet, itself, its status, its size and how long it took.
pub(super) fn columns(model: &Model, row: &Row, exchange: &ExchangeRow, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    let numbers = STATUS_WIDTH + SIZE_WIDTH + DURATION_WIDTH + 2;
    let last = row.record().map_or(exchange.packet, |record| record.last.packet);
    let width = last.max(exchange.packet).to_string().len() + 1;
    pen.write(&format!("{:>width$} ", format!("#{}", exchange.packet)), Role::Dim);
    let room = pen.room().saturating_sub(numbers + 1);
    let mut request = short(&exchange.request, row.name());
    if let Some(stream) = exchange.stream {
        request += &format!(" · stream {stream}");
    }
    pen.field(&request, room, Role::Plain);
    pen.skip(1);
    let (status, role) = status(exchange);
    pen.field_right(&status, STATUS_WIDTH, role);
    pen.skip(1);
    pen.field_right(&exchange.body_bytes.map(human::bytes).unwrap_or_default(), SIZE_WIDTH, Role::Plain);
    pen.skip(1);
    let took = exchange.duration_ns().map(human::duration).unwrap_or_default();
    pen.field_right(&took, DURATION_WIDTH, Role::Plain);
}

/// The status, or what became of the request without one.
pub(super) fn status(exchange: &ExchangeRow) -> (String, Role) {
    let incomplete = if exchange.outcome == ExchangeOutcome::Partial { "…" } else { "" };
    match (exchange.outcome, exchange.status) {
        (ExchangeOutcome::Inferred, _) if exchange.answered.is_some() => ("?".to_owned(), Role::Dim),
        (ExchangeOutcome::Reset, _) => ("reset".to_owned(), Role::Bad),
        (_, Some(status)) => {
            let role = if status >= 400 { Role::Bad } else { Role::Plain };
            (format!("{status}{incomplete}"), role)
        }
        (_, None) => ("none".to_owned(), Role::Bad),
    }
}

/// The request without the part of its URL that the connection's name says already.
pub(super) fn short(request: &str, name: Option<&str>) -> String {
    let parts = || {
        let (method, url) = request.split_once(' ')?;
        let (_, rest) = url.split_once("://")?;
        let (host, path) = rest.split_at(rest.find('/')?);
        (Some(host) == name).then(|| format!("{method} {path}"))
    };
    // One that was inferred has no path.
    let bare = || Some(request.strip_suffix(name?)?.strip_suffix(" https://")?.to_owned());
    parts().or_else(bare).unwrap_or_else(|| request.to_owned())
}

/// The bar of a request on the axis of a window.
pub(super) fn bar(model: &Model, window: Window, exchange: &ExchangeRow, place: Rect, buffer: &mut Buffer) {
    let mut strip =
        Strip::new(window, usize::from(place.width), model.theme.columns_a_cell(), Sharing::Highest);
    phases::of_exchange(exchange, |span| strip.span(span));
    super::bar::draw(&strip.cells(), place, model.theme, buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inferred_requests_are_not_counted_as_read() {
        let check =
            |shown, told, inferred, expected: &str| assert_eq!(title(shown, told, inferred), expected);
        check(2, 2, 0, "2 requests");
        check(2, 5, 0, "2 of 5 requests");
        check(0, 1, 0, "1 request, not finished yet or not listed");
        check(3, 0, 3, "≈3 requests, inferred");
        check(1, 0, 1, "≈1 request, inferred");
        check(5, 2, 3, "2 requests · ≈3 inferred");
    }

    #[test]
    fn a_url_is_shortened_only_where_the_name_says_the_rest() {
        let check = |request: &str, expected: &str| assert_eq!(short(request, Some("a.example")), expected);
        check("GET http://a.example/x?y", "GET /x?y");
        check("GET http://b.example/x", "GET http://b.example/x");
        check("GET http://a.example:8080/x", "GET http://a.example:8080/x");
        check("OPTIONS *", "OPTIONS *");
        check("≈ inferred https://a.example", "≈ inferred");
        check("≈ inferred https://not-a.example", "≈ inferred https://not-a.example");
        check("(request not seen)", "(request not seen)");
    }
}
