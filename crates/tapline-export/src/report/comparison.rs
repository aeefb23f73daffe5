//! HTTP/1.1 against HTTP/2, a line a figure.

use std::io::{self, Write};

use tapline_engine::analysis::{Comparison, Usage, human};

use super::style::Ink;
use super::table::{Cell, Column, cell, left, right};
use super::{ReportOptions, table, title};

/// A figure of one version; `None` where it does not apply or is not known.
type Figure = fn(&Usage) -> Option<String>;

/// The lines, in order; a deeper one belongs to the one above it.
const LINES: [(&str, Figure); 13] = [
    ("servers", |usage| Some(human::count(usage.hosts()))),
    ("connections", |usage| Some(human::count(usage.connections))),
    ("  for each server", |usage| ratio(usage.connections, usage.hosts())),
    ("  round trips to open them", |usage| {
        (usage.opened > 0).then(|| human::count(usage.handshake_round_trips))
    }),
    ("  time to open them", |usage| (usage.opened > 0).then(|| human::duration(usage.handshake_ns))),
    ("requests", |usage| Some(human::count(usage.requests))),
    ("  on each connection", |usage| ratio(usage.requests, usage.connections)),
    ("  most at once on one", |usage| usage.at_once_max.map(human::count)),
    ("headers on the wire", |usage| Some(human::bytes(usage.header_bytes))),
    ("  names and values", |usage| Some(human::bytes(usage.header_bytes_decoded))),
    ("  saved by compression", saved),
    ("waited behind other answers", |usage| {
        (usage.head_of_line_ns > 0).then(|| human::duration(usage.head_of_line_ns))
    }),
    ("pushed", |usage| (usage.pushed > 0).then(|| human::count(usage.pushed))),
];

const COLUMNS: [Column; 3] = [left(""), right("HTTP/1.1"), right("HTTP/2")];

pub(super) fn print(
    comparison: &Comparison,
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    // Of one request alone there is nothing to compare.
    if comparison.http1.requests + comparison.http2.requests < 2 {
        return Ok(());
    }
    title(out, options, "HTTP/1.1 against HTTP/2", "from this capture’s own numbers")?;
    let rows: Vec<Vec<Cell>> =
        LINES.iter().filter_map(|&(name, figure)| row(name, figure, comparison)).collect();
    table::print(&COLUMNS, &rows, options, out)
}

fn row(name: &str, figure: Figure, comparison: &Comparison) -> Option<Vec<Cell>> {
    let figures = [&comparison.http1, &comparison.http2]
        .map(|usage| (usage.requests > 0).then(|| figure(usage)).flatten());
    figures.iter().any(Option::is_some).then(|| {
        let figures = figures.into_iter().map(|figure| cell(Ink::Plain, figure.unwrap_or_default()));
        [cell(Ink::Dim, name)].into_iter().chain(figures).collect()
    })
}

/// A quotient with one decimal.
fn ratio(part: u64, whole: u64) -> Option<String> {
    let tenths = (part * 10 + whole / 2).checked_div(whole)?;
    Some(format!("{}.{}", human::count(tenths / 10), tenths % 10))
}

/// What compression spared; HTTP/1.1 has none for heads.
fn saved(usage: &Usage) -> Option<String> {
    let permille = usage.headers_saved_permille().filter(|permille| *permille > 0)?;
    Some(format!("{} %", (permille + 5) / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotients_have_one_decimal() {
        assert_eq!(ratio(3, 2).as_deref(), Some("1.5"));
        assert_eq!(ratio(2, 3).as_deref(), Some("0.7"));
        assert_eq!(ratio(1, 0), None);
    }
}
