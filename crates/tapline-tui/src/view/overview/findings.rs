//! The kinds of findings by what they cost, a line each.

use tapline_analysis::{Severity, human};

use super::{Line, Part};
use crate::model::{End, Kindred, Model, Spot};
use crate::theme::Role;
use crate::view::pen;
use crate::words;

/// How many kinds are listed.
const LISTED: usize = 10;

/// Cells of what it cost, of the severity, and of how often.
const COST_WIDTH: usize = 8;
const SEVERITY_WIDTH: usize = 8;
const COUNT_WIDTH: usize = 7;

pub(super) fn parts(model: &Model, width: u16) -> Vec<Part> {
    let mut parts = vec![(None, vec![Line::new()]), (Some(Spot::Findings), vec![heading(model)])];
    let kinds = model.findings.kinds();
    for kindred in kinds.iter().take(LISTED) {
        let spot = Spot::Kind(kindred.worst.kind.code);
        parts.push((Some(spot), vec![line(kindred, usize::from(width))]));
    }
    if kinds.len() > LISTED {
        let more = format!("{:COST_WIDTH$}  and {} more kinds", "", kinds.len() - LISTED);
        parts.push((Some(Spot::Findings), vec![vec![(more, Role::Dim)]]));
    }
    parts
}

/// How many there are.
pub(in crate::view) fn heading(model: &Model) -> Line {
    let severities = [Severity::Error, Severity::Warning, Severity::Note];
    let counts = severities.map(|severity| (severity, model.findings.count(severity)));
    let total: u64 = counts.iter().map(|(_, count)| count).sum();
    if total == 0 {
        let so_far = if model.source.end == End::Loading { " so far" } else { "" };
        return vec![(format!("nothing was found{so_far}"), Role::Dim)];
    }
    let mut line = vec![(human::plural(total, "finding"), Role::Strong)];
    for (severity, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        line.push((if line.len() == 1 { ": " } else { ", " }.to_owned(), Role::Dim));
        line.push((human::plural(count, severity.name()), words::severity_role(severity)));
    }
    line.push((" · by cost".to_owned(), Role::Dim));
    line
}

/// A kind: what its findings cost together, and how many they are.
fn line(kindred: &Kindred, width: usize) -> Line {
    let kind = kindred.worst.kind;
    let cost = if kindred.cost_ns > 0 { human::duration(kindred.cost_ns) } else { String::new() };
    let count = if kindred.count > 1 { format!("×{}", human::count(kindred.count)) } else { String::new() };
    let room = width.saturating_sub(COST_WIDTH + SEVERITY_WIDTH + COUNT_WIDTH + 2);
    let title = pen::clip(kind.title, room).into_owned();
    let pad = room.saturating_sub(usize::from(pen::columns(&title)));
    vec![
        (format!("{cost:>COST_WIDTH$}  "), Role::Plain),
        (format!("{:SEVERITY_WIDTH$}", kind.severity.name()), words::severity_role(kind.severity)),
        (title + &" ".repeat(pad), Role::Plain),
        (format!("{count:>COUNT_WIDTH$}"), Role::Dim),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Findings;
    use crate::testing;

    #[test]
    fn a_kind_is_told_by_what_all_of_it_cost() {
        let mut findings = Findings::default();
        for cost in [Some(40 * testing::MS), Some(20 * testing::MS), None] {
            findings.take(&testing::finding("tcp_loss", 3, cost));
        }
        let line = line(findings.kind("tcp_loss").unwrap(), 70);
        let text: String = line.iter().map(|(text, _)| text.as_str()).collect();
        assert_eq!(text, " 60.0 ms  warning Lost packets held up an exchange                  ×3");
    }
}
