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
pub(crate) struct Cell {
    text: String,
    ink: Ink,
}

/// A cell in a role. Text from the wire is made safe here.
pub(crate) fn cell(ink: Ink, text: impl AsRef<str>) -> Cell {
    Cell { text: printable(text.as_ref()).into_owned(), ink }
}

/// A column and its heading.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    name: &'static str,
    right: bool,
    /// Gives way when the terminal is narrow.
    flexible: bool,
    /// Left out when giving way is not enough: the highest rank first; 0 stays.
    rank: u8,
}

/// Text to the left.
pub(crate) const fn left(name: &'static str) -> Column {
    Column { name, right: false, flexible: false, rank: 0 }
}

/// Numbers to the right.
pub(crate) const fn right(name: &'static str) -> Column {
    Column { name, right: true, flexible: false, rank: 0 }
}

/// Text that is cut where there is no room.
pub(crate) const fn flexible(name: &'static str) -> Column {
    Column { name, right: false, flexible: true, rank: 0 }
}

impl Column {
    /// May be left out; the highest rank goes first.
    pub(crate) const fn rank(self, rank: u8) -> Self {
        Self { rank, ..self }
    }
}

/// What a flexible column keeps as long as another column can be left out.
const COMFORT: usize = 22;
/// What it keeps whatever happens.
const FLEXIBLE_MIN: usize = 10;

/// Prints rows under headings, two spaces between columns. Columns with nothing in them are left out.
pub(crate) fn print(
    columns: &[Column],
    rows: &[Vec<Cell>],
    options: &ReportOptions,
    out: &mut impl Write,
) -> io::Result<()> {
    let widths = widths(columns, rows, options.width);
    let heads: Vec<Cell> = columns.iter().map(|column| cell(Ink::Dim, column.name)).collect();
    for row in std::iter::once(&heads).chain(rows) {
        let mut line = String::new();
        for ((cell, column), width) in row.iter().zip(columns).zip(&widths) {
            let Some(width) = *width else { continue };
            let text = cut(&cell.text, width);
            let pad = " ".repeat(width.saturating_sub(text.width()));
            let painted = options.palette.paint(cell.ink, &text);
            line.push_str("  ");
            line.extend(if column.right { [pad.as_str(), &painted] } else { [&*painted, pad.as_str()] });
        }
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The width of each column, `None` for one that is not printed.
fn widths(columns: &[Column], rows: &[Vec<Cell>], available: Option<usize>) -> Vec<Option<usize>> {
    let mut widths: Vec<Option<usize>> = columns
        .iter()
        .enumerate()
        .map(|(index, column)| {
            let widest = rows.iter().filter_map(|row| row.get(index)).map(|cell| cell.text.width()).max()?;
            (widest > 0).then(|| widest.max(column.name.width()))
        })
        .collect();
    if let Some(available) = available {
        leave_out(columns, &mut widths, available);
        while total(&widths) > available {
            let widest = columns.iter().zip(widths.iter_mut()).filter(|(column, _)| column.flexible);
            let Some(width) = widest.filter_map(|(_, width)| width.as_mut()).max_by_key(|width| **width)
            else {
                break;
            };
            if *width <= FLEXIBLE_MIN {
                break;
            }
            *width -= 1;
        }
    }
    widths
}

/// Leaves columns out until every flexible one is comfortable or as wide as it wants to be.
fn leave_out(columns: &[Column], widths: &mut [Option<usize>], available: usize) {
    loop {
        let spare: usize = columns
            .iter()
            .zip(widths.iter())
            .filter(|(column, _)| column.flexible)
            .filter_map(|(_, width)| Some((*width)?.saturating_sub(COMFORT)))
            .sum();
        if total(widths) <= available + spare {
            return;
        }
        let ranked = columns
            .iter()
            .zip(widths.iter_mut())
            .filter(|(column, width)| column.rank > 0 && width.is_some());
        match ranked.max_by_key(|(column, _)| column.rank) {
            Some((_, width)) => *width = None,
            None => return,
        }
    }
}

fn total(widths: &[Option<usize>]) -> usize {
    widths.iter().flatten().map(|width| width + 2).sum()
}

/// The text within `width` columns, with `…` where something is missing.
pub(crate) fn cut(text: &str, width: usize) -> String {
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

    fn lines(width: Option<usize>) -> Vec<String> {
        let options = ReportOptions { width, ..ReportOptions::default() };
        let columns = [right("#"), left("empty"), flexible("url"), right("size").rank(1)];
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
    }

    #[test]
    fn ranked_columns_go_before_the_flexible_one_is_cut() {
        assert!(lines(Some(29)).iter().all(|line| !line.contains("kB")), "{:?}", lines(Some(29)));
        assert!(lines(Some(34)).iter().any(|line| line.contains("kB") && line.contains('…')));
        assert!(lines(Some(34)).iter().any(|line| line.contains("kB")));
    }

    #[test]
    fn cut_text_says_so() {
        assert_eq!(cut("日本語", 5), "日本…");
    }
}
