//! The overview: what there is, where the time went, what was found, who talked to whom.
//!
//! ```text
//! ── overview lines 1–20 of 44 ───────────────────────────────────────────────
//!  connections 9: 8 closed · 1 refused
//!  requests    8: 6 × 2xx · 1 × 3xx · 1 × 5xx · ≈4 inferred
//!  traffic     ▁▂▇█▂▁      ▁▃▁                        peak 1.2 MB/s
//!
//!  slowest requests                              took  most of it
//! ▸ GET https://shop.example/cart        200   1.20 s  server 1.15 s    ░░░█
//!
//!  16 findings: 2 errors, 3 warnings, 11 notes · by cost
//!   202 ms  warning  Connections were not reused              ×5
//! ```
//!
//! Wide screens have two columns: where the time went on the left, who talked to whom on the right.

mod counts;
mod findings;
mod hosts;
mod slowest;
mod traffic;

pub(super) use findings::heading as findings_heading;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::comparison;
use super::pen::Pen;
use crate::limits::TWO_COLUMNS_MIN;
use crate::model::{Model, Spot};
use crate::theme::Role;

/// Pieces of text that stand one behind another.
pub(super) type Line = Vec<(String, Role)>;

/// Lines that belong together.
pub(crate) struct Block {
    /// What they are, where one can stand on them.
    pub(crate) spot: Option<Spot>,
    /// Where they are among their column's lines.
    pub(crate) lines: Range<usize>,
    /// Their column.
    pub(crate) column: usize,
}

/// Lines with what one stands on there.
type Part = (Option<Spot>, Vec<Line>);

/// The overview's blocks in a place of this width, in the order in which one goes through them.
pub(crate) fn blocks(model: &Model, place: Rect) -> Vec<Block> {
    let mut blocks = Vec::new();
    for (column, parts) in columns(model, place.width).into_iter().enumerate() {
        let mut from = 0;
        for (spot, lines) in parts {
            let to = from + lines.len();
            blocks.push(Block { spot, lines: from..to, column });
            from = to;
        }
    }
    blocks
}

/// Lines of the place that are left below its heading.
pub(crate) fn height(place: Rect) -> usize {
    usize::from(place.height.saturating_sub(1))
}

/// The columns' places below the heading.
pub(crate) fn places(place: Rect) -> Vec<Rect> {
    let body = Rect { y: place.y + 1, height: place.height.saturating_sub(1), ..place };
    if place.width < TWO_COLUMNS_MIN {
        return vec![body];
    }
    let left = Rect { width: place.width * 11 / 20, ..body };
    vec![left, Rect { x: left.right() + 1, width: place.width - left.width - 1, ..body }]
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let columns = columns(model, place.width);
    let length = |parts: &Vec<Part>| parts.iter().map(|(_, lines)| lines.len()).sum();
    let total = columns.iter().map(length).max().unwrap_or(0);
    heading(model, total, place, buffer);
    for (parts, body) in columns.iter().zip(places(place)) {
        let lines = parts.iter().flat_map(|(spot, lines)| {
            let is_selected = spot.is_some() && *spot == model.overview.selected;
            lines.iter().enumerate().map(move |(index, line)| (line, *spot, is_selected, index == 0))
        });
        for ((line, spot, is_selected, is_first), y) in
            lines.skip(model.overview.top).zip(body.top()..body.bottom())
        {
            let line_place = Rect { y, height: 1, ..body };
            let mut pen = Pen::new(buffer, line_place, model.theme);
            pen.write(if is_selected && is_first { "▸" } else { " " }, Role::Strong);
            for (text, role) in line {
                pen.write(text, *role);
            }
            let bar = match spot {
                Some(Spot::Exchange(id, nth)) => slowest::draw_bar(model, id, nth, line_place, buffer),
                _ => 0,
            };
            if is_selected && is_first {
                let text = Rect { width: line_place.width - bar, ..line_place };
                buffer.set_style(text, model.theme.style(Role::Selected));
            }
        }
    }
}

fn heading(model: &Model, total: usize, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    pen.write("── ", Role::Dim);
    pen.write("overview ", Role::Strong);
    if total > height(place) {
        let (top, last) = (model.overview.top, (model.overview.top + height(place)).min(total));
        pen.write(&format!("lines {}–{last} of {total} ", top + 1), Role::Dim);
    }
    pen.fill("─", Role::Dim);
}

/// What each column has.
fn columns(model: &Model, width: u16) -> Vec<Vec<Part>> {
    let places = places(Rect { width, height: 2, ..Rect::default() });
    let width_of = |column: usize| places.get(column).map_or(width, |place| place.width).saturating_sub(1);
    let (left, right) = (width_of(0), width_of(places.len() - 1));
    let counts = counts::parts(model);
    let traffic = traffic::parts(model, right);
    let slowest = slowest::parts(model, left);
    let findings = findings::parts(model, left);
    let hosts = hosts::parts(model, right);
    let comparison = comparison::lines(&model.comparison);
    let comparison = if comparison.is_empty() {
        Vec::new()
    } else {
        vec![(None, vec![Line::new()]), (Some(Spot::Comparison), comparison)]
    };
    if places.len() == 1 {
        return vec![[counts, traffic, slowest, findings, hosts, comparison].concat()];
    }
    vec![[counts, slowest, findings].concat(), [traffic, hosts, comparison].concat()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_screens_have_two_columns() {
        let columns = |width| places(Rect::new(0, 0, width, 40)).len();
        assert_eq!([TWO_COLUMNS_MIN - 1, TWO_COLUMNS_MIN].map(columns), [1, 2]);
    }
}
