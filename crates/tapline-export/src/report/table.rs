//! Aligned columns, one of which gives way where the terminal is narrow.
//!
//! Ready-made tables wrap long cells over several lines or measure every row before the first; here a row is
//! a line and the one flexible column is cut.

use std::io::{self, Write};

use tapline_engine::analysis::printable;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::ReportOptions;
use super::style::Ink;

/// A piece of text and its role.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    ink: Ink,
}

/// A cell in a role. Text from the wire is made safe here.
pub(super) fn cell(ink: Ink, text: impl AsRef<str>) -> Cell {
    Cell { text: printable(text.as_ref()).into_owned(), ink }
}

/// How a column is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Left,
    Right,
    /// Takes what is left and is cut at that.
    Flexible,
}

/// Prints rows under headings, two spaces between columns. Columns with nothing in them are left out.
pub(super) fn print(
    columns: &[(&str, Column)],
    rows: &[Vec<Cell>],
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let widths = widths(columns, rows, options.width);
    let heads: Vec<Cell> = columns.iter().map(|(name, _)| cell(Ink::Dim, name)).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for ((cell, (_, column)), width) in row.iter().zip(columns).zip(&widths) {
            let Some(width) = *width else { continue };
            let text = cut(&cell.text, width);
            let pad = " ".repeat(width.saturating_sub(text.width()));
            let painted = options.palette.paint(cell.ink, &text);
            line.push_str("  ");
            match column {
                Column::Right => line.extend([pad.as_str(), &painted]),
                Column::Left | Column::Flexible => line.extend([&*painted, pad.as_str()]),
            }
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The width of each column, `None` for one with nothing in it.
fn widths(columns: &[(&str, Column)], rows: &[Vec<Cell>], available: Option<usize>) -> Vec<Option<usize>> {
    let mut widths: Vec<Option<usize>> = (0..columns.len())
        .map(|index| {
            let widest = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.text.width()).max()?;
            (widest > 0).then(|| widest.max(columns.get(index).map_or(0, |(name, _)| name.width())))
        })
        .collect();
    if let Some(available) = available {
        let flexible = columns.iter().position(|&(_, column)| column == Column::Flexible);
        let used: usize = widths.iter().flatten().map(|width| width + 2).sum();
        if let Some(Some(width)) = flexible.and_then(|index| widths.get_mut(index)) {
            *width = width.saturating_sub(used.saturating_sub(available)).max(12);
        }
    }
    widths
}

/// The text within `width` columns, with `…` where something is missing.
pub(super) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut used = 0;
    let mut out: String = text
        .chars()
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used < width
        })
        .collect();
    out.push('…');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Palette;

    fn lines(width: Option<usize>) -> Vec<String> {
        let options = ReportOptions { width, palette: Palette::Plain, all: false };
        let columns = [
            ("#", Column::Right),
            ("empty", Column::Left),
            ("url", Column::Flexible),
            ("size", Column::Right),
        ];
        let row = |n: &str, url: &str| {
            vec![cell(Ink::Plain, n), Cell::default(), cell(Ink::Name, url), cell(Ink::Plain, "1 kB")]
        };
        let mut out = Vec::new();
        print(
            &columns,
            &[row("0", "/a/very/long/path/indeed"), row("10", "/日本\x1b[31m")],
            &options,
            &mut out,
        )
        .unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    #[test]
    fn columns_align_and_empty_ones_go() {
        assert_eq!(
            lines(None),
            [
                "   #  url                       size",
                "   0  /a/very/long/path/indeed  1 kB",
                "  10  /日本\\u{1b}[31m           1 kB",
            ]
        );
    }

    #[test]
    fn the_flexible_column_gives_way() {
        assert!(lines(Some(30)).iter().all(|line| line.width() <= 30), "{:?}", lines(Some(30)));
        assert_eq!(cut("日本語", 5), "日本…");
    }
}
