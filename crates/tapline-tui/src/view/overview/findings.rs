//! The findings by what they cost: the worst of each kind.

use tapline_analysis::{Severity, human};

use super::Line;
use crate::model::{End, FindingRow, Kindred, Model};
use crate::theme::Role;
use crate::view::pen;
use crate::words;

/// Cells before a finding's severity, and before the lines below it.
const COST_WIDTH: usize = 8;
const INDENT: usize = COST_WIDTH + 2;

/// How many there are, and what is not listed.
pub(super) fn heading(model: &Model) -> Vec<Line> {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.map(|severity| (severity, model.findings.count(severity)));
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        let so_far = if model.source.end == End::Loading { " so far" } else { "" };
        return vec![Line::new(), vec![(format!("nothing was found{so_far}"), Role::Dim)]];
    }
    let mut line = vec![(human::plural(total, "finding"), Role::Strong)];
    for (severity, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        line.push((if line.len() == 1 { ": " } else { ", " }.to_owned(), Role::Dim));
        line.push((human::plural(count, severity.name()), words::severity_role(severity)));
    }
    line.push((" · by cost".to_owned(), Role::Dim));
    vec![Line::new(), line]
}

/// The worst of a kind, and what the others came to.
pub(super) fn lines(kindred: &Kindred, width: u16) -> Vec<Line> {
    let row = &kindred.worst;
    let cost = row.cost_ns.map(human::duration).unwrap_or_default();
    let severity = row.kind.severity;
    let mut head = vec![
        (format!("{cost:>COST_WIDTH$}  "), Role::Plain),
        (format!("{}: ", severity.name()), words::severity_role(severity)),
        (row.kind.title.to_owned(), Role::Strong),
        (format!("  {}", row.kind.code), Role::Dim),
    ];
    let mut place = place(row);
    if head.iter().map(|(text, _)| pen::columns(text)).sum::<u16>() > width {
        head.pop();
        place = format!("{} · {place}", row.kind.code);
    }
    let mut lines = vec![head];
    let below = [(row.explanation.to_string(), Role::Plain), (place, Role::Dim)];
    let others = others(kindred).map(|text| (text, Role::Plain));
    for (text, role) in below.into_iter().chain(others) {
        let room = usize::from(width).saturating_sub(INDENT);
        let parts = pen::fold(&text, room).into_iter();
        lines.extend(parts.map(|part| vec![(" ".repeat(INDENT), Role::Plain), (part, role)]));
    }
    lines
}

/// `connection 0 stream 1 · packets 3, 5 · RFC 9112 §9.3`
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
    parts.join(" · ")
}

fn others(kindred: &Kindred) -> Option<String> {
    let more = kindred.count.checked_sub(1).filter(|&more| more > 0)?;
    let more = format!("+ {} more of this kind", human::count(more));
    Some(match kindred.cost_ns {
        0 => more,
        ns => format!("{more}, {} in all", human::duration(ns)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Findings;
    use crate::testing;

    fn text(costs: &[Option<i64>], width: u16) -> Vec<String> {
        let mut findings = Findings::default();
        for &cost in costs {
            findings.take(&testing::finding("tcp_loss", 3, cost));
        }
        let lines = lines(findings.kind("tcp_loss").unwrap(), width);
        lines.iter().map(|line| line.iter().map(|(text, _)| text.as_str()).collect()).collect()
    }

    #[test]
    fn the_others_of_a_kind_are_counted_with_what_all_cost() {
        let one = [
            " 40.0 ms  warning: Lost packets held up an exchange  tcp_loss",
            "          tcp_loss was found",
            "          connection 3 · packets 5, 6, 8 · RFC 5681 §3.2",
        ];
        let cost = |ms: i64| Some(ms * testing::MS);
        assert_eq!(text(&[cost(40)], 79), one);
        let three = text(&[cost(40), cost(20), None], 79);
        assert_eq!(three[..3], one);
        assert_eq!(three[3..], ["          + 2 more of this kind, 60.0 ms in all"]);
        assert_eq!(text(&[None, None], 79)[3..], ["          + 1 more of this kind"]);
    }

    #[test]
    fn narrow_screens_break_lines_and_lose_nothing() {
        let lines = text(&[None], 30);
        assert_eq!(
            lines[1..],
            [
                "          tcp_loss was found",
                "          tcp_loss ·",
                "          connection 3 ·",
                "          packets 5, 6, 8 ·",
                "          RFC 5681 §3.2"
            ]
        );
    }
}
