//! The requests: status, size, time, and where in the capture.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{self, Write};

use tapline_engine::analysis::{Cause, Exchange, human};

use super::spread::Spread;
use super::style::Ink;
use super::table::{Cell, Column, cell, flexible, left, right};
use super::waterfall::Window;
use super::{ReportOptions, rest, table, title};
use crate::redact::Redactor;
use crate::shortlist::{Score, Shortlist};

/// Narrower terminals have no room for the picture.
const WATERFALL_FROM_WIDTH: usize = 100;

pub(super) struct Requests {
    rows: Shortlist<Box<Exchange>>,
    times: Spread,
    statuses: BTreeMap<u16, u64>,
    unanswered: u64,
    inferred: u64,
}

impl Requests {
    pub(super) fn new(rows_max: usize) -> Self {
        Self {
            rows: Shortlist::new(rows_max),
            times: Spread::default(),
            statuses: BTreeMap::new(),
            unanswered: 0,
            inferred: 0,
        }
    }

    pub(super) fn take(&mut self, exchange: Box<Exchange>) {
        if let Some(ns) = exchange.duration_ns() {
            self.times.push(ns);
        }
        match exchange.status {
            Some(status) => *self.statuses.entry(status).or_default() += 1,
            None if exchange.inferred => self.inferred += 1,
            None => self.unanswered += 1,
        }
        self.rows.push(score(&exchange), || exchange);
    }

    pub(super) fn print(self, options: &ReportOptions, out: &mut impl Write) -> io::Result<()> {
        let total = self.rows.total();
        if total == 0 {
            return Ok(());
        }
        let mut parts: Vec<String> =
            self.statuses.iter().map(|(status, n)| format!("{} × {status}", human::count(*n))).collect();
        if self.unanswered > 0 {
            parts.push(format!("{} unanswered", human::count(self.unanswered)));
        }
        if self.inferred > 0 {
            parts.push(format!("{} inferred", human::count(self.inferred)));
        }
        let mut summary = format!("{}: {}", human::count(total), parts.join(", "));
        if let Some(spread) = self.times.text().filter(|_| total > 1) {
            let longer = format!("{summary} · {spread}");
            // What does not fit is left out, not cut.
            let room = options.width.unwrap_or(usize::MAX).saturating_sub("Requests  ".len());
            if longer.chars().count() <= room {
                summary = longer;
            }
        }
        title(out, options, "Requests", &summary)?;
        let rows = self.rows.into_rows();
        let window = options.width.filter(|&width| width >= WATERFALL_FROM_WIDTH).and_then(|_| window(&rows));
        let redactor = Redactor::new(options.secrets);
        let cells: Vec<_> = rows.iter().map(|exchange| row(exchange, window, options, &redactor)).collect();
        table::print(&COLUMNS, &cells, options, out)?;
        rest(out, options, rows.len(), total, "failed ones, then the slowest")
    }
}

const COLUMNS: [Column; 9] = [
    right("#"),
    right("stream"),
    right("status"),
    right("size"),
    right("waited").rank(2),
    right("total"),
    left("stalled by").rank(1),
    left("░ waiting █ receiving").rank(3),
    flexible("request"),
];

fn row(
    exchange: &Exchange,
    window: Option<Window>,
    options: &ReportOptions,
    redactor: &Redactor,
) -> Vec<Cell> {
    let body = exchange.response.as_ref().map(|response| human::bytes(response.body_bytes));
    let duration = |ns: Option<i64>| ns.map(human::duration).unwrap_or_default();
    let method = exchange.method.as_deref().unwrap_or("request not seen");
    let narrow = options.width.is_some_and(|width| width < WATERFALL_FROM_WIDTH);
    let url = redactor.url(exchange.url.as_deref().unwrap_or_default());
    let url = if narrow && !exchange.inferred { path_first(&url) } else { url };
    let mut request = if exchange.inferred {
        format!("≈ {} (inferred)", if url.is_empty() { "no SNI" } else { &url })
    } else {
        format!("{method} {url}")
    };
    if exchange.pushed {
        request.insert_str(0, "pushed ");
    }
    if let Some(error) = exchange.reset {
        request.insert_str(0, &format!("{error} "));
    }
    vec![
        cell(Ink::Dim, exchange.connection.to_string()),
        cell(Ink::Dim, exchange.stream.map(|stream| stream.to_string()).unwrap_or_default()),
        status(exchange),
        cell(Ink::Plain, body.unwrap_or_default()),
        cell(Ink::Plain, duration(exchange.timings.wait)),
        cell(Ink::Plain, duration(exchange.duration_ns())),
        stalled_by(exchange),
        cell(Ink::Name, picture(exchange, window)),
        cell(Ink::Plain, request),
    ]
}

/// A URL with what tells requests apart first, because the end is cut: `/a?b · http://example.test`.
fn path_first(url: &str) -> Cow<'_, str> {
    let host_end = url.split_once("://").and_then(|(scheme, rest)| {
        let path = rest.find('/')?;
        Some(scheme.len() + "://".len() + path)
    });
    match host_end.and_then(|end| url.split_at_checked(end)) {
        Some((host, path)) => format!("{path} · {host}").into(),
        None => url.into(),
    }
}

/// The cause that cost it most.
fn stalled_by(exchange: &Exchange) -> Cell {
    let Some((cause, ns)) = exchange.stalls.worst() else { return Cell::default() };
    let ink = match cause {
        Cause::NetworkRoundTrip | Cause::CongestionWindow => Ink::Dim,
        _ => Ink::Warn,
    };
    cell(ink, format!("{} {}", cause.words(), human::duration(ns)))
}

fn status(exchange: &Exchange) -> Cell {
    match exchange.status {
        None if exchange.inferred && exchange.response.is_some() => cell(Ink::Dim, "?"),
        None if exchange.reset.is_some() => cell(Ink::Bad, "reset"),
        None => cell(Ink::Bad, "none"),
        Some(status) => {
            let ink = match status {
                500.. => Ink::Bad,
                400..500 => Ink::Warn,
                _ => Ink::Good,
            };
            let whole = exchange.response.as_ref().is_some_and(|response| response.complete);
            cell(ink, if whole { status.to_string() } else { format!("{status} cut") })
        }
    }
}

fn picture(exchange: &Exchange, window: Option<Window>) -> String {
    let (Some(window), Some(start), Some(end)) = (window, exchange.start(), exchange.end()) else {
        return String::new();
    };
    window.draw(start.at.0, exchange.response.as_ref().map(|response| response.first.at.0), end.at.0)
}

/// From the first of these requests to the end of the last.
fn window(rows: &[Box<Exchange>]) -> Option<Window> {
    let start_ns = rows.iter().filter_map(|exchange| exchange.start()).map(|origin| origin.at.0).min()?;
    let end_ns = rows.iter().filter_map(|exchange| exchange.end()).map(|origin| origin.at.0).max()?;
    Some(Window { start_ns, end_ns })
}

pub(crate) fn score(exchange: &Exchange) -> Score {
    let severity = match exchange.status {
        None if exchange.inferred => u8::from(!exchange.complete),
        None => 3,
        Some(500..) => 2,
        Some(400..500) => 1,
        Some(_) => u8::from(!exchange.complete),
    };
    (severity, exchange.duration_ns().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_requests_apart_comes_first() {
        assert_eq!(path_first("https://a.test:8443/x/y?z"), "/x/y?z · https://a.test:8443");
        assert_eq!(path_first("a.test:443"), "a.test:443");
        assert_eq!(path_first("/x"), "/x");
    }
}
