//! The overview: what there is, what was found by what it cost, and how the versions of HTTP compare.
//!
//! ```text
//! ── overview lines 1–20 of 44 ───────────────────────────────────────────────
//!  connections 9: 8 closed · 1 refused
//!  requests    8: 6 × 2xx · 1 × 3xx · 1 × 5xx · ≈4 inferred
//!  TLS         2: 2 established
//!
//!  16 findings: 2 errors, 3 warnings, 11 notes · by cost
//! ▸ 202 ms  warning  Connections were not reused  http_connections_not_reused
//!           10.77.0.10 opened 5 connections to 10.77.0.80:80 for one request each
//!           packets 1, 15, 62 · RFC 9112 §9.3
//! ```

mod counts;
mod findings;

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::comparison;
use super::pen::Pen;
use crate::model::{Model, Spot};
use crate::theme::Role;

/// Pieces of text that stand one behind another.
pub(super) type Line = Vec<(String, Role)>;

/// Lines that belong together.
pub(crate) struct Block {
    /// What they are, where one can stand on them.
    pub(crate) spot: Option<Spot>,
    /// Where they are among the overview's lines.
    pub(crate) lines: Range<usize>,
}

/// The overview's blocks in a place of this width.
pub(crate) fn blocks(model: &Model, place: Rect) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut from = 0;
    for (spot, lines) in all(model, place.width) {
        let to = from + lines.len();
        blocks.push(Block { spot, lines: from..to });
        from = to;
    }
    blocks
}

/// Lines of the place that are left below its heading.
pub(crate) fn height(place: Rect) -> usize {
    usize::from(place.height.saturating_sub(1))
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let all = all(model, place.width);
    let total = all.iter().map(|(_, lines)| lines.len()).sum();
    heading(model, total, place, buffer);
    let lines = all.iter().flat_map(|(spot, lines)| {
        let is_selected = spot.is_some() && *spot == model.overview.selected;
        lines.iter().enumerate().map(move |(index, line)| (line, is_selected, index == 0))
    });
    let body = place.top() + 1..place.bottom();
    for ((line, is_selected, is_first), y) in lines.skip(model.overview.top).zip(body) {
        let line_place = Rect { y, height: 1, ..place };
        let mut pen = Pen::new(buffer, line_place, model.theme);
        pen.write(if is_selected && is_first { "▸" } else { " " }, Role::Strong);
        for (text, role) in line {
            pen.write(text, *role);
        }
        if is_selected && is_first {
            buffer.set_style(line_place, model.theme.style(Role::Selected));
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

fn all(model: &Model, width: u16) -> Vec<(Option<Spot>, Vec<Line>)> {
    let mut blocks = vec![(None, counts::lines(model))];
    blocks.push((None, findings::heading(model)));
    for kindred in model.findings.kinds() {
        let spot = Spot::Kind(kindred.worst.kind.code);
        blocks.push((Some(spot), findings::lines(kindred, width.saturating_sub(1))));
    }
    let comparison = comparison::lines(&model.comparison);
    if !comparison.is_empty() {
        blocks.push((None, vec![Line::new()]));
        blocks.push((Some(Spot::Comparison), comparison));
    }
    blocks
}
