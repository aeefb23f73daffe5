//! What was found: a line each by what it cost, and the selected one with its evidence.
//!
//! ```text
//! ── 16 findings: 2 errors, 3 warnings, 11 notes · by cost ─────────────────
//!   202 ms  warning  Connections were not reused           http_connections_n…
//! ▸ 59.8 ms  warning  Lost packets held up an exchange     conn 1 stream 3
//! ── evidence ───────────────────────────────────────────────────────────────
//!  the response waited 59.8 ms for octets that were lost
//!  connection 1 stream 3 · packets 55, 56, 59 · RFC 5681 §3.2 · tcp_loss
//!  3 of this kind, 80.0 ms in all
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use tapline_analysis::human;

use super::overview;
use super::pen::{self, Pen};
use crate::model::{FindingRow, Model};
use crate::theme::Role;
use crate::words;

/// Cells of the columns.
const COST_WIDTH: u16 = 8;
const SEVERITY_WIDTH: u16 = 8;
const WHERE_WIDTH: u16 = 22;

/// Lines of the list in a place.
pub(crate) fn list_height(place: Rect) -> usize {
    usize::from(split(place).0.height)
}

/// The list's place below its heading, and the evidence's with its heading.
fn split(place: Rect) -> (Rect, Rect) {
    let evidence = (place.height / 3).clamp(4, 12).min(place.height.saturating_sub(2));
    let list = Rect { y: place.y + 1, height: place.height.saturating_sub(evidence + 1), ..place };
    (list, Rect { y: list.bottom(), height: evidence, ..place })
}

pub(super) fn draw(model: &Model, place: Rect, buffer: &mut Buffer) {
    let (list, evidence) = split(place);
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    pen.write("── ", Role::Dim);
    for (text, role) in overview::findings_heading(model) {
        pen.write(&text, role);
    }
    pen.skip(1);
    pen.fill("─", Role::Dim);
    for (index, y) in (list.top()..list.bottom()).enumerate() {
        let at = model.finding.top + index;
        let Some(row) = model.findings.get(at) else { break };
        line(model, row, at == model.finding.selected, Rect { y, height: 1, ..list }, buffer);
    }
    draw_evidence(model, evidence, buffer);
}

fn line(model: &Model, row: &FindingRow, selected: bool, place: Rect, buffer: &mut Buffer) {
    let mut pen = Pen::new(buffer, place, model.theme);
    pen.write(if selected { "▸" } else { " " }, Role::Strong);
    pen.field_right(&row.cost_ns.map(human::duration).unwrap_or_default(), COST_WIDTH, Role::Strong);
    pen.skip(2);
    let severity = row.kind.severity;
    pen.field(severity.name(), SEVERITY_WIDTH, words::severity_role(severity));
    pen.skip(1);
    let width = pen.room().saturating_sub(WHERE_WIDTH + 1);
    pen.field(row.kind.title, width, Role::Plain);
    pen.skip(1);
    pen.field(&whose(model, row), WHERE_WIDTH, Role::Name);
    if selected {
        buffer.set_style(place, model.theme.style(Role::Selected));
    }
}

/// The server of the finding's connection, else the connection, else that there are several.
fn whose(model: &Model, row: &FindingRow) -> String {
    let Some(connection) = row.connection else { return "several connections".to_owned() };
    let name = u32::try_from(connection).ok().and_then(|id| model.rows.get(id)?.name());
    match name {
        Some(name) => format!("{connection} {name}"),
        None => format!("connection {connection}"),
    }
}

fn draw_evidence(model: &Model, place: Rect, buffer: &mut Buffer) {
    if place.height == 0 {
        return;
    }
    let mut pen = Pen::new(buffer, Rect { height: 1, ..place }, model.theme);
    pen.write("── evidence ", Role::Dim);
    pen.fill("─", Role::Dim);
    let Some(row) = model.findings.get(model.finding.selected) else { return };
    let width = usize::from(place.width.saturating_sub(2));
    let lines = evidence(model, row)
        .into_iter()
        .flat_map(|(text, role)| pen::fold(&text, width).into_iter().map(move |part| (part, role)));
    for ((text, role), y) in lines.zip(place.top() + 1..place.bottom()) {
        let line = Rect { x: place.x + 1, y, width: place.width - 1, height: 1 };
        Pen::new(buffer, line, model.theme).write(&text, role);
    }
}

/// What proves a finding, and how many others there are of its kind.
fn evidence(model: &Model, row: &FindingRow) -> Vec<(String, Role)> {
    let mut lines = vec![(row.explanation.to_string(), Role::Plain), (place(row), Role::Dim)];
    if let Some(kindred) = model.findings.kind(row.kind.code).filter(|kindred| kindred.count > 1) {
        let count = human::count(kindred.count);
        let cost = match kindred.cost_ns {
            0 => String::new(),
            ns => format!(", {} in all", human::duration(ns)),
        };
        lines.push((format!("{count} of this kind{cost}"), Role::Dim));
    }
    lines
}

/// `connection 0 stream 1 · packets 3, 5 · RFC 9112 §9.3 · http_redirect`
fn place(row: &FindingRow) -> String {
    let mut parts = Vec::new();
    if let Some(connection) = row.connection {
        let stream = row.stream.map_or_else(String::new, |stream| format!(" stream {stream}"));
        parts.push(format!("connection {connection}{stream}"));
    }
    let mut packets: Vec<String> = row.packets.iter().map(u64::to_string).collect();
    if row.packets_left_out > 0 {
        packets.push(format!("{} more", row.packets_left_out));
    }
    match packets.len() {
        0 => {}
        1 => parts.push(format!("packet {}", packets.concat())),
        _ => parts.push(format!("packets {}", packets.join(", "))),
    }
    parts.push(row.kind.reference.to_owned());
    parts.push(row.kind.code.to_owned());
    parts.join(" · ")
}
