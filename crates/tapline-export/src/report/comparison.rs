//! HTTP/1.1 against HTTP/2, a line a figure.

use std::io::{self, Write};

use tapline_engine::analysis::{Compared, Comparison};

use super::style::Ink;
use super::table::{Cell, Column, cell, left, right};
use super::{ReportOptions, table, title};

const COLUMNS: [Column; 3] = [left(""), right("HTTP/1.1"), right("HTTP/2")];

pub(super) fn print(
    comparison: &Comparison,
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let rows: Vec<Vec<Cell>> = comparison.figures().into_iter().map(row).collect();
    if rows.is_empty() {
        return Ok(());
    }
    title(out, options, "HTTP/1.1 against HTTP/2", "from this capture’s own numbers")?;
    table::print(&COLUMNS, &rows, options, out)
}

fn row(Compared { name, figures }: Compared) -> Vec<Cell> {
    let figures = figures.into_iter().map(|figure| cell(Ink::Plain, figure.unwrap_or_default()));
    [cell(Ink::Dim, name)].into_iter().chain(figures).collect()
}
