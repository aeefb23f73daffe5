//! A screen as SVG.

use std::fmt::Write;

use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

/// A cell's size, in SVG units; that of common terminal fonts.
const CELL: (u32, u32) = (9, 19);
const MARGIN: u32 = 12;
const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d7dae0";

/// Draws every cell: backgrounds, blocks as rectangles, text in runs of one style.
pub(super) fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = (buffer.area.width, buffer.area.height);
    let (width, height) = (u32::from(columns) * CELL.0 + 2 * MARGIN, u32::from(rows) * CELL.1 + 2 * MARGIN);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">\n\
         <style>text{{font:15px 'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace}}</style>\n\
         <rect width=\"{width}\" height=\"{height}\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let Some(first) = buffer.cell((x, y)) else { break };
            let mut text = first.symbol().to_owned();
            let mut end = x + 1;
            while let Some(next) =
                buffer.cell((end, y)).filter(|next| same_style(first, next) && end < columns)
            {
                text.push_str(next.symbol());
                end += 1;
            }
            run(&mut out, (x, y), end - x, first, &text);
            x = end;
        }
    }
    out.push_str("</svg>\n");
    out
}

fn same_style(a: &Cell, b: &Cell) -> bool {
    (a.fg, a.bg, a.modifier) == (b.fg, b.bg, b.modifier)
}

/// A run of cells of one style.
fn run(out: &mut String, (x, y): (u16, u16), columns: u16, cell: &Cell, text: &str) {
    let (left, top) = (MARGIN + u32::from(x) * CELL.0, MARGIN + u32::from(y) * CELL.1);
    let width = u32::from(columns) * CELL.0;
    let (mut ink, mut paper) = (colour(cell.fg), colour(cell.bg));
    if cell.modifier.contains(Modifier::REVERSED) {
        (ink, paper) = (paper.or(Some(BACKGROUND.into())), ink.or(Some(FOREGROUND.into())));
    }
    let ink = ink.unwrap_or_else(|| FOREGROUND.into());
    if let Some(paper) = paper {
        rectangle(out, left, top, width, CELL.1, &paper);
    }
    let mut letters = String::new();
    for (symbol, column) in text.chars().zip(0..) {
        let at = left + column * CELL.0;
        // Fonts leave gaps between blocks; rectangles do not.
        match symbol {
            '█' => rectangle(out, at, top, CELL.0, CELL.1, &ink),
            '▌' => rectangle(out, at, top, CELL.0 / 2, CELL.1, &ink),
            '▐' => rectangle(out, at + CELL.0 / 2, top, CELL.0 - CELL.0 / 2, CELL.1, &ink),
            other => {
                letters.push(other);
                continue;
            }
        }
        letters.push(' ');
    }
    let weight = if cell.modifier.contains(Modifier::BOLD) { " font-weight=\"bold\"" } else { "" };
    let opacity = if cell.modifier.contains(Modifier::DIM) { " opacity=\"0.6\"" } else { "" };
    for (column, word) in words(&letters) {
        let columns = u32::try_from(word.chars().count()).unwrap_or(0);
        let shown = word.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let _ = writeln!(
            out,
            "<text x=\"{}\" y=\"{}\" textLength=\"{}\" fill=\"{ink}\"{weight}{opacity}>{shown}</text>",
            left + column * CELL.0,
            top + CELL.1 - 5,
            columns * CELL.0,
        );
    }
}

/// The words of a line and their columns: viewers fold spaces, so each word is placed by itself.
fn words(line: &str) -> Vec<(u32, String)> {
    let mut words: Vec<(u32, String)> = Vec::new();
    let mut open = false;
    for (letter, column) in line.chars().zip(0..) {
        match words.last_mut().filter(|_| open) {
            _ if letter == ' ' => open = false,
            Some((_, word)) => word.push(letter),
            None => {
                words.push((column, letter.to_string()));
                open = true;
            }
        }
    }
    words
}

fn rectangle(out: &mut String, x: u32, y: u32, width: u32, height: u32, fill: &str) {
    let _ =
        writeln!(out, "<rect x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" fill=\"{fill}\"/>");
}

/// The colours that the dashboard uses: xterm's 256, as every terminal shows them.
fn colour(colour: Color) -> Option<String> {
    let Color::Indexed(index) = colour else { return None };
    let level = |step: u8| if step == 0 { 0 } else { 55 + step * 40 };
    let (red, green, blue) = match index {
        16..=231 => (level((index - 16) / 36), level((index - 16) / 6 % 6), level((index - 16) % 6)),
        232.. => {
            let grey = 8 + (index - 232) * 10;
            (grey, grey, grey)
        }
        _ => return None,
    };
    Some(format!("#{red:02x}{green:02x}{blue:02x}"))
}
